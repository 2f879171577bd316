/* The fields of a fact on a page, what a document must contain and nobody recorded, and the facts
 * it rests on. Declared in app/sheet_parts.h. */
#include "app/sheet_parts.h"
#include <inttypes.h>

enum { ENTRIES_SHOWN_MAX = 200 };

void sheet_shown(struct sheet *x, Str name)
{
    Str rest = name, base = str_cut(&rest, '.');
    if (str_is(base, "name") && rest.len) base = name; /* name.latin is no list */
    for (size_t i = 0; i < x->shown_count; i++)
        if (str_eq(x->shown[i], base)) return;
    if (x->shown_count < SHEET_SHOWN_MAX) x->shown[x->shown_count++] = sheet_copy(x, base);
}

static bool is_shown(const struct sheet *x, Str name)
{
    for (size_t i = 0; i < x->shown_count; i++)
        if (str_eq(x->shown[i], name)) return true;
    return false;
}

bool sheet_must(const struct sheet *x, Str name)
{
    const json_t *list = json_object_get(sheet_document(x), "must_contain");
    for (size_t i = 0; i < json_array_size(list); i++) {
        const char *must = json_string_value(json_array_get(list, i));
        if (must && str_is(name, must)) return true;
    }
    return false;
}

/* The label of a field; the key must live as long as the call. */
static const char *label_key(struct sheet *x, Str name)
{
    Str key = sheet_printed(x, scope_print(x->s, "field.%.*s", STR_ARG(name)));
    return key.len ? key.ptr : "";
}

/* A field that is not for both sides may well be known to one. */
static void gap_add(struct sheet *x, Str name, bool is_closed)
{
    sheet_shown(x, name);
    struct paper_block *b = sheet_add(x, PAPER_FIELD);
    sheet_texts(x, label_key(x, name), b->text);
    sheet_texts(x, is_closed ? "document.not_open" : "document.not_recorded", b->value);
    b->is_gap = true;
}

void sheet_gap(struct sheet *x, const char *name)
{
    if (sheet_must(x, str_of(name)) && !is_shown(x, str_of(name))) gap_add(x, str_of(name), false);
}

void sheet_gaps(struct sheet *x)
{
    const json_t *list = json_object_get(sheet_document(x), "must_contain");
    bool headed = false;
    for (size_t i = 0; i < json_array_size(list) && !x->is_part; i++) {
        const char *must = json_string_value(json_array_get(list, i));
        if (must == NULL || is_shown(x, str_of(must)) || sheet_is_signed_by_hand(x, str_of(must)))
            continue;
        if (!headed) sheet_heading(x, "document.section.gaps");
        headed = true;
        gap_add(x, str_of(must), false);
    }
}

void sheet_remark(struct sheet *x)
{
    if (x->columns == 2 && x->is_as_written)
        sheet_texts(x, "document.as_written", sheet_add(x, PAPER_REMARK)->text);
}

/* "from" and "to" are said of times and of people. */
static const char *label_of(struct sheet *x, const struct kind_field *kf)
{
    bool of_time = kf->type == TYPE_INSTANT;
    if (str_is(kf->name, "to")) return of_time ? "document.to_time" : "document.to_whom";
    if (str_is(kf->name, "from")) return of_time ? "field.from" : "document.from_whom";
    return label_key(x, kf->name);
}

static const struct kind_field *field_of(struct sheet *x, const struct fact *f, const char *name)
{
    const struct kind *k = pack_kind(&x->p->pack, fact_get(f, "kind"));
    for (size_t i = 0; k && i < k->field_count; i++)
        if (str_is(k->fields[i].name, name)) return &k->fields[i];
    return NULL;
}

/* A text in the words of each column, under its name. */
static bool text_add(struct sheet *x, const struct fact *f, const char *name)
{
    Str words[2] = {sheet_words(x, 0, f, name), sheet_words(x, 1, f, name)};
    if (words[0].len == 0 && words[1].len == 0) return false;
    sheet_subheading(x, label_key(x, str_of(name)));
    struct paper_block *b = sheet_add(x, PAPER_PARAGRAPH);
    b->text[0] = words[0];
    b->text[1] = words[1];
    return true;
}

/* The items of a list, numbered; both columns show them as they were written. */
static bool list_add(struct sheet *x, const struct fact *f, const struct kind_field *kf,
                     const char *name)
{
    Str *items = NULL;
    size_t count = 0;
    if (kf->type != TYPE_TEXT || x->status != OK) return false;
    x->status = fact_list(x->s, f, name, &items, &count);
    if (x->status != OK || count == 0) return false;
    sheet_subheading(x, label_key(x, kf->name));
    for (size_t i = 0; i < count; i++) {
        struct paper_block *b = sheet_add(x, PAPER_PARAGRAPH);
        b->number = sheet_printed(x, scope_print(x->s, "%zu.", i + 1));
        b->text[0] = b->text[1] = sheet_copy(x, items[i]);
        x->is_as_written = true;
    }
    return true;
}

void sheet_fact_field(struct sheet *x, const struct fact *f, const char *name)
{
    const struct kind_field *kf = field_of(x, f, name);
    bool shown = false;
    if (kf && kf->languages && kf->class <= x->most)
        shown = text_add(x, f, name);
    else if (kf && kf->list && kf->class <= x->most)
        shown = list_add(x, f, kf, name);
    if (kf && !shown && !kf->languages) {
        Str first = sheet_value(x, 0, f, kf->name), second = sheet_value(x, 1, f, kf->name);
        shown = first.len > 0;
        sheet_field(x, label_of(x, kf), first, str_eq(first, second) ? STR("") : second);
    }
    if (shown)
        sheet_shown(x, str_of(name));
    else if (sheet_must(x, str_of(name)) && !is_shown(x, str_of(name)))
        gap_add(x, str_of(name), kf && kf->class != CLASS_OPEN && !x->own_side);
}

static bool is_in(Str name, const char *const *list)
{
    for (size_t i = 0; list && list[i]; i++)
        if (str_is(name, list[i])) return true;
    return false;
}

/* What the post fills in for machines: digests, proofs, the handles of files. */
static bool is_for_machines(const struct kind_field *kf)
{
    return kf->type == TYPE_HASH || str_is(kf->name, "root_note") || str_is(kf->name, "blob");
}

void sheet_fact_all(struct sheet *x, const struct fact *f, const char *const *skip)
{
    const struct kind *k = pack_kind(&x->p->pack, fact_get(f, "kind"));
    Str last = STR("");
    for (size_t i = 0; k && i < k->field_count; i++) {
        const struct kind_field *kf = &k->fields[i];
        if (is_in(kf->name, skip) || is_for_machines(kf) || str_eq(kf->name, last)) continue;
        last = kf->name;
        if (!str_is(kf->name, "participants")) {
            Str name = sheet_copy(x, kf->name);
            if (name.len) sheet_fact_field(x, f, name.ptr);
        }
    }
}

/* "214 – 215, + 40 m": the pair of markers and the way from the first. */
static void markers(struct sheet *x)
{
    Str a = case_incident_value(x->c, STR("marker_a")),
        b = case_incident_value(x->c, STR("marker_b"));
    Str offset = case_incident_value(x->c, STR("offset_m"));
    if (a.len == 0 && b.len == 0) return;
    Str pair =
        scope_print(x->s, "%.*s%s%.*s%s%.*s%s", STR_ARG(a), a.len && b.len ? " – " : "", STR_ARG(b),
                    offset.len ? ", + " : "", STR_ARG(offset), offset.len ? " m" : "");
    sheet_field(x, "field.marker", sheet_printed(x, pair), STR(""));
    sheet_shown(x, STR("marker_a"));
}

static void coordinates(struct sheet *x)
{
    Str lat = case_incident_value(x->c, STR("lat")), lon = case_incident_value(x->c, STR("lon"));
    Str error = case_incident_value(x->c, STR("error_m"));
    Str method = case_incident_value(x->c, STR("method"));
    if (lat.len == 0 || lon.len == 0) return;
    Str text = scope_print(x->s, "%.*s %.*s (WGS 84)%s%.*s%s%s%.*s", STR_ARG(lat), STR_ARG(lon),
                           error.len ? " ± " : "", STR_ARG(error), error.len ? " m" : "",
                           method.len ? ", " : "", STR_ARG(method));
    sheet_field(x, "field.where", sheet_printed(x, text), STR(""));
    sheet_shown(x, STR("lat"));
}

static void summary(struct sheet *x)
{
    Str words[2];
    for (size_t i = 0; i < 2; i++) {
        Str name = sheet_printed(x, scope_print(x->s, "summary.%.*s", STR_ARG(x->language[i])));
        Str amended = case_incident_value(x->c, name);
        words[i] = amended.len ? sheet_copy(x, amended)
                               : sheet_words(x, i, x->c->incident->fact, "summary");
    }
    if (words[0].len == 0 && words[1].len == 0) return;
    sheet_subheading(x, "field.summary");
    struct paper_block *b = sheet_add(x, PAPER_PARAGRAPH);
    b->text[0] = words[0];
    b->text[1] = words[1];
    sheet_shown(x, STR("summary"));
}

void sheet_incident(struct sheet *x, bool whole)
{
    static const char *const more[] = {"group", "armed", "animals", "urgent", "persons", NULL};
    const struct entry *e = x->c->incident;
    if (e == NULL) return;
    sheet_cite(x, e);
    sheet_fact_field(x, e->fact, "type");
    sheet_fact_field(x, e->fact, "section");
    markers(x);
    coordinates(x);
    if (!whole) {
        sheet_fact_field(x, e->fact, "happened_from");
        return;
    }
    sheet_gap(x, "marker_a");
    sheet_gap(x, "lat");
    sheet_fact_field(x, e->fact, "happened_from");
    sheet_fact_field(x, e->fact, "happened_to");
    sheet_fact_field(x, e->fact, "noticed_at");
    for (size_t i = 0; more[i]; i++)
        if (sheet_value(x, 0, e->fact, str_of(more[i])).len || sheet_must(x, str_of(more[i])))
            sheet_fact_field(x, e->fact, more[i]);
    summary(x);
}

void sheet_entries(struct sheet *x)
{
    static const double widths[] = {0.75, 1.6, 1.75, 4.85};
    static const bool is_code[] = {false, false, false, true};
    static const struct paper_table shape = {.columns = 4, .widths = widths, .is_code = is_code};
    static const char *const heads[] = {"document.entry", "document.what", "time.utc",
                                        "field.body"};
    if (x->status != OK || x->cited_count == 0) return;
    size_t count = x->cited_count < ENTRIES_SHOWN_MAX ? x->cited_count : ENTRIES_SHOWN_MAX;
    sheet_heading(x, "document.section.entries");
    struct paper_cell *cells = sheet_table(x, &shape, count);
    if (cells == NULL) return;
    for (size_t k = 0; k < COUNT_OF(heads); k++)
        sheet_texts(x, heads[k], cells[k].text);
    for (size_t i = 0; i < count && x->status == OK; i++) {
        const struct entry *e = x->cited[i];
        struct paper_cell *row = &cells[4 * (i + 1)];
        struct writer hex = writer_open(x->s, 2 * HASH_BYTES + 1);
        char utc[INSTANT_TEXT_MAX];
        instant_format(e->at, utc);
        write_hex(&hex, hash_bytes(&e->fact->body));
        row[0].text[0] = entry_ref(x->s, e);
        for (size_t c = 0; c < 2; c++)
            row[1].text[c] = sheet_catalogue(x, c, "kind", e->kind);
        row[2].text[0] = sheet_printed(x, scope_print(x->s, "%.10s %.8s", utc, utc + 11));
        x->status = writer_close_str(&hex, &row[3].text[0]);
    }
    if (count < x->cited_count) {
        struct paper_block *b = sheet_add(x, PAPER_PARAGRAPH);
        for (size_t c = 0; c < 2; c++) {
            Str all = sheet_printed(x, scope_print(x->s, "%zu", x->cited_count));
            b->text[c] = sheet_fill(x, sheet_text(x, c, "document.more_entries"), "{count}", all);
        }
    }
}
