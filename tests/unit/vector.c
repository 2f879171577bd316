#include "vector.h"
#include "base/reader.h"
#include "base/writer.h"
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

enum { SCOPE_MAX = 256 << 20, HEX_MAX = 1 << 20 };

struct scope *test_scope(void)
{
    struct scope *s = scope_open(SCOPE_MAX);
    assert_non_null(s);
    return s;
}

void assert_status(struct scope *s, Status got, Status expected)
{
    if (got != expected)
        fail_msg("%s instead of %s: %s", status_name(got), status_name(expected), scope_reason(s));
    if (expected != OK) assert_true(strlen(scope_reason(s)) > 0);
}

Bytes vector_file(struct scope *s, const char *path)
{
    FILE *f = fopen(path, "rb");
    if (f == NULL) fail_msg("%s cannot be read", path);
    struct writer w = writer_open(s, SCOPE_MAX / 4);
    uint8_t piece[65536];
    for (size_t n; (n = fread(piece, 1, sizeof piece, f)) > 0;)
        write_bytes(&w, piece, n);
    fclose(f);
    Bytes out;
    assert_status(s, writer_close(&w, &out), OK);
    return out;
}

static const char *root(void)
{
    const char *named = getenv("TWINPOST_ROOT");
    return named ? named : ".";
}

bool vector_shared(const char *folder, char out[static VECTOR_PATH_MAX])
{
    const char *named = getenv("TWINPOST_SHARED");
    struct stat st;
    if (named)
        snprintf(out, VECTOR_PATH_MAX, "%s/%s", named, folder);
    else
        snprintf(out, VECTOR_PATH_MAX, "%s/../shared/%s", root(), folder);
    return stat(out, &st) == 0 && S_ISDIR(st.st_mode);
}

size_t vector_walk(const char *folder, void (*each)(void *ctx, const char *path), void *ctx)
{
    struct dirent **names;
    int count = scandir(folder, &names, NULL, alphasort);
    assert_true(count >= 0);
    size_t files = 0;
    for (int i = 0; i < count; i++) {
        char path[VECTOR_PATH_MAX];
        struct stat st;
        int len = snprintf(path, sizeof path, "%s/%s", folder, names[i]->d_name);
        bool is_entry = names[i]->d_name[0] != '.';
        free(names[i]);
        if (!is_entry) continue;
        assert_true(len > 0 && (size_t)len < sizeof path && stat(path, &st) == 0);
        if (S_ISDIR(st.st_mode)) {
            files += vector_walk(path, each, ctx);
        } else {
            each(ctx, path);
            files++;
        }
    }
    free(names);
    return files;
}

Str vector_page(struct scope *s, const char *page, const char *name)
{
    char path[VECTOR_PATH_MAX], fence[100];
    snprintf(path, sizeof path, "%s/docs/formats/%s", root(), page);
    snprintf(fence, sizeof fence, "```vector %s", name);
    Str rest = bytes_str(vector_file(s, path));
    while (rest.len) {
        if (!str_is(str_cut(&rest, '\n'), fence)) continue;
        const char *end = memmem(rest.ptr, rest.len, "```", 3);
        assert_non_null(end);
        assert_true(end > rest.ptr);
        return (Str){rest.ptr, (size_t)(end - rest.ptr)};
    }
    fail_msg("%s has no vector %s", page, name);
    return rest;
}

Str vector_value(Str block, const char *key)
{
    while (block.len) {
        Str line = str_cut(&block, '\n');
        if (str_is(str_cut(&line, ' '), key)) return line;
    }
    fail_msg("the vector has no %s", key);
    return block;
}

Bytes vector_hex(struct scope *s, Str hex)
{
    assert_true(hex.len % 2 == 0 && hex.len <= HEX_MAX);
    uint8_t *out = scope_alloc(s, hex.len / 2 + 1);
    assert_non_null(out);
    if (!hex_parse(hex, out, hex.len / 2)) fail_msg("not hex: %.*s", STR_ARG(hex));
    return bytes_of(out, hex.len / 2);
}

void assert_hex(Bytes got, Str hex)
{
    struct scope *s = test_scope();
    struct writer w = writer_open(s, HEX_MAX);
    write_hex(&w, got);
    Str text;
    assert_status(s, writer_close_str(&w, &text), OK);
    if (!str_eq(text, hex)) fail_msg("%.*s instead of %.*s", STR_ARG(text), STR_ARG(hex));
    scope_close(s);
}
