/* core/ledger/parcel.h - the one thing that crosses the border, as bytes (docs/formats/parcel.md):
 * length-prefixed records that end with a digest and the sender's signature. Sealing it as an age
 * file is done around it. Decides form and authenticity; never what is in it for whom. */
#pragma once
#include "base/instant.h"
#include "core/ledger/disclosure.h"
#include "core/ledger/tree.h"

enum {
    PARCEL_BYTES_MAX = 24 << 20,
    PARCEL_LEAVES_MAX = 65536,
    PIECE_BYTES = 1 << 20,
    HANDLE_BYTES = 16
};

enum record_type {
    RECORD_HEADER = 1,
    RECORD_CHECKPOINT = 2,
    RECORD_LEAVES = 3,
    RECORD_OPENING = 4,
    RECORD_COSIGNATURE = 5,
    RECORD_PIECE = 6,
    RECORD_WANT = 7,
    RECORD_END = 8,
    /* What a restored post gets back of its own journal: leaves, its openings, its newest head. */
    RECORD_RETURN_LEAVES = 9,
    RECORD_RETURN_OPENING = 10,
    RECORD_RETURN_HEAD = 11
};

struct parcel_header {
    Str from, to; /* parties */
    uint64_t number;
    Instant time;
    uint64_t leaves_held;  /* of the receiver's journal, by the sender */
    uint64_t opening_held; /* highest opening of the receiver applied by the sender */
    bool held;             /* the sender was restored and asks for its own journal back, */
    uint64_t own_leaves;   /* of which it has this many leaves */
    uint64_t own_openings; /* and openings for the receiver */
};

struct parcel_record {
    enum record_type type;
    struct parcel_header header;
    Str text;           /* checkpoint note; cosignature line */
    uint64_t first;     /* leaves: index; cosignature: size of the head; want: first piece */
    const Hash *hashes; /* leaves: commitments */
    size_t hash_count;
    uint64_t number; /* opening; piece and want: opening number the blob belongs to */
    Bytes handle;
    Bytes bytes; /* opening: disclosure record; piece: its bytes */
    uint64_t piece;
    struct tree_proof proof; /* of the piece in its blob */
};

/* Records in order; parcel_close adds the end. Failures stick in the writer. */
struct writer parcel_open(struct scope *s, const struct parcel_header *header);
void parcel_checkpoint(struct writer *w, Str note);
void parcel_leaves(struct writer *w, uint64_t first, const Hash *commitments, size_t count);
/* `record` is the stored bytes of a disclosure that the gate made. */
void parcel_opening(struct writer *w, uint64_t number, Bytes handle, Bytes record);
void parcel_cosignature(struct writer *w, uint64_t size, Str line);
void parcel_piece(struct writer *w, uint64_t opening, uint64_t piece,
                  const struct tree_proof *proof, Bytes bytes);
void parcel_want(struct writer *w, uint64_t opening, uint64_t first_piece);
void parcel_return_leaves(struct writer *w, uint64_t first, const Hash *commitments, size_t count);
void parcel_return_opening(struct writer *w, uint64_t number, Bytes handle, Bytes record);
void parcel_return_head(struct writer *w, Str note);
MUST_USE Status parcel_close(struct writer *w, const struct secret_key *key, Bytes *out);

/* Who it says it is from and to, without any trust, so that the right key can be looked up. */
MUST_USE Status parcel_peek(struct scope *s, Bytes parcel, struct parcel_header *out);

/* Verifies digest and signature of the whole before anything else, then gives every record in order
 * (header first, end left out). ERR_SCHEMA, ERR_LIMIT, ERR_PROOF (digest) or ERR_SIGNATURE. */
MUST_USE Status parcel_read(struct scope *s, Bytes parcel, const PublicKey *key,
                            struct parcel_record **out, size_t *out_count);
