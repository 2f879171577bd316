/* The arithmetic of a duty in words. Declared in core/casework/duty.h. */
#include "core/casework/duty.h"
#include <inttypes.h>
#include <stdlib.h>

enum { EXPLANATION_BYTES_MAX = 16 * 1024, SECONDS_A_DAY = 86400 };

static void write_instant(struct writer *w, Instant at)
{
    char text[INSTANT_TEXT_MAX];
    instant_format(at, text);
    write_print(w, "%s", text);
}

static void write_offset(struct writer *w, int32_t offset_s)
{
    int minutes = abs(offset_s) / 60;
    write_print(w, "UTC%c%02d:%02d", offset_s < 0 ? '-' : '+', minutes / 60, minutes % 60);
}

/* "2023-08-30T08:31:00Z, 2023-08-30 11:31:00 in Europe/Riga (UTC+03:00)" */
static void write_both_clocks(struct writer *w, Instant at, const struct zone *z)
{
    int32_t second;
    Day d = zone_day(z, at, &second);
    write_instant(w, at);
    write_print(w, ", %04d-%02u-%02u %02d:%02d:%02d in %.*s (", (int)d.year, (unsigned)d.month,
                (unsigned)d.day, (int)second / 3600, (int)second / 60 % 60, (int)second % 60,
                STR_ARG(z->name.len ? z->name : STR("UTC")));
    write_offset(w, zone_offset_s(z, at));
    write_print(w, ")");
}

/* Hours and minutes of a span of time. */
static void write_span(struct writer *w, int64_t seconds)
{
    write_print(w, "%" PRId64 " h", seconds / 3600);
    if (seconds % 3600) write_print(w, " %" PRId64 " min", seconds / 60 % 60);
    if (seconds % 60) write_print(w, " %" PRId64 " s", seconds % 60);
}

static void write_start(struct writer *w, const struct duty *d, const struct zone *z)
{
    const struct parameter *p = d->parameter;
    write_print(w, "Start: %.*s:%" PRIu64 " (%.*s)", STR_ARG(d->start->party),
                d->start->fact->index, STR_ARG(d->start->kind));
    if (!d->started) {
        write_print(w, p && p->from_receipt
                           ? ". The clock waits for the receipt of the other side's post.\n"
                           : ". The clock waits: the fact does not give the instant.\n");
        return;
    }
    if (p && p->start_event.len)
        write_print(w, ", event %.*s, at ", STR_ARG(p->start_event));
    else if (p && p->from_receipt)
        write_print(w, ", taken by the other side's post at ");
    else if (p && p->start_field.len && !str_is(p->start_field, "at"))
        write_print(w, ", its %.*s, ", STR_ARG(p->start_field));
    else
        write_print(w, ", stated at ");
    write_both_clocks(w, d->start_at, z);
    write_print(w, ".\n");
}

/* Days keep the time on the clock, so a change of clocks makes the elapsed time longer or shorter.
 */
static void write_change_of_clocks(struct writer *w, const struct duty *d, const struct zone *z)
{
    int32_t a = zone_offset_s(z, d->start_at), b = zone_offset_s(z, d->limit_due);
    if (a == b) return;
    write_print(w, "Change of clocks: ");
    write_offset(w, a);
    write_print(w, " at the start, ");
    write_offset(w, b);
    write_print(w, " at the end; the elapsed time is ");
    write_span(w, (d->limit_due.us - d->start_at.us) / US_PER_SECOND);
    write_print(w, ".\n");
}

static void write_limit(struct writer *w, const struct duty *d, const struct zone *z)
{
    write_print(w, "Limit%s: ", d->grave ? " for a grave incident" : "");
    if (d->limit.days) {
        write_print(w, "%d days, the same time on the clock in %.*s", (int)d->limit.days,
                    STR_ARG(z->name.len ? z->name : STR("UTC")));
        if (d->limit.seconds) write_print(w, ", and ");
    }
    if (d->limit.seconds || d->limit.days == 0) {
        write_span(w, d->limit.seconds);
        write_print(w, " of elapsed time");
    }
    write_print(w, ".\n");
    write_change_of_clocks(w, d, z);
}

static void write_due(struct writer *w, const struct duty *d, const struct zone *z)
{
    const struct parameter *p = d->parameter;
    if (!d->has_due) {
        write_print(w, "Due: no instant is fixed.\n");
        return;
    }
    if (d->extensions)
        write_print(w, "Extended: %d time(s) by the side that owes; before, ", d->extensions);
    if (d->extensions) {
        write_both_clocks(w, d->limit_due, z);
        write_print(w, ".\n");
    }
    if (p && d->rolled)
        write_print(w,
                    "Moved: the end fell on a day off (calendar %.*s); the next working day "
                    "counts.\n",
                    STR_ARG(p->calendar));
    else if (p)
        write_print(w, "Moved: no%s.\n",
                    p->roll_next ? ", the end falls on a working day"
                                 : ", the rule does not move for days off");
    write_print(w, "Due: ");
    write_both_clocks(w, d->due, z);
    write_print(w, ".\n");
}

static Str title_of(struct scope *s, const struct casefile *c, const struct parameter *p)
{
    size_t i;
    json_t *item;
    json_array_foreach(json_object_get(c->pack->json, "parameters"), i, item)
    {
        Str id = json_text(s, item, "id");
        if (str_eq(id, p->id)) return json_text(s, json_object_get(item, "title"), "en");
    }
    return (Str){NULL, 0};
}

Status duty_explain(struct scope *s, const struct casefile *c, const struct duty *d,
                    const struct zone *zones, Str *out)
{
    struct writer w = writer_open(s, EXPLANATION_BYTES_MAX);
    const struct parameter *p = d->parameter;
    int side = case_side(c, d->owes);
    const struct zone *z = &zones[side < 0 ? 0 : side];
    Str title = p ? title_of(s, c, p) : fact_get(d->start->fact, "what");
    write_print(&w, "%.*s%s%.*s\n", STR_ARG(d->id), title.len ? " " : "", STR_ARG(title));
    write_print(&w, "Owed by: %.*s%s.\n", STR_ARG(d->owes.len ? d->owes : STR("nobody named")),
                d->own_only ? " (known on this side only)" : "");
    write_start(&w, d, z);
    if (p && d->started && p->has_limit) write_limit(&w, d, z);
    if (d->started) write_due(&w, d, z);
    write_print(&w, "State: %s", duty_state_name(d->state));
    if (d->done) {
        write_print(&w, " by %.*s:%" PRIu64 " (%.*s) at ", STR_ARG(d->done->party),
                    d->done->fact->index, STR_ARG(d->done->kind));
        write_both_clocks(&w, d->done->at, z);
    }
    write_print(&w, ".\n");
    if (p)
        write_print(&w, "Source: %.*s; %s; %s.\n",
                    STR_ARG(p->source.len ? p->source : STR("none given")),
                    p->verified ? "verified" : "not verified",
                    str_is(p->hardness, "soft") ? "a target, not a legal limit" : "a limit");
    else
        write_print(&w, "Source: the decision itself.\n");
    return writer_close_str(&w, out);
}
