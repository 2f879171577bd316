/* map/border.h - a border as geometry: lines, territories and markers, read from GeoJSON (RFC 7946,
 * WGS 84). Decides whether bytes are such a border; never whose word about it counts. */
#pragma once
#include "base/scope.h"

enum {
    BORDER_BYTES_MAX = 16 << 20,
    BORDER_POINTS_MAX = 300000,
    BORDER_SHAPES_MAX = 20000, /* of each sort */
    BORDER_NAMES_MAX = 64,
    PARTY_BYTES_MAX = 32
};

struct map_point {
    double lat, lon; /* degrees */
};

struct map_path {
    const struct map_point *points;
    size_t count;    /* at least 2 */
    Str left, right; /* parties beside it, in the direction of the points; empty when not told */
};

/* One territory: an outer ring, then its holes. A country may have several. */
struct map_area {
    Str party;
    const struct map_path *rings; /* closed */
    size_t ring_count;
    double south, north, west, east;
};

struct map_marker {
    Str number;
    struct map_point at;
};

struct border {
    struct map_path *paths;
    size_t path_count;
    struct map_area *areas;
    size_t area_count;
    struct map_marker *markers;
    size_t marker_count;
};

/* What a file calls a country, and the party it is: "LVA", "lv". */
struct border_name {
    Str name, party;
};

/* A FeatureCollection, Feature or geometry of lines, polygons and points. Polygons take their party
 * from the property `party`, `country`, `iso3`, `iso_a2`, `ISO_A2` or `ADM0_A3`, lines from `left`
 * and `right`, points are markers with `marker` or `number`; a name not in the list is taken in
 * lower case. ERR_SCHEMA names the feature; other coordinate systems are refused. All lives in `s`.
 */
MUST_USE Status border_read(struct scope *s, Bytes geojson, const struct border_name *names,
                            size_t name_count, struct border *out);

/* The marker with that number; NULL when there is none. */
const struct map_marker *border_marker(const struct border *b, Str number);
