/* cli/print.h - answers and reasons as text for people. What a neighbour wrote may hold anything:
 * no control character of it reaches a terminal. */
#pragma once
#include "base/json.h"
#include "base/str.h"
#include <stdio.h>

/* An object: members a line each, lists of plain objects as columns, others one below the other.
 * What is no text, number, yes or no, list or object is left out. */
void print_answer(FILE *out, const json_t *answer);

/* Text as it is; to a terminal without control characters. */
void print_raw(FILE *out, Str text);

/* "twinpost: code: sentence" in one line. */
void print_reason(FILE *out, const char *code, const char *reason);
