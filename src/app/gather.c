#include "app/gather.h"

static Status entry_add(struct gathering *g, struct neighbour *n, const struct fact_row *row)
{
    struct scope *s = g->s;
    struct post *p = g->p;
    bool own = row->journal == p->journal;
    const struct authority *a;
    if (g->count == GATHERED_MAX) return fail(s, ERR_LIMIT, "more than %d facts", GATHERED_MAX);
    if (g->count == g->room) {
        size_t room = g->room ? g->room * 2 : 64;
        struct entry *bigger = scope_array(s, room, sizeof *bigger);
        if (bigger == NULL) return ERR_MEMORY;
        if (g->count) memcpy(bigger, g->list, g->count * sizeof *bigger);
        g->list = bigger;
        g->room = room;
    }
    struct fact *f = NEW(s, struct fact);
    if (f == NULL) return ERR_MEMORY;
    TRY(fact_read(s, journal_origin(p, row->journal), row->record, f));
    TRY(post_authority(s, p, own ? NULL : n, &a));
    struct entry e = {.fact = f,
                      .party = journal_party(p, row->journal),
                      .own = own,
                      .opening = row->opening,
                      .refused = row->refused,
                      .kind = fact_get(f, "kind"),
                      .by = fact_get(f, "by"),
                      .at = row->at,
                      .is_void = authority_voids(a, fact_get(f, "by"), f->index)};
    if (n && e.opening)
        e.has_receipt =
            spans_find(own ? &n->taken_by_them : &n->taken_by_us, e.opening, &e.receipt_at);
    g->list[g->count++] = e;
    return OK;
}

/* With `n` NULL every own fact counts, whoever it was opened to. */
static Status journal_add(struct gathering *g, struct neighbour *n, int64_t journal, Str kind)
{
    struct fact_row *rows;
    size_t count;
    bool own = journal == g->p->journal;
    TRY(store_fact_of_kind(g->s, g->p->store, journal, kind, &rows, &count));
    for (size_t i = 0; i < count; i++) {
        struct neighbour *to = own ? post_neighbour_of_row(g->p, rows[i].neighbour) : n;
        if (g->outside_only && rows[i].case_number.len) continue;
        if (own && n && rows[i].opening && to != n) continue;
        TRY(entry_add(g, to, &rows[i]));
    }
    return OK;
}

Status gather_kind(struct gathering *g, struct neighbour *n, bool theirs, Str kind)
{
    TRY(journal_add(g, n, g->p->journal, kind));
    return n && theirs ? journal_add(g, n, n->journal, kind) : OK;
}

Status gather_kinds(struct gathering *g, const char *const *kinds)
{
    for (size_t i = 0; kinds[i]; i++) {
        TRY(journal_add(g, NULL, g->p->journal, str_of(kinds[i])));
        for (size_t k = 0; k < g->p->neighbour_count; k++) {
            struct neighbour *n = &g->p->neighbours[k];
            TRY(journal_add(g, n, n->journal, str_of(kinds[i])));
        }
    }
    return OK;
}
