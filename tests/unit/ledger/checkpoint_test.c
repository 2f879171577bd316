#include "core/ledger/checkpoint.h"
#include "vector.h"
#include <sodium.h>
#include <stdio.h>

static struct secret_key key_of(struct scope *s, Str hex_seed)
{
    struct secret_key key;
    secret_key_from_seed(vector_hex(s, hex_seed).ptr, &key);
    return key;
}

static struct secret_key key_filled(uint8_t fill)
{
    uint8_t seed[SEED_BYTES];
    struct secret_key key;
    memset(seed, fill, sizeof seed);
    secret_key_from_seed(seed, &key);
    return key;
}

static void the_page_and_the_code_sign_alike(void **state)
{
    (void)state;
    struct scope *s = test_scope();
    Str keys = vector_page(s, "checkpoint.md", "keys"), expected;
    expected = vector_page(s, "checkpoint.md", "note");
    struct secret_key log = key_of(s, vector_value(keys, "log-seed"));
    struct secret_key cosigner = key_of(s, vector_value(keys, "cosigner-seed"));
    uint64_t seconds;
    assert_true(str_u64(vector_value(keys, "time"), &seconds));
    struct checkpoint cp;
    assert_status(s, checkpoint_parse(s, expected, &cp), OK);
    assert_int_equal(cp.size, 257);
    Str roots = vector_page(s, "journal.md", "tree-roots");
    assert_hex(hash_bytes(&cp.root), vector_value(roots, "257"));

    Str text, note, line;
    Str cosigner_name = STR("by.example/journal/cosigner");
    Instant at = {(int64_t)seconds * US_PER_SECOND + 999999}, read_at;
    assert_status(s, checkpoint_text(s, cp.origin, cp.size, &cp.root, &text), OK);
    assert_true(str_eq(text, cp.note.text));
    assert_status(s, checkpoint_sign(s, text, cp.origin, &log, &note), OK);
    assert_status(s, cosignature_make(s, text, cosigner_name, &cosigner, at, &line), OK);
    assert_status(s, note_add_line(s, note, line, &note), OK);
    assert_true(str_eq(note, expected));
    assert_status(s, checkpoint_check(s, &cp, STR("lv.example/journal"), &log.public), OK);
    assert_status(s, cosignature_check(s, &cp, cosigner_name, &cosigner.public, &read_at), OK);
    assert_int_equal(read_at.us, (int64_t)seconds * US_PER_SECOND);
    scope_close(s);
}

static void verifier_keys_on_the_page_are_ours(void **state)
{
    (void)state;
    struct scope *s = test_scope();
    Str keys = vector_page(s, "checkpoint.md", "keys");
    static const struct {
        const char *seed, *vkey;
        enum note_key_type type;
    } rows[] = {{"log-seed", "log-vkey", NOTE_ED25519},
                {"cosigner-seed", "cosigner-vkey", NOTE_COSIGNATURE}};
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct secret_key key = key_of(s, vector_value(keys, rows[i].seed));
        Str text = vector_value(keys, rows[i].vkey), back;
        struct vkey v;
        assert_status(s, vkey_parse(s, text, &v), OK);
        assert_int_equal(v.type, rows[i].type);
        assert_memory_equal(v.key.bytes, key.public.bytes, KEY_BYTES);
        assert_status(s, vkey_format(s, v.name, v.type, &v.key, &back), OK);
        assert_true(str_eq(text, back));
    }
    scope_close(s);
}

static void verifier_keys_in_any_other_form_are_refused(void **state)
{
    (void)state;
    struct scope *s = test_scope();
    static const char *const bad[] = {
        "",
        "lv",
        "lv+c5a906bc",
        "+c5a906bc+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4",
        "lv.example/journal+C5A906BC+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4",
        "lv.example/journal+c5a906bd+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4",
        "lv.example/journal+c5a906bc+AgOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4",
        "lv.example/journal+c5a906bc+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4\n",
        "lv.example/journal+c5a906bc+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTE=",
        "lv example+c5a906bc+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4",
    };
    struct vkey v;
    for (size_t i = 0; i < COUNT_OF(bad); i++)
        assert_status(s, vkey_parse(s, str_of(bad[i]), &v), ERR_SCHEMA);
    assert_status(s,
                  vkey_parse(s,
                             STR("lv.example/journal+c5a906bc+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6"
                                 "UNXx3chmQSVTG4"),
                             &v),
                  OK);
    scope_close(s);
}

#define SIGNED "\n\n\xE2\x80\x94 a AAAAAAA=\n"
#define ROOT   "1BjAhzJZvOfQVhqwBEhhEkFsHESQhlQVNCv+BuZzFGw="

static void heads_in_any_other_form_are_refused(void **state)
{
    (void)state;
    struct scope *s = test_scope();
    static const char *const good[] = {
        "a\n0\n" ROOT SIGNED,
        "a\n9223372036854775807\n" ROOT SIGNED,
        "a\n1\n" ROOT "\nextension" SIGNED,
        "a\n1\n" ROOT SIGNED "\xE2\x80\x94 b AAAAAAA=\n",
        "a\n1\n" ROOT SIGNED "\xE2\x80\x94 a AAAAAQA=\n",
    };
    static const char *const bad[] = {
        "",
        "\n",
        "\n\n",
        "a\n1\n" ROOT,
        "a\n1\n" ROOT "\n",
        "a\n1\n" ROOT "\n\n",
        "\n1\n" ROOT SIGNED,
        "a b\n1\n" ROOT SIGNED,
        "a\n01\n" ROOT SIGNED,
        "a\n-1\n" ROOT SIGNED,
        "a\n+1\n" ROOT SIGNED,
        "a\n1 \n" ROOT SIGNED,
        "a\n9223372036854775808\n" ROOT SIGNED,
        "a\n18446744073709551616\n" ROOT SIGNED,
        "a\n1\n1BjAhzJZvOfQVhqwBEhhEkFsHESQhlQVNCv+BuZzFGx=" SIGNED,
        "a\n1\n1BjAhzJZvOfQVhqwBEhhEkFsHESQhlQVNCv+BuZzFA==" SIGNED,
        "a\n1" SIGNED,
        "a\n1\n" ROOT "\n\nextension" SIGNED,
        "a\r\n1\n" ROOT SIGNED,
        "a\n1\n" ROOT "\nta\tb" SIGNED,
        "a\n1\n" ROOT "\n\xff" SIGNED,
        "a\n1\n" ROOT "\n\n\xE2\x80\x94 a AAAAAAA=",
        "a\n1\n" ROOT "\n\n\xE2\x80\x94 a AAAAAAA=\r\n",
        "a\n1\n" ROOT "\n\n\xE2\x80\x94 a AAAAAAA= \n",
        "a\n1\n" ROOT "\n\n\xE2\x80\x94 a  AAAAAAA=\n",
        "a\n1\n" ROOT "\n\n\xE2\x80\x94 AAAAAAA=\n",
        "a\n1\n" ROOT "\n\n\xE2\x80\x94 a AAAAAA==\n",
        "a\n1\n" ROOT "\n\n\xE2\x80\x94 a AAAAAAB=\n",
        "a\n1\n" ROOT "\n\n\xE2\x80\x94 a AAAAAAA\n",
        "a\n1\n" ROOT "\n\n\xE2\x80\x94 a+b AAAAAAA=\n",
        "a\n1\n" ROOT "\n\n\xE2\x80\x94 a\xC2\xA0z AAAAAAA=\n",
        "a\n1\n" ROOT "\n\n- a AAAAAAA=\n",
        "a\n1\n" ROOT SIGNED "\xE2\x80\x94 a AAAAAAD/\n",
        "a\n1\n" ROOT SIGNED "\n",
    };
    struct checkpoint cp;
    for (size_t i = 0; i < COUNT_OF(good); i++)
        assert_status(s, checkpoint_parse(s, str_of(good[i]), &cp), OK);
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        Status got = checkpoint_parse(s, str_of(bad[i]), &cp);
        if (got != ERR_SCHEMA) fail_msg("case %zu: %s", i, status_name(got));
    }
    scope_close(s);
}

static void a_nul_byte_and_too_much_of_anything_are_refused(void **state)
{
    (void)state;
    struct scope *s = test_scope();
    struct note n;
    assert_status(s, note_parse(s, STR("a\0\n1\n" ROOT SIGNED), &n), ERR_SCHEMA);
    struct secret_key key = key_filled(1);
    Str note;
    assert_status(s, note_sign(s, STR("text\n"), STR("k0"), &key, &note), OK);
    for (int i = 1; i < NOTE_SIGNATURES_MAX; i++) {
        Str line;
        assert_status(s, note_line(s, scope_print(s, "k%d", i), 7, str_bytes(STR("x")), &line), OK);
        assert_status(s, note_add_line(s, note, line, &note), OK);
    }
    assert_status(s, note_parse(s, note, &n), OK);
    assert_int_equal(n.signature_count, NOTE_SIGNATURES_MAX);
    assert_status(s, note_add_line(s, note, STR("\xE2\x80\x94 other AAAAAAA=\n"), &note),
                  ERR_LIMIT);
    char *large = scope_alloc(s, NOTE_BYTES_MAX + 1);
    memset(large, 'a', NOTE_BYTES_MAX + 1);
    assert_status(s, note_parse(s, (Str){large, NOTE_BYTES_MAX + 1}, &n), ERR_LIMIT);
    scope_close(s);
}

static void only_the_right_key_name_and_origin_check(void **state)
{
    (void)state;
    struct scope *s = test_scope();
    struct secret_key log = key_filled(1), other = key_filled(2);
    Hash root = hash_of(str_bytes(STR("root")));
    Str text, note;
    struct checkpoint cp;
    Instant at = {0};
    assert_status(s, checkpoint_text(s, STR("a/journal"), 5, &root, &text), OK);
    assert_status(s, checkpoint_sign(s, text, STR("a/journal"), &log, &note), OK);
    assert_status(s, checkpoint_parse(s, note, &cp), OK);
    assert_status(s, checkpoint_check(s, &cp, STR("a/journal"), &log.public), OK);
    assert_status(s, checkpoint_check(s, &cp, STR("a/journal"), &other.public), ERR_SIGNATURE);
    assert_status(s, checkpoint_check(s, &cp, STR("b/journal"), &log.public), ERR_SIGNATURE);
    assert_status(s, cosignature_check(s, &cp, STR("a/journal"), &log.public, &at), ERR_SIGNATURE);

    /* A good signature of the known key under another text. */
    char *moved = (char *)scope_str(s, note).ptr;
    moved[text.len - 3] ^= 1;
    if (checkpoint_parse(s, (Str){moved, note.len}, &cp) == OK)
        assert_status(s, checkpoint_check(s, &cp, STR("a/journal"), &log.public), ERR_SIGNATURE);
    assert_status(s, checkpoint_text(s, STR("a journal"), 5, &root, &text), ERR_USAGE);
    assert_status(s, checkpoint_text(s, STR("a"), TREE_SIZE_MAX + 1, &root, &text), ERR_USAGE);
    scope_close(s);
}

static void no_changed_byte_of_a_signed_head_checks(void **state)
{
    (void)state;
    struct scope *s = test_scope();
    Str good = vector_page(s, "checkpoint.md", "note");
    Str keys = vector_page(s, "checkpoint.md", "keys");
    struct vkey log, cosigner;
    assert_status(s, vkey_parse(s, vector_value(keys, "log-vkey"), &log), OK);
    assert_status(s, vkey_parse(s, vector_value(keys, "cosigner-vkey"), &cosigner), OK);
    char *copy = (char *)scope_str(s, good).ptr;
    for (size_t i = 0; i < good.len; i++) {
        struct checkpoint cp;
        Instant at;
        struct scope *one = test_scope();
        memcpy(copy, good.ptr, good.len);
        copy[i] ^= 1;
        assert_false(checkpoint_parse(one, (Str){copy, good.len}, &cp) == OK &&
                     checkpoint_check(one, &cp, log.name, &log.key) == OK &&
                     cosignature_check(one, &cp, cosigner.name, &cosigner.key, &at) == OK);
        scope_close(one);
    }
    printf("# %zu changed bytes tried\n", good.len);
    scope_close(s);
}

static void a_newer_countersignature_replaces_the_older(void **state)
{
    (void)state;
    struct scope *s = test_scope();
    struct secret_key log = key_filled(1), peer = key_filled(2);
    Hash root = hash_of(str_bytes(STR("root")));
    Str text, note, line, name = STR("b/cosigner");
    struct checkpoint cp;
    Instant at;
    assert_status(s, checkpoint_text(s, STR("a"), 5, &root, &text), OK);
    assert_status(s, checkpoint_sign(s, text, STR("a"), &log, &note), OK);
    for (int64_t t = 1; t <= 2; t++) {
        Instant time = {t * US_PER_SECOND};
        assert_status(s, cosignature_make(s, text, name, &peer, time, &line), OK);
        assert_status(s, note_add_line(s, note, line, &note), OK);
    }
    assert_status(s, checkpoint_parse(s, note, &cp), OK);
    assert_int_equal(cp.note.signature_count, 2);
    assert_status(s, cosignature_check(s, &cp, name, &peer.public, &at), OK);
    assert_int_equal(at.us, 2 * US_PER_SECOND);
    assert_status(s, cosignature_make(s, text, name, &peer, (Instant){-1}, &line), ERR_USAGE);
    assert_status(s, note_add_line(s, note, STR("no line"), &note), ERR_SCHEMA);
    scope_close(s);
}

static void only_the_cosigners_own_line_is_added(void **state)
{
    (void)state;
    struct scope *s = test_scope();
    struct secret_key log = key_filled(1), peer = key_filled(2), other = key_filled(3);
    Hash root = hash_of(str_bytes(STR("root")));
    Str text, note, line, strange, own, out, name = STR("b/cosigner");
    Instant time = {US_PER_SECOND};
    assert_status(s, checkpoint_text(s, STR("a"), 5, &root, &text), OK);
    assert_status(s, checkpoint_sign(s, text, STR("a"), &log, &note), OK);
    assert_status(s, cosignature_make(s, text, name, &peer, time, &line), OK);
    assert_status(s, cosignature_make(s, text, name, &other, time, &strange), OK);
    own = (Str){note.ptr + text.len + 1, note.len - text.len - 1};
    const PublicKey *key = &peer.public;
    assert_status(s, cosignature_add(s, note, strange, name, key, &out), ERR_SIGNATURE);
    assert_status(s, cosignature_add(s, note, own, name, key, &out), ERR_SIGNATURE);
    assert_status(s, cosignature_add(s, note, STR(""), name, key, &out), ERR_SCHEMA);
    assert_status(s, cosignature_add(s, note, scope_print(s, "x\n\n%s", line.ptr), name, key, &out),
                  ERR_SCHEMA);
    Str both = scope_print(s, "%s%s", line.ptr, strange.ptr);
    assert_status(s, cosignature_add(s, note, both, name, key, &out), ERR_SCHEMA);
    assert_status(s, cosignature_add(s, note, line, name, key, &out), OK);
    assert_true(str_eq(out, scope_print(s, "%s%s", note.ptr, line.ptr)));
    scope_close(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_page_and_the_code_sign_alike),
        cmocka_unit_test(verifier_keys_on_the_page_are_ours),
        cmocka_unit_test(verifier_keys_in_any_other_form_are_refused),
        cmocka_unit_test(heads_in_any_other_form_are_refused),
        cmocka_unit_test(a_nul_byte_and_too_much_of_anything_are_refused),
        cmocka_unit_test(only_the_right_key_name_and_origin_check),
        cmocka_unit_test(no_changed_byte_of_a_signed_head_checks),
        cmocka_unit_test(a_newer_countersignature_replaces_the_older),
        cmocka_unit_test(only_the_cosigners_own_line_is_added),
    };
    if (sodium_init() < 0) return 1;
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
