#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <unistd.h>

#include "fault.h"
#include "ledger.h"

enum { TRANSFERS = 4 };

struct life {
    struct ledger ledger;
    int broken; /* found damaged, or less than was acknowledged */
    int lost;
};

static void life_prepare(void *state)
{
    struct life *w = state;
    ledger_prepare(&w->ledger);
}

static void life_body(void *state)
{
    const struct life *w = state;
    if (ledger_book(&w->ledger, TRANSFERS, true) != OK) _exit(1);
}

static void life_check(void *state, const struct crash_run *run)
{
    struct life *w = state;
    int rows = ledger_rows(&w->ledger);
    w->broken += rows < 0 || rows % 2 != 0;
    w->lost += rows < 2 * (int)run->acknowledged;
}

static struct crash_case case_of(struct life *w)
{
    return (struct crash_case){.name = "four transfers",
                               .state = w,
                               .prepare = life_prepare,
                               .body = life_body,
                               .check = life_check};
}

static void a_kill_at_every_disk_call_loses_nothing_acknowledged(void **state)
{
    (void)state;
    struct life w = {0};
    struct crash_case c = case_of(&w);
    long kills = crash_sweep(&c, FAULT_KILL);
    print_message("# %ld kills at disk calls\n", kills);
    assert_true(kills >= TRANSFERS);
    assert_int_equal(w.broken, 0);
    assert_int_equal(w.lost, 0);
    ledger_remove(&w.ledger);
}

static void a_kill_at_every_file_call_loses_nothing_acknowledged(void **state)
{
    (void)state;
    struct life w = {0};
    struct crash_case c = case_of(&w);
    assert_true(crash_sweep(&c, FAULT_KILL_FILE) >= TRANSFERS);
    assert_int_equal(w.broken + w.lost, 0);
    ledger_remove(&w.ledger);
}

static void the_sweep_finds_the_careless_ledger(void **state)
{
    (void)state;
    struct life w = {.ledger.careless = true};
    struct crash_case c = case_of(&w);
    assert_true(crash_sweep(&c, FAULT_KILL) > 0);
    assert_true(w.broken > 0);
    ledger_remove(&w.ledger);
}

static void a_kill_at_any_time_loses_nothing_acknowledged(void **state)
{
    (void)state;
    struct life w = {0};
    struct crash_case c = case_of(&w);
    long kills = crash_at_times(&c, 40, 8000, 20230830);
    print_message("# %ld kills at pseudo-random times\n", kills);
    assert_true(kills > 0);
    assert_int_equal(w.broken + w.lost, 0);
    ledger_remove(&w.ledger);
}

static void body_that_dies_otherwise(void *state)
{
    (void)state;
    _exit(3);
}

static void another_death_is_reported(void **state)
{
    (void)state;
    struct life w = {0};
    struct crash_case c = case_of(&w);
    c.body = body_that_dies_otherwise;
    assert_int_equal(crash_sweep(&c, FAULT_KILL), -1);
    ledger_remove(&w.ledger);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_kill_at_every_disk_call_loses_nothing_acknowledged),
        cmocka_unit_test(a_kill_at_every_file_call_loses_nothing_acknowledged),
        cmocka_unit_test(the_sweep_finds_the_careless_ledger),
        cmocka_unit_test(a_kill_at_any_time_loses_nothing_acknowledged),
        cmocka_unit_test(another_death_is_reported),
    };
    if (!fault_vfs_install()) return 1;
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
