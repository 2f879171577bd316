/* A border from any bytes: what is read can be asked about any of its own points, and the answers
 * are possible ones. */
#include "fuzz.h"
#include "map/geometry.h"
#include <assert.h>
#include <math.h>

enum { SCOPE_MAX = 64 << 20, ASKED_MAX = 4 };

/* Half the meridian and a little: nothing on the ellipsoid is further. */
#define FURTHEST_M 20003932.0

static void ask(struct scope *s, const struct border *b, struct map_point at)
{
    struct line_place place, other;
    Str country;
    Status status = map_geometry.country_of(s, b, at, &country);
    assert(status == OK || status == ERR_MEMORY);
    status = map_geometry.place_of(s, b, STR("lv"), at, &place);
    assert(status == OK || status == ERR_NOT_FOUND || status == ERR_USAGE || status == ERR_LIMIT ||
           status == ERR_MEMORY);
    if (status != OK) return;
    assert(place.distance_m >= 0 && place.distance_m <= FURTHEST_M);
    assert(place.side >= -1 && place.side <= 1);
    assert(fabs(place.nearest.lat) <= 90.000001);
    if (map_geometry.place_of(s, b, STR("lv"), at, &other) == OK)
        assert(other.distance_m == place.distance_m && other.side == place.side);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct scope *s = scope_open(SCOPE_MAX);
    struct border b;
    if (s == NULL) return 0;
    if (border_read(s, bytes_of(data, size), NULL, 0, &b) == OK) {
        assert(b.path_count + b.area_count + b.marker_count > 0);
        for (size_t i = 0; i < b.path_count && i < ASKED_MAX; i++) {
            struct map_point p = b.paths[i].points[0], q = b.paths[i].points[b.paths[i].count - 1];
            ask(s, &b, p);
            ask(s, &b,
                (struct map_point){(p.lat + q.lat) / 2, fmin((p.lon + q.lon) / 2 + 0.001, 180)});
        }
        for (size_t i = 0; i < b.area_count && i < ASKED_MAX; i++)
            ask(s, &b,
                (struct map_point){(b.areas[i].south + b.areas[i].north) / 2,
                                   (b.areas[i].west + b.areas[i].east) / 2});
        for (size_t i = 0; i < b.marker_count && i < ASKED_MAX; i++)
            assert(border_marker(&b, b.markers[i].number) == &b.markers[i]);
    }
    scope_close(s);
    return 0;
}
