#include "fault.h"
#include <assert.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <unistd.h>

#include "fault_hook.h"

enum { POINTS_DEFAULT = 20000 };

/* The one place of the harness that must be shared by every thread and hook of the process. */
static struct {
    atomic_int kind;
    atomic_uint seen;
    atomic_uint nth;
    atomic_bool for_good;
    atomic_uint struck;
} armed;

const char *fault_name(enum fault_kind kind)
{
    static const char *const names[FAULT_KINDS] = {
        "none",      "memory",  "disk io",   "disk full",    "disk torn",
        "disk open", "file io", "file full", "kill at disk", "kill at file"};
    return names[kind];
}

void fault_struck(void) {}

void fault_arm(enum fault_kind kind, unsigned nth, bool for_good)
{
    atomic_store(&armed.kind, FAULT_NONE);
    atomic_store(&armed.seen, 0);
    atomic_store(&armed.struck, 0);
    atomic_store(&armed.nth, nth);
    atomic_store(&armed.for_good, for_good);
    atomic_store(&armed.kind, (int)kind);
}

unsigned fault_disarm(void)
{
    atomic_store(&armed.kind, FAULT_NONE);
    return atomic_load(&armed.struck);
}

unsigned fault_calls(void)
{
    return atomic_load(&armed.seen);
}

bool fault_strikes(enum fault_kind kind)
{
    if (atomic_load(&armed.kind) != (int)kind) return false;
    unsigned number = atomic_fetch_add(&armed.seen, 1) + 1;
    unsigned nth = atomic_load(&armed.nth);
    if (number < nth || (number > nth && !atomic_load(&armed.for_good))) return false;
    atomic_fetch_add(&armed.struck, 1);
    fault_struck();
    if (kind == FAULT_KILL || kind == FAULT_KILL_FILE) kill(getpid(), SIGKILL);
    return true;
}

static bool broken(const struct fault_case *c, const struct fault_run *run, const char *why)
{
    printf("# %s: %s fault %u%s: %s (%s)\n", c->name, fault_name(run->kind), run->nth,
           run->for_good ? " and later" : "", why, status_name(run->status));
    return false;
}

static bool run_once(const struct fault_case *c, struct fault_run *run)
{
    c->prepare(c->state);
    fault_arm(run->kind, run->nth, run->for_good);
    run->status = c->body(c->state);
    run->struck = fault_disarm();
    if (run->struck == 0 && run->status != OK)
        return broken(c, run, "failed although nothing struck");
    c->check(c->state, run);
    return true;
}

long fault_sweep(const struct fault_case *c, enum fault_kind kind, bool for_good)
{
    unsigned points_max = c->points_max ? c->points_max : POINTS_DEFAULT;
    struct fault_run run = {.kind = kind, .for_good = for_good};
    for (run.nth = 1; run.nth <= points_max; run.nth++) {
        if (!run_once(c, &run)) return -1;
        if (run.struck == 0) return (long)run.nth - 1;
    }
    broken(c, &run, "the sweep found no end");
    return -1;
}

long fault_sweep_all(const struct fault_case *c)
{
    long total = 0;
    for (enum fault_kind kind = FAULT_MEMORY; kind < FAULT_KILL; kind++) {
        for (int for_good = 0; for_good < 2; for_good++) {
            long points = fault_sweep(c, kind, for_good != 0);
            if (points < 0) return -1;
            total += points;
        }
    }
    return total;
}
