/* paper/picture.h - a drawing (SVG) or a raster (PNG) placed on the page; nothing is fetched from
 * elsewhere. Only paper/ uses it. */
#pragma once
#include "base/scope.h"
#include <cairo.h>

struct picture {
    void *svg; /* RsvgHandle */
    cairo_surface_t *raster;
    double width, height; /* points on paper */
};

#define AUTO_PICTURE __attribute__((cleanup(picture_close)))

/* Reads the picture and scales it into the box. ERR_SCHEMA when it is neither SVG nor PNG or is
 * broken, ERR_LIMIT when it is too large. */
MUST_USE Status picture_open(struct scope *s, Bytes bytes, double width_max, double height_max,
                             struct picture *out);
void picture_close(struct picture *p);

/* Draws it with its upper left corner there. ERR_SCHEMA when the drawing itself is at fault. */
MUST_USE Status picture_draw(struct scope *s, const struct picture *p, cairo_t *cr, double x,
                             double y);
