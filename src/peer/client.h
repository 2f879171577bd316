/* peer/client.h - brings a sealed parcel to a neighbour's post and the answering one back.
 * Believes the pinned key of the other post and nothing else; knows nothing of what a parcel holds.
 * Safe from every thread. Besides what each function says, ERR_INTERNAL when the module with the
 * library cannot be loaded. */
#pragma once
#include "base/hash.h"
#include "base/scope.h"

enum { PEER_ANSWER_BYTES_MAX = 64 << 20 };

struct peer_target {
    Str address;             /* HOST:PORT, [IPv6]:PORT */
    Hash pin;                /* SHA-256 of the other post's SubjectPublicKeyInfo, from its card */
    Hash pin_before;         /* taken as well: the same, or the key that gives way to it */
    const char *certificate; /* paths of the own identity (PEM) */
    const char *key;
    size_t answer_bytes_max; /* 0 means PEER_ANSWER_BYTES_MAX */
    long silence_s;          /* given up when so long nothing moves; 0 means 60 */
    /* Asked about once a second: should this be given up? NULL: never. */
    bool (*is_over)(void *ctx);
    void *ctx;
};

/* POST /peer/v1/parcels over TLS 1.3 with both sides' certificates. The answer lives in the scope.
 * ERR_LINK with a sentence when the other post cannot be reached, is not the one pinned, or
 * refuses. */
MUST_USE Status peer_post_parcel(struct scope *s, const struct peer_target *t, Bytes parcel,
                                 Bytes *out);

/* Connects and looks at the key, for five seconds at most; sends nothing. ERR_LINK with a sentence.
 */
MUST_USE Status peer_probe(struct scope *s, const struct peer_target *t);
