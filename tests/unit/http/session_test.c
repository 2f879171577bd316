/* Seats and guesses under a simulated clock. */
#include "http/session.h"
#include "pair.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>
#undef fail

struct desk {
    struct pair *x;
    struct sessions *sessions;
    char id[SESSION_ID_LEN + 1];
    int wait_s;
};

static struct desk desk_open(void)
{
    struct desk d = {.x = pair_open(), .sessions = sessions_open()};
    assert_non_null(d.sessions);
    return d;
}

static void desk_close(struct desk *d)
{
    sessions_close(d->sessions);
    pair_close(d->x);
}

static Status sign_in(struct desk *d, const char *officer, const char *password, const char *from)
{
    d->wait_s = 0;
    return session_begin(d->x->s, d->sessions, d->x->post[0], str_of(officer), str_of(password),
                         str_of(from), d->id, &d->wait_s);
}

static bool is_seated(struct desk *d, const char *id)
{
    struct seat *seat = seat_find(d->sessions, str_of(id), d->x->clock.at);
    seat_leave(d->sessions, seat);
    return seat != NULL;
}

static void a_seat_lasts_while_it_is_used_and_never_longer_than_a_watch(void **state)
{
    (void)state;
    struct desk d = desk_open();
    OKAY_IN(d.x->s, sign_in(&d, "lv.duty", "lv.duty", "here"));
    for (int minutes = 0; minutes <= 11 * 60 + 40; minutes += 20) {
        assert_true(is_seated(&d, d.id));
        pair_wait(d.x, 20 * 60);
    }
    assert_true(is_seated(&d, d.id)); /* the twelfth hour is full */
    pair_wait(d.x, 1);
    assert_false(is_seated(&d, d.id));
    OKAY_IN(d.x->s, sign_in(&d, "lv.duty", "lv.duty", "here"));
    pair_wait(d.x, IDLE_S + 1);
    assert_false(is_seated(&d, d.id));
    assert_false(is_seated(&d, "")); /* nor is what was never given out */
    desk_close(&d);
}

static void five_wrong_passwords_pause_that_name_from_that_address(void **state)
{
    (void)state;
    struct desk d = desk_open();
    for (int i = 0; i < 5; i++)
        assert_int_equal(sign_in(&d, "lv.duty", "guess", "there"), ERR_ROLE);
    assert_int_equal(sign_in(&d, "lv.duty", "lv.duty", "there"), ERR_BUSY);
    assert_in_range(d.wait_s, 1, 60);
    OKAY_IN(d.x->s, sign_in(&d, "lv.duty", "lv.duty", "here"));
    OKAY_IN(d.x->s, sign_in(&d, "lv.rep", "lv.rep", "there"));
    pair_wait(d.x, 60);
    OKAY_IN(d.x->s, sign_in(&d, "lv.duty", "lv.duty", "there"));
    for (int i = 0; i < 4; i++)
        assert_int_equal(sign_in(&d, "lv.duty", "guess", "there"), ERR_ROLE);
    OKAY_IN(d.x->s, sign_in(&d, "lv.duty", "lv.duty", "there")); /* and the count begins anew */
    for (int i = 0; i < 4; i++)
        assert_int_equal(sign_in(&d, "lv.duty", "guess", "there"), ERR_ROLE);
    OKAY_IN(d.x->s, sign_in(&d, "lv.duty", "lv.duty", "there"));
    desk_close(&d);
}

static void other_names_tried_meanwhile_do_not_make_the_guesses_forgotten(void **state)
{
    (void)state;
    struct desk d = desk_open();
    char name[32];
    for (int i = 0; i < 5; i++)
        assert_int_equal(sign_in(&d, "lv.duty", "guess", "there"), ERR_ROLE);
    for (int i = 0; i < 600; i++) {
        snprintf(name, sizeof name, "lv.other%d", i);
        assert_int_equal(sign_in(&d, name, "guess", "there"), ERR_ROLE);
    }
    assert_int_equal(sign_in(&d, "lv.duty", "lv.duty", "there"), ERR_BUSY);
    desk_close(&d);
}

static void who_left_long_ago_makes_room_and_nobody_else_does(void **state)
{
    (void)state;
    struct desk d = desk_open();
    char first[SESSION_ID_LEN + 1];
    for (int i = 0; i < SEATS_MAX; i++) {
        OKAY_IN(d.x->s, sign_in(&d, "lv.duty", "lv.duty", "here"));
        if (i == 0) memcpy(first, d.id, sizeof first);
    }
    assert_int_equal(sign_in(&d, "lv.rep", "lv.rep", "here"), ERR_BUSY);
    assert_int_equal(d.wait_s, 0);
    assert_true(is_seated(&d, first));
    struct seat *seat = seat_find(d.sessions, str_of(first), d.x->clock.at);
    session_end(d.sessions, seat);
    seat_leave(d.sessions, seat);
    assert_false(is_seated(&d, first));
    OKAY_IN(d.x->s, sign_in(&d, "lv.rep", "lv.rep", "here"));
    pair_wait(d.x, IDLE_S + 1);
    OKAY_IN(d.x->s, sign_in(&d, "lv.rep", "lv.rep", "here"));
    desk_close(&d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_seat_lasts_while_it_is_used_and_never_longer_than_a_watch),
        cmocka_unit_test(five_wrong_passwords_pause_that_name_from_that_address),
        cmocka_unit_test(other_names_tried_meanwhile_do_not_make_the_guesses_forgotten),
        cmocka_unit_test(who_left_long_ago_makes_room_and_nobody_else_does),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
