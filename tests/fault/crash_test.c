#include "fault.h"
#include "folder.h"
#include "ledger.h"
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

enum { TRANSFERS = 4 };

struct life {
    struct ledger ledger;
    int broken; /* found damaged, or less than was acknowledged */
    int lost;
};

static void life_prepare(void *state)
{
    struct life *w = state;
    const char *folder = getenv("TMPDIR"); /* where the ledger lies */
    setenv("TWINPOST_FAULT_ASIDE", folder ? folder : P_tmpdir, 1);
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

/* What a child does to two files before its power fails. */
struct cut {
    char folder[32];
    bool torn;
};

static void file_put(const char *folder, const char *name, const char *text, bool synced)
{
    char path[64];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    int fd = open(path, O_WRONLY | O_CREAT, 0600);
    ssize_t n = write(fd, text, strlen(text));
    if (n != (ssize_t)strlen(text) || (synced && fsync(fd) != 0) || close(fd) != 0) _exit(4);
}

static bool file_says(const char *folder, const char *name, const char *text)
{
    char path[64], got[64] = "";
    snprintf(path, sizeof path, "%s/%s", folder, name);
    int fd = open(path, O_RDONLY);
    if (fd < 0) return text == NULL;
    ssize_t n = read(fd, got, sizeof got - 1);
    close(fd);
    return text && n >= 0 && strcmp(got, text) == 0;
}

static void folder_sync(const char *folder)
{
    int fd = open(folder, O_RDONLY | O_DIRECTORY);
    if (fsync(fd) != 0 || close(fd) != 0) _exit(4);
}

static void cut_prepare(void *state)
{
    struct cut *c = state;
    snprintf(c->folder, sizeof c->folder, "cut-test-XXXXXX");
    assert_non_null(mkdtemp(c->folder));
    setenv("TWINPOST_FAULT_ASIDE", c->folder, 1);
    file_put(c->folder, "old", "before", true);
    file_put(c->folder, "kept", "before", true);
}

/* Eleven calls: the twelfth is the cut. */
static void cut_body(void *state)
{
    const struct cut *c = state;
    char from[64], to[64];
    snprintf(from, sizeof from, "%s/kept", c->folder);
    snprintf(to, sizeof to, "%s/moved", c->folder);
    file_put(c->folder, "synced", "after", true);   /* open, write, fsync */
    folder_sync(c->folder);                         /* fsync */
    file_put(c->folder, "nameless", "after", true); /* open, write, fsync: not its folder */
    file_put(c->folder, "old", "AFTER!", false);    /* open, write */
    rename(from, to);                               /* rename: not its folder */
    file_put(c->folder, "new", "after", false);     /* open: the cut comes at the write */
    _exit(5);
}

static void cut_check(void *state, const struct crash_run *run)
{
    const struct cut *c = state;
    assert_int_equal(run->finished, false);
    assert_true(file_says(c->folder, "synced", "after"));
    if (c->torn) return;
    assert_true(file_says(c->folder, "old", "before"));
    assert_true(file_says(c->folder, "kept", "before"));
    assert_true(file_says(c->folder, "moved", NULL));
    assert_true(file_says(c->folder, "nameless", NULL));
    assert_true(file_says(c->folder, "new", NULL));
}

static void a_power_cut_takes_what_was_not_synced(void **state)
{
    (void)state;
    for (int torn = 0; torn < 2; torn++) {
        struct cut cut = {.torn = torn != 0};
        struct crash_case c = {.name = "cut",
                               .state = &cut,
                               .prepare = cut_prepare,
                               .body = cut_body,
                               .check = cut_check};
        struct crash_run run = {.nth = 12};
        assert_true(crash_try(&c, torn ? FAULT_CUT_TORN : FAULT_CUT, &run));
        folder_close(cut.folder);
    }
}

static void a_power_cut_at_any_call_loses_nothing_acknowledged(void **state)
{
    (void)state;
    for (enum fault_kind kind = FAULT_CUT; kind <= FAULT_CUT_TORN; kind++) {
        struct life w = {0};
        struct crash_case c = case_of(&w);
        assert_true(crash_sweep(&c, kind) >= TRANSFERS);
        assert_int_equal(w.broken + w.lost, 0);
        ledger_remove(&w.ledger);
    }
}

/* With a program that does not wait for the disk the sweep must find a loss. */
static void a_power_cut_finds_who_does_not_sync(void **state)
{
    (void)state;
    struct life w = {.ledger.hasty = true};
    struct crash_case c = case_of(&w);
    assert_true(crash_sweep(&c, FAULT_CUT) > 0);
    assert_true(w.broken + w.lost > 0);
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
        cmocka_unit_test(a_power_cut_takes_what_was_not_synced),
        cmocka_unit_test(a_power_cut_at_any_call_loses_nothing_acknowledged),
        cmocka_unit_test(a_power_cut_finds_who_does_not_sync),
    };
    if (!fault_vfs_install()) return 1;
    fault_sync_skip();
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
