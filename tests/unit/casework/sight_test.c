/* Who sees how much: the table of roles, and that protected and covert kinds are for their own
 * role. */
#include "core/casework/sight.h"
#include "stage.h"

static Roles role(unsigned number)
{
    return 1u << (number - 1);
}

static void rows_are_those_of_the_table(void **state)
{
    (void)state;
    struct stage *st = stage_open("lv-by");
    const struct kind *finding = pack_kind(&st->pack, STR("finding.stated"));
    static const enum sight own[16] = {0, 3, 3, 3, 3, 2, 3, 3, 2, 0, 3, 3, 2, 2, 2, 2},
                            theirs[16] = {0, 3, 3, 3, 3, 2, 3, 1, 1, 0, 3, 0, 1, 1, 1, 1},
                            outside[16] = {0, 3, 3, 3, 3, 2, 1, 1, 1, 0, 3, 0, 1, 1, 1, 1};
    for (unsigned number = 1; number <= ROLE_COUNT; number++) {
        assert_int_equal(sight_of(finding, true, true, role(number)), own[number]);
        assert_int_equal(sight_of(finding, false, true, role(number)), theirs[number]);
        assert_int_equal(sight_of(finding, false, false, role(number)), outside[number]);
        assert_int_equal(sight_of(NULL, false, true, role(number)), theirs[number]);
    }
    assert_int_equal(sight_of(finding, false, true, role(9) | role(13)), SIGHT_HEAD);
    assert_int_equal(sight_of(finding, false, true, 0), SIGHT_OPEN);
    assert_int_equal(sight_of(finding, false, true, ROLES_ALL), SIGHT_WHOLE);
    assert_int_equal(sight_of(finding, false, true, ROLES_MACHINE), SIGHT_WHOLE);
    stage_close(st);
}

static void what_a_role_may_state_it_may_read(void **state)
{
    (void)state;
    struct stage *st = stage_open("lv-by");
    const struct kind *notice = pack_kind(&st->pack, STR("notice.sent")),
                      *person = pack_kind(&st->pack, STR("person.recorded"));
    assert_int_equal(sight_of(notice, false, true, role(7)), SIGHT_OPEN);
    assert_int_equal(sight_of(notice, false, true, role(8)), SIGHT_HEAD);
    assert_int_equal(sight_of(person, true, true, role(7)), SIGHT_WHOLE);
    assert_true(sight_shows(SIGHT_OPEN, &st->pack, person, STR("person")));
    assert_false(sight_shows(SIGHT_OPEN, &st->pack, person, STR("name.latin")));
    assert_false(sight_shows(SIGHT_OPEN, &st->pack, person, STR("no.such.field")));
    assert_false(sight_shows(SIGHT_OPEN, &st->pack, NULL, STR("person")));
    assert_true(sight_shows(SIGHT_WHOLE, &st->pack, NULL, STR("anything")));
    assert_false(sight_shows(SIGHT_HEAD, &st->pack, person, STR("person")));
    stage_close(st);
}

static void protected_and_covert_facts_are_for_their_own_role(void **state)
{
    (void)state;
    struct stage *st = stage_open("lv-by");
    const struct kind *kept = pack_kind(&st->pack, STR("protection.checked")),
                      *lead = pack_kind(&st->pack, STR("lead.offered"));
    for (unsigned number = 1; number <= ROLE_COUNT; number++)
        for (int own = 0; own < 2; own++) {
            assert_int_equal(sight_of(kept, own, true, role(number)),
                             number == 11 ? SIGHT_WHOLE : 0);
            assert_int_equal(sight_of(lead, own, true, role(number)),
                             number == 9 ? SIGHT_WHOLE : 0);
        }
    assert_int_equal(sight_of(kept, true, true, 0), SIGHT_NONE);
    assert_int_equal(sight_of(kept, true, true, ROLES_MACHINE), SIGHT_NONE);
    assert_int_equal(sight_of(lead, false, true, ROLES_MACHINE), SIGHT_NONE);
    stage_close(st);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_are_those_of_the_table),
        cmocka_unit_test(what_a_role_may_state_it_may_read),
        cmocka_unit_test(protected_and_covert_facts_are_for_their_own_role),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
