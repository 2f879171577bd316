#include "core/casework/draft.h"
#include <stdio.h>
#include <stdlib.h>

enum { ID_BYTES_MAX = 120, LIST_PAD = 8 };

Str draft_get(const struct draft *d, const char *name)
{
    for (size_t i = 0; i < d->field_count; i++)
        if (str_is(d->fields[i].name, name)) return d->fields[i].value;
    return (Str){NULL, 0};
}

void draft_set(struct draft *d, const char *name, Str value)
{
    for (size_t i = 0; i < d->field_count; i++)
        if (str_is(d->fields[i].name, name)) {
            d->fields[i].value = value;
            return;
        }
    d->fields[d->field_count++] = (struct name_value){str_of(name), value};
}

static bool is_one_line(Str v)
{
    return v.len <= ID_BYTES_MAX && memchr(v.ptr, '\n', v.len) == NULL;
}

static bool is_in(const Str *values, size_t count, Str value)
{
    for (size_t i = 0; i < count; i++)
        if (str_eq(values[i], value)) return true;
    return false;
}

static bool is_integer(Str v)
{
    uint64_t n;
    if (v.len && v.ptr[0] == '-') v = (Str){v.ptr + 1, v.len - 1};
    return str_u64(v, &n);
}

/* Quantities whose names are the same in every kind: places are WGS 84 in decimal degrees, and an
 * error or a number of heads below nothing would turn a verdict round. */
static const struct range {
    const char *name;
    double least, most;
    const char *should;
} ranges[] = {
    {"lat", -90, 90, "a latitude from -90 to 90"},
    {"lon", -180, 180, "a longitude from -180 to 180"},
    {"error_m", 0, 1e9, "an error of 0 or more metres"},
    {"persons", 0, 1e9, "a number of 0 or more"},
    {"injured", 0, 1e9, "a number of 0 or more"},
    {"children", 0, 1e9, "a number of 0 or more"},
    {"count", 0, 1e9, "a number of 0 or more"},
};

static const char *range_fault(Str name, Str v)
{
    double number;
    for (size_t i = 0; i < COUNT_OF(ranges); i++)
        if (str_is(name, ranges[i].name) && str_decimal(v, &number) &&
            (number < ranges[i].least || number > ranges[i].most))
            return ranges[i].should;
    return NULL;
}

/* What the value should have been; NULL when it is as it should be. */
static const char *value_fault(const struct pack *p, const struct kind_field *f, Str v)
{
    struct fact_ref ref;
    struct duration duration;
    Instant at;
    Hash hash;
    double number;
    if (f->value_count && !is_in(f->values, f->value_count, v)) return "one of the listed words";
    if (f->values_from.len && !pack_lists(p, f->values_from, v)) return "an id of the pack's list";
    switch (f->type) {
    case TYPE_ID:
        return is_one_line(v) ? NULL : "an id of one line";
    case TYPE_REF:
        return fact_ref_parse(v, &ref) && ref.field.len == 0 ? NULL : "party:index";
    case TYPE_REFS:
        return fact_ref_parse(v, &ref) ? NULL : "party:index or party:index.field";
    case TYPE_INSTANT:
        return instant_parse(v, &at) ? NULL : "an instant such as 2026-01-31T08:00:00Z";
    case TYPE_INTEGER:
        return is_integer(v) ? range_fault(f->name, v) : "a whole number";
    case TYPE_DECIMAL:
        return str_decimal(v, &number) ? range_fault(f->name, v) : "a number such as 12.5";
    case TYPE_YESNO:
        return str_is(v, "yes") || str_is(v, "no") ? NULL : "yes or no";
    case TYPE_HASH:
        return hex_parse(v, hash.bytes, HASH_BYTES) ? NULL : "64 hex digits";
    case TYPE_DURATION:
        return duration_parse(v, &duration) ? NULL : "a duration such as PT48H";
    case TYPE_TEXT:
    case TYPE_ENUM:
    default:
        return str_is_text(v) ? NULL : "text in UTF-8";
    }
}

Status field_value_check(struct scope *s, const struct pack *p, const struct kind_field *f,
                         Str name, Str value)
{
    size_t max = f->bytes_max ? f->bytes_max : VALUE_BYTES_MAX;
    if (value.len == 0) return OK;
    if (value.len > max)
        return fail(s, ERR_LIMIT, "%.*s: longer than %zu bytes", STR_ARG(name), max);
    const char *fault = value_fault(p, f, value);
    if (fault)
        return fail(s, ERR_SCHEMA, "%.*s: \"%.*s\" should be %s", STR_ARG(name),
                    (int)(value.len < 60 ? value.len : 60), value.ptr, fault);
    return OK;
}

/* An amended value has the form of the field it amends; what the post fills in is not amended. */
static Status amended_check(struct scope *s, const struct pack *p, const struct draft *d)
{
    Str name = draft_get(d, "field");
    const struct kind *incident = pack_kind(p, STR("incident.registered"));
    const struct kind_field *f = incident && name.len ? kind_field_of(p, incident, name) : NULL;
    if (name.len == 0) return OK; /* missing: said by required_check */
    if (f == NULL || (f->filled && !str_is(name, "group")))
        return fail(s, ERR_SCHEMA, "field: an incident has no field %.*s to amend", STR_ARG(name));
    if (f->required && draft_get(d, "value").len == 0)
        return fail(s, ERR_SCHEMA, "value: %.*s cannot be empty", STR_ARG(name));
    return field_value_check(s, p, f, STR("value"), draft_get(d, "value"));
}

static Status given_check(struct scope *s, const struct pack *p, const struct kind *k,
                          const struct draft *d)
{
    if (d->field_count > DRAFT_FIELDS_MAX)
        return fail(s, ERR_LIMIT, "more than %d fields", DRAFT_FIELDS_MAX);
    for (size_t i = 0; i < d->field_count; i++) {
        Str name = d->fields[i].name;
        const struct kind_field *f = kind_field_of(p, k, name);
        if (f == NULL)
            return fail(s, ERR_SCHEMA, "%.*s has no field %.*s", STR_ARG(k->name), STR_ARG(name));
        for (size_t n = 0; n < i; n++)
            if (str_eq(d->fields[n].name, name))
                return fail(s, ERR_SCHEMA, "field %.*s is given twice", STR_ARG(name));
        TRY(field_value_check(s, p, f, name, d->fields[i].value));
    }
    return str_is(k->name, "incident.amended") ? amended_check(s, p, d) : OK;
}

struct builder {
    struct scope *s;
    const struct pack *p;
    const struct kind *k;
    const struct draft *d;
    struct name_value *out;
    size_t count, room;
};

static Status grow(struct builder *b)
{
    size_t max = FACT_FIELDS_MAX - FACT_COMMON_FIELDS, room = b->room * 2 + 16;
    if (b->count == max) return fail(b->s, ERR_LIMIT, "too many fields");
    if (room > max) room = max;
    struct name_value *bigger = scope_array(b->s, room, sizeof *bigger);
    if (bigger == NULL) return ERR_MEMORY;
    if (b->count) memcpy(bigger, b->out, b->count * sizeof *bigger);
    b->out = bigger;
    b->room = room;
    return OK;
}

static Status put(struct builder *b, Str name, bool always)
{
    Str value = {NULL, 0};
    for (size_t i = 0; i < b->d->field_count; i++)
        if (str_eq(b->d->fields[i].name, name)) value = b->d->fields[i].value;
    if (!always && value.len == 0) return OK;
    if (name.ptr == NULL) return ERR_MEMORY;
    if (b->count == b->room) TRY(grow(b));
    b->out[b->count++] = (struct name_value){name, value.ptr ? value : STR("")};
    return OK;
}

/* `prefix` with each language of the pack, or with the part, or alone. */
static Status put_forms(struct builder *b, const struct kind_field *f, Str prefix)
{
    bool always = b->k->guarded;
    if (f->part.len) return put(b, scope_join(b->s, prefix, '.', f->part), always);
    if (!f->languages) return put(b, prefix, always);
    for (size_t i = 0; i < b->p->language_count; i++)
        TRY(put(b, scope_join(b->s, prefix, '.', b->p->languages[i]), always));
    return OK;
}

/* Highest item number given for a list field. */
static uint64_t list_top(const struct draft *d, const struct kind_field *f)
{
    uint64_t top = 0;
    for (size_t i = 0; i < d->field_count; i++) {
        Str n = d->fields[i].name;
        uint64_t number;
        if (n.len <= f->name.len + 1 || memcmp(n.ptr, f->name.ptr, f->name.len) != 0 ||
            n.ptr[f->name.len] != '.')
            continue;
        Str rest = {n.ptr + f->name.len + 1, n.len - f->name.len - 1};
        if (str_u64(str_cut(&rest, '.'), &number) && number > top) top = number;
    }
    return top;
}

/* An offer, and what is signed of it, numbers its items anew: a gap would tell that something is
 * not offered. */
static Status put_renumbered(struct builder *b, const struct kind_field *f)
{
    uint64_t top = list_top(b->d, f);
    unsigned number = 0;
    for (uint64_t n = 1; n <= top; n++) {
        Str given = scope_print(b->s, "%.*s.%u", STR_ARG(f->name), (unsigned)n);
        if (given.ptr == NULL) return ERR_MEMORY;
        size_t before = b->count;
        TRY(put(b, given, false));
        if (b->count == before) continue;
        b->out[before].name = scope_print(b->s, "%.*s.%u", STR_ARG(f->name), ++number);
        if (b->out[before].name.ptr == NULL) return ERR_MEMORY;
    }
    return OK;
}

static Status put_field(struct builder *b, const struct kind_field *f)
{
    if (f->list && !b->k->guarded && str_has_prefix(b->k->name, "handover."))
        return put_renumbered(b, f);
    if (!f->list) return put_forms(b, f, f->name);
    uint64_t top = list_top(b->d, f);
    if (b->k->guarded) top = top ? (top + LIST_PAD - 1) / LIST_PAD * LIST_PAD : LIST_PAD;
    for (uint64_t n = 1; n <= top; n++)
        TRY(put_forms(b, f, scope_print(b->s, "%.*s.%u", STR_ARG(f->name), (unsigned)n)));
    return OK;
}

static Status required_check(struct scope *s, const struct builder *b, const struct kind_field *f)
{
    if (!(f->required || f->one_language) || f->filled) return OK;
    for (size_t i = 0; i < b->count; i++)
        if (b->out[i].value.len && kind_field_of(b->p, b->k, b->out[i].name) == f) return OK;
    return fail(s, ERR_SCHEMA, "%.*s needs %.*s%s", STR_ARG(b->k->name), STR_ARG(f->name),
                f->languages ? " in at least one language" : "");
}

Status draft_order(struct scope *s, const struct pack *p, const struct draft *d,
                   struct name_value **out, size_t *out_count)
{
    const struct kind *k = pack_kind(p, d->kind);
    if (k == NULL)
        return fail(s, ERR_SCHEMA, "there is no kind of fact called %.*s", STR_ARG(d->kind));
    if (k->use == CASE_REQUIRED && d->case_number.len == 0)
        return fail(s, ERR_SCHEMA, "%.*s belongs to a case: name it", STR_ARG(d->kind));
    TRY(given_check(s, p, k, d));
    struct builder b = {s, p, k, d, NULL, 0, 0};
    TRY(grow(&b)); /* a pointer also when there are no fields */
    for (size_t i = 0; i < k->field_count; i++)
        TRY(put_field(&b, &k->fields[i]));
    for (size_t i = 0; i < k->field_count; i++)
        TRY(required_check(s, &b, &k->fields[i]));
    *out = b.out;
    *out_count = b.count;
    return OK;
}

static Roles roles_for(const struct kind *k, Str value)
{
    Roles other = k->roles;
    for (size_t i = 0; i < k->roles_by_count; i++) {
        if (str_eq(k->roles_by[i].value, value)) return k->roles_by[i].roles;
        if (str_is(k->roles_by[i].value, "*")) other = k->roles_by[i].roles;
    }
    return other;
}

/* Who signs as a representative must be one; an assistant's signature is anybody's of R1 to R3. */
static Roles by_capacity(Roles roles, Str capacity)
{
    enum { R1 = 1, R2 = 2, R3 = 4 };
    if (str_is(capacity, "representative") || str_is(capacity, "deputy")) return roles & (R1 | R2);
    if (str_is(capacity, "assistant")) return roles & (R1 | R2 | R3);
    return roles;
}

Roles draft_roles(const struct kind *k, const struct draft *d)
{
    Str value = {NULL, 0};
    for (size_t i = 0; i < d->field_count && k->roles_field.len; i++)
        if (str_eq(d->fields[i].name, k->roles_field)) value = d->fields[i].value;
    Roles roles = k->roles_field.len ? roles_for(k, value) : k->roles;
    return str_is(k->name, "act.signed") ? by_capacity(roles, draft_get(d, "capacity")) : roles;
}

Roles fact_roles(const struct kind *k, const struct fact *f)
{
    Roles roles = k->roles_field.len ? roles_for(k, fact_get_str(f, k->roles_field)) : k->roles;
    return str_is(k->name, "act.signed") ? by_capacity(roles, fact_get(f, "capacity")) : roles;
}

const char *kind_roles_field(const struct kind *k)
{
    if (str_is(k->roles_as, "act")) return "act";
    return str_is(k->roles_as, "offer") ? "of" : NULL;
}

Roles roles_as_named(const struct pack *p, const struct kind *k, const struct fact *named,
                     Roles roles)
{
    const char *target = str_is(k->roles_as, "act") ? "act.drafted" : "handover.offered";
    if (k->roles_as.len == 0 || named == NULL || !str_is(fact_get(named, "kind"), target))
        return roles;
    const struct kind *row = pack_kind(p, str_of(target));
    return row ? roles & fact_roles(row, named) : roles;
}
