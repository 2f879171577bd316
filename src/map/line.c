#include "map/geometry.h"
#include "os/module.h"

static Status geometry_load(struct scope *s, const struct map_geometry **out)
{
    void *found;
    TRY(module_symbol(s, "map", "map_geometry", &found));
    *out = found;
    return OK;
}

Status map_country_of(struct scope *s, const struct border *b, struct map_point at, Str *out)
{
    const struct map_geometry *geometry;
    TRY(geometry_load(s, &geometry));
    return geometry->country_of(s, b, at, out);
}

Status line_place_of(struct scope *s, const struct border *b, Str party, struct map_point at,
                     struct line_place *out)
{
    const struct map_geometry *geometry;
    TRY(geometry_load(s, &geometry));
    return geometry->place_of(s, b, party, at, out);
}

Status line_distance(struct scope *s, const struct border *b, Str party, struct map_point at,
                     double *out_m, struct map_point *out_nearest)
{
    const struct map_geometry *geometry;
    TRY(geometry_load(s, &geometry));
    return geometry->distance(s, b, party, at, out_m, out_nearest);
}

Status map_between(struct scope *s, const struct border *b, Str from, Str to, double offset_m,
                   struct map_point *out)
{
    const struct map_geometry *geometry;
    TRY(geometry_load(s, &geometry));
    return geometry->between(s, b, from, to, offset_m, out);
}

Status map_distance(struct scope *s, struct map_point a, struct map_point b, double *out_m)
{
    const struct map_geometry *geometry;
    TRY(geometry_load(s, &geometry));
    *out_m = geometry->distance_m(a, b);
    return OK;
}
