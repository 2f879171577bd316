#include "stage.h"

/* lv has a vehicle and offers it; everything is delivered. */
static struct stage *offered(const char **out_offer)
{
    struct stage *st = stage_open("lv-by");
    stage_add(
        st, LV, "incident.registered",
        "type=I16;section=silene;counterpart=by;noticed_at=2023-08-30T06:00:00Z;summary.lv=x");
    stage_add(st, LV, "vehicle.recorded", "item=car;description=red");
    stage_add(st, LV, "object.recorded", "item=boat;description=blue");
    *out_offer = stage_add(st, LV, "handover.offered", "what=property;item.1=car;item.2=boat");
    stage_sync(st);
    return st;
}

static const char *of(struct stage *st, const char *ref, const char *more)
{
    return scope_print(st->s, "of=%s;%s", ref, more).ptr;
}

static void assert_holder(struct stage *st, int side, const char *item, const char *want,
                          bool pledged)
{
    bool is_pledged;
    assert_string_equal(holder_of(st, side, item, &is_pledged), want);
    assert_int_equal(is_pledged, pledged);
}

static bool is_contested(struct stage *st, int side)
{
    struct casefile c = stage_fold(st, side, 0);
    return c.offers[0].contested;
}

static void who_records_an_item_holds_it(void **state)
{
    (void)state;
    const char *offer;
    struct stage *st = offered(&offer);
    assert_holder(st, LV, "car", "lv", false);
    assert_holder(st, BY, "car", "lv", false);
    assert_string_equal(holder_of(st, BY, "moon", NULL), "");
    stage_close(st);
}

static void the_giver_signs_first_and_pledges(void **state)
{
    (void)state;
    const char *offer;
    struct stage *st = offered(&offer);
    stage_add(st, LV, "handover.signed", of(st, offer, ""));
    assert_holder(st, LV, "car", "lv", true);
    assert_holder(st, BY, "car", "lv", false);
    stage_sync(st);
    stage_add(st, BY, "handover.signed", of(st, offer, ""));
    assert_holder(st, BY, "car", "by", false);
    assert_holder(st, LV, "car", "lv", true); /* both name themselves until it is delivered */
    stage_sync(st);
    assert_holder(st, LV, "car", "by", false);
    assert_holder(st, LV, "boat", "by", false);
    stage_close(st);
}

static void a_takers_signature_before_the_givers_is_void(void **state)
{
    (void)state;
    const char *offer;
    struct stage *st = offered(&offer);
    stage_add(st, LV, "handover.signed", of(st, offer, ""));
    stage_add(st, BY, "handover.signed", of(st, offer, "")); /* had not seen the giver's */
    stage_sync(st);
    assert_holder(st, LV, "car", "lv", true);
    assert_holder(st, BY, "car", "lv", true);
    stage_add(st, BY, "handover.signed", of(st, offer, "")); /* and now it has */
    stage_sync(st);
    assert_holder(st, LV, "car", "by", false);
    assert_holder(st, BY, "car", "by", false);
    stage_close(st);
}

/* The common order puts by before lv at equal depth, so only what was seen can tell. */
static void the_order_of_the_journals_names_does_not_make_a_signature_valid(void **state)
{
    (void)state;
    struct stage *st = stage_open("lv-by");
    stage_add(st, BY, "vehicle.recorded", "item=car;description=red");
    const char *offer = stage_add(st, BY, "handover.offered", "what=property;item.1=car");
    stage_sync(st);
    stage_add(st, BY, "handover.signed", of(st, offer, ""));
    stage_add(st, LV, "handover.signed", of(st, offer, ""));
    stage_sync(st);
    assert_holder(st, LV, "car", "by", true);
    assert_holder(st, BY, "car", "by", true);
    stage_close(st);
}

static void a_givers_signature_that_is_not_open_moves_nothing(void **state)
{
    (void)state;
    const char *offer;
    struct stage *st = offered(&offer);
    stage_add(st, LV, "^handover.signed", of(st, offer, ""));
    stage_add(st, BY, "handover.signed", of(st, offer, ""));
    stage_sync(st);
    assert_holder(st, LV, "car", "lv", true);
    assert_holder(st, BY, "car", "lv", false);
    stage_close(st);
}

static void an_item_that_the_taker_leaves_out_stays(void **state)
{
    (void)state;
    const char *offer;
    struct stage *st = offered(&offer);
    stage_add(st, LV, "handover.signed", of(st, offer, ""));
    stage_sync(st);
    stage_add(st, BY, "handover.signed", of(st, offer, "item.1=car"));
    stage_sync(st);
    assert_holder(st, LV, "car", "by", false);
    assert_holder(st, LV, "boat", "lv", false);
    assert_holder(st, BY, "boat", "lv", false);
    stage_close(st);
}

static void an_item_that_the_giver_leaves_out_stays(void **state)
{
    (void)state;
    const char *offer;
    struct stage *st = offered(&offer);
    stage_add(st, LV, "handover.signed", of(st, offer, "item.1=boat"));
    assert_holder(st, LV, "car", "lv", false);
    assert_holder(st, LV, "boat", "lv", true);
    stage_sync(st);
    stage_add(st, BY, "handover.signed", of(st, offer, ""));
    stage_sync(st);
    assert_holder(st, LV, "car", "lv", false);
    assert_holder(st, BY, "boat", "by", false);
    stage_close(st);
}

static void a_withdrawal_that_the_taker_saw_voids_its_signature(void **state)
{
    (void)state;
    const char *offer;
    struct stage *st = offered(&offer);
    stage_add(st, LV, "handover.signed", of(st, offer, ""));
    stage_add(st, LV, "handover.withdrawn", of(st, offer, ""));
    stage_sync(st);
    stage_add(st, BY, "handover.signed", of(st, offer, ""));
    stage_sync(st);
    assert_holder(st, LV, "car", "lv", false);
    assert_holder(st, BY, "car", "lv", false);
    assert_false(is_contested(st, LV));
    stage_close(st);
}

static void a_withdrawal_that_crosses_a_signature_is_void_and_flagged(void **state)
{
    (void)state;
    const char *offer;
    struct stage *st = offered(&offer);
    stage_add(st, LV, "handover.signed", of(st, offer, ""));
    stage_sync(st);
    stage_add(st, LV, "handover.withdrawn", of(st, offer, ""));
    stage_add(st, BY, "handover.signed", of(st, offer, ""));
    assert_holder(st, LV, "car", "lv", false);
    assert_holder(st, BY, "car", "by", false);
    stage_sync(st);
    assert_holder(st, LV, "car", "by", false);
    assert_holder(st, BY, "car", "by", false);
    assert_true(is_contested(st, LV));
    assert_true(is_contested(st, BY));
    stage_close(st);
}

static void a_second_offer_does_not_free_a_pledged_item(void **state)
{
    (void)state;
    const char *offer;
    struct stage *st = offered(&offer);
    stage_add(st, LV, "handover.signed", of(st, offer, ""));
    stage_add(st, LV, "handover.offered", "what=property;item.1=car");
    assert_holder(st, LV, "car", "lv", true);
    stage_close(st);
}

static void who_does_not_hold_a_thing_cannot_give_it(void **state)
{
    (void)state;
    const char *offer;
    struct stage *st = offered(&offer);
    const char *theirs = stage_add(st, BY, "handover.offered", "what=property;item.1=car");
    stage_add(st, BY, "handover.signed", of(st, theirs, ""));
    stage_sync(st);
    assert_holder(st, LV, "car", "lv", false);
    stage_add(st, LV, "handover.signed", of(st, theirs, ""));
    stage_sync(st);
    assert_holder(st, LV, "car", "lv", false);
    assert_holder(st, BY, "car", "lv", false);
    stage_close(st);
}

static void a_silent_record_under_the_same_sign_does_not_split_the_posts(void **state)
{
    (void)state;
    struct stage *st = stage_open("lv-by");
    stage_add(st, LV, "incident.registered", "type=I02;section=silene;counterpart=by;summary.lv=x");
    stage_add(st, BY, "^person.recorded", "person=p1");
    const char *offer = stage_add(st, LV, "handover.offered", "what=persons;item.1=p1");
    stage_sync(st);
    assert_holder(st, BY, "p1", "lv", false);
    stage_add(st, LV, "handover.signed", of(st, offer, ""));
    stage_sync(st);
    stage_add(st, BY, "handover.signed", of(st, offer, ""));
    stage_sync(st);
    assert_holder(st, LV, "p1", "by", false);
    assert_holder(st, BY, "p1", "by", false);
    stage_close(st);
}

/* The two things of one sign that a side knows of: lv's and by's, in that order. */
static const struct holding *two_things(struct stage *st, const struct casefile *c)
{
    struct holding *list;
    size_t count;
    assert_ok(holdings_list(st->s, c, &list, &count));
    assert_int_equal(count, 2);
    assert_str(list[0].origin, "lv");
    assert_str(list[1].origin, "by");
    return list;
}

/* A case of lv that has a green bag of its own. */
static struct stage *green_bag(void)
{
    struct stage *st = stage_open("lv-by");
    stage_add(st, LV, "incident.registered", "type=I20;section=silene;counterpart=by;summary.lv=x");
    stage_add(st, LV, "object.recorded", "item=bag;description=green");
    return st;
}

static void two_sides_that_use_one_sign_mean_two_things(void **state)
{
    (void)state;
    struct stage *st = stage_open("lv-by");
    stage_add(st, LV, "incident.registered", "type=I02;section=silene;counterpart=by;summary.lv=x");
    stage_add(st, LV, "person.recorded", "person=p1");
    stage_sync(st);
    stage_add(st, BY, "person.recorded", "person=p1");
    stage_sync(st);
    const char *offer = stage_add(st, BY, "handover.offered", "what=persons;item.1=p1");
    stage_sync(st);
    stage_add(st, LV, "person.recorded", "person=p1;name.latin=X"); /* later, and of lv's own p1 */
    stage_add(st, BY, "handover.signed", of(st, offer, ""));
    stage_sync(st);
    stage_add(st, LV, "handover.signed", of(st, offer, ""));
    stage_sync(st);
    for (int side = 0; side < SIDES; side++) {
        struct casefile c = stage_fold(st, side, 0);
        const struct holding *list = two_things(st, &c);
        assert_str(list[0].holder, "lv");
        assert_str(list[1].holder, "lv");
        struct offer_things things;
        assert_ok(offer_things(st->s, &c, offer_find(&c, str_of(offer)), &things));
        assert_str(things.items[0].origin, "by");
        assert_str(offer_record(&c, &things, 0)->party, "by");
    }
    stage_close(st);
}

/* Each side gives the other its own thing of that sign: the offers cross, and neither gives back
 * what it has just taken. */
static void offers_that_cross_under_one_sign_mean_each_sides_own(void **state)
{
    static const char *const what = "what=property;item.1=bag";
    (void)state;
    struct stage *st = green_bag();
    stage_add(st, BY, "object.recorded", "item=bag;description=red");
    stage_sync(st);
    const char *green = stage_add(st, LV, "handover.offered", what);
    const char *red = stage_add(st, BY, "handover.offered", what);
    const int turns[4] = {LV, BY, BY, LV};
    for (int i = 0; i < 4; i++) {
        stage_sync(st);
        stage_add(st, turns[i], "handover.signed", of(st, i < 2 ? green : red, ""));
    }
    stage_sync(st);
    for (int side = 0; side < SIDES; side++) {
        struct casefile c = stage_fold(st, side, 0);
        struct offer_things things;
        for (int k = 0; k < 2; k++) {
            assert_ok(offer_things(st->s, &c, offer_find(&c, str_of(k ? red : green)), &things));
            assert_str(things.items[0].origin, k ? "by" : "lv");
            assert_str(things.items[0].holder, k ? "lv" : "by");
        }
    }
    stage_close(st);
}

/* by records a thing of its own under the sign of one that it has not taken yet: taking makes
 * neither of the two nobody's. */
static void a_thing_recorded_before_the_taking_stays(void **state)
{
    (void)state;
    struct stage *st = green_bag();
    const char *offer = stage_add(st, LV, "handover.offered", "what=property;item.1=bag");
    stage_sync(st);
    stage_add(st, BY, "object.recorded", "item=bag;description=red");
    stage_add(st, LV, "handover.signed", of(st, offer, ""));
    stage_sync(st);
    for (int taken = 0; taken < 2; taken++) {
        for (int side = 0; side < SIDES; side++) {
            struct casefile c = stage_fold(st, side, 0);
            const struct holding *list = two_things(st, &c);
            assert_str(list[0].holder, taken ? "by" : "lv");
            assert_int_equal(list[0].pledged, !taken);
            assert_str(list[1].holder, "by");
        }
        if (!taken) stage_add(st, BY, "handover.signed", of(st, offer, ""));
        stage_sync(st);
    }
    stage_close(st);
}

/* lv takes its record back; by, which then knows of no such thing, gives one of its own that sign.
 */
static void a_record_taken_back_does_not_part_the_posts(void **state)
{
    (void)state;
    struct stage *st = stage_open("lv-by");
    stage_add(st, LV, "incident.registered", "type=I16;section=silene;counterpart=by;summary.lv=x");
    const char *record = stage_add(st, LV, "object.recorded", "item=boat;description=red");
    stage_sync(st);
    stage_add(st, LV, "release.recalled", of(st, record, "ground=error"));
    stage_sync(st);
    assert_holder(st, LV, "boat", "lv", false);
    const char *offer = stage_add(st, BY, "handover.offered", "what=property;item.1=boat");
    stage_add(st, BY, "handover.signed", of(st, offer, ""));
    stage_sync(st);
    struct casefile c = stage_fold(st, LV, 0);
    struct holding *list;
    size_t count;
    assert_ok(holdings_list(st->s, &c, &list, &count));
    assert_str(holding_of(list, count, STR("boat"), STR("lv"))->holder, "lv");
    assert_str(holding_of(list, count, STR("boat"), STR("by"))->holder, "by");
    assert_holder(st, BY, "boat", "by", true);
    stage_close(st);
}

/* Else the taker's post would name the giver while the giver's post, which has the signature and
 * does not know of the stolen key, names the taker: the thing would be nobody's. */
static void a_voided_taking_over_counts_until_the_giver_knows(void **state)
{
    (void)state;
    const char *offer;
    struct stage *st = offered(&offer);
    stage_add(st, LV, "handover.signed", of(st, offer, ""));
    stage_sync(st);
    const char *taken = stage_add(st, BY, "handover.signed", of(st, offer, ""));
    stage_sync(st);
    assert_holder(st, LV, "car", "by", false);
    stage_void(st, taken, false);
    assert_holder(st, BY, "car", "by", false);
    stage_void(st, taken, true);
    assert_holder(st, LV, "car", "lv", true);
    assert_holder(st, BY, "car", "lv", true);
    stage_close(st);
}

/* One step of a post that keeps to its own rules (giver first, no disposal of what is pledged, no
 * withdrawal of what the taker has signed), at any moment the network allows. */
static void random_step(struct stage *st, int side, uint32_t *seed)
{
    struct casefile c = stage_fold(st, side, 0);
    bool pledged;
    const char *me = side == LV ? "lv" : "by";
    const char *holder = holder_of(st, side, "car", &pledged);
    if (dice(seed, 4) == 0 && strcmp(holder, me) == 0 && !pledged)
        stage_add(st, side, "handover.offered", "what=property;item.1=car");
    if (c.offer_count == 0) return;
    const struct offer *o = &c.offers[dice(seed, (uint32_t)c.offer_count)];
    const char *ref = entry_ref(st->s, o->entry).ptr;
    bool giver = str_eq(o->entry->party, st->parties[side]);
    switch (dice(seed, 4)) {
    case 0:
        if (giver && o->giver_signed == NULL && strcmp(holder, me) == 0 && !pledged &&
            !o->withdrawn)
            stage_add(st, side, "handover.signed", of(st, ref, ""));
        break;
    case 1:
        if (!giver && o->giver_signed && o->taker_signed == NULL)
            stage_add(st, side, "handover.signed", of(st, ref, ""));
        break;
    case 2:
        if (giver && o->taker_signed == NULL && o->withdrawn == NULL && dice(seed, 2))
            stage_add(st, side, "handover.withdrawn", of(st, ref, ""));
        break;
    default:
        stage_add(st, side, "^finding.stated", "text.lv=a;text.ru=b");
        if (dice(seed, 2)) stage_reveal(st, dice(seed, (uint32_t)st->count));
    }
}

static void check_holders(struct stage *st, uint32_t schedule)
{
    const char *lv = holder_of(st, LV, "car", NULL), *by = holder_of(st, BY, "car", NULL);
    bool one_each = (strcmp(lv, "lv") == 0 || strcmp(lv, "by") == 0) &&
                    (strcmp(by, "lv") == 0 || strcmp(by, "by") == 0 || by[0] == '\0');
    if (!one_each || (strcmp(lv, "by") == 0 && strcmp(by, "lv") == 0))
        print_error("schedule %u: lv names %s, by names %s\n", schedule, lv, by);
    assert_true(one_each);
    assert_false(strcmp(lv, "by") == 0 && strcmp(by, "lv") == 0);
}

static void never_do_both_posts_name_the_other_side(void **state)
{
    (void)state;
    uint32_t moved = 0;
    for (uint32_t schedule = 1; schedule <= 300; schedule++) {
        const char *offer;
        uint32_t seed = schedule * 2654435761u;
        struct stage *st = offered(&offer);
        for (int step = 0; step < 24; step++) {
            int side = (int)dice(&seed, 2);
            random_step(st, side, &seed);
            check_holders(st, schedule);
            uint64_t left = st->opening[side] - st->seen[1 - side];
            if (dice(&seed, 3) == 0)
                stage_deliver_some(st, side, st->seen[1 - side] + dice(&seed, (uint32_t)left + 1),
                                   dice(&seed, 2));
            check_holders(st, schedule);
        }
        stage_sync(st);
        check_holders(st, schedule);
        assert_string_equal(holder_of(st, LV, "car", NULL), holder_of(st, BY, "car", NULL));
        Str text = stage_common_text(st, LV, schedule);
        assert_true(str_eq(text, stage_common_text(st, BY, schedule + 1)));
        moved += strcmp(holder_of(st, LV, "car", NULL), "by") == 0;
        stage_close(st);
    }
    assert_in_range(moved, 30, 290); /* the schedules do reach both ends */
}

int main(void)
{
    cmocka_set_message_output(CM_OUTPUT_TAP);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(who_records_an_item_holds_it),
        cmocka_unit_test(the_giver_signs_first_and_pledges),
        cmocka_unit_test(a_takers_signature_before_the_givers_is_void),
        cmocka_unit_test(the_order_of_the_journals_names_does_not_make_a_signature_valid),
        cmocka_unit_test(a_givers_signature_that_is_not_open_moves_nothing),
        cmocka_unit_test(an_item_that_the_taker_leaves_out_stays),
        cmocka_unit_test(an_item_that_the_giver_leaves_out_stays),
        cmocka_unit_test(a_withdrawal_that_the_taker_saw_voids_its_signature),
        cmocka_unit_test(a_withdrawal_that_crosses_a_signature_is_void_and_flagged),
        cmocka_unit_test(a_second_offer_does_not_free_a_pledged_item),
        cmocka_unit_test(who_does_not_hold_a_thing_cannot_give_it),
        cmocka_unit_test(a_silent_record_under_the_same_sign_does_not_split_the_posts),
        cmocka_unit_test(two_sides_that_use_one_sign_mean_two_things),
        cmocka_unit_test(offers_that_cross_under_one_sign_mean_each_sides_own),
        cmocka_unit_test(a_thing_recorded_before_the_taking_stays),
        cmocka_unit_test(a_record_taken_back_does_not_part_the_posts),
        cmocka_unit_test(a_voided_taking_over_counts_until_the_giver_knows),
        cmocka_unit_test(never_do_both_posts_name_the_other_side),
    };
    return cmocka_run_group_tests_name("handover", tests, NULL, NULL);
}
