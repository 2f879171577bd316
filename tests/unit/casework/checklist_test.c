#include "core/casework/checklist.h"
#include "stage.h"

#define I05 "type=I05;section=silene;counterpart=by;summary.lv=x" /* asks E2 and E3 */

struct listed {
    struct checklist_line *lines;
    size_t count;
};

static struct listed list(struct stage *st, int side)
{
    struct casefile c = stage_fold(st, side, 0);
    struct listed l;
    assert_int_equal(checklist_lines(st->s, &c, &l.lines, &l.count), OK);
    return l;
}

static const struct checklist_line *line(const struct listed *l, const char *item)
{
    for (size_t i = 0; i < l->count; i++)
        if (str_is(l->lines[i].item, item)) return &l->lines[i];
    return NULL;
}

static size_t open_count(const struct listed *l)
{
    size_t count = 0;
    for (size_t i = 0; i < l->count; i++)
        count += checklist_line_is_open(&l->lines[i]);
    return count;
}

static bool is_open(struct stage *st, int side, const char *item)
{
    struct listed l = list(st, side);
    assert_non_null(line(&l, item));
    return checklist_line_is_open(line(&l, item));
}

static void the_lines_are_those_of_the_type_in_the_order_of_the_pack(void **state)
{
    (void)state;
    struct stage *st = stage_open("lv-by");
    stage_add(st, LV, "incident.registered", I05);
    struct listed l = list(st, LV);
    assert_true(l.count > 10);
    assert_true(str_is(l.lines[0].list, "E2") && str_is(l.lines[0].item, "marker_pair"));
    assert_true(str_is(l.lines[l.count - 1].list, "E3"));
    assert_int_equal(open_count(&l), l.count);
    assert_int_equal(list(st, BY).count, 0); /* it does not know the type yet */
    stage_close(st);
}

static void a_line_is_closed_when_one_side_did_it_or_both_explain(void **state)
{
    (void)state;
    struct stage *st = stage_open("lv-by");
    stage_add(st, LV, "incident.registered", I05);
    stage_add(st, LV, "checklist.answered", "list=E2;item=casts;answer=done");
    stage_add(st, LV, "checklist.answered",
              "list=E2;item=dog_track;answer=not_possible;reason=rain");
    stage_sync(st);
    for (int side = 0; side < SIDES; side++) {
        assert_false(is_open(st, side, "casts"));
        assert_true(is_open(st, side, "dog_track"));
    }
    stage_add(st, BY, "checklist.answered",
              "list=E2;item=dog_track;answer=not_possible;reason=no dog");
    assert_true(is_open(st, LV, "dog_track"));
    stage_sync(st);
    assert_false(is_open(st, LV, "dog_track"));
    stage_close(st);
}

static void the_newest_answer_of_a_side_counts(void **state)
{
    (void)state;
    struct stage *st = stage_open("lv-by");
    stage_add(st, LV, "incident.registered", I05);
    stage_add(st, LV, "checklist.answered", "list=E2;item=casts;answer=done");
    stage_add(st, LV, "checklist.answered", "list=E2;item=casts;answer=not_possible;reason=broken");
    assert_true(is_open(st, LV, "casts"));
    stage_add(st, LV, "^checklist.answered", "list=E2;item=casts;answer=done");
    assert_false(is_open(st, LV, "casts")); /* own, and not opened to the other side */
    stage_sync(st);
    assert_true(is_open(st, BY, "casts"));
    stage_close(st);
}

static void what_nobody_asked_for_is_listed_once_answered_and_is_never_open(void **state)
{
    (void)state;
    struct stage *st = stage_open("lv-by");
    stage_add(st, LV, "incident.registered", I05);
    size_t asked = list(st, LV).count;
    stage_add(st, LV, "checklist.answered", "list=E8;item=of_no_pack;answer=not_possible;reason=x");
    struct listed l = list(st, LV);
    assert_int_equal(l.count, asked + 1);
    assert_int_equal(open_count(&l), asked);
    const struct checklist_line *extra = line(&l, "of_no_pack");
    assert_false(extra->asked);
    assert_true(str_is(checklist_line_answer(extra, LV), "not_possible"));
    assert_int_equal(checklist_line_answer(extra, BY).len, 0);
    stage_close(st);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_lines_are_those_of_the_type_in_the_order_of_the_pack),
        cmocka_unit_test(a_line_is_closed_when_one_side_did_it_or_both_explain),
        cmocka_unit_test(the_newest_answer_of_a_side_counts),
        cmocka_unit_test(what_nobody_asked_for_is_listed_once_answered_and_is_never_open),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
