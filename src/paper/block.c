#include "paper/block.h"
#include "paper/picture.h"
#include "paper/row.h"
#include "paper/signature.h"
#include <assert.h>

static const double NOTE_INDENT = 6 * MM, NUMBER_HANG = 7 * MM, LABEL_SHARE = 0.36;
static const double PICTURE_HEIGHT_MM = 90;
enum { KEPT_MAX = 40 };

static const char *const mark_signs[] = {
    [PAPER_MARK_NONE] = "",
    [PAPER_MARK_AGREED] = "\xE2\x97\x8F ",    /* black circle */
    [PAPER_MARK_CONTESTED] = "\xE2\x97\x90 ", /* circle half black */
    [PAPER_MARK_ONE_SIDE] = "\xE2\x97\x8B ",  /* white circle */
};

/* The first text that is there: a block given in one language shows it in both columns. */
static Str shown(const Str pair[2], size_t language)
{
    return pair[language].len ? pair[language] : pair[0];
}

static void heading_build(struct page *p, const struct paper_block *b, struct row *r)
{
    bool is_main = b->level <= 1;
    *r = (struct row){.before = is_main ? 13 : 8, .after = 3, .has_divider = true};
    for (size_t i = 0; i < p->doc->columns; i++) {
        struct cell *c = row_cell(r, column_x(p, i), column_width(p), i, is_main ? "H1" : "H2");
        enum type_style style = is_main ? TYPE_HEADING : TYPE_SUBHEADING;
        if (b->number.len) {
            type_add(&c->text, style, b->number);
            type_add(&c->text, style, STR("\t"));
            c->text.hang = NUMBER_HANG;
        }
        type_add(&c->text, style, b->text[i]);
    }
}

static void paragraph_build(struct page *p, const struct paper_block *b, struct row *r)
{
    *r = (struct row){.before = 4, .after = 1, .has_divider = true};
    for (size_t i = 0; i < p->doc->columns; i++) {
        struct cell *c = row_cell(r, column_x(p, i), column_width(p), i, "P");
        if (b->number.len) {
            type_add(&c->text, TYPE_BODY, b->number);
            type_add(&c->text, TYPE_BODY, STR("\t"));
            c->text.hang = NUMBER_HANG;
        }
        type_add(&c->text, TYPE_BODY, b->text[i]);
        if (b->mark == PAPER_MARK_NONE) continue;
        type_add(&c->text, TYPE_MARK, b->number.len ? STR("\n\t") : STR("\n"));
        type_add(&c->text, TYPE_MARK, str_of(mark_signs[b->mark]));
        type_add(&c->text, TYPE_MARK, shown(b->mark_text, i));
    }
}

static void field_build(struct page *p, const struct paper_block *b, struct row *r)
{
    *r = (struct row){.before = 2, .after = 1, .has_divider = true};
    double width = column_width(p), label = width * LABEL_SHARE;
    for (size_t i = 0; i < p->doc->columns; i++) {
        struct cell *c = row_cell(r, column_x(p, i), label - 2 * MM, i, "P");
        c->drop = 1.9;
        type_add(&c->text, TYPE_LABEL, b->text[i]);
        c = row_cell(r, column_x(p, i) + label, width - label, i, "P");
        type_add(&c->text, b->is_gap ? TYPE_GAP : TYPE_BODY, shown(b->value, i));
    }
}

static void remark_build(struct page *p, const struct paper_block *b, struct row *r)
{
    *r = (struct row){.before = 6, .after = 2, .has_divider = true};
    for (size_t i = 0; i < p->doc->columns; i++) {
        struct cell *c = row_cell(r, column_x(p, i), column_width(p), i, "P");
        type_add(&c->text, TYPE_LABEL, shown(b->text, i));
    }
}

static void note_build(struct page *p, const struct paper_block *b, struct row *r)
{
    *r = (struct row){.before = 4, .after = 2, .has_divider = true};
    for (size_t i = 0; i < p->doc->columns; i++) {
        struct cell *c =
            row_cell(r, column_x(p, i) + NOTE_INDENT, column_width(p) - NOTE_INDENT, i, "P");
        c->has_bar = true;
        c->pad = 5;
        type_add(&c->text, TYPE_MARK, shown(b->label, i));
        if (shown(b->label, i).len) type_add(&c->text, TYPE_MARK, STR("\n"));
        type_add(&c->text, TYPE_BODY, shown(b->text, i));
    }
}

/* Row `index` of the table; the head when `cells` is the head. */
static void table_row_build(struct page *p, const struct paper_table *t,
                            const struct paper_cell *cells, struct row *r)
{
    assert(cells);
    bool is_head = cells == t->head;
    *r = (struct row){.tag = "TR", .has_fill = is_head, .under = is_head ? 0.8 : 0.3};
    double sum = 0, x = 0;
    for (size_t i = 0; i < t->columns; i++)
        sum += t->widths[i];
    for (size_t i = 0; i < t->columns; i++) {
        double width = CONTENT_WIDTH * t->widths[i] / sum;
        size_t language = p->doc->columns == 1 ? 0 : 2;
        struct cell *c = row_cell(r, x, width, language, is_head ? "TH" : "TD");
        c->pad = 3;
        if (t->to_right && t->to_right[i]) c->text.align = PANGO_ALIGN_RIGHT;
        bool is_code = !is_head && t->is_code && t->is_code[i];
        enum type_style style = is_head ? TYPE_TABLE_HEAD : is_code ? TYPE_DIGEST : TYPE_TABLE;
        bool is_pair = cells[i].text[1].len && p->doc->columns == 2 &&
                       !str_eq(cells[i].text[0], cells[i].text[1]);
        type_add_in(&c->text, style, cells[i].text[0], is_pair ? p->doc->language[0] : STR(""));
        if (is_pair && cells[i].text[0].len) type_add(&c->text, style, STR("\n"));
        if (is_pair)
            type_add_in(&c->text, is_head ? TYPE_LABEL : style, cells[i].text[1],
                        p->doc->language[1]);
        x += width;
    }
}

static Status table_draw(struct page *p, const struct paper_table *t)
{
    struct row head AUTO_ROW = {0};
    p->y += page_is_at_top(p) ? 0 : 6;
    if (t->head) {
        table_row_build(p, t, t->head, &head);
        TRY(row_measure(p, &head));
        struct row first AUTO_ROW = {0};
        if (t->rows) {
            table_row_build(p, t, t->cells, &first);
            TRY(row_measure(p, &first));
        }
        /* A head does not stand alone at the foot of a sheet. */
        if (head.height + first.height > page_room(p) && !page_is_at_top(p)) TRY(page_next(p));
    }
    TRY(page_tag(p, "Table", STR(""), STR("")));
    if (t->head) {
        TRY(row_draw(p, &head));
        /* Taken away again below; a failure before that ends the drawing. */
        /* cppcheck-suppress autoVariables */
        if (head.height < (CONTENT_BOTTOM - MARGIN_TOP) / 3) p->repeat = &head;
    }
    for (size_t i = 0; i < t->rows; i++) {
        struct row r AUTO_ROW = {0};
        table_row_build(p, t, t->cells + i * t->columns, &r);
        TRY(row_measure(p, &r));
        TRY(row_draw(p, &r));
    }
    p->repeat = NULL;
    page_tag_end(p);
    p->y += 6;
    return OK;
}

static void caption_build(struct page *p, const struct paper_block *b, struct row *r)
{
    *r = (struct row){.before = 3, .after = 6};
    for (size_t i = 0; i < p->doc->columns; i++) {
        struct cell *c = row_cell(r, column_x(p, i), column_width(p), i, "Caption");
        type_add(&c->text, TYPE_LABEL, b->text[i]);
    }
}

static Status picture_block_draw(struct page *p, const struct paper_block *b)
{
    struct row caption AUTO_ROW = {0};
    caption_build(p, b, &caption);
    TRY(row_measure(p, &caption));
    double most = (b->height_mm > 0 ? b->height_mm : PICTURE_HEIGHT_MM) * MM;
    double sheet = CONTENT_BOTTOM - MARGIN_TOP - caption.height - 12;
    if (sheet < 20 * MM) sheet = 20 * MM; /* a very long caption goes on over several sheets */
    struct picture picture AUTO_PICTURE = {0};
    TRY(picture_open(p->scope, b->picture, CONTENT_WIDTH, most < sheet ? most : sheet, &picture));
    p->divider = 0;
    p->y += page_is_at_top(p) ? 0 : 6;
    bool fits = picture.height + caption.height + 3 <= page_room(p);
    if (!fits && !page_is_at_top(p)) TRY(page_next(p));
    TRY(page_tag(p, "Figure", p->doc->language[0], b->text[0]));
    if (!p->dry)
        TRY(picture_draw(p->scope, &picture, p->cr,
                         MARGIN_LEFT + (CONTENT_WIDTH - picture.width) / 2, p->y));
    page_tag_end(p);
    p->y += picture.height;
    return row_draw(p, &caption);
}

/* The kinds that are one row; false for the others. */
static bool row_build(struct page *p, const struct paper_block *b, struct row *r)
{
    switch (b->kind) {
    case PAPER_HEADING:
        heading_build(p, b, r);
        return true;
    case PAPER_PARAGRAPH:
        paragraph_build(p, b, r);
        return true;
    case PAPER_FIELD:
        field_build(p, b, r);
        return true;
    case PAPER_NOTE:
        note_build(p, b, r);
        return true;
    case PAPER_REMARK:
        remark_build(p, b, r);
        return true;
    default:
        return false;
    }
}

/* The head of a table and its first row. */
static Status table_start_height(struct page *p, const struct paper_table *t, double *out)
{
    *out = 6;
    for (size_t i = 0; i < 2; i++) {
        const struct paper_cell *cells = i ? t->cells : t->head;
        if (cells == NULL || (i && t->rows == 0)) continue;
        struct row r AUTO_ROW = {0};
        table_row_build(p, t, cells, &r);
        TRY(row_measure(p, &r));
        *out += r.height;
    }
    return OK;
}

/* Room that the beginning of a block takes; `*out_kept`: the next one stays with it. */
static Status start_height(struct page *p, const struct paper_block *b, double *out, bool *out_kept)
{
    struct row r AUTO_ROW = {0};
    *out_kept = false;
    *out = 0;
    if (row_build(p, b, &r)) {
        TRY(row_measure(p, &r));
        double whole = r.before + r.height + r.after, most = (CONTENT_BOTTOM - MARGIN_TOP) / 2;
        *out = whole < most ? whole : most; /* a longer text may begin on one sheet and go on */
        *out_kept = b->kind == PAPER_HEADING || b->keeps_next;
        return OK;
    }
    if (b->kind == PAPER_SIGNATURES) return signatures_height(p, b, out);
    if (b->kind == PAPER_TABLE) return table_start_height(p, b->table, out);
    if (b->kind == PAPER_PICTURE)
        *out = ((b->height_mm > 0 ? b->height_mm : PICTURE_HEIGHT_MM) + 12) * MM;
    return OK;
}

/* Room that must be left for block `i` and what stays on its sheet. What no sheet holds together
 * asks for its beginning only. */
static Status kept_height(struct page *p, size_t i, double *out)
{
    double all = 0, first = 0, sheet = CONTENT_BOTTOM - MARGIN_TOP;
    bool is_kept = true;
    for (size_t n = 0; is_kept && n < KEPT_MAX && i + n < p->doc->block_count; n++) {
        double height;
        TRY(start_height(p, &p->doc->blocks[i + n], &height, &is_kept));
        all += height;
        if (n < 2) first = all;
    }
    *out = all <= sheet ? all : first;
    return OK;
}

static void rule_draw(struct page *p)
{
    if (page_is_at_top(p)) return;
    p->y += 8;
    p->divider = 0;
    page_line(p, 0, p->y, CONTENT_WIDTH, p->y, 0.6, 0.3);
    p->y += 6;
}

Status block_draw(struct page *p, size_t i)
{
    const struct paper_block *b = &p->doc->blocks[i];
    if (b->kind == PAPER_TABLE) return table_draw(p, b->table);
    if (b->kind == PAPER_SIGNATURES) return signatures_draw(p, b);
    if (b->kind == PAPER_PICTURE) return picture_block_draw(p, b);
    if (b->kind == PAPER_RULE) rule_draw(p);
    if (b->kind == PAPER_PAGE_BREAK && !page_is_at_top(p)) return page_next(p);
    struct row r AUTO_ROW = {0};
    if (!row_build(p, b, &r)) return OK;
    TRY(row_measure(p, &r));
    if ((b->kind == PAPER_HEADING || b->keeps_next) && !page_is_at_top(p)) {
        double need;
        TRY(kept_height(p, i, &need));
        if (need > page_room(p)) TRY(page_next(p));
    }
    return row_draw(p, &r);
}

static Status title_row(struct page *p, const Str pair[2], enum type_style style, double before,
                        const char *tag)
{
    if (pair[0].len + pair[1].len == 0) return OK;
    struct row r AUTO_ROW = {.before = before, .after = 2};
    for (size_t i = 0; i < p->doc->columns; i++) {
        struct cell *c = row_cell(&r, column_x(p, i), column_width(p), i, tag);
        c->text.align = PANGO_ALIGN_CENTER;
        type_add(&c->text, style, pair[i]);
    }
    TRY(row_measure(p, &r));
    return row_draw(p, &r);
}

Status block_title(struct page *p)
{
    const struct paper_document *doc = p->doc;
    TRY(title_row(p, doc->issuer, TYPE_ISSUER, 0, "P"));
    if (doc->issuer[0].len) {
        p->y += 3;
        page_line(p, 0, p->y, CONTENT_WIDTH, p->y, 0.8, 0.2);
    }
    TRY(title_row(p, doc->title, TYPE_TITLE, 16, "H1"));
    struct row r AUTO_ROW = {.before = 4, .after = 2};
    struct cell *c = row_cell(&r, 0, CONTENT_WIDTH, 2, "P");
    c->text.align = PANGO_ALIGN_CENTER;
    type_add(&c->text, TYPE_NUMBER, doc->number);
    TRY(row_measure(p, &r));
    TRY(row_draw(p, &r));
    TRY(title_row(p, doc->state, TYPE_SUBHEADING, 2, "P"));
    TRY(title_row(p, doc->note, TYPE_LABEL, 1, "P"));
    p->y += 8;
    return OK;
}
