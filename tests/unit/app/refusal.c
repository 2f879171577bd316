#include "refusal.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>
#undef fail /* ours, of base/scope.h */

struct refusal_mark refusal_mark(struct pair *x, size_t post)
{
    struct post *p = x->post[post];
    struct refusal_mark m = {0};
    struct alarm_row *alarms;
    AUTO_SCOPE struct scope *s = scope_open(WORK_BYTES_MAX);
    POST_READING(p);
    struct neighbour *n = post_neighbour(p, STR(""));
    OKAY(store_begin(s, p->store));
    OKAY(store_projections_digest(s, p->store, m.projections));
    store_rollback(p->store);
    OKAY(store_leaf_count(s, p->store, p->journal, &m.own_leaves));
    OKAY(store_leaf_count(s, p->store, n->journal, &m.their_leaves));
    OKAY(store_opening_count(s, p->store, n->journal, n->row.id, &m.openings));
    OKAY(store_alarm_list(s, p->store, &alarms, &m.alarms));
    m.applied = n->applied;
    m.parcel_in = n->row.parcel_in;
    assert_int_equal(m.applied, m.openings);
    assert_int_equal(m.own_leaves, p->leaf_count);
    return m;
}

void refusal_unmoved(const struct refusal_mark *before, const struct refusal_mark *after)
{
    assert_memory_equal(before->projections, after->projections, sizeof before->projections);
    assert_int_equal(before->own_leaves, after->own_leaves);
    assert_int_equal(before->their_leaves, after->their_leaves);
    assert_int_equal(before->openings, after->openings);
    assert_int_equal(before->parcel_in, after->parcel_in);
}

Str refusal_alarm(struct pair *x, size_t post)
{
    struct post_figures figures;
    OKAY(post_figures(x->s, x->post[post], &figures));
    return figures.alarm;
}

void refusal_expect(struct pair *x, struct forged *f, const struct secret_key *key, Status reason)
{
    struct exchange_result result;
    size_t to = f->to == x->post[1];
    struct refusal_mark before = refusal_mark(x, to);
    Status status = forged_send(f, key, &result);
    if (status != reason) fprintf(stderr, "# %s: %s\n", status_name(status), scope_reason(x->s));
    assert_int_equal(status, reason);
    assert_string_not_equal(scope_reason(x->s), "");
    struct refusal_mark after = refusal_mark(x, to);
    refusal_unmoved(&before, &after);
}

struct pair *refusal_news(void **state, Str *number)
{
    struct pair *x = *state = pair_open();
    *number = pair_case(x);
    pair_say(x, "lv.duty", "letter.sent", number, "subject=Rail", "text.lv=Viens.", NULL);
    pair_say(x, "lv.duty", "letter.sent", number, "subject=Rail", "text.lv=Divi.", NULL);
    return x;
}

void refusal_equal_views(struct pair *x, Str number)
{
    Str text, lv, by;
    OKAY_IN(x->s, case_common(x->s, x->post[0], number, &text, &lv));
    OKAY_IN(x->s, case_common(x->s, x->post[1], number, &text, &by));
    assert_true(str_eq(lv, by));
}

void refusal_goes_on(struct pair *x, Str number)
{
    pair_sync(x);
    refusal_equal_views(x, number);
    pair_restart(x, 1);
    refusal_equal_views(x, number);
    pair_say(x, "by.duty", "letter.sent", &number, "subject=Rail", "text.ru=Три.", NULL);
    pair_sync(x);
    refusal_equal_views(x, number);
}

/* What the newest receipt of by said: the reason of its only refusal. */
static Str receipt_reason(struct pair *x)
{
    struct post *p = x->post[1];
    struct fact_row *rows;
    size_t count;
    struct fact f;
    POST_READING(p);
    OKAY(store_fact_of_kind(x->s, p->store, p->journal, STR("receipt"), &rows, &count));
    assert_true(count > 0);
    OKAY(fact_read(x->s, p->card.origin, rows[count - 1].record, &f));
    Str reason = fact_get(&f, "reason.1");
    return reason.ptr ? reason : STR("");
}

void refusal_receipt(struct pair *x, Str number, const char *word)
{
    pair_sync(x);
    Str reason = receipt_reason(x);
    assert_string_equal(scope_str(x->s, reason).ptr, word);
    refusal_equal_views(x, number);
}
