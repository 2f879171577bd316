#include "sound.h"
#include "app/case.h"
#include "app/exchange.h"
#include "app/statement.h"
#include <inttypes.h>
#include <stdio.h>

enum { BATCH = 256, SYNCS_MAX = 12, SOUND_BYTES_MAX = 128 << 20 };

static bool wrong(const struct post *p, const char *what, uint64_t number)
{
    printf("# %.*s: %s (%" PRIu64 ")\n", STR_ARG(post_party(p)), what, number);
    return false;
}

/* The root over all leaves, without the subtrees that the database keeps. */
static Status root_again(struct scope *s, struct post *p, int64_t journal, uint64_t size, Hash *out)
{
    struct frontier f = {0};
    struct frontier_row rows[TREE_LEVELS];
    for (uint64_t i = 0; i < size; i++) {
        Hash commitment;
        TRY(store_leaf_list(s, p->store, journal, i, 1, &commitment));
        Hash leaf = leaf_hash_of(&commitment);
        frontier_add(&f, &leaf, rows);
    }
    *out = frontier_root(&f);
    return OK;
}

static bool head_is_sound(struct scope *s, struct post *p, int64_t journal, bool own)
{
    struct head_row head;
    struct checkpoint cp;
    Hash root;
    Status status = store_head_newest(s, p->store, journal, !own, &head);
    if (status == ERR_NOT_FOUND) return true;
    if (status != OK || checkpoint_parse(s, head.note, &cp) != OK)
        return wrong(p, "a head that cannot be read", 0);
    if (root_again(s, p, journal, cp.size, &root) != OK)
        return wrong(p, "a head above the leaves", cp.size);
    return hash_eq(&root, &cp.root) || wrong(p, "a head that its leaves do not lead to", cp.size);
}

static bool facts_are_sound(struct scope *s, struct post *p, int64_t journal)
{
    for (uint64_t first = 0;;) {
        struct fact_row *rows;
        size_t count;
        if (store_fact_list(s, p->store, journal, first, BATCH, &rows, &count) != OK)
            return wrong(p, "facts cannot be listed", first);
        if (count == 0) return true;
        for (size_t i = 0; i < count; i++) {
            struct fact f;
            Hash leaf;
            if (fact_read(s, journal_origin(p, journal), rows[i].record, &f) != OK)
                return wrong(p, "a fact that cannot be read", rows[i].index);
            if (store_leaf_list(s, p->store, journal, rows[i].index, 1, &leaf) != OK)
                return wrong(p, "a fact without a leaf", rows[i].index);
            Hash commitment = fact_commitment(&f);
            if (!hash_eq(&leaf, &commitment) || f.index != rows[i].index)
                return wrong(p, "a fact that is not what its leaf commits to", rows[i].index);
        }
        first = rows[count - 1].index + 1;
    }
}

/* Every own leaf has its fact: one without would be a number that was used up for nothing. */
static bool leaves_have_facts(struct scope *s, struct post *p)
{
    for (uint64_t i = 0; i < p->leaf_count; i++) {
        struct fact_row row;
        if (store_fact_load(s, p->store, p->journal, i, &row) != OK)
            return wrong(p, "a leaf without its fact", i);
    }
    return true;
}

static bool openings_are_sound(struct scope *s, struct post *p, const struct neighbour *n,
                               int64_t journal)
{
    struct opening_row *rows;
    size_t count;
    uint64_t highest, leaves;
    if (store_opening_list(s, p->store, journal, n->row.id, 0, 1 << 20, 64 << 20, &rows, &count) ||
        store_opening_count(s, p->store, journal, n->row.id, &highest) ||
        store_leaf_count(s, p->store, journal, &leaves))
        return wrong(p, "openings cannot be listed", 0);
    if (highest != count) return wrong(p, "openings with a gap", highest);
    for (size_t i = 0; i < count; i++) {
        struct fact f;
        struct fact_row row;
        if (rows[i].number != i + 1) return wrong(p, "an opening out of order", rows[i].number);
        if (rows[i].index >= leaves) return wrong(p, "an opening above the leaves", rows[i].number);
        if (fact_read(s, journal_origin(p, journal), rows[i].record, &f) != OK)
            return wrong(p, "an opening that cannot be read", rows[i].number);
        if (store_fact_load(s, p->store, journal, rows[i].index, &row) != OK)
            return wrong(p, "an opening without its fact", rows[i].number);
    }
    return true;
}

static bool memory_is_true(struct scope *s, struct post *p)
{
    uint64_t leaves, own, theirs;
    if (store_leaf_count(s, p->store, p->journal, &leaves)) return wrong(p, "leaves", 0);
    if (leaves != p->leaf_count) return wrong(p, "memory counts other leaves", p->leaf_count);
    for (size_t i = 0; i < p->neighbour_count; i++) {
        struct neighbour *n = &p->neighbours[i];
        struct neighbour_row row;
        if (store_opening_count(s, p->store, p->journal, n->row.id, &own) ||
            store_opening_count(s, p->store, n->journal, n->row.id, &theirs) ||
            store_neighbour_load(s, p->store, n->card.party, &row))
            return wrong(p, "openings cannot be counted", 0);
        if (own != n->openings) return wrong(p, "memory counts other openings", n->openings);
        if (theirs != n->applied) return wrong(p, "memory counts other arrivals", n->applied);
        if (row.held_opening != n->row.held_opening || row.held_leaves != n->row.held_leaves ||
            row.parcel_in != n->row.parcel_in)
            return wrong(p, "memory knows another acknowledgement", n->row.held_opening);
    }
    return true;
}

bool sound_journal(struct post *p)
{
    AUTO_SCOPE struct scope *s = scope_open(SOUND_BYTES_MAX);
    POST_READING(p);
    if (p->stale) return wrong(p, "memory is stale", 0);
    bool sound = memory_is_true(s, p) && head_is_sound(s, p, p->journal, true) &&
                 facts_are_sound(s, p, p->journal) &&
                 (p->cover_multiple > 1 || leaves_have_facts(s, p));
    for (size_t i = 0; sound && i < p->neighbour_count; i++) {
        struct neighbour *n = &p->neighbours[i];
        sound = head_is_sound(s, p, n->journal, false) && facts_are_sound(s, p, n->journal) &&
                openings_are_sound(s, p, n, p->journal) && openings_are_sound(s, p, n, n->journal);
    }
    return sound;
}

static bool digest_of(struct scope *s, struct post *p, uint8_t out[static 32])
{
    POST_READING(p);
    bool read = store_begin(s, p->store) == OK;
    read = read && store_projections_digest(s, p->store, out) == OK;
    store_rollback(p->store);
    return read;
}

bool sound_projections(struct post *p)
{
    AUTO_SCOPE struct scope *s = scope_open(SOUND_BYTES_MAX);
    uint8_t live[32], again[32];
    if (!digest_of(s, p, live)) return wrong(p, "projections cannot be read", 0);
    if (post_rebuild(s, p) != OK) {
        printf("# %s\n", scope_reason(s));
        return wrong(p, "projections cannot be made again", 0);
    }
    if (!digest_of(s, p, again)) return wrong(p, "projections cannot be read again", 0);
    return memcmp(live, again, sizeof live) == 0 ||
           wrong(p, "projections made again are others", 0);
}

/* Prints the first line in which two texts differ. */
static bool texts_differ(const struct post *p, Str number, const char *what, Str a, Str b)
{
    Str one = {NULL, 0}, other = {NULL, 0};
    while ((a.len || b.len) && str_eq(one, other)) {
        one = str_cut(&a, '\n');
        other = str_cut(&b, '\n');
    }
    printf("# case %.*s: lv has \"%.*s\", by has \"%.*s\"\n", STR_ARG(number), STR_ARG(one),
           STR_ARG(other));
    return wrong(p, what, 0);
}

static bool limits_text(struct scope *s, const struct case_view *v, Str *out)
{
    struct writer w = writer_open(s, 1 << 20);
    for (size_t i = 0; i < v->duty_count; i++) {
        const struct duty *d = &v->duties[i];
        if (d->own_only) continue;
        Str ref = entry_ref(s, d->start);
        write_print(&w, "%.*s from %.*s: %s, by %.*s", STR_ARG(d->id), STR_ARG(ref),
                    duty_state_name(d->state), STR_ARG(d->owes));
        if (d->has_due) write_print(&w, ", until %" PRId64, d->due.us);
        write_print(&w, "\n");
    }
    for (size_t i = 0; i < v->holding_count; i++)
        write_print(&w, "%.*s, named by %.*s, is held by %.*s\n", STR_ARG(v->holdings[i].item),
                    STR_ARG(v->holdings[i].origin), STR_ARG(v->holdings[i].holder));
    return writer_close_str(&w, out) == OK;
}

/* Lists go by the name in the case's row, which follows what the fold says. */
static bool lists_agree(struct scope *s, struct pair *x, Str number)
{
    Str listed[2];
    for (size_t i = 0; i < 2; i++) {
        POST_READING(x->post[i]);
        if (case_primary(s, x->post[i], number, &listed[i]) != OK)
            return wrong(x->post[i], "a case without a row", 0);
    }
    return str_eq(listed[0], listed[1]) ||
           texts_differ(x->post[0], number, "two names in lists", listed[0], listed[1]);
}

static bool case_agrees(struct scope *s, struct pair *x, Str number)
{
    struct case_view view[2];
    Str text[2], digest[2], limits[2];
    Status known[2];
    for (size_t i = 0; i < 2; i++)
        known[i] = case_view_load(s, x->post[i], number, &view[i]);
    /* What was never opened is known at home only. */
    if (known[0] != OK || known[1] != OK)
        return (known[0] == OK || known[0] == ERR_NOT_FOUND) &&
               (known[1] == OK || known[1] == ERR_NOT_FOUND);
    for (size_t i = 0; i < 2; i++) {
        if (case_common(s, x->post[i], number, &text[i], &digest[i]) != OK ||
            !limits_text(s, &view[i], &limits[i]))
            return wrong(x->post[i], "a case that cannot be shown", 0);
    }
    if (!str_eq(digest[0], digest[1]))
        return texts_differ(x->post[0], number, "two common views", text[0], text[1]);
    if (!str_eq(limits[0], limits[1]))
        return texts_differ(x->post[0], number, "two sets of limits and holders", limits[0],
                            limits[1]);
    return str_eq(view[0].file.number, view[1].file.number)
               ? lists_agree(s, x, number)
               : texts_differ(x->post[0], number, "two names", view[0].file.number,
                              view[1].file.number);
}

bool sound_agreement(struct pair *x, const Str *numbers, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        AUTO_SCOPE struct scope *s = scope_open(SOUND_BYTES_MAX);
        if (!case_agrees(s, x, numbers[i])) return false;
    }
    return true;
}

/* Two sides may give the same sign to two things: a thing is its sign and who spoke of it first. */
static const struct holding *same_thing(const struct case_view *v, const struct holding *thing)
{
    for (size_t i = 0; i < v->holding_count; i++)
        if (str_eq(v->holdings[i].item, thing->item) &&
            str_eq(v->holdings[i].origin, thing->origin))
            return &v->holdings[i];
    return NULL;
}

bool sound_holders(struct pair *x, const Str *numbers, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        AUTO_SCOPE struct scope *s = scope_open(SOUND_BYTES_MAX);
        struct case_view lv, by;
        if (case_view_load(s, x->post[0], numbers[i], &lv) != OK ||
            case_view_load(s, x->post[1], numbers[i], &by) != OK)
            continue;
        for (size_t n = 0; n < lv.holding_count; n++) {
            const struct holding *mine = &lv.holdings[n];
            const struct holding *theirs = same_thing(&by, mine);
            if (theirs && str_is(mine->holder, "by") && str_is(theirs->holder, "lv"))
                return wrong(x->post[0], "each post says that the other holds an item", n);
        }
    }
    return true;
}

bool sound_converges(struct pair *x)
{
    for (int i = 0; i < SYNCS_MAX; i++) {
        bool waits[2];
        for (size_t from = 0; from < 2; from++)
            if (pair_sync_once(x, from) != OK) {
                printf("# %s\n", scope_reason(x->s));
                return wrong(x->post[from], "the exchange fails", 0);
            }
        for (size_t n = 0; n < 2; n++)
            if (exchange_is_pending(x->s, x->post[n], STR(""), &waits[n]) != OK)
                return wrong(x->post[n], "the exchange cannot tell", 0);
        if (!waits[0] && !waits[1]) return true;
    }
    return wrong(x->post[0], "the exchange does not end", 0);
}
