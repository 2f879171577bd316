/* The annual report (DOC26): counted from the cases of the year as both sides know them. Declared
 * in app/document.h. */
#include "app/document.h"
#include "app/outside.h"
#include <stdlib.h>

enum { TALLY_MAX = 64, TIMES_MAX = 20000, CASES_AT_ONCE = 200, SMALL = 5 };

struct tally {
    struct {
        Str id;
        size_t count;
    } rows[TALLY_MAX];
    size_t count;
};

/* Lengths of time of one sort, in seconds. */
struct lengths {
    int64_t *list;
    size_t count;
};

enum { SPAN_NOTICE, SPAN_ANSWER, SPAN_INSPECTION, SPAN_APPROVAL, SPAN_CONCLUSION, SPAN_COUNT };

struct annual {
    struct sheet *x;
    int32_t year;
    struct tally types, outcomes, sections, returns, refusals, markers;
    struct lengths spans[SPAN_COUNT];
    size_t cases, inspected, pending, meetings, decided, done, corrections;
    Instant until;
};

static void tally_add(struct tally *t, struct sheet *x, Str id, size_t by)
{
    if (id.len == 0 || by == 0) return;
    for (size_t i = 0; i < t->count; i++)
        if (str_eq(t->rows[i].id, id)) {
            t->rows[i].count += by;
            return;
        }
    if (t->count == TALLY_MAX) return;
    t->rows[t->count].id = sheet_copy(x, id);
    t->rows[t->count++].count = by;
}

static void length_add(struct annual *a, size_t which, Instant from, Instant to)
{
    struct lengths *l = &a->spans[which];
    if (l->count < TIMES_MAX && !instant_before(to, from))
        l->list[l->count++] = (to.us - from.us) / US_PER_SECOND;
}

static bool in_year(Instant at, int32_t year)
{
    char utc[INSTANT_TEXT_MAX];
    uint64_t found;
    instant_format(at, utc);
    return str_u64((Str){utc, 4}, &found) && (int32_t)found == year;
}

static void refusal_add(struct annual *a, const struct entry *e)
{
    bool no =
        str_is(fact_get(e->fact, "answer"), "no") || str_is(fact_get(e->fact, "answer"), "refused");
    if (no || str_is(e->kind, "act.objected")) tally_add(&a->refusals, a->x, e->kind, 1);
}

/* The newest word of each side that made the act stand, after its last signature. */
static void acts_count(struct annual *a, const struct casefile *c)
{
    bool inspected = false;
    for (size_t i = 0; i < c->act_count; i++) {
        const struct act *act = &c->acts[i];
        Instant signed_at = act->draft->at, closed_at = act->draft->at;
        for (size_t n = 0; n < act->signature_count; n++)
            if (instant_before(signed_at, act->signatures[n]->at))
                signed_at = act->signatures[n]->at;
        for (size_t side = 0; side < SIDES; side++)
            if (act->closing_word[side] && instant_before(closed_at, act->closing_word[side]->at))
                closed_at = act->closing_word[side]->at;
        bool both = act->signed_by_side[0] && act->signed_by_side[1];
        if (str_is(act->doc, "DOC05")) {
            inspected = inspected || both;
            if (act->effective) length_add(a, SPAN_APPROVAL, signed_at, closed_at);
            int64_t waited = a->until.us - signed_at.us;
            if (both && !act->effective && !act->superseded && waited > 3 * 86400 * US_PER_SECOND)
                a->pending++;
        }
        if (str_is(act->doc, "DOC09") && act->effective && c->incident)
            length_add(a, SPAN_CONCLUSION, c->incident->at, closed_at);
    }
    a->inspected += inspected;
}

/* From the proposal of an inspection to its answer, and from the answer to the beginning. */
static void answers_count(struct annual *a, const struct casefile *c, const struct entry *e)
{
    if (str_is(e->kind, "proposal.answered")) {
        const struct entry *of = case_entry(c, fact_get(e->fact, "of"));
        if (of) length_add(a, SPAN_ANSWER, of->at, e->at);
    }
    if (str_is(e->kind, "inspection.opened") && c->proposal_answer)
        length_add(a, SPAN_INSPECTION, c->proposal_answer->at, e->at);
}

static void entry_count(struct annual *a, const struct entry *e)
{
    struct sheet *x = a->x;
    refusal_add(a, e);
    if (str_has_prefix(e->kind, "marker.")) tally_add(&a->markers, x, e->kind, 1);
    a->meetings += str_is(e->kind, "meeting.opened");
    a->decided += str_is(e->kind, "decision.recorded");
    a->done += str_is(e->kind, "duty.done");
    a->corrections += str_is(e->kind, "incident.amended") || str_is(e->kind, "release.recalled");
}

static void case_count(struct annual *a, const struct casefile *c)
{
    struct sheet *x = a->x;
    bool told = false;
    a->cases++;
    tally_add(&a->types, x, c->type, 1);
    tally_add(&a->outcomes, x, case_outcome(c), 1);
    tally_add(&a->sections, x, case_incident_value(c, STR("section")), 1);
    for (size_t i = 0; i < c->count; i++) {
        const struct entry *e = c->entries[i];
        entry_count(a, e);
        answers_count(a, c, e);
        if (str_is(e->kind, "notice.sent") && !told) {
            length_add(a, SPAN_NOTICE, c->incident->at, e->at);
            told = true;
        }
    }
    for (size_t i = 0; i < c->offer_count; i++)
        if (c->offers[i].giver_signed && c->offers[i].taker_signed)
            tally_add(&a->returns, x, c->offers[i].what, c->offers[i].item_count);
    acts_count(a, c);
}

static Status newest_find(struct annual *a, const struct casefile *c)
{
    for (size_t i = 0; i < c->count; i++)
        if (instant_before(a->x->made, c->entries[i]->at)) a->x->made = c->entries[i]->at;
    return OK;
}

/* What a case of the year was registered with is copied for the digest; the rest leaves memory. */
static Status case_cite(struct annual *a, const struct casefile *c)
{
    struct entry *e = NEW(a->x->s, struct entry);
    struct fact *f = NEW(a->x->s, struct fact);
    if (e == NULL || f == NULL) return ERR_MEMORY;
    *f = *c->incident->fact;
    f->field_count = 0;
    *e = (struct entry){.fact = f,
                        .party = sheet_copy(a->x, c->incident->party),
                        .at = c->incident->at,
                        .kind = STR("incident.registered")};
    sheet_cite(a->x, e);
    return a->x->status;
}

static Status case_read(struct annual *a, Str number, bool counting)
{
    AUTO_SCOPE struct scope *work = scope_open(WORK_BYTES_MAX);
    struct casefile c;
    struct sheet *x = a->x;
    if (work == NULL) return fail(x->s, ERR_MEMORY, "the machine has no memory left");
    Status status = x->own_side ? case_fold_own(work, x->p, number, &c)
                                : case_fold_common(work, x->p, number, &c);
    if (status == ERR_NOT_FOUND) return OK;
    if (status != OK) return fail(x->s, status, "%s", scope_reason(work));
    if (c.incident == NULL || c.dropped || !in_year(c.incident->at, a->year)) return OK;
    if (!counting) return newest_find(a, &c);
    case_count(a, &c);
    return case_cite(a, &c);
}

/* Twice: what is pending depends on how far the year has come. */
static Status cases_read(struct annual *a, bool counting)
{
    struct sheet *x = a->x;
    for (size_t offset = 0;; offset += CASES_AT_ONCE) {
        struct case_row *rows;
        size_t count;
        TRY(store_case_list(x->s, x->p->store, offset, CASES_AT_ONCE, &rows, &count));
        for (size_t i = 0; i < count; i++)
            TRY(case_read(a, rows[i].number, counting));
        if (count < CASES_AT_ONCE) return OK;
    }
}

/* Meetings, works at markers and decisions outside of cases. */
static Status outside_read(struct annual *a)
{
    struct sheet *x = a->x;
    struct casefile c;
    for (size_t n = 0; n < x->p->neighbour_count; n++) {
        struct neighbour *to = &x->p->neighbours[n];
        TRY(x->own_side ? outside_fold(x->s, x->p, to, &c)
                        : outside_fold_common(x->s, x->p, to, &c));
        for (size_t i = 0; i < c.count; i++)
            if (in_year(c.entries[i]->at, a->year)) entry_count(a, c.entries[i]);
    }
    return OK;
}

static int by_length(const void *p, const void *q)
{
    int64_t a = *(const int64_t *)p, b = *(const int64_t *)q;
    return (a > b) - (a < b);
}

/* "2 h 05 min"; days from 72 hours on. */
static Str length_text(struct sheet *x, int64_t seconds)
{
    int64_t minutes = (seconds + 30) / 60;
    if (minutes >= 72 * 60)
        return sheet_printed(x, scope_print(x->s, "%.1f d", (double)minutes / 1440));
    return sheet_printed(x, scope_print(x->s, "%lld h %02lld min", (long long)(minutes / 60),
                                        (long long)(minutes % 60)));
}

/* Numbers of people below five tell of persons: they do not stand in what both sides have. */
static Str number(struct sheet *x, size_t count, bool of_persons)
{
    if (of_persons && count > 0 && count < SMALL && !x->own_side)
        return sheet_printed(x, scope_print(x->s, "1–%d", SMALL - 1));
    return sheet_printed(x, scope_print(x->s, "%zu", count));
}

static void tally_print(struct sheet *x, const char *heading, const struct tally *t,
                        const char *list, const char *prefix)
{
    static const double widths[] = {4, 1};
    static const bool to_right[] = {false, true};
    static const struct paper_table shape = {.columns = 2, .widths = widths, .to_right = to_right};
    sheet_subheading(x, heading);
    if (t->count == 0) {
        sheet_paragraph(x, "value.none");
        return;
    }
    struct paper_cell *cells = sheet_table(x, &shape, t->count);
    if (cells == NULL) return;
    sheet_texts(x, heading, cells[0].text);
    sheet_texts(x, "field.count", cells[1].text);
    for (size_t i = 0; i < t->count; i++) {
        struct paper_cell *row = &cells[2 * (i + 1)];
        bool of_persons = str_is(t->rows[i].id, "persons") || str_is(t->rows[i].id, "body");
        for (size_t c = 0; c < 2; c++)
            row[0].text[c] = list ? sheet_title(x, c, list, t->rows[i].id)
                                  : sheet_catalogue(x, c, prefix, t->rows[i].id);
        if (str_eq(row[0].text[0], row[0].text[1])) row[0].text[1] = STR("");
        row[1].text[0] = number(x, t->rows[i].count, of_persons);
    }
}

static void times_print(struct annual *a)
{
    static const char *const keys[SPAN_COUNT] = {"annual.notice", "annual.answer",
                                                 "annual.inspection", "annual.approval",
                                                 "annual.conclusion"};
    struct sheet *x = a->x;
    sheet_heading(x, "field.times");
    sheet_shown(x, STR("times"));
    for (size_t i = 0; i < SPAN_COUNT; i++) {
        struct lengths *l = &a->spans[i];
        if (l->count) qsort(l->list, l->count, sizeof *l->list, by_length);
        Str median = l->count ? length_text(x, l->list[(l->count - 1) / 2]) : STR("—");
        sheet_field(
            x, keys[i],
            sheet_printed(x, scope_print(x->s, "%.*s (n = %zu)", STR_ARG(median), l->count)),
            STR(""));
    }
}

static void count_field(struct sheet *x, const char *key, size_t count)
{
    sheet_field(x, key, number(x, count, false), STR(""));
}

/* The order of lists must not depend on what reached which post first. */
static int by_place(const void *p, const void *q)
{
    const struct entry *a = *(const struct entry *const *)p, *b = *(const struct entry *const *)q;
    int party = str_compare(a->party, b->party);
    if (party) return party;
    return (a->fact->index > b->fact->index) - (a->fact->index < b->fact->index);
}

static void tally_sort(struct tally *t)
{
    for (size_t i = 1; i < t->count; i++)
        for (size_t k = i; k > 0 && str_compare(t->rows[k].id, t->rows[k - 1].id) < 0; k--) {
            Str id = t->rows[k].id;
            size_t count = t->rows[k].count;
            t->rows[k] = t->rows[k - 1];
            t->rows[k - 1].id = id;
            t->rows[k - 1].count = count;
        }
}

static void order(struct annual *a)
{
    struct tally *const tallies[] = {&a->types,   &a->outcomes, &a->sections,
                                     &a->returns, &a->refusals, &a->markers};
    for (size_t i = 0; i < COUNT_OF(tallies); i++)
        tally_sort(tallies[i]);
    if (a->x->cited_count) qsort(a->x->cited, a->x->cited_count, sizeof(*a->x->cited), by_place);
}

static void print(struct annual *a)
{
    static const char *const shown[] = {"cases",   "inspections", "returns",  "refusals",
                                        "markers", "meetings",    "measures", "corrections"};
    struct sheet *x = a->x;
    for (size_t i = 0; i < COUNT_OF(shown); i++)
        sheet_shown(x, str_of(shown[i]));
    sheet_heading(x, "field.cases");
    count_field(x, "annual.registered", a->cases);
    tally_print(x, "annual.by_type", &a->types, "types", NULL);
    tally_print(x, "annual.by_outcome", &a->outcomes, "outcomes", NULL);
    tally_print(x, "annual.by_section", &a->sections, "sections", NULL);
    times_print(a);
    sheet_heading(x, "annual.work");
    Str share = sheet_printed(x, scope_print(x->s, "%zu / %zu", a->inspected, a->cases));
    sheet_field(x, "field.inspections", share, STR(""));
    count_field(x, "annual.pending", a->pending);
    count_field(x, "field.meetings", a->meetings);
    count_field(x, "annual.decided", a->decided);
    count_field(x, "annual.done", a->done);
    count_field(x, "field.corrections", a->corrections);
    tally_print(x, "field.returns", &a->returns, NULL, "value");
    tally_print(x, "field.refusals", &a->refusals, NULL, "kind");
    tally_print(x, "field.markers", &a->markers, NULL, "kind");
    sheet_paragraph(x, "annual.method");
    if (!x->own_side) sheet_paragraph(x, "annual.small");
}

Status document_annual(struct sheet *x, int32_t year, enum act_form form)
{
    struct annual *a = NEW(x->s, struct annual);
    if (a == NULL) return ERR_MEMORY;
    a->x = x;
    a->year = year;
    TRY(sheet_open(x, form));
    for (size_t i = 0; i < SPAN_COUNT; i++) {
        a->spans[i].list = scope_array(x->s, TIMES_MAX, sizeof *a->spans[i].list);
        if (a->spans[i].list == NULL) return ERR_MEMORY;
    }
    TRY(cases_read(a, false));
    a->until = x->made;
    TRY(cases_read(a, true));
    TRY(outside_read(a));
    order(a);
    print(a);
    return x->status;
}
