#include "base/writer.h"
#include "os/file.h"
#include "vault/inner.h"
#include <inttypes.h>

enum { READ_BYTES = 64 * 1024, HEADER_ROOM = 4096 };

struct vault_put {
    struct scope *scope;
    struct vault *vault;
    const struct vault_item *expected;
    Str handle;
    const char *path; /* while it is being written; NULL once it is in place or dropped */
    int fd;
    Status status;
    Bytes header;
    struct age_stream stream;
    uint64_t chunks;  /* sealed and written */
    size_t chunk_len; /* waiting in `chunk`: whether it is the last shows only later */
    uint64_t size;
    struct hasher whole;
    struct hasher piece;
    struct writer leaves; /* leaf hashes, one after the other */
    uint8_t chunk[AGE_CHUNK_BYTES];
    uint8_t sealed[AGE_SEALED_CHUNK_BYTES];
};

static Status begin_file(struct vault_put *put)
{
    struct scope *s = put->scope;
    struct vault *v = put->vault;
    struct age_seed seed;
    TRY(seed_fill(s, v, &seed));
    Status status =
        age_header_make(s, v->recipients, v->recipient_count, &seed, &put->header, &put->stream);
    secret_wipe(&seed, sizeof seed);
    if (status != OK) return status;
    const char *path;
    TRY(item_path(s, v->incoming, put->handle, ".age", &path));
    TRY(file_open_new(s, path, &put->fd));
    put->path = path;
    TRY(file_lock_fd(s, put->fd)); /* until closed: see sweep in vault.c */
    return file_write_all(s, put->fd, put->header);
}

Status put_begin(struct scope *s, struct vault *v, Str handle, const struct vault_item *expected,
                 struct vault_put **out)
{
    AUTO_PUT struct vault_put *put = NEW(s, struct vault_put);
    if (put == NULL) return ERR_MEMORY;
    put->scope = s;
    put->vault = v;
    put->expected = expected;
    put->fd = -1;
    put->handle = scope_str(s, handle);
    if (put->handle.ptr == NULL) return ERR_MEMORY;
    put->leaves = writer_open(s, LEAVES_BYTES_MAX);
    hash_start(&put->whole);
    TRY(begin_file(put));
    *out = put;
    put = NULL;
    return OK;
}

Status vault_put_begin(struct scope *s, struct vault *v, struct vault_put **out)
{
    uint8_t bytes[VAULT_HANDLE_LEN / 2];
    TRY(random_fill(s, v->random, bytes, sizeof bytes));
    struct writer w = writer_open(s, VAULT_HANDLE_LEN + 1);
    write_hex(&w, bytes_of(bytes, sizeof bytes));
    Str handle;
    TRY(writer_close_str(&w, &handle));
    return put_begin(s, v, handle, NULL, out);
}

void vault_put_drop(struct vault_put **at)
{
    struct vault_put *put = *at;
    *at = NULL;
    if (put == NULL) return;
    file_auto_close(&put->fd);
    secret_wipe(&put->stream, sizeof put->stream);
    secret_wipe(put->chunk, sizeof put->chunk);
    if (put->path == NULL) return;
    /* A reason that stands already is the one to tell, so the removal gets a scope of its own. */
    AUTO_SCOPE struct scope *quiet = scope_open(READ_BYTES);
    if (quiet && file_remove(quiet, put->path) != OK) return;
    put->path = NULL;
}

static Status chunk_write(struct vault_put *put, bool is_last)
{
    age_chunk_seal(&put->stream, put->chunks, is_last, bytes_of(put->chunk, put->chunk_len),
                   put->sealed);
    TRY(file_write_all(put->scope, put->fd, bytes_of(put->sealed, put->chunk_len + AGE_TAG_BYTES)));
    put->chunks++;
    put->chunk_len = 0;
    return OK;
}

static void piece_end(struct vault_put *put)
{
    Hash leaf = hash_finish(&put->piece);
    write_bytes(&put->leaves, leaf.bytes, HASH_BYTES);
}

/* A run that crosses no edge of a chunk, and so none of a piece. */
static void hash_run(struct vault_put *put, Bytes run)
{
    if (put->size % VAULT_PIECE_BYTES == 0) {
        hash_start(&put->piece);
        hash_add(&put->piece, (const uint8_t[]){0}, 1);
    }
    hash_add(&put->whole, run.ptr, run.len);
    hash_add(&put->piece, run.ptr, run.len);
    put->size += run.len;
    if (put->size % VAULT_PIECE_BYTES == 0) piece_end(put);
}

void vault_put_add(struct vault_put *put, Bytes bytes)
{
    if (put->status == OK && bytes.len > VAULT_BYTES_MAX - put->size)
        put->status = fail(put->scope, ERR_LIMIT, "a piece of evidence has at most %" PRIu64 " GiB",
                           VAULT_BYTES_MAX >> 30);
    while (put->status == OK && bytes.len) {
        if (put->chunk_len == AGE_CHUNK_BYTES) {
            put->status = chunk_write(put, false);
            continue;
        }
        size_t run = AGE_CHUNK_BYTES - put->chunk_len;
        if (run > bytes.len) run = bytes.len;
        memcpy(put->chunk + put->chunk_len, bytes.ptr, run);
        put->chunk_len += run;
        hash_run(put, bytes_of(bytes.ptr, run));
        bytes = bytes_of(bytes.ptr + run, bytes.len - run);
    }
}

/* Reads the file from the disk with the key at hand and compares it with what was meant. */
static Status read_back(struct vault_put *put, const Hash *sha256)
{
    struct scope *s = put->scope;
    uint8_t start[HEADER_ROOM];
    size_t len;
    if (put->header.len > sizeof start) return fail(s, ERR_INTERNAL, "a header of that length");
    file_uncache_fd(put->fd);
    TRY(file_read_at(s, put->fd, 0, start, put->header.len, &len));
    bool same = bytes_eq(bytes_of(start, len), put->header);
    struct hasher h;
    hash_start(&h);
    uint64_t offset = put->header.len;
    for (uint64_t i = 0; same && i < put->chunks; i++) {
        TRY(file_read_at(s, put->fd, offset, put->sealed, sizeof put->sealed, &len));
        bool last = i + 1 == put->chunks;
        Status status =
            age_chunk_open(s, &put->stream, i, last, bytes_of(put->sealed, len), put->chunk);
        same = status == OK;
        if (same) hash_add(&h, put->chunk, len - AGE_TAG_BYTES);
        offset += len;
    }
    Hash back = hash_finish(&h);
    if (!same || !hash_eq(&back, sha256))
        return fail(s, ERR_DISK, "the disk gives back other bytes than were written: check it");
    return OK;
}

static Status compare(struct vault_put *put, const struct vault_item *item)
{
    const struct vault_item *e = put->expected;
    if (e == NULL) return OK;
    if (e->size == item->size && hash_eq(&e->sha256, &item->sha256) &&
        hash_eq(&e->pieces_root, &item->pieces_root))
        return OK;
    return fail(put->scope, ERR_PROOF, "the bytes of %.*s are not those that were announced",
                STR_ARG(item->handle));
}

static Status settle(struct vault_put *put, Bytes leaves)
{
    struct scope *s = put->scope;
    const char *leaves_path, *path;
    TRY(item_path(s, put->vault->folder, put->handle, ".leaves.age", &leaves_path));
    TRY(item_path(s, put->vault->folder, put->handle, ".age", &path));
    TRY(sealed_write(s, put->vault, leaves_path, leaves));
    Status status = file_rename(s, put->path, path);
    if (status == OK) put->path = NULL;
    return status;
}

Status vault_put_end(struct vault_put *put, struct vault_item *out)
{
    struct scope *s = put->scope;
    TRY(put->status);
    if (put->path == NULL) return fail(s, ERR_INTERNAL, "this was ended before");
    TRY(chunk_write(put, true));
    if (put->size % VAULT_PIECE_BYTES) piece_end(put);
    Bytes leaves;
    TRY(writer_close(&put->leaves, &leaves));
    struct vault_item item = {.handle = put->handle, .size = put->size};
    item.sha256 = hash_finish(&put->whole);
    item.pieces_root = leaves_root((const Hash *)leaves.ptr, leaves.len / HASH_BYTES);
    TRY(compare(put, &item));
    TRY(file_sync_fd(s, put->fd));
    TRY(read_back(put, &item.sha256));
    TRY(settle(put, leaves));
    *out = item;
    return OK;
}

Status vault_put_fd(struct scope *s, struct vault *v, int fd, struct vault_item *out)
{
    AUTO_PUT struct vault_put *put = NULL;
    TRY(vault_put_begin(s, v, &put));
    uint8_t *run = scope_alloc(s, READ_BYTES);
    if (run == NULL) return ERR_MEMORY;
    size_t len;
    do {
        TRY(file_read_some(s, fd, run, READ_BYTES, &len));
        vault_put_add(put, bytes_of(run, len));
    } while (len == READ_BYTES && put->status == OK);
    secret_wipe(run, READ_BYTES);
    return vault_put_end(put, out);
}

Status vault_put_bytes(struct scope *s, struct vault *v, Bytes bytes, struct vault_item *out)
{
    AUTO_PUT struct vault_put *put = NULL;
    TRY(vault_put_begin(s, v, &put));
    vault_put_add(put, bytes);
    return vault_put_end(put, out);
}
