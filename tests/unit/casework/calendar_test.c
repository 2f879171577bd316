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
    } rows[] = {{"2023-08-30", true, true, true},    {"2023-09-02", false, false, false},
                {"2023-09-03", false, false, false}, {"2023-11-20", true, true, true},
                {"2024-03-29", false, true, false}, /* western Good Friday */
                {"2024-06-24", false, true, false}, /* midsummer */
                {"2024-07-03", true, false, false}, /* independence day of the other side */
                {"2024-05-14", true, false, false}, /* ninth day after Orthodox Easter */
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
        cmocka_unit_test(a_pack_of_holidays_only_ends),
    };
    return cmocka_run_group_tests_name("calendar", tests, NULL, NULL);
}
