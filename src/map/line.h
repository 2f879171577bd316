/* map/line.h - how far a point lies from a border and on which side, on the ellipsoid of WGS 84
 * (PROJ, GEOS). Measures; never decides what is established. Besides what each function says,
 * ERR_INTERNAL when the module with the libraries cannot be loaded. */
#pragma once
#include "map/border.h"

/* The party in whose territory the point lies; empty outside all of them and on an edge. ERR_USAGE
 * for a point that is none. */
MUST_USE Status map_country_of(struct scope *s, const struct border *b, struct map_point at,
                               Str *out);

/* Where a point stands against the line. */
struct line_place {
    double distance_m;        /* along the geodesic, never negative */
    struct map_point nearest; /* on the line */
    int side;                 /* 1 in the party's territory, -1 not, 0 on the line or not known */
    Str country;              /* as map_country_of */
};

/* Distance from the nearest line, and the side as `party` sees it: by the territories, else by what
 * stands left and right of the line, else by the territory between the point and the line.
 * ERR_NOT_FOUND when the border has no line. */
MUST_USE Status line_place_of(struct scope *s, const struct border *b, Str party,
                              struct map_point at, struct line_place *out);

/* The same as one number: positive inside the party's territory, negative outside. ERR_STATE when
 * the side cannot be told. `out_nearest` may be NULL. */
MUST_USE Status line_distance(struct scope *s, const struct border *b, Str party,
                              struct map_point at, double *out_m, struct map_point *out_nearest);

/* The point `offset_m` from marker `from` on the straight way to marker `to` (that may be empty
 * when the offset is 0). ERR_NOT_FOUND for an unknown marker, ERR_USAGE for an offset beyond the
 * other marker. */
MUST_USE Status map_between(struct scope *s, const struct border *b, Str from, Str to,
                            double offset_m, struct map_point *out);

/* Geodesic distance of two points. */
MUST_USE Status map_distance(struct scope *s, struct map_point a, struct map_point b,
                             double *out_m);
