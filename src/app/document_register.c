/* The register of correspondence on paper (DOC19): a book of the own side. Declared in
 * app/document.h. */
#include "app/document.h"
#include "app/register.h"
#include <inttypes.h>

enum { LETTER_COLUMNS = 8 };

/* "inspection", "yes": what a proposal or an answer has for a subject, in words. */
static Str subject(struct sheet *x, size_t column, const struct letter_row *r)
{
    Str title = sheet_catalogue(x, column, "kind", r->kind);
    Str words = str_has_prefix(r->kind, "letter.") || str_has_prefix(r->kind, "request.")
                    ? sheet_copy(x, r->subject)
                    : sheet_catalogue(x, column, "value", r->subject);
    return sheet_printed(
        x, scope_print(x->s, "%.*s%s%.*s", STR_ARG(title), words.len ? ": " : "", STR_ARG(words)));
}

static Str short_time(struct sheet *x, bool has, Instant at)
{
    char utc[INSTANT_TEXT_MAX];
    if (!has) return STR("—");
    instant_format(at, utc);
    return sheet_printed(x, scope_print(x->s, "%.10s %.5s", utc, utc + 11));
}

static void letter_row(struct sheet *x, const struct letter_row *r, struct paper_cell *row)
{
    row[0].text[0] = sheet_copy(x, r->number);
    row[1].text[0] = short_time(x, r->has_sent, r->sent);
    row[2].text[0] = short_time(x, r->has_received, r->received);
    for (size_t c = 0; c < 2; c++) {
        Str way = sheet_text(x, c,
                             r->out     ? "document.out"
                             : r->paper ? "document.on_paper"
                                        : "document.in");
        Str from = r->out ? STR("") : sheet_party(x, c, r->party);
        row[3].text[c] = sheet_printed(
            x, scope_print(x->s, "%.*s%s%.*s", STR_ARG(way), from.len ? ": " : "", STR_ARG(from)));
        row[4].text[c] = subject(x, c, r);
        Str answered = r->answered ? sheet_text(x, c, "document.answered") : STR("");
        Str due = c ? STR("") : short_time(x, r->has_due, r->due);
        row[6].text[c] =
            sheet_printed(x, scope_print(x->s, "%.*s%s%.*s", STR_ARG(due),
                                         due.len && answered.len ? "\n" : "", STR_ARG(answered)));
    }
    row[5].text[0] = sheet_copy(x, r->case_number);
    bool both = r->reference.len && r->delivered.len;
    row[7].text[0] = sheet_printed(
        x, scope_print(x->s, "%.*s%s%.*s%s%.*s%s(%.*s)", STR_ARG(r->reference), both ? "; " : "",
                       STR_ARG(r->delivered), r->written_on.len ? "; " : "", STR_ARG(r->written_on),
                       r->reference.len + r->delivered.len + r->written_on.len ? " " : "",
                       STR_ARG(r->ref)));
    for (size_t k = 0; k < LETTER_COLUMNS; k++)
        if (str_eq(row[k].text[0], row[k].text[1])) row[k].text[1] = STR("");
}

/* The facts of the rows, for the digest of the register. */
static Status rows_cite(struct sheet *x, const struct letter_row *rows, size_t count)
{
    struct entry *entries = scope_array(x->s, count + 1, sizeof *entries);
    struct fact *facts = scope_array(x->s, count + 1, sizeof *facts);
    if (entries == NULL || facts == NULL) return ERR_MEMORY;
    for (size_t i = 0; i < count; i++) {
        struct fact_ref ref;
        struct fact_row row;
        if (!fact_ref_parse(rows[i].ref, &ref)) continue;
        TRY(fact_load(x->s, x->p, ref.party, ref.index, &facts[i], &row));
        entries[i] = (struct entry){.fact = &facts[i],
                                    .party = ref.party,
                                    .at = row.at,
                                    .kind = fact_get(&facts[i], "kind"),
                                    .by = fact_get(&facts[i], "by")};
        sheet_cite(x, &entries[i]);
    }
    return x->status;
}

Status document_letters(struct sheet *x, const struct letter_row *rows, size_t count,
                        enum act_form form)
{
    static const double widths[LETTER_COLUMNS] = {0.95, 1.15, 1.25, 1.3, 2.3, 1.15, 1.2, 1.4};
    static const struct paper_table shape = {.columns = LETTER_COLUMNS, .widths = widths};
    static const char *const heads[LETTER_COLUMNS] = {
        "field.number",  "field.sent_at", "field.received_at", "document.way",
        "field.subject", "field.case",    "field.answer_due",  "field.reference"};
    x->own_side = true;
    TRY(sheet_open(x, form));
    TRY(rows_cite(x, rows, count));
    sheet_paragraph(x, "document.times_utc");
    for (size_t k = 0; k < COUNT_OF(heads); k++)
        sheet_shown(x, str_of(heads[k] + strcspn(heads[k], ".") + 1));
    if (count == 0) {
        sheet_paragraph(x, "document.no_entries");
        return x->status;
    }
    struct paper_cell *cells = sheet_table(x, &shape, count);
    if (cells == NULL) return ERR_MEMORY;
    for (size_t k = 0; k < COUNT_OF(heads); k++)
        sheet_texts(x, heads[k], cells[k].text);
    for (size_t i = 0; i < count; i++)
        letter_row(x, &rows[i], &cells[LETTER_COLUMNS * (i + 1)]);
    return x->status;
}
