/* vault/inner.h - what the files of the vault share. Never leaves vault/.
 * FOLDER/<handle>.age the item; FOLDER/<handle>.leaves.age the leaf hashes of its pieces (made
 * again when lost); FOLDER/incoming/<handle>.age being written;
 * FOLDER/incoming/<handle>/NNNNNNNN.age a piece that arrived. */
#pragma once
#include "base/signature.h"
#include "vault/vault.h"

struct vault {
    const char *folder;
    const char *incoming;
    AgeRecipient recipients[VAULT_RECIPIENTS_MAX];
    size_t recipient_count;
    struct random *random;
};

enum { LEAVES_BYTES_MAX = (VAULT_BYTES_MAX / VAULT_PIECE_BYTES) * HASH_BYTES };

/* ERR_USAGE unless it is 32 lower-case hex digits: nothing else becomes part of a path. */
MUST_USE Status handle_check(struct scope *s, Str handle);

/* folder/handle + end, NUL-ended. */
MUST_USE Status item_path(struct scope *s, const char *folder, Str handle, const char *end,
                          const char **out);

/* Fresh random bytes for one age file; the caller wipes them. */
MUST_USE Status seed_fill(struct scope *s, struct vault *v, struct age_seed *out);

/* Seals bytes to the vault's recipients and writes them whole. */
MUST_USE Status sealed_write(struct scope *s, struct vault *v, const char *path, Bytes plain);

/* Reads what sealed_write wrote. ERR_PROOF when it is not that any more. */
MUST_USE Status sealed_read(struct scope *s, const char *path, const struct age_identity *identity,
                            size_t plain_max, Bytes *out);

static inline uint64_t piece_count(uint64_t size)
{
    return size / VAULT_PIECE_BYTES + (size % VAULT_PIECE_BYTES != 0);
}

static inline size_t piece_bytes(uint64_t size, uint64_t piece)
{
    uint64_t left = size - piece * VAULT_PIECE_BYTES;
    return left < VAULT_PIECE_BYTES ? (size_t)left : VAULT_PIECE_BYTES;
}

/* RFC 6962 root over leaf hashes. */
Hash leaves_root(const Hash *leaves, uint64_t count);

/* As vault_put_begin, for a handle that is given. The end compares with `expected` when there is
 * one: ERR_PROOF and nothing is kept. */
MUST_USE Status put_begin(struct scope *s, struct vault *v, Str handle,
                          const struct vault_item *expected, struct vault_put **out);

/* A verdict about sealed bytes as one about the item: everything that is wrong with them means that
 * they were altered. Failures of memory and disk stay what they are. */
MUST_USE Status altered(struct scope *s, Status status, Str handle);
