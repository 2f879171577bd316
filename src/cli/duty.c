#include "app/case.h"
#include "cli/subcommands.h"

enum { CASES_MAX = 10000 };

static Status list_of_case(struct call *c, struct post *p, json_t *rows, Str number)
{
    struct case_view view;
    TRY(case_view_load(c->scope, p, number, &view));
    for (size_t i = 0; i < view.duty_count; i++) {
        const struct duty *d = &view.duties[i];
        if (!call_has(c, "all") && !duty_is_open(d)) continue;
        json_t *row = answer_row(c, rows);
        answer_text(c, row, "case", view.file.number);
        answer_text(c, row, "duty", d->id);
        answer_text(c, row, "owes", d->owes);
        answer_text(c, row, "state", str_of(duty_state_name(d->state)));
        if (d->has_due) answer_instant(c, row, "due", d->due);
        answer_number(c, row, "reminders", (uint64_t)d->reminders);
    }
    return OK;
}

static Status run_list(struct call *c)
{
    AUTO_POST struct post *p = NULL;
    struct case_line *lines;
    size_t count;
    TRY(call_post(c, 0, &p));
    json_t *rows = answer_list(c, NULL, "duties");
    if (c->arguments.word_count > 1) return list_of_case(c, p, rows, str_of(call_word(c, 1)));
    TRY(case_lines(c->scope, p, 0, CASES_MAX, &lines, &count));
    for (size_t i = 0; i < count; i++)
        TRY(list_of_case(c, p, rows, lines[i].number));
    return OK;
}

static Status run_explain(struct call *c)
{
    AUTO_POST struct post *p = NULL;
    struct case_view view;
    struct zone zones[SIDES];
    Str all = STR("");
    TRY(call_post(c, 0, &p));
    TRY(case_view_load(c->scope, p, str_of(call_word(c, 1)), &view));
    for (size_t i = 0; i < SIDES; i++)
        zones[i] = *post_zone(p, view.file.parties[i]);
    for (size_t i = 0; i < view.duty_count; i++) {
        Str text;
        if (!str_is(view.duties[i].id, call_word(c, 2))) continue;
        TRY(duty_explain(c->scope, &view.file, &view.duties[i], zones, &text));
        all = scope_print(c->scope, "%.*s%s%.*s", STR_ARG(all), all.len ? "\n" : "", STR_ARG(text));
        if (all.ptr == NULL) return ERR_MEMORY;
    }
    c->raw = all;
    if (all.len) return OK;
    return fail(c->scope, ERR_NOT_FOUND, "the case has no duty %s", call_word(c, 2));
}

static const struct option_rule list_options[] = {
    {"all", NULL, "also those that are over"},
    {NULL, NULL, NULL},
};

const struct command cli_duty[] = {
    {"list", "DIR [CASE] [--all]", "What is owed, by whom and until when.", 1, 2, ACTS_NOT,
     list_options, run_list},
    {"explain", "DIR CASE DUTY", "The arithmetic of a duty in words.", 3, 3, ACTS_NOT, NULL,
     run_explain},
    {.run = NULL},
};
