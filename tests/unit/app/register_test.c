/* The register of correspondence and the register of markers, as both posts read them. */
#include "app/marker.h"
#include "app/register.h"
#include "pair.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static const char *field(struct pair *x, const char *name, Str value)
{
    return scope_print(x->s, "%s=%.*s", name, STR_ARG(value)).ptr;
}

static struct letter_row *letters(struct pair *x, size_t post, size_t *out_count)
{
    struct letter_row *rows;
    OKAY_IN(x->s, register_letters(x->s, x->post[post], 0, &rows, out_count));
    return rows;
}

static struct letter_row *letter(struct pair *x, size_t post, Str ref)
{
    size_t count;
    struct letter_row *rows = letters(x, post, &count);
    for (size_t i = 0; i < count; i++)
        if (str_eq(rows[i].ref, ref)) return &rows[i];
    return NULL;
}

static void a_letter_stands_in_both_registers(void **state)
{
    struct pair *x = *state = pair_open();
    Str none = {NULL, 0}, number = pair_case(x);
    Str sent =
        pair_say(x, "lv.rep", "letter.sent", &number, "subject=Par video", "text.lv=Lūdzam video.",
                 "text.ru=Просим видео.", "answer_by=2026-06-01T12:00:00Z", NULL);
    struct letter_row *row = letter(x, 0, sent);
    assert_non_null(row);
    assert_true(row->out && row->has_sent && !row->has_received);
    Instant sent_at = row->sent;
    pair_sync(x);
    pair_say(x, "by.duty", "letter.received", &number, field(x, "of", sent), "reference=Вх. 44",
             NULL);
    pair_say(x, "by.rep", "letter.sent", &none, "subject=О рыбалке", "text.ru=Сообщаем.", NULL);
    pair_sync(x);
    row = letter(x, 0, sent);
    assert_true(row->has_received && row->received.us > sent_at.us);
    assert_true(str_is(row->subject, "Par video") && str_eq(row->case_number, number));
    assert_true(row->has_due && str_is(instant_str(x->s, row->due), "2026-06-01T12:00:00Z"));
    assert_int_equal(row->reference.len, 0); /* theirs does not cross */
    row = letter(x, 1, sent);
    assert_non_null(row);
    assert_true(!row->out && str_is(row->party, "lv") && str_is(row->reference, "Вх. 44"));
    assert_true(row->has_received && row->has_sent && row->sent.us == sent_at.us);
}

/* The number a letter got is the number it keeps. */
static void numbers_run_in_the_order_of_entering(void **state)
{
    struct pair *x = *state = pair_open();
    Str none = {NULL, 0};
    size_t count, later_count;
    for (int i = 0; i < 3; i++) {
        pair_say(x, "lv.rep", "letter.sent", &none, "subject=A", NULL);
        pair_say(x, "by.rep", "letter.sent", &none, "subject=B", NULL);
    }
    pair_sync(x);
    struct letter_row *rows = letters(x, 0, &count);
    assert_int_equal(count, 6);
    for (size_t i = 0; i < count; i++)
        assert_true(str_eq(rows[i].number, scope_print(x->s, "%zu/2026", i + 1)));
    assert_true(rows[0].out && !rows[5].out); /* theirs entered when they came */
    pair_say(x, "by.rep", "letter.sent", &none, "subject=C", NULL);
    pair_wait(x, 86400);
    pair_say(x, "lv.rep", "letter.sent", &none, "subject=D", NULL);
    pair_sync(x);
    struct letter_row *later = letters(x, 0, &later_count);
    assert_int_equal(later_count, 8);
    for (size_t i = 0; i < count; i++)
        assert_true(str_eq(later[i].ref, rows[i].ref));
    pair_wait(x, 300 * 86400);
    Str ref = pair_say(x, "lv.rep", "letter.sent", &none, "subject=E", NULL);
    assert_true(str_is(letter(x, 0, ref)->number, "1/2027"));
    OKAY_IN(x->s, register_letters(x->s, x->post[0], 2027, &rows, &count));
    assert_int_equal(count, 1);
}

static void what_waits_for_an_answer_says_until_when(void **state)
{
    struct pair *x = *state = pair_open();
    Str number = pair_case(x);
    Str proposal =
        pair_say(x, "lv.rep", "proposal.made", &number, "what=inspection", "urgent=no", NULL);
    pair_sync(x);
    for (size_t i = 0; i < 2; i++) {
        struct letter_row *row = letter(x, i, proposal);
        assert_true(row->has_due && str_is(row->duty, "D05") && !row->answered);
        assert_int_equal(row->due.us - row->received.us, 48 * 3600 * US_PER_SECOND);
    }
    pair_say(x, "by.rep", "proposal.answered", &number, field(x, "of", proposal), "answer=yes",
             NULL);
    pair_sync(x);
    for (size_t i = 0; i < 2; i++)
        assert_true(letter(x, i, proposal)->answered);
}

static void a_delivery_by_hand_is_noted_in_the_margin(void **state)
{
    struct pair *x = *state = pair_open();
    Str none = {NULL, 0};
    Str sent = pair_say(x, "lv.rep", "letter.sent", &none, "subject=A", NULL);
    pair_say(x, "lv.rep", "delivery.attested", &none, field(x, "of", sent), "way=kurjers",
             "to=by.duty", NULL);
    struct letter_row *row = letter(x, 0, sent);
    assert_true(str_is(row->delivered, "kurjers, by.duty") && row->has_received);
}

static void a_letter_on_paper_is_entered_with_its_scan_and_never_crosses(void **state)
{
    struct pair *x = *state = pair_open();
    Str number = pair_case(x), theirs;
    const struct name_value fields[] = {{STR("reference"), STR("17/3-2026")},
                                        {STR("sender"), STR("by")},
                                        {STR("subject"), STR("Atbilde par video")},
                                        {STR("written_on"), STR("2026-05-12")},
                                        {STR("received_at"), STR("2026-05-14T06:30:00Z")}};
    struct fact_request request = {
        .case_number = number, .fields = fields, .field_count = COUNT_OF(fields)};
    struct fact_result result;
    const char *scan = pair_file(x, "scan.pdf", 5000);
    assert_int_equal(
        register_receive(x->s, x->post[0], pair_session(x, "lv.duty"), &request, scan, &result),
        ERR_ROLE); /* evidence is collected by others */
    OKAY_IN(x->s,
            register_receive(x->s, x->post[0], pair_session(x, "lv.rep"), &request, scan, &result));
    struct letter_row *row = letter(x, 0, result.ref);
    assert_non_null(row);
    assert_true(row->paper && !row->out && !row->has_sent && str_is(row->party, "by"));
    assert_true(str_is(row->written_on, "2026-05-12") && str_is(row->reference, "17/3-2026"));
    assert_true(str_is(instant_str(x->s, row->received), "2026-05-14T06:30:00Z"));
    struct fact_view evidence;
    OKAY_IN(x->s, fact_show(x->s, x->post[0], row->scan, ROLES_ALL, &evidence));
    assert_true(str_is(evidence.kind, "evidence.collected"));
    pair_sync(x);
    theirs = result.ref;
    assert_int_equal(fact_show(x->s, x->post[1], theirs, ROLES_ALL, &evidence), ERR_NOT_FOUND);
    assert_null(letter(x, 1, theirs));
}

static void a_letter_on_paper_without_words_or_a_scan_without_a_case_is_refused(void **state)
{
    struct pair *x = *state = pair_open();
    const struct name_value fields[] = {{STR("sender"), STR("by")}, {STR("reference"), STR("9")}};
    struct fact_request request = {.case_number = STR(""), .fields = fields, .field_count = 1};
    struct fact_result result;
    struct session *rep = pair_session(x, "lv.rep");
    assert_int_equal(register_receive(x->s, x->post[0], rep, &request, NULL, &result), ERR_SCHEMA);
    request.field_count = 2;
    assert_int_equal(
        register_receive(x->s, x->post[0], rep, &request, pair_file(x, "s", 10), &result),
        ERR_USAGE);
    OKAY_IN(x->s, register_receive(x->s, x->post[0], rep, &request, NULL, &result));
}

static struct marker_row marker(struct pair *x, size_t post, const char *number)
{
    struct marker_row *rows;
    size_t count;
    OKAY_IN(x->s, marker_list(x->s, x->post[post], &rows, &count));
    for (size_t i = 0; i < count; i++)
        if (str_is(rows[i].marker, number)) return rows[i];
    return (struct marker_row){.marker = STR("")};
}

static void a_marker_is_damaged_and_stands_again_on_both_posts(void **state)
{
    struct pair *x = *state = pair_open();
    Str none = {NULL, 0};
    pair_say(x, "lv.help", "marker.checked", &none, "marker=214", "state=vesela", "lat=55.8",
             "lon=27.5", "error_m=0.5", NULL);
    pair_say(x, "lv.help", "marker.damaged", &none, "marker=214", "state=nogāzta", NULL);
    pair_sync(x);
    for (size_t i = 0; i < 2; i++) {
        struct marker_row row = marker(x, i, "214");
        assert_true(row.is_damaged && row.has_checked && str_is(row.state, "nogāzta"));
        assert_true(row.has_place && row.lat == 55.8 && str_is(row.checked_by, "lv.help"));
        assert_true(str_is(row.care, "by")); /* even numbers are of side b */
    }
    pair_say(x, "by.help", "marker.restored", &none, "marker=214", "state=стоит", NULL);
    pair_sync(x);
    for (size_t i = 0; i < 2; i++) {
        struct marker_row row = marker(x, i, "214");
        assert_true(!row.is_damaged && row.has_restored && str_is(row.state, "стоит"));
    }
}

static void works_are_announced_ten_days_ahead(void **state)
{
    struct pair *x = *state = pair_open();
    Str none = {NULL, 0}; /* it is 14 May 2026, 07:00 and some minutes */
    pair_say(x, "lv.help", "marker.works", &none, "marker.1=7", "marker.2=9", "works=krāsošana",
             "begins=2026-05-24T08:00:00Z", NULL);
    Str late = pair_say(x, "lv.help", "marker.works", &none, "marker.1=8", "works=rakšana",
                        "begins=2026-05-24T06:00:00Z", NULL);
    pair_sync(x);
    pair_say(x, "by.rep", "marker.works_answered", &none, field(x, "of", late), "answer=objects",
             "reason=рано", NULL);
    pair_sync(x);
    for (size_t i = 0; i < 2; i++) {
        assert_true(marker(x, i, "7").in_time && marker(x, i, "9").in_time);
        assert_true(str_is(marker(x, i, "9").care, "lv"));
        assert_false(marker(x, i, "8").in_time);
        assert_true(str_is(marker(x, i, "8").works_answer, "objects"));
        assert_int_equal(marker(x, i, "7").works_answer.len, 0);
    }
}

static int tear_down(void **state)
{
    if (*state) pair_close(*state);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(a_letter_stands_in_both_registers, tear_down),
        cmocka_unit_test_teardown(numbers_run_in_the_order_of_entering, tear_down),
        cmocka_unit_test_teardown(what_waits_for_an_answer_says_until_when, tear_down),
        cmocka_unit_test_teardown(a_delivery_by_hand_is_noted_in_the_margin, tear_down),
        cmocka_unit_test_teardown(a_letter_on_paper_is_entered_with_its_scan_and_never_crosses,
                                  tear_down),
        cmocka_unit_test_teardown(
            a_letter_on_paper_without_words_or_a_scan_without_a_case_is_refused, tear_down),
        cmocka_unit_test_teardown(a_marker_is_damaged_and_stands_again_on_both_posts, tear_down),
        cmocka_unit_test_teardown(works_are_announced_ten_days_ahead, tear_down),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
