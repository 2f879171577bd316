/* A mass event, and what both sides said of the situation in a year (DOC25). Declared in
 * app/document.h. */
#include "app/document.h"
#include "app/gather.h"

static void stated_at(struct sheet *x, const struct entry *e)
{
    sheet_field(x, "document.stated_at", sheet_time(x, 0, e->at), sheet_time(x, 1, e->at));
}

static void count_table(struct sheet *x, const struct entry *const *list, size_t count)
{
    static const double widths[] = {2, 1, 2, 2, 2};
    static const bool to_right[] = {false, true, false, false, false};
    static const struct paper_table shape = {.columns = 5, .widths = widths, .to_right = to_right};
    static const char *const heads[] = {"counted_at", "value", "place", "method", "note"};
    struct paper_cell *cells = sheet_table(x, &shape, count);
    if (cells == NULL) return;
    for (size_t k = 0; k < COUNT_OF(heads); k++)
        for (size_t c = 0; c < 2; c++)
            cells[k].text[c] = sheet_catalogue(x, c, "field", str_of(heads[k]));
    for (size_t i = 0; i < count; i++) {
        struct paper_cell *row = &cells[5 * (i + 1)];
        for (size_t k = 0; k < COUNT_OF(heads); k++) {
            for (size_t c = 0; c < 2; c++)
                row[k].text[c] = sheet_value(x, c, list[i]->fact, str_of(heads[k]));
            if (str_eq(row[k].text[0], row[k].text[1])) row[k].text[1] = STR("");
        }
        sheet_cite(x, list[i]);
    }
}

/* The plan of an event with its risk sheet and the live counts. */
void document_event(struct sheet *x, const struct entry *e)
{
    static const char *const skip[] = {"of", NULL};
    size_t count;
    if (x->c->incident) {
        sheet_heading(x, "document.section.incident");
        sheet_incident(x, false);
    }
    sheet_heading(x, "kind.event.planned");
    stated_at(x, e);
    sheet_fact_all(x, e->fact, NULL);
    const struct entry **risks = document_answers(x, "event.risk", "of", e, &count);
    for (size_t i = 0; risks && i < count; i++) {
        sheet_heading(x, "kind.event.risk");
        sheet_field(x, "document.stated_by", sheet_party(x, 0, risks[i]->party),
                    sheet_party(x, 1, risks[i]->party));
        stated_at(x, risks[i]);
        sheet_fact_all(x, risks[i]->fact, skip);
        sheet_cite(x, risks[i]);
    }
    const struct entry **counts = document_answers(x, "event.count", "of", e, &count);
    if (counts && count) sheet_heading(x, "kind.event.count");
    if (counts && count) count_table(x, counts, count);
    sheet_shown(x, STR("area")); /* an event has a place and a time instead */
    sheet_shown(x, STR("period"));
    sheet_shown(x, STR("text"));
    x->signers[x->signer_count++] = e;
}

static bool in_year(Instant at, int32_t year)
{
    char utc[INSTANT_TEXT_MAX];
    uint64_t found;
    instant_format(at, utc);
    return str_u64((Str){utc, 4}, &found) && (int32_t)found == year;
}

/* What was opened of the year, in the order of time; an own-side report has the rest too. */
static Status year_gather(struct sheet *x, const char *const *kinds, int32_t year,
                          const struct entry ***out, size_t *out_count)
{
    struct gathering g = {.s = x->s, .p = x->p};
    TRY(gather_kinds(&g, kinds));
    TRY(entries_as_opened(x->s, x->p, g.list, g.count));
    const struct entry **list = scope_array(x->s, g.count + 1, sizeof *list);
    size_t count = 0;
    if (list == NULL) return ERR_MEMORY;
    for (size_t i = 0; i < g.count; i++) {
        struct entry *e = &g.list[i];
        if (e->refused || e->is_void || !in_year(e->at, year)) continue;
        if (e->opening == 0 && !x->own_side) continue;
        if (e->opened && !x->own_side) e->fact = e->opened;
        size_t at = count++;
        for (; at > 0 && instant_before(e->at, list[at - 1]->at); at--)
            list[at] = list[at - 1];
        list[at] = e;
    }
    *out = list;
    *out_count = count;
    return OK;
}

/* Both sides' figures beside each other, each with what it counts up to when. */
static void figures(struct sheet *x, const struct entry *const *list, size_t count)
{
    static const double widths[] = {2, 2.2, 1.6, 1.3, 1.2, 1.3, 0.8};
    static const bool to_right[] = {false, false, false, false, true, false, true};
    static const struct paper_table shape = {.columns = 7, .widths = widths, .to_right = to_right};
    static const char *const heads[] = {"party", "measure", "area",    "period",
                                        "value", "cutoff",  "revision"};
    if (count == 0) return;
    sheet_heading(x, "document.section.figures");
    struct paper_cell *cells = sheet_table(x, &shape, count);
    if (cells == NULL) return;
    for (size_t k = 0; k < COUNT_OF(heads); k++)
        for (size_t c = 0; c < 2; c++)
            cells[k].text[c] = sheet_catalogue(x, c, "field", str_of(heads[k]));
    for (size_t i = 0; i < count; i++) {
        struct paper_cell *row = &cells[7 * (i + 1)];
        for (size_t c = 0; c < 2; c++)
            row[0].text[c] = sheet_party(x, c, list[i]->party);
        for (size_t k = 1; k < COUNT_OF(heads); k++)
            row[k].text[0] = sheet_value(x, 0, list[i]->fact, str_of(heads[k]));
        sheet_cite(x, list[i]);
    }
}

Status document_situation(struct sheet *x, int32_t year, enum act_form form)
{
    static const char *const counted[] = {"count.reported", NULL};
    static const char *const said[] = {"assessment.stated",  "forecast.published",
                                       "scenario.published", "measure.described",
                                       "event.planned",      NULL};
    const struct entry **list;
    size_t count;
    TRY(sheet_open(x, form));
    TRY(year_gather(x, said, year, &list, &count));
    for (size_t i = 0; i < count; i++) {
        struct paper_block *b = sheet_add(x, PAPER_HEADING);
        b->level = 1;
        for (size_t c = 0; c < 2; c++) {
            Str kind = sheet_catalogue(x, c, "kind", list[i]->kind);
            b->text[c] = sheet_printed(x, scope_print(x->s, "%.*s: %.*s",
                                                      STR_ARG(sheet_party(x, c, list[i]->party)),
                                                      STR_ARG(kind)));
        }
        stated_at(x, list[i]);
        sheet_fact_all(x, list[i]->fact, NULL);
        sheet_cite(x, list[i]);
    }
    TRY(year_gather(x, counted, year, &list, &count));
    figures(x, list, count);
    if (x->cited_count == 0) sheet_paragraph(x, "document.no_entries");
    return x->status;
}
