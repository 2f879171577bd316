#include "core/casework/damage.h"
#include "stage.h"

static const char incident_fields[] =
    "type=I05;happened_from=2023-08-30T06:58:00Z;noticed_at=2023-08-30T07:00:00Z;section=polotsk;"
    "counterpart=lv;armed=no;summary.ru=x";

static void assert_state(struct stage *st, int side, const char *want)
{
    struct casefile c = stage_fold(st, side, 0);
    assert_string_equal(case_state_name(c.state), want);
}

/* One line of a course: "by notice.sent of=by:1", "sync", "at 2023-...", "= lv ACKNOWLEDGED". */
static void play_line(struct stage *st, Str line)
{
    Str first = str_cut(&line, ' ');
    if (str_is(first, "sync")) {
        stage_sync(st);
    } else if (str_is(first, "at")) {
        stage_clock(st, scope_str(st->s, line).ptr);
    } else if (str_is(first, "=")) {
        Str side = str_cut(&line, ' ');
        assert_state(st, str_is(side, "lv") ? LV : BY, scope_str(st->s, line).ptr);
    } else {
        Str kind = str_cut(&line, ' ');
        stage_add(st, str_is(first, "lv") ? LV : BY, scope_str(st->s, kind).ptr,
                  scope_str(st->s, line.ptr ? line : STR("")).ptr);
    }
}

/* Plays a course on a fresh stage after "by" has registered (by:1). */
static struct stage *play(const char *course)
{
    struct stage *st = stage_open("lv-by");
    stage_add(st, BY, "incident.registered", incident_fields);
    for (Str rest = str_of(course); rest.len;)
        play_line(st, str_cut(&rest, '\n'));
    return st;
}

#define NOTICE "by notice.sent of=by:1\nsync\n"
#define TAKEN  NOTICE "lv notice.received of=by:2\nsync\n"
#define AGREED                                                                                     \
    TAKEN "by proposal.made what=inspection\nsync\nlv proposal.answered "                          \
          "of=by:3;answer=yes\nsync\n"
#define DRAFTED AGREED "by act.drafted doc=DOC05;statement.1.ru=a;statement.1.lv=b\nsync\n"
#define SIGN_BY "by act.signed act=by:4;capacity=assistant;reserved=1\n"
#define SIGN_LV "lv act.signed act=by:4;capacity=assistant;reserved=1\n"
#define SIGNED  DRAFTED SIGN_BY "sync\n" SIGN_LV "sync\n"
#define CONCLUSION(outcome)                                                                        \
    TAKEN "by act.drafted doc=DOC09;conclusion.ru=a;outcome=" outcome "\nsync\n"                   \
          "by act.signed act=by:3;capacity=representative;reserved=1\n"                            \
          "lv act.signed act=by:3;capacity=representative;reserved=1\nsync\n"

static void every_state_follows_from_its_facts(void **state)
{
    (void)state;
    static const char *const courses[] = {
        "= by REGISTERED\n= lv DRAFT",
        NOTICE "= by NOTIFIED\n= lv NOTIFIED",
        TAKEN "= by ACKNOWLEDGED\n= lv ACKNOWLEDGED",
        NOTICE
        "by notice.received of=by:2\nsync\n= by NOTIFIED", /* nobody takes up an own notice */
        NOTICE "at 2023-08-30T14:59:59Z\n= by NOTIFIED",
        NOTICE
        "at 2023-08-30T15:00:00Z\n= by SILENT\n= lv NOTIFIED", /* who is silent was notified */
        /* A reminder and a letter start nothing anew. */
        NOTICE "at 2023-08-30T12:00:00Z\nby notice.sent of=by:1\nby letter.sent subject=x\nsync\n"
               "at 2023-08-30T15:00:00Z\n= by SILENT",
        NOTICE "at 2023-08-31T15:00:00Z\nlv notice.received of=by:2\nsync\n= by ACKNOWLEDGED",
        NOTICE "lv letter.sent subject=x\nsync\nat 2023-08-31T15:00:00Z\n= by NOTIFIED",
        TAKEN
        "by proposal.made what=inspection\nsync\nby proposal.answered of=by:3;answer=yes\nsync\n"
        "= by ACKNOWLEDGED", /* nor answers an own proposal */
        AGREED "= by INSPECTION_AGREED\n= lv INSPECTION_AGREED",
        TAKEN "by proposal.made what=inspection\nsync\nlv proposal.answered "
              "of=by:3;answer=other_time\nsync\n"
              "= by POSTPONED",
        TAKEN "by proposal.made what=inspection\nsync\nlv proposal.answered "
              "of=by:3;answer=no;reason=x\nsync\n"
              "= by REFUSED",
        TAKEN "by proposal.made what=inspection\nsync\nlv proposal.answered of=by:3;answer=no;"
              "reason=paper_only\nsync\n= by PAPER_ONLY",
        TAKEN "by proposal.made what=meeting\nsync\nlv proposal.answered of=by:3;answer=yes\nsync\n"
              "= by ACKNOWLEDGED",
        DRAFTED "= by INSPECTION_AGREED",
        DRAFTED SIGN_BY "sync\n= lv INSPECTED",
        SIGNED "= by ACT_PENDING\n= lv ACT_PENDING",
        SIGNED "lv act.objected act=by:4;reason=x\nsync\n= by ACT_REFUSED",
        /* A draft that nobody has signed moves no case. */
        SIGNED "lv act.objected act=by:4;reason=x\nby act.drafted doc=DOC05;supersedes=by:4;"
               "statement.1.ru=a\nsync\n= by ACT_REFUSED\n= lv ACT_REFUSED\n"
               "lv act.signed act=by:6;capacity=assistant;reserved=1\nsync\n= by INSPECTED",
        SIGNED "by act.drafted doc=DOC05;statement.1.ru=a\nsync\n= by ACT_PENDING",
        SIGNED "lv act.approved act=by:4;reserved=1\nsync\n= by ACT_PENDING",
        SIGNED "lv act.approved act=by:4;reserved=1\nby act.approved act=by:4;reserved=1\nsync\n"
               "= by FINDINGS\n= lv FINDINGS",
        SIGNED "lv act.approved act=by:4;reserved=1\nby act.approved act=by:4;reserved=2\nsync\n"
               "= by ACT_PENDING", /* they do not stand by the same reservations */
        TAKEN "by finding.stated text.ru=a\nlv measurement.made error_m=1\nsync\n= by FINDINGS",
        TAKEN
        "by finding.stated text.ru=a\nlv ^measurement.made error_m=1\nsync\n= lv ACKNOWLEDGED",
        AGREED
        "by finding.stated text.ru=a\nlv finding.stated text.lv=a\nsync\n= by INSPECTION_AGREED",
        CONCLUSION("O1") "= by SETTLED",
        CONCLUSION("O2") "= by NOT_CONFIRMED",
        CONCLUSION("O3") "= lv SPLIT",
        CONCLUSION("O4") "= lv SPLIT",
        CONCLUSION("O7") "= lv SETTLED",
        CONCLUSION("O6") "= lv ACKNOWLEDGED", /* settles nothing by itself */
        CONCLUSION("") "= lv ACKNOWLEDGED",
        CONCLUSION(
            "O1") "by case.closed outcome=O1\nsync\n= by SETTLED\nlv case.closed outcome=O1\nsync\n"
                  "= by CLOSED\n= lv CLOSED\nlv case.reopened reason=x\nsync\n= by SETTLED",
        NOTICE "by case.closed outcome=O5\nsync\n= by UNILATERAL\n= lv NOTIFIED\n"
               "lv letter.sent subject=x\nsync\n= by UNILATERAL\n"
               "lv notice.received of=by:2\nsync\n= by ACKNOWLEDGED",
        /* The two words cross on the way: the closing had not seen the other. */
        NOTICE "by case.closed outcome=O5\nlv notice.received of=by:2\nsync\n= by ACKNOWLEDGED",
        TAKEN "by case.closed outcome=O5\nsync\n= by UNILATERAL\n= lv ACKNOWLEDGED",
    };
    for (size_t i = 0; i < COUNT_OF(courses); i++)
        stage_close(play(courses[i]));
}

static void an_undelivered_notice_gives_its_reason(void **state)
{
    (void)state;
    struct stage *st = play("by notice.sent of=by:1\nat 2024-08-30T15:00:00Z");
    struct casefile c = stage_fold(st, BY, 0);
    assert_int_equal(c.state, STATE_NOTIFIED);
    assert_string_equal(c.state_reason, "not_delivered");
    stage_close(st);
}

static void an_amendment_replaces_a_field_for_its_own_side_only(void **state)
{
    (void)state;
    struct stage *st = play(NOTICE "by incident.amended of=by:1;field=type;value=I06\n"
                                   "lv incident.amended of=by:1;field=section;value=x\nsync");
    struct casefile c = stage_fold(st, LV, 0);
    assert_str(c.type, "I06");
    assert_str(case_incident_value(&c, STR("section")), "polotsk");
    stage_close(st);
}

/* The two amendments stand in their author's journal as b, then c; b is opened after c. */
static void an_amendment_that_opens_late_undoes_no_newer_one(void **state)
{
    (void)state;
    struct stage *st = play(NOTICE "by ^incident.amended of=by:1;field=section;value=b");
    size_t late = st->count - 1;
    stage_add(st, BY, "incident.amended", "of=by:1;field=section;value=c");
    stage_sync(st);
    for (int opened = 0; opened < 2; opened++) {
        struct casefile by = stage_fold(st, BY, 0), lv = stage_fold(st, LV, 0);
        assert_str(case_incident_value(&by, STR("section")), "c");
        assert_str(case_incident_value(&lv, STR("section")), "c");
        stage_reveal(st, late);
        stage_sync(st);
    }
    stage_close(st);
}

/* A reference may name anything of the other side, also what it keeps to itself. */
static void a_receipt_of_what_is_no_notice_acknowledges_nothing(void **state)
{
    (void)state;
    struct stage *st = stage_open("lv-by");
    const char *incident = stage_add(st, LV, "incident.registered",
                                     "type=I05;section=silene;counterpart=by;summary.lv=x");
    stage_add(st, LV, "notice.sent", scope_print(st->s, "of=%s", incident).ptr);
    const char *kept = stage_add(st, LV, "^hold.placed", "systems=x");
    stage_sync(st);
    stage_add(st, BY, "notice.received", scope_print(st->s, "of=%s", kept).ptr);
    stage_add(st, BY, "proposal.answered", scope_print(st->s, "of=%s;answer=yes", kept).ptr);
    stage_sync(st);
    assert_state(st, LV, "NOTIFIED");
    assert_state(st, BY, "NOTIFIED");
    stage_close(st);
}

static void gravity_comes_from_the_type_or_its_field(void **state)
{
    (void)state;
    struct stage *st = play(NOTICE);
    assert_false(stage_fold(st, LV, 0).grave);
    stage_add(st, BY, "incident.amended", "of=by:1;field=armed;value=yes");
    stage_sync(st);
    assert_true(stage_fold(st, LV, 0).grave);
    stage_close(st);
}

static void a_claim_above_the_ceiling_is_flagged_on_both_sides(void **state)
{
    (void)state;
    struct stage *st = stage_open("lv-by");
    struct parameter *ceiling =
        (struct parameter *)(uintptr_t)pack_parameter(&st->pack, STR("X03"));
    const char *incident = stage_add(st, LV, "incident.registered",
                                     "type=I13;section=silene;counterpart=by;summary.lv=x");
    stage_add(st, LV, "damage.claimed", "amount=999.99;currency=EUR");
    stage_add(st, LV, "damage.claimed", "amount=90000;currency=ZZZ");
    stage_sync(st);
    ceiling->value = STR("1000 EUR");
    for (int side = 0; side < SIDES; side++) {
        struct casefile c = stage_fold(st, side, 0);
        assert_false(damage_is_above_ceiling(&c));
    }
    stage_add(st, LV, "damage.claimed", "amount=1000.01;currency=EUR");
    stage_sync(st);
    for (int side = 0; side < SIDES; side++) {
        struct casefile c = stage_fold(st, side, 0);
        assert_true(damage_is_above_ceiling(&c));
        ceiling->value = STR(""); /* the pack sets none */
        assert_false(damage_is_above_ceiling(&c));
        ceiling->value = STR("1000 EUR");
    }
    const char *other = scope_print(st->s, "of=%s;field=type;value=I05", incident).ptr;
    stage_add(st, LV, "incident.amended", other); /* a type without a ceiling */
    stage_sync(st);
    struct casefile c = stage_fold(st, LV, 0);
    assert_false(damage_is_above_ceiling(&c));
    stage_close(st);
}

static void the_number_whose_notice_was_taken_up_first_names_the_case(void **state)
{
    (void)state;
    struct stage *st =
        play("lv incident.registered type=I05;section=a;counterpart=by;summary.lv=y\n"
             "lv notice.sent of=lv:1\nby notice.sent of=by:1\nsync\n"
             "by incident.linked own=by:1;theirs=lv:1\nsync");
    struct casefile c = stage_common(st, LV, 0);
    assert_str(c.incident->party, "by"); /* first in common order while none was taken up */
    stage_add(st, BY, "notice.received", "of=lv:2");
    stage_sync(st);
    c = stage_common(st, BY, 3);
    assert_str(c.incident->party, "lv");
    stage_close(st);
}

static void escalation_is_a_flag_beside_the_state(void **state)
{
    (void)state;
    struct stage *st = play(TAKEN "by case.escalated level=2;matter=x\nsync");
    assert_str(stage_fold(st, LV, 0).escalated, "2");
    assert_state(st, LV, "ACKNOWLEDGED");
    stage_add(st, LV, "case.escalated", "level=0");
    stage_sync(st);
    assert_int_equal(stage_fold(st, BY, 0).escalated.len, 0);
    stage_close(st);
}

static void the_outcome_is_the_agreed_one_else_the_own_closings(void **state)
{
    (void)state;
    struct stage *st = play(NOTICE "by case.closed outcome=O5\nsync");
    struct casefile by = stage_fold(st, BY, 0), lv = stage_fold(st, LV, 0);
    struct casefile common = stage_common(st, LV, 0);
    assert_str(case_outcome(&by), "O5");
    assert_str(case_outcome(&lv), "");
    assert_str(case_outcome(&common), "O5");
    stage_close(st);
    st = play(CONCLUSION("O2") "by case.closed outcome=O6\nsync");
    by = stage_fold(st, BY, 0);
    assert_str(case_outcome(&by), "O2");
    stage_close(st);
}

static void a_measurement_within_its_error_says_nothing(void **state)
{
    (void)state;
    static const struct {
        const char *fields, *verdict;
    } rows[] = {{"distance_m=40;error_m=35", "not_distinguishable"},
                {"distance_m=-6;error_m=8", "not_distinguishable"},
                {"distance_m=2.0;error_m=0.3", "established"},
                {"distance_m=2.0;error_m=1.0", "not_distinguishable"}, /* equal is not more */
                {"distance_m=-2.01;error_m=1.0", "established"},
                {"distance_m=0.6;error_m=0.3", "not_distinguishable"},
                {"distance_m=14.84;error_m=7.42", "not_distinguishable"},
                {"distance_m=0.600001;error_m=0.3", "established"},
                {"distance_m=0.1;error_m=0", "established"},
                {"distance_m=0.1;error_m=-1.0", NULL}, /* no error can be less than none */
                {"error_m=1.0", NULL},
                {"distance_m=near;error_m=1.0", NULL}};
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct stage *st = play(NOTICE);
        stage_add(st, BY, "measurement.made", rows[i].fields);
        struct casefile c = stage_fold(st, BY, 0);
        const char *verdict = case_measurement(&c, c.entries[c.count - 1]);
        if (rows[i].verdict)
            assert_string_equal(verdict, rows[i].verdict);
        else
            assert_null(verdict);
        stage_close(st);
    }
}

static void a_refused_or_void_fact_stands_in_no_view(void **state)
{
    (void)state;
    struct stage *st = play(TAKEN);
    for (int way = 0; way < 2; way++) {
        struct entry list[8];
        struct casefile c;
        for (size_t i = 0; i < st->count; i++)
            list[i] = (struct entry){.fact = &st->facts[i].fact,
                                     .party = st->parties[st->facts[i].side],
                                     .opening = st->facts[i].opening};
        list[2].refused = way == 0; /* notice.received */
        list[2].is_void = way == 1;
        assert_ok(case_fold(st->s, &st->pack, STR(""), list, st->count, st->clock, &c));
        assert_int_equal(c.count, 2);
        assert_int_equal(c.state, STATE_NOTIFIED);
    }
    stage_close(st);
}

static void the_order_in_which_facts_come_in_does_not_matter(void **state)
{
    (void)state;
    struct stage *st =
        play(SIGNED "lv act.position act=by:4;statement=1;position=reserve;text.lv=x\n"
                    "by act.position act=by:4;statement=1;position=agree\nsync\n"
                    "lv finding.stated text.lv=q\nby finding.stated text.ru=q\nsync");
    Str text = stage_common_text(st, BY, 0);
    assert_true(text.len > 1000);
    for (unsigned seed = 1; seed <= 60; seed++)
        assert_true(str_eq(text, stage_common_text(st, seed % 2 ? LV : BY, seed)));
    stage_close(st);
}

static void what_is_not_open_leaves_no_trace_in_the_common_text(void **state)
{
    (void)state;
    struct stage *st =
        play(NOTICE "lv ^incident.registered type=I01;section=a;counterpart=by;summary.lv=y\n"
                    "lv act.drafted doc=DOC05;statement.1.lv=a\nsync");
    Str text = stage_common_text(st, BY, 0);
    stage_add(st, LV, "^act.signed", "act=lv:2;capacity=representative;reserved=1");
    stage_add(st, LV, "^act.position", "act=lv:2;statement=1;position=reserve");
    struct casefile own = stage_fold(st, LV, 0);
    Str from_own;
    assert_ok(case_common_text(st->s, &own, &from_own));
    assert_true(str_eq(text, from_own));
    stage_close(st);
}

static void a_closed_fact_that_opens_late_extends_and_never_reorders(void **state)
{
    (void)state;
    struct stage *st = play(TAKEN);
    stage_add(st, BY, "^finding.stated", "text.ru=early");
    size_t late = st->count - 1;
    stage_add(st, BY, "finding.stated", "text.ru=b");
    stage_add(st, LV, "finding.stated", "text.lv=c");
    stage_sync(st);
    struct casefile before = stage_common(st, LV, 0);
    stage_reveal(st, late);
    stage_sync(st);
    struct casefile after = stage_common(st, LV, 5);
    assert_int_equal(after.count, before.count + 1);
    for (size_t i = 0; i < before.count; i++)
        assert_ptr_equal(before.entries[i]->fact, after.entries[i]->fact);
    assert_ptr_equal(after.entries[before.count]->fact, &st->facts[late].fact);
    stage_close(st);
}

static void a_seen_that_no_honest_history_holds_does_not_stop_the_fold(void **state)
{
    (void)state;
    struct stage *st = play(NOTICE);
    st->seen[LV] = 900; /* claims to have seen what does not exist yet, */
    st->seen[BY] = 900; /* and so does the other: each waits for the other */
    for (int i = 0; i < 3; i++) {
        stage_add(st, LV, "finding.stated", "text.lv=a");
        stage_add(st, BY, "finding.stated", "text.ru=a");
    }
    stage_sync(st);
    Str text = stage_common_text(st, LV, 0);
    for (unsigned seed = 1; seed < 20; seed++)
        assert_true(str_eq(text, stage_common_text(st, BY, seed)));
    stage_close(st);
}

int main(void)
{
    cmocka_set_message_output(CM_OUTPUT_TAP);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_state_follows_from_its_facts),
        cmocka_unit_test(an_undelivered_notice_gives_its_reason),
        cmocka_unit_test(an_amendment_replaces_a_field_for_its_own_side_only),
        cmocka_unit_test(an_amendment_that_opens_late_undoes_no_newer_one),
        cmocka_unit_test(a_receipt_of_what_is_no_notice_acknowledges_nothing),
        cmocka_unit_test(gravity_comes_from_the_type_or_its_field),
        cmocka_unit_test(a_claim_above_the_ceiling_is_flagged_on_both_sides),
        cmocka_unit_test(the_number_whose_notice_was_taken_up_first_names_the_case),
        cmocka_unit_test(escalation_is_a_flag_beside_the_state),
        cmocka_unit_test(the_outcome_is_the_agreed_one_else_the_own_closings),
        cmocka_unit_test(a_measurement_within_its_error_says_nothing),
        cmocka_unit_test(a_refused_or_void_fact_stands_in_no_view),
        cmocka_unit_test(the_order_in_which_facts_come_in_does_not_matter),
        cmocka_unit_test(what_is_not_open_leaves_no_trace_in_the_common_text),
        cmocka_unit_test(a_closed_fact_that_opens_late_extends_and_never_reorders),
        cmocka_unit_test(a_seen_that_no_honest_history_holds_does_not_stop_the_fold),
    };
    return cmocka_run_group_tests_name("case", tests, NULL, NULL);
}
