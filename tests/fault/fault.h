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
    FAULT_FILE_IO,   /* file call: -1, EIO */
    FAULT_FILE_FULL, /* file call that needs room: -1, ENOSPC */
    FAULT_KILL,      /* SIGKILL instead of the VFS write, sync, truncate or delete */
    FAULT_KILL_FILE, /* SIGKILL instead of the file call */
    FAULT_KINDS
};

/* For messages: "memory", "disk io" ... */
const char *fault_name(enum fault_kind kind);

/* From now on the `nth` call of the kind (1 is the next one) fails, and with `for_good` every
 * later one too. Replaces what was armed. */
void fault_arm(enum fault_kind kind, unsigned nth, bool for_good);

/* Nothing fails any more; the number of calls that failed since fault_arm. */
unsigned fault_disarm(void);

/* Calls of the armed kind seen since fault_arm, failed or not. */
unsigned fault_calls(void);

/* Makes the shim SQLite's default VFS. Call once before the first database is opened, without
 * anything armed; false when SQLite refuses. */
bool fault_vfs_install(void);

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
};

/* Repeats the case with the 1st, 2nd, 3rd ... fault of the kind until a run meets none; that run
 * must return OK. The number of points that struck; -1 after a broken promise, which is printed. */
long fault_sweep(const struct fault_case *c, enum fault_kind kind, bool for_good);

/* Each kind but the killing ones, once and for good; total of points or -1. */
long fault_sweep_all(const struct fault_case *c);

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
    void (*body)(void *state);    /* in a child that is killed; opens what it needs itself */
    void (*check)(void *state, const struct crash_run *run); /* in the parent */
    unsigned points_max;
};

/* Called by the body in the child when it has promised one thing more to its caller. */
void crash_acknowledge(void);

/* Kills the child at its 1st, 2nd, 3rd ... call of the kind (FAULT_KILL or FAULT_KILL_FILE) until
 * one comes to its end. The number of kills, -1 after a broken promise, which is printed. */
long crash_sweep(const struct crash_case *c, enum fault_kind kind);

/* Kills `runs` children after pseudo-random times below `longest_us`; the same seed gives the same
 * times. The number of kills or -1. */
long crash_at_times(const struct crash_case *c, unsigned runs, unsigned longest_us, unsigned seed);
