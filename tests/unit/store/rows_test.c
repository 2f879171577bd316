/* Rows of every noun: facts, openings, cases, heads, alarms, neighbours, blobs, the queue. */
#include "folder.h"
#include "os/file.h"
#include "store/fact.h"
#include "store/journal.h"
#include "store/neighbour.h"
#include "store/sqlite/connection.h"
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

struct fixture {
    struct scope *s;
    const char *folder;
    struct store *st;
    int64_t own, theirs, neighbour;
};

#define OKAY(call) assert_int_equal((call), OK)

static int set_up(void **state)
{
    struct scope *s = scope_open(64 << 20);
    struct fixture *f = NEW(s, struct fixture);
    *f = (struct fixture){.s = s, .folder = folder_open(s)};
    OKAY(store_open(s, file_join(s, f->folder, "post.db").ptr, STORE_CREATE, &f->st));
    OKAY(store_journal_add(s, f->st, STR("a.example/journal"), STR("a"), true, &f->own));
    OKAY(store_journal_add(s, f->st, STR("b.example/journal"), STR("b"), false, &f->theirs));
    OKAY(store_neighbour_add(s, f->st, STR("b"), STR("card of b"), &f->neighbour));
    OKAY(store_begin(s, f->st));
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;
    store_close(f->st);
    folder_close(f->folder);
    scope_close(f->s);
    return 0;
}

static Hash hash_number(uint64_t n)
{
    struct hasher h;
    hash_start(&h);
    hash_add_u64(&h, n);
    return hash_finish(&h);
}

static struct fact_row fact_at(int64_t journal, uint64_t index)
{
    return (struct fact_row){.journal = journal,
                             .index = index,
                             .kind = index % 2 ? STR("notice.sent") : STR("incident.registered"),
                             .case_number = index % 3 ? STR("A-2026-AAAA") : STR(""),
                             .officer = STR("a.duty"),
                             .at = {(int64_t)index * US_PER_SECOND},
                             .body = hash_number(index),
                             .record = str_bytes(STR("record"))};
}

static void a_fact_comes_back_as_it_was_saved(void **state)
{
    struct fixture *f = *state;
    struct fact_row fact = fact_at(f->own, 5), back;
    OKAY(store_fact_save(f->s, f->st, &fact));
    OKAY(store_fact_load(f->s, f->st, f->own, 5, &back));
    assert_true(str_eq(back.kind, fact.kind));
    assert_true(str_eq(back.case_number, fact.case_number));
    assert_true(str_eq(back.officer, fact.officer));
    assert_int_equal(back.at.us, fact.at.us);
    assert_true(hash_eq(&back.body, &fact.body));
    assert_true(bytes_eq(back.record, fact.record));
    assert_int_equal(back.opening, 0);
    assert_false(back.refused);
    OKAY(store_fact_refuse(f->s, f->st, f->own, 5, true));
    OKAY(store_fact_load(f->s, f->st, f->own, 5, &back));
    assert_true(back.refused);
    assert_int_equal(store_fact_load(f->s, f->st, f->theirs, 5, &back), ERR_NOT_FOUND);
    assert_int_equal(store_fact_refuse(f->s, f->st, f->theirs, 5, true), ERR_NOT_FOUND);
    uint64_t index = 0;
    assert_int_equal(store_fact_by_body(f->s, f->st, f->theirs, &fact.body, &index), ERR_NOT_FOUND);
    struct fact_row other = fact_at(f->theirs, 5);
    OKAY(store_fact_save(f->s, f->st, &other));
    OKAY(store_fact_by_body(f->s, f->st, f->theirs, &other.body, &index));
    assert_int_equal(index, 5);
}

static void an_own_fact_is_written_once_and_theirs_may_grow(void **state)
{
    struct fixture *f = *state;
    struct fact_row own = fact_at(f->own, 1), theirs = fact_at(f->theirs, 1), back;
    OKAY(store_fact_save(f->s, f->st, &own));
    OKAY(store_fact_save(f->s, f->st, &theirs));
    own.record = theirs.record = str_bytes(STR("a longer record"));
    assert_int_equal(store_fact_save(f->s, f->st, &own), ERR_DUPLICATE);
    OKAY(store_fact_save(f->s, f->st, &theirs));
    OKAY(store_fact_load(f->s, f->st, f->own, 1, &back));
    assert_true(bytes_eq(back.record, str_bytes(STR("record"))));
    OKAY(store_fact_load(f->s, f->st, f->theirs, 1, &back));
    assert_true(bytes_eq(back.record, theirs.record));
    uint8_t *long_record = scope_alloc(f->s, (1 << 20) + 1);
    own = fact_at(f->own, 2);
    own.record = bytes_of(long_record, (1 << 20) + 1);
    assert_int_equal(store_fact_save(f->s, f->st, &own), ERR_LIMIT);
}

static void facts_are_found_by_case_by_kind_and_in_order(void **state)
{
    struct fixture *f = *state;
    for (uint64_t i = 30; i-- > 0;) {
        struct fact_row own = fact_at(f->own, i), theirs = fact_at(f->theirs, i);
        OKAY(store_fact_save(f->s, f->st, &theirs));
        OKAY(store_fact_save(f->s, f->st, &own));
    }
    struct fact_row *rows;
    size_t count;
    OKAY(store_fact_of_case(f->s, f->st, STR("A-2026-AAAA"), &rows, &count));
    assert_int_equal(count, 40);
    for (size_t i = 1; i < count; i++)
        assert_true(rows[i - 1].journal < rows[i].journal ||
                    (rows[i - 1].journal == rows[i].journal && rows[i - 1].index < rows[i].index));
    OKAY(store_fact_of_case(f->s, f->st, STR(""), &rows, &count));
    assert_int_equal(count, 0);
    OKAY(store_fact_of_kind(f->s, f->st, f->own, STR("notice.sent"), &rows, &count));
    assert_int_equal(count, 15);
    assert_int_equal(rows[14].index, 29);
    OKAY(store_fact_list(f->s, f->st, f->theirs, 25, 3, &rows, &count));
    assert_int_equal(count, 3);
    assert_int_equal(rows[0].index, 25);
}

enum { CASES = 7, FACTS = 1500 };

static Str case_of(const struct fixture *f, uint64_t index)
{
    return index % (CASES + 1) ? scope_print(f->s, "A-2026-%" PRIu64, index % (CASES + 1))
                               : STR("");
}

/* As many of each case as were saved, without a double. */
static void expect_found(const struct fixture *f, const size_t *saved)
{
    for (uint64_t i = 1; i <= CASES; i++) {
        struct fact_row *rows;
        size_t count;
        OKAY(store_fact_of_case(f->s, f->st, case_of(f, i), &rows, &count));
        assert_int_equal(count, saved[i]);
        for (size_t n = 0; n < count; n++) {
            assert_true(str_eq(rows[n].case_number, case_of(f, i)));
            assert_true(n == 0 || rows[n - 1].journal < rows[n].journal ||
                        rows[n - 1].index < rows[n].index);
        }
    }
}

/* Nor does a statement read all rows to make an index for itself, as SQLite does where it sees
 * none. */
static void expect_no_index_made(const struct fixture *f)
{
    for (sqlite3_stmt *s = sqlite3_next_stmt(f->st->db, NULL); s;
         s = sqlite3_next_stmt(f->st->db, s))
        if (sqlite3_stmt_status(s, SQLITE_STMTSTATUS_AUTOINDEX, 0) > 0)
            fail_msg("indexes for itself: %s", sqlite3_sql(s));
}

/* More than wait at the end of a journal, with gaps, late ones, and one that changes its case. */
static void facts_of_a_case_are_found_before_and_after_they_are_sorted_in(void **state)
{
    struct fixture *f = *state;
    size_t saved[CASES + 1] = {0};
    for (uint64_t i = 0; i < 2 * FACTS; i++) {
        /* Of the own journal all, of theirs every third first and the others later. */
        uint64_t index = i < FACTS ? i : (i - FACTS) * 3 % FACTS + (i - FACTS) * 3 / FACTS;
        struct fact_row row = fact_at(i < FACTS ? f->own : f->theirs, index);
        row.case_number = case_of(f, index);
        OKAY(store_fact_save(f->s, f->st, &row));
        saved[index % (CASES + 1)]++;
        if (i % 500 == 499) expect_found(f, saved);
    }
    expect_found(f, saved);
    for (uint64_t index = 10; index < FACTS; index += FACTS - 20) {
        struct fact_row row = fact_at(f->theirs, index);
        row.case_number = case_of(f, 3);
        OKAY(store_fact_save(f->s, f->st, &row));
        saved[index % (CASES + 1)]--;
        saved[3]++;
    }
    expect_found(f, saved);
    OKAY(store_projections_clear(f->s, f->st));
    for (uint64_t i = 1; i <= CASES; i++)
        saved[i] = (FACTS - i + CASES) / (CASES + 1);
    expect_found(f, saved);
    expect_no_index_made(f);
}

static struct opening_row opening_at(const struct fixture *f, uint64_t number, uint64_t index)
{
    return (struct opening_row){.journal = f->own,
                                .neighbour = f->neighbour,
                                .number = number,
                                .index = index,
                                .record = str_bytes(STR("0123456789")),
                                .kind = STR("notice.sent"),
                                .at = {77}};
}

static void openings_are_numbered_without_gaps(void **state)
{
    struct fixture *f = *state;
    struct fact_row fact = fact_at(f->own, 4);
    OKAY(store_fact_save(f->s, f->st, &fact));
    for (uint64_t i = 1; i <= 6; i++) {
        struct opening_row row = opening_at(f, i, i % 2 ? 4 : 9);
        OKAY(store_opening_append(f->s, f->st, &row));
    }
    struct opening_row again = opening_at(f, 6, 4), gap = opening_at(f, 8, 4);
    assert_int_equal(store_opening_append(f->s, f->st, &again), ERR_STALE);
    assert_int_equal(store_opening_append(f->s, f->st, &gap), ERR_STALE);
    uint64_t number;
    OKAY(store_opening_count(f->s, f->st, f->own, f->neighbour, &number));
    assert_int_equal(number, 6);
    OKAY(store_opening_count(f->s, f->st, f->theirs, f->neighbour, &number));
    assert_int_equal(number, 0);
    OKAY(store_fact_load(f->s, f->st, f->own, 4, &fact));
    assert_int_equal(fact.opening, 1);
    assert_int_equal(fact.neighbour, f->neighbour);
    struct opening_row *rows;
    size_t count;
    OKAY(store_opening_of_fact(f->s, f->st, f->own, f->neighbour, 4, &rows, &count));
    assert_int_equal(count, 3);
    assert_int_equal(rows[2].number, 5);
    OKAY(store_opening_list(f->s, f->st, f->own, f->neighbour, 1, 100, 25, &rows, &count));
    assert_int_equal(count, 3); /* ten bytes each: the third passes 25 */
    assert_int_equal(rows[0].number, 2);
    OKAY(store_opening_list(f->s, f->st, f->own, f->neighbour, 1, 2, 1000, &rows, &count));
    assert_int_equal(count, 2);
    OKAY(store_opening_erase(f->s, f->st, f->own, f->neighbour, 3, str_bytes(STR("x"))));
    assert_int_equal(store_opening_erase(f->s, f->st, f->own, f->neighbour, 7, str_bytes(STR("x"))),
                     ERR_NOT_FOUND);
    OKAY(store_opening_list(f->s, f->st, f->own, f->neighbour, 2, 1, 0, &rows, &count));
    assert_int_equal(count, 1);
    assert_int_equal(rows[0].record.len, 1);
}

/* What is counted in memory goes back with what is undone. */
static void counts_go_back_after_an_undo(void **state)
{
    struct fixture *f = *state;
    struct fact_row *rows;
    size_t count;
    for (int round = 0; round < 2; round++) {
        struct opening_row opening = opening_at(f, 1, 4);
        opening.fact_comes = true; /* and brings the number along */
        OKAY(store_mark(f->s, f->st));
        OKAY(store_opening_append(f->s, f->st, &opening));
        for (uint64_t i = 0; i < 600; i++) {
            struct fact_row row = fact_at(f->own, i);
            row.case_number = case_of(f, 1);
            row.opening = i == 4;
            OKAY(store_fact_save(f->s, f->st, &row));
        }
        if (round == 0) store_mark_undo(f->st);
    }
    OKAY(store_fact_of_case(f->s, f->st, case_of(f, 1), &rows, &count));
    assert_int_equal(count, 600);
    assert_int_equal(rows[4].opening, 1);
}

/* What an opening shares with its fact is kept once, and each may be erased by itself. */
static void an_opening_may_be_the_record_of_its_fact(void **state)
{
    struct fixture *f = *state;
    struct fact_row fact = fact_at(f->own, 4);
    OKAY(store_fact_save(f->s, f->st, &fact));
    for (uint64_t i = 1; i <= 2; i++) {
        struct opening_row row = opening_at(f, i, 4);
        row.record = fact.record;
        row.is_fact = true;
        OKAY(store_opening_append(f->s, f->st, &row));
    }
    struct opening_row *rows;
    size_t count;
    OKAY(store_opening_erase(f->s, f->st, f->own, f->neighbour, 2, str_bytes(STR("x"))));
    OKAY(store_opening_of_fact(f->s, f->st, f->own, f->neighbour, 4, &rows, &count));
    assert_int_equal(count, 2);
    assert_true(bytes_eq(rows[0].record, fact.record));
    assert_true(bytes_eq(rows[1].record, str_bytes(STR("x"))));
    OKAY(store_fact_erase(f->s, f->st, f->own, 4, str_bytes(STR("erased"))));
    OKAY(store_opening_list(f->s, f->st, f->own, f->neighbour, 0, 10, 1000, &rows, &count));
    assert_true(bytes_eq(rows[0].record, str_bytes(STR("erased"))));
    assert_true(bytes_eq(rows[1].record, str_bytes(STR("x"))));
}

static void a_case_is_listed_once_and_answers_to_its_aliases(void **state)
{
    struct fixture *f = *state;
    struct case_row first = {.number = STR("A-2026-AAAA"),
                             .primary_number = STR("A-2026-AAAA"),
                             .changed = {10},
                             .facts_own = 3};
    struct case_row alias = {
        .number = STR("B-2026-BBBB"), .primary_number = STR("A-2026-AAAA"), .changed = {30}};
    struct case_row other = {
        .number = STR("B-2026-CCCC"), .primary_number = STR("B-2026-CCCC"), .changed = {20}};
    OKAY(store_case_save(f->s, f->st, &alias));
    OKAY(store_case_save(f->s, f->st, &first));
    OKAY(store_case_save(f->s, f->st, &other));
    first.facts_theirs = 2;
    OKAY(store_case_save(f->s, f->st, &first));
    struct case_row *rows, back;
    Str *numbers;
    size_t count;
    OKAY(store_case_list(f->s, f->st, 0, 10, &rows, &count));
    assert_int_equal(count, 2);
    assert_true(str_is(rows[0].number, "B-2026-CCCC"));
    assert_int_equal(rows[1].facts_theirs, 2);
    OKAY(store_case_list(f->s, f->st, 1, 10, &rows, &count));
    assert_int_equal(count, 1);
    OKAY(store_case_load(f->s, f->st, STR("B-2026-BBBB"), &back));
    assert_true(str_is(back.primary_number, "A-2026-AAAA"));
    OKAY(store_case_numbers(f->s, f->st, STR("A-2026-AAAA"), &numbers, &count));
    assert_int_equal(count, 2);
    assert_true(str_is(numbers[0], "A-2026-AAAA"));
    assert_int_equal(store_case_load(f->s, f->st, STR("none"), &back), ERR_NOT_FOUND);
}

static void heads_are_found_by_size_and_by_cosignature(void **state)
{
    struct fixture *f = *state;
    struct head_row back;
    uint64_t below = 9;
    assert_int_equal(store_head_newest(f->s, f->st, f->own, false, &back), ERR_NOT_FOUND);
    OKAY(store_head_cosigned_below(f->s, f->st, f->own, 100, &below));
    assert_int_equal(below, 0);
    for (uint64_t size = 10; size <= 40; size += 10) {
        struct head_row head = {size, STR("note"), size == 20};
        OKAY(store_head_save(f->s, f->st, f->own, &head));
    }
    OKAY(store_head_newest(f->s, f->st, f->own, false, &back));
    assert_int_equal(back.size, 40);
    OKAY(store_head_newest(f->s, f->st, f->own, true, &back));
    assert_int_equal(back.size, 20);
    OKAY(store_head_save(f->s, f->st, f->own, &(struct head_row){30, STR("note + line"), true}));
    OKAY(store_head_load(f->s, f->st, f->own, 30, &back));
    assert_true(back.cosigned && str_is(back.note, "note + line"));
    OKAY(store_head_cosigned_below(f->s, f->st, f->own, 29, &below));
    assert_int_equal(below, 20);
}

static void the_same_alarm_is_kept_once(void **state)
{
    struct fixture *f = *state;
    struct alarm_row alarm = {
        STR("b"), STR("fork"), {5}, STR("two roots of size 7"), str_bytes(STR("the note"))};
    OKAY(store_alarm_add(f->s, f->st, &alarm));
    alarm.at.us = 6;
    OKAY(store_alarm_add(f->s, f->st, &alarm));
    alarm.evidence = str_bytes(STR("another note"));
    OKAY(store_alarm_add(f->s, f->st, &alarm));
    struct alarm_row *rows;
    size_t count;
    OKAY(store_alarm_list(f->s, f->st, &rows, &count));
    assert_int_equal(count, 2);
    assert_int_equal(rows[0].at.us, 5);
    alarm.what = STR("rumour");
    assert_int_equal(store_alarm_add(f->s, f->st, &alarm), ERR_INTERNAL);
}

static void neighbours_keys_and_the_queue_are_kept(void **state)
{
    struct fixture *f = *state;
    struct neighbour_row row, *rows;
    int64_t id;
    assert_int_equal(store_neighbour_add(f->s, f->st, STR("b"), STR("x"), &id), ERR_DUPLICATE);
    assert_int_equal(store_journal_add(f->s, f->st, STR("c.example"), STR("b"), false, &id),
                     ERR_DUPLICATE);
    OKAY(store_neighbour_load(f->s, f->st, STR("b"), &row));
    row.confirmed = true;
    row.parcel_in = 12;
    row.cosigned_sent = 13;
    OKAY(store_neighbour_save(f->s, f->st, &row));
    size_t count;
    OKAY(store_neighbour_list(f->s, f->st, &rows, &count));
    assert_int_equal(count, 1);
    assert_true(rows[0].confirmed && rows[0].parcel_in == 12 && rows[0].cosigned_sent == 13);
    assert_int_equal(store_neighbour_load(f->s, f->st, STR("c"), &row), ERR_NOT_FOUND);
    Bytes sealed;
    OKAY(store_key_save(f->s, f->st, STR("a.rep"), str_bytes(STR("one"))));
    OKAY(store_key_save(f->s, f->st, STR("a.rep"), str_bytes(STR("two"))));
    OKAY(store_key_load(f->s, f->st, STR("a.rep"), &sealed));
    assert_true(bytes_eq(sealed, str_bytes(STR("two"))));
    assert_int_equal(store_key_load(f->s, f->st, STR("a.none"), &sealed), ERR_NOT_FOUND);
    struct queue_row *queue;
    OKAY(store_queue_add(f->s, f->st, STR("a.rep"), (Instant){1}, str_bytes(STR("first"))));
    OKAY(store_queue_add(f->s, f->st, STR("a.rep"), (Instant){2}, str_bytes(STR("second"))));
    OKAY(store_queue_list(f->s, f->st, &queue, &count));
    assert_int_equal(count, 2);
    OKAY(store_queue_remove(f->s, f->st, queue[0].id));
    assert_int_equal(store_queue_remove(f->s, f->st, queue[0].id), ERR_NOT_FOUND);
    OKAY(store_queue_list(f->s, f->st, &queue, &count));
    assert_true(count == 1 && bytes_eq(queue[0].draft, str_bytes(STR("second"))));
}

static void an_arriving_blob_counts_its_pieces(void **state)
{
    struct fixture *f = *state;
    struct blob_row blob = {.handle = STR("00112233445566778899aabbccddeeff"),
                            .sha256 = hash_number(1),
                            .pieces_root = hash_number(2),
                            .size = 5 << 20,
                            .media_type = STR("video/mp4"),
                            .neighbour = f->neighbour,
                            .opening = 4};
    OKAY(store_blob_save(f->s, f->st, &blob));
    Hash leaf = hash_number(3);
    OKAY(store_piece_save(f->s, f->st, blob.handle, 4, &leaf));
    OKAY(store_piece_save(f->s, f->st, blob.handle, 1, &leaf));
    OKAY(store_piece_save(f->s, f->st, blob.handle, 1, &leaf));
    struct blob_row back, *rows;
    OKAY(store_blob_by_opening(f->s, f->st, f->neighbour, 4, &back));
    assert_int_equal(back.pieces_held, 2);
    assert_true(hash_eq(&back.pieces_root, &blob.pieces_root));
    uint64_t *pieces;
    size_t count;
    OKAY(store_piece_list(f->s, f->st, blob.handle, &pieces, &count));
    assert_true(count == 2 && pieces[0] == 1 && pieces[1] == 4);
    OKAY(store_blob_list(f->s, f->st, true, &rows, &count));
    assert_int_equal(count, 1);
    blob.complete = true;
    OKAY(store_blob_save(f->s, f->st, &blob));
    OKAY(store_blob_list(f->s, f->st, true, &rows, &count));
    assert_int_equal(count, 0);
    OKAY(store_blob_list(f->s, f->st, false, &rows, &count));
    assert_int_equal(count, 1);
    assert_int_equal(store_blob_load(f->s, f->st, STR("none"), &back), ERR_NOT_FOUND);
}

static void projections_are_cleared_and_compared(void **state)
{
    struct fixture *f = *state;
    Hash leaves[600];
    for (uint64_t i = 0; i < 600; i++)
        leaves[i] = hash_number(i);
    OKAY(store_leaf_append(f->s, f->st, f->own, 0, leaves, 600));
    struct fact_row own = fact_at(f->own, 1), theirs = fact_at(f->theirs, 1);
    struct case_row row = {.number = STR("A-2026-AAAA"), .primary_number = STR("A-2026-AAAA")};
    OKAY(store_fact_save(f->s, f->st, &own));
    OKAY(store_fact_save(f->s, f->st, &theirs));
    OKAY(store_case_save(f->s, f->st, &row));
    uint8_t before[32], cleared[32], after[32];
    OKAY(store_projections_digest(f->s, f->st, before));
    OKAY(store_projections_clear(f->s, f->st));
    OKAY(store_projections_digest(f->s, f->st, cleared));
    assert_memory_not_equal(before, cleared, 32);
    assert_int_equal(store_fact_load(f->s, f->st, f->theirs, 1, &theirs), ERR_NOT_FOUND);
    OKAY(store_fact_load(f->s, f->st, f->own, 1, &own));
    theirs = fact_at(f->theirs, 1);
    OKAY(store_case_save(f->s, f->st, &row));
    OKAY(store_fact_save(f->s, f->st, &theirs));
    OKAY(store_projections_digest(f->s, f->st, after));
    assert_memory_equal(before, after, 32);
}

static void a_number_past_what_sqlite_holds_is_refused(void **state)
{
    struct fixture *f = *state;
    struct fact_row fact = fact_at(f->own, UINT64_MAX);
    assert_int_equal(store_fact_save(f->s, f->st, &fact), ERR_LIMIT);
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        CASE(a_fact_comes_back_as_it_was_saved),
        CASE(an_own_fact_is_written_once_and_theirs_may_grow),
        CASE(facts_are_found_by_case_by_kind_and_in_order),
        CASE(facts_of_a_case_are_found_before_and_after_they_are_sorted_in),
        CASE(openings_are_numbered_without_gaps),
        CASE(counts_go_back_after_an_undo),
        CASE(an_opening_may_be_the_record_of_its_fact),
        CASE(a_case_is_listed_once_and_answers_to_its_aliases),
        CASE(heads_are_found_by_size_and_by_cosignature),
        CASE(the_same_alarm_is_kept_once),
        CASE(neighbours_keys_and_the_queue_are_kept),
        CASE(an_arriving_blob_counts_its_pieces),
        CASE(projections_are_cleared_and_compared),
        CASE(a_number_past_what_sqlite_holds_is_refused),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
