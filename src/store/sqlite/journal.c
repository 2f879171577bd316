#include "store/journal.h"
#include "store/sqlite/connection.h"
#include <inttypes.h>

enum { ALARM_BYTES_MAX = 1024 * 1024 };

enum {
    JOURNAL_ADD,
    JOURNAL_LOAD,
    JOURNAL_LIST,
    LEAF_COUNT,
    LEAF_LIST,
    HEAD_SAVE,
    HEAD_NEWEST,
    HEAD_NEWEST_COSIGNED,
    HEAD_LOAD,
    HEAD_COSIGNED_BELOW,
    ALARM_ADD,
    ALARM_LIST
};

static const char *const texts[] = {
    [JOURNAL_ADD] = ("INSERT INTO journal (origin, party, own) VALUES (?, ?, ?)"
                     " ON CONFLICT DO NOTHING"),
    [JOURNAL_LOAD] = "SELECT id, origin, party, own FROM journal WHERE party = ?",
    [JOURNAL_LIST] = "SELECT id, origin, party, own FROM journal ORDER BY id",
    [LEAF_COUNT] = "SELECT coalesce(max(idx) + 1, 0) FROM leaf WHERE journal = ?",
    [LEAF_LIST] = "SELECT commitment FROM leaf WHERE journal = ? AND idx >= ? ORDER BY idx LIMIT ?",
    [HEAD_SAVE] = "INSERT OR REPLACE INTO head (journal, size, note, cosigned) VALUES (?, ?, ?, ?)",
    [HEAD_NEWEST] = ("SELECT size, note, cosigned FROM head WHERE journal = ?"
                     " ORDER BY size DESC LIMIT 1"),
    [HEAD_NEWEST_COSIGNED] = ("SELECT size, note, cosigned FROM head WHERE journal = ?"
                              " AND cosigned = 1 ORDER BY size DESC LIMIT 1"),
    [HEAD_LOAD] = "SELECT size, note, cosigned FROM head WHERE journal = ? AND size = ?",
    [HEAD_COSIGNED_BELOW] = ("SELECT coalesce(max(size), 0) FROM head WHERE journal = ?"
                             " AND cosigned = 1 AND size <= ?"),
    [ALARM_ADD] = ("INSERT INTO alarm (party, what, at, text, evidence, digest)"
                   " VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (party, what, digest) DO NOTHING"),
    [ALARM_LIST] = "SELECT party, what, at, text, evidence FROM alarm ORDER BY id",
};

const struct sql_group journal_sql = {texts, COUNT_OF(texts)};

Status store_journal_add(struct scope *s, struct store *st, Str origin, Str party, bool own,
                         int64_t *out_id)
{
    AUTO_QUERY struct query q = query_start(s, st, GROUP_JOURNAL, JOURNAL_ADD);
    bind_str(&q, origin);
    bind_str(&q, party);
    bind_int(&q, own);
    int changed;
    TRY(query_run(&q, &changed));
    if (changed == 0)
        return fail(s, ERR_DUPLICATE, "a journal of %.*s, or of the origin %.*s, is known already",
                    STR_ARG(party), STR_ARG(origin));
    *out_id = sqlite3_last_insert_rowid(st->db);
    return OK;
}

static struct journal_row take_journal(struct query *q)
{
    struct journal_row row = {0};
    row.id = take_int(q);
    row.origin = take_str(q);
    row.party = take_str(q);
    row.own = take_bool(q);
    return row;
}

Status store_journal_load(struct scope *s, struct store *st, Str party, struct journal_row *out)
{
    AUTO_QUERY struct query q = query_start(s, st, GROUP_JOURNAL, JOURNAL_LOAD);
    bind_str(&q, party);
    bool found;
    TRY(query_next(&q, &found));
    if (!found) return fail(s, ERR_NOT_FOUND, "no journal of %.*s is known", STR_ARG(party));
    struct journal_row row = take_journal(&q);
    TRY(query_check(&q));
    *out = row;
    return OK;
}

Status store_journal_list(struct scope *s, struct store *st, struct journal_row **out,
                          size_t *out_count)
{
    AUTO_QUERY struct query q = query_start(s, st, GROUP_JOURNAL, JOURNAL_LIST);
    struct journal_row *rows = NULL;
    size_t count = 0;
    for (;;) {
        bool row;
        TRY(query_next(&q, &row));
        if (!row) break;
        rows = list_room(s, rows, count, sizeof *rows);
        if (rows == NULL) return ERR_MEMORY;
        rows[count++] = take_journal(&q);
    }
    *out = rows;
    *out_count = count;
    return OK;
}

Status store_leaf_count(struct scope *s, struct store *st, int64_t journal, uint64_t *out)
{
    AUTO_QUERY struct query q = query_start(s, st, GROUP_JOURNAL, LEAF_COUNT);
    bind_int(&q, journal);
    bool row;
    TRY(query_next(&q, &row));
    uint64_t count = take_u64(&q);
    TRY(query_check(&q));
    *out = count;
    return OK;
}

Status store_leaf_list(struct scope *s, struct store *st, int64_t journal, uint64_t first,
                       size_t count, Hash *out)
{
    AUTO_QUERY struct query q = query_start(s, st, GROUP_JOURNAL, LEAF_LIST);
    bind_int(&q, journal);
    bind_u64(&q, first);
    bind_u64(&q, count);
    for (size_t i = 0; i < count; i++) {
        bool row;
        TRY(query_next(&q, &row));
        if (!row)
            return fail(s, ERR_NOT_FOUND, "leaf %" PRIu64 " of that journal is not held",
                        first + i);
        out[i] = take_hash(&q);
    }
    return query_check(&q);
}

Status store_head_save(struct scope *s, struct store *st, int64_t journal,
                       const struct head_row *head)
{
    AUTO_QUERY struct query q = query_start(s, st, GROUP_JOURNAL, HEAD_SAVE);
    bind_int(&q, journal);
    bind_u64(&q, head->size);
    bind_str(&q, head->note);
    bind_int(&q, head->cosigned);
    return query_run(&q, NULL);
}

/* The one head that the query, already bound, finds. */
static Status head_take(struct query *q, struct head_row *out)
{
    bool found;
    TRY(query_next(q, &found));
    if (!found) return fail(q->scope, ERR_NOT_FOUND, "no such head of that journal is held");
    struct head_row row = {0};
    row.size = take_u64(q);
    row.note = take_str(q);
    row.cosigned = take_bool(q);
    TRY(query_check(q));
    *out = row;
    return OK;
}

Status store_head_newest(struct scope *s, struct store *st, int64_t journal, bool cosigned,
                         struct head_row *out)
{
    AUTO_QUERY struct query q =
        query_start(s, st, GROUP_JOURNAL, cosigned ? HEAD_NEWEST_COSIGNED : HEAD_NEWEST);
    bind_int(&q, journal);
    return head_take(&q, out);
}

Status store_head_load(struct scope *s, struct store *st, int64_t journal, uint64_t size,
                       struct head_row *out)
{
    AUTO_QUERY struct query q = query_start(s, st, GROUP_JOURNAL, HEAD_LOAD);
    bind_int(&q, journal);
    bind_u64(&q, size);
    return head_take(&q, out);
}

Status store_head_cosigned_below(struct scope *s, struct store *st, int64_t journal, uint64_t size,
                                 uint64_t *out)
{
    AUTO_QUERY struct query q = query_start(s, st, GROUP_JOURNAL, HEAD_COSIGNED_BELOW);
    bind_int(&q, journal);
    bind_u64(&q, size);
    bool row;
    TRY(query_next(&q, &row));
    uint64_t newest = take_u64(&q);
    TRY(query_check(&q));
    *out = newest;
    return OK;
}

Status store_alarm_add(struct scope *s, struct store *st, const struct alarm_row *alarm)
{
    if (alarm->evidence.len > ALARM_BYTES_MAX)
        return fail(s, ERR_LIMIT, "evidence of %zu bytes is too long for an alarm",
                    alarm->evidence.len);
    Hash digest = hash_of(alarm->evidence);
    AUTO_QUERY struct query q = query_start(s, st, GROUP_JOURNAL, ALARM_ADD);
    bind_str(&q, alarm->party);
    bind_str(&q, alarm->what);
    bind_int(&q, alarm->at.us);
    bind_str(&q, alarm->text);
    bind_bytes(&q, alarm->evidence);
    bind_hash(&q, &digest);
    return query_run(&q, NULL);
}

Status store_alarm_list(struct scope *s, struct store *st, struct alarm_row **out,
                        size_t *out_count)
{
    AUTO_QUERY struct query q = query_start(s, st, GROUP_JOURNAL, ALARM_LIST);
    struct alarm_row *rows = NULL;
    size_t count = 0;
    for (;;) {
        bool row;
        TRY(query_next(&q, &row));
        if (!row) break;
        rows = list_room(s, rows, count, sizeof *rows);
        if (rows == NULL) return ERR_MEMORY;
        rows[count].party = take_str(&q);
        rows[count].what = take_str(&q);
        rows[count].at.us = take_int(&q);
        rows[count].text = take_str(&q);
        rows[count++].evidence = take_bytes(&q);
    }
    *out = rows;
    *out_count = count;
    return OK;
}
