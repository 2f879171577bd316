/* core/casework/rule.h - may this be stated in the case as it stands? Decides the refusals from
 * `not_found` to `protection`, in the order of facts.md section 3; everything here guards own
 * entries only, the fold settles what both sides do at the same time. */
#pragma once
#include "core/casework/case.h"
#include "core/casework/draft.h"

/* Finds a fact that this post knows, in any case: its own or one opened to it. NULL when unknown.
 */
struct fact_finder {
    const struct fact *(*find)(void *ctx, Str party, uint64_t index);
    void *ctx;
};

/* `c` is the case as this post sees it (all own facts included); NULL for a fact without a case or
 * one that opens a case. `officer` is the author. */
MUST_USE Status rule_check(struct scope *s, const struct casefile *c, const struct draft *d,
                           const struct fact_finder *finder);

/* Is every person of the list cleared, with no return held? False for one that is not known: the
 * answer is the same for every reason, so that it tells none (facts.md 3). */
bool rule_persons_are_cleared(const struct casefile *c, const Str *persons, size_t count);

/* Does a protection block stand on this person? */
bool rule_person_is_blocked(const struct casefile *c, Str person);

/* The act can be signed at this post: wholly open, in every language the pack asks for
 * (ERR_SCHEMA), with every annex open to both (ERR_STATE). */
struct act;
MUST_USE Status rule_act_is_signable(struct scope *s, const struct casefile *c,
                                     const struct act *a);
