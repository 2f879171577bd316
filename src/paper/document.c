#include "paper/document.h"
#include "base/writer.h"
#include "paper/block.h"
#include <cairo-pdf.h>

enum { QR_BYTES_MAX = 300, LANGUAGE_MAX = 35, NUMBER_MAX = 120 };

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

static Status texts_check(struct scope *s, const Str *texts, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (texts[i].len > PAPER_TEXT_MAX)
            return fail(s, ERR_LIMIT, "a text has more than %d bytes", PAPER_TEXT_MAX);
        if (!str_is_text(texts[i]))
            return fail(s, ERR_SCHEMA, "a text of the document is no sound UTF-8");
    }
    return OK;
}

static Status table_check(struct scope *s, const struct paper_table *t)
{
    if (t == NULL || t->columns == 0 || t->columns > PAPER_TABLE_COLUMNS_MAX || t->widths == NULL)
        return fail(s, ERR_SCHEMA, "a table has 1 to %d columns, each with its width",
                    PAPER_TABLE_COLUMNS_MAX);
    if (t->rows > PAPER_BLOCKS_MAX)
        return fail(s, ERR_LIMIT, "a table has more than %d rows", PAPER_BLOCKS_MAX);
    for (size_t i = 0; i < t->columns; i++) {
        if (!(t->widths[i] > 0 && t->widths[i] < 1000))
            return fail(s, ERR_SCHEMA, "a column of a table has no width");
        if (t->head) TRY(texts_check(s, t->head[i].text, 2));
    }
    for (size_t i = 0; i < t->rows * t->columns; i++)
        TRY(texts_check(s, t->cells[i].text, 2));
    return OK;
}

static Status signatures_check(struct scope *s, const struct paper_block *b)
{
    if (b->signature_count > PAPER_SIGNATURES_MAX)
        return fail(s, ERR_LIMIT, "more than %d signatures", PAPER_SIGNATURES_MAX);
    for (size_t i = 0; i < b->signature_count; i++) {
        const struct paper_signature *g = &b->signatures[i];
        Str texts[] = {g->party[0], g->party[1],      g->role[0],       g->role[1], g->name,
                       g->time_utc, g->time_local[0], g->time_local[1], g->value,   g->ink[0],
                       g->ink[1],   g->seal[0],       g->seal[1]};
        TRY(texts_check(s, texts, COUNT_OF(texts)));
        if (g->side > 1) return fail(s, ERR_SCHEMA, "a signature belongs to neither side");
    }
    return OK;
}

static Status block_check(struct scope *s, const struct paper_block *b)
{
    if (b->kind >= PAPER_KIND_COUNT || b->mark > PAPER_MARK_ONE_SIDE)
        return fail(s, ERR_SCHEMA, "a block of the document is of no known kind");
    Str texts[] = {b->number,   b->label[0], b->label[1],     b->text[0],     b->text[1],
                   b->value[0], b->value[1], b->mark_text[0], b->mark_text[1]};
    TRY(texts_check(s, texts, COUNT_OF(texts)));
    if (b->kind == PAPER_TABLE) return table_check(s, b->table);
    if (b->kind == PAPER_SIGNATURES) return signatures_check(s, b);
    return OK;
}

/* BCP 47 in letters only; what the tag means is the reader's business. */
static bool language_is_valid(Str tag)
{
    if (tag.len < 2 || tag.len > LANGUAGE_MAX) return false;
    for (size_t i = 0; i < tag.len; i++) {
        char c = tag.ptr[i];
        bool is_letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        if (!is_letter && !(c == '-' && i > 1)) return false;
    }
    return true;
}

Status paper_check(struct scope *s, const struct paper_document *doc)
{
    if (doc->columns != 1 && doc->columns != 2)
        return fail(s, ERR_SCHEMA, "a document has one column or two");
    for (size_t i = 0; i < doc->columns; i++)
        if (!language_is_valid(doc->language[i]))
            return fail(s, ERR_SCHEMA, "a language of the document is no BCP 47 tag");
    Str texts[] = {doc->title[0],  doc->title[1],  doc->issuer[0],     doc->issuer[1],
                   doc->number,    doc->state[0],  doc->state[1],      doc->digest_hex,
                   doc->note[0],   doc->note[1],   doc->banner[0],     doc->banner[1],
                   doc->footer[0], doc->footer[1], doc->page_words[0], doc->page_words[1]};
    TRY(texts_check(s, texts, COUNT_OF(texts)));
    if (doc->title[0].len == 0) return fail(s, ERR_SCHEMA, "the document has no title");
    if (doc->number.len > NUMBER_MAX)
        return fail(s, ERR_LIMIT, "the number of the document is longer than %d bytes", NUMBER_MAX);
    if (doc->qr.len > QR_BYTES_MAX)
        return fail(s, ERR_LIMIT, "a QR code on paper holds at most %d bytes", QR_BYTES_MAX);
    if (doc->block_count > PAPER_BLOCKS_MAX)
        return fail(s, ERR_LIMIT, "the document has more than %d blocks", PAPER_BLOCKS_MAX);
    for (size_t i = 0; i < doc->block_count; i++)
        TRY(block_check(s, &doc->blocks[i]));
    return OK;
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
