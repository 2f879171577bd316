/* Playing a schedule on posts in memory. Declared in schedule.h. */
#include "schedule.h"

bool play_wrong(struct playing *y, const char *format, ...)
{
    va_list args;
    if (y->problem[0]) return false;
    va_start(args, format);
    vsnprintf(y->problem, sizeof y->problem, format, args);
    va_end(args);
    return false;
}

void play_open(struct playing *y, const struct schedule *schedule,
               const struct founding founding[static SIDES])
{
    scope_reset(y->s);
    y->schedule = schedule;
    y->problem[0] = '\0';
    y->true_us = instant_of(schedule->start).us;
    memset(y->told, 0, sizeof y->told);
    memset(y->parcels, 0, sizeof y->parcels);
    for (int i = 0; i < SIDES; i++) {
        struct side *d = &y->sides[i];
        memset(d, 0, sizeof *d);
        d->s = y->s;
        d->works = &y->work;
        d->pack = y->pack;
        d->ahead_s = schedule->ahead_s[i];
        d->true_us = &y->true_us;
        side_open(d, &founding[i], &founding[1 - i]);
    }
    watch_open(y);
}

/* "^help" is the mandate of the own officer of that name: the third one's stands at index 6. */
static Str mandate_of(struct playing *y, int side, Str name)
{
    static const char *const officers[] = {"duty", "rep", "help", "dpo", "prot"};
    for (unsigned i = 0; i < COUNT_OF(officers); i++)
        if (str_is(name, officers[i]))
            return scope_print(y->s, "%.*s:%u", STR_ARG(y->sides[side].party), 2 * i + 2);
    return name;
}

/* The fields with references in place; false when one names a step that did nothing. */
static bool fields_fill(struct playing *y, const struct step *step, struct name_value *out)
{
    for (size_t i = 0; i < step->field_count; i++) {
        const struct step_field *f = &step->fields[i];
        Str value = f->before;
        if (f->ref >= 0 && y->told[f->ref].ref.len == 0) return false;
        if (f->ref >= 0)
            value = scope_print(y->s, "%.*s%.*s%.*s", STR_ARG(f->before),
                                STR_ARG(y->told[f->ref].ref), STR_ARG(f->after));
        if (str_has_prefix(value, "^"))
            value = mandate_of(y, step->side, (Str){value.ptr + 1, value.len - 1});
        out[i] = (struct name_value){str_of(f->name), value};
    }
    return true;
}

/* What a person may meet; anything else is a fault of the program. */
static bool outcome(struct playing *y, struct step *step, Status status)
{
    static const Status refusals[] = {ERR_SCHEMA,    ERR_ROLE,     ERR_MANDATE, ERR_NOT_FOUND,
                                      ERR_DUPLICATE, ERR_STATE,    ERR_REASON,  ERR_PROTECTION,
                                      ERR_RELEASE,   ERR_SUSPENDED};
    step->done = status == OK;
    y->reached->facts += status == OK;
    y->reached->refusals += status != OK;
    if (status == OK) return true;
    for (size_t i = 0; i < COUNT_OF(refusals); i++)
        if (status == refusals[i]) return true;
    return play_wrong(y, "%s of %s: %s: %s", step->kind ? step->kind : "a step",
                      step->officer ? step->officer : "a post", status_name(status),
                      scope_reason(y->work));
}

static Status release(struct playing *y, const struct step *step, Str ref)
{
    Str fields[STEP_FIELDS_MAX], rest = str_of(step->opens);
    size_t count = 0;
    while (rest.len && count < STEP_FIELDS_MAX)
        fields[count++] = str_cut(&rest, ' ');
    Status status = side_release(&y->sides[step->side], ref, fields, count, step->approvals);
    y->reached->partly += status == OK && !str_is(fields[0], "*");
    return status;
}

static bool say(struct playing *y, struct step *step, size_t i)
{
    struct name_value fields[STEP_FIELDS_MAX + 20];
    struct side *d = &y->sides[step->side];
    struct said said = {.officer = scope_print(y->s, "%.*s.%s", STR_ARG(d->party), step->officer),
                        .kind = str_of(step->kind),
                        .number = STR(""),
                        .fields = fields,
                        .field_count = step->field_count,
                        .forced = step->forced};
    Str ref, number;
    bool is_in_case = step->case_step >= 0;
    if (is_in_case) said.number = y->told[step->case_step].number;
    if ((is_in_case && said.number.len == 0) || !fields_fill(y, step, fields)) return true;
    Status status = side_say(d, &said, &ref, &number);
    if (status == OK) y->told[i] = (struct told){ref, number, step->kind};
    if (!outcome(y, step, status) || status != OK) return status == OK;
    y->reached->forced += step->forced;
    if (step->opens == NULL || step->opens[0] == '\0') return true;
    /* A release that is refused leaves the fact. */
    status = release(y, step, ref);
    bool well = outcome(y, step, status);
    step->done = true;
    return well;
}

static bool take_back(struct playing *y, struct step *step)
{
    struct name_value fields[20] = {{STR("of"), y->told[step->of].ref},
                                    {STR("ground"), STR("error")}};
    struct side *d = &y->sides[step->side];
    struct said said = {.officer = scope_print(y->s, "%.*s.rep", STR_ARG(d->party)),
                        .kind = STR("release.recalled"),
                        .number = y->told[step->of].number,
                        .fields = fields,
                        .field_count = 2};
    Str ref, number;
    Status status = side_say(d, &said, &ref, &number);
    y->reached->recalled += status == OK;
    return outcome(y, step, status);
}

static bool read_parcel(struct playing *y, struct step *step)
{
    struct side *d = &y->sides[step->side];
    const struct parcel *p = y->parcels[step->of];
    Status status = side_read(d, p);
    y->reached->reordered += p->last < d->applied;
    step->done = status == OK;
    /* One of before may still be on its way. */
    if (status == OK || status == ERR_STALE) return true;
    return play_wrong(y, "a parcel: %s: %s", status_name(status), scope_reason(y->work));
}

static bool sync_once(struct playing *y, int from)
{
    Status status = side_read(&y->sides[1 - from], side_write(&y->sides[from], from));
    return status == OK ||
           play_wrong(y, "a parcel: %s: %s", status_name(status), scope_reason(y->work));
}

static bool sync(struct playing *y)
{
    for (int i = 0; i < 3; i++)
        if (!sync_once(y, i % 2) || !watch_side(y, 1 - i % 2)) return false;
    return true;
}

/* A step on a fact that another step stated; nothing happens without that fact. */
static bool on_fact(struct playing *y, struct step *step)
{
    struct side *d = &y->sides[step->side];
    if (y->told[step->of].ref.len == 0) return true;
    if (step->sort == STEP_RELEASE)
        return outcome(y, step, release(y, step, y->told[step->of].ref));
    if (step->sort == STEP_RECALL) return take_back(y, step);
    return outcome(y, step, side_erase(d, y->told[step->of].ref));
}

static bool step_do(struct playing *y, struct step *step, size_t i)
{
    step->done = true;
    switch (step->sort) {
    case STEP_SAY:
        step->done = false;
        return say(y, step, i) || y->problem[0] == '\0';
    case STEP_RELEASE:
    case STEP_RECALL:
    case STEP_ERASE:
        step->done = false;
        return on_fact(y, step);
    case STEP_WRITE:
        y->parcels[i] = side_write(&y->sides[step->side], step->side);
        return true;
    case STEP_READ:
        return y->parcels[step->of] ? read_parcel(y, step) : true;
    case STEP_SYNC:
        return sync(y);
    case STEP_RESTART:
        side_restart(&y->sides[step->side]);
        return true;
    }
    return true;
}

bool play_step(struct playing *y, struct step *step, size_t i)
{
    scope_reset(y->work);
    y->true_us += step->wait_s * US_PER_SECOND;
    if (!step_do(y, step, i)) return false;
    bool changed = step->done && step->sort != STEP_WRITE;
    return !changed || watch_side(y, step->side);
}

static bool resume(struct playing *y, int side)
{
    struct name_value fields[20] = {{STR("reason"), STR("pārbaude")}};
    struct side *d = &y->sides[side];
    struct said said = {.officer = scope_print(y->s, "%.*s.post", STR_ARG(d->party)),
                        .kind = STR("exchange.resumed"),
                        .number = STR(""),
                        .fields = fields,
                        .field_count = 1,
                        .forced = true};
    Str ref, number;
    if (!side_is_suspended(d)) return true;
    Status status = side_say(d, &said, &ref, &number);
    return status == OK || play_wrong(y, "resuming: %s", status_name(status));
}

bool play_end(struct playing *y)
{
    enum { ROUNDS_MAX = 8 };
    scope_reset(y->work);
    if (!resume(y, LV) || !resume(y, BY)) return false;
    for (int i = 0; i < ROUNDS_MAX && (side_waits(&y->sides[0]) || side_waits(&y->sides[1])); i++)
        if (!sync_once(y, i % 2) || !watch_side(y, 1 - i % 2)) return false;
    /* The last parcel says only that all is there. */
    if (!sync_once(y, LV) || !sync_once(y, BY)) return false;
    if (side_waits(&y->sides[0]) || side_waits(&y->sides[1]))
        return play_wrong(y, "the exchange does not end");
    return watch_agreement(y);
}

bool schedule_play(struct playing *y, struct schedule *schedule,
                   const struct founding founding[static SIDES])
{
    play_open(y, schedule, founding);
    for (size_t i = 0; i < schedule->count; i++)
        if (!play_step(y, &schedule->steps[i], i)) return false;
    return play_end(y);
}
