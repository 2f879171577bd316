#include "core/ledger/tile.h"
#include "base/reader.h"
#include "base/writer.h"

enum { GROUP = 1000, GROUP_DIGITS = 3, GROUPS_MAX = 7 /* 10^21 is above 2^64 */ };

static bool is_tile(const struct tile *t)
{
    return t->level < TREE_LEVELS && (!t->entries || t->level == 0) && t->width >= 1 &&
           t->width <= TREE_ROW_WIDTH;
}

Status tile_path_format(struct scope *s, const struct tile *t, Str *out)
{
    if (!is_tile(t)) return fail(s, ERR_USAGE, "no tile has this level or width");
    unsigned groups[GROUPS_MAX];
    size_t count = 0;
    for (uint64_t n = t->index; n || count == 0; n /= GROUP)
        groups[count++] = (unsigned)(n % GROUP);
    struct writer w = writer_open(s, TILE_PATH_MAX);
    write_str(&w, STR("tile/"));
    if (t->entries)
        write_str(&w, STR("entries"));
    else
        write_print(&w, "%u", t->level);
    while (count-- > 1)
        write_print(&w, "/x%03u", groups[count]);
    write_print(&w, "/%03u", groups[0]);
    if (t->width < TREE_ROW_WIDTH) write_print(&w, ".p/%u", t->width);
    return writer_close_str(&w, out);
}

/* Three digits; false for anything else. */
static bool group_parse(Str text, unsigned *out)
{
    if (text.len != GROUP_DIGITS) return false;
    unsigned value = 0;
    for (size_t i = 0; i < GROUP_DIGITS; i++) {
        if (text.ptr[i] < '0' || text.ptr[i] > '9') return false;
        value = value * 10 + (unsigned)(text.ptr[i] - '0');
    }
    *out = value;
    return true;
}

/* "x001/x234/067": no empty leading group, at most 2^64-1. Cuts it off `rest`; the last group is
 * known by the missing x and may carry ".p". */
static bool index_parse(Str *rest, uint64_t *out, bool *is_partial)
{
    uint64_t value = 0;
    for (size_t n = 0; n < GROUPS_MAX; n++) {
        Str part = str_cut(rest, '/');
        bool more = part.len > 0 && part.ptr[0] == 'x';
        *is_partial = !more && str_has_suffix(part, ".p");
        if (more) part = (Str){part.ptr + 1, part.len - 1};
        if (*is_partial) part.len -= 2;
        unsigned group;
        if (!group_parse(part, &group) || (more && n == 0 && group == 0)) return false;
        if (__builtin_mul_overflow(value, (uint64_t)GROUP, &value) ||
            __builtin_add_overflow(value, (uint64_t)group, &value))
            return false;
        if (!more) {
            *out = value;
            return true;
        }
    }
    return false;
}

Status tile_path_parse(struct scope *s, Str path, struct tile *out)
{
    struct tile t = {.width = TREE_ROW_WIDTH};
    Str rest = path;
    bool is_partial = false;
    uint64_t level = 0, width = 0;
    bool ok = path.len <= TILE_PATH_MAX && str_is(str_cut(&rest, '/'), "tile");
    Str kind = str_cut(&rest, '/');
    t.entries = str_is(kind, "entries");
    ok = ok && (t.entries || (str_u64(kind, &level) && level < TREE_LEVELS));
    t.level = (unsigned)level;
    ok = ok && index_parse(&rest, &t.index, &is_partial);
    if (ok && is_partial) {
        ok = str_u64(rest, &width) && width >= 1 && width < TREE_ROW_WIDTH;
        t.width = (unsigned)width;
    } else {
        ok = ok && rest.ptr == NULL;
    }
    if (!ok) return fail(s, ERR_SCHEMA, "this is not the path of a tile");
    *out = t;
    return OK;
}

unsigned tile_width(uint64_t size, unsigned level, uint64_t index)
{
    uint64_t hashes = level < TREE_LEVELS ? size >> (8 * level) : 0;
    uint64_t full = hashes / TREE_ROW_WIDTH;
    if (index > full) return 0;
    return index < full ? TREE_ROW_WIDTH : (unsigned)(hashes % TREE_ROW_WIDTH);
}

Status tile_hashes_format(struct scope *s, const Hash *hashes, unsigned width, Bytes *out)
{
    struct writer w = writer_open(s, (size_t)TREE_ROW_WIDTH * HASH_BYTES);
    for (unsigned i = 0; i < width; i++)
        write_bytes(&w, hashes[i].bytes, HASH_BYTES);
    return writer_close(&w, out);
}

Status tile_hashes_parse(struct scope *s, Bytes bytes, unsigned width, Hash *out)
{
    struct reader r = reader_open(s, bytes, "tile");
    for (unsigned i = 0; i < width; i++)
        read_fixed(&r, out[i].bytes, HASH_BYTES);
    return reader_close(&r);
}

Status tile_entries_format(struct scope *s, const Hash *commitments, unsigned width, Bytes *out)
{
    struct writer w = writer_open(s, TILE_ENTRIES_MAX);
    for (unsigned i = 0; i < width; i++) {
        uint8_t leaf[LEAF_BYTES];
        leaf_of(&commitments[i], leaf);
        write_u16(&w, LEAF_BYTES);
        write_bytes(&w, leaf, sizeof leaf);
    }
    return writer_close(&w, out);
}

Status tile_entries_parse(struct scope *s, Bytes bytes, unsigned width, Hash *out)
{
    struct reader r = reader_open(s, bytes, "tile of entries");
    for (unsigned i = 0; i < width; i++) {
        if (read_u16(&r) != LEAF_BYTES || read_u8(&r) != 0x01 || read_u8(&r) != 0x00)
            reader_refuse(&r);
        read_fixed(&r, out[i].bytes, HASH_BYTES);
    }
    return reader_close(&r);
}
