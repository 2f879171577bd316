#include "base/age.h"
#include "base/hash.h"
#include "base/reader.h"
#include "base/signature.h"
#include "base/writer.h"
#include <assert.h>
#include <inttypes.h>
#include <sodium.h>

#define VERSION_LINE "age-encryption.org/v1"
#define WRAP_INFO    "age-encryption.org/v1/X25519"

enum {
    WRAPPED_BYTES = AGE_FILE_KEY_BYTES + AGE_TAG_BYTES,
    RAW64_32_LEN = 43, /* 32 bytes in base64 without padding */
    BODY_LINE_LEN = 64,
    STANZA_LEN = 10 + RAW64_32_LEN + 1 + RAW64_32_LEN + 1 /* "-> X25519 ", share, body */
};

static const uint8_t zero_nonce[crypto_aead_chacha20poly1305_ietf_NPUBBYTES];

/* A stanza of type X25519: the ephemeral share and the file key wrapped for one recipient. */
struct wrap {
    uint8_t share[AGE_KEY_BYTES];
    uint8_t body[WRAPPED_BYTES];
};

static Hash derive(const uint8_t *secret, size_t len, Bytes salt, const char *info)
{
    return hash_hkdf(bytes_of(secret, len), salt, str_bytes(str_of(info)));
}

/* HKDF over the shared secret; false when the other side's point has low order. */
static bool wrap_key(const uint8_t *secret, const uint8_t *point, const uint8_t *share,
                     const AgeRecipient *recipient, Hash *out)
{
    uint8_t shared[AGE_KEY_BYTES], salt[2 * AGE_KEY_BYTES];
    if (crypto_scalarmult_curve25519(shared, secret, point) != 0) return false;
    memcpy(salt, share, AGE_KEY_BYTES);
    memcpy(salt + AGE_KEY_BYTES, recipient->bytes, AGE_KEY_BYTES);
    *out = derive(shared, sizeof shared, bytes_of(salt, sizeof salt), WRAP_INFO);
    secret_wipe(shared, sizeof shared);
    return true;
}

static Hash header_mac(const uint8_t *file_key, Bytes header)
{
    Hash key = derive(file_key, AGE_FILE_KEY_BYTES, (Bytes){NULL, 0}, "header");
    Hash mac = hash_hmac(hash_bytes(&key), header);
    secret_wipe(&key, sizeof key);
    return mac;
}

static void stream_start(const uint8_t *file_key, const uint8_t *nonce, struct age_stream *out)
{
    Hash key = derive(file_key, AGE_FILE_KEY_BYTES, bytes_of(nonce, AGE_NONCE_BYTES), "payload");
    memcpy(out->key, key.bytes, AGE_KEY_BYTES);
    secret_wipe(&key, sizeof key);
}

static void write_raw64_line(struct writer *w, Bytes bytes)
{
    write_base64(w, bytes);
    while (w->status == OK && w->ptr[w->len - 1] == '=')
        w->len--;
    write_u8(w, '\n');
}

static Status stanza_write(struct scope *s, struct writer *w, const AgeRecipient *recipient,
                           const uint8_t *ephemeral, const uint8_t *file_key)
{
    struct wrap wrap;
    Hash key;
    crypto_scalarmult_curve25519_base(wrap.share, ephemeral);
    if (!wrap_key(ephemeral, recipient->bytes, wrap.share, recipient, &key))
        return fail(s, ERR_SCHEMA, "an age recipient is not a key");
    crypto_aead_chacha20poly1305_ietf_encrypt(wrap.body, NULL, file_key, AGE_FILE_KEY_BYTES, NULL,
                                              0, NULL, zero_nonce, key.bytes);
    secret_wipe(&key, sizeof key);
    write_str(w, STR("-> X25519 "));
    write_raw64_line(w, bytes_of(wrap.share, sizeof wrap.share));
    write_raw64_line(w, bytes_of(wrap.body, sizeof wrap.body));
    return OK;
}

Status age_header_make(struct scope *s, const AgeRecipient *recipients, size_t count,
                       const struct age_seed *seed, Bytes *out, struct age_stream *out_stream)
{
    if (count < 1 || count > AGE_RECIPIENTS_MAX)
        return fail(s, ERR_USAGE, "a file is sealed for 1 to %d recipients", AGE_RECIPIENTS_MAX);
    struct writer w = writer_open(s, AGE_HEADER_MAX);
    write_str(&w, STR(VERSION_LINE "\n"));
    for (size_t i = 0; i < count; i++)
        TRY(stanza_write(s, &w, &recipients[i], seed->ephemeral[i], seed->file_key));
    write_str(&w, STR("---"));
    Bytes header;
    TRY(writer_close(&w, &header));
    Hash mac = header_mac(seed->file_key, header);
    write_u8(&w, ' ');
    write_raw64_line(&w, hash_bytes(&mac));
    write_bytes(&w, seed->nonce, AGE_NONCE_BYTES);
    TRY(writer_close(&w, out));
    stream_start(seed->file_key, seed->nonce, out_stream);
    return OK;
}

/* Base64 without padding of exactly `len` bytes, canonical; len <= 48. */
static bool raw64_parse(Str text, uint8_t *out, size_t len)
{
    char padded[BODY_LINE_LEN];
    size_t full = (len + 2) / 3 * 4, pad = (3 - len % 3) % 3;
    if (full > sizeof padded || text.len != full - pad) return false;
    if (text.len) memcpy(padded, text.ptr, text.len);
    memset(padded + text.len, '=', pad);
    return base64_parse((Str){padded, full}, out, len);
}

/* The next line without its LF; false when none ends within the bytes. */
static bool line_next(Str *rest, Str *out)
{
    Str line = str_cut(rest, '\n');
    *out = line;
    return rest->ptr != NULL;
}

static bool arguments_are_sound(Str text)
{
    while (text.ptr) {
        Str word = str_cut(&text, ' ');
        if (word.len == 0) return false;
        for (size_t i = 0; i < word.len; i++)
            if (word.ptr[i] < 33 || word.ptr[i] > 126) return false;
    }
    return true;
}

/* One stanza whose first line (behind the arrow) was read: its arguments and the body lines, of
 * which only the last is shorter than 64. `*is_ours` tells whether it is of type X25519. */
static bool stanza_read(Str arguments, Str *rest, struct wrap *out, bool *is_ours)
{
    if (!arguments_are_sound(arguments)) return false;
    Str share = arguments;
    *is_ours = str_is(str_cut(&share, ' '), "X25519");
    if (*is_ours && !raw64_parse(share, out->share, AGE_KEY_BYTES)) return false;
    Str line;
    size_t lines = 0;
    do {
        uint8_t bytes[BODY_LINE_LEN];
        if (!line_next(rest, &line) || line.len > BODY_LINE_LEN) return false;
        if (!raw64_parse(line, bytes, line.len * 3 / 4)) return false;
        if (*is_ours && (lines > 0 || line.len != RAW64_32_LEN)) return false;
        if (*is_ours) memcpy(out->body, bytes, WRAPPED_BYTES);
        lines++;
    } while (line.len == BODY_LINE_LEN);
    return true;
}

struct header {
    size_t wrap_count;
    struct wrap wraps[AGE_STANZAS_MAX];
    Bytes signed_bytes; /* up to and including "---" */
    Hash mac;
    size_t bytes; /* with the last LF */
};

static bool header_parse(Str text, struct header *out)
{
    Str rest = text, line;
    out->wrap_count = 0;
    if (!line_next(&rest, &line) || !str_is(line, VERSION_LINE)) return false;
    for (size_t stanzas = 0; stanzas <= AGE_STANZAS_MAX; stanzas++) {
        if (!line_next(&rest, &line)) return false;
        if (str_has_prefix(line, "--- ")) {
            size_t start = (size_t)(line.ptr - text.ptr);
            out->signed_bytes = bytes_of(text.ptr, start + 3);
            out->bytes = start + line.len + 1;
            Str mac = {line.ptr + 4, line.len - 4};
            return stanzas > 0 && raw64_parse(mac, out->mac.bytes, HASH_BYTES);
        }
        bool is_ours;
        if (stanzas == AGE_STANZAS_MAX || !str_has_prefix(line, "-> ")) return false;
        Str arguments = {line.ptr + 3, line.len - 3};
        if (!stanza_read(arguments, &rest, &out->wraps[out->wrap_count], &is_ours)) return false;
        out->wrap_count += is_ours;
    }
    return false;
}

/* Tries one stanza with one identity. ERR_NOT_FOUND when it is for another. */
static Status unwrap(struct scope *s, const struct wrap *wrap, const struct age_identity *id,
                     uint8_t file_key[static AGE_FILE_KEY_BYTES])
{
    Hash key;
    if (!wrap_key(id->secret, wrap->share, wrap->share, &id->recipient, &key))
        return fail(s, ERR_SCHEMA, "age: an ephemeral share is not a key");
    int opened = crypto_aead_chacha20poly1305_ietf_decrypt(
        file_key, NULL, NULL, wrap->body, WRAPPED_BYTES, NULL, 0, zero_nonce, key.bytes);
    secret_wipe(&key, sizeof key);
    return opened == 0 ? OK : fail(s, ERR_NOT_FOUND, "age: sealed for other keys than ours");
}

Status age_header_open(struct scope *s, Bytes start, const struct age_identity *identities,
                       size_t count, size_t *out_header_bytes, struct age_stream *out_stream)
{
    struct header h;
    if (start.len > AGE_HEADER_MAX) start.len = AGE_HEADER_MAX;
    if (!header_parse(bytes_str(start), &h))
        return fail(s, ERR_SCHEMA, "age: the header is not well formed");
    Status found = fail(s, ERR_NOT_FOUND, "age: sealed for other keys than ours");
    uint8_t file_key[AGE_FILE_KEY_BYTES];
    for (size_t i = 0; i < h.wrap_count * count && found == ERR_NOT_FOUND; i++)
        found = unwrap(s, &h.wraps[i / count], &identities[i % count], file_key);
    TRY(found);
    Hash mac = header_mac(file_key, h.signed_bytes);
    Status status = OK;
    if (sodium_memcmp(mac.bytes, h.mac.bytes, HASH_BYTES) != 0)
        status = fail(s, ERR_SIGNATURE, "age: the header was altered");
    else if (start.len - h.bytes < AGE_NONCE_BYTES)
        status = fail(s, ERR_SCHEMA, "age: the file ends within its nonce");
    if (status == OK) {
        stream_start(file_key, start.ptr + h.bytes, out_stream);
        *out_header_bytes = h.bytes + AGE_NONCE_BYTES;
    }
    secret_wipe(file_key, sizeof file_key);
    return status;
}

/* Eleven bytes of counter, one that marks the last chunk. */
static void chunk_nonce(uint64_t number, bool is_last, uint8_t out[static 12])
{
    memset(out, 0, 12);
    for (int i = 0; i < 8; i++)
        out[10 - i] = (uint8_t)(number >> (8 * i));
    out[11] = is_last;
}

static bool chunk_fits(uint64_t number, bool is_last, size_t plain_bytes)
{
    if (!is_last) return plain_bytes == AGE_CHUNK_BYTES;
    return plain_bytes <= AGE_CHUNK_BYTES && (plain_bytes > 0 || number == 0);
}

void age_chunk_seal(const struct age_stream *stream, uint64_t number, bool is_last, Bytes plain,
                    uint8_t *out)
{
    assert(chunk_fits(number, is_last, plain.len));
    uint8_t nonce[12];
    chunk_nonce(number, is_last, nonce);
    crypto_aead_chacha20poly1305_ietf_encrypt(out, NULL, plain.ptr, plain.len, NULL, 0, NULL, nonce,
                                              stream->key);
}

Status age_chunk_open(struct scope *s, const struct age_stream *stream, uint64_t number,
                      bool is_last, Bytes sealed, uint8_t *out)
{
    if (sealed.len < AGE_TAG_BYTES || !chunk_fits(number, is_last, sealed.len - AGE_TAG_BYTES))
        return fail(s, ERR_SCHEMA, "age: chunk %" PRIu64 " has a length that none has", number);
    uint8_t nonce[12];
    chunk_nonce(number, is_last, nonce);
    if (crypto_aead_chacha20poly1305_ietf_decrypt(out, NULL, NULL, sealed.ptr, sealed.len, NULL, 0,
                                                  nonce, stream->key) != 0)
        return fail(s, ERR_SIGNATURE, "age: chunk %" PRIu64 " was altered or the file was cut",
                    number);
    return OK;
}

size_t age_header_bytes(size_t recipients)
{
    return sizeof VERSION_LINE + recipients * STANZA_LEN + 4 + RAW64_32_LEN + 1 + AGE_NONCE_BYTES;
}

uint64_t age_sealed_bytes(size_t recipients, uint64_t plain_bytes)
{
    uint64_t chunks = plain_bytes / AGE_CHUNK_BYTES + (plain_bytes % AGE_CHUNK_BYTES != 0);
    if (chunks == 0) chunks = 1;
    return age_header_bytes(recipients) + plain_bytes + chunks * AGE_TAG_BYTES;
}

Status age_plain_bytes(struct scope *s, uint64_t payload_bytes, uint64_t *out)
{
    uint64_t full = payload_bytes / AGE_SEALED_CHUNK_BYTES;
    uint64_t rest = payload_bytes % AGE_SEALED_CHUNK_BYTES;
    bool is_short = rest < AGE_TAG_BYTES || (rest == AGE_TAG_BYTES && full > 0);
    if (rest ? is_short : full == 0)
        return fail(s, ERR_SCHEMA, "age: no payload has %" PRIu64 " bytes", payload_bytes);
    *out = payload_bytes - (full + (rest > 0)) * AGE_TAG_BYTES;
    return OK;
}

Status age_seal(struct scope *s, const AgeRecipient *recipients, size_t count,
                const struct age_seed *seed, Bytes plain, Bytes *out)
{
    Bytes header;
    struct age_stream stream;
    TRY(age_header_make(s, recipients, count, seed, &header, &stream));
    size_t len = (size_t)age_sealed_bytes(count, plain.len), at = header.len;
    uint8_t *sealed = scope_alloc(s, len);
    if (sealed) memcpy(sealed, header.ptr, header.len);
    for (size_t from = 0, number = 0; sealed; number++) {
        size_t left = plain.len - from;
        bool is_last = left <= AGE_CHUNK_BYTES;
        Bytes chunk = {plain.ptr ? plain.ptr + from : NULL, is_last ? left : AGE_CHUNK_BYTES};
        age_chunk_seal(&stream, number, is_last, chunk, sealed + at);
        at += chunk.len + AGE_TAG_BYTES;
        from += chunk.len;
        if (is_last) break;
    }
    secret_wipe(&stream, sizeof stream);
    if (sealed == NULL) return ERR_MEMORY;
    *out = (Bytes){sealed, len};
    return OK;
}

static Status payload_open(struct scope *s, const struct age_stream *stream, Bytes payload,
                           uint8_t *out)
{
    for (uint64_t number = 0;; number++) {
        bool is_last = payload.len <= AGE_SEALED_CHUNK_BYTES;
        size_t len = is_last ? payload.len : AGE_SEALED_CHUNK_BYTES;
        TRY(age_chunk_open(s, stream, number, is_last, (Bytes){payload.ptr, len}, out));
        if (is_last) return OK;
        out += AGE_CHUNK_BYTES;
        payload = (Bytes){payload.ptr + len, payload.len - len};
    }
}

Status age_open(struct scope *s, const struct age_identity *identities, size_t count, Bytes sealed,
                size_t bytes_max, Bytes *out)
{
    size_t header;
    struct age_stream stream;
    uint64_t plain_bytes;
    TRY(age_header_open(s, sealed, identities, count, &header, &stream));
    Bytes payload = {sealed.ptr + header, sealed.len - header};
    Status status = age_plain_bytes(s, payload.len, &plain_bytes);
    if (status == OK && plain_bytes > bytes_max)
        status =
            fail(s, ERR_LIMIT, "age: more than %zu bytes, which is the maximum here", bytes_max);
    uint8_t *plain = NULL;
    if (status == OK && (plain = scope_alloc(s, (size_t)plain_bytes + 1)) == NULL)
        status = ERR_MEMORY;
    if (status == OK) status = payload_open(s, &stream, payload, plain);
    secret_wipe(&stream, sizeof stream);
    if (status == OK) *out = (Bytes){plain, (size_t)plain_bytes};
    return status;
}
