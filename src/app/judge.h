/* app/judge.h - what an opening of the other side is worth here, and what is kept of it: the same
 * when it arrives and when the projections are made again from it. For app/ only, with the post
 * locked. */
#pragma once
#include "app/entries.h"

/* What both posts compute alike, in any order (core/casework/judgement.h): a fact of the neighbour
 * that came with this opening, or an own one (NULL, 0). */
MUST_USE Status fact_judge_here(struct scope *s, struct post *p, struct neighbour *n,
                                const struct fact *f, uint64_t opening);

/* The act or offer that `ref` names, for kinds whose roles go by it; NULL when it is not known
 * here.
 */
MUST_USE Status named_load(struct scope *s, struct post *p, const struct kind *k, Str ref,
                           const struct fact **out);

/* Is this a verdict on the fact, and not a failure of the machine? */
bool is_judgement(Status status);

/* Opening numbers that receipts refused: theirs of own openings, or ours of theirs. */
struct refusals {
    uint64_t *list;
    size_t count;
};
MUST_USE Status refusals_load(struct scope *s, struct post *p, const struct neighbour *n,
                              bool theirs, struct refusals *out);
bool refusals_have(const struct refusals *r, uint64_t number);

/* Merges what an opening shows into what is known of the fact, and keeps it; `at` is when it was
 * applied. */
MUST_USE Status opening_keep(struct scope *s, struct post *p, struct neighbour *n, struct fact *f,
                             uint64_t number, Instant at, bool refused);
