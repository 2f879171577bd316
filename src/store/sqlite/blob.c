#include "store/neighbour.h"
#include "store/sqlite/connection.h"
#include <inttypes.h>

enum {
    BLOB_SAVE,
    BLOB_LOAD,
    BLOB_BY_OPENING,
    BLOB_LIST,
    BLOB_LIST_INCOMPLETE,
    PIECE_SAVE,
    PIECE_LIST
};

#define COLUMNS "handle, sha256, pieces_root, size, media_type, complete, neighbour, opening"
#define HELD    "(SELECT count(*) FROM piece WHERE piece.handle = blob.handle)"

static const char *const texts[] = {
    [BLOB_SAVE] = ("INSERT INTO blob (" COLUMNS ") VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
                   " ON CONFLICT (handle) DO UPDATE SET sha256 = excluded.sha256,"
                   " pieces_root = excluded.pieces_root, size = excluded.size,"
                   " media_type = excluded.media_type, complete = excluded.complete,"
                   " neighbour = excluded.neighbour, opening = excluded.opening"),
    [BLOB_LOAD] = "SELECT " COLUMNS ", " HELD " FROM blob WHERE handle = ?",
    [BLOB_BY_OPENING] = ("SELECT " COLUMNS ", " HELD " FROM blob"
                         " WHERE neighbour = ? AND opening = ? AND opening > 0"),
    [BLOB_LIST] = "SELECT " COLUMNS ", " HELD " FROM blob ORDER BY handle",
    [BLOB_LIST_INCOMPLETE] = ("SELECT " COLUMNS ", " HELD " FROM blob WHERE complete = 0"
                              " ORDER BY handle"),
    [PIECE_SAVE] = ("INSERT INTO piece (handle, piece, leaf_hash) VALUES (?, ?, ?)"
                    " ON CONFLICT (handle, piece) DO UPDATE SET leaf_hash = excluded.leaf_hash"),
    [PIECE_LIST] = "SELECT piece FROM piece WHERE handle = ? ORDER BY piece",
};

const struct sql_group blob_sql = {texts, COUNT_OF(texts)};

Status store_blob_save(struct scope *s, struct store *st, const struct blob_row *blob)
{
    AUTO_QUERY struct query q = query_start(s, st, GROUP_BLOB, BLOB_SAVE);
    bind_str(&q, blob->handle);
    bind_hash(&q, &blob->sha256);
    bind_hash(&q, &blob->pieces_root);
    bind_u64(&q, blob->size);
    bind_str(&q, blob->media_type);
    bind_int(&q, blob->complete);
    bind_int(&q, blob->neighbour);
    bind_u64(&q, blob->opening);
    return query_run(&q, NULL);
}

static struct blob_row take_blob(struct query *q)
{
    struct blob_row row = {0};
    row.handle = take_str(q);
    row.sha256 = take_hash(q);
    row.pieces_root = take_hash(q);
    row.size = take_u64(q);
    row.media_type = take_str(q);
    row.complete = take_bool(q);
    row.neighbour = take_int(q);
    row.opening = take_u64(q);
    row.pieces_held = take_u64(q);
    return row;
}

Status store_blob_load(struct scope *s, struct store *st, Str handle, struct blob_row *out)
{
    AUTO_QUERY struct query q = query_start(s, st, GROUP_BLOB, BLOB_LOAD);
    bind_str(&q, handle);
    bool found;
    TRY(query_next(&q, &found));
    if (!found) return fail(s, ERR_NOT_FOUND, "no blob %.*s is known here", STR_ARG(handle));
    struct blob_row row = take_blob(&q);
    TRY(query_check(&q));
    *out = row;
    return OK;
}

Status store_blob_by_opening(struct scope *s, struct store *st, int64_t neighbour, uint64_t opening,
                             struct blob_row *out)
{
    AUTO_QUERY struct query q = query_start(s, st, GROUP_BLOB, BLOB_BY_OPENING);
    bind_int(&q, neighbour);
    bind_u64(&q, opening);
    bool found;
    TRY(query_next(&q, &found));
    if (!found) return fail(s, ERR_NOT_FOUND, "opening %" PRIu64 " brought no blob", opening);
    struct blob_row row = take_blob(&q);
    TRY(query_check(&q));
    *out = row;
    return OK;
}

Status store_blob_list(struct scope *s, struct store *st, bool only_incomplete,
                       struct blob_row **out, size_t *out_count)
{
    AUTO_QUERY struct query q =
        query_start(s, st, GROUP_BLOB, only_incomplete ? BLOB_LIST_INCOMPLETE : BLOB_LIST);
    struct blob_row *rows = NULL;
    size_t count = 0;
    for (;;) {
        bool row;
        TRY(query_next(&q, &row));
        if (!row) break;
        rows = list_room(s, rows, count, sizeof *rows);
        if (rows == NULL) return ERR_MEMORY;
        rows[count++] = take_blob(&q);
    }
    *out = rows;
    *out_count = count;
    return OK;
}

Status store_piece_save(struct scope *s, struct store *st, Str handle, uint64_t piece,
                        const Hash *leaf_hash)
{
    AUTO_QUERY struct query q = query_start(s, st, GROUP_BLOB, PIECE_SAVE);
    bind_str(&q, handle);
    bind_u64(&q, piece);
    bind_hash(&q, leaf_hash);
    return query_run(&q, NULL);
}

Status store_piece_list(struct scope *s, struct store *st, Str handle, uint64_t **out,
                        size_t *out_count)
{
    AUTO_QUERY struct query q = query_start(s, st, GROUP_BLOB, PIECE_LIST);
    bind_str(&q, handle);
    uint64_t *pieces = NULL;
    size_t count = 0;
    for (;;) {
        bool row;
        TRY(query_next(&q, &row));
        if (!row) break;
        pieces = list_room(s, pieces, count, sizeof *pieces);
        if (pieces == NULL) return ERR_MEMORY;
        pieces[count++] = take_u64(&q);
    }
    *out = pieces;
    *out_count = count;
    return OK;
}
