#include "ledger.h"
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "fault.h"

#define AUTO_DB __attribute__((cleanup(db_close))) sqlite3

static void db_close(sqlite3 **db)
{
    sqlite3_close_v2(*db);
}

static Status status_of(int code)
{
    if (code == SQLITE_OK) return OK;
    return (code & 0xff) == SQLITE_NOMEM ? ERR_MEMORY : ERR_DISK;
}

void ledger_remove(const struct ledger *l)
{
    static const char *const tails[] = {"", "-journal", "-wal", "-shm"};
    for (size_t i = 0; i < sizeof tails / sizeof tails[0]; i++) {
        char name[sizeof l->path + 16];
        snprintf(name, sizeof name, "%s%s", l->path, tails[i]);
        unlink(name);
    }
}

void ledger_prepare(struct ledger *l)
{
    if (l->path[0]) ledger_remove(l);
    const char *folder = getenv("TMPDIR");
    snprintf(l->path, sizeof l->path, "%s/ledger-%ld", folder ? folder : P_tmpdir, (long)getpid());
    ledger_remove(l);
    AUTO_DB *db = NULL;
    sqlite3_open(l->path, &db);
    sqlite3_exec(db, "PRAGMA journal_mode=WAL; CREATE TABLE entry(amount INTEGER NOT NULL)", NULL,
                 NULL, NULL);
}

static int book_one(sqlite3 *db, bool careless)
{
    const char *sql = careless ? "INSERT INTO entry VALUES (5); INSERT INTO entry VALUES (-5)"
                               : "BEGIN IMMEDIATE; INSERT INTO entry VALUES (5);"
                                 "INSERT INTO entry VALUES (-5); COMMIT";
    return sqlite3_exec(db, sql, NULL, NULL, NULL);
}

Status ledger_book(const struct ledger *l, int transfers, bool tell)
{
    AUTO_DB *db = NULL;
    int code = sqlite3_open(l->path, &db);
    const char *wait = l->hasty ? "PRAGMA synchronous=OFF" : "PRAGMA synchronous=FULL";
    if (code == SQLITE_OK) code = sqlite3_exec(db, wait, NULL, NULL, NULL);
    for (int i = 0; i < transfers && code == SQLITE_OK; i++) {
        code = book_one(db, l->careless);
        if (code == SQLITE_OK && tell) crash_acknowledge();
    }
    return status_of(code);
}

static int one_number(sqlite3 *db, const char *sql)
{
    sqlite3_stmt *statement = NULL;
    int number = -1;
    if (sqlite3_prepare_v2(db, sql, -1, &statement, NULL) == SQLITE_OK &&
        sqlite3_step(statement) == SQLITE_ROW)
        number = sqlite3_column_int(statement, 0);
    sqlite3_finalize(statement);
    return number;
}

int ledger_rows(const struct ledger *l)
{
    AUTO_DB *db = NULL;
    if (sqlite3_open(l->path, &db) != SQLITE_OK) return -1;
    if (one_number(db, "SELECT count(*) FROM pragma_quick_check WHERE quick_check <> 'ok'") != 0)
        return -1;
    if (one_number(db, "SELECT coalesce(sum(amount), 0) FROM entry") != 0) return -1;
    return one_number(db, "SELECT count(*) FROM entry");
}
