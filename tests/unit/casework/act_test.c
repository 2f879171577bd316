#include "stage.h"

/* by drafts a DOC05 with two statements, a conclusion and responsibility, and lv has it: "by:2". */
static struct stage *drafted(void)
{
    struct stage *st = stage_open("lv-by");
    stage_add(st, BY, "incident.registered", "type=I05;section=a;counterpart=lv;summary.ru=x");
    stage_add(st, BY, "act.drafted",
              "doc=DOC05;statement.1.ru=a;statement.1.lv=b;statement.2.ru=c;statement.2.lv=d;"
              "statement.2.finding=by:1;conclusion.ru=e;conclusion.lv=f;responsibility=none");
    stage_sync(st);
    return st;
}

/* A fact about the act, and whatever else in `more`. */
static const char *about(struct stage *st, int side, const char *kind, const char *more)
{
    return stage_add(st, side, kind, scope_print(st->s, "act=by:2;%s", more).ptr);
}

static const struct act *act_in(struct stage *st, int side, struct casefile *c)
{
    *c = stage_fold(st, side, 0);
    const struct act *a = act_find(c, STR("by:2"));
    assert_non_null(a);
    return a;
}

static void assert_standing(struct stage *st, int side, const char *key, const char *want)
{
    struct casefile c;
    const struct act *a = act_in(st, side, &c);
    const struct statement *s = act_statement(a, str_of(key));
    assert_non_null(s);
    assert_str(act_standing(st->s, a, s), want);
}

static bool is_effective(struct stage *st, int side)
{
    struct casefile c;
    return act_in(st, side, &c)->effective;
}

static void an_act_has_its_statements_and_what_else_can_be_reserved(void **state)
{
    (void)state;
    static const char *const keys[] = {"1", "2", "conclusion", "responsibility"};
    struct stage *st = drafted();
    struct casefile c;
    const struct act *a = act_in(st, LV, &c);
    assert_int_equal(a->statement_count, COUNT_OF(keys));
    for (size_t i = 0; i < COUNT_OF(keys); i++)
        assert_str(a->statements[i].key, keys[i]);
    assert_null(act_statement(a, STR("outcome")));
    assert_null(act_find(&c, STR("by:1")));
    stage_close(st);
}

static void a_statement_belongs_to_its_drafter_until_the_other_side_speaks(void **state)
{
    (void)state;
    struct stage *st = drafted();
    about(st, BY, "act.position", "statement=1;position=agree");
    assert_standing(st, BY, "1", "only by");
    about(st, LV, "act.position", "statement=1;position=agree");
    about(st, LV, "act.position", "statement=2;position=reserve;text.lv=x");
    stage_sync(st);
    assert_standing(st, BY, "1", "agreed");
    assert_standing(st, BY, "2", "contested");
    assert_standing(st, BY, "conclusion", "only by");
    about(st, LV, "act.signed", "capacity=assistant");
    stage_sync(st);
    assert_standing(st, BY, "conclusion", "agreed");
    assert_standing(st, LV, "2", "contested");
    stage_close(st);
}

static void the_newest_position_of_a_side_counts(void **state)
{
    (void)state;
    struct stage *st = drafted();
    about(st, LV, "act.position", "statement=1;position=reserve;text.lv=x");
    about(st, LV, "act.position", "statement=1;position=agree");
    stage_sync(st);
    assert_standing(st, BY, "1", "agreed");
    about(st, BY, "act.position", "statement=1;position=reserve;text.ru=x");
    stage_sync(st);
    assert_standing(st, LV, "1", "contested");
    stage_close(st);
}

static void a_fact_that_names_another_body_is_not_about_the_act(void **state)
{
    (void)state;
    struct stage *st = drafted();
    about(st, LV, "act.signed",
          "capacity=representative;"
          "body=0000000000000000000000000000000000000000000000000000000000000000");
    about(st, LV, "act.position", "statement=1;position=reserve;body=short");
    stage_sync(st);
    struct casefile c;
    assert_int_equal(act_in(st, BY, &c)->signature_count, 0);
    assert_standing(st, BY, "1", "only by");
    stage_close(st);
}

/* Closing words of both sides in every way they can be given. */
static void an_act_has_effect_with_equal_closing_words_of_both_sides(void **state)
{
    (void)state;
    static const struct {
        const char *words; /* side, kind, capacity, reserved; one a word */
        bool effective;
    } rows[] = {
        {"by:S:representative:1 lv:S:representative:1", true},
        {"by:S:representative:1 lv:S:representative:2", false},
        {"by:S:representative:1 lv:S:deputy:1", true},
        {"by:S:representative:1", false},
        {"by:S:assistant:1 lv:S:assistant:1", false},
        {"by:S:assistant:1 lv:S:assistant:1 by:A::1", false},
        {"by:S:assistant:1 lv:S:assistant:1 by:A::1 lv:A::1", true},
        {"by:S:assistant:1 lv:S:assistant:2 by:A::1 lv:A::1",
         true},                     /* the approvals must be equal */
        {"by:A::1 lv:A::1", false}, /* nothing to approve */
        {"by:A::1 by:S:assistant:1 lv:S:representative:1", true},
        {"by:S:assistant:1 by:A::1 lv:S:representative:1", true},
        {"by:S:assistant:1 by:O::1 by:A::1 lv:S:representative:1", false}, /* the first counts */
        {"by:S:assistant:1 by:A::1 by:O::1 lv:S:representative:1", true},
        {"by:S:representative:1 lv:S:representative:1 lv:O::1", true}, /* and it stays so */
        {"by:S:representative:1 lv:S:representative:2 lv:S:representative:1", true},
        {"lv:S:representative:1 lv:S:representative:1", false},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct stage *st = drafted();
        for (Str rest = str_of(rows[i].words); rest.len;) {
            Str word = str_cut(&rest, ' '), side = str_cut(&word, ':'), kind = str_cut(&word, ':');
            Str capacity = str_cut(&word, ':');
            about(
                st, str_is(side, "lv") ? LV : BY,
                str_is(kind, "S")   ? "act.signed"
                : str_is(kind, "A") ? "act.approved"
                                    : "act.objected",
                scope_print(st->s, "capacity=%.*s;reserved=%.*s", STR_ARG(capacity), STR_ARG(word))
                    .ptr);
        }
        stage_sync(st);
        if (is_effective(st, LV) != rows[i].effective) print_error("%s\n", rows[i].words);
        assert_int_equal(is_effective(st, LV), rows[i].effective);
        assert_int_equal(is_effective(st, BY), rows[i].effective);
        stage_close(st);
    }
}

/* One side signs over and over, with other positions each time; the other's signature shows. */
static void no_side_fills_the_list_of_signatures(void **state)
{
    (void)state;
    struct stage *st = drafted();
    struct casefile c;
    for (int i = 0; i < 3 * CASE_SIGNERS_MAX; i++)
        about(st, BY, "act.signed",
              scope_print(st->s, "capacity=assistant;reserved=1;positions=%d", i / 2).ptr);
    about(st, LV, "act.signed", "capacity=assistant;reserved=1;positions=1");
    about(st, LV, "act.signed", "capacity=assistant;reserved=1;positions=1");
    stage_sync(st);
    const struct act *a = act_in(st, LV, &c);
    assert_int_equal(a->signature_count, CASE_SIGNERS_MAX / 2 + 1);
    size_t of_lv = 0;
    for (size_t i = 0; i < a->signature_count; i++)
        of_lv += str_is(a->signatures[i]->party, "lv");
    assert_int_equal(of_lv, 1);
    about(st, BY, "act.approved", "reserved=1");
    about(st, LV, "act.approved", "reserved=1");
    stage_sync(st);
    assert_true(is_effective(st, LV));
    stage_close(st);
}

static void a_word_counts_only_when_it_is_open(void **state)
{
    (void)state;
    struct stage *st = drafted();
    about(st, BY, "act.signed", "capacity=representative;reserved=1");
    stage_sync(st);
    about(st, LV, "^act.signed", "capacity=representative;reserved=1");
    assert_false(is_effective(st, LV));
    stage_reveal(st, st->count - 1);
    assert_true(is_effective(st, LV)); /* opened, though not delivered */
    assert_false(is_effective(st, BY));
    stage_close(st);
}

static void agreeing_never_blocks_and_reservations_change_the_digest(void **state)
{
    (void)state;
    struct stage *st = drafted();
    Hash positions[3], reserved[3];
    static const char *const more[] = {NULL, "statement=1;position=agree",
                                       "statement=2;position=reserve;text.lv=x"};
    for (size_t i = 0; i < 3; i++) {
        struct casefile c;
        if (more[i]) about(st, LV, "act.position", more[i]);
        const struct act *a = act_in(st, LV, &c);
        assert_ok(act_positions(st->s, &c, a, &positions[i], &reserved[i]));
    }
    assert_false(hash_eq(&positions[0], &positions[1]));
    assert_true(hash_eq(&reserved[0], &reserved[1]));
    assert_false(hash_eq(&positions[1], &positions[2]));
    assert_false(hash_eq(&reserved[1], &reserved[2]));
    stage_close(st);
}

static void both_posts_digest_the_same_positions(void **state)
{
    (void)state;
    struct stage *st = drafted();
    about(st, LV, "act.position", "statement=1;position=reserve;text.lv=x");
    about(st, BY, "act.position", "statement=2;position=reserve;text.ru=x");
    about(st, LV, "^act.position", "statement=2;position=reserve;text.lv=closed");
    stage_sync(st);
    Hash positions[SIDES], reserved[SIDES];
    for (int side = 0; side < SIDES; side++) {
        struct casefile c;
        const struct act *a = act_in(st, side, &c);
        assert_ok(act_positions(st->s, &c, a, &positions[side], &reserved[side]));
    }
    assert_true(hash_eq(&positions[0], &positions[1]));
    assert_true(hash_eq(&reserved[0], &reserved[1]));
    assert_true(hash_eq(&positions[0], &reserved[0])); /* all of them are reservations */
    stage_close(st);
}

static void the_digest_of_no_positions_is_as_it_is_written(void **state)
{
    (void)state;
    struct stage *st = drafted();
    struct casefile c;
    const struct act *a = act_in(st, LV, &c);
    Hash positions, reserved;
    assert_ok(act_positions(st->s, &c, a, &positions, &reserved));
    uint8_t bytes[21 + HASH_BYTES + 4] = "twinpost/positions/1";
    memcpy(bytes + 21, a->draft->fact->body.bytes, HASH_BYTES);
    Hash want = hash_of((Bytes){bytes, sizeof bytes});
    assert_true(hash_eq(&positions, &want));
    assert_true(hash_eq(&reserved, &want));
    stage_close(st);
}

static void a_signed_act_is_superseded_only_by_one_with_effect(void **state)
{
    (void)state;
    struct stage *st = drafted();
    stage_add(st, BY, "act.drafted", "doc=DOC05;statement.1.ru=n;supersedes=by:2");
    struct casefile c;
    assert_true(act_in(st, BY, &c)->superseded);
    assert_str(entry_ref(st->s, act_newest(&c, "DOC05")->draft), "by:3");
    stage_close(st);

    st = drafted();
    about(st, LV, "act.signed", "capacity=assistant");
    stage_add(st, BY, "act.drafted", "doc=DOC05;statement.1.ru=n;supersedes=by:2");
    stage_sync(st);
    assert_false(act_in(st, BY, &c)->superseded);
    stage_add(st, BY, "act.signed", "act=by:3;capacity=representative;reserved=1");
    stage_add(st, LV, "act.signed", "act=by:3;capacity=representative;reserved=1");
    stage_sync(st);
    assert_true(act_in(st, LV, &c)->superseded);
    assert_str(entry_ref(st->s, act_effective(&c, "DOC05")->draft), "by:3");
    assert_null(act_effective(&c, "DOC09"));
    stage_close(st);
}

int main(void)
{
    cmocka_set_message_output(CM_OUTPUT_TAP);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_act_has_its_statements_and_what_else_can_be_reserved),
        cmocka_unit_test(a_statement_belongs_to_its_drafter_until_the_other_side_speaks),
        cmocka_unit_test(the_newest_position_of_a_side_counts),
        cmocka_unit_test(a_fact_that_names_another_body_is_not_about_the_act),
        cmocka_unit_test(an_act_has_effect_with_equal_closing_words_of_both_sides),
        cmocka_unit_test(no_side_fills_the_list_of_signatures),
        cmocka_unit_test(a_word_counts_only_when_it_is_open),
        cmocka_unit_test(agreeing_never_blocks_and_reservations_change_the_digest),
        cmocka_unit_test(both_posts_digest_the_same_positions),
        cmocka_unit_test(the_digest_of_no_positions_is_as_it_is_written),
        cmocka_unit_test(a_signed_act_is_superseded_only_by_one_with_effect),
    };
    return cmocka_run_group_tests_name("act", tests, NULL, NULL);
}
