#include "paper/picture.h"
#include "paper/document.h"
#include <librsvg/rsvg.h>

enum { RASTER_SIDE_MAX = 12000, RASTER_PIXELS_MAX = 40 * 1000 * 1000, PNG_HEAD = 24 };

void picture_close(struct picture *p)
{
    if (p->svg) g_object_unref(p->svg);
    if (p->raster) cairo_surface_destroy(p->raster);
    p->svg = NULL;
    p->raster = NULL;
}

static cairo_status_t png_read(void *closure, unsigned char *out, unsigned len)
{
    Bytes *left = closure;
    if (len > left->len) return CAIRO_STATUS_READ_ERROR;
    memcpy(out, left->ptr, len);
    *left = (Bytes){left->ptr + len, left->len - len};
    return CAIRO_STATUS_SUCCESS;
}

static uint32_t big_endian(const uint8_t *p)
{
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

/* The size stands in the first chunk, so a bomb is refused before it is unpacked. */
static Status raster_open(struct scope *s, Bytes bytes, struct picture *p)
{
    if (bytes.len < PNG_HEAD) return fail(s, ERR_SCHEMA, "a picture is cut off");
    uint64_t width = big_endian(bytes.ptr + 16), height = big_endian(bytes.ptr + 20);
    if (width > RASTER_SIDE_MAX || height > RASTER_SIDE_MAX || width * height > RASTER_PIXELS_MAX)
        return fail(s, ERR_LIMIT, "a picture has more than %d million points",
                    RASTER_PIXELS_MAX / 1000000);
    p->raster = cairo_image_surface_create_from_png_stream(png_read, &bytes);
    cairo_status_t status = cairo_surface_status(p->raster);
    if (status == CAIRO_STATUS_NO_MEMORY) return fail(s, ERR_MEMORY, "no memory for a picture");
    if (status != CAIRO_STATUS_SUCCESS) return fail(s, ERR_SCHEMA, "a picture is no sound PNG");
    p->width = cairo_image_surface_get_width(p->raster);
    p->height = cairo_image_surface_get_height(p->raster);
    return OK;
}

/* Without a base address librsvg loads nothing but what stands in the text itself. */
static Status svg_open(struct scope *s, Bytes bytes, struct picture *p)
{
    GError *error = NULL;
    RsvgHandle *handle = rsvg_handle_new_from_data(bytes.ptr, bytes.len, &error);
    if (handle == NULL) {
        Status status = fail(s, ERR_SCHEMA, "a picture is neither PNG nor sound SVG: %s",
                             error ? error->message : "no reason given");
        g_clear_error(&error);
        return status;
    }
    p->svg = handle;
    gboolean has_width, has_height, has_box;
    RsvgLength width, height;
    RsvgRectangle box;
    rsvg_handle_get_intrinsic_dimensions(handle, &has_width, &width, &has_height, &height, &has_box,
                                         &box);
    p->width = has_box ? box.width : 400;
    p->height = has_box ? box.height : 300;
    bool has_points =
        has_width && has_height && width.unit == RSVG_UNIT_PX && height.unit == RSVG_UNIT_PX;
    if (!has_box && has_points) {
        p->width = width.length;
        p->height = height.length;
    }
    return OK;
}

Status picture_open(struct scope *s, Bytes bytes, double width_max, double height_max,
                    struct picture *out)
{
    static const uint8_t png[8] = {0x89, 'P', 'N', 'G', 0x0D, 0x0A, 0x1A, 0x0A};
    if (bytes.len == 0 || bytes.len > PAPER_PICTURE_MAX)
        return fail(s, ERR_LIMIT, "a picture is empty or has more than %d bytes",
                    PAPER_PICTURE_MAX);
    struct picture p AUTO_PICTURE = {0};
    bool is_png = bytes.len >= sizeof png && memcmp(bytes.ptr, png, sizeof png) == 0;
    TRY(is_png ? raster_open(s, bytes, &p) : svg_open(s, bytes, &p));
    if (!(p.width >= 1 && p.height >= 1 && p.width < 1e6 && p.height < 1e6))
        return fail(s, ERR_SCHEMA, "a picture has no size that can be drawn");
    double scale = width_max / p.width;
    if (p.height * scale > height_max) scale = height_max / p.height;
    p.width *= scale;
    p.height *= scale;
    *out = p;
    p = (struct picture){0};
    return OK;
}

Status picture_draw(struct scope *s, const struct picture *p, cairo_t *cr, double x, double y)
{
    if (cairo_status(cr) != CAIRO_STATUS_SUCCESS)
        return fail(s, ERR_INTERNAL, "drawing failed: %s",
                    cairo_status_to_string(cairo_status(cr)));
    cairo_save(cr);
    Status status = OK;
    if (p->svg) {
        GError *error = NULL;
        RsvgRectangle box = {x, y, p->width, p->height};
        if (!rsvg_handle_render_document(p->svg, cr, &box, &error))
            status = fail(s, ERR_SCHEMA, "a drawing cannot be drawn: %s",
                          error ? error->message : "no reason given");
        g_clear_error(&error);
    } else {
        cairo_translate(cr, x, y);
        double scale = p->width / cairo_image_surface_get_width(p->raster);
        cairo_scale(cr, scale, scale);
        cairo_set_source_surface(cr, p->raster, 0, 0);
        cairo_paint(cr);
    }
    cairo_restore(cr);
    return status;
}
