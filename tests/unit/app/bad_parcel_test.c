/* What a post makes of parcels that are cut, altered, forged or foreign: a clear reason each time,
 * not one row more than before, and evidence kept where there is any. */
#include "refusal.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>
#undef fail /* ours, of base/scope.h */

enum { CUT_STEP = 97 };

static void a_parcel_cut_anywhere_is_refused(void **state)
{
    Str number;
    struct pair *x = refusal_news(state, &number);
    struct forged *f = forged_open(x, 0);
    struct exchange_result result;
    struct refusal_mark before = refusal_mark(x, 1);
    Bytes sealed, plain = forged_plain(f, NULL);
    for (size_t len = 0; len < plain.len; len += CUT_STEP)
        assert_int_equal(forged_send_plain(f, (Bytes){plain.ptr, len}, &result), ERR_SCHEMA);
    OKAY_IN(x->s, exchange_write(x->s, x->post[0], STR(""), &sealed));
    for (size_t len = 0; len < sealed.len; len += CUT_STEP) {
        Status status = exchange_read(x->s, x->post[1], (Bytes){sealed.ptr, len}, &result);
        assert_true(status == ERR_SCHEMA || status == ERR_PROOF);
    }
    struct refusal_mark after = refusal_mark(x, 1);
    refusal_unmoved(&before, &after);
    assert_int_equal(before.alarms, after.alarms);
    refusal_goes_on(x, number);
}

static void a_record_cut_short_is_refused(void **state)
{
    Str number;
    struct pair *x = refusal_news(state, &number);
    struct refusal_mark before = refusal_mark(x, 1);
    size_t count = forged_open(x, 0)->count;
    for (size_t i = 0; i < count; i++) {
        struct forged *f = forged_open(x, 0);
        struct exchange_result result;
        f->records[i].payload.len--;
        assert_int_not_equal(forged_send(f, NULL, &result), OK);
        f->records[i].payload.len = 0;
        assert_int_not_equal(forged_send(f, NULL, &result), OK);
    }
    struct refusal_mark after = refusal_mark(x, 1);
    refusal_unmoved(&before, &after);
    refusal_goes_on(x, number);
}

static void records_in_another_order_or_twice(void **state)
{
    Str number;
    struct pair *x = refusal_news(state, &number);
    struct exchange_result result;
    struct forged *f = forged_open(x, 0);
    size_t first = forged_find(f, RECORD_OPENING, 0), second = forged_find(f, RECORD_OPENING, 1);
    assert_true(second < f->count);
    struct forged_record kept = f->records[first];
    f->records[first] = f->records[second];
    f->records[second] = kept;
    refusal_expect(x, f, NULL, ERR_STALE); /* a number is missing before the first */
    f = forged_open(x, 0);
    forged_insert(f, 1, RECORD_HEADER, f->records[0].payload);
    refusal_expect(x, f, NULL, ERR_SCHEMA);
    f = forged_open(x, 0);
    forged_remove(f, 0);
    refusal_expect(x, f, NULL, ERR_SCHEMA);
    f = forged_open(x, 0);
    forged_remove(f, forged_find(f, RECORD_CHECKPOINT, 0));
    refusal_expect(x, f, NULL, ERR_SCHEMA);
    f = forged_open(x, 0);
    size_t head = forged_find(f, RECORD_CHECKPOINT, 0);
    forged_insert(f, head, RECORD_CHECKPOINT, f->records[head].payload);
    refusal_expect(x, f, NULL, ERR_SCHEMA);
    f = forged_open(x, 0);
    forged_insert(f, 1, (enum record_type)77, f->records[0].payload);
    refusal_expect(x, f, NULL, ERR_SCHEMA);
    /* What is applied once is not applied twice. */
    f = forged_open(x, 0);
    first = forged_find(f, RECORD_OPENING, 0);
    forged_insert(f, first, RECORD_OPENING, f->records[first].payload);
    OKAY_IN(x->s, forged_send(f, NULL, &result));
    assert_int_equal(result.opened, 2);
    refusal_goes_on(x, number);
}

static void leaves_that_do_not_follow(void **state)
{
    Str number;
    struct pair *x = refusal_news(state, &number);
    struct forged *f = forged_open(x, 0);
    size_t at = forged_find(f, RECORD_LEAVES, 0);
    forged_payload(f, at)[7] = (uint8_t)(f->records[at].payload.ptr[7] + 1);
    refusal_expect(x, f, NULL, ERR_STALE);
    f = forged_open(x, 0);
    forged_insert(f, at, RECORD_LEAVES, f->records[at].payload);
    refusal_expect(x, f, NULL, ERR_SCHEMA);
    f = forged_open(x, 0);
    forged_remove(f, at);
    refusal_expect(x, f, NULL, ERR_STALE);
    f = forged_open(x, 0);
    memset(forged_payload(f, at), 0xff, 8);
    refusal_expect(x, f, NULL, ERR_STALE);
    f = forged_open(x, 0);
    forged_payload(f, at)[12] ^= 1;
    refusal_expect(x, f, NULL, ERR_PROOF);
    assert_true(str_is(refusal_alarm(x, 1), "proof"));
    refusal_goes_on(x, number);
}

static void a_gap_or_a_stranger_among_the_openings(void **state)
{
    Str number;
    struct pair *x = refusal_news(state, &number);
    struct forged *f = forged_open(x, 0);
    size_t at = forged_find(f, RECORD_OPENING, 0);
    forged_remove(f, at);
    refusal_expect(x, f, NULL, ERR_STALE);
    f = forged_open(x, 0);
    forged_payload(f, at)[7]++;
    refusal_expect(x, f, NULL, ERR_STALE);
    f = forged_open(x, 0);
    forged_payload(f, at)[0] = 0xff;
    refusal_expect(x, f, NULL, ERR_STALE);
    f = forged_open(x, 0); /* form, then the index of the entry, follow number and handle */
    forged_payload(f, at)[8 + 1 + 1] = 0x7f;
    refusal_expect(x, f, NULL, ERR_PROOF);
    f = forged_open(x, 0);
    forged_payload(f, at)[8 + 1 + 8] ^= 1;
    refusal_expect(x, f, NULL, ERR_PROOF);
    assert_true(str_is(refusal_alarm(x, 1), "proof"));
    f = forged_open(x, 0); /* a byte of a value: not UTF-8 any more */
    uint8_t *bytes = forged_payload(f, at);
    bytes[f->records[at].payload.len - 1] = 0xc3;
    refusal_expect(x, f, NULL, ERR_SCHEMA);
    f = forged_open(x, 0); /* well-formed, but not what the journal holds */
    forged_payload(f, at)[f->records[at].payload.len - 1] = 'x';
    refusal_expect(x, f, NULL, ERR_PROOF);
    refusal_goes_on(x, number);
}

static void evidence_and_countersignatures_that_nobody_asked_for(void **state)
{
    Str number;
    struct pair *x = refusal_news(state, &number);
    struct forged *f = forged_open(x, 0);
    uint8_t piece[8 + 8 + 1 + 5] = {0, 0, 0, 0, 0, 0, 0, 1};
    forged_insert(f, f->count, RECORD_PIECE, bytes_of(piece, sizeof piece));
    refusal_expect(x, f, NULL, ERR_SCHEMA);
    f = forged_open(x, 0);
    size_t at = forged_find(f, RECORD_COSIGNATURE, 0);
    assert_true(at < f->count);
    Bytes line = f->records[at].payload;
    ((uint8_t *)(uintptr_t)forged_payload(f, at))[line.len - 20] =
        line.ptr[line.len - 20] == 'A' ? 'B' : 'A';
    refusal_expect(x, f, NULL, ERR_SIGNATURE);
    assert_true(str_is(refusal_alarm(x, 1), "signature"));
    f = forged_open(x, 0);
    f->records[at].payload.len -= 20;
    refusal_expect(x, f, NULL, ERR_SCHEMA);
    f = forged_open(x, 0);
    forged_insert(f, at, RECORD_COSIGNATURE, line);
    refusal_expect(x, f, NULL, ERR_SCHEMA);
    refusal_goes_on(x, number);
}

static void another_key_another_post_another_journal(void **state)
{
    Str number;
    struct pair *x = refusal_news(state, &number);
    struct secret_key stranger;
    uint8_t seed[SEED_BYTES] = {4, 2};
    secret_key_from_seed(seed, &stranger);
    struct forged *f = forged_open(x, 0);
    refusal_expect(x, f, &stranger, ERR_SIGNATURE);
    assert_true(str_is(refusal_alarm(x, 1), "signature"));
    f = forged_open(x, 0);
    memcpy(forged_payload(f, 0) + 2, "ee", 2); /* version, length, party */
    refusal_expect(x, f, NULL, ERR_NOT_FOUND);
    f = forged_open(x, 0);
    memcpy(forged_payload(f, 0) + 5, "lt", 2);
    refusal_expect(x, f, NULL, ERR_SCHEMA);
    f = forged_open(x, 0);
    forged_payload(f, 0)[0] = 2;
    refusal_expect(x, f, NULL, ERR_SCHEMA);
    f = forged_open(x, 0);
    size_t at = forged_find(f, RECORD_CHECKPOINT, 0);
    Str text, note;
    Hash root = tree_empty();
    OKAY(checkpoint_text(x->s, STR("other.example/journal"), 900, &root, &text));
    OKAY(checkpoint_sign(x->s, text, STR("other.example/journal"),
                         &x->post[0]->journal_keys.keys[0], &note));
    f->records[at].payload = str_bytes(note);
    refusal_expect(x, f, NULL, ERR_SIGNATURE);
    f = forged_open(x, 0); /* sealed for lv itself */
    struct exchange_result result;
    Bytes sealed;
    OKAY(exchange_seal(x->s, x->post[0], &x->post[0]->identity.recipient, forged_plain(f, NULL),
                       &sealed));
    assert_int_equal(exchange_read(x->s, x->post[1], sealed, &result), ERR_NOT_FOUND);
    refusal_goes_on(x, number);
}

static void an_oversized_parcel(void **state)
{
    Str number;
    struct pair *x = refusal_news(state, &number);
    struct exchange_result result;
    struct refusal_mark before = refusal_mark(x, 1);
    struct forged *f = forged_open(x, 0);
    uint8_t *large = scope_alloc(x->s, PARCEL_BYTES_MAX + 1);
    assert_int_equal(forged_send_plain(f, bytes_of(large, PARCEL_BYTES_MAX + 1), &result),
                     ERR_LIMIT);
    forged_insert(f, f->count, RECORD_OPENING, bytes_of(large, 9 + FACT_BYTES_MAX + 1));
    forged_payload(f, f->count - 1)[7] = 100;
    assert_int_not_equal(forged_send(f, NULL, &result), OK);
    struct refusal_mark after = refusal_mark(x, 1);
    refusal_unmoved(&before, &after);
    refusal_goes_on(x, number);
}

/* The sealed bytes with `text` put in front of the line that begins with `line`. */
static Bytes header_with(struct pair *x, Bytes sealed, const char *line, Str text)
{
    struct writer w = writer_open(x->s, PARCEL_BYTES_MAX);
    const uint8_t *at = memmem(sealed.ptr, sealed.len, line, strlen(line));
    Bytes out;
    assert_non_null(at);
    size_t lead = (size_t)(at - sealed.ptr);
    write_bytes(&w, sealed.ptr, lead);
    write_str(&w, text);
    write_bytes(&w, at, sealed.len - lead);
    OKAY(writer_close(&w, &out));
    return out;
}

static Str repeated(struct pair *x, const char *text, size_t times)
{
    struct writer w = writer_open(x->s, 1 << 20);
    Str out;
    for (size_t i = 0; i < times; i++)
        write_str(&w, str_of(text));
    OKAY(writer_close_str(&w, &out));
    return out;
}

static void a_seal_that_was_made_to_hurt(void **state)
{
    static const char grease[] = "-> grease a b\nAAAA\n",
                      scrypt[] = "-> scrypt AAAAAAAAAAAAAAAAAAAAAA 22\n"
                                 "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n",
                      wrapped[] =
                          "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n";
    Str number;
    struct pair *x = refusal_news(state, &number);
    struct exchange_result result;
    struct refusal_mark before = refusal_mark(x, 1);
    Bytes sealed;
    OKAY_IN(x->s, exchange_write(x->s, x->post[0], STR(""), &sealed));
    const Bytes bad[] = {
        header_with(x, sealed, "---", str_of(grease)), /* its MAC is of other lines */
        header_with(x, sealed, "---", repeated(x, grease, 65)),
        header_with(x, sealed, "---", str_of(scrypt)),
        header_with(x, sealed, "-> X25519", str_of(scrypt)),
        header_with(x, sealed, "---", repeated(x, wrapped, 4000)),
        header_with(x, sealed, "---", STR("-> long\n")),
        header_with(x, sealed, "age-", STR("-----BEGIN AGE ENCRYPTED FILE-----\n")),
        header_with(x, sealed, "age-", STR("\n")),
        header_with(x, sealed, "-> X25519", repeated(x, "\r", 1)),
        {sealed.ptr, 0},
    };
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        Status status = exchange_read(x->s, x->post[1], bad[i], &result);
        if (status != ERR_SCHEMA && status != ERR_PROOF && status != ERR_LIMIT &&
            status != ERR_NOT_FOUND)
            print_error("seal %zu: %s\n", i, status_name(status));
        assert_true(status == ERR_SCHEMA || status == ERR_PROOF || status == ERR_LIMIT ||
                    status == ERR_NOT_FOUND);
    }
    for (size_t i = 0; i < 200 && i < sealed.len; i++) { /* every byte of the header counts */
        uint8_t *copy = (uint8_t *)(uintptr_t)scope_bytes(x->s, sealed).ptr;
        copy[i] ^= 1;
        assert_int_not_equal(exchange_read(x->s, x->post[1], bytes_of(copy, sealed.len), &result),
                             OK);
    }
    struct refusal_mark after = refusal_mark(x, 1);
    refusal_unmoved(&before, &after);
    /* Sealed for more posts than one: whoever may open it does. */
    struct age_seed seed = {.file_key = {1}, .nonce = {2}};
    AgeRecipient many[16];
    struct forged *f = forged_open(x, 0);
    for (size_t i = 0; i < COUNT_OF(many); i++)
        many[i] = x->post[i == COUNT_OF(many) - 1]->identity.recipient;
    OKAY_IN(x->s, age_seal(x->s, many, COUNT_OF(many), &seed, forged_plain(f, NULL), &sealed));
    OKAY_IN(x->s, exchange_read(x->s, x->post[1], sealed, &result));
    refusal_goes_on(x, number);
}

static void an_old_parcel_again(void **state)
{
    Str number;
    struct pair *x = refusal_news(state, &number);
    struct exchange_result result;
    Bytes old;
    OKAY_IN(x->s, exchange_write(x->s, x->post[0], STR(""), &old));
    pair_sync(x);
    pair_say(x, "lv.duty", "letter.sent", &number, "subject=Rail", "text.lv=Trīs.", NULL);
    pair_sync(x);
    struct refusal_mark before = refusal_mark(x, 1);
    for (int i = 0; i < 3; i++) {
        OKAY_IN(x->s, exchange_read(x->s, x->post[1], old, &result));
        assert_int_equal(result.opened, 0);
        assert_false(result.news);
    }
    struct refusal_mark after = refusal_mark(x, 1);
    refusal_unmoved(&before, &after);
    assert_int_equal(before.alarms, after.alarms);
    refusal_goes_on(x, number);
}

static void two_histories_are_kept_as_evidence(void **state)
{
    Str number;
    struct pair *x = refusal_news(state, &number);
    struct alarm_row *alarms;
    size_t count;
    Hash root = tree_empty();
    Str text, note;
    pair_sync(x);
    struct refusal_mark before = refusal_mark(x, 1);
    struct forged *f = forged_open(x, 0);
    OKAY(checkpoint_text(x->s, x->post[0]->card.origin, before.their_leaves, &root, &text));
    OKAY(checkpoint_sign(x->s, text, x->post[0]->card.origin, &x->post[0]->journal_keys.keys[0],
                         &note));
    f->records[forged_find(f, RECORD_CHECKPOINT, 0)].payload = str_bytes(note);
    refusal_expect(x, f, NULL, ERR_FORK);
    refusal_expect(x, f, NULL, ERR_FORK);
    pair_restart(x, 1);
    POST_READING(x->post[1]);
    OKAY(store_alarm_list(x->s, x->post[1]->store, &alarms, &count));
    assert_int_equal(count, before.alarms + 1); /* the same evidence once */
    assert_true(str_is(alarms[count - 1].what, "fork"));
    assert_true(bytes_eq(alarms[count - 1].evidence, str_bytes(note)));
}

static void facts_without_the_power_to_state_them(void **state)
{
    Str number;
    struct pair *x = refusal_news(state, &number);
    struct secret_key stranger;
    uint8_t seed[SEED_BYTES] = {4, 2};
    secret_key_from_seed(seed, &stranger);
    const struct secret_key *duty = &pair_session(x, "lv.duty")->key;
    const struct secret_key *help = &pair_session(x, "lv.help")->key;
    const char *text = "text.lv=Krāpts.", *subject = "subject=Rail";
    forged_state(x, 0, &stranger, "letter.sent", number, "lv.duty", subject, text, NULL);
    refusal_receipt(x, number, "signature");
    assert_true(str_is(refusal_alarm(x, 1), "signature"));
    forged_state(x, 0, &stranger, "letter.sent", number, "lv.nobody", subject, text, NULL);
    refusal_receipt(x, number, "signature");
    forged_state(x, 0, duty, "case.closed", number, "lv.duty", "outcome=O2", "note.lv=Beigts.",
                 NULL);
    refusal_receipt(x, number, "role");
    forged_state(x, 0, help, "act.signed", number, "lv.help", "act=lv:3", "capacity=representative",
                 NULL);
    refusal_receipt(x, number, "role");
    forged_state(x, 0, &stranger, "officer.enrolled", STR(""), "lv.post", "officer=lv.false", NULL);
    refusal_receipt(x, number, "signature");
    forged_state(x, 0, duty, "letter.sent", number, "lv.duty", "at=yesterday", subject, text, NULL);
    refusal_receipt(x, number, "schema");
    forged_state(x, 0, duty, "notice.sent", number, "lv.duty", "of=nothing", text, NULL);
    refusal_receipt(x, number, "schema");
    forged_state(x, 0, duty, "letter.sent", number, "lv.duty", subject, text, NULL);
    refusal_receipt(x, number, "");
    refusal_goes_on(x, number);
}

/* Ends the mandate of lv.duty from an instant on. */
static void end_mandate(struct pair *x, const char *from)
{
    struct officer_view *officers;
    size_t count;
    Str none = STR("");
    const char *mandate = NULL;
    OKAY(post_officers(x->s, x->post[0], &officers, &count));
    for (size_t i = 0; i < count; i++)
        if (str_is(officers[i].id, "lv.duty") && officers[i].mandate.len)
            mandate = scope_print(x->s, "mandate=%.*s", STR_ARG(officers[i].mandate)).ptr;
    assert_non_null(mandate);
    pair_say(x, "lv.rep", "mandate.revoked", &none, mandate, from, "reason=left", NULL);
    pair_sync(x);
}

static void a_mandate_that_has_ended(void **state)
{
    Str number;
    struct pair *x = refusal_news(state, &number);
    pair_sync(x);
    end_mandate(x, "from=2026-05-14T07:00:00Z");
    struct session *duty = pair_session(x, "lv.duty");
    forged_state(x, 0, &duty->key, "letter.sent", number, "lv.duty", "subject=Rail",
                 "text.lv=Vēl viens.", NULL);
    refusal_receipt(x, number, "mandate");
    pair_restart(x, 0);
    pair_restart(x, 1);
    refusal_equal_views(x, number);
}

static void one_body_at_two_places(void **state)
{
    Str number;
    struct pair *x = refusal_news(state, &number);
    struct fact_ref ref;
    Str letter =
        pair_say(x, "lv.duty", "letter.sent", &number, "subject=Rail", "text.lv=Trīs.", NULL);
    pair_sync(x);
    assert_true(fact_ref_parse(letter, &ref));
    forged_repeat(x, 0, ref.index);
    refusal_receipt(x, number, "proof"); /* the second one is void */
    assert_true(str_is(refusal_alarm(x, 1), "proof"));
    pair_say(x, "lv.duty", "letter.sent", &number, "subject=Rail", "text.lv=Četri.", NULL);
    refusal_receipt(x, number, "");
    refusal_goes_on(x, number);
}

static int tear_down(void **state)
{
    if (*state) pair_close(*state);
    return 0;
}

int main(void)
{
#define CASE(name) cmocka_unit_test_teardown(name, tear_down)
    const struct CMUnitTest tests[] = {
        CASE(a_parcel_cut_anywhere_is_refused),
        CASE(a_record_cut_short_is_refused),
        CASE(records_in_another_order_or_twice),
        CASE(leaves_that_do_not_follow),
        CASE(a_gap_or_a_stranger_among_the_openings),
        CASE(evidence_and_countersignatures_that_nobody_asked_for),
        CASE(another_key_another_post_another_journal),
        CASE(an_oversized_parcel),
        CASE(a_seal_that_was_made_to_hurt),
        CASE(an_old_parcel_again),
        CASE(two_histories_are_kept_as_evidence),
        CASE(facts_without_the_power_to_state_them),
        CASE(a_mandate_that_has_ended),
        CASE(one_body_at_two_places),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
