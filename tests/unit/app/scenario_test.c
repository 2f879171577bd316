#include "app/scenario.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#define HEAD                                                                                       \
    "{\"title\":\"t\",\"source\":[\"s\"],\"pack\":\"lv-by\",\"parties\":[\"lv\",\"by\"],"          \
    "\"officers\":{\"lv.duty\":{\"role\":\"R7\"}},"
#define FIRST        "{\"at\":\"2024-05-06T08:00:00Z\",\"do\":\"sync\"}"
#define STEPS(more)  HEAD "\"steps\":[" FIRST more "]}"
#define FACT(more)   ",{\"who\":\"lv.duty\",\"do\":\"letter.sent\"" more "}"
#define EXPECT(more) ",{\"expect\":{\"party\":\"lv\"" more "}}"

static Status read_text(struct scope *s, const char *text, struct scenario *out)
{
    return scenario_read(s, str_bytes(str_of(text)), out);
}

static void what_is_no_scenario_is_wrong_usage(void **state)
{
    static const struct {
        const char *text, *says;
    } rows[] = {
        {"", "scenario"},
        {"[]", "should be an object"},
        {HEAD "\"steps\":[]}", "\"steps\""},
        {HEAD "\"colour\":\"red\",\"steps\":[" FIRST "]}", "colour"},
        {"{\"pack\":\"lv-by\",\"parties\":[\"lv\"],\"officers\":{},\"steps\":[" FIRST "]}",
         "parties"},
        {"{\"pack\":\"lv-by\",\"parties\":[\"lv\",\"lv\"],\"officers\":{},\"steps\":[" FIRST "]}",
         "twice"},
        {"{\"pack\":\"lv-by\",\"parties\":[\"lv\",\"../by\"],\"officers\":{},\"steps\":[" FIRST
         "]}",
         "no party"},
        {"{\"pack\":\"lv-by\",\"parties\":[\"lv\",\"by\"],\"officers\":{\"lv.x\":{}},\"steps\":"
         "[" FIRST "]}",
         "no role"},
        {HEAD "\"steps\":[{\"do\":\"sync\"}]}", "stands in no step"},
        {STEPS(",{\"at\":\"2024-05-06T07:59:59Z\",\"do\":\"sync\"}"), "step 2: \"at\" goes back"},
        {STEPS(",{\"at\":\"2024-05-06T10:00:00+02:00\",\"do\":\"sync\"}"), "RFC 3339"},
        {STEPS(",{\"do\":\"sink\"}"), "no action"},
        {STEPS(",{\"do\":\"sync\",\"party\":\"lv\"}"), "not a key of this step"},
        {STEPS(",{\"do\":\"link\",\"state\":\"sideways\"}"), "up or down"},
        {STEPS(",{\"do\":\"courier\"}"), "\"from\" is missing"},
        {STEPS(",{\"do\":\"kill\",\"party\":\"xx\"}"), "does not play"},
        {STEPS(",{\"do\":\"tamper\",\"from\":\"by\",\"what\":\"mood\"}"), "checkpoint"},
        {STEPS(FACT(",\"fields\":{\"subject\":1}")), "\"subject\" is no text"},
        {STEPS(FACT(",\"fields\":{\"of\":\"@later\"}")), "@later, which no earlier step has"},
        {STEPS(FACT(",\"fails\":\"colour\"")), "no reason code"},
        {STEPS(FACT(",\"fails\":\"ok\"")), "no reason code"},
        {STEPS(FACT(",\"id\":\"a\"") FACT(",\"id\":\"a\"")), "\"id\" is taken"},
        {STEPS(FACT(",\"id\":\"a\"") FACT(",\"id\":\"b\",\"fails\":\"role\"") FACT(",\"id\":\"b\"")
                   FACT(",\"id\":\"b\"")),
         "step 5: \"id\" is taken"},
        {STEPS(",{\"at\":\"2024-05-06T07:00:00Z\",\"do\":\"sync\",\"fails\":\"link\"}"),
         "goes back"},
        {STEPS(FACT(",\"release\":{\"fields\":[\"*\"]}")), "needs \"by\" or \"approve\""},
        {STEPS(FACT(",\"release\":{\"by\":\"lv.duty\",\"colour\":\"red\"}")), "colour"},
        {STEPS(",{\"who\":\"xx.duty\",\"do\":\"letter.sent\"}"), "officer of no party"},
        {STEPS(EXPECT("")), "expects nothing"},
        {STEPS(EXPECT(",\"colour\":\"red\"")), "colour"},
        {STEPS(EXPECT(",\"state\":\"DRAFT\"")), "needs \"case\""},
        {STEPS(EXPECT(",\"journal_size\":-1")), "no count"},
        {STEPS(EXPECT(",\"case\":\"c\",\"common_view_equal\":\"yes\"")), "true or false"},
        {STEPS(EXPECT(",\"case\":\"c\",\"above_ceiling\":1")), "true or false"},
        {STEPS(EXPECT(",\"above_ceiling\":true")), "needs \"case\""},
        {STEPS(EXPECT(",\"case\":\"c\",\"act\":{\"signed_by\":[]}")), "\"id\" is missing"},
        {STEPS(EXPECT(",\"case\":\"c\",\"measurements\":{\"@m\":\"established\"}")),
         "no earlier step"},
        {STEPS(",{\"do\":\"sync\",\"do\":\"sync\"}"), "duplicate"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        AUTO_SCOPE struct scope *s = scope_open(1 << 20);
        struct scenario sc;
        Status status = read_text(s, rows[i].text, &sc);
        if (status != ERR_USAGE || strstr(scope_reason(s), rows[i].says) == NULL)
            fail_msg("row %zu: %s: \"%s\" should say \"%s\"", i, status_name(status),
                     scope_reason(s), rows[i].says);
    }
}

/* A scenario may show that time does not go back, and try a thing again under the same name. */
static void a_step_that_is_refused_moves_no_clock_and_takes_no_name(void **state)
{
    AUTO_SCOPE struct scope *s = scope_open(1 << 20);
    struct scenario sc;
    (void)state;
    assert_int_equal(
        read_text(
            s,
            STEPS(",{\"at\":\"2024-05-06T07:00:00Z\",\"do\":\"sync\",\"fails\":\"usage\"}" FACT(
                ",\"id\":\"a\",\"fails\":\"role\"") FACT(",\"id\":\"a\"")
                      FACT(",\"id\":\"a\",\"fails\":\"duplicate\"")
                          FACT(",\"fields\":{\"of\":\"@a\"}")),
            &sc),
        OK);
    assert_true(sc.steps[1].goes_back);
    assert_false(sc.steps[2].goes_back);
    assert_true(sc.steps[2].at.us == sc.steps[0].at.us);
    scenario_close(&sc);
}

static void a_step_without_an_instant_happens_at_the_previous_one(void **state)
{
    AUTO_SCOPE struct scope *s = scope_open(1 << 20);
    struct scenario sc;
    Instant first, second;
    (void)state;
    assert_int_equal(
        read_text(s,
                  HEAD "\"steps\":[{\"do\":\"sync\"}," FIRST
                       ",{\"at\":\"2024-05-06T09:00:00Z\",\"do\":\"sync\"},{\"do\":\"sync\"}]}",
                  &sc),
        OK);
    assert_true(instant_parse(STR("2024-05-06T08:00:00Z"), &first));
    assert_true(instant_parse(STR("2024-05-06T09:00:00Z"), &second));
    assert_int_equal(sc.steps[0].at.us, first.us);
    assert_int_equal(sc.steps[1].at.us, first.us);
    assert_int_equal(sc.steps[3].at.us, second.us);
    scenario_close(&sc);
}

static void every_part_of_a_step_is_read(void **state)
{
    AUTO_SCOPE struct scope *s = scope_open(1 << 20);
    struct scenario sc;
    (void)state;
    assert_int_equal(
        read_text(
            s,
            STEPS(FACT(
                ",\"case\":\"c\",\"id\":\"a\",\"fields\":{\"subject\":\"x\"},\"fails\":\"state\","
                "\"release\":{\"by\":\"lv.duty\",\"approve\":[\"lv.a\",\"lv.b\"],"
                "\"fields\":[\"subject\"],\"purpose\":\"p\",\"basis\":\"b\"}")
                      FACT(",\"fields\":{\"of\":\"@a.subject\"}") EXPECT(
                          ",\"case\":\"c\",\"state\":null,\"visible\":[\"@a\",\"letter.sent\"]")),
            &sc),
        OK);
    assert_int_equal(sc.step_count, 4);
    const struct scenario_step *step = &sc.steps[1];
    assert_int_equal(step->action, DO_FACT);
    assert_true(str_is(step->word, "letter.sent") && str_is(step->id, "a"));
    assert_int_equal(step->reason, ERR_STATE);
    assert_int_equal(step->field_count, 1);
    assert_true(step->release.present && str_is(step->release.purpose, "p"));
    assert_int_equal(step->release.approve_count, 2);
    assert_true(str_is(step->release.approve[1], "lv.b"));
    assert_true(str_is(step->release.fields[0], "subject"));
    assert_int_equal(sc.steps[3].action, DO_EXPECT);
    assert_int_equal(sc.steps[3].expect_count, 2);
    assert_string_equal(expect_key_name(sc.steps[3].expect[1].key), "visible");
    scenario_close(&sc);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_no_scenario_is_wrong_usage),
        cmocka_unit_test(a_step_that_is_refused_moves_no_clock_and_takes_no_name),
        cmocka_unit_test(a_step_without_an_instant_happens_at_the_previous_one),
        cmocka_unit_test(every_part_of_a_step_is_read),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
