/* map/geometry.h - what line.h promises, as the module that holds GEOS and PROJ gives it. Loaded on
 * first use (os/module.h): only line.c calls through this. */
#pragma once
#include "map/line.h"

/* Contracts as of the functions of line.h with the same names. */
struct map_geometry {
    Status (*country_of)(struct scope *s, const struct border *b, struct map_point at, Str *out);
    Status (*place_of)(struct scope *s, const struct border *b, Str party, struct map_point at,
                       struct line_place *out);
    Status (*distance)(struct scope *s, const struct border *b, Str party, struct map_point at,
                       double *out_m, struct map_point *out_nearest);
    Status (*between)(struct scope *s, const struct border *b, Str from, Str to, double offset_m,
                      struct map_point *out);
    double (*distance_m)(struct map_point a, struct map_point b);
};

extern const struct map_geometry map_geometry;
