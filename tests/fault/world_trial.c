/* The trials of an intention: each fault, each kill, and what is printed of it. */
#include "sound.h"
#include "world_inner.h"
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>
#undef fail /* ours, of base/scope.h */

enum { POINTS_MAX = 400, TRIALS_MAX = 128, NAME_BYTES = 64 };

static void run_prepare(void *state)
{
    world_prepare(state);
}

static Status run_body(void *state)
{
    struct world *w = state;
    return w->what->body(w);
}

static void run_check(void *state, const struct fault_run *run)
{
    struct world *w = state;
    bool good = world_refuses_well(w, run) && world_goes_on(w, run) &&
                (w->what->stands_in || (world_agrees(w) && world_stands(w)));
    world_end(w);
    if (good) return;
    w->failures++;
    fault_print_run();
}

static void on_crash(int number)
{
    fault_disarm();
    fault_print_run();
    sigaction(number, &(struct sigaction){.sa_handler = SIG_DFL}, NULL);
    raise(number);
}

static struct fault_case case_of(struct world *w)
{
    sigaction(SIGSEGV, &(struct sigaction){.sa_handler = on_crash}, NULL);
    sigaction(SIGABRT, &(struct sigaction){.sa_handler = on_crash}, NULL);
    return (struct fault_case){.name = w->what->name,
                               .state = w,
                               .prepare = run_prepare,
                               .body = run_body,
                               .check = run_check};
}

/* How many calls of each kind a run without faults makes. */
static bool calls_count(struct world *w, unsigned out[FAULT_KINDS])
{
    struct fault_run none = {.kind = FAULT_NONE};
    world_prepare(w);
    fault_count_start();
    none.status = run_body(w);
    fault_disarm();
    for (enum fault_kind kind = FAULT_NONE; kind < FAULT_KINDS; kind++)
        out[kind] = fault_counted(kind);
    fault_arm(FAULT_NONE, 0, false); /* ends the counting */
    if (none.status != OK) printf("# %s\n", scope_reason(w->run));
    assert_int_equal(none.status, OK);
    run_check(w, &none);
    return true;
}

static bool world_try(const struct intention *what, enum fault_kind kind, unsigned nth,
                      bool for_good)
{
    struct world w = {.what = what, .is_full = true};
    unsigned calls[FAULT_KINDS];
    world_build(&w);
    bool counted = calls_count(&w, calls); /* and what stays open without a fault */
    struct fault_case c = case_of(&w);
    struct fault_run run = {.kind = kind, .nth = nth, .for_good = for_good};
    bool good = fault_try(&c, &run);
    printf("# struck %u, %s\n", run.struck, status_name(run.status));
    pair_close(w.base);
    return counted && good && w.failures == 0;
}

/* One point of so many calls, another for each intention and kind. */
static unsigned point_of(const struct intention *what, enum fault_kind kind, bool for_good,
                         unsigned calls)
{
    unsigned salt = (unsigned)kind * 7 + for_good * 3;
    /* How much the drawing libraries ask for differs from run to run: the points before them. */
    if (what->draws_apart && kind == FAULT_MEMORY && calls > POINTS_MAX) calls = POINTS_MAX;
    for (const char *at = what->name; *at; at++)
        salt = salt * 31 + (unsigned char)*at;
    return 1 + salt % calls;
}

/* Of the kinds that fail for good three must do where points are few. */
static bool is_sampled(enum fault_kind kind, bool for_good)
{
    return !for_good || kind == FAULT_MEMORY || kind == FAULT_DISK_IO || kind == FAULT_FILE_FULL;
}

/* The trials of one intention follow each other and share what was built for it. */
static struct {
    struct world w;
    unsigned calls[FAULT_KINDS];
    bool good;
} shared;

static void shared_release(void)
{
    if (shared.w.base) pair_close(shared.w.base);
    shared.w = (struct world){0};
}

static void shared_take(const struct intention *what, bool is_full)
{
    if (shared.w.what != what) {
        shared_release();
        shared.w = (struct world){.what = what, .is_full = is_full};
        world_build(&shared.w);
        shared.good = calls_count(&shared.w, shared.calls);
    }
    shared.w.failures = 0;
}

/* The child opens the posts itself: a connection does not live in two processes. */
static void life_prepare(void *state)
{
    struct world *w = state;
    world_begin(w);
    world_close(w);
    setenv("TWINPOST_FAULT_ASIDE", w->x->folder, 1);
}

static void life_open(void *state)
{
    world_open(state);
}

static void life_body(void *state)
{
    struct world *w = state;
    Status status = w->what->body(w);
    bool expected = world_may_refuse(w, w->kind, status);
    if (status != OK) printf("# refused: %s: %s\n", status_name(status), scope_reason(w->run));
    fflush(stdout);
    if (status != OK) _exit(expected && scope_reason(w->run)[0] ? 1 : 2);
    crash_acknowledge();
}

/* What was acknowledged is there, all else is old or new; the same goes on where it was cut. */
static bool life_is_whole(struct world *w, const struct crash_run *run)
{
    enum outcome outcome = world_outcome(w);
    if (outcome == STATE_BROKEN) return world_wrong(w, "neither the old state nor the new one");
    if (run->acknowledged && outcome != STATE_NEW) return world_wrong(w, "acknowledged, and lost");
    for (size_t i = 0; i < 2; i++)
        if (!sound_journal(w->x->post[i])) return world_wrong(w, "not sound after the kill");
    if (outcome == STATE_NEW && w->what->outcome) return true;
    Status again = w->what->body(w);
    if (again == OK && world_outcome(w) == STATE_NEW) return true;
    printf("# again: %s: %s\n", status_name(again), scope_reason(w->run));
    return world_wrong(w, "the same does not work after the kill");
}

static void life_check(void *state, const struct crash_run *run)
{
    struct world *w = state;
    world_open(w);
    bool good =
        life_is_whole(w, run) && (w->what->stands_in || (world_agrees(w) && world_stands(w)));
    world_end(w);
    if (good) return;
    w->failures++;
    printf("# in %s: killed at call %u\n", w->what->name, run->nth);
}

static bool world_crash(const struct intention *what, enum fault_kind kind, bool is_full)
{
    shared_take(what, is_full);
    struct crash_case c = {.name = what->name,
                           .state = &shared.w,
                           .prepare = life_prepare,
                           .open = life_open,
                           .body = life_body,
                           .check = life_check};
    unsigned calls = shared.calls[kind];
    if (!shared.good || calls == 0) return false;
    struct crash_run run = {.nth = point_of(what, kind, false, calls)};
    shared.w.kind = kind;
    c.stride = calls / POINTS_MAX + 1;
    c.may_end = kind == FAULT_MEMORY;
    bool good = is_full ? crash_sweep(&c, kind) > 0 : crash_try(&c, kind, &run);
    /* All is done but for the last call: what was not made durable on the way shows here. */
    struct crash_run last = {.nth = calls};
    if (good && !is_full && kind == FAULT_CUT) good = crash_try(&c, kind, &last);
    printf("# %s, %s: %u calls\n", what->name, fault_name(kind), calls);
    return good && shared.w.failures == 0;
}

/* Where memory ends for good early on, nothing is left to tell the refusal with. */
static bool early_try(const struct fault_case *c, unsigned calls)
{
    static const unsigned early[] = {3, 5, 9, 17};
    bool good = true;
    for (size_t i = 0; good && i < COUNT_OF(early) && early[i] <= calls; i++) {
        struct fault_run run = {.kind = FAULT_MEMORY, .nth = early[i], .for_good = true};
        good = fault_try(c, &run);
    }
    return good;
}

static bool kind_sweep(struct world *w, enum fault_kind kind, bool for_good, unsigned calls)
{
    struct fault_case c = case_of(w);
    if (w->is_full) {
        c.stride = calls / POINTS_MAX + 1;
        return fault_sweep(&c, kind, for_good) >= 0;
    }
    struct fault_run run = {.kind = kind, .for_good = for_good};
    run.nth = point_of(w->what, kind, for_good, calls);
    if (is_sampled(kind, for_good) && !fault_try(&c, &run)) return false;
    return kind != FAULT_MEMORY || !for_good || early_try(&c, calls);
}

static bool world_sweep(const struct intention *what, bool is_full)
{
    shared_take(what, is_full);
    bool good = shared.good;
    for (enum fault_kind kind = FAULT_MEMORY; good && kind < FAULT_KILL; kind++) {
        unsigned calls = shared.calls[kind];
        if (calls == 0 || (kind == FAULT_MEMORY && what->ends_without_memory)) continue;
        good =
            kind_sweep(&shared.w, kind, false, calls) && kind_sweep(&shared.w, kind, true, calls);
        printf("# %s, %s: %u calls\n", what->name, fault_name(kind), calls);
    }
    return good && shared.w.failures == 0;
}

/* One test of one intention. */
struct trial {
    const struct intention *what;
    enum fault_kind kind;
    unsigned nth; /* 0: a sweep */
    bool for_good, is_full;
    char name[NAME_BYTES];
};

static void trial_run(void **state)
{
    const struct trial *t = *state;
    bool in_child = t->kind >= FAULT_KILL || (t->kind == FAULT_MEMORY && t->nth == 0);
    if (in_child)
        assert_true(world_crash(t->what, t->kind, t->is_full));
    else if (t->nth)
        assert_true(world_try(t->what, t->kind, t->nth, t->for_good));
    else
        assert_true(world_sweep(t->what, t->is_full));
}

/* "full" or nothing for every intention, "NAME full" for one, "NAME KIND N [on]" for one run. */
static size_t trials_choose(int argc, char **argv, const struct intention *list, size_t count,
                            struct trial *out)
{
    static const enum fault_kind kinds[] = {FAULT_NONE, FAULT_MEMORY, FAULT_KILL_FILE, FAULT_CUT,
                                            FAULT_CUT_TORN};
    bool is_full = (argc == 2 || argc == 3) && strcmp(argv[argc - 1], "full") == 0;
    size_t chosen = 0;
    uint64_t nth = 0;
    for (size_t i = 0; i < count; i++) {
        if (is_full && argc == 3 && strcmp(list[i].name, argv[1]) != 0) continue;
        if (argc > 3 && strcmp(list[i].name, argv[1]) == 0 && str_u64(str_of(argv[3]), &nth))
            out[chosen++] = (struct trial){
                &list[i], fault_find(argv[2]), (unsigned)nth, argc > 4, false, "one run"};
        for (size_t k = 0; argc <= 3 && k < COUNT_OF(kinds); k++) {
            struct trial *t = &out[chosen++];
            bool is_none = k == 1 ? !list[i].ends_without_memory : k > 1 && list[i].changes_nothing;
            if (is_none) chosen--;
            *t = (struct trial){.what = &list[i], .kind = kinds[k], .is_full = is_full};
            snprintf(t->name, sizeof t->name, "%s%s%s", list[i].name, k ? ", " : "",
                     k ? fault_name(kinds[k]) : "");
        }
    }
    return chosen;
}

int world_main(int argc, char **argv, const struct intention *list, size_t count)
{
    static struct trial trials[TRIALS_MAX];
    struct CMUnitTest tests[TRIALS_MAX] = {0}; /* those without a name are passed over */
    if (!fault_vfs_install() || 5 * count > TRIALS_MAX) return 1;
    fault_sync_skip();
    cmocka_set_message_output(CM_OUTPUT_TAP);
    size_t chosen = trials_choose(argc, argv, list, count, trials);
    for (size_t i = 0; i < chosen; i++)
        tests[i] = (struct CMUnitTest){trials[i].name, trial_run, NULL, NULL, &trials[i]};
    int failed = cmocka_run_group_tests_name("intentions", tests, NULL, NULL);
    shared_release();
    return failed;
}
