/* http/case_view.h - one case as JSON: state, both sides' facts, acts, duties, holders, checklists,
 * measurements. What stands on a fact that the officer may not see is left out with it. */
#pragma once
#include "app/case.h"
#include "http/fact_view.h"

struct shown {
    struct post *post;
    struct case_view view;
    struct fact_view *facts; /* those that the officer's roles may see */
    size_t fact_count;
};

/* Writes the case as an object. */
MUST_USE Status put_case(struct scope *s, struct view *v, const struct shown *c);
