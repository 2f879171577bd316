/* Tables of what was measured and collected. Declared in app/sheet_parts.h. */
#include "app/sheet_parts.h"

static void heads_set(struct sheet *x, struct paper_cell *cells, const char *const *keys, size_t n)
{
    for (size_t k = 0; k < n; k++)
        if (keys[k]) sheet_texts(x, keys[k], cells[k].text);
}

static Str number_text(struct sheet *x, size_t number)
{
    return sheet_printed(x, scope_print(x->s, "%zu", number));
}

/* The same value in both columns, by the words of the field. */
static void value_cell(struct sheet *x, struct paper_cell *cell, const struct fact *f,
                       const char *name)
{
    for (size_t i = 0; i < 2; i++)
        cell->text[i] = sheet_value(x, i, f, str_of(name));
    if (str_eq(cell->text[0], cell->text[1])) cell->text[1] = STR("");
}

/* "55.8335 27.6490 ± 3 m" */
static Str where(struct sheet *x, const struct fact *f, bool with_error)
{
    Str error = with_error ? fact_get(f, "error_m") : STR("");
    if (!fact_has(f, "lat") || !fact_has(f, "lon")) return STR("");
    return sheet_printed(x, scope_print(x->s, "%.*s  %.*s%s%.*s%s", STR_ARG(fact_get(f, "lat")),
                                        STR_ARG(fact_get(f, "lon")), error.len ? " ± " : "",
                                        STR_ARG(error), error.len ? " m" : ""));
}

static Str utc_text(struct sheet *x, Str instant)
{
    Instant at;
    char utc[INSTANT_TEXT_MAX];
    if (!instant_parse(instant, &at)) return STR("");
    instant_format(at, utc);
    return sheet_printed(x, scope_print(x->s, "%.10s %.8s UTC", utc, utc + 11));
}

enum { MEASURED_COLUMNS = 7 };

static void measurement_row(struct sheet *x, const struct entry *e, size_t row,
                            struct paper_cell *cells)
{
    const char *verdict = case_measurement(x->c, e);
    Str method = fact_get(e->fact, "method"), markers = fact_get(e->fact, "reference_markers");
    cells[0].text[0] = number_text(x, row + 1);
    value_cell(x, &cells[1], e->fact, "point");
    cells[2].text[0] = where(x, e->fact, false);
    cells[3].text[0] = sheet_copy(x, fact_get(e->fact, "error_m"));
    cells[4].text[0] = sheet_copy(x, fact_get(e->fact, "distance_m"));
    cells[5].text[0] =
        sheet_printed(x, scope_print(x->s, "%.*s%s%.*s", STR_ARG(method),
                                     method.len && markers.len ? "; " : "", STR_ARG(markers)));
    for (size_t i = 0; verdict && i < 2; i++)
        cells[6].text[i] = sheet_catalogue(x, i, "measurement", str_of(verdict));
    sheet_cite(x, e);
}

void sheet_measurement_table(struct sheet *x, const struct entry *const *list, size_t count)
{
    static const double widths[MEASURED_COLUMNS] = {0.4, 1.2, 2.1, 1.5, 1.5, 1.6, 2.0};
    static const bool to_right[MEASURED_COLUMNS] = {true, false, false, true, true, false, false};
    static const struct paper_table shape = {
        .columns = MEASURED_COLUMNS, .widths = widths, .to_right = to_right};
    static const char *const heads[] = {
        NULL, "field.point", NULL, "field.error_m", "field.distance_m", NULL, "field.result"};
    if (count == 0) return;
    sheet_heading(x, "act.section.measurements");
    sheet_shown(x, STR("measurements"));
    struct paper_cell *cells = sheet_table(x, &shape, count);
    if (cells == NULL) return;
    heads_set(x, cells, heads, COUNT_OF(heads));
    for (size_t i = 0; i < 2; i++) {
        cells[2].text[i] = sheet_printed(x, scope_print(x->s, "%.*s, %.*s (WGS 84)",
                                                        STR_ARG(sheet_text(x, i, "field.lat")),
                                                        STR_ARG(sheet_text(x, i, "field.lon"))));
        cells[5].text[i] = sheet_printed(
            x, scope_print(x->s, "%.*s; %.*s", STR_ARG(sheet_text(x, i, "field.method")),
                           STR_ARG(sheet_text(x, i, "field.reference_markers"))));
    }
    for (size_t i = 0; i < count; i++)
        measurement_row(x, list[i], i, &cells[MEASURED_COLUMNS * (i + 1)]);
}

/* What an annex is, in a few words: of a marker its number and state, of an item its description.
 */
static void annex_words(struct sheet *x, const struct fact *f, struct paper_cell *cell)
{
    static const char *const names[] = {"marker", "state", "item",   "description", "person",
                                        "note",   "works", "result", "subject"};
    for (size_t i = 0; i < 2; i++) {
        Str text = STR("");
        for (size_t k = 0; k < COUNT_OF(names); k++) {
            Str value = sheet_value(x, i, f, str_of(names[k]));
            if (value.len == 0) continue;
            text = sheet_printed(x, scope_print(x->s, "%.*s%s%.*s", STR_ARG(text),
                                                text.len ? "; " : "", STR_ARG(value)));
        }
        Str at = where(x, f, true);
        cell->text[i] = sheet_printed(x, scope_print(x->s, "%.*s%s%.*s", STR_ARG(text),
                                                     text.len && at.len ? "; " : "", STR_ARG(at)));
        if (at.len) sheet_shown(x, STR("lat"));
    }
    if (fact_has(f, "marker")) sheet_shown(x, STR("marker"));
    if (fact_has(f, "state")) sheet_shown(x, STR("state"));
    if (str_eq(cell->text[0], cell->text[1])) cell->text[1] = STR("");
}

void sheet_annex_table(struct sheet *x, const struct entry *const *list, size_t count)
{
    static const double widths[] = {0.4, 1.9, 3.4, 0.9, 3.4};
    static const bool to_right[] = {true, false, false, false, false};
    static const bool is_code[] = {false, false, false, false, true};
    static const struct paper_table shape = {
        .columns = 5, .widths = widths, .to_right = to_right, .is_code = is_code};
    static const char *const heads[] = {NULL, "document.what", "field.description",
                                        "document.entry", "field.sha256"};
    sheet_heading(x, "act.section.annexes");
    struct paper_cell *cells = sheet_table(x, &shape, count);
    if (cells == NULL) return;
    heads_set(x, cells, heads, COUNT_OF(heads));
    for (size_t i = 0; i < count; i++) {
        struct paper_cell *row = &cells[5 * (i + 1)];
        const struct fact *f = list[i]->fact;
        row[0].text[0] = number_text(x, i + 1);
        for (size_t k = 0; k < 2; k++)
            row[1].text[k] = sheet_catalogue(x, k, "kind", list[i]->kind);
        annex_words(x, f, &row[2]);
        row[3].text[0] = entry_ref(x->s, list[i]);
        row[4].text[0] = sheet_copy(x, fact_get(f, "sha256"));
        sheet_cite(x, list[i]);
    }
}

/* "camera 4, offset +2 s" */
static void device_cell(struct sheet *x, const struct fact *f, struct paper_cell *cell)
{
    Str device = fact_get(f, "device"), offset = fact_get(f, "clock_offset_s");
    for (size_t i = 0; i < 2; i++)
        cell->text[i] = sheet_printed(
            x, scope_print(x->s, "%.*s%s%.*s%s%.*s", STR_ARG(device),
                           device.len && offset.len ? "; " : "",
                           STR_ARG(offset.len ? sheet_text(x, i, "field.clock_offset_s") : offset),
                           offset.len ? ": " : "", STR_ARG(offset)));
    if (str_eq(cell->text[0], cell->text[1])) cell->text[1] = STR("");
}

/* An item that nobody labelled may be used as information only: a court asks by legal assistance.
 */
static void use_cell(struct sheet *x, const struct fact *f, struct paper_cell *cell)
{
    Str use = fact_has(f, "use") ? fact_get(f, "use") : STR("information");
    for (size_t i = 0; i < 2; i++)
        cell->text[i] = sheet_catalogue(x, i, "value", use);
}

static void item_row(struct sheet *x, const struct entry *e, size_t i, struct paper_cell *row)
{
    const struct fact *f = e->fact;
    Str kind = fact_get(f, "evidence_kind"), words = fact_get(f, "description");
    row[0].text[0] = number_text(x, i + 1);
    value_cell(x, &row[1], f, "item");
    row[2].text[0] =
        sheet_printed(x, scope_print(x->s, "%.*s%s%.*s", STR_ARG(kind),
                                     kind.len && words.len ? ": " : "", STR_ARG(words)));
    row[3].text[0] = utc_text(x, fact_get(f, "captured_at"));
    row[4].text[0] = where(x, f, true);
    device_cell(x, f, &row[5]);
    value_cell(x, &row[6], f, "seal");
    use_cell(x, f, &row[7]);
    sheet_cite(x, e);
}

static void file_rows(struct sheet *x, const struct entry *const *list, size_t count, size_t files)
{
    static const double widths[] = {0.4, 1.4, 1.4, 1.4, 4.6};
    static const bool to_right[] = {true, false, true, false, false};
    static const bool is_code[] = {false, false, false, false, true};
    static const struct paper_table shape = {
        .columns = 5, .widths = widths, .to_right = to_right, .is_code = is_code};
    static const char *const heads[] = {NULL, "field.item", "field.size", "field.media_type",
                                        "field.sha256"};
    struct paper_cell *cells = sheet_table(x, &shape, files);
    if (cells == NULL) return;
    heads_set(x, cells, heads, COUNT_OF(heads));
    for (size_t i = 0, at = 1; i < count; i++) {
        const struct fact *f = list[i]->fact;
        if (!fact_has(f, "sha256")) continue;
        struct paper_cell *row = &cells[5 * at++];
        row[0].text[0] = number_text(x, i + 1);
        value_cell(x, &row[1], f, "item");
        row[2].text[0] = sheet_copy(x, fact_get(f, "size"));
        row[3].text[0] = sheet_copy(x, fact_get(f, "media_type"));
        row[4].text[0] = sheet_copy(x, fact_get(f, "sha256"));
    }
}

void sheet_item_table(struct sheet *x, const struct entry *const *list, size_t count)
{
    static const double widths[] = {0.4, 1.1, 1.9, 1.3, 1.7, 1.5, 1.1, 1.8};
    static const bool to_right[] = {true, false, false, false, false, false, false, false};
    static const struct paper_table shape = {.columns = 8, .widths = widths, .to_right = to_right};
    static const char *const heads[] = {
        NULL,          "field.item",   "field.description", "field.captured_at",
        "field.where", "field.device", "field.seal",        "field.use"};
    size_t files = 0;
    if (count == 0) return;
    sheet_heading(x, "document.section.items");
    struct paper_cell *cells = sheet_table(x, &shape, count);
    if (cells == NULL) return;
    heads_set(x, cells, heads, COUNT_OF(heads));
    for (size_t i = 0; i < count; i++) {
        item_row(x, list[i], i, &cells[8 * (i + 1)]);
        files += fact_has(list[i]->fact, "sha256");
    }
    sheet_shown(x, STR("item"));
    if (files == 0) return;
    sheet_shown(x, STR("sha256"));
    sheet_subheading(x, "document.section.files");
    file_rows(x, list, count, files);
}

/* "examined: method, result" and the like: what happened, in the words of each column. */
static void happened_cell(struct sheet *x, const struct entry *e, struct paper_cell *cell)
{
    static const char *const names[] = {"from", "to",     "reason", "place", "condition",
                                        "seal", "method", "result", "tool"};
    for (size_t i = 0; i < 2; i++) {
        Str text = STR("");
        for (size_t k = 0; k < COUNT_OF(names); k++) {
            Str value = sheet_value(x, i, e->fact, str_of(names[k]));
            Str label = k == 0   ? sheet_text(x, i, "document.from_whom")
                        : k == 1 ? sheet_text(x, i, "document.to_whom")
                                 : sheet_catalogue(x, i, "field", str_of(names[k]));
            if (value.len)
                text = sheet_printed(x, scope_print(x->s, "%.*s%s%.*s: %.*s", STR_ARG(text),
                                                    text.len ? "; " : "", STR_ARG(label),
                                                    STR_ARG(value)));
        }
        cell->text[i] = text;
    }
}

void sheet_custody_table(struct sheet *x, const struct entry *const *list, size_t count)
{
    static const double widths[] = {1.4, 1.2, 1.8, 1.7, 3.6};
    static const struct paper_table shape = {.columns = 5, .widths = widths};
    static const char *const heads[] = {"field.at", "field.item", "document.what", "document.who",
                                        "document.what_happened"};
    if (count == 0) return;
    sheet_heading(x, "document.section.custody");
    struct paper_cell *cells = sheet_table(x, &shape, count);
    if (cells == NULL) return;
    heads_set(x, cells, heads, COUNT_OF(heads));
    for (size_t i = 0; i < count; i++) {
        struct paper_cell *row = &cells[5 * (i + 1)];
        const struct entry *e = list[i];
        char utc[INSTANT_TEXT_MAX];
        instant_format(e->at, utc);
        row[0].text[0] = sheet_printed(x, scope_print(x->s, "%.10s %.8s UTC", utc, utc + 11));
        value_cell(x, &row[1], e->fact, "item");
        for (size_t k = 0; k < 2; k++)
            row[2].text[k] = sheet_catalogue(x, k, "kind", e->kind);
        row[3].text[0] = sheet_officer(x, e->party, e->by);
        happened_cell(x, e, &row[4]);
        sheet_cite(x, e);
    }
}
