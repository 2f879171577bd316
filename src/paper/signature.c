#include "paper/signature.h"
#include "paper/row.h"

static const double INK = 15 * MM, PAD = 7, SEAL_WIDTH = 18 * MM;

/* A text in both languages, one under the other, so that each line is of one language. */
static void pair_add(struct page *p, struct type_setting *t, enum type_style style,
                     const Str pair[2])
{
    type_add_in(t, style, pair[0], p->doc->language[0]);
    if (p->doc->columns == 1 || pair[1].len == 0 || str_eq(pair[0], pair[1])) return;
    if (pair[0].len) type_add(t, style, STR("\n"));
    type_add_in(t, style, pair[1], p->doc->language[1]);
}

/* Name, capacity, the three times and the shortened signature of one signer, room for ink below. */
static Status signature_cell(struct page *p, struct row *r, double x, double width,
                             const struct paper_signature *g)
{
    struct cell *c = row_cell(r, x, width, 2, "P");
    c->pad = PAD;
    c->has_frame = true;
    c->ink = INK;
    c->ink_short = g->seal[0].len ? SEAL_WIDTH : 0;
    pair_add(p, &c->text, TYPE_ISSUER, g->party);
    Str name = scope_print(p->scope, "\n%.*s\n", STR_ARG(g->name));
    Str times = scope_print(p->scope, "\n%.*s\n%.*s%s%.*s%s", STR_ARG(g->time_utc),
                            STR_ARG(g->time_local[0]), g->time_local[1].len ? "  ·  " : "",
                            STR_ARG(g->time_local[1]), g->value.len ? "\n" : "");
    if (name.ptr == NULL || times.ptr == NULL) return ERR_MEMORY;
    type_add(&c->text, TYPE_NAME, name);
    pair_add(p, &c->text, TYPE_LABEL, g->role);
    if (g->time_utc.len) type_add(&c->text, TYPE_TABLE, times);
    type_add(&c->text, TYPE_DIGEST, g->value);
    return OK;
}

/* "a / b", or "a" when both are the same or one column is drawn. */
static Str slashed(struct page *p, const Str pair[2])
{
    if (pair[0].len == 0) return STR("");
    if (p->doc->columns == 1 || pair[1].len == 0 || str_eq(pair[0], pair[1])) return pair[0];
    return scope_print(p->scope, "%.*s / %.*s", STR_ARG(pair[0]), STR_ARG(pair[1]));
}

/* A small word at the foot of the box that `box` frames, when the row is measured. */
static Status foot_cell(struct page *p, struct row *r, const struct cell *box, Str text,
                        bool to_right)
{
    if (text.ptr == NULL) return ERR_MEMORY;
    if (text.len == 0) return OK;
    struct cell *c = row_cell(r, box->x, box->width, 2, "P");
    c->pad = PAD;
    c->drop = r->height - 2 * PAD - 9;
    if (to_right) c->text.align = PANGO_ALIGN_RIGHT;
    type_add(&c->text, TYPE_SMALL, text);
    return cell_measure(p, c);
}

/* The next signature of that side, or NULL. */
static const struct paper_signature *signature_next(const struct paper_block *b, size_t side,
                                                    size_t *at)
{
    while (*at < b->signature_count) {
        const struct paper_signature *g = &b->signatures[(*at)++];
        if (g->side == side) return g;
    }
    return NULL;
}

/* The next box of each side, measured; no cell when there is none. */
static Status row_make(struct page *p, const struct paper_block *b, size_t at[2], struct row *r)
{
    double width = (CONTENT_WIDTH - COLUMN_GAP) / 2;
    const struct paper_signature *shown[2];
    size_t count = 0;
    *r = (struct row){.before = 8, .after = 2};
    for (size_t side = 0; side < 2; side++) {
        const struct paper_signature *g = signature_next(b, side, &at[side]);
        if (g == NULL) continue;
        TRY(signature_cell(p, r, side ? width + COLUMN_GAP : 0, width, g));
        shown[count++] = g;
    }
    TRY(row_measure(p, r));
    for (size_t i = 0; i < count; i++) {
        TRY(foot_cell(p, r, &r->cells[i], slashed(p, shown[i]->ink), false));
        TRY(foot_cell(p, r, &r->cells[i], slashed(p, shown[i]->seal), true));
    }
    return OK;
}

Status signatures_draw(struct page *p, const struct paper_block *b)
{
    size_t at[2] = {0, 0};
    for (;;) {
        struct row r AUTO_ROW = {0};
        TRY(row_make(p, b, at, &r));
        if (r.count == 0) return OK;
        TRY(row_draw(p, &r));
    }
}

Status signatures_height(struct page *p, const struct paper_block *b, double *out)
{
    size_t at[2] = {0, 0};
    struct row r AUTO_ROW = {0};
    TRY(row_make(p, b, at, &r));
    *out = r.before + r.height + r.after;
    return OK;
}
