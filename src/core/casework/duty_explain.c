/* The arithmetic of a duty in words, a line a step. Declared in core/casework/duty.h. */
#include "base/writer.h"
#include "core/casework/duty.h"
#include <inttypes.h>
#include <stdlib.h>

enum { EXPLANATION_BYTES_MAX = 16 * 1024 };

/* The explanation under construction. */
struct telling {
    struct scope *s;
    const struct phrases *words;
    const struct casefile *c;
    const struct duty *d;
    const struct zone *zone; /* of the side that owes */
    struct writer w;
};

static Str filled(struct telling *t, Str text, const char *gap, Str value)
{
    return phrase_fill(t->words, text, gap, value);
}

/* A sentence of the catalogue with up to two gaps filled, as a line. */
static void tell(struct telling *t, const char *key, const char *gap, Str value, const char *gap2,
                 Str value2)
{
    Str text = phrase(t->words, key);
    if (gap) text = filled(t, text, gap, value);
    if (gap2) text = filled(t, text, gap2, value2);
    write_str(&t->w, text);
    write_print(&t->w, "\n");
}

static void write_offset(struct writer *w, int32_t offset_s)
{
    int minutes = abs(offset_s) / 60;
    write_print(w, "UTC%c%02d:%02d", offset_s < 0 ? '-' : '+', minutes / 60, minutes % 60);
}

static Str offset_text(struct telling *t, Instant at)
{
    Str text;
    struct writer w = writer_open(t->s, 64);
    write_offset(&w, zone_offset_s(t->zone, at));
    return writer_close_str(&w, &text) == OK ? text : STR("");
}

static Str zone_name(const struct zone *z)
{
    return z->name.len ? z->name : STR("UTC");
}

/* "2023-08-30 11:31:00 Europe/Riga (UTC+03:00), 2023-08-30T08:31:00Z" */
static Str time_text(struct telling *t, Instant at)
{
    Str text, utc = instant_str(t->s, at);
    int32_t second;
    Day d = zone_day(t->zone, at, &second);
    struct writer w = writer_open(t->s, 200);
    write_print(&w, "%04d-%02u-%02u %02d:%02d:%02d %.*s (", (int)d.year, (unsigned)d.month,
                (unsigned)d.day, (int)second / 3600, (int)second / 60 % 60, (int)second % 60,
                STR_ARG(zone_name(t->zone)));
    write_offset(&w, zone_offset_s(t->zone, at));
    write_print(&w, "), %.*s", STR_ARG(utc));
    return writer_close_str(&w, &text) == OK ? text : STR("");
}

/* Days, hours and minutes of a span; what is less than a minute is shown as seconds. */
Str duty_span(const struct phrases *words, int64_t seconds)
{
    Str text = STR("");
    const int64_t parts[] = {seconds / 86400, seconds / 3600 % 24, seconds / 60 % 60, seconds % 60};
    static const char *const keys[] = {"count.days", "count.hours", "count.minutes",
                                       "count.seconds"};
    for (size_t i = 0; i < COUNT_OF(keys); i++) {
        if (parts[i] == 0 && !(i == 3 && text.len == 0)) continue;
        Str part = phrase_count(words, keys[i], parts[i]);
        text = scope_print(words->scope, "%.*s%s%.*s", STR_ARG(text), text.len ? " " : "",
                           STR_ARG(part));
    }
    return text;
}

/* Elapsed time as hours and minutes: days of it would be read as days of the calendar. */
static Str elapsed_text(struct telling *t, int64_t seconds)
{
    Str hours = phrase_count(t->words, "count.hours", seconds / 3600);
    if (seconds < 3600) return duty_span(t->words, seconds);
    if (seconds % 3600 == 0) return hours;
    Str rest = duty_span(t->words, seconds % 3600);
    return scope_print(t->s, "%.*s %.*s", STR_ARG(hours), STR_ARG(rest));
}

static Str ref_text(struct telling *t, const struct entry *e)
{
    return scope_print(t->s, "%.*s:%" PRIu64, STR_ARG(e->party), e->fact->index);
}

/* "notice sent": a kind as the catalogue names it. */
static Str kind_text(struct telling *t, Str kind)
{
    Str key = scope_print(t->s, "kind.%.*s", STR_ARG(kind));
    return key.ptr ? phrase(t->words, key.ptr) : kind;
}

/* Says where the fact is: {kind} and {fact} of a sentence. */
static Str with_fact(struct telling *t, Str text, const struct entry *e)
{
    return filled(t, filled(t, text, "{fact}", ref_text(t, e)), "{kind}", kind_text(t, e->kind));
}

static const char *start_key(const struct duty *d)
{
    const struct parameter *p = d->parameter;
    if (!d->started) return p && p->from_receipt ? "explain.waits.receipt" : "explain.waits.field";
    if (p == NULL) return "explain.start.at";
    if (p->every.len) return "explain.start.calendar";
    if (str_is(p->start_event, "discovery")) return "explain.start.discovery";
    if (str_is(p->start_event, "both_signed")) return "explain.start.both_signed";
    if (str_is(p->start_event, "act_effective")) return "explain.start.act_effective";
    if (str_has_prefix(p->start_event, "duty_passed:")) return "explain.start.duty_passed";
    if (str_has_prefix(p->start_event, "meetings:")) return "explain.start.meetings";
    if (p->from_receipt) return "explain.start.receipt";
    bool field = p->start_field.len && !str_is(p->start_field, "at");
    return field ? "explain.start.field" : "explain.start.at";
}

static void tell_start(struct telling *t)
{
    const struct duty *d = t->d;
    Str event = d->parameter ? d->parameter->start_event : STR("");
    Str text = with_fact(t, phrase(t->words, start_key(d)), d->start);
    (void)str_cut(&event, ':');
    text = filled(t, text, "{duty}", event.len ? event : STR(""));
    text = filled(t, text, "{number}", event.len ? event : STR(""));
    if (d->parameter && d->parameter->start_field.len) {
        Str key = scope_print(t->s, "field.%.*s", STR_ARG(d->parameter->start_field));
        text = filled(t, text, "{field}", key.ptr ? phrase(t->words, key.ptr) : STR(""));
    }
    if (d->started) text = filled(t, text, "{time}", time_text(t, d->start_at));
    write_str(&t->w, text);
    write_print(&t->w, "\n");
}

/* The sides whose holidays count, by their parties' ids. */
static Str calendar_text(struct telling *t)
{
    const struct pack *pack = t->c->pack;
    Str calendar = t->d->parameter->calendar;
    if (pack->party_count != 2) return calendar;
    if (str_is(calendar, "both"))
        return scope_print(t->s, "%.*s + %.*s", STR_ARG(pack->parties[0].id),
                           STR_ARG(pack->parties[1].id));
    return pack->parties[str_is(calendar, "b")].id;
}

/* Days keep the time on the clock, so a change of clocks makes the elapsed time longer or shorter.
 */
static void tell_change_of_clocks(struct telling *t)
{
    const struct duty *d = t->d;
    Str from = offset_text(t, d->start_at), to = offset_text(t, d->limit_due);
    if (str_eq(from, to)) return;
    Str text = filled(t, phrase(t->words, "explain.clocks"), "{span}",
                      elapsed_text(t, (d->limit_due.us - d->start_at.us) / US_PER_SECOND));
    text = filled(t, filled(t, text, "{from}", from), "{to}", to);
    write_str(&t->w, text);
    write_print(&t->w, "\n");
}

static void tell_limit(struct telling *t)
{
    const struct duty *d = t->d;
    const char *key = d->parameter->working_days ? "explain.limit.working" : "explain.limit.days";
    if (d->grave) tell(t, "explain.grave", NULL, STR(""), NULL, STR(""));
    if (d->limit.days) {
        Str text = phrase_count(t->words, key, d->limit.days);
        text = filled(t, text, "{zone}", zone_name(t->zone));
        text = filled(t, text, "{calendar}", calendar_text(t));
        write_str(&t->w, text);
        write_print(&t->w, "\n");
    }
    if (d->limit.seconds || d->limit.days == 0)
        tell(t, "explain.limit.time", "{span}", elapsed_text(t, d->limit.seconds), NULL, STR(""));
    tell_change_of_clocks(t);
}

static void tell_due(struct telling *t)
{
    const struct duty *d = t->d;
    const struct parameter *p = d->parameter;
    if (!d->has_due) {
        tell(t, "explain.no_due", NULL, STR(""), NULL, STR(""));
        return;
    }
    if (d->extensions) {
        Str text = phrase_count(t->words, "explain.extended", d->extensions);
        write_str(&t->w, filled(t, text, "{time}", time_text(t, d->limit_due)));
        write_print(&t->w, "\n");
    }
    if (p && d->rolled)
        tell(t, "explain.moved", "{calendar}", calendar_text(t), NULL, STR(""));
    else if (p && !p->working_days)
        tell(t, p->roll_next ? "explain.not_moved" : "explain.never_moves", NULL, STR(""), NULL,
             STR(""));
    tell(t, "explain.due", "{time}", time_text(t, d->due), NULL, STR(""));
}

static void tell_state(struct telling *t, Instant now)
{
    const struct duty *d = t->d;
    Str key = scope_print(t->s, "duty.%s", duty_state_name(d->state));
    Str state = key.ptr ? phrase(t->words, key.ptr) : STR("");
    if (d->done) {
        Str text = filled(t, phrase(t->words, "explain.state_by"), "{state}", state);
        text = filled(t, with_fact(t, text, d->done), "{time}", time_text(t, d->done->at));
        write_str(&t->w, text);
        write_print(&t->w, "\n");
        return;
    }
    tell(t, "explain.state", "{state}", state, NULL, STR(""));
    if (!d->started || !d->has_due || !duty_is_open(d)) return;
    bool over = !instant_before(now, d->due);
    int64_t us = over ? now.us - d->due.us : d->due.us - now.us;
    tell(t, over ? "explain.over" : "explain.left", "{span}",
         duty_span(t->words, us / US_PER_SECOND), NULL, STR(""));
}

/* What the duty officer may do about it: the facts that end it, each named once. */
static void tell_ends(struct telling *t)
{
    const struct parameter *p = t->d->parameter;
    Str kinds = STR("");
    if (p == NULL || !duty_is_open(t->d)) return;
    for (size_t i = 0; i < p->done_count; i++) {
        bool told = false;
        for (size_t n = 0; n < i; n++)
            told = told || str_eq(p->done[n].kind, p->done[i].kind);
        if (told) continue;
        Str kind = kind_text(t, p->done[i].kind);
        kinds =
            scope_print(t->s, "%.*s%s%.*s", STR_ARG(kinds), kinds.len ? ", " : "", STR_ARG(kind));
    }
    if (kinds.len) tell(t, "explain.ends", "{kinds}", kinds, NULL, STR(""));
    if (p->escalates_to.len) {
        bool role = role_bit(p->escalates_to) >= 0;
        Str key = scope_print(t->s, "%s.%.*s", role ? "role" : "level", STR_ARG(p->escalates_to));
        tell(t, "explain.up", "{who}", key.ptr ? phrase(t->words, key.ptr) : STR(""), NULL,
             STR(""));
    }
}

static void tell_source(struct telling *t)
{
    const struct parameter *p = t->d->parameter;
    if (p == NULL) {
        tell(t, "explain.decision", NULL, STR(""), NULL, STR(""));
        return;
    }
    Str hardness = scope_print(t->s, "explain.%.*s", STR_ARG(p->hardness));
    tell(t, "duty.source", "{source}", p->source.len ? p->source : STR("–"), NULL, STR(""));
    tell(t, p->verified ? "explain.verified" : "explain.not_verified", NULL, STR(""), NULL,
         STR(""));
    if (hardness.ptr) tell(t, hardness.ptr, NULL, STR(""), NULL, STR(""));
}

Str duty_title(struct scope *s, const struct pack *pack, const struct duty *d, Str language)
{
    size_t i;
    json_t *item;
    if (d->parameter == NULL) return fact_get(d->start->fact, "what");
    json_array_foreach(json_object_get(pack->json, "parameters"), i, item)
    {
        const json_t *titles = json_object_get(item, "title");
        if (!str_eq(json_text(s, item, "id"), d->parameter->id)) continue;
        Str code = scope_str(s, language);
        Str title = code.ptr ? json_text(s, titles, code.ptr) : code;
        return title.len ? title : json_text(s, titles, "en");
    }
    return (Str){NULL, 0};
}

Status duty_explain(const struct phrases *words, const struct casefile *c, const struct duty *d,
                    const struct zone *zones, Instant now, Str *out)
{
    int side = case_side(c, d->owes);
    struct telling t = {words->scope,
                        words,
                        c,
                        d,
                        &zones[side < 0 ? 0 : side],
                        writer_open(words->scope, EXPLANATION_BYTES_MAX)};
    Str title = duty_title(t.s, c->pack, d, words->language);
    write_print(&t.w, "%.*s%s%.*s\n", STR_ARG(d->id), title.len ? " " : "", STR_ARG(title));
    if (d->owes.len)
        tell(&t, "duty.owes", "{party}", d->owes, NULL, STR(""));
    else
        tell(&t, "explain.owed_by_nobody", NULL, STR(""), NULL, STR(""));
    if (d->own_only) tell(&t, "explain.own_only", NULL, STR(""), NULL, STR(""));
    tell_start(&t);
    if (d->parameter && d->started && d->parameter->has_limit) tell_limit(&t);
    if (d->started) tell_due(&t);
    tell_state(&t, now);
    tell_ends(&t);
    tell_source(&t);
    return writer_close_str(&t.w, out);
}
