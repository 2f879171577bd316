#include "store/neighbour.h"
#include "store/sqlite/connection.h"

enum {
    NEIGHBOUR_ADD,
    NEIGHBOUR_LOAD,
    NEIGHBOUR_SAVE,
    NEIGHBOUR_LIST,
    KEY_SAVE,
    KEY_LOAD,
    QUEUE_ADD,
    QUEUE_LIST,
    QUEUE_REMOVE
};

#define COLUMNS                                                                                    \
    "id, party, card, confirmed, held_leaves, held_opening, parcel_out, parcel_in,"                \
    " receipt_opening, cosigned_sent"

static const char *const texts[] = {
    [NEIGHBOUR_ADD] = ("INSERT INTO neighbour (party, card) VALUES (?, ?)"
                       " ON CONFLICT (party) DO NOTHING"),
    [NEIGHBOUR_LOAD] = "SELECT " COLUMNS " FROM neighbour WHERE party = ?",
    [NEIGHBOUR_SAVE] = ("UPDATE neighbour SET card = ?, confirmed = ?, held_leaves = ?,"
                        " held_opening = ?, parcel_out = ?, parcel_in = ?, receipt_opening = ?,"
                        " cosigned_sent = ? WHERE id = ?"),
    [NEIGHBOUR_LIST] = "SELECT " COLUMNS " FROM neighbour ORDER BY id",
    [KEY_SAVE] = ("INSERT INTO officer_key (officer, sealed) VALUES (?, ?)"
                  " ON CONFLICT (officer) DO UPDATE SET sealed = excluded.sealed"),
    [KEY_LOAD] = "SELECT sealed FROM officer_key WHERE officer = ?",
    [QUEUE_ADD] = "INSERT INTO queue (officer, at, draft) VALUES (?, ?, ?)",
    [QUEUE_LIST] = "SELECT id, officer, at, draft FROM queue ORDER BY id",
    [QUEUE_REMOVE] = "DELETE FROM queue WHERE id = ?",
};

const struct sql_group neighbour_sql = {texts, COUNT_OF(texts)};

Status store_neighbour_add(struct scope *s, struct store *st, Str party, Str card, int64_t *out_id)
{
    AUTO_QUERY struct query q = query_start(s, st, GROUP_NEIGHBOUR, NEIGHBOUR_ADD);
    bind_str(&q, party);
    bind_str(&q, card);
    int changed;
    TRY(query_run(&q, &changed));
    if (changed == 0)
        return fail(s, ERR_DUPLICATE, "this post is paired with %.*s already", STR_ARG(party));
    *out_id = sqlite3_last_insert_rowid(st->db);
    return OK;
}

static struct neighbour_row take_neighbour(struct query *q)
{
    struct neighbour_row row = {0};
    row.id = take_int(q);
    row.party = take_str(q);
    row.card = take_str(q);
    row.confirmed = take_bool(q);
    row.held_leaves = take_u64(q);
    row.held_opening = take_u64(q);
    row.parcel_out = take_u64(q);
    row.parcel_in = take_u64(q);
    row.receipt_opening = take_u64(q);
    row.cosigned_sent = take_u64(q);
    return row;
}

Status store_neighbour_load(struct scope *s, struct store *st, Str party, struct neighbour_row *out)
{
    AUTO_QUERY struct query q = query_start(s, st, GROUP_NEIGHBOUR, NEIGHBOUR_LOAD);
    bind_str(&q, party);
    bool found;
    TRY(query_next(&q, &found));
    if (!found) return fail(s, ERR_NOT_FOUND, "this post is not paired with %.*s", STR_ARG(party));
    struct neighbour_row row = take_neighbour(&q);
    TRY(query_check(&q));
    *out = row;
    return OK;
}

Status store_neighbour_save(struct scope *s, struct store *st, const struct neighbour_row *row)
{
    AUTO_QUERY struct query q = query_start(s, st, GROUP_NEIGHBOUR, NEIGHBOUR_SAVE);
    bind_str(&q, row->card);
    bind_int(&q, row->confirmed);
    bind_u64(&q, row->held_leaves);
    bind_u64(&q, row->held_opening);
    bind_u64(&q, row->parcel_out);
    bind_u64(&q, row->parcel_in);
    bind_u64(&q, row->receipt_opening);
    bind_u64(&q, row->cosigned_sent);
    bind_int(&q, row->id);
    int changed;
    TRY(query_run(&q, &changed));
    if (changed == 0)
        return fail(s, ERR_NOT_FOUND, "this post is not paired with %.*s", STR_ARG(row->party));
    return OK;
}

Status store_neighbour_list(struct scope *s, struct store *st, struct neighbour_row **out,
                            size_t *out_count)
{
    AUTO_QUERY struct query q = query_start(s, st, GROUP_NEIGHBOUR, NEIGHBOUR_LIST);
    struct neighbour_row *rows = NULL;
    size_t count = 0;
    for (;;) {
        bool row;
        TRY(query_next(&q, &row));
        if (!row) break;
        rows = list_room(s, rows, count, sizeof *rows);
        if (rows == NULL) return ERR_MEMORY;
        rows[count++] = take_neighbour(&q);
    }
    *out = rows;
    *out_count = count;
    return OK;
}

Status store_key_save(struct scope *s, struct store *st, Str officer, Bytes sealed)
{
    AUTO_QUERY struct query q = query_start(s, st, GROUP_NEIGHBOUR, KEY_SAVE);
    bind_str(&q, officer);
    bind_bytes(&q, sealed);
    return query_run(&q, NULL);
}

Status store_key_load(struct scope *s, struct store *st, Str officer, Bytes *out)
{
    AUTO_QUERY struct query q = query_start(s, st, GROUP_NEIGHBOUR, KEY_LOAD);
    bind_str(&q, officer);
    bool found;
    TRY(query_next(&q, &found));
    if (!found) return fail(s, ERR_NOT_FOUND, "no key of %.*s lies in this post", STR_ARG(officer));
    Bytes sealed = take_bytes(&q);
    TRY(query_check(&q));
    *out = sealed;
    return OK;
}

Status store_queue_add(struct scope *s, struct store *st, Str officer, Instant at, Bytes draft)
{
    if (draft.len > RECORD_BYTES_MAX)
        return fail(s, ERR_LIMIT, "a draft of %zu bytes is too long", draft.len);
    AUTO_QUERY struct query q = query_start(s, st, GROUP_NEIGHBOUR, QUEUE_ADD);
    bind_str(&q, officer);
    bind_int(&q, at.us);
    bind_bytes(&q, draft);
    return query_run(&q, NULL);
}

Status store_queue_list(struct scope *s, struct store *st, struct queue_row **out,
                        size_t *out_count)
{
    AUTO_QUERY struct query q = query_start(s, st, GROUP_NEIGHBOUR, QUEUE_LIST);
    struct queue_row *rows = NULL;
    size_t count = 0;
    for (;;) {
        bool row;
        TRY(query_next(&q, &row));
        if (!row) break;
        rows = list_room(s, rows, count, sizeof *rows);
        if (rows == NULL) return ERR_MEMORY;
        rows[count].id = take_int(&q);
        rows[count].officer = take_str(&q);
        rows[count].at.us = take_int(&q);
        rows[count++].draft = take_bytes(&q);
    }
    *out = rows;
    *out_count = count;
    return OK;
}

Status store_queue_remove(struct scope *s, struct store *st, int64_t id)
{
    AUTO_QUERY struct query q = query_start(s, st, GROUP_NEIGHBOUR, QUEUE_REMOVE);
    bind_int(&q, id);
    int changed;
    TRY(query_run(&q, &changed));
    if (changed == 0) return fail(s, ERR_NOT_FOUND, "that draft is not in the queue");
    return OK;
}
