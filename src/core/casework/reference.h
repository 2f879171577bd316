/* core/casework/reference.h - what a fact about to be stated refers to. Decides the refusal
 * `not_found`: each reference names a known fact of the right kind, case and side, and each number
 * inside it is there. */
#pragma once
#include "core/casework/case.h"
#include "core/casework/draft.h"

/* Finds a fact that this post knows, in any case: its own or one opened to it. NULL when unknown.
 */
struct fact_finder {
    const struct fact *(*find)(void *ctx, Str party, uint64_t index);
    void *ctx;
};

/* `c` as for rule_check. */
MUST_USE Status references_check(struct scope *s, const struct casefile *c, const struct draft *d,
                                 const struct fact_finder *finder);
