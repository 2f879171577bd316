#include "app/judge.h"
#include "app/statement.h"
#include "core/casework/draft.h"

Status roles_narrow(struct scope *s, struct post *p, const struct kind *k, Str ref, Roles *roles)
{
    struct fact_ref r;
    struct fact named;
    if (kind_roles_field(k) == NULL || !fact_ref_parse(ref, &r)) return OK;
    Status status = fact_load(s, p, r.party, r.index, &named, NULL);
    if (status == ERR_NOT_FOUND) return OK;
    TRY(status);
    *roles = roles_as_named(&p->pack, k, &named, *roles);
    return OK;
}

Status opening_judge(struct scope *s, struct post *p, struct neighbour *n, const struct fact *f)
{
    const struct authority *authority;
    const struct mandate *m;
    Str by = fact_get(f, "by"), kind = fact_get(f, "kind");
    TRY(fact_check_form(s, &p->pack, f));
    TRY(post_authority(s, p, n, &authority));
    const PublicKey *key = authority_key(authority, by);
    if (key == NULL || !fact_is_signed_by(f, key))
        return fail(s, ERR_SIGNATURE, "%.*s did not sign this entry", STR_ARG(by));
    const struct kind *k = pack_kind(&p->pack, kind);
    if (k == NULL) return OK;
    bool post = authority_is_post(authority, by);
    bool founding = str_is(kind, "officer.enrolled") || str_is(kind, "mandate.granted");
    Str role = fact_get(f, "role");
    bool root = (post && founding) || str_is(kind, "key.rotated") ||
                (str_is(kind, "mandate.granted") && (str_is(role, "R1") || str_is(role, "R2")));
    if (root && !root_note_holds(f, &n->card.root))
        return fail(s, ERR_MANDATE, "this needs the root signature of %.*s",
                    STR_ARG(n->card.party));
    if (post)
        return k->roles & 1u << ROLE_POST_BIT
                   ? OK
                   : fail(s, ERR_ROLE, "a post does not state %.*s", STR_ARG(kind));
    Instant at;
    (void)instant_parse(fact_get(f, "at"), &at);
    Roles roles = fact_roles(k, f);
    const char *field = kind_roles_field(k);
    if (field) TRY(roles_narrow(s, p, k, fact_get(f, field), &roles));
    return authority_mandate(s, authority, by, roles, STR(""), at, f->index, &m);
}

bool is_judgement(Status status)
{
    return status == ERR_SCHEMA || status == ERR_SIGNATURE || status == ERR_ROLE ||
           status == ERR_MANDATE || status == ERR_LIMIT;
}

Status opening_keep(struct scope *s, struct post *p, struct neighbour *n, struct fact *f,
                    uint64_t number, Instant at, bool refused)
{
    struct fact_row old;
    struct fact_row row = {.journal = n->journal,
                           .index = f->index,
                           .kind = fact_get(f, "kind"),
                           .case_number = fact_get(f, "case"),
                           .officer = fact_get(f, "by"),
                           .opening = number,
                           .neighbour = n->row.id,
                           .body = f->body,
                           .refused = refused};
    (void)instant_parse(fact_get(f, "at"), &row.at);
    Status status = store_fact_load(s, p->store, n->journal, f->index, &old);
    if (status != OK && status != ERR_NOT_FOUND) return status;
    bool counts = status == ERR_NOT_FOUND || old.refused; /* for the first time */
    if (status == OK) {
        struct fact earlier;
        TRY(fact_read(s, f->origin, old.record, &earlier));
        TRY(fact_merge(s, f, &earlier));
        row.opening = old.opening;
        row.refused = old.refused && refused;
    }
    TRY(fact_record(s, f, &row.record));
    TRY(store_fact_save(s, p->store, &row));
    if (row.case_number.len && !refused) {
        Str primary;
        if (counts) TRY(case_row_refresh(s, p, f, n->card.party, false, at));
        TRY(case_primary(s, p, row.case_number, &primary));
        kept_case_forget(p, primary);
    }
    return OK;
}
