#include "page_fact.h"
#include <sodium.h>

static void the_page_and_the_code_make_the_same_fact(void **state)
{
    (void)state;
    struct scope *s = test_scope();
    Str page = vector_page(s, "fact.md", "fact"), lines = vector_page(s, "fact.md", "fact-fields");
    struct fact f = page_fact(s);
    for (size_t i = 0; i < f.field_count; i++) {
        Str line = str_cut(&lines, '\n');
        assert_true(str_eq(str_cut(&line, ' '), f.fields[i].name));
        assert_hex(hash_bytes(&f.fields[i].salt), str_cut(&line, ' '));
        assert_hex(hash_bytes(&f.fields[i].digest), line);
    }
    assert_int_equal(lines.len, 0);
    uint8_t leaf[LEAF_BYTES];
    Bytes record;
    Hash commitment = fact_commitment(&f), leaf_hash = leaf_hash_of(&commitment);
    struct secret_key key = page_fact_key(s);
    leaf_of(&commitment, leaf);
    assert_hex(bytes_of(key.public.bytes, KEY_BYTES), vector_value(page, "key"));
    assert_hex(hash_bytes(&f.blind), vector_value(page, "blind"));
    assert_hex(hash_bytes(&f.body), vector_value(page, "body"));
    assert_hex(bytes_of(f.signature.bytes, SIGNATURE_BYTES), vector_value(page, "signature"));
    assert_hex(bytes_of(leaf, sizeof leaf), vector_value(page, "leaf"));
    assert_hex(hash_bytes(&leaf_hash), vector_value(page, "leaf-hash"));
    assert_holds(s, &f);
    assert_status(s, fact_record(s, &f, &record), OK);
    assert_true(bytes_eq(record, page_record(s, "whole")));
    scope_close(s);
}

static Status make(struct scope *s, size_t at, Str name, Str value)
{
    static const char *const common[] = {"kind", "case", "by", "at", "seen", "of"};
    struct name_value fields[7];
    struct fact f;
    Hash secret = {{7}};
    for (size_t i = 0; i < 6; i++)
        fields[i] = (struct name_value){str_of(common[i]), STR("x")};
    fields[6] = (struct name_value){STR("text.en"), STR("y")};
    fields[at] = (struct name_value){name, value};
    return fact_make(s, STR("lv.example/journal"), fields, 7, &secret, &f);
}

static void names_and_values_have_one_form(void **state)
{
    (void)state;
    static const struct {
        size_t at;
        const char *name, *value;
        Status expected;
    } rows[] = {
        {6, "statement.2.lv", "", OK},
        {6, "a-b_c.9", "line\nand\ttab \xc5\xab \xf0\x9f\x90\x84", OK},
        {6, "a234567890123456789012345678901234567890123456789012345678901234", "64", OK},
        {6, "a2345678901234567890123456789012345678901234567890123456789012345", "65", ERR_SCHEMA},
        {6, "", "no name", ERR_SCHEMA},
        {6, ".a", "dot first", ERR_SCHEMA},
        {6, "a.", "dot last", ERR_SCHEMA},
        {6, "a..b", "two dots", ERR_SCHEMA},
        {6, "Text", "upper case", ERR_SCHEMA},
        {6, "a b", "blank", ERR_SCHEMA},
        {6, "\xc5\xab", "not ASCII", ERR_SCHEMA},
        {6, "of", "twice", ERR_SCHEMA},
        {6, "kind", "a common one twice", ERR_SCHEMA},
        {0, "case", "common ones out of order", ERR_SCHEMA},
        {4, "root", "a common one missing", ERR_SCHEMA},
        {6, "text", "\xff", ERR_SCHEMA},
        {6, "text", "\xc0\xaf", ERR_SCHEMA},         /* overlong */
        {6, "text", "\xed\xa0\x80", ERR_SCHEMA},     /* a surrogate */
        {6, "text", "\xf4\x90\x80\x80", ERR_SCHEMA}, /* above U+10FFFF */
        {6, "text", "\xe2\x82", ERR_SCHEMA},         /* cut */
        {6, "text", "bell\x07", ERR_SCHEMA},
        {6, "text", "line\r\n", ERR_SCHEMA},
        {1, "case", "\xff", ERR_SCHEMA},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct scope *s = test_scope();
        Status got = make(s, rows[i].at, str_of(rows[i].name), str_of(rows[i].value));
        if (got != rows[i].expected) print_error("row %zu: %s\n", i, rows[i].value);
        assert_status(s, got, rows[i].expected);
        scope_close(s);
    }
}

static void sizes_have_an_end(void **state)
{
    (void)state;
    struct scope *s = test_scope();
    assert_status(s, make(s, 6, STR("text"), filled(s, VALUE_BYTES_MAX)), OK);
    assert_status(s, make(s, 6, STR("text"), filled(s, VALUE_BYTES_MAX + 1)), ERR_LIMIT);
    static const struct {
        size_t count, value;
        Status expected;
    } rows[] = {{4, 1, ERR_LIMIT},
                {5, 1, OK},
                {FACT_FIELDS_MAX, 1, OK},
                {FACT_FIELDS_MAX + 1, 1, ERR_LIMIT},
                {9, VALUE_BYTES_MAX, ERR_LIMIT}};
    static const char *const common[] = {"kind", "case", "by", "at", "seen"};
    struct name_value *fields = scope_array(s, FACT_FIELDS_MAX + 1, sizeof *fields);
    assert_non_null(fields);
    for (size_t r = 0; r < COUNT_OF(rows); r++) {
        struct fact f, back;
        Bytes record;
        Hash secret = {{1}};
        for (size_t i = 0; i < rows[r].count; i++)
            fields[i] = (struct name_value){i < 5 ? str_of(common[i]) : scope_print(s, "n.%zu", i),
                                            filled(s, rows[r].value)};
        assert_status(s, fact_make(s, STR("o"), fields, rows[r].count, &secret, &f),
                      rows[r].expected);
        if (rows[r].expected != OK) continue;
        assert_status(s, fact_record(s, &f, &record), OK);
        assert_status(s, fact_read(s, STR("o"), record, &back), OK);
        assert_true(hash_eq(&f.body, &back.body));
    }
    scope_close(s);
}

static void a_fact_belongs_to_one_journal_place_and_key(void **state)
{
    (void)state;
    struct scope *s = test_scope();
    struct fact f = page_fact(s), other;
    Hash here = fact_commitment(&f);
    assert_status(s, fact_read(s, STR("by.example/journal"), page_record(s, "whole"), &other), OK);
    struct secret_key key = page_fact_key(s);
    assert_false(fact_is_signed_by(&other, &key.public));
    other = f;
    other.index++;
    Hash there = fact_commitment(&other);
    assert_false(hash_eq(&here, &there));
    key.public.bytes[3] ^= 1;
    assert_false(fact_is_signed_by(&f, &key.public));
    scope_close(s);
}

static void cover_leaves_are_those_of_the_page(void **state)
{
    (void)state;
    struct scope *s = test_scope();
    Hash cover_key;
    memset(cover_key.bytes, 0x5a, HASH_BYTES);
    size_t count = 0;
    for (Str lines = vector_page(s, "journal.md", "cover-leaves"); lines.len; count++) {
        Str line = str_cut(&lines, '\n');
        uint64_t index;
        assert_true(str_u64(str_cut(&line, ' '), &index));
        Hash cover = cover_commitment(&cover_key, index), leaf = leaf_hash_of(&cover);
        assert_hex(hash_bytes(&cover), str_cut(&line, ' '));
        assert_hex(hash_bytes(&leaf), line);
    }
    assert_int_equal(count, 2);
    scope_close(s);
}

static void seen_has_one_text(void **state)
{
    (void)state;
    struct scope *s = test_scope();
    Str page = vector_page(s, "fact.md", "seen-nothing");
    Str nothing = str_cut(&page, '\n');
    struct seen seen;
    assert_true(seen_parse(nothing, &seen));
    Hash empty = hash_of((Bytes){NULL, 0});
    assert_true(seen.size == 0 && seen.opening == 0 && hash_eq(&seen.root, &empty));
    seen.size = UINT64_MAX;
    seen.opening = 12;
    Str text = seen_format(s, &seen);
    assert_true(
        str_is(text, "18446744073709551615 47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU= 12"));
    assert_true(seen_parse(text, &seen));
    static const char *const bad[] = {
        "",
        "0",
        "0 47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=",
        "0 47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU= ",
        "00 47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU= 0",
        "0 47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU= 00",
        "0  47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU= 0",
        " 0 47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU= 0",
        "0 47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU= 0 0",
        "0 47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU= 0\n",
        "0 47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFV= 0",
        "0 47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU 0",
        "-1 47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU= 0",
        "18446744073709551616 47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU= 0"};
    for (size_t i = 0; i < COUNT_OF(bad); i++)
        if (seen_parse(str_of(bad[i]), &seen)) fail_msg("read: %s", bad[i]);
    scope_close(s);
}

static void a_reference_names_a_fact_or_a_field(void **state)
{
    (void)state;
    struct fact_ref ref;
    assert_true(fact_ref_parse(STR("lv:12"), &ref));
    assert_true(str_is(ref.party, "lv") && ref.index == 12 && ref.field.len == 0);
    assert_true(fact_ref_parse(STR("by:0.text.lv"), &ref));
    assert_true(str_is(ref.party, "by") && ref.index == 0 && str_is(ref.field, "text.lv"));
    static const char *const bad[] = {"",
                                      ":",
                                      "lv",
                                      "lv:",
                                      ":1",
                                      "lv:01",
                                      "lv:x",
                                      "lv:1.",
                                      "lv:-1",
                                      "lv: 1",
                                      "lv:1x",
                                      "abcdefghijklmnopq:1",
                                      "lv:18446744073709551616"};
    for (size_t i = 0; i < COUNT_OF(bad); i++)
        if (fact_ref_parse(str_of(bad[i]), &ref)) fail_msg("read: %s", bad[i]);
}

static void a_list_holds_what_is_numbered_and_not_empty(void **state)
{
    (void)state;
    struct scope *s = test_scope();
    static const char *const names[] = {"kind",    "case",   "by",      "at",
                                        "seen",    "item",   "item.1",  "item.2",
                                        "item.10", "item.x", "items.1", "item.1.lv"};
    struct name_value fields[COUNT_OF(names)];
    for (size_t i = 0; i < COUNT_OF(names); i++)
        fields[i] = (struct name_value){str_of(names[i]), str_of(i == 7 ? "" : names[i])};
    struct fact f;
    Hash secret = {{0}};
    Str *items;
    size_t count;
    assert_status(s, fact_make(s, STR("o"), fields, COUNT_OF(names), &secret, &f), OK);
    assert_status(s, fact_list(s, &f, "item", &items, &count), OK);
    assert_int_equal(count, 2);
    assert_true(str_is(items[0], "item.1") && str_is(items[1], "item.10"));
    scope_close(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_page_and_the_code_make_the_same_fact),
        cmocka_unit_test(names_and_values_have_one_form),
        cmocka_unit_test(sizes_have_an_end),
        cmocka_unit_test(a_fact_belongs_to_one_journal_place_and_key),
        cmocka_unit_test(cover_leaves_are_those_of_the_page),
        cmocka_unit_test(seen_has_one_text),
        cmocka_unit_test(a_reference_names_a_fact_or_a_field),
        cmocka_unit_test(a_list_holds_what_is_numbered_and_not_empty),
    };
    if (sodium_init() < 0) return 1;
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
