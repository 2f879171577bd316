/* Conditions of the pack's rules on real duties of lv-by: what a fact does not say itself is looked
 * up where it points to. */
#include "stage.h"

static size_t count_of(struct stage *st, int side, const char *id, const char *owes)
{
    struct casefile c = stage_fold(st, side, 0);
    struct duty *list;
    size_t count, found = 0;
    assert_ok(duties_list(st->s, &c, st->zones, st->clock, &list, &count));
    for (size_t i = 0; i < count; i++)
        found += str_is(list[i].id, id) && str_is(list[i].owes, owes);
    return found;
}

static const char *incident(struct stage *st, const char *type)
{
    return stage_add(st, BY, "incident.registered",
                     scope_print(st->s,
                                 "type=%s;noticed_at=2023-08-30T07:00:00Z;section=a;"
                                 "counterpart=lv;urgent=yes;summary.ru=x",
                                 type)
                         .ptr);
}

/* D06 speaks of inspections: an answer says yes, its proposal says to what. */
static void an_answer_is_read_with_its_proposal(void **state)
{
    (void)state;
    static const struct {
        const char *what, *answer;
        size_t duties;
    } rows[] = {{"inspection", "yes", 1}, {"meeting", "yes", 0}, {"inspection", "no", 0}};
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct stage *st = stage_open("lv-by");
        incident(st, "I12");
        const char *p =
            stage_add(st, BY, "proposal.made", scope_print(st->s, "what=%s", rows[i].what).ptr);
        stage_sync(st);
        stage_add(st, LV, "proposal.answered",
                  scope_print(st->s, "of=%s;answer=%s", p, rows[i].answer).ptr);
        stage_sync(st);
        for (int side = 0; side < SIDES; side++) {
            assert_int_equal(count_of(st, side, "D06", "lv"), rows[i].duties);
            assert_int_equal(count_of(st, side, "D06", "by"), rows[i].duties);
        }
        stage_close(st);
    }
}

/* D12 is about people who crossed without intent: nobody is pressed to return anybody else. */
static void a_person_is_read_with_the_type_of_the_case(void **state)
{
    (void)state;
    static const struct {
        const char *type;
        size_t duties;
    } rows[] = {{"I01", 1}, {"I05", 1}, {"I02", 0}, {"I09", 0}, {"I10", 0}, {"I21", 0}};
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct stage *st = stage_open("lv-by");
        incident(st, rows[i].type);
        stage_add(st, BY, "^person.recorded", "person=p1;name.latin=A");
        assert_int_equal(count_of(st, BY, "D12", "by"), rows[i].duties);
        stage_close(st);
    }
}

static void an_amended_type_counts(void **state)
{
    (void)state;
    struct stage *st = stage_open("lv-by");
    incident(st, "I02");
    stage_add(st, BY, "^person.recorded", "person=p1;name.latin=A");
    assert_int_equal(count_of(st, BY, "D12", "by"), 0);
    stage_add(st, BY, "incident.amended", "of=by:1;field=type;value=I01");
    assert_int_equal(count_of(st, BY, "D12", "by"), 1);
    stage_close(st);
}

/* What the registration says is what it says now: of its own fields as of its clock. */
static void an_amended_registration_starts_other_clocks(void **state)
{
    (void)state;
    struct stage *st = stage_open("lv-by");
    incident(st, "I12");
    assert_int_equal(count_of(st, BY, "D18", "by"), 0);
    stage_add(st, BY, "incident.amended", "of=by:1;field=type;value=I19");
    stage_add(st, BY, "incident.amended", "of=by:1;field=noticed_at;value=2023-08-30T05:00:00Z");
    stage_sync(st);
    for (int side = 0; side < SIDES; side++) {
        struct casefile c = stage_fold(st, side, 0);
        struct duty *list;
        size_t count;
        Instant due;
        assert_ok(duties_list(st->s, &c, st->zones, st->clock, &list, &count));
        assert_true(duties_earliest(list, count, STR("D18"), &due));
        assert_str(instant_str(st->s, due), "2023-08-30T06:00:00Z");
    }
    stage_close(st);
}

/* The registration is urgent; the proposal does not say so, and its own silence counts. */
static void a_field_of_the_fact_itself_is_never_looked_up_elsewhere(void **state)
{
    (void)state;
    struct stage *st = stage_open("lv-by");
    incident(st, "I12");
    stage_add(st, BY, "proposal.made", "what=inspection");
    stage_sync(st);
    assert_int_equal(count_of(st, LV, "D05", "lv"), 1);
    assert_int_equal(count_of(st, LV, "D05u", "lv"), 0);
    stage_close(st);
}

static void the_second_meeting_without_a_result_asks_for_a_decision(void **state)
{
    (void)state;
    struct stage *st = stage_open("lv-by");
    incident(st, "I05");
    stage_sync(st);
    const char *p = stage_add(st, BY, "proposal.made", "what=meeting");
    const char *meeting = scope_print(st->s, "proposal=%s", p).ptr;
    stage_add(st, BY, "meeting.opened", meeting);
    stage_sync(st);
    stage_add(st, LV, "meeting.opened",
              meeting); /* the same meeting, as the other side opened it */
    stage_sync(st);
    assert_int_equal(count_of(st, LV, "D25m", "lv"), 0);
    stage_clock(st, "2023-09-05T10:00:00Z");
    stage_add(st, LV, "meeting.opened", "participants.1=a");
    stage_sync(st);
    for (int side = 0; side < SIDES; side++) {
        assert_int_equal(count_of(st, side, "D25m", "lv"), 1);
        assert_int_equal(count_of(st, side, "D25m", "by"), 1);
    }
    stage_close(st);
}

static void a_meeting_after_the_conclusion_asks_for_nothing(void **state)
{
    (void)state;
    struct stage *st = stage_open("lv-by");
    incident(st, "I05");
    stage_sync(st);
    stage_add(st, LV, "meeting.opened", "participants.1=a");
    const char *act = stage_add(st, BY, "act.drafted", "doc=DOC09;outcome=O1;statement.1.ru=a");
    stage_sync(st);
    for (int side = 0; side < SIDES; side++)
        stage_add(st, side, "act.signed",
                  scope_print(st->s, "act=%s;capacity=representative;reserved=0", act).ptr);
    stage_sync(st);
    stage_add(st, LV, "meeting.opened", "participants.1=b");
    stage_sync(st);
    assert_int_equal(count_of(st, LV, "D25m", "lv"), 0);
    stage_close(st);
}

/* A type that is grave only at times: what it takes is a field that crosses. */
static void aircraft_and_bodies_are_grave_when_it_is_said(void **state)
{
    (void)state;
    static const struct {
        const char *type, *field;
    } rows[] = {{"I05", "armed"}, {"I07", "manned"}, {"I18", "violence"}};
    static const char *const values[] = {"yes", "no", "unknown"};
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        for (size_t v = 0; v < COUNT_OF(values); v++) {
            struct stage *st = stage_open("lv-by");
            stage_add(st, BY, "incident.registered",
                      scope_print(st->s, "type=%s;section=a;counterpart=lv;summary.ru=x;%s=%s",
                                  rows[i].type, rows[i].field, values[v])
                          .ptr);
            stage_sync(st);
            for (int side = 0; side < SIDES; side++)
                assert_int_equal(stage_fold(st, side, 0).grave, v == 0);
            stage_close(st);
        }
}

int main(void)
{
    cmocka_set_message_output(CM_OUTPUT_TAP);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_answer_is_read_with_its_proposal),
        cmocka_unit_test(a_person_is_read_with_the_type_of_the_case),
        cmocka_unit_test(an_amended_type_counts),
        cmocka_unit_test(an_amended_registration_starts_other_clocks),
        cmocka_unit_test(a_field_of_the_fact_itself_is_never_looked_up_elsewhere),
        cmocka_unit_test(the_second_meeting_without_a_result_asks_for_a_decision),
        cmocka_unit_test(a_meeting_after_the_conclusion_asks_for_nothing),
        cmocka_unit_test(aircraft_and_bodies_are_grave_when_it_is_said),
    };
    return cmocka_run_group_tests_name("condition", tests, NULL, NULL);
}
