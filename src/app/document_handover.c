/* Hand-over acts (DOC11 to DOC14): rendered from the facts of the hand-over, which both sides sign
 * one by one. Declared in app/document.h. */
#include "app/document.h"

/* The newest count of an item by one party. */
static const struct entry *count_of(struct sheet *x, const struct offer *o, Str item, Str party)
{
    size_t count;
    const struct entry **list = document_answers(x, "handover.counted", "of", o->entry, &count);
    const struct entry *found = NULL;
    for (size_t i = 0; list && i < count; i++)
        if (str_eq(list[i]->party, party) && str_eq(fact_get(list[i]->fact, "item"), item))
            found = list[i];
    return found;
}

static bool is_of_persons(const struct offer *o)
{
    return str_is(o->what, "persons");
}

static Str other_party(const struct sheet *x, Str party)
{
    return x->party[1 - sheet_side(x, party)];
}

static const char *state_key(const struct offer *o)
{
    if (o->contested) return "handover.contested";
    if (o->withdrawn) return "kind.handover.withdrawn";
    if (o->giver_signed && o->taker_signed) return "act.effective";
    return o->giver_signed ? "handover.pledged" : "document.offered";
}

static void place_and_time(struct sheet *x, const struct offer *o)
{
    const struct fact *f = o->entry->fact;
    sheet_heading(x, "act.section.place_time");
    sheet_fact_field(x, f, "what");
    for (size_t i = 0; i < 2; i++) {
        Str party = i ? other_party(x, o->entry->party) : o->entry->party;
        sheet_field(x, i ? "handover.takes" : "handover.gives", sheet_party(x, 0, party),
                    sheet_party(x, 1, party));
    }
    sheet_fact_field(x, f, "place");
    sheet_fact_field(x, f, "time");
    if (o->answer == NULL) return;
    sheet_cite(x, o->answer);
    sheet_field(x, "field.answer", sheet_value(x, 0, o->answer->fact, STR("answer")),
                sheet_value(x, 1, o->answer->fact, STR("answer")));
    if (fact_has(o->answer->fact, "time"))
        sheet_field(x, "document.answer_time", sheet_value(x, 0, o->answer->fact, STR("time")),
                    sheet_value(x, 1, o->answer->fact, STR("time")));
    if (fact_has(o->answer->fact, "reason"))
        sheet_field(x, "field.reason", sheet_value(x, 0, o->answer->fact, STR("reason")), STR(""));
}

/* Who is not offered, or how many there are, stands nowhere: people have the numbers of this offer.
 */
static Str item_name(struct sheet *x, size_t column, const struct offer *o, size_t i)
{
    if (!is_of_persons(o)) return sheet_copy(x, o->items[i]);
    Str number = sheet_printed(x, scope_print(x->s, "%zu", i + 1));
    return sheet_fill(x, sheet_text(x, column, "handover.person"), "{number}", number);
}

static void count_cell(struct sheet *x, const struct entry *e, struct paper_cell *cell)
{
    if (e == NULL) {
        cell->text[0] = STR("—");
        return;
    }
    sheet_cite(x, e);
    Str condition = sheet_value(x, 0, e->fact, STR("condition"));
    cell->text[0] =
        sheet_printed(x, scope_print(x->s, "%.*s%s%.*s", STR_ARG(fact_get(e->fact, "count")),
                                     condition.len && fact_has(e->fact, "count") ? "; " : "",
                                     STR_ARG(condition)));
    if (condition.len) sheet_shown(x, STR("condition"));
    if (fact_has(e->fact, "count")) sheet_shown(x, STR("count"));
}

/* Item by item: what was offered, what each side counted, with whom it is. */
static void items_table(struct sheet *x, const struct offer *o, const struct offer_things *things)
{
    static const double widths[] = {0.4, 2, 1, 2.4, 2.4, 1.8};
    static const bool to_right[] = {true, false, true, false, false, false};
    static const struct paper_table shape = {.columns = 6, .widths = widths, .to_right = to_right};
    static const char *const heads[] = {NULL,
                                        "field.item",
                                        "document.recorded_count",
                                        "document.giver_counted",
                                        "document.taker_counted",
                                        "document.holder"};
    Str taker = other_party(x, o->entry->party);
    sheet_heading(x, "document.section.handed_items");
    struct paper_cell *cells = sheet_table(x, &shape, o->item_count);
    if (cells == NULL) return;
    for (size_t k = 1; k < COUNT_OF(heads); k++)
        sheet_texts(x, heads[k], cells[k].text);
    for (size_t i = 0; i < o->item_count; i++) {
        struct paper_cell *row = &cells[6 * (i + 1)];
        const struct entry *record = offer_record(x->c, things, i);
        row[0].text[0] = sheet_printed(x, scope_print(x->s, "%zu", i + 1));
        for (size_t c = 0; c < 2; c++) {
            row[1].text[c] = item_name(x, c, o, i);
            row[5].text[c] = sheet_party(x, c, things->items[i].holder);
        }
        if (str_eq(row[1].text[0], row[1].text[1])) row[1].text[1] = STR("");
        if (record && !is_of_persons(o)) {
            row[2].text[0] = sheet_value(x, 0, record->fact, STR("count"));
            if (row[2].text[0].len) sheet_shown(x, STR("count"));
        }
        count_cell(x, count_of(x, o, o->items[i], o->entry->party), &row[3]);
        count_cell(x, count_of(x, o, o->items[i], taker), &row[4]);
    }
    sheet_shown(x, STR("item"));
}

/* All that is recorded of one item and stands open to both; what nobody recorded is said. */
static void item_details(struct sheet *x, const struct offer *o, const struct offer_things *things,
                         size_t i)
{
    static const char *const skip[] = {"item", "count", "person", NULL};
    const struct entry *record = offer_record(x->c, things, i);
    struct paper_block *b = sheet_add(x, PAPER_HEADING);
    b->level = 2;
    b->number = sheet_printed(x, scope_print(x->s, "%zu.", i + 1));
    for (size_t c = 0; c < 2; c++)
        b->text[c] = item_name(x, c, o, i);
    size_t before = x->count;
    if (record) {
        sheet_cite(x, record);
        sheet_fact_all(x, record->fact, skip);
    }
    if (x->count > before) return;
    struct paper_block *gap = sheet_add(x, PAPER_PARAGRAPH);
    sheet_texts(x, "document.nothing_open", gap->text);
}

/* Photographs of the case that both sides hold: what they show stands in the table of items. */
static void photographs(struct sheet *x)
{
    static const char *const kinds[] = {"evidence.collected", NULL};
    size_t count;
    Str names = STR("");
    const struct entry **list = document_entries(x, kinds, &count);
    if (!sheet_must(x, STR("photos"))) return;
    for (size_t i = 0; list && i < count; i++) {
        const struct fact *f = list[i]->fact;
        if (!str_has_prefix(fact_get(f, "media_type"), "image/") &&
            !str_has_prefix(fact_get(f, "evidence_kind"), "photo"))
            continue;
        Str ref = entry_ref(x->s, list[i]);
        names = sheet_printed(x, scope_print(x->s, "%.*s%s%.*s (%.*s)", STR_ARG(names),
                                             names.len ? "; " : "", STR_ARG(fact_get(f, "item")),
                                             STR_ARG(ref)));
    }
    if (names.len) sheet_shown(x, STR("photos"));
    sheet_field(x, "field.photos", names, STR(""));
}

void document_handover(struct sheet *x, const struct entry *e)
{
    Str all[SHEET_SHOWN_MAX];
    Str ref = entry_ref(x->s, e);
    const struct offer *o = offer_find(x->c, ref);
    if (o == NULL) {
        if (x->status == OK)
            x->status = fail(x->s, ERR_NOT_FOUND, "the offer takes no part any more");
        return;
    }
    struct offer_things things;
    Status status = offer_things(x->s, x->c, o, &things);
    if (status != OK) {
        if (x->status == OK) x->status = status;
        return;
    }
    sheet_texts(x, state_key(o), x->state);
    if (x->c->incident) {
        sheet_heading(x, "document.section.incident");
        sheet_incident(x, false);
    }
    place_and_time(x, o);
    items_table(x, o, &things);
    photographs(x);
    sheet_heading(x, "document.section.details");
    size_t before = x->shown_count, count = before;
    memcpy(all, x->shown, sizeof all);
    for (size_t i = 0; i < o->item_count; i++) {
        x->shown_count = before; /* each item must have its own */
        item_details(x, o, &things, i);
        for (size_t n = before; n < x->shown_count && count < SHEET_SHOWN_MAX; n++)
            all[count++] = x->shown[n];
    }
    memcpy(x->shown, all, sizeof all);
    x->shown_count = count;
    if (o->giver_signed) x->signers[x->signer_count++] = o->giver_signed;
    if (o->taker_signed) x->signers[x->signer_count++] = o->taker_signed;
    if (o->withdrawn) sheet_cite(x, o->withdrawn);
}
