/* Projections made again from the truth: own facts in the order of the journal, and between them
 * what had arrived by then, as each own fact says in `seen`. Declared in app/paper.h. */
#include "app/judge.h"
#include "app/paper.h"
#include "app/statement.h"

enum { BATCH = 256, BATCH_BYTES = 8 << 20 };

struct replay {
    uint64_t applied[NEIGHBOURS_MAX];
    struct refusals refused[NEIGHBOURS_MAX];
};

/* Effects that show in rows; all others left facts of their own, which are replayed themselves. */
static Status effect_again(struct scope *s, struct post *p, const struct fact *f)
{
    Str kind = fact_get(f, "kind");
    bool shows = str_is(kind, "incident.linked") || str_is(kind, "incident.unlinked");
    return shows ? effect_apply(s, p, f) : OK;
}

/* The verdict was given when the opening arrived, and stands in an own receipt; only what has none
 * (receipts themselves, and what waits for one) is judged again. */
static Status refused_before(struct scope *s, struct post *p, struct neighbour *n,
                             const struct refusals *told, const struct fact *f, uint64_t number,
                             bool *out)
{
    Instant at;
    *out = refusals_have(told, number);
    if (spans_find(&n->taken_by_us, number, &at)) return OK;
    Status verdict = fact_judge_here(s, p, n, f, number);
    *out = verdict != OK;
    return verdict == OK || is_judgement(verdict) ? OK : verdict;
}

static Status opening_again(struct scope *s, struct post *p, struct neighbour *n,
                            const struct refusals *told, const struct opening_row *row)
{
    struct fact f;
    TRY(fact_read(s, n->card.origin, row->record, &f));
    bool refused;
    TRY(refused_before(s, p, n, told, &f, row->number, &refused));
    TRY(opening_keep(s, p, n, &f, row->number, row->at, refused));
    if (kind_is_authority(row->kind)) post_authority_forget(p, n);
    return refused ? OK : effect_again(s, p, &f);
}

static Status openings_batch(struct scope *s, struct post *p, struct neighbour *n, uint64_t up_to,
                             struct replay *r, bool *out_more)
{
    uint64_t *applied = &r->applied[n - p->neighbours];
    struct opening_row *rows;
    size_t count;
    TRY(store_opening_list(s, p->store, n->journal, n->row.id, *applied, BATCH, BATCH_BYTES, &rows,
                           &count));
    *out_more = count > 0;
    for (size_t i = 0; i < count; i++) {
        if (rows[i].number > up_to) {
            *out_more = false;
            break;
        }
        TRY(opening_again(s, p, n, &r->refused[n - p->neighbours], &rows[i]));
        *applied = rows[i].number;
    }
    return OK;
}

/* Their openings up to a number, in order. */
static Status openings_again(struct scope *s, struct post *p, struct neighbour *n, uint64_t up_to,
                             struct replay *r)
{
    uint64_t *applied = &r->applied[n - p->neighbours];
    bool more = *applied < up_to;
    while (more) {
        AUTO_SCOPE struct scope *work = scope_open(WORK_BYTES_MAX);
        if (work == NULL) return fail(s, ERR_MEMORY, "the machine has no memory left");
        Status status = openings_batch(work, p, n, up_to, r, &more);
        if (status != OK) return fail(s, status, "%s", scope_reason(work));
    }
    return OK;
}

/* Whose journal has this root: for a case that no row tells of yet. */
static Status seen_by_root(struct scope *s, struct post *p, const struct seen *seen,
                           struct neighbour **out)
{
    *out = NULL;
    for (size_t i = 0; i < p->neighbour_count && seen->size && *out == NULL; i++) {
        struct neighbour *n = &p->neighbours[i];
        uint64_t leaves;
        Hash root;
        TRY(store_leaf_count(s, p->store, n->journal, &leaves));
        if (leaves < seen->size) continue;
        TRY(store_tree_root(s, p->store, n->journal, seen->size, &root));
        if (hash_eq(&root, &seen->root)) *out = n;
    }
    return OK;
}

/* Whose openings the author of an own fact had seen: the case's counterpart, or whose incident it
 * links. */
static Status seen_of(struct scope *s, struct post *p, const struct fact *f,
                      const struct seen *seen, struct neighbour **out)
{
    struct fact_ref theirs;
    if (fact_ref_parse(fact_get(f, "theirs"), &theirs)) {
        *out = post_neighbour(p, theirs.party);
        return OK;
    }
    TRY(case_counterpart(s, p, fact_get(f, "case"), out));
    return *out ? OK : seen_by_root(s, p, seen, out);
}

static Status own_again(struct scope *s, struct post *p, const struct fact_row *row,
                        struct replay *r)
{
    struct fact f;
    struct seen seen;
    struct neighbour *n;
    if (row->case_number.len == 0 && !str_has_prefix(row->kind, "incident.")) return OK;
    TRY(fact_read(s, p->card.origin, row->record, &f));
    if (!seen_parse(fact_get(&f, "seen"), &seen)) seen = (struct seen){0};
    TRY(seen_of(s, p, &f, &seen, &n));
    if (n) TRY(openings_again(s, p, n, seen.opening, r));
    if (row->case_number.len) TRY(case_row_refresh(s, p, &f, p->card.party, true, row->at));
    return row->refused ? OK : effect_again(s, p, &f);
}

static Status owns_batch(struct scope *s, struct post *p, uint64_t *first, struct replay *r,
                         bool *out_more)
{
    struct fact_row *rows;
    size_t count;
    TRY(store_fact_list(s, p->store, p->journal, *first, BATCH, &rows, &count));
    *out_more = count > 0;
    for (size_t i = 0; i < count; i++) {
        TRY(own_again(s, p, &rows[i], r));
        *first = rows[i].index + 1;
    }
    return OK;
}

static Status replay(struct scope *s, struct post *p, struct replay *r)
{
    uint64_t first = 0;
    for (bool more = true; more;) {
        AUTO_SCOPE struct scope *work = scope_open(WORK_BYTES_MAX);
        if (work == NULL) return fail(s, ERR_MEMORY, "the machine has no memory left");
        Status status = owns_batch(work, p, &first, r, &more);
        if (status != OK) return fail(s, status, "%s", scope_reason(work));
    }
    for (size_t i = 0; i < p->neighbour_count; i++)
        TRY(openings_again(s, p, &p->neighbours[i], UINT64_MAX, r));
    return OK;
}

static Status rebuild_run(struct scope *s, struct post *p, void *arg)
{
    struct replay *r = arg;
    for (size_t i = 0; i < p->neighbour_count; i++)
        TRY(refusals_load(s, p, &p->neighbours[i], false, &r->refused[i]));
    TRY(store_projections_clear(s, p->store));
    post_forget(p);
    Status status = replay(s, p, r);
    post_forget(p);
    TRY(status);
    return links_settle(s, p); /* how linked cases are called follows from all of it */
}

Status post_rebuild(struct scope *s, struct post *p)
{
    struct replay r = {0};
    return post_write(s, p, rebuild_run, &r);
}
