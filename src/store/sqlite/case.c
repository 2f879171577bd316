#include "store/fact.h"
#include "store/sqlite/connection.h"

enum { CASE_SAVE, CASE_TOUCH, CASE_LOAD, CASE_LIST, CASE_LINKED, CASE_NUMBERS };

#define COLUMNS                                                                                    \
    "number, primary_number, type, section, counterpart, opened, changed, facts_own, facts_theirs"

static const char *const texts[] = {
    [CASE_SAVE] =
        ("INSERT INTO case_row (" COLUMNS ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
         " ON CONFLICT (number) DO UPDATE SET primary_number = excluded.primary_number,"
         " type = excluded.type, section = excluded.section, counterpart = excluded.counterpart,"
         " opened = excluded.opened, changed = excluded.changed, facts_own = excluded.facts_own,"
         " facts_theirs = excluded.facts_theirs"),
    [CASE_TOUCH] = ("UPDATE case_row SET changed = max(changed, ?2), facts_own = facts_own + ?3,"
                    " facts_theirs = facts_theirs + ?4 WHERE number = ?1"),
    [CASE_LOAD] = "SELECT " COLUMNS " FROM case_row WHERE number = ?",
    [CASE_LIST] = ("SELECT " COLUMNS " FROM case_row WHERE number = primary_number"
                   " ORDER BY changed DESC, number LIMIT ? OFFSET ?"),
    [CASE_LINKED] = ("SELECT DISTINCT primary_number FROM case_row"
                     " WHERE number <> primary_number ORDER BY 1"),
    /* The primary itself first, then its aliases by the partial index. */
    [CASE_NUMBERS] = ("SELECT number FROM (SELECT number, 0 AS alias FROM case_row"
                      " WHERE number = ?1 AND primary_number = ?1 UNION ALL"
                      " SELECT number, 1 FROM case_row"
                      " WHERE primary_number = ?1 AND number <> primary_number)"
                      " ORDER BY alias, number"),
};

const struct sql_group case_sql = {texts, COUNT_OF(texts)};

Status store_case_save(struct scope *s, struct store *st, const struct case_row *row)
{
    AUTO_QUERY struct query q = query_start(s, st, GROUP_CASE, CASE_SAVE);
    bind_str(&q, row->number);
    bind_str(&q, row->primary_number);
    bind_str(&q, row->type);
    bind_str(&q, row->section);
    bind_str(&q, row->counterpart);
    bind_int(&q, row->opened.us);
    bind_int(&q, row->changed.us);
    bind_u64(&q, row->facts_own);
    bind_u64(&q, row->facts_theirs);
    return query_run(&q, NULL);
}

Status store_case_touch(struct scope *s, struct store *st, Str number, Instant changed, bool own,
                        bool theirs)
{
    AUTO_QUERY struct query q = query_start(s, st, GROUP_CASE, CASE_TOUCH);
    bind_str(&q, number);
    bind_int(&q, changed.us);
    bind_int(&q, own);
    bind_int(&q, theirs);
    int touched;
    TRY(query_run(&q, &touched));
    if (touched == 0) return fail(s, ERR_NOT_FOUND, "no case %.*s", STR_ARG(number));
    return OK;
}

static struct case_row take_case(struct query *q)
{
    struct case_row row = {0};
    row.number = take_str(q);
    row.primary_number = take_str(q);
    row.type = take_str(q);
    row.section = take_str(q);
    row.counterpart = take_str(q);
    row.opened.us = take_int(q);
    row.changed.us = take_int(q);
    row.facts_own = take_u64(q);
    row.facts_theirs = take_u64(q);
    return row;
}

Status store_case_load(struct scope *s, struct store *st, Str number, struct case_row *out)
{
    AUTO_QUERY struct query q = query_start(s, st, GROUP_CASE, CASE_LOAD);
    bind_str(&q, number);
    bool found;
    TRY(query_next(&q, &found));
    if (!found) return fail(s, ERR_NOT_FOUND, "no case has the number %.*s", STR_ARG(number));
    struct case_row row = take_case(&q);
    TRY(query_check(&q));
    *out = row;
    return OK;
}

Status store_case_list(struct scope *s, struct store *st, size_t offset, size_t max,
                       struct case_row **out, size_t *out_count)
{
    AUTO_QUERY struct query q = query_start(s, st, GROUP_CASE, CASE_LIST);
    bind_u64(&q, max);
    bind_u64(&q, offset);
    struct case_row *rows = NULL;
    size_t count = 0;
    for (;;) {
        bool row;
        TRY(query_next(&q, &row));
        if (!row) break;
        rows = list_room(s, rows, count, sizeof *rows);
        if (rows == NULL) return ERR_MEMORY;
        rows[count++] = take_case(&q);
    }
    *out = rows;
    *out_count = count;
    return OK;
}

static Status take_numbers(struct query *q, Str **out, size_t *out_count)
{
    Str *numbers = NULL;
    size_t count = 0;
    for (;;) {
        bool row;
        TRY(query_next(q, &row));
        if (!row) break;
        numbers = list_room(q->scope, numbers, count, sizeof *numbers);
        if (numbers == NULL) return ERR_MEMORY;
        numbers[count++] = take_str(q);
    }
    TRY(query_check(q));
    *out = numbers;
    *out_count = count;
    return OK;
}

Status store_case_linked(struct scope *s, struct store *st, Str **out, size_t *out_count)
{
    AUTO_QUERY struct query q = query_start(s, st, GROUP_CASE, CASE_LINKED);
    return take_numbers(&q, out, out_count);
}

Status store_case_numbers(struct scope *s, struct store *st, Str primary_number, Str **out,
                          size_t *out_count)
{
    AUTO_QUERY struct query q = query_start(s, st, GROUP_CASE, CASE_NUMBERS);
    bind_str(&q, primary_number);
    return take_numbers(&q, out, out_count);
}
