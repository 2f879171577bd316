#include "core/casework/gate.h"
#include "core/casework/handover.h"
#include "core/casework/rule.h"

enum { R1 = 1 << 0, R2 = 1 << 1, R10 = 1 << 9, R11 = 1 << 10 };

static enum field_class amended_class(const struct pack *p, const struct fact *f)
{
    const struct kind *k = pack_kind(p, STR("incident.registered"));
    Str field = fact_get(f, "field");
    const struct kind_field *kf = k && field.len ? kind_field_of(p, k, field) : NULL;
    return kf ? kf->class : CLASS_INTERNAL;
}

enum field_class gate_class(const struct pack *p, const struct casefile *c, const struct fact *f,
                            Str name)
{
    const struct kind *k = pack_kind(p, fact_get(f, "kind"));
    const struct kind_field *kf = k ? kind_field_of(p, k, name) : NULL;
    if (kf == NULL) return CLASS_INTERNAL;
    if (kf->class == CLASS_AMENDED) return amended_class(p, f);
    if (kf->sensitive_for_persons) {
        /* Of anything but things the condition is somebody's health. */
        const struct offer *o = c ? offer_find(c, fact_get(f, "of")) : NULL;
        if (o == NULL || str_is(o->what, "persons") || str_is(o->what, "body"))
            return CLASS_SENSITIVE;
    }
    return kf->class;
}

/* Empty fields of a guarded fact stay closed too: which ones are empty would tell. */
static Status open_class(struct scope *s, const struct pack *p, const struct casefile *c,
                         const struct fact *f, bool mandate, struct disclosure *out)
{
    bool *open = scope_array(s, f->field_count, sizeof *open);
    if (open == NULL) return ERR_MEMORY;
    for (size_t i = FACT_COMMON_FIELDS; i < f->field_count; i++) {
        if (!f->fields[i].open) continue;
        enum field_class class = gate_class(p, c, f, f->fields[i].name);
        open[i] = class == CLASS_OPEN || (mandate && class == CLASS_PERSONAL);
    }
    return disclosure_make(s, f, open, out);
}

Status gate_open(struct scope *s, const struct pack *p, const struct casefile *c,
                 const struct fact *f, bool by_notice, struct disclosure *out)
{
    const struct kind *k = pack_kind(p, fact_get(f, "kind"));
    bool incident = str_is(fact_get(f, "kind"), "incident.registered");
    bool crosses =
        k && (k->crosses == CROSSES_SELF || k->crosses == CROSSES_WITH || (by_notice && incident));
    if (!crosses)
        return fail(s, ERR_RELEASE, "%.*s does not leave this post by itself",
                    STR_ARG(fact_get(f, "kind")));
    /* Officers' names are personal and open with their mandate only. */
    bool mandate = str_is(k->name, "officer.enrolled") || str_is(k->name, "mandate.granted");
    return open_class(s, p, c, f, mandate, out);
}

/* The person a fact is about, so that a block on that person can stop it. */
static bool is_about_blocked_person(const struct casefile *c, const struct fact *f)
{
    Str person = fact_get(f, "person");
    return c && person.len && rule_person_is_blocked(c, person);
}

static const char *missing_approval(enum field_class class, const struct release *r)
{
    bool representative = r->approvals & (R1 | R2);
    switch (class) {
    case CLASS_OPEN:
        return representative ? NULL : "the representative";
    case CLASS_PERSONAL:
        if (!representative) return "the representative";
        if (!(r->approvals & R10)) return "the data protection officer";
        return r->purpose.len && r->basis.len ? NULL : "a purpose and a legal basis";
    case CLASS_SENSITIVE:
        if (!(r->approvals & R11)) return "the protection focal point";
        return missing_approval(CLASS_PERSONAL, r);
    case CLASS_PROTECTED:
    case CLASS_INTERNAL:
    case CLASS_COVERT:
    case CLASS_AMENDED:
    default:
        return "a rule that lets it cross; there is none";
    }
}

static bool names(const struct release *r, Str field)
{
    for (size_t i = 0; i < r->field_count; i++) {
        Str n = r->fields[i];
        /* "name" also names its parts: name.latin, item.3, summary.lv. */
        if (str_eq(n, field)) return true;
        if (field.len > n.len && field.ptr[n.len] == '.' && memcmp(n.ptr, field.ptr, n.len) == 0)
            return true;
    }
    return false;
}

static bool names_all(const struct release *r)
{
    return r->field_count == 1 && str_is(r->fields[0], "*");
}

static Status named_fields_exist(struct scope *s, const struct fact *f, const struct release *r)
{
    for (size_t i = 0; i < r->field_count; i++) {
        struct release one = {.fields = &r->fields[i], .field_count = 1};
        bool found = false;
        for (size_t n = 0; n < f->field_count && !found; n++)
            found = f->fields[n].open && names(&one, f->fields[n].name);
        if (!found)
            return fail(s, ERR_NOT_FOUND, "the fact has no field %.*s", STR_ARG(r->fields[i]));
    }
    return OK;
}

Status gate_release(struct scope *s, const struct pack *p, const struct casefile *c,
                    const struct fact *f, const struct release *r, struct disclosure *out)
{
    const struct kind *k = pack_kind(p, fact_get(f, "kind"));
    bool all = names_all(r);
    if (k == NULL || k->crosses == CROSSES_NEVER || k->crosses == CROSSES_ORIGINATOR)
        return fail(s, ERR_RELEASE, "this fact never leaves this post"); /* of any such kind */
    if (!all) TRY(named_fields_exist(s, f, r));
    if (is_about_blocked_person(c, f)) return fail(s, ERR_PROTECTION, "not offered at this time");
    bool *open = scope_array(s, f->field_count, sizeof *open), any = false;
    const char *closed = NULL; /* what the first field that stays closed would need */
    if (open == NULL) return ERR_MEMORY;
    for (size_t i = FACT_COMMON_FIELDS; i < f->field_count; i++) {
        Str name = f->fields[i].name;
        if (!f->fields[i].open || !(all || names(r, name))) continue;
        enum field_class class = gate_class(p, c, f, name);
        const char *missing = missing_approval(class, r);
        /* "*" asks for all that may go with these approvals: sensitive fields must be named or
         * approved, and a field that says nothing stays closed rather than stop the rest. */
        if (all && missing && class > CLASS_OPEN &&
            (class > CLASS_PERSONAL || f->fields[i].value.len == 0)) {
            if (closed == NULL && f->fields[i].value.len) closed = missing;
            continue;
        }
        if (missing)
            return fail(s, ERR_RELEASE, "%.*s may not go yet: it needs %s", STR_ARG(name), missing);
        open[i] = any = true;
    }
    if (any) return disclosure_make(s, f, open, out);
    return closed ? fail(s, ERR_RELEASE, "nothing of it may go yet: it needs %s", closed)
                  : fail(s, ERR_NOT_FOUND, "nothing of this fact is left to open");
}
