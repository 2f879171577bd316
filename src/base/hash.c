#include "base/hash.h"
#include <nettle/hkdf.h>

void hash_start(struct hasher *h)
{
    sha256_init(&h->ctx);
}

void hash_add(struct hasher *h, const void *ptr, size_t len)
{
    if (len) sha256_update(&h->ctx, len, ptr);
}

static void hash_add_be(struct hasher *h, uint64_t value, size_t len)
{
    uint8_t out[8];
    for (size_t i = 0; i < len; i++)
        out[i] = (uint8_t)(value >> (8 * (len - 1 - i)));
    hash_add(h, out, len);
}

void hash_add_u16(struct hasher *h, uint16_t value)
{
    hash_add_be(h, value, 2);
}

void hash_add_u32(struct hasher *h, uint32_t value)
{
    hash_add_be(h, value, 4);
}

void hash_add_u64(struct hasher *h, uint64_t value)
{
    hash_add_be(h, value, 8);
}

Hash hash_finish(struct hasher *h)
{
    Hash out;
    sha256_digest(&h->ctx, HASH_BYTES, out.bytes);
    return out;
}

Hash hash_of(Bytes bytes)
{
    struct hasher h;
    hash_start(&h);
    hash_add(&h, bytes.ptr, bytes.len);
    return hash_finish(&h);
}

void hmac_start(struct hmac *h, Bytes key)
{
    hmac_sha256_set_key(&h->ctx, key.len, key.ptr);
}

Hash hmac_of(struct hmac *h, Bytes message)
{
    Hash out;
    hmac_sha256_update(&h->ctx, message.len, message.ptr);
    hmac_sha256_digest(&h->ctx, HASH_BYTES, out.bytes); /* which makes it ready for the next */
    return out;
}

Hash hash_hmac(Bytes key, Bytes message)
{
    struct hmac h;
    hmac_start(&h, key);
    return hmac_of(&h, message);
}

Hash hash_hkdf(Bytes secret, Bytes salt, Bytes info)
{
    static const uint8_t zeros[HASH_BYTES];
    if (salt.len == 0) salt = (Bytes){zeros, sizeof zeros};
    Hash prk = hash_hmac(salt, secret);
    struct hmac_sha256_ctx ctx;
    Hash out;
    hmac_sha256_set_key(&ctx, HASH_BYTES, prk.bytes);
    hkdf_expand(&ctx, (nettle_hash_update_func *)hmac_sha256_update,
                (nettle_hash_digest_func *)hmac_sha256_digest, SHA256_DIGEST_SIZE, info.len,
                info.ptr, HASH_BYTES, out.bytes);
    return out;
}
