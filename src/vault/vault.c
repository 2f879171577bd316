#include "os/file.h"
#include "vault/inner.h"

enum { INCOMING_MAX = 100000 };

Status handle_check(struct scope *s, Str handle)
{
    bool good = handle.len == VAULT_HANDLE_LEN;
    for (size_t i = 0; good && i < handle.len; i++) {
        char c = handle.ptr[i];
        good = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
    }
    return good ? OK : fail(s, ERR_USAGE, "this is no handle of evidence");
}

Status item_path(struct scope *s, const char *folder, Str handle, const char *end, const char **out)
{
    TRY(handle_check(s, handle));
    *out = scope_print(s, "%s/%.*s%s", folder, STR_ARG(handle), end).ptr;
    return *out ? OK : ERR_MEMORY;
}

Status seed_fill(struct scope *s, struct vault *v, struct age_seed *out)
{
    return random_fill(s, v->random, (uint8_t *)out, sizeof *out);
}

Status sealed_write(struct scope *s, struct vault *v, const char *path, Bytes plain)
{
    struct age_seed seed;
    TRY(seed_fill(s, v, &seed));
    Bytes sealed = {NULL, 0};
    Status status = age_seal(s, v->recipients, v->recipient_count, &seed, plain, &sealed);
    secret_wipe(&seed, sizeof seed);
    if (status != OK) return status;
    return file_write(s, path, sealed);
}

Status altered(struct scope *s, Status status, Str handle)
{
    if (status != ERR_SCHEMA && status != ERR_SIGNATURE && status != ERR_NOT_FOUND &&
        status != ERR_LIMIT)
        return status;
    return fail(s, ERR_PROOF,
                "the evidence %.*s is not what was sealed: it was altered, or the disk is failing",
                STR_ARG(handle));
}

Status sealed_read(struct scope *s, const char *path, const struct age_identity *identity,
                   size_t plain_max, Bytes *out)
{
    Bytes sealed;
    TRY(altered(s, file_read(s, path, age_sealed_bytes(AGE_RECIPIENTS_MAX, plain_max), &sealed),
                str_of(path)));
    return altered(s, age_open(s, identity, 1, sealed, plain_max, out), str_of(path));
}

Hash leaves_root(const Hash *leaves, uint64_t count)
{
    struct frontier f = {0};
    struct frontier_row rows[TREE_LEVELS];
    for (uint64_t i = 0; i < count; i++)
        frontier_add(&f, &leaves[i], rows);
    return frontier_root(&f);
}

/* A file being written is locked by its writer; one that can be locked has lost it. */
static Status sweep(struct scope *s, const struct vault *v)
{
    Str *names;
    size_t count;
    TRY(file_list(s, v->incoming, INCOMING_MAX, &names, &count));
    for (size_t i = 0; i < count; i++) {
        if (!str_has_suffix(names[i], ".age")) continue;
        Str path = file_join(s, v->incoming, names[i].ptr);
        if (path.ptr == NULL) return ERR_MEMORY;
        AUTO_FILE int fd = -1;
        if (file_open_read(s, path.ptr, &fd) != OK || file_lock_fd(s, fd) != OK) continue;
        TRY(file_remove(s, path.ptr));
    }
    return OK;
}

Status vault_open(struct scope *s, const char *folder, const AgeRecipient *recipients, size_t count,
                  struct random *random, struct vault **out)
{
    if (count == 0 || count > VAULT_RECIPIENTS_MAX)
        return fail(s, ERR_USAGE, "a vault is sealed for 1 to %d keys", VAULT_RECIPIENTS_MAX);
    struct vault *v = NEW(s, struct vault);
    if (v == NULL) return ERR_MEMORY;
    v->folder = scope_str(s, str_of(folder)).ptr;
    v->incoming = file_join(s, folder, "incoming").ptr;
    if (v->folder == NULL || v->incoming == NULL) return ERR_MEMORY;
    memcpy(v->recipients, recipients, count * sizeof *recipients);
    v->recipient_count = count;
    v->random = random;
    TRY(file_make_folder(s, v->folder));
    TRY(file_make_folder(s, v->incoming));
    TRY(sweep(s, v));
    *out = v;
    return OK;
}

Status vault_has(struct scope *s, const struct vault *v, Str handle, bool *out)
{
    const char *path;
    TRY(item_path(s, v->folder, handle, ".age", &path));
    return file_look(s, path, out);
}
