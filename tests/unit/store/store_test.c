/* The connection: opening, transactions, marks, settings, copies, and what a kill leaves. */
#include "folder.h"
#include "os/file.h"
#include "store/fact.h"
#include "store/journal.h"
#include "store/neighbour.h"
#include <setjmp.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

struct fixture {
    struct scope *s;
    const char *folder;
    const char *path;
    struct store *st;
    int64_t journal;
};

#define OKAY(call) assert_int_equal((call), OK)

static int set_up(void **state)
{
    struct scope *s = scope_open(64 << 20);
    struct fixture *f = NEW(s, struct fixture);
    *f = (struct fixture){.s = s, .folder = folder_open(s)};
    f->path = file_join(s, f->folder, "post.db").ptr;
    OKAY(store_open(s, f->path, STORE_CREATE, &f->st));
    OKAY(store_journal_add(s, f->st, STR("a.example/journal"), STR("a"), true, &f->journal));
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

/* Appends commitments first .. first+count-1 in the open transaction. */
static void append(struct fixture *f, uint64_t first, size_t count)
{
    Hash *hashes = scope_array(f->s, count, sizeof *hashes);
    for (size_t i = 0; i < count; i++)
        hashes[i] = hash_number(first + i);
    OKAY(store_leaf_append(f->s, f->st, f->journal, first, hashes, count));
}

static uint64_t leaf_count(struct fixture *f)
{
    uint64_t count = 99;
    OKAY(store_leaf_count(f->s, f->st, f->journal, &count));
    return count;
}

static Hash root_at(struct fixture *f, uint64_t size)
{
    Hash root = {{0}};
    OKAY(store_tree_root(f->s, f->st, f->journal, size, &root));
    return root;
}

static void reopen(struct fixture *f, enum store_mode mode)
{
    store_close(f->st);
    f->st = NULL;
    OKAY(store_open(f->s, f->path, mode, &f->st));
}

static void a_new_database_is_private_and_is_not_made_twice(void **state)
{
    struct fixture *f = *state;
    struct store *other = NULL;
    assert_true(file_is_private(f->path));
    assert_true(file_is_private(scope_print(f->s, "%s-wal", f->path).ptr));
    assert_int_equal(store_open(f->s, f->path, STORE_CREATE, &other), ERR_DUPLICATE);
    assert_null(other);
    assert_int_equal(store_open(f->s, "no-such-folder/post.db", STORE_WRITE, &other), ERR_DISK);
    OKAY(store_check(f->s, f->st));
}

static void what_was_committed_is_there_after_reopening(void **state)
{
    struct fixture *f = *state;
    OKAY(store_begin(f->s, f->st));
    append(f, 0, 700);
    Hash root = root_at(f, 700);
    OKAY(store_setting_save(f->s, f->st, "colour", str_bytes(STR("green"))));
    OKAY(store_commit(f->s, f->st));
    reopen(f, STORE_READ);
    assert_int_equal(leaf_count(f), 700);
    Hash again = root_at(f, 700);
    assert_true(hash_eq(&root, &again));
    Bytes value;
    OKAY(store_setting_load(f->s, f->st, "colour", &value));
    assert_true(bytes_eq(value, str_bytes(STR("green"))));
    assert_int_equal(store_setting_load(f->s, f->st, "shape", &value), ERR_NOT_FOUND);
    assert_int_equal(store_setting_save(f->s, f->st, "shape", value), ERR_DISK);
}

static void a_rollback_restores_rows_and_frontier(void **state)
{
    struct fixture *f = *state;
    OKAY(store_begin(f->s, f->st));
    append(f, 0, 300);
    OKAY(store_commit(f->s, f->st));
    Hash before = root_at(f, 300);
    OKAY(store_begin(f->s, f->st));
    append(f, 300, 300);
    assert_int_equal(leaf_count(f), 600);
    store_rollback(f->st);
    assert_int_equal(leaf_count(f), 300);
    Hash after = root_at(f, 300);
    assert_true(hash_eq(&before, &after));
    store_rollback(f->st); /* nothing open: nothing happens */
    OKAY(store_begin(f->s, f->st));
    append(f, 300, 1);
    OKAY(store_commit(f->s, f->st));
    OKAY(store_check(f->s, f->st));
}

static void a_mark_is_undone_alone(void **state)
{
    struct fixture *f = *state;
    OKAY(store_begin(f->s, f->st));
    append(f, 0, 10);
    Hash ten = root_at(f, 10);
    OKAY(store_mark(f->s, f->st));
    append(f, 10, 500);
    store_mark_undo(f->st);
    assert_int_equal(leaf_count(f), 10);
    OKAY(store_mark(f->s, f->st));
    append(f, 10, 5);
    OKAY(store_mark_keep(f->s, f->st));
    OKAY(store_commit(f->s, f->st));
    assert_int_equal(leaf_count(f), 15);
    Hash again = root_at(f, 10);
    assert_true(hash_eq(&ten, &again));
    assert_int_equal(store_mark(f->s, f->st), ERR_INTERNAL);
}

static void two_connections_see_one_tree_and_write_in_turn(void **state)
{
    struct fixture *f = *state;
    struct store *other = NULL;
    OKAY(store_open(f->s, f->path, STORE_WRITE, &other));
    struct fixture second = *f;
    second.st = other;
    OKAY(store_begin(f->s, f->st));
    append(f, 0, 5);
    OKAY(store_commit(f->s, f->st));
    OKAY(store_begin(f->s, other));
    append(&second, 5, 600);
    OKAY(store_commit(f->s, other));
    Hash here = root_at(f, 605), there = root_at(&second, 605);
    assert_true(hash_eq(&here, &there));
    store_close(other);
}

static void a_copy_is_whole_while_a_transaction_is_open_elsewhere(void **state)
{
    struct fixture *f = *state;
    OKAY(store_begin(f->s, f->st));
    append(f, 0, 260);
    OKAY(store_commit(f->s, f->st));
    Hash root = root_at(f, 260);
    struct store *reader = NULL;
    OKAY(store_open(f->s, f->path, STORE_READ, &reader));
    OKAY(store_begin(f->s, f->st));
    append(f, 260, 40);
    const char *path = file_join(f->s, f->folder, "copy.db").ptr;
    OKAY(store_copy(f->s, reader, path));
    assert_int_equal(store_copy(f->s, reader, path), ERR_DUPLICATE);
    store_close(reader);
    OKAY(store_commit(f->s, f->st));
    assert_true(file_is_private(path));
    struct fixture copy = *f;
    OKAY(store_open(f->s, path, STORE_WRITE, &copy.st));
    assert_int_equal(leaf_count(&copy), 260);
    Hash copied = root_at(&copy, 260);
    assert_true(hash_eq(&root, &copied));
    OKAY(store_check(f->s, copy.st));
    store_close(copy.st);
}

static void a_kill_in_a_transaction_leaves_what_was_committed(void **state)
{
    struct fixture *f = *state;
    OKAY(store_begin(f->s, f->st));
    append(f, 0, 50);
    OKAY(store_commit(f->s, f->st));
    store_close(f->st); /* no connection may live through fork */
    f->st = NULL;
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        struct store *st = NULL;
        if (store_open(f->s, f->path, STORE_WRITE, &st) != OK) _exit(2);
        struct fixture inner = *f;
        inner.st = st;
        if (store_begin(f->s, st) != OK) _exit(3);
        append(&inner, 50, 10);
        if (store_commit(f->s, st) != OK) _exit(4);
        if (store_begin(f->s, st) != OK) _exit(5);
        append(&inner, 60, 20000); /* more than the cache: pages are in the log already */
        kill(getpid(), SIGKILL);
        _exit(6);
    }
    int ended = 0;
    assert_int_equal(waitpid(child, &ended, 0), child);
    assert_true(WIFSIGNALED(ended) && WTERMSIG(ended) == SIGKILL);
    OKAY(store_open(f->s, f->path, STORE_WRITE, &f->st));
    assert_int_equal(leaf_count(f), 60);
    OKAY(store_check(f->s, f->st));
    OKAY(store_begin(f->s, f->st));
    append(f, 60, 1);
    OKAY(store_commit(f->s, f->st));
}

static void raw_sql(struct fixture *f, const char *sql)
{
    sqlite3 *db = NULL;
    assert_int_equal(sqlite3_open(f->path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(db);
}

static void a_newer_schema_and_a_foreign_file_are_refused(void **state)
{
    struct fixture *f = *state;
    store_close(f->st);
    f->st = NULL;
    raw_sql(f, "PRAGMA user_version = 9999");
    assert_int_equal(store_open(f->s, f->path, STORE_WRITE, &f->st), ERR_DISK);
    assert_non_null(strstr(scope_reason(f->s), "newer"));
    raw_sql(f, "PRAGMA user_version = 0");
    assert_int_equal(store_open(f->s, f->path, STORE_WRITE, &f->st), ERR_DISK);
    const char *text = file_join(f->s, f->folder, "letter.txt").ptr;
    OKAY(file_write(f->s, text, str_bytes(STR("this is a letter and no database at all"))));
    assert_int_equal(store_open(f->s, text, STORE_WRITE, &f->st), ERR_DISK);
    assert_null(f->st);
}

static void truth_cannot_be_rewritten_even_by_sql(void **state)
{
    struct fixture *f = *state;
    OKAY(store_begin(f->s, f->st));
    append(f, 0, 3);
    OKAY(store_commit(f->s, f->st));
    sqlite3 *db = NULL;
    assert_int_equal(sqlite3_open(f->path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, "DELETE FROM leaf WHERE idx = 2", NULL, NULL, NULL),
                     SQLITE_CONSTRAINT);
    assert_int_equal(sqlite3_exec(db, "UPDATE leaf SET idx = 7 WHERE idx = 2", NULL, NULL, NULL),
                     SQLITE_CONSTRAINT);
    sqlite3_close(db);
    assert_int_equal(leaf_count(f), 3);
}

static const char secret[] = "Anna-Ozola-born-1990-passport-LV7777777";

static void secret_save(struct fixture *f)
{
    struct fact_row fact = {
        .journal = f->journal, .kind = STR("person.recorded"), .record = str_bytes(str_of(secret))};
    OKAY(store_begin(f->s, f->st));
    OKAY(store_fact_save(f->s, f->st, &fact));
    OKAY(store_commit(f->s, f->st));
}

static void secret_erase(struct fixture *f)
{
    OKAY(store_begin(f->s, f->st));
    OKAY(store_fact_erase(f->s, f->st, f->journal, 0, str_bytes(STR("-"))));
    OKAY(store_commit(f->s, f->st));
}

static bool secret_is_on_disk(struct fixture *f)
{
    static const char *const ends[] = {"", "-wal"};
    bool found = false;
    for (size_t i = 0; i < COUNT_OF(ends); i++) {
        Bytes bytes;
        const char *path = scope_print(f->s, "%s%s", f->path, ends[i]).ptr;
        if (file_read(f->s, path, 8 << 20, &bytes) == ERR_NOT_FOUND) continue;
        found = found || memmem(bytes.ptr, bytes.len, secret, sizeof secret - 1);
    }
    return found;
}

static void an_erased_value_is_gone_from_the_disk(void **state)
{
    struct fixture *f = *state;
    secret_save(f);
    assert_true(secret_is_on_disk(f));
    secret_erase(f);
    assert_false(secret_is_on_disk(f));
}

/* A reader keeps the log from being emptied; the next commit after it does it. */
static void an_erased_value_goes_as_soon_as_nobody_reads_it(void **state)
{
    struct fixture *f = *state;
    struct store *reader;
    uint64_t count;
    secret_save(f);
    OKAY(store_open(f->s, f->path, STORE_READ, &reader));
    OKAY(store_begin(f->s, reader));
    OKAY(store_leaf_count(f->s, reader, f->journal, &count));
    secret_erase(f);
    assert_true(secret_is_on_disk(f));
    store_close(reader);
    OKAY(store_begin(f->s, f->st));
    append(f, 0, 1);
    OKAY(store_commit(f->s, f->st));
    assert_false(secret_is_on_disk(f));
}

/* As if the process had been killed between the commit and the emptying of the log. */
static void an_erased_value_goes_when_the_database_is_opened_again(void **state)
{
    struct fixture *f = *state;
    struct store *reader;
    uint64_t count;
    secret_save(f);
    OKAY(store_open(f->s, f->path, STORE_READ, &reader));
    OKAY(store_begin(f->s, reader));
    OKAY(store_leaf_count(f->s, reader, f->journal, &count));
    secret_erase(f);
    store_abandon(f->st);
    store_abandon(reader);
    assert_true(secret_is_on_disk(f));
    OKAY(store_open(f->s, f->path, STORE_WRITE, &f->st));
    assert_false(secret_is_on_disk(f));
}

static void work_outside_a_transaction_that_could_be_torn_is_refused(void **state)
{
    struct fixture *f = *state;
    Hash hash = hash_number(1);
    assert_int_equal(store_leaf_append(f->s, f->st, f->journal, 0, &hash, 1), ERR_INTERNAL);
    assert_int_equal(store_projections_clear(f->s, f->st), ERR_INTERNAL);
    assert_int_equal(store_commit(f->s, f->st), ERR_INTERNAL);
    assert_int_equal(leaf_count(f), 0);
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        CASE(a_new_database_is_private_and_is_not_made_twice),
        CASE(what_was_committed_is_there_after_reopening),
        CASE(a_rollback_restores_rows_and_frontier),
        CASE(a_mark_is_undone_alone),
        CASE(two_connections_see_one_tree_and_write_in_turn),
        CASE(a_copy_is_whole_while_a_transaction_is_open_elsewhere),
        CASE(a_kill_in_a_transaction_leaves_what_was_committed),
        CASE(a_newer_schema_and_a_foreign_file_are_refused),
        CASE(truth_cannot_be_rewritten_even_by_sql),
        CASE(an_erased_value_is_gone_from_the_disk),
        CASE(an_erased_value_goes_as_soon_as_nobody_reads_it),
        CASE(an_erased_value_goes_when_the_database_is_opened_again),
        CASE(work_outside_a_transaction_that_could_be_torn_is_refused),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
