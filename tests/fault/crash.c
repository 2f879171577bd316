/* A child runs the body and is killed; the parent looks at what is left on disk. What the child
 * acknowledged is counted in memory that both share, so that the kill cannot lose the count. */
#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "fault_hook.h"

enum { POINTS_DEFAULT = 5000, BODY_SECONDS_MAX = 60 };

static atomic_uint *acknowledged;

void crash_acknowledge(void)
{
    if (acknowledged) atomic_fetch_add(acknowledged, 1);
}

static bool share(void)
{
    if (acknowledged) return true;
    void *ptr =
        mmap(NULL, sizeof *acknowledged, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (ptr == MAP_FAILED) return false;
    acknowledged = ptr;
    return true;
}

static void wait_us(unsigned us)
{
    struct timespec left = {us / 1000000, (long)(us % 1000000) * 1000};
    while (nanosleep(&left, &left) != 0 && errno == EINTR) {
    }
}

_Noreturn static void child(const struct crash_case *c, enum fault_kind kind, unsigned nth)
{
    alarm(BODY_SECONDS_MAX);
    if (c->open) c->open(c->state);
    if (kind != FAULT_NONE) fault_arm(kind, nth, false);
    c->body(c->state);
    _exit(0);
}

static bool broken(const struct crash_case *c, const struct crash_run *run, const char *why)
{
    printf("# %s: killed at call %u, after %u us: %s\n", c->name, run->nth, run->after_us, why);
    return false;
}

/* One life of a child: killed by the armed call, or from here after some time. */
static bool run_once(const struct crash_case *c, enum fault_kind kind, struct crash_run *run)
{
    if (!share()) return broken(c, run, "no memory to share");
    c->prepare(c->state);
    atomic_store(acknowledged, 0);
    fflush(NULL);
    pid_t pid = fork();
    if (pid < 0) return broken(c, run, "no child");
    if (pid == 0) child(c, kind, run->nth);
    if (kind == FAULT_NONE) {
        wait_us(run->after_us);
        kill(pid, SIGKILL);
    }
    int status = 0;
    while (waitpid(pid, &status, 0) < 0)
        if (errno != EINTR) return broken(c, run, "the child is lost");
    run->finished = WIFEXITED(status) && WEXITSTATUS(status) == 0;
    bool ended = c->may_end && WIFEXITED(status) && WEXITSTATUS(status) == 1;
    if (!run->finished && !ended && !(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL))
        return broken(c, run, "the child died of something else");
    fault_disarm();
    cut_forget(pid);
    run->acknowledged = atomic_load(acknowledged);
    c->check(c->state, run);
    return true;
}

bool crash_try(const struct crash_case *c, enum fault_kind kind, struct crash_run *run)
{
    return run_once(c, kind, run);
}

long crash_sweep(const struct crash_case *c, enum fault_kind kind)
{
    unsigned points_max = c->points_max ? c->points_max : POINTS_DEFAULT;
    unsigned stride = c->stride ? c->stride : 1;
    long kills = 0;
    for (unsigned nth = 1; kills < points_max; nth += stride) {
        struct crash_run run = {.nth = nth};
        if (!run_once(c, kind, &run)) return -1;
        if (run.finished) return kills;
        kills++;
    }
    printf("# %s: the sweep found no end\n", c->name);
    return -1;
}

/* Marsaglia's xorshift: the same times from the same seed on every machine. */
static unsigned next_random(unsigned *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 17;
    *state ^= *state << 5;
    return *state;
}

long crash_at_times(const struct crash_case *c, unsigned runs, unsigned longest_us, unsigned seed)
{
    unsigned state = seed ? seed : 1;
    long kills = 0;
    for (unsigned i = 0; i < runs; i++) {
        struct crash_run run = {.after_us = next_random(&state) % longest_us};
        if (!run_once(c, FAULT_NONE, &run)) return -1;
        kills += !run.finished;
    }
    return kills;
}
