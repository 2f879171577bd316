#include "app/outside.h"
#include "app/statement.h"

struct gathering {
    struct neighbour *n;
    struct entry *list;
    size_t count, room;
};

static Status entry_add(struct scope *s, struct post *p, struct gathering *g,
                        const struct fact_row *row)
{
    if (g->count == g->room) {
        size_t room = g->room ? g->room * 2 : 64;
        struct entry *bigger = scope_array(s, room, sizeof *bigger);
        if (bigger == NULL) return ERR_MEMORY;
        if (g->count) memcpy(bigger, g->list, g->count * sizeof *bigger);
        g->list = bigger;
        g->room = room;
    }
    bool own = row->journal == p->journal;
    struct fact *f = NEW(s, struct fact);
    const struct authority *a;
    if (f == NULL) return ERR_MEMORY;
    TRY(fact_read(s, journal_origin(p, row->journal), row->record, f));
    TRY(post_authority(s, p, own ? NULL : g->n, &a));
    struct entry e = {.fact = f, .party = journal_party(p, row->journal), .own = own,
                      .opening = row->opening, .refused = row->refused,
                      .is_void = authority_voids(a, fact_get(f, "by"), f->index)};
    const struct spans *spans = own ? &g->n->taken_by_them : &g->n->taken_by_us;
    if (g->n && e.opening) e.has_receipt = spans_find(spans, e.opening, &e.receipt_at);
    g->list[g->count++] = e;
    return OK;
}

static Status kind_add(struct scope *s, struct post *p, struct gathering *g, int64_t journal,
                       Str kind)
{
    struct fact_row *rows;
    size_t count;
    TRY(store_fact_of_kind(s, p->store, journal, kind, &rows, &count));
    for (size_t i = 0; i < count; i++) {
        const struct fact_row *row = &rows[i];
        bool for_another = row->journal == p->journal && row->opening &&
                           (g->n == NULL || row->neighbour != g->n->row.id);
        if (row->case_number.len || for_another) continue;
        TRY(entry_add(s, p, g, row));
    }
    return OK;
}

Status outside_fold(struct scope *s, struct post *p, struct neighbour *n, struct casefile *out)
{
    struct gathering g = {.n = n};
    for (size_t side = 0; side < (n ? 2 : 1); side++) {
        int64_t journal = side ? n->journal : p->journal;
        /* The first fact of each journal makes both parties known, whoever has spoken. */
        TRY(kind_add(s, p, &g, journal, STR("post.opened")));
        for (size_t i = 0; i < p->pack.kind_count; i++)
            if (p->pack.kinds[i].use == CASE_OPTIONAL)
                TRY(kind_add(s, p, &g, journal, p->pack.kinds[i].name));
    }
    return case_fold(s, &p->pack, p->card.party, g.list, g.count, post_now(p), out);
}

Status outside_view_load(struct scope *s, struct post *p, Str party, struct case_view *out)
{
    struct case_view v = {.common_digest = STR("")};
    struct zone zones[SIDES];
    POST_READING(p);
    struct neighbour *n = post_neighbour(p, party);
    if (n == NULL && party.len)
        return fail(s, ERR_NOT_FOUND, "%.*s is not paired", STR_ARG(party));
    TRY(outside_fold(s, p, n, &v.file));
    for (int i = 0; i < SIDES; i++)
        zones[i] = *post_zone(p, v.file.parties[i]);
    TRY(duties_list(s, &v.file, zones, post_now(p), &v.duties, &v.duty_count));
    for (size_t i = 0; i < v.file.count; i++) {
        if (v.file.entries[i]->own)
            v.facts_own++;
        else
            v.facts_theirs++;
    }
    v.counterpart = n ? n->card.party : STR("");
    *out = v;
    return OK;
}
