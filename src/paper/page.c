#include "paper/page.h"
#include "base/writer.h"
#include "paper/row.h"
#include <assert.h>
#include <cairo-pdf.h>

static const double FOOTER_TOP = 268 * MM, HEADER_BASE = 12 * MM, QR_SIZE = 19 * MM,
                    BANNER_TOP = 6 * MM;

double column_width(const struct page *p)
{
    return p->doc->columns == 1 ? CONTENT_WIDTH : (CONTENT_WIDTH - COLUMN_GAP) / 2;
}

double column_x(const struct page *p, size_t i)
{
    return i == 0 ? 0 : column_width(p) + COLUMN_GAP;
}

bool page_is_at_top(const struct page *p)
{
    return p->y <= p->top;
}

double page_room(const struct page *p)
{
    return CONTENT_BOTTOM - p->y;
}

Status page_tag(struct page *p, const char *name, Str language, Str alt)
{
    assert(p->open_count < TAG_DEPTH_MAX);
    p->open[p->open_count++] = name;
    if (p->dry) return OK;
    cairo_tag_begin(p->cr, name, NULL);
    return tags_add(p->scope, &p->tags, name, language, alt);
}

void page_tag_end(struct page *p)
{
    assert(p->open_count > 0);
    const char *name = p->open[--p->open_count];
    if (!p->dry) cairo_tag_end(p->cr, name);
}

void page_line(struct page *p, double x0, double y0, double x1, double y1, double width,
               double grey)
{
    if (p->dry) return;
    cairo_set_source_rgb(p->cr, grey, grey, grey);
    cairo_set_line_width(p->cr, width);
    cairo_move_to(p->cr, MARGIN_LEFT + x0, y0);
    cairo_line_to(p->cr, MARGIN_LEFT + x1, y1);
    cairo_stroke(p->cr);
}

/* Draws a text of header or footer at y and gives its height. A footer that does not fit its
 * place is refused: nothing on a paper that is signed may be cut off. */
static Status furniture(struct page *p, const struct type_setting *t, double x, double y,
                        bool may_cut, double *out_height)
{
    PangoLayout *layout = NULL;
    TRY(type_set(p->scope, p->context, t, &layout));
    pango_layout_set_height(layout, may_cut ? -1 : -2);
    pango_layout_set_ellipsize(layout, PANGO_ELLIPSIZE_END);
    int height;
    pango_layout_get_size(layout, NULL, &height);
    bool is_cut = pango_layout_is_ellipsized(layout);
    if (!p->dry) {
        cairo_move_to(p->cr, MARGIN_LEFT + x, y);
        pango_cairo_show_layout(p->cr, layout);
    }
    g_object_unref(layout);
    if (is_cut && !may_cut)
        return fail(p->scope, ERR_LIMIT, "a text of the footer is longer than its two lines");
    *out_height = pango_units_to_double(height);
    return OK;
}

static void qr_draw(struct page *p, double x, double y)
{
    if (p->qr == NULL || p->dry) return;
    size_t width = (size_t)p->qr->width;
    double module = QR_SIZE / (double)width;
    cairo_set_source_rgb(p->cr, 0, 0, 0);
    for (size_t row = 0; row < width; row++) {
        const unsigned char *bits = p->qr->data + row * width;
        for (size_t from = 0, to; from < width; from = to + 1) {
            for (to = from; to < width && (bits[to] & 1); to++)
                continue;
            if (to > from)
                cairo_rectangle(p->cr, x + (double)from * module, y + (double)row * module,
                                (double)(to - from) * module, module);
        }
    }
    cairo_fill(p->cr);
}

/* "page {n} of {m}" with the numbers in place. */
static Str page_words(struct page *p, size_t language)
{
    Str words = p->doc->page_words[language];
    if (words.len == 0) words = STR("{n} / {m}");
    struct writer w = writer_open(p->scope, PAPER_TEXT_MAX);
    for (size_t i = 0; i < words.len; i++) {
        Str rest = {words.ptr + i, words.len - i};
        bool is_number = str_has_prefix(rest, "{n}");
        if (is_number || str_has_prefix(rest, "{m}")) {
            write_print(&w, "%zu", is_number ? p->number : p->total);
            i += 2;
        } else {
            write_bytes(&w, words.ptr + i, 1);
        }
    }
    Str out = {NULL, 0};
    return writer_close_str(&w, &out) == OK ? out : (Str){NULL, 0};
}

static Status footer_draw(struct page *p)
{
    const struct paper_document *doc = p->doc;
    page_line(p, 0, FOOTER_TOP, CONTENT_WIDTH, FOOTER_TOP, 0.5, 0.3);
    qr_draw(p, MARGIN_LEFT + CONTENT_WIDTH - QR_SIZE, FOOTER_TOP + 2 * MM);
    double width = CONTENT_WIDTH - (p->qr ? QR_SIZE + 5 * MM : 0);
    double y = FOOTER_TOP + 1.6 * MM, height;

    struct type_setting pages = {.width = width, .language = doc->language[0]};
    type_add(&pages, TYPE_TABLE_HEAD, doc->number);
    if (doc->number.len) type_add(&pages, TYPE_TABLE_HEAD, STR("    "));
    for (size_t i = 0; i < doc->columns; i++) {
        Str words = page_words(p, i);
        if (words.ptr == NULL) return ERR_MEMORY;
        if (i) type_add(&pages, TYPE_TABLE, STR("  ·  "));
        type_add(&pages, TYPE_TABLE, words);
    }
    TRY(furniture(p, &pages, 0, y, false, &height));
    y += height + 0.6 * MM;

    struct type_setting digest = {.width = width};
    if (doc->digest_hex.len) type_add(&digest, TYPE_SMALL, STR("SHA-256  "));
    type_add(&digest, TYPE_DIGEST, doc->digest_hex);
    TRY(furniture(p, &digest, 0, y, false, &height));
    y += height + 0.6 * MM;

    for (size_t i = 0; i < doc->columns; i++) {
        struct type_setting note = {.width = width, .language = doc->language[i]};
        type_add(&note, TYPE_SMALL, doc->footer[i]);
        TRY(furniture(p, &note, 0, y, false, &height));
        if (doc->footer[i].len) y += height;
    }
    return OK;
}

/* Whom the paper is not for, across the head of the sheet in a frame. */
static Status banner_draw(struct page *p)
{
    const struct paper_document *doc = p->doc;
    if (doc->banner[0].len == 0) return OK;
    struct type_setting t = {
        .width = CONTENT_WIDTH, .align = PANGO_ALIGN_CENTER, .language = doc->language[0]};
    double height;
    for (size_t i = 0; i < doc->columns; i++) {
        if (i && doc->banner[i].len) type_add(&t, TYPE_BANNER, STR("  ·  "));
        type_add_in(&t, TYPE_BANNER, doc->banner[i], doc->language[i]);
    }
    TRY(furniture(p, &t, 0, BANNER_TOP, true, &height));
    if (p->dry) return OK;
    cairo_set_source_rgb(p->cr, 0, 0, 0);
    cairo_set_line_width(p->cr, 1);
    cairo_rectangle(p->cr, MARGIN_LEFT, BANNER_TOP - 1.5, CONTENT_WIDTH, height + 3);
    cairo_stroke(p->cr);
    return OK;
}

/* The first sheet has the letterhead instead. A title that is too long for its line is cut here: it
 * stands in full on the first sheet. */
static Status header_draw(struct page *p)
{
    TRY(banner_draw(p));
    if (p->number == 1) return OK;
    const struct paper_document *doc = p->doc;
    double height, y = HEADER_BASE;
    struct type_setting number = {.width = CONTENT_WIDTH * 0.3};
    type_add(&number, TYPE_TABLE_HEAD, doc->number);
    TRY(furniture(p, &number, 0, HEADER_BASE, true, &height));
    for (size_t i = 0; i < doc->columns; i++) {
        struct type_setting title = {.width = CONTENT_WIDTH * 0.68,
                                     .align = PANGO_ALIGN_RIGHT,
                                     .language = doc->language[i]};
        type_add(&title, TYPE_LABEL, doc->title[i]);
        TRY(furniture(p, &title, CONTENT_WIDTH * 0.32, y, true, &height));
        if (doc->title[i].len) y += height;
    }
    page_line(p, 0, HEADER_BASE + 8 * MM, CONTENT_WIDTH, HEADER_BASE + 8 * MM, 0.5, 0.3);
    return OK;
}

Status page_end(struct page *p)
{
    if (p->number == 0) return OK;
    TRY(footer_draw(p));
    if (!p->dry) cairo_show_page(p->cr);
    return OK;
}

Status page_next(struct page *p)
{
    /* What is open is a table: its rows on the next sheet are a table of their own. */
    const char *open[TAG_DEPTH_MAX];
    size_t open_count = p->open_count;
    memcpy(open, p->open, sizeof open);
    while (p->open_count)
        page_tag_end(p);
    TRY(page_end(p));
    if (++p->number > PAPER_PAGES_MAX)
        return fail(p->scope, ERR_LIMIT, "the document has more than %d pages", PAPER_PAGES_MAX);
    TRY(header_draw(p));
    p->top = p->number == 1 ? 16 * MM : MARGIN_TOP;
    p->y = p->top;
    p->divider = 0;
    for (size_t i = 0; i < open_count; i++)
        TRY(page_tag(p, open[i], STR(""), STR("")));
    struct row *again = p->repeat;
    if (again == NULL) return OK;
    p->repeat = NULL; /* the head itself must not ask for a head */
    row_restart(again);
    TRY(row_draw(p, again));
    p->repeat = again;
    return OK;
}
