#include "app/case.h"
#include "app/outside.h"
#include "app/words.h"
#include "cli/subcommands.h"

enum { CASES_MAX = 10000 };

/* The words in which duties are told: the language asked for, or English. */
static struct phrases phrases_of(const struct call *c, const struct words *w)
{
    return (struct phrases){c->scope, json_object_get(w->json, "texts"),
                            json_text(c->scope, w->json, "language")};
}

static Status words_of(const struct call *c, const struct post *p, struct words *out)
{
    Str language = call_option(c, "language");
    return words_open(c->scope, p, language.len ? language : STR("en"), out);
}

/* "2023-08-30 14:20 Riga" beside the instant: what the clock shows where it is owed. */
static Str local_time(struct scope *s, const struct zone *z, Instant at)
{
    int32_t second;
    Day d = zone_day(z, at, &second);
    Str city = z->name.len ? z->name : STR("UTC");
    while (memchr(city.ptr, '/', city.len))
        (void)str_cut(&city, '/');
    return scope_print(s, "%04d-%02u-%02u %02d:%02d %.*s", (int)d.year, (unsigned)d.month,
                       (unsigned)d.day, (int)second / 3600, (int)second / 60 % 60, STR_ARG(city));
}

static void put_time(struct call *c, struct post *p, const struct phrases *words, json_t *row,
                     const struct duty *d)
{
    Instant now = post_now(p);
    bool over = !instant_before(now, d->due);
    int64_t left = (over ? now.us - d->due.us : d->due.us - now.us) / US_PER_SECOND;
    if (left >= 86400) left -= left % 3600; /* days and hours tell enough */
    answer_instant(c, row, "due", d->due);
    answer_text(c, row, "local", local_time(c->scope, post_zone(p, d->owes), d->due));
    Str span = duty_is_open(d) ? scope_print(c->scope, "%s%.*s", over ? "-" : "",
                                             STR_ARG(duty_span(words, left)))
                               : STR("");
    answer_text(c, row, "left", span);
}

static void put_row(struct call *c, struct post *p, const struct phrases *words, json_t *rows,
                    Str number, const struct duty *d)
{
    json_t *row = answer_row(c, rows);
    Str key = scope_print(c->scope, "duty.%s", duty_state_name(d->state));
    answer_text(c, row, "case", number.len ? number : STR("-"));
    answer_text(c, row, "duty", d->id);
    answer_text(c, row, "owes", d->owes);
    answer_text(c, row, "state",
                c->json || key.ptr == NULL ? str_of(duty_state_name(d->state))
                                           : phrase(words, key.ptr));
    if (d->has_due) put_time(c, p, words, row, d);
    answer_text(c, row, "title", duty_title(c->scope, post_pack(p), d, words->language));
    answer_number(c, row, "reminders", (uint64_t)d->reminders);
}

static void put_view(struct call *c, struct post *p, const struct phrases *words, json_t *rows,
                     const struct case_view *view)
{
    for (size_t i = 0; i < view->duty_count; i++)
        if (call_has(c, "all") || duty_is_open(&view->duties[i]))
            put_row(c, p, words, rows, view->file.number, &view->duties[i]);
}

/* What this side owes to itself alone is the same with every neighbour. */
static void drop_own_only(struct case_view *v)
{
    size_t kept = 0;
    for (size_t i = 0; i < v->duty_count; i++)
        if (!v->duties[i].own_only) v->duties[kept++] = v->duties[i];
    v->duty_count = kept;
}

/* One case; "-" names what belongs to none, a view a neighbour: duties on the calendar, decisions.
 */
static Status views_load(struct call *c, struct post *p, Str number, struct case_view **out,
                         size_t *out_count)
{
    struct neighbour_view *list;
    size_t count = 0;
    bool outside = str_is(number, "-");
    if (outside) TRY(post_neighbours(c->scope, p, &list, &count));
    struct case_view *views = scope_array(c->scope, count + 1, sizeof *views);
    if (views == NULL) return ERR_MEMORY;
    if (!outside) TRY(case_view_load(c->scope, p, number, &views[0]));
    if (outside && count == 0) TRY(outside_view_load(c->scope, p, STR(""), &views[0]));
    for (size_t i = 0; i < count; i++) {
        TRY(outside_view_load(c->scope, p, list[i].party, &views[i]));
        if (i) drop_own_only(&views[i]);
    }
    *out = views;
    *out_count = count ? count : 1;
    return OK;
}

static Status list_of(struct call *c, struct post *p, const struct phrases *words, Str number,
                      json_t *rows)
{
    struct case_view *views;
    size_t count;
    TRY(views_load(c, p, number, &views, &count));
    for (size_t i = 0; i < count; i++)
        put_view(c, p, words, rows, &views[i]);
    return OK;
}

static Status list_all(struct call *c, struct post *p, const struct phrases *words, json_t *rows)
{
    struct case_line *lines;
    size_t count;
    TRY(case_lines(c->scope, p, 0, CASES_MAX, &lines, &count));
    for (size_t i = 0; i < count; i++)
        TRY(list_of(c, p, words, lines[i].number, rows));
    return list_of(c, p, words, STR("-"), rows);
}

static Status run_list(struct call *c)
{
    AUTO_POST struct post *p = NULL;
    AUTO_WORDS struct words w = {0};
    TRY(call_post(c, 0, &p));
    TRY(words_of(c, p, &w));
    struct phrases words = phrases_of(c, &w);
    json_t *rows = answer_list(c, NULL, "duties");
    if (c->arguments.word_count > 1)
        TRY(list_of(c, p, &words, str_of(call_word(c, 1)), rows));
    else
        TRY(list_all(c, p, &words, rows));
    if (json_array_size(rows) == 0 && !c->json)
        c->raw = scope_print(c->scope, "%.*s\n", STR_ARG(phrase(&words, "duty.none")));
    return OK;
}

/* Each duty of the view, or only those with the id, one after another. */
static Status explain_view(struct call *c, struct post *p, const struct phrases *words,
                           const struct case_view *view, Str *all)
{
    struct zone zones[SIDES];
    const char *id = c->arguments.word_count > 2 ? call_word(c, 2) : NULL;
    for (size_t i = 0; i < SIDES; i++)
        zones[i] = *post_zone(p, view->file.parties[i]);
    for (size_t i = 0; i < view->duty_count; i++) {
        Str text;
        if (id && !str_is(view->duties[i].id, id)) continue;
        TRY(duty_explain(words, &view->file, &view->duties[i], zones, post_now(p), &text));
        *all =
            scope_print(c->scope, "%.*s%s%.*s", STR_ARG(*all), all->len ? "\n" : "", STR_ARG(text));
        if (all->ptr == NULL) return ERR_MEMORY;
    }
    return OK;
}

static Status run_explain(struct call *c)
{
    AUTO_POST struct post *p = NULL;
    AUTO_WORDS struct words w = {0};
    struct case_view *views;
    size_t count;
    Str all = STR("");
    TRY(call_post(c, 0, &p));
    TRY(words_of(c, p, &w));
    struct phrases words = phrases_of(c, &w);
    TRY(views_load(c, p, str_of(call_word(c, 1)), &views, &count));
    for (size_t i = 0; i < count; i++)
        TRY(explain_view(c, p, &words, &views[i], &all));
    c->raw = all;
    if (all.len) return OK;
    return fail(c->scope, ERR_NOT_FOUND, "the case has no duty %s",
                c->arguments.word_count > 2 ? call_word(c, 2) : "");
}

static const struct option_rule list_options[] = {
    {"all", NULL, "also those that are over"},
    {"language", "CODE", "lv, be, ru or en; else en"},
    {NULL, NULL, NULL},
};
static const struct option_rule explain_options[] = {
    {"language", "CODE", "lv, be, ru or en; else en"},
    {NULL, NULL, NULL},
};

const struct command cli_duty[] = {
    {"list", "DIR [CASE] [--all] [--language CODE]",
     "What is owed, by whom and until when; \"-\" as case: what belongs to no case.", 1, 2,
     ACTS_NOT, list_options, run_list},
    {"explain", "DIR CASE [DUTY] [--language CODE]",
     "The arithmetic of a duty, or of all, in words.", 2, 3, ACTS_NOT, explain_options,
     run_explain},
    {.run = NULL},
};
