/* store/neighbour.h - the other posts this one is paired with, what was delivered to each and
 * taken from each, sealed officer keys, blobs, and the queue of a post that may not sign. */
#pragma once
#include "base/hash.h"
#include "store/store.h"

struct neighbour_row {
    int64_t id;
    Str party;
    Str card;                 /* text of the party card, as pinned */
    bool confirmed;           /* the code words were compared */
    uint64_t held_leaves;     /* of our journal, acknowledged by them */
    uint64_t held_opening;    /* highest of our openings they applied without a gap */
    uint64_t parcel_out;      /* number of the last parcel written for them */
    uint64_t parcel_in;       /* number of the last parcel applied from them */
    uint64_t receipt_opening; /* highest of their openings that a receipt fact of ours covers */
    uint64_t cosigned_sent;   /* size of their head whose cosignature they are known to have */
};

/* ERR_DUPLICATE when paired already; load and save: ERR_NOT_FOUND when not. */
MUST_USE Status store_neighbour_add(struct scope *s, struct store *st, Str party, Str card,
                                    int64_t *out_id);
MUST_USE Status store_neighbour_load(struct scope *s, struct store *st, Str party,
                                     struct neighbour_row *out);
MUST_USE Status store_neighbour_save(struct scope *s, struct store *st,
                                     const struct neighbour_row *row);
MUST_USE Status store_neighbour_list(struct scope *s, struct store *st, struct neighbour_row **out,
                                     size_t *out_count);

/* Officer keys, sealed under the officer's password by the caller. */
MUST_USE Status store_key_save(struct scope *s, struct store *st, Str officer, Bytes sealed);
MUST_USE Status store_key_load(struct scope *s, struct store *st, Str officer, Bytes *out);

/* A blob: bytes lie in the vault under `handle`; `complete` once every piece is held and checked.
 */
struct blob_row {
    Str handle; /* 32 hex digits, local */
    Hash sha256;
    Hash pieces_root;
    uint64_t size;
    Str media_type;
    bool complete;
    /* where it came from, for one that arrives: */
    int64_t neighbour;
    uint64_t opening;
    uint64_t pieces_held; /* counted from the saved pieces; not looked at when saving */
};
MUST_USE Status store_blob_save(struct scope *s, struct store *st, const struct blob_row *blob);
MUST_USE Status store_blob_load(struct scope *s, struct store *st, Str handle,
                                struct blob_row *out);
MUST_USE Status store_blob_by_opening(struct scope *s, struct store *st, int64_t neighbour,
                                      uint64_t opening, struct blob_row *out);
MUST_USE Status store_blob_list(struct scope *s, struct store *st, bool only_incomplete,
                                struct blob_row **out, size_t *out_count);
/* Which pieces of an arriving blob are held: a row a piece. */
MUST_USE Status store_piece_save(struct scope *s, struct store *st, Str handle, uint64_t piece,
                                 const Hash *leaf_hash);
MUST_USE Status store_piece_list(struct scope *s, struct store *st, Str handle, uint64_t **out,
                                 size_t *out_count);

/* Work done while the post may not sign (after a restore): drafts in order. */
MUST_USE Status store_queue_add(struct scope *s, struct store *st, Str officer, Instant at,
                                Bytes draft);
struct queue_row {
    int64_t id;
    Str officer;
    Instant at;
    Bytes draft;
};
MUST_USE Status store_queue_list(struct scope *s, struct store *st, struct queue_row **out,
                                 size_t *out_count);
MUST_USE Status store_queue_remove(struct scope *s, struct store *st, int64_t id);
