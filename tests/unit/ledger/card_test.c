#include "base/age.h"
#include "core/ledger/card.h"
#include "vector.h"
#include <sodium.h>

static struct secret_key key_named(const char *name)
{
    struct secret_key key;
    Hash seed = hash_of(str_bytes(str_of(name)));
    secret_key_from_seed(seed.bytes, &key);
    return key;
}

static void the_page_and_the_code_write_the_same_card(void **state)
{
    (void)state;
    struct scope *s = test_scope();
    Str text = vector_page(s, "card.md", "card-lv"), again;
    struct card card;
    AgeRecipient recipient;
    assert_status(s, card_parse(s, text, &card), OK);
    assert_true(str_is(card.party, "lv") && str_is(card.origin, "lv.example/journal"));
    assert_int_equal(card.address_count, 1);
    assert_true(str_is(card.addresses[0], "lv.example:8402"));
    struct secret_key root = key_named("lv root"), journal = key_named("lv journal");
    assert_memory_equal(card.root.bytes, root.public.bytes, KEY_BYTES);
    assert_memory_equal(card.journal.bytes, journal.public.bytes, KEY_BYTES);
    assert_memory_equal(card.cosigner.bytes, key_named("lv cosigner").public.bytes, KEY_BYTES);
    assert_memory_equal(card.parcel.bytes, key_named("lv parcel").public.bytes, KEY_BYTES);
    assert_memory_equal(card.post.bytes, key_named("lv post").public.bytes, KEY_BYTES);
    Hash pin = hash_of(str_bytes(STR("lv tls")));
    assert_true(hash_eq(&card.tls, &pin));
    assert_status(s, age_recipient_parse(s, card.recipient, &recipient), OK);
    assert_status(s, card_format(s, &card, &root, &again), OK);
    assert_true(str_eq(text, again));
    scope_close(s);
}

static void both_sides_see_the_words_of_the_page(void **state)
{
    (void)state;
    struct scope *s = test_scope();
    Str lv = vector_page(s, "card.md", "card-lv"), by = vector_page(s, "card.md", "card-by");
    Str page = vector_page(s, "card.md", "words"), words;
    Str expected = str_cut(&page, '\n');
    assert_status(s, card_words(s, lv, by, &words), OK);
    assert_true(str_eq(words, expected));
    assert_status(s, card_words(s, by, lv, &words), OK);
    assert_true(str_eq(words, expected));
    assert_status(s, card_words(s, by, by, &words), OK);
    assert_false(str_eq(words, expected));
    scope_close(s);
}

/* `from` replaced by `to`, once; signed again when `sign_again`. */
static Str changed(struct scope *s, Str card, const char *from, const char *to, bool sign_again)
{
    const char *at = memmem(card.ptr, card.len, from, strlen(from));
    if (at == NULL) fail_msg("the card has no %s", from);
    size_t before = (size_t)(at - card.ptr), after = before + strlen(from);
    struct writer w = writer_open(s, 4 * CARD_BYTES_MAX);
    write_bytes(&w, card.ptr, before);
    write_str(&w, str_of(to));
    write_bytes(&w, card.ptr + after, card.len - after);
    Str text;
    assert_status(s, writer_close_str(&w, &text), OK);
    if (!sign_again) return text;
    const char *line = memmem(text.ptr, text.len, "signature ", 10);
    assert_non_null(line);
    text.len = (size_t)(line - text.ptr);
    struct secret_key root = key_named("lv root");
    Signature signature = sign(&root, str_bytes(text));
    w = writer_open(s, 4 * CARD_BYTES_MAX);
    write_str(&w, text);
    write_print(&w, "signature ");
    write_base64(&w, bytes_of(signature.bytes, SIGNATURE_BYTES));
    write_print(&w, "\n");
    assert_status(s, writer_close_str(&w, &text), OK);
    return text;
}

static void a_card_in_any_other_form_is_refused(void **state)
{
    (void)state;
    static const struct {
        const char *from, *to;
        Status expected;
    } rows[] = {
        {"address lv.example:8402\n", "", OK},
        {"address lv.example:8402\n", "address a:1\naddress b:2\n", OK},
        {"address lv.example:8402\n",
         "address 1\naddress 2\naddress 3\naddress 4\naddress 5\naddress 6\naddress 7\naddress 8\n",
         OK},
        {"address lv.example:8402\n",
         "address 1\naddress 2\naddress 3\naddress 4\naddress 5\naddress 6\naddress 7\naddress 8\n"
         "address 9\n",
         ERR_SCHEMA},
        {"twinpost/card/1", "twinpost/card/2", ERR_SCHEMA},
        {"party lv\n", "", ERR_SCHEMA},
        {"party lv\n", "party lv\nparty lv\n", ERR_SCHEMA},
        {"party lv\n", "party \n", ERR_SCHEMA},
        {"party lv\n", "party LV\n", ERR_SCHEMA},
        {"party lv\n", "party lv-1\n", ERR_SCHEMA},
        {"party lv\n", "party abcdefghijklmnop\n", OK},
        {"party lv\n", "party abcdefghijklmnopq\n", ERR_SCHEMA},
        {"party lv\n", "party lv\r\n", ERR_SCHEMA},
        {"origin lv", "address lv:1\norigin lv", ERR_SCHEMA},
        {"\njournal ", "\nJournal ", ERR_SCHEMA},
        {"\njournal ", "\njournal  ", ERR_SCHEMA},
        {"\njournal C", "\njournal C=", ERR_SCHEMA},
        {"\nrecipient ", "\nextra 1\nrecipient ", ERR_SCHEMA},
        {"x1fw=", "x1fx=", ERR_SCHEMA}, /* base64 that is not canonical */
        {"x1fw=", "x1fw", ERR_SCHEMA},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct scope *s = test_scope();
        struct card card;
        Str text = changed(s, vector_page(s, "card.md", "card-lv"), rows[i].from, rows[i].to, true);
        Status got = card_parse(s, text, &card);
        if (got != rows[i].expected) print_error("row %zu\n", i);
        assert_status(s, got, rows[i].expected);
        scope_close(s);
    }
}

static void a_card_ends_where_it_ends(void **state)
{
    (void)state;
    struct scope *s = test_scope();
    struct card card;
    Str text = vector_page(s, "card.md", "card-lv");
    for (size_t len = 0; len < text.len; len++)
        assert_status(s, card_parse(s, (Str){text.ptr, len}, &card), ERR_SCHEMA);
    assert_status(s, card_parse(s, changed(s, text, "==\n", "==\n\n", false), &card), ERR_SCHEMA);
    assert_status(s, card_parse(s, changed(s, text, "==\n", "==\nparty by\n", false), &card),
                  ERR_SCHEMA);
    char *large = scope_alloc(s, CARD_BYTES_MAX + 1);
    assert_non_null(large);
    memset(large, '\n', CARD_BYTES_MAX + 1);
    assert_status(s, card_parse(s, (Str){large, CARD_BYTES_MAX + 1}, &card), ERR_SCHEMA);
    scope_close(s);
}

static void only_its_own_root_key_signs_a_card(void **state)
{
    (void)state;
    struct scope *s = test_scope();
    struct card card;
    Str text = vector_page(s, "card.md", "card-lv"), other;
    assert_status(s, card_parse(s, changed(s, text, "party lv", "party by", false), &card),
                  ERR_SIGNATURE);
    assert_status(s, card_parse(s, changed(s, text, ":8402", ":8403", false), &card),
                  ERR_SIGNATURE);
    assert_status(s, card_parse(s, text, &card), OK);
    struct secret_key stranger = key_named("by root");
    assert_status(s, card_format(s, &card, &stranger, &other), OK);
    assert_status(s, card_parse(s, other, &card), ERR_SIGNATURE);
    scope_close(s);
}

static void the_cosigner_has_a_name_of_its_own(void **state)
{
    (void)state;
    struct scope *s = test_scope();
    assert_true(
        str_is(card_cosigner_name(s, STR("lv.example/journal")), "lv.example/journal/cosigner"));
    scope_close(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_page_and_the_code_write_the_same_card),
        cmocka_unit_test(both_sides_see_the_words_of_the_page),
        cmocka_unit_test(a_card_in_any_other_form_is_refused),
        cmocka_unit_test(a_card_ends_where_it_ends),
        cmocka_unit_test(only_its_own_root_key_signs_a_card),
        cmocka_unit_test(the_cosigner_has_a_name_of_its_own),
    };
    if (sodium_init() < 0) return 1;
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
