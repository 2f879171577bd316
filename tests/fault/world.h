/* tests/fault/world.h - two posts, the same before each run of a sweep, and what must hold after a
 * fault whatever failed: the old state or the new one, on the post at hand and after opening it
 * again, and both posts go on to the same common view. */
#pragma once
#include "app/case.h"
#include "fault.h"

#include "pair.h"

enum { LV, BY };

enum outcome { STATE_OLD, STATE_NEW, STATE_BROKEN };

struct world;

/* Something a user or a neighbour wants from a post. `build` drives the two posts to where it may
 * be wanted; what it notes in the world lives as long as the sweep. */
struct intention {
    const char *name;
    void (*build)(struct world *w);
    void (*prepare)(struct world *w);         /* before each run, on its copy; may be NULL */
    Status (*body)(struct world *w);          /* with the fault armed; its memory is w->run */
    enum outcome (*outcome)(struct world *w); /* NULL: it changes nothing, OLD is NEW */
    size_t post;                              /* whose it is: LV or BY */
    const char *officer;                      /* who acts, or NULL */
    bool in_steps;  /* several commits: of a failed run some may stand, none may be lost */
    bool stands_in; /* the posts need not be equal before and after: it is about other folders */
    bool changes_nothing; /* at the post or on the disk: a kill can do no harm */
    bool leaves_alarm;    /* the arrangement itself raised alarms */
    bool draws_apart;     /* libraries in a child process may die for want of memory: `internal` */
    bool ends_without_memory; /* without memory libarchive ends the process: tried in a child */
    bool starts_held;         /* the acting post waits for its head before */
};

struct world {
    const struct intention *what;
    struct pair *base; /* its posts are closed once the intention was built */
    struct pair *x;    /* the posts of the run: while building, those of `base` */
    struct scope *run; /* memory of the body */
    struct session *session;
    Str number, number_too; /* of cases */
    Str ref, ref_too;       /* facts */
    Str text;               /* of a finding: the mark that tells old from new */
    Bytes parcel;
    const char *path;         /* a file below base->folder */
    char place[512];          /* of world_path */
    uint64_t count;           /* something counted before the fault */
    size_t descriptors, kept; /* open before a run; more of them after one without faults */
    bool is_full;             /* the other post is opened again and checked, too */
    bool restarted;           /* the posts were opened again since the body */
    Hash before[2];
    enum fault_kind kind; /* that ends the life of a child */
    unsigned failures;    /* runs after which something did not hold; each was printed */
};

/* The acting post of the run. */
struct post *world_post(struct world *w);

/* A path in the run's folder, until the next one is asked for; takes no memory that could lack. */
const char *world_path(struct world *w, const char *name);

/* A fact by the acting officer; fields as "name=value", ended by NULL. */
Status world_say(struct world *w, const char *kind, ...);

/* Does the acting post hold a fact of this kind in the case whose field has this value? */
enum outcome world_has(struct world *w, Str number, const char *kind, const char *field, Str value);

/* lv and by registered the same incident, each in a case of its own that both posts hold: `number`
 * and `ref` are lv's, `number_too` and `ref_too` by's. For `build`. */
void world_two_registrations(struct world *w);

/* A test program of intentions. For each, a sweep over every kind of fault, once and for good; and
 * lives of a child that is killed, or loses power, in the midst of it. A few points of each; all of
 * them with the argument "full", or "NAME full" for one intention. With "NAME KIND N [on]" one run,
 * for looking into a finding. */
int world_main(int argc, char **argv, const struct intention *list, size_t count);
