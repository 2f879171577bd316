/* Minutes and the calendar file of a meeting. Declared in app/meeting.h. */
#include "app/meeting.h"
#include "app/outside.h"
#include "app/words.h"
#include "core/casework/invitation.h"
#include <inttypes.h>

enum { MINUTES_FIELDS_MAX = 390 };

/* The view in which a fact stands: its case, or what is outside cases. */
static Status view_of(struct scope *s, struct post *p, Str ref, struct case_view *out,
                      const struct entry **out_entry)
{
    struct fact_view f;
    TRY(fact_show(s, p, ref, ROLES_ALL, &f));
    if (f.case_number.len) {
        TRY(case_view_load(s, p, f.case_number, out));
        *out_entry = case_entry(&out->file, ref);
    } else {
        struct neighbour_view *list;
        size_t count;
        TRY(post_neighbours(s, p, &list, &count));
        *out_entry = NULL;
        for (size_t i = 0; i < (count ? count : 1) && *out_entry == NULL; i++) {
            TRY(outside_view_load(s, p, count ? list[i].party : STR(""), out));
            *out_entry = case_entry(&out->file, ref);
        }
    }
    return *out_entry ? OK : fail(s, ERR_NOT_FOUND, "%.*s takes no part any more", STR_ARG(ref));
}

struct drafting {
    struct scope *s;
    const struct post *p;
    const struct pack *pack;
    struct name_value *list;
    size_t count;
    size_t statement, annex;
    Status status;
};

static void put(struct drafting *d, Str name, Str value)
{
    if (value.len == 0 || d->status != OK) return;
    if (d->count == MINUTES_FIELDS_MAX)
        d->status = fail(d->s, ERR_LIMIT, "the meeting has too many points for one record");
    else if (name.ptr == NULL)
        d->status = ERR_MEMORY;
    else
        d->list[d->count++] = (struct name_value){name, value};
}

/* The next statement in every language of acts: a sentence of the catalogue around what was said.
 */
static void put_statement(struct drafting *d, const char *key, const struct fact *f, Str what)
{
    d->statement++;
    for (size_t i = 0; i < d->pack->act_language_count && d->status == OK; i++) {
        AUTO_WORDS struct words words = {NULL, NULL};
        Str language = d->pack->act_languages[i];
        d->status = words_open(d->s, d->p, language, &words);
        if (d->status != OK) return;
        Str text = words_fill(&words, words_get(&words, key), "{what}", what);
        text = words_fill(&words, text, "{owner}", f ? fact_get(f, "owner") : STR(""));
        text = words_fill(&words, text, "{due}", f ? fact_get(f, "due") : STR(""));
        put(d, scope_print(d->s, "statement.%zu.%.*s", d->statement, STR_ARG(language)), text);
    }
}

static void put_list(struct drafting *d, const struct fact *f, const char *name)
{
    Str *items;
    size_t count;
    if (f && d->status == OK) d->status = fact_list(d->s, f, name, &items, &count);
    for (size_t i = 0; f && d->status == OK && i < count; i++)
        put(d, scope_print(d->s, "%s.%zu", name, i + 1), items[i]);
}

static const char *decision_key(const struct fact *f)
{
    if (!fact_has(f, "owner")) return "minutes.decided";
    return fact_has(f, "due") ? "minutes.decided_owner_due" : "minutes.decided_owner";
}

static void put_points(struct drafting *d, const struct casefile *c, const struct entry *meeting,
                       const struct entry *proposal)
{
    Str *points;
    size_t count = 0;
    bool begun = false;
    if (proposal) d->status = fact_list(d->s, proposal->fact, "agenda", &points, &count);
    for (size_t i = 0; i < count && d->status == OK; i++)
        put_statement(d, "minutes.point", NULL, points[i]);
    for (size_t i = 0; i < c->count && d->status == OK; i++) {
        const struct entry *e = c->entries[i];
        if (e == meeting)
            begun = true;
        else if (begun && str_is(e->kind, "meeting.opened"))
            break;
        if (!begun || !str_is(e->kind, "decision.recorded") || !e->opening) continue;
        put_statement(d, decision_key(e->fact), e->fact, fact_get(e->fact, "what"));
        Str ref = entry_ref(d->s, e);
        if (ref.ptr == NULL) d->status = ERR_MEMORY;
        put(d, scope_print(d->s, "annex.%zu", ++d->annex), ref);
    }
}

Status meeting_minutes(struct scope *s, struct post *p, Str meeting_ref, struct name_value **out,
                       size_t *out_count, Str *out_case)
{
    struct case_view v;
    const struct entry *meeting;
    struct drafting d = {.s = s, .p = p, .pack = post_pack(p), .status = OK};
    TRY(view_of(s, p, meeting_ref, &v, &meeting));
    if (!str_is(meeting->kind, "meeting.opened"))
        return fail(s, ERR_USAGE, "minutes begin from meeting.opened");
    const struct entry *proposal = case_entry(&v.file, fact_get(meeting->fact, "proposal"));
    d.list = scope_array(s, MINUTES_FIELDS_MAX, sizeof *d.list);
    if (d.list == NULL) return ERR_MEMORY;
    put(&d, STR("doc"), STR("DOC08"));
    put(&d, STR("version"), STR("1"));
    bool named = fact_has(meeting->fact, "participants.1");
    put_list(&d, proposal && !named ? proposal->fact : meeting->fact, "participants");
    if (proposal) put(&d, STR("place"), fact_get(proposal->fact, "place"));
    if (proposal) put_list(&d, proposal->fact, "agenda");
    put(&d, STR("time_from"), instant_str(s, meeting->at));
    put_points(&d, &v.file, meeting, proposal);
    TRY(d.status);
    *out = d.list;
    *out_count = d.count;
    *out_case = fact_get(meeting->fact, "case");
    return OK;
}

/* What the answers make of the proposal's time; a meeting that was opened on it took place. */
static void answers_read(const struct casefile *c, const struct entry *proposal,
                         struct invitation *i, bool *has_time)
{
    for (size_t k = 0; k < c->opened_count; k++) {
        const struct entry *e = c->entries[k];
        Str answer = fact_get(e->fact, "answer");
        if (str_is(e->kind, "meeting.opened") &&
            case_entry(c, fact_get(e->fact, "proposal")) == proposal) {
            i->status = INVITATION_CONFIRMED;
            i->sequence++;
            i->stamp = e->at;
        }
        if (!str_is(e->kind, "proposal.answered") || str_eq(e->party, proposal->party) ||
            case_entry(c, fact_get(e->fact, "of")) != proposal)
            continue;
        if (instant_parse(fact_get(e->fact, "time"), &i->from)) *has_time = true;
        i->status = str_is(answer, "yes")  ? INVITATION_CONFIRMED
                    : str_is(answer, "no") ? INVITATION_CANCELLED
                                           : INVITATION_TENTATIVE;
        i->sequence++;
        i->stamp = e->at;
    }
}

static Status description_write(struct scope *s, const struct words *words, const struct entry *e,
                                Str *out)
{
    static const struct {
        const char *field, *heading;
    } parts[] = {{"agenda", "field.agenda"}, {"participants", "field.participants"}};
    struct writer w = writer_open(s, 256 * 1024);
    for (size_t i = 0; i < COUNT_OF(parts); i++) {
        Str *items, heading = words_get(words, parts[i].heading);
        size_t count;
        TRY(fact_list(s, e->fact, parts[i].field, &items, &count));
        if (count) write_print(&w, "%s%.*s:\n", w.len ? "\n" : "", STR_ARG(heading));
        for (size_t k = 0; k < count; k++)
            write_print(&w, "%zu. %.*s\n", k + 1, STR_ARG(items[k]));
    }
    return writer_close_str(&w, out);
}

Status meeting_calendar(struct scope *s, struct post *p, Str ref, Str language, Str *out)
{
    AUTO_WORDS struct words words = {NULL, NULL};
    struct case_view v;
    const struct entry *e;
    struct invitation i = {.status = INVITATION_TENTATIVE};
    TRY(view_of(s, p, ref, &v, &e));
    if (str_is(e->kind, "meeting.opened")) e = case_entry(&v.file, fact_get(e->fact, "proposal"));
    if (e == NULL || !str_is(e->kind, "proposal.made"))
        return fail(s, ERR_USAGE, "%.*s is no proposal and no meeting on one", STR_ARG(ref));
    TRY(words_open(s, p, language, &words));
    bool has_time = instant_parse(fact_get(e->fact, "time"), &i.from);
    i.stamp = e->at;
    answers_read(&v.file, e, &i, &has_time);
    if (!has_time) return fail(s, ERR_STATE, "no time has been named yet");
    i.uid = scope_print(s, "%" PRIu64 "@%.*s", e->fact->index, STR_ARG(e->fact->origin));
    Str what =
        words_get(&words, str_is(fact_get(e->fact, "what"), "meeting") ? "calendar.meeting"
                                                                       : "calendar.inspection");
    Str number = fact_get(e->fact, "case");
    i.summary = number.len ? scope_print(s, "%.*s, %.*s", STR_ARG(what), STR_ARG(number)) : what;
    i.place = fact_get(e->fact, "place");
    TRY(description_write(s, &words, e, &i.description));
    if (i.uid.ptr == NULL || i.summary.ptr == NULL) return ERR_MEMORY;
    TRY(invitation_write(s, &i, out));
    return scope_has_lacked(s) ? ERR_MEMORY : OK; /* not an invitation with parts left out */
}
