#include "app/judge.h"
#include "app/statement.h"
#include "core/casework/draft.h"
#include "core/casework/judgement.h"

Status named_load(struct scope *s, struct post *p, const struct kind *k, Str ref,
                  const struct fact **out)
{
    *out = NULL;
    return kind_roles_field(k) ? fact_named(s, p, ref, out) : OK;
}

Status fact_judge_here(struct scope *s, struct post *p, struct neighbour *n, const struct fact *f,
                       uint64_t opening)
{
    const struct authority *authority;
    const struct kind *k = pack_kind(&p->pack, fact_get(f, "kind"));
    const char *field = k ? kind_roles_field(k) : NULL;
    struct judging how = {.crossed = n != NULL, .opening = opening};
    TRY(post_authority(s, p, n, &authority));
    if (field) TRY(named_load(s, p, k, fact_get(f, field), &how.named));
    return fact_judge(s, &p->pack, authority, f, &how);
}

bool is_judgement(Status status)
{
    return status == ERR_SCHEMA || status == ERR_SIGNATURE || status == ERR_ROLE ||
           status == ERR_MANDATE || status == ERR_LIMIT || status == ERR_PROOF;
}

static Status refusals_add(struct scope *s, const struct fact *receipt, struct refusals *r)
{
    Str *numbers;
    size_t count;
    TRY(fact_list(s, receipt, "refused", &numbers, &count));
    uint64_t *bigger = count ? scope_array(s, r->count + count, sizeof *bigger) : r->list;
    if (count && bigger == NULL) return ERR_MEMORY;
    if (count && r->count) memcpy(bigger, r->list, r->count * sizeof *bigger);
    r->list = bigger;
    for (size_t i = 0; i < count; i++)
        if (str_u64(numbers[i], &r->list[r->count])) r->count++;
    return OK;
}

Status refusals_load(struct scope *s, struct post *p, const struct neighbour *n, bool theirs,
                     struct refusals *out)
{
    struct fact_row *rows;
    size_t count;
    struct refusals r = {0};
    int64_t journal = theirs ? n->journal : p->journal;
    TRY(store_fact_of_kind(s, p->store, journal, STR("receipt"), &rows, &count));
    for (size_t i = 0; i < count; i++) {
        struct fact f;
        if (theirs ? rows[i].refused : rows[i].neighbour != n->row.id) continue;
        TRY(fact_read(s, journal_origin(p, journal), rows[i].record, &f));
        TRY(refusals_add(s, &f, &r));
    }
    *out = r;
    return OK;
}

bool refusals_have(const struct refusals *r, uint64_t number)
{
    for (size_t i = 0; i < r->count; i++)
        if (r->list[i] == number) return true;
    return false;
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
    bool counts = status == ERR_NOT_FOUND || old.refused; /* for the first time, or again */
    if (status == OK) {
        struct fact earlier;
        TRY(fact_read(s, f->origin, old.record, &earlier));
        TRY(fact_merge(s, f, &earlier));
        row.opening = old.opening;
        row.refused = old.refused && refused;
        counts = counts || (!fact_shows(&earlier) && fact_shows(f));
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
