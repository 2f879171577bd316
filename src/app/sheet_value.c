/* A field of a fact in words. Declared in app/sheet.h. */
#include "app/sheet.h"
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

/* Health, protection, own-side notes and the compartment stand on no document, whoever prints it.
 */
static bool may_stand(const struct sheet *x, const struct fact *f, Str name)
{
    return gate_class(&x->p->pack, x->c, f, name) <= CLASS_PERSONAL;
}

/* A text of the catalogue, or the value as it is when there is none. */
static Str catalogue(struct sheet *x, size_t column, const char *prefix, Str value)
{
    Str key = sheet_printed(x, scope_print(x->s, "%s.%.*s", prefix, STR_ARG(value)));
    Str text = key.len ? sheet_text(x, column, key.ptr) : key;
    return str_eq(text, key) ? sheet_copy(x, value) : text;
}

/* "lv:12, notice sent": a reference with what it names. */
static Str reference(struct sheet *x, size_t column, Str value)
{
    struct fact_ref ref;
    if (!fact_ref_parse(value, &ref)) return sheet_copy(x, value);
    Str whole = sheet_printed(x, scope_print(x->s, "%.*s:%" PRIu64, STR_ARG(ref.party), ref.index));
    const struct entry *e = case_entry(x->c, whole);
    if (e == NULL) return sheet_copy(x, value);
    const struct act *act = act_find(x->c, whole);
    Str title =
        act ? sheet_title(x, column, "documents", act->doc) : catalogue(x, column, "kind", e->kind);
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
    return sheet_copy(x, value);
}

static Str listed(struct sheet *x, size_t column, const struct kind_field *kf, Str value)
{
    if (str_is(kf->values_from, "levels")) return catalogue(x, column, "level", value);
    if (kf->values_from.len == 0) return catalogue(x, column, "value", value);
    const char *list = scope_str(x->s, kf->values_from).ptr;
    Str title = sheet_title(x, column, list ? list : "", value);
    return str_is(kf->values_from, "types")
               ? sheet_printed(x, scope_print(x->s, "%.*s  %.*s", STR_ARG(value), STR_ARG(title)))
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
        return reference(x, column, value);
    case TYPE_ID:
    case TYPE_TEXT:
        if (str_is(kf->name, "section")) return sheet_title(x, column, "sections", value);
        if (str_is(kf->name, "role")) return sheet_title(x, column, "roles", value);
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
