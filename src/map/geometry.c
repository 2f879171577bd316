#include "map/geometry.h"
#include <geodesic.h>
#include <geos_c.h>
#include <math.h>
#include <proj.h>
#include <stdio.h>

enum { DENSE_POINTS_MAX = 2000000 };

/* Longer pieces of a line are divided: RFC 7946 lines are straight in degrees, and in the plane
 * only short ones are. */
#define STEP_DEGREES 0.01
/* More than a degree is anywhere. */
#define DEGREE_M 111700.0
/* How far to both sides of its nearest point the line is looked at, to tell left from right. */
#define LOOK_M 0.01

static const double WGS84_A = 6378137, WGS84_F = 1 / 298.257223563;

/* A point in the plane around the point asked for, in metres. */
struct plane_point {
    double x, y;
};

/* Foreign objects of one question; released by desk_close. */
struct desk {
    struct scope *s;
    PJ_CONTEXT *proj;
    PJ *plane;
    GEOSContextHandle_t geos;
    GEOSGeometry *line, *point, *other; /* `line` is the nearest run so far */
};

static void desk_close(struct desk *d)
{
    if (d->geos) {
        GEOSGeom_destroy_r(d->geos, d->line);
        GEOSGeom_destroy_r(d->geos, d->point);
        GEOSGeom_destroy_r(d->geos, d->other);
        GEOS_finish_r(d->geos);
    }
    proj_destroy(d->plane);
    proj_context_destroy(d->proj);
}
#define AUTO_DESK __attribute__((cleanup(desk_close)))

static Status no_memory(struct scope *s)
{
    return fail(s, ERR_MEMORY, "the geometry libraries had no memory");
}

static Status point_check(struct scope *s, struct map_point at)
{
    if (fabs(at.lat) <= 90 && fabs(at.lon) <= 180) return OK;
    return fail(s, ERR_USAGE, "a point has a latitude up to 90 and a longitude up to 180 degrees");
}

static double distance_m(struct map_point a, struct map_point b)
{
    struct geod_geodesic g;
    double metres;
    geod_init(&g, WGS84_A, WGS84_F);
    geod_inverse(&g, a.lat, a.lon, b.lat, b.lon, &metres, NULL, NULL);
    return metres;
}

static Status geos_open(struct desk *d)
{
    d->geos = GEOS_init_r();
    return d->geos ? OK : no_memory(d->s);
}

/* Distances from the centre are true in an azimuthal equidistant plane, so the nearest point of a
 * line is too. */
static Status plane_open(struct desk *d, struct map_point centre)
{
    char text[120];
    snprintf(text, sizeof text, "+proj=aeqd +ellps=WGS84 +lat_0=%.12f +lon_0=%.12f", centre.lat,
             centre.lon);
    d->proj = proj_context_create();
    if (d->proj == NULL) return no_memory(d->s);
    proj_log_level(d->proj, PJ_LOG_NONE);
    d->plane = proj_create(d->proj, text);
    return d->plane ? OK : no_memory(d->s);
}

static Status to_plane(struct desk *d, struct map_point p, struct plane_point *out)
{
    PJ_COORD c =
        proj_trans(d->plane, PJ_FWD, proj_coord(proj_torad(p.lon), proj_torad(p.lat), 0, 0));
    if (!isfinite(c.xy.x) || !isfinite(c.xy.y))
        return fail(d->s, ERR_USAGE, "the line has a point on the other side of the earth");
    *out = (struct plane_point){c.xy.x, c.xy.y};
    return OK;
}

static struct map_point from_plane(struct desk *d, struct plane_point p)
{
    PJ_COORD c = proj_trans(d->plane, PJ_INV, proj_coord(p.x, p.y, 0, 0));
    return (struct map_point){.lat = proj_todeg(c.lp.phi), .lon = proj_todeg(c.lp.lam)};
}

static GEOSGeometry *geos_shape(struct desk *d, const struct plane_point *points, size_t count,
                                bool is_ring)
{
    GEOSCoordSequence *all = GEOSCoordSeq_create_r(d->geos, (unsigned)count, 2);
    for (size_t i = 0; all && i < count; i++) {
        GEOSCoordSeq_setX_r(d->geos, all, (unsigned)i, points[i].x);
        GEOSCoordSeq_setY_r(d->geos, all, (unsigned)i, points[i].y);
    }
    if (all == NULL) return NULL;
    if (count == 1) return GEOSGeom_createPoint_r(d->geos, all);
    return is_ring ? GEOSGeom_createLinearRing_r(d->geos, all)
                   : GEOSGeom_createLineString_r(d->geos, all);
}

static Status ring_make(struct desk *d, const struct map_path *ring, GEOSGeometry **out)
{
    struct plane_point *points = scope_array(d->s, ring->count, sizeof *points);
    if (points == NULL) return ERR_MEMORY;
    for (size_t i = 0; i < ring->count; i++)
        points[i] = (struct plane_point){ring->points[i].lon, ring->points[i].lat};
    *out = geos_shape(d, points, ring->count, true);
    return *out ? OK : no_memory(d->s);
}

/* Is the point of the desk inside the territory? Degrees are the plane here, as RFC 7946 has it. */
static Status area_holds(struct desk *d, const struct map_area *a, bool *out)
{
    GEOSGeometry **holes = scope_array(d->s, a->ring_count, sizeof *holes), *shell;
    size_t count = 0;
    if (holes == NULL) return ERR_MEMORY;
    Status status = ring_make(d, &a->rings[0], &shell);
    while (status == OK && count + 1 < a->ring_count) {
        status = ring_make(d, &a->rings[count + 1], &holes[count]);
        if (status == OK) count++;
    }
    if (status == OK) {
        /* Takes the rings over, also when it fails. */
        d->other = GEOSGeom_createPolygon_r(d->geos, shell, holes, (unsigned)count);
        char inside = d->other ? GEOSContains_r(d->geos, d->other, d->point) : 2;
        GEOSGeom_destroy_r(d->geos, d->other);
        d->other = NULL;
        *out = inside == 1;
        return inside == 2 ? no_memory(d->s) : OK;
    }
    for (size_t i = 0; i < count; i++)
        GEOSGeom_destroy_r(d->geos, holes[i]);
    return status;
}

static Status country_of(struct scope *s, const struct border *b, struct map_point at, Str *out)
{
    AUTO_DESK struct desk d = {.s = s};
    TRY(point_check(s, at));
    TRY(geos_open(&d));
    struct plane_point p = {at.lon, at.lat};
    d.point = geos_shape(&d, &p, 1, false);
    if (d.point == NULL) return no_memory(s);
    for (size_t i = 0; i < b->area_count; i++) {
        const struct map_area *a = &b->areas[i];
        bool inside =
            at.lat >= a->south && at.lat <= a->north && at.lon >= a->west && at.lon <= a->east;
        if (inside) TRY(area_holds(&d, a, &inside));
        if (!inside) continue;
        *out = a->party;
        return OK;
    }
    *out = STR("");
    return OK;
}

/* No place of the piece is further from its middle than half of this. */
static double length_at_most_m(struct map_point a, struct map_point b)
{
    return DEGREE_M * (fabs(a.lat - b.lat) + fabs(a.lon - b.lon));
}

/* Could the piece between two points be as near as `near_m`? */
static bool may_be_near(const struct map_point *points, const double *far_m, size_t i,
                        double near_m)
{
    double least = fmin(far_m[i], far_m[i + 1]) - length_at_most_m(points[i], points[i + 1]) / 2;
    return least <= near_m;
}

/* Pieces first .. last of a path as a line in the plane, long ones divided. */
static Status run_make(struct desk *d, const struct map_path *path, size_t first, size_t last,
                       GEOSGeometry **out)
{
    size_t room = 1, count = 0;
    for (size_t i = first; i <= last; i++)
        room += 1 + (size_t)(length_at_most_m(path->points[i], path->points[i + 1]) / DEGREE_M /
                             STEP_DEGREES);
    if (room > DENSE_POINTS_MAX)
        return fail(d->s, ERR_LIMIT, "the line has pieces that are too long");
    struct plane_point *dense = scope_array(d->s, room, sizeof *dense);
    if (dense == NULL) return ERR_MEMORY;
    for (size_t i = first; i <= last; i++) {
        struct map_point a = path->points[i], b = path->points[i + 1];
        size_t steps = 1 + (size_t)(length_at_most_m(a, b) / DEGREE_M / STEP_DEGREES);
        for (size_t k = i > first; k <= steps; k++) {
            double part = (double)k / (double)steps;
            struct map_point p = {.lat = a.lat + (b.lat - a.lat) * part,
                                  .lon = a.lon + (b.lon - a.lon) * part};
            if (count == room) return fail(d->s, ERR_INTERNAL, "a line grew while it was divided");
            TRY(to_plane(d, k == steps ? b : p, &dense[count++]));
        }
    }
    *out = geos_shape(d, dense, count, false);
    return *out ? OK : no_memory(d->s);
}

/* The nearest run found so far stays on the desk. */
struct nearest {
    const struct map_path *path;
    double metres;
};

static Status run_compare(struct desk *d, const struct map_path *path, size_t first, size_t last,
                          struct nearest *n)
{
    double metres;
    GEOSGeometry *run;
    /* A piece more at both ends, so that a corner shows both its sides. */
    if (first > 0) first--;
    if (last + 2 < path->count) last++;
    TRY(run_make(d, path, first, last, &run));
    if (GEOSDistance_r(d->geos, run, d->point, &metres) != 1) {
        GEOSGeom_destroy_r(d->geos, run);
        return no_memory(d->s);
    }
    if (n->path && metres >= n->metres) {
        GEOSGeom_destroy_r(d->geos, run);
        return OK;
    }
    GEOSGeom_destroy_r(d->geos, d->line);
    d->line = run;
    *n = (struct nearest){path, metres};
    return OK;
}

/* Distances of every vertex of every path, and the least of them. */
static Status vertices_measure(struct scope *s, const struct border *b, struct map_point at,
                               double ***out, double *out_least)
{
    struct geod_geodesic g;
    double least = INFINITY;
    double **all = scope_array(s, b->path_count, sizeof *all);
    if (all == NULL) return ERR_MEMORY;
    geod_init(&g, WGS84_A, WGS84_F);
    for (size_t i = 0; i < b->path_count; i++) {
        const struct map_path *path = &b->paths[i];
        all[i] = scope_array(s, path->count, sizeof **all);
        if (all[i] == NULL) return ERR_MEMORY;
        for (size_t k = 0; k < path->count; k++) {
            geod_inverse(&g, at.lat, at.lon, path->points[k].lat, path->points[k].lon, &all[i][k],
                         NULL, NULL);
            least = fmin(least, all[i][k]);
        }
    }
    *out = all;
    *out_least = least;
    return OK;
}

/* Only pieces that could hold the nearest place are divided and handed to GEOS. */
static Status nearest_find(struct desk *d, const struct border *b, struct map_point at,
                           struct nearest *out)
{
    double **far_m, least;
    struct nearest n = {.path = NULL};
    TRY(vertices_measure(d->s, b, at, &far_m, &least));
    for (size_t i = 0; i < b->path_count; i++) {
        const struct map_path *path = &b->paths[i];
        for (size_t k = 0; k + 1 < path->count; k++) {
            size_t first = k;
            while (k + 1 < path->count && may_be_near(path->points, far_m[i], k, least))
                k++;
            if (k > first) TRY(run_compare(d, path, first, k - 1, &n));
        }
    }
    *out = n;
    return n.path ? OK : fail(d->s, ERR_INTERNAL, "no piece of the line is the nearest");
}

static Status along(struct desk *d, double metres, struct plane_point *out)
{
    GEOSGeometry *p = GEOSInterpolate_r(d->geos, d->line, metres);
    bool done =
        p && GEOSGeomGetX_r(d->geos, p, &out->x) == 1 && GEOSGeomGetY_r(d->geos, p, &out->y) == 1;
    GEOSGeom_destroy_r(d->geos, p);
    return done ? OK : no_memory(d->s);
}

/* 1 when the point lies left of the line, -1 right, 0 on it: by the chord over the nearest place,
 * so that at a corner the outer side is meant. */
static Status left_or_right(struct desk *d, double at_m, int *out)
{
    struct plane_point before, after;
    double length;
    if (GEOSLength_r(d->geos, d->line, &length) != 1) return no_memory(d->s);
    TRY(along(d, fmax(0, at_m - LOOK_M), &before));
    TRY(along(d, fmin(length, at_m + LOOK_M), &after));
    *out = GEOSOrientationIndex_r(d->geos, before.x, before.y, after.x, after.y, 0, 0);
    return OK;
}

/* The first territory on the straight way from the line to the point: nothing of the line lies
 * between. */
static Status country_towards(struct scope *s, const struct border *b, struct map_point from,
                              struct map_point to, Str *out)
{
    struct geod_geodesic g;
    double all_m, azimuth;
    geod_init(&g, WGS84_A, WGS84_F);
    geod_inverse(&g, from.lat, from.lon, to.lat, to.lon, &all_m, &azimuth, NULL);
    *out = STR("");
    double m = 25;
    while (out->len == 0 && m < all_m) {
        struct map_point p;
        geod_direct(&g, from.lat, from.lon, azimuth, m, &p.lat, &p.lon, NULL);
        TRY(country_of(s, b, p, out));
        m *= 2;
    }
    return OK;
}

static int side_of(Str country, Str party)
{
    return country.len == 0 ? 0 : str_eq(country, party) ? 1 : -1;
}

static Status place_of(struct scope *s, const struct border *b, Str party, struct map_point at,
                       struct line_place *out)
{
    AUTO_DESK struct desk d = {.s = s};
    struct line_place place = {.side = 0};
    const struct plane_point centre = {0, 0};
    struct plane_point near;
    struct nearest n;
    int hand = 0;
    if (b->path_count == 0) return fail(s, ERR_NOT_FOUND, "the border that is loaded has no line");
    TRY(country_of(s, b, at, &place.country));
    TRY(plane_open(&d, at));
    TRY(geos_open(&d));
    d.point = geos_shape(&d, &centre, 1, false);
    if (d.point == NULL) return no_memory(s);
    TRY(nearest_find(&d, b, at, &n));
    double at_m = GEOSProject_r(d.geos, d.line, d.point);
    if (!(at_m >= 0)) at_m = 0; /* a line of no length */
    TRY(along(&d, at_m, &near));
    place.nearest = from_plane(&d, near);
    place.distance_m = distance_m(at, place.nearest);
    TRY(left_or_right(&d, at_m, &hand));
    place.side = side_of(place.country, party);
    if (place.side == 0 && hand)
        place.side = side_of(hand > 0 ? n.path->left : n.path->right, party);
    if (place.side == 0 && hand) {
        Str country;
        TRY(country_towards(s, b, place.nearest, at, &country));
        place.side = side_of(country, party);
    }
    *out = place;
    return OK;
}

static Status distance(struct scope *s, const struct border *b, Str party, struct map_point at,
                       double *out_m, struct map_point *out_nearest)
{
    struct line_place place;
    TRY(place_of(s, b, party, at, &place));
    if (place.side == 0 && place.distance_m > LOOK_M)
        return fail(s, ERR_STATE, "the border that is loaded does not tell whose side that is");
    *out_m = place.distance_m * (place.side < 0 ? -1 : 1);
    if (out_nearest) *out_nearest = place.nearest;
    return OK;
}

static Status between(struct scope *s, const struct border *b, Str from, Str to, double offset_m,
                      struct map_point *out)
{
    const struct map_marker *first = border_marker(b, from), *second = border_marker(b, to);
    struct geod_geodesic g;
    double all_m, azimuth;
    if (first == NULL) return fail(s, ERR_NOT_FOUND, "marker %.*s is not loaded", STR_ARG(from));
    if (offset_m == 0) {
        *out = first->at;
        return OK;
    }
    if (second == NULL) return fail(s, ERR_NOT_FOUND, "marker %.*s is not loaded", STR_ARG(to));
    geod_init(&g, WGS84_A, WGS84_F);
    geod_inverse(&g, first->at.lat, first->at.lon, second->at.lat, second->at.lon, &all_m, &azimuth,
                 NULL);
    if (!(offset_m > 0) || offset_m > all_m + 1)
        return fail(s, ERR_USAGE, "the markers stand %.1f m apart", all_m);
    geod_direct(&g, first->at.lat, first->at.lon, azimuth, offset_m, &out->lat, &out->lon, NULL);
    return OK;
}

const struct map_geometry map_geometry = {.country_of = country_of,
                                          .place_of = place_of,
                                          .distance = distance,
                                          .between = between,
                                          .distance_m = distance_m};
