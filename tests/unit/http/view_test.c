/* JSON written value by value: whatever a value holds, what comes out is read back as the same. */
#include "base/json.h"
#include "http/view.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#define OKAY(call) assert_int_equal((call), OK)

static void every_text_is_read_back_as_it_was(void **state)
{
    (void)state;
    AUTO_SCOPE struct scope *s = scope_open(1 << 20);
    static const char *const TEXTS[] = {
        "",       "plain",   "\"quoted\" \\ and /", "two\nlines\tand a tab",
        "ŗūķīši", "ўзнікла", "</script>",           "\xf0\x9f\x90\x84"};
    for (size_t i = 0; i < COUNT_OF(TEXTS); i++) {
        struct view v = view_open(s, 4096);
        put_open(&v, NULL, '{');
        put_text_named(&v, str_of(TEXTS[i][0] ? TEXTS[i] : "k"), str_of(TEXTS[i]));
        put_close(&v, '}');
        Bytes text;
        OKAY(view_close(&v, &text));
        AUTO_JSON json_t *json = NULL;
        OKAY(json_read(s, text, 4096, "view", &json));
        Str back = json_text(s, json, TEXTS[i][0] ? TEXTS[i] : "k");
        assert_true(str_is(back, TEXTS[i]));
    }
}

static void bytes_that_are_no_text_still_give_json(void **state)
{
    (void)state;
    AUTO_SCOPE struct scope *s = scope_open(1 << 20);
    uint8_t all[256];
    for (size_t i = 0; i < sizeof all; i++)
        all[i] = (uint8_t)i;
    struct view v = view_open(s, 1 << 16);
    put_open(&v, NULL, '[');
    put_text(&v, NULL, (Str){(const char *)all, sizeof all});
    for (size_t i = 0; i < sizeof all; i++)
        put_text(&v, NULL, (Str){(const char *)all + i, 1});
    put_close(&v, ']');
    Bytes text;
    OKAY(view_close(&v, &text));
    AUTO_JSON json_t *json = json_loadb((const char *)text.ptr, text.len, JSON_ALLOW_NUL, NULL);
    assert_int_equal(json_array_size(json), 257);
    assert_string_equal(json_string_value(json_array_get(json, 1 + 'a')), "a");
    assert_string_equal(json_string_value(json_array_get(json, 1 + 0xff)), "\xef\xbf\xbd");
}

static void lists_and_objects_nest_with_commas_where_they_belong(void **state)
{
    (void)state;
    AUTO_SCOPE struct scope *s = scope_open(1 << 20);
    struct view v = view_open(s, 4096);
    put_open(&v, NULL, '{');
    put_open(&v, "a", '[');
    put_number(&v, NULL, 1);
    put_open(&v, NULL, '{');
    put_close(&v, '}');
    put_flag(&v, NULL, false);
    put_close(&v, ']');
    put_open(&v, "b", '[');
    put_close(&v, ']');
    put_null(&v, "c");
    put_instant(&v, "d", (Instant){0});
    put_raw(&v, "e", STR("[2]"));
    put_close(&v, '}');
    Bytes text;
    OKAY(view_close(&v, &text));
    assert_true(str_is(bytes_str(text), "{\"a\":[1,{},false],\"b\":[],\"c\":null,"
                                        "\"d\":\"1970-01-01T00:00:00Z\",\"e\":[2]}"));
}

static void too_much_is_refused_once_and_at_the_end(void **state)
{
    (void)state;
    AUTO_SCOPE struct scope *s = scope_open(1 << 20);
    struct view v = view_open(s, 64);
    put_open(&v, NULL, '[');
    for (int i = 0; i < 100; i++)
        put_text(&v, NULL, STR("more and more"));
    put_close(&v, ']');
    Bytes text;
    assert_int_equal(view_close(&v, &text), ERR_LIMIT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_text_is_read_back_as_it_was),
        cmocka_unit_test(bytes_that_are_no_text_still_give_json),
        cmocka_unit_test(lists_and_objects_nest_with_commas_where_they_belong),
        cmocka_unit_test(too_much_is_refused_once_and_at_the_end),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
