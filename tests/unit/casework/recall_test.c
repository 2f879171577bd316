/* What was taken back counts for nothing on either post; what cannot be taken back stays. */
#include "stage.h"

static const char *of(struct stage *st, const char *ref, const char *more)
{
    return scope_print(st->s, "of=%s;%s", ref, more).ptr;
}

/* lv has given notice; everything is delivered. */
static struct stage *notified(const char **out_notice)
{
    struct stage *st = stage_open("lv-by");
    const char *incident = stage_add(st, LV, "incident.registered",
                                     "type=I05;section=silene;counterpart=by;summary.lv=x");
    *out_notice = stage_add(st, LV, "notice.sent", of(st, incident, "text.ru=x"));
    stage_sync(st);
    return st;
}

static void assert_state(struct stage *st, enum case_state want)
{
    for (int side = 0; side < SIDES; side++) {
        struct casefile c = stage_fold(st, side, 0);
        assert_string_equal(case_state_name(c.state), case_state_name(want));
    }
}

static void a_receipt_taken_back_acknowledges_nothing_on_either_post(void **state)
{
    (void)state;
    const char *notice;
    struct stage *st = notified(&notice);
    const char *receipt = stage_add(st, BY, "notice.received", of(st, notice, ""));
    stage_sync(st);
    assert_state(st, STATE_ACKNOWLEDGED);
    stage_add(st, BY, "release.recalled", of(st, receipt, "ground=error"));
    stage_sync(st);
    assert_state(st, STATE_NOTIFIED);
    stage_close(st);
}

static void an_answer_taken_back_agrees_to_nothing_on_either_post(void **state)
{
    (void)state;
    const char *notice;
    struct stage *st = notified(&notice);
    stage_add(st, BY, "notice.received", of(st, notice, ""));
    const char *proposal = stage_add(st, LV, "proposal.made", "what=inspection");
    stage_sync(st);
    const char *answer = stage_add(st, BY, "proposal.answered", of(st, proposal, "answer=yes"));
    stage_sync(st);
    assert_state(st, STATE_INSPECTION_AGREED);
    stage_add(st, BY, "release.recalled", of(st, answer, "ground=error"));
    stage_sync(st);
    assert_state(st, STATE_ACKNOWLEDGED);
    stage_close(st);
}

static void a_signature_cannot_be_taken_back(void **state)
{
    (void)state;
    const char *notice;
    struct stage *st = notified(&notice);
    const char *act =
        stage_add(st, LV, "act.drafted", "doc=DOC05;statement.1.lv=a;statement.1.ru=b");
    stage_sync(st);
    const char *body = scope_print(st->s, "act=%s;capacity=representative", act).ptr;
    stage_add(st, LV, "act.signed", body);
    const char *signature = stage_add(st, BY, "act.signed", body);
    stage_sync(st);
    assert_true(stage_common(st, LV, 0).acts[0].effective);
    stage_add(st, BY, "release.recalled", of(st, signature, "ground=error"));
    stage_sync(st);
    assert_true(stage_common(st, LV, 0).acts[0].effective);
    assert_true(stage_common(st, BY, 0).acts[0].effective);
    stage_close(st);
}

static void nobody_takes_back_what_the_other_side_opened(void **state)
{
    (void)state;
    const char *notice;
    struct stage *st = notified(&notice);
    stage_add(st, BY, "release.recalled", of(st, notice, "ground=error"));
    stage_sync(st);
    struct casefile c = stage_common(st, LV, 0);
    assert_non_null(c.notice);
    assert_true(fact_has(c.notice->fact, "of"));
    stage_close(st);
}

int main(void)
{
    cmocka_set_message_output(CM_OUTPUT_TAP);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_receipt_taken_back_acknowledges_nothing_on_either_post),
        cmocka_unit_test(an_answer_taken_back_agrees_to_nothing_on_either_post),
        cmocka_unit_test(a_signature_cannot_be_taken_back),
        cmocka_unit_test(nobody_takes_back_what_the_other_side_opened),
    };
    return cmocka_run_group_tests_name("recall", tests, NULL, NULL);
}
