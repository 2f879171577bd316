#include "os/file.h"
#include "vault/inner.h"
#include <inttypes.h>

enum { PIECE_CHUNKS = VAULT_PIECE_BYTES / AGE_CHUNK_BYTES };

struct vault_reader {
    struct vault_item item;
    int fd;
    uint64_t header_bytes;
    struct age_stream stream;
    uint64_t pieces;
    Hash *leaves; /* agree with item.pieces_root */
    uint8_t sealed[AGE_SEALED_CHUNK_BYTES];
    uint8_t plain[VAULT_PIECE_BYTES];
};

void vault_reader_close(struct vault_reader **at)
{
    struct vault_reader *r = *at;
    *at = NULL;
    if (r == NULL) return;
    file_auto_close(&r->fd);
    secret_wipe(r, sizeof *r);
}

static Status open_header(struct scope *s, struct vault_reader *r, const char *path,
                          const struct age_identity *identity)
{
    TRY(file_open_read(s, path, &r->fd));
    uint8_t *start = scope_alloc(s, AGE_HEADER_MAX);
    if (start == NULL) return ERR_MEMORY;
    size_t len, header_bytes = 0;
    TRY(file_read_at(s, r->fd, 0, start, AGE_HEADER_MAX, &len));
    TRY(altered(s, age_header_open(s, bytes_of(start, len), identity, 1, &header_bytes, &r->stream),
                r->item.handle));
    r->header_bytes = header_bytes;
    uint64_t file_bytes, plain_bytes = 0;
    TRY(file_size(s, path, &file_bytes));
    TRY(altered(s, age_plain_bytes(s, file_bytes - header_bytes, &plain_bytes), r->item.handle));
    if (plain_bytes != r->item.size) return altered(s, ERR_SCHEMA, r->item.handle);
    return OK;
}

/* Opens the chunks of a piece; whether it is the right piece is not looked at. */
static Status piece_open(struct scope *s, struct vault_reader *r, uint64_t piece, size_t *out_len)
{
    uint64_t chunks = r->item.size ? (r->item.size + AGE_CHUNK_BYTES - 1) / AGE_CHUNK_BYTES : 1;
    size_t done = 0;
    for (uint64_t i = piece * PIECE_CHUNKS; i < (piece + 1) * PIECE_CHUNKS && i < chunks; i++) {
        size_t len;
        TRY(file_read_at(s, r->fd, r->header_bytes + i * AGE_SEALED_CHUNK_BYTES, r->sealed,
                         sizeof r->sealed, &len));
        TRY(altered(s,
                    age_chunk_open(s, &r->stream, i, i + 1 == chunks, bytes_of(r->sealed, len),
                                   r->plain + done),
                    r->item.handle));
        done += len - AGE_TAG_BYTES;
    }
    *out_len = done;
    return OK;
}

static Hash leaf_of_piece(const struct vault_reader *r, size_t len)
{
    return tree_leaf_hash(bytes_of(r->plain, len));
}

/* The leaf hashes from their own file; false when that is lost or not what the item says. */
static bool leaves_take(struct scope *s, struct vault *v, struct vault_reader *r,
                        const struct age_identity *identity)
{
    const char *path;
    Bytes bytes;
    if (item_path(s, v->folder, r->item.handle, ".leaves.age", &path) != OK) return false;
    if (sealed_read(s, path, identity, LEAVES_BYTES_MAX, &bytes) != OK) return false;
    if (bytes.len != r->pieces * HASH_BYTES) return false;
    memcpy(r->leaves, bytes.ptr, bytes.len);
    Hash root = leaves_root(r->leaves, r->pieces);
    return hash_eq(&root, &r->item.pieces_root);
}

static Status leaves_make(struct scope *s, struct vault *v, struct vault_reader *r)
{
    for (uint64_t i = 0; i < r->pieces; i++) {
        size_t len;
        TRY(piece_open(s, r, i, &len));
        r->leaves[i] = leaf_of_piece(r, len);
    }
    Hash root = leaves_root(r->leaves, r->pieces);
    if (!hash_eq(&root, &r->item.pieces_root)) return altered(s, ERR_SCHEMA, r->item.handle);
    const char *path;
    TRY(item_path(s, v->folder, r->item.handle, ".leaves.age", &path));
    return sealed_write(s, v, path, bytes_of(r->leaves, r->pieces * HASH_BYTES));
}

Status vault_reader_open(struct scope *s, struct vault *v, const struct vault_item *item,
                         const struct age_identity *identity, struct vault_reader **out)
{
    const char *path;
    bool held;
    TRY(item_path(s, v->folder, item->handle, ".age", &path));
    TRY(file_look(s, path, &held));
    if (!held)
        return fail(s, ERR_NOT_FOUND, "the evidence %.*s is not held here", STR_ARG(item->handle));
    if (item->size > VAULT_BYTES_MAX) return fail(s, ERR_LIMIT, "no evidence is as long as that");
    AUTO_VAULT_READER struct vault_reader *r = NEW(s, struct vault_reader);
    if (r == NULL) return ERR_MEMORY;
    r->fd = -1;
    r->item = *item;
    r->pieces = piece_count(item->size);
    r->leaves = scope_array(s, r->pieces + 1, sizeof *r->leaves);
    if (r->leaves == NULL) return ERR_MEMORY;
    TRY(open_header(s, r, path, identity));
    if (!leaves_take(s, v, r, identity)) TRY(leaves_make(s, v, r));
    *out = r;
    r = NULL;
    return OK;
}

uint64_t vault_reader_pieces(const struct vault_reader *r)
{
    return r->pieces;
}

Status vault_reader_piece(struct scope *s, struct vault_reader *r, uint64_t piece, Bytes *out)
{
    if (piece >= r->pieces)
        return fail(s, ERR_NOT_FOUND, "the evidence has no piece %" PRIu64, piece);
    size_t len;
    TRY(piece_open(s, r, piece, &len));
    Hash leaf = leaf_of_piece(r, len);
    if (!hash_eq(&leaf, &r->leaves[piece])) return altered(s, ERR_SCHEMA, r->item.handle);
    *out = bytes_of(r->plain, len);
    return OK;
}

/* Every piece in order, to `out_fd` unless that is -1. */
static Status read_all(struct scope *s, struct vault *v, const struct vault_item *item,
                       const struct age_identity *identity, int out_fd)
{
    AUTO_VAULT_READER struct vault_reader *r = NULL;
    TRY(vault_reader_open(s, v, item, identity, &r));
    /* An empty file has one chunk and no piece: its seal is looked at, too. */
    size_t none;
    if (r->pieces == 0) TRY(piece_open(s, r, 0, &none));
    struct hasher h;
    hash_start(&h);
    for (uint64_t i = 0; i < r->pieces; i++) {
        Bytes piece = {NULL, 0};
        TRY(vault_reader_piece(s, r, i, &piece));
        hash_add(&h, piece.ptr, piece.len);
        if (out_fd >= 0) TRY(file_write_all(s, out_fd, piece));
    }
    Hash whole = hash_finish(&h);
    if (!hash_eq(&whole, &item->sha256)) return altered(s, ERR_SCHEMA, item->handle);
    return OK;
}

Status vault_get(struct scope *s, struct vault *v, const struct vault_item *item,
                 const struct age_identity *identity, int out_fd)
{
    return read_all(s, v, item, identity, out_fd);
}

Status vault_check(struct scope *s, struct vault *v, const struct vault_item *item,
                   const struct age_identity *identity)
{
    return read_all(s, v, item, identity, -1);
}

/* Rows of the small tree over the pieces, made from the leaves each time they are asked for. */
static Status leaves_source(void *ctx, struct scope *s, unsigned level, uint64_t first,
                            uint64_t count, Hash *out)
{
    const struct vault_reader *r = ctx;
    uint64_t width = (uint64_t)1 << (8 * level);
    if ((first + count) * width > r->pieces)
        return fail(s, ERR_INTERNAL, "no such row above the pieces");
    for (uint64_t i = 0; i < count; i++)
        out[i] = leaves_root(r->leaves + (first + i) * width, width);
    return OK;
}

Status vault_piece_read(struct scope *s, struct vault *v, const struct vault_item *item,
                        const struct age_identity *identity, uint64_t piece, Bytes *out,
                        struct tree_proof *out_proof)
{
    AUTO_VAULT_READER struct vault_reader *r = NULL;
    TRY(vault_reader_open(s, v, item, identity, &r));
    Bytes plain = {NULL, 0};
    TRY(vault_reader_piece(s, r, piece, &plain));
    struct tree_source source = {.read = leaves_source, .ctx = r};
    TRY(tree_inclusion(s, &source, piece, r->pieces, out_proof));
    Bytes copy = scope_bytes(s, plain);
    if (copy.ptr == NULL) return ERR_MEMORY;
    *out = copy;
    return OK;
}
