/* Parcels of a neighbour whose program was changed on purpose: well formed, signed, and untrue.
 * None may write into what this post says of itself, leave anything half stored, or end the
 * exchange with an honest successor. */
#include "refusal.h"
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>
#undef fail /* ours, of base/scope.h */

/* Their oldest head in the place of the newest. */
static void older_head(struct pair *x, struct forged *f)
{
    struct head_row head;
    Hash root;
    Str text;
    POST_READING(x->post[0]);
    OKAY(store_tree_root(x->s, x->post[0]->store, x->post[0]->journal, 3, &root));
    OKAY(checkpoint_text(x->s, x->post[0]->card.origin, 3, &root, &text));
    OKAY(checkpoint_sign(x->s, text, x->post[0]->card.origin, &x->post[0]->journal_keys.keys[0],
                         &head.note));
    f->records[forged_find(f, RECORD_CHECKPOINT, 0)].payload = str_bytes(head.note);
}

static void leaves_above_a_head_of_the_past(void **state)
{
    Str number;
    struct pair *x = refusal_news(state, &number);
    struct forged *f = forged_open(x, 0);
    older_head(x, f);
    refusal_expect(x, f, NULL, ERR_SCHEMA);
    f = forged_open(x, 0);
    older_head(x, f);
    uint8_t *leaves = forged_payload(f, forged_find(f, RECORD_LEAVES, 0));
    leaves[7] = (uint8_t)(leaves[7] + 3); /* and not even joined to what is held */
    refusal_expect(x, f, NULL, ERR_STALE);
    f = forged_open(x, 0);
    older_head(x, f);
    memset(forged_payload(f, forged_find(f, RECORD_LEAVES, 0)), 0xff, 8);
    refusal_expect(x, f, NULL, ERR_STALE);
    refusal_goes_on(x, number);
}

/* What lv keeps of its newest countersigned head. */
static Str own_head(struct pair *x)
{
    struct head_row head;
    struct checkpoint cp;
    POST_READING(x->post[0]);
    OKAY(store_head_newest(x->s, x->post[0]->store, x->post[0]->journal, true, &head));
    OKAY(checkpoint_parse(x->s, head.note, &cp));
    OKAY_IN(x->s, checkpoint_check(x->s, &cp, x->post[0]->card.origin, &x->post[0]->card.journal));
    return head.note;
}

static void a_countersignature_line_in_the_name_of_another(void **state)
{
    Str number, line, before;
    struct pair *x = refusal_news(state, &number);
    struct post *lv = x->post[0];
    uint8_t junk[SIGNATURE_BYTES] = {0};
    pair_sync(x);
    before = own_head(x);
    static const char *const names[] = {"own", "stranger"};
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        Str name = i ? STR("ee.twinpost/journal/cosigner") : lv->card.origin;
        uint32_t id = note_key_id(name, i ? NOTE_COSIGNATURE : NOTE_ED25519, &lv->card.journal);
        struct forged *f = forged_open(x, 1);
        size_t at = forged_find(f, RECORD_COSIGNATURE, 0);
        OKAY(note_line(x->s, name, id, bytes_of(junk, sizeof junk), &line));
        Str payload = scope_print(x->s, "%.*s%.*s", 8, "12345678", STR_ARG(line));
        memcpy((char *)(uintptr_t)payload.ptr, f->records[at].payload.ptr, 8);
        f->records[at].payload = str_bytes(payload);
        refusal_expect(x, f, NULL, ERR_SIGNATURE);
        assert_true(str_eq(own_head(x), before));
    }
    refusal_goes_on(x, number);
}

static const struct secret_key *key_of(struct pair *x, const char *officer)
{
    return &pair_session(x, officer)->key;
}

static Str letter(struct pair *x, Str number, const char *seen)
{
    uint64_t index = forged_state(x, 0, key_of(x, "lv.duty"), "letter.sent", number, "lv.duty",
                                  "subject=Rail", "text.lv=Cits.", seen, NULL);
    return scope_print(x->s, "lv:%llu", (unsigned long long)index);
}

/* `seen` of lv at this moment, a little off. */
static const char *seen_off(struct pair *x, int leaves, int openings, bool true_root)
{
    struct post *lv = x->post[0];
    struct seen seen = {0};
    POST_READING(lv);
    const struct neighbour *n = &lv->neighbours[0];
    seen.size = n->head_size + (uint64_t)(int64_t)leaves;
    seen.opening = n->applied + (uint64_t)(int64_t)openings;
    if (true_root && leaves <= 0)
        OKAY(store_tree_root(x->s, lv->store, n->journal, seen.size, &seen.root));
    Str text = seen_format(x->s, &seen);
    return scope_print(x->s, "seen=%.*s", STR_ARG(text)).ptr;
}

static void what_nobody_can_have_seen(void **state)
{
    Str number;
    struct pair *x = refusal_news(state, &number);
    pair_say(x, "by.duty", "letter.sent", &number, "subject=Rail", "text.ru=Раз.", NULL);
    pair_sync(x);
    pair_say(x, "lv.duty", "letter.sent", &number, "subject=Rail", "text.lv=Trīs.", NULL);
    pair_sync(x);
    letter(x, number, seen_off(x, 100, 0, true));
    refusal_receipt(x, number, "proof"); /* more leaves than there are */
    letter(x, number, seen_off(x, 0, 100, true));
    refusal_receipt(x, number, "proof"); /* openings that were never made */
    for (int i = 0; i < 2; i++) {        /* less than the entry just before */
        pair_say(x, "lv.duty", "letter.sent", &number, "subject=Rail", "text.lv=Īsts.", NULL);
        letter(x, number, seen_off(x, i ? 0 : -1, i ? -1 : 0, true));
        refusal_receipt(x, number, "proof");
    }
    assert_true(str_is(refusal_alarm(x, 1), "proof"));
    letter(x, number, seen_off(x, 0, 0, true));
    refusal_receipt(x, number, "");
    refusal_goes_on(x, number);
}

static void another_history_was_seen(void **state)
{
    Str number;
    struct pair *x = refusal_news(state, &number);
    pair_sync(x);
    letter(x, number, seen_off(x, 0, 0, false));
    refusal_expect(x, forged_open(x, 0), NULL, ERR_FORK);
    refusal_expect(x, forged_open(x, 0), NULL, ERR_FORK);
    assert_true(str_is(refusal_alarm(x, 1), "fork"));
    pair_restart(x, 1);
    assert_true(str_is(refusal_alarm(x, 1), "fork"));
}

/* by's false receipts reach lv, who answers with what it makes of them. */
static void receipts_for_what_was_never_made(void **state)
{
    static const struct {
        const char *took, *refused, *reason;
    } rows[] = {
        {"took=1-100000", NULL, "proof"},
        {"took=1-2", NULL, "proof"}, /* they have a receipt */
        {"took=yesterday", NULL, "schema"},
        {"took=9-8", NULL, "schema"},
    };
    Str number;
    struct pair *x = refusal_news(state, &number);
    pair_sync(x);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct fact_row *facts;
        struct fact f;
        size_t count;
        forged_state(x, 1, &x->post[1]->post_keys.keys[0], "receipt", STR(""), "by.post",
                     "parcel=00000000000000000000000000000000"
                     "00000000000000000000000000000000",
                     rows[i].took, NULL);
        pair_sync(x);
        POST_READING(x->post[0]);
        OKAY(store_fact_of_kind(x->s, x->post[0]->store, x->post[0]->journal, STR("receipt"),
                                &facts, &count));
        OKAY(fact_read(x->s, x->post[0]->card.origin, facts[count - 1].record, &f));
        assert_true(str_is(fact_get(&f, "reason.1"), rows[i].reason));
    }
    refusal_goes_on(x, number);
}

static void facts_that_do_not_keep_to_their_kind(void **state)
{
    Str number;
    struct pair *x = refusal_news(state, &number);
    const struct secret_key *duty = key_of(x, "lv.duty");
    forged_state(x, 0, duty, "letter.sent", number, "lv.duty", "text.lv=Krāpts.", "subject=Rail",
                 NULL);
    refusal_receipt(x, number, "schema"); /* another order */
    forged_state(x, 0, duty, "request.made", number, "lv.rep", "item.2=b", "item.1=a", NULL);
    refusal_receipt(x, number, "schema");
    forged_state(x, 0, duty, "letter.sent", number, "lv.duty", "subject=Rail", "colour=red",
                 "text.lv=Nezināms lauks.", NULL);
    refusal_receipt(x, number, ""); /* fields of a newer table are kept as bytes */
    forged_state(x, 0, duty, "drone.sighted", number, "lv.duty", "height_m=120", NULL);
    refusal_receipt(x, number, ""); /* and so are its kinds */
    forged_state(x, 0, &x->post[1]->post_keys.keys[0], "drone.sighted", number, "lv.duty",
                 "height_m=1", NULL);
    refusal_receipt(x, number, "signature");
    refusal_goes_on(x, number);
}

/* What never crosses is refused when it does, and its values are not kept. */
static void what_never_crosses_is_not_kept(void **state)
{
    Str number, secret = STR("Lūdz patvērumu");
    struct pair *x = refusal_news(state, &number);
    const struct secret_key *duty = key_of(x, "lv.duty");
    uint64_t index = forged_state(x, 0, duty, "protection.checked", number, "lv.duty", "person=P1",
                                  "outcome=block", "note=Lūdz patvērumu", NULL);
    refusal_receipt(x, number, "schema");
    struct fact_row row;
    struct opening_row *openings;
    size_t count;
    struct post *by = x->post[1];
    {
        POST_READING(by);
        const struct neighbour *n = &by->neighbours[0];
        OKAY(store_fact_load(x->s, by->store, n->journal, index, &row));
        assert_true(row.refused);
        assert_null(memmem(row.record.ptr, row.record.len, secret.ptr, secret.len));
        OKAY(store_opening_of_fact(x->s, by->store, n->journal, n->row.id, index, &openings,
                                   &count));
        assert_int_equal(count, 1);
        assert_null(memmem(openings[0].record.ptr, openings[0].record.len, secret.ptr, secret.len));
    }
    struct check_line *lines;
    post_close(by);
    x->post[1] = NULL;
    OKAY_IN(x->s, post_verify(x->s, x->dir[1], &lines, &count));
    for (size_t i = 0; i < count; i++)
        assert_true(lines[i].passed); /* the digests still verify */
    OKAY_IN(x->s, post_open(x->s, x->dir[1], &x->clock, &x->post[1]));
    refusal_goes_on(x, number);
}

static void powers_that_were_not_given(void **state)
{
    Str number, none = STR("");
    struct pair *x = refusal_news(state, &number);
    const struct authority *a;
    struct fact first;
    struct fact_row *rows;
    size_t count, n = 0;
    pair_say(x, "lv.rep", "letter.sent", &number, "subject=Rail", "text.lv=No pārstāvja.", NULL);
    pair_sync(x);
    /* The mandate of the representative, word for word and with the root's note, once more. */
    {
        POST_READING(x->post[0]);
        OKAY(post_authority(x->s, x->post[0], NULL, &a));
        OKAY(store_fact_of_kind(x->s, x->post[0]->store, x->post[0]->journal,
                                STR("mandate.granted"), &rows, &count));
        for (; n < count; n++) {
            OKAY(fact_read(x->s, x->post[0]->card.origin, rows[n].record, &first));
            if (str_is(fact_get(&first, "role"), "R1")) break;
        }
    }
    assert_true(n < count);
    const char *note =
        scope_print(x->s, "root_note=%.*s", STR_ARG(fact_get(&first, "root_note"))).ptr;
    const char *at = scope_print(x->s, "at=%.*s", STR_ARG(fact_get(&first, "at"))).ptr;
    forged_state(x, 0, &x->post[0]->post_keys.keys[0], "mandate.granted", none, "lv.post", at,
                 "officer=lv.rep", "role=R1", note, NULL);
    refusal_receipt(x, number, "mandate");
    forged_state(x, 0, key_of(x, "lv.duty"), "mandate.granted", none, "lv.duty", "officer=lv.duty",
                 "role=R3", NULL);
    refusal_receipt(x, number, "role");
    /* Nothing that by countersigned, and lv knows of, is voided. */
    Str mandate = scope_print(x->s, "mandate=lv:%llu", (unsigned long long)first.index);
    forged_state(x, 0, key_of(x, "lv.rep"), "mandate.revoked", none, "lv.rep", mandate.ptr,
                 "reason=compromised", "covered=0", NULL);
    refusal_receipt(x, number, "proof");
    refusal_goes_on(x, number);
}

static void a_recall_of_what_is_not_theirs(void **state)
{
    Str number;
    struct pair *x = refusal_news(state, &number);
    Str ref = pair_say(x, "by.duty", "letter.sent", &number, "subject=Rail", "text.ru=Раз.", NULL);
    pair_sync(x);
    forged_state(x, 0, key_of(x, "lv.rep"), "release.recalled", number, "lv.rep",
                 scope_print(x->s, "of=%s", ref.ptr).ptr, "ground=gribu", NULL);
    pair_sync(x);
    struct fact_view view;
    OKAY_IN(x->s, fact_show(x->s, x->post[1], ref, ROLES_ALL, &view));
    bool shown = false;
    for (size_t i = 0; i < view.field_count; i++)
        shown = shown || (view.fields[i].open && str_is(view.fields[i].name, "text.ru"));
    assert_true(shown);
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
        CASE(leaves_above_a_head_of_the_past),
        CASE(a_countersignature_line_in_the_name_of_another),
        CASE(what_nobody_can_have_seen),
        CASE(another_history_was_seen),
        CASE(receipts_for_what_was_never_made),
        CASE(facts_that_do_not_keep_to_their_kind),
        CASE(what_never_crosses_is_not_kept),
        CASE(powers_that_were_not_given),
        CASE(a_recall_of_what_is_not_theirs),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
