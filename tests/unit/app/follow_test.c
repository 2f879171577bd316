/* A command beside a running server: two processes on one post, played by two openings of its
 * folder. */
#include "app/case.h"
#include "app/exchange.h"
#include "app/officer.h"
#include "app/second_place.h"
#include "os/file.h"
#include "pair.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

struct beside {
    struct pair *x;
    struct post *server, *command; /* of lv */
};

static struct beside beside_open(void)
{
    struct beside b = {.x = pair_open()};
    b.server = b.x->post[0];
    OKAY_IN(b.x->s, post_open(b.x->s, b.x->dir[0], &b.x->clock, &b.command));
    return b;
}

static void beside_close(struct beside *b)
{
    b->x->post[0] = b->server;
    post_close(b->command);
    pair_close(b->x);
}

static Str register_by(struct beside *b, struct post *who)
{
    Str number = STR("");
    b->x->post[0] = who;
    (void)pair_say(b->x, "lv.duty", "incident.registered", &number, "type=I17",
                   "happened_from=2026-05-14T06:00:00Z", "noticed_at=2026-05-14T06:10:00Z",
                   "section=silene", "summary.lv=Darbi.", "counterpart=by", NULL);
    return number;
}

static size_t cases_of(struct beside *b, struct post *who)
{
    struct case_line *lines;
    size_t count;
    OKAY_IN(b->x->s, case_lines(b->x->s, who, 0, 100, &lines, &count));
    return count;
}

static void both_write_in_turn_and_see_each_other(void **state)
{
    (void)state;
    struct beside b = beside_open();
    struct post_figures figures[2];
    for (size_t i = 1; i <= 6; i++) {
        (void)register_by(&b, i % 2 ? b.command : b.server);
        assert_int_equal(cases_of(&b, b.server), i);
        assert_int_equal(cases_of(&b, b.command), i);
    }
    OKAY_IN(b.x->s, post_figures(b.x->s, b.server, &figures[0]));
    OKAY_IN(b.x->s, post_figures(b.x->s, b.command, &figures[1]));
    assert_int_equal(figures[0].journal_size, figures[1].journal_size);
    beside_close(&b);
}

static void a_case_that_one_keeps_in_memory_takes_the_facts_of_the_other(void **state)
{
    (void)state;
    struct beside b = beside_open();
    struct case_view view;
    Str number = register_by(&b, b.server);
    OKAY_IN(b.x->s, case_view_load(b.x->s, b.server, number, &view));
    assert_int_equal(view.facts_own, 1);
    b.x->post[0] = b.command;
    (void)pair_say(b.x, "lv.duty", "letter.sent", &number, "subject=a", "text.lv=a", "text.ru=a",
                   NULL);
    OKAY_IN(b.x->s, case_view_load(b.x->s, b.server, number, &view));
    assert_int_equal(view.facts_own, 2);
    beside_close(&b);
}

static void an_officer_enrolled_beside_the_server_works_there_at_once(void **state)
{
    (void)state;
    struct beside b = beside_open();
    struct enrolment e = {.officer = STR("lv.new"),
                          .name = STR("New"),
                          .post = STR(""),
                          .role = STR("R7"),
                          .section = STR(""),
                          .acts_for = STR(""),
                          .from = STR(""),
                          .to = STR(""),
                          .password = STR("lv.new")};
    assert_int_equal(session_roles(b.server, e.officer), 0);
    OKAY_IN(b.x->s, post_enrol(b.x->s, b.command, &e));
    assert_int_not_equal(session_roles(b.server, e.officer), 0);
    beside_close(&b);
}

static void a_new_address_is_known_to_both(void **state)
{
    (void)state;
    struct beside b = beside_open();
    struct neighbour_view *list;
    Str card, words;
    size_t count;
    OKAY_IN(b.x->s, post_set_address(b.x->s, b.x->post[1], STR("192.0.2.7:8402")));
    OKAY_IN(b.x->s, post_card(b.x->s, b.x->post[1], &card));
    OKAY_IN(b.x->s, post_pair(b.x->s, b.command, card, &words));
    OKAY_IN(b.x->s, post_neighbours(b.x->s, b.server, &list, &count));
    assert_int_equal(count, 1);
    assert_true(list[0].address_count == 1 && str_is(list[0].addresses[0], "192.0.2.7:8402"));
    beside_close(&b);
}

static void the_second_place_keeps_step_whoever_signs(void **state)
{
    (void)state;
    struct beside b = beside_open();
    for (size_t i = 0; i < 4; i++) {
        struct second_place second;
        struct post_figures figures;
        Bytes note;
        struct post *who = i % 2 ? b.command : b.server;
        (void)register_by(&b, who);
        OKAY_IN(b.x->s, journal_file(b.x->s, who, STR("checkpoint"), &note));
        OKAY_IN(b.x->s, second_place_read(b.x->s, who->second_path, &second));
        OKAY_IN(b.x->s, post_figures(b.x->s, who, &figures));
        assert_int_equal(second.size, figures.journal_size);
        assert_false(post_is_held(b.server) || post_is_held(b.command));
    }
    beside_close(&b);
}

/* The process ended after the commit and before the second place was written. */
static void a_head_that_the_second_place_lacks_is_written_before_it_is_given_out(void **state)
{
    (void)state;
    struct pair *x = pair_open();
    struct second_place second;
    struct post_figures figures;
    Bytes note, earlier;
    const char *path = scope_print(x->s, "%s.head", x->dir[0]).ptr;
    (void)pair_case(x);
    OKAY_IN(x->s, file_read(x->s, path, 65536, &earlier));
    (void)pair_case(x);
    OKAY_IN(x->s, file_write(x->s, path, earlier));
    pair_restart(x, 0);
    assert_false(post_is_held(x->post[0]));
    OKAY_IN(x->s, journal_file(x->s, x->post[0], STR("checkpoint"), &note));
    OKAY_IN(x->s, second_place_read(x->s, path, &second));
    OKAY_IN(x->s, post_figures(x->s, x->post[0], &figures));
    assert_int_equal(second.size, figures.journal_size);
    pair_close(x);
}

/* What cannot be made safe is not given out; the fact that came before stays. */
static void a_head_is_not_given_out_while_the_second_place_cannot_be_written(void **state)
{
    (void)state;
    struct pair *x = pair_open();
    Bytes note;
    struct case_line *lines;
    size_t count;
    const char *path = scope_print(x->s, "%s.head", x->dir[0]).ptr;
    (void)pair_case(x);
    OKAY_IN(x->s, file_remove(x->s, path));
    OKAY_IN(x->s, file_make_folder(x->s, path)); /* nothing can be renamed onto a folder */
    Str number = STR("");
    (void)pair_say(x, "lv.duty", "incident.registered", &number, "type=I17",
                   "happened_from=2026-05-14T06:00:00Z", "noticed_at=2026-05-14T06:10:00Z",
                   "section=silene", "summary.lv=Darbi.", NULL);
    for (size_t i = 0; i < 2; i++)
        assert_int_equal(journal_file(x->s, x->post[0], STR("checkpoint"), &note), ERR_DISK);
    OKAY_IN(x->s, case_lines(x->s, x->post[0], 0, 10, &lines, &count));
    assert_int_equal(count, 2);
    OKAY_IN(x->s, file_remove_folder(x->s, path));
    OKAY_IN(x->s, journal_file(x->s, x->post[0], STR("checkpoint"), &note));
    assert_true(file_exists(path));
    pair_close(x);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(both_write_in_turn_and_see_each_other),
        cmocka_unit_test(a_case_that_one_keeps_in_memory_takes_the_facts_of_the_other),
        cmocka_unit_test(an_officer_enrolled_beside_the_server_works_there_at_once),
        cmocka_unit_test(a_new_address_is_known_to_both),
        cmocka_unit_test(the_second_place_keeps_step_whoever_signs),
        cmocka_unit_test(a_head_that_the_second_place_lacks_is_written_before_it_is_given_out),
        cmocka_unit_test(a_head_is_not_given_out_while_the_second_place_cannot_be_written),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
