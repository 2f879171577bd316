/* One incident that both sides registered: which numbers are one case and which of them names it
 * is the same at both posts, in whatever order facts reach them, and when lists are made again. */
#include "app/entries.h"
#include "app/inside.h"
#include "pair.h"
#include "sound.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

/* What each side registered and gave notice of; both hold it. */
struct twice {
    struct pair *x;
    Str number[2], incident[2], notice[2];
};

static Str naming(struct pair *x, const char *field, Str ref)
{
    return scope_print(x->s, "%s=%s", field, ref.ptr);
}

static struct twice *twice_open(void)
{
    static const char *const duty[] = {"lv.duty", "by.duty"};
    struct pair *x = pair_open();
    struct twice *t = NEW(x->s, struct twice);
    *t = (struct twice){.x = x};
    for (size_t i = 0; i < 2; i++) {
        t->incident[i] = pair_say(
            x, duty[i], "incident.registered", &t->number[i], "type=I05",
            "happened_from=2026-05-14T05:00:00Z", "noticed_at=2026-05-14T05:30:00Z", "section=III",
            i ? "summary.ru=Знак повреждён." : "summary.lv=Zīme bojāta.", NULL);
        t->notice[i] =
            pair_say(x, duty[i], "notice.sent", &t->number[i], naming(x, "of", t->incident[i]).ptr,
                     "form=written", i ? "text.ru=Сообщаем." : "text.lv=Ziņojam.", NULL);
    }
    pair_sync(x);
    return t;
}

static Str say_link(struct twice *t, const char *officer, size_t own)
{
    return pair_say(t->x, officer, "incident.linked", &t->number[own],
                    naming(t->x, "own", t->incident[own]).ptr,
                    naming(t->x, "theirs", t->incident[1 - own]).ptr, NULL);
}

static void expect_named(struct twice *t, Str number, Str name)
{
    Str listed;
    for (size_t i = 0; i < 2; i++) {
        POST_READING(t->x->post[i]);
        OKAY_IN(t->x->s, case_primary(t->x->s, t->x->post[i], number, &listed));
        assert_true(str_eq(listed, name));
    }
}

/* Both posts agree, and say the same once more when their lists are made again. */
static void expect_sound(struct twice *t)
{
    assert_true(sound_agreement(t->x, t->number, 2));
    for (size_t i = 0; i < 2; i++) {
        assert_true(sound_projections(t->x->post[i]));
        pair_restart(t->x, i);
    }
}

static void what_was_taken_up_while_suspended_names_the_case_afterwards(void **state)
{
    struct twice *t = twice_open();
    struct pair *x = *state = t->x;
    Str nowhere = {NULL, 0};
    say_link(t, "lv.duty", 0);
    pair_sync(x);
    Str before;
    {
        POST_READING(x->post[1]);
        OKAY_IN(x->s, case_primary(x->s, x->post[1], t->number[0], &before));
    }
    size_t other = str_eq(before, t->number[0]) ? 1 : 0; /* the side whose number is the alias */
    const char *duty = other ? "lv.duty" : "by.duty", *rep = other ? "lv.rep" : "by.rep";
    pair_say(x, rep, "exchange.suspended", &nowhere, "reason=pārbaude", NULL);
    pair_say(x, duty, "notice.received", &t->number[0], naming(x, "of", t->notice[other]).ptr,
             "reference=9", NULL);
    pair_sync(x);
    expect_named(t, t->number[other], before);
    nowhere = (Str){NULL, 0};
    pair_say(x, rep, "exchange.resumed", &nowhere, NULL);
    pair_sync(x);
    expect_named(t, t->number[0], t->number[other]);
    expect_named(t, t->number[1], t->number[other]);
    expect_sound(t);
}

static void one_link_that_stands_is_enough(void **state)
{
    struct twice *t = twice_open();
    struct pair *x = *state = t->x;
    Str first = say_link(t, "by.duty", 1);
    pair_sync(x);
    /* Neither knows of the other's word yet. */
    Str second = say_link(t, "lv.duty", 0);
    pair_say(x, "by.duty", "incident.unlinked", &t->number[1], naming(x, "of", first).ptr, NULL);
    pair_sync(x);
    expect_sound(t);
    for (size_t i = 0; i < 2; i++) {
        Str listed[2];
        POST_READING(x->post[i]);
        for (size_t n = 0; n < 2; n++)
            OKAY_IN(x->s, case_primary(x->s, x->post[i], t->number[n], &listed[n]));
        assert_true(str_eq(listed[0], listed[1]));
    }
    pair_say(x, "lv.duty", "incident.unlinked", &t->number[0], naming(x, "of", second).ptr, NULL);
    pair_sync(x);
    expect_named(t, t->number[0], t->number[0]);
    expect_named(t, t->number[1], t->number[1]);
    expect_sound(t);
}

static int teardown(void **state)
{
    pair_close(*state);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(what_was_taken_up_while_suspended_names_the_case_afterwards,
                                  teardown),
        cmocka_unit_test_teardown(one_link_that_stands_is_enough, teardown),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
