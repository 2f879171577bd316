/* An act on paper: the same bytes each time and at both posts, with what it says and what stands
 * between the sides. TWINPOST_KEEP names a folder in which the pages are left to be looked at. */
#include "command.h"
#include "left_out.h"
#include "os/file.h"
#include "pair.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static void keep(struct pair *x, const char *name, Bytes pdf)
{
    const char *folder = getenv("TWINPOST_KEEP");
    if (folder) OKAY_IN(x->s, file_write(x->s, file_join(x->s, folder, name).ptr, pdf));
}

static Status draw(struct pair *x, struct post *p, Str ref, enum act_form form, Bytes *out)
{
    return document_pdf(x->s, p, &(struct document_request){.ref = ref, .form = form}, out);
}

/* What pdftotext reads from it. */
static Str words(struct pair *x, Bytes pdf)
{
    Str path = file_join(x->s, x->folder, "act.pdf"), text = STR("");
    OKAY(file_write(x->s, path.ptr, pdf));
    const char *const argv[] = {"pdftotext", "-layout", path.ptr, "-", NULL};
    assert_int_equal(command_run(x->s, argv, &text), 0);
    return scope_str(x->s, text);
}

static void expect(Str text, const char *part)
{
    if (strstr(text.ptr, part) == NULL) fail_msg("the page does not say: %s", part);
}

static void both_posts_print_the_same(void **state)
{
    struct pair *x = *state = pair_open();
    Str act = pair_act(x, pair_case(x));
    Bytes here, there, later;
    OKAY_IN(x->s, draw(x, x->post[0], act, FORM_BOTH, &here));
    OKAY_IN(x->s, draw(x, x->post[1], act, FORM_BOTH, &there));
    pair_wait(x, 1000000);
    OKAY_IN(x->s, draw(x, x->post[0], act, FORM_BOTH, &later));
    keep(x, "both.pdf", here);
    assert_true(bytes_eq(here, there));
    assert_true(bytes_eq(here, later));
}

static void says_what_was_signed_and_reserved(void **state)
{
    if (!command_is_there("pdftotext")) LEAVE_OUT("pdftotext is not installed");
    struct pair *x = *state = pair_open();
    Str act = pair_act(x, pair_case(x));
    Bytes pdf;
    static const enum act_form forms[] = {FORM_A, FORM_B};
    static const char *const said[2][6] = {
        {"Kopīgās apskates akts", "Robežzīme 123 ir nogāzta.", "Pēdu vecums nav noteikts.",
         "stājies spēkā", "Officer lv.rep", "55.842310"},
        {"Акт совместного осмотра", "Пограничный знак 123 повален.",
         "Возраст следов не установлен.", "Officer by.rep", "ed25519", "14.2"}};
    for (size_t i = 0; i < 2; i++) {
        OKAY_IN(x->s, draw(x, x->post[i], act, forms[i], &pdf));
        keep(x, i ? "b.pdf" : "a.pdf", pdf);
        Str text = words(x, pdf);
        for (size_t k = 0; k < COUNT_OF(said[i]); k++)
            expect(text, said[i][k]);
    }
}

static void what_is_no_act_is_refused(void **state)
{
    struct pair *x = *state = pair_open();
    Bytes pdf;
    pair_case(x);
    assert_int_equal(draw(x, x->post[0], STR("lv:0"), FORM_BOTH, &pdf), ERR_NOT_FOUND);
    assert_int_equal(draw(x, x->post[0], STR("lv:999"), FORM_BOTH, &pdf), ERR_NOT_FOUND);
    assert_int_equal(draw(x, x->post[0], STR("act"), FORM_BOTH, &pdf), ERR_USAGE);
}

static int tear_down(void **state)
{
    if (*state) pair_close(*state);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(both_posts_print_the_same, tear_down),
        cmocka_unit_test_teardown(says_what_was_signed_and_reserved, tear_down),
        cmocka_unit_test_teardown(what_is_no_act_is_refused, tear_down),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
