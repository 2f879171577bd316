/* Tables of what was measured and collected, and the sketch. Declared in app/sheet.h. */
#include "app/sheet.h"
#include "paper/sketch.h"

enum { MEASURED_COLUMNS = 6, ANNEX_COLUMNS = 4 };

static void number_cell(struct sheet *x, struct paper_cell *cell, size_t number)
{
    cell->text[0] = sheet_printed(x, scope_print(x->s, "%zu", number));
}

static Str measured_where(struct sheet *x, const struct fact *f)
{
    if (!fact_has(f, "lat") || !fact_has(f, "lon")) return STR("");
    return sheet_printed(x, scope_print(x->s, "%.*s  %.*s", STR_ARG(fact_get(f, "lat")),
                                        STR_ARG(fact_get(f, "lon"))));
}

static void measurement_row(struct sheet *x, const struct entry *e, size_t row,
                            struct paper_cell *cells)
{
    const char *verdict = case_measurement(x->c, e);
    number_cell(x, &cells[0], row + 1);
    cells[1].text[0] = sheet_copy(x, fact_get(e->fact, "point"));
    cells[2].text[0] = measured_where(x, e->fact);
    cells[3].text[0] = sheet_copy(x, fact_get(e->fact, "error_m"));
    cells[4].text[0] = sheet_copy(x, fact_get(e->fact, "distance_m"));
    for (size_t i = 0; verdict && i < 2; i++) {
        Str key = sheet_printed(x, scope_print(x->s, "measurement.%s", verdict));
        cells[5].text[i] = key.len ? sheet_text(x, i, key.ptr) : key;
    }
}

static bool point_of(struct sheet *x, const struct entry *e, struct sketch_point *out)
{
    const struct fact *f = e->fact;
    if (!str_decimal(fact_get(f, "lat"), &out->at.lat) ||
        !str_decimal(fact_get(f, "lon"), &out->at.lon))
        return false;
    (void)str_decimal(fact_get(f, "error_m"), &out->error_m);
    out->is_marker = fact_has(f, "marker");
    out->label = sheet_copy(x, out->is_marker         ? fact_get(f, "marker")
                               : fact_has(f, "point") ? fact_get(f, "point")
                                                      : fact_get(f, "item"));
    return true;
}

void sheet_sketch(struct sheet *x, const struct entry *const *list, size_t count)
{
    struct sketch_point *points = scope_array(x->s, count + 1, sizeof *points);
    struct sketch map = {.points = points, .title = STR("")};
    Str svg;
    if (points == NULL) {
        x->status = ERR_MEMORY;
        return;
    }
    for (size_t i = 0; i < count && map.point_count < SKETCH_POINTS_MAX; i++)
        if (point_of(x, list[i], &points[map.point_count])) map.point_count++;
    /* Places that no sketch can hold stay in the table. */
    Status drawn = map.point_count ? sketch_svg(x->s, &map, &svg) : ERR_NOT_FOUND;
    if (drawn == ERR_MEMORY && x->status == OK) x->status = drawn;
    if (drawn != OK) return;
    struct paper_block *b = sheet_add(x, PAPER_PICTURE);
    b->picture = str_bytes(svg);
    b->height_mm = 75;
    sheet_texts(x, "document.sketch", b->text);
    sheet_shown(x, STR("scale"));
    sheet_shown(x, STR("north"));
    for (size_t i = 0; i < map.point_count; i++)
        if (points[i].is_marker) sheet_shown(x, STR("markers"));
}

void sheet_annex_table(struct sheet *x, const struct entry *const *list, size_t count)
{
    static const double widths[ANNEX_COLUMNS] = {0.5, 1.2, 2.2, 4};
    static const char *const heads[] = {"field.item", "field.kind", "field.sha256"};
    sheet_heading(x, "act.section.annexes");
    struct paper_cell *cells = sheet_table(x, widths, NULL, ANNEX_COLUMNS, count);
    if (cells == NULL) return;
    for (size_t k = 0; k < COUNT_OF(heads); k++)
        sheet_texts(x, heads[k], cells[k + 1].text);
    for (size_t i = 0; i < count; i++) {
        struct paper_cell *row = &cells[ANNEX_COLUMNS * (i + 1)];
        const struct fact *f = list[i]->fact;
        Str key = sheet_printed(x, scope_print(x->s, "kind.%.*s", STR_ARG(list[i]->kind)));
        number_cell(x, &row[0], i + 1);
        row[1].text[0] =
            fact_has(f, "item") ? sheet_copy(x, fact_get(f, "item")) : entry_ref(x->s, list[i]);
        if (key.len) sheet_texts(x, key.ptr, row[2].text);
        row[3].text[0] = sheet_copy(x, fact_get(f, "sha256"));
    }
}

void sheet_measurement_table(struct sheet *x, const struct entry *const *list, size_t count)
{
    static const double widths[MEASURED_COLUMNS] = {0.5, 1.6, 2.4, 1, 1.4, 2.4};
    static const bool to_right[MEASURED_COLUMNS] = {true, false, false, true, true, false};
    static const char *const heads[] = {"field.point", NULL, "field.error_m", "field.distance_m",
                                        "field.result"};
    sheet_heading(x, "act.section.measurements");
    struct paper_cell *cells = sheet_table(x, widths, to_right, MEASURED_COLUMNS, count);
    if (cells == NULL) return;
    for (size_t k = 0; k < COUNT_OF(heads); k++)
        if (heads[k]) sheet_texts(x, heads[k], cells[k + 1].text);
    for (size_t i = 0; i < 2; i++)
        cells[2].text[i] = sheet_printed(x, scope_print(x->s, "%.*s, %.*s (WGS 84)",
                                                        STR_ARG(sheet_text(x, i, "field.lat")),
                                                        STR_ARG(sheet_text(x, i, "field.lon"))));
    for (size_t i = 0; i < count; i++)
        measurement_row(x, list[i], i, &cells[MEASURED_COLUMNS * (i + 1)]);
}
