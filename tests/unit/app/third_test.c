/* A third post that learnt the number of a case of two others states facts under it: they stand in
 * nobody's view, and what the two do goes on. */
#include "app/officer.h"
#include "forge.h"
#include "os/file.h"
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>
#undef fail /* ours, of base/scope.h */

struct three {
    struct pair *x;   /* lv and by */
    struct pair with; /* lv and xx: the same lv */
    struct session *guest;
};

static struct post *third_make(struct pair *x)
{
    struct post_setup setup = {.party = STR("xx"), .pack = STR("lv-by"), .weak_passwords = true};
    struct enrolment e = {.officer = STR("xx.duty"),
                          .name = STR("Officer"),
                          .role = STR("R7"),
                          .password = STR("xx.duty")};
    const char *dir = file_join(x->s, x->folder, "xx").ptr;
    struct post *post;
    Str card, words;
    OKAY_IN(x->s, post_create(x->s, dir, &setup, &x->clock));
    OKAY_IN(x->s, post_open(x->s, dir, &x->clock, &post));
    OKAY_IN(x->s, post_enrol(x->s, post, &e));
    OKAY_IN(x->s, post_card(x->s, post, &card));
    OKAY_IN(x->s, post_pair(x->s, x->post[0], card, &words));
    OKAY_IN(x->s, post_card(x->s, x->post[0], &card));
    OKAY_IN(x->s, post_pair(x->s, post, card, &words));
    return post;
}

static void exchange(struct three *t, struct post *with)
{
    OKAY_IN(t->x->s, pair_exchange(t->x, t->x->post[0], with));
}

static Str incident(struct three *t, const char *officer, const char *counterpart)
{
    Str number = {NULL, 0};
    Str ref = pair_say(t->x, officer, "incident.registered", &number, "type=I05",
                       "happened_from=2026-05-14T05:10:00Z", "noticed_at=2026-05-14T06:00:00Z",
                       "section=III", counterpart, "summary.lv=Bojāta zīme.", NULL);
    pair_say(t->x, officer, "notice.sent", &number, scope_print(t->x->s, "of=%s", ref.ptr).ptr,
             "form=written", "text.lv=Lūdzam apskati.", NULL);
    return number;
}

static struct three *three_open(void)
{
    struct pair *x = pair_open();
    struct three *t = NEW(x->s, struct three);
    struct name_value fields[] = {{STR("subject"), STR("Rail")}, {STR("text.lv"), STR("Labi.")}};
    struct fact_request letter = {.kind = STR("letter.sent"), .fields = fields, .field_count = 2};
    struct fact_result result;
    t->x = x;
    t->with = *x;
    t->with.post[1] = third_make(x);
    letter.case_number = incident(t, "lv.duty", "counterpart=xx");
    exchange(t, t->with.post[1]);
    OKAY_IN(x->s, session_open(x->s, t->with.post[1], STR("xx.duty"), STR("xx.duty"), &t->guest));
    OKAY_IN(x->s, fact_add(x->s, t->with.post[1], t->guest, &letter, &result));
    exchange(t, t->with.post[1]); /* its officer is known now */
    return t;
}

static void three_close(struct three *t)
{
    session_close(t->guest);
    post_close(t->with.post[1]);
    pair_close(t->x);
}

static void intrude(struct three *t, Str number)
{
    forged_state(&t->with, 1, &t->guest->key, "letter.sent", number, "xx.duty", "subject=Rail",
                 "text.lv=Nepareizi.", NULL);
    exchange(t, t->with.post[1]);
}

static uint64_t theirs(struct three *t, Str number)
{
    struct case_view v;
    OKAY_IN(t->x->s, case_view_load(t->x->s, t->x->post[0], number, &v));
    return v.facts_theirs;
}

static void expect_undisturbed(struct three *t, Str number, uint64_t facts)
{
    struct post_figures figures;
    Str text[2], hex[2];
    exchange(t, t->x->post[1]);
    assert_int_equal(theirs(t, number), facts);
    for (size_t i = 0; i < 2; i++)
        OKAY_IN(t->x->s, case_common(t->x->s, t->x->post[i], number, &text[i], &hex[i]));
    assert_true(str_eq(hex[0], hex[1]));
    OKAY_IN(t->x->s, post_figures(t->x->s, t->x->post[0], &figures));
    assert_string_equal(figures.alarm.ptr, "proof");
}

static void a_fact_under_the_number_of_others_stands_in_no_view(void **state)
{
    (void)state;
    struct three *t = three_open();
    Str number = incident(t, "lv.duty", "counterpart=by");
    exchange(t, t->x->post[1]);
    intrude(t, number);
    expect_undisturbed(t, number, 0);
    three_close(t);
}

static void whoever_guessed_a_number_before_its_case_came_keeps_nobody_out(void **state)
{
    (void)state;
    struct three *t = three_open();
    Str number = incident(t, "by.duty", "counterpart=lv");
    intrude(t, number);
    expect_undisturbed(t, number, 2);
    three_close(t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_fact_under_the_number_of_others_stands_in_no_view),
        cmocka_unit_test(whoever_guessed_a_number_before_its_case_came_keeps_nobody_out),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
