/* base/age.h - age v1 files (age-encryption.org/v1) with X25519 recipients: header, 64 KiB chunks,
 * and the text form of keys. Pure: all chance comes from the caller in struct age_seed.
 * age does not say who sealed a file; what must be known to be from someone is signed inside it.
 * ChaCha20-Poly1305 is libsodium's (measured: 2.8 times nettle's). docs/formats/age.md. */
#pragma once
#include "base/scope.h"

enum {
    AGE_KEY_BYTES = 32,
    AGE_FILE_KEY_BYTES = 16,
    AGE_NONCE_BYTES = 16,
    AGE_TAG_BYTES = 16,
    AGE_CHUNK_BYTES = 64 * 1024,
    AGE_SEALED_CHUNK_BYTES = AGE_CHUNK_BYTES + AGE_TAG_BYTES,
    AGE_RECIPIENTS_MAX = 16, /* that we write */
    AGE_STANZAS_MAX = 64,    /* that we read */
    AGE_HEADER_MAX = 16 * 1024,
    AGE_TEXT_MAX = 80
};

typedef struct {
    uint8_t bytes[AGE_KEY_BYTES];
} AgeRecipient;

/* Wiped with secret_wipe when done. */
struct age_identity {
    uint8_t secret[AGE_KEY_BYTES];
    AgeRecipient recipient;
};

/* Random bytes for one file, never used twice; fill the whole of it. */
struct age_seed {
    uint8_t file_key[AGE_FILE_KEY_BYTES];
    uint8_t nonce[AGE_NONCE_BYTES];
    uint8_t ephemeral[AGE_RECIPIENTS_MAX][AGE_KEY_BYTES];
};

/* The key of a payload; a secret. Chunks are sealed and opened by number, in any order. */
struct age_stream {
    uint8_t key[AGE_KEY_BYTES];
};

void age_identity_from_secret(const uint8_t secret[static AGE_KEY_BYTES],
                              struct age_identity *out); /* any 32 random bytes */

/* "age1..." and "AGE-SECRET-KEY-1..." (bech32, BIP 173); ERR_SCHEMA for any other form. The text of
 * an identity is a secret. */
MUST_USE Status age_recipient_format(struct scope *s, const AgeRecipient *recipient, Str *out);
MUST_USE Status age_recipient_parse(struct scope *s, Str text, AgeRecipient *out);
MUST_USE Status age_identity_format(struct scope *s, const struct age_identity *id, Str *out);
MUST_USE Status age_identity_parse(struct scope *s, Str text, struct age_identity *out);

/* Header and nonce for 1 to 16 recipients (ERR_USAGE) and the stream that follows. ERR_SCHEMA when
 * a recipient is no key (low order). */
MUST_USE Status age_header_make(struct scope *s, const AgeRecipient *recipients, size_t count,
                                const struct age_seed *seed, Bytes *out,
                                struct age_stream *out_stream);

/* Reads header and nonce from the start of a file (give AGE_HEADER_MAX bytes, or all there are).
 * ERR_SCHEMA not an age header, ERR_NOT_FOUND sealed for other keys, ERR_SIGNATURE altered. */
MUST_USE Status age_header_open(struct scope *s, Bytes start, const struct age_identity *identities,
                                size_t count, size_t *out_header_bytes,
                                struct age_stream *out_stream);

/* Seals chunk `number` (from 0) into plain.len + 16 bytes. All but the last are AGE_CHUNK_BYTES;
 * the last is 1 to AGE_CHUNK_BYTES, or empty when it is the only one. */
void age_chunk_seal(const struct age_stream *stream, uint64_t number, bool is_last, Bytes plain,
                    uint8_t *out);

/* Opens a chunk into sealed.len - 16 bytes. ERR_SCHEMA for a length that no such chunk has,
 * ERR_SIGNATURE when it is altered, out of order, or last where it should not be. */
MUST_USE Status age_chunk_open(struct scope *s, const struct age_stream *stream, uint64_t number,
                               bool is_last, Bytes sealed, uint8_t *out);

/* Lengths: of a header with nonce that we write, of a whole file, and of the plain bytes in a
 * payload (all after the nonce; ERR_SCHEMA when no payload has this length). */
size_t age_header_bytes(size_t recipients);
uint64_t age_sealed_bytes(size_t recipients, uint64_t plain_bytes);
MUST_USE Status age_plain_bytes(struct scope *s, uint64_t payload_bytes, uint64_t *out);

/* Whole files in memory. `bytes_max` bounds the plain bytes (ERR_LIMIT); failures as above. */
MUST_USE Status age_seal(struct scope *s, const AgeRecipient *recipients, size_t count,
                         const struct age_seed *seed, Bytes plain, Bytes *out);
MUST_USE Status age_open(struct scope *s, const struct age_identity *identities, size_t count,
                         Bytes sealed, size_t bytes_max, Bytes *out);
