/* Paths and contents of tiles: what is taken has exactly one form. The first byte of the input says
 * how wide the tile is, for the contents. */
#include "core/ledger/tile.h"
#include "fuzz.h"
#include <assert.h>

enum { SCOPE_MAX = 1 << 20 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct scope *s = scope_open(SCOPE_MAX);
    if (s == NULL) return 1;
    Bytes input = bytes_of(data, size), again;
    struct tile t;
    Str path;
    if (tile_path_parse(s, bytes_str(input), &t) == OK) {
        Status formed = tile_path_format(s, &t, &path);
        assert(formed == OK && str_eq(path, bytes_str(input)));
    }
    if (size > 0) {
        unsigned width = data[0] + 1u;
        Hash hashes[TREE_ROW_WIDTH];
        Bytes content = bytes_of(data + 1, size - 1);
        if (tile_entries_parse(s, content, width, hashes) == OK) {
            Status formed = tile_entries_format(s, hashes, width, &again);
            assert(formed == OK && bytes_eq(again, content));
        }
        if (tile_hashes_parse(s, content, width, hashes) == OK) {
            Status formed = tile_hashes_format(s, hashes, width, &again);
            assert(formed == OK && bytes_eq(again, content));
        }
    }
    scope_close(s);
    return 0;
}
