/* app/exchange.h - what goes to a neighbour and what comes from it. Transport is never trusted and
 * knows nothing: a parcel is the same bytes by network and on a stick. */
#pragma once
#include "app/post.h"

/* Writes the parcel that the neighbour needs now: a signed head, leaves, openings, cosignature,
 * pieces. An empty `to` means the only neighbour. ERR_SUSPENDED never: a suspended post still sends
 * what suspension lets through. */
MUST_USE Status exchange_write(struct scope *s, struct post *p, Str to, Bytes *out_sealed);

struct exchange_result {
    Str from;
    uint64_t opened;  /* openings applied now */
    uint64_t refused; /* of these, refused */
    bool news;        /* anything but acknowledgements */
};

/* Verifies and applies a parcel wholly or not at all. Evidence of a fork or a false signature is
 * kept as an alarm before the refusal is returned. Applying it twice changes nothing. */
MUST_USE Status exchange_read(struct scope *s, struct post *p, Bytes sealed,
                              struct exchange_result *out);

/* A way to bring a sealed parcel there and another back. */
struct transport {
    Status (*swap)(void *ctx, struct scope *s, Bytes out, Bytes *in);
    void *ctx;
};

/* Parcels until neither side has anything that the other lacks (at most three each way). */
MUST_USE Status exchange_sync(struct scope *s, struct post *p, Str to, const struct transport *t);

/* The same with one thing wrong (signature, parcel, checkpoint, leaf), for scenarios. */
MUST_USE Status exchange_write_tampered(struct scope *s, struct post *p, Str to, Str what,
                                        Bytes *out_sealed);

/* Does the post hold anything that the neighbour has not acknowledged? */
MUST_USE Status exchange_is_pending(struct scope *s, struct post *p, Str to, bool *out);

/* C2SP static files of the own journal: path below the prefix ("checkpoint", "tile/0/000",
 * "tile/entries/..."). */
MUST_USE Status journal_file(struct scope *s, struct post *p, Str path, Bytes *out);

/* C2SP witness: the body of add-checkpoint; gives the HTTP status of tlog-witness and the answer's
 * body. */
MUST_USE Status witness_add_checkpoint(struct scope *s, struct post *p, Str body, int *out_status,
                                       Str *out_body);

/* Writes the newest own checkpoint that carries the counterpart's cosignature as static C2SP files
 * into the folder. */
MUST_USE Status journal_export(struct scope *s, struct post *p, const char *folder);
