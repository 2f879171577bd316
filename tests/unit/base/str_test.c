#include "base/status.h"
#include "base/str.h"
#include "vector.h"

static void numbers_are_read_strictly(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        bool ok;
        uint64_t value;
    } rows[] = {{"0", true, 0},
                {"7", true, 7},
                {"18446744073709551615", true, UINT64_MAX},
                {"18446744073709551616", false, 0},
                {"99999999999999999999", false, 0},
                {"184467440737095516150", false, 0},
                {"", false, 0},
                {"00", false, 0},
                {"01", false, 0},
                {"-1", false, 0},
                {"+1", false, 0},
                {" 1", false, 0},
                {"1 ", false, 0},
                {"1\n", false, 0},
                {"0x1", false, 0}};
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        uint64_t value = 12345;
        if (str_u64(str_of(rows[i].text), &value) != rows[i].ok) fail_msg("%s", rows[i].text);
        assert_int_equal(value, rows[i].ok ? rows[i].value : 12345);
    }
}

static void decimals_are_read_strictly(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        bool ok;
        double value;
    } rows[] = {{"0", true, 0},
                {"-12.5", true, -12.5},
                {"+3.25", true, 3.25},
                {"56.12345", true, 56.12345},
                {"", false, 0},
                {"-", false, 0},
                {".5", false, 0},
                {"5.", false, 0},
                {"1e3", false, 0},
                {"1.2.3", false, 0},
                {" 1", false, 0},
                {"1,5", false, 0},
                {"nan", false, 0},
                {"inf", false, 0},
                {"1234567890123456", false, 0}};
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        double value = -99;
        if (str_decimal(str_of(rows[i].text), &value) != rows[i].ok) fail_msg("%s", rows[i].text);
        assert_true(value == (rows[i].ok ? rows[i].value : -99));
    }
}

static void only_clean_utf8_is_text(void **state)
{
    (void)state;
    static const struct {
        const char *bytes;
        size_t len;
        bool ok;
    } rows[] = {{"", 0, true},
                {"line\n\ttab", 9, true},
                {"\xC4\x81 \xD0\x96 \xF0\x9F\x98\x80", 10, true},
                {"\xEF\xBF\xBD", 3, true},
                {"\xF4\x8F\xBF\xBF", 4, true},
                {"a\0b", 3, false},
                {"a\rb", 3, false},
                {"\x1b[0m", 4, false},
                {"\x80", 1, false},
                {"\xC0\x80", 2, false},
                {"\xC1\xBF", 2, false},
                {"\xE0\x80\xAF", 3, false},
                {"\xED\xA0\x80", 3, false},
                {"\xF0\x8F\xBF\xBF", 4, false},
                {"\xF4\x90\x80\x80", 4, false},
                {"\xF8\x88\x80\x80\x80", 5, false},
                {"\xC4", 1, false},
                {"\xE2\x82", 2, false},
                {"\xE2\x28\xA1", 3, false}};
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        if (str_is_text((Str){rows[i].bytes, rows[i].len}) != rows[i].ok) fail_msg("row %zu", i);
}

static void cutting_says_when_nothing_is_left(void **state)
{
    (void)state;
    Str rest = STR("a,,b");
    assert_true(str_is(str_cut(&rest, ','), "a"));
    assert_true(str_is(str_cut(&rest, ','), ""));
    assert_non_null(rest.ptr);
    assert_true(str_is(str_cut(&rest, ','), "b"));
    assert_null(rest.ptr);
    assert_int_equal(str_cut(&rest, ',').len, 0);
    rest = STR("a,");
    assert_true(str_is(str_cut(&rest, ','), "a"));
    assert_true(rest.ptr != NULL && rest.len == 0);
}

static void text_compares_byte_by_byte(void **state)
{
    (void)state;
    assert_true(str_compare(STR("a"), STR("b")) < 0);
    assert_true(str_compare(STR("ab"), STR("a")) > 0);
    assert_int_equal(str_compare(STR(""), (Str){NULL, 0}), 0);
    assert_true(str_compare(STR("\x7f"), STR("\xC4\x81")) < 0);
    assert_true(str_eq((Str){NULL, 0}, STR("")));
    assert_true(str_has_prefix(STR("abc"), "ab") && !str_has_prefix(STR("a"), "ab"));
    assert_true(str_has_suffix(STR("abc"), "bc") && !str_has_suffix(STR("c"), "bc"));
    assert_true(str_is(str_trim(STR(" \t a b \n")), "a b"));
    assert_true(str_is(str_trim(STR(" \n")), ""));
}

static void every_reason_has_a_name_that_leads_back(void **state)
{
    (void)state;
    for (Status i = OK; i < STATUS_COUNT; i++) {
        assert_int_equal(status_parse(status_name(i)), i);
        assert_true(status_http(i) >= 200 && status_http(i) < 600);
        assert_true((status_exit_code(i) == 0) == (i == OK));
    }
    assert_int_equal(status_parse("no such reason"), STATUS_COUNT);
    assert_int_equal(status_exit_code(ERR_FORK), 3);
    assert_int_equal(status_exit_code(ERR_NOT_FOUND), 4);
    assert_int_equal(status_exit_code(ERR_LINK), 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_are_read_strictly),
        cmocka_unit_test(decimals_are_read_strictly),
        cmocka_unit_test(only_clean_utf8_is_text),
        cmocka_unit_test(cutting_says_when_nothing_is_left),
        cmocka_unit_test(text_compares_byte_by_byte),
        cmocka_unit_test(every_reason_has_a_name_that_leads_back),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
