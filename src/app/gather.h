/* app/gather.h - facts by kind from the own journal and the neighbours', as entries, for lists that
 * run across cases. For app/ only, with the post locked (inside.h). */
#pragma once
#include "app/entries.h"

enum { GATHERED_MAX = 100000 };

struct gathering {
    struct scope *s;
    struct post *p;
    bool outside_only; /* only facts that belong to no case */
    struct entry *list;
    size_t count, room;
};

/* Adds the facts of one kind: own ones that were opened to `n` or to nobody yet, and with `theirs`
 * those of `n`; `n` is NULL for a post without neighbours. Void and refused ones are added and say
 * so. ERR_LIMIT above GATHERED_MAX. */
MUST_USE Status gather_kind(struct gathering *g, struct neighbour *n, bool theirs, Str kind);

/* Adds the facts of the kinds (ended by NULL) in every journal, own ones once. */
MUST_USE Status gather_kinds(struct gathering *g, const char *const *kinds);
