#include "os/file.h"
#include "schema.h"
#include "store/sqlite/connection.h"
#include "store/sqlite/log_file.h"
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

enum {
    BEGIN_WRITE,
    BEGIN_READ,
    COMMIT,
    ROLLBACK,
    MARK,
    MARK_KEEP,
    MARK_UNDO,
    SETTING_LOAD,
    SETTING_SAVE,
    INTEGRITY,
    FOREIGN_KEYS,
    COPY,
    VERSION,
};

static const char *const texts[] = {
    [BEGIN_WRITE] = "BEGIN IMMEDIATE",
    [BEGIN_READ] = "BEGIN",
    [COMMIT] = "COMMIT",
    [ROLLBACK] = "ROLLBACK",
    [MARK] = "SAVEPOINT mark",
    [MARK_KEEP] = "RELEASE mark",
    [MARK_UNDO] = "ROLLBACK TO mark",
    [SETTING_LOAD] = "SELECT value FROM setting WHERE name = ?",
    [SETTING_SAVE] = ("INSERT INTO setting (name, value) VALUES (?, ?)"
                      " ON CONFLICT (name) DO UPDATE SET value = excluded.value"),
    [INTEGRITY] = "PRAGMA integrity_check(1)",
    [FOREIGN_KEYS] = "SELECT \"table\" FROM pragma_foreign_key_check LIMIT 1",
    [COPY] = "VACUUM INTO ?",
    [VERSION] = "PRAGMA data_version",
};

const struct sql_group store_sql = {texts, COUNT_OF(texts)};

enum { BUSY_MS = 5000 };

/* A cache of 1 MiB and no mapping keep a post small. Erased values are overwritten in the file
 * (secure_delete), and the log is emptied after an erasure (store_commit). */
static const char *const settings[] = {
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",
    "PRAGMA foreign_keys = ON",
    "PRAGMA cache_size = -1024",
    "PRAGMA mmap_size = 0",
    "PRAGMA temp_store = MEMORY",
    "PRAGMA secure_delete = ON",
    "PRAGMA trusted_schema = OFF",
    "PRAGMA cell_size_check = ON",
    "PRAGMA journal_size_limit = 16777216",
    "PRAGMA wal_autocheckpoint = 3000",
};

static Status run_text(struct scope *s, struct store *st, const char *sql)
{
    return store_answer(s, st, sqlite3_exec(st->db, sql, NULL, NULL, NULL));
}

static Status version_load(struct scope *s, struct store *st, int *out)
{
    sqlite3_stmt *stmt = NULL;
    int rc = sqlite3_prepare_v2(st->db, "PRAGMA user_version", -1, &stmt, NULL);
    if (rc == SQLITE_OK) rc = sqlite3_step(stmt);
    if (rc == SQLITE_ROW) *out = sqlite3_column_int(stmt, 0);
    sqlite3_finalize(stmt);
    return store_answer(s, st, rc);
}

/* One schema file and its number, both or neither. */
static Status schema_apply(struct scope *s, struct store *st, const struct embedded *file,
                           int version)
{
    Str sql = scope_print(s, "BEGIN IMMEDIATE;%.*s;PRAGMA user_version = %d;COMMIT;",
                          (int)file->bytes.len, (const char *)file->bytes.ptr, version);
    if (sql.ptr == NULL) return ERR_MEMORY;
    Status status = run_text(s, st, sql.ptr);
    if (status != OK && !sqlite3_get_autocommit(st->db))
        sqlite3_exec(st->db, "ROLLBACK", NULL, NULL, NULL); /* closing does it too */
    return status;
}

static Status schema_check(struct scope *s, struct store *st)
{
    int version = 0;
    TRY(version_load(s, st, &version));
    int newest = (int)schema_files_count; /* the files are 0001, 0002, ... without gaps */
    if (version > newest)
        return fail(s, ERR_DISK,
                    "this post was used by a newer program (schema %d, here %d): "
                    "install that one",
                    version, newest);
    if (version == 0 && st->mode != STORE_CREATE)
        return fail(s, ERR_DISK, "this file is no database of a post");
    if (version < newest && st->mode == STORE_READ)
        return fail(s, ERR_DISK,
                    "this post was made by an older program: start it once to renew "
                    "its database");
    for (int i = version; i < newest; i++)
        TRY(schema_apply(s, st, &schema_files[i], i + 1));
    return OK;
}

static Status statements_prepare(struct scope *s, struct store *st)
{
    const struct sql_group *groups[GROUP_COUNT] = {
        [GROUP_STORE] = &store_sql,
        [GROUP_JOURNAL] = &journal_sql,
        [GROUP_TREE] = &tree_sql,
        [GROUP_FACT] = &fact_sql,
        [GROUP_OPENING] = &opening_sql,
        [GROUP_CASE] = &case_sql,
        [GROUP_NEIGHBOUR] = &neighbour_sql,
        [GROUP_BLOB] = &blob_sql,
        [GROUP_PROJECTION] = &projection_sql,
    };
    for (size_t g = 0; g < GROUP_COUNT; g++) {
        for (size_t i = 0; i < groups[g]->count; i++)
            TRY(store_answer(s, st,
                             sqlite3_prepare_v3(st->db, groups[g]->texts[i], -1,
                                                SQLITE_PREPARE_PERSISTENT, &st->statements[g][i],
                                                NULL)));
    }
    return OK;
}

/* The log still holds the bytes that a transaction replaced. Waits for nobody: a reader delays it
 * to a later commit, and to the next opening. */
static bool log_empty(struct store *st)
{
    int left = 0;
    sqlite3_busy_timeout(st->db, 0);
    int rc = sqlite3_wal_checkpoint_v2(st->db, NULL, SQLITE_CHECKPOINT_TRUNCATE, &left, NULL);
    sqlite3_busy_timeout(st->db, BUSY_MS);
    return rc == SQLITE_OK && left == 0;
}

static Status open_steps(struct scope *s, struct store *st, const char *path)
{
    int flags = st->mode == STORE_READ ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE;
    int rc = sqlite3_open_v2(path, &st->db, flags | SQLITE_OPEN_NOMUTEX, LOG_FILE_VFS);
    if (st->db == NULL) return fail(s, ERR_MEMORY, "the machine has no memory left");
    TRY(store_answer(s, st, rc));
    sqlite3_busy_timeout(st->db, BUSY_MS);
    for (size_t i = 0; i < COUNT_OF(settings); i++) {
        /* Only a writer may turn the log on; a reader finds it as it is. */
        if (st->mode == STORE_READ && strstr(settings[i], "journal_mode")) continue;
        TRY(run_text(s, st, settings[i]));
    }
    TRY(schema_check(s, st));
    TRY(statements_prepare(s, st));
    st->log_holds_erased = st->mode == STORE_WRITE && !log_empty(st); /* of who was killed */
    return OK;
}

/* No counting of SQLite's own memory: it takes a lock at every allocation. */
static void engine_set(void)
{
    sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
    log_file_register();
}

static Status create_file(struct scope *s, const char *path)
{
    /* SQLite gives its log the rights of the file, so making it 0600 first settles all three. */
    Status status = file_create(s, path);
    if (status == ERR_DUPLICATE)
        return fail(s, ERR_DUPLICATE, "there is a database at %s already", path);
    return status;
}

/* What was made before the failure goes; the failure is the one to tell. */
static Status remove_files(struct scope *s, const char *path, Status status)
{
    static const char *const ends[] = {"", "-wal", "-shm"};
    struct failure first = failure_hold(s, status);
    for (size_t i = 0; i < COUNT_OF(ends); i++) {
        Str name = scope_print(s, "%s%s", path, ends[i]);
        if (name.ptr && file_remove(s, name.ptr) != OK) continue;
    }
    return failure_tell(s, &first);
}

Status store_open(struct scope *s, const char *path, enum store_mode mode, struct store **out)
{
    bool there = true;
    if (mode == STORE_CREATE)
        TRY(create_file(s, path));
    else
        TRY(file_look(s, path, &there));
    if (!there) return fail(s, ERR_DISK, "there is no database at %s", path);
    static pthread_once_t engine = PTHREAD_ONCE_INIT;
    pthread_once(&engine, engine_set);
    struct store *st = calloc(1, sizeof *st);
    Status status = ERR_MEMORY;
    if (st) {
        st->mode = mode;
        status = frontiers_open(s, st);
        if (status == OK) status = open_steps(s, st, path);
    } else {
        status = fail(s, ERR_MEMORY, "the machine has no memory left");
    }
    if (status != OK) {
        store_close(st);
        return mode == STORE_CREATE ? remove_files(s, path, status) : status;
    }
    *out = st;
    return OK;
}

void store_close(struct store *st)
{
    if (st == NULL) return;
    for (size_t g = 0; g < GROUP_COUNT; g++)
        for (size_t i = 0; i < GROUP_STATEMENTS_MAX; i++)
            sqlite3_finalize(st->statements[g][i]);
    sqlite3_close(st->db); /* rolls back what is open */
    frontiers_close(st);
    free(st);
}

void store_abandon(struct store *st)
{
    if (st) sqlite3_db_config(st->db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
    store_close(st);
}

/* Runs one of the statements that take and give nothing. */
static Status run(struct scope *s, struct store *st, int statement)
{
    AUTO_QUERY struct query q = query_start(s, st, GROUP_STORE, statement);
    return query_run(&q, NULL);
}

/* The same for undoing, which has nobody to tell: no scope, no sentence. */
static bool run_silent(struct store *st, int statement)
{
    sqlite3_stmt *stmt = st->statements[GROUP_STORE][statement];
    sqlite3_step(stmt);
    return sqlite3_reset(stmt) == SQLITE_OK;
}

Status store_begin(struct scope *s, struct store *st)
{
    TRY(run(s, st, st->mode == STORE_READ ? BEGIN_READ : BEGIN_WRITE));
    st->open = true;
    st->transaction++;
    st->erased = false;
    return OK;
}

Status store_commit(struct scope *s, struct store *st)
{
    Status status = transaction_check(s, st);
    if (status == OK) status = run(s, st, COMMIT);
    if (status != OK) {
        store_rollback(st);
        return status;
    }
    st->open = false;
    st->log_holds_erased = st->log_holds_erased || st->erased;
    st->erased = false;
    if (st->log_holds_erased) st->log_holds_erased = !log_empty(st);
    return OK;
}

Status store_merge(struct scope *s, struct store *st)
{
    int left = 0, moved = 0;
    int rc = sqlite3_wal_checkpoint_v2(st->db, NULL, SQLITE_CHECKPOINT_TRUNCATE, &left, &moved);
    TRY(store_answer(s, st, rc));
    return left == 0 ? OK : fail(s, ERR_BUSY, "somebody reads the database: try again");
}

void store_rollback(struct store *st)
{
    store_forget(st);
    if (!sqlite3_get_autocommit(st->db)) run_silent(st, ROLLBACK);
    st->open = false;
    st->erased = false;
}

uint64_t store_changes(const struct store *st)
{
    return (uint64_t)sqlite3_total_changes64(st->db);
}

Status store_mark(struct scope *s, struct store *st)
{
    TRY(transaction_check(s, st));
    return run(s, st, MARK);
}

Status store_mark_keep(struct scope *s, struct store *st)
{
    return run(s, st, MARK_KEEP);
}

void store_mark_undo(struct store *st)
{
    store_forget(st);
    if (sqlite3_get_autocommit(st->db)) return;
    /* What cannot be undone in part is undone whole; every further query then says so. */
    if (!run_silent(st, MARK_UNDO) || !run_silent(st, MARK_KEEP)) run_silent(st, ROLLBACK);
}

bool store_has_changed(struct store *st)
{
    sqlite3_stmt *stmt = st->statements[GROUP_STORE][VERSION];
    int64_t version = sqlite3_step(stmt) == SQLITE_ROW ? sqlite3_column_int64(stmt, 0) : -1;
    bool changed = version < 0 || version != st->version;
    sqlite3_reset(stmt);
    st->version = version;
    if (changed) store_forget(st);
    return changed;
}

Status store_setting_load(struct scope *s, struct store *st, const char *name, Bytes *out)
{
    AUTO_QUERY struct query q = query_start(s, st, GROUP_STORE, SETTING_LOAD);
    bind_str(&q, str_of(name));
    bool row;
    TRY(query_next(&q, &row));
    if (!row) return fail(s, ERR_NOT_FOUND, "the setting %s is not set", name);
    Bytes value = take_bytes(&q);
    TRY(query_check(&q));
    *out = value;
    return OK;
}

Status store_setting_save(struct scope *s, struct store *st, const char *name, Bytes value)
{
    AUTO_QUERY struct query q = query_start(s, st, GROUP_STORE, SETTING_SAVE);
    bind_str(&q, str_of(name));
    bind_bytes(&q, value);
    return query_run(&q, NULL);
}

Status store_check(struct scope *s, struct store *st)
{
    AUTO_QUERY struct query sound = query_start(s, st, GROUP_STORE, INTEGRITY);
    bool row;
    TRY(query_next(&sound, &row));
    Str verdict = row ? take_str(&sound) : (Str){NULL, 0};
    TRY(query_check(&sound));
    if (!str_is(verdict, "ok"))
        return fail(s, ERR_DISK,
                    "the database is damaged (%.*s): stop the post and restore a "
                    "backup",
                    STR_ARG(verdict));
    AUTO_QUERY struct query keys = query_start(s, st, GROUP_STORE, FOREIGN_KEYS);
    TRY(query_next(&keys, &row));
    if (!row) return OK;
    Str table = take_str(&keys);
    TRY(query_check(&keys));
    return fail(s, ERR_DISK, "the database is damaged: %.*s names a row that is not there",
                STR_ARG(table));
}

Status store_copy(struct scope *s, struct store *st, const char *path)
{
    TRY(create_file(s, path));
    AUTO_QUERY struct query q = query_start(s, st, GROUP_STORE, COPY);
    bind_str(&q, str_of(path));
    Status status = query_run(&q, NULL);
    /* VACUUM INTO takes a file whose size cannot be read for one that holds something already. */
    if (status == ERR_INTERNAL)
        status = fail(s, ERR_DISK, "the copy %s could not be written: %s", path, scope_reason(s));
    if (status == OK) status = file_sync(s, path);
    return status == OK ? OK : remove_files(s, path, status);
}
