/* Duties that come round with the month or the year. Declared in duty_making.h. */
#include "core/casework/duty_making.h"

/* The day on which the period begins that holds `today`, or `back` periods before. */
static Day period_day(const struct parameter *p, Day today, int back)
{
    Day d = {today.year, p->every_month, p->every_day};
    if (str_is(p->every, "year")) {
        if (day_number(d) > day_number(today)) d.year--;
        d.year -= back;
        return d;
    }
    int64_t month = (int64_t)today.year * 12 + today.month - 1 - back;
    if (p->every_day > today.day) month--;
    return (Day){(int32_t)(month / 12), (uint8_t)(month % 12 + 1), p->every_day};
}

/* The first fact of a party's journal: no duty is older than the post. */
static const struct entry *opened_of(const struct casefile *c, Str party)
{
    for (size_t i = 0; i < c->count; i++)
        if (str_is(c->entries[i]->kind, "post.opened") && str_eq(c->entries[i]->party, party))
            return c->entries[i];
    return NULL;
}

/* This period and the one before it, which may still be unmet. */
static Status arise_for(struct making *m, const struct parameter *p, Str party)
{
    const struct entry *opened = party.len ? opened_of(m->c, party) : NULL;
    int side = case_side(m->whole, party);
    if (opened == NULL || !p->has_limit || side < 0) return OK;
    const struct zone *z = &m->zones[side];
    int32_t second;
    Day today = zone_day(z, m->now, &second);
    for (int back = 1; back >= 0; back--) {
        struct duty d = {.id = p->id, .parameter = p, .start = opened, .owes = party};
        d.own_only = p->own_only;
        d.started = true;
        d.start_at = zone_instant(z, period_day(p, today, back), 0);
        duty_limit_set(m, &d, false);
        if (instant_before(d.due, opened->at)) continue;
        TRY(duty_add(m, &d));
    }
    return OK;
}

Status duties_of_calendar(struct making *m, const struct parameter *p)
{
    for (int side = 0; side < SIDES; side++) {
        Str party = m->c->parties[side];
        bool is_a = m->c->pack->party_count && str_eq(party, m->c->pack->parties[0].id);
        bool owes = str_is(p->owes, "each") || str_is(p->owes, is_a ? "a" : "b");
        if (owes && (!p->own_only || str_eq(party, m->c->own_party))) TRY(arise_for(m, p, party));
    }
    return OK;
}
