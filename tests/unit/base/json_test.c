#include "base/json.h"
#include "base/json_form.h"
#include "vector.h"
#include <stdio.h>

enum { SIZE_MAX_HERE = 1 << 20 };

static const struct {
    const char *text;
    Status status;
} cases[] = {
    {"{}", OK},
    {"[]", OK},
    {" [ ] ", OK},
    {"{\"a\":1}", OK},
    {"{ \"a\" : [ true , false , null , -0.5e+3 , \"x\" ] , \"b\" : { } }", OK},
    {"[\"\\ud83d\\ude00 \\\" \\\\ \\/ \\b\\f\\n\\r\\t \\u0041\"]", OK},
    {"[\"\xC4\x81\"]", OK},
    {"[0,-1,10,1e5,1E-5,0.25]", OK},
    {"", ERR_SCHEMA},
    {" ", ERR_SCHEMA},
    {"1", ERR_SCHEMA},
    {"\"text\"", ERR_SCHEMA},
    {"{", ERR_SCHEMA},
    {"[1,]", ERR_SCHEMA},
    {"[,1]", ERR_SCHEMA},
    {"[1 2]", ERR_SCHEMA},
    {"{\"a\":1,}", ERR_SCHEMA},
    {"{\"a\"}", ERR_SCHEMA},
    {"{a:1}", ERR_SCHEMA},
    {"{\"a\":1,\"a\":2}", ERR_SCHEMA},
    {"[01]", ERR_SCHEMA},
    {"[+1]", ERR_SCHEMA},
    {"[1.]", ERR_SCHEMA},
    {"[.5]", ERR_SCHEMA},
    {"[1e]", ERR_SCHEMA},
    {"[1e999]", ERR_SCHEMA},
    {"[NaN]", ERR_SCHEMA},
    {"[nul]", ERR_SCHEMA},
    {"['a']", ERR_SCHEMA},
    {"[\"\\x\"]", ERR_SCHEMA},
    {"[\"\\u00g0\"]", ERR_SCHEMA},
    {"[\"\\u0000\"]", ERR_SCHEMA},
    {"[\"\\ud83d\"]", ERR_SCHEMA},
    {"[\"\\ude00\"]", ERR_SCHEMA},
    {"[\"\\ud83d\\u0041\"]", ERR_SCHEMA},
    {"[\"\xC4\"]", ERR_SCHEMA},
    {"[\"a\nb\"]", ERR_SCHEMA},
    {"[\"a]", ERR_SCHEMA},
    {"[1]]", ERR_SCHEMA},
    {"{]", ERR_SCHEMA},
    {"[}", ERR_SCHEMA},
    {"[1] x", ERR_SCHEMA},
    {"\xEF\xBB\xBF{}", ERR_SCHEMA},
};

static void texts_are_read_strictly(void **state)
{
    (void)state;
    struct scope *s = test_scope();
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        AUTO_JSON json_t *json = NULL;
        Bytes text = str_bytes(str_of(cases[i].text));
        Status status = json_read(s, text, SIZE_MAX_HERE, "text", &json);
        if (status != cases[i].status) fail_msg("%s: %s", cases[i].text, status_name(status));
        assert_int_equal(json != NULL, status == OK);
    }
    scope_close(s);
}

/* The library passes over one that ends a number. */
static void a_nul_is_refused_wherever_it_stands(void **state)
{
    (void)state;
    const Str texts[] = {STR("[1\0]"), STR("[1.5e3\0,2]"), STR("{\"a\":1\0}"), STR("[\0]"),
                         STR("[]\0")};
    struct scope *s = test_scope();
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        AUTO_JSON json_t *json = NULL;
        assert_status(s, json_read(s, str_bytes(texts[i]), SIZE_MAX_HERE, "text", &json),
                      ERR_SCHEMA);
        assert_null(json);
    }
    AUTO_JSON json_t *none = NULL;
    assert_status(s, json_read(s, (Bytes){NULL, 0}, SIZE_MAX_HERE, "text", &none), ERR_SCHEMA);
    scope_close(s);
}

/* Else a parser without memory could not be told from a bad text. */
static void what_is_read_is_well_formed(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        enum json_form form = json_form(str_bytes(str_of(cases[i].text)), JSON_DEPTH_MAX);
        if (cases[i].status == OK) assert_int_equal(form, JSON_IS_WELL_FORMED);
    }
}

static Bytes nested(struct scope *s, size_t depth)
{
    char *text = scope_alloc(s, 2 * depth);
    memset(text, '[', depth);
    memset(text + depth, ']', depth);
    return bytes_of(text, 2 * depth);
}

static void depth_and_size_have_an_end(void **state)
{
    (void)state;
    struct scope *s = test_scope();
    AUTO_JSON json_t *json = NULL;
    assert_status(s, json_read(s, nested(s, JSON_DEPTH_MAX + 1), SIZE_MAX_HERE, "text", &json),
                  ERR_LIMIT);
    assert_status(s, json_read(s, nested(s, 10), 19, "text", &json), ERR_LIMIT);
    assert_int_equal(json_read(s, nested(s, JSON_DEPTH_MAX), SIZE_MAX_HERE, "text", &json), OK);
    scope_close(s);
}

/* "json_test verdict FILE...": for texts of others, one line each. */
static int verdicts(int count, char **paths)
{
    struct scope *s = test_scope();
    for (int i = 0; i < count; i++) {
        AUTO_JSON json_t *json = NULL;
        Status status = json_read(s, vector_file(s, paths[i]), SIZE_MAX_HERE, "text", &json);
        printf("%s %s\n", status_name(status), paths[i]);
    }
    scope_close(s);
    return 0;
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(texts_are_read_strictly),
        cmocka_unit_test(a_nul_is_refused_wherever_it_stands),
        cmocka_unit_test(what_is_read_is_well_formed),
        cmocka_unit_test(depth_and_size_have_an_end),
    };
    if (argc > 1 && strcmp(argv[1], "verdict") == 0) return verdicts(argc - 2, argv + 2);
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
