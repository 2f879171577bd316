/* One commit for many callers: those who come together, one of whom fails after it has written. */
#include "app/inside.h"
#include "pair.h"
#include <setjmp.h>
#include <stdarg.h>
#include <time.h>

#include <cmocka.h>

enum { CALLERS = 12 };

struct caller {
    struct pair *pair;
    struct session *session;
    Str number;
    const char *kind, *field;
    Str value;
    struct scope *scope;
    Status status;
    struct fact_result result;
    pthread_t thread;
};

static void *call(void *arg)
{
    struct caller *c = arg;
    struct name_value fields[] = {{str_of(c->field), c->value}, {STR("text.lv"), STR("Vēstule.")}};
    struct fact_request request = {
        .kind = str_of(c->kind), .case_number = c->number, .fields = fields, .field_count = 2};
    if (c->kind[0] == 'r') request.field_count = 1;
    c->status = fact_add(c->scope, c->pair->post[0], c->session, &request, &c->result);
    return NULL;
}

static size_t waiting(struct post *p)
{
    size_t count = 0;
    pthread_mutex_lock(&p->queue.lock);
    for (const struct job *j = p->queue.first; j; j = j->next)
        count++;
    pthread_mutex_unlock(&p->queue.lock);
    return count;
}

/* All call while the post is held up, so that one leads and the others share the next commit. */
static void call_together(struct caller *callers)
{
    const struct timespec moment = {.tv_nsec = 1000000};
    struct post *p = callers[0].pair->post[0];
    post_lock(p);
    for (size_t i = 0; i < CALLERS; i++)
        assert_int_equal(pthread_create(&callers[i].thread, NULL, call, &callers[i]), 0);
    while (waiting(p) < CALLERS - 1)
        nanosleep(&moment, NULL);
    post_unlock(p);
    for (size_t i = 0; i < CALLERS; i++)
        pthread_join(callers[i].thread, NULL);
}

static void callers_make(struct pair *x, struct caller *callers)
{
    Str number = pair_case(x);
    struct session *session = pair_session(x, "lv.rep");
    for (size_t i = 0; i < CALLERS; i++)
        callers[i] = (struct caller){.pair = x,
                                     .session = session,
                                     .number = number,
                                     .kind = "letter.sent",
                                     .field = "subject",
                                     .value = STR("Traces"),
                                     .scope = scope_open(1 << 20)};
}

static void letters_check(struct pair *x, const struct caller *callers, size_t letters)
{
    struct post *p = x->post[0];
    bool taken[64] = {false};
    struct fact_ref ref;
    uint64_t before = p->leaf_count - letters;
    size_t good = 0;
    for (size_t i = 0; i < CALLERS; i++) {
        if (callers[i].kind[0] != 'l') continue;
        OKAY_IN(callers[i].scope, callers[i].status);
        assert_true(fact_ref_parse(callers[i].result.ref, &ref));
        assert_true(ref.index >= before && ref.index < p->leaf_count);
        assert_false(taken[ref.index - before]);
        taken[ref.index - before] = true;
        good++;
    }
    assert_int_equal(good, letters);
}

static void callers_close(struct caller *callers)
{
    for (size_t i = 0; i < CALLERS; i++)
        scope_close(callers[i].scope);
}

static void all_who_came_together_get_a_leaf_of_their_own(void **state)
{
    struct pair *x = *state = pair_open();
    struct caller callers[CALLERS];
    callers_make(x, callers);
    uint64_t leaves = x->post[0]->leaf_count;
    call_together(callers);
    assert_int_equal(x->post[0]->leaf_count, leaves + CALLERS);
    letters_check(x, callers, CALLERS);
    pair_sync(x);
    callers_close(callers);
}

/* A recall is stated before it is found that nothing was opened: that one leaves nothing behind,
 * and takes nobody with it. */
static void one_that_fails_after_it_wrote_leaves_the_others(void **state)
{
    struct pair *x = *state = pair_open();
    struct caller callers[CALLERS];
    callers_make(x, callers);
    Str finding =
        pair_say(x, "lv.rep", "finding.stated", &callers[0].number, "no=1", "text.lv=Pēdas.", NULL);
    for (size_t i = 3; i < 5; i++) {
        callers[i].kind = "release.recalled";
        callers[i].field = "of";
        callers[i].value = finding;
    }
    uint64_t leaves = x->post[0]->leaf_count;
    call_together(callers);
    assert_int_equal(callers[3].status, ERR_NOT_FOUND);
    assert_int_equal(callers[4].status, ERR_NOT_FOUND);
    assert_int_equal(x->post[0]->leaf_count, leaves + CALLERS - 2);
    letters_check(x, callers, CALLERS - 2);
    pair_restart(x, 0);
    assert_int_equal(x->post[0]->leaf_count, leaves + CALLERS - 2);
    pair_sync(x);
    callers_close(callers);
}

static int tear_down(void **state)
{
    pair_close(*state);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(all_who_came_together_get_a_leaf_of_their_own, tear_down),
        cmocka_unit_test_teardown(one_that_fails_after_it_wrote_leaves_the_others, tear_down),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
