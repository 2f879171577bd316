/* A meeting from its agenda to duties on both posts, in a case and outside of one. */
#include "app/meeting.h"
#include "app/outside.h"
#include "app/paper.h"
#include "command.h"
#include "left_out.h"
#include "os/file.h"
#include "pair.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static const Str no_case = {NULL, 0};

static const char *field(struct pair *x, const char *name, Str value)
{
    return scope_print(x->s, "%s=%.*s", name, STR_ARG(value)).ptr;
}

static bool has_item(const struct agenda_item *list, size_t count, enum agenda_sort sort,
                     const char *what)
{
    for (size_t i = 0; i < count; i++)
        if (list[i].sort == sort && str_is(list[i].what, what)) return true;
    return false;
}

static void the_agenda_holds_what_is_overdue_and_open(void **state)
{
    struct pair *x = *state = pair_open();
    struct agenda_item *list;
    size_t count, left;
    Str number = pair_case(x);
    pair_say(x, "lv.help", "finding.stated", &number, "no=1", "text.lv=Stabs nogāzts.", NULL);
    OKAY_IN(x->s, meeting_agenda(x->s, x->post[0], STR("by"), STR("lv"), &list, &count, &left));
    assert_false(has_item(list, count, AGENDA_FINDING, "1")); /* it is not open to them */
    pair_act(x, number);
    pair_wait(x, 40 * 86400);
    for (size_t i = 0; i < 2; i++) {
        OKAY_IN(x->s, meeting_agenda(x->s, x->post[i], STR(""), STR("ru"), &list, &count, &left));
        assert_true(has_item(list, count, AGENDA_DUTY, "D11"));
        assert_true(has_item(list, count, AGENDA_STATEMENT, "2")); /* reserved by by */
        assert_false(has_item(list, count, AGENDA_STATEMENT, "1"));
        assert_false(has_item(list, count, AGENDA_DUTY, "D19")); /* own only: never told */
        assert_int_equal(left, 0);
        for (size_t k = 0; k < count; k++) {
            assert_true(str_eq(list[k].case_number, number));
            assert_true(str_has_prefix(list[k].text, number.ptr));
            assert_null(memchr(list[k].text.ptr, '{', list[k].text.len));
            assert_true(k == 0 || list[k].sort >= list[k - 1].sort);
        }
    }
}

static void both_posts_propose_the_same_agenda(void **state)
{
    struct pair *x = *state = pair_open();
    struct agenda_item *list[2];
    size_t count[2], left;
    pair_act(x, pair_case(x));
    pair_sync(x);
    pair_wait(x, 40 * 86400);
    for (size_t i = 0; i < 2; i++)
        OKAY_IN(x->s,
                meeting_agenda(x->s, x->post[i], STR(""), STR("be"), &list[i], &count[i], &left));
    assert_int_equal(count[0], count[1]);
    assert_true(count[0] > 0);
    for (size_t k = 0; k < count[0]; k++)
        assert_true(str_eq(list[0][k].text, list[1][k].text));
}

static const struct duty *duty_of(const struct case_view *v, Str id)
{
    for (size_t i = 0; i < v->duty_count; i++)
        if (str_eq(v->duties[i].id, id)) return &v->duties[i];
    return NULL;
}

static void decisions_become_duties_on_both_posts(void **state)
{
    struct pair *x = *state = pair_open();
    Str number = pair_case(x), none = no_case;
    Str *const places[] = {&number, &none};
    for (size_t k = 0; k < 2; k++) {
        Str meeting = pair_say(x, "lv.rep", "meeting.opened", places[k], "participants.1=lv.rep",
                               "participants.2=by.rep", NULL);
        Str decision =
            pair_say(x, "lv.rep", "decision.recorded", places[k], "what=Atjaunot zīmi 123.",
                     "owner=by", "due=2026-06-01T12:00:00Z", NULL);
        Str id = scope_print(x->s, "decision %.*s", STR_ARG(decision));
        assert_true(meeting.len > 0);
        pair_sync(x);
        for (int turn = 0; turn < 2; turn++) {
            for (size_t i = 0; i < 2; i++) {
                struct case_view v;
                if (k == 0)
                    OKAY_IN(x->s, case_view_load(x->s, x->post[i], number, &v));
                else
                    OKAY_IN(x->s, outside_view_load(x->s, x->post[i], STR(""), &v));
                const struct duty *d = duty_of(&v, id);
                assert_non_null(d);
                assert_true(str_is(d->owes, "by") && !d->own_only && d->has_due);
                assert_true(str_is(instant_str(x->s, d->due), "2026-06-01T12:00:00Z"));
                assert_int_equal(d->state, turn ? DUTY_DONE : DUTY_OPEN);
            }
            if (turn) break;
            pair_say(x, "by.rep", "duty.done", places[k], field(x, "duty", id), "proof=akts 4",
                     NULL);
            pair_sync(x);
        }
    }
}

/* A meeting outside every case: proposed, answered once, held, its minutes signed by both and
 * effective. */
static Str meeting_hold(struct pair *x, Str *out_proposal)
{
    Str none = no_case;
    Str proposal =
        pair_say(x, "lv.rep", "proposal.made", &none, "what=meeting", "place=Pāternieki; zāle 1",
                 "time=2026-05-20T08:00:00Z", "agenda.1=Zīme 123", "agenda.2=Vēstules",
                 "participants.1=lv.rep", "participants.2=by.rep", NULL);
    *out_proposal = proposal;
    pair_sync(x);
    pair_say(x, "by.rep", "proposal.answered", &none, field(x, "of", proposal), "answer=other_time",
             "time=2026-05-21T09:30:00Z", "reason=занято", NULL);
    pair_sync(x);
    Str meeting =
        pair_say(x, "by.rep", "meeting.opened", &none, field(x, "proposal", proposal), NULL);
    pair_say(x, "by.rep", "decision.recorded", &none, "what=Восстановить знак 123.", "owner=by",
             "due=2026-06-01T12:00:00Z", NULL);
    pair_say(x, "by.rep", "decision.recorded", &none, "what=Собраться в июле.", NULL);
    pair_sync(x);
    return meeting;
}

static Str value_of(const struct name_value *fields, size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++)
        if (str_is(fields[i].name, name)) return fields[i].value;
    return STR("");
}

static void minutes_are_drafted_signed_and_take_effect_outside_cases(void **state)
{
    struct pair *x = *state = pair_open();
    struct name_value *fields;
    size_t count;
    Str proposal, number, none = no_case, meeting = meeting_hold(x, &proposal);
    OKAY_IN(x->s, meeting_minutes(x->s, x->post[0], meeting, &fields, &count, &number));
    assert_int_equal(number.len, 0);
    assert_true(str_is(value_of(fields, count, "doc"), "DOC08"));
    assert_true(str_is(value_of(fields, count, "place"), "Pāternieki; zāle 1"));
    assert_true(str_is(value_of(fields, count, "participants.2"), "by.rep"));
    assert_true(str_is(value_of(fields, count, "statement.1.lv"), "Izskatīts jautājums: Zīme 123"));
    assert_true(
        str_is(value_of(fields, count, "statement.3.ru"),
               "Решено: Восстановить знак 123. Ответственный: by. Срок: 2026-06-01T12:00:00Z."));
    assert_true(str_is(value_of(fields, count, "statement.4.ru"), "Решено: Собраться в июле."));
    assert_int_equal(value_of(fields, count, "statement.5.lv").len, 0);
    assert_true(str_is(value_of(fields, count, "agenda.2"), "Vēstules"));
    assert_int_equal(value_of(fields, count, "agenda.3").len, 0);
    assert_true(str_has_prefix(value_of(fields, count, "annex.2"), "by:"));
    assert_int_equal(value_of(fields, count, "annex.3").len, 0);
    struct fact_request request = {
        .kind = STR("act.drafted"), .case_number = STR(""), .fields = fields, .field_count = count};
    struct fact_result act;
    OKAY_IN(x->s, fact_add(x->s, x->post[0], pair_session(x, "lv.rep"), &request, &act));
    pair_sync(x);
    pair_say(x, "lv.rep", "act.signed", &none, field(x, "act", act.ref), "capacity=representative",
             NULL);
    pair_say(x, "by.rep", "act.signed", &none, field(x, "act", act.ref), "capacity=representative",
             NULL);
    pair_sync(x);
    for (size_t i = 0; i < 2; i++) {
        struct case_view v;
        OKAY_IN(x->s, outside_view_load(x->s, x->post[i], STR(""), &v));
        const struct act *a = act_find(&v.file, act.ref);
        assert_non_null(a);
        assert_true(a->effective);
    }
}

/* What pdftotext reads of the paper of an act at a post, blanks and line ends as one blank. */
static Str page_of(struct pair *x, size_t post, Str act)
{
    Bytes pdf;
    Str path = file_join(x->s, x->folder, "minutes.pdf"), raw = STR("");
    struct document_request r = {.ref = act, .form = FORM_A};
    OKAY_IN(x->s, document_pdf(x->s, x->post[post], &r, &pdf));
    OKAY(file_write(x->s, path.ptr, pdf));
    const char *const argv[] = {"pdftotext", "-raw", path.ptr, "-", NULL};
    assert_int_equal(command_run(x->s, argv, &raw), 0);
    for (char *c = (char *)(uintptr_t)raw.ptr; *c; c++)
        if (*c == '\n') *c = ' ';
    return raw;
}

/* Minutes from the program's draft name agenda, decisions and deadlines; so do those that an
 * officer writes with them. Where nobody wrote them the paper says so. */
static void minutes_say_agenda_decisions_and_deadlines_or_that_they_lack(void **state)
{
    static const char *const gaps[] = {"darba kārtība nav reģistrēts", "lēmumi nav reģistrēts",
                                       "termiņš nav reģistrēts"};
    struct pair *x = *state = pair_open();
    struct name_value *fields;
    size_t count;
    Str proposal, number, none = no_case, meeting = meeting_hold(x, &proposal);
    if (!command_is_there("pdftotext")) LEAVE_OUT("pdftotext is not installed");
    OKAY_IN(x->s, meeting_minutes(x->s, x->post[0], meeting, &fields, &count, &number));
    struct fact_request request = {
        .kind = STR("act.drafted"), .case_number = STR(""), .fields = fields, .field_count = count};
    struct fact_result act;
    OKAY_IN(x->s, fact_add(x->s, x->post[0], pair_session(x, "lv.rep"), &request, &act));
    Str undated = pair_say(x, "lv.rep", "decision.recorded", &none, "what=Atjaunot.", NULL);
    Str by_hand[3] = {
        pair_say(x, "lv.rep", "act.drafted", &none, "doc=DOC08", "statement.1.lv=Sprieda.", NULL),
        pair_say(x, "lv.rep", "act.drafted", &none, "doc=DOC08", "statement.1.lv=Sprieda.",
                 "agenda.1=Zīme 123", field(x, "annex.1", undated), NULL),
        pair_say(x, "lv.rep", "act.drafted", &none, "doc=DOC08", "statement.1.lv=Sprieda.",
                 "agenda.1=Zīme 123", field(x, "annex.1", value_of(fields, count, "annex.1")),
                 NULL)};
    pair_sync(x);
    for (size_t post = 0; post < 2; post++) {
        Str page = page_of(x, post, act.ref);
        assert_non_null(strstr(page.ptr, "2. Vēstules"));
        assert_non_null(strstr(page.ptr, "2026-06-01 12:00 UTC"));
        for (size_t k = 0; k < 3; k++)
            assert_null(strstr(page.ptr, gaps[k]));
        for (size_t i = 0; i < 3; i++) {
            Str hand = page_of(x, post, by_hand[i]);
            assert_int_equal(strstr(hand.ptr, gaps[0]) != NULL, i == 0);
            assert_int_equal(strstr(hand.ptr, gaps[1]) != NULL, i == 0);
            assert_int_equal(strstr(hand.ptr, gaps[2]) != NULL, i < 2);
        }
    }
}

static void a_proposal_outside_cases_is_answered_once(void **state)
{
    struct pair *x = *state = pair_open();
    Str proposal;
    meeting_hold(x, &proposal);
    const struct name_value fields[] = {{STR("of"), proposal}, {STR("answer"), STR("yes")}};
    struct fact_request request = {.kind = STR("proposal.answered"),
                                   .case_number = STR(""),
                                   .fields = fields,
                                   .field_count = 2};
    struct fact_result result;
    assert_int_equal(fact_add(x->s, x->post[1], pair_session(x, "by.rep"), &request, &result),
                     ERR_STATE);
}

static bool says(Str text, const char *part)
{
    return memmem(text.ptr, text.len, part, strlen(part)) != NULL;
}

static void the_calendar_file_is_the_same_at_both_posts(void **state)
{
    struct pair *x = *state = pair_open();
    Str proposal, text[2], again, meeting = meeting_hold(x, &proposal);
    for (size_t i = 0; i < 2; i++)
        OKAY_IN(x->s, meeting_calendar(x->s, x->post[i], proposal, STR("lv"), &text[i]));
    OKAY_IN(x->s, meeting_calendar(x->s, x->post[0], meeting, STR("lv"), &again));
    assert_true(str_eq(text[0], text[1]) && str_eq(text[0], again));
    assert_true(says(text[0], "DTSTART:20260521T093000Z\r\n"));
    assert_true(says(text[0], "STATUS:CONFIRMED\r\n")); /* it was held, at the time answered */
    assert_true(says(text[0], "LOCATION:Pāternieki\\; zāle 1\r\n"));
    assert_true(says(text[0], "@lv.twinpost/journal\r\n"));
    assert_int_equal(meeting_calendar(x->s, x->post[0], STR("lv:0"), STR("lv"), &again), ERR_USAGE);
    assert_int_equal(meeting_calendar(x->s, x->post[0], STR("lv:9999"), STR("lv"), &again),
                     ERR_NOT_FOUND);
}

static void powers_are_those_that_stand(void **state)
{
    struct pair *x = *state = pair_open();
    struct power *list;
    size_t count;
    Str proposal;
    meeting_hold(x, &proposal);
    const Str people[] = {STR("lv.rep"), STR("by.rep"), STR("by.nobody")};
    OKAY_IN(x->s, meeting_powers(x->s, x->post[0], people, 3, post_now(x->post[0]), &list, &count));
    assert_int_equal(count, 3);
    assert_true(str_is(list[0].role, "R1") && str_is(list[0].party, "lv") && list[0].mandate.len);
    assert_true(str_is(list[1].role, "R1") && str_is(list[1].party, "by"));
    assert_int_equal(list[2].role.len, 0);
}

static int tear_down(void **state)
{
    if (*state) pair_close(*state);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(the_agenda_holds_what_is_overdue_and_open, tear_down),
        cmocka_unit_test_teardown(both_posts_propose_the_same_agenda, tear_down),
        cmocka_unit_test_teardown(decisions_become_duties_on_both_posts, tear_down),
        cmocka_unit_test_teardown(minutes_are_drafted_signed_and_take_effect_outside_cases,
                                  tear_down),
        cmocka_unit_test_teardown(minutes_say_agenda_decisions_and_deadlines_or_that_they_lack,
                                  tear_down),
        cmocka_unit_test_teardown(a_proposal_outside_cases_is_answered_once, tear_down),
        cmocka_unit_test_teardown(the_calendar_file_is_the_same_at_both_posts, tear_down),
        cmocka_unit_test_teardown(powers_are_those_that_stand, tear_down),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
