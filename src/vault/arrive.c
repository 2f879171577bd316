#include "os/file.h"
#include "vault/inner.h"
#include <inttypes.h>

enum {
    PIECE_SCOPE_BYTES = 4 * VAULT_PIECE_BYTES,
    PIECES_MAX = VAULT_BYTES_MAX / VAULT_PIECE_BYTES
};

static Status piece_path(struct scope *s, const struct vault *v, Str handle, uint64_t piece,
                         const char **out)
{
    const char *folder;
    TRY(item_path(s, v->incoming, handle, "", &folder));
    *out = scope_print(s, "%s/%08" PRIu64 ".age", folder, piece).ptr;
    return *out ? OK : ERR_MEMORY;
}

Status vault_piece_write(struct scope *s, struct vault *v, Str handle, uint64_t size,
                         uint64_t piece, Bytes bytes)
{
    if (size > VAULT_BYTES_MAX) return fail(s, ERR_LIMIT, "no evidence is as long as that");
    if (piece >= piece_count(size) || bytes.len != piece_bytes(size, piece))
        return fail(s, ERR_SCHEMA,
                    "evidence of %" PRIu64 " bytes has no piece %" PRIu64 " of %zu bytes", size,
                    piece, bytes.len);
    const char *folder, *path;
    TRY(item_path(s, v->incoming, handle, "", &folder));
    TRY(file_make_folder(s, folder));
    TRY(piece_path(s, v, handle, piece, &path));
    return sealed_write(s, v, path, bytes);
}

/* "00000017.age" as 17. */
static bool piece_number(Str name, uint64_t *out)
{
    if (name.len != 12 || !str_has_suffix(name, ".age")) return false;
    uint64_t number = 0;
    for (size_t i = 0; i < 8; i++) {
        if (name.ptr[i] < '0' || name.ptr[i] > '9') return false;
        number = number * 10 + (uint64_t)(name.ptr[i] - '0');
    }
    *out = number;
    return true;
}

Status vault_piece_list(struct scope *s, struct vault *v, Str handle, uint64_t **out,
                        size_t *out_count)
{
    const char *folder;
    bool any;
    TRY(item_path(s, v->incoming, handle, "", &folder));
    TRY(file_look(s, folder, &any));
    Str *names = NULL;
    size_t names_count = 0, count = 0;
    if (any) TRY(file_list(s, folder, 2 * PIECES_MAX, &names, &names_count));
    uint64_t *pieces = scope_array(s, names_count + 1, sizeof *pieces);
    if (pieces == NULL) return ERR_MEMORY;
    for (size_t i = 0; i < names_count; i++)
        if (piece_number(names[i], &pieces[count])) count++;
    *out = pieces;
    *out_count = count;
    return OK;
}

/* Removes the folder of arrived pieces with all that lies in it. */
static Status pieces_remove(struct scope *s, struct vault *v, Str handle)
{
    const char *folder;
    bool any;
    TRY(item_path(s, v->incoming, handle, "", &folder));
    TRY(file_look(s, folder, &any));
    if (!any) return OK;
    Str *names;
    size_t count;
    TRY(file_list(s, folder, 2 * PIECES_MAX, &names, &count));
    for (size_t i = 0; i < count; i++) {
        Str path = file_join(s, folder, names[i].ptr);
        if (path.ptr == NULL) return ERR_MEMORY;
        TRY(file_remove(s, path.ptr));
    }
    return file_remove_folder(s, folder);
}

/* Adds one arrived piece; a damaged one is removed, so that it is fetched again. */
static Status piece_join(struct scope *inner, struct vault *v, struct vault_put *put,
                         const struct vault_item *item, const struct age_identity *identity,
                         uint64_t piece)
{
    const char *path;
    bool arrived;
    TRY(piece_path(inner, v, item->handle, piece, &path));
    TRY(file_look(inner, path, &arrived));
    if (!arrived)
        return fail(inner, ERR_NOT_FOUND, "piece %" PRIu64 " of the evidence has not arrived yet",
                    piece);
    Bytes bytes = {NULL, 0};
    Status status = sealed_read(inner, path, identity, VAULT_PIECE_BYTES, &bytes);
    if (status == OK && bytes.len != piece_bytes(item->size, piece))
        status = altered(inner, ERR_SCHEMA, item->handle);
    if (status == ERR_PROOF) {
        TRY(file_remove(inner, path));
        return altered(inner, ERR_SCHEMA, item->handle);
    }
    if (status == OK) vault_put_add(put, bytes);
    return status;
}

static Status join_all(struct scope *s, struct vault *v, struct vault_put *put,
                       const struct vault_item *item, const struct age_identity *identity)
{
    AUTO_SCOPE struct scope *inner = scope_open(PIECE_SCOPE_BYTES);
    if (inner == NULL) return fail(s, ERR_MEMORY, "the machine has no memory left");
    for (uint64_t i = 0; i < piece_count(item->size); i++) {
        Status status = piece_join(inner, v, put, item, identity, i);
        if (status != OK) return fail(s, status, "%s", scope_reason(inner));
        scope_reset(inner);
    }
    return OK;
}

Status vault_finish(struct scope *s, struct vault *v, const struct vault_item *item,
                    const struct age_identity *identity)
{
    if (item->size > VAULT_BYTES_MAX) return fail(s, ERR_LIMIT, "no evidence is as long as that");
    bool held;
    TRY(vault_has(s, v, item->handle, &held));
    if (held) {
        /* A crash came after the file was in place: what is there is either right or not. */
        TRY(vault_check(s, v, item, identity));
        return pieces_remove(s, v, item->handle);
    }
    AUTO_PUT struct vault_put *put = NULL;
    TRY(put_begin(s, v, item->handle, item, &put));
    TRY(join_all(s, v, put, item, identity));
    struct vault_item made;
    TRY(vault_put_end(put, &made));
    return pieces_remove(s, v, item->handle);
}

Status vault_remove(struct scope *s, struct vault *v, Str handle)
{
    const char *path, *leaves;
    TRY(item_path(s, v->folder, handle, ".age", &path));
    TRY(item_path(s, v->folder, handle, ".leaves.age", &leaves));
    TRY(pieces_remove(s, v, handle));
    TRY(file_remove(s, path));
    TRY(file_remove(s, leaves));
    return file_sync(s, v->folder);
}
