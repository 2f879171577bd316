/* tests/fault/fault.h - makes the Nth memory or disk call fail, once or for good, and sweeps N.
 * Linked into test programs only. Memory: malloc, calloc, realloc and aligned_alloc of the whole
 * process, foreign libraries included. Disk: an SQLite VFS over the default one, and the file
 * calls (write, fsync, rename ...) that this program and its libraries make. The idea is SQLite's
 * test_malloc and malloc_common; the code is our own. Not for builds with sanitizers, which bring
 * their own malloc. */
#pragma once
#include "base/status.h"
#include <stdbool.h>
#include <stddef.h>

enum fault_kind {
    FAULT_NONE,
    FAULT_MEMORY,    /* the allocation returns NULL */
    FAULT_DISK_IO,   /* VFS write, sync, truncate or delete: SQLITE_IOERR_... */
    FAULT_DISK_FULL, /* VFS write or truncate: SQLITE_FULL */
    FAULT_DISK_TORN, /* VFS write: the first half reaches the file, then SQLITE_IOERR_WRITE */
    FAULT_DISK_OPEN, /* VFS open: SQLITE_CANTOPEN */
    FAULT_DISK_READ, /* VFS read, size, access, lock or shared map: SQLITE_IOERR_... */
    FAULT_FILE_IO,   /* file call that changes a disk: -1, EIO */
    FAULT_FILE_FULL, /* file call that needs room: -1, ENOSPC */
    FAULT_FILE_READ, /* file call that only looks (read, stat, open, list, map): -1, EIO */
    FAULT_FILE_PART, /* write: only the first half is taken, as the system may at any time */
    FAULT_KILL,      /* SIGKILL instead of the VFS write, sync, truncate or delete */
    FAULT_KILL_FILE, /* SIGKILL instead of the file call */
    FAULT_CUT,       /* the same, and what was not synced is gone, as when power fails */
    FAULT_CUT_TORN,  /* the same, and of what was not synced some sectors are there */
    FAULT_KINDS
};

/* For messages: "memory", "disk io" ... */
const char *fault_name(enum fault_kind kind);

/* The kind of that name; FAULT_KINDS when there is none. */
enum fault_kind fault_find(const char *name);

/* From now on the `nth` call of the kind (1 is the next one) fails, and with `for_good` every
 * later one too. Replaces what was armed. */
void fault_arm(enum fault_kind kind, unsigned nth, bool for_good);

/* Nothing fails any more; the number of calls that failed since fault_arm, also in children that
 * were forked meanwhile. The kinds that kill strike nobody but the process that armed them. */
unsigned fault_disarm(void);

/* Calls of the armed kind seen since fault_arm, failed or not. */
unsigned fault_calls(void);

/* Counts the calls of every kind from now on, failing none, until fault_arm. */
void fault_count_start(void);
unsigned fault_counted(enum fault_kind kind);

/* Makes the shim SQLite's default VFS. Call once before the first database is opened, without
 * anything armed; false when SQLite refuses. */
bool fault_vfs_install(void);

/* From now on fsync and fdatasync only seem to reach the disk: for sweeps that fail calls but lose
 * nothing that was written. Still counted and failed like every other call. */
void fault_sync_skip(void);

/* Is called where a fault strikes; empty, to hold a breakpoint. */
void fault_struck(void);

/* What one run of a sweep met. */
struct fault_run {
    enum fault_kind kind;
    unsigned nth;
    bool for_good;
    unsigned struck; /* how many calls failed */
    Status status;   /* what body returned */
};

/* `prepare` makes a fresh world, `body` is the use case, `check` looks at what is left: old state
 * or new state, nothing open, chains whole. Only `body` runs with the fault armed. */
struct fault_case {
    const char *name;
    void *state;
    void (*prepare)(void *state);
    Status (*body)(void *state);
    void (*check)(void *state, const struct fault_run *run);
    unsigned points_max; /* the sweep has failed when so many points did not end it; 0 is 20000 */
    unsigned stride;     /* every how manieth point is tried; 0 is 1: each */
};

/* Repeats the case with the 1st, 2nd, 3rd ... fault of the kind until a run meets none; that run
 * must return OK. The number of points that struck; -1 after a broken promise, which is printed. */
long fault_sweep(const struct fault_case *c, enum fault_kind kind, bool for_good);

/* One run of a sweep: false after a broken promise, which is printed. `run` says which fault, and
 * takes what came of it. */
bool fault_try(const struct fault_case *c, struct fault_run *run);

/* Prints the run under way, if there is one: for the teardown of a test that a check ended, and for
 * a signal that a body died of. */
void fault_print_run(void);

/* How a body that ended at an arbitrary instant left the world. */
struct crash_run {
    unsigned nth;      /* which call killed it; 0 when time did */
    unsigned after_us; /* how long it lived; 0 when a call killed it */
    bool finished;     /* body came to its end */
    unsigned acknowledged;
};

struct crash_case {
    const char *name;
    void *state;
    void (*prepare)(void *state); /* in the parent, before each run */
    void (*open)(void *state);    /* in the child, before it may be killed; may be NULL */
    void (*body)(void *state);    /* in the child that is killed */
    void (*check)(void *state, const struct crash_run *run); /* in the parent */
    unsigned points_max;
    unsigned stride; /* as in fault_case */
    bool may_end;    /* the child may also end by itself, with 1: the fault need not kill */
};

/* Called by the body in the child when it has promised one thing more to its caller. */
void crash_acknowledge(void);

/* Kills the child at its 1st, 2nd, 3rd ... call of the kind (FAULT_KILL and those after it) until
 * one comes to its end. The number of kills, -1 after a broken promise, which is printed. */
long crash_sweep(const struct crash_case *c, enum fault_kind kind);

/* One life of a child, killed at the `nth` call of the kind; `run` takes what came of it. False
 * after a broken promise, which is printed. */
bool crash_try(const struct crash_case *c, enum fault_kind kind, struct crash_run *run);

/* Kills `runs` children after pseudo-random times below `longest_us`; the same seed gives the same
 * times. The number of kills or -1. */
long crash_at_times(const struct crash_case *c, unsigned runs, unsigned longest_us, unsigned seed);
