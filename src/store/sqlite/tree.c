#include "store/sqlite/tree.h"
#include "store/journal.h"
#include <inttypes.h>
#include <stdlib.h>

enum { LEAF_ADD, LEAF_LIST, SUBTREE_ADD, SUBTREE_LIST };

static const char *const texts[] = {
    [LEAF_ADD] = "INSERT INTO leaf (journal, idx, commitment) VALUES (?, ?, ?)",
    [LEAF_LIST] = "SELECT commitment FROM leaf WHERE journal = ? AND idx >= ? ORDER BY idx LIMIT ?",
    [SUBTREE_ADD] = "INSERT INTO subtree (journal, level, idx, root) VALUES (?, ?, ?, ?)",
    [SUBTREE_LIST] = ("SELECT root FROM subtree WHERE journal = ? AND level = ? AND idx >= ?"
                      " ORDER BY idx LIMIT ?"),
};

const struct sql_group tree_sql = {texts, COUNT_OF(texts)};

/* The right edge of one journal's tree, as last seen by this connection. */
struct frontier_slot {
    int64_t journal;      /* 0 when the slot is free */
    uint64_t transaction; /* in which it was compared with the rows */
    struct frontier frontier;
};

Status frontiers_open(struct scope *s, struct store *st)
{
    st->frontiers = calloc(FRONTIERS_MAX, sizeof *st->frontiers);
    if (st->frontiers == NULL) return fail(s, ERR_MEMORY, "the machine has no memory left");
    return OK;
}

void frontiers_close(struct store *st)
{
    free(st->frontiers);
    st->frontiers = NULL;
}

void frontiers_forget(struct store *st)
{
    for (size_t i = 0; st->frontiers && i < FRONTIERS_MAX; i++)
        st->frontiers[i].journal = 0;
}

static Hash leaf_hash(const Hash *commitment)
{
    uint8_t leaf[2 + HASH_BYTES] = {1, 0};
    memcpy(leaf + 2, commitment->bytes, HASH_BYTES);
    return tree_leaf_hash(bytes_of(leaf, sizeof leaf));
}

struct source_context {
    struct store *store;
    int64_t journal;
};

/* Level 0 is computed from the commitments, the others lie in rows. */
static Status source_read(void *ctx, struct scope *s, unsigned level, uint64_t first,
                          uint64_t count, Hash *out)
{
    const struct source_context *source = ctx;
    if (source == NULL) return fail(s, ERR_MEMORY, "the machine has no memory left");
    AUTO_QUERY struct query q =
        query_start(s, source->store, GROUP_TREE, level ? SUBTREE_LIST : LEAF_LIST);
    bind_int(&q, source->journal);
    if (level) bind_int(&q, level);
    bind_u64(&q, first);
    bind_u64(&q, count);
    for (uint64_t i = 0; i < count; i++) {
        bool row;
        TRY(query_next(&q, &row));
        if (!row)
            return fail(s, ERR_NOT_FOUND, "the journal's tree has no row %" PRIu64 " at level %u",
                        first + i, level);
        Hash hash = take_hash(&q);
        out[i] = level ? hash : leaf_hash(&hash);
    }
    return query_check(&q);
}

struct tree_source store_tree_source(struct store *st, int64_t journal, struct scope *s)
{
    struct source_context *ctx = NEW(s, struct source_context);
    if (ctx) *ctx = (struct source_context){st, journal};
    return (struct tree_source){.read = source_read, .ctx = ctx};
}

/* The frontier at the present size. Another connection may have written since: the size tells. */
static Status frontier_find(struct scope *s, struct store *st, int64_t journal,
                            struct frontier **out)
{
    uint64_t size;
    struct frontier_slot *slot = &st->frontiers[(uint64_t)journal % FRONTIERS_MAX];
    if (st->open && slot->journal == journal && slot->transaction == st->transaction) {
        *out = &slot->frontier;
        return OK;
    }
    TRY(store_leaf_count(s, st, journal, &size));
    if (slot->journal != journal || slot->frontier.size != size) {
        slot->journal = 0;
        struct source_context ctx = {st, journal};
        struct tree_source source = {.read = source_read, .ctx = &ctx};
        TRY(frontier_load(s, &source, size, &slot->frontier));
        slot->journal = journal;
    }
    slot->transaction = st->transaction;
    *out = &slot->frontier;
    return OK;
}

static Status leaf_save(struct scope *s, struct store *st, int64_t journal, uint64_t index,
                        const Hash *commitment)
{
    AUTO_QUERY struct query q = query_start(s, st, GROUP_TREE, LEAF_ADD);
    bind_int(&q, journal);
    bind_u64(&q, index);
    bind_hash(&q, commitment);
    return query_run(&q, NULL);
}

static Status row_save(struct scope *s, struct store *st, int64_t journal,
                       const struct frontier_row *row)
{
    AUTO_QUERY struct query q = query_start(s, st, GROUP_TREE, SUBTREE_ADD);
    bind_int(&q, journal);
    bind_int(&q, row->level);
    bind_u64(&q, row->index);
    bind_hash(&q, &row->root);
    return query_run(&q, NULL);
}

/* One more leaf on the frontier, and the rows that it completes. */
static Status grow(struct scope *s, struct store *st, int64_t journal, struct frontier *f,
                   const Hash *commitment)
{
    Hash leaf = leaf_hash(commitment);
    struct frontier_row rows[TREE_LEVELS];
    size_t count = frontier_add(f, &leaf, rows);
    for (size_t i = 0; i < count; i++)
        TRY(row_save(s, st, journal, &rows[i]));
    return OK;
}

Status store_leaf_append(struct scope *s, struct store *st, int64_t journal, uint64_t first,
                         const Hash *commitments, size_t count)
{
    TRY(transaction_check(s, st)); /* half a run would leave leaves that no tree has */
    struct frontier *f;
    TRY(frontier_find(s, st, journal, &f));
    if (f->size != first)
        return fail(s, ERR_STALE, "leaves from %" PRIu64 " cannot follow %" PRIu64 " leaves", first,
                    f->size);
    for (size_t i = 0; i < count; i++) {
        Status status = leaf_save(s, st, journal, first + i, &commitments[i]);
        if (status == OK) status = grow(s, st, journal, f, &commitments[i]);
        if (status != OK) {
            frontiers_forget(st); /* it has leaves that will be undone */
            return status;
        }
    }
    return OK;
}

Status tree_rows_rebuild(struct scope *s, struct store *st, int64_t journal)
{
    frontiers_forget(st);
    struct frontier f = {0};
    AUTO_QUERY struct query q = query_start(s, st, GROUP_TREE, LEAF_LIST);
    bind_int(&q, journal);
    bind_int(&q, 0);
    bind_int(&q, -1);
    for (;;) {
        bool row;
        TRY(query_next(&q, &row));
        if (!row) return OK;
        Hash commitment = take_hash(&q);
        TRY(query_check(&q));
        TRY(grow(s, st, journal, &f, &commitment));
    }
}

Status store_tree_root(struct scope *s, struct store *st, int64_t journal, uint64_t size, Hash *out)
{
    struct frontier *f;
    TRY(frontier_find(s, st, journal, &f));
    if (size > f->size)
        return fail(s, ERR_NOT_FOUND,
                    "only %" PRIu64 " leaves of that journal are held, not "
                    "%" PRIu64,
                    f->size, size);
    if (size == f->size) {
        *out = frontier_root(f);
        return OK;
    }
    struct source_context ctx = {st, journal};
    struct tree_source source = {.read = source_read, .ctx = &ctx};
    return tree_root(s, &source, size, out);
}
