/* Runs of leaves in a parcel, of the neighbour's journal or of the own one that comes back.
 * Declared in app/arrival.h. */
#include "app/arrival.h"
#include <inttypes.h>

static const struct parcel_record *run_at(const struct runs *x, size_t i)
{
    return x->records[i].type == x->type ? &x->records[i] : NULL;
}

Status runs_check(struct scope *s, const struct runs *x, uint64_t size)
{
    uint64_t end = x->held;
    bool any = false;
    for (size_t i = 0; i < x->count; i++) {
        const struct parcel_record *r = run_at(x, i);
        if (r == NULL) continue;
        if (!any && r->first > x->held)
            return fail(s, ERR_STALE,
                        "parcel: leaves %" PRIu64 " to %" PRIu64
                        " are missing: ask for an earlier parcel",
                        x->held, r->first);
        if (any && r->first != end)
            return fail(s, ERR_SCHEMA, "parcel: its leaves do not follow each other");
        if (r->hash_count > size || r->first > size - r->hash_count)
            return fail(s, ERR_SCHEMA, "parcel: it brings leaves above its signed head");
        end = r->first + r->hash_count;
        any = true;
    }
    if (any && end != size)
        return fail(s, ERR_SCHEMA, "parcel: its leaves do not reach its signed head");
    if (!any && size > end) /* the sender believes that more is held here */
        return fail(s, ERR_STALE, "parcel: leaves %" PRIu64 " to %" PRIu64 " are missing", end,
                    size);
    return OK;
}

Status runs_compare(struct scope *s, struct post *p, const struct runs *x, bool *out_differs)
{
    for (size_t i = 0; i < x->count; i++) {
        const struct parcel_record *r = run_at(x, i);
        for (size_t n = 0; r && n < r->hash_count && r->first + n < x->held; n++) {
            Hash ours;
            TRY(store_leaf_list(s, p->store, x->journal, r->first + n, 1, &ours));
            if (!hash_eq(&ours, &r->hashes[n])) *out_differs = true;
        }
    }
    return OK;
}

Status runs_root(struct scope *s, struct post *p, const struct runs *x, Hash *out)
{
    struct frontier f = {0};
    struct tree_source source = store_tree_source(p->store, x->journal, s);
    bool loaded = false;
    for (size_t i = 0; i < x->count; i++) {
        const struct parcel_record *r = run_at(x, i);
        if (r == NULL) continue;
        if (!loaded) TRY(frontier_load(s, &source, r->first, &f));
        loaded = true;
        for (size_t n = 0; n < r->hash_count; n++) {
            struct frontier_row rows[TREE_LEVELS];
            Hash leaf = leaf_hash_of(&r->hashes[n]);
            frontier_add(&f, &leaf, rows);
        }
    }
    *out = frontier_root(&f);
    return OK;
}

Status runs_append(struct scope *s, struct post *p, struct runs *x)
{
    for (size_t i = 0; i < x->count; i++) {
        const struct parcel_record *r = run_at(x, i);
        if (r == NULL || r->first + r->hash_count <= x->held) continue;
        size_t skip = (size_t)(x->held - r->first);
        TRY(store_leaf_append(s, p->store, x->journal, x->held, r->hashes + skip,
                              r->hash_count - skip));
        x->held += r->hash_count - skip;
    }
    return OK;
}
