/* tests/unit/app/pair.h - two posts, lv and by, paired, with officers, one simulated clock and a
 * transport between them; for tests of app/. Every function ends the test when it does not work
 * out. */
#pragma once
#include "app/fact.h"
#include "app/paper.h"
#include "os/clock.h"

struct pair {
    struct scope *s; /* of the whole test */
    const char *folder;
    struct clock clock;
    const char *dir[2];
    struct post *post[2]; /* 0 is lv, 1 is by */
    bool cut;             /* the way back is cut: the parcel arrives, the answer is lost */
    size_t bytes;         /* that crossed, sealed */
};

/* Officers lv.duty, lv.rep, lv.help, lv.dpo (R7, R1, R3, R10) and the same of by. */
struct pair *pair_open(void);
void pair_close(struct pair *x);

struct post *pair_post(struct pair *x, const char *officer_or_party);
struct session *pair_session(struct pair *x, const char *officer);
void pair_wait(struct pair *x, int64_t seconds);

/* States a fact; fields as "name=value", ended by NULL. Gives its reference; `number` takes the
 * case. */
Str pair_say(struct pair *x, const char *officer, const char *kind, Str *number, ...);

/* Releases whole facts, drafted by the representative and, for persons, approved by the other
 * officer. */
void pair_release(struct pair *x, const char *party, Str ref);

/* lv's post sends, by's answers, until both hold all. */
void pair_sync(struct pair *x);
Status pair_sync_once(struct pair *x, size_t from);

/* The same between any two posts, for tests of three. */
Status pair_exchange(struct pair *x, struct post *from, struct post *to);

/* A registered and notified incident of lv, with the answer of by; both posts hold it. */
Str pair_case(struct pair *x);

/* A signed act DOC05 with two statements, one of them reserved by by; effective. Gives its
 * reference. */
Str pair_act(struct pair *x, Str number);

/* Bytes that differ from piece to piece, in a file of their own. */
const char *pair_file(struct pair *x, const char *name, size_t bytes);

/* Adds and releases evidence of lv; gives the fact. */
Str pair_evidence(struct pair *x, Str number, const char *path);

/* Restarts a post. */
void pair_restart(struct pair *x, size_t post);

#define OKAY(call) pair_okay((call), __FILE__, __LINE__, #call)
void pair_okay(Status status, const char *file, int line, const char *what);
/* The same with the sentence. */
#define OKAY_IN(s, call) pair_okay_in((s), (call), __FILE__, __LINE__)
void pair_okay_in(struct scope *s, Status status, const char *file, int line);
