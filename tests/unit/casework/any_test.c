/* Whatever the two sides state, honest or not: the fold ends, and both posts come to the same case.
 */
#include "stage.h"

static const char *any_ref(struct stage *st, uint32_t *seed)
{
    static const char *const odd[] = {"", "lv:0", "by:99", "lv:1.type", "xx:1", "nonsense"};
    if (dice(seed, 6) == 0) return odd[dice(seed, COUNT_OF(odd))];
    return scope_print(st->s, "%s:%u", dice(seed, 2) ? "lv" : "by", 1 + dice(seed, 14)).ptr;
}

/* A fact of any kind whose references may be right, wrong or their own. */
static void any_fact(struct stage *st, uint32_t *seed)
{
    static const char *const docs[] = {"DOC05", "DOC09", "DOC08"};
    static const char *const what[] = {"inspection", "meeting", "property"};
    static const char *const answers[] = {"yes", "no", "other_time"};
    static const char *const positions[] = {"agree", "reserve"};
    static const char *const capacities[] = {"assistant", "representative"};
    static const char *const favourites[] = {
        "act.drafted",   "act.signed",        "act.approved",      "act.objected",
        "act.position",  "handover.offered",  "handover.signed",   "handover.withdrawn",
        "proposal.made", "proposal.answered", "notice.sent",       "notice.received",
        "duty.done",     "duty.extended",     "decision.recorded", "case.closed",
        "case.reopened", "incident.amended",  "incident.dropped",  "incident.registered"};
    const char *kind = favourites[dice(seed, COUNT_OF(favourites))];
    if (dice(seed, 4) == 0)
        kind = st->pack.kinds[dice(seed, (uint32_t)st->pack.kind_count)].name.ptr;
    int side = (int)dice(seed, 2);
    uint64_t honest = st->seen[side];
    if (dice(seed, 8) == 0) st->seen[side] = dice(seed, 40);
    st->clock.us += (int64_t)dice(seed, 100) * 3600 * US_PER_SECOND;
    const char *fields =
        scope_print(
            st->s,
            "of=%s;act=%s;supersedes=%s;doc=%s;what=%s;answer=%s;position=%s;capacity=%s;"
            "reserved=%u;statement=%u;statement.1.lv=a;conclusion.ru=b;item.1=car;type=I0%u;"
            "field=%s;value=%s;duty=D%02u;owner=%s;due=%s;level=%u;outcome=O%u;urgent=yes",
            any_ref(st, seed), any_ref(st, seed), any_ref(st, seed), docs[dice(seed, 3)],
            what[dice(seed, 3)], answers[dice(seed, 3)], positions[dice(seed, 2)],
            capacities[dice(seed, 2)], dice(seed, 2), 1 + dice(seed, 2), 1 + dice(seed, 9),
            dice(seed, 2) ? "type" : "armed", dice(seed, 2) ? "I05" : "yes", dice(seed, 26),
            dice(seed, 2) ? "lv.rep" : "by", dice(seed, 2) ? "2023-10-30T07:00:00Z" : "tomorrow",
            dice(seed, 4), dice(seed, 9))
            .ptr;
    stage_add(st, side, scope_print(st->s, "%s%s", dice(seed, 5) ? "" : "^", kind).ptr, fields);
    st->seen[side] = honest;
}

/* The duties that both sides know, as text. */
static Str duties_text(struct stage *st, int side, unsigned order)
{
    struct casefile c = stage_fold(st, side, order);
    struct zone zones[SIDES];
    for (int i = 0; i < SIDES; i++)
        zones[i] = st->zones[str_is(c.parties[i], "lv") ? LV : BY];
    struct duty *list;
    size_t count;
    struct writer w = writer_open(st->s, 1 << 20);
    struct phrases words = stage_phrases(st, "en");
    Str text;
    assert_ok(duties_list(st->s, &c, zones, st->clock, &list, &count));
    for (size_t i = 0; i < count; i++) {
        if (list[i].own_only) continue;
        assert_ok(duty_explain(&words, &c, &list[i], zones, st->clock, &text));
        write_str(&w, text);
    }
    assert_ok(writer_close_str(&w, &text));
    return text;
}

static void any_facts_fold_to_the_same_case_on_both_posts(void **state)
{
    (void)state;
    size_t told = 0, acts = 0;
    for (uint32_t history = 1; history <= 150; history++) {
        uint32_t seed = history * 2654435761u;
        struct stage *st = stage_open("lv-by");
        for (int i = 0; i < 28; i++) {
            any_fact(st, &seed);
            int from = (int)dice(&seed, 2);
            uint64_t left = st->opening[from] - st->seen[1 - from];
            if (dice(&seed, 3) == 0)
                stage_deliver_some(st, from, st->seen[1 - from] + dice(&seed, (uint32_t)left + 1),
                                   true);
        }
        stage_sync(st);
        Str text = stage_common_text(st, LV, 0);
        for (unsigned order = 1; order < 4; order++)
            assert_true(str_eq(text, stage_common_text(st, order % 2 ? BY : LV, order)));
        Str duties = duties_text(st, LV, history);
        if (!str_eq(duties, duties_text(st, BY, history + 1)))
            print_error("history %u:\n%.*s---\n%.*s", history, STR_ARG(duties),
                        STR_ARG(duties_text(st, BY, history + 1)));
        assert_true(str_eq(duties, duties_text(st, BY, history + 1)));
        told += duties.len;
        acts += stage_common(st, LV, 0).act_count;
        stage_close(st);
    }
    assert_true(told > 10000 && acts > 100); /* the histories do say something */
}

int main(void)
{
    cmocka_set_message_output(CM_OUTPUT_TAP);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_facts_fold_to_the_same_case_on_both_posts),
    };
    return cmocka_run_group_tests_name("any", tests, NULL, NULL);
}
