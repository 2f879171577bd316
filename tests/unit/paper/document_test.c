/* Documents on paper: what stands on the pages is all there, searchable, tagged, and the same each
 * time. Programs of Debian (poppler-utils, qpdf) are the second opinion. */
#include "command.h"
#include "paper/worker.h"
#include "reading.h"
#include "sample.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static void the_same_document_gives_the_same_bytes(void **state)
{
    struct fixture *f = *state;
    struct paper_document doc = sample_act(f->s, 7);
    Bytes first, second;
    OKAY(paper_draw(f->s, &doc, &first));
    OKAY(paper_draw(f->s, &doc, &second));
    assert_true(first.len > 20000);
    assert_true(bytes_eq(first, second));
    doc.made.us += US_PER_SECOND;
    OKAY(paper_draw(f->s, &doc, &second));
    assert_false(bytes_eq(first, second));
}

static void qpdf_finds_nothing_wrong_and_every_font_is_embedded(void **state)
{
    struct fixture *f = *state;
    struct paper_document doc = sample_act(f->s, 7);
    Bytes pdf;
    OKAY(paper_draw(f->s, &doc, &pdf));
    const char *path = saved(f, pdf);
    Str out = {NULL, 0};
    const char *const check[] = {"qpdf", "--check", path, NULL};
    if (command_is_there("qpdf")) assert_int_equal(command_run(f->s, check, &out), 0);
    if (!command_is_there("pdffonts")) return;
    const char *const fonts[] = {"pdffonts", path, NULL};
    assert_int_equal(command_run(f->s, fonts, &out), 0);
    str_cut(&out, '\n');
    str_cut(&out, '\n');
    assert_true(out.len > 0);
    while (out.len)
        assert_true(contains(str_cut(&out, '\n'), " yes yes yes "));
}

static void letters_of_both_languages_can_be_found_in_reading_order(void **state)
{
    struct fixture *f = *state;
    if (!command_is_there("pdftotext")) return;
    struct paper_document doc = sample_act(f->s, 3);
    Bytes pdf;
    OKAY(paper_draw(f->s, &doc, &pdf));
    Str text = text_of(f, saved(f, pdf));
    static const char *const in_order[] = {
        "Latvijas Republikas pierobežas pārstāvis",
        "Kopīgās apskates akts",
        "Акт сумеснага агляду",
        "робёж",
        "памежныя знакі 123 і 124, участак III",
        "1. Smilšu joslā redzamas trīs cilvēku apavu pēdas virzienā no Baltkrievijas uz Latviju;",
        "Abas puses piekrīt",
        "1. На кантрольна-следавой паласе бачныя сляды абутку трох чалавек",
        "Абодва бакі згодныя",
        "2. Žoga apakšējā stieple",
        "2. Ніжні дрот плота",
        "Агаворка беларускага боку",
        "Pārgrieztais dzeloņstieples posms",
        "маёр Алесь Ўладыковіч",
    };
    size_t at = 0;
    for (size_t i = 0; i < COUNT_OF(in_order); i++) {
        if (strcmp(in_order[i], "робёж") == 0) { /* a word that is not there is not found */
            assert_false(contains(text, in_order[i]));
            continue;
        }
        const char *found = memmem(text.ptr + at, text.len - at, in_order[i], strlen(in_order[i]));
        if (found == NULL) fail_msg("not found, or not in this order: %s", in_order[i]);
        at = (size_t)(found - text.ptr);
    }
    assert_true(contains(text, "1. lapa no 2"));
    assert_true(contains(text, "Аркуш 2 з 2"));
    assert_int_equal(count_of(text, doc.digest_hex.ptr), 2);
}

static void russian_and_one_language_alone_are_drawn_too(void **state)
{
    struct fixture *f = *state;
    struct paper_block block = {
        .kind = PAPER_PARAGRAPH,
        .text = {STR("Съёмка произведена; объём — 3 файла. Щёлкающий звук, эхо.")}};
    struct paper_document doc = {.title = {STR("Протокол")},
                                 .language = {STR("ru")},
                                 .columns = 1,
                                 .blocks = &block,
                                 .block_count = 1};
    Bytes pdf;
    OKAY(paper_draw(f->s, &doc, &pdf));
    if (!command_is_there("pdftotext")) return;
    assert_true(contains(text_of(f, saved(f, pdf)), block.text[0].ptr));
    doc = sample_act_one(f->s, 3);
    OKAY(paper_draw(f->s, &doc, &pdf));
    Str text = text_of(f, saved(f, pdf));
    assert_true(contains(text, "Kopīgās apskates akts"));
    assert_false(contains(text, "Акт сумеснага агляду"));
}

static void tags_say_structure_and_language(void **state)
{
    struct fixture *f = *state;
    if (!command_is_there("pdfinfo") || !command_is_there("qpdf")) return;
    struct paper_document doc = sample_act(f->s, 3);
    Bytes pdf;
    OKAY(paper_draw(f->s, &doc, &pdf));
    const char *path = saved(f, pdf);
    Str out = {NULL, 0};
    const char *const info[] = {"pdfinfo", path, NULL};
    assert_int_equal(command_run(f->s, info, &out), 0);
    const char *tagged = memmem(out.ptr, out.len, "Tagged:", 7);
    assert_non_null(tagged);
    assert_memory_equal(tagged, "Tagged:          yes", 20);
    const char *const structure[] = {"pdfinfo", "-struct-text", path, NULL};
    assert_int_equal(command_run(f->s, structure, &out), 0);
    assert_true(str_has_prefix(out, "Document\n"));
    assert_true(contains(out, "Smilšu joslā redzamas trīs cilvēku apavu\""));
    assert_true(contains(out, "      TH\n"));
    assert_true(contains(out, "Figure"));
    const char *const open[] = {"qpdf", "--qdf", "--object-streams=disable", path, "-", NULL};
    assert_int_equal(command_run(f->s, open, &out), 0);
    assert_true(contains(out, "/DisplayDocTitle true"));
    size_t lv = count_of(out, "/Lang (lv)"), be = count_of(out, "/Lang (be)");
    assert_true(be > 25);
    /* One more for the whole document, and one for the picture with its description. Pairs in
     * tables and signatures have a language for each of their lines. */
    assert_in_range(lv, be, be + 4);
    assert_true(contains(out, "/Alt "));
}

static void two_hundred_statements_all_arrive(void **state)
{
    struct fixture *f = *state;
    struct paper_document doc = sample_act(f->s, 200);
    Bytes pdf;
    OKAY(paper_draw(f->s, &doc, &pdf));
    if (!command_is_there("pdftotext")) return;
    Str text = text_of(f, saved(f, pdf));
    for (size_t i = 1; i <= 200; i++) {
        char start[40];
        static const char *const first[] = {"Smilšu", "Žoga", "Pie"};
        snprintf(start, sizeof start, " %zu. %s", i, first[(i - 1) % 3]);
        assert_true(contains(text, start));
        static const char *const second[] = {"На кант", "Ніжні", "Каля"};
        snprintf(start, sizeof start, " %zu. %s", i, second[(i - 1) % 3]);
        assert_true(contains(text, start));
    }
}

/* A pair that fits a sheet stands on one sheet: between form feeds, both or none. */
static void a_pair_is_never_parted_by_a_page(void **state)
{
    struct fixture *f = *state;
    if (!command_is_there("pdftotext")) return;
    struct paper_document doc = sample_act(f->s, 90);
    Bytes pdf;
    OKAY(paper_draw(f->s, &doc, &pdf));
    const char *path = saved(f, pdf);
    Str rest = {NULL, 0};
    const char *const argv[] = {"pdftotext", "-raw", path, "-", NULL};
    assert_int_equal(command_run(f->s, argv, &rest), 0);
    size_t pages = 0;
    while (rest.len) {
        Str page = str_cut(&rest, '\f');
        pages++;
        assert_int_equal(count_of(page, "zoles raksts"), count_of(page, "малюнак"));
        assert_int_equal(count_of(page, "griezuma malas"), count_of(page, "краі разрэзу"));
    }
    assert_true(pages > 8);
}

/* The word of number `i` and a blank; its length. */
static size_t word_write(char *out, size_t i)
{
    return (size_t)snprintf(out, 12, "ž%05zuj ", i);
}

static void a_text_longer_than_a_page_goes_on_without_loss(void **state)
{
    struct fixture *f = *state;
    enum { WORDS = 4000 };
    char *words = scope_alloc(f->s, WORDS * 12);
    assert_non_null(words);
    size_t len = 0;
    for (size_t i = 0; i < WORDS; i++)
        len += word_write(words + len, i);
    struct paper_block blocks[] = {
        {.kind = PAPER_PARAGRAPH, .number = STR("1."), .text = {{words, len}, STR("īss teksts")}},
        {.kind = PAPER_NOTE, .label = {STR("A"), STR("B")}, .text = {{words, len}, {words, len}}},
    };
    struct paper_document doc = sample_act(f->s, 0);
    doc.blocks = blocks;
    doc.block_count = COUNT_OF(blocks);
    Bytes pdf;
    OKAY(paper_draw(f->s, &doc, &pdf));
    if (!command_is_there("pdftotext")) return;
    Str text = text_of(f, saved(f, pdf));
    for (size_t i = 0; i < WORDS; i += 37) {
        char word[16];
        word[word_write(word, i) - 1] = '\0';
        assert_int_equal(count_of(text, word), 3);
    }
}

static void what_cannot_stand_on_paper_is_refused_with_a_reason(void **state)
{
    struct fixture *f = *state;
    struct paper_document good = sample_act(f->s, 1), doc = good;
    Bytes pdf = {NULL, 0};
    doc.columns = 3;
    assert_int_equal(paper_draw(f->s, &doc, &pdf), ERR_SCHEMA);
    doc = good;
    doc.language[1] = STR("be/by");
    assert_int_equal(paper_draw(f->s, &doc, &pdf), ERR_SCHEMA);
    doc = good;
    doc.title[0] = STR("bad \xFF byte");
    assert_int_equal(paper_draw(f->s, &doc, &pdf), ERR_SCHEMA);
    doc = good;
    char *much = scope_alloc(f->s, 5000);
    memset(much, 'm', 5000);
    doc.footer[0] = (Str){much, 2000};
    assert_int_equal(paper_draw(f->s, &doc, &pdf), ERR_LIMIT);
    doc = good;
    doc.qr = (Str){much, 301};
    assert_int_equal(paper_draw(f->s, &doc, &pdf), ERR_LIMIT);
    struct paper_block broken = {.kind = PAPER_PICTURE, .picture = str_bytes(STR("<svg"))};
    doc = good;
    doc.blocks = &broken;
    doc.block_count = 1;
    assert_int_equal(paper_draw(f->s, &doc, &pdf), ERR_SCHEMA);
    static const uint8_t bomb[24] = {0x89, 'P', 'N', 'G', 13, 10,   26, 10, 0, 0,    0, 13,
                                     'I',  'H', 'D', 'R', 0,  0x7F, 0,  0,  0, 0x7F, 0, 0};
    broken.picture = bytes_of(bomb, sizeof bomb);
    assert_int_equal(paper_draw(f->s, &doc, &pdf), ERR_LIMIT);
    assert_true(scope_reason(f->s)[0] != '\0');
    assert_null(pdf.ptr);
}

/* Text of each sheet that holds `part`, one behind the other. */
static size_t sheets_with(struct fixture *f, Bytes pdf, const char *part, size_t *out_sheets)
{
    Str rest = {NULL, 0};
    const char *const argv[] = {"pdftotext", "-raw", saved(f, pdf), "-", NULL};
    assert_int_equal(command_run(f->s, argv, &rest), 0);
    size_t found = 0;
    *out_sheets = 0;
    while (rest.len) {
        found += contains(str_cut(&rest, '\f'), part);
        (*out_sheets)++;
    }
    return found;
}

static void a_heading_stands_on_the_sheet_of_the_first_signatures(void **state)
{
    struct fixture *f = *state;
    if (!command_is_there("pdftotext")) return;
    for (size_t statements = 0; statements < 14; statements++) {
        struct paper_document doc = sample_act(f->s, statements);
        Bytes pdf;
        OKAY(paper_draw(f->s, &doc, &pdf));
        Str rest = {NULL, 0};
        const char *const argv[] = {"pdftotext", "-raw", saved(f, pdf), "-", NULL};
        assert_int_equal(command_run(f->s, argv, &rest), 0);
        while (rest.len) {
            Str sheet = str_cut(&rest, '\f');
            assert_int_equal(contains(sheet, "Paraksti Подпісы") || contains(sheet, "Подпісы"),
                             contains(sheet, "Jānis Bērziņš"));
        }
    }
}

static void the_banner_stands_on_every_sheet(void **state)
{
    struct fixture *f = *state;
    if (!command_is_there("pdftotext")) return;
    struct paper_document doc = sample_act(f->s, 20);
    doc.banner[0] = STR("Savas puses lapa");
    doc.banner[1] = STR("Ліст свайго боку");
    Bytes pdf;
    size_t sheets;
    OKAY(paper_draw(f->s, &doc, &pdf));
    size_t first = sheets_with(f, pdf, "Savas puses lapa", &sheets);
    size_t second = sheets_with(f, pdf, "Ліст свайго боку", &sheets);
    assert_true(sheets > 2);
    assert_int_equal(first, sheets);
    assert_int_equal(second, sheets);
}

static void a_scope_that_is_too_small_is_a_refusal(void **state)
{
    (void)state;
    for (size_t bytes = 4096; bytes < 2 << 20; bytes += bytes / 3) {
        struct scope *data = scope_open(4 << 20), *s = scope_open(bytes);
        struct paper_document doc = sample_act(data, 5);
        Bytes pdf = {NULL, 0};
        Status status = paper_draw(s, &doc, &pdf);
        assert_true(status == OK || status == ERR_MEMORY);
        assert_true((pdf.ptr != NULL) == (status == OK));
        scope_close(s);
        scope_close(data);
    }
}

static void a_child_draws_the_same_bytes_and_hands_back_refusals(void **state)
{
    struct fixture *f = *state;
    struct paper_document doc = sample_act(f->s, 5);
    Bytes here, apart;
    OKAY(paper_draw(f->s, &doc, &here));
    OKAY(paper_draw_apart(f->s, &doc, &apart));
    assert_true(bytes_eq(here, apart));
    struct paper_block broken = {.kind = PAPER_PICTURE, .picture = str_bytes(STR("no picture"))};
    doc.blocks = &broken;
    doc.block_count = 1;
    assert_int_equal(paper_draw_apart(f->s, &doc, &apart), ERR_SCHEMA);
    assert_non_null(strstr(scope_reason(f->s), "picture"));
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, reading_set_up, reading_tear_down)
    const struct CMUnitTest tests[] = {
        CASE(the_same_document_gives_the_same_bytes),
        CASE(qpdf_finds_nothing_wrong_and_every_font_is_embedded),
        CASE(letters_of_both_languages_can_be_found_in_reading_order),
        CASE(russian_and_one_language_alone_are_drawn_too),
        CASE(tags_say_structure_and_language),
        CASE(two_hundred_statements_all_arrive),
        CASE(a_pair_is_never_parted_by_a_page),
        CASE(a_text_longer_than_a_page_goes_on_without_loss),
        CASE(what_cannot_stand_on_paper_is_refused_with_a_reason),
        CASE(a_heading_stands_on_the_sheet_of_the_first_signatures),
        CASE(the_banner_stands_on_every_sheet),
        CASE(a_scope_that_is_too_small_is_a_refusal),
        CASE(a_child_draws_the_same_bytes_and_hands_back_refusals),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
