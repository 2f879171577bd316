/* core/ledger/tile.h - C2SP tlog-tiles: names and contents of the static files in which a journal
 * is served. Decides what bytes a tile has; never where it is kept. docs/formats/tiles.md. */
#pragma once
#include "core/ledger/fact.h"
#include "core/ledger/tree.h"

enum { TILE_PATH_MAX = 64, TILE_ENTRIES_MAX = TREE_ROW_WIDTH * (2 + LEAF_BYTES) };

struct tile {
    bool entries;   /* the leaves themselves; `level` is then 0 */
    unsigned level; /* 0 to TREE_LEVELS - 1 */
    uint64_t index;
    unsigned width; /* 1 to 256; less than 256 is a partial tile */
};

/* "tile/0/x001/x234/067.p/5"; NUL-ended. ERR_USAGE when the tile is none. */
MUST_USE Status tile_path_format(struct scope *s, const struct tile *tile, Str *out);

/* Exactly what tile_path_format gives; ERR_SCHEMA otherwise. */
MUST_USE Status tile_path_parse(struct scope *s, Str path, struct tile *out);

/* How many hashes the tile of this level and index holds in a tree of `size`: 0 to 256. */
unsigned tile_width(uint64_t size, unsigned level, uint64_t index);

/* A tile of hashes: 32 bytes each. */
MUST_USE Status tile_hashes_format(struct scope *s, const Hash *hashes, unsigned width, Bytes *out);
MUST_USE Status tile_hashes_parse(struct scope *s, Bytes bytes, unsigned width, Hash *out);

/* A tile of entries: u16 length, 34-byte leaf each. Leaves are given and taken as commitments;
 * ERR_SCHEMA when one is not 0x01 0x00 and a commitment; `out` is then undefined. */
MUST_USE Status tile_entries_format(struct scope *s, const Hash *commitments, unsigned width,
                                    Bytes *out);
MUST_USE Status tile_entries_parse(struct scope *s, Bytes bytes, unsigned width, Hash *out);
