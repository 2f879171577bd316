/* A post that was set back: what it does until its journal is whole again, what it may not show,
 * and what a neighbour that cheats can make of the occasion. */
#include "app/head.h"
#include "app/officer.h"
#include "app/recovery.h"
#include "os/file.h"
#include "refusal.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>
#undef fail /* ours, of base/scope.h */

static const char *back_up(struct pair *x)
{
    const char *file = file_join(x->s, x->folder, "lv.backup").ptr;
    OKAY_IN(x->s, backup_write(x->s, x->post[0], file));
    return file;
}

/* Puts the copy in the place of the folder; the record beside it stays unless it is removed. */
static void put_back(struct pair *x, const char *file, bool with_record)
{
    static int number;
    const char *old = scope_print(x->s, "%s/gone-%d", x->folder, number++).ptr;
    post_close(x->post[0]);
    x->post[0] = NULL;
    assert_int_equal(rename(x->dir[0], old), 0);
    if (!with_record) {
        OKAY(file_remove(x->s, scope_print(x->s, "%s.head", x->dir[0]).ptr));
        OKAY(file_remove(x->s, scope_print(x->s, "%s.head.erased", x->dir[0]).ptr));
    }
    OKAY_IN(x->s, backup_restore(x->s, file, x->dir[0]));
    pair_wait(x, 60);
    OKAY_IN(x->s, post_open(x->s, x->dir[0], &x->clock, &x->post[0]));
    assert_true(post_is_held(x->post[0]));
}

static void expect_sound(struct pair *x, Str number)
{
    Status first = OK;
    for (size_t i = 0; i < 2; i++) {
        struct check_line *lines;
        size_t count;
        assert_false(post_is_held(x->post[i]));
        post_close(x->post[i]);
        x->post[i] = NULL;
        OKAY_IN(x->s, post_verify(x->s, x->dir[i], &lines, &count));
        for (size_t k = 0; k < count; k++)
            if (!lines[k].passed) {
                fprintf(stderr, "# post %zu: %.*s\n", i, STR_ARG(lines[k].text));
                first = lines[k].reason;
            }
        OKAY_IN(x->s, post_open(x->s, x->dir[i], &x->clock, &x->post[i]));
    }
    assert_int_equal(first, OK);
    refusal_equal_views(x, number);
}

static size_t count_of(struct pair *x, size_t post, const char *kind)
{
    struct fact_row *rows;
    size_t count;
    POST_READING(x->post[post]);
    OKAY(store_fact_of_kind(x->s, x->post[post]->store, x->post[post]->journal, str_of(kind), &rows,
                            &count));
    return count;
}

/* Does the post show this field of the fact? */
static bool shows(struct pair *x, size_t post, Str ref, const char *field)
{
    struct fact_view view;
    OKAY_IN(x->s, fact_show(x->s, x->post[post], ref, ROLES_ALL, &view));
    for (size_t i = 0; i < view.field_count; i++)
        if (view.fields[i].open && str_is(view.fields[i].name, field)) return true;
    return false;
}

static Str finding(struct pair *x, const char *party, Str number, bool release)
{
    const char *officer = scope_print(x->s, "%s.help", party).ptr;
    Str ref = pair_say(x, officer, "finding.stated", &number, "no=1", "text.lv=Pirmais.",
                       "text.ru=Первый.", NULL);
    if (release) pair_release(x, party, ref);
    return ref;
}

static void what_was_erased_since_the_copy_is_not_seen_again(void **state)
{
    struct pair *x = *state = pair_open();
    Str number = pair_case(x);
    Str erased = finding(x, "lv", number, false), recalled = finding(x, "lv", number, true);
    Str theirs = finding(x, "by", number, true), kept = finding(x, "by", number, true);
    Str photo = pair_evidence(x, number, pair_file(x, "photo", 3000));
    pair_sync(x);
    const char *file = back_up(x);
    OKAY_IN(x->s,
            fact_erase_values(x->s, x->post[0], pair_session(x, "lv.dpo"), erased, STR("laiks")));
    OKAY_IN(x->s,
            release_recall(x->s, x->post[0], pair_session(x, "lv.rep"), recalled, STR("kļūda")));
    OKAY_IN(x->s, release_recall(x->s, x->post[0], pair_session(x, "lv.rep"), photo, STR("kļūda")));
    OKAY_IN(x->s,
            release_recall(x->s, x->post[1], pair_session(x, "by.rep"), theirs, STR("ошибка")));
    pair_sync(x);
    OKAY_IN(x->s,
            fact_erase_values(x->s, x->post[0], pair_session(x, "lv.dpo"), photo, STR("laiks")));
    pair_sync(x);
    size_t executed = count_of(x, 0, "recall.executed");
    put_back(x, file, true);
    /* Before anything arrives. */
    assert_false(shows(x, 0, erased, "text.lv"));
    assert_false(shows(x, 0, theirs, "text.ru"));
    assert_true(shows(x, 0, kept, "text.ru"));
    assert_true(shows(x, 0, recalled, "text.lv")); /* its own value was only taken back */
    Str copy = file_join(x->s, x->folder, "copy");
    assert_int_not_equal(evidence_get(x->s, x->post[0], photo, copy.ptr), OK);
    pair_sync(x);
    assert_false(shows(x, 0, erased, "text.lv"));
    assert_false(shows(x, 0, theirs, "text.ru"));
    assert_int_equal(count_of(x, 0, "recall.executed"), executed);
    expect_sound(x, number);
}

/* Without the record the neighbour's own erasures still come, and are executed once more. */
static void a_recall_that_is_not_known_any_more(void **state)
{
    struct pair *x = *state = pair_open();
    Str number = pair_case(x), theirs = finding(x, "by", number, true);
    pair_sync(x);
    const char *file = back_up(x);
    OKAY_IN(x->s,
            release_recall(x->s, x->post[1], pair_session(x, "by.rep"), theirs, STR("ошибка")));
    put_back(x, file, false);
    assert_true(shows(x, 0, theirs, "text.ru"));
    pair_sync(x);
    assert_false(shows(x, 0, theirs, "text.ru"));
    assert_int_equal(count_of(x, 0, "recall.executed"), 1);
    assert_int_equal(count_of(x, 0, "post.restored"), 1);
    expect_sound(x, number);
}

static void a_held_post_states_nothing(void **state)
{
    struct pair *x = *state = pair_open();
    Str number = pair_case(x), letter = finding(x, "lv", number, false);
    const char *file = back_up(x);
    pair_say(x, "lv.duty", "letter.sent", &number, "subject=Rail", "text.lv=Viens.", NULL);
    pair_sync(x);
    Bytes root;
    OKAY(file_read(x->s, file_join(x->s, x->dir[0], "root.key").ptr, SEED_BYTES, &root));
    put_back(x, file, true);
    OKAY(file_write(x->s, file_join(x->s, x->dir[0], "root.key").ptr, root));
    uint64_t leaves = x->post[0]->leaf_count;
    struct enrolment e = {.officer = STR("lv.new"), .name = STR("New"), .password = STR("lv.new")};
    assert_int_equal(post_enrol(x->s, x->post[0], &e), ERR_STALE);
    struct release_request r = {
        .facts = &letter, .fact_count = 1, .purpose = STR("p"), .basis = STR("b"), .to = STR("by")};
    assert_int_equal(release_now(x->s, x->post[0], pair_session(x, "lv.rep"), NULL, 0, &r),
                     ERR_STALE);
    assert_int_equal(x->post[0]->leaf_count, leaves);
    assert_int_equal(count_of(x, 0, "release.drafted"), 0);
    pair_sync(x);
    OKAY_IN(x->s, post_enrol(x->s, x->post[0], &e));
    pair_sync(x);
    expect_sound(x, number);
}

static Status sign_and_fail(struct scope *s, struct post *p, void *arg)
{
    struct head_row head;
    (void)arg;
    TRY(head_sign(s, p, &head));
    return fail(s, ERR_INTERNAL, "the machine stops here");
}

/* The record may not know a head that the database lost: nobody could ever give it back. */
static void a_head_that_was_never_committed_is_not_waited_for(void **state)
{
    struct pair *x = *state = pair_open();
    Str number = pair_case(x);
    x->post[0]->cover_multiple = 16; /* a head brings leaves of its own */
    pair_say(x, "lv.duty", "letter.sent", &number, "subject=Rail", "text.lv=Viens.", NULL);
    assert_int_equal(post_write(x->s, x->post[0], sign_and_fail, NULL), ERR_INTERNAL);
    post_abandon(x->post[0]);
    x->post[0] = NULL;
    OKAY_IN(x->s, post_open(x->s, x->dir[0], &x->clock, &x->post[0]));
    assert_false(post_is_held(x->post[0]));
    pair_sync(x);
    expect_sound(x, number);
}

static void put_u64(uint8_t *at, uint64_t value)
{
    for (int i = 0; i < 8; i++)
        at[i] = (uint8_t)(value >> (56 - 8 * i));
}

/* Version, two parties of two letters, number, time: then what the sender says it holds. */
enum { HELD_LEAVES_AT = 1 + 3 + 3 + 8 + 8, HELD_OPENING_AT = HELD_LEAVES_AT + 8 };

static void the_mere_word_of_a_neighbour_holds_nobody(void **state)
{
    Str number;
    struct pair *x = refusal_news(state, &number);
    pair_sync(x);
    static const size_t places[] = {HELD_LEAVES_AT, HELD_OPENING_AT};
    for (size_t i = 0; i < COUNT_OF(places); i++) {
        struct forged *f = forged_open(x, 1);
        put_u64(forged_payload(f, 0) + places[i], 1000);
        refusal_expect(x, f, NULL, ERR_PROOF);
        assert_false(post_is_held(x->post[0]));
        assert_true(str_is(refusal_alarm(x, 0), "proof"));
    }
    struct forged *f = forged_open(x, 1);
    Str text, note;
    Hash root = tree_empty();
    size_t at = forged_find(f, RECORD_RETURN_HEAD, 0);
    assert_true(at < f->count);
    OKAY(checkpoint_text(x->s, x->post[0]->card.origin, 1000, &root, &text));
    OKAY(checkpoint_sign(x->s, text, x->post[0]->card.origin, &x->post[1]->journal_keys.keys[0],
                         &note));
    f->records[at].payload = str_bytes(note); /* not by our key */
    put_u64(forged_payload(f, 0) + HELD_LEAVES_AT, 1000);
    refusal_expect(x, f, NULL, ERR_SIGNATURE);
    assert_false(post_is_held(x->post[0]));
    refusal_goes_on(x, number);
}

/* An old copy of the folder, and of the record with it: only the neighbour can know. */
static void a_post_that_was_set_back_in_silence(void **state)
{
    struct pair *x = *state = pair_open();
    Str number = pair_case(x);
    Bytes database, record;
    const char *path = file_join(x->s, x->dir[0], "twinpost.db").ptr;
    const char *record_path = scope_print(x->s, "%s.head", x->dir[0]).ptr;
    pair_restart(x, 0);
    post_close(x->post[0]);
    OKAY(file_read(x->s, path, 64 << 20, &database));
    OKAY(file_read(x->s, record_path, 1 << 16, &record));
    OKAY_IN(x->s, post_open(x->s, x->dir[0], &x->clock, &x->post[0]));
    pair_say(x, "lv.duty", "letter.sent", &number, "subject=Rail", "text.lv=Viens.", NULL);
    pair_sync(x);
    post_close(x->post[0]);
    OKAY(file_write(x->s, path, database));
    OKAY(file_write(x->s, record_path, record));
    OKAY_IN(x->s, post_open(x->s, x->dir[0], &x->clock, &x->post[0]));
    assert_false(post_is_held(x->post[0]));
    /* by speaks first, and shows a head that lv signed. */
    OKAY_IN(x->s, pair_sync_once(x, 1));
    assert_false(post_is_held(x->post[0])); /* and has given it back already */
    assert_true(str_is(refusal_alarm(x, 0), "restore"));
    pair_sync(x);
    assert_int_equal(count_of(x, 0, "post.restored"), 1);
    assert_int_equal(refusal_alarm(x, 1).len, 0);
    expect_sound(x, number);
}

static void false_leaves_are_not_taken_back(void **state)
{
    struct pair *x = *state = pair_open();
    Str number = pair_case(x);
    const char *file = back_up(x);
    for (int i = 0; i < 3; i++)
        pair_say(x, "lv.duty", "letter.sent", &number, "subject=Rail", "text.lv=Viens.", NULL);
    pair_sync(x);
    put_back(x, file, true);
    /* lv asks; by answers with something else. */
    Bytes asked;
    struct exchange_result result;
    OKAY_IN(x->s, exchange_write(x->s, x->post[0], STR(""), &asked));
    OKAY_IN(x->s, exchange_read(x->s, x->post[1], asked, &result));
    struct forged *f = forged_open(x, 1);
    size_t at = forged_find(f, RECORD_RETURN_LEAVES, 0);
    assert_true(at < f->count);
    forged_payload(f, at)[12] ^= 1;
    refusal_expect(x, f, NULL, ERR_PROOF);
    f = forged_open(x, 1); /* fewer than the head covers */
    forged_payload(f, at)[11]--;
    f->records[at].payload.len -= HASH_BYTES;
    refusal_expect(x, f, NULL, ERR_SCHEMA);
    f = forged_open(x, 1); /* an opening of another fact's values */
    at = forged_find(f, RECORD_RETURN_OPENING, 0);
    assert_true(at < f->count);
    forged_payload(f, at)[f->records[at].payload.len - 1] ^= 1;
    refusal_expect(x, f, NULL, ERR_PROOF);
    assert_true(post_is_held(x->post[0]));
    pair_sync(x);
    expect_sound(x, number);
}

/* Signed, remembered and never given out, or lost on the way: no neighbour has it. */
static void a_head_that_nobody_holds_keeps_the_post_waiting(void **state)
{
    struct pair *x = *state = pair_open();
    Str number = pair_case(x);
    const char *file = back_up(x);
    Bytes lost;
    pair_say(x, "lv.duty", "letter.sent", &number, "subject=Rail", "text.lv=Viens.", NULL);
    OKAY_IN(x->s, exchange_write(x->s, x->post[0], STR(""), &lost));
    put_back(x, file, true);
    pair_sync(x);
    pair_sync(x);
    assert_true(post_is_held(x->post[0]));
    assert_int_equal(count_of(x, 0, "post.restored"), 0);
    /* The parcel that went astray arrives after all: the neighbour can give it back. */
    struct exchange_result result;
    OKAY_IN(x->s, exchange_read(x->s, x->post[1], lost, &result));
    pair_sync(x);
    expect_sound(x, number);
}

static void a_neighbour_that_uses_the_occasion_to_fork(void **state)
{
    struct pair *x = *state = pair_open();
    Str number = pair_case(x);
    const char *file = back_up(x);
    pair_say(x, "by.duty", "letter.sent", &number, "subject=Rail", "text.ru=Раз.", NULL);
    pair_sync(x);
    put_back(x, file, true);
    /* What lv has of the journal of by ends before the letter; by tells another story from there.
     */
    struct forged *f = forged_open(x, 1);
    size_t at = forged_find(f, RECORD_LEAVES, 0);
    assert_int_equal(at, f->count); /* acknowledged before: nothing to send */
    Bytes asked;
    struct exchange_result result;
    OKAY_IN(x->s, exchange_write(x->s, x->post[0], STR(""), &asked));
    OKAY_IN(x->s, exchange_read(x->s, x->post[1], asked, &result));
    f = forged_open(x, 1);
    at = forged_find(f, RECORD_LEAVES, 0);
    assert_true(at < f->count);
    uint8_t *leaves = forged_payload(f, at);
    leaves[12] ^= 1;
    uint64_t size = 0, held;
    for (int i = 0; i < 8; i++)
        size = size << 8 | leaves[i];
    size += (uint64_t)leaves[11];
    struct frontier front = {0};
    struct frontier_row rows[TREE_LEVELS];
    Hash root;
    {
        POST_READING(x->post[0]);
        OKAY(store_leaf_count(x->s, x->post[0]->store, x->post[0]->neighbours[0].journal, &held));
        struct tree_source source =
            store_tree_source(x->post[0]->store, x->post[0]->neighbours[0].journal, x->s);
        OKAY(frontier_load(x->s, &source, held, &front));
        for (uint64_t i = 0; i < size - held; i++) {
            Hash one;
            memcpy(one.bytes, leaves + 12 + i * HASH_BYTES, HASH_BYTES);
            one = leaf_hash_of(&one);
            frontier_add(&front, &one, rows);
        }
        root = frontier_root(&front);
    }
    Str text, note;
    OKAY(checkpoint_text(x->s, x->post[1]->card.origin, size, &root, &text));
    OKAY(checkpoint_sign(x->s, text, x->post[1]->card.origin, &x->post[1]->journal_keys.keys[0],
                         &note));
    f->records[forged_find(f, RECORD_CHECKPOINT, 0)].payload = str_bytes(note);
    for (size_t i = f->count; i-- > 0;)
        if (f->records[i].type == RECORD_OPENING) forged_remove(f, i);
    refusal_expect(x, f, NULL, ERR_FORK);
    assert_true(str_is(refusal_alarm(x, 0), "fork"));
    pair_sync(x);
    expect_sound(x, number);
}

static void a_restore_that_was_cut_off_leaves_no_post(void **state)
{
    struct pair *x = *state = pair_open();
    (void)pair_case(x);
    Bytes bytes;
    const char *file = back_up(x), *cut = file_join(x->s, x->folder, "cut.backup").ptr;
    const char *dir = file_join(x->s, x->folder, "new").ptr;
    struct post *p = NULL;
    OKAY(file_read(x->s, file, 64 << 20, &bytes));
    /* The last member is damaged: all others have been written by then. */
    uint8_t *copy = (uint8_t *)(uintptr_t)scope_bytes(x->s, bytes).ptr;
    const uint8_t *last = memmem(copy, bytes.len, "keys/tls.key", 12);
    assert_non_null(last);
    copy[last - copy + 100] ^= 1;
    OKAY(file_write(x->s, cut, bytes_of(copy, bytes.len)));
    assert_int_not_equal(backup_restore(x->s, cut, dir), OK);
    assert_int_equal(post_open(x->s, dir, &x->clock, &p), ERR_NOT_FOUND);
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
        CASE(what_was_erased_since_the_copy_is_not_seen_again),
        CASE(a_recall_that_is_not_known_any_more),
        CASE(a_held_post_states_nothing),
        CASE(a_head_that_was_never_committed_is_not_waited_for),
        CASE(the_mere_word_of_a_neighbour_holds_nobody),
        CASE(a_post_that_was_set_back_in_silence),
        CASE(false_leaves_are_not_taken_back),
        CASE(a_head_that_nobody_holds_keeps_the_post_waiting),
        CASE(a_neighbour_that_uses_the_occasion_to_fork),
        CASE(a_restore_that_was_cut_off_leaves_no_post),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
