/* Writes a journal of cover leaves as static files: make_journal DIR LEAVES. The keys are fixed, so
 * that strangers' programs can be run over a tree of any size without a post. */
#include "base/writer.h"
#include "core/ledger/checkpoint.h"
#include "core/ledger/tile.h"
#include <errno.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#define ORIGIN   "lv.example/journal"
#define COSIGNER "by.example/journal/cosigner"

enum { PATH_BYTES = 1024, SCOPE_MAX = 256 << 20 };

struct rows {
    Hash *row[TREE_LEVELS];
    uint64_t count[TREE_LEVELS];
};

static Status rows_read(void *ctx, struct scope *s, unsigned level, uint64_t first, uint64_t count,
                        Hash *out)
{
    struct rows *r = ctx;
    if (level >= TREE_LEVELS || first + count > r->count[level])
        return fail(s, ERR_NOT_FOUND, "row %u has no such hash", level);
    memcpy(out, r->row[level] + first, (size_t)count * sizeof *out);
    return OK;
}

static Status file_save(struct scope *s, const char *dir, Str name, Bytes bytes)
{
    char path[PATH_BYTES];
    int len = snprintf(path, sizeof path, "%s/%.*s", dir, STR_ARG(name));
    if (len < 0 || (size_t)len >= sizeof path) return fail(s, ERR_LIMIT, "a path is too long");
    for (char *at = strchr(path + 1, '/'); at; at = strchr(at + 1, '/')) {
        *at = '\0';
        if (mkdir(path, 0700) != 0 && errno != EEXIST)
            return fail(s, ERR_DISK, "no folder %s", path);
        *at = '/';
    }
    FILE *f = fopen(path, "wb");
    if (f == NULL) return fail(s, ERR_DISK, "no file %s", path);
    bool ok = fwrite(bytes.ptr, 1, bytes.len, f) == bytes.len;
    ok = fclose(f) == 0 && ok;
    return ok ? OK : fail(s, ERR_DISK, "%s is not written", path);
}

static Status tiles_save(struct scope *s, const char *dir, const struct rows *r,
                         const Hash *commitments)
{
    uint64_t size = r->count[0];
    for (unsigned level = 0; level < TREE_LEVELS; level++)
        for (uint64_t n = 0; tile_width(size, level, n); n++) {
            struct tile t = {false, level, n, tile_width(size, level, n)};
            Str path;
            Bytes bytes;
            TRY(tile_path_format(s, &t, &path));
            TRY(tile_hashes_format(s, r->row[level] + n * TREE_ROW_WIDTH, t.width, &bytes));
            TRY(file_save(s, dir, path, bytes));
            if (level > 0) continue;
            t.entries = true;
            TRY(tile_path_format(s, &t, &path));
            TRY(tile_entries_format(s, commitments + n * TREE_ROW_WIDTH, t.width, &bytes));
            TRY(file_save(s, dir, path, bytes));
        }
    return OK;
}

static struct secret_key key_filled(uint8_t fill)
{
    uint8_t seed[SEED_BYTES];
    struct secret_key key;
    memset(seed, fill, sizeof seed);
    secret_key_from_seed(seed, &key);
    return key;
}

static Status head_save(struct scope *s, const char *dir, uint64_t size, const Hash *root)
{
    struct secret_key log = key_filled(1), cosigner = key_filled(2);
    Instant at = {1693386600 * US_PER_SECOND};
    Str text, note, line, vkeys[2];
    TRY(checkpoint_text(s, STR(ORIGIN), size, root, &text));
    TRY(checkpoint_sign(s, text, STR(ORIGIN), &log, &note));
    TRY(cosignature_make(s, text, STR(COSIGNER), &cosigner, at, &line));
    TRY(note_add_line(s, note, line, &note));
    TRY(file_save(s, dir, STR("checkpoint"), str_bytes(note)));
    TRY(vkey_format(s, STR(ORIGIN), NOTE_ED25519, &log.public, &vkeys[0]));
    TRY(vkey_format(s, STR(COSIGNER), NOTE_COSIGNATURE, &cosigner.public, &vkeys[1]));
    line = scope_print(s, "%.*s\n%.*s\n", STR_ARG(vkeys[0]), STR_ARG(vkeys[1]));
    return file_save(s, dir, STR("vkeys"), str_bytes(line));
}

static Status journal_save(struct scope *s, const char *dir, uint64_t size)
{
    struct rows r = {0};
    struct frontier f = {0};
    Hash key = hash_of(str_bytes(STR("cover"))), root;
    Hash *commitments = scope_array(s, size + 1, sizeof *commitments);
    if (commitments == NULL) return ERR_MEMORY;
    for (unsigned level = 0; level < TREE_LEVELS; level++)
        if ((r.row[level] = scope_array(s, (size >> (8 * level)) + 1, sizeof(Hash))) == NULL)
            return ERR_MEMORY;
    for (uint64_t i = 0; i < size; i++) {
        struct frontier_row done[TREE_LEVELS];
        commitments[i] = cover_commitment(&key, i);
        Hash leaf = leaf_hash_of(&commitments[i]);
        r.row[0][r.count[0]++] = leaf;
        size_t count = frontier_add(&f, &leaf, done);
        for (size_t k = 0; k < count; k++)
            r.row[done[k].level][r.count[done[k].level]++] = done[k].root;
    }
    struct tree_source source = {rows_read, &r};
    TRY(tree_root(s, &source, size, &root));
    TRY(tiles_save(s, dir, &r, commitments));
    return head_save(s, dir, size, &root);
}

int main(int count, char **arguments)
{
    uint64_t size;
    if (count != 3 || !str_u64(str_of(arguments[2]), &size) || size > 1000000 || sodium_init() < 0)
        return 2;
    struct scope *s = scope_open(SCOPE_MAX);
    Status status = s ? journal_save(s, arguments[1], size) : ERR_MEMORY;
    if (status != OK) fprintf(stderr, "%s\n", s ? scope_reason(s) : "no memory");
    scope_close(s);
    return status_exit_code(status);
}
