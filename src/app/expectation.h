/* app/expectation.h - does a post show what a scenario expects of it? For play.c only. */
#pragma once
#include "app/stage.h"

/* Checks one key of an `expect` step. `out_problem` is empty when it holds, else what stands
 * instead. */
MUST_USE Status expectation_check(struct scope *s, struct stage *st,
                                  const struct scenario_step *step, const struct expectation *e,
                                  Str *out_problem);
