/* Duties that a side owes to a person: on that side only, and not ended by what becomes of the
 * case. */
#include "stage.h"

static void assert_duty(struct stage *st, int side, const char *id, const char *want)
{
    struct casefile c = stage_fold(st, side, 0);
    struct duty *list;
    size_t count;
    const char *got = "none";
    assert_ok(duties_list(st->s, &c, st->zones, st->clock, &list, &count));
    for (size_t i = 0; i < count; i++)
        if (str_is(list[i].id, id)) got = duty_state_name(list[i].state);
    assert_string_equal(got, want);
}

/* by registers, notifies, and records a person whom its focal point blocks. */
static struct stage *blocked(void)
{
    struct stage *st = stage_open("lv-by");
    stage_clock(st, "2023-08-30T07:10:00Z");
    stage_add(st, BY, "incident.registered",
              "type=I01;happened_from=2023-08-30T06:58:00Z;noticed_at=2023-08-30T07:00:00Z;"
              "section=polotsk;counterpart=lv;summary.ru=x");
    stage_add(st, BY, "notice.sent", "of=by:1;form=written");
    stage_add(st, BY, "^person.recorded", "person=p1");
    stage_add(st, BY, "^protection.checked", "person=p1;outcome=block");
    stage_sync(st);
    return st;
}

static void the_other_side_has_no_duty_from_what_it_does_not_see(void **state)
{
    (void)state;
    struct stage *st = blocked();
    assert_duty(st, BY, "D12", "open");
    assert_duty(st, BY, "D22", "open");
    assert_duty(st, LV, "D12", "none");
    assert_duty(st, LV, "D22", "none");
    stage_close(st);
}

static void what_is_owed_to_a_person_outlives_the_case(void **state)
{
    (void)state;
    static const char *const ends[] = {"incident.dropped", "case.closed"};
    for (size_t i = 0; i < COUNT_OF(ends); i++) {
        struct stage *st = blocked();
        stage_add(st, BY, ends[i], "reason=error;outcome=O6");
        stage_add(st, LV, ends[i], "reason=error;outcome=O6");
        stage_sync(st);
        assert_duty(st, BY, "D11", i ? "done" : "lapsed");
        assert_duty(st, BY, "D12", "open");
        assert_duty(st, BY, "D22", "open");
        stage_close(st);
    }
}

int main(void)
{
    cmocka_set_message_output(CM_OUTPUT_TAP);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_other_side_has_no_duty_from_what_it_does_not_see),
        cmocka_unit_test(what_is_owed_to_a_person_outlives_the_case),
    };
    return cmocka_run_group_tests_name("duty_person", tests, NULL, NULL);
}
