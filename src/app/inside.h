/* app/inside.h - the post's parts, for the files of app/ only. Everything here is used with the
 * post locked: inside post_write (a transaction) or between post_lock and post_unlock (reading). */
#pragma once
#include "app/post.h"
#include "base/age.h"
#include "os/clock.h"
#include "os/random.h"
#include "store/fact.h"
#include "store/journal.h"
#include "store/neighbour.h"
#include "core/ledger/checkpoint.h"
#include <pthread.h>

enum { NEIGHBOURS_MAX = 16, CASES_KEPT_MAX = 64, ZONES_MAX = 8 };

/* Openings that a receipt took, and when by the clock of the post that took them. */
struct span {
    uint64_t from, to;
    Instant at;
};

struct spans {
    struct span *list;
    size_t count, room;
};

struct neighbour {
    struct neighbour_row row;
    struct card card;
    int64_t journal;
    struct scope *memory; /* of `authority` */
    struct authority authority;
    bool authority_known;
    struct spans taken_by_them, taken_by_us; /* receipts: theirs for ours, ours for theirs */
    uint64_t head_size, applied; /* their newest head that was verified, their openings applied */
    Hash head_root;
    uint64_t openings;      /* ours for them, in step with the open transaction */
    uint64_t *open_with;    /* indexes of own facts known to be open to them, that others need */
    size_t open_with_count, open_with_room;
    bool asks_return; /* their last parcel came from a restored post */
    uint64_t return_leaves, return_opening; /* what they still have of their own */
    uint64_t want_opening, want_piece;      /* blob pieces they asked for; 0: none */
    uint64_t root_size; /* the own root that their last `seen` named, checked once */
    Hash root;
};

struct vault;

/* A case in memory: its parsed facts, until something arrives for it. */
struct kept_case {
    struct scope *memory;
    Str number; /* primary; empty: unused */
    struct entry *entries;
    size_t count, room;
    bool dropped;
    Str section, counterpart; /* of the primary's row */
    uint64_t used; /* for choosing the one to drop */
};

struct job {
    Status (*run)(struct scope *s, struct post *p, void *arg);
    void *arg;
    struct scope *scope;
    Status status;
    bool done;
    struct job *next;
};

struct post {
    char *dir;
    const struct clock *clock;
    struct scope *memory; /* lives as long as the post */
    struct pack pack;
    struct zone zones[ZONES_MAX];
    size_t zone_count;
    struct card card; /* own; `card_text` is what goes out */
    struct secret_key journal_key, cosigner_key, parcel_key, post_key;
    struct age_identity identity; /* for parcels and the vault */
    AgeRecipient recovery;        /* offline: opens the vault without this machine */
    struct random random;
    struct vault *vault; /* opened on first use (post_vault) */
    Hash cover_key;
    uint32_t cover_multiple;
    struct store *store;
    int64_t journal;
    struct scope *authority_memory;
    struct authority authority;
    bool authority_known;
    struct neighbour neighbours[NEIGHBOURS_MAX];
    size_t neighbour_count;
    struct kept_case cases[CASES_KEPT_MAX];
    uint64_t case_clock;
    bool suspended, suspended_known;
    bool held;
    bool weak_passwords;
    uint64_t leaf_count;  /* own journal, kept in step with the open transaction */
    pthread_mutex_t lock; /* store and all of the above */
    pthread_mutex_t queue_lock;
    pthread_cond_t queue_moved, queue_grown;
    struct job *queue, **queue_end;
    size_t queued;      /* jobs in the queue */
    size_t expected;    /* how many the next commit may hope for */
    bool leading;
};

/* Runs `run` inside a transaction, alone or in one commit with what other threads bring at the same time; OK means
 * durable. A job that fails leaves nothing behind. */
MUST_USE Status post_write(struct scope *s, struct post *p,
                           Status (*run)(struct scope *s, struct post *p, void *arg), void *arg);

void post_lock(struct post *p);
void post_unlock(struct post *p);

struct post_guard {
    struct post *post;
};
void post_guard_release(struct post_guard *g);
#define POST_READING(p)                                                                            \
    __attribute__((cleanup(post_guard_release))) struct post_guard post_guard = {(p)};             \
    post_lock(p)

/* Forgets what is kept in memory beside the database: after a failed job, or one case only. */
void post_forget(struct post *p);
void kept_case_forget(struct post *p, Str number);

/* Officers and mandates, own (NULL) or a neighbour's; built on first use. */
MUST_USE Status post_authority(struct scope *s, struct post *p, struct neighbour *n,
                               const struct authority **out);
void post_authority_forget(struct post *p, struct neighbour *n);

/* NULL when the party is not paired; with an empty name, the only neighbour. */
struct neighbour *post_neighbour(struct post *p, Str party);
struct neighbour *post_neighbour_of_journal(struct post *p, int64_t journal);

/* Origin of the journal a row stands in. */
Str journal_origin(const struct post *p, int64_t journal);
Str journal_party(const struct post *p, int64_t journal);

/* Random bytes of the operating system. */
MUST_USE Status post_random(struct scope *s, struct post *p, void *out, size_t len);

/* Loads neighbours, receipts and figures that are kept in memory; at opening and after pairing. */
MUST_USE Status neighbours_load(struct scope *s, struct post *p);
MUST_USE Status spans_add(struct scope *s, struct spans *list, Str took, Instant at);
bool spans_find(const struct spans *list, uint64_t opening, Instant *out_at);

/* The case under any of its numbers as entries; `out` points into memory kept by the post until the lock is left.
 * ERR_NOT_FOUND when no fact of it is known. */
MUST_USE Status case_entries(struct scope *s, struct post *p, Str number, struct entry **out,
                             size_t *out_count, Str *out_primary);
/* Adds an own fact that was just appended to its case in memory, if it is kept. */
void case_entries_add(struct post *p, Str primary, const struct fact_row *row);

/* An own fact with only what was opened to the neighbour; the fact itself when it was opened whole. */
MUST_USE Status opened_part(struct scope *s, struct post *p, const struct entry *e,
                            const struct fact **out);

/* The case in memory under its primary number, loaded when it is not there. */
MUST_USE Status kept_find(struct scope *s, struct post *p, Str primary, struct kept_case **out);
/* The case in memory by any number it is kept under; NULL when it is not kept. */
struct kept_case *kept_peek(struct post *p, Str number);

/* Notes an opening in the case's memory. */
void case_entries_opened(struct post *p, Str primary, uint64_t index, uint64_t opening);

/* Has this side suspended the exchange? */
bool post_is_suspended(struct post *p);

/* What the post fills in, once the case is known (facts.md section 4). */
MUST_USE Status statement_fill(struct scope *s, struct post *p, const struct kind *k,
                               const struct casefile *c, Str mandate, struct draft *d);

/* Folded as this post sees it. */
MUST_USE Status case_fold_own(struct scope *s, struct post *p, Str number, struct casefile *out);
/* Folded from what is opened to both. */
MUST_USE Status case_fold_common(struct scope *s, struct post *p, Str number, struct casefile *out);

/* The primary number of a case (aliases resolved); ERR_NOT_FOUND. */
MUST_USE Status case_primary(struct scope *s, struct post *p, Str number, Str *out);
/* Refreshes the case row that lists show. */
MUST_USE Status case_row_refresh(struct scope *s, struct post *p, const struct fact *f, Str party,
                                 bool own);

/* States a fact inside a transaction: `by` may be the post itself. */
struct statement_of_fact {
    Str kind, case_number, by;
    const struct secret_key *key;
    struct name_value *fields; /* room for 16 more than field_count */
    size_t field_count;
    const struct secret_key *root; /* when the kind needs a root note and it is at hand */
    struct neighbour *to; /* opens to this neighbour although it has no case; NULL: the case's */
    const struct casefile *c; /* the case before this fact, when it was folded already */
    bool by_post;
};
struct stated {
    struct fact fact;
    Str case_number;
    uint64_t opening;
};
MUST_USE Status fact_state(struct scope *s, struct post *p, struct statement_of_fact *f,
                           struct stated *out);

/* A fact held here, own or opened to us, parsed. ERR_NOT_FOUND. */
MUST_USE Status fact_load(struct scope *s, struct post *p, Str party, uint64_t index,
                          struct fact *out, struct fact_row *out_row);

/* Stores a disclosure made by the gate as the next opening for the neighbour, after what must be open with it. */
struct disclosure;
MUST_USE Status opening_append(struct scope *s, struct post *p, struct neighbour *n,
                               const struct fact *f, const struct disclosure *d,
                               uint64_t *out_number);
/* Opens own facts that cross by themselves and have not been opened yet (after pairing or resuming). */
MUST_USE Status openings_catch_up(struct scope *s, struct post *p, struct neighbour *n);
/* Opens one fact that crosses by itself, now. */
MUST_USE Status opening_of_self(struct scope *s, struct post *p, struct neighbour *n,
                                const struct fact *f, const struct casefile *c,
                                uint64_t *out_number);

/* Only whether the case was dropped, without folding it: for kinds whose checks need no more. */
MUST_USE Status case_flags(struct scope *s, struct post *p, Str primary, struct casefile *out);
MUST_USE Status case_fold_common_number(struct scope *s, struct post *p, Str number,
                                        struct casefile *out);
MUST_USE Status case_numbers_move(struct scope *s, struct post *p, Str from, Str to);

/* Aliases, openings after a resumption. */
MUST_USE Status effect_apply(struct scope *s, struct post *p, const struct fact *f);

struct fact_request;
struct fact_result;
struct fact_view;
/* fact_add inside a transaction that is open already. */
struct session;
MUST_USE Status fact_add_inside(struct scope *s, struct post *p, const struct session *session,
                                const struct fact_request *request, struct fact_result *out);
/* What an own fact sets in motion here: the same as the other side's, and gate, recall, erasure. */
MUST_USE Status effect_of_own(struct scope *s, struct post *p, const struct fact *f);
/* The gate's attempt after an approval; ERR_RELEASE while approvals are missing. */
MUST_USE Status release_pass(struct scope *s, struct post *p, Str draft_ref);
/* Purges what an own recall or erasure names. */
MUST_USE Status recall_apply(struct scope *s, struct post *p, const struct fact *recall);
MUST_USE Status erasure_apply(struct scope *s, struct post *p, const struct fact *erasure);
/* Keeps a draft while the post may not sign. */
MUST_USE Status queue_draft(struct scope *s, struct post *p, const struct session *session,
                            const struct fact_request *request, struct fact_result *out);
MUST_USE Status fact_view_make(struct scope *s, struct post *p, const struct entry *e, Roles roles,
                               struct fact_view *out);

/* The neighbour a case is shared with; NULL when it has none. */
MUST_USE Status case_counterpart(struct scope *s, struct post *p, Str number,
                                 struct neighbour **out);

/* Signs a new head when there are leaves above the newest, padding with cover leaves; writes the second place. */
MUST_USE Status head_sign(struct scope *s, struct post *p, struct head_row *out);

/* The record outside the machine's snapshot: last signed head and highest numbers. */
MUST_USE Status second_place_write(struct scope *s, struct post *p, const struct head_row *head);
struct second_place {
    uint64_t size;
    Hash root;
    bool present;
};
MUST_USE Status second_place_read(struct scope *s, const char *dir, struct second_place *out);

/* Executes the other side's recall: values it opened are purged here, or locked with a ground. */
MUST_USE Status recall_execute(struct scope *s, struct post *p, struct neighbour *n,
                               const struct fact *recalled);

/* Takes back what a restored post lost; signs again when its longest head is whole. */
struct parcel_record;
MUST_USE Status return_take(struct scope *s, struct post *p, struct neighbour *n,
                            const struct parcel_record *records, size_t count);

/* The parcel before it is sealed, and its sealing. */
MUST_USE Status exchange_plain(struct scope *s, struct post *p, Str to, Bytes *out_plain,
                               AgeRecipient *out_recipient);
MUST_USE Status exchange_seal(struct scope *s, struct post *p, const AgeRecipient *to, Bytes plain,
                              Bytes *out);

/* Vault of the post, sealed for itself and the offline recovery key. What it gives out is used without the lock. */
MUST_USE Status post_vault(struct scope *s, struct post *p, struct vault **out);
