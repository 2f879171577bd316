#include "store/fact.h"
#include "store/sqlite/connection.h"
#include <inttypes.h>

enum {
    FACT_SAVE,
    FACT_LOAD,
    FACT_BY_BODY,
    FACT_OF_CASE,
    FACT_OF_KIND,
    FACT_LIST,
    FACT_BEFORE,
    FACT_REFUSE,
    FACT_ERASE,
    SORTED_LOAD,
    SORTED_SAVE,
    SORT_IN,
    SORT_ONE
};

/* As many facts wait at the end of a journal before they are sorted into case_fact together. */
enum { WAITING_MAX = 512 };

#define COLUMNS                                                                                    \
    "journal, idx, kind, case_number, officer, at, opening, neighbour, refused, body, record"

static const char *const texts[] = {
    /* What an own fact says is never replaced: the update then touches no row. */
    [FACT_SAVE] = ("INSERT INTO fact (id, " COLUMNS ")"
                   " VALUES ((?1 << 40) | ?2, ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)"
                   " ON CONFLICT (id) DO UPDATE SET kind = excluded.kind,"
                   " case_number = excluded.case_number, officer = excluded.officer,"
                   " at = excluded.at, opening = excluded.opening, neighbour = excluded.neighbour,"
                   " refused = excluded.refused, body = excluded.body, record = excluded.record"
                   " WHERE NOT (SELECT own FROM journal WHERE id = excluded.journal)"),
    [FACT_LOAD] = "SELECT " COLUMNS " FROM fact WHERE id = (?1 << 40) | ?2",
    [FACT_BY_BODY] = "SELECT min(idx) FROM fact WHERE journal = ? AND journal <> 1 AND body = ?"
                     " AND refused = 0",
    /* Those sorted into case_fact, and those that still wait at the end of each journal. The plus
     * keeps SQLite from making an index of all facts for those few. */
    [FACT_OF_CASE] =
        ("SELECT " COLUMNS " FROM fact WHERE id IN"
         " (SELECT id FROM case_fact WHERE case_number = ?1 UNION ALL"
         " SELECT f.id FROM journal j JOIN fact f ON f.id >= (j.id << 40) | j.sorted"
         " AND f.id < (j.id + 1) << 40 WHERE +f.case_number = ?1 AND ?1 <> '') ORDER BY id"),
    [FACT_OF_KIND] = "SELECT " COLUMNS " FROM fact WHERE journal = ? AND kind = ? ORDER BY id",
    [FACT_LIST] = ("SELECT " COLUMNS " FROM fact WHERE id >= (?1 << 40) | ?2"
                   " AND id < (?1 + 1) << 40 ORDER BY id LIMIT ?3"),
    [FACT_BEFORE] = ("SELECT " COLUMNS " FROM fact WHERE id < (?1 << 40) | ?2"
                     " AND id >= ?1 << 40 ORDER BY id DESC LIMIT 1"),
    [FACT_REFUSE] = "UPDATE fact SET refused = ?3 WHERE id = (?1 << 40) | ?2",
    [FACT_ERASE] = "UPDATE fact SET record = ?1 WHERE id = (?2 << 40) | ?3",
    [SORTED_LOAD] = "SELECT sorted FROM journal WHERE id = ?",
    [SORTED_SAVE] = "UPDATE journal SET sorted = ?2 WHERE id = ?1",
    [SORT_IN] = ("INSERT OR IGNORE INTO case_fact SELECT case_number, id FROM fact"
                 " WHERE id >= (?1 << 40) | ?2 AND id < (?1 << 40) | ?3 AND case_number <> ''"
                 " ORDER BY case_number, id"),
    [SORT_ONE] = "INSERT OR IGNORE INTO case_fact VALUES (?3, (?1 << 40) | ?2)",
};

const struct sql_group fact_sql = {texts, COUNT_OF(texts)};

static Status record_check(struct scope *s, Bytes record)
{
    if (record.len > RECORD_BYTES_MAX)
        return fail(s, ERR_LIMIT, "a record of %zu bytes is too long", record.len);
    return OK;
}

static Status sorting_load(struct scope *s, struct store *st, int64_t journal)
{
    struct sorting *at = &st->sorting;
    if (st->open && at->journal == journal && at->transaction == st->transaction) return OK;
    at->journal = 0;
    AUTO_QUERY struct query q = query_start(s, st, GROUP_FACT, SORTED_LOAD);
    bind_int(&q, journal);
    bool found;
    TRY(query_next(&q, &found));
    if (!found) return fail(s, ERR_INTERNAL, "there is no journal %" PRId64, journal);
    uint64_t end = take_u64(&q);
    TRY(query_check(&q));
    *at = (struct sorting){journal, st->transaction, end};
    return OK;
}

static Status sort_one(struct scope *s, struct store *st, const struct fact_row *fact)
{
    AUTO_QUERY struct query q = query_start(s, st, GROUP_FACT, SORT_ONE);
    bind_int(&q, fact->journal);
    bind_u64(&q, fact->index);
    bind_str(&q, fact->case_number);
    return query_run(&q, NULL);
}

static Status sort_in(struct scope *s, struct store *st, uint64_t end)
{
    struct sorting *at = &st->sorting;
    AUTO_QUERY struct query sort = query_start(s, st, GROUP_FACT, SORT_IN);
    bind_int(&sort, at->journal);
    bind_u64(&sort, at->end);
    bind_u64(&sort, end);
    TRY(query_run(&sort, NULL));
    AUTO_QUERY struct query save = query_start(s, st, GROUP_FACT, SORTED_SAVE);
    bind_int(&save, at->journal);
    bind_u64(&save, end);
    TRY(query_run(&save, NULL));
    at->end = end;
    return OK;
}

/* One that was saved finds its place in its case: with others later, or at once where the others
 * were sorted in before it came. */
static Status case_note(struct scope *s, struct store *st, const struct fact_row *fact)
{
    TRY(sorting_load(s, st, fact->journal));
    if (fact->index < st->sorting.end) return fact->case_number.len ? sort_one(s, st, fact) : OK;
    return fact->index < st->sorting.end + WAITING_MAX ? OK : sort_in(s, st, fact->index + 1);
}

static Status row_save(struct scope *s, struct store *st, const struct fact_row *fact)
{
    AUTO_QUERY struct query q = query_start(s, st, GROUP_FACT, FACT_SAVE);
    bind_int(&q, fact->journal);
    bind_u64(&q, fact->index);
    bind_str(&q, fact->kind);
    bind_str(&q, fact->case_number);
    bind_str(&q, fact->officer);
    bind_int(&q, fact->at.us);
    bind_u64(&q, fact->opening);
    bind_int(&q, fact->neighbour);
    bind_int(&q, fact->refused);
    bind_hash(&q, &fact->body);
    bind_bytes(&q, fact->record);
    int changed;
    TRY(query_run(&q, &changed));
    if (changed == 0)
        return fail(s, ERR_DUPLICATE, "an own fact stands at leaf %" PRIu64 " already",
                    fact->index);
    return OK;
}

Status store_fact_save(struct scope *s, struct store *st, const struct fact_row *fact)
{
    TRY(record_check(s, fact->record));
    TRY(row_save(s, st, fact));
    return case_note(s, st, fact);
}

static struct fact_row take_fact(struct query *q)
{
    struct fact_row row = {0};
    row.journal = take_int(q);
    row.index = take_u64(q);
    row.kind = take_str(q);
    row.case_number = take_str(q);
    row.officer = take_str(q);
    row.at.us = take_int(q);
    row.opening = take_u64(q);
    row.neighbour = take_int(q);
    row.refused = take_bool(q);
    row.body = take_hash(q);
    row.record = take_bytes(q);
    return row;
}

static Status take_facts(struct query *q, struct fact_row **out, size_t *out_count)
{
    struct fact_row *rows = NULL;
    size_t count = 0;
    for (;;) {
        bool row;
        TRY(query_next(q, &row));
        if (!row) break;
        rows = list_room(q->scope, rows, count, sizeof *rows);
        if (rows == NULL) return ERR_MEMORY;
        rows[count++] = take_fact(q);
    }
    *out = rows;
    *out_count = count;
    return OK;
}

Status store_fact_load(struct scope *s, struct store *st, int64_t journal, uint64_t index,
                       struct fact_row *out)
{
    AUTO_QUERY struct query q = query_start(s, st, GROUP_FACT, FACT_LOAD);
    bind_int(&q, journal);
    bind_u64(&q, index);
    bool found;
    TRY(query_next(&q, &found));
    if (!found)
        return fail(s, ERR_NOT_FOUND, "no fact is held for leaf %" PRIu64 " of that journal",
                    index);
    struct fact_row row = take_fact(&q);
    TRY(query_check(&q));
    *out = row;
    return OK;
}

Status store_fact_before(struct scope *s, struct store *st, int64_t journal, uint64_t index,
                         struct fact_row *out)
{
    AUTO_QUERY struct query q = query_start(s, st, GROUP_FACT, FACT_BEFORE);
    bind_int(&q, journal);
    bind_u64(&q, index);
    bool found;
    TRY(query_next(&q, &found));
    if (!found) return fail(s, ERR_NOT_FOUND, "no fact is held below leaf %" PRIu64, index);
    struct fact_row row = take_fact(&q);
    TRY(query_check(&q));
    *out = row;
    return OK;
}

Status store_fact_by_body(struct scope *s, struct store *st, int64_t journal, const Hash *body,
                          uint64_t *out_index)
{
    AUTO_QUERY struct query q = query_start(s, st, GROUP_FACT, FACT_BY_BODY);
    bind_int(&q, journal);
    bind_hash(&q, body);
    bool found;
    TRY(query_next(&q, &found));
    if (!found || sqlite3_column_type(q.stmt, 0) == SQLITE_NULL)
        return fail(s, ERR_NOT_FOUND, "no fact of that journal has this body");
    uint64_t index = take_u64(&q);
    TRY(query_check(&q));
    *out_index = index;
    return OK;
}

Status store_fact_of_case(struct scope *s, struct store *st, Str case_number, struct fact_row **out,
                          size_t *out_count)
{
    AUTO_QUERY struct query q = query_start(s, st, GROUP_FACT, FACT_OF_CASE);
    bind_str(&q, case_number);
    return take_facts(&q, out, out_count);
}

Status store_fact_of_kind(struct scope *s, struct store *st, int64_t journal, Str kind,
                          struct fact_row **out, size_t *out_count)
{
    AUTO_QUERY struct query q = query_start(s, st, GROUP_FACT, FACT_OF_KIND);
    bind_int(&q, journal);
    bind_str(&q, kind);
    return take_facts(&q, out, out_count);
}

Status store_fact_list(struct scope *s, struct store *st, int64_t journal, uint64_t first,
                       size_t max, struct fact_row **out, size_t *out_count)
{
    AUTO_QUERY struct query q = query_start(s, st, GROUP_FACT, FACT_LIST);
    bind_int(&q, journal);
    bind_u64(&q, first);
    bind_u64(&q, max);
    return take_facts(&q, out, out_count);
}

Status store_fact_refuse(struct scope *s, struct store *st, int64_t journal, uint64_t index,
                         bool refused)
{
    AUTO_QUERY struct query q = query_start(s, st, GROUP_FACT, FACT_REFUSE);
    bind_int(&q, journal);
    bind_u64(&q, index);
    bind_int(&q, refused);
    int changed;
    TRY(query_run(&q, &changed));
    if (changed == 0) return fail(s, ERR_NOT_FOUND, "no fact is held for leaf %" PRIu64, index);
    return OK;
}

Status store_fact_erase(struct scope *s, struct store *st, int64_t journal, uint64_t index,
                        Bytes record)
{
    TRY(transaction_check(s, st)); /* the commit then empties the log, too */
    TRY(record_check(s, record));
    AUTO_QUERY struct query q = query_start(s, st, GROUP_FACT, FACT_ERASE);
    bind_bytes(&q, record);
    bind_int(&q, journal);
    bind_u64(&q, index);
    int changed;
    TRY(query_run(&q, &changed));
    if (changed == 0) return fail(s, ERR_NOT_FOUND, "no fact is held for leaf %" PRIu64, index);
    st->erased = true;
    return OK;
}
