/* app/post.h - one post: its folder, keys, database, pack and neighbours, and the officers at work.
 * The object that every intention of a user is a function over; safe to use from many threads. */
#pragma once
#include "base/instant.h"
#include "base/scope.h"
#include "core/casework/case.h"
#include "core/casework/draft.h"
#include "core/ledger/card.h"
#include "core/ledger/mandate.h"

struct post;
struct clock;

enum { WORK_BYTES_MAX = 64 << 20, SCOPE_PARCEL_MAX = 256 << 20 };

/* How a new post is set up. */
struct post_setup {
    Str party;
    Str pack;    /* id of a pack inside the program, or a folder with pack.json */
    Str origin;  /* empty: "<party>.twinpost/journal" */
    Str officer; /* id of the first officer, or empty */
    Str officer_name, officer_role; /* role empty: R14 */
    Str password;
    Str root_file; /* where the offline root key is put; empty: DIR/root.key, to be moved away */
    bool weak_passwords;     /* play and tests: password sealing at its minimum */
    uint32_t cover_multiple; /* heads are padded to a multiple of this; 0 means 1 */
    Str second_place;        /* where the newest head is remembered; empty: DIR.head */
};

/* Makes the folder (0700), keys, database, `post.opened` and the first officer. ERR_DUPLICATE when
 * there is a post already. `clock` may be simulated and must outlive the post. */
MUST_USE Status post_create(struct scope *s, const char *dir, const struct post_setup *setup,
                            const struct clock *clock);

/* Opens a post. After a restore, or when the journal is shorter than the record kept in the second
 * place, it opens but does not sign (post_is_held). */
MUST_USE Status post_open(struct scope *s, const char *dir, const struct clock *clock,
                          struct post **out);

/* Waits for work under way; accepts NULL. */
void post_close(struct post *p);

/* As if the process had been killed: nothing is flushed, no orderly end. For play and the crash
 * tests. */
void post_abandon(struct post *p);

/* What the post is: party, pack, folder, and the instant its clock shows. */
Str post_party(const struct post *p);
const struct pack *post_pack(const struct post *p);
const char *post_dir(const struct post *p);
Instant post_now(const struct post *p);

/* Zone of a party's clocks by the pack; loaded once. */
const struct zone *post_zone(const struct post *p, Str party);

/* Does the post wait for its own longest head to come back before it signs again? */
bool post_is_held(const struct post *p);

/* A representative (R1) and another officer (R13) decide that this head, read from paper, is the
 * newest that was ever given out: the held post signs again without what lies above it. `head` are
 * the three lines of a checkpoint, with or without signatures; it must be part of the journal as it
 * stands here. ERR_STATE when the post is not held, ERR_ROLE, ERR_MANDATE, ERR_PROOF. */
struct session;
MUST_USE Status post_recover(struct scope *s, struct post *p, const struct session *representative,
                             const struct session *second, Str head);

/* The card that goes to the neighbour, in person. */
MUST_USE Status post_card(struct scope *s, struct post *p, Str *out);

/* Trusts a neighbour's card; gives the code words to compare. ERR_DUPLICATE for another card of a
 * party that is paired already. */
MUST_USE Status post_pair(struct scope *s, struct post *p, Str card, Str *out_words);

/* Addresses and the TLS key of the own card, when known (serve sets them). */
MUST_USE Status post_set_address(struct scope *s, struct post *p, Str address);

/* Path of the TLS certificate and key that `serve` uses, made at post_create. */
Str post_tls_certificate(struct scope *s, struct post *p);
Str post_tls_key(struct scope *s, struct post *p);

struct neighbour_view {
    Str party;
    Str origin;
    Str addresses[CARD_ADDRESSES_MAX];
    size_t address_count;
    Hash tls, tls_before; /* the same, unless their TLS key has given way to another */
    uint64_t held_leaves, held_opening, openings; /* ours that they hold; ours made for them */
    uint64_t theirs_leaves, theirs_opening;
    uint64_t cosigned_size; /* newest own head that they cosigned */
};
MUST_USE Status post_neighbours(struct scope *s, struct post *p, struct neighbour_view **out,
                                size_t *out_count);

/* An officer at work: the id, and the key while the session lasts. Closed by session_close, which
 * wipes. */
struct session {
    Str officer;
    struct secret_key key;
};

/* ERR_ROLE for a wrong password or an unknown officer, with one sentence for both. The result
 * belongs to the caller's scope. */
MUST_USE Status session_open(struct scope *s, struct post *p, Str officer, Str password,
                             struct session **out);
void session_close(struct session *session);

/* The roles that the officer's standing mandates give now (bits): in which the officer may act, and
 * in which the officer may look (core/casework/sight.h; a deputy also while nobody is acted for).
 */
Roles session_roles(struct post *p, Str officer);
Roles session_sight(struct post *p, Str officer);

struct officer_view {
    Str id, name, role, section, acts_for;
    Str mandate; /* party:index */
    bool has_to, revoked;
    Instant to;
    Str party;
};
/* Officers with each mandate, own and of the neighbours as far as opened. */
MUST_USE Status post_officers(struct scope *s, struct post *p, struct officer_view **out,
                              size_t *out_count);

/* Numbers for screens and scenarios. */
struct post_figures {
    uint64_t journal_size; /* leaves of the own journal, cover leaves included */
    uint64_t cosigned_size;
    Str alarm;                       /* newest: fork, signature, proof, restore; empty when none */
    bool suspended, held, lacks_key; /* one that the journal names and the folder has not */
    uint64_t queued;                 /* drafts that wait unsigned */
};
MUST_USE Status post_figures(struct scope *s, struct post *p, struct post_figures *out);

struct alarm_view {
    Str party, what, text;
    Instant at;
};

/* Every alarm, oldest first. */
MUST_USE Status post_alarms(struct scope *s, struct post *p, struct alarm_view **out,
                            size_t *out_count);
