#include "base/age.h"
#include "base/hash.h"
#include "left_out.h"
#include "vector.h"
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <zlib.h>

enum { PLAIN_MAX = 32 << 20 };

static struct age_seed seed_of(uint8_t fill)
{
    struct age_seed seed;
    memset(&seed, fill, sizeof seed);
    for (size_t i = 0; i < AGE_RECIPIENTS_MAX; i++)
        seed.ephemeral[i][0] = (uint8_t)(fill + i);
    return seed;
}

static struct age_identity identity_of(uint8_t fill)
{
    uint8_t secret[AGE_KEY_BYTES];
    struct age_identity id;
    memset(secret, fill, sizeof secret);
    age_identity_from_secret(secret, &id);
    return id;
}

static Bytes plain_of(struct scope *s, size_t len)
{
    uint8_t *p = scope_alloc(s, len + 1);
    assert_non_null(p);
    for (size_t i = 0; i < len; i++)
        p[i] = (uint8_t)(i * 31 + i / 997);
    return bytes_of(p, len);
}

static void the_page_and_the_code_seal_alike(void **state)
{
    (void)state;
    struct scope *s = test_scope();
    Str block = vector_page(s, "age.md", "age-file");
    struct age_identity id;
    struct age_seed seed = {0};
    assert_status(s, age_identity_parse(s, vector_value(block, "identity"), &id), OK);
    Str text;
    assert_status(s, age_recipient_format(s, &id.recipient, &text), OK);
    assert_true(str_eq(text, vector_value(block, "recipient")));
    assert_status(s, age_identity_format(s, &id, &text), OK);
    assert_true(str_eq(text, vector_value(block, "identity")));
    memcpy(seed.file_key, vector_hex(s, vector_value(block, "file-key")).ptr, 16);
    memcpy(seed.nonce, vector_hex(s, vector_value(block, "nonce")).ptr, 16);
    memcpy(seed.ephemeral[0], vector_hex(s, vector_value(block, "ephemeral")).ptr, 32);
    Bytes sealed, plain;
    assert_status(
        s, age_seal(s, &id.recipient, 1, &seed, str_bytes(vector_value(block, "plain")), &sealed),
        OK);
    assert_hex(sealed, vector_value(block, "sealed"));
    assert_status(s, age_open(s, &id, 1, sealed, 100, &plain), OK);
    assert_true(str_eq(bytes_str(plain), vector_value(block, "plain")));
    scope_close(s);
}

static void every_length_around_a_chunk_comes_back(void **state)
{
    (void)state;
    static const size_t lengths[] = {0,     1,      15,     16,     65535,   65536,
                                     65537, 131071, 131072, 131073, 1000000, 3 * 65536};
    for (size_t i = 0; i < COUNT_OF(lengths); i++) {
        struct scope *s = test_scope();
        struct age_identity ids[3] = {identity_of(3), identity_of(4), identity_of(5)};
        AgeRecipient to[3] = {ids[0].recipient, ids[1].recipient, ids[2].recipient};
        struct age_seed seed = seed_of(9);
        Bytes plain = plain_of(s, lengths[i]), sealed, opened;
        for (size_t count = 1; count <= 3; count += 2) {
            assert_status(s, age_seal(s, to, count, &seed, plain, &sealed), OK);
            assert_int_equal(sealed.len, age_sealed_bytes(count, plain.len));
            assert_status(s, age_open(s, &ids[count - 1], 1, sealed, plain.len, &opened), OK);
            assert_true(bytes_eq(plain, opened));
        }
        uint64_t len;
        assert_status(s, age_plain_bytes(s, sealed.len - age_header_bytes(3), &len), OK);
        assert_int_equal(len, plain.len);
        scope_close(s);
    }
}

static void a_file_for_others_is_not_found(void **state)
{
    (void)state;
    struct scope *s = test_scope();
    struct age_identity mine = identity_of(1), theirs = identity_of(2), two[2] = {mine, theirs};
    struct age_seed seed = seed_of(7);
    Bytes sealed, opened;
    assert_status(s, age_seal(s, &theirs.recipient, 1, &seed, str_bytes(STR("x")), &sealed), OK);
    assert_status(s, age_open(s, &mine, 1, sealed, 10, &opened), ERR_NOT_FOUND);
    assert_status(s, age_open(s, two, 2, sealed, 10, &opened), OK);
    assert_status(s, age_open(s, two, 2, sealed, 0, &opened), ERR_LIMIT);
    assert_status(s, age_open(s, &theirs, 0, sealed, 10, &opened), ERR_NOT_FOUND);
    AgeRecipient low = {{0}};
    assert_status(s, age_seal(s, &low, 1, &seed, str_bytes(STR("x")), &sealed), ERR_SCHEMA);
    assert_status(s, age_seal(s, &low, 0, &seed, str_bytes(STR("x")), &sealed), ERR_USAGE);
    assert_status(s, age_seal(s, &low, AGE_RECIPIENTS_MAX + 1, &seed, str_bytes(STR("x")), &sealed),
                  ERR_USAGE);
    scope_close(s);
}

static void no_changed_byte_and_no_cut_is_let_pass(void **state)
{
    (void)state;
    struct scope *s = test_scope();
    struct age_identity id = identity_of(1);
    struct age_seed seed = seed_of(7);
    Bytes sealed, opened;
    assert_status(
        s, age_seal(s, &id.recipient, 1, &seed, str_bytes(STR("a border marker")), &sealed), OK);
    uint8_t *copy = malloc(sealed.len);
    assert_non_null(copy);
    for (size_t i = 0; i < sealed.len; i++) {
        memcpy(copy, sealed.ptr, sealed.len);
        copy[i] ^= 1;
        assert_true(age_open(s, &id, 1, bytes_of(copy, sealed.len), 100, &opened) != OK);
        assert_true(age_open(s, &id, 1, bytes_of(sealed.ptr, i), 100, &opened) != OK);
    }
    free(copy);
    printf("# %zu bytes changed and %zu cuts tried\n", sealed.len, sealed.len);
    scope_close(s);
}

static void chunks_open_in_any_order_but_not_in_each_others_place(void **state)
{
    (void)state;
    struct scope *s = test_scope();
    struct age_stream stream = {{42}};
    Bytes plain = plain_of(s, AGE_CHUNK_BYTES);
    uint8_t *sealed = scope_alloc(s, AGE_SEALED_CHUNK_BYTES);
    uint8_t *opened = scope_alloc(s, AGE_CHUNK_BYTES);
    Bytes whole = {sealed, AGE_SEALED_CHUNK_BYTES};
    age_chunk_seal(&stream, 5, false, plain, sealed);
    assert_status(s, age_chunk_open(s, &stream, 5, false, whole, opened), OK);
    assert_memory_equal(opened, plain.ptr, plain.len);
    assert_status(s, age_chunk_open(s, &stream, 6, false, whole, opened), ERR_SIGNATURE);
    assert_status(s, age_chunk_open(s, &stream, 5, true, whole, opened), ERR_SIGNATURE);
    whole.len--;
    assert_status(s, age_chunk_open(s, &stream, 5, false, whole, opened), ERR_SCHEMA);
    age_chunk_seal(&stream, 0, true, (Bytes){NULL, 0}, sealed);
    whole.len = AGE_TAG_BYTES;
    assert_status(s, age_chunk_open(s, &stream, 0, true, whole, opened), OK);
    assert_status(s, age_chunk_open(s, &stream, 1, true, whole, opened), ERR_SCHEMA);
    scope_close(s);
}

static void lengths_that_no_payload_has_are_refused(void **state)
{
    (void)state;
    struct scope *s = test_scope();
    static const uint64_t bad[] = {0, 15, 65552 + 1, 65552 + 15, 65552 + 16, 2 * 65552 + 16};
    uint64_t len;
    for (size_t i = 0; i < COUNT_OF(bad); i++)
        assert_status(s, age_plain_bytes(s, bad[i], &len), ERR_SCHEMA);
    assert_status(s, age_plain_bytes(s, 65552 + 17, &len), OK);
    assert_int_equal(len, 65537);
    assert_status(s, age_plain_bytes(s, 65552, &len), OK);
    assert_int_equal(len, 65536);
    scope_close(s);
}

static void keys_in_any_other_form_are_refused(void **state)
{
    (void)state;
    struct scope *s = test_scope();
    struct age_identity id = identity_of(77), back;
    AgeRecipient r;
    Str text;
    assert_status(s, age_recipient_format(s, &id.recipient, &text), OK);
    assert_status(s, age_recipient_parse(s, text, &r), OK);
    assert_memory_equal(r.bytes, id.recipient.bytes, AGE_KEY_BYTES);
    char copy[AGE_TEXT_MAX];
    for (size_t i = 0; i < text.len; i++) {
        memcpy(copy, text.ptr, text.len);
        copy[i] = copy[i] == 'q' ? 'p' : 'q';
        assert_status(s, age_recipient_parse(s, (Str){copy, text.len}, &r), ERR_SCHEMA);
        assert_status(s, age_recipient_parse(s, (Str){text.ptr, i}, &r), ERR_SCHEMA);
    }
    assert_status(s, age_identity_parse(s, text, &back), ERR_SCHEMA);
    assert_status(s, age_identity_format(s, &id, &text), OK);
    assert_status(s, age_identity_parse(s, text, &back), OK);
    assert_memory_equal(&back, &id, sizeof id);
    assert_status(s, age_recipient_parse(s, text, &r), ERR_SCHEMA);
    memcpy(copy, text.ptr, text.len);
    copy[0] |= 32; /* one letter of the other case */
    assert_status(s, age_identity_parse(s, (Str){copy, text.len}, &back), ERR_SCHEMA);
    scope_close(s);
}

struct tally {
    size_t checked, opened, passed_over;
};

static Bytes inflate_all(struct scope *s, Bytes body)
{
    uLongf len = PLAIN_MAX;
    uint8_t *out = scope_alloc(s, PLAIN_MAX);
    assert_non_null(out);
    assert_int_equal(uncompress(out, &len, body.ptr, body.len), Z_OK);
    return bytes_of(out, len);
}

/* A file of C2SP/CCTV: `key: value` lines, an empty line, the age file. */
static void published_file(void *ctx, const char *path)
{
    struct tally *t = ctx;
    struct scope *s = test_scope();
    Str rest = bytes_str(vector_file(s, path));
    Str expect = {NULL, 0}, payload = {NULL, 0}, line;
    struct age_identity ids[4];
    size_t count = 0;
    bool is_ours = true, is_packed = false;
    while ((line = str_cut(&rest, '\n')).len) {
        Str value = line;
        Str key = str_cut(&value, ':');
        value = str_trim(value);
        if (str_is(key, "expect")) expect = value;
        if (str_is(key, "payload")) payload = value;
        if (str_is(key, "armored") || str_is(key, "passphrase")) is_ours = false;
        if (str_is(key, "compressed")) is_packed = true;
        if (str_is(key, "identity")) {
            if (count == COUNT_OF(ids) || age_identity_parse(s, value, &ids[count++]) != OK)
                is_ours = false; /* hybrid keys */
        }
    }
    if (is_ours && count) {
        Bytes body = is_packed ? inflate_all(s, str_bytes(rest)) : str_bytes(rest), plain;
        Status got = age_open(s, ids, count, body, PLAIN_MAX, &plain);
        bool ok = str_is(expect, "success")          ? got == OK
                  : str_is(expect, "no match")       ? got == ERR_NOT_FOUND
                  : str_is(expect, "header failure") ? got == ERR_SCHEMA
                  : str_is(expect, "HMAC failure")   ? got == ERR_SIGNATURE
                                                     : got == ERR_SCHEMA || got == ERR_SIGNATURE;
        if (!ok) fail_msg("%s: %s for %.*s", path, status_name(got), STR_ARG(expect));
        if (got == OK) {
            Hash digest = hash_of(plain);
            assert_hex(hash_bytes(&digest), payload);
            t->opened++;
        }
        t->checked++;
    } else {
        t->passed_over++;
    }
    scope_close(s);
}

static void published_vectors_agree(void **state)
{
    (void)state;
    char folder[VECTOR_PATH_MAX];
    struct tally t = {0};
    if (!vector_shared("vectors/age", folder)) LEAVE_OUT(VECTORS_ABSENT);
    vector_walk(folder, published_file, &t);
    printf("# %zu age vectors checked, %zu opened; %zu are armor, passphrase or hybrid\n",
           t.checked, t.opened, t.passed_over);
    assert_true(t.checked >= 30 && t.opened >= 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_page_and_the_code_seal_alike),
        cmocka_unit_test(every_length_around_a_chunk_comes_back),
        cmocka_unit_test(a_file_for_others_is_not_found),
        cmocka_unit_test(no_changed_byte_and_no_cut_is_let_pass),
        cmocka_unit_test(chunks_open_in_any_order_but_not_in_each_others_place),
        cmocka_unit_test(lengths_that_no_payload_has_are_refused),
        cmocka_unit_test(keys_in_any_other_form_are_refused),
        cmocka_unit_test(published_vectors_agree),
    };
    if (sodium_init() < 0) return 1;
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
