#include "app/fact.h"
#include "app/judge.h"
#include "app/officer.h"
#include "app/outside.h"
#include "app/statement.h"
#include "core/casework/rule.h"
#include <inttypes.h>

struct adding {
    const struct session *session;
    const struct fact_request *request;
    struct secret_key root;
    bool has_root;
    const struct ready *ready; /* or NULL */
    bool waits;                /* nothing was stated: the post may not sign this now */
    struct fact_result *out;
};

/* Facts that references may name, found in the database. */
struct finding {
    struct post *post;
    struct scope *scope;
    const struct authority *authority;
    Str officer; /* the author, who may name only what that role may know of */
    bool all; /* a release may name anything: the gate answers, alike for all that never leaves */
    Status failed; /* of the machine: "not found" would then be untrue */
};

static const struct fact *find(void *ctx, Str party, uint64_t index)
{
    struct finding *x = ctx;
    struct fact *f = NEW(x->scope, struct fact);
    const struct mandate *m;
    Status status = f ? fact_load(x->scope, x->post, party, index, f, NULL) : ERR_MEMORY;
    if (status != OK && status != ERR_NOT_FOUND) x->failed = status;
    if (status != OK) return NULL;
    Roles roles = sight_roles_alone(pack_kind(&x->post->pack, fact_get(f, "kind")));
    bool is_hidden =
        roles && !x->all &&
        authority_mandate(x->scope, x->authority, x->officer, roles, STR(""), post_now(x->post),
                          (struct place){x->post->leaf_count, 0}, &m) != OK;
    return is_hidden ? NULL : f;
}

static Status number_known(struct scope *s, struct post *p, const struct kind *k, Str given,
                           Str *out)
{
    *out = STR("");
    if (k->use == CASE_NONE || given.len == 0) return OK;
    return case_primary(s, p, given, out);
}

/* R1 and R2 hold their power from the state itself: the offline root key signs their mandates. */
static bool needs_root(const struct draft *d)
{
    if (str_is(d->kind, "key.rotated")) return true;
    Str role = draft_get(d, "role");
    return str_is(d->kind, "mandate.granted") && (str_is(role, "R1") || str_is(role, "R2"));
}

static Status root_check(struct scope *s, struct post *p, struct adding *x, const struct draft *d)
{
    if (!needs_root(d)) return OK;
    Status status = root_key_read(s, p, x->request->root_file, &x->root);
    if (status != OK) return status == ERR_MEMORY ? status : ERR_MANDATE;
    x->has_root = true;
    return OK;
}

/* A session that was open when the officer's key gave way cannot sign any more. */
static Status key_check(struct scope *s, struct post *p, const struct adding *x,
                        const struct authority *a)
{
    PublicKey key;
    Str by = x->session->officer;
    if (authority_officer_key(a, by, p->leaf_count, &key) &&
        memcmp(key.bytes, x->session->key.public.bytes, KEY_BYTES) == 0)
        return OK;
    return fail(s, ERR_SIGNATURE, "the key of %.*s has given way to another: sign in again",
                STR_ARG(by));
}

static Status enrolment_check(struct scope *s, struct post *p, const struct adding *x,
                              struct draft *d)
{
    const struct authority *a;
    Str officer = draft_get(d, "officer"), key;
    TRY(post_authority(s, p, NULL, &a));
    if (str_is(d->kind, "mandate.granted") && authority_officer(a, officer) == NULL)
        return fail(s, ERR_NOT_FOUND, "%.*s is not enrolled", STR_ARG(officer));
    if (!str_is(d->kind, "officer.enrolled")) return OK;
    if (authority_officer(a, officer))
        return fail(s, ERR_DUPLICATE, "%.*s is enrolled already", STR_ARG(officer));
    if (draft_get(d, "key").len) return OK;
    Str password = x->request->password.len ? x->request->password : officer;
    if (x->request->password.len == 0 && !p->weak_passwords)
        return fail(s, ERR_USAGE, "the new officer needs a password");
    TRY(officer_key_make(s, p, officer, password, &key));
    draft_set(d, "key", key);
    return OK;
}

/* Facts that take no part in the fold and refer to nothing are stated without folding the case. */
static bool needs_fold(const struct kind *k)
{
    for (size_t i = 0; i < k->field_count; i++)
        if (k->fields[i].type == TYPE_REF || k->fields[i].type == TYPE_REFS) return true;
    return str_has_prefix(k->name, "handover.") || str_has_prefix(k->name, "case.") ||
           str_is(k->name, "incident.dropped") || str_has_prefix(k->name, "checklist.") ||
           str_has_prefix(k->name, "act.");
}

/* The same for facts outside every case: minutes are signed, and proposals answered once, there
 * too. */
static bool folds_outside(const struct kind *k)
{
    return str_has_prefix(k->name, "act.") || str_is(k->name, "opinion.given") ||
           str_is(k->name, "proposal.answered");
}

static Status draft_make(struct scope *s, struct post *p, struct adding *x, struct draft *d)
{
    const struct fact_request *r = x->request;
    if (r->field_count > DRAFT_FIELDS_MAX)
        return fail(s, ERR_LIMIT, "more than %d fields", DRAFT_FIELDS_MAX);
    *d = (struct draft){.kind = r->kind,
                        .case_number = r->case_number,
                        .by = x->session->officer,
                        .at = post_now(p)};
    d->fields = scope_array(s, r->field_count + 24, sizeof *d->fields);
    if (d->fields == NULL) return ERR_MEMORY;
    if (r->field_count) memcpy(d->fields, r->fields, r->field_count * sizeof *d->fields);
    d->field_count = r->field_count;
    return OK;
}

/* The case before the fact, as far as its checks need it. */
static Status draft_fold(struct scope *s, struct post *p, const struct kind *k, Str number,
                         struct casefile *out, bool *out_folded)
{
    bool outside = number.len == 0 && folds_outside(k);
    *out_folded = number.len > 0 || outside;
    if (outside) return outside_fold(s, p, post_neighbour(p, STR("")), out);
    if (number.len == 0) {
        *out = (struct casefile){.pack = &p->pack, .own_party = p->card.party};
        return OK;
    }
    /* What is annexed to an act must be open to both. */
    if (str_is(k->name, "act.signed")) return case_fold_both(s, p, number, out);
    return needs_fold(k) ? case_fold_own(s, p, number, out) : case_flags(s, p, number, out);
}

/* Form first, then the author's power, then the case (facts.md section 3, order of refusals). */
static Status checks(struct scope *s, struct post *p, struct adding *x, const struct kind *k,
                     struct draft *d, struct casefile *c, bool *out_folded)
{
    struct name_value *ordered;
    size_t count;
    const struct authority *a;
    const struct mandate *m;
    Str number, section = STR("");
    struct draft formed = *d;
    /* A new case has no number yet; the form asks only whether the kind may stand without one. */
    if (str_is(d->kind, "incident.registered") && d->case_number.len == 0)
        formed.case_number = STR("new");
    if (!ready_has_form_of(x->ready, d)) TRY(draft_order(s, &p->pack, &formed, &ordered, &count));
    TRY(post_authority(s, p, NULL, &a));
    Status known = number_known(s, p, k, d->case_number, &number);
    if (known != OK && known != ERR_NOT_FOUND) return known;
    struct kept_case *kept = NULL;
    if (number.len) {
        TRY(kept_find(s, p, number, &kept));
        section = kept->section;
    }
    if (str_is(d->kind, "incident.registered")) section = draft_get(d, "section");
    Roles roles = draft_roles(k, d);
    const char *field = kind_roles_field(k);
    const struct fact *named = NULL;
    if (field) TRY(named_load(s, p, k, draft_get(d, field), &named));
    roles = roles_as_named(&p->pack, k, named, roles);
    TRY(authority_mandate(s, a, d->by, roles, section, d->at, (struct place){p->leaf_count, 0},
                          &m));
    TRY(key_check(s, p, x, a));
    TRY(root_check(s, p, x, d));
    Instant asked; /* a mandate that was given since does not reach back */
    if (x->ready && m->has_from && instant_parse(fact_get(&x->ready->fact, "at"), &asked) &&
        instant_before(asked, m->from))
        x->ready = NULL;
    if (known != OK) return known;
    d->case_number = number;
    TRY(draft_fold(s, p, k, number, c, out_folded));
    Str mandate = fact_ref_format(s, p->card.party, m->index);
    if (mandate.ptr == NULL) return ERR_MEMORY;
    TRY(statement_fill(s, p, k, c, mandate, d));
    struct finding finding = {p, s, a, d->by, str_is(d->kind, "release.drafted"), OK};
    struct fact_finder finder = {find, &finding};
    Status ruled = rule_check(s, c, d, &finder);
    if (finding.failed != OK)
        return fail(s, finding.failed, "a fact that this one names could not be read: try again");
    TRY(ruled);
    return enrolment_check(s, p, x, d);
}

static Status add(struct scope *s, struct post *p, struct adding *x)
{
    struct draft d;
    struct casefile c;
    struct stated stated;
    bool folded = false;
    const struct kind *k = pack_kind(&p->pack, x->request->kind);
    if (k == NULL)
        return fail(s, ERR_SCHEMA, "there is no kind of fact called %.*s",
                    STR_ARG(x->request->kind));
    TRY(draft_make(s, p, x, &d));
    TRY(checks(s, p, x, k, &d, &c, &folded));
    struct statement_of_fact f = {.kind = d.kind,
                                  .case_number = d.case_number,
                                  .by = d.by,
                                  .key = &x->session->key,
                                  .fields = d.fields,
                                  .field_count = d.field_count,
                                  .root = x->has_root ? &x->root : NULL,
                                  .c = folded ? &c : NULL,
                                  .ready = x->ready};
    TRY(fact_state(s, p, &f, &stated));
    TRY(effect_of_own(s, p, &stated.fact));
    x->out->ref = fact_ref_format(s, p->card.party, stated.fact.index);
    x->out->case_number = stated.case_number;
    return x->out->ref.ptr ? OK : ERR_MEMORY;
}

static Status add_and_wipe(struct scope *s, struct post *p, struct adding *x)
{
    Status status = add(s, p, x);
    secret_wipe(&x->root, sizeof x->root);
    return status;
}

Status fact_add_inside(struct scope *s, struct post *p, const struct session *session,
                       const struct fact_request *request, struct fact_result *out)
{
    struct adding x = {.session = session, .request = request, .out = out};
    return add_and_wipe(s, p, &x);
}

bool fact_must_wait(struct scope *s, struct post *p, const struct fact_request *request)
{
    struct neighbour *n = NULL;
    bool owed = false;
    for (size_t i = 0; i < p->neighbour_count; i++)
        owed = owed || p->neighbours[i].owed;
    if (p->held || !owed || request->case_number.len == 0) return p->held;
    return case_counterpart(s, p, request->case_number, &n) == OK && n && n->owed;
}

static Status add_run(struct scope *s, struct post *p, void *arg)
{
    struct adding *x = arg;
    x->waits = fact_must_wait(s, p, x->request);
    if (x->waits) return fail(s, ERR_STALE, "the post may not sign now");
    return add_and_wipe(s, p, x);
}

Status fact_add(struct scope *s, struct post *p, const struct session *session,
                const struct fact_request *request, struct fact_result *out)
{
    struct fact_result result = {0};
    struct adding x = {.session = session, .request = request, .out = &result};
    x.ready = fact_ready(s, p, session, request);
    Status status = post_write_repeatable(s, p, add_run, &x);
    if (x.waits) return queue_draft(s, p, session, request, out);
    TRY(status);
    *out = result;
    return OK;
}

Status fact_view_make(struct scope *s, struct post *p, const struct entry *e, Roles roles,
                      struct fact_view *out)
{
    const struct fact *f = e->fact;
    const struct kind *k = pack_kind(&p->pack, fact_get(f, "kind"));
    enum sight sight = sight_of(k, e->own, fact_get(f, "case").len > 0, roles);
    if (sight == SIGHT_NONE) return fail(s, ERR_NOT_FOUND, "no such fact is known at this post");
    struct fact_view v = {.party = e->party,
                          .kind = fact_get(f, "kind"),
                          .case_number = fact_get(f, "case"),
                          .by = fact_get(f, "by"),
                          .index = f->index,
                          .opening = e->opening,
                          .own = e->own,
                          .whole = f->whole,
                          .late = e->late,
                          .refused = e->refused,
                          .is_void = e->is_void,
                          .sight = sight};
    (void)instant_parse(fact_get(f, "at"), &v.at);
    v.ref = entry_ref(s, e);
    struct writer w = writer_open(s, 80);
    write_hex(&w, hash_bytes(&f->body));
    TRY(writer_close_str(&w, &v.body));
    v.fields = scope_array(s, f->field_count, sizeof *v.fields);
    if (v.fields == NULL || v.ref.ptr == NULL) return ERR_MEMORY;
    for (size_t i = FACT_COMMON_FIELDS; i < f->field_count; i++) {
        const struct fact_field *field = &f->fields[i];
        bool shown = field->open && sight_shows(sight, &p->pack, k, field->name);
        v.fields[v.field_count++] =
            (struct field_view){.name = scope_str(s, field->name),
                                .value = shown ? scope_str(s, field->value) : STR(""),
                                .open = shown};
    }
    *out = v;
    return OK;
}

Status fact_show(struct scope *s, struct post *p, Str ref, Roles roles, struct fact_view *out)
{
    struct fact_ref r;
    struct fact_row row;
    struct fact *f = NEW(s, struct fact);
    if (f == NULL) return ERR_MEMORY;
    if (!fact_ref_parse(ref, &r) || r.field.len)
        return fail(s, ERR_USAGE, "a fact is named party:index");
    POST_READING(p);
    TRY(fact_load(s, p, r.party, r.index, f, &row));
    struct entry e = {.fact = f,
                      .party = scope_str(s, r.party),
                      .own = row.journal == p->journal,
                      .opening = row.opening,
                      .refused = row.refused};
    return fact_view_make(s, p, &e, roles, out);
}
