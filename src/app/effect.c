/* What an own fact sets in motion at its post, beyond standing in the journal: aliases of linked
 * cases, openings after a resumption, drafts kept while the post may not sign. Declared in
 * app/inside.h. */
#include "app/fact.h"
#include "app/statement.h"
#include "base/json.h"

/* Nothing here may depend on anything but the facts and the order in which they came: it is
 * computed again when the projections are rebuilt. */
Status case_row_refresh(struct scope *s, struct post *p, const struct fact *f, Str party, bool own,
                        Instant at)
{
    struct case_row row = {0};
    Str number = fact_get(f, "case");
    struct neighbour *n = post_neighbour(p, STR(""));
    bool incident = str_is(fact_get(f, "kind"), "incident.registered");
    bool shows = !own && fact_shows(f); /* else it was taken back since, and is not counted */
    if (!incident) {
        Status touched = store_case_touch(s, p->store, number, at, own, shows);
        if (touched != ERR_NOT_FOUND) return touched;
    }
    Status status = store_case_load(s, p->store, number, &row);
    if (status == ERR_NOT_FOUND) {
        row = (struct case_row){.number = number,
                                .primary_number = number,
                                .type = STR(""),
                                .section = STR(""),
                                .counterpart = STR(""),
                                .opened = at};
        if (!own)
            row.counterpart = party;
        else if (n && !incident) /* an incident names it, or was registered before there was one */
            row.counterpart = n->card.party;
    } else {
        TRY(status);
    }
    if (incident && row.type.len == 0) {
        row.type = fact_get(f, "type");
        row.section = fact_get(f, "section");
        Str other = fact_get(f, "counterpart");
        if (own && other.len) row.counterpart = other;
        if (own && other.ptr == NULL && n) row.counterpart = n->card.party; /* erased since */
    }
    if (row.type.ptr == NULL) row.type = STR("");
    if (row.section.ptr == NULL) row.section = STR("");
    if (instant_before(row.changed, at)) row.changed = at;
    row.facts_own += own;
    row.facts_theirs += shows;
    return store_case_save(s, p->store, &row);
}

Status effect_in_common(struct scope *s, struct post *p, const struct fact *f)
{
    static const char *const naming[] = {"incident.registered", "incident.linked", "notice.sent",
                                         "notice.received", "release.recalled"};
    if (str_is(fact_get(f, "kind"), "mandate.revoked") &&
        str_is(fact_get(f, "reason"), "compromised"))
        return links_settle(s, p);
    for (size_t i = 0; i < COUNT_OF(naming); i++)
        if (str_is(fact_get(f, "kind"), naming[i])) return link_settle(s, p, fact_get(f, "case"));
    return OK;
}

Status effect_apply(struct scope *s, struct post *p, const struct fact *f)
{
    Str kind = fact_get(f, "kind");
    if (str_is(kind, "incident.linked")) return link_join(s, p, f);
    if (str_is(kind, "incident.unlinked")) return link_weigh(s, p, f);
    if (str_is(kind, "exchange.resumed")) {
        p->suspended_known = false;
        for (size_t i = 0; i < p->neighbour_count; i++)
            TRY(openings_catch_up(s, p, &p->neighbours[i]));
    }
    return OK;
}

Status effect_of_own(struct scope *s, struct post *p, const struct fact *f)
{
    Str kind = fact_get(f, "kind");
    if (str_is(kind, "release.recalled")) TRY(recall_apply(s, p, f));
    if (str_is(kind, "fact.erased")) return erasure_apply(s, p, f);
    if (str_is(kind, "release.approved")) {
        /* An approval stands although the gate still waits for another one. */
        Status status = release_pass(s, p, fact_get(f, "of"));
        return status == ERR_RELEASE ? OK : status;
    }
    TRY(effect_apply(s, p, f));
    return effect_in_common(s, p, f);
}

struct queueing {
    const struct session *session;
    Bytes draft;
};

static Status queue_run(struct scope *s, struct post *p, void *arg)
{
    const struct queueing *x = arg;
    return store_queue_add(s, p->store, x->session->officer, post_now(p), x->draft);
}

Status queue_draft(struct scope *s, struct post *p, const struct session *session,
                   const struct fact_request *r, struct fact_result *out)
{
    AUTO_JSON json_t *root = json_object();
    json_t *fields = json_object();
    Str text;
    bool ok = root && fields && json_object_set_new(root, "kind", json_from_str(r->kind)) == 0 &&
              json_object_set_new(root, "case", json_from_str(r->case_number)) == 0;
    for (size_t i = 0; ok && i < r->field_count; i++) {
        Str name = scope_str(s, r->fields[i].name);
        ok = name.ptr &&
             json_object_set_new(fields, name.ptr, json_from_str(r->fields[i].value)) == 0;
    }
    if (!ok || json_object_set_new(root, "fields", fields) != 0)
        return fail(s, ERR_MEMORY, "the machine has no memory left");
    TRY(json_write(s, root, &text));
    struct queueing x = {session, str_bytes(text)};
    TRY(post_write(s, p, queue_run, &x));
    *out = (struct fact_result){.ref = STR(""), .case_number = r->case_number, .queued = true};
    return OK;
}
