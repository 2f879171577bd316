/* app/pieces.h - blob pieces in parcels: what goes with an opening, what is asked for, what
 * arrives. For app/ only. */
#pragma once
#include "app/entries.h"
#include "core/ledger/parcel.h"

/* Pieces of the blobs that these openings (or the neighbour's wants) name, within a parcel's room.
 */
MUST_USE Status pieces_put(struct scope *s, struct post *p, struct neighbour *n,
                           const struct opening_row *rows, size_t count, struct writer *w);

/* The first piece that is missing here, of the earliest opening; opening 0 when none is. */
struct piece_want {
    uint64_t opening, piece;
};
MUST_USE Status pieces_next(struct scope *s, struct post *p, const struct neighbour *n,
                            struct piece_want *out);

/* Asks for the pieces that are missing here. */
MUST_USE Status wants_put(struct scope *s, struct post *p, struct neighbour *n, struct writer *w);

/* A piece that arrived: proved against the pieces_root of its opening, kept, and the blob finished
 * when it was the last. ERR_PROOF; ERR_SCHEMA for a piece that no opening names. */
MUST_USE Status piece_take(struct scope *s, struct post *p, struct neighbour *n,
                           const struct parcel_record *r);

/* Notes a blob that an applied opening promises. */
MUST_USE Status blob_expect(struct scope *s, struct post *p, struct neighbour *n,
                            const struct fact *f, uint64_t opening);

/* The blob that a fact (own, or opened to us) commits to; ERR_NOT_FOUND when it has none here. */
MUST_USE Status evidence_of_fact(struct scope *s, struct post *p, Str party, uint64_t index,
                                 struct blob_row *out);

/* Notes that the bytes of a fact go, whose record opened their digests before a recall or an
 * erasure and does not after. */
MUST_USE Status blob_forget(struct scope *s, struct post *p, struct neighbour *n, Bytes before,
                            Bytes after);

/* Destroys the bytes that were noted, once that is committed: bytes are never gone without the fact
 * that says so. Also what a crash left of them, when the post is opened. */
MUST_USE Status blobs_destroy(struct scope *s, struct post *p);
