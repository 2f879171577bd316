/* app/pieces.h - blob pieces in parcels: what goes with an opening, what is asked for, what arrives. For app/ only. */
#pragma once
#include "app/inside.h"
#include "core/ledger/parcel.h"

/* Pieces of the blobs that these openings (or the neighbour's wants) name, within a parcel's room. */
MUST_USE Status pieces_put(struct scope *s, struct post *p, struct neighbour *n,
                           const struct opening_row *rows, size_t count, struct writer *w);

/* Asks for the pieces that are missing here. */
MUST_USE Status wants_put(struct scope *s, struct post *p, struct neighbour *n, struct writer *w);

/* A piece that arrived: proved against the pieces_root of its opening, kept, and the blob finished
 * when it was the last. ERR_PROOF; ERR_SCHEMA for a piece that no opening names. */
MUST_USE Status piece_take(struct scope *s, struct post *p, struct neighbour *n,
                           const struct parcel_record *r);

/* Notes a blob that an applied opening promises. */
MUST_USE Status blob_expect(struct scope *s, struct post *p, struct neighbour *n,
                            const struct fact *f, uint64_t opening);
