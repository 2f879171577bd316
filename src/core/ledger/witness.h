/* core/ledger/witness.h - C2SP tlog-witness: may this head of the other side be countersigned?
 * Decides from the request and from the head that was countersigned last; the caller compares and
 * stores in one transaction, durably, before it answers. */
#pragma once
#include "core/ledger/checkpoint.h"
#include "core/ledger/tree.h"

enum {
    WITNESS_PROOF_MAX = 63,
    WITNESS_BODY_MAX = NOTE_BYTES_MAX + 64 * 45 + 32 /* the note, proof lines, `old` line */
};

struct witness_request {
    uint64_t old;
    struct tree_proof proof;
    Str note;
    struct checkpoint checkpoint;
};

/* The body of add-checkpoint: `old <size>`, proof lines, an empty line, the checkpoint. */
MUST_USE Status witness_request_parse(struct scope *s, Bytes body, struct witness_request *out);
MUST_USE Status witness_request_format(struct scope *s, uint64_t old,
                                       const struct tree_proof *proof, Str note, Str *out);

/* What a witness knows of a journal: its key, and the head it countersigned last (size 0 with the
 * empty root when none). */
struct witness_view {
    Str origin;
    PublicKey key;
    uint64_t size;
    Hash root;
};

/* OK: countersign. Refusals in this order: ERR_NOT_FOUND (`view` is NULL: origin unknown),
 * ERR_SIGNATURE, ERR_SCHEMA (old above new), ERR_STALE (old is not the last countersigned size),
 * ERR_FORK (equal size, other root: keep the note, it is proof), ERR_PROOF. */
MUST_USE Status witness_check(struct scope *s, const struct witness_view *view,
                              const struct witness_request *request);

/* The HTTP status of that verdict: 200, 400, 403, 404, 409, 422, or 500 for any other. */
int witness_http(Status verdict);
