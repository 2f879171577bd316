#include "core/casework/calendar.h"
#include "stage.h"

static Day day_of(const char *text)
{
    Day day;
    assert_true(day_parse(str_of(text), &day));
    return day;
}

static void easter_is_where_the_churches_have_it(void **state)
{
    (void)state;
    static const struct {
        int32_t year;
        const char *western, *orthodox;
    } rows[] = {{1961, "1961-04-02", "1961-04-09"}, {2000, "2000-04-23", "2000-04-30"},
                {2016, "2016-03-27", "2016-05-01"}, {2023, "2023-04-09", "2023-04-16"},
                {2024, "2024-03-31", "2024-05-05"}, {2025, "2025-04-20", "2025-04-20"},
                {2026, "2026-04-05", "2026-04-12"}, {2038, "2038-04-25", "2038-04-25"}};
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        Day a, b;
        assert_true(day_parse(str_of(rows[i].western), &a));
        assert_true(day_parse(str_of(rows[i].orthodox), &b));
        assert_int_equal(day_number(easter_sunday(rows[i].year, false)), day_number(a));
        assert_int_equal(day_number(easter_sunday(rows[i].year, true)), day_number(b));
    }
}

static void working_days_are_what_the_pack_says(void **state)
{
    (void)state;
    static const struct {
        const char *day;
        bool a, b, both;
    } rows[] = {
        {"2023-08-30", true, true, true},
        {"2023-09-02", false, false, false},
        {"2023-09-03", false, false, false},
        {"2023-11-20", false, true, false}, /* 18 November was a Saturday: it moved to Monday */
        {"2023-11-21", true, true, true},
        {"2024-05-06", false, true, false}, /* so did 4 May, */
        {"2025-05-05", false, true, false}, /* and from a Sunday */
        {"2026-05-05", true, true, true},   /* on a Monday it stays */
        {"2022-05-02", true, true, true},   /* 1 May does not move */
        {"2022-07-04", true, true, true},   /* nothing of the other side moves: 3 July, a Sunday */
        {"2024-03-29", false, true, false}, /* western Good Friday */
        {"2024-06-24", false, true, false}, /* midsummer */
        {"2024-07-03", true, false, false}, /* independence day of the other side */
        {"2024-05-14", true, false, false}, /* ninth day after Orthodox Easter */
        {"2026-04-20", true, false, false}, /* the day before it, moved */
        {"2026-04-25", false, true, false}, /* to this Saturday */
        {"2026-06-22", false, true, false}, /* between a Sunday and midsummer, moved */
        {"2026-06-27", true, false, false},
        {"2023-07-10", false, true, false}, /* once: the festival closed on a Sunday */
        {"2024-07-10", true, true, true},
        {"2024-01-01", false, false, false}};
    struct stage *st = stage_open("lv-by");
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        Day day = day_of(rows[i].day);
        bool a = calendar_is_working(&st->pack, STR("a"), day);
        bool b = calendar_is_working(&st->pack, STR("b"), day);
        bool both = calendar_is_working(&st->pack, STR("both"), day);
        if (a != rows[i].a || b != rows[i].b || both != rows[i].both)
            print_error("%s\n", rows[i].day);
        assert_true(a == rows[i].a && b == rows[i].b && both == rows[i].both);
    }
    stage_close(st);
}

static void the_next_working_day_leaps_over_days_off(void **state)
{
    (void)state;
    static const struct {
        const char *calendar, *day, *next;
    } rows[] = {{"a", "2023-08-30", "2023-08-30"},   {"a", "2023-09-02", "2023-09-04"},
                {"a", "2024-03-29", "2024-04-02"},   {"b", "2024-03-29", "2024-03-29"},
                {"b", "2024-07-03", "2024-07-04"},   {"none", "2024-03-29", "2024-03-29"},
                {"none", "2024-03-30", "2024-04-01"}};
    struct stage *st = stage_open("lv-by");
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        Day next = calendar_next_working(&st->pack, str_of(rows[i].calendar), day_of(rows[i].day));
        assert_int_equal(day_number(next), day_number(day_of(rows[i].next)));
    }
    stage_close(st);
}

static void weekends_and_nth_weekdays_are_the_packs_own(void **state)
{
    (void)state;
    static const struct {
        const char *day;
        bool a, b;
    } rows[] = {{"2024-06-06", true, true},   {"2024-06-07", true, false}, /* Friday */
                {"2024-06-08", false, false}, {"2024-06-09", false, true}, /* Sunday */
                {"2024-05-06", false, true},  {"2024-05-13", true, true},  /* first Monday in May */
                {"2023-05-01", false, true},  {"2023-05-08", true, true},
                {"2024-08-22", true, false},  {"2024-08-24", false, true},  /* a moved day */
                {"2025-12-14", false, false}, {"2024-12-12", true, false}}; /* 12 December moves */
    struct stage *st = stage_open("alpha-beta");
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        bool a = calendar_is_working(&st->pack, STR("a"), day_of(rows[i].day));
        bool b = calendar_is_working(&st->pack, STR("b"), day_of(rows[i].day));
        if (a != rows[i].a || b != rows[i].b) print_error("%s\n", rows[i].day);
        assert_true(a == rows[i].a && b == rows[i].b);
    }
    stage_close(st);
}

static void the_fifth_weekday_is_the_last(void **state)
{
    (void)state;
    struct holiday last = {.side = 'a', .month = 5, .weekday = 1, .nth = 5};
    struct pack p = {.holidays = &last, .holiday_count = 1, .weekend = {0x60, 0x60}};
    assert_false(calendar_is_working(&p, STR("a"), day_of("2024-05-27")));
    assert_false(calendar_is_working(&p, STR("a"), day_of("2023-05-29")));
    assert_true(calendar_is_working(&p, STR("a"), day_of("2024-05-20")));
    assert_true(calendar_is_working(&p, STR("a"), day_of("2024-06-03")));
}

/* Two holidays of one weekend take two days after it, also across the end of the year. */
static void moved_holidays_do_not_share_a_day(void **state)
{
    (void)state;
    struct holiday two[] = {{.side = 'a', .month = 12, .day = 25, .moves = true},
                            {.side = 'a', .month = 12, .day = 26, .moves = true},
                            {.side = 'a', .month = 12, .day = 31, .moves = true}};
    struct pack p = {.holidays = two, .holiday_count = 3, .weekend = {0x60, 0x60}};
    static const char *const off[] = {"2021-12-27", "2021-12-28", "2022-12-26", "2022-12-27",
                                      "2023-01-02"};
    static const char *const on[] = {"2021-12-29", "2022-12-28", "2023-01-03", "2020-12-28"};
    for (size_t i = 0; i < COUNT_OF(off); i++)
        assert_false(calendar_is_working(&p, STR("a"), day_of(off[i])));
    for (size_t i = 0; i < COUNT_OF(on); i++)
        if (i != 3) assert_true(calendar_is_working(&p, STR("a"), day_of(on[i])));
    assert_false(calendar_is_working(&p, STR("a"), day_of(on[3]))); /* the 26th was a Saturday */
}

static void working_days_are_counted_over_days_off(void **state)
{
    (void)state;
    static const struct {
        const char *calendar, *day;
        int32_t count;
        const char *end;
    } rows[] = {{"a", "2023-08-29", 3, "2023-09-01"}, {"a", "2023-08-30", 3, "2023-09-04"},
                {"a", "2023-09-02", 1, "2023-09-04"}, {"a", "2023-11-16", 2, "2023-11-21"},
                {"a", "2026-06-19", 1, "2026-06-25"}, {"b", "2026-06-19", 1, "2026-06-22"},
                {"a", "2026-06-25", 2, "2026-06-27"}, {"both", "2024-07-02", 1, "2024-07-04"},
                {"a", "2023-08-30", 0, "2023-08-30"}};
    struct stage *st = stage_open("lv-by");
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        Day end = calendar_add_working(&st->pack, str_of(rows[i].calendar), day_of(rows[i].day),
                                       rows[i].count);
        if (day_number(end) != day_number(day_of(rows[i].end))) print_error("%s\n", rows[i].day);
        assert_int_equal(day_number(end), day_number(day_of(rows[i].end)));
    }
    stage_close(st);
}

static void a_pack_of_holidays_only_ends(void **state)
{
    (void)state;
    struct holiday days[366];
    size_t count = 0;
    for (Day d = {2024, 1, 1}; d.year == 2024; d = day_from_number(day_number(d) + 1))
        days[count++] = (struct holiday){.side = 'a', .month = d.month, .day = d.day};
    struct pack p = {.holidays = days, .holiday_count = count};
    Day start = day_of("2024-05-01"), next = calendar_next_working(&p, STR("a"), start);
    assert_in_range(day_number(next) - day_number(start), 1, 100);
}

int main(void)
{
    cmocka_set_message_output(CM_OUTPUT_TAP);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(easter_is_where_the_churches_have_it),
        cmocka_unit_test(working_days_are_what_the_pack_says),
        cmocka_unit_test(the_next_working_day_leaps_over_days_off),
        cmocka_unit_test(weekends_and_nth_weekdays_are_the_packs_own),
        cmocka_unit_test(the_fifth_weekday_is_the_last),
        cmocka_unit_test(moved_holidays_do_not_share_a_day),
        cmocka_unit_test(working_days_are_counted_over_days_off),
        cmocka_unit_test(a_pack_of_holidays_only_ends),
    };
    return cmocka_run_group_tests_name("calendar", tests, NULL, NULL);
}
