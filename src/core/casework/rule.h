/* core/casework/rule.h - may this be stated in the case as it stands? Decides the refusals from
 * `not_found` to `protection`, in the order of facts.md section 3; everything here guards own
 * entries only, the fold settles what both sides do at the same time. */
#pragma once
#include "core/casework/reference.h"

/* `c` is the case as this post sees it, all own facts included; for a fact that belongs to none or
 * opens one it says which party this post is, and which pack it works by. */
MUST_USE Status rule_check(struct scope *s, const struct casefile *c, const struct draft *d,
                           const struct fact_finder *finder);

/* Does a protection block stand on this person? */
bool rule_person_is_blocked(const struct casefile *c, Str person);
