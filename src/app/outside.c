#include "app/outside.h"
#include "app/gather.h"

static Status outside_gather(struct gathering *g, struct neighbour *n)
{
    const struct pack *pack = &g->p->pack;
    /* The first fact of each journal makes both parties known, whoever has spoken. */
    TRY(gather_kind(g, n, true, STR("post.opened")));
    for (size_t i = 0; i < pack->kind_count; i++)
        if (pack->kinds[i].use == CASE_OPTIONAL) TRY(gather_kind(g, n, true, pack->kinds[i].name));
    return OK;
}

Status outside_fold(struct scope *s, struct post *p, struct neighbour *n, struct casefile *out)
{
    struct gathering g = {.s = s, .p = p, .outside_only = true};
    TRY(outside_gather(&g, n));
    return case_fold(s, &p->pack, p->card.party, g.list, g.count, post_now(p), out);
}

Status outside_fold_common(struct scope *s, struct post *p, struct neighbour *n,
                           struct casefile *out)
{
    struct gathering g = {.s = s, .p = p, .outside_only = true};
    size_t opened = 0;
    TRY(outside_gather(&g, n));
    TRY(entries_as_opened(s, p, g.list, g.count));
    for (size_t i = 0; i < g.count; i++) {
        if (g.list[i].opening == 0) continue;
        if (g.list[i].opened) g.list[i].fact = g.list[i].opened;
        g.list[opened++] = g.list[i];
    }
    return case_fold(s, &p->pack, STR(""), g.list, opened, post_now(p), out);
}

Status outside_view_load(struct scope *s, struct post *p, Str party, struct case_view *out)
{
    struct case_view v = {.common_digest = STR("")};
    struct zone zones[SIDES];
    POST_READING(p);
    struct neighbour *n = post_neighbour(p, party);
    if (n == NULL && party.len) return fail(s, ERR_NOT_FOUND, "%.*s is not paired", STR_ARG(party));
    TRY(outside_fold(s, p, n, &v.file));
    for (int i = 0; i < SIDES; i++)
        zones[i] = *post_zone(p, v.file.parties[i]);
    TRY(duties_list(s, &v.file, zones, post_now(p), &v.duties, &v.duty_count));
    for (size_t i = 0; i < v.file.count; i++) {
        if (v.file.entries[i]->own)
            v.facts_own++;
        else if (fact_shows(v.file.entries[i]->fact))
            v.facts_theirs++;
    }
    v.counterpart = n ? n->card.party : STR("");
    *out = v;
    return OK;
}
