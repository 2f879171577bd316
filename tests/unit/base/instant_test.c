#include "base/instant.h"
#include "base/reader.h"
#include "vector.h"
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static Instant at(const char *text)
{
    Instant out;
    if (!instant_parse(str_of(text), &out)) fail_msg("not an instant: %s", text);
    return out;
}

static struct zone zone_of(struct scope *s, const char *name)
{
    char path[VECTOR_PATH_MAX];
    struct zone z;
    snprintf(path, sizeof path, "/usr/share/zoneinfo/%s", name);
    assert_status(s, zone_parse(s, str_of(name), vector_file(s, path), &z), OK);
    return z;
}

static void instants_are_read_and_written_in_one_form(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int64_t us;
    } good[] = {{"1970-01-01T00:00:00Z", 0},
                {"1969-12-31T23:59:59.999999Z", -1},
                {"2023-08-30T09:10:00Z", 1693386600000000},
                {"2024-02-29T23:59:59.5Z", 1709251199500000},
                {"2000-02-29T00:00:00.000001Z", 951782400000001},
                {"1900-01-01T00:00:00Z", -2208988800000000},
                {"2199-12-31T23:59:59Z", 7258118399000000}};
    for (size_t i = 0; i < COUNT_OF(good); i++) {
        char text[INSTANT_TEXT_MAX];
        assert_int_equal(at(good[i].text).us, good[i].us);
        instant_format((Instant){good[i].us}, text);
        Instant back = at(text);
        assert_int_equal(back.us, good[i].us);
    }
    static const char *const bad[] = {
        "",
        "2023-08-30",
        "2023-08-30T09:10:00",
        "2023-08-30T09:10:00+00:00",
        "2023-08-30t09:10:00Z",
        "2023-08-30T09:10:00z",
        "2023-08-30 09:10:00Z",
        "2023-8-30T09:10:00Z",
        "2023-02-29T00:00:00Z",
        "1900-02-29T00:00:00Z",
        "2023-13-01T00:00:00Z",
        "2023-00-01T00:00:00Z",
        "2023-01-00T00:00:00Z",
        "2023-04-31T00:00:00Z",
        "2023-08-30T24:00:00Z",
        "2023-08-30T09:60:00Z",
        "2023-08-30T09:10:60Z",
        "2023-08-30T09:10:00.Z",
        "2023-08-30T09:10:00.1234567Z",
        "2023-08-30T09:10:00,5Z",
        "1899-12-31T23:59:59Z",
        "2200-01-01T00:00:00Z",
        " 2023-08-30T09:10:00Z",
        "2023-08-30T09:10:00Z ",
        "+023-08-30T09:10:00Z",
    };
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        Instant out = {-7};
        if (instant_parse(str_of(bad[i]), &out)) fail_msg("taken: %s", bad[i]);
        assert_int_equal(out.us, -7);
    }
}

static void every_day_of_three_centuries_comes_back(void **state)
{
    (void)state;
    Day first = {1900, 1, 1}, last = {2199, 12, 31}, before = first;
    for (int64_t n = day_number(first); n <= day_number(last); n++) {
        Day d = day_from_number(n);
        assert_int_equal(day_number(d), n);
        bool follows = d.day == before.day + 1 || d.day == 1;
        assert_true(n == day_number(first) || follows);
        assert_int_equal(day_weekday(d), (int)(((n + 3) % 7 + 7) % 7));
        before = d;
    }
    assert_int_equal(day_weekday((Day){2023, 8, 30}), 2); /* a Wednesday */
}

static void durations_have_one_form(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int32_t days;
        int64_t seconds;
    } good[] = {{"PT48H", 0, 172800}, {"P3D", 3, 0},          {"P2W", 14, 0}, {"PT30M", 0, 1800},
                {"P1DT2H", 1, 7200},  {"PT1H30M5S", 0, 5405}, {"PT0S", 0, 0}, {"P1W2D", 9, 0}};
    for (size_t i = 0; i < COUNT_OF(good); i++) {
        struct duration d;
        if (!duration_parse(str_of(good[i].text), &d)) fail_msg("refused: %s", good[i].text);
        assert_int_equal(d.days, good[i].days);
        assert_int_equal(d.seconds, good[i].seconds);
    }
    static const char *const bad[] = {
        "",      "P",    "PT",  "3D",  "P3",  "P3H",  "PT3D",  "P-3D",  "P3.5D",  "PT5S3M",
        "P1D2W", "P3D ", "P1M", "P1Y", "p3d", "P3DT", "PTT3H", "P3D3D", "PT1H1H", "P1234567D"};
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        struct duration d = {-7, -7};
        if (duration_parse(str_of(bad[i]), &d)) fail_msg("taken: %s", bad[i]);
        assert_true(d.days == -7 && d.seconds == -7);
    }
}

static void riga_changes_its_clocks_and_minsk_does_not(void **state)
{
    (void)state;
    struct scope *s = test_scope();
    struct zone riga = zone_of(s, "Europe/Riga"), minsk = zone_of(s, "Europe/Minsk");
    static const struct {
        const char *at;
        int32_t riga_h, minsk_h;
    } rows[] = {{"2023-03-26T00:59:59Z", 2, 3}, {"2023-03-26T01:00:00Z", 3, 3},
                {"2023-10-29T00:59:59Z", 3, 3}, {"2023-10-29T01:00:00Z", 2, 3},
                {"2040-03-25T00:59:59Z", 2, 3}, {"2040-03-25T01:00:00Z", 3, 3},
                {"2040-10-28T01:00:00Z", 2, 3}, {"2150-07-01T00:00:00Z", 3, 3},
                {"2199-12-31T23:59:59Z", 2, 3}, {"2000-07-01T00:00:00Z", 2, 3},
                {"2012-01-01T00:00:00Z", 2, 3}, {"2005-01-01T00:00:00Z", 2, 2}};
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        int32_t r = zone_offset_s(&riga, at(rows[i].at)), m = zone_offset_s(&minsk, at(rows[i].at));
        if (r != rows[i].riga_h * 3600 || m != rows[i].minsk_h * 3600)
            fail_msg("%s: Riga %d, Minsk %d", rows[i].at, (int)r, (int)m);
    }
    scope_close(s);
}

static void offsets_agree_with_the_c_library(void **state)
{
    (void)state;
    static const char *const names[] = {"Europe/Riga",    "Europe/Minsk",        "Europe/Warsaw",
                                        "Europe/Kyiv",    "Europe/Moscow",       "America/New_York",
                                        "Asia/Kathmandu", "Australia/Lord_Howe", "Etc/UTC"};
    size_t checked = 0;
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        struct scope *s = test_scope();
        struct zone z = zone_of(s, names[i]);
        assert_int_equal(setenv("TZ", names[i], 1), 0);
        tzset();
        for (int64_t t = at("1901-01-01T00:00:00Z").us / US_PER_SECOND;
             t < at("2199-01-01T00:00:00Z").us / US_PER_SECOND; t += 86400 * 13 + 4999) {
            struct tm tm;
            time_t seconds = (time_t)t;
            assert_non_null(localtime_r(&seconds, &tm));
            int32_t got = zone_offset_s(&z, (Instant){t * US_PER_SECOND});
            if (got != tm.tm_gmtoff)
                fail_msg("%s at %lld: %d, not %ld", names[i], (long long)t, (int)got, tm.tm_gmtoff);
            checked++;
        }
        scope_close(s);
    }
    assert_int_equal(unsetenv("TZ"), 0);
    printf("# %zu offsets compared\n", checked);
}

static void clocks_shown_in_the_gap_and_in_the_double_hour_are_decided(void **state)
{
    (void)state;
    struct scope *s = test_scope();
    struct zone riga = zone_of(s, "Europe/Riga");
    static const struct {
        Day day;
        int32_t second;
        const char *at;
    } rows[] = {
        {{2023, 3, 26}, 3 * 3600 - 1, "2023-03-26T00:59:59Z"},
        {{2023, 3, 26}, 3 * 3600 + 1800, "2023-03-26T01:30:00Z"}, /* does not exist: after it */
        {{2023, 3, 26}, 4 * 3600, "2023-03-26T01:00:00Z"},
        {{2023, 10, 29}, 3 * 3600 - 1, "2023-10-28T23:59:59Z"},
        {{2023, 10, 29}, 3 * 3600 + 1800, "2023-10-29T00:30:00Z"}, /* twice: the first */
        {{2023, 10, 29}, 4 * 3600, "2023-10-29T02:00:00Z"},
        {{2050, 3, 27}, 3 * 3600 + 1800, "2050-03-27T01:30:00Z"},
        {{2023, 7, 1}, 0, "2023-06-30T21:00:00Z"},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        Str got = instant_str(s, zone_instant(&riga, rows[i].day, rows[i].second));
        if (!str_is(got, rows[i].at)) fail_msg("row %zu: %s", i, got.ptr);
    }
    int32_t second;
    Day day = zone_day(&riga, at("2023-06-30T21:00:01Z"), &second);
    assert_true(day.year == 2023 && day.month == 7 && day.day == 1 && second == 1);
    scope_close(s);
}

static void days_keep_the_clock_and_hours_do_not(void **state)
{
    (void)state;
    struct scope *s = test_scope();
    struct zone riga = zone_of(s, "Europe/Riga"), minsk = zone_of(s, "Europe/Minsk");
    static const struct {
        const char *from, *duration, *riga, *minsk;
    } rows[] = {
        {"2023-03-25T10:00:00Z", "P1D", "2023-03-26T09:00:00Z", "2023-03-26T10:00:00Z"},
        {"2023-03-25T10:00:00Z", "PT24H", "2023-03-26T10:00:00Z", "2023-03-26T10:00:00Z"},
        {"2023-10-28T10:00:00Z", "P1D", "2023-10-29T11:00:00Z", "2023-10-29T10:00:00Z"},
        {"2023-10-28T10:00:00Z", "PT48H", "2023-10-30T10:00:00Z", "2023-10-30T10:00:00Z"},
        {"2023-03-25T01:30:00Z", "P1D", "2023-03-26T01:30:00Z", "2023-03-26T01:30:00Z"},
        {"2024-02-28T12:00:00Z", "P2D", "2024-03-01T12:00:00Z", "2024-03-01T12:00:00Z"},
        {"2023-10-28T10:00:00.25Z", "P1DT1H", "2023-10-29T12:00:00.250000Z",
         "2023-10-29T11:00:00.250000Z"},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct duration d;
        assert_true(duration_parse(str_of(rows[i].duration), &d));
        Str r = instant_str(s, instant_add(at(rows[i].from), d, &riga));
        Str m = instant_str(s, instant_add(at(rows[i].from), d, &minsk));
        if (!str_is(r, rows[i].riga) || !str_is(m, rows[i].minsk))
            fail_msg("row %zu: %s and %s", i, r.ptr, m.ptr);
    }
    scope_close(s);
}

static void a_damaged_zone_file_is_refused(void **state)
{
    (void)state;
    struct scope *s = test_scope();
    Bytes riga = vector_file(s, "/usr/share/zoneinfo/Europe/Riga");
    for (size_t len = 0; len < riga.len; len++) {
        struct scope *one = test_scope();
        struct zone z;
        assert_status(one, zone_parse(one, STR("x"), bytes_of(riga.ptr, len), &z), ERR_SCHEMA);
        scope_close(one);
    }
    uint8_t *copy = (uint8_t *)scope_bytes(s, riga).ptr;
    struct zone z;
    copy[0] = 'X';
    assert_status(s, zone_parse(s, STR("x"), bytes_of(copy, riga.len), &z), ERR_SCHEMA);
    scope_close(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(instants_are_read_and_written_in_one_form),
        cmocka_unit_test(every_day_of_three_centuries_comes_back),
        cmocka_unit_test(durations_have_one_form),
        cmocka_unit_test(riga_changes_its_clocks_and_minsk_does_not),
        cmocka_unit_test(offsets_agree_with_the_c_library),
        cmocka_unit_test(clocks_shown_in_the_gap_and_in_the_double_hour_are_decided),
        cmocka_unit_test(days_keep_the_clock_and_hours_do_not),
        cmocka_unit_test(a_damaged_zone_file_is_refused),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
