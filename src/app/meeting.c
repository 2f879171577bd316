#include "app/meeting.h"
#include "app/outside.h"
#include "app/words.h"
#include <inttypes.h>
#include <stdlib.h>

enum { CASES_AT_ONCE = 200, CANDIDATES_MAX = 5000 };

struct agenda {
    struct scope *s;
    struct post *p;
    const struct words *words;
    Str language;
    struct agenda_item *list;
    size_t count;
};

const char *agenda_sort_name(enum agenda_sort sort)
{
    static const char *const names[] = {"duty", "statement", "finding"};
    return names[sort];
}

/* Every Str of the item moves into the scope of the whole. */
static Status item_add(struct agenda *g, struct agenda_item item)
{
    Str *const parts[] = {&item.case_number, &item.ref, &item.what, &item.owes, &item.text};
    if (g->count == CANDIDATES_MAX)
        return fail(g->s, ERR_LIMIT, "more than %d open points", CANDIDATES_MAX);
    for (size_t i = 0; i < COUNT_OF(parts); i++) {
        if (parts[i]->len == 0) {
            *parts[i] = STR("");
            continue;
        }
        *parts[i] = scope_str(g->s, *parts[i]);
        if (parts[i]->ptr == NULL) return ERR_MEMORY;
    }
    g->list[g->count++] = item;
    return OK;
}

/* "LV-2026-4F7Q: " before a sentence about a case. */
static Str with_case(const struct agenda *g, Str number, Str text)
{
    return number.len ? scope_print(g->s, "%.*s: %.*s", STR_ARG(number), STR_ARG(text)) : text;
}

static Status duties_gather(struct agenda *g, const struct case_view *v)
{
    for (size_t i = 0; i < v->duty_count; i++) {
        const struct duty *d = &v->duties[i];
        if (d->state != DUTY_OVERDUE || d->own_only) continue;
        Str text = words_get(g->words, "agenda.duty");
        text = words_fill(g->words, text, "{duty}", d->parameter ? d->id : STR(""));
        text = words_fill(g->words, text, "{title}",
                          duty_title(g->s, post_pack(g->p), d, g->language));
        text = words_fill(g->words, text, "{party}", d->owes);
        text = words_fill(g->words, text, "{due}", instant_str(g->s, d->due));
        TRY(item_add(g,
                     (struct agenda_item){.sort = AGENDA_DUTY,
                                          .case_number = v->file.number,
                                          .ref = entry_ref(g->s, d->start),
                                          .what = d->id,
                                          .owes = d->owes,
                                          .has_due = true,
                                          .due = d->due,
                                          .text = with_case(g, v->file.number, str_trim(text))}));
    }
    return OK;
}

/* A statement that only its drafter stands by is open until the act has effect; one that is
 * contested until the joint conclusion has. */
static bool is_open_statement(const struct casefile *c, const struct act *a,
                              const struct statement *st)
{
    if (a->superseded || a->draft->opening == 0) return false;
    if (st->standing == STANDING_ONLY_DRAFTER) return !a->effective;
    return st->standing == STANDING_CONTESTED && act_effective(c, "DOC09") == NULL;
}

static Status statements_gather(struct agenda *g, const struct casefile *c)
{
    for (size_t i = 0; i < c->act_count; i++) {
        const struct act *a = &c->acts[i];
        for (size_t k = 0; k < a->statement_count; k++) {
            const struct statement *st = &a->statements[k];
            bool contested = st->standing == STANDING_CONTESTED;
            if (!is_open_statement(c, a, st)) continue;
            Str ref = entry_ref(g->s, a->draft);
            Str text = words_get(g->words, contested ? "agenda.contested" : "agenda.only");
            text = words_fill(g->words, text, "{statement}", st->key);
            text = words_fill(g->words, text, "{document}", a->doc);
            text = words_fill(g->words, text, "{act}", ref);
            text = words_fill(g->words, text, "{party}", a->draft->party);
            TRY(item_add(g, (struct agenda_item){.sort = AGENDA_STATEMENT,
                                                 .case_number = c->number,
                                                 .ref = ref,
                                                 .what = st->key,
                                                 .text = with_case(g, c->number, text)}));
        }
    }
    return OK;
}

/* Does the other side agree, by its newest answer? */
static bool is_agreed(const struct casefile *c, const struct entry *finding)
{
    bool agreed = false;
    for (size_t i = 0; i < c->opened_count; i++) {
        const struct entry *e = c->entries[i];
        if (str_is(e->kind, "finding.answered") && !str_eq(e->party, finding->party) &&
            case_entry(c, fact_get(e->fact, "of")) == finding)
            agreed = str_is(fact_get(e->fact, "position"), "agree");
    }
    return agreed;
}

static Status findings_gather(struct agenda *g, const struct casefile *c)
{
    if (act_effective(c, "DOC09")) return OK;
    for (size_t i = 0; i < c->opened_count; i++) {
        const struct entry *e = c->entries[i];
        if (!str_is(e->kind, "finding.stated") || is_agreed(c, e)) continue;
        Str number = fact_get(e->fact, "no"), ref = entry_ref(g->s, e);
        Str text = words_get(g->words, "agenda.finding");
        text = words_fill(g->words, text, "{finding}", number.len ? number : ref);
        text = words_fill(g->words, text, "{party}", e->party);
        TRY(item_add(g, (struct agenda_item){.sort = AGENDA_FINDING,
                                             .case_number = c->number,
                                             .ref = ref,
                                             .what = number,
                                             .text = with_case(g, c->number, text)}));
    }
    return OK;
}

static Status view_gather(struct agenda *g, const struct case_view *v)
{
    if (v->file.dropped || v->file.state == STATE_CLOSED) return OK;
    TRY(duties_gather(g, v));
    TRY(statements_gather(g, &v->file));
    return findings_gather(g, &v->file);
}

/* One case, in memory of its own: only what is open goes on. */
static Status case_gather(struct agenda *g, Str number)
{
    AUTO_SCOPE struct scope *work = scope_open(WORK_BYTES_MAX);
    struct case_view v;
    if (work == NULL) return fail(g->s, ERR_MEMORY, "the machine has no memory left");
    Status status = case_view_load(work, g->p, number, &v);
    if (status != OK) return fail(g->s, status, "%s", scope_reason(work));
    return view_gather(g, &v);
}

static int by_weight(const void *a, const void *b)
{
    const struct agenda_item *x = a, *y = b;
    if (x->sort != y->sort) return (int)x->sort - (int)y->sort;
    if (x->has_due && x->due.us != y->due.us) return x->due.us < y->due.us ? -1 : 1;
    int order = str_compare(x->case_number, y->case_number);
    if (order == 0) order = str_compare(x->ref, y->ref);
    return order ? order : str_compare(x->what, y->what);
}

Status meeting_agenda(struct scope *s, struct post *p, Str party, Str language,
                      struct agenda_item **out, size_t *out_count, size_t *out_left)
{
    AUTO_WORDS struct words words = {NULL, NULL};
    struct agenda g = {.s = s, .p = p, .words = &words, .language = language};
    struct case_view outside;
    TRY(words_open(s, p, language, &words));
    g.list = scope_array(s, CANDIDATES_MAX, sizeof *g.list);
    if (g.list == NULL) return ERR_MEMORY;
    TRY(outside_view_load(s, p, party, &outside));
    TRY(view_gather(&g, &outside));
    for (size_t offset = 0, count = 1; count; offset += count) {
        struct case_line *lines;
        TRY(case_lines(s, p, offset, CASES_AT_ONCE, &lines, &count));
        for (size_t i = 0; i < count; i++)
            if (outside.counterpart.len == 0 || str_eq(lines[i].counterpart, outside.counterpart))
                TRY(case_gather(&g, lines[i].number));
    }
    qsort(g.list, g.count, sizeof *g.list, by_weight);
    *out = g.list;
    *out_count = g.count < AGENDA_MAX ? g.count : AGENDA_MAX;
    *out_left = g.count - *out_count;
    return scope_has_lacked(s) ? ERR_MEMORY : OK; /* not an agenda with parts left out */
}

Status meeting_powers(struct scope *s, struct post *p, const Str *participants, size_t count,
                      Instant at, struct power **out, size_t *out_count)
{
    struct officer_view *officers;
    size_t officer_count, n = 0;
    TRY(post_officers(s, p, &officers, &officer_count));
    struct power *list = scope_array(s, officer_count + count + 1, sizeof *list);
    if (list == NULL) return ERR_MEMORY;
    for (size_t i = 0; i < count; i++) {
        size_t before = n;
        struct power none = {.officer = participants[i],
                             .party = STR(""),
                             .name = STR(""),
                             .role = STR(""),
                             .section = STR(""),
                             .acts_for = STR(""),
                             .mandate = STR("")};
        for (size_t k = 0; k < officer_count; k++) {
            const struct officer_view *o = &officers[k];
            if (!str_eq(o->id, participants[i])) continue;
            none.party = o->party;
            none.name = o->name;
            if (o->revoked || o->role.len == 0 || (o->has_to && !instant_before(at, o->to)))
                continue;
            list[n++] = (struct power){.officer = o->id,
                                       .party = o->party,
                                       .name = o->name,
                                       .role = o->role,
                                       .section = o->section,
                                       .acts_for = o->acts_for,
                                       .mandate = o->mandate,
                                       .has_to = o->has_to,
                                       .to = o->to};
        }
        if (n == before) list[n++] = none;
    }
    *out = list;
    *out_count = n;
    return OK;
}
