/* core/casework/handover.h - hand-over that cannot split: offer, answer, count, both signatures.
 * Decides who holds each item as this post sees it: always exactly one side (facts.md section 3).
 */
#pragma once
#include "core/casework/case.h"

struct offer {
    const struct entry *entry;
    Str what;
    Str *items;
    size_t item_count;
    const struct entry *answer;
    const struct entry *giver_signed;
    const struct entry *taker_signed; /* NULL when void */
    const struct entry *withdrawn;    /* NULL when void */
    bool contested; /* withdrawn and signed without knowing of each other: the signature holds */
};

/* Builds every offer of the case from its ordered entries. */
MUST_USE Status offers_fold(struct scope *s, struct casefile *c);

/* The offer that "party:index" names; NULL when it is none of this case. */
const struct offer *offer_find(const struct casefile *c, Str ref);

/* Does a hand-over signature cover the item (all items when it lists none)? */
bool offer_signature_covers(const struct entry *signature, Str item);

struct holding {
    Str item;
    Str holder;   /* a party */
    bool pledged; /* the giver has signed and waits: no other disposal */
    bool contested;
};

/* One holding for each item that an opened or own fact of the case speaks of. */
MUST_USE Status holdings_list(struct scope *s, const struct casefile *c, struct holding **out,
                              size_t *out_count);

/* NULL when the item is not known here. */
const struct holding *holding_find(const struct holding *list, size_t count, Str item);
