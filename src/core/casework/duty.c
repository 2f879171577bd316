#include "core/casework/act.h"
#include "core/casework/condition.h"
#include "core/casework/duty_making.h"
#include <inttypes.h>
#include <stdlib.h>

static const char *const state_names[DUTY_STATE_COUNT] = {"open", "extended", "overdue", "done",
                                                          "late", "refused",  "lapsed"};

const char *duty_state_name(enum duty_state state)
{
    return state_names[state];
}

bool duty_is_open(const struct duty *d)
{
    return d->state == DUTY_OPEN || d->state == DUTY_EXTENDED || d->state == DUTY_OVERDUE;
}

/* The instant from which the clock runs; false while it waits. */
static bool start_find(const struct casefile *c, const struct parameter *p,
                       const struct entry *start, Instant *out)
{
    static const char *const found[] = {"found_at", "noticed_at", "captured_at"};
    *out = start->at;
    if (p->from_receipt) {
        *out = start->receipt_at;
        return start->has_receipt && start->opening;
    }
    if (str_is(p->start_event, "discovery")) {
        for (size_t i = 0; i < COUNT_OF(found); i++)
            if (instant_parse(condition_value(c, start, str_of(found[i])), out)) break;
    } else if (p->start_field.len && !str_is(p->start_field, "at")) {
        return instant_parse(condition_value(c, start, p->start_field), out);
    }
    return true;
}

/* One duty of one side. `from` is the instant of an event that is no fact's own, or NULL. */
static Status arise(struct making *m, const struct parameter *p, const struct entry *start,
                    Str owes, const Instant *from)
{
    struct duty d = {.id = p->id, .parameter = p, .start = start, .owes = owes};
    d.own_only = p->own_only || start->opening == 0;
    /* What only this side may know binds only this side. */
    if (owes.len == 0 || (d.own_only && !str_eq(owes, m->c->own_party))) return OK;
    d.started = from || start_find(m->c, p, start, &d.start_at);
    if (from) d.start_at = *from;
    if (d.started && p->has_limit) duty_limit_set(m, &d, p->has_grave && m->c->grave);
    return duty_add(m, &d);
}

/* Does the rule bind this party when `of` is the author of what starts the clock? */
static bool binds(const struct parameter *p, Str party, Str of)
{
    if (str_is(p->owes, "each")) return true;
    return str_eq(party, of) != str_is(p->owes, "counterpart");
}

static Status arise_for_sides(struct making *m, const struct parameter *p,
                              const struct entry *start, const Instant *from)
{
    /* Two linked registrations are one case: only the one that names it binds both sides. */
    if (str_is(p->owes, "each") && str_is(start->kind, "incident.registered") &&
        start != m->c->incident)
        return OK;
    for (int side = 0; side < SIDES; side++)
        if (binds(p, m->c->parties[side], start->party))
            TRY(arise(m, p, start, m->c->parties[side], from));
    return OK;
}

/* The signature with which both sides had signed; NULL while one has not. */
static const struct entry *both_signed(const struct casefile *c, const struct act *a)
{
    bool has[SIDES] = {false, false};
    for (size_t i = 0; i < a->signature_count; i++) {
        int side = case_side(c, a->signatures[i]->party);
        if (side >= 0) has[side] = true;
        if (has[0] && has[1]) return a->signatures[i];
    }
    return NULL;
}

/* A side that signed by assistants only still owes its representative's word. */
static bool is_assistants_side(const struct casefile *c, const struct act *a, int side)
{
    for (size_t i = 0; i < a->signature_count; i++)
        if (case_side(c, a->signatures[i]->party) == side &&
            !str_is(fact_get(a->signatures[i]->fact, "capacity"), "assistant"))
            return false;
    return true;
}

/* The later closing word of an effective act. */
static const struct entry *effect_of(const struct casefile *c, const struct act *a)
{
    if (!a->effective) return NULL;
    bool second = duty_place_of(c, a->closing_word[0]) < duty_place_of(c, a->closing_word[1]);
    return a->closing_word[second ? 1 : 0];
}

static Status from_act(struct making *m, const struct parameter *p, const struct act *a)
{
    bool effect = str_is(p->start_event, "act_effective");
    const struct entry *start = effect ? effect_of(m->c, a) : both_signed(m->c, a);
    if (start == NULL || a->superseded || !condition_holds(m->c, start, p->where, p->where_count))
        return OK;
    if (effect) return arise_for_sides(m, p, start, &start->at);
    for (int side = 0; side < SIDES; side++)
        if (is_assistants_side(m->c, a, side) && binds(p, m->c->parties[side], start->party))
            TRY(arise(m, p, start, m->c->parties[side], &start->at));
    return OK;
}

/* When a duty passes, another arises from the instant at which it was due. */
static Status from_passed(struct making *m, const struct parameter *p)
{
    Str id = p->start_event;
    str_cut(&id, ':');
    size_t before = m->count;
    for (size_t i = 0; i < before; i++) {
        struct duty passed = m->list[i];
        if (!str_eq(passed.id, id) || passed.state != DUTY_OVERDUE) continue;
        bool other = str_is(p->owes, "counterpart");
        Str owes = m->c->parties[(case_side(m->c, passed.owes) == 1) != other];
        TRY(arise(m, p, passed.start, owes, &passed.due));
    }
    return OK;
}

/* Two facts about one proposal are one meeting, whoever opened it. */
static bool is_same_meeting(const struct entry *a, const struct entry *b)
{
    Str proposal = fact_get(a->fact, "proposal");
    return proposal.len && str_eq(proposal, fact_get(b->fact, "proposal"));
}

static bool is_new_meeting(const struct casefile *c, const struct parameter *p, size_t at)
{
    const struct entry *e = c->entries[at];
    if (!str_eq(e->kind, p->start_kind) || !condition_holds(c, e, p->where, p->where_count))
        return false;
    for (size_t i = 0; i < at; i++)
        if (str_eq(c->entries[i]->kind, p->start_kind) && is_same_meeting(c->entries[i], e))
            return false;
    return true;
}

/* "meetings:2": from the second meeting on, unless the joint conclusion had effect before it. */
static Status from_meetings(struct making *m, const struct parameter *p)
{
    const struct casefile *c = m->c;
    const struct act *conclusion = act_effective(c, "DOC09");
    uint64_t wanted = 0, met = 0;
    Str number = p->start_event;
    str_cut(&number, ':');
    if (!str_u64(number, &wanted)) return OK;
    for (size_t i = 0; i < c->count && met < wanted; i++) {
        if (!is_new_meeting(c, p, i) || ++met < wanted) continue;
        if (conclusion && duty_place_of(c, effect_of(c, conclusion)) < i) return OK;
        return arise_for_sides(m, p, c->entries[i], NULL);
    }
    return OK;
}

static Status from_facts(struct making *m, const struct parameter *p)
{
    for (size_t i = 0; i < m->c->count; i++) {
        const struct entry *e = m->c->entries[i];
        if (str_eq(e->kind, p->start_kind) && condition_holds(m->c, e, p->where, p->where_count))
            TRY(arise_for_sides(m, p, e, NULL));
    }
    return OK;
}

/* Decisions of a meeting have an owner (a party or an officer) and a day of their own. */
static Status from_decisions(struct making *m)
{
    for (size_t i = 0; i < m->c->count; i++) {
        const struct entry *e = m->c->entries[i];
        if (!str_is(e->kind, "decision.recorded")) continue;
        struct duty d = {
            .start = e, .started = true, .start_at = e->at, .own_only = e->opening == 0};
        Str owner = fact_get(e->fact, "owner"), ref = entry_ref(m->s, e);
        int side = case_side(m->c, str_cut(&owner, '.'));
        d.owes = side < 0 ? STR("") : m->c->parties[side];
        d.id = scope_print(m->s, "decision %.*s", STR_ARG(ref));
        if (d.id.ptr == NULL) return ERR_MEMORY;
        d.has_due = instant_parse(fact_get(e->fact, "due"), &d.due);
        d.limit_due = d.due;
        TRY(duty_add(m, &d));
    }
    return OK;
}

static int by_due(const void *a, const void *b)
{
    const struct duty *x = a, *y = b;
    if (x->has_due != y->has_due) return x->has_due ? -1 : 1;
    if (x->has_due && x->due.us != y->due.us) return x->due.us < y->due.us ? -1 : 1;
    int order = str_compare(x->id, y->id);
    if (order == 0) order = str_compare(x->owes, y->owes);
    if (order == 0) order = str_compare(x->start->party, y->start->party);
    if (order) return order;
    return (x->start->fact->index > y->start->fact->index) -
           (x->start->fact->index < y->start->fact->index);
}

static Status from_parameter(struct making *m, const struct parameter *p)
{
    bool acts = str_is(p->start_event, "both_signed") || str_is(p->start_event, "act_effective");
    if (str_is(p->on, "none")) return OK;
    /* What belongs to no case is where duties on the calendar come round. */
    if (str_is(p->on, "calendar")) return m->whole->number.len == 0 ? duties_of_calendar(m, p) : OK;
    for (size_t n = 0; acts && n < m->c->act_count; n++)
        TRY(from_act(m, p, &m->c->acts[n]));
    if (acts) return OK;
    if (str_has_prefix(p->start_event, "duty_passed:")) return from_passed(m, p);
    if (str_has_prefix(p->start_event, "meetings:")) return from_meetings(m, p);
    return from_facts(m, p);
}

static Status all_arise(struct making *m)
{
    const struct pack *pack = m->c->pack;
    /* Duties that arise from others come in a second turn. */
    for (int turn = 0; turn < 2; turn++)
        for (size_t i = 0; i < pack->parameter_count; i++) {
            const struct parameter *p = &pack->parameters[i];
            if (str_has_prefix(p->start_event, "duty_passed:") == (turn == 1))
                TRY(from_parameter(m, p));
        }
    return from_decisions(m);
}

/* The entry of the whole case with the same fact; the common order is the same in both. */
static const struct entry *entry_of(const struct casefile *whole, const struct casefile *common,
                                    const struct entry *e)
{
    return e ? whole->entries[duty_place_of(common, e)] : NULL;
}

/* Common duties come from the common view, so that nothing closed can make the posts differ; what
 * binds this side alone comes from all it knows. */
Status duties_list(struct scope *s, const struct casefile *c, const struct zone *zones, Instant now,
                   struct duty **out, size_t *out_count)
{
    struct casefile common;
    TRY(case_common_fold(s, c, now, &common));
    struct making m = {.s = s, .c = &common, .whole = c, .zones = zones, .now = now};
    TRY(all_arise(&m));
    for (size_t i = 0; i < m.count; i++) {
        m.list[i].start = entry_of(c, &common, m.list[i].start);
        m.list[i].done = entry_of(c, &common, m.list[i].done);
    }
    if (c->own_party.len) {
        struct making own = {.s = s, .c = c, .whole = c, .zones = zones, .now = now};
        TRY(all_arise(&own));
        for (size_t i = 0; i < own.count; i++)
            if (own.list[i].own_only) TRY(duty_keep(&m, &own.list[i]));
    }
    if (m.count) qsort(m.list, m.count, sizeof *m.list, by_due);
    *out = m.list;
    *out_count = m.count;
    return OK;
}

bool duties_earliest(const struct duty *list, size_t count, Str id, Instant *out)
{
    bool any = false;
    for (size_t i = 0; i < count; i++) {
        const struct duty *d = &list[i];
        if (!str_eq(d->id, id) || !d->started || !d->has_due || !duty_is_open(d)) continue;
        if (!any || instant_before(d->due, *out)) *out = d->due;
        any = true;
    }
    return any;
}
