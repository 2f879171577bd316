/* What must hold at every instant, and what must hold once all was delivered. Declared in
 * schedule.h. */
#include "core/casework/act.h"
#include "schedule.h"
#include "side_inside.h"
#include <inttypes.h>
#include <stdlib.h>

enum { ROWS_MAX = 400, ORDER_MAX = 800 };

/* Who holds an item, as one post says. */
struct row {
    Str number, item, origin, holder;
    bool pledged, handing; /* handing: this post's side has signed it away */
};

/* A fact as it stands in the common order of one case. */
struct standing_place {
    Str number, party;
    uint64_t index;
};

struct sight { /* of one post */
    struct row rows[ROWS_MAX];
    size_t row_count;
    struct standing_place order[ORDER_MAX];
    size_t order_count;
    struct standing_place effective[ROWS_MAX]; /* acts */
    size_t effective_count;
    Str groups[SIDE_NUMBERS_MAX];
};

struct watch {
    struct sight *sights[SIDES], *spare;
    struct sight memory[SIDES + 1];
    struct row agreed[ROWS_MAX]; /* both have named the same holder once */
    size_t agreed_count;
    bool undone; /* something was unlinked, refused or made void: what stood may have gone */
};

static void sight_clear(struct sight *sight)
{
    sight->row_count = sight->order_count = sight->effective_count = 0;
    memset(sight->groups, 0, sizeof sight->groups);
}

struct watch *watch_new(struct scope *s)
{
    struct watch *w = NEW(s, struct watch);
    assert_non_null(w);
    return w;
}

void watch_open(struct playing *y)
{
    struct watch *w = y->watch;
    for (int i = 0; i <= SIDES; i++)
        sight_clear(&w->memory[i]);
    for (int i = 0; i < SIDES; i++)
        w->sights[i] = &w->memory[i];
    w->spare = &w->memory[SIDES];
    w->agreed_count = 0;
    w->undone = false;
}

static int by_text(const void *a, const void *b)
{
    return str_compare(*(const Str *)a, *(const Str *)b);
}

/* The numbers that are one case with this one, in order. */
static Str group_text(struct playing *y, const struct side *d, Str number)
{
    Str group[SIDE_NUMBERS_MAX + 1];
    struct writer w = writer_open(y->s, 4096);
    Str text = STR("");
    size_t count = 0;
    side_group(d, number, group);
    while (group[count].len)
        count++;
    qsort(group, count, sizeof *group, by_text);
    for (size_t i = 0; i < count; i++)
        write_print(&w, "%.*s ", STR_ARG(group[i]));
    return writer_close_str(&w, &text) == OK ? text : STR("");
}

/* Has this side signed the item away, so that both may name themselves? */
static bool is_handing(const struct casefile *c, Str party, Str item)
{
    for (size_t i = 0; i < c->offer_count; i++) {
        const struct offer *o = &c->offers[i];
        bool has = false;
        for (size_t n = 0; n < o->item_count; n++)
            has |= str_eq(o->items[n], item);
        if (has && str_eq(o->entry->party, party) && o->giver_signed) return true;
    }
    return false;
}

static bool rows_add(struct playing *y, const struct side *d, const struct casefile *c, Str number,
                     struct sight *sight)
{
    struct holding *list;
    size_t count;
    if (holdings_list(y->work, c, &list, &count) != OK) return play_wrong(y, "holdings fail");
    for (size_t i = 0; i < count; i++) {
        assert_true(sight->row_count < ROWS_MAX);
        if (!str_eq(list[i].holder, d->party) && !str_eq(list[i].holder, d->other))
            return play_wrong(y, "%.*s: \"%.*s\" holds %.*s", STR_ARG(number),
                              STR_ARG(list[i].holder), STR_ARG(list[i].item));
        if (list[i].pledged && !is_handing(c, list[i].holder, list[i].item))
            return play_wrong(y, "%.*s is pledged, and its holder has not signed",
                              STR_ARG(list[i].item));
        for (size_t n = 0; n < i; n++)
            if (str_eq(list[n].item, list[i].item) && str_eq(list[n].origin, list[i].origin))
                return play_wrong(y, "%.*s has two holders", STR_ARG(list[i].item));
        sight->rows[sight->row_count++] =
            (struct row){number,
                         list[i].item,
                         list[i].origin,
                         list[i].holder,
                         list[i].pledged,
                         str_eq(list[i].holder, d->party) && is_handing(c, d->party, list[i].item)};
    }
    return true;
}

static const struct standing_place *place_find(const struct standing_place *list, size_t count,
                                               const struct standing_place *p)
{
    for (size_t i = 0; i < count; i++)
        if (list[i].index == p->index && str_eq(list[i].party, p->party) &&
            str_eq(list[i].number, p->number))
            return &list[i];
    return NULL;
}

/* New facts come in between; those that stood keep their order. */
static bool order_check(struct playing *y, const struct sight *before, const struct sight *after)
{
    const struct standing_place *last = NULL;
    for (size_t i = 0; i < before->order_count; i++) {
        const struct standing_place *p = &before->order[i];
        const struct standing_place *now = place_find(after->order, after->order_count, p);
        if (now == NULL)
            return play_wrong(y, "%.*s:%" PRIu64 " has gone from the common view",
                              STR_ARG(p->party), p->index);
        if (last && str_eq(last->number, p->number) && now < last)
            return play_wrong(y, "%.*s:%" PRIu64 " was moved before %.*s:%" PRIu64,
                              STR_ARG(p->party), p->index, STR_ARG(last->party), last->index);
        last = now;
    }
    return true;
}

/* What an author had seen, and what the author's side had opened before, comes first. */
static bool causes_check(struct playing *y, const struct casefile *common)
{
    for (size_t i = 0; i < common->count; i++)
        for (size_t n = i + 1; n < common->count; n++) {
            const struct entry *e = common->entries[i], *later = common->entries[n];
            bool same = str_eq(e->party, later->party);
            if (later->opening < e->opening && same)
                return play_wrong(y, "openings of %.*s stand out of order", STR_ARG(e->party));
            if (!same && later->opening <= e->seen.opening)
                return play_wrong(y, "%.*s:%" PRIu64 " had seen what comes after it",
                                  STR_ARG(e->party), e->fact->index);
        }
    return true;
}

static bool effect_check(struct playing *y, const struct sight *before, const struct sight *after)
{
    for (size_t i = 0; i < before->effective_count; i++)
        if (place_find(after->effective, after->effective_count, &before->effective[i]) == NULL)
            return play_wrong(y, "act %.*s:%" PRIu64 " had effect and has none any more",
                              STR_ARG(before->effective[i].party), before->effective[i].index);
    return true;
}

static bool sight_take(struct playing *y, int side, Str number, struct sight *sight)
{
    struct side *d = &y->sides[side];
    struct casefile own, common;
    if (side_fold(d, number, 0, &own) != OK ||
        case_common_fold(y->work, &own, side_now(d), &common) != OK)
        return play_wrong(y, "case %.*s cannot be folded: %s", STR_ARG(number),
                          scope_reason(y->work));
    if (!causes_check(y, &common)) return false;
    for (size_t i = 0; i < common.count; i++) {
        assert_true(sight->order_count < ORDER_MAX);
        if (common.entries[i]->refused) return play_wrong(y, "what was refused stands");
        sight->order[sight->order_count++] = (struct standing_place){
            number, common.entries[i]->party, common.entries[i]->fact->index};
    }
    for (size_t i = 0; i < common.act_count; i++)
        if (common.acts[i].effective)
            sight->effective[sight->effective_count++] = (struct standing_place){
                number, common.acts[i].draft->party, common.acts[i].draft->fact->index};
    return rows_add(y, d, &own, number, sight);
}

static bool is_undone(const struct side *d)
{
    for (size_t i = 0; i < d->own_count; i++) {
        Str kind = fact_get(&d->own[i].fact, "kind");
        if (d->own[i].refused || str_is(kind, "incident.unlinked") ||
            str_is(kind, "mandate.revoked"))
            return true;
    }
    for (size_t i = 0; i < d->their_count; i++)
        if (d->theirs[i].refused) return true;
    return false;
}

static bool is_same(const struct row *a, const struct row *b)
{
    return str_eq(a->item, b->item) && str_eq(a->origin, b->origin) && str_eq(a->number, b->number);
}

static const struct row *row_find(const struct sight *sight, const struct row *r)
{
    for (size_t i = 0; i < sight->row_count; i++)
        if (is_same(&sight->rows[i], r)) return &sight->rows[i];
    return NULL;
}

/* Where somebody broke the rules, or took a record back, a thing may be spoken of anew. */
static bool is_strict(const struct playing *y)
{
    for (size_t i = 0; i < y->schedule->count; i++) {
        const struct step *step = &y->schedule->steps[i];
        if (step->done && (step->forced || step->sort == STEP_RECALL)) return false;
    }
    return !y->watch->undone;
}

static bool was_agreed(const struct watch *w, const struct row *r)
{
    for (size_t i = 0; i < w->agreed_count; i++)
        if (is_same(&w->agreed[i], r)) return true;
    return false;
}

/* (b) and (c) of facts.md 3. After something was unlinked, the posts speak of the same case only
 * when both know. */
static bool holders_check(struct playing *y)
{
    const struct sight *lv = y->watch->sights[LV], *by = y->watch->sights[BY];
    bool strict = is_strict(y);
    for (size_t i = 0; i < lv->row_count; i++) {
        const struct row *mine = &lv->rows[i], *theirs = row_find(by, mine);
        if (theirs == NULL) continue;
        if (y->watch->undone && !str_eq(group_text(y, &y->sides[LV], mine->number),
                                        group_text(y, &y->sides[BY], mine->number)))
            continue;
        if (str_is(mine->holder, "by") && str_is(theirs->holder, "lv"))
            return play_wrong(y, "each post says that the other side holds %.*s",
                              STR_ARG(mine->item));
        bool known = was_agreed(y->watch, mine);
        if (!known && str_eq(mine->holder, theirs->holder) && y->watch->agreed_count < ROWS_MAX)
            y->watch->agreed[y->watch->agreed_count++] = *mine;
        if (known && str_is(mine->holder, "lv") && str_is(theirs->holder, "by") && !mine->handing &&
            !theirs->handing && strict)
            return play_wrong(y, "both posts say that they hold %.*s, and nobody hands it over",
                              STR_ARG(mine->item));
    }
    return true;
}

bool watch_knows(const struct playing *y, int side, Str item)
{
    const struct sight *sight = y->watch->sights[side];
    for (size_t i = 0; i < sight->row_count; i++)
        if (str_eq(sight->rows[i].item, item)) return true;
    return false;
}

bool watch_side(struct playing *y, int side)
{
    struct sight *now = y->watch->spare, *before = y->watch->sights[side];
    struct side *d = &y->sides[side];
    sight_clear(now);
    y->watch->undone = is_undone(&y->sides[0]) || is_undone(&y->sides[1]);
    for (size_t i = 0; i < d->number_count; i++) {
        now->groups[i] = group_text(y, d, d->numbers[i]);
        if (!sight_take(y, side, d->numbers[i], now)) return false;
        if (before->groups[i].len && !str_eq(before->groups[i], now->groups[i]))
            before->order_count = before->effective_count = 0; /* another case now */
    }
    if (!y->watch->undone && (!order_check(y, before, now) || !effect_check(y, before, now)))
        return false;
    y->watch->sights[side] = now;
    y->watch->spare = before;
    return holders_check(y);
}

static Status limits_write(struct playing *y, struct side *d, const struct casefile *c,
                           struct writer *w)
{
    struct zone zones[SIDES];
    struct duty *list;
    size_t count;
    for (int i = 0; i < SIDES; i++)
        zones[i] = y->zones[str_is(c->parties[i], "lv") ? LV : BY];
    TRY(duties_list(y->work, c, zones, side_now(d), &list, &count));
    for (size_t i = 0; i < count; i++) {
        Str ref = entry_ref(y->work, list[i].start);
        if (list[i].own_only) continue;
        write_print(w, "%.*s from %.*s by %.*s: %s", STR_ARG(list[i].id), STR_ARG(ref),
                    STR_ARG(list[i].owes), duty_state_name(list[i].state));
        if (list[i].has_due) write_print(w, " until %s", instant_str(y->work, list[i].due).ptr);
        write_print(w, "\n");
        y->reached->overdue += list[i].state == DUTY_OVERDUE;
        y->reached->extended += list[i].extensions > 0;
    }
    return OK;
}

static bool is_common_state(enum case_state state)
{
    return state != STATE_DRAFT && state != STATE_REGISTERED && state != STATE_UNILATERAL &&
           state != STATE_SILENT;
}

/* Silence is what one side sees. */
static const char *state_text(const struct casefile *common)
{
    bool silent = common->state == STATE_SILENT;
    return case_state_name(silent ? STATE_NOTIFIED : common->state);
}

static int by_item(const void *a, const void *b)
{
    const struct holding *x = a, *y = b;
    int order = str_compare(x->item, y->item);
    return order ? order : str_compare(x->origin, y->origin);
}

/* All that both posts must say alike about a case, in words. */
static bool account_write(struct playing *y, int side, Str number, uint32_t shuffle, Str *out)
{
    struct side *d = &y->sides[side];
    struct casefile own, common;
    struct holding *holdings;
    size_t count;
    Str text;
    struct writer w = writer_open(y->work, 1 << 22);
    if (side_fold(d, number, shuffle, &own) != OK ||
        side_common(d, number, shuffle, &common) != OK ||
        holdings_list(y->work, &own, &holdings, &count) != OK ||
        limits_write(y, d, &own, &w) != OK || case_common_text(y->work, &common, &text) != OK)
        return play_wrong(y, "case %.*s cannot be told: %s", STR_ARG(number),
                          scope_reason(y->work));
    write_print(&w, "number %.*s type %.*s grave %d dropped %d level %.*s state %s\n",
                STR_ARG(common.number), STR_ARG(common.type), common.grave, common.dropped,
                STR_ARG(common.escalated), state_text(&common));
    write_print(&w, "group %.*s outcome %.*s\n", STR_ARG(group_text(y, d, number)),
                STR_ARG(case_outcome(&common)));
    if (count) qsort(holdings, count, sizeof *holdings, by_item);
    for (size_t i = 0; i < count; i++)
        if (row_find(y->watch->sights[1 - side], &(struct row){.number = number,
                                                               .item = holdings[i].item,
                                                               .origin = holdings[i].origin}))
            write_print(&w, "%.*s of %.*s is held by %.*s\n", STR_ARG(holdings[i].item),
                        STR_ARG(holdings[i].origin), STR_ARG(holdings[i].holder));
    write_str(&w, text);
    return writer_close_str(&w, out) == OK || play_wrong(y, "a text is too long");
}

/* What no closed fact and no lone closing decides, both screens show alike. */
static bool states_compare(struct playing *y, Str number)
{
    struct casefile c[SIDES];
    for (int i = 0; i < SIDES; i++) {
        if (side_fold(&y->sides[i], number, 0, &c[i]) != OK) return play_wrong(y, "no fold");
        if (!is_common_state(c[i].state)) return true;
    }
    return c[0].state == c[1].state ||
           play_wrong(y, "by shows %.*s as %s, lv as %s", STR_ARG(number),
                      case_state_name(c[BY].state), case_state_name(c[LV].state));
}

static bool texts_compare(struct playing *y, Str number, const char *what, Str a, Str b)
{
    Str one = STR(""), other = STR("");
    if (str_eq(a, b)) return true;
    while ((a.len || b.len) && str_eq(one, other)) {
        one = str_cut(&a, '\n');
        other = str_cut(&b, '\n');
    }
    return play_wrong(y, "%s of %.*s: \"%.*s\" and \"%.*s\"", what, STR_ARG(number), STR_ARG(one),
                      STR_ARG(other));
}

static void reached_note(struct playing *y, Str number)
{
    struct casefile c;
    struct holding *list;
    size_t count;
    if (side_fold(&y->sides[LV], number, 0, &c) != OK ||
        holdings_list(y->work, &c, &list, &count) != OK)
        return;
    for (size_t i = 0; i < c.offer_count; i++) {
        y->reached->contested += c.offers[i].contested;
        y->reached->moved += c.offers[i].taker_signed != NULL;
    }
    for (size_t i = 0; i < c.act_count; i++)
        y->reached->effective += c.acts[i].effective;
    for (size_t i = 0; i < c.count; i++)
        y->reached->late += c.entries[i]->late;
    y->reached->closed += c.state == STATE_CLOSED;
    for (size_t i = 0; i < c.count; i++)
        y->reached->linked += str_is(c.entries[i]->kind, "incident.linked");
}

static bool void_note(struct playing *y, struct side *d)
{
    struct entry *list;
    size_t count;
    if (side_entries(d, STR(""), true, &list, &count) != OK) return play_wrong(y, "no entries");
    for (size_t i = 0; i < count; i++) {
        y->reached->void_facts += list[i].is_void;
        y->reached->refused_facts += list[i].refused;
    }
    return true;
}

bool watch_agreement(struct playing *y)
{
    if (!void_note(y, &y->sides[LV])) return false;
    for (int i = 0; i < SIDES; i++) {
        y->sides[i].ahead_s = 0; /* clocks are put right */
        if (!watch_side(y, i)) return false;
    }
    for (size_t i = 0; i <= y->sides[LV].number_count; i++) {
        Str number = i ? y->sides[LV].numbers[i - 1] : STR("");
        Str lv, by, again;
        scope_reset(y->work);
        struct casefile c;
        if (side_common(&y->sides[BY], number, 0, &c) == ERR_NOT_FOUND) continue; /* never opened */
        if (!account_write(y, LV, number, 0, &lv) || !account_write(y, BY, number, 0, &by) ||
            !texts_compare(y, number, "lv and by", lv, by) || !states_compare(y, number))
            return false;
        if (number.len && (!account_write(y, i % 2 ? BY : LV, number, y->schedule->seed, &again) ||
                           !texts_compare(y, number, "another order of facts", lv, again)))
            return false;
        reached_note(y, number);
    }
    return true;
}
