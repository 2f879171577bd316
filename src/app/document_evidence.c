/* The table of items with the sketch (DOC06) and the record of a statement (DOC07). Declared in
 * app/document.h. */
#include "app/document.h"

static void incident(struct sheet *x)
{
    if (x->c->incident == NULL) return;
    sheet_heading(x, "document.section.incident");
    sheet_incident(x, false);
}

/* All that was collected and measured in the case, whichever of these facts was asked for. */
void document_items(struct sheet *x, const struct entry *e)
{
    static const char *const collected[] = {"evidence.collected", NULL};
    static const char *const measured[] = {"measurement.made", NULL};
    static const char *const placed[] = {"evidence.collected", "measurement.made", "marker.checked",
                                         "marker.damaged",     "marker.restored",  NULL};
    static const char *const handled[] = {"custody.passed", "custody.received", "evidence.examined",
                                          "evidence.derived", NULL};
    size_t count;
    incident(x);
    const struct entry **list = document_entries(x, collected, &count);
    if (list) sheet_item_table(x, list, count);
    list = document_entries(x, measured, &count);
    if (list) sheet_measurement_table(x, list, count);
    list = document_entries(x, placed, &count);
    if (list) sheet_sketch(x, list, count);
    list = document_entries(x, handled, &count);
    if (list) sheet_custody_table(x, list, count);
    x->signers[x->signer_count++] = e;
}

/* The words in every language that has no column: they may be those that were spoken. */
static void other_languages(struct sheet *x, const struct fact *f)
{
    for (size_t i = 0; i < x->p->pack.language_count; i++) {
        Str language = x->p->pack.languages[i];
        Str name = sheet_printed(x, scope_print(x->s, "text.%.*s", STR_ARG(language)));
        Str words = fact_get_str(f, name);
        bool has_column = str_eq(language, x->language[0]) ||
                          (x->columns == 2 && str_eq(language, x->language[1]));
        if (has_column || words.len == 0) continue;
        struct paper_block *b = sheet_add(x, PAPER_HEADING);
        b->level = 2;
        for (size_t c = 0; c < 2; c++)
            b->text[c] = sheet_printed(
                x, scope_print(x->s, "%.*s, %.*s",
                               STR_ARG(sheet_capital(x, sheet_text(x, c, "field.text"))),
                               STR_ARG(sheet_catalogue(x, c, "language.in", language))));
        struct paper_block *text = sheet_add(x, PAPER_PARAGRAPH);
        text->text[0] = text->text[1] = sheet_copy(x, words);
    }
}

void document_statement(struct sheet *x, const struct entry *e)
{
    static const char *const skip[] = {"text", NULL};
    incident(x);
    sheet_heading(x, "document.section.statement");
    sheet_field(x, "document.stated_at", sheet_time(x, 0, e->at), sheet_time(x, 1, e->at));
    sheet_fact_all(x, e->fact, skip);
    sheet_field(x, "document.taken_by", sheet_officer(x, e->party, e->by), STR(""));
    sheet_fact_field(x, e->fact, "text");
    other_languages(x, e->fact);
    x->hand = "document.person_signs";
    x->signers[x->signer_count++] = e;
}
