/* Three posts: lv shares one case with by and one with lt, and is set back. Each neighbour gives
 * back its own; what one alone holds is waited for; and two officers may decide without them. */
#include "app/officer.h"
#include "app/recovery.h"
#include "os/file.h"
#include "pair.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>
#undef fail /* ours, of base/scope.h */

struct trio {
    struct pair *x; /* lv and by */
    struct post *lt;
    Str with_by, with_lt; /* case numbers */
};

static Status exchange(struct trio *t, struct post *with)
{
    return pair_exchange(t->x, t->x->post[0], with);
}

static void exchange_all(struct trio *t)
{
    for (int i = 0; i < 2; i++) {
        OKAY_IN(t->x->s, exchange(t, t->x->post[1]));
        OKAY_IN(t->x->s, exchange(t, t->lt));
    }
}

static Str incident(struct trio *t, const char *counterpart)
{
    Str number = {NULL, 0};
    Str ref = pair_say(t->x, "lv.duty", "incident.registered", &number, "type=I05",
                       "happened_from=2026-05-14T05:10:00Z", "noticed_at=2026-05-14T06:00:00Z",
                       "section=III", counterpart, "summary.lv=Bojāta zīme.", NULL);
    pair_say(t->x, "lv.duty", "notice.sent", &number, scope_print(t->x->s, "of=%s", ref.ptr).ptr,
             "form=written", "text.lv=Lūdzam apskati.", NULL);
    return number;
}

static void letter(struct trio *t, Str number, const char *text)
{
    pair_say(t->x, "lv.duty", "letter.sent", &number, "subject=Rail", text, NULL);
}

static struct trio *trio_open(void)
{
    struct pair *x = pair_open();
    struct trio *t = NEW(x->s, struct trio);
    struct post_setup setup = {.party = STR("lt"), .pack = STR("generic"), .weak_passwords = true};
    const char *dir = file_join(x->s, x->folder, "lt").ptr;
    Str card, words;
    t->x = x;
    OKAY_IN(x->s, post_create(x->s, dir, &setup, &x->clock));
    OKAY_IN(x->s, post_open(x->s, dir, &x->clock, &t->lt));
    OKAY_IN(x->s, post_card(x->s, t->lt, &card));
    OKAY_IN(x->s, post_pair(x->s, x->post[0], card, &words));
    OKAY_IN(x->s, post_card(x->s, x->post[0], &card));
    OKAY_IN(x->s, post_pair(x->s, t->lt, card, &words));
    struct enrolment e = {.officer = STR("lv.admin"),
                          .name = STR("Admin"),
                          .role = STR("R13"),
                          .password = STR("lv.admin")};
    OKAY_IN(x->s, post_enrol(x->s, x->post[0], &e));
    t->with_by = incident(t, "counterpart=by");
    t->with_lt = incident(t, "counterpart=lt");
    exchange_all(t);
    return t;
}

static void put_back(struct trio *t, bool with_record)
{
    struct pair *x = t->x;
    const char *file = file_join(x->s, x->folder, "lv.backup").ptr;
    const char *old = file_join(x->s, x->folder, "gone").ptr;
    post_close(x->post[0]);
    x->post[0] = NULL;
    assert_int_equal(rename(x->dir[0], old), 0);
    if (!with_record) OKAY(file_remove(x->s, scope_print(x->s, "%s.head", x->dir[0]).ptr));
    OKAY_IN(x->s, backup_restore(x->s, file, x->dir[0]));
    pair_wait(x, 60);
    OKAY_IN(x->s, post_open(x->s, x->dir[0], &x->clock, &x->post[0]));
    assert_true(post_is_held(x->post[0]));
}

static void back_up(struct trio *t)
{
    OKAY_IN(t->x->s, backup_write(t->x->s, t->x->post[0],
                                  file_join(t->x->s, t->x->folder, "lv.backup").ptr));
}

static void expect_equal(struct trio *t, Str number, struct post *other)
{
    Str text[2], hex[2];
    OKAY_IN(t->x->s, case_common(t->x->s, t->x->post[0], number, &text[0], &hex[0]));
    OKAY_IN(t->x->s, case_common(t->x->s, other, number, &text[1], &hex[1]));
    if (!str_eq(hex[0], hex[1])) fprintf(stderr, "# %s\n# %s\n", text[0].ptr, text[1].ptr);
    assert_true(str_eq(hex[0], hex[1]));
}

static void expect_whole(struct trio *t)
{
    struct post *const posts[] = {t->x->post[0], t->x->post[1], t->lt};
    expect_equal(t, t->with_by, t->x->post[1]);
    expect_equal(t, t->with_lt, t->lt);
    for (size_t i = 0; i < COUNT_OF(posts); i++) {
        struct post_figures figures;
        OKAY(post_figures(t->x->s, posts[i], &figures));
        assert_false(figures.held);
        assert_true(i == 0 ? str_is(figures.alarm, "restore") : figures.alarm.len == 0);
    }
}

static size_t queued(struct trio *t)
{
    struct post_figures figures;
    OKAY(post_figures(t->x->s, t->x->post[0], &figures));
    return figures.queued;
}

static bool waits(struct trio *t, Str number)
{
    struct name_value fields[] = {{STR("subject"), STR("Rail")}, {STR("text.lv"), STR("Gaida.")}};
    struct fact_request request = {
        .kind = STR("letter.sent"), .case_number = number, .fields = fields, .field_count = 2};
    struct fact_result result = {0};
    OKAY_IN(t->x->s,
            fact_add(t->x->s, t->x->post[0], pair_session(t->x, "lv.duty"), &request, &result));
    return result.queued;
}

static void each_neighbour_gives_back_its_own(void **state)
{
    for (int with_record = 0; with_record < 2; with_record++) {
        struct trio *t = *state = trio_open();
        back_up(t);
        letter(t, t->with_lt, "text.lv=Lietuvai.");
        letter(t, t->with_by, "text.lv=Baltkrievijai.");
        exchange_all(t);
        put_back(t, with_record);
        OKAY_IN(t->x->s, exchange(t, t->x->post[1]));
        /* by gives back every leaf; the openings to lt only lt has. */
        assert_true(post_is_held(t->x->post[0]));
        assert_true(waits(t, t->with_by));
        OKAY_IN(t->x->s, exchange(t, t->lt));
        assert_false(post_is_held(t->x->post[0]));
        exchange_all(t);
        assert_false(waits(t, t->with_by));
        letter(t, t->with_lt, "text.lv=Pēc tam.");
        exchange_all(t);
        expect_whole(t);
        assert_int_equal(queued(t), 1);
        post_close(t->lt);
        pair_close(t->x);
        *state = NULL;
    }
}

/* Nothing was made for lt since the copy: the record says so, and by alone suffices. */
static void who_is_far_away_does_not_keep_the_others_waiting(void **state)
{
    struct trio *t = *state = trio_open();
    exchange_all(t);
    back_up(t);
    letter(t, t->with_by, "text.lv=Baltkrievijai.");
    OKAY_IN(t->x->s, exchange(t, t->x->post[1]));
    put_back(t, true);
    OKAY_IN(t->x->s, exchange(t, t->x->post[1]));
    assert_false(post_is_held(t->x->post[0]));
    assert_false(waits(t, t->with_by));
    assert_true(waits(t, t->with_lt)); /* what lt sent since is not known yet */
    exchange_all(t);
    assert_false(waits(t, t->with_lt));
    exchange_all(t);
    expect_whole(t);
}

static Str head_of(struct trio *t, bool is_signed)
{
    struct head_row head;
    struct checkpoint cp;
    POST_READING(t->x->post[0]);
    OKAY(store_head_newest(t->x->s, t->x->post[0]->store, t->x->post[0]->journal, false, &head));
    OKAY(checkpoint_parse(t->x->s, head.note, &cp));
    return is_signed ? head.note : cp.note.text;
}

static Status recover(struct trio *t, const char *first, const char *second, Str head)
{
    return post_recover(t->x->s, t->x->post[0], pair_session(t->x, first),
                        pair_session(t->x, second), head);
}

static void two_officers_decide_by_a_head_on_paper(void **state)
{
    struct trio *t = *state = trio_open();
    Str paper = head_of(t, false), full = head_of(t, true);
    assert_int_equal(recover(t, "lv.rep", "lv.admin", paper), ERR_STATE);
    back_up(t);
    letter(t, t->with_lt, "text.lv=Neviens to nesaņems.");
    Bytes lost;
    OKAY_IN(t->x->s, exchange_write(t->x->s, t->x->post[0], STR("lt"), &lost));
    Str longer = head_of(t, true);
    put_back(t, true);
    exchange_all(t);
    assert_true(post_is_held(t->x->post[0])); /* the newest head is nowhere */
    assert_int_equal(recover(t, "lv.duty", "lv.admin", paper), ERR_ROLE);
    assert_int_equal(recover(t, "lv.rep", "lv.dpo", paper), ERR_ROLE);
    assert_int_equal(recover(t, "lv.rep", "lv.admin", STR("")), ERR_SCHEMA);
    assert_int_equal(recover(t, "lv.rep", "lv.admin", longer), ERR_PROOF);
    Str other = scope_print(t->x->s, "%s", paper.ptr);
    ((char *)(uintptr_t)other.ptr)[paper.len - 10] ^= 1;
    assert_int_not_equal(recover(t, "lv.rep", "lv.admin", (Str){other.ptr, paper.len}), OK);
    Str bent = scope_str(t->x->s, full);
    ((char *)(uintptr_t)bent.ptr)[paper.len + 60] ^= 2;
    assert_int_not_equal(recover(t, "lv.rep", "lv.admin", bent), OK);
    assert_true(post_is_held(t->x->post[0]));
    OKAY_IN(t->x->s, recover(t, "lv.rep", "lv.admin", paper));
    assert_false(post_is_held(t->x->post[0]));
    exchange_all(t);
    letter(t, t->with_lt, "text.lv=Vēlreiz.");
    exchange_all(t);
    expect_whole(t);
    pair_restart(t->x, 0);
    assert_false(post_is_held(t->x->post[0]));
}

/* A neighbour that answers only after the decision gives back its own first. */
static void after_the_decision_the_far_neighbour_is_caught_up(void **state)
{
    struct trio *t = *state = trio_open();
    back_up(t);
    Str before = head_of(t, true);
    put_back(t, false);
    OKAY_IN(t->x->s, recover(t, "lv.rep", "lv.admin", before));
    assert_true(waits(t, t->with_by));
    OKAY_IN(t->x->s, exchange(t, t->x->post[1]));
    assert_false(waits(t, t->with_by));
    assert_true(waits(t, t->with_lt));
    pair_restart(t->x, 0);
    assert_true(waits(t, t->with_lt));
    exchange_all(t);
    assert_false(waits(t, t->with_lt));
    exchange_all(t);
    expect_whole(t);
}

static int tear_down(void **state)
{
    struct trio *t = *state;
    if (t == NULL) return 0;
    post_close(t->lt);
    pair_close(t->x);
    return 0;
}

int main(void)
{
#define CASE(name) cmocka_unit_test_teardown(name, tear_down)
    const struct CMUnitTest tests[] = {
        CASE(each_neighbour_gives_back_its_own),
        CASE(who_is_far_away_does_not_keep_the_others_waiting),
        CASE(two_officers_decide_by_a_head_on_paper),
        CASE(after_the_decision_the_far_neighbour_is_caught_up),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
