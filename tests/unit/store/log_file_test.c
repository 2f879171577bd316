/* The write-ahead log that goes out in runs: everybody else reads it as SQLite left it, and a disk
 * that takes no more for a while loses nothing and invents nothing. */
#include "folder.h"
#include "store/sqlite/log_file.h"
#include <setjmp.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>

#include <cmocka.h>

struct fixture {
    struct scope *s;
    const char *folder, *path;
    sqlite3 *db;
};

static int run(sqlite3 *db, const char *sql)
{
    return sqlite3_exec(db, sql, NULL, NULL, NULL);
}

/* One number; -1 when there is none. */
static int64_t number(sqlite3 *db, const char *sql)
{
    sqlite3_stmt *stmt = NULL;
    int64_t out = -1;
    if (sqlite3_prepare_v2(db, sql, -1, &stmt, NULL) == SQLITE_OK &&
        sqlite3_step(stmt) == SQLITE_ROW)
        out = sqlite3_column_int64(stmt, 0);
    sqlite3_finalize(stmt);
    return out;
}

static int set_up(void **state)
{
    struct scope *s = scope_open(1 << 20);
    struct fixture *f = NEW(s, struct fixture);
    *f = (struct fixture){.s = s, .folder = folder_open(s)};
    f->path = scope_print(s, "%s/log.db", f->folder).ptr;
    assert_int_equal(
        sqlite3_open_v2(f->path, &f->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, LOG_FILE_VFS),
        SQLITE_OK);
    assert_int_equal(run(f->db, "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
                                "CREATE TABLE row (id INTEGER PRIMARY KEY, body BLOB)"),
                     SQLITE_OK);
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;
    sqlite3_close(f->db);
    folder_close(f->folder);
    scope_close(f->s);
    return 0;
}

/* As a program without our VFS reads it, while this one has it open. */
static int64_t seen_by_others(const struct fixture *f, const char *sql)
{
    sqlite3 *other;
    assert_int_equal(sqlite3_open_v2(f->path, &other, SQLITE_OPEN_READONLY, NULL), SQLITE_OK);
    int64_t out = number(other, sql);
    sqlite3_close(other);
    return out;
}

static void others_read_every_commit(void **state)
{
    struct fixture *f = *state;
    /* Of no page, of one, and of more than a run takes; the cache spills into the log meanwhile. */
    static const int bytes[] = {1, 100, 5000, 127720, 1000000, 3};
    int64_t sum = 0;
    assert_int_equal(run(f->db, "PRAGMA cache_size = 20"), SQLITE_OK);
    for (size_t i = 0; i < COUNT_OF(bytes); i++) {
        char sql[100];
        snprintf(sql, sizeof sql, "INSERT INTO row (body) VALUES (randomblob(%d))", bytes[i]);
        assert_int_equal(run(f->db, sql), SQLITE_OK);
        sum += bytes[i];
        assert_int_equal(seen_by_others(f, "SELECT sum(length(body)) FROM row"), sum);
    }
    assert_int_equal(run(f->db, "PRAGMA wal_checkpoint(TRUNCATE)"), SQLITE_OK);
    assert_int_equal(seen_by_others(f, "SELECT sum(length(body)) FROM row"), sum);
    assert_int_equal(run(f->db, "BEGIN; DELETE FROM row WHERE id > 2; ROLLBACK"), SQLITE_OK);
    assert_int_equal(seen_by_others(f, "SELECT sum(length(body)) FROM row"), sum);
}

static void files_may_have(rlim_t bytes)
{
    struct rlimit limit;
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
    limit.rlim_cur = bytes;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

static void what_could_not_be_written_is_refused_and_harms_nothing(void **state)
{
    struct fixture *f = *state;
    struct sigaction ignore = {.sa_handler = SIG_IGN}; /* of a file that would grow too long */
    assert_int_equal(sigaction(SIGXFSZ, &ignore, NULL), 0);
    for (int pages = 5; pages <= 2000; pages *= 20) { /* with and without spilling */
        char sql[100];
        snprintf(sql, sizeof sql, "PRAGMA cache_size = %d", pages);
        assert_int_equal(run(f->db, sql), SQLITE_OK);
        int64_t rows = number(f->db, "SELECT count(*) FROM row");
        files_may_have(60000);
        assert_int_not_equal(run(f->db, "INSERT INTO row (body) VALUES (randomblob(400000))"),
                             SQLITE_OK);
        assert_int_not_equal(run(f->db, "BEGIN; INSERT INTO row (body) VALUES ('small');"
                                        "INSERT INTO row (body) VALUES (randomblob(400000));"
                                        "COMMIT"),
                             SQLITE_OK);
        if (!sqlite3_get_autocommit(f->db)) run(f->db, "ROLLBACK");
        files_may_have(RLIM_INFINITY);
        assert_int_equal(seen_by_others(f, "SELECT count(*) FROM row"), rows);
        assert_int_equal(run(f->db, "INSERT INTO row (body) VALUES (randomblob(400000))"),
                         SQLITE_OK);
        assert_int_equal(seen_by_others(f, "SELECT count(*) FROM row"), rows + 1);
        assert_int_equal(seen_by_others(f, "SELECT integrity_check = 'ok' FROM"
                                           " pragma_integrity_check"),
                         1);
    }
}

int main(void)
{
    log_file_register();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(others_read_every_commit, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_could_not_be_written_is_refused_and_harms_nothing,
                                        set_up, tear_down),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
