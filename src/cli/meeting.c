#include "app/meeting.h"
#include "cli/subcommands.h"

static Str language_of(const struct call *c)
{
    Str language = call_option(c, "language");
    return language.len ? language : STR("en");
}

static Status run_agenda(struct call *c)
{
    AUTO_POST struct post *p = NULL;
    struct agenda_item *items;
    size_t count, left;
    TRY(call_post(c, 0, &p));
    TRY(meeting_agenda(c->scope, p, str_of(call_word(c, 1)), language_of(c), &items, &count,
                       &left));
    json_t *rows = answer_list(c, NULL, "agenda");
    for (size_t i = 0; i < count; i++) {
        json_t *row = answer_row(c, rows);
        answer_text(c, row, "sort", str_of(agenda_sort_name(items[i].sort)));
        answer_text(c, row, "fact", items[i].ref);
        answer_text(c, row, "case", items[i].case_number);
        answer_text(c, row, "what", items[i].what);
        if (items[i].has_due) answer_instant(c, row, "due", items[i].due);
        answer_text(c, row, "text", items[i].text);
    }
    if (left) answer_number(c, NULL, "left_out", left);
    return OK;
}

/* The participants that a proposal or a meeting names. */
static Status participants_of(struct call *c, struct post *p, Str ref, Str **out, size_t *out_count)
{
    struct fact_view f;
    size_t count = 0;
    TRY(fact_show(c->scope, p, ref, 0, &f));
    Str *list = scope_array(c->scope, f.field_count + 1, sizeof *list);
    if (list == NULL) return ERR_MEMORY;
    for (size_t i = 0; i < f.field_count; i++)
        if (str_has_prefix(f.fields[i].name, "participants.") && f.fields[i].value.len)
            list[count++] = f.fields[i].value;
    *out = list;
    *out_count = count;
    return OK;
}

static Status run_powers(struct call *c)
{
    AUTO_POST struct post *p = NULL;
    struct power *powers;
    Str *people;
    size_t count, people_count;
    TRY(call_post(c, 0, &p));
    TRY(participants_of(c, p, str_of(call_word(c, 1)), &people, &people_count));
    TRY(meeting_powers(c->scope, p, people, people_count, post_now(p), &powers, &count));
    json_t *rows = answer_list(c, NULL, "powers");
    for (size_t i = 0; i < count; i++) {
        json_t *row = answer_row(c, rows);
        answer_text(c, row, "officer", powers[i].officer);
        answer_text(c, row, "party", powers[i].party);
        answer_text(c, row, "role", powers[i].role);
        answer_text(c, row, "section", powers[i].section);
        answer_text(c, row, "acts_for", powers[i].acts_for);
        answer_text(c, row, "mandate", powers[i].mandate);
        if (powers[i].has_to) answer_instant(c, row, "to", powers[i].to);
    }
    return OK;
}

static Status run_minutes(struct call *c)
{
    AUTO_POST struct post *p = NULL;
    AUTO_SESSION struct session *session = NULL;
    struct fact_result result;
    struct name_value *fields;
    struct fact_request request = {.kind = STR("act.drafted")};
    TRY(call_post(c, 0, &p));
    TRY(call_session(c, p, &session));
    TRY(meeting_minutes(c->scope, p, str_of(call_word(c, 1)), &fields, &request.field_count,
                        &request.case_number));
    request.fields = fields;
    if (session) {
        TRY(fact_add(c->scope, p, session, &request, &result));
        answer_result(c, NULL, &result);
    }
    json_t *rows = answer_list(c, NULL, "fields");
    for (size_t i = 0; i < request.field_count; i++) {
        json_t *row = answer_row(c, rows);
        answer_text(c, row, "name", fields[i].name);
        answer_text(c, row, "value", fields[i].value);
    }
    return OK;
}

static Status run_ics(struct call *c)
{
    AUTO_POST struct post *p = NULL;
    Str text;
    TRY(call_post(c, 0, &p));
    TRY(meeting_calendar(c->scope, p, str_of(call_word(c, 1)), language_of(c), &text));
    return call_write(c, 2, str_bytes(text));
}

static const struct option_rule language_options[] = {
    {"language", "CODE", "lv, be, ru or en; else en"},
    {NULL, NULL, NULL},
};

const struct command cli_meeting[] = {
    {"agenda", "DIR [PARTY] [--language CODE]",
     "What a meeting should speak of, as both sides may know it.", 1, 2, ACTS_NOT, language_options,
     run_agenda},
    {"powers", "DIR PARTY:INDEX", "Mandates of those whom a proposal or a meeting names.", 2, 2,
     ACTS_NOT, NULL, run_powers},
    {"minutes", "DIR PARTY:INDEX [--as OFFICER]",
     "A draft of the minutes from a meeting; stated when an officer acts.", 2, 2, ACTS_MAYBE, NULL,
     run_minutes},
    {"ics", "DIR PARTY:INDEX FILE [--language CODE]",
     "Writes a proposal or a meeting as an iCalendar file.", 3, 3, ACTS_NOT, language_options,
     run_ics},
    {.run = NULL},
};
