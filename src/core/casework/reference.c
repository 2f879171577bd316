#include "core/casework/reference.h"
#include "core/casework/act.h"
#include "core/casework/handover.h"

enum whose { ANY_SIDE, OWN_SIDE, OTHER_SIDE };

/* What the reference field of a kind must name: a fact of this kind, of the same case (both in none
 * counts too), and of whose journal. A reference that is not listed may name any fact. */
static const struct reference {
    const char *kind, *field, *target;
    enum whose whose;
} reference_table[] = {
    {"notice.sent", "of", "incident.registered", OWN_SIDE},
    {"notice.received", "of", "notice.sent", OTHER_SIDE},
    {"incident.amended", "of", "incident.registered", OWN_SIDE},
    {"finding.answered", "of", "finding.stated", OTHER_SIDE},
    {"proposal.answered", "of", "proposal.made", OTHER_SIDE},
    {"inspection.ended", "of", "inspection.opened", ANY_SIDE},
    {"request.answered", "of", "request.made", OTHER_SIDE},
    {"hold.lifted", "hold", "hold.placed", OWN_SIDE},
    {"act.drafted", "supersedes", "act.drafted", ANY_SIDE},
    {"act.position", "act", "act.drafted", ANY_SIDE},
    {"act.signed", "act", "act.drafted", ANY_SIDE},
    {"act.approved", "act", "act.drafted", ANY_SIDE},
    {"act.objected", "act", "act.drafted", ANY_SIDE},
    {"opinion.given", "act", "act.drafted", ANY_SIDE},
    {"handover.answered", "of", "handover.offered", OTHER_SIDE},
    {"handover.counted", "of", "handover.offered", ANY_SIDE},
    {"handover.signed", "of", "handover.offered", ANY_SIDE},
    {"handover.withdrawn", "of", "handover.offered", OWN_SIDE},
    {"incident.unlinked", "of", "incident.linked", ANY_SIDE},
    {"release.approved", "of", "release.drafted", OWN_SIDE},
    {"release.refused", "of", "release.drafted", OWN_SIDE},
    {"marker.works_answered", "of", "marker.works", OTHER_SIDE},
    {NULL, NULL, NULL, ANY_SIDE},
};

/* The same for references that may lead out of the case: a link joins two of them, a meeting is
 * about many. */
static const struct reference outward_table[] = {
    {"incident.linked", "own", "incident.registered", OWN_SIDE},
    {"incident.linked", "theirs", "incident.registered", OTHER_SIDE},
    {"inspection.opened", "proposal", "proposal.made", ANY_SIDE},
    {"meeting.opened", "proposal", "proposal.made", ANY_SIDE},
    {"mandate.revoked", "mandate", "mandate.granted", OWN_SIDE},
    {NULL, NULL, NULL, ANY_SIDE},
};

static const struct reference *reference_find(const struct reference *r, Str kind, Str field)
{
    while (r->kind && !(str_is(kind, r->kind) && str_is(field, r->field)))
        r++;
    return r->kind ? r : NULL;
}

/* Facts outside every case are of one case among themselves. */
static bool is_of_case(const struct casefile *c, const struct draft *d, const struct fact *f,
                       Str ref)
{
    if (d->case_number.len == 0) return fact_get(f, "case").len == 0;
    return case_entry(c, ref) != NULL;
}

static Status target_check(struct scope *s, const struct casefile *c, const struct draft *d,
                           const struct name_value *field, const struct fact *f, Str party)
{
    const struct reference *inward = reference_find(reference_table, d->kind, field->name);
    const struct reference *r =
        inward ? inward : reference_find(outward_table, d->kind, field->name);
    if (r == NULL) return OK;
    if (!str_is(fact_get(f, "kind"), r->target))
        return fail(s, ERR_NOT_FOUND, "%.*s: %.*s is a %.*s, not a %s", STR_ARG(field->name),
                    STR_ARG(field->value), STR_ARG(fact_get(f, "kind")), r->target);
    bool own = str_eq(party, c->own_party);
    if ((r->whose == OWN_SIDE && !own) || (r->whose == OTHER_SIDE && own))
        return fail(s, ERR_NOT_FOUND, "%.*s: %.*s is a %s of %s side", STR_ARG(field->name),
                    STR_ARG(field->value), r->target, own ? "this" : "the other");
    if (inward && !is_of_case(c, d, f, field->value))
        return fail(s, ERR_NOT_FOUND, "%.*s: %.*s does not belong to this case",
                    STR_ARG(field->name), STR_ARG(field->value));
    return OK;
}

/* Has the fact the field; a release may also name all parts of one together: name, text, item? */
static bool has_field(const struct draft *d, const struct fact *f, Str field)
{
    if (fact_get_str(f, field).ptr) return true;
    for (size_t i = 0; i < f->field_count && str_is(d->kind, "release.drafted"); i++) {
        Str name = f->fields[i].name;
        if (f->fields[i].open && name.len > field.len && name.ptr[field.len] == '.' &&
            memcmp(name.ptr, field.ptr, field.len) == 0)
            return true;
    }
    return false;
}

static Status reference_check(struct scope *s, const struct casefile *c, const struct draft *d,
                              const struct name_value *field, const struct fact_finder *finder)
{
    struct fact_ref ref;
    if (!fact_ref_parse(field->value, &ref))
        return fail(s, ERR_SCHEMA, "%.*s: not a reference", STR_ARG(field->name));
    const struct fact *f = finder->find(finder->ctx, ref.party, ref.index);
    if (f == NULL || (ref.field.len && !has_field(d, f, ref.field)))
        return fail(s, ERR_NOT_FOUND, "%.*s: %.*s is not known at this post", STR_ARG(field->name),
                    STR_ARG(field->value));
    return target_check(s, c, d, field, f, ref.party);
}

/* Is the value one of the items of a list field? */
static bool has_item(const struct offer *o, Str value)
{
    for (size_t n = 0; n < o->item_count; n++)
        if (str_eq(o->items[n], value)) return true;
    return false;
}

/* "also a statement or item number inside a known fact" */
static Status act_inside_check(struct scope *s, const struct casefile *c, const struct draft *d)
{
    const struct act *a = act_find(c, draft_get(d, "act"));
    if (a == NULL) return fail(s, ERR_NOT_FOUND, "the act does not belong to this case");
    for (size_t i = 0; i < d->field_count; i++) {
        Str name = d->fields[i].name, key = d->fields[i].value;
        if (key.len == 0 || !(str_is(name, "statement") || str_has_prefix(name, "statement.")))
            continue;
        if (act_statement(a, key) == NULL)
            return fail(s, ERR_NOT_FOUND, "the act has no statement %.*s", STR_ARG(key));
    }
    return OK;
}

static Status offer_inside_check(struct scope *s, const struct casefile *c, const struct draft *d)
{
    const struct offer *o = offer_find(c, draft_get(d, "of"));
    if (o == NULL) return fail(s, ERR_NOT_FOUND, "the offer does not belong to this case");
    for (size_t i = 0; i < d->field_count; i++) {
        Str name = d->fields[i].name, value = d->fields[i].value;
        if (value.len == 0 || !(str_is(name, "item") || str_has_prefix(name, "item."))) continue;
        if (!has_item(o, value))
            return fail(s, ERR_NOT_FOUND, "the offer has no item %.*s", STR_ARG(value));
    }
    return OK;
}

static Status request_inside_check(struct scope *s, const struct draft *d,
                                   const struct fact_finder *finder)
{
    struct fact_ref ref;
    Str item = draft_get(d, "item");
    const struct fact *f = fact_ref_parse(draft_get(d, "of"), &ref)
                               ? finder->find(finder->ctx, ref.party, ref.index)
                               : NULL;
    if (f == NULL || item.len == 0) return OK;
    Str name = scope_print(s, "item.%.*s", STR_ARG(item));
    if (name.ptr == NULL) return ERR_MEMORY;
    return fact_get_str(f, name).len
               ? OK
               : fail(s, ERR_NOT_FOUND, "the request has no item %.*s", STR_ARG(item));
}

static Status inside_check(struct scope *s, const struct casefile *c, const struct draft *d,
                           const struct fact_finder *finder)
{
    bool act = str_has_prefix(d->kind, "act.") && !str_is(d->kind, "act.drafted");
    if (act || str_is(d->kind, "opinion.given")) return act_inside_check(s, c, d);
    if (str_is(d->kind, "request.answered")) return request_inside_check(s, d, finder);
    return str_has_prefix(d->kind, "handover.") && !str_is(d->kind, "handover.offered")
               ? offer_inside_check(s, c, d)
               : OK;
}

Status references_check(struct scope *s, const struct casefile *c, const struct draft *d,
                        const struct fact_finder *finder)
{
    const struct pack *p = c->pack;
    const struct kind *k = pack_kind(p, d->kind);
    for (size_t i = 0; k && i < d->field_count; i++) {
        const struct kind_field *f = kind_field_of(p, k, d->fields[i].name);
        if (f && d->fields[i].value.len && (f->type == TYPE_REF || f->type == TYPE_REFS))
            TRY(reference_check(s, c, d, &d->fields[i], finder));
    }
    return inside_check(s, c, d, finder);
}
