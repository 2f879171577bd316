/* How a duty ends: facts that fulfil it, words about it, and what time makes of it. Declared in
 * duty_making.h. */
#include "core/casework/act.h"
#include "core/casework/calendar.h"
#include "core/casework/condition.h"
#include "core/casework/duty_making.h"

size_t duty_place_of(const struct casefile *c, const struct entry *e)
{
    size_t i = 0;
    while (i < c->count && c->entries[i] != e)
        i++;
    return i;
}

/* In one journal its own order tells what came first, even when some of it was opened late or
 * never; between two journals the common order does, and what the author had seen for a fact that
 * is not in it. */
static bool is_after(const struct casefile *c, const struct entry *e, const struct entry *start)
{
    if (e == start) return false;
    if (str_eq(e->party, start->party)) return e->fact->index > start->fact->index;
    if (e->opening == 0) return e->seen.opening >= start->opening;
    return duty_place_of(c, e) > duty_place_of(c, start);
}

/* Is this "party:index" the entry? Asked for every pair of fact and duty, so without a search. */
static bool names(Str ref, const struct entry *e)
{
    struct fact_ref r;
    return e && fact_ref_parse(ref, &r) && r.index == e->fact->index && str_eq(r.party, e->party);
}

/* Does the field of a fact name the starting fact, or the same act? */
static bool names_start(const struct casefile *c, const struct entry *e, Str field,
                        const struct entry *start)
{
    Str ref = fact_get_str(e->fact, field);
    return names(ref, start) || (str_is(field, "act") && names(ref, condition_act_of(c, start)));
}

static bool fulfils(const struct casefile *c, const struct duty *d, const struct entry *e)
{
    if (!str_eq(e->party, d->owes) || (!d->own_only && e->opening == 0)) return false;
    for (size_t i = 0; i < d->parameter->done_count; i++) {
        const struct done_rule *r = &d->parameter->done[i];
        if (str_eq(e->kind, r->kind) && condition_holds(c, e, r->where, r->where_count) &&
            (r->ref.len == 0 || names_start(c, e, r->ref, d->start)) && is_after(c, e, d->start))
            return true;
    }
    return false;
}

/* Is a duty.* fact by the side that owes about this duty: its id alone, or with its starting fact?
 */
static bool is_word_about(const struct making *m, const struct duty *d, const struct entry *e)
{
    Str text = fact_get(e->fact, "duty"), of = fact_get(e->fact, "of");
    if (d->owes.len && !str_eq(e->party, d->owes)) return false;
    if (!d->own_only && e->opening == 0) return false;
    if (of.len && !names(of, d->start)) return false;
    if (str_eq(text, d->id)) return is_after(m->c, e, d->start);
    Str id = str_cut(&text, ' ');
    return str_eq(id, d->id) && names(text, d->start);
}

/* Where the side that owes reads its clock; the first side when nobody is named. */
static const struct zone *zone_of(const struct casefile *c, const struct zone *zones, Str party)
{
    int side = case_side(c, party);
    return &zones[side < 0 ? 0 : side];
}

/* Moves a due instant to the next working day at the same time on the clock. */
static void due_set(const struct making *m, struct duty *d, Instant due)
{
    const struct parameter *p = d->parameter;
    d->due = due;
    d->has_due = true;
    if (p == NULL || !p->roll_next) return;
    const struct zone *z = zone_of(m->whole, m->zones, d->owes);
    int32_t second;
    Day day = zone_day(z, due, &second);
    Day working = calendar_next_working(m->c->pack, p->calendar, day);
    d->rolled = day_number(working) != day_number(day);
    if (d->rolled) d->due = zone_instant(z, working, second);
}

void duty_limit_set(const struct making *m, struct duty *d, bool grave)
{
    const struct parameter *p = d->parameter;
    const struct zone *z = zone_of(m->whole, m->zones, d->owes);
    d->grave = grave;
    d->limit = grave ? p->limit_grave : p->limit;
    d->limit_due = instant_add(d->start_at, d->limit, z);
    if (p->working_days && d->limit.days) {
        int32_t second;
        Day day = zone_day(z, d->start_at, &second);
        day = calendar_add_working(m->c->pack, p->calendar, day, d->limit.days);
        d->limit_due = zone_instant(z, day, second);
    }
    due_set(m, d, d->limit_due);
}

/* An extension counts when it is stated in time, moves the end forward, and as often and far as the
 * pack allows. */
static void extend(const struct making *m, struct duty *d, const struct entry *e)
{
    const struct parameter *p = d->parameter;
    Instant until;
    if (p == NULL || !d->has_due || d->extensions >= p->extend_times ||
        !instant_before(e->at, d->due))
        return;
    Instant most = instant_add(d->due, p->extend_by, zone_of(m->whole, m->zones, d->owes));
    if (!instant_parse(fact_get(e->fact, "until"), &until) || instant_before(most, until))
        until = most;
    if (!instant_before(d->due, until)) return;
    due_set(m, d, until);
    d->extensions++;
}

/* On the calendar a fact ends one period only: not one that began after it, and none when the
 * period before took it. */
static bool is_of_another_period(const struct making *m, const struct duty *d,
                                 const struct entry *e)
{
    if (d->parameter == NULL || d->parameter->every.len == 0) return false;
    if (instant_before(e->at, d->start_at)) return true;
    for (size_t i = 0; i < m->count; i++)
        if (m->list[i].parameter == d->parameter && m->list[i].done == e) return true;
    return false;
}

/* What facts say of the duty, in common order; the first end counts. */
static void settle(const struct making *m, struct duty *d)
{
    const struct casefile *c = m->c;
    for (size_t i = 0; i < c->count && d->done == NULL; i++) {
        const struct entry *e = c->entries[i];
        if (is_of_another_period(m, d, e)) continue;
        bool word = str_has_prefix(e->kind, "duty.") && is_word_about(m, d, e);
        bool said = word && (str_is(e->kind, "duty.done") ||
                             (d->own_only && str_is(e->kind, "duty.noted")));
        if (said || (d->parameter && fulfils(c, d, e))) {
            d->done = e;
            d->state = d->has_due && instant_before(d->due, e->at) ? DUTY_LATE_DONE : DUTY_DONE;
        } else if (word && str_is(e->kind, "duty.extended")) {
            extend(m, d, e);
        } else if (word && str_is(e->kind, "duty.refused") &&
                   (d->parameter == NULL || d->parameter->refusable)) {
            d->done = e;
            d->state = DUTY_REFUSED;
        }
    }
}

/* An act that has effect has a closing word of each side, whatever the kind of fact it is. */
static void effect_settles(const struct making *m, struct duty *d)
{
    if (d->parameter == NULL || !str_is(d->parameter->start_event, "both_signed")) return;
    const struct act *a = act_find(m->c, fact_get(d->start->fact, "act"));
    int side = case_side(m->c, d->owes);
    if (a == NULL || !a->effective || side < 0) return;
    d->done = a->closing_word[side];
    d->state = instant_before(d->due, d->done->at) ? DUTY_LATE_DONE : DUTY_DONE;
}

static void state_find(const struct making *m, struct duty *d)
{
    settle(m, d);
    if (d->done == NULL) effect_settles(m, d);
    if (d->done) return;
    /* What this side owes a person does not end with the procedure. */
    bool to_person = d->own_only && fact_has(d->start->fact, "person");
    bool over = (m->c->dropped && !to_person) || (m->c->state == STATE_CLOSED && !d->own_only);
    if (over && d->parameter) {
        d->state = DUTY_LAPSED;
        return;
    }
    d->state = d->extensions ? DUTY_EXTENDED : DUTY_OPEN;
    if (!d->started || !d->has_due) return;
    if (!instant_before(m->now, d->due)) {
        d->state = DUTY_OVERDUE;
        return;
    }
    int64_t all = d->due.us - d->start_at.us, gone = m->now.us - d->start_at.us;
    if (all > 0) d->reminders = (gone >= all / 2) + (gone >= all / 5 * 4);
}

Status duty_keep(struct making *m, const struct duty *d)
{
    if (m->count == m->room) {
        size_t room = m->room ? m->room * 2 : 32;
        struct duty *list = scope_array(m->s, room, sizeof *list);
        if (list == NULL) return ERR_MEMORY;
        if (m->count) memcpy(list, m->list, m->count * sizeof *list);
        m->list = list;
        m->room = room;
    }
    m->list[m->count++] = *d;
    return OK;
}

Status duty_add(struct making *m, const struct duty *d)
{
    struct duty settled = *d;
    state_find(m, &settled);
    return duty_keep(m, &settled);
}
