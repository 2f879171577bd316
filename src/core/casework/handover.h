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

/* A thing, an animal or a person. Signs are each side's own: `item` names it together with the side
 * that first spoke of it, so that two sides' "p1" stay two. */
struct holding {
    Str item;
    Str origin;   /* the party that first spoke of it */
    Str holder;   /* a party */
    bool pledged; /* the giver has signed and waits: no other disposal */
    bool contested;
};

/* One holding for each item that an opened or own fact of the case speaks of. */
MUST_USE Status holdings_list(struct scope *s, const struct casefile *c, struct holding **out,
                              size_t *out_count);

/* Which things an offer means by its signs. */
struct offer_things {
    struct holding *items; /* one for each item that the offer lists */
    Str *origins; /* for each entry of the case that records an item, who first spoke of it */
};

/* Finds them; `o` is an offer of `c`. */
MUST_USE Status offer_things(struct scope *s, const struct casefile *c, const struct offer *o,
                             struct offer_things *out);

/* The newest record of the thing that the offer means by its item `i`; NULL when there is none. */
const struct entry *offer_record(const struct casefile *c, const struct offer_things *things,
                                 size_t i);

/* The first with that sign; NULL when the sign is not known here. */
const struct holding *holding_find(const struct holding *list, size_t count, Str item);

/* What a party means by that sign: its own thing while it holds that, else what it took from the
 * other side under it, else its own that it gave away; NULL for none. */
const struct holding *holding_of(const struct holding *list, size_t count, Str item, Str party);
