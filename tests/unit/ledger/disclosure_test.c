#include "core/ledger/disclosure.h"
#include "page_fact.h"
#include <sodium.h>

static size_t field_of(const struct fact *f, const char *name)
{
    for (size_t i = 0; i < f->field_count; i++)
        if (f->fields[i].open && str_is(f->fields[i].name, name)) return i;
    fail_msg("no field %s", name);
    return 0;
}

static void assert_record(struct scope *s, const struct fact *f, Bytes expected)
{
    Bytes record;
    assert_status(s, fact_record(s, f, &record), OK);
    assert_true(bytes_eq(record, expected));
}

static void every_record_of_the_page_is_read_and_written_alike(void **state)
{
    (void)state;
    static const char *const names[] = {"whole", "part", "other-part", "erased"};
    struct scope *s = test_scope();
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        struct fact f = page_record_read(s, names[i]);
        assert_holds(s, &f);
        assert_int_equal(f.index, 2);
        assert_int_equal(f.whole, i == 0);
        assert_record(s, &f, page_record(s, names[i]));
    }
    scope_close(s);
}

static void a_disclosure_opens_what_was_asked_and_the_common_fields(void **state)
{
    (void)state;
    struct scope *s = test_scope();
    struct fact f = page_fact(s), part = page_record_read(s, "part");
    struct disclosure d;
    bool *open = scope_array(s, f.field_count, sizeof *open);
    assert_non_null(open);
    for (size_t i = FACT_COMMON_FIELDS; i < f.field_count; i++)
        open[i] = !str_is(f.fields[i].name, "persons");
    assert_status(s, disclosure_make(s, &f, open, &d), OK);
    assert_true(bytes_eq(d.record, page_record(s, "part")));
    assert_false(d.whole);
    open[field_of(&f, "persons")] = true;
    assert_status(s, disclosure_make(s, &f, open, &d), OK);
    assert_true(bytes_eq(d.record, page_record(s, "whole")));
    assert_true(d.whole);
    /* What is not known here cannot be opened, whatever is asked. */
    assert_status(s, disclosure_make(s, &part, open, &d), OK);
    assert_true(bytes_eq(d.record, page_record(s, "part")));
    scope_close(s);
}

static void what_is_hidden_cannot_be_got(void **state)
{
    (void)state;
    struct scope *s = test_scope();
    struct fact part = page_record_read(s, "part");
    assert_null(fact_get(&part, "persons").ptr);
    assert_false(fact_has(&part, "persons"));
    assert_true(str_is(fact_get(&part, "section"), "3"));
    assert_true(fact_has(&part, "summary.lv"));
    scope_close(s);
}

static void two_parts_make_all_that_either_opens(void **state)
{
    (void)state;
    struct scope *s = test_scope();
    struct fact whole = page_fact(s), a = page_record_read(s, "part"),
                b = page_record_read(s, "other-part");
    assert_status(s, fact_merge(s, &a, &b), OK);
    assert_false(a.whole);
    for (size_t i = 0; i < whole.field_count; i++) {
        assert_true(a.fields[i].open);
        assert_true(str_eq(a.fields[i].value, whole.fields[i].value));
    }
    assert_holds(s, &a);
    b = page_record_read(s, "other-part");
    assert_status(s, fact_merge(s, &b, &whole), OK);
    assert_true(b.whole);
    assert_record(s, &b, page_record(s, "whole"));
    assert_status(s, fact_merge(s, &b, &a), OK);
    assert_true(b.whole);
    scope_close(s);
}

static void openings_of_two_facts_are_not_merged(void **state)
{
    (void)state;
    struct scope *s = test_scope();
    for (int i = 0; i < 4; i++) {
        struct fact a = page_record_read(s, "part"), b = page_record_read(s, "other-part");
        if (i == 0) b.index++;
        if (i == 1) b.body.bytes[31] ^= 1;
        if (i == 2) b.signature.bytes[0] ^= 1;
        if (i == 3) b.blind.bytes[5] ^= 1;
        assert_status(s, fact_merge(s, &a, &b), ERR_PROOF);
        assert_record(s, &a, page_record(s, "part"));
    }
    scope_close(s);
}

static void what_was_erased_is_gone_and_the_rest_still_verifies(void **state)
{
    (void)state;
    struct scope *s = test_scope();
    struct fact f = page_fact(s);
    bool *erase = scope_array(s, f.field_count, sizeof *erase);
    assert_non_null(erase);
    erase[0] = erase[4] = true; /* the common five stay whatever is asked */
    erase[field_of(&f, "summary.en")] = erase[field_of(&f, "persons")] = true;
    fact_erase(&f, erase);
    Hash nothing = {{0}};
    assert_false(f.whole);
    assert_memory_equal(f.secret.bytes, nothing.bytes, HASH_BYTES);
    assert_record(s, &f, page_record(s, "erased"));
    assert_holds(s, &f);
    scope_close(s);
}

/* Any cut and any byte more is refused; any changed bit gives another fact or none. */
static void a_record_that_was_changed_is_not_this_fact(void **state)
{
    (void)state;
    static const char *const names[] = {"whole", "part"};
    Str origin = STR("lv.example/journal");
    for (size_t n = 0; n < COUNT_OF(names); n++) {
        struct scope *s = test_scope();
        Bytes record = page_record(s, names[n]);
        struct fact good = page_fact(s), f;
        Hash commitment = fact_commitment(&good);
        for (size_t len = 0; len < record.len; len++)
            assert_status(s, fact_read(s, origin, (Bytes){record.ptr, len}, &f), ERR_SCHEMA);
        uint8_t *copy = scope_alloc(s, record.len + 1);
        assert_non_null(copy);
        memcpy(copy, record.ptr, record.len);
        copy[record.len] = 0;
        assert_status(s, fact_read(s, origin, (Bytes){copy, record.len + 1}, &f), ERR_SCHEMA);
        for (size_t bit = 0; bit < 8 * record.len; bit += 7) {
            struct scope *one = test_scope();
            copy[bit / 8] ^= (uint8_t)(1u << bit % 8);
            if (fact_read(one, origin, (Bytes){copy, record.len}, &f) == OK) {
                Hash other = fact_commitment(&f);
                assert_false(hash_eq(&commitment, &other));
            }
            copy[bit / 8] ^= (uint8_t)(1u << bit % 8);
            scope_close(one);
        }
        scope_close(s);
    }
}

static void records_in_any_other_form_are_refused(void **state)
{
    (void)state;
    static const struct {
        size_t at; /* from the start of the record */
        uint8_t byte;
    } rows[] = {
        {0, 0},      {0, 3},     /* form */
        {105, 0xff},             /* number of fields */
        {106, 4},                /* fewer fields than there are bytes for */
        {107, 2},    {107, 0xff} /* tag of the first field */
    };
    struct scope *s = test_scope();
    Bytes part = page_record(s, "part");
    struct fact f;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        uint8_t *copy = scope_alloc(s, part.len);
        assert_non_null(copy);
        memcpy(copy, part.ptr, part.len);
        assert_int_not_equal(copy[rows[i].at], rows[i].byte);
        copy[rows[i].at] = rows[i].byte;
        assert_status(s, fact_read(s, STR("lv.example/journal"), (Bytes){copy, part.len}, &f),
                      ERR_SCHEMA);
    }
    /* A common field that is not open: tag 00 and a digest where `kind` stood. */
    size_t kind = 1 + 1 + 4 + HASH_BYTES + 4 + strlen("incident.registered"), head = 107;
    struct writer w = writer_open(s, FACT_BYTES_MAX);
    write_bytes(&w, part.ptr, head);
    write_u8(&w, 0);
    write_bytes(&w, part.ptr + head, HASH_BYTES);
    write_bytes(&w, part.ptr + head + kind, part.len - head - kind);
    Bytes closed, large = str_bytes(filled(s, FACT_BYTES_MAX + 1));
    assert_status(s, writer_close(&w, &closed), OK);
    assert_status(s, fact_read(s, STR("lv.example/journal"), closed, &f), ERR_SCHEMA);
    assert_status(s, fact_read(s, STR("lv.example/journal"), large, &f), ERR_LIMIT);
    scope_close(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_record_of_the_page_is_read_and_written_alike),
        cmocka_unit_test(a_disclosure_opens_what_was_asked_and_the_common_fields),
        cmocka_unit_test(what_is_hidden_cannot_be_got),
        cmocka_unit_test(two_parts_make_all_that_either_opens),
        cmocka_unit_test(openings_of_two_facts_are_not_merged),
        cmocka_unit_test(what_was_erased_is_gone_and_the_rest_still_verifies),
        cmocka_unit_test(a_record_that_was_changed_is_not_this_fact),
        cmocka_unit_test(records_in_any_other_form_are_refused),
    };
    if (sodium_init() < 0) return 1;
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
