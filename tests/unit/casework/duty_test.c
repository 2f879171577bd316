#include "stage.h"

static struct duty *duties(struct stage *st, int side, const char *now, size_t *out_count)
{
    stage_clock(st, now);
    struct casefile *c = NEW(st->s, struct casefile);
    *c = stage_fold(st, side, 0);
    struct duty *list;
    assert_ok(duties_list(st->s, c, st->zones, st->clock, &list, out_count));
    return list;
}

static const struct duty *duty_of(struct stage *st, int side, const char *now, const char *id,
                                  const char *owes)
{
    size_t count;
    struct duty *list = duties(st, side, now, &count);
    for (size_t i = 0; i < count; i++)
        if (str_is(list[i].id, id) && str_is(list[i].owes, owes)) return &list[i];
    return NULL;
}

static void assert_duty(struct stage *st, int side, const char *now, const char *id,
                        const char *owes, const char *state, const char *due)
{
    const struct duty *d = duty_of(st, side, now, id, owes);
    if (d == NULL) print_error("%s of %s does not exist at %s\n", id, owes, now);
    assert_non_null(d);
    assert_str(str_of(duty_state_name(d->state)), state);
    if (due) assert_str(instant_str(st->s, d->due), due);
}

#define NONE(st, side, now, id, owes) assert_null(duty_of((st), (side), (now), (id), (owes)))

static const char incident_fields[] =
    "type=I05;happened_from=2023-08-30T06:58:00Z;noticed_at=2023-08-30T07:00:00Z;section=polotsk;"
    "counterpart=lv;summary.ru=x";

/* by registers and sends its notice; the notice is not delivered yet. */
static struct stage *noticed(const char **out_incident, const char **out_notice)
{
    struct stage *st = stage_open("lv-by");
    stage_clock(st, "2023-08-30T07:10:00Z");
    const char *incident = stage_add(st, BY, "incident.registered", incident_fields);
    stage_clock(st, "2023-08-30T07:20:00Z");
    const char *notice =
        stage_add(st, BY, "notice.sent", scope_print(st->s, "of=%s;form=written", incident).ptr);
    if (out_incident) *out_incident = incident;
    if (out_notice) *out_notice = notice;
    return st;
}

static const char *of(struct stage *st, const char *ref, const char *more)
{
    return scope_print(st->s, "of=%s;%s", ref, more).ptr;
}

static void a_receipt_starts_the_clock_of_the_receiver(void **state)
{
    (void)state;
    const char *notice;
    struct stage *st = noticed(NULL, &notice);
    const struct duty *d = duty_of(st, BY, "2023-08-30T08:00:00Z", "D04", "lv");
    assert_non_null(d);
    assert_false(d->started || d->has_due);
    stage_clock(st, "2023-08-30T09:00:00Z");
    stage_deliver(st, BY, false);
    assert_duty(st, LV, "2023-08-30T09:00:00Z", "D04", "lv", "open", "2023-08-30T13:00:00Z");
    assert_false(duty_of(st, BY, "2023-08-30T09:00:00Z", "D04", "lv")->started);
    stage_sync(st);
    assert_duty(st, BY, "2023-08-30T12:59:59Z", "D04", "lv", "open", "2023-08-30T13:00:00Z");
    assert_duty(st, BY, "2023-08-30T13:00:00Z", "D04", "lv", "overdue", NULL);
    stage_add(st, LV, "notice.received", of(st, notice, "reference=1"));
    stage_sync(st);
    assert_duty(st, BY, "2023-08-30T14:00:00Z", "D04", "lv", "done", NULL);
    stage_close(st);
}

static void late_and_done_are_told_apart(void **state)
{
    (void)state;
    for (int late = 0; late < 2; late++) { /* the very instant is still in time */
        const char *notice;
        struct stage *st = noticed(NULL, &notice);
        stage_sync(st);
        stage_clock(st, late ? "2023-08-30T11:20:01Z" : "2023-08-30T11:20:00Z");
        stage_add(st, LV, "notice.received", of(st, notice, ""));
        assert_duty(st, LV, "2023-08-30T12:00:00Z", "D04", "lv", late ? "late" : "done",
                    "2023-08-30T11:20:00Z");
        stage_close(st);
    }
}

static void grave_types_have_a_shorter_limit(void **state)
{
    (void)state;
    static const struct {
        const char *type, *armed, *due;
    } rows[] = {{"I01", "no", "2023-08-30T09:10:00Z"},
                {"I05", "no", "2023-08-30T09:10:00Z"},
                {"I05", "yes", "2023-08-30T08:10:00Z"},
                {"I08", "no", "2023-08-30T08:10:00Z"}};
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct stage *st = stage_open("lv-by");
        stage_clock(st, "2023-08-30T07:10:00Z");
        stage_add(st, BY, "^incident.registered",
                  scope_print(st->s, "type=%s;armed=%s;noticed_at=2023-08-30T07:00:00Z;section=a",
                              rows[i].type, rows[i].armed)
                      .ptr);
        assert_duty(st, BY, "2023-08-30T07:10:00Z", "D02", "by", "open", rows[i].due);
        stage_close(st);
    }
}

static void what_is_not_open_does_not_shorten_a_common_limit(void **state)
{
    (void)state;
    struct stage *st = noticed(NULL, NULL);
    stage_add(st, BY, "^incident.amended", "of=by:1;field=armed;value=yes");
    stage_sync(st);
    assert_duty(st, BY, "2023-08-30T07:30:00Z", "D02", "by", "done", "2023-08-30T09:10:00Z");
    assert_duty(st, LV, "2023-08-30T07:30:00Z", "D02", "by", "done", "2023-08-30T09:10:00Z");
    stage_close(st);
}

static void what_starts_from_a_closed_fact_stays_on_its_side(void **state)
{
    (void)state;
    struct stage *st = noticed(NULL, NULL);
    stage_add(st, BY, "^person.recorded", "person=p1;name.latin=A");
    stage_sync(st);
    const struct duty *d = duty_of(st, BY, "2023-08-30T08:00:00Z", "D12", "by");
    assert_non_null(d);
    assert_true(d->own_only);
    NONE(st, LV, "2023-08-30T08:00:00Z", "D12", "by");
    NONE(st, LV, "2023-08-30T08:00:00Z", "D19", "by");
    struct casefile c = stage_common(st, BY, 0);
    struct duty *list;
    size_t count;
    assert_ok(duties_list(st->s, &c, st->zones, st->clock, &list, &count));
    assert_true(count > 0);
    for (size_t i = 0; i < count; i++)
        assert_false(list[i].own_only);
    stage_close(st);
}

static void own_holds_and_notes_end_own_duties(void **state)
{
    (void)state;
    struct stage *st = noticed(NULL, NULL);
    stage_clock(st, "2023-08-30T07:12:00Z");
    assert_duty(st, BY, "2023-08-30T07:30:00Z", "D19", "by", "open", "2023-08-30T07:40:00Z");
    stage_add(st, BY, "^hold.placed", "systems=cameras");
    assert_duty(st, BY, "2023-08-30T08:00:00Z", "D19", "by", "done", NULL);
    stage_sync(st);
    NONE(st, LV, "2023-08-30T08:00:00Z", "D19", "lv");
    stage_close(st);
}

static void urgent_is_no_unless_it_is_said(void **state)
{
    (void)state;
    static const struct {
        const char *fields;
        bool has_urgent;
    } rows[] = {{"what=inspection", false},
                {"what=inspection;urgent=no", false},
                {"what=inspection;urgent=", false},
                {"what=inspection;urgent=yes", true}};
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct stage *st = noticed(NULL, NULL);
        stage_clock(st, "2023-08-30T08:30:00Z");
        stage_add(st, BY, "proposal.made", rows[i].fields);
        stage_sync(st);
        bool urgent = duty_of(st, LV, "2023-08-30T09:00:00Z", "D05u", "lv") != NULL;
        assert_int_equal(urgent, rows[i].has_urgent);
        stage_close(st);
    }
}

static void the_earliest_open_due_instant_is_given_by_id(void **state)
{
    (void)state;
    struct stage *st = noticed(NULL, NULL);
    stage_clock(st, "2023-08-28T08:30:00Z");
    const char *first = stage_add(st, BY, "proposal.made", "what=meeting");
    stage_sync(st);
    stage_clock(st, "2023-08-29T08:30:00Z");
    stage_add(st, BY, "proposal.made", "what=inspection");
    stage_sync(st);
    size_t count;
    Instant due;
    struct duty *list = duties(st, LV, "2023-08-29T09:00:00Z", &count);
    assert_true(duties_earliest(list, count, STR("D05"), &due));
    assert_str(instant_str(st->s, due), "2023-08-30T08:30:00Z");
    stage_add(st, LV, "proposal.answered", of(st, first, "answer=no;reason=no"));
    list = duties(st, LV, "2023-08-29T09:30:00Z", &count);
    assert_true(duties_earliest(list, count, STR("D05"), &due));
    assert_str(instant_str(st->s, due), "2023-08-31T08:30:00Z");
    assert_false(duties_earliest(list, count, STR("D99"), &due));
    stage_close(st);
}

/* An act that assistants of both sides signed, at the stage's clock. */
static const char *signed_act(struct stage *st, const char *by_capacity, const char *lv_capacity)
{
    const char *act =
        stage_add(st, BY, "act.drafted", "doc=DOC05;statement.1.ru=a;statement.1.lv=b");
    stage_sync(st);
    stage_add(st, BY, "act.signed",
              scope_print(st->s, "act=%s;capacity=%s;reserved=0", act, by_capacity).ptr);
    stage_add(st, LV, "act.signed",
              scope_print(st->s, "act=%s;capacity=%s;reserved=0", act, lv_capacity).ptr);
    stage_sync(st);
    return act;
}

static void days_keep_the_clock_of_the_side_that_owes(void **state)
{
    (void)state;
    static const struct {
        const char *at, *lv_due, *by_due;
    } rows[] = {
        {"2023-08-30T13:30:00Z", "2023-09-02T13:30:00Z", "2023-09-02T13:30:00Z"},
        {"2024-03-29T10:00:00Z", "2024-04-01T09:00:00Z", "2024-04-01T10:00:00Z"}, /* spring */
        {"2024-03-28T01:30:00Z", "2024-03-31T01:30:00Z",
         "2024-03-31T01:30:00Z"}, /* 03:30, in the gap */
        {"2024-10-25T10:00:00Z", "2024-10-28T11:00:00Z", "2024-10-28T10:00:00Z"}, /* autumn */
        {"2024-10-24T00:30:00Z", "2024-10-27T00:30:00Z",
         "2024-10-27T00:30:00Z"}, /* 03:30 comes twice */
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct stage *st = noticed(NULL, NULL);
        stage_clock(st, rows[i].at);
        signed_act(st, "assistant", "assistant");
        assert_duty(st, LV, rows[i].at, "D08", "lv", "open", rows[i].lv_due);
        assert_duty(st, LV, rows[i].at, "D08", "by", "open", rows[i].by_due);
        stage_close(st);
    }
}

static void an_assistants_signature_asks_for_approval(void **state)
{
    (void)state;
    struct stage *st = noticed(NULL, NULL);
    stage_sync(st);
    const char *act = signed_act(st, "assistant", "representative");
    assert_duty(st, LV, "2023-09-01T00:00:00Z", "D08", "by", "open", NULL);
    NONE(st, LV, "2023-09-01T00:00:00Z", "D08", "lv");
    stage_add(st, BY, "act.approved", scope_print(st->s, "act=%s;reserved=0", act).ptr);
    stage_sync(st);
    assert_duty(st, LV, "2023-09-01T00:00:00Z", "D08", "by", "done", NULL);
    assert_non_null(duty_of(st, LV, "2023-09-01T00:00:00Z", "D23", "lv")); /* the act has effect */
    stage_close(st);
}

static void a_passed_duty_gives_rise_to_another(void **state)
{
    (void)state;
    struct stage *st = noticed(NULL, NULL);
    stage_sync(st);
    NONE(st, LV, "2023-09-29T07:09:59Z", "D25", "lv");
    assert_duty(st, LV, "2023-09-29T07:10:00Z", "D11", "lv", "overdue", "2023-09-29T07:10:00Z");
    assert_duty(st, LV, "2023-09-29T07:10:00Z", "D25", "lv", "open", "2023-10-04T07:10:00Z");
    assert_duty(st, LV, "2023-09-29T07:10:00Z", "D25", "by", "open", "2023-10-04T07:10:00Z");
    stage_close(st);
}

static void extensions_are_as_many_and_as_long_as_the_pack_allows(void **state)
{
    (void)state;
    static const struct {
        const char *at, *fields, *due, *result;
    } rows[] = {
        {"2023-09-20T00:00:00Z", "duty=D11", "2023-10-29T08:10:00Z",
         "extended"}, /* clocks went back */
        {"2023-09-20T00:00:00Z", "duty=D11;until=2023-10-05T00:00:00Z", "2023-10-05T00:00:00Z",
         "extended"},
        {"2023-09-20T00:00:00Z", "duty=D11;until=2024-10-05T00:00:00Z", "2023-10-29T08:10:00Z",
         "extended"},
        {"2023-09-20T00:00:00Z", "duty=D11;until=2023-09-21T00:00:00Z", "2023-09-29T07:10:00Z",
         "overdue"},
        {"2023-09-20T00:00:00Z", "duty=D11 by:1", "2023-10-29T08:10:00Z", "extended"},
        {"2023-09-20T00:00:00Z", "duty=D11 by:2", "2023-09-29T07:10:00Z", "overdue"},
        {"2023-09-20T00:00:00Z", "duty=D11;of=by:1", "2023-10-29T08:10:00Z", "extended"},
        {"2023-09-20T00:00:00Z", "duty=D11;of=by:2", "2023-09-29T07:10:00Z", "overdue"},
        {"2023-09-20T00:00:00Z", "duty=D03", "2023-09-29T07:10:00Z", "overdue"},
        {"2023-09-29T07:10:00Z", "duty=D11", "2023-09-29T07:10:00Z", "overdue"}, /* too late */
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct stage *st = noticed(NULL, NULL);
        stage_sync(st);
        stage_clock(st, rows[i].at);
        stage_add(st, LV, "duty.extended", rows[i].fields);
        stage_sync(st);
        assert_duty(st, BY, "2023-09-30T00:00:00Z", "D11", "lv", rows[i].result, rows[i].due);
        assert_duty(st, BY, "2023-09-30T00:00:00Z", "D11", "by", "overdue", "2023-09-29T07:10:00Z");
        stage_add(st, LV, "duty.extended", rows[i].fields); /* once is what the pack allows */
        if (strcmp(rows[i].result, "extended") == 0)
            assert_duty(st, LV, "2023-09-30T00:00:00Z", "D11", "lv", "extended", rows[i].due);
        stage_close(st);
    }
}

static void a_duty_is_refused_only_where_the_pack_lets_it(void **state)
{
    (void)state;
    struct stage *st = noticed(NULL, NULL);
    stage_add(st, BY, "proposal.made", "what=meeting");
    stage_sync(st);
    stage_add(st, LV, "duty.refused", "duty=D05;reason=not now");
    stage_add(st, LV, "duty.refused", "duty=D04;reason=not now");
    stage_add(st, BY, "duty.refused", "duty=D11;reason=not now");
    assert_duty(st, LV, "2023-08-30T08:00:00Z", "D05", "lv", "refused", NULL);
    assert_duty(st, LV, "2023-08-30T08:00:00Z", "D04", "lv", "open", NULL);
    assert_duty(st, BY, "2023-08-30T08:00:00Z", "D11", "by", "open", NULL);
    stage_close(st);
}

static void only_the_side_that_owes_can_say_done(void **state)
{
    (void)state;
    struct stage *st = noticed(NULL, NULL);
    stage_sync(st);
    stage_add(st, BY, "duty.done", "duty=D04;proof=x");
    stage_sync(st);
    assert_duty(st, LV, "2023-08-30T08:00:00Z", "D04", "lv", "open", NULL);
    stage_add(st, LV, "duty.done", "duty=D04;proof=x");
    stage_sync(st);
    assert_duty(st, BY, "2023-08-30T08:00:00Z", "D04", "lv", "done", NULL);
    stage_close(st);
}

static void a_word_that_is_not_open_does_not_end_a_common_duty(void **state)
{
    (void)state;
    struct stage *st = noticed(NULL, NULL);
    stage_sync(st);
    stage_add(st, LV, "^duty.done", "duty=D04;proof=x");
    assert_duty(st, LV, "2023-08-30T08:00:00Z", "D04", "lv", "open", NULL);
    stage_close(st);
}

static void decisions_are_duties_of_their_owner(void **state)
{
    (void)state;
    struct stage *st = noticed(NULL, NULL);
    stage_sync(st);
    stage_add(st, BY, "decision.recorded", "what=fence;owner=lv.assist;due=2023-09-10T12:00:00Z");
    stage_add(st, BY, "decision.recorded", "what=walk;owner=by;due=");
    stage_add(st, BY, "decision.recorded", "what=talk;owner=ministry;due=2023-09-10T12:00:00Z");
    stage_sync(st);
    const char *now = "2023-09-01T00:00:00Z";
    assert_duty(st, LV, now, "decision by:3", "lv", "open", "2023-09-10T12:00:00Z");
    assert_duty(st, LV, now, "decision by:5", "", "open", "2023-09-10T12:00:00Z");
    assert_false(duty_of(st, LV, now, "decision by:4", "by")->has_due);
    stage_clock(st, now);
    stage_add(st, LV, "duty.done", "duty=decision by:3;proof=photo");
    assert_duty(st, LV, "2023-09-11T00:00:00Z", "decision by:3", "lv", "done", NULL);
    assert_duty(st, LV, "2023-09-11T00:00:00Z", "decision by:5", "", "overdue", NULL);
    stage_close(st);
}

static void a_dropped_case_owes_nothing(void **state)
{
    (void)state;
    struct stage *st = noticed(NULL, NULL);
    stage_add(st, BY, "incident.dropped", "reason=error");
    stage_sync(st);
    size_t count;
    struct duty *list = duties(st, LV, "2024-08-30T08:00:00Z", &count);
    for (size_t i = 0; i < count; i++)
        assert_false(duty_is_open(&list[i]));
    stage_close(st);
}

static void reminders_come_at_half_and_at_four_fifths(void **state)
{
    (void)state;
    static const struct {
        const char *now;
        int reminders;
    } rows[] = {{"2023-08-30T07:20:00Z", 0}, {"2023-08-30T09:19:59Z", 0},
                {"2023-08-30T09:20:00Z", 1}, {"2023-08-30T10:31:59Z", 1},
                {"2023-08-30T10:32:00Z", 2}, {"2023-08-30T11:20:00Z", 0}};
    struct stage *st = noticed(NULL, NULL);
    stage_sync(st);
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        assert_int_equal(duty_of(st, LV, rows[i].now, "D04", "lv")->reminders, rows[i].reminders);
    stage_close(st);
}

/* alpha-beta: seven days, then the next day on which both sides work; beta rests on Friday and
 * Saturday. */
static void an_end_on_a_day_off_moves_to_the_next_working_day(void **state)
{
    (void)state;
    static const struct {
        const char *at, *due;
    } rows[] = {{"2024-06-05T10:00:00Z", "2024-06-12T10:00:00Z"},  /* a Wednesday stays */
                {"2024-06-07T10:00:00Z", "2024-06-17T10:00:00Z"},  /* Friday to Monday */
                {"2024-03-25T10:00:00Z", "2024-04-02T10:00:00Z"},  /* Easter Monday to Tuesday */
                {"2024-08-15T10:00:00Z", "2024-08-26T10:00:00Z"}}; /* a day off once */
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct stage *st = stage_open("alpha-beta");
        st->parties[BY] = STR("alpha");
        st->parties[LV] = STR("beta");
        st->zones[BY] = zone_of_system(st->s, "Africa/Kinshasa");
        st->zones[LV] = zone_of_system(st->s, "Africa/Nairobi");
        stage_clock(st, "2024-01-05T08:00:00Z");
        stage_add(st, BY, "incident.registered",
                  "type=TIR;section=a;counterpart=beta;summary.fr=x");
        stage_clock(st, rows[i].at);
        const char *act = stage_add(st, BY, "act.drafted", "doc=DOC05;statement.1.fr=a");
        stage_sync(st);
        for (int side = 0; side < SIDES; side++)
            stage_add(st, side, "act.signed",
                      scope_print(st->s, "act=%s;capacity=assistant;reserved=0", act).ptr);
        stage_sync(st);
        assert_duty(st, BY, rows[i].at, "D08", "alpha", "open", rows[i].due);
        assert_duty(st, LV, rows[i].at, "D08", "alpha", "open", rows[i].due);
        stage_close(st);
    }
}

static void both_posts_compute_the_same_common_duties(void **state)
{
    (void)state;
    const char *notice;
    struct stage *st = noticed(NULL, &notice);
    stage_sync(st);
    stage_add(st, LV, "notice.received", of(st, notice, ""));
    stage_add(st, LV, "^hold.placed", "systems=x");
    stage_add(st, BY, "proposal.made", "what=inspection;urgent=yes");
    signed_act(st, "assistant", "assistant");
    stage_clock(st, "2023-10-20T00:00:00Z");
    struct duty *lists[SIDES];
    size_t counts[SIDES];
    for (int side = 0; side < SIDES; side++) {
        struct casefile c = stage_fold(st, side, 7u + (unsigned)side);
        struct duty *all;
        size_t count, kept = 0;
        assert_ok(duties_list(st->s, &c, st->zones, st->clock, &all, &count));
        for (size_t i = 0; i < count; i++)
            if (!all[i].own_only) all[kept++] = all[i];
        lists[side] = all;
        counts[side] = kept;
    }
    assert_true(counts[0] > 8);
    assert_int_equal(counts[0], counts[1]);
    for (size_t i = 0; i < counts[0]; i++) {
        const struct duty *a = &lists[0][i], *b = &lists[1][i];
        assert_true(str_eq(a->id, b->id) && str_eq(a->owes, b->owes));
        assert_true(a->state == b->state && a->due.us == b->due.us && a->has_due == b->has_due);
        assert_ptr_equal(a->start->fact, b->start->fact);
    }
    stage_close(st);
}

int main(void)
{
    cmocka_set_message_output(CM_OUTPUT_TAP);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_receipt_starts_the_clock_of_the_receiver),
        cmocka_unit_test(late_and_done_are_told_apart),
        cmocka_unit_test(grave_types_have_a_shorter_limit),
        cmocka_unit_test(what_is_not_open_does_not_shorten_a_common_limit),
        cmocka_unit_test(what_starts_from_a_closed_fact_stays_on_its_side),
        cmocka_unit_test(own_holds_and_notes_end_own_duties),
        cmocka_unit_test(urgent_is_no_unless_it_is_said),
        cmocka_unit_test(the_earliest_open_due_instant_is_given_by_id),
        cmocka_unit_test(days_keep_the_clock_of_the_side_that_owes),
        cmocka_unit_test(an_assistants_signature_asks_for_approval),
        cmocka_unit_test(a_passed_duty_gives_rise_to_another),
        cmocka_unit_test(extensions_are_as_many_and_as_long_as_the_pack_allows),
        cmocka_unit_test(a_duty_is_refused_only_where_the_pack_lets_it),
        cmocka_unit_test(only_the_side_that_owes_can_say_done),
        cmocka_unit_test(a_word_that_is_not_open_does_not_end_a_common_duty),
        cmocka_unit_test(decisions_are_duties_of_their_owner),
        cmocka_unit_test(a_dropped_case_owes_nothing),
        cmocka_unit_test(reminders_come_at_half_and_at_four_fifths),
        cmocka_unit_test(an_end_on_a_day_off_moves_to_the_next_working_day),
        cmocka_unit_test(both_posts_compute_the_same_common_duties),
    };
    return cmocka_run_group_tests_name("duty", tests, NULL, NULL);
}
