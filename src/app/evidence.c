/* Evidence: bytes go into the vault first and are read back, then the fact that commits to them is
 * stated. Declared in app/paper.h. */
#include "app/fact.h"
#include "app/paper.h"
#include "app/pieces.h"
#include "app/statement.h"
#include "os/file.h"
#include "vault/vault.h"
#include <inttypes.h>

enum { HANDLE_LEN = 32 };

struct keeping {
    const struct session *session;
    struct fact_request request;
    struct blob_row blob;
    struct fact_result *out;
};

static Status hex_of(struct scope *s, const Hash *h, Str *out)
{
    struct writer w = writer_open(s, 2 * HASH_BYTES + 1);
    write_hex(&w, hash_bytes(h));
    return writer_close_str(&w, out);
}

/* Fields of the request with those that follow from the bytes in place of any given by hand. */
static Status fields_fill(struct scope *s, const struct fact_request *r,
                          const struct vault_item *item, struct fact_request *out)
{
    struct name_value filled[] = {{STR("blob"), item->handle},
                                  {STR("sha256"), {NULL, 0}},
                                  {STR("size"), scope_print(s, "%" PRIu64, item->size)},
                                  {STR("pieces_root"), {NULL, 0}}};
    size_t n = 0;
    TRY(hex_of(s, &item->sha256, &filled[1].value));
    TRY(hex_of(s, &item->pieces_root, &filled[3].value));
    struct name_value *fields = scope_array(s, r->field_count + COUNT_OF(filled), sizeof *fields);
    if (fields == NULL || filled[2].value.ptr == NULL) return ERR_MEMORY;
    for (size_t i = 0; i < r->field_count; i++) {
        bool is_filled = false;
        for (size_t k = 0; k < COUNT_OF(filled); k++)
            is_filled = is_filled || str_eq(r->fields[i].name, filled[k].name);
        if (!is_filled) fields[n++] = r->fields[i];
    }
    for (size_t k = 0; k < COUNT_OF(filled); k++)
        fields[n++] = filled[k];
    *out = *r;
    out->fields = fields;
    out->field_count = n;
    return OK;
}

static Status keep_run(struct scope *s, struct post *p, void *arg)
{
    struct keeping *x = arg;
    TRY(store_blob_save(s, p->store, &x->blob));
    return fact_must_wait(s, p, &x->request)
               ? OK
               : fact_add_inside(s, p, x->session, &x->request, x->out);
}

static Status keep(struct scope *s, struct post *p, struct keeping *x)
{
    TRY(post_write(s, p, keep_run, x));
    /* While the post may not sign, the draft waits and the bytes are kept for it. */
    return x->out->ref.ptr ? OK : fact_add(s, p, x->session, &x->request, x->out);
}

Status evidence_add(struct scope *s, struct post *p, const struct session *session,
                    const struct fact_request *request, const char *path, struct fact_result *out)
{
    struct fact_result result = {0};
    struct keeping x = {.session = session, .out = &result};
    struct vault *vault;
    struct vault_item item;
    AUTO_FILE int fd = -1;
    if (!str_is(request->kind, "evidence.collected"))
        return fail(s, ERR_USAGE, "a file is attached to evidence.collected, not to %.*s",
                    STR_ARG(request->kind));
    TRY(file_open_read(s, path, &fd));
    post_lock(p);
    Status status = post_vault(s, p, &vault);
    post_unlock(p);
    TRY(status);
    TRY(vault_put_fd(s, vault, fd, &item)); /* the slow part, outside the lock */
    TRY(fields_fill(s, request, &item, &x.request));
    x.blob = (struct blob_row){.handle = item.handle,
                               .sha256 = item.sha256,
                               .pieces_root = item.pieces_root,
                               .size = item.size,
                               .media_type = STR(""),
                               .complete = true};
    for (size_t i = 0; i < request->field_count; i++)
        if (str_is(request->fields[i].name, "media_type"))
            x.blob.media_type = request->fields[i].value;
    status = keep(s, p, &x);
    if (status != OK) {
        struct failure first = failure_hold(s, status);
        (void)!vault_remove(s, vault, item.handle);
        return failure_tell(s, &first);
    }
    *out = result;
    return OK;
}

/* The blob of a fact of the other side: under the opening that brought it. */
static Status theirs_find(struct scope *s, struct post *p, const struct neighbour *n,
                          uint64_t index, struct blob_row *out)
{
    struct opening_row *rows;
    size_t count;
    TRY(store_opening_of_fact(s, p->store, n->journal, n->row.id, index, &rows, &count));
    for (size_t i = 0; i < count; i++) {
        Status status = store_blob_by_opening(s, p->store, n->row.id, rows[i].number, out);
        if (status != ERR_NOT_FOUND) return status;
    }
    return fail(s, ERR_NOT_FOUND, "no file of this entry was opened to this post");
}

Status evidence_of_fact(struct scope *s, struct post *p, Str party, uint64_t index,
                        struct blob_row *out)
{
    struct fact f;
    struct neighbour *n = post_neighbour(p, party);
    if (party.len && n && !str_eq(party, p->card.party)) return theirs_find(s, p, n, index, out);
    TRY(fact_load(s, p, party, index, &f, NULL));
    Str handle = fact_get(&f, "blob");
    if (handle.len == 0) return fail(s, ERR_NOT_FOUND, "this entry has no file");
    return store_blob_load(s, p->store, handle, out);
}

/* By the handle that the other side's entry shows, which is not the one it has here. */
static Status foreign_find(struct scope *s, struct post *p, Str handle, struct blob_row *out)
{
    for (size_t i = 0; i < p->neighbour_count; i++) {
        struct neighbour *n = &p->neighbours[i];
        struct fact_row *rows;
        size_t count;
        TRY(store_fact_of_kind(s, p->store, n->journal, STR("evidence.collected"), &rows, &count));
        for (size_t k = 0; k < count; k++) {
            struct fact f;
            TRY(fact_read(s, n->card.origin, rows[k].record, &f));
            if (str_eq(fact_get(&f, "blob"), handle))
                return theirs_find(s, p, n, rows[k].index, out);
        }
    }
    return fail(s, ERR_NOT_FOUND, "no evidence %.*s is known at this post", STR_ARG(handle));
}

static Status blob_find(struct scope *s, struct post *p, Str name, struct blob_row *out)
{
    struct fact_ref ref;
    POST_READING(p);
    if (fact_ref_parse(name, &ref) && ref.field.len == 0)
        return evidence_of_fact(s, p, ref.party, ref.index, out);
    if (name.len != HANDLE_LEN)
        return fail(s, ERR_USAGE, "evidence is named by its handle, or by its entry (party:index)");
    Status status = store_blob_load(s, p->store, name, out);
    return status == ERR_NOT_FOUND ? foreign_find(s, p, name, out) : status;
}

/* The file gets its name when it is whole. */
static Status plain_write(struct scope *s, struct post *p, struct vault *vault,
                          const struct vault_item *item, const char *path)
{
    AUTO_FILE int fd = -1;
    bool taken;
    Str part = scope_print(s, "%s.part", path);
    if (part.ptr == NULL) return ERR_MEMORY;
    TRY(file_look(s, path, &taken));
    if (taken) return fail(s, ERR_DUPLICATE, "%s exists already", path);
    TRY(file_remove(s, part.ptr));
    TRY(file_open_new(s, part.ptr, &fd));
    Status status = vault_get(s, vault, item, &p->identity, fd);
    if (status == OK) status = file_sync_fd(s, fd);
    if (status == OK) status = file_rename(s, part.ptr, path);
    if (status == OK) return OK;
    struct failure first = failure_hold(s, status);
    (void)!file_remove(s, part.ptr);
    return failure_tell(s, &first);
}

Status evidence_get(struct scope *s, struct post *p, Str handle, const char *path)
{
    struct blob_row blob;
    struct vault *vault;
    TRY(blob_find(s, p, handle, &blob));
    if (!blob.complete)
        return fail(s, ERR_STATE,
                    "the file has not arrived yet: %" PRIu64 " of its pieces are here",
                    blob.pieces_held);
    post_lock(p);
    Status status = post_vault(s, p, &vault);
    post_unlock(p);
    TRY(status);
    struct vault_item item = {blob.handle, blob.sha256, blob.pieces_root, blob.size};
    return plain_write(s, p, vault, &item, path);
}
