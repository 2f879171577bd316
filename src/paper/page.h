/* paper/page.h - the sheet being drawn: where the next row goes, header and footer, tags.
 * A document is walked twice, first dry to count the pages. Only paper/ uses it. */
#pragma once
#include "paper/document.h"
#include "paper/tags.h"
#include "paper/text.h"
#include <qrencode.h>

#define MM (72 / 25.4)

/* Points; x runs from the left margin. */
static const double SHEET_WIDTH = 210 * MM, SHEET_HEIGHT = 297 * MM;
static const double MARGIN_LEFT = 20 * MM, MARGIN_TOP = 24 * MM;
static const double CONTENT_WIDTH = 172 * MM, CONTENT_BOTTOM = 263 * MM;
static const double COLUMN_GAP = 8 * MM;

struct row;

struct page {
    struct scope *scope;
    const struct paper_document *doc;
    cairo_t *cr;
    PangoContext *context;
    QRcode *qr; /* NULL: none */
    bool dry;
    double y, top;  /* where the next row goes; where the first went */
    double divider; /* where the line between the columns ended, or 0 */
    size_t number, total;
    struct row *repeat; /* head of the table in progress */
    struct tag_list tags;
    const char *open[TAG_DEPTH_MAX];
    size_t open_count;
};

/* Header and footer of the next sheet, `y` at its first row, the repeated row drawn. */
MUST_USE Status page_next(struct page *p);

/* Ends the last sheet with its footer, which thus comes after the text in reading order. */
MUST_USE Status page_end(struct page *p);

bool page_is_at_top(const struct page *p);
double page_room(const struct page *p);

/* A tag around what is drawn until its end; an empty language is that around it. */
MUST_USE Status page_tag(struct page *p, const char *name, Str language, Str alt);
void page_tag_end(struct page *p);

/* A line in points, x from the left margin; `grey` 0 is black. */
void page_line(struct page *p, double x0, double y0, double x1, double y1, double width,
               double grey);

/* x and width of the column of language `i`. */
double column_x(const struct page *p, size_t i);
double column_width(const struct page *p);
