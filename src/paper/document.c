#include "base/writer.h"
#include "paper/block.h"
#include "paper/drawing.h"
#include <cairo-pdf.h>

#define AUTO_SURFACE __attribute__((cleanup(surface_release)))
#define AUTO_CAIRO   __attribute__((cleanup(cairo_release)))
#define AUTO_CONTEXT __attribute__((cleanup(context_release)))
#define AUTO_QR      __attribute__((cleanup(qr_release)))

static void surface_release(cairo_surface_t **surface)
{
    if (*surface) cairo_surface_destroy(*surface);
}

static void cairo_release(cairo_t **cr)
{
    if (*cr) cairo_destroy(*cr);
}

static void context_release(PangoContext **context)
{
    if (*context) g_object_unref(*context);
}

static void qr_release(QRcode **qr)
{
    if (*qr) QRcode_free(*qr);
}

static cairo_status_t pdf_write(void *closure, const unsigned char *bytes, unsigned len)
{
    struct writer *w = closure;
    write_bytes(w, bytes, len);
    return w->status == OK ? CAIRO_STATUS_SUCCESS : CAIRO_STATUS_WRITE_ERROR;
}

static Status metadata_set(struct scope *s, const struct paper_document *doc,
                           cairo_surface_t *surface)
{
    char made[INSTANT_TEXT_MAX];
    instant_format((Instant){doc->made.us / US_PER_SECOND * US_PER_SECOND}, made);
    Str title = scope_print(s, "%.*s%s%.*s", STR_ARG(doc->title[0]), doc->number.len ? " " : "",
                            STR_ARG(doc->number));
    if (title.ptr == NULL) return ERR_MEMORY;
    cairo_pdf_surface_restrict_to_version(surface, CAIRO_PDF_VERSION_1_5);
    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_TITLE, title.ptr);
    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_CREATOR, "twinpost");
    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_CREATE_DATE, made);
    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_MOD_DATE, made);
    return OK;
}

static Status walk(struct page *p)
{
    TRY(page_next(p));
    TRY(block_title(p));
    for (size_t i = 0; i < p->doc->block_count; i++)
        TRY(block_draw(p, i));
    return page_end(p);
}

/* Twice: the first walk counts the sheets, because each names the number of all. */
static Status draw(struct scope *s, const struct paper_document *doc, cairo_t *cr, QRcode *qr,
                   struct tag_list *out_tags)
{
    PangoContext *context AUTO_CONTEXT = pango_cairo_create_context(cr);
    pango_context_set_round_glyph_positions(context, FALSE);
    cairo_font_options_t *options = cairo_font_options_create();
    cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE);
    cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF);
    pango_cairo_context_set_font_options(context, options);
    cairo_font_options_destroy(options);
    TRY(type_fonts_check(s, context));
    struct page p = {.scope = s, .doc = doc, .cr = cr, .context = context, .qr = qr, .dry = true};
    TRY(walk(&p));
    p = (struct page){
        .scope = s, .doc = doc, .cr = cr, .context = context, .qr = qr, .total = p.number};
    TRY(walk(&p));
    *out_tags = p.tags;
    return OK;
}

static Status cairo_verdict(struct scope *s, const struct writer *w, cairo_status_t status)
{
    if (w->status == ERR_LIMIT)
        return fail(s, ERR_LIMIT, "the PDF has more than %d bytes", PAPER_BYTES_MAX);
    if (w->status != OK) return fail(s, w->status, "not enough memory for the PDF");
    if (status == CAIRO_STATUS_SUCCESS) return OK;
    if (status == CAIRO_STATUS_NO_MEMORY) return fail(s, ERR_MEMORY, "no memory to draw");
    return fail(s, ERR_INTERNAL, "drawing failed: %s", cairo_status_to_string(status));
}

Status paper_draw(struct scope *s, const struct paper_document *doc, Bytes *out)
{
    TRY(paper_check(s, doc));
    QRcode *qr AUTO_QR = NULL;
    if (doc->qr.len) {
        qr = QRcode_encodeData((int)doc->qr.len, (const unsigned char *)doc->qr.ptr, 0,
                               QR_ECLEVEL_M);
        if (qr == NULL) return fail(s, ERR_MEMORY, "the QR code could not be made");
    }
    struct writer w = writer_open(s, PAPER_BYTES_MAX);
    cairo_surface_t *surface AUTO_SURFACE =
        cairo_pdf_surface_create_for_stream(pdf_write, &w, SHEET_WIDTH, SHEET_HEIGHT);
    TRY(metadata_set(s, doc, surface));
    struct tag_list tags = {0};
    {
        cairo_t *cr AUTO_CAIRO = cairo_create(surface);
        Status status = draw(s, doc, cr, qr, &tags);
        TRY(cairo_verdict(s, &w, cairo_status(cr))); /* the first cause */
        TRY(status);
    }
    cairo_surface_finish(surface);
    TRY(cairo_verdict(s, &w, cairo_surface_status(surface)));
    Bytes pdf;
    TRY(writer_close(&w, &pdf));
    return tags_finish(s, pdf, &tags, doc->language[0], out);
}

const struct paper_drawing paper_drawing = {.draw = paper_draw};
