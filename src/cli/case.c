#include "app/case.h"
#include "cli/subcommands.h"
#include "core/casework/damage.h"

enum { LINES_MAX = 1000 };

static Status run_list(struct call *c)
{
    AUTO_POST struct post *p = NULL;
    struct case_line *lines;
    size_t count;
    uint64_t from, max;
    TRY(call_number(c, "from", 0, &from));
    TRY(call_number(c, "max", 100, &max));
    if (max > LINES_MAX) return fail(c->scope, ERR_USAGE, "--max is at most %d", LINES_MAX);
    TRY(call_post(c, 0, &p));
    TRY(case_lines(c->scope, p, (size_t)from, (size_t)max, &lines, &count));
    json_t *rows = answer_list(c, NULL, "cases");
    for (size_t i = 0; i < count; i++) {
        json_t *row = answer_row(c, rows);
        answer_text(c, row, "case", lines[i].number);
        answer_text(c, row, "type", lines[i].type);
        answer_text(c, row, "state", str_of(lines[i].state));
        answer_text(c, row, "section", lines[i].section);
        answer_text(c, row, "counterpart", lines[i].counterpart);
        answer_instant(c, row, "opened", lines[i].opened);
        answer_number(c, row, "facts_own", lines[i].facts_own);
        answer_number(c, row, "facts_theirs", lines[i].facts_theirs);
    }
    return OK;
}

static void show_acts(struct call *c, const struct casefile *file)
{
    json_t *rows = answer_list(c, NULL, "acts");
    for (size_t i = 0; i < file->act_count; i++) {
        const struct act *a = &file->acts[i];
        json_t *row = answer_row(c, rows);
        answer_text(c, row, "ref", entry_ref(c->scope, a->draft));
        answer_text(c, row, "doc", a->doc);
        answer_number(c, row, "signatures", a->signature_count);
        answer_flag(c, row, "effective", a->effective);
        answer_flag(c, row, "superseded", a->superseded);
    }
}

static void show_duties(struct call *c, const struct case_view *view)
{
    json_t *rows = answer_list(c, NULL, "duties");
    for (size_t i = 0; i < view->duty_count; i++) {
        const struct duty *d = &view->duties[i];
        json_t *row = answer_row(c, rows);
        answer_text(c, row, "duty", d->id);
        answer_text(c, row, "owes", d->owes);
        answer_text(c, row, "state", str_of(duty_state_name(d->state)));
        if (d->has_due) answer_instant(c, row, "due", d->due);
    }
}

static void show_holdings(struct call *c, const struct case_view *view)
{
    json_t *rows = answer_list(c, NULL, "holders");
    for (size_t i = 0; i < view->holding_count; i++) {
        const struct holding *h = &view->holdings[i];
        json_t *row = answer_row(c, rows);
        answer_text(c, row, "item", h->item);
        answer_text(c, row, "holder", h->holder);
        answer_flag(c, row, "pledged", h->pledged);
        answer_flag(c, row, "contested", h->contested);
    }
}

static void show_checklist(struct call *c, const struct case_view *view)
{
    int own = case_side(&view->file, view->file.own_party) == 1;
    json_t *rows = answer_list(c, NULL, "checklist");
    for (size_t i = 0; i < view->checklist_count; i++) {
        const struct checklist_line *line = &view->checklist[i];
        json_t *row = answer_row(c, rows);
        answer_text(c, row, "list", line->list);
        answer_text(c, row, "item", line->item);
        answer_text(c, row, "own", checklist_line_answer(line, own));
        answer_text(c, row, "theirs", checklist_line_answer(line, 1 - own));
        answer_flag(c, row, "open", checklist_line_is_open(line));
    }
}

static void show_facts(struct call *c, const struct fact_view *facts, size_t count)
{
    json_t *rows = answer_list(c, NULL, "facts");
    for (size_t i = 0; i < count; i++)
        answer_fact(c, answer_row(c, rows), &facts[i]);
}

static Status run_show(struct call *c)
{
    AUTO_POST struct post *p = NULL;
    AUTO_SESSION struct session *session = NULL;
    struct case_view view;
    struct fact_view *facts;
    size_t count;
    Str number = str_of(call_word(c, 1));
    TRY(call_post(c, 0, &p));
    TRY(call_session(c, p, &session));
    Roles roles = session ? session_sight(p, session->officer) : ROLES_MACHINE;
    TRY(case_view_load(c->scope, p, number, &view));
    TRY(case_facts(c->scope, p, number, roles, &facts, &count));
    case_checklist_narrow(c->scope, &view, facts, count);
    answer_text(c, NULL, "case", view.file.number);
    answer_text(c, NULL, "type", view.file.type);
    answer_text(c, NULL, "state", str_of(case_state_name(view.file.state)));
    if (view.file.state_reason[0]) answer_text(c, NULL, "reason", str_of(view.file.state_reason));
    if (view.file.escalated.len) answer_text(c, NULL, "escalated", view.file.escalated);
    Str outcome = case_outcome(&view.file);
    if (outcome.len) answer_text(c, NULL, "outcome", outcome);
    if (damage_is_above_ceiling(&view.file)) answer_flag(c, NULL, "above_ceiling", true);
    answer_text(c, NULL, "counterpart", view.counterpart);
    answer_number(c, NULL, "facts_own", view.facts_own);
    answer_number(c, NULL, "facts_theirs", view.facts_theirs);
    answer_text(c, NULL, "common_digest", view.common_digest);
    show_acts(c, &view.file);
    show_duties(c, &view);
    show_holdings(c, &view);
    show_checklist(c, &view);
    show_facts(c, facts, count);
    return OK;
}

static const struct option_rule list_options[] = {
    {"from", "N", "leave out the first N"},
    {"max", "N", "show at most N; otherwise 100"},
    {NULL, NULL, NULL},
};

const struct command cli_case[] = {
    {"list", "DIR [--from N] [--max N]", "The cases that this post knows.", 1, 1, ACTS_NOT,
     list_options, run_list},
    {"show", "DIR CASE [--as OFFICER]",
     "One case: state, acts, duties, holders, checklists, facts.", 2, 2, ACTS_MAYBE, NULL,
     run_show},
    {.run = NULL},
};

static Status run_common(struct call *c)
{
    AUTO_POST struct post *p = NULL;
    Str text, digest;
    TRY(call_post(c, 0, &p));
    TRY(case_common(c->scope, p, str_of(call_word(c, 1)), &text, &digest));
    bool ends = text.len && text.ptr[text.len - 1] == '\n';
    if (c->json) {
        answer_text(c, NULL, "digest", digest);
        c->raw = text;
        return OK;
    }
    c->raw = scope_print(c->scope, "%.*s%sdigest %.*s\n", STR_ARG(text), ends ? "" : "\n",
                         STR_ARG(digest));
    return c->raw.ptr ? OK : ERR_MEMORY;
}

const struct command cli_common[] = {
    {NULL, "DIR CASE", "The canonical text of the common view; the last line is its digest.", 2, 2,
     ACTS_NOT, NULL, run_common},
    {.run = NULL},
};
