#include "store/sqlite/connection.h"
#include <stdint.h>

static Status answer_failed(struct scope *s, struct store *st, int rc)
{
    switch (rc & 0xff) {
    case SQLITE_NOMEM:
        return fail(s, ERR_MEMORY, "the machine has no memory left for the database");
    case SQLITE_FULL:
        return fail(s, ERR_DISK, "the disk is full: free some space, then try again");
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
        return fail(s, ERR_DISK, "the database is damaged: stop the post and restore a backup");
    case SQLITE_CANTOPEN:
        return fail(s, ERR_DISK,
                    "the database cannot be opened: check that it is there and whose "
                    "it is");
    case SQLITE_READONLY:
        return fail(s, ERR_DISK, "the database may only be read here");
    case SQLITE_IOERR:
        return fail(s, ERR_DISK, "the disk failed (%d): check it, then try again",
                    sqlite3_extended_errcode(st->db));
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return fail(s, ERR_BUSY, "another process is writing to this post: try again in a moment");
    case SQLITE_TOOBIG:
        return fail(s, ERR_LIMIT, "a value is too long for the database");
    case SQLITE_CONSTRAINT:
        return fail(s, ERR_INTERNAL, "the database refused a row: %s", sqlite3_errmsg(st->db));
    default:
        return fail(s, ERR_INTERNAL, "the database answers %d: %s", rc, sqlite3_errmsg(st->db));
    }
}

void store_forget(struct store *st)
{
    st->sorting.journal = st->numbering.journal = 0;
    frontiers_forget(st);
}

Status store_answer(struct scope *s, struct store *st, int rc)
{
    if (rc == SQLITE_OK || rc == SQLITE_ROW || rc == SQLITE_DONE) return OK;
    /* A failing statement may have rolled back the whole transaction. */
    store_forget(st);
    return answer_failed(s, st, rc);
}

/* SQLite undoes a transaction by itself when the disk or the memory fails badly enough, and would
 * then take each further statement as a transaction of its own. */
static Status lost_check(struct scope *s, const struct store *st)
{
    if (st->open && sqlite3_get_autocommit(st->db))
        return fail(s, ERR_DISK,
                    "a failure undid what was being saved: nothing was kept, try again");
    return OK;
}

struct query query_start(struct scope *s, struct store *st, enum group group, int statement)
{
    return (struct query){.scope = s,
                          .store = st,
                          .stmt = st->statements[group][statement],
                          .status = lost_check(s, st)};
}

void query_release(struct query *q)
{
    /* The answer of reset repeats that of the last step, which was reported there. */
    sqlite3_reset(q->stmt);
    sqlite3_clear_bindings(q->stmt);
}

static void bound(struct query *q, int rc)
{
    if (q->status == OK) q->status = store_answer(q->scope, q->store, rc);
}

void bind_int(struct query *q, int64_t value)
{
    bound(q, sqlite3_bind_int64(q->stmt, ++q->bound, value));
}

void bind_u64(struct query *q, uint64_t value)
{
    if (value > INT64_MAX && q->status == OK)
        q->status = fail(q->scope, ERR_LIMIT, "a number above 2^63 - 1 cannot be kept");
    bind_int(q, (int64_t)value);
}

void bind_str(struct query *q, Str text)
{
    /* SQLite takes a NULL pointer for NULL; empty text has no need of one. */
    bound(q, sqlite3_bind_text64(q->stmt, ++q->bound, text.len ? text.ptr : "", text.len,
                                 SQLITE_STATIC, SQLITE_UTF8));
}

void bind_bytes(struct query *q, Bytes bytes)
{
    bound(q, sqlite3_bind_blob64(q->stmt, ++q->bound, bytes.len ? (const void *)bytes.ptr : "",
                                 bytes.len, SQLITE_STATIC));
}

void bind_hash(struct query *q, const Hash *hash)
{
    bind_bytes(q, hash_bytes(hash));
}

Status query_run(struct query *q, int *out_changed)
{
    if (q->status != OK) return q->status;
    int rc = sqlite3_step(q->stmt);
    if (rc != SQLITE_DONE) {
        if (rc == SQLITE_ROW) return fail(q->scope, ERR_INTERNAL, "a row nobody asked for");
        return store_answer(q->scope, q->store, rc);
    }
    if (out_changed) *out_changed = sqlite3_changes(q->store->db);
    return OK;
}

Status query_next(struct query *q, bool *out_row)
{
    if (q->status != OK) return q->status;
    int rc = sqlite3_step(q->stmt);
    TRY(store_answer(q->scope, q->store, rc));
    q->taken = 0;
    *out_row = rc == SQLITE_ROW;
    return OK;
}

Status query_check(const struct query *q)
{
    return q->status;
}

int64_t take_int(struct query *q)
{
    return sqlite3_column_int64(q->stmt, q->taken++);
}

uint64_t take_u64(struct query *q)
{
    int64_t value = take_int(q);
    if (value < 0 && q->status == OK)
        q->status = fail(q->scope, ERR_DISK, "the database is damaged: a number below 0");
    return value < 0 ? 0 : (uint64_t)value;
}

bool take_bool(struct query *q)
{
    return take_int(q) != 0;
}

Bytes take_bytes(struct query *q)
{
    const void *ptr = sqlite3_column_blob(q->stmt, q->taken);
    size_t len = (size_t)sqlite3_column_bytes(q->stmt, q->taken++);
    Bytes out = scope_bytes(q->scope, (Bytes){ptr, ptr ? len : 0});
    if (out.ptr == NULL && q->status == OK) q->status = ERR_MEMORY;
    /* A NULL pointer with a length means that SQLite had no memory to read the value. */
    if (ptr == NULL && len && q->status == OK)
        q->status = store_answer(q->scope, q->store, SQLITE_NOMEM);
    return out;
}

Str take_str(struct query *q)
{
    return bytes_str(take_bytes(q));
}

Hash take_hash(struct query *q)
{
    Hash out = {{0}};
    const void *ptr = sqlite3_column_blob(q->stmt, q->taken);
    int len = sqlite3_column_bytes(q->stmt, q->taken++);
    if (ptr && len == HASH_BYTES)
        memcpy(out.bytes, ptr, HASH_BYTES);
    else if (q->status == OK)
        q->status = fail(q->scope, ERR_DISK, "the database is damaged: a hash has %d bytes", len);
    return out;
}

void *list_room(struct scope *s, void *items, size_t count, size_t size)
{
    /* Full at 0 and at every power of two from 8 on: no second number to carry. */
    if (count != 0 && (count < 8 || (count & (count - 1)) != 0)) return items;
    void *more = scope_array(s, count ? count * 2 : 8, size);
    if (more && count) memcpy(more, items, count * size);
    return more;
}

Status transaction_check(struct scope *s, struct store *st)
{
    TRY(lost_check(s, st));
    if (!st->open) return fail(s, ERR_INTERNAL, "this may only be done inside a transaction");
    return OK;
}
