#include "store/fact.h"
#include "store/sqlite/connection.h"
#include <inttypes.h>

enum { OPENING_ADD, OPENING_MARK, OPENING_LIST, OPENING_OF_FACT, OPENING_COUNT, OPENING_ERASE };

#define COLUMNS                                                                                    \
    "journal, neighbour, number, idx, handle, kind, at, coalesce(record,"                          \
    " (SELECT f.record FROM fact f WHERE f.id = (opening.journal << 40) | opening.idx))"

static const char *const texts[] = {
    [OPENING_ADD] = ("INSERT INTO opening"
                     " (id, journal, neighbour, number, idx, handle, kind, at, record) VALUES"
                     " ((?1 << 52) | (?2 << 44) | ?3, ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)"),
    [OPENING_MARK] = ("UPDATE fact SET refused = 0,"
                      " neighbour = CASE opening WHEN 0 THEN ?2 ELSE neighbour END,"
                      " opening = CASE opening WHEN 0 THEN ?1 ELSE opening END"
                      " WHERE id = (?3 << 40) | ?4 AND (opening = 0 OR refused)"
                      " AND (SELECT own FROM journal WHERE id = fact.journal)"),
    [OPENING_LIST] = ("SELECT " COLUMNS " FROM opening WHERE id > (?1 << 52) | (?2 << 44) | ?3"
                      " AND id < (?1 << 52) | ((?2 + 1) << 44) ORDER BY id LIMIT ?4"),
    [OPENING_OF_FACT] = ("SELECT " COLUMNS " FROM opening WHERE journal = ? AND neighbour = ?"
                         " AND idx = ? ORDER BY id"),
    [OPENING_COUNT] = ("SELECT coalesce((SELECT number FROM opening"
                       " WHERE id > (?1 << 52) | (?2 << 44)"
                       " AND id < (?1 << 52) | ((?2 + 1) << 44) ORDER BY id DESC LIMIT 1), 0)"),
    [OPENING_ERASE] = ("UPDATE opening SET record = ?1"
                       " WHERE id = (?2 << 52) | (?3 << 44) | ?4"),
};

const struct sql_group opening_sql = {texts, COUNT_OF(texts)};

static Status record_check(struct scope *s, Bytes record)
{
    if (record.len > RECORD_BYTES_MAX)
        return fail(s, ERR_LIMIT, "a disclosure of %zu bytes is too long", record.len);
    return OK;
}

Status store_opening_count(struct scope *s, struct store *st, int64_t journal, int64_t neighbour,
                           uint64_t *out)
{
    AUTO_QUERY struct query q = query_start(s, st, GROUP_OPENING, OPENING_COUNT);
    bind_int(&q, journal);
    bind_int(&q, neighbour);
    bool row;
    TRY(query_next(&q, &row));
    uint64_t count = take_u64(&q);
    TRY(query_check(&q));
    *out = count;
    return OK;
}

static Status numbering_load(struct scope *s, struct store *st, int64_t journal, int64_t neighbour)
{
    struct numbering *at = &st->numbering;
    if (at->journal == journal && at->neighbour == neighbour && at->transaction == st->transaction)
        return OK;
    uint64_t count;
    at->journal = 0;
    TRY(store_opening_count(s, st, journal, neighbour, &count));
    *at = (struct numbering){journal, neighbour, st->transaction, count};
    return OK;
}

static Status opening_insert(struct scope *s, struct store *st, const struct opening_row *opening)
{
    AUTO_QUERY struct query q = query_start(s, st, GROUP_OPENING, OPENING_ADD);
    bind_int(&q, opening->journal);
    bind_int(&q, opening->neighbour);
    bind_u64(&q, opening->number);
    bind_u64(&q, opening->index);
    bind_bytes(&q, opening->handle);
    bind_str(&q, opening->kind);
    bind_int(&q, opening->at.us);
    if (!opening->is_fact) bind_bytes(&q, opening->record); /* else NULL */
    return query_run(&q, NULL);
}

/* An own fact remembers its first opening; what was refused before is judged again by what is seen
 * now. */
static Status fact_mark(struct scope *s, struct store *st, const struct opening_row *opening)
{
    AUTO_QUERY struct query q = query_start(s, st, GROUP_OPENING, OPENING_MARK);
    bind_u64(&q, opening->number);
    bind_int(&q, opening->neighbour);
    bind_int(&q, opening->journal);
    bind_u64(&q, opening->index);
    return query_run(&q, NULL);
}

Status store_opening_append(struct scope *s, struct store *st, const struct opening_row *opening)
{
    TRY(transaction_check(s, st));
    TRY(record_check(s, opening->record));
    struct numbering *at = &st->numbering;
    TRY(numbering_load(s, st, opening->journal, opening->neighbour));
    if (opening->number != at->count + 1)
        return fail(s, ERR_STALE, "opening %" PRIu64 " cannot follow %" PRIu64, opening->number,
                    at->count);
    TRY(opening_insert(s, st, opening));
    at->count++;
    return opening->fact_comes ? OK : fact_mark(s, st, opening);
}

static struct opening_row take_opening(struct query *q)
{
    struct opening_row row = {0};
    row.journal = take_int(q);
    row.neighbour = take_int(q);
    row.number = take_u64(q);
    row.index = take_u64(q);
    row.handle = take_bytes(q);
    row.kind = take_str(q);
    row.at.us = take_int(q);
    row.record = take_bytes(q);
    return row;
}

/* Rows until there are no more or their records pass `bytes_max`; the first comes in any case. */
static Status take_openings(struct query *q, size_t bytes_max, struct opening_row **out,
                            size_t *out_count)
{
    struct opening_row *rows = NULL;
    size_t count = 0, bytes = 0;
    while (bytes < bytes_max || count == 0) {
        bool row;
        TRY(query_next(q, &row));
        if (!row) break;
        rows = list_room(q->scope, rows, count, sizeof *rows);
        if (rows == NULL) return ERR_MEMORY;
        rows[count] = take_opening(q);
        bytes += rows[count++].record.len;
    }
    TRY(query_check(q));
    *out = rows;
    *out_count = count;
    return OK;
}

Status store_opening_list(struct scope *s, struct store *st, int64_t journal, int64_t neighbour,
                          uint64_t after, size_t max, size_t bytes_max, struct opening_row **out,
                          size_t *out_count)
{
    AUTO_QUERY struct query q = query_start(s, st, GROUP_OPENING, OPENING_LIST);
    bind_int(&q, journal);
    bind_int(&q, neighbour);
    bind_u64(&q, after);
    bind_u64(&q, max);
    return take_openings(&q, bytes_max, out, out_count);
}

Status store_opening_of_fact(struct scope *s, struct store *st, int64_t journal, int64_t neighbour,
                             uint64_t index, struct opening_row **out, size_t *out_count)
{
    AUTO_QUERY struct query q = query_start(s, st, GROUP_OPENING, OPENING_OF_FACT);
    bind_int(&q, journal);
    bind_int(&q, neighbour);
    bind_u64(&q, index);
    return take_openings(&q, SIZE_MAX, out, out_count);
}

Status store_opening_erase(struct scope *s, struct store *st, int64_t journal, int64_t neighbour,
                           uint64_t number, Bytes record)
{
    TRY(transaction_check(s, st)); /* the commit then empties the log, too */
    TRY(record_check(s, record));
    AUTO_QUERY struct query q = query_start(s, st, GROUP_OPENING, OPENING_ERASE);
    bind_bytes(&q, record);
    bind_int(&q, journal);
    bind_int(&q, neighbour);
    bind_u64(&q, number);
    int changed;
    TRY(query_run(&q, &changed));
    if (changed == 0) return fail(s, ERR_NOT_FOUND, "there is no opening %" PRIu64, number);
    st->erased = true;
    return OK;
}
