#include "broken.h"

static void texts_must_agree_in_all_languages(void **state)
{
    (void)state;
    static const struct mutation rows[] = {
        {"format", "\"x\"", "format", "twinpost/texts/1"},
        {"language", "\"fr\"", "language", "named after"},
        {"colour", "1", "top level", "Remove \"colour\""},
        {"texts", "[]", "texts", "Write an object"},
        {"texts/act.agreed", NULL, "texts[act.agreed]", "Add it"},
        {"texts/act.agreed", "\"\"", "texts[act.agreed]", "Write the text"},
        {"texts/act.agreed", "\" \"", "texts[act.agreed]", "Write the text"},
        {"texts/act.agreed", "7", "texts[act.agreed]", "Write the text"},
        {"texts/act.only", "\"only\"", "texts[act.only]", "same {gaps}"},
        {"texts/act.agreed", "\"agreed by {who}\"", "texts[act.agreed]", "same {gaps}"},
        {"texts/act.unheard_of", "\"x\"", "texts[act.unheard_of]", "in the other languages"},
        {"texts/agreed", "\"x\"", "texts[agreed]", "with a dot between"},
        {"texts/act.agreed", "{\"other\":\"x\"}", "texts[act.agreed]", "plural form \"few\""},
        {"texts/act.agreed", "{\"other\":\"x\"}", "texts[act.agreed]", "Write one text"},
        {"texts/count.cases", "\"{count}\"", "texts[count.cases]", "Write plural forms"},
        {"texts/count.cases/many", NULL, "texts[count.cases]", "plural form \"many\""},
        {"texts/count.cases/other", NULL, "texts[count.cases]", "plural form \"other\""},
        {"texts/count.cases/zero", "\"{count} x\"", "texts[count.cases].zero", "no such plural"},
        {"texts/count.cases/few", "\"some\"", "texts[count.cases].few", "same {gaps}"},
        {"texts/count.cases/few", "7", "texts[count.cases].few", "Write the text"},
    };
    struct files good = files_open("lv-by");
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct files f = good;
        f.s = scope_open(64u << 20);
        f.texts[2].bytes = mutated(f.s, good.texts[2].bytes, &rows[i]); /* Russian */
        assert_found(&f, &rows[i]);
        scope_close(f.s);
    }
    scope_close(good.s);
}

/* A language that the program does not know may lack texts, and bring no others. */
static void a_partial_catalogue_may_lack_but_not_add(void **state)
{
    (void)state;
    static const struct {
        const char *text, *place;
    } rows[] = {{"\"act.only\": \"seulement {party}\"", NULL},
                {"\"count.days\": {\"one\": \"{count} jour\", \"many\": \"x {count}\", \"other\": "
                 "\"{count} j\"}",
                 NULL},
                {"\"act.only\": \"seulement\"", "texts[act.only]"},
                {"\"act.unheard_of\": \"x\"", "texts[act.unheard_of]"},
                {"\"count.days\": {\"one\": \"{count} jour\"}", "texts[count.days]"},
                {"\"count.days\": {\"some\": \"x {count}\", \"other\": \"{count} j\"}",
                 "texts[count.days].some"}};
    struct files f = files_open("lv-by");
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        Str text = scope_print(f.s,
                               "{\"format\": \"twinpost/texts/1\", \"language\": \"fr\", "
                               "\"texts\": {%s}}",
                               rows[i].text);
        struct pack_text fr = {STR("fr.json"), str_bytes(text), true};
        struct pack_files files = {.known_texts = f.texts[3].bytes, .texts = &fr, .text_count = 1};
        struct pack_finding *list;
        size_t count;
        assert_ok(pack_check(f.s, &files, &list, &count));
        assert_int_equal(count, rows[i].place ? 1 : 0);
        if (rows[i].place) assert_str(list[0].place, rows[i].place);
    }
    scope_close(f.s);
}

static void a_catalogue_that_is_no_json_is_found(void **state)
{
    (void)state;
    struct files f = files_open("lv-by");
    f.texts[1].bytes = str_bytes(STR("{\"format\": \"twinpost/texts/1\", \"format\": 1}"));
    assert_found(&f, &(struct mutation){"be.json", "", "line 1", "two keys of the same name"});
    scope_close(f.s);
}

int main(void)
{
    cmocka_set_message_output(CM_OUTPUT_TAP);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(texts_must_agree_in_all_languages),
        cmocka_unit_test(a_partial_catalogue_may_lack_but_not_add),
        cmocka_unit_test(a_catalogue_that_is_no_json_is_found),
    };
    return cmocka_run_group_tests_name("check texts", tests, NULL, NULL);
}
