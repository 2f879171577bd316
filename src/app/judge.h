/* app/judge.h - what an opening of the other side is worth here, and what is kept of it: the same
 * when it arrives and when the projections are made again from it. For app/ only, with the post
 * locked. */
#pragma once
#include "app/entries.h"

/* What both posts compute alike, in any order: form, signature, role, mandate. */
MUST_USE Status opening_judge(struct scope *s, struct post *p, struct neighbour *n,
                              const struct fact *f);

/* Narrows `roles` to what the row of the act or offer allows that `ref` names, for kinds that go by
 * it; one that is not known here narrows nothing. */
MUST_USE Status roles_narrow(struct scope *s, struct post *p, const struct kind *k, Str ref,
                             Roles *roles);

/* Is this a verdict on the fact, and not a failure of the machine? */
bool is_judgement(Status status);

/* Merges what an opening shows into what is known of the fact, and keeps it; `at` is when it was
 * applied. */
MUST_USE Status opening_keep(struct scope *s, struct post *p, struct neighbour *n, struct fact *f,
                             uint64_t number, Instant at, bool refused);
