/* The sketch of measured places, with what the loaded border has near them. Declared in
 * app/sheet_parts.h. */
#include "app/measure.h"
#include "app/sheet_parts.h"
#include "map/line.h"
#include "paper/sketch.h"
#include <math.h>

enum { MARKERS_SHOWN_MAX = 8 };
static const double NEAR_M = 2000, SAME_M = 5, HEIGHT_MM = 75;

static bool point_of(struct sheet *x, const struct entry *e, struct sketch_point *out)
{
    const struct fact *f = e->fact;
    double lat, lon;
    if (!str_decimal(fact_get(f, "lat"), &lat) || !str_decimal(fact_get(f, "lon"), &lon))
        return false;
    *out = (struct sketch_point){.at = {lat, lon}, .is_marker = fact_has(f, "marker")};
    (void)str_decimal(fact_get(f, "error_m"), &out->error_m);
    Str label = out->is_marker         ? fact_get(f, "marker")
                : fact_has(f, "point") ? fact_get(f, "point")
                                       : fact_get(f, "item");
    if (label.len > 80) label.len = 0; /* the table has it in full */
    Str error = fact_get(f, "error_m");
    out->label =
        sheet_printed(x, scope_print(x->s, "%.*s%s%.*s%s", STR_ARG(label), error.len ? " ± " : "",
                                     STR_ARG(error), error.len ? " m" : ""));
    return true;
}

/* Far away when it cannot be told: then the sheet has failed. */
static double distance_m(struct sheet *x, struct map_point a, struct sketch_place b)
{
    double metres = INFINITY;
    Status status = map_distance(x->s, a, (struct map_point){b.lat, b.lon}, &metres);
    if (x->status == OK) x->status = status;
    return metres;
}

/* A marker that two facts place alike stands once, as the newer has it. */
static void point_keep(struct sheet *x, struct sketch_point *points, size_t *count)
{
    const struct sketch_point *added = &points[*count];
    struct map_point at = {added->at.lat, added->at.lon};
    for (size_t i = 0; i < *count; i++) {
        Str a = points[i].label, b = added->label;
        bool same =
            added->is_marker && points[i].is_marker && str_eq(str_cut(&a, ' '), str_cut(&b, ' '));
        if (!same || distance_m(x, at, points[i].at) > SAME_M) continue;
        points[i] = *added;
        return;
    }
    (*count)++;
}

static double nearest_m(struct sheet *x, const struct sketch *k, struct map_point at)
{
    double least = INFINITY;
    for (size_t i = 0; i < k->point_count; i++)
        least = fmin(least, distance_m(x, at, k->points[i].at));
    return least;
}

/* Markers of the border beside the points, those that are not on the sketch yet. */
static void markers_add(struct sheet *x, const struct border *b, struct sketch_point *points,
                        struct sketch *k)
{
    struct sketch near = *k;
    for (size_t i = 0; i < b->marker_count && k->point_count < near.point_count + MARKERS_SHOWN_MAX;
         i++) {
        bool is_there = nearest_m(x, &near, b->markers[i].at) > NEAR_M;
        for (size_t n = 0; n < near.point_count; n++)
            is_there = is_there || (points[n].is_marker &&
                                    str_has_prefix(points[n].label, b->markers[i].number.ptr));
        if (is_there) continue;
        points[k->point_count++] =
            (struct sketch_point){.at = {b->markers[i].at.lat, b->markers[i].at.lon},
                                  .label = sheet_copy(x, b->markers[i].number),
                                  .is_marker = true};
    }
}

/* The pieces of the line that pass near, and the nearest place on it for each point. */
static void line_add(struct sheet *x, const struct border *b, struct sketch *k)
{
    struct sketch_place *line = scope_array(x->s, SKETCH_LINE_MAX, sizeof *line);
    struct sketch_place *also = scope_array(x->s, k->point_count + 1, sizeof *also);
    size_t count = 0;
    if (line == NULL || also == NULL) {
        x->status = ERR_MEMORY;
        return;
    }
    for (size_t i = 0; i < k->point_count; i++) {
        struct line_place place;
        struct map_point at = {k->points[i].at.lat, k->points[i].at.lon};
        if (line_place_of(x->s, b, x->party[0], at, &place) != OK || place.distance_m > NEAR_M)
            continue;
        also[k->also_count++] = (struct sketch_place){place.nearest.lat, place.nearest.lon};
    }
    for (size_t n = 0; n < b->path_count && k->also_count; n++) {
        const struct map_path *path = &b->paths[n];
        bool is_open = false;
        for (size_t i = 0; i < path->count && count + 2 < SKETCH_LINE_MAX; i++) {
            /* A segment may pass near though its ends are far: 60 km is what a sketch can hold. */
            bool is_near = nearest_m(x, k, path->points[i]) < 30 * NEAR_M;
            if (is_near)
                line[count++] = (struct sketch_place){path->points[i].lat, path->points[i].lon};
            if (!is_near && is_open) line[count++] = (struct sketch_place){NAN, NAN};
            is_open = is_near;
        }
        if (is_open && count < SKETCH_LINE_MAX) line[count++] = (struct sketch_place){NAN, NAN};
    }
    k->line = line;
    k->line_count = k->also_count ? count : 0;
    k->also = also;
}

/* The caption names the file that the line comes from: each post has loaded its own. */
static void caption(struct sheet *x, struct paper_block *b, const Hash *digest)
{
    struct writer hex = writer_open(x->s, 17);
    Str short_digest;
    sheet_texts(x, "document.sketch", b->text);
    if (digest == NULL) return;
    write_hex(&hex, bytes_of(digest->bytes, 8));
    if (writer_close_str(&hex, &short_digest) != OK) return;
    for (size_t i = 0; i < 2; i++)
        b->text[i] =
            sheet_printed(x, scope_print(x->s, "%.*s %.*s (SHA-256 %.*s…).", STR_ARG(b->text[i]),
                                         STR_ARG(sheet_text(x, i, "note.line_indicative")),
                                         STR_ARG(short_digest)));
}

void sheet_sketch(struct sheet *x, const struct entry *const *list, size_t count)
{
    size_t room = count + MARKERS_SHOWN_MAX + 1;
    struct sketch_point *points = scope_array(x->s, room, sizeof *points);
    struct sketch map = {.points = points, .title = STR("")};
    struct border border;
    Hash digest;
    Str svg;
    if (points == NULL) {
        x->status = ERR_MEMORY;
        return;
    }
    for (size_t i = 0; i < count && map.point_count < SKETCH_POINTS_MAX - MARKERS_SHOWN_MAX; i++)
        if (point_of(x, list[i], &points[map.point_count])) point_keep(x, points, &map.point_count);
    if (map.point_count == 0) return;
    bool has_border = border_kept(x->s, x->p, &border, &digest) == OK;
    if (has_border) line_add(x, &border, &map);
    if (has_border) markers_add(x, &border, points, &map);
    /* Places that no sketch can hold stay in the table. */
    if (x->status != OK) return;
    Status drawn = sketch_svg(x->s, &map, &svg);
    if (drawn == ERR_MEMORY) x->status = drawn;
    if (drawn != OK) return;
    struct paper_block *b = sheet_add(x, PAPER_PICTURE);
    b->picture = str_bytes(svg);
    b->height_mm = HEIGHT_MM;
    caption(x, b, map.line_count ? &digest : NULL);
    sheet_shown(x, STR("scale"));
    sheet_shown(x, STR("north"));
    for (size_t i = 0; i < map.point_count; i++)
        if (points[i].is_marker) sheet_shown(x, STR("markers"));
}
