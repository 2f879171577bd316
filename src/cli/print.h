/* cli/print.h - an answer as text for people: members a line each, lists of objects as columns. */
#pragma once
#include "base/json.h"
#include <stdio.h>

/* Writes an object; what is no text, number, yes or no, list or object is left out. */
void print_answer(FILE *out, const json_t *answer);
