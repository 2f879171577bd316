/* The arithmetic of duties as an officer reads it: every step is there, in every language, and a
 * change of clocks is told. */
#include "stage.h"

static struct duty *duties(struct stage *st, int side, struct casefile **out_case, size_t *count)
{
    struct casefile *c = NEW(st->s, struct casefile);
    struct duty *list;
    assert_non_null(c);
    *c = stage_fold(st, side, 0);
    assert_ok(duties_list(st->s, c, st->zones, st->clock, &list, count));
    *out_case = c;
    return list;
}

/* The explanation of the first duty with the id that the party owes. */
static Str explain(struct stage *st, int side, const char *language, const char *id,
                   const char *owes)
{
    struct casefile *c;
    size_t count;
    Str text = {NULL, 0};
    struct phrases words = stage_phrases(st, language);
    struct duty *list = duties(st, side, &c, &count);
    for (size_t i = 0; i < count && text.ptr == NULL; i++)
        if (str_is(list[i].id, id) && str_is(list[i].owes, owes))
            assert_ok(duty_explain(&words, c, &list[i], st->zones, st->clock, &text));
    if (text.ptr == NULL) print_error("no %s of %s\n", id, owes);
    assert_non_null(text.ptr);
    return scope_str(st->s, text);
}

static void assert_holds(Str text, const char *part)
{
    if (strstr(text.ptr, part) == NULL) print_error("no \"%s\" in\n%s", part, text.ptr);
    assert_non_null(strstr(text.ptr, part));
}

/* by registers and sends its notice; with `sync` the other post has it and says so. */
static const char *noticed(struct stage *st, bool sync)
{
    stage_clock(st, "2023-08-30T07:10:00Z");
    const char *incident =
        stage_add(st, BY, "incident.registered",
                  "type=I05;happened_from=2023-08-30T06:58:00Z;noticed_at=2023-08-30T07:00:00Z;"
                  "section=polotsk;counterpart=lv;summary.ru=x;armed=yes");
    stage_clock(st, "2023-08-30T07:20:00Z");
    const char *notice =
        stage_add(st, BY, "notice.sent",
                  scope_print(st->s, "of=%s;form=call;hold_requested=yes", incident).ptr);
    if (sync) stage_sync(st);
    return notice;
}

static void signed_act(struct stage *st, const char *doc, const char *capacity)
{
    const char *act = stage_add(st, BY, "act.drafted",
                                scope_print(st->s, "doc=%s;outcome=O1;statement.1.ru=a", doc).ptr);
    stage_sync(st);
    for (int side = 0; side < SIDES; side++)
        stage_add(st, side, "act.signed",
                  scope_print(st->s, "act=%s;capacity=%s;reserved=0", act, capacity).ptr);
    stage_sync(st);
}

static void a_change_of_clocks_is_told(void **state)
{
    (void)state;
    static const struct {
        const char *at, *owes, *holds[4];
    } rows[] = {
        {"2024-03-29T10:00:00Z",
         "lv",
         {"2024-03-29 12:00:00 Europe/Riga (UTC+02:00), 2024-03-29T10:00:00Z",
          "UTC+02:00 at the start, UTC+03:00 at the end; the elapsed time is 71 hours.",
          "Due: 2024-04-01 12:00:00 Europe/Riga (UTC+03:00), 2024-04-01T09:00:00Z.",
          "Left: 2 days 23 hours."}},
        {"2024-10-25T10:00:00Z",
         "lv",
         {"UTC+03:00 at the start, UTC+02:00 at the end; the elapsed time is 73 hours.",
          "Due: 2024-10-28 13:00:00 Europe/Riga (UTC+02:00), 2024-10-28T11:00:00Z.", "", ""}},
        {"2024-03-29T10:00:00Z",
         "by",
         {"Due: 2024-04-01 13:00:00 Europe/Minsk (UTC+03:00), 2024-04-01T10:00:00Z.",
          "Left: 3 days.", "", ""}}};
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct stage *st = stage_open("lv-by");
        noticed(st, true);
        stage_clock(st, rows[i].at);
        signed_act(st, "DOC05", "assistant");
        Str text = explain(st, LV, "en", "D08", rows[i].owes);
        for (size_t n = 0; n < COUNT_OF(rows[i].holds); n++)
            assert_holds(text, rows[i].holds[n]);
        bool changes = strstr(text.ptr, "The clocks change") != NULL;
        assert_int_equal(changes, strcmp(rows[i].owes, "lv") == 0); /* Minsk has no summer time */
        stage_close(st);
    }
}

static void every_step_of_the_arithmetic_is_told(void **state)
{
    (void)state;
    struct stage *st = stage_open("lv-by");
    const char *notice = noticed(st, true);
    static const struct {
        const char *id, *owes, *holds;
    } rows[] = {
        {"D04", "lv", "D04 Acknowledgement of the notice\nOwed by lv\n"},
        {"D04", "lv", "Start: notice sent (by:2), taken by the other side’s post 2023-08-30 10:20"},
        {"D04", "lv", "Limit: 4 hours of elapsed time."},
        {"D04", "lv", "Not moved: this limit does not move for days off."},
        {"D04", "lv", "Due: 2023-08-30 14:20:00 Europe/Riga (UTC+03:00), 2023-08-30T11:20:00Z."},
        {"D04", "lv", "State: open.\nLeft: 3 hours.\nMet by any of: notice received.\n"},
        {"D04", "lv", "If it passes, tell: border representative.\nSource: own proposal\n"},
        {"D04", "lv", "Not verified against the text of the agreement.\nA target, not a binding"},
        {"D02", "by", "A grave incident: the shorter limit applies.\nLimit: 1 hour"},
        {"D02", "by", "State: done; notice sent (by:2), 2023-08-30 10:20:00 Europe/Minsk"},
        {"D18", "by",
         "Start: incident registered (by:1), its field “noticed at”: 2023-08-30 10:00"},
        {"D19n", "lv", "Known on this side only"},
        {"D11", "lv", "Limit: 30 days, the same time on the clock in Europe/Riga."},
        {"D11", "lv", "If it passes, tell: chief representatives"},
    };
    stage_clock(st, "2023-08-30T08:20:00Z");
    stage_add(st, BY, "incident.amended", "of=by:1;field=type;value=I19");
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        if (strcmp(rows[i].id, "D18") == 0)
            assert_holds(explain(st, BY, "en", "D18", "by"), rows[i].holds);
    stage_add(st, BY, "incident.amended", "of=by:1;field=type;value=I05");
    stage_sync(st);
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        if (strcmp(rows[i].id, "D18") != 0)
            assert_holds(
                explain(st, strcmp(rows[i].owes, "lv") ? BY : LV, "en", rows[i].id, rows[i].owes),
                rows[i].holds);
    stage_clock(st, "2023-08-30T13:21:00Z");
    assert_holds(explain(st, LV, "en", "D04", "lv"),
                 "State: overdue.\nOverdue by: 2 hours 1 minute.");
    stage_add(st, LV, "notice.received", scope_print(st->s, "of=%s", notice).ptr);
    assert_holds(explain(st, LV, "en", "D04", "lv"), "State: done late; notice received (lv:1)");
    stage_close(st);
}

static void what_waits_and_what_is_extended_is_told(void **state)
{
    (void)state;
    struct stage *st = stage_open("lv-by");
    noticed(st, false);
    assert_holds(explain(st, BY, "en", "D04", "lv"),
                 "The clock waits for the receipt of the other side’s post.");
    stage_sync(st);
    stage_clock(st, "2023-09-20T00:00:00Z");
    stage_add(st, LV, "duty.extended", "duty=D11");
    stage_sync(st);
    Str text = explain(st, BY, "en", "D11", "lv");
    assert_holds(text, "Extended 1 time; before: 2023-09-29 10:10:00 Europe/Riga");
    assert_holds(text, "State: extended.");
    stage_clock(st, "2023-10-30T00:00:00Z");
    assert_holds(explain(st, BY, "en", "D25", "by"), "Start: D11 passed unmet 2023-09-29 10:10:00");
    stage_close(st);
}

static void working_days_and_moves_name_the_calendar(void **state)
{
    (void)state;
    struct stage *st = stage_open("lv-by");
    stage_clock(st, "2023-11-16T10:00:00Z");
    stage_add(st, LV, "^incident.registered", "type=I01;section=a;counterpart=by;summary.lv=x");
    stage_add(st, LV, "^protection.checked", "person=p1;outcome=block");
    Str text = explain(st, LV, "en", "D22", "lv");
    assert_holds(text, "Limit: 3 working days by the calendar of lv, the same time on the clock");
    assert_holds(text, "Due: 2023-11-22 12:00:00 Europe/Riga");
    assert_null(strstr(text.ptr, "Not moved"));
    stage_close(st);
}

static void a_decision_is_its_own_source(void **state)
{
    (void)state;
    struct stage *st = stage_open("lv-by");
    noticed(st, true);
    const char *ref = stage_add(st, BY, "decision.recorded",
                                "what=mend the marker;owner=lv.rep;due=2023-09-10T09:00:00Z");
    stage_sync(st);
    Str text = explain(st, LV, "en", scope_print(st->s, "decision %s", ref).ptr, "lv");
    assert_holds(text, " mend the marker\nOwed by lv\n");
    assert_holds(text, "Source: the decision of the meeting itself.");
    stage_close(st);
}

/* Nothing of the catalogue is missing and no gap is left, whatever duty of a long case is told. */
static void every_duty_is_told_in_every_language(void **state)
{
    (void)state;
    static const char *const languages[] = {"lv", "be", "ru", "en"};
    struct stage *st = stage_open("lv-by");
    const char *notice = noticed(st, true);
    stage_add(st, LV, "notice.received", scope_print(st->s, "of=%s", notice).ptr);
    stage_add(st, LV, "^person.recorded", "person=p1");
    stage_add(st, LV, "^protection.checked", "person=p1;outcome=block");
    const char *p = stage_add(st, BY, "proposal.made", "what=inspection");
    stage_sync(st);
    stage_add(st, LV, "proposal.answered", scope_print(st->s, "of=%s;answer=yes", p).ptr);
    stage_add(st, LV, "meeting.opened", "participants.1=a");
    stage_add(st, LV, "meeting.opened", "participants.1=b");
    stage_add(st, LV, "decision.recorded", "what=x;owner=by");
    signed_act(st, "DOC05", "assistant");
    stage_add(st, LV, "duty.extended", "duty=D11");
    signed_act(st, "DOC15", "representative");
    stage_sync(st);
    stage_clock(st, "2024-01-30T00:00:00Z");
    for (size_t l = 0; l < COUNT_OF(languages); l++) {
        struct casefile *c;
        size_t count;
        struct phrases words = stage_phrases(st, languages[l]);
        struct duty *list = duties(st, LV, &c, &count);
        assert_true(count > 20);
        for (size_t i = 0; i < count; i++) {
            Str text;
            assert_ok(duty_explain(&words, c, &list[i], st->zones, st->clock, &text));
            bool whole = memchr(text.ptr, '{', text.len) == NULL &&
                         memmem(text.ptr, text.len, "explain.", 8) == NULL &&
                         memmem(text.ptr, text.len, "kind.", 5) == NULL &&
                         memmem(text.ptr, text.len, "duty.", 5) == NULL;
            if (!whole) print_error("%.*s\n", STR_ARG(text));
            assert_true(whole);
        }
    }
    stage_close(st);
}

int main(void)
{
    cmocka_set_message_output(CM_OUTPUT_TAP);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_change_of_clocks_is_told),
        cmocka_unit_test(every_step_of_the_arithmetic_is_told),
        cmocka_unit_test(what_waits_and_what_is_extended_is_told),
        cmocka_unit_test(working_days_and_moves_name_the_calendar),
        cmocka_unit_test(a_decision_is_its_own_source),
        cmocka_unit_test(every_duty_is_told_in_every_language),
    };
    return cmocka_run_group_tests_name("duty explain", tests, NULL, NULL);
}
