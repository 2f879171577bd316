/* Their head, their leaves, their countersignature: what a parcel says of the two journals. */
#include "app/arrival.h"
#include <inttypes.h>

Status arrival_alarm(struct scope *s, struct arrival *a, Status status, const char *what,
                     Bytes evidence)
{
    a->alarm = (struct alarm_row){.party = a->n->card.party,
                                  .what = str_of(what),
                                  .text = scope_print(s, "%s", scope_reason(s)),
                                  .evidence = evidence};
    return status;
}

static const struct parcel_record *find(const struct arrival *a, enum record_type type)
{
    for (size_t i = 0; i < a->count; i++)
        if (a->records[i].type == type) return &a->records[i];
    return NULL;
}

/* Root over our first `size` leaves of their journal. */
static Status held_root(struct scope *s, struct post *p, struct arrival *a, uint64_t size,
                        Hash *out)
{
    return store_tree_root(s, p->store, a->n->journal, size, out);
}

/* Do the leaves in the parcel that we hold already say the same? */
static Status overlap_check(struct scope *s, struct post *p, struct arrival *a,
                            const struct parcel_record *r, bool *out_differs)
{
    for (size_t i = 0; i < r->hash_count && r->first + i < a->held; i++) {
        Hash ours;
        TRY(store_leaf_list(s, p->store, a->n->journal, r->first + i, 1, &ours));
        if (!hash_eq(&ours, &r->hashes[i])) *out_differs = true;
    }
    return OK;
}

/* The runs begin within what is held here, follow each other and end where the head does: a leaf
 * that no signed head covers is not taken. */
static Status runs_check(struct scope *s, const struct arrival *a, const struct checkpoint *cp)
{
    uint64_t end = a->held;
    bool any = false;
    for (size_t i = 0; i < a->count; i++) {
        const struct parcel_record *r = &a->records[i];
        if (r->type != RECORD_LEAVES) continue;
        if (!any && r->first > a->held)
            return fail(s, ERR_STALE,
                        "parcel: leaves %" PRIu64 " to %" PRIu64
                        " are missing: ask for an earlier parcel",
                        a->held, r->first);
        if (any && r->first != end)
            return fail(s, ERR_SCHEMA, "parcel: its leaves do not follow each other");
        if (r->hash_count > cp->size || r->first > cp->size - r->hash_count)
            return fail(s, ERR_SCHEMA, "parcel: it brings leaves above its signed head");
        end = r->first + r->hash_count;
        any = true;
    }
    if (any && end != cp->size)
        return fail(s, ERR_SCHEMA, "parcel: its leaves do not reach its signed head");
    if (!any && cp->size > end) /* the sender believes that more is held here */
        return fail(s, ERR_STALE, "parcel: leaves %" PRIu64 " to %" PRIu64 " are missing", end,
                    cp->size);
    return OK;
}

/* Root of our leaves below the first run, followed by the runs of the parcel. */
static Status told_root(struct scope *s, struct post *p, struct arrival *a, Hash *out)
{
    struct frontier f = {0};
    struct tree_source source = store_tree_source(p->store, a->n->journal, s);
    bool loaded = false;
    for (size_t i = 0; i < a->count; i++) {
        const struct parcel_record *r = &a->records[i];
        if (r->type != RECORD_LEAVES) continue;
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

static Status fork_alarm(struct scope *s, struct arrival *a, Str note)
{
    (void)!fail(s, ERR_FORK,
                "%.*s signed two histories that cannot both be true; the evidence is kept",
                STR_ARG(a->n->card.party));
    return arrival_alarm(s, a, ERR_FORK, "fork", str_bytes(note));
}

/* A signed head against what we hold: older heads must be part of it, new leaves must lead to it.
 */
static Status head_compare(struct scope *s, struct post *p, struct arrival *a,
                           const struct checkpoint *cp, Str note)
{
    Hash told, held;
    bool differs = false;
    TRY(runs_check(s, a, cp));
    for (size_t i = 0; i < a->count; i++)
        if (a->records[i].type == RECORD_LEAVES)
            TRY(overlap_check(s, p, a, &a->records[i], &differs));
    if (cp->size <= a->held && !differs) {
        TRY(held_root(s, p, a, cp->size, &held));
        return hash_eq(&held, &cp->root) ? OK : fork_alarm(s, a, note);
    }
    TRY(told_root(s, p, a, &told));
    if (!hash_eq(&told, &cp->root)) {
        (void)!fail(s, ERR_PROOF, "parcel: the leaves of %.*s do not lead to its signed head",
                    STR_ARG(a->n->card.party));
        return arrival_alarm(s, a, ERR_PROOF, "proof", str_bytes(note));
    }
    return differs ? fork_alarm(s, a, note) : OK;
}

/* After runs_check: every run begins within what is held by then. */
static Status leaves_append(struct scope *s, struct post *p, struct arrival *a)
{
    for (size_t i = 0; i < a->count; i++) {
        const struct parcel_record *r = &a->records[i];
        if (r->type != RECORD_LEAVES || r->first + r->hash_count <= a->held) continue;
        size_t skip = (size_t)(a->held - r->first);
        TRY(store_leaf_append(s, p->store, a->n->journal, a->held, r->hashes + skip,
                              r->hash_count - skip));
        a->held += r->hash_count - skip;
        a->result->news = true;
    }
    return OK;
}

/* Keeps the head with our cosignature: from here on we hold every leaf under it. */
static Status head_keep(struct scope *s, struct post *p, struct arrival *a,
                        const struct checkpoint *cp, Str note)
{
    struct head_row head = {.size = cp->size, .cosigned = true}, old;
    Str line, name = card_cosigner_name(s, p->card.origin);
    Status status = store_head_load(s, p->store, a->n->journal, cp->size, &old);
    if (status == OK && old.cosigned) return OK;
    if (status != OK && status != ERR_NOT_FOUND) return status;
    if (name.ptr == NULL) return ERR_MEMORY;
    TRY(cosignature_make(s, cp->note.text, name, &p->cosigner_key, post_now(p), &line));
    TRY(note_add_line(s, note, line, &head.note));
    TRY(store_head_save(s, p->store, a->n->journal, &head));
    a->result->news = true;
    if (cp->size < a->n->head_size) return OK;
    a->n->head_size = cp->size;
    a->n->head_root = cp->root;
    return OK;
}

Status head_take(struct scope *s, struct post *p, struct arrival *a)
{
    const struct parcel_record *r = find(a, RECORD_CHECKPOINT);
    struct checkpoint cp;
    if (r == NULL)
        return find(a, RECORD_LEAVES) || find(a, RECORD_OPENING)
                   ? fail(s, ERR_SCHEMA, "parcel: it brings entries without a signed head")
                   : OK;
    TRY(checkpoint_parse(s, r->text, &cp));
    Status status = checkpoint_check(s, &cp, a->n->card.origin, &a->n->card.journal);
    if (status == ERR_SIGNATURE)
        return arrival_alarm(s, a, status, "signature", str_bytes(r->text));
    TRY(status);
    TRY(head_compare(s, p, a, &cp, r->text));
    /* When their head comes back with our cosignature under it, it has reached them. */
    Instant time;
    Str name = card_cosigner_name(s, p->card.origin);
    if (name.ptr == NULL) return ERR_MEMORY;
    if (cp.size > a->n->row.cosigned_sent &&
        cosignature_check(s, &cp, name, &p->cosigner_key.public, &time) == OK)
        a->n->row.cosigned_sent = cp.size;
    TRY(leaves_append(s, p, a));
    return head_keep(s, p, a, &cp, r->text);
}

Status cosignature_take(struct scope *s, struct post *p, struct arrival *a,
                        const struct parcel_record *r)
{
    struct head_row head;
    Status status = store_head_load(s, p->store, p->journal, r->first, &head);
    if (status == ERR_NOT_FOUND) return OK; /* a head of before a restore; the returns bring it */
    TRY(status);
    status = cosignature_add(s, head.note, r->text, card_cosigner_name(s, a->n->card.origin),
                             &a->n->card.cosigner, &head.note);
    if (status == ERR_SIGNATURE)
        return arrival_alarm(s, a, status, "signature", str_bytes(r->text));
    TRY(status);
    if (!head.cosigned) a->result->news = true;
    head.cosigned = true;
    return store_head_save(s, p->store, p->journal, &head);
}
