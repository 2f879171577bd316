/* store/sqlite/connection.h - inner side of the store: the connection and its statements in use.
 * Every statement is prepared when the store opens, so that nothing (least of all ROLLBACK) has to
 * be parsed when memory or disk is short. Never leaves store/sqlite. */
#pragma once
#include "base/hash.h"
#include "store/store.h"
#include <sqlite3.h>

/* SQL stands beside the functions that use it: one table of texts a file, indexed by its enum. */
struct sql_group {
    const char *const *texts;
    size_t count;
};

enum group {
    GROUP_STORE,
    GROUP_JOURNAL,
    GROUP_TREE,
    GROUP_FACT,
    GROUP_OPENING,
    GROUP_CASE,
    GROUP_NEIGHBOUR,
    GROUP_BLOB,
    GROUP_PROJECTION,
    GROUP_COUNT
};

extern const struct sql_group store_sql, journal_sql, tree_sql, fact_sql, opening_sql, case_sql,
    neighbour_sql, blob_sql, projection_sql;

enum { GROUP_STATEMENTS_MAX = 32, FRONTIERS_MAX = 8, RECORD_BYTES_MAX = 1024 * 1024 };

struct frontier_slot;

/* How far the facts of a journal are sorted into case_fact, as read in a transaction. */
struct sorting {
    int64_t journal; /* 0: not known */
    uint64_t transaction;
    uint64_t end; /* facts below this index are sorted in */
};

/* How many openings of a journal a neighbour has, as read in a transaction and counted since. */
struct numbering {
    int64_t journal; /* 0: not known */
    int64_t neighbour;
    uint64_t transaction, count;
};

struct store {
    sqlite3 *db;
    enum store_mode mode;
    bool open;            /* between store_begin and commit or rollback, as the caller sees it */
    uint64_t transaction; /* how many were begun */
    int64_t version;      /* of the database, as other connections' commits move it; 0 before the
                             first look */
    bool erased; /* the open transaction replaced a record whose old bytes must not stay on disk */
    bool log_holds_erased; /* a committed one did, and the log could not be emptied yet */
    sqlite3_stmt *statements[GROUP_COUNT][GROUP_STATEMENTS_MAX];
    struct frontier_slot *frontiers; /* FRONTIERS_MAX of them, see tree.c */
    struct sorting sorting;          /* of the journal that got the last fact */
    struct numbering numbering;      /* of the last opening */
};

/* Memory for the edges of the trees, and what it holds of them forgotten. */
MUST_USE Status frontiers_open(struct scope *s, struct store *st);
void frontiers_close(struct store *st);
void frontiers_forget(struct store *st);

/* Forgets all that is kept in memory about rows, after any failure, rollback or undo. */
void store_forget(struct store *st);

/* What SQLite's answer means to us, as a sentence; SQLITE_OK, ROW and DONE are OK. */
MUST_USE Status store_answer(struct scope *s, struct store *st, int rc);

/* A statement in use. Values are bound and columns taken in order. A failure sticks, so a row is
 * read without a check a column; query_next, query_run and query_check report it. */
struct query {
    struct scope *scope;
    struct store *store;
    sqlite3_stmt *stmt;
    int bound;
    int taken;
    Status status;
};

/* Takes a prepared statement into use; one use at a time. After a failure that undid the open
 * transaction every query fails until it is rolled back: none may slip through on its own. */
struct query query_start(struct scope *s, struct store *st, enum group group, int statement);
void query_release(struct query *q);
#define AUTO_QUERY __attribute__((cleanup(query_release)))

/* Bound bytes must live until the query is released. */
void bind_int(struct query *q, int64_t value);
void bind_u64(struct query *q, uint64_t value); /* ERR_LIMIT above 2^63 - 1 */
void bind_str(struct query *q, Str text);
void bind_bytes(struct query *q, Bytes bytes);
void bind_hash(struct query *q, const Hash *hash);

/* Runs to the end; rows are not expected. `out_changed` may be NULL. */
MUST_USE Status query_run(struct query *q, int *out_changed);

/* The next row. */
MUST_USE Status query_next(struct query *q, bool *out_row);

/* Reports a failure to take a column of the row at hand. */
MUST_USE Status query_check(const struct query *q);

/* Columns of the row, copied into the scope. Text and bytes have a pointer also when empty. */
int64_t take_int(struct query *q);
uint64_t take_u64(struct query *q);
bool take_bool(struct query *q);
Str take_str(struct query *q);
Bytes take_bytes(struct query *q);
Hash take_hash(struct query *q);

/* A list that grows in the scope: room for one more item of `size`; NULL without memory. */
void *list_room(struct scope *s, void *items, size_t count, size_t size);

/* ERR_INTERNAL unless a transaction is open: for what must not be torn in two. ERR_DISK when a
 * failure has undone the one that was. */
MUST_USE Status transaction_check(struct scope *s, struct store *st);
