/* app/inside.h - the post's parts, for the files of app/ only. Everything here is used with the
 * post locked: inside post_write (a transaction) or between post_lock and post_unlock (reading). */
#pragma once
#include "app/neighbour.h"
#include "app/packs.h"
#include "app/work.h"
#include "base/age.h"
#include "os/clock.h"
#include "os/random.h"
#include "store/fact.h"
#include "store/journal.h"

enum { NEIGHBOURS_MAX = 16, CASES_KEPT_MAX = 64, ZONES_MAX = 8, SEEN_TEXT_MAX = 96, RING_MAX = 32 };

/* A key of the post and those that took its place, oldest first; `index` is of the rotation (0 for
 * the first). A missing one signs nothing: a copy of the folder was put back that is older than it.
 */
struct key_ring {
    struct secret_key keys[RING_MAX];
    uint64_t index[RING_MAX];
    bool missing[RING_MAX];
    size_t count;
};

struct post {
    char *dir;
    const struct clock *clock;
    struct scope *memory; /* lives as long as the post */
    struct pack pack;
    struct pack_file *texts; /* that the pack brings with it */
    size_t text_count;
    struct zone zones[ZONES_MAX];
    size_t zone_count;
    struct card card; /* own */
    Str card_text;    /* of it, as it goes out */
    struct key_ring journal_keys, cosigner_keys, parcel_keys, post_keys;
    struct age_identity identity;             /* the first one: for the vault, and parcels */
    struct age_identity identities[RING_MAX]; /* for parcels, newest first */
    size_t identity_count;
    bool identity_missing; /* the newest */
    size_t turns_known;    /* own rotations that were read */
    AgeRecipient recovery; /* offline: opens the vault without this machine */
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
    struct kept_case *cases; /* CASES_KEPT_MAX of them */
    size_t case_asked;       /* the one that was found last */
    uint64_t case_clock;
    bool suspended, suspended_known, held, weak_passwords;
    const char *second_path;     /* of the record outside the folder */
    bool second_due, erased_due; /* something was committed that is not written there yet */
    bool bytes_due;              /* evidence was erased whose bytes may still lie in the vault */
    bool giving;                 /* the job at hand gives out what must be written there first */
    bool stale;                  /* what is kept in memory is to be read again before it is used */
    uint64_t leaf_count;         /* own journal, kept in step with the open transaction */
    pthread_mutex_t lock;        /* store and all of the above */
    struct queue queue;
    Str seen_expected; /* by the next facts; into the buffer, both under the queue's lock */
    char seen_buffer[SEEN_TEXT_MAX];
};

/* Tells those who make facts ready what `seen` will say. */
void post_expect_seen(struct post *p, Str seen);

/* Reads again what is kept in memory beside the database: after a failed job, and after another
 * process has written. */
void post_forget(struct post *p);

/* The same once somebody looks next, after a change that is durable already: its caller is not told
 * of a failure to read it again. */
void post_follow(struct post *p);

/* Was the post in this folder made to its end? And opening it although it was not. */
MUST_USE Status post_is_finished(struct scope *s, const char *dir, bool *out);
MUST_USE Status post_open_any(struct scope *s, const char *dir, const struct clock *clock,
                              struct post **out);

/* Hands the status on; a want of memory that other memory than the scope had gets its sentence. */
MUST_USE Status post_told(struct scope *s, Status status);

/* Officers and mandates, own (NULL) or a neighbour's; built on first use. */
MUST_USE Status post_authority(struct scope *s, struct post *p, struct neighbour *n,
                               const struct authority **out);
void post_authority_forget(struct post *p, struct neighbour *n);

/* NULL when the party is not paired; with an empty name, the only neighbour. */
struct neighbour *post_neighbour(struct post *p, Str party);

/* Whose journal a row stands in: NULL for the own one; its origin and party. */
struct neighbour *post_neighbour_of_journal(struct post *p, int64_t journal);
Str journal_origin(const struct post *p, int64_t journal);
Str journal_party(const struct post *p, int64_t journal);

/* A setting of the post; empty when there is none of that name. */
MUST_USE Status post_setting(struct scope *s, struct post *p, const char *name, Str *out);

/* Random bytes of the operating system. */
MUST_USE Status post_random(struct scope *s, struct post *p, void *out, size_t len);

/* Loads own card, neighbours, receipts and figures that are kept in memory, as the database has
 * them: at opening, after pairing, and in post_forget. What has not changed stays where it is. */
MUST_USE Status neighbours_load(struct scope *s, struct post *p);

/* The parcel before it is sealed; and its sealing. */
MUST_USE Status exchange_plain(struct scope *s, struct post *p, Str to, Bytes *out_plain,
                               AgeRecipient *out_recipient);
MUST_USE Status exchange_seal(struct scope *s, struct post *p, const AgeRecipient *to, Bytes plain,
                              Bytes *out);

/* Vault of the post, sealed for itself and the offline recovery key. What it gives out is used
 * without the lock. */
MUST_USE Status post_vault(struct scope *s, struct post *p, struct vault **out);
