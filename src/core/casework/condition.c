#include "core/casework/condition.h"

const struct entry *condition_act_of(const struct casefile *c, const struct entry *e)
{
    Str ref = fact_get(e->fact, "act");
    return ref.len ? case_entry(c, ref) : NULL;
}

Str condition_value(const struct casefile *c, const struct entry *e, Str field)
{
    return e == c->incident ? case_incident_value(c, field) : fact_get_str(e->fact, field);
}

/* Does this fact say it, be it by leaving a field of its kind empty? */
static bool tells(const struct casefile *c, const struct entry *e, Str field, Str *out)
{
    if (e == NULL) return false;
    *out = condition_value(c, e, field);
    if (out->len) return true;
    const struct kind *k = pack_kind(c->pack, e->kind);
    return k && kind_field_of(c->pack, k, field);
}

static Str value_seen_from(const struct casefile *c, const struct entry *e, Str field)
{
    Str value, ref = fact_get(e->fact, "of");
    if (tells(c, e, field, &value) || tells(c, condition_act_of(c, e), field, &value) ||
        (ref.len && tells(c, case_entry(c, ref), field, &value)))
        return value;
    return case_incident_value(c, field);
}

static bool is_among(Str value, const struct match *m)
{
    for (size_t i = 0; i < m->value_count; i++)
        if (str_eq(value, m->values[i])) return true;
    return false;
}

bool condition_holds(const struct casefile *c, const struct entry *e, const struct match *list,
                     size_t count)
{
    for (size_t i = 0; i < count; i++) {
        Str value = value_seen_from(c, e, list[i].field);
        if (!is_among(value.len ? value : STR("no"), &list[i])) return false;
    }
    return true;
}
