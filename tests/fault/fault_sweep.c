/* The loop over faults: prepare, arm, run, disarm, check, until a run meets none. */
#include "fault.h"
#include <stdio.h>
#include <unistd.h>

enum { POINTS_DEFAULT = 20000 };

static const struct fault_case *running;
static struct fault_run run_now;

void fault_print_run(void)
{
    if (running == NULL) return;
    char line[256];
    int len = snprintf(line, sizeof line, "# in %s: %s fault %u%s (%s)\n", running->name,
                       fault_name(run_now.kind), run_now.nth, run_now.for_good ? " and later" : "",
                       status_name(run_now.status));
    if (len > 0 && write(STDOUT_FILENO, line, (size_t)len) < 0) return;
}

static bool broken(const struct fault_case *c, const struct fault_run *run, const char *why)
{
    printf("# %s: %s fault %u%s: %s (%s)\n", c->name, fault_name(run->kind), run->nth,
           run->for_good ? " and later" : "", why, status_name(run->status));
    return false;
}

bool fault_try(const struct fault_case *c, struct fault_run *run)
{
    running = c;
    run->status = OK;
    run_now = *run;
    c->prepare(c->state);
    fault_arm(run->kind, run->nth, run->for_good);
    run->status = c->body(c->state);
    run->struck = fault_disarm();
    run_now = *run;
    if (run->struck == 0 && run->status != OK)
        return broken(c, run, "failed although nothing struck");
    c->check(c->state, run);
    running = NULL;
    return true;
}

long fault_sweep(const struct fault_case *c, enum fault_kind kind, bool for_good)
{
    unsigned points_max = c->points_max ? c->points_max : POINTS_DEFAULT;
    unsigned stride = c->stride ? c->stride : 1;
    struct fault_run run = {.kind = kind, .for_good = for_good};
    long points = 0;
    for (run.nth = 1; points < points_max; run.nth += stride) {
        if (!fault_try(c, &run)) return -1;
        if (run.struck == 0) return points;
        points++;
    }
    broken(c, &run, "the sweep found no end");
    return -1;
}
