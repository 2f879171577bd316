/* base/hash.h - SHA-256, HMAC and HKDF. nettle, because it uses the processor's SHA
 * instructions where libsodium 1.0.18 does not (4 to 5 times faster, integrity.md 4.1). */
#pragma once
#include "base/str.h"
#include <nettle/hmac.h>

enum { HASH_BYTES = 32 };

typedef struct {
    uint8_t bytes[HASH_BYTES];
} Hash;

/* Hashing piece by piece: hash_start, hash_add ..., hash_finish. */
struct hasher {
    struct sha256_ctx ctx;
};

void hash_start(struct hasher *h);
void hash_add(struct hasher *h, const void *ptr, size_t len);
void hash_add_u16(struct hasher *h, uint16_t value);
void hash_add_u32(struct hasher *h, uint32_t value);
void hash_add_u64(struct hasher *h, uint64_t value);
Hash hash_finish(struct hasher *h);

Hash hash_of(Bytes bytes);

/* HMAC-SHA-256 (RFC 2104). */
Hash hash_hmac(Bytes key, Bytes message);

/* The same for many messages under one key: half of the work is done once. */
struct hmac {
    struct hmac_sha256_ctx ctx;
};
void hmac_start(struct hmac *h, Bytes key);
Hash hmac_of(struct hmac *h, Bytes message);

/* HKDF-SHA-256 (RFC 5869), at most 32 bytes of output. */
Hash hash_hkdf(Bytes secret, Bytes salt, Bytes info);

static inline bool hash_eq(const Hash *a, const Hash *b)
{
    return memcmp(a->bytes, b->bytes, HASH_BYTES) == 0;
}

static inline Bytes hash_bytes(const Hash *h)
{
    return (Bytes){h->bytes, HASH_BYTES};
}
