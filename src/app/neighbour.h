/* app/neighbour.h - what a post keeps in memory of one that it is paired with. For app/ only. */
#pragma once
#include "app/post.h"
#include "app/spans.h"
#include "core/ledger/checkpoint.h"
#include "store/neighbour.h"

/* Of a neighbour, outside the post's folder: the highest numbers given out, the opening it
 * acknowledged, and the newest head of theirs that was countersigned (second_place.h). */
struct remembered {
    uint64_t openings, acknowledged, parcels, head_size;
    Hash head_root;
};

struct neighbour {
    struct neighbour_row row; /* its texts live as long as the post */
    struct card card;
    Str card_text;
    int64_t journal;
    struct scope *memory; /* of `authority` */
    struct authority authority;
    bool authority_known;
    struct spans taken_by_them, taken_by_us; /* receipts: theirs for ours, ours for theirs */
    uint64_t head_size, applied; /* their newest head that was verified, their openings applied */
    Hash head_root;
    uint64_t openings;   /* ours for them, in step with the open transaction */
    uint64_t *open_with; /* indexes of own facts known to be open to them, that others need */
    size_t open_with_count, open_with_room;
    bool powers_opened; /* by the opening that is being made: a revocation may have to follow */
    bool more, they_have_more; /* than one parcel took, at the last one to them and from them */
    bool asks_return;          /* their last parcel came from a restored post */
    uint64_t return_leaves, return_opening; /* what they still have of their own */
    uint64_t want_opening, want_piece;      /* blob pieces they asked for; 0: none */
    bool asked_kept;                        /* the database holds such a question (asked.h) */
    uint64_t paired_at; /* leaves of the own journal when the own card was given to them */
    bool owed; /* since this post was set back they have not given back all that they hold of it */
    struct remembered remembered; /* counts where the database says less */
    uint64_t root_size;           /* the own root that their last `seen` named, checked once: */
    Hash root;
};
