/* store/journal.h - the leaves of every journal a post holds (its own and its neighbours'),
 * the complete subtrees above them, and signed heads. */
#pragma once
#include "base/hash.h"
#include "core/ledger/tree.h"
#include "store/store.h"

struct journal_row {
    int64_t id;
    Str origin; /* for example "lv.example/journal" */
    Str party;
    bool own;
};

/* ERR_DUPLICATE when the origin or the party has a journal here. */
MUST_USE Status store_journal_add(struct scope *s, struct store *st, Str origin, Str party,
                                  bool own, int64_t *out_id);

/* ERR_NOT_FOUND when no journal of the party is known. */
MUST_USE Status store_journal_load(struct scope *s, struct store *st, Str party,
                                   struct journal_row *out);

/* All journals, in the order in which they came. */
MUST_USE Status store_journal_list(struct scope *s, struct store *st, struct journal_row **out,
                                   size_t *out_count);

/* Number of leaves held. Constant time. */
MUST_USE Status store_leaf_count(struct scope *s, struct store *st, int64_t journal, uint64_t *out);

/* Appends commitments at `first`, which must be the current count (ERR_STALE otherwise), and the
 * subtree rows that become complete. */
MUST_USE Status store_leaf_append(struct scope *s, struct store *st, int64_t journal,
                                  uint64_t first, const Hash *commitments, size_t count);

/* Commitments first .. first+count-1; ERR_NOT_FOUND when one is not held. */
MUST_USE Status store_leaf_list(struct scope *s, struct store *st, int64_t journal, uint64_t first,
                                size_t count, Hash *out);

/* Rows for core/ledger/tree; valid while the connection is open and used by this thread. */
struct tree_source store_tree_source(struct store *st, int64_t journal, struct scope *s);

/* Root over the first `size` leaves; the newest size is answered from the frontier kept in memory.
 */
MUST_USE Status store_tree_root(struct scope *s, struct store *st, int64_t journal, uint64_t size,
                                Hash *out);

struct head_row {
    uint64_t size;
    Str note;      /* the signed checkpoint, with cosignatures when there are any */
    bool cosigned; /* carries the counterpart's cosignature (own) or ours (theirs) */
};

/* Saves or replaces the head of that size. */
MUST_USE Status store_head_save(struct scope *s, struct store *st, int64_t journal,
                                const struct head_row *head);

/* Newest head, or newest cosigned one; ERR_NOT_FOUND when there is none. */
MUST_USE Status store_head_newest(struct scope *s, struct store *st, int64_t journal, bool cosigned,
                                  struct head_row *out);

/* The head of exactly that size. */
MUST_USE Status store_head_load(struct scope *s, struct store *st, int64_t journal, uint64_t size,
                                struct head_row *out);

/* Largest cosigned head of a size not above `size`; 0 when none. */
MUST_USE Status store_head_cosigned_below(struct scope *s, struct store *st, int64_t journal,
                                          uint64_t size, uint64_t *out);

/* Portable proof of misbehaviour: kept for ever, never overwritten. `what` is fork, signature,
 * proof or restore. The same evidence twice is stored once. */
struct alarm_row {
    Str party;
    Str what;
    Instant at;
    Str text;       /* what happened, for people */
    Bytes evidence; /* the note or parcel itself, bounded */
};
MUST_USE Status store_alarm_add(struct scope *s, struct store *st, const struct alarm_row *alarm);
MUST_USE Status store_alarm_list(struct scope *s, struct store *st, struct alarm_row **out,
                                 size_t *out_count);
