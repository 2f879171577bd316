#include "core/casework/duty.h"
#include "core/casework/act.h"
#include "core/casework/calendar.h"
#include <inttypes.h>
#include <stdlib.h>

static const char *const state_names[DUTY_STATE_COUNT] = {"open", "extended", "overdue", "done",
                                                          "late", "refused",  "lapsed"};

/* The list under construction and what it is made from. */
struct making {
    struct scope *s;
    const struct casefile *c;
    const struct casefile *whole; /* whose sides the zones belong to */
    const struct zone *zones;
    Instant now;
    struct duty *list;
    size_t count, room;
};

const char *duty_state_name(enum duty_state state)
{
    return state_names[state];
}

bool duty_is_open(const struct duty *d)
{
    return d->state == DUTY_OPEN || d->state == DUTY_EXTENDED || d->state == DUTY_OVERDUE;
}

static size_t place_of(const struct casefile *c, const struct entry *e)
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
    return place_of(c, e) > place_of(c, start);
}

/* The draft that a fact about an act names; NULL for any other fact. */
static const struct entry *act_of(const struct casefile *c, const struct entry *e)
{
    Str ref = fact_get(e->fact, "act");
    return ref.len ? case_entry(c, ref) : NULL;
}

static bool matches(const struct casefile *c, const struct entry *e, const struct match *list,
                    size_t count)
{
    for (size_t i = 0; i < count; i++) {
        Str value = fact_get_str(e->fact, list[i].field);
        const struct entry *draft = value.len ? NULL : act_of(c, e);
        if (draft) value = fact_get_str(draft->fact, list[i].field);
        if (value.len == 0) value = STR("no");
        if (!str_eq(value, list[i].value)) return false;
    }
    return true;
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
    return names(ref, start) || (str_is(field, "act") && names(ref, act_of(c, start)));
}

static bool fulfils(const struct casefile *c, const struct duty *d, const struct entry *e)
{
    if (!str_eq(e->party, d->owes) || (!d->own_only && e->opening == 0)) return false;
    for (size_t i = 0; i < d->parameter->done_count; i++) {
        const struct done_rule *r = &d->parameter->done[i];
        if (str_eq(e->kind, r->kind) && matches(c, e, r->where, r->where_count) &&
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

/* What facts say of the duty, in common order; the first end counts. */
static void settle(const struct making *m, struct duty *d)
{
    const struct casefile *c = m->c;
    for (size_t i = 0; i < c->count && d->done == NULL; i++) {
        const struct entry *e = c->entries[i];
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

static Status put(struct making *m, const struct duty *d)
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

static Status add(struct making *m, const struct duty *d)
{
    struct duty settled = *d;
    state_find(m, &settled);
    return put(m, &settled);
}

/* The instant from which the clock runs; false while it waits. */
static bool start_find(const struct parameter *p, const struct entry *start, Instant *out)
{
    static const char *const found[] = {"found_at", "noticed_at", "captured_at"};
    *out = start->at;
    if (p->from_receipt) {
        *out = start->receipt_at;
        return start->has_receipt && start->opening;
    }
    if (str_is(p->start_event, "discovery")) {
        for (size_t i = 0; i < COUNT_OF(found); i++)
            if (instant_parse(fact_get(start->fact, found[i]), out)) break;
    } else if (p->start_field.len && !str_is(p->start_field, "at")) {
        return instant_parse(fact_get_str(start->fact, p->start_field), out);
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
    d.started = from || start_find(p, start, &d.start_at);
    if (from) d.start_at = *from;
    if (d.started && p->has_limit) {
        d.grave = p->has_grave && m->c->grave;
        d.limit = d.grave ? p->limit_grave : p->limit;
        d.limit_due = instant_add(d.start_at, d.limit, zone_of(m->whole, m->zones, owes));
        due_set(m, &d, d.limit_due);
    }
    return add(m, &d);
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
    bool second = place_of(c, a->closing_word[0]) < place_of(c, a->closing_word[1]);
    return a->closing_word[second ? 1 : 0];
}

static Status from_act(struct making *m, const struct parameter *p, const struct act *a)
{
    bool effect = str_is(p->start_event, "act_effective");
    const struct entry *start = effect ? effect_of(m->c, a) : both_signed(m->c, a);
    if (start == NULL || a->superseded || !matches(m->c, start, p->where, p->where_count))
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

static Status from_facts(struct making *m, const struct parameter *p)
{
    for (size_t i = 0; i < m->c->count; i++) {
        const struct entry *e = m->c->entries[i];
        if (str_eq(e->kind, p->start_kind) && matches(m->c, e, p->where, p->where_count))
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
        TRY(add(m, &d));
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

static Status all_arise(struct making *m)
{
    const struct casefile *c = m->c;
    /* Duties that arise from others come in a second turn. */
    for (int turn = 0; turn < 2; turn++) {
        for (size_t i = 0; i < c->pack->parameter_count; i++) {
            const struct parameter *p = &c->pack->parameters[i];
            bool passed = str_has_prefix(p->start_event, "duty_passed:");
            if (passed != (turn == 1) || (p->on.len && !str_is(p->on, "case"))) continue;
            bool acts =
                str_is(p->start_event, "both_signed") || str_is(p->start_event, "act_effective");
            for (size_t n = 0; acts && n < c->act_count; n++)
                TRY(from_act(m, p, &c->acts[n]));
            if (!acts) TRY(passed ? from_passed(m, p) : from_facts(m, p));
        }
    }
    return from_decisions(m);
}

/* The entry of the whole case with the same fact; the common order is the same in both. */
static const struct entry *entry_of(const struct casefile *whole, const struct casefile *common,
                                    const struct entry *e)
{
    return e ? whole->entries[place_of(common, e)] : NULL;
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
            if (own.list[i].own_only) TRY(put(&m, &own.list[i]));
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
