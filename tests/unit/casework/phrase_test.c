#include "stage.h"

static void plural_forms_are_those_of_cldr(void **state)
{
    (void)state;
    static const struct {
        const char *language;
        const char *forms; /* of the numbers below: z o f m x (zero, one, few, many, other) */
    } rows[] = {{"lv", "zoxxxzzzzzzzoxxzozoz"}, {"be", "mofffmmmmmmmofmmomom"},
                {"ru", "mofffmmmmmmmofmmomom"}, {"uk", "mofffmmmmmmmofmmomom"},
                {"pl", "mofffmmmmmmmmfmmmmmm"}, {"lt", "xofffxxxxxxxoffxoxox"},
                {"en", "xoxxxxxxxxxxxxxxxxxx"}, {"fr", "ooxxxxxxxxxxxxxxxxxx"},
                {"sw", "xoxxxxxxxxxxxxxxxxxx"}};
    static const int64_t numbers[] = {0,  1,  2,  3,  4,  10,  11,  12,  14,   15,
                                      19, 20, 21, 22, 25, 100, 101, 111, 1001, 1000000};
    static const char letters[] = "zofmx";
    static const char *const names[] = {"zero", "one", "few", "many", "other"};
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        for (size_t n = 0; n < COUNT_OF(numbers); n++) {
            const char *form = phrase_form(str_of(rows[i].language), numbers[n]);
            const char *want = names[strchr(letters, rows[i].forms[n]) - letters];
            if (strcmp(form, want) != 0)
                print_error("%s %d: %s\n", rows[i].language, (int)numbers[n], form);
            assert_string_equal(form, want);
        }
    assert_string_equal(phrase_form(STR("lv"), -21), "one");
    assert_string_equal(phrase_form(STR("ru"), INT64_MIN), "many");
}

static void a_number_takes_its_form(void **state)
{
    (void)state;
    static const struct {
        const char *language;
        int64_t count;
        const char *text;
    } rows[] = {{"lv", 1, "1 stunda"},   {"lv", 2, "2 stundas"}, {"lv", 10, "10 stundu"},
                {"lv", 21, "21 stunda"}, {"ru", 1, "1 час"},     {"ru", 3, "3 часа"},
                {"ru", 48, "48 часов"},  {"be", 2, "2 гадзіны"}, {"be", 5, "5 гадзін"},
                {"en", 1, "1 hour"},     {"en", 0, "0 hours"}};
    struct stage *st = stage_open("lv-by");
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct phrases words = stage_phrases(st, rows[i].language);
        assert_str(phrase_count(&words, "count.hours", rows[i].count), rows[i].text);
    }
    stage_close(st);
}

static void gaps_are_filled_and_what_is_missing_shows_its_name(void **state)
{
    (void)state;
    struct stage *st = stage_open("lv-by");
    struct phrases words = stage_phrases(st, "en");
    assert_str(phrase_fill(&words, STR("{a} and {a}, not {b}"), "{a}", STR("x")),
               "x and x, not {b}");
    assert_str(phrase_fill(&words, STR(""), "{a}", STR("x")), "");
    assert_str(phrase(&words, "no.such"), "no.such");
    assert_str(phrase_count(&words, "no.such", 3), "no.such");
    assert_str(phrase(&words, "count.hours"), "{count} hours");
    stage_close(st);
}

static void spans_are_told_as_people_say_them(void **state)
{
    (void)state;
    static const struct {
        int64_t seconds;
        const char *en, *lv;
    } rows[] = {{0, "0 seconds", "0 sekunžu"},
                {59, "59 seconds", "59 sekundes"},
                {60, "1 minute", "1 minūte"},
                {3661, "1 hour 1 minute 1 second", "1 stunda 1 minūte 1 sekunde"},
                {172800, "2 days", "2 dienas"},
                {183600, "2 days 3 hours", "2 dienas 3 stundas"}};
    struct stage *st = stage_open("lv-by");
    struct phrases en = stage_phrases(st, "en");
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        assert_str(duty_span(&en, rows[i].seconds), rows[i].en);
    struct phrases lv = stage_phrases(st, "lv");
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        assert_str(duty_span(&lv, rows[i].seconds), rows[i].lv);
    stage_close(st);
}

int main(void)
{
    cmocka_set_message_output(CM_OUTPUT_TAP);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plural_forms_are_those_of_cldr),
        cmocka_unit_test(a_number_takes_its_form),
        cmocka_unit_test(gaps_are_filled_and_what_is_missing_shows_its_name),
        cmocka_unit_test(spans_are_told_as_people_say_them),
    };
    return cmocka_run_group_tests_name("phrase", tests, NULL, NULL);
}
