#include "paper/row.h"
#include <assert.h>

/* A row too long for any sheet begins here if this much of the sheet is left. */
static const double START_ROOM = 40 * MM;
static const double INK_WORDS = 10; /* room for small letters under the line for ink */

struct cell *row_cell(struct row *r, double x, double width, size_t language, const char *tag)
{
    assert(r->count < ROW_CELLS_MAX);
    struct cell *c = &r->cells[r->count++];
    c->x = x;
    c->width = width;
    c->language = language;
    c->tag = tag;
    return c;
}

void row_release(struct row *r)
{
    for (size_t i = 0; i < r->count; i++) {
        if (r->cells[i].line) pango_layout_iter_free(r->cells[i].line);
        if (r->cells[i].layout) g_object_unref(r->cells[i].layout);
        r->cells[i].line = NULL;
        r->cells[i].layout = NULL;
    }
}

void row_restart(struct row *r)
{
    for (size_t i = 0; i < r->count; i++) {
        struct cell *c = &r->cells[i];
        if (c->line) pango_layout_iter_free(c->line);
        c->line = pango_layout_get_iter(c->layout);
        c->is_done = c->text.run_count == 0;
    }
}

Status cell_measure(struct page *p, struct cell *c)
{
    c->text.width = c->width - 2 * c->pad;
    if (c->language < 2) c->text.language = p->doc->language[c->language];
    TRY(type_set(p->scope, p->context, &c->text, &c->layout));
    c->line = pango_layout_get_iter(c->layout);
    c->is_done = c->text.run_count == 0;
    return OK;
}

Status row_measure(struct page *p, struct row *r)
{
    r->height = 0;
    for (size_t i = 0; i < r->count; i++) {
        struct cell *c = &r->cells[i];
        TRY(cell_measure(p, c));
        int height;
        pango_layout_get_size(c->layout, NULL, &height);
        double all =
            (c->text.run_count ? pango_units_to_double(height) + c->drop : 0) + 2 * c->pad + c->ink;
        if (all > r->height) r->height = all;
    }
    return OK;
}

/* One line of the cell, in a Span of its own: Cairo 1.16 keeps only the first line of a tag. */
static Status line_draw(struct page *p, struct cell *c, double y)
{
    PangoRectangle box;
    pango_layout_iter_get_line_extents(c->line, NULL, &box);
    double baseline = pango_units_to_double(pango_layout_iter_get_baseline(c->line) - box.y);
    PangoLayoutLine *line = pango_layout_iter_get_line_readonly(c->line);
    Str language = type_language_at(&c->text, (size_t)line->start_index);
    TRY(page_tag(p, "Span", language, STR("")));
    if (!p->dry) {
        cairo_move_to(p->cr, MARGIN_LEFT + c->x + c->pad + pango_units_to_double(box.x),
                      y + baseline);
        pango_cairo_show_layout_line(p->cr, line);
    }
    page_tag_end(p);
    return OK;
}

/* Draws the lines of the cell that fit into `room`; `*out` is the height they took. */
static Status cell_part(struct page *p, struct cell *c, double room, double *out)
{
    double y = p->y + c->pad + c->drop, bottom = p->y + room - c->pad + 0.01;
    if (!c->is_done) TRY(page_tag(p, c->tag, c->text.language, STR("")));
    bool is_open = !c->is_done;
    while (!c->is_done) {
        PangoRectangle box;
        pango_layout_iter_get_line_extents(c->line, NULL, &box);
        double height = pango_units_to_double(box.height);
        bool is_first = y <= p->y + c->pad + c->drop;
        if (y + height > bottom && !(is_first && page_is_at_top(p))) break;
        TRY(line_draw(p, c, y));
        y += height + 0.4;
        c->is_done = !pango_layout_iter_next_line(c->line);
    }
    if (is_open) page_tag_end(p);
    *out = y - p->y + c->pad + (c->is_done ? c->ink : 0);
    return OK;
}

static void cell_decorate(struct page *p, const struct cell *c, double height)
{
    if (p->dry) return;
    double x = MARGIN_LEFT + c->x;
    if (c->has_bar) {
        cairo_set_source_rgb(p->cr, 0.25, 0.25, 0.25);
        cairo_rectangle(p->cr, x, p->y + 1, 1.6, height - 1);
        cairo_fill(p->cr);
    }
    if (c->has_frame) {
        cairo_set_source_rgb(p->cr, 0.45, 0.45, 0.45);
        cairo_set_line_width(p->cr, 0.5);
        cairo_rectangle(p->cr, x, p->y, c->width, height);
        cairo_stroke(p->cr);
    }
    double line = p->y + height - c->pad - INK_WORDS;
    if (c->ink > 0)
        page_line(p, c->x + c->pad, line, c->x + c->width - c->pad - c->ink_short, line, 0.5, 0.2);
}

/* The line between the columns joins on to that of the row before. */
static void row_decorate(struct page *p, const struct row *r, double height)
{
    for (size_t i = 0; i < r->count; i++)
        cell_decorate(p, &r->cells[i], height);
    double middle = column_width(p) + COLUMN_GAP / 2;
    if (r->has_divider && p->doc->columns == 2) {
        double end = p->y + height + r->after;
        page_line(p, middle, p->divider > 0 ? p->divider : p->y, middle, end, 0.4, 0.6);
        p->divider = end;
    } else {
        p->divider = 0;
    }
    if (r->under > 0) page_line(p, 0, p->y + height, CONTENT_WIDTH, p->y + height, r->under, 0.4);
}

static void fill_draw(struct page *p, const struct row *r)
{
    if (!r->has_fill || p->dry) return;
    cairo_set_source_rgb(p->cr, 0.93, 0.93, 0.93);
    cairo_rectangle(p->cr, MARGIN_LEFT, p->y, CONTENT_WIDTH, r->height);
    cairo_fill(p->cr);
}

/* The part of the row that goes on this sheet. */
static Status part_draw(struct page *p, struct row *r, bool *out_done)
{
    double height = 0, room = page_room(p);
    bool is_done = true, is_whole = r->height <= room + 0.01;
    if (is_whole) fill_draw(p, r);
    if (r->tag) TRY(page_tag(p, r->tag, STR(""), STR("")));
    for (size_t i = 0; i < r->count; i++) {
        double part = 0;
        TRY(cell_part(p, &r->cells[i], room, &part));
        if (part > height) height = part;
        is_done = is_done && r->cells[i].is_done;
    }
    if (r->tag) page_tag_end(p);
    if (is_whole || height > room) height = is_whole ? r->height : room;
    row_decorate(p, r, height);
    p->y += height;
    *out_done = is_done;
    return OK;
}

Status row_draw(struct page *p, struct row *r)
{
    double before = page_is_at_top(p) ? 0 : r->before;
    bool fits_here = before + r->height <= page_room(p) + 0.01;
    bool fits_sheet =
        r->height <= CONTENT_BOTTOM - MARGIN_TOP - (p->repeat ? p->repeat->height : 0);
    if (!fits_here && (fits_sheet || page_room(p) < START_ROOM)) {
        if (!page_is_at_top(p)) TRY(page_next(p));
    } else {
        p->y += before;
    }
    bool is_done = false;
    for (;;) {
        TRY(part_draw(p, r, &is_done));
        if (is_done) break;
        TRY(page_next(p));
    }
    p->y += r->after;
    return OK;
}
