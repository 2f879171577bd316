/* http/fact_view.h - a fact, a time, a refusal of sight as JSON, in the same shape wherever they
 * are shown. */
#pragma once
#include "app/fact.h"
#include "http/view.h"

/* Writes one fact as an object. */
void put_fact(struct view *v, const char *key, const struct fact_view *f);

/* What adding a fact gave. */
void put_result(struct view *v, const struct fact_result *result);
