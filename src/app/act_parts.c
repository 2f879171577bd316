/* What stands on the pages of an act, part by part. Declared in app/sheet.h. */
#include "app/sheet.h"
#include "app/statement.h"
#include "core/casework/act.h"
#include "paper/sketch.h"
#include <inttypes.h>

enum { COLUMNS = 6, POINTS_MAX = SKETCH_POINTS_MAX };

static Str printed(struct sheet *x, Str text)
{
    if (text.ptr == NULL && x->status == OK) x->status = ERR_MEMORY;
    return text.ptr ? text : STR("");
}

static Str party_name(struct sheet *x, size_t column, Str party)
{
    return sheet_title(x, column, "parties", party);
}

/* What the two sides say of this statement, as a sign and in words. */
static void mark(struct sheet *x, struct paper_block *b, const struct statement *st)
{
    static const char *const keys[] = {"act.only", "act.agreed", "act.contested"};
    static const enum paper_mark marks[] = {PAPER_MARK_ONE_SIDE, PAPER_MARK_AGREED,
                                            PAPER_MARK_CONTESTED};
    b->mark = marks[st->standing];
    for (size_t i = 0; i < 2; i++)
        b->mark_text[i] = sheet_fill(x, sheet_text(x, i, keys[st->standing]), "{party}",
                                     party_name(x, i, x->act->draft->party));
}

static void note(struct sheet *x, const struct entry *e, const char *key)
{
    struct paper_block *b = sheet_add(x, PAPER_NOTE);
    for (size_t i = 0; i < 2; i++) {
        b->label[i] = printed(x, scope_print(x->s, "%.*s: %.*s",
                                             STR_ARG(party_name(x, i, e->party)),
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
        Str name = printed(x, scope_print(x->s, "statement.%.*s", STR_ARG(st->key)));
        struct paper_block *b = sheet_add(x, PAPER_PARAGRAPH);
        b->number = printed(x, scope_print(x->s, "%.*s.", STR_ARG(st->key)));
        for (size_t i = 0; i < 2; i++)
            b->text[i] = name.len ? sheet_words(x, i, x->fact, name.ptr) : STR("");
        mark(x, b, st);
        notes(x, st);
    }
}

/* Facts that the act annexes, in order; `measured` chooses measurements or all others. */
static size_t annexes(struct sheet *x, bool measured, const struct entry **out, size_t max)
{
    Str *refs;
    size_t count, n = 0;
    if (x->status == OK) x->status = fact_list(x->s, x->fact, "annex", &refs, &count);
    if (x->status != OK) return 0;
    for (size_t i = 0; i < count && n < max; i++) {
        struct fact_ref ref;
        if (!fact_ref_parse(refs[i], &ref)) continue;
        Str whole = printed(x, scope_print(x->s, "%.*s:%" PRIu64, STR_ARG(ref.party), ref.index));
        const struct entry *e = case_entry(x->c, whole);
        if (e && str_is(e->kind, "measurement.made") == measured) out[n++] = e;
    }
    return n;
}

static Str measured_where(struct sheet *x, const struct fact *f)
{
    if (!fact_has(f, "lat") || !fact_has(f, "lon")) return STR("");
    return printed(x, scope_print(x->s, "%.*s  %.*s", STR_ARG(fact_get(f, "lat")),
                                  STR_ARG(fact_get(f, "lon"))));
}

static void measurement_row(struct sheet *x, const struct entry *e, size_t row,
                            struct paper_cell *cells)
{
    const char *verdict = case_measurement(x->c, e);
    cells[0].text[0] = printed(x, scope_print(x->s, "%zu", row + 1));
    cells[1].text[0] = sheet_copy(x, fact_get(e->fact, "point"));
    cells[2].text[0] = measured_where(x, e->fact);
    cells[3].text[0] = sheet_copy(x, fact_get(e->fact, "error_m"));
    cells[4].text[0] = sheet_copy(x, fact_get(e->fact, "distance_m"));
    for (size_t i = 0; verdict && i < 2; i++) {
        Str key = printed(x, scope_print(x->s, "measurement.%s", verdict));
        cells[5].text[i] = key.len ? sheet_text(x, i, key.ptr) : key;
    }
}

static void sketch(struct sheet *x, const struct entry *const *list, size_t count)
{
    struct sketch_point *points = scope_array(x->s, count + 1, sizeof *points);
    struct sketch map = {.points = points, .title = STR("")};
    Str svg;
    if (points == NULL) {
        x->status = ERR_MEMORY;
        return;
    }
    for (size_t i = 0; i < count; i++) {
        struct sketch_point *point = &points[map.point_count];
        if (!str_decimal(fact_get(list[i]->fact, "lat"), &point->at.lat) ||
            !str_decimal(fact_get(list[i]->fact, "lon"), &point->at.lon))
            continue;
        (void)str_decimal(fact_get(list[i]->fact, "error_m"), &point->error_m);
        point->label = sheet_copy(x, fact_get(list[i]->fact, "point"));
        map.point_count++;
    }
    /* Places that no sketch can hold stay in the table. */
    if (map.point_count == 0 || sketch_svg(x->s, &map, &svg) != OK) return;
    struct paper_block *b = sheet_add(x, PAPER_PICTURE);
    b->picture = str_bytes(svg);
    b->height_mm = 75;
    sheet_texts(x, "act.section.measurements", b->text);
}

static void annex_table(struct sheet *x, const struct entry *const *list, size_t count)
{
    static const double widths[] = {0.5, 1.2, 2.2, 4};
    static const char *const heads[] = {"field.item", "field.kind", "field.sha256"};
    struct paper_table *table = NEW(x->s, struct paper_table);
    struct paper_cell *cells = scope_array(x->s, 4 * (count + 1), sizeof *cells);
    if (table == NULL || cells == NULL) {
        x->status = ERR_MEMORY;
        return;
    }
    for (size_t k = 0; k < COUNT_OF(heads); k++) sheet_texts(x, heads[k], cells[k + 1].text);
    for (size_t i = 0; i < count; i++) {
        struct paper_cell *row = &cells[4 * (i + 1)];
        const struct fact *f = list[i]->fact;
        Str key = printed(x, scope_print(x->s, "kind.%.*s", STR_ARG(list[i]->kind)));
        row[0].text[0] = printed(x, scope_print(x->s, "%zu", i + 1));
        row[1].text[0] = fact_has(f, "item") ? sheet_copy(x, fact_get(f, "item"))
                                             : entry_ref(x->s, list[i]);
        if (key.len) sheet_texts(x, key.ptr, row[2].text);
        row[3].text[0] = sheet_copy(x, fact_get(f, "sha256"));
    }
    *table = (struct paper_table){.columns = 4, .rows = count, .widths = widths, .head = cells,
                                  .cells = cells + 4};
    sheet_heading(x, "act.section.annexes");
    sheet_add(x, PAPER_TABLE)->table = table;
}

static void measurement_table(struct sheet *x, const struct entry *const *list, size_t count)
{
    static const double widths[] = {0.5, 1.6, 2.4, 1, 1.4, 2.4};
    static const bool to_right[] = {true, false, false, true, true, false};
    static const char *const heads[] = {"field.point", NULL, "field.error_m", "field.distance_m",
                                        "field.result"};
    struct paper_table *table = NEW(x->s, struct paper_table);
    struct paper_cell *cells = scope_array(x->s, COLUMNS * (count + 1), sizeof *cells);
    if (table == NULL || cells == NULL) {
        x->status = ERR_MEMORY;
        return;
    }
    for (size_t k = 0; k < COUNT_OF(heads); k++)
        if (heads[k]) sheet_texts(x, heads[k], cells[k + 1].text);
    for (size_t i = 0; i < 2; i++)
        cells[2].text[i] = printed(x, scope_print(x->s, "%.*s, %.*s (WGS 84)",
                                                  STR_ARG(sheet_text(x, i, "field.lat")),
                                                  STR_ARG(sheet_text(x, i, "field.lon"))));
    for (size_t i = 0; i < count; i++) measurement_row(x, list[i], i, &cells[COLUMNS * (i + 1)]);
    *table = (struct paper_table){.columns = COLUMNS, .rows = count, .widths = widths,
                                  .to_right = to_right, .head = cells, .cells = cells + COLUMNS};
    sheet_heading(x, "act.section.measurements");
    sheet_add(x, PAPER_TABLE)->table = table;
    sketch(x, list, count);
}

void sheet_measurements(struct sheet *x)
{
    const struct entry **list = scope_array(x->s, POINTS_MAX, sizeof(*list));
    if (list == NULL) {
        x->status = ERR_MEMORY;
        return;
    }
    size_t count = annexes(x, true, list, POINTS_MAX);
    if (count && x->status == OK) measurement_table(x, list, count);
    count = annexes(x, false, list, POINTS_MAX);
    if (count && x->status == OK) annex_table(x, list, count);
}

/* One value with what the sides say of it. */
static void closing_part(struct sheet *x, const char *name, const char *heading)
{
    const struct statement *st = act_statement(x->act, str_of(name));
    Str value = fact_get(x->fact, name);
    struct paper_block block = {.kind = PAPER_PARAGRAPH};
    for (size_t i = 0; i < 2; i++) {
        if (str_is(str_of(name), "outcome"))
            block.text[i] = value.len ? sheet_title(x, i, "outcomes", value) : STR("");
        else if (str_is(str_of(name), "responsibility")) {
            Str key = printed(x, scope_print(x->s, "value.%.*s", STR_ARG(value)));
            block.text[i] = value.len && key.len ? sheet_text(x, i, key.ptr) : STR("");
        } else
            block.text[i] = sheet_words(x, i, x->fact, name);
    }
    if (block.text[0].len == 0 && block.text[1].len == 0) return;
    sheet_heading(x, heading);
    struct paper_block *b = sheet_add(x, PAPER_PARAGRAPH);
    *b = block;
    if (st == NULL) return;
    mark(x, b, st);
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

/* Enough of the signature to tell it from another; the whole stands in the dossier. */
static Str signature_text(struct sheet *x, const struct fact *f)
{
    const uint8_t *b = f->signature.bytes;
    return printed(x, scope_print(x->s, "ed25519 %02x%02x %02x%02x … %02x%02x %02x%02x", b[0], b[1],
                                  b[2], b[3], b[60], b[61], b[62], b[63]));
}

static void signature(struct sheet *x, const struct entry *e, struct paper_signature *out)
{
    out->side = sheet_side(x, e->party);
    out->name = sheet_officer(x, e->party, e->by);
    out->value = signature_text(x, e->fact);
    for (size_t i = 0; i < 2; i++) {
        out->party[i] = party_name(x, i, e->party);
        out->role[i] = sheet_title(x, i, "roles", role_of(fact_get(e->fact, "capacity")));
        out->time_local[i] = sheet_local_time(x, x->party[i], e->at);
    }
    char utc[INSTANT_TEXT_MAX];
    instant_format(e->at, utc);
    out->time_utc = printed(x, scope_print(x->s, "%.10s %.8s UTC", utc, utc + 11));
}

/* A side that has not signed has a line for ink. */
static void blank_signature(struct sheet *x, size_t side, struct paper_signature *out)
{
    *out = (struct paper_signature){.side = side};
    for (size_t i = 0; i < 2; i++) {
        out->party[i] = party_name(x, i, x->party[side]);
        out->role[i] = STR("");
        out->time_local[i] = STR("");
    }
    out->name = out->time_utc = out->value = STR("");
}

static void word(struct sheet *x, const struct entry *e)
{
    struct paper_block *b = sheet_add(x, PAPER_PARAGRAPH);
    bool objects = str_is(e->kind, "act.objected");
    for (size_t i = 0; i < 2; i++) {
        Str name = sheet_officer(x, e->party, e->by);
        if (objects) {
            b->text[i] = printed(x, scope_print(x->s, "%.*s, %.*s: %.*s. %.*s",
                                                STR_ARG(party_name(x, i, e->party)), STR_ARG(name),
                                                STR_ARG(sheet_text(x, i, "kind.act.objected")),
                                                STR_ARG(fact_get(e->fact, "reason"))));
            continue;
        }
        Str text = sheet_fill(x, sheet_text(x, i, "act.approved_by"), "{name}", name);
        const struct mandate *m = sheet_mandate(x, e->party, e->by);
        Str role = sheet_title(x, i, "roles", m ? m->role : STR("R1"));
        text = sheet_fill(x, text, "{role}",
                          printed(x, scope_print(x->s, "%.*s, %.*s", STR_ARG(role),
                                                 STR_ARG(party_name(x, i, e->party)))));
        b->text[i] = sheet_fill(x, text, "{time}", sheet_time(x, i, e->at));
    }
}

void sheet_signatures(struct sheet *x)
{
    const struct act *a = x->act;
    struct paper_signature *list = scope_array(x->s, a->signature_count + SIDES, sizeof *list);
    size_t count = 0;
    bool has[SIDES] = {false, false};
    if (list == NULL) {
        x->status = ERR_MEMORY;
        return;
    }
    for (size_t i = 0; i < a->signature_count && count < PAPER_SIGNATURES_MAX - SIDES; i++) {
        signature(x, a->signatures[i], &list[count]);
        has[list[count++].side] = true;
    }
    for (size_t side = 0; side < SIDES; side++)
        if (!has[side] && x->party[side].len) blank_signature(x, side, &list[count++]);
    sheet_heading(x, "act.section.signatures");
    for (size_t side = 0; side < SIDES; side++) {
        if (a->approval[side]) word(x, a->approval[side]);
        if (a->objection[side]) word(x, a->objection[side]);
    }
    struct paper_block *b = sheet_add(x, PAPER_SIGNATURES);
    b->signatures = list;
    b->signature_count = count;
}
