/* app/outside.h - what stands outside every case: letters, meetings and their minutes, works at
 * markers. With each neighbour it is folded like one more case, without incident and number. */
#pragma once
#include "app/case.h"

/* The facts outside cases that this side stated for the neighbour `party` (empty: the only one) or
 * has from it, with duties and acts; number and digest stay empty. Everything lives in `s`. */
MUST_USE Status outside_view_load(struct scope *s, struct post *p, Str party,
                                  struct case_view *out);

struct neighbour;

/* The same folded only, with the post locked (inside.h); `n` may be NULL. The common one is what
 * both sides know, each field as opened. */
MUST_USE Status outside_fold(struct scope *s, struct post *p, struct neighbour *n,
                             struct casefile *out);
MUST_USE Status outside_fold_common(struct scope *s, struct post *p, struct neighbour *n,
                                    struct casefile *out);
