#include "core/casework/pack.h"
#include <stdio.h>

static Status type_read(struct scope *s, const json_t *j, struct incident_type *t)
{
    TRY(json_need_text(s, j, "id", "pack.json: types", &t->id));
    t->grave = json_flag(j, "grave");
    t->grave_when = json_text(s, j, "grave_when");
    t->inspection = json_text(s, j, "inspection");
    t->settle_at = json_text(s, j, "settle_at");
    t->ceiling = json_text(s, j, "ceiling");
    return json_texts_read(s, json_object_get(j, "checklists"), "pack.json: types: checklists",
                           &t->checklists, &t->checklist_count);
}

static Status duration_read(struct scope *s, const json_t *j, const char *key, const char *what,
                            bool *out_has, struct duration *out)
{
    Str text = json_text(s, j, key);
    if (text.len == 0) return OK;
    if (!duration_parse(text, out))
        return fail(s, ERR_SCHEMA, "%s: \"%s\" is no duration such as PT48H or P3D", what, key);
    if (out_has) *out_has = true;
    return OK;
}

/* One value, or any of a list. */
static Status values_read(struct scope *s, const json_t *v, const char *what, struct match *m)
{
    if (json_is_array(v)) return json_texts_read(s, v, what, &m->values, &m->value_count);
    if (!json_is_string(v)) return fail(s, ERR_SCHEMA, "%s: where: should be a text", what);
    m->values = scope_array(s, 1, sizeof *m->values);
    if (m->values == NULL) return ERR_MEMORY;
    m->values[0] = scope_str(s, (Str){json_string_value(v), json_string_length(v)});
    m->value_count = 1;
    return m->values[0].ptr ? OK : ERR_MEMORY;
}

static Status where_read(struct scope *s, const json_t *where, const char *what, struct match **out,
                         size_t *out_count)
{
    struct match *list = scope_array(s, json_object_size(where) + 1, sizeof *list);
    size_t count = 0;
    const char *key;
    json_t *value;
    if (list == NULL) return ERR_MEMORY;
    json_object_foreach((json_t *)(uintptr_t)where, key, value)
    {
        TRY(values_read(s, value, what, &list[count]));
        list[count].field = scope_str(s, str_of(key));
        if (list[count++].field.ptr == NULL) return ERR_MEMORY;
    }
    *out = list;
    *out_count = count;
    return OK;
}

static Status done_read(struct scope *s, const json_t *list, const char *what, struct parameter *p)
{
    p->done_count = json_array_size(list);
    p->done = scope_array(s, p->done_count + 1, sizeof *p->done);
    if (p->done == NULL) return ERR_MEMORY;
    for (size_t i = 0; i < p->done_count; i++) {
        const json_t *j = json_array_get(list, i);
        TRY(json_need_text(s, j, "kind", what, &p->done[i].kind));
        p->done[i].ref = json_text(s, j, "ref");
        TRY(where_read(s, json_object_get(j, "where"), what, &p->done[i].where,
                       &p->done[i].where_count));
    }
    return OK;
}

static Status source_read(struct scope *s, const json_t *list, Str *out)
{
    Str joined = STR("");
    size_t i;
    json_t *item;
    json_array_foreach((json_t *)(uintptr_t)list, i, item)
    {
        Str ref = json_text(s, item, "ref");
        joined = scope_print(s, "%.*s%s%.*s", STR_ARG(joined), i ? "; " : "", STR_ARG(ref));
        if (joined.ptr == NULL) return ERR_MEMORY;
    }
    *out = joined;
    return OK;
}

static Status parameter_read(struct scope *s, const json_t *j, struct parameter *p)
{
    TRY(json_need_text(s, j, "id", "pack.json: parameters", &p->id));
    char what[80];
    snprintf(what, sizeof what, "pack.json: parameters: %.*s", STR_ARG(p->id));
    const json_t *start = json_object_get(j, "start");
    p->start_kind = json_text(s, start, "kind");
    p->start_field = json_text(s, start, "field");
    p->start_event = json_text(s, start, "event");
    p->every = json_text(s, start, "every");
    p->every_month = (uint8_t)json_integer_value(json_object_get(start, "month"));
    p->every_day = (uint8_t)json_integer_value(json_object_get(start, "day"));
    p->from_receipt = str_is(json_text(s, start, "clock"), "receipt");
    TRY(where_read(s, json_object_get(start, "where"), what, &p->where, &p->where_count));
    p->owes = json_text(s, j, "owes");
    TRY(duration_read(s, j, "limit", what, &p->has_limit, &p->limit));
    TRY(duration_read(s, j, "limit_grave", what, &p->has_grave, &p->limit_grave));
    TRY(done_read(s, json_object_get(j, "done"), what, p));
    p->hardness = json_text(s, j, "hardness");
    const json_t *extend = json_object_get(j, "extend");
    p->extend_times = (int)json_integer_value(json_object_get(extend, "times"));
    TRY(duration_read(s, extend, "by", what, NULL, &p->extend_by));
    p->own_only = json_flag(j, "own_only");
    p->working_days = json_flag(j, "working_days");
    p->refusable = json_flag(j, "refuse");
    p->on = json_text(s, j, "on");
    p->roll_next = str_is(json_text(s, j, "roll"), "next");
    p->calendar = json_text(s, j, "calendar");
    p->escalates_to = json_text(s, j, "escalates_to");
    p->value = json_text(s, j, "value");
    p->verified = json_flag(j, "verified");
    return source_read(s, json_object_get(j, "source"), &p->source);
}

static Status party_read(struct scope *s, const json_t *j, struct pack_party *p)
{
    TRY(json_need_text(s, j, "id", "pack.json: parties", &p->id));
    return json_need_text(s, j, "zone", "pack.json: parties", &p->zone);
}

/* The way in which the day is given; false for an entry that gives none. */
static bool holiday_read(const json_t *item, struct holiday *h)
{
    Str date = str_of(json_string_value(json_object_get(item, "date")));
    Str once = str_of(json_string_value(json_object_get(item, "day")));
    const json_t *easter = json_object_get(item, "easter");
    const json_t *orthodox = json_object_get(item, "orthodox_easter");
    const json_t *weekday = json_object_get(item, "weekday");
    h->works = json_is_string(json_object_get(item, "works"));
    if (h->works) once = str_of(json_string_value(json_object_get(item, "works")));
    if (once.len) return day_parse(once, &h->once);
    if (date.len == 5) {
        h->month = (uint8_t)((date.ptr[0] - '0') * 10 + date.ptr[1] - '0');
        h->day = (uint8_t)((date.ptr[3] - '0') * 10 + date.ptr[4] - '0');
        h->moves = json_is_string(json_object_get(item, "if_weekend"));
        return h->month >= 1 && h->month <= 12 && h->day >= 1 && h->day <= 31;
    }
    if (json_is_object(weekday)) {
        h->month = (uint8_t)json_integer_value(json_object_get(weekday, "month"));
        h->weekday = (uint8_t)json_integer_value(json_object_get(weekday, "weekday"));
        h->nth = (uint8_t)json_integer_value(json_object_get(weekday, "nth"));
        return h->weekday >= 1 && h->weekday <= 7;
    }
    json_int_t days = json_integer_value(easter ? easter : orthodox);
    h->orthodox = easter == NULL;
    h->easter = (int16_t)days;
    return (json_is_integer(easter) || json_is_integer(orthodox)) && days >= -400 && days <= 400;
}

static void holidays_read(const json_t *list, char side, struct pack *p)
{
    size_t i;
    json_t *item;
    json_array_foreach((json_t *)(uintptr_t)list, i, item)
    {
        struct holiday *h = &p->holidays[p->holiday_count];
        *h = (struct holiday){.side = side};
        p->holiday_count += holiday_read(item, h);
    }
}

/* Saturday and Sunday, unless the pack says otherwise. */
static uint8_t weekend_read(const json_t *list)
{
    size_t i;
    json_t *item;
    uint8_t days = 0;
    if (!json_is_array(list)) return 1u << 5 | 1u << 6;
    json_array_foreach((json_t *)(uintptr_t)list, i, item)
    {
        json_int_t day = json_integer_value(item);
        if (day >= 1 && day <= 7) days |= (uint8_t)(1u << (day - 1));
    }
    return days;
}

static Status lists_read(struct scope *s, const json_t *root, struct pack *p)
{
    const json_t *types = json_object_get(root, "types");
    const json_t *parameters = json_object_get(root, "parameters");
    const json_t *parties = json_object_get(root, "parties");
    const json_t *holidays = json_object_get(root, "holidays");
    const json_t *a = json_object_get(holidays, "a"), *b = json_object_get(holidays, "b");
    p->type_count = json_array_size(types);
    p->parameter_count = json_array_size(parameters);
    p->party_count = json_array_size(parties);
    p->types = scope_array(s, p->type_count + 1, sizeof *p->types);
    p->parameters = scope_array(s, p->parameter_count + 1, sizeof *p->parameters);
    p->parties = scope_array(s, p->party_count + 1, sizeof *p->parties);
    p->holidays = scope_array(s, json_array_size(a) + json_array_size(b) + 1, sizeof *p->holidays);
    if (!p->types || !p->parameters || !p->parties || !p->holidays) return ERR_MEMORY;
    for (size_t i = 0; i < p->type_count; i++)
        TRY(type_read(s, json_array_get(types, i), &p->types[i]));
    for (size_t i = 0; i < p->parameter_count; i++)
        TRY(parameter_read(s, json_array_get(parameters, i), &p->parameters[i]));
    for (size_t i = 0; i < p->party_count; i++)
        TRY(party_read(s, json_array_get(parties, i), &p->parties[i]));
    holidays_read(a, 'a', p);
    holidays_read(b, 'b', p);
    p->weekend[0] = weekend_read(json_object_get(json_object_get(holidays, "weekend"), "a"));
    p->weekend[1] = weekend_read(json_object_get(json_object_get(holidays, "weekend"), "b"));
    return OK;
}

Status pack_parse(struct scope *s, Bytes kinds, Bytes pack, struct pack *out)
{
    struct pack p = {0};
    struct hasher h;
    Hash a = hash_of(kinds), b = hash_of(pack);
    hash_start(&h);
    hash_add(&h, a.bytes, HASH_BYTES);
    hash_add(&h, b.bytes, HASH_BYTES);
    p.digest = hash_finish(&h);
    TRY(kinds_read(s, kinds, &p.kinds, &p.kind_count));
    AUTO_JSON json_t *root = NULL;
    TRY(json_read(s, pack, PACK_BYTES_MAX, "pack.json", &root));
    TRY(json_need_text(s, root, "id", "pack.json", &p.id));
    TRY(json_texts_read(s, json_object_get(root, "languages"), "pack.json: languages", &p.languages,
                        &p.language_count));
    TRY(json_texts_read(s, json_object_get(root, "act_languages"), "pack.json: act_languages",
                        &p.act_languages, &p.act_language_count));
    TRY(lists_read(s, root, &p));
    if (scope_has_lacked(s)) return ERR_MEMORY; /* texts that may be absent would seem to be */
    p.json = json_incref(root);
    *out = p;
    return OK;
}

void pack_release(struct pack *pack)
{
    json_decref((json_t *)(uintptr_t)pack->json);
    pack->json = NULL;
}

const struct kind *pack_kind(const struct pack *p, Str name)
{
    for (size_t i = 0; i < p->kind_count; i++)
        if (str_eq(p->kinds[i].name, name)) return &p->kinds[i];
    return NULL;
}

const struct incident_type *pack_type(const struct pack *p, Str id)
{
    for (size_t i = 0; i < p->type_count; i++)
        if (str_eq(p->types[i].id, id)) return &p->types[i];
    return NULL;
}

const struct parameter *pack_parameter(const struct pack *p, Str id)
{
    for (size_t i = 0; i < p->parameter_count; i++)
        if (str_eq(p->parameters[i].id, id)) return &p->parameters[i];
    return NULL;
}

static bool is_language(const struct pack *p, Str name)
{
    for (size_t i = 0; i < p->language_count; i++)
        if (str_eq(p->languages[i], name)) return true;
    return false;
}

/* Does the rest of a stored name (after the field's own name) have the field's shape? */
static bool shape_fits(const struct pack *p, const struct kind_field *f, Str rest)
{
    uint64_t number;
    if (f->list) {
        if (!str_u64(str_cut(&rest, '.'), &number) || number == 0 || number > 256) return false;
    }
    if (f->part.len) return rest.ptr && str_eq(rest, f->part);
    if (f->languages) return rest.ptr && is_language(p, rest);
    return rest.ptr == NULL;
}

const struct kind_field *kind_field_of(const struct pack *p, const struct kind *k, Str name)
{
    for (size_t i = 0; i < k->field_count; i++) {
        const struct kind_field *f = &k->fields[i];
        if (name.len < f->name.len || memcmp(name.ptr, f->name.ptr, f->name.len) != 0) continue;
        Str rest = {NULL, 0};
        if (name.len > f->name.len) {
            if (name.ptr[f->name.len] != '.') continue;
            rest = (Str){name.ptr + f->name.len + 1, name.len - f->name.len - 1};
        }
        bool plain = !f->list && !f->languages && f->part.len == 0;
        if (plain ? rest.ptr == NULL : rest.ptr && shape_fits(p, f, rest)) return f;
    }
    return NULL;
}

bool pack_lists(const struct pack *p, Str list, Str value)
{
    if (str_is(list, "sections")) return true;
    if (str_is(list, "types")) return pack_type(p, value) != NULL;
    if (str_is(list, "levels")) list = STR("ladder");
    char key[32];
    snprintf(key, sizeof key, "%.*s", STR_ARG(list));
    const json_t *items = json_object_get(p->json, key);
    size_t i;
    json_t *item;
    if (!json_is_array(items)) return true;
    json_array_foreach((json_t *)(uintptr_t)items, i, item)
    {
        const char *id = json_string_value(json_object_get(item, "id"));
        if (id == NULL) id = json_string_value(json_object_get(item, "level"));
        if (id && str_is(value, id)) return true;
    }
    return false;
}

Str pack_zone(const struct pack *p, Str party)
{
    for (size_t i = 0; i < p->party_count; i++)
        if (str_eq(p->parties[i].id, party)) return p->parties[i].zone;
    return STR("UTC");
}
