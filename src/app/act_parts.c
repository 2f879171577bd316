/* What stands on the pages of an act, part by part. Declared in app/sheet_parts.h. */
#include "app/sheet_parts.h"
#include "core/casework/act.h"
#include <inttypes.h>

enum { ANNEXES_MAX = 500 };

static bool same_text(const struct fact *a, const struct fact *b, Str name)
{
    return str_eq(fact_get_str(a, name), fact_get_str(b, name));
}

/* Against the version before: one language moved on, the other stayed behind. */
static bool is_outdated(struct sheet *x, const char *name)
{
    const struct entry *before = case_entry(x->c, fact_get(x->fact, "supersedes"));
    bool same[2];
    if (before == NULL || str_eq(x->language[0], x->language[1])) return false;
    for (size_t i = 0; i < 2; i++) {
        Str of = sheet_printed(x, scope_print(x->s, "%s.%.*s", name, STR_ARG(x->language[i])));
        if (fact_get_str(before->fact, of).len == 0) return false;
        same[i] = same_text(before->fact, x->fact, of);
    }
    return same[0] != same[1];
}

static bool has_both_texts(struct sheet *x, const char *name)
{
    for (size_t i = 0; i < 2; i++) {
        Str of = sheet_printed(x, scope_print(x->s, "%s.%.*s", name, STR_ARG(x->language[i])));
        if (fact_get_str(x->fact, of).len == 0) return false;
    }
    return true;
}

/* A side that signs, agrees or reserves has read the pair. */
static bool has_read(const struct sheet *x, size_t side, Str key)
{
    if (x->act->signed_by_side[side]) return true;
    for (size_t i = 0; i < x->c->count; i++) {
        const struct entry *e = x->c->entries[i];
        if (str_is(e->kind, "act.position") && str_eq(e->party, x->c->parties[side]) &&
            str_eq(fact_get(e->fact, "statement"), key) &&
            case_entry(x->c, fact_get(e->fact, "act")) == x->act->draft)
            return true;
    }
    return false;
}

/* Do the two texts of a pair say the same? Checked when both sides have read them. */
static const char *pair_key(struct sheet *x, const char *name, Str key)
{
    if (is_outdated(x, name)) return "pair.outdated";
    bool checked = has_both_texts(x, name) && has_read(x, 0, key) && has_read(x, 1, key);
    return checked ? "pair.checked" : "pair.draft";
}

/* What the two sides say of this statement, as a sign and in words; and of a text in two languages
 * whether the pair was checked. */
static void mark(struct sheet *x, struct paper_block *b, const struct statement *st,
                 const char *text_name)
{
    static const char *const keys[] = {"act.only", "act.agreed", "act.contested"};
    static const enum paper_mark marks[] = {PAPER_MARK_ONE_SIDE, PAPER_MARK_AGREED,
                                            PAPER_MARK_CONTESTED};
    b->mark = marks[st->standing];
    for (size_t i = 0; i < 2; i++) {
        Str words = sheet_fill(x, sheet_text(x, i, keys[st->standing]), "{party}",
                               sheet_party(x, i, x->act->draft->party));
        if (text_name)
            words = sheet_printed(
                x, scope_print(x->s, "%.*s · %.*s", STR_ARG(words),
                               STR_ARG(sheet_text(x, i, pair_key(x, text_name, st->key)))));
        b->mark_text[i] = words;
    }
}

static void note(struct sheet *x, const struct entry *e, const char *key)
{
    sheet_cite(x, e);
    struct paper_block *b = sheet_add(x, PAPER_NOTE);
    for (size_t i = 0; i < 2; i++) {
        b->label[i] =
            sheet_printed(x, scope_print(x->s, "%.*s: %.*s", STR_ARG(sheet_party(x, i, e->party)),
                                         STR_ARG(sheet_text(x, i, key))));
        b->text[i] = sheet_words(x, i, e->fact, "text");
    }
}

static bool opinion_names(const struct entry *e, Str statement)
{
    for (size_t i = FACT_COMMON_FIELDS; i < e->fact->field_count; i++)
        if (str_has_prefix(e->fact->fields[i].name, "statement.") && e->fact->fields[i].open &&
            str_eq(e->fact->fields[i].value, statement))
            return true;
    return false;
}

/* Reservations and separate opinions stand beneath what they are about. */
static void notes(struct sheet *x, const struct statement *st)
{
    for (size_t side = 0; side < SIDES; side++)
        if (st->reservation[side]) note(x, st->reservation[side], "act.section.reservations");
    for (size_t i = 0; i < x->c->count; i++) {
        const struct entry *e = x->c->entries[i];
        if (str_is(e->kind, "opinion.given") &&
            case_entry(x->c, fact_get(e->fact, "act")) == x->act->draft &&
            opinion_names(e, st->key))
            note(x, e, "kind.opinion.given");
    }
}

/* What the statement rests on, by reference. */
static void finding(struct sheet *x, Str statement)
{
    Str name = sheet_printed(x, scope_print(x->s, "%.*s.finding", STR_ARG(statement)));
    Str ref = fact_get_str(x->fact, name);
    if (ref.len == 0) return;
    struct paper_block *b = sheet_add(x, PAPER_FIELD);
    sheet_texts(x, "field.statement.finding", b->text);
    for (size_t i = 0; i < 2; i++)
        b->value[i] = sheet_reference(x, i, ref);
}

static bool is_number(Str key)
{
    uint64_t n;
    return str_u64(key, &n);
}

void sheet_statements(struct sheet *x)
{
    bool headed = false;
    for (size_t n = 0; n < x->act->statement_count; n++) {
        const struct statement *st = &x->act->statements[n];
        if (!is_number(st->key)) continue;
        if (!headed) sheet_heading(x, "act.section.statements");
        headed = true;
        Str name = sheet_printed(x, scope_print(x->s, "statement.%.*s", STR_ARG(st->key)));
        struct paper_block *b = sheet_add(x, PAPER_PARAGRAPH);
        b->number = sheet_printed(x, scope_print(x->s, "%.*s.", STR_ARG(st->key)));
        for (size_t i = 0; i < 2; i++)
            b->text[i] = name.len ? sheet_words(x, i, x->fact, name.ptr) : STR("");
        mark(x, b, st, name.ptr);
        finding(x, name);
        notes(x, st);
    }
    if (headed) sheet_shown(x, STR("statement"));
}

enum annexed { ANNEXED_MEASUREMENT, ANNEXED_DECISION, ANNEXED_OTHER };

static enum annexed annexed_of(const struct entry *e)
{
    if (str_is(e->kind, "measurement.made")) return ANNEXED_MEASUREMENT;
    return str_is(e->kind, "decision.recorded") ? ANNEXED_DECISION : ANNEXED_OTHER;
}

/* Facts of one sort that the act annexes, in order. */
static size_t annexes(struct sheet *x, enum annexed sort, const struct entry **out, size_t max)
{
    Str *refs;
    size_t count, n = 0;
    if (x->status == OK) x->status = fact_list(x->s, x->fact, "annex", &refs, &count);
    if (x->status != OK) return 0;
    for (size_t i = 0; i < count && n < max; i++) {
        struct fact_ref ref;
        if (!fact_ref_parse(refs[i], &ref)) continue;
        Str whole =
            sheet_printed(x, scope_print(x->s, "%.*s:%" PRIu64, STR_ARG(ref.party), ref.index));
        const struct entry *e = case_entry(x->c, whole);
        if (e && annexed_of(e) == sort) out[n++] = e;
    }
    return n;
}

void sheet_decisions(struct sheet *x, const struct entry *const *list, size_t count)
{
    static const double widths[] = {0.4, 5, 2, 2.4};
    static const bool to_right[] = {true, false, false, false};
    static const struct paper_table shape = {.columns = 4, .widths = widths, .to_right = to_right};
    static const char *const names[] = {NULL, "what", "owner", "due"};
    static const char *const heads[] = {NULL, "field.what", "field.owner", "field.due"};
    if (count == 0) return;
    sheet_heading(x, "document.section.decisions");
    sheet_shown(x, STR("decision"));
    struct paper_cell *cells = sheet_table(x, &shape, count);
    if (cells == NULL) return;
    for (size_t k = 1; k < COUNT_OF(heads); k++)
        sheet_texts(x, heads[k], cells[k].text);
    for (size_t i = 0; i < count; i++) {
        struct paper_cell *row = &cells[4 * (i + 1)];
        row[0].text[0] = sheet_printed(x, scope_print(x->s, "%zu", i + 1));
        for (size_t k = 1; k < COUNT_OF(names); k++) {
            for (size_t c = 0; c < 2; c++)
                row[k].text[c] = sheet_value(x, c, list[i]->fact, str_of(names[k]));
            if (str_eq(row[k].text[0], row[k].text[1])) row[k].text[1] = STR("");
        }
        if (fact_has(list[i]->fact, "due")) sheet_shown(x, STR("due"));
        sheet_cite(x, list[i]);
    }
}

void sheet_annexed_decisions(struct sheet *x)
{
    const struct entry **list = scope_array(x->s, ANNEXES_MAX, sizeof(*list));
    if (list == NULL) {
        x->status = ERR_MEMORY;
        return;
    }
    sheet_decisions(x, list, annexes(x, ANNEXED_DECISION, list, ANNEXES_MAX));
}

void sheet_measurements(struct sheet *x)
{
    const struct entry **list = scope_array(x->s, ANNEXES_MAX, sizeof(*list));
    if (list == NULL) {
        x->status = ERR_MEMORY;
        return;
    }
    size_t count = annexes(x, ANNEXED_MEASUREMENT, list, ANNEXES_MAX);
    if (x->status == OK) sheet_measurement_table(x, list, count);
    size_t others = annexes(x, ANNEXED_OTHER, list + count, ANNEXES_MAX - count);
    if (x->status == OK && count + others) sheet_sketch(x, list, count + others);
    if (x->status == OK && others) sheet_annex_table(x, list + count, others);
    if (count + others) sheet_shown(x, STR("annex"));
}

/* One value with what the sides say of it. */
static void closing_part(struct sheet *x, const char *name, const char *heading)
{
    const struct statement *st = act_statement(x->act, str_of(name));
    struct paper_block block = {.kind = PAPER_PARAGRAPH};
    for (size_t i = 0; i < 2; i++) {
        if (fact_has(x->fact, name))
            block.text[i] = sheet_value(x, i, x->fact, str_of(name));
        else
            block.text[i] = sheet_words(x, i, x->fact, name);
    }
    if (block.text[0].len == 0 && block.text[1].len == 0) return;
    sheet_heading(x, heading);
    sheet_shown(x, str_of(name));
    struct paper_block *b = sheet_add(x, PAPER_PARAGRAPH);
    *b = block;
    if (st == NULL) return;
    mark(x, b, st, fact_has(x->fact, name) ? NULL : name);
    notes(x, st);
}

void sheet_closing(struct sheet *x)
{
    closing_part(x, "conclusion", "act.section.conclusion");
    closing_part(x, "proposals", "act.section.proposals");
    closing_part(x, "outcome", "act.section.outcome");
    closing_part(x, "responsibility", "act.section.responsibility");
}

static Str role_of(Str capacity)
{
    return str_is(capacity, "representative") ? STR("R1")
           : str_is(capacity, "deputy")       ? STR("R2")
                                              : STR("R3");
}

static void word(struct sheet *x, const struct entry *e)
{
    struct paper_block *b = sheet_add(x, PAPER_PARAGRAPH);
    b->keeps_next = true;
    bool objects = str_is(e->kind, "act.objected");
    for (size_t i = 0; i < 2; i++) {
        Str name = sheet_officer(x, e->party, e->by);
        if (objects) {
            b->text[i] = sheet_printed(
                x, scope_print(x->s, "%.*s, %.*s: %.*s. %.*s", STR_ARG(sheet_party(x, i, e->party)),
                               STR_ARG(name), STR_ARG(sheet_text(x, i, "kind.act.objected")),
                               STR_ARG(fact_get(e->fact, "reason"))));
            continue;
        }
        Str text = sheet_fill(x, sheet_text(x, i, "act.approved_by"), "{name}", name);
        const struct mandate *m = sheet_mandate(x, e->party, e->by, e->at);
        Str role = sheet_title_inside(x, i, "roles", m ? m->role : STR("R1"));
        text = sheet_fill(x, text, "{role}",
                          sheet_printed(x, scope_print(x->s, "%.*s, %.*s", STR_ARG(role),
                                                       STR_ARG(sheet_party(x, i, e->party)))));
        b->text[i] = sheet_fill(x, text, "{time}", sheet_time(x, i, e->at));
    }
}

void sheet_signatures(struct sheet *x)
{
    const struct act *a = x->act;
    struct paper_signature *list = scope_array(x->s, PAPER_SIGNATURES_MAX, sizeof *list);
    size_t count = 0;
    bool has[SIDES] = {false, false};
    if (list == NULL) {
        x->status = ERR_MEMORY;
        return;
    }
    for (size_t i = 0; i < a->signature_count && count < PAPER_SIGNATURES_MAX - SIDES; i++) {
        sheet_signature(x, a->signatures[i], role_of(fact_get(a->signatures[i]->fact, "capacity")),
                        &list[count]);
        has[list[count++].side] = true;
    }
    for (size_t side = 0; side < SIDES; side++)
        if (!has[side] && x->party[side].len)
            sheet_signature_blank(x, side, STR(""), &list[count++]);
    sheet_more_hands(x, sheet_side(x, a->draft->party), list, PAPER_SIGNATURES_MAX, &count);
    sheet_heading(x, "act.section.signatures");
    sheet_authenticity(x);
    for (size_t side = 0; side < SIDES; side++) {
        if (a->approval[side]) word(x, a->approval[side]);
        if (a->objection[side]) word(x, a->objection[side]);
    }
    struct paper_block *b = sheet_add(x, PAPER_SIGNATURES);
    b->signatures = list;
    b->signature_count = count;
}
