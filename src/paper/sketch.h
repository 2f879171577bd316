/* paper/sketch.h - a sketch of measured points as SVG, to scale and with north up: each point with
 * the circle of its error, boundary markers, and the agreed line where it is known. For the area of
 * one incident; it is no map projection for more than some tens of kilometres. */
#pragma once
#include "base/scope.h"

enum { SKETCH_POINTS_MAX = 500, SKETCH_LINE_MAX = 5000, SKETCH_BYTES_MAX = 1024 * 1024 };

struct sketch_place {
    double lat, lon; /* WGS 84 degrees */
};

struct sketch_point {
    struct sketch_place at;
    double error_m;
    Str label;
    bool is_marker; /* a boundary marker, drawn as one */
};

struct sketch {
    const struct sketch_point *points;
    size_t point_count;
    const struct sketch_place *line; /* the border; a latitude that is not a number parts two
                                        pieces; none: NULL, 0 */
    size_t line_count;
    const struct sketch_place *also; /* places that the sketch must show, without a sign */
    size_t also_count;
    Str title; /* for readers aloud; may be empty */
};

/* SVG text in the scope. ERR_SCHEMA for a place that is none or a sketch without points, ERR_LIMIT
 * when there are too many or they lie too far apart. */
MUST_USE Status sketch_svg(struct scope *s, const struct sketch *sketch, Str *out);
