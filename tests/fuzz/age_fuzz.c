/* age files opened with a fixed key, and the text forms of keys. */
#include "base/age.h"
#include "fuzz.h"
#include <assert.h>
#include <sodium.h>

enum { SCOPE_MAX = 16 << 20, PLAIN_MAX = 4 << 20 };

static void check_file(struct scope *s, const struct age_identity *id, Bytes input)
{
    size_t header;
    struct age_stream stream;
    Bytes plain, again;
    Status status = age_header_open(s, input, id, 1, &header, &stream);
    assert(status == OK || status == ERR_SCHEMA || status == ERR_NOT_FOUND ||
           status == ERR_SIGNATURE);
    if (status == OK) assert(header <= input.len && header <= AGE_HEADER_MAX + AGE_NONCE_BYTES);
    if (age_open(s, id, 1, input, PLAIN_MAX, &plain) != OK) return;
    struct age_seed seed = {.file_key = {1}, .nonce = {2}, .ephemeral = {{3}}};
    Status sealed = age_seal(s, &id->recipient, 1, &seed, plain, &again);
    assert(sealed == OK && again.len == age_sealed_bytes(1, plain.len));
}

/* Opens the input as one chunk, as range reads do. */
static void check_chunk(struct scope *s, Bytes input)
{
    struct age_stream stream = {{7}};
    uint8_t *out = scope_alloc(s, input.len + 1);
    if (out == NULL) return;
    Status status = age_chunk_open(s, &stream, input.len % 3, input.len % 2, input, out);
    assert(status == ERR_SCHEMA || status == ERR_SIGNATURE);
}

static void check_keys(struct scope *s, Str input)
{
    AgeRecipient recipient;
    struct age_identity id;
    Str again;
    if (age_recipient_parse(s, input, &recipient) == OK) {
        Status formed = age_recipient_format(s, &recipient, &again);
        assert(formed == OK && str_eq(again, input));
    }
    if (age_identity_parse(s, input, &id) == OK) {
        Status formed = age_identity_format(s, &id, &again);
        assert(formed == OK && str_eq(again, input));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct age_identity id;
    uint8_t secret[AGE_KEY_BYTES] = {42};
    struct scope *s = scope_open(SCOPE_MAX);
    if (s == NULL || sodium_init() < 0) return 1;
    age_identity_from_secret(secret, &id);
    Bytes input = bytes_of(data, size);
    check_file(s, &id, input);
    check_chunk(s, input);
    check_keys(s, bytes_str(input));
    scope_close(s);
    return 0;
}
