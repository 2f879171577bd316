#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fault.h"
#include "ledger.h"

static void the_nth_allocation_fails_once(void **state)
{
    (void)state;
    fault_arm(FAULT_MEMORY, 2, false);
    void *first = malloc(8), *second = calloc(1, 8), *third = malloc(8);
    unsigned calls = fault_calls();
    unsigned struck = fault_disarm();
    assert_non_null(first);
    assert_null(second);
    assert_non_null(third);
    assert_int_equal(calls, 3);
    assert_int_equal(struck, 1);
    free(first);
    free(third);
}

static void all_allocations_fail_for_good(void **state)
{
    (void)state;
    fault_arm(FAULT_MEMORY, 1, true);
    void *grown = realloc(NULL, 8);
    char *copy = strdup("copy");
    void *aligned = NULL;
    int code = posix_memalign(&aligned, 64, 64);
    unsigned struck = fault_disarm();
    assert_null(grown);
    assert_null(copy);
    assert_int_equal(code, ENOMEM);
    assert_int_equal(struck, 3);
}

static void another_kind_is_not_met(void **state)
{
    (void)state;
    fault_arm(FAULT_DISK_IO, 1, true);
    void *ptr = malloc(8);
    assert_int_equal(fault_disarm(), 0);
    assert_non_null(ptr);
    free(ptr);
}

/* A file without a name; the caller closes. */
static int scratch_file(void)
{
    int fd = open(".", O_TMPFILE | O_RDWR, 0600);
    assert_true(fd >= 0);
    return fd;
}

static void a_file_call_fails_with_its_reason(void **state)
{
    (void)state;
    int ends[2], file = scratch_file();
    assert_int_equal(pipe(ends), 0);
    fault_arm(FAULT_FILE_FULL, 1, false);
    ssize_t to_pipe = write(ends[1], "x", 1);
    ssize_t full = write(file, "x", 1);
    int why_full = errno;
    fault_arm(FAULT_FILE_IO, 1, false);
    int synced = fsync(file);
    int why_io = errno;
    ssize_t later = write(file, "x", 1);
    fault_disarm();
    close(file);
    close(ends[0]);
    close(ends[1]);
    assert_int_equal(to_pipe, 1);
    assert_int_equal(full, -1);
    assert_int_equal(why_full, ENOSPC);
    assert_int_equal(synced, -1);
    assert_int_equal(why_io, EIO);
    assert_int_equal(later, 1);
}

static void reading_is_not_met(void **state)
{
    (void)state;
    fault_arm(FAULT_FILE_IO, 1, true);
    int fd = open("/dev/null", O_RDONLY);
    unsigned struck = fault_disarm();
    assert_true(fd >= 0);
    assert_int_equal(struck, 0);
    close(fd);
}

/* The use case that the sweep is tried on, and what its checks have counted. */
struct sweep {
    struct ledger ledger;
    int refused;
    int broken;
};

static void sweep_prepare(void *state)
{
    struct sweep *w = state;
    ledger_prepare(&w->ledger);
}

static Status sweep_body(void *state)
{
    const struct sweep *w = state;
    return ledger_book(&w->ledger, 1, false);
}

static void sweep_check(void *state, const struct fault_run *run)
{
    struct sweep *w = state;
    int rows = ledger_rows(&w->ledger);
    w->refused += run->status != OK;
    w->broken += rows != 2 && (run->status == OK || rows != 0);
}

static struct fault_case sweep_of(struct sweep *w)
{
    return (struct fault_case){.name = "one transfer",
                               .state = w,
                               .prepare = sweep_prepare,
                               .body = sweep_body,
                               .check = sweep_check};
}

static void every_kind_meets_the_careful_ledger_and_leaves_it_whole(void **state)
{
    (void)state;
    struct sweep w = {0};
    struct fault_case c = sweep_of(&w);
    for (enum fault_kind kind = FAULT_MEMORY; kind < FAULT_KILL; kind++) {
        for (int for_good = 0; for_good < 2; for_good++) {
            long points = fault_sweep(&c, kind, for_good != 0);
            print_message("# %s%s: %ld points\n", fault_name(kind), for_good ? ", for good" : "",
                          points);
            assert_true(points > 0);
        }
    }
    assert_true(w.refused > 0);
    assert_int_equal(w.broken, 0);
    ledger_remove(&w.ledger);
}

static void the_sweep_finds_the_careless_ledger(void **state)
{
    (void)state;
    struct sweep w = {.ledger.careless = true};
    struct fault_case c = sweep_of(&w);
    assert_true(fault_sweep(&c, FAULT_DISK_IO, false) > 0);
    assert_true(w.broken > 0);
    ledger_remove(&w.ledger);
}

static Status body_that_fails_by_itself(void *state)
{
    (void)state;
    return ERR_INTERNAL;
}

static Status body_without_end(void *state)
{
    (void)state;
    void *ptr = malloc(8);
    free(ptr);
    return ptr ? OK : ERR_MEMORY;
}

static void nothing(void *state)
{
    (void)state;
}

static void look_away(void *state, const struct fault_run *run)
{
    (void)state;
    (void)run;
}

static void a_sweep_reports_broken_promises(void **state)
{
    (void)state;
    struct fault_case c = {.name = "on purpose",
                           .prepare = nothing,
                           .body = body_that_fails_by_itself,
                           .check = look_away};
    assert_int_equal(fault_sweep(&c, FAULT_MEMORY, false), -1);
    c.body = body_without_end;
    assert_int_equal(fault_sweep(&c, FAULT_MEMORY, false), 1);
    c.points_max = 1;
    assert_int_equal(fault_sweep(&c, FAULT_MEMORY, false), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_nth_allocation_fails_once),
        cmocka_unit_test(all_allocations_fail_for_good),
        cmocka_unit_test(another_kind_is_not_met),
        cmocka_unit_test(a_file_call_fails_with_its_reason),
        cmocka_unit_test(reading_is_not_met),
        cmocka_unit_test(every_kind_meets_the_careful_ledger_and_leaves_it_whole),
        cmocka_unit_test(the_sweep_finds_the_careless_ledger),
        cmocka_unit_test(a_sweep_reports_broken_promises),
    };
    if (!fault_vfs_install()) return 1;
    fault_sync_skip();
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
