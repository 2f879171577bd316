/* base/signature.h - Ed25519 by libsodium's verdict and no other (integrity.md 2.2: libraries
 * disagree on edge cases, and two posts that disagree would fold two different cases). */
#pragma once
#include "base/str.h"

enum { KEY_BYTES = 32, SEED_BYTES = 32, SIGNATURE_BYTES = 64, SECRET_KEY_BYTES = 64 };

typedef struct {
    uint8_t bytes[KEY_BYTES];
} PublicKey;

typedef struct {
    uint8_t bytes[SIGNATURE_BYTES];
} Signature;

/* Both halves of an Ed25519 key; wiped with secret_wipe when done. */
struct secret_key {
    uint8_t bytes[SECRET_KEY_BYTES];
    PublicKey public;
};

/* The key that belongs to a random seed of 32 bytes. */
void secret_key_from_seed(const uint8_t seed[static SEED_BYTES], struct secret_key *out);

Signature sign(const struct secret_key *key, Bytes message);

bool signature_is_valid(const Signature *signature, Bytes message, const PublicKey *key);

void secret_wipe(void *ptr, size_t len);
