/* Taking back: what a hold locks, and what of a power may be erased. */
#include "app/officer.h"
#include "refusal.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

static bool shows(struct pair *x, size_t post, Str ref, const char *field)
{
    struct fact_view view;
    OKAY_IN(x->s, fact_show(x->s, x->post[post], ref, ROLES_ALL, &view));
    for (size_t i = 0; i < view.field_count; i++)
        if (view.fields[i].open && str_is(view.fields[i].name, field)) return true;
    return false;
}

static Str finding(struct pair *x, Str number)
{
    Str ref = pair_say(x, "lv.help", "finding.stated", &number, "no=1", "text.lv=Pirmais.", NULL);
    pair_release(x, "lv", ref);
    pair_sync(x);
    return ref;
}

static void recall(struct pair *x, Str ref)
{
    OKAY_IN(x->s, release_recall(x->s, x->post[0], pair_session(x, "lv.rep"), ref, STR("kļūda")));
    pair_sync(x);
}

static Str hold(struct pair *x, Str number, const char *until)
{
    return pair_say(x, "by.duty", "hold.placed", &number, "systems=camera", until, NULL);
}

static void lift(struct pair *x, Str number, Str ref)
{
    pair_say(x, "by.duty", "hold.lifted", &number, scope_print(x->s, "hold=%s", ref.ptr).ptr, NULL);
}

static void a_hold_locks_until_it_is_lifted_itself(void **state)
{
    struct pair *x = *state = pair_open();
    Str number = pair_case(x), a = finding(x, number), b = finding(x, number);
    Str over = hold(x, number, "until=2026-05-14T07:30:00Z"), stands = hold(x, number, "until=");
    pair_wait(x, 7200);
    lift(x, number, over); /* one that was over anyway */
    recall(x, a);
    assert_true(shows(x, 1, a, "text.lv"));
    refusal_equal_views(x, number); /* in both views it is bare all the same */
    lift(x, number, stands);
    recall(x, b);
    assert_false(shows(x, 1, b, "text.lv"));
    refusal_equal_views(x, number);
}

static Str fact_of_officer(struct pair *x, const char *kind, const char *officer)
{
    struct fact_row *rows;
    size_t count;
    struct post *lv = x->post[0];
    POST_READING(lv);
    OKAY(store_fact_of_kind(x->s, lv->store, lv->journal, str_of(kind), &rows, &count));
    for (size_t i = 0; i < count; i++) {
        struct fact f;
        OKAY(fact_read(x->s, lv->card.origin, rows[i].record, &f));
        if (str_is(fact_get(&f, "officer"), officer))
            return scope_print(x->s, "lv:%llu", (unsigned long long)f.index);
    }
    fail_msg("no %s of %s", kind, officer);
    return (Str){NULL, 0};
}

static void of_a_power_only_the_name_is_erased(void **state)
{
    struct pair *x = *state = pair_open();
    Str number = pair_case(x), ground = STR("termiņš");
    struct session *dpo = pair_session(x, "lv.dpo");
    Str enrolled = fact_of_officer(x, "officer.enrolled", "lv.help");
    Str granted = fact_of_officer(x, "mandate.granted", "lv.help");
    assert_int_equal(fact_erase_values(x->s, x->post[0], dpo, enrolled, ground), ERR_STATE);
    assert_int_equal(fact_erase_values(x->s, x->post[0], dpo, granted, ground), ERR_STATE);
    Str name = scope_print(x->s, "%s.name", enrolled.ptr), key;
    key = scope_print(x->s, "%s.key", enrolled.ptr);
    assert_int_equal(fact_erase_values(x->s, x->post[0], dpo, key, ground), ERR_STATE);
    OKAY_IN(x->s, fact_erase_values(x->s, x->post[0], dpo, name, ground));
    assert_false(shows(x, 0, enrolled, "name"));
    /* The officer still works, and the other side takes it: the root's note holds without a name.
     */
    finding(x, number);
    struct check_line *lines;
    size_t count;
    post_close(x->post[0]);
    x->post[0] = NULL;
    OKAY_IN(x->s, post_verify(x->s, x->dir[0], &lines, &count));
    for (size_t i = 0; i < count; i++)
        if (!lines[i].passed) fail_msg("%s", scope_str(x->s, lines[i].text).ptr);
    OKAY_IN(x->s, post_open(x->s, x->dir[0], &x->clock, &x->post[0]));
    /* A name that was opened is not taken back by erasure alone. */
    assert_int_equal(
        fact_erase_values(
            x->s, x->post[0], dpo,
            scope_print(x->s, "%s.name", fact_of_officer(x, "officer.enrolled", "lv.duty").ptr),
            ground),
        ERR_STATE);
    refusal_goes_on(x, number);
}

static int tear_down(void **state)
{
    if (*state) pair_close(*state);
    return 0;
}

int main(void)
{
#define CASE(name) cmocka_unit_test_teardown(name, tear_down)
    const struct CMUnitTest tests[] = {
        CASE(a_hold_locks_until_it_is_lifted_itself),
        CASE(of_a_power_only_the_name_is_erased),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
