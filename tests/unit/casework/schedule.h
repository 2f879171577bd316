/* tests/unit/casework/schedule.h - a random course of two posts as data: made by dice, played on
 * posts in memory, judged at every instant, made smaller when it fails, and written as a scenario.
 */
#pragma once
#include "side.h"
#include "stage.h"

enum { STEPS_MAX = 120, STEP_FIELDS_MAX = 14, PROBLEM_BYTES = 600 };

enum step_sort {
    STEP_SAY,
    STEP_RELEASE,
    STEP_RECALL,
    STEP_ERASE,
    STEP_WRITE, /* a parcel sets out */
    STEP_READ,  /* and arrives, perhaps once more */
    STEP_SYNC,
    STEP_RESTART
};

/* A value: `before`, then the fact of step `ref` unless that is -1, then `after`. */
struct step_field {
    const char *name;
    Str before, after;
    int ref;
};

struct step {
    enum step_sort sort;
    int side;
    int64_t wait_s; /* before it */
    const char *officer, *kind;
    int case_step; /* the step that registered the case; -1: outside of cases, or a new one */
    struct step_field fields[STEP_FIELDS_MAX];
    size_t field_count;
    bool forced; /* against the rules for own facts */
    int of;      /* the step whose fact is released, recalled or erased, or whose parcel is read */
    const char *opens; /* names of released fields, with blanks between */
    Roles approvals;
    bool done; /* in the last play, and not refused */
};

struct schedule {
    uint32_t seed;
    const char *start;      /* the first instant */
    int64_t ahead_s[SIDES]; /* of the true time, by side */
    struct step steps[STEPS_MAX];
    size_t count;
};

/* What became of a step's fact. */
struct told {
    Str ref, number;
    const char *kind;
};

/* What the schedules reached, so that a generator that says little is noticed. */
#define REACHED_TABLE(X)                                                                           \
    X(facts)                                                                                       \
    X(refusals)                                                                                    \
    X(moved)                                                                                       \
    X(contested)                                                                                   \
    X(effective)                                                                                   \
    X(late)                                                                                        \
    X(refused_facts)                                                                               \
    X(void_facts)                                                                                  \
    X(linked) X(closed) X(overdue) X(extended) X(recalled) X(partly) X(reordered) X(forced)

struct reached {
#define X(name) unsigned name;
    REACHED_TABLE(X)
#undef X
};

struct playing {
    struct scope *s, *work, *kept; /* of the play, of a step, and of the schedule itself */
    const struct pack *pack;
    const struct zone *zones; /* by side */
    const struct schedule *schedule;
    struct side sides[SIDES]; /* in byte order of their parties: by, lv */
    int64_t true_us;
    struct told told[STEPS_MAX];
    struct parcel *parcels[STEPS_MAX];
    struct watch *watch;
    struct reached *reached;
    char problem[PROBLEM_BYTES]; /* the first; empty while all is well */
};

/* Fresh posts for a schedule. */
void play_open(struct playing *y, const struct schedule *schedule,
               const struct founding founding[static SIDES]);

/* Does step `i` and judges both posts; a refusal by the rules is no problem. False when something
 * is wrong. */
bool play_step(struct playing *y, struct step *step, size_t i);

/* Resumes, delivers everything, and compares the posts. */
bool play_end(struct playing *y);

/* Notes the first thing that is wrong; always false. */
bool play_wrong(struct playing *y, const char *format, ...) PRINTF_LIKE(2, 3);

/* After every step: holders, order, what has effect. */
struct watch *watch_new(struct scope *s);
void watch_open(struct playing *y);
bool watch_side(struct playing *y, int side);

/* Has this post heard of the item? */
bool watch_knows(const struct playing *y, int side, Str item);

/* When everything was delivered: the same case on both posts, whatever the order of facts. */
bool watch_agreement(struct playing *y);

/* The next step of a schedule in play: `groups` are the sorts of facts that it may hold. */
void dice_step(struct playing *y, uint32_t *dice, uint32_t groups, struct step *out);
uint32_t dice_groups(uint32_t *dice);

/* Plays a schedule from the beginning; false when something is wrong. */
bool schedule_play(struct playing *y, struct schedule *schedule,
                   const struct founding founding[static SIDES]);

/* Takes out whatever is not needed for the schedule to fail. */
void schedule_shrink(struct playing *y, struct schedule *schedule,
                     const struct founding founding[static SIDES]);

/* The schedule as a scenario for `twinpost play` (facts.md section 4). */
void schedule_print(FILE *out, const struct schedule *schedule, const char *problem);
