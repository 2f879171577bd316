/* What an own post lets its officers state, and the code of each refusal. */
#include "core/casework/rule.h"
#include "stage.h"

static const char case_number[] = "LV-2023-K7QM";

struct known {
    struct stage *st;
    int side;
};

static const struct fact *find(void *ctx, Str party, uint64_t index)
{
    const struct known *k = ctx;
    for (size_t i = 0; i < k->st->count; i++) {
        const struct played *p = &k->st->facts[i];
        if (p->fact.index == index && str_eq(k->st->parties[p->side], party) &&
            (p->side == k->side || p->taken))
            return &p->fact;
    }
    return NULL;
}

/* The refusal of a fact with "name=value;name=value" at the post of this side. */
static Status try_in(struct stage *st, int side, const char *number, const char *kind,
                     const char *fields)
{
    struct name_value list[40], *ordered;
    size_t count;
    struct draft d = {.kind = str_of(kind),
                      .case_number = str_of(number),
                      .by = STR("somebody"),
                      .at = st->clock,
                      .fields = list};
    Str rest = scope_str(st->s, str_of(fields));
    while (rest.len) {
        Str pair = str_cut(&rest, ';');
        list[d.field_count].name = str_cut(&pair, '=');
        list[d.field_count++].value = pair.ptr ? pair : STR("");
    }
    struct known known = {st, side};
    struct fact_finder finder = {find, &known};
    struct casefile c = stage_fold(st, side, 0);
    Status status = draft_order(st->s, &st->pack, &d, &ordered, &count);
    return status == OK ? rule_check(st->s, &c, &d, &finder) : status;
}

static Status try_it(struct stage *st, int side, const char *kind, const char *fields)
{
    return try_in(st, side, case_number, kind, fields);
}

/* by:1 incident, by:2 notice, lv:1 its receipt, all known to both. */
static struct stage *acknowledged(void)
{
    struct stage *st = stage_open("lv-by");
    stage_add(st, BY, "incident.registered",
              "type=I05;section=a;counterpart=lv;armed=no;summary.ru=x");
    stage_add(st, BY, "notice.sent", "of=by:1");
    stage_sync(st);
    stage_add(st, LV, "notice.received", "of=by:2");
    stage_sync(st);
    return st;
}

struct row {
    int side;
    const char *kind, *fields;
    Status want;
};

static void assert_rows(struct stage *st, const struct row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        Status got = try_it(st, rows[i].side, rows[i].kind, rows[i].fields);
        if (got != rows[i].want)
            print_error("%s %s: %s, not %s (%s)\n", rows[i].kind, rows[i].fields, status_name(got),
                        status_name(rows[i].want), scope_reason(st->s));
        assert_int_equal(got, rows[i].want);
    }
}

static void a_reference_names_the_right_kind_of_the_right_side(void **state)
{
    (void)state;
    struct stage *st = acknowledged();
    stage_add(st, BY, "proposal.made", "what=inspection");             /* by:3 */
    stage_add(st, BY, "request.made", "item.1=video;item.2=log");      /* by:4 */
    stage_add(st, BY, "finding.stated", "text.ru=x");                  /* by:5 */
    stage_add(st, BY, "handover.offered", "what=property;item.1=cap"); /* by:6 */
    stage_sync(st);
    static const struct row rows[] = {
        {LV, "notice.received", "of=by:1", ERR_NOT_FOUND}, /* no notice */
        {LV, "notice.sent", "of=by:1", ERR_NOT_FOUND},     /* not ours to notify */
        {BY, "notice.sent", "of=by:1", OK},
        {BY, "notice.received", "of=by:2", ERR_NOT_FOUND}, /* our own */
        {LV, "incident.amended", "of=by:1;field=armed;value=yes", ERR_NOT_FOUND},
        {LV, "proposal.answered", "of=by:3;answer=yes", OK},
        {BY, "proposal.answered", "of=by:3;answer=yes", ERR_NOT_FOUND},
        {LV, "request.answered", "of=by:4;item=2;answer=given", OK},
        {LV, "request.answered", "of=by:4;answer=none", OK}, /* the whole request */
        {LV, "request.answered", "of=by:4;item=3;answer=given", ERR_NOT_FOUND},
        {BY, "request.answered", "of=by:4;item=1;answer=given", ERR_NOT_FOUND},
        {LV, "finding.answered", "of=by:5;position=deny", OK},
        {BY, "finding.answered", "of=by:5;position=agree", ERR_NOT_FOUND},
        {LV, "handover.answered", "of=by:6;answer=yes", OK},
        {BY, "handover.answered", "of=by:6;answer=yes", ERR_NOT_FOUND},
        {LV, "handover.withdrawn", "of=by:6", ERR_NOT_FOUND},
        {BY, "handover.withdrawn", "of=by:6", OK},
        {LV, "handover.counted", "of=by:6;item=hat", ERR_NOT_FOUND},
        {LV, "incident.dropped", "reason=x", ERR_NOT_FOUND}, /* registered nothing */
        {LV, "notice.received", "of=by:99", ERR_NOT_FOUND},
    };
    assert_rows(st, rows, COUNT_OF(rows));
    stage_close(st);
}

static void a_reference_does_not_lead_out_of_its_case(void **state)
{
    (void)state;
    struct stage *st = acknowledged();
    stage_add(st, BY, "proposal.made", "what=meeting");
    stage_sync(st);
    assert_int_equal(try_in(st, LV, "", "proposal.answered", "of=by:3;answer=yes"), ERR_NOT_FOUND);
    assert_int_equal(try_in(st, LV, "", "meeting.opened", "proposal=by:3"), OK);
    st->facts[st->count - 1].taken = false; /* as if it stood in a case that is not folded here */
    assert_int_equal(try_it(st, LV, "proposal.answered", "of=by:3;answer=yes"), ERR_NOT_FOUND);
    stage_close(st);
}

static void what_an_act_does_not_hold_is_not_found(void **state)
{
    (void)state;
    struct stage *st = acknowledged();
    stage_add(st, BY, "act.drafted",
              "doc=DOC05;statement.1.ru=a;statement.1.lv=b;conclusion.ru=c;conclusion.lv=d");
    stage_sync(st);
    static const struct row rows[] = {
        {LV, "act.position", "act=by:3;statement=1;position=agree", OK},
        {LV, "act.position", "act=by:3;statement=conclusion;position=agree", OK},
        {LV, "act.position", "act=by:3;statement=2;position=agree", ERR_NOT_FOUND},
        {LV, "act.position", "act=by:3;statement=outcome;position=agree", ERR_NOT_FOUND},
        {LV, "opinion.given", "act=by:3;statement.1=1;text.lv=x", OK},
        {LV, "opinion.given", "act=by:3;statement.1=1;statement.2=7;text.lv=x", ERR_NOT_FOUND},
    };
    assert_rows(st, rows, COUNT_OF(rows));
    stage_close(st);
}

static void an_amendment_has_the_form_of_what_it_amends(void **state)
{
    (void)state;
    struct stage *st = acknowledged();
    static const struct row rows[] = {
        {BY, "incident.amended", "of=by:1;field=armed;value=yes", OK},
        {BY, "incident.amended", "of=by:1;field=armed;value=perhaps", ERR_SCHEMA},
        {BY, "incident.amended", "of=by:1;field=type;value=I99", ERR_SCHEMA},
        {BY, "incident.amended", "of=by:1;field=happened_to;value=noon", ERR_SCHEMA},
        {BY, "incident.amended", "of=by:1;field=summary.lv;value=x", OK},
        {BY, "incident.amended", "of=by:1;field=summary.xx;value=x", ERR_SCHEMA},
        {BY, "incident.amended", "of=by:1;field=colour;value=x", ERR_SCHEMA},
        {BY, "incident.amended", "of=by:1;field=pack_digest;value=x", ERR_SCHEMA},
        {BY, "incident.amended", "of=by:1;field=type;value=", ERR_SCHEMA},
        {BY, "incident.amended", "of=by:1;field=armed;value=", OK},
        {BY, "incident.amended", "of=by:1", ERR_SCHEMA},
    };
    assert_rows(st, rows, COUNT_OF(rows));
    stage_close(st);
}

static void a_quantity_stays_within_what_it_measures(void **state)
{
    (void)state;
    struct stage *st = acknowledged();
    static const struct row rows[] = {
        {BY, "measurement.made", "error_m=0;distance_m=-5", OK},
        {BY, "measurement.made", "error_m=-0.1;distance_m=-5", ERR_SCHEMA},
        {BY, "measurement.made", "error_m=nan;distance_m=5", ERR_SCHEMA},
        {BY, "measurement.made", "error_m=1;lat=90;lon=-180", OK},
        {BY, "measurement.made", "error_m=1;lat=90.1;lon=0", ERR_SCHEMA},
        {BY, "measurement.made", "error_m=1;lat=0;lon=180.5", ERR_SCHEMA},
        {BY, "animal.recorded", "item=cow;count=-1", ERR_SCHEMA},
        {BY, "incident.amended", "of=by:1;field=persons;value=-3", ERR_SCHEMA},
        {BY, "incident.amended", "of=by:1;field=error_m;value=-3", ERR_SCHEMA},
    };
    assert_rows(st, rows, COUNT_OF(rows));
    stage_close(st);
}

static void a_dropped_case_takes_only_what_people_are_owed(void **state)
{
    (void)state;
    struct stage *st = acknowledged();
    stage_add(st, BY, "^hold.placed", "systems=x"); /* by:3 */
    stage_add(st, LV, "incident.dropped", "reason=not ours: it counts for nothing");
    stage_sync(st);
    assert_int_equal(try_it(st, BY, "letter.sent", "subject=x"), OK);
    stage_add(st, BY, "^incident.dropped", "reason=x"); /* by:4 */
    static const struct row rows[] = {
        {BY, "letter.sent", "subject=x", ERR_STATE},
        {BY, "notice.sent", "of=by:1", ERR_STATE},
        {BY, "notice.sent", "of=by:99", ERR_NOT_FOUND},
        {BY, "release.drafted", "fact.1=by:4", OK},
        {BY, "release.recalled", "of=by:1", OK},
        {BY, "fact.erased", "of=by:1", OK},
        {BY, "hold.lifted", "hold=by:3", OK},
        {BY, "protection.checked", "person=p1;outcome=clear", OK},
    };
    assert_rows(st, rows, COUNT_OF(rows));
    assert_int_equal(try_it(st, LV, "letter.sent", "subject=x"), OK); /* it was not told */
    stage_reveal(st, st->count - 1);
    stage_sync(st);
    assert_int_equal(try_it(st, LV, "letter.sent", "subject=x"), ERR_STATE);
    stage_close(st);
}

static void an_annex_that_was_taken_back_cannot_be_signed(void **state)
{
    (void)state;
    static const char *const recalls[] = {"of=by:3", "of=by:3.description"};
    for (size_t i = 0; i < COUNT_OF(recalls); i++) {
        struct stage *st = acknowledged();
        stage_add(st, BY, "evidence.collected", "item=photo;description=x");
        stage_add(st, BY, "act.drafted",
                  "doc=DOC05;statement.1.ru=a;statement.1.lv=b;annex.1=by:3");
        stage_sync(st);
        assert_int_equal(try_it(st, LV, "act.signed", "act=by:4;capacity=assistant"), OK);
        stage_add(st, LV, "release.recalled", "of=by:3"); /* not theirs to take back */
        stage_sync(st);
        assert_int_equal(try_it(st, LV, "act.signed", "act=by:4;capacity=assistant"), OK);
        stage_add(st, BY, "release.recalled", recalls[i]);
        stage_sync(st);
        assert_int_equal(try_it(st, LV, "act.signed", "act=by:4;capacity=assistant"), ERR_STATE);
        assert_int_equal(try_it(st, BY, "act.signed", "act=by:4;capacity=assistant"), ERR_STATE);
        stage_close(st);
    }
}

/* Before joint findings diplomacy needs a reason; one-sided closings are none. */
static void closing_alone_is_no_joint_finding(void **state)
{
    (void)state;
    struct stage *st = acknowledged();
    static const char up[] = "level=3;matter=x";
    assert_int_equal(try_it(st, BY, "case.escalated", up), ERR_REASON);
    assert_int_equal(try_it(st, BY, "case.escalated", "level=2c;matter=x"), OK);
    assert_int_equal(try_it(st, BY, "case.escalated", "level=3;matter=x;reason=y"), OK);
    stage_add(st, BY, "case.closed", "outcome=O6");
    stage_add(st, LV, "case.closed", "outcome=O6");
    stage_sync(st);
    assert_int_equal(try_it(st, BY, "case.escalated", up), ERR_REASON);
    stage_add(st, BY, "finding.stated", "text.ru=x");
    stage_add(st, LV, "measurement.made", "error_m=1");
    stage_sync(st);
    assert_int_equal(try_it(st, BY, "case.escalated", up), OK);
    stage_close(st);
}

static void an_answer_by_whom_it_is_not_put_to_blocks_nobody(void **state)
{
    (void)state;
    struct stage *st = acknowledged();
    stage_add(st, BY, "proposal.made", "what=inspection");
    stage_add(st, BY, "proposal.answered", "of=by:3;answer=yes");
    stage_sync(st);
    assert_int_equal(try_it(st, LV, "proposal.answered", "of=by:3;answer=no"), OK);
    stage_add(st, LV, "proposal.answered", "of=by:3;answer=no");
    assert_int_equal(try_it(st, LV, "proposal.answered", "of=by:3;answer=yes"), ERR_STATE);
    stage_close(st);
}

/* One refusal for every ground, whatever the person is called in the offer. */
static void a_person_passes_only_when_cleared_and_not_held(void **state)
{
    (void)state;
    struct stage *st = acknowledged();
    static const char *const people[] = {"unasked", "blocked", "held", "cleared", "lifted"};
    for (size_t i = 0; i < COUNT_OF(people); i++)
        stage_add(st, LV, "^person.recorded", scope_print(st->s, "person=%s", people[i]).ptr);
    stage_add(st, LV, "^protection.checked", "person=blocked;outcome=clear");
    stage_add(st, LV, "^protection.checked", "person=blocked;outcome=block");
    stage_add(st, LV, "^protection.checked", "person=held;outcome=clear");
    stage_add(st, LV, "^return.held", "person=held");
    stage_add(st, LV, "^protection.checked", "person=cleared;outcome=clear");
    stage_add(st, LV, "^protection.checked", "person=lifted;outcome=block");
    stage_add(st, LV, "^protection.checked", "person=lifted;outcome=clear");
    static const struct row rows[] = {
        {LV, "handover.offered", "what=persons;item.1=unasked", ERR_PROTECTION},
        {LV, "handover.offered", "what=persons;item.1=blocked", ERR_PROTECTION},
        {LV, "handover.offered", "what=persons;item.1=held", ERR_PROTECTION},
        {LV, "handover.offered", "what=persons;item.1=unknown", ERR_PROTECTION},
        {LV, "handover.offered", "what=persons;item.1=cleared", OK},
        {LV, "handover.offered", "what=persons;item.1=lifted", OK},
        {LV, "handover.offered", "what=persons;item.1=cleared;item.2=held", ERR_PROTECTION},
        {LV, "handover.offered", "what=property;item.1=blocked", ERR_PROTECTION},
        {LV, "handover.offered", "what=documents;item.1=unasked", ERR_PROTECTION},
        {LV, "handover.offered", "what=property;item.1=hat", OK},
        {LV, "handover.offered", "what=body;item.1=unasked", OK}, /* the dead are not asked */
        {LV, "handover.offered", "what=body;item.1=blocked", ERR_PROTECTION},
        {LV, "handover.offered", "what=body;item.1=held", ERR_PROTECTION},
    };
    const char *reason = NULL;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        assert_rows(st, &rows[i], 1);
        if (rows[i].want == OK) continue;
        if (reason) assert_string_equal(scope_reason(st->s), reason);
        reason = scope_print(st->s, "%s", scope_reason(st->s)).ptr;
    }
    stage_close(st);
}

static void an_offer_numbers_its_items_without_gaps(void **state)
{
    (void)state;
    struct stage *st = acknowledged();
    struct name_value given[] = {{STR("what"), STR("persons")},
                                 {STR("item.2"), STR("p4")},
                                 {STR("item.7"), STR("p9")}},
                      *ordered;
    struct draft d = {.kind = STR("handover.offered"),
                      .case_number = str_of(case_number),
                      .fields = given,
                      .field_count = COUNT_OF(given)};
    size_t count;
    assert_ok(draft_order(st->s, &st->pack, &d, &ordered, &count));
    assert_int_equal(count, 3);
    assert_str(ordered[1].name, "item.1");
    assert_str(ordered[1].value, "p4");
    assert_str(ordered[2].name, "item.2");
    assert_str(ordered[2].value, "p9");
    stage_close(st);
}

static void the_act_or_offer_that_is_named_decides_the_roles_too(void **state)
{
    (void)state;
    enum { R1 = 1 << 0, R2 = 1 << 1, R3 = 1 << 2, R8 = 1 << 7 };
    static const struct {
        const char *named, *fields, *kind;
        Roles roles, want;
    } rows[] = {
        {"act.drafted", "doc=DOC05", "act.position", R1 | R2 | R3, R1 | R2 | R3},
        {"act.drafted", "doc=DOC09", "act.position", R1 | R2 | R3, R1 | R2},
        {"act.drafted", "doc=DOC09", "act.signed", R3, 0},
        {"act.drafted", "doc=DOC15", "act.signed", R3, R3},
        {"handover.offered", "what=animals", "handover.signed", R1 | R3 | R8, R1 | R3 | R8},
        {"handover.offered", "what=vehicle", "handover.signed", R1 | R3 | R8, R1 | R3},
        {"handover.offered", "what=persons", "handover.counted", R8, 0},
        {"notice.sent", "of=by:1", "handover.counted", R8, R8}, /* no offer: not found later */
        {"act.drafted", "doc=DOC09", "opinion.given", R1 | R2, R1 | R2},
    };
    struct stage *st = acknowledged();
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        stage_add(st, BY, rows[i].named, rows[i].fields);
        const struct fact *named = &st->facts[st->count - 1].fact;
        const struct kind *k = pack_kind(&st->pack, str_of(rows[i].kind));
        assert_non_null(k);
        assert_int_equal(roles_as_named(&st->pack, k, named, rows[i].roles), rows[i].want);
        assert_int_equal(roles_as_named(&st->pack, k, NULL, rows[i].roles), rows[i].roles);
    }
    stage_close(st);
}

int main(void)
{
    cmocka_set_message_output(CM_OUTPUT_TAP);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_reference_names_the_right_kind_of_the_right_side),
        cmocka_unit_test(a_reference_does_not_lead_out_of_its_case),
        cmocka_unit_test(what_an_act_does_not_hold_is_not_found),
        cmocka_unit_test(an_amendment_has_the_form_of_what_it_amends),
        cmocka_unit_test(a_quantity_stays_within_what_it_measures),
        cmocka_unit_test(a_dropped_case_takes_only_what_people_are_owed),
        cmocka_unit_test(an_annex_that_was_taken_back_cannot_be_signed),
        cmocka_unit_test(closing_alone_is_no_joint_finding),
        cmocka_unit_test(an_answer_by_whom_it_is_not_put_to_blocks_nobody),
        cmocka_unit_test(a_person_passes_only_when_cleared_and_not_held),
        cmocka_unit_test(an_offer_numbers_its_items_without_gaps),
        cmocka_unit_test(the_act_or_offer_that_is_named_decides_the_roles_too),
    };
    return cmocka_run_group_tests_name("rule", tests, NULL, NULL);
}
