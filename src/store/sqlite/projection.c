#include "store/journal.h"
#include "store/sqlite/tree.h"

enum { CLEAR_FACTS, CLEAR_SUBTREES, CLEAR_CASES, DUMP_FACTS, DUMP_SUBTREES, DUMP_CASES };

static const char *const texts[] = {
    [CLEAR_FACTS] = "DELETE FROM fact WHERE journal IN (SELECT id FROM journal WHERE NOT own)",
    [CLEAR_SUBTREES] = "DELETE FROM subtree",
    [CLEAR_CASES] = "DELETE FROM case_row",
    /* Without the row id, which only tells in which order rows came. */
    [DUMP_FACTS] =
        ("SELECT journal, idx, kind, case_number, officer, at, opening, neighbour,"
         " refused, body, record FROM fact"
         " WHERE journal IN (SELECT id FROM journal WHERE NOT own) ORDER BY journal, idx"),
    [DUMP_SUBTREES] = "SELECT * FROM subtree ORDER BY journal, level, idx",
    [DUMP_CASES] = "SELECT * FROM case_row ORDER BY number",
};

const struct sql_group projection_sql = {texts, COUNT_OF(texts)};

static Status clear(struct scope *s, struct store *st, int statement)
{
    AUTO_QUERY struct query q = query_start(s, st, GROUP_PROJECTION, statement);
    return query_run(&q, NULL);
}

Status store_projections_clear(struct scope *s, struct store *st)
{
    TRY(transaction_check(s, st));
    TRY(clear(s, st, CLEAR_FACTS));
    TRY(clear(s, st, CLEAR_SUBTREES));
    TRY(clear(s, st, CLEAR_CASES));
    /* Subtree rows follow from the leaves alone, so they are made again at once. */
    struct journal_row *journals;
    size_t count;
    TRY(store_journal_list(s, st, &journals, &count));
    for (size_t i = 0; i < count; i++)
        TRY(tree_rows_rebuild(s, st, journals[i].id));
    return OK;
}

static void hash_column(struct hasher *h, sqlite3_stmt *stmt, int column)
{
    if (sqlite3_column_type(stmt, column) == SQLITE_INTEGER) {
        hash_add_u64(h, (uint64_t)sqlite3_column_int64(stmt, column));
        return;
    }
    const void *bytes = sqlite3_column_blob(stmt, column);
    size_t len = (size_t)sqlite3_column_bytes(stmt, column);
    hash_add_u64(h, len);
    if (len) hash_add(h, bytes, len);
}

static Status hash_rows(struct scope *s, struct store *st, int statement, struct hasher *h)
{
    AUTO_QUERY struct query q = query_start(s, st, GROUP_PROJECTION, statement);
    uint64_t rows = 0;
    for (;; rows++) {
        bool row;
        TRY(query_next(&q, &row));
        if (!row) break;
        for (int i = 0; i < sqlite3_column_count(q.stmt); i++)
            hash_column(h, q.stmt, i);
    }
    hash_add_u64(h, rows);
    return OK;
}

Status store_projections_digest(struct scope *s, struct store *st, uint8_t out[static 32])
{
    struct hasher h;
    hash_start(&h);
    for (int i = DUMP_FACTS; i <= DUMP_CASES; i++)
        TRY(hash_rows(s, st, i, &h));
    Hash digest = hash_finish(&h);
    memcpy(out, digest.bytes, HASH_BYTES);
    return OK;
}
