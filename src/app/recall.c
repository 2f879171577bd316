/* Taking back: recall of what was released, erasure of what may no longer be kept. Declared in
 * app/fact.h and app/inside.h. Digests stay, so that commitments and signatures still verify. */
#include "core/casework/recall.h"
#include "app/fact.h"
#include "app/pieces.h"
#include "app/statement.h"
#include "core/casework/act.h"
#include <inttypes.h>

/* Which fields go: the named one, or all but the common five. */
static Status erased_fields(struct scope *s, const struct fact *f, Str field, bool **out)
{
    bool *erase = scope_array(s, f->field_count, sizeof *erase);
    bool any = false;
    if (erase == NULL) return ERR_MEMORY;
    for (size_t i = FACT_COMMON_FIELDS; i < f->field_count; i++)
        if (f->fields[i].open && (field.len == 0 || str_eq(f->fields[i].name, field)))
            erase[i] = any = true;
    if (!any && field.len)
        return fail(s, ERR_NOT_FOUND, "the fact has no open field %.*s", STR_ARG(field));
    *out = erase;
    return OK;
}

static Status record_erase(struct scope *s, Str origin, Bytes record, Str field, Bytes *out)
{
    struct fact f;
    bool *erase = NULL;
    TRY(fact_read(s, origin, record, &f));
    Status status = erased_fields(s, &f, field, &erase);
    if (status == ERR_NOT_FOUND) {
        *out = record; /* this opening did not carry it */
        return OK;
    }
    TRY(status);
    fact_erase(&f, erase);
    return fact_record(s, &f, out);
}

/* Lists show of a case what its registration still shows, and count of the other side's facts those
 * that show anything. */
static Status case_row_follow(struct scope *s, struct post *p, const struct fact_row *fact,
                              Bytes record)
{
    struct fact before, f;
    struct case_row row;
    Str origin = journal_origin(p, fact->journal);
    TRY(fact_read(s, origin, fact->record, &before));
    TRY(fact_read(s, origin, record, &f));
    bool incident = str_is(fact_get(&f, "kind"), "incident.registered");
    bool emptied =
        fact->journal != p->journal && !fact->refused && fact_shows(&before) && !fact_shows(&f);
    if (!incident && !emptied) return OK;
    TRY(store_case_load(s, p->store, fact->case_number, &row));
    if (incident) {
        row.type = fact_has(&f, "type") ? fact_get(&f, "type") : STR("");
        row.section = fact_has(&f, "section") ? fact_get(&f, "section") : STR("");
    }
    if (emptied && row.facts_theirs) row.facts_theirs--;
    return store_case_save(s, p->store, &row);
}

/* Erases values of a fact in every place where this post keeps them. */
static Status purge(struct scope *s, struct post *p, int64_t journal, struct neighbour *n,
                    uint64_t index, Str field, bool own_record)
{
    struct fact_row row;
    struct opening_row *openings;
    size_t count = 0;
    Bytes record;
    Str origin = journal_origin(p, journal), primary;
    TRY(store_fact_load(s, p->store, journal, index, &row));
    if (own_record) {
        TRY(record_erase(s, origin, row.record, field, &record));
        TRY(store_fact_erase(s, p->store, journal, index, record));
        TRY(blob_forget(s, p, n, row.record, record));
        if (row.case_number.len) TRY(case_row_follow(s, p, &row, record));
    }
    if (n) TRY(store_opening_of_fact(s, p->store, journal, n->row.id, index, &openings, &count));
    for (size_t i = 0; i < count; i++) {
        TRY(record_erase(s, origin, openings[i].record, field, &record));
        TRY(store_opening_erase(s, p->store, journal, n->row.id, openings[i].number, record));
    }
    if (row.case_number.len) {
        TRY(case_primary(s, p, row.case_number, &primary));
        kept_case_forget(p, primary);
    }
    return OK;
}

/* What a signed act annexes is locked. */
static Status is_annexed(struct scope *s, struct post *p, Str case_number, Str ref, bool *out)
{
    struct casefile c;
    *out = false;
    if (case_number.len == 0) return OK;
    TRY(case_fold_own(s, p, case_number, &c));
    for (size_t i = 0; i < c.act_count; i++) {
        Str *annexes;
        size_t count;
        if (c.acts[i].signature_count == 0) continue;
        TRY(fact_list(s, c.acts[i].draft->fact, "annex", &annexes, &count));
        for (size_t n = 0; n < count; n++)
            if (str_eq(annexes[n], ref) ||
                (annexes[n].len > ref.len && annexes[n].ptr[ref.len] == '.' &&
                 memcmp(annexes[n].ptr, ref.ptr, ref.len) == 0))
                *out = true;
    }
    return OK;
}

static bool is_lifted(const struct casefile *c, const struct entry *hold)
{
    for (size_t i = 0; i < c->count; i++)
        if (c->entries[i]->own && str_is(c->entries[i]->kind, "hold.lifted") &&
            case_entry(c, fact_get(c->entries[i]->fact, "hold")) == hold)
            return true;
    return false;
}

/* A hold of this side that stands over the case locks what came from the other side. */
static Status is_held(struct scope *s, struct post *p, Str case_number, bool *out)
{
    struct casefile c;
    *out = false;
    if (case_number.len == 0) return OK;
    TRY(case_fold_own(s, p, case_number, &c));
    for (size_t i = 0; i < c.count; i++) {
        Instant until;
        const struct entry *e = c.entries[i];
        if (!e->own || !str_is(e->kind, "hold.placed") || is_lifted(&c, e)) continue;
        if (!instant_parse(fact_get(e->fact, "until"), &until) ||
            instant_before(post_now(p), until))
            *out = true;
    }
    return OK;
}

Status recall_apply(struct scope *s, struct post *p, const struct fact *recall)
{
    struct fact_ref ref;
    struct fact f;
    struct fact_row row;
    struct neighbour *n;
    Str of = fact_get(recall, "of");
    if (!fact_ref_parse(of, &ref) || !str_eq(ref.party, p->card.party))
        return fail(s, ERR_NOT_FOUND, "only own facts are recalled; ask the other side");
    TRY(fact_load(s, p, ref.party, ref.index, &f, &row));
    if (row.opening == 0)
        return fail(s, ERR_NOT_FOUND, "%.*s was not opened to anybody", STR_ARG(of));
    if (!recall_is_allowed(row.kind))
        return fail(s, ERR_STATE, "a %.*s cannot be recalled", STR_ARG(row.kind));
    TRY(case_counterpart(s, p, row.case_number, &n));
    p->erased_due = true;
    /* What left is bare in the common view from now on; the own record keeps its values. What is of
     * no case may have gone to any neighbour. */
    if (n) return purge(s, p, p->journal, n, ref.index, ref.field, false);
    for (size_t i = 0; i < p->neighbour_count; i++)
        TRY(purge(s, p, p->journal, &p->neighbours[i], ref.index, ref.field, false));
    return OK;
}

static Status take_back(struct scope *s, struct post *p, const struct session *session, Str kind,
                        Str of, Str ground)
{
    struct fact_ref ref;
    struct fact_view view;
    struct fact_result result;
    struct name_value fields[2] = {{STR("of"), of}, {STR("ground"), ground}};
    struct fact_request request = {.kind = kind, .fields = fields, .field_count = 2};
    if (!fact_ref_parse(of, &ref)) return fail(s, ERR_SCHEMA, "not a reference to a fact");
    Str whole = scope_print(s, "%.*s:%" PRIu64, STR_ARG(ref.party), ref.index);
    if (whole.ptr == NULL) return ERR_MEMORY;
    TRY(fact_show(s, p, whole, ROLES_ALL, &view));
    request.case_number = view.case_number;
    return fact_add(s, p, session, &request, &result);
}

Status release_recall(struct scope *s, struct post *p, const struct session *session, Str fact_ref,
                      Str ground)
{
    return take_back(s, p, session, STR("release.recalled"), fact_ref, ground);
}

Status recall_execute(struct scope *s, struct post *p, struct neighbour *n,
                      const struct fact *recalled)
{
    struct fact_ref ref;
    struct fact_row row;
    struct stated stated;
    bool annexed, held;
    Str of = fact_get(recalled, "of");
    if (!fact_ref_parse(of, &ref) || !str_eq(ref.party, n->card.party)) return OK;
    Status status = store_fact_load(s, p->store, n->journal, ref.index, &row);
    if (status == ERR_NOT_FOUND) return OK;
    TRY(status);
    if (!recall_is_allowed(row.kind)) return OK;
    TRY(is_annexed(s, p, row.case_number, of, &annexed));
    TRY(is_held(s, p, row.case_number, &held));
    bool locked = annexed || held;
    Str recall = scope_print(s, "%.*s:%" PRIu64, STR_ARG(n->card.party), recalled->index);
    struct name_value fields[24] = {{STR("of"), recall},
                                    {STR("purged"), locked ? STR("locked") : STR("yes")},
                                    {STR("ground"), annexed ? STR("annexed to a signed act")
                                                    : held  ? STR("held")
                                                            : STR("")}};
    if (!locked) TRY(purge(s, p, n->journal, n, ref.index, ref.field, true));
    p->erased_due = true;
    if (p->held || n->owed) return OK; /* it is told once the post may sign again */
    struct statement_of_fact st = {.kind = STR("recall.executed"),
                                   .case_number = row.case_number,
                                   .fields = fields,
                                   .field_count = 3,
                                   .to = n,
                                   .by_post = true};
    return fact_state(s, p, &st, &stated);
}

Status recall_is_executed(struct scope *s, struct post *p, const struct neighbour *n,
                          const struct fact *recalled, bool *out)
{
    struct fact_row *rows;
    size_t count;
    Str recall = scope_print(s, "%.*s:%" PRIu64, STR_ARG(n->card.party), recalled->index);
    TRY(store_fact_of_kind(s, p->store, p->journal, STR("recall.executed"), &rows, &count));
    *out = false;
    for (size_t i = 0; i < count && !*out; i++) {
        struct fact f;
        TRY(fact_read(s, p->card.origin, rows[i].record, &f));
        *out = str_eq(fact_get(&f, "of"), recall);
    }
    return OK;
}

Status erasure_repeat(struct scope *s, struct post *p, Str of, bool everywhere)
{
    struct fact_ref ref;
    struct fact_row row;
    struct neighbour *n;
    if (!fact_ref_parse(of, &ref)) return OK;
    bool own = str_eq(ref.party, p->card.party);
    n = own ? NULL : post_neighbour(p, ref.party);
    if (!own && n == NULL) return OK;
    int64_t journal = own ? p->journal : n->journal;
    Status status = store_fact_load(s, p->store, journal, ref.index, &row);
    if (status == ERR_NOT_FOUND) return OK;
    TRY(status);
    if (!own) return purge(s, p, journal, n, ref.index, ref.field, true);
    if (everywhere) TRY(purge(s, p, journal, NULL, ref.index, ref.field, true));
    for (size_t i = 0; i < p->neighbour_count; i++)
        TRY(purge(s, p, journal, &p->neighbours[i], ref.index, ref.field, false));
    return OK;
}

/* Does an opening to this neighbour still show the field, or any when none is named? */
static Status is_shown(struct scope *s, struct post *p, const struct neighbour *n, uint64_t index,
                       Str field, bool *out)
{
    struct opening_row *rows;
    size_t count;
    TRY(store_opening_of_fact(s, p->store, p->journal, n->row.id, index, &rows, &count));
    for (size_t i = 0; i < count; i++) {
        struct fact f;
        TRY(fact_read(s, p->card.origin, rows[i].record, &f));
        for (size_t k = FACT_COMMON_FIELDS; k < f.field_count; k++)
            if (f.fields[k].open && (field.len == 0 || str_eq(f.fields[k].name, field)))
                *out = true;
    }
    return OK;
}

Status erasure_apply(struct scope *s, struct post *p, const struct fact *erasure)
{
    struct fact_ref ref;
    struct fact f;
    bool shown = false;
    if (!fact_ref_parse(fact_get(erasure, "of"), &ref) || !str_eq(ref.party, p->card.party))
        return fail(s, ERR_NOT_FOUND, "only own facts are erased here");
    TRY(fact_load(s, p, ref.party, ref.index, &f, NULL));
    /* Who might sign, and with which key, is asked of every entry for as long as the journal is. */
    if (kind_is_authority(fact_get(&f, "kind")) && !str_is(ref.field, "name"))
        return fail(s, ERR_STATE, "of a power only the officer's name is erased");
    for (size_t i = 0; i < p->neighbour_count; i++)
        TRY(is_shown(s, p, &p->neighbours[i], ref.index, ref.field, &shown));
    p->erased_due = true;
    /* An erasure does not cross: without a recall the two common views would part for good. */
    if (shown) return fail(s, ERR_STATE, "the other side holds these values: recall them first");
    TRY(purge(s, p, p->journal, NULL, ref.index, ref.field, true));
    for (size_t i = 0; i < p->neighbour_count; i++)
        TRY(purge(s, p, p->journal, &p->neighbours[i], ref.index, ref.field, false));
    return OK;
}

Status fact_erase_values(struct scope *s, struct post *p, const struct session *session,
                         Str fact_ref, Str ground)
{
    return take_back(s, p, session, STR("fact.erased"), fact_ref, ground);
}
