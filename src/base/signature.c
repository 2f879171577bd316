#include "base/signature.h"
#include <sodium.h>

void secret_key_from_seed(const uint8_t seed[static SEED_BYTES], struct secret_key *out)
{
    crypto_sign_seed_keypair(out->public.bytes, out->bytes, seed);
}

Signature sign(const struct secret_key *key, Bytes message)
{
    Signature out;
    crypto_sign_detached(out.bytes, NULL, message.ptr, message.len, key->bytes);
    return out;
}

bool signature_is_valid(const Signature *signature, Bytes message, const PublicKey *key)
{
    return crypto_sign_verify_detached(signature->bytes, message.ptr, message.len, key->bytes) == 0;
}

void secret_wipe(void *ptr, size_t len)
{
    sodium_memzero(ptr, len);
}
