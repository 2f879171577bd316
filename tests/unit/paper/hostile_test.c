/* Texts that want to mislead or to overload whoever draws and reads them, and documents of many
 * thousand entries. */
#include "command.h"
#include "paper/worker.h"
#include "reading.h"
#include "sample.h"
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static void a_direction_control_is_shown_and_does_not_turn_the_text(void **state)
{
    struct fixture *f = *state;
    if (!command_is_there("pdftotext")) return;
    struct paper_block block = {.kind = PAPER_PARAGRAPH,
                                .text = {STR("Distance 3\xE2\x80\xAE"
                                             "21 m")}};
    struct paper_document doc = {.title = {STR("Act")},
                                 .language = {STR("en")},
                                 .columns = 1,
                                 .blocks = &block,
                                 .block_count = 1};
    Bytes pdf;
    OKAY(paper_draw(f->s, &doc, &pdf));
    assert_true(contains(text_of(f, saved(f, pdf)), "Distance 3[U+202E]21 m"));
}

/* The only text of a document in one column. */
static Str page_of(struct fixture *f, Str text)
{
    struct paper_block block = {.kind = PAPER_PARAGRAPH, .text = {text}};
    struct paper_document doc = {.title = {STR("Act")},
                                 .language = {STR("en")},
                                 .columns = 1,
                                 .blocks = &block,
                                 .block_count = 1};
    Bytes pdf;
    OKAY(paper_draw(f->s, &doc, &pdf));
    return text_of(f, saved(f, pdf));
}

static void what_cannot_be_seen_is_spelled_out(void **state)
{
    struct fixture *f = *state;
    if (!command_is_there("pdftotext")) return;
    static const struct {
        const char *text, *shown;
    } cases[] = {
        {"Bērzi\xE2\x80\x8Bņš", "Bērzi[U+200B]ņš"}, /* zero width space */
        {"pass\xC2\xADword", "pass[U+00AD]word"},   /* soft hyphen */
        {"a\xEF\xBB\xBF\x62", "a[U+FEFF]b"},
        {"a\xE2\x80\x8D\x62", "a[U+200D]b"},   /* a joiner where nothing joins */
        {"x\xF3\xA0\x81\x81y", "x[U+E0041]y"}, /* a tag */
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++)
        assert_true(contains(page_of(f, str_of(cases[i].text)), cases[i].shown));
    assert_false(contains(page_of(f, STR("\xD9\x85\xDB\x8C\xE2\x80\x8C\xD8\xAE")), "[U+"));
}

static void a_word_of_many_thousand_letters_breaks_where_it_must(void **state)
{
    struct fixture *f = *state;
    enum { LONG = 64 * 1024 };
    char *word = scope_alloc(f->s, LONG);
    assert_non_null(word);
    memset(word, 'm', LONG);
    struct paper_block blocks[] = {
        {.kind = PAPER_PARAGRAPH, .number = STR("1."), .text = {{word, LONG}, {word, LONG}}},
        {.kind = PAPER_FIELD, .text = {STR("A"), STR("B")}, .value = {{word, LONG}}}};
    struct paper_document doc = sample_act(f->s, 0);
    doc.blocks = blocks;
    doc.block_count = COUNT_OF(blocks);
    Bytes pdf;
    OKAY(paper_draw_apart(f->s, &doc, &pdf));
    if (!command_is_there("pdftotext")) return;
    assert_true(count_of(text_of(f, saved(f, pdf)), "m") >= 4 * (size_t)LONG);
}

/* The address sanitizer takes several times the memory that the child may have. */
#ifndef __has_feature
#define __has_feature(name) 0 /* gcc */
#endif
enum { ROWS = __has_feature(address_sanitizer) ? 1000 : 10000 };

/* A register of ten thousand entries: nothing is lost on some hundred sheets, or it is refused. */
static void a_table_of_ten_thousand_rows_is_drawn(void **state)
{
    struct fixture *f = *state;
    static const double row_widths[] = {1, 5};
    struct paper_cell *rows = scope_array(f->s, 2 * ROWS, sizeof *rows);
    assert_non_null(rows);
    for (size_t i = 0; i < ROWS; i++) {
        rows[2 * i].text[0] = scope_print(f->s, "lv:%zu", i + 1);
        rows[2 * i + 1].text[0] = STR("vēstule nosūtīta");
    }
    struct paper_table table = {.columns = 2, .rows = ROWS, .widths = row_widths, .cells = rows};
    struct paper_block block = {.kind = PAPER_TABLE, .table = &table};
    struct paper_document doc = sample_act(f->s, 0);
    doc.blocks = &block;
    doc.block_count = 1;
    Bytes pdf;
    OKAY(paper_draw_apart(f->s, &doc, &pdf));
    if (command_is_there("pdftotext")) {
        Str text = text_of(f, saved(f, pdf));
        assert_int_equal(count_of(text, "vēstule nosūtīta"), ROWS);
        assert_true(contains(text, scope_print(f->s, "lv:%d", ROWS).ptr));
    }
    table.rows = PAPER_BLOCKS_MAX + 1;
    assert_int_equal(paper_draw_apart(f->s, &doc, &pdf), ERR_LIMIT);
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, reading_set_up, reading_tear_down)
    const struct CMUnitTest tests[] = {
        CASE(a_direction_control_is_shown_and_does_not_turn_the_text),
        CASE(what_cannot_be_seen_is_spelled_out),
        CASE(a_word_of_many_thousand_letters_breaks_where_it_must),
        CASE(a_table_of_ten_thousand_rows_is_drawn),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
