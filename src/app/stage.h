/* app/stage.h - the posts that play a scenario, and what is done to them from outside: the link
 * between them, couriers, restarts, kills, copies, damage. For play.c and expectation.c only; one
 * thread. */
#pragma once
#include "app/post.h"
#include "app/scenario.h"
#include "os/clock.h"

enum { STAGE_COPIES_MAX = 2000 };

/* A post's folder and its record in the second place, as they stood when the journal had so many
 * leaves. */
struct copy {
    uint64_t size;
    const char *dir;
};

struct seat {
    Str party;
    const char *dir;
    struct post *post;
    Str tamper; /* what is to be wrong with its next parcel */
    bool forked;
    const char *backup; /* file of its last backup, or NULL */
    bool copied;        /* keeps copies, because it will fork */
    struct copy *copies;
    size_t copy_count;
};

/* A name of the scenario and what it stands for here: an `id` and a fact, or a case and its number.
 */
struct label {
    Str name, value;
};

struct stage {
    struct scope *memory; /* lives as long as the play */
    const char *folder;   /* of the posts */
    const char *scratch;  /* of copies; whoever plays removes it */
    struct clock clock;
    struct seat seats[SCENARIO_PARTIES_MAX];
    size_t seat_count;
    bool link_is_down;
    struct label *ids, *cases;
    size_t id_count, case_count;
};

/* Fresh posts of all parties in `folder`, officers enrolled, each paired with each. Close it also
 * after a failure. */
MUST_USE Status stage_open(struct scope *s, const struct scenario *sc, const char *folder,
                           const char *scratch, struct stage *out);
void stage_close(struct stage *st);

/* The seat of a party, or of the party an officer belongs to ("lv.rep"); NULL when it does not
 * play. */
struct seat *stage_seat(struct stage *st, Str party_or_officer);

/* "@id.field" with the fact in place of the id, also in "decision @id"; other text as it is.
 * ERR_USAGE when the step with this id failed. */
MUST_USE Status stage_ref(struct scope *s, const struct stage *st, Str text, Str *out);

/* Number of a case by its name in the scenario; {NULL, 0} when no step has opened it. */
Str stage_case(const struct stage *st, Str name);

/* Parcels over the link, until neither side has anything that the other lacks; or one parcel by
 * hand. ERR_LINK for a sync while the link is down. */
MUST_USE Status stage_sync(struct scope *s, struct stage *st, const struct scenario_step *step);
MUST_USE Status stage_courier(struct scope *s, struct stage *st, const struct scenario_step *step);

/* Orderly stop, or as if killed, and start. */
MUST_USE Status stage_restart(struct scope *s, struct seat *seat, const struct clock *clock,
                              bool kill);

/* A backup into the scratch folder, and the post made again from the newest one. ERR_NOT_FOUND
 * without any. */
MUST_USE Status stage_backup(struct scope *s, struct stage *st, struct seat *seat);
MUST_USE Status stage_restore(struct scope *s, struct stage *st, struct seat *seat);

/* Sets the post back to before what its neighbours hold, record in the second place included, and
 * lets it go on otherwise: what a thief of the keys would do. ERR_STATE when nobody holds anything
 * of it. */
MUST_USE Status stage_fork(struct scope *s, struct stage *st, struct seat *seat);

/* Keeps a copy of posts that will fork, when their journal has grown. */
MUST_USE Status stage_keep_copies(struct scope *s, struct stage *st);
