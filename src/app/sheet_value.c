/* Fields of facts and instants in words. Declared in app/sheet.h, app/sheet_parts.h. */
#include "app/outside.h"
#include "app/sheet_parts.h"
#include "core/casework/gate.h"
#include <inttypes.h>

static bool is_incident(const struct sheet *x, const struct fact *f)
{
    return x->c->incident && x->c->incident->fact == f;
}

static Str value_of(const struct sheet *x, const struct fact *f, Str name)
{
    return is_incident(x, f) ? case_incident_value(x->c, name) : fact_get_str(f, name);
}

/* Health stands on own-side sheets alone; protection, own notes and the compartment on no document,
 * whoever prints it. */
static bool may_stand(const struct sheet *x, const struct fact *f, Str name)
{
    return gate_class(&x->p->pack, x->c, f, name) <= x->most;
}

/* Zones are named by a city; where the catalogue knows it, in the words of the column. */
static Str city_of(struct sheet *x, size_t column, const struct zone *zone)
{
    Str text = sheet_catalogue(x, column, "zone", zone->name);
    if (!str_eq(text, zone->name)) return text;
    Str city = zone->name, region = str_cut(&city, '/');
    return city.len ? city : region;
}

Str sheet_local_time(struct sheet *x, size_t column, Str party, Instant at)
{
    const struct zone *zone = post_zone(x->p, party);
    int32_t second;
    Day day = zone_day(zone, at, &second);
    bool same = day_number(day) == (at.us >= 0 ? at.us / US_PER_SECOND / 86400 : 0);
    Str date =
        same ? STR("") : scope_print(x->s, "%04d-%02d-%02d ", (int)day.year, day.month, day.day);
    return sheet_printed(x, scope_print(x->s, "%.*s%02d:%02d %.*s", STR_ARG(date), second / 3600,
                                        second / 60 % 60, STR_ARG(city_of(x, column, zone))));
}

Str sheet_time(struct sheet *x, size_t column, Instant at)
{
    char utc[INSTANT_TEXT_MAX];
    instant_format(at, utc);
    Str text = sheet_text(x, column, "time.both");
    Str minutes = sheet_printed(x, scope_print(x->s, "%.10s %.5s", utc, utc + 11));
    text = sheet_fill(x, text, "{utc}", minutes);
    text = sheet_fill(x, text, "{local_a}", sheet_local_time(x, column, x->party[0], at));
    return sheet_fill(x, text, "{local_b}", sheet_local_time(x, column, x->party[1], at));
}

static Str words_in(struct sheet *x, const struct fact *f, const char *name, Str language)
{
    Str exact = sheet_printed(x, scope_print(x->s, "%s.%.*s", name, STR_ARG(language)));
    return fact_get_str(f, exact);
}

/* Another language of the side that reads this column. */
static Str words_beside(struct sheet *x, const struct fact *f, const char *name, Str language)
{
    const json_t *parties = json_object_get(x->p->pack.json, "parties");
    for (size_t i = 0; i < json_array_size(parties); i++) {
        const json_t *list = json_object_get(json_array_get(parties, i), "languages");
        bool reads = false;
        Str found = STR("");
        for (size_t k = 0; k < json_array_size(list); k++) {
            Str other = str_of(json_string_value(json_array_get(list, k)));
            reads = reads || str_eq(other, language);
            if (found.len == 0) found = words_in(x, f, name, other);
        }
        if (reads && found.len) return found;
    }
    return STR("");
}

Str sheet_words(struct sheet *x, size_t column, const struct fact *f, const char *name)
{
    size_t len = strlen(name);
    Str exact = words_in(x, f, name, x->language[column]);
    if (exact.len) return sheet_copy(x, exact);
    Str found = words_beside(x, f, name, x->language[column]);
    for (size_t i = FACT_COMMON_FIELDS; i < f->field_count && found.len == 0; i++) {
        const struct fact_field *field = &f->fields[i];
        if (!field->open || field->value.len == 0 || field->name.len <= len + 1 ||
            memcmp(field->name.ptr, name, len) != 0 || field->name.ptr[len] != '.' ||
            memchr(field->name.ptr + len + 1, '.', field->name.len - len - 1) ||
            str_has_suffix(field->name, ".finding"))
            continue;
        found = field->value;
    }
    if (found.len == 0) return STR("");
    Str missing = sheet_text(x, column, "language.missing");
    return sheet_printed(x, scope_print(x->s, "[%.*s] %.*s", STR_ARG(missing), STR_ARG(found)));
}

Str sheet_reference(struct sheet *x, size_t column, Str value)
{
    struct fact_ref ref;
    if (!fact_ref_parse(value, &ref)) return sheet_copy(x, value);
    Str whole = sheet_printed(x, scope_print(x->s, "%.*s:%" PRIu64, STR_ARG(ref.party), ref.index));
    const struct entry *e = case_entry(x->c, whole);
    if (e == NULL) return sheet_copy(x, value);
    const struct act *act = act_find(x->c, whole);
    Str title = act ? sheet_title(x, column, "documents", act->doc)
                    : sheet_catalogue(x, column, "kind", e->kind);
    return sheet_printed(x, scope_print(x->s, "%.*s (%.*s)", STR_ARG(title), STR_ARG(value)));
}

/* Ids of parties and officers as people know them. */
static Str named(struct sheet *x, size_t column, Str value)
{
    for (size_t side = 0; side < SIDES; side++) {
        if (x->party[side].len == 0) continue;
        if (str_eq(value, x->party[side])) return sheet_party(x, column, value);
        Str name = sheet_officer(x, x->party[side], value);
        if (!str_eq(name, value)) return name;
    }
    x->is_as_written = true;
    return sheet_copy(x, value);
}

static Str listed(struct sheet *x, size_t column, const struct kind_field *kf, Str value)
{
    if (str_is(kf->name, "role")) return sheet_title(x, column, "roles", value);
    if (str_is(kf->name, "responsibility") && (str_is(value, "a") || str_is(value, "b")))
        return sheet_party(x, column, x->party[str_is(value, "b")]);
    if (str_is(kf->values_from, "levels")) return sheet_catalogue(x, column, "level", value);
    if (kf->values_from.len == 0) return sheet_catalogue(x, column, "value", value);
    const char *list = scope_str(x->s, kf->values_from).ptr;
    Str title = sheet_title(x, column, list ? list : "", value);
    return str_is(kf->values_from, "types")
               ? sheet_printed(x, scope_print(x->s, "%.*s (%.*s)", STR_ARG(title), STR_ARG(value)))
               : title;
}

static Str spoken(struct sheet *x, size_t column, const struct kind_field *kf, Str value)
{
    Instant at;
    switch (kf->type) {
    case TYPE_INSTANT:
        return instant_parse(value, &at) ? sheet_time(x, column, at) : sheet_copy(x, value);
    case TYPE_YESNO:
    case TYPE_ENUM:
        return listed(x, column, kf, value);
    case TYPE_REF:
    case TYPE_REFS:
        return sheet_reference(x, column, value);
    case TYPE_ID:
    case TYPE_TEXT:
        if (str_is(kf->name, "section")) return sheet_title(x, column, "sections", value);
        if (str_is(kf->name, "role")) return sheet_title(x, column, "roles", value);
        if (str_is(kf->name, "language")) return sheet_catalogue(x, column, "language", value);
        return named(x, column, value);
    default:
        return sheet_copy(x, value);
    }
}

static Str list_value(struct sheet *x, size_t column, const struct fact *f,
                      const struct kind_field *kf)
{
    Str *items = NULL, out = STR("");
    size_t count = 0;
    Str name = scope_str(x->s, kf->name);
    if (name.ptr && x->status == OK) x->status = fact_list(x->s, f, name.ptr, &items, &count);
    for (size_t i = 0; x->status == OK && i < count; i++) {
        Str item = spoken(x, column, kf, items[i]);
        out = sheet_printed(x, i ? scope_print(x->s, "%.*s; %.*s", STR_ARG(out), STR_ARG(item))
                                 : item);
    }
    return out;
}

Str sheet_value(struct sheet *x, size_t column, const struct fact *f, Str name)
{
    const struct kind *k = pack_kind(&x->p->pack, fact_get(f, "kind"));
    for (size_t i = 0; k && i < k->field_count; i++) {
        const struct kind_field *kf = &k->fields[i];
        if (!str_eq(kf->name, name)) continue;
        if (kf->list) {
            Str first = sheet_printed(x, scope_print(x->s, "%.*s.1", STR_ARG(name)));
            return may_stand(x, f, first) ? list_value(x, column, f, kf) : STR("");
        }
        if (!may_stand(x, f, name)) return STR("");
        Str value = value_of(x, f, name);
        return value.len ? spoken(x, column, kf, value) : STR("");
    }
    return STR("");
}
