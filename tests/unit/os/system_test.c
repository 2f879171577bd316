/* Clock, zones, the log and children with limits. */
#include "folder.h"
#include "os/clock.h"
#include "os/file.h"
#include "os/log.h"
#include "os/process.h"
#include "os/zone.h"
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#undef fail /* cmocka has a macro of this name */

#define OKAY(call) assert_int_equal((call), OK)

static void a_simulated_clock_stands_still(void **state)
{
    (void)state;
    struct clock machine = {0}, exercise = {.simulated = true, .at = {123}};
    Instant first = clock_read(&machine);
    assert_true(first.us > 1600000000LL * US_PER_SECOND);
    assert_false(instant_before(clock_read(&machine), first));
    assert_int_equal(clock_read(&exercise).us, 123);
}

static void a_zone_is_found_by_its_name_only(void **state)
{
    (void)state;
    AUTO_SCOPE struct scope *s = scope_open(1 << 20);
    struct zone zone;
    Instant summer;
    assert_true(instant_parse(STR("2026-07-01T12:00:00Z"), &summer));
    OKAY(zone_load(s, STR("Europe/Riga"), &zone));
    assert_int_equal(zone_offset_s(&zone, summer), 3 * 3600);
    OKAY(zone_load(s, STR("Europe/Minsk"), &zone));
    assert_int_equal(zone_offset_s(&zone, summer), 3 * 3600);
    OKAY(zone_load(s, STR("UTC"), &zone));
    assert_int_equal(zone_offset_s(&zone, summer), 0);
    static const char *const wrong[] = {"",      "../passwd", "/etc/passwd",  "Europe//Riga",
                                        "Riga/", "Eu.rope",   "Europe/Riga\n"};
    for (size_t i = 0; i < COUNT_OF(wrong); i++)
        assert_int_equal(zone_load(s, str_of(wrong[i]), &zone), ERR_SCHEMA);
    assert_int_equal(zone_load(s, STR("Europe/Atlantis"), &zone), ERR_NOT_FOUND);
    assert_int_not_equal(zone_load(s, STR("Europe"), &zone), OK);
}

static void a_log_line_is_one_line(void **state)
{
    (void)state;
    AUTO_SCOPE struct scope *s = scope_open(1 << 20);
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    int kept = dup(STDERR_FILENO);
    dup2(ends[1], STDERR_FILENO);
    char text[2000];
    memset(text, 'x', sizeof text);
    text[sizeof text - 1] = '\0';
    log_line(LEVEL_WARNING, "from %s", "somebody\n2026-01-01 info forged\x1b[2J");
    log_line(LEVEL_ERROR, "%s", text);
    dup2(kept, STDERR_FILENO);
    close(kept);
    close(ends[1]);
    AUTO_FILE int in = ends[0];
    Bytes bytes;
    OKAY(file_read_fd(s, in, "log", 8000, &bytes));
    Str left = bytes_str(bytes), first = str_cut(&left, '\n'), second = str_cut(&left, '\n');
    Str tail = STR(" warning from somebody?2026-01-01 info forged?[2J");
    assert_true(first.len > tail.len);
    assert_memory_equal(first.ptr + first.len - tail.len, tail.ptr, tail.len);
    assert_int_equal(second.len, LOG_LINE_MAX - 2);
    assert_int_equal(left.len, 0);
}

static Status double_it(void *ctx, struct scope *s, Bytes *out)
{
    const Str *text = ctx;
    *out = str_bytes(scope_print(s, "%.*s%.*s", STR_ARG(*text), STR_ARG(*text)));
    return OK;
}

static Status refuse(void *ctx, struct scope *s, Bytes *out)
{
    (void)ctx;
    (void)out;
    return fail(s, ERR_SCHEMA, "page %d is no page", 7);
}

static Status crash(void *ctx, struct scope *s, Bytes *out)
{
    (void)ctx;
    (void)s;
    (void)out;
    /* Straight to the kernel, so that no sanitizer turns it into an orderly exit. */
    sigaction(SIGABRT, &(struct sigaction){.sa_handler = SIG_DFL}, NULL);
    abort();
}

static Status sleep_long(void *ctx, struct scope *s, Bytes *out)
{
    (void)ctx;
    (void)s;
    (void)out;
    sleep(20);
    return OK;
}

static Status swallow_memory(void *ctx, struct scope *s, Bytes *out)
{
    (void)ctx;
    while (scope_alloc(s, 1 << 20))
        continue;
    *out = (Bytes){NULL, 0};
    return ERR_MEMORY;
}

static Status write_a_file(void *ctx, struct scope *s, Bytes *out)
{
    *out = (Bytes){NULL, 0};
    return file_write(s, ctx, str_bytes(STR("escaped")));
}

static void a_child_gives_back_bytes_or_its_sentence(void **state)
{
    (void)state;
    AUTO_SCOPE struct scope *s = scope_open(8 << 20);
    struct process_limits limits = {.memory_bytes = 32 << 20, .time_ms = 5000, .output_max = 1000};
    Str text = STR("border");
    Bytes out = {NULL, 0};
    OKAY(process_run(s, &limits, double_it, &text, &out));
    assert_true(str_is(bytes_str(out), "borderborder"));
    assert_int_equal(process_run(s, &limits, refuse, NULL, &out), ERR_SCHEMA);
    assert_string_equal(scope_reason(s), "page 7 is no page");
    limits.output_max = 11;
    assert_int_equal(process_run(s, &limits, double_it, &text, &out), ERR_LIMIT);
}

static void a_child_that_goes_wrong_takes_nothing_with_it(void **state)
{
    (void)state;
    AUTO_SCOPE struct scope *s = scope_open(8 << 20);
    struct process_limits limits = {.memory_bytes = 32 << 20, .time_ms = 300, .output_max = 1000};
    Bytes out = {NULL, 0};
    assert_int_equal(process_run(s, &limits, sleep_long, NULL, &out), ERR_LIMIT);
    limits.time_ms = 5000;
    assert_int_equal(process_run(s, &limits, crash, NULL, &out), ERR_INTERNAL);
    assert_int_equal(process_run(s, &limits, swallow_memory, NULL, &out), ERR_MEMORY);
    const char *folder = folder_open(s);
    Str path = file_join(s, folder, "escape");
    union {
        const char *in;
        void *ctx;
    } name = {path.ptr};
    assert_int_equal(process_run(s, &limits, write_a_file, name.ctx, &out), ERR_DISK);
    assert_false(file_exists(path.ptr));
    folder_close(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_simulated_clock_stands_still),
        cmocka_unit_test(a_zone_is_found_by_its_name_only),
        cmocka_unit_test(a_log_line_is_one_line),
        cmocka_unit_test(a_child_gives_back_bytes_or_its_sentence),
        cmocka_unit_test(a_child_that_goes_wrong_takes_nothing_with_it),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
