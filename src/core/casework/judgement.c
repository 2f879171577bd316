#include "core/casework/judgement.h"
#include "core/casework/draft.h"

static bool never_crosses(const struct pack *p, const struct kind *k, const struct fact *f,
                          const struct kind_field *kf)
{
    enum field_class class = kf->class;
    if (class == CLASS_AMENDED) {
        const struct kind *incident = pack_kind(p, STR("incident.registered"));
        Str field = fact_get(f, "field");
        const struct kind_field *amended =
            incident && field.len ? kind_field_of(p, incident, field) : NULL;
        class = amended ? amended->class : CLASS_OPEN;
    }
    return k->crosses == CROSSES_NEVER || class == CLASS_PROTECTED || class == CLASS_INTERNAL;
}

bool judgement_must_hide(const struct pack *p, const struct fact *f, bool *erase)
{
    const struct kind *k = pack_kind(p, fact_get(f, "kind"));
    bool any = k && k->crosses == CROSSES_NEVER;
    for (size_t i = FACT_COMMON_FIELDS; k && i < f->field_count; i++) {
        const struct fact_field *field = &f->fields[i];
        const struct kind_field *kf = field->open ? kind_field_of(p, k, field->name) : NULL;
        erase[i] =
            field->open && (k->crosses == CROSSES_NEVER || (kf && never_crosses(p, k, f, kf)));
        any = any || erase[i];
    }
    return any;
}

/* Number of the item that a name of a list field belongs to. */
static uint64_t item_of(const struct kind_field *kf, Str name)
{
    uint64_t number = 0;
    if (!kf->list || name.len <= kf->name.len + 1) return 0;
    Str rest = {name.ptr + kf->name.len + 1, name.len - kf->name.len - 1};
    return str_u64(str_cut(&rest, '.'), &number) ? number : 0;
}

/* As far as the open fields show: the values, and the order of the kind's table. Another version of
 * the table may know more names, and more words in its lists, than ours. */
static Status fields_check(struct scope *s, const struct pack *p, const struct kind *k,
                           const struct fact *f)
{
    const struct kind_field *last = k->fields;
    uint64_t last_item = 0;
    for (size_t i = FACT_COMMON_FIELDS; i < f->field_count; i++) {
        const struct fact_field *field = &f->fields[i];
        const struct kind_field *kf = field->open ? kind_field_of(p, k, field->name) : NULL;
        if (kf == NULL) continue;
        uint64_t item = item_of(kf, field->name);
        if (kf < last || (kf == last && item < last_item))
            return fail(s, ERR_SCHEMA, "field %.*s does not stand where %.*s has it",
                        STR_ARG(field->name), STR_ARG(k->name));
        last = kf;
        last_item = item;
        if (kf->value_count || kf->values_from.len) continue;
        TRY(field_value_check(s, p, kf, field->name, field->value));
    }
    return OK;
}

static Status form_check(struct scope *s, const struct pack *p, const struct kind *k,
                         const struct fact *f, bool crossed)
{
    Instant at;
    struct seen seen;
    bool erase[FACT_FIELDS_MAX];
    if (!instant_parse(fact_get(f, "at"), &at) || !seen_parse(fact_get(f, "seen"), &seen))
        return fail(s, ERR_SCHEMA, "\"at\" or \"seen\" of the fact is not well formed");
    if (k == NULL) return OK;
    if (crossed && judgement_must_hide(p, f, erase))
        return fail(s, ERR_SCHEMA, "a %.*s shows what never crosses", STR_ARG(k->name));
    return fields_check(s, p, k, f);
}

/* Founding facts of a post, rotations, and the mandates of R1 and R2 are the state's own. */
static bool needs_root(const struct authority *a, const struct fact *f)
{
    Str kind = fact_get(f, "kind"), role = fact_get(f, "role");
    bool granted = str_is(kind, "mandate.granted");
    bool founding = granted || str_is(kind, "officer.enrolled");
    return str_is(kind, "key.rotated") || (granted && (str_is(role, "R1") || str_is(role, "R2"))) ||
           (founding && authority_is_post(a, fact_get(f, "by")));
}

Status fact_judge(struct scope *s, const struct pack *p, const struct authority *a,
                  const struct fact *f, const struct judging *how)
{
    const struct kind *k = pack_kind(p, fact_get(f, "kind"));
    const struct mandate *m;
    Str by = fact_get(f, "by"), section = STR("");
    Instant at;
    TRY(form_check(s, p, k, f, how->crossed));
    if (!authority_signs(a, f))
        return fail(s, ERR_SIGNATURE, "%.*s did not sign this entry", STR_ARG(by));
    if (k == NULL) return OK;
    if (needs_root(a, f) && !authority_root_holds(a, f))
        return fail(s, ERR_MANDATE, "this needs the root signature of %.*s", STR_ARG(a->party));
    if (authority_is_post(a, by))
        return k->roles & 1u << ROLE_POST_BIT
                   ? OK
                   : fail(s, ERR_ROLE, "a post does not state %.*s", STR_ARG(k->name));
    if (str_is(k->name, "incident.registered") && fact_has(f, "section"))
        section = fact_get(f, "section");
    (void)instant_parse(fact_get(f, "at"), &at);
    Roles roles = roles_as_named(p, k, how->named, fact_roles(k, f));
    return authority_mandate(s, a, by, roles, section, at, (struct place){f->index, how->opening},
                             &m);
}
