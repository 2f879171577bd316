/* Duties that come round with the month and the year, and limits counted in working days, on the
 * clocks of the side that owes. */
#include "stage.h"

static const struct duty *duty_at(struct stage *st, int side, const char *now, const char *id,
                                  const char *owes, size_t nth)
{
    struct duty *list;
    size_t count;
    stage_clock(st, now);
    struct casefile *c = NEW(st->s, struct casefile);
    *c = stage_fold(st, side, 0);
    assert_ok(duties_list(st->s, c, st->zones, st->clock, &list, &count));
    for (size_t i = 0; i < count; i++)
        if (str_is(list[i].id, id) && str_is(list[i].owes, owes) && nth-- == 0) return &list[i];
    return NULL;
}

#define EXPECT(st, side, now, id, owes, nth, want, due)                                            \
    expect_((st), (side), (now), (id), (owes), (nth), (want), (due), __LINE__)

static void expect_(struct stage *st, int side, const char *now, const char *id, const char *owes,
                    size_t nth, const char *want, const char *due, int line)
{
    const struct duty *d = duty_at(st, side, now, id, owes, nth);
    if (d == NULL) print_error("line %d: %s of %s is not there at %s\n", line, id, owes, now);
    assert_non_null(d);
    if (!str_is(str_of(duty_state_name(d->state)), want)) print_error("line %d\n", line);
    assert_str(str_of(duty_state_name(d->state)), want);
    assert_str(instant_str(st->s, d->due), due);
}

/* Two posts that opened on the same day, and nothing in any case. */
static struct stage *posts(const char *opened)
{
    struct stage *st = stage_open("lv-by");
    st->outside = true;
    stage_clock(st, opened);
    stage_add(st, LV, "post.opened", "origin=lv.example/journal;party=lv");
    stage_add(st, BY, "post.opened", "origin=by.example/journal;party=by");
    stage_sync(st);
    return st;
}

static void a_monthly_duty_is_due_on_the_15th_by_the_own_clock(void **state)
{
    (void)state;
    struct stage *st = posts("2024-01-05T10:00:00Z");
    /* The end of 15 January in Riga. */
    EXPECT(st, LV, "2024-01-06T10:00:00Z", "D21", "lv", 0, "open", "2024-01-15T22:00:00Z");
    assert_null(duty_at(st, LV, "2024-01-06T10:00:00Z", "D21", "lv", 1));
    EXPECT(st, LV, "2024-01-15T22:00:00Z", "D21", "lv", 0, "overdue", "2024-01-15T22:00:00Z");
    /* February begins in Riga at 22:00 UTC; January's is still owed. */
    EXPECT(st, LV, "2024-01-31T22:00:00Z", "D21", "lv", 0, "overdue", "2024-01-15T22:00:00Z");
    EXPECT(st, LV, "2024-01-31T22:00:00Z", "D21", "lv", 1, "open", "2024-02-15T22:00:00Z");
    EXPECT(st, LV, "2024-04-02T10:00:00Z", "D21", "lv", 1, "open", "2024-04-15T21:00:00Z");
    assert_null(duty_at(st, LV, "2024-01-06T10:00:00Z", "D21", "by", 0));
    assert_null(duty_at(st, BY, "2024-01-06T10:00:00Z", "D21", "by", 0));
    assert_null(duty_at(st, BY, "2024-01-06T10:00:00Z", "D21", "lv", 0)); /* known to lv only */
    stage_close(st);
}

static void one_report_ends_one_month(void **state)
{
    (void)state;
    struct stage *st = posts("2024-01-05T10:00:00Z");
    stage_clock(st, "2024-02-03T10:00:00Z"); /* late for January, and not yet for February */
    stage_add(st, LV, "^duty.noted", "duty=D21");
    EXPECT(st, LV, "2024-02-04T10:00:00Z", "D21", "lv", 0, "late", "2024-01-15T22:00:00Z");
    EXPECT(st, LV, "2024-02-04T10:00:00Z", "D21", "lv", 1, "open", "2024-02-15T22:00:00Z");
    stage_clock(st, "2024-02-05T10:00:00Z");
    stage_add(st, LV, "^duty.noted", "duty=D21");
    EXPECT(st, LV, "2024-02-06T10:00:00Z", "D21", "lv", 1, "done", "2024-02-15T22:00:00Z");
    EXPECT(st, LV, "2024-03-06T10:00:00Z", "D21", "lv", 1, "open", "2024-03-15T22:00:00Z");
    stage_close(st);
}

static void markers_are_inspected_in_july_and_both_posts_say_so(void **state)
{
    (void)state;
    struct stage *st = posts("2023-12-05T10:00:00Z");
    assert_null(duty_at(st, LV, "2024-06-30T12:00:00Z", "D17", "lv", 0));
    for (int side = 0; side < SIDES; side++) {
        EXPECT(st, side, "2024-07-01T12:00:00Z", "D17", "lv", 0, "open", "2024-07-31T21:00:00Z");
        EXPECT(st, side, "2024-07-01T12:00:00Z", "D17", "by", 0, "open", "2024-07-31T21:00:00Z");
        EXPECT(st, side, "2024-09-01T12:00:00Z", "D17", "by", 0, "overdue", "2024-07-31T21:00:00Z");
    }
    stage_clock(st, "2024-07-20T12:00:00Z");
    const char *act = stage_add(st, BY, "act.drafted", "doc=DOC16;statement.1.ru=a");
    stage_sync(st);
    stage_add(st, BY, "act.signed",
              scope_print(st->s, "act=%s;capacity=assistant;reserved=0", act).ptr);
    stage_sync(st);
    for (int side = 0; side < SIDES; side++) {
        EXPECT(st, side, "2024-09-01T12:00:00Z", "D17", "by", 0, "done", "2024-07-31T21:00:00Z");
        EXPECT(st, side, "2024-09-01T12:00:00Z", "D17", "lv", 0, "overdue", "2024-07-31T21:00:00Z");
    }
    stage_close(st);
}

static void reminders_come_in_the_month_too(void **state)
{
    (void)state;
    struct stage *st = posts("2024-01-01T10:00:00Z");
    static const struct {
        const char *now;
        int reminders;
    } rows[] = {{"2024-01-08T09:59:59Z", 0},
                {"2024-01-08T10:00:00Z", 1},
                {"2024-01-12T21:59:59Z", 1},
                {"2024-01-12T22:00:00Z", 2}};
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        assert_int_equal(duty_at(st, LV, rows[i].now, "D21", "lv", 0)->reminders,
                         rows[i].reminders);
    stage_close(st);
}

static void a_case_has_no_duties_of_the_calendar(void **state)
{
    (void)state;
    struct stage *st = posts("2024-01-05T10:00:00Z");
    st->outside = false;
    stage_add(st, LV, "incident.registered", "type=I01;section=a;counterpart=by;summary.lv=x");
    stage_sync(st);
    assert_null(duty_at(st, LV, "2024-07-06T10:00:00Z", "D21", "lv", 0));
    assert_null(duty_at(st, LV, "2024-07-06T10:00:00Z", "D17", "lv", 0));
    stage_close(st);
}

static void working_days_are_counted_where_the_pack_says_so(void **state)
{
    (void)state;
    static const struct {
        const char *at, *due;
    } rows[] = {{"2023-08-29T10:00:00Z", "2023-09-01T10:00:00Z"},
                {"2023-08-30T10:00:00Z", "2023-09-04T10:00:00Z"}, /* over a weekend */
                {"2024-03-26T10:00:00Z",
                 "2024-04-02T09:00:00Z"}, /* Good Friday and Easter Monday, clocks forward */
                {"2023-12-21T10:00:00Z", "2023-12-28T10:00:00Z"},  /* Christmas */
                {"2023-11-16T21:59:00Z", "2023-11-22T21:59:00Z"},  /* 18 November moved */
                {"2023-11-16T22:01:00Z", "2023-11-22T22:01:00Z"}}; /* Friday in Riga already */
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct stage *st = stage_open("lv-by");
        stage_clock(st, rows[i].at);
        stage_add(st, LV, "^incident.registered", "type=I01;section=a;counterpart=by;summary.lv=x");
        stage_add(st, LV, "^protection.checked", "person=p1;outcome=block");
        EXPECT(st, LV, rows[i].at, "D22", "lv", 0, "open", rows[i].due);
        stage_close(st);
    }
}

int main(void)
{
    cmocka_set_message_output(CM_OUTPUT_TAP);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_monthly_duty_is_due_on_the_15th_by_the_own_clock),
        cmocka_unit_test(one_report_ends_one_month),
        cmocka_unit_test(markers_are_inspected_in_july_and_both_posts_say_so),
        cmocka_unit_test(reminders_come_in_the_month_too),
        cmocka_unit_test(a_case_has_no_duties_of_the_calendar),
        cmocka_unit_test(working_days_are_counted_where_the_pack_says_so),
    };
    return cmocka_run_group_tests_name("duty calendar", tests, NULL, NULL);
}
