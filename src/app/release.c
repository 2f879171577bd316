/* Releases: what does not cross by itself goes through the gate with the approvals its fields need.
 * Recall and erasure take back. Declared in app/fact.h. */
#include "app/fact.h"
#include "app/statement.h"
#include "core/casework/gate.h"
#include <inttypes.h>

enum { APPROVERS_MAX = 16, R1 = 1 << 0, R2 = 1 << 1, R10 = 1 << 9, R11 = 1 << 10 };

struct releasing {
    const struct session *session;
    const struct session *const *approvers;
    size_t approver_count;
    const struct release_request *request;
    Str draft_ref, reason;
    struct fact_result *out;
    bool opened, preview;
    Str text;
};

/* The case that the facts of a release belong to; all must be own facts of one case. */
static Status release_case(struct scope *s, struct post *p, const Str *facts, size_t count,
                           Str *out)
{
    *out = STR("");
    for (size_t i = 0; i < count; i++) {
        struct fact_ref ref;
        struct fact f;
        if (!fact_ref_parse(facts[i], &ref))
            return fail(s, ERR_SCHEMA, "%.*s is no reference to a fact", STR_ARG(facts[i]));
        if (!str_eq(ref.party, p->card.party))
            return fail(s, ERR_NOT_FOUND, "%.*s is not a fact of this side", STR_ARG(facts[i]));
        TRY(fact_load(s, p, ref.party, ref.index, &f, NULL));
        *out = fact_get(&f, "case");
    }
    if (count == 0) return fail(s, ERR_SCHEMA, "name at least one fact to release");
    return OK;
}

static Status draft_state(struct scope *s, struct post *p, struct releasing *x,
                          struct fact_result *out)
{
    const struct release_request *r = x->request;
    struct fact_request request = {.kind = STR("release.drafted")};
    TRY(release_case(s, p, r->facts, r->fact_count, &request.case_number));
    struct name_value *fields = scope_array(s, r->fact_count + 8, sizeof *fields);
    if (fields == NULL) return ERR_MEMORY;
    size_t n = 0;
    for (size_t i = 0; i < r->fact_count; i++)
        fields[n++] = (struct name_value){scope_print(s, "fact.%zu", i + 1), r->facts[i]};
    fields[n++] = (struct name_value){STR("to"), r->to};
    fields[n++] = (struct name_value){STR("purpose"), r->purpose};
    fields[n++] = (struct name_value){STR("regime"), r->regime};
    fields[n++] = (struct name_value){STR("basis"), r->basis};
    fields[n++] = (struct name_value){STR("restrictions"), r->restrictions};
    request.fields = fields;
    request.field_count = n;
    return fact_add_inside(s, p, x->session, &request, out);
}

static Status draft_run(struct scope *s, struct post *p, void *arg)
{
    struct releasing *x = arg;
    return draft_state(s, p, x, x->out);
}

Status release_draft(struct scope *s, struct post *p, const struct session *session,
                     const struct release_request *r, struct fact_result *out)
{
    struct fact_result result = {0};
    struct releasing x = {.session = session, .request = r, .out = &result};
    TRY(post_write(s, p, draft_run, &x));
    *out = result;
    return OK;
}

/* Roles of the distinct officers who approved; a refusal ends the draft. */
static Status approvals_of(struct scope *s, struct post *p, Str draft_ref, Roles *out,
                           bool *out_refused)
{
    struct fact_row *rows;
    size_t count;
    const struct authority *a;
    Roles roles = 0;
    Str signers[APPROVERS_MAX];
    size_t signer_count = 0;
    TRY(post_authority(s, p, NULL, &a));
    TRY(store_fact_of_kind(s, p->store, p->journal, STR("release.refused"), &rows, &count));
    *out_refused = false;
    for (size_t i = 0; i < count; i++) {
        struct fact f;
        TRY(fact_read(s, p->card.origin, rows[i].record, &f));
        if (str_eq(fact_get(&f, "of"), draft_ref)) *out_refused = true;
    }
    TRY(store_fact_of_kind(s, p->store, p->journal, STR("release.approved"), &rows, &count));
    for (size_t i = 0; i < count; i++) {
        struct fact f;
        TRY(fact_read(s, p->card.origin, rows[i].record, &f));
        if (!str_eq(fact_get(&f, "of"), draft_ref)) continue;
        Str by = fact_get(&f, "by");
        bool known = false;
        for (size_t n = 0; n < signer_count && !known; n++)
            known = str_eq(signers[n], by);
        if (known || signer_count == APPROVERS_MAX) continue;
        signers[signer_count++] = by;
        /* One person counts in one role: two hats are not two people. */
        static const Roles order[] = {R11, R10, R1 | R2};
        for (size_t n = 0; n < COUNT_OF(order); n++) {
            const struct mandate *m;
            if (authority_mandate(s, a, by, order[n], STR(""), post_now(p),
                                  (struct place){rows[i].index, 0}, &m) == OK) {
                roles |= order[n] & (R10 | R11 | R1);
                break;
            }
        }
    }
    *out = roles;
    return OK;
}

/* A fact of a case names in `seen` the journal of the counterpart, and stands in the common view of
 * these two: a third post would refuse it, and has no place in the case. */
static Status addressee_check(struct scope *s, struct post *p, const struct fact *f,
                              const struct neighbour *n)
{
    Str number = fact_get(f, "case");
    struct neighbour *counterpart;
    if (number.len == 0) return OK;
    TRY(case_counterpart(s, p, number, &counterpart));
    return counterpart == n
               ? OK
               : fail(s, ERR_RELEASE, "a fact of case %.*s goes to its counterpart only",
                      STR_ARG(number));
}

/* The fields of one fact that a draft names; the whole fact is "*". */
static Status fields_of(struct scope *s, const Str *facts, size_t count, uint64_t index, Str **out,
                        size_t *out_count)
{
    Str *fields = scope_array(s, count + 1, sizeof *fields);
    size_t n = 0;
    if (fields == NULL) return ERR_MEMORY;
    for (size_t i = 0; i < count; i++) {
        struct fact_ref ref;
        if (!fact_ref_parse(facts[i], &ref) || ref.index != index) continue;
        if (ref.field.len == 0) {
            fields[0] = STR("*");
            n = 1;
            break;
        }
        fields[n++] = ref.field;
    }
    *out = fields;
    *out_count = n;
    return OK;
}

static Status open_one(struct scope *s, struct post *p, struct releasing *x, struct neighbour *n,
                       const struct fact *draft, uint64_t index, Roles roles, const Str *facts,
                       size_t count)
{
    struct fact f;
    struct casefile c;
    struct disclosure d;
    Str *fields, number;
    uint64_t opening;
    struct release r = {.approvals = roles,
                        .purpose = fact_get(draft, "purpose"),
                        .basis = fact_get(draft, "basis")};
    TRY(fields_of(s, facts, count, index, &fields, &r.field_count));
    r.fields = fields;
    TRY(fact_load(s, p, p->card.party, index, &f, NULL));
    number = fact_get(&f, "case");
    if (number.len) TRY(case_fold_own(s, p, number, &c));
    if (n) TRY(addressee_check(s, p, &f, n));
    TRY(gate_release(s, &p->pack, number.len ? &c : NULL, &f, &r, &d));
    if (x->preview) {
        struct fact part;
        TRY(fact_read(s, p->card.origin, d.record, &part));
        for (size_t i = 0; i < part.field_count; i++)
            if (part.fields[i].open)
                x->text = scope_print(s, "%.*s%.*s = %.*s\n", STR_ARG(x->text),
                                      STR_ARG(part.fields[i].name), STR_ARG(part.fields[i].value));
        return x->text.ptr ? OK : ERR_MEMORY;
    }
    /* A later approval of what has passed opens nothing twice. */
    bool same;
    TRY(opening_is_made(s, p, n, &d, &same));
    if (same) return OK;
    TRY(opening_append(s, p, n, &f, &d, &opening));
    return effect_in_common(s, p, &f);
}

static Status gate_pass(struct scope *s, struct post *p, struct releasing *x, Str draft_ref,
                        Roles roles)
{
    struct fact_ref ref;
    struct fact draft;
    struct neighbour *n;
    Str *facts;
    size_t count;
    if (!fact_ref_parse(draft_ref, &ref) || !str_eq(ref.party, p->card.party))
        return fail(s, ERR_NOT_FOUND, "%.*s is no release of this side", STR_ARG(draft_ref));
    TRY(fact_load(s, p, ref.party, ref.index, &draft, NULL));
    if (!str_is(fact_get(&draft, "kind"), "release.drafted"))
        return fail(s, ERR_NOT_FOUND, "%.*s is no release", STR_ARG(draft_ref));
    TRY(fact_list(s, &draft, "fact", &facts, &count));
    if (fact_has(&draft, "to"))
        n = post_neighbour(p, fact_get(&draft, "to"));
    else
        TRY(case_counterpart(s, p, fact_get(&draft, "case"), &n));
    if (n == NULL && !x->preview)
        return fail(s, ERR_RELEASE, "there is no neighbour to release this to");
    for (size_t i = 0; i < count; i++) {
        struct fact_ref one, earlier;
        if (!fact_ref_parse(facts[i], &one)) continue;
        bool done = false;
        for (size_t m = 0; m < i && !done; m++)
            done = fact_ref_parse(facts[m], &earlier) && earlier.index == one.index;
        if (!done) TRY(open_one(s, p, x, n, &draft, one.index, roles, facts, count));
    }
    /* Last in the order of refusals: the gate has nothing against it, but the exchange is
     * suspended. */
    bool suspended;
    TRY(post_is_suspended(s, p, &suspended));
    if (suspended && !x->preview)
        return fail(s, ERR_SUSPENDED,
                    "the exchange is suspended: the release waits until it is resumed");
    return OK;
}

Status release_pass(struct scope *s, struct post *p, Str draft_ref)
{
    struct releasing x = {0};
    Roles roles;
    bool refused;
    TRY(approvals_of(s, p, draft_ref, &roles, &refused));
    if (refused) return fail(s, ERR_STATE, "this release was refused");
    return gate_pass(s, p, &x, draft_ref, roles);
}

/* The case a draft belongs to, so that its approvals stand beside it. */
static Status draft_case(struct scope *s, struct post *p, Str draft_ref, Str *out)
{
    struct fact_ref ref;
    struct fact draft;
    *out = STR("");
    if (!fact_ref_parse(draft_ref, &ref))
        return fail(s, ERR_SCHEMA, "not a reference to a release");
    TRY(fact_load(s, p, ref.party, ref.index, &draft, NULL));
    *out = fact_get(&draft, "case");
    return OK;
}

static Status verdict_state(struct scope *s, struct post *p, const struct session *session,
                            Str kind, Str draft_ref, Str reason)
{
    struct fact_result result;
    struct name_value fields[2] = {{STR("of"), draft_ref}, {STR("reason"), reason}};
    struct fact_request request = {.kind = kind, .fields = fields, .field_count = 2};
    TRY(draft_case(s, p, draft_ref, &request.case_number));
    return fact_add_inside(s, p, session, &request, &result);
}

static Status approve_run(struct scope *s, struct post *p, void *arg)
{
    struct releasing *x = arg;
    TRY(verdict_state(s, p, x->session, STR("release.approved"), x->draft_ref, STR("")));
    Status status = release_pass(s, p, x->draft_ref);
    x->opened = status == OK;
    return status == ERR_RELEASE ? OK : status;
}

Status release_approve(struct scope *s, struct post *p, const struct session *session,
                       Str draft_ref, bool *out_opened)
{
    struct releasing x = {.session = session, .draft_ref = draft_ref};
    TRY(post_write(s, p, approve_run, &x));
    *out_opened = x.opened;
    return OK;
}

static Status refuse_run(struct scope *s, struct post *p, void *arg)
{
    struct releasing *x = arg;
    return verdict_state(s, p, x->session, STR("release.refused"), x->draft_ref, x->reason);
}

Status release_refuse(struct scope *s, struct post *p, const struct session *session, Str draft_ref,
                      Str reason)
{
    struct releasing x = {.session = session, .draft_ref = draft_ref, .reason = reason};
    return post_write(s, p, refuse_run, &x);
}

Status release_preview(struct scope *s, struct post *p, Str draft_ref, Str *out)
{
    struct releasing x = {.preview = true, .text = STR("")};
    POST_READING(p);
    TRY(gate_pass(s, p, &x, draft_ref, R1 | R10 | R11));
    *out = x.text;
    return OK;
}

static bool may_approve(struct scope *s, struct post *p, const struct session *session)
{
    const struct authority *a;
    const struct mandate *m;
    return post_authority(s, p, NULL, &a) == OK &&
           authority_mandate(s, a, session->officer, R1 | R2 | R10 | R11, STR(""), post_now(p),
                             (struct place){p->leaf_count, 0}, &m) == OK;
}

/* The drafter's own approval counts when the drafter may approve at all. */
static Status now_run(struct scope *s, struct post *p, void *arg)
{
    struct releasing *x = arg;
    struct fact_result draft;
    TRY(draft_state(s, p, x, &draft));
    if (may_approve(s, p, x->session))
        TRY(verdict_state(s, p, x->session, STR("release.approved"), draft.ref, STR("")));
    for (size_t i = 0; i < x->approver_count; i++)
        TRY(verdict_state(s, p, x->approvers[i], STR("release.approved"), draft.ref, STR("")));
    /* The openings were made with the last approval that sufficed; this tells why they were not. */
    return release_pass(s, p, draft.ref);
}

Status release_now(struct scope *s, struct post *p, const struct session *drafter,
                   const struct session *const *approvers, size_t approver_count,
                   const struct release_request *r)
{
    struct releasing x = {
        .session = drafter, .approvers = approvers, .approver_count = approver_count, .request = r};
    return post_write(s, p, now_run, &x);
}

struct adding {
    const struct session *session;
    const struct fact_request *request;
    struct releasing release;
    struct fact_result *out;
};

static Status add_run(struct scope *s, struct post *p, void *arg)
{
    struct adding *x = arg;
    const struct release_request *given = x->release.request;
    struct release_request r = *given;
    TRY(fact_add_inside(s, p, x->session, x->request, x->out));
    Str *facts = scope_array(s, given->fact_count + 1, sizeof *facts);
    if (facts == NULL) return ERR_MEMORY;
    for (size_t i = 0; i < given->fact_count; i++) {
        facts[i] = str_is(given->facts[i], "*") ? x->out->ref
                                                : scope_print(s, "%.*s.%.*s", STR_ARG(x->out->ref),
                                                              STR_ARG(given->facts[i]));
        if (facts[i].ptr == NULL) return ERR_MEMORY;
    }
    r.facts = facts;
    struct releasing release = x->release;
    release.request = &r;
    return now_run(s, p, &release);
}

Status fact_add_released(struct scope *s, struct post *p, const struct session *session,
                         const struct fact_request *request, const struct session *drafter,
                         const struct session *const *approvers, size_t approver_count,
                         const struct release_request *r, struct fact_result *out)
{
    struct fact_result result = {0};
    struct adding x = {.session = session,
                       .request = request,
                       .out = &result,
                       .release = {.session = drafter,
                                   .approvers = approvers,
                                   .approver_count = approver_count,
                                   .request = r}};
    if (p->held)
        return fail(s, ERR_STALE,
                    "this post was set back: it signs nothing until its journal is "
                    "back");
    TRY(post_write(s, p, add_run, &x));
    *out = result;
    return OK;
}
