/* tests/unit/casework/side.h - one post whose journal is in memory: it states facts by the rules of
 * core, opens them through the gate and carries parcels, as app/ and store/ do with a database.
 * Decides nothing that is tested. */
#pragma once
#include "core/casework/draft.h"
#include "core/casework/duty.h"
#include "core/casework/handover.h"
#include "core/ledger/mandate.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>
#undef fail /* ours, of base/scope.h */

enum { SIDE_FACTS_MAX = 500, SIDE_NUMBERS_MAX = 40, FOUNDING_MAX = 20 };

/* A fact of the own journal; its index is its place. */
struct own_fact {
    struct fact fact;
    const struct fact *opened; /* what the other side holds of it, put together; NULL: nothing */
    uint64_t opening;          /* the first, 0 while there is none */
    bool refused;              /* the other side's receipt said so */
};

struct own_opening {
    uint64_t index;
    Bytes record;
};

struct their_fact {
    struct fact fact;
    uint64_t opening;
    bool refused;
};

/* Openings that a receipt took, by the clock of the post that took them. */
struct span {
    uint64_t from, to;
    Instant at;
};

struct spans {
    struct span list[SIDE_FACTS_MAX];
    size_t count;
};

enum { OFFICER_COUNT = 5 };

/* Facts that every journal begins with: its post, officers and mandates, with their keys. Made
 * once.
 */
struct founding {
    struct card card;
    struct secret_key root, post, officers[OFFICER_COUNT];
    struct fact facts[FOUNDING_MAX];
    Bytes records[FOUNDING_MAX];
    size_t count;
};

struct side {
    struct scope *s;      /* of the schedule */
    struct scope **works; /* of the step */
    const struct pack *pack;
    const struct founding *founding, *their_founding;
    Str party, other;
    int64_t ahead_s; /* its clock against the true one */
    const int64_t *true_us;
    struct own_fact own[SIDE_FACTS_MAX];
    size_t own_count;
    struct own_opening openings[SIDE_FACTS_MAX];
    size_t opening_count;
    struct their_fact theirs[SIDE_FACTS_MAX];
    size_t their_count;
    uint64_t applied;                   /* their openings, */
    uint64_t their_leaves;              /* and their journal's size, that this post has */
    uint64_t held_opening, held_leaves; /* of its own, as they acknowledged */
    struct spans taken_by_them, taken_by_us;
    Str numbers[SIDE_NUMBERS_MAX];   /* cases known here */
    size_t groups[SIDE_NUMBERS_MAX]; /* of linked numbers: the place of the first */
    size_t number_count;
    struct authority authority[SIDES]; /* own, theirs */
    bool authority_known[SIDES];
    unsigned registered; /* cases opened here */
};

/* A parcel: openings from `first` on, in order, and what its sender had. */
struct parcel {
    int from;
    uint64_t first, last, leaves, held_opening, held_leaves;
    struct own_opening *openings;
};

/* A post with nothing but the founding facts of both sides. */
void side_open(struct side *d, const struct founding *own, const struct founding *theirs);

/* Founding facts of a party: "lv.duty" R7, "lv.rep" R1, "lv.help" R3, "lv.dpo" R10, "lv.prot" R11.
 */
void founding_make(struct scope *s, const struct pack *pack, Str party, struct founding *out);

/* The key of an own officer or of the post; NULL for anybody else. */
const struct secret_key *founding_key(const struct founding *f, Str by);

Instant side_now(const struct side *d);

struct said {
    Str officer, kind, number; /* number empty: a new case for a registration, else outside cases */
    struct name_value *fields; /* room for 16 more */
    size_t field_count;
    bool forced; /* by a post that does not keep to the rules for own facts */
};

/* States a fact. Gives its reference and case. */
Status side_say(struct side *d, struct said *said, Str *out_ref, Str *out_number);

/* Opens fields of an own fact ("*" for all) with these approvals. */
Status side_release(struct side *d, Str ref, const Str *fields, size_t count, Roles approvals);

/* Values that the other side does not hold are destroyed. */
Status side_erase(struct side *d, Str ref);

struct parcel *side_write(struct side *d, int from);
Status side_read(struct side *d, const struct parcel *p);

/* Is there anything that the other side has not acknowledged? */
bool side_waits(const struct side *d);

/* Forgets what is kept besides the journal, and reads every fact again from its record. */
void side_restart(struct side *d);

/* Has this side suspended the exchange? */
bool side_is_suspended(const struct side *d);

/* The case with that number, linked ones included, as this post sees it; in another order of facts
 * when `shuffle` is not 0. ERR_NOT_FOUND for a number that is not known here. An empty number means
 * what stands outside of cases. */
Status side_fold(struct side *d, Str number, uint32_t shuffle, struct casefile *out);

/* The case as both sides know it, by what this post has. */
Status side_common(struct side *d, Str number, uint32_t shuffle, struct casefile *out);

/* Numbers that are one case here with this one, ended by an empty one. */
void side_group(const struct side *d, Str number, Str out[static SIDE_NUMBERS_MAX + 1]);
