#include "map/border.h"
#include "base/json.h"
#include <math.h>
#include <stdio.h>

/* What is being read; `place` names the feature in refusals. */
struct reading {
    struct scope *s;
    const struct border_name *names;
    size_t name_count;
    size_t points;
    size_t path_room, area_room, marker_room;
    struct border border;
    const json_t *properties;
    char place[32];
};

static Status refuse(struct reading *r, const char *why)
{
    return fail(r->s, ERR_SCHEMA, "the border: %s: %s", r->place, why);
}

/* A party id: what the list of names says, else the name in lower case; empty when it is none. */
static Str party_of(struct reading *r, const char *const *keys)
{
    Str text = STR("");
    for (size_t i = 0; keys[i] && text.len == 0; i++)
        text = json_text(r->s, r->properties, keys[i]);
    for (size_t i = 0; i < r->name_count; i++)
        if (str_eq(r->names[i].name, text)) return scope_str(r->s, r->names[i].party);
    char *low = text.len && text.len <= PARTY_BYTES_MAX ? scope_alloc(r->s, text.len + 1) : NULL;
    if (low == NULL) return STR("");
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        low[i] = (char)(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
    }
    return (Str){low, text.len};
}

static Status point_read(struct reading *r, const json_t *json, struct map_point *out)
{
    size_t size = json_array_size(json);
    const json_t *lon = json_array_get(json, 0), *lat = json_array_get(json, 1);
    if (size < 2 || size > 3 || !json_is_number(lon) || !json_is_number(lat) ||
        (size == 3 && !json_is_number(json_array_get(json, 2))))
        return refuse(r, "a position is [longitude, latitude] in degrees");
    struct map_point p = {.lat = json_number_value(lat), .lon = json_number_value(lon)};
    if (!(fabs(p.lat) <= 90) || !(fabs(p.lon) <= 180))
        return refuse(r, "a position outside 180 and 90 degrees");
    if (++r->points > BORDER_POINTS_MAX)
        return fail(r->s, ERR_LIMIT, "the border: more than %d points", BORDER_POINTS_MAX);
    *out = p;
    return OK;
}

static Status path_read(struct reading *r, const json_t *json, struct map_path *out)
{
    size_t count = json_array_size(json);
    if (!json_is_array(json) || count < 2) return refuse(r, "a line needs two positions or more");
    struct map_point *points = scope_array(r->s, count, sizeof *points);
    if (points == NULL) return ERR_MEMORY;
    for (size_t i = 0; i < count; i++)
        TRY(point_read(r, json_array_get(json, i), &points[i]));
    *out = (struct map_path){.points = points, .count = count, .left = STR(""), .right = STR("")};
    return OK;
}

/* Room for one more of `size` bytes at the end of a list. */
static Status grow(struct reading *r, void **list, size_t count, size_t *room, size_t size)
{
    if (count < *room) return OK;
    if (count >= BORDER_SHAPES_MAX)
        return fail(r->s, ERR_LIMIT, "the border: more than %d shapes", BORDER_SHAPES_MAX);
    size_t wanted = *room ? *room * 2 : 16;
    void *bigger = scope_array(r->s, wanted, size);
    if (bigger == NULL) return ERR_MEMORY;
    if (count) memcpy(bigger, *list, count * size);
    *list = bigger;
    *room = wanted;
    return OK;
}

static Status line_read(struct reading *r, const json_t *coordinates)
{
    static const char *const left[] = {"left", NULL}, *const right[] = {"right", NULL};
    struct border *b = &r->border;
    void *list = b->paths;
    TRY(grow(r, &list, b->path_count, &r->path_room, sizeof *b->paths));
    b->paths = list;
    struct map_path *path = &b->paths[b->path_count];
    TRY(path_read(r, coordinates, path));
    path->left = party_of(r, left);
    path->right = party_of(r, right);
    b->path_count++;
    return OK;
}

static void box_grow(struct map_area *a, const struct map_path *ring)
{
    for (size_t i = 0; i < ring->count; i++) {
        a->south = fmin(a->south, ring->points[i].lat);
        a->north = fmax(a->north, ring->points[i].lat);
        a->west = fmin(a->west, ring->points[i].lon);
        a->east = fmax(a->east, ring->points[i].lon);
    }
}

static Status polygon_read(struct reading *r, const json_t *coordinates)
{
    static const char *const keys[] = {"party",  "country", "iso3", "iso_a2",
                                       "ISO_A2", "ADM0_A3", NULL};
    struct border *b = &r->border;
    void *list = b->areas;
    TRY(grow(r, &list, b->area_count, &r->area_room, sizeof *b->areas));
    b->areas = list;
    struct map_area area = {.party = party_of(r, keys),
                            .south = 90,
                            .north = -90,
                            .west = 180,
                            .east = -180,
                            .ring_count = json_array_size(coordinates)};
    if (area.party.len == 0) return refuse(r, "a polygon needs the property \"party\"");
    if (area.ring_count == 0) return refuse(r, "a polygon needs a ring");
    struct map_path *rings = scope_array(r->s, area.ring_count, sizeof *rings);
    if (rings == NULL) return ERR_MEMORY;
    for (size_t i = 0; i < area.ring_count; i++) {
        TRY(path_read(r, json_array_get(coordinates, i), &rings[i]));
        const struct map_point *first = rings[i].points, *last = first + rings[i].count - 1;
        if (rings[i].count < 4 || first->lat != last->lat || first->lon != last->lon)
            return refuse(r, "a ring has four positions or more, the last like the first");
        box_grow(&area, &rings[i]);
    }
    area.rings = rings;
    b->areas[b->area_count++] = area;
    return OK;
}

static Status marker_read(struct reading *r, const json_t *coordinates)
{
    struct border *b = &r->border;
    void *list = b->markers;
    TRY(grow(r, &list, b->marker_count, &r->marker_room, sizeof *b->markers));
    b->markers = list;
    struct map_marker marker;
    TRY(point_read(r, coordinates, &marker.at));
    marker.number = json_text(r->s, r->properties, "marker");
    if (marker.number.len == 0) marker.number = json_text(r->s, r->properties, "number");
    const json_t *number = json_object_get(r->properties, "number");
    if (json_is_integer(number))
        marker.number = scope_print(r->s, "%" JSON_INTEGER_FORMAT, json_integer_value(number));
    if (marker.number.len == 0) return refuse(r, "a point needs the property \"marker\"");
    if (border_marker(b, marker.number)) return refuse(r, "the marker stands there twice");
    b->markers[b->marker_count++] = marker;
    return OK;
}

static Status geometry_read(struct reading *r, const json_t *g)
{
    static const struct {
        const char *type;
        bool is_many;
        Status (*read)(struct reading *r, const json_t *coordinates);
    } types[] = {{"LineString", false, line_read},
                 {"MultiLineString", true, line_read},
                 {"Polygon", false, polygon_read},
                 {"MultiPolygon", true, polygon_read},
                 {"Point", false, marker_read}};
    const char *type = json_string_value(json_object_get(g, "type"));
    const json_t *coordinates = json_object_get(g, "coordinates");
    for (size_t i = 0; type && i < COUNT_OF(types); i++) {
        if (strcmp(type, types[i].type) != 0) continue;
        if (!types[i].is_many) return types[i].read(r, coordinates);
        if (!json_is_array(coordinates)) return refuse(r, "no coordinates");
        for (size_t k = 0; k < json_array_size(coordinates); k++)
            TRY(types[i].read(r, json_array_get(coordinates, k)));
        return OK;
    }
    return refuse(r, "a geometry is a line, a polygon or a point");
}

static Status feature_read(struct reading *r, const json_t *f)
{
    const char *type = json_string_value(json_object_get(f, "type"));
    if (type == NULL) return refuse(r, "no type");
    if (strcmp(type, "Feature") != 0) {
        r->properties = NULL;
        return geometry_read(r, f);
    }
    r->properties = json_object_get(f, "properties");
    return geometry_read(r, json_object_get(f, "geometry"));
}

/* GeoJSON of 2008 could name another system; only names of WGS 84 in longitude and latitude pass.
 */
static Status system_check(struct reading *r, const json_t *root)
{
    static const char *const known[] = {"urn:ogc:def:crs:OGC:1.3:CRS84",
                                        "urn:ogc:def:crs:OGC::CRS84", "OGC:CRS84", "EPSG:4326"};
    const json_t *crs = json_object_get(root, "crs");
    const char *name =
        json_string_value(json_object_get(json_object_get(crs, "properties"), "name"));
    if (crs == NULL) return OK;
    for (size_t i = 0; name && i < COUNT_OF(known); i++)
        if (strcmp(name, known[i]) == 0) return OK;
    return refuse(r, "coordinates must be WGS 84 (RFC 7946)");
}

Status border_read(struct scope *s, Bytes geojson, const struct border_name *names,
                   size_t name_count, struct border *out)
{
    AUTO_JSON json_t *root = NULL;
    struct reading r = {.s = s, .names = names, .name_count = name_count, .place = "file"};
    TRY(json_read(s, geojson, BORDER_BYTES_MAX, "the border", &root));
    TRY(system_check(&r, root));
    const char *type = json_string_value(json_object_get(root, "type"));
    if (type && strcmp(type, "FeatureCollection") == 0) {
        const json_t *features = json_object_get(root, "features");
        if (!json_is_array(features)) return refuse(&r, "no list of features");
        for (size_t i = 0; i < json_array_size(features); i++) {
            snprintf(r.place, sizeof r.place, "feature %zu", i + 1);
            TRY(feature_read(&r, json_array_get(features, i)));
        }
    } else {
        TRY(feature_read(&r, root));
    }
    if (r.border.path_count + r.border.area_count + r.border.marker_count == 0)
        return refuse(&r, "it holds no line, territory or marker");
    *out = r.border;
    return OK;
}

const struct map_marker *border_marker(const struct border *b, Str number)
{
    for (size_t i = 0; i < b->marker_count; i++)
        if (str_eq(b->markers[i].number, number)) return &b->markers[i];
    return NULL;
}
