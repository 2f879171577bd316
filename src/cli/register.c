#include "app/register.h"
#include "app/marker.h"
#include "cli/subcommands.h"

static Status run_letters(struct call *c)
{
    AUTO_POST struct post *p = NULL;
    struct letter_row *rows;
    size_t count;
    uint64_t year;
    TRY(call_number(c, "year", 0, &year));
    if (year > 9999) return fail(c->scope, ERR_USAGE, "--year needs a year");
    TRY(call_post(c, 0, &p));
    TRY(register_letters(c->scope, p, (int32_t)year, &rows, &count));
    json_t *list = answer_list(c, NULL, "letters");
    for (size_t i = 0; i < count; i++) {
        const struct letter_row *r = &rows[i];
        json_t *row = answer_row(c, list);
        answer_text(c, row, "number", r->number);
        answer_text(c, row, "way", r->out ? STR("out") : r->paper ? STR("paper") : STR("in"));
        answer_text(c, row, "kind", r->kind);
        answer_text(c, row, "fact", r->ref);
        answer_text(c, row, "case", r->case_number);
        answer_text(c, row, "from", r->party);
        answer_text(c, row, "subject", r->subject);
        if (r->has_sent) answer_instant(c, row, "sent", r->sent);
        if (r->has_received) answer_instant(c, row, "received", r->received);
        answer_text(c, row, "reference", r->reference);
        answer_text(c, row, "delivered", r->delivered);
        if (r->has_due) answer_instant(c, row, "answer_due", r->due);
        if (r->duty.len) answer_text(c, row, "duty", r->duty);
        if (r->duty.len) answer_flag(c, row, "answered", r->answered);
        if (r->written_on.len) answer_text(c, row, "written_on", r->written_on);
        if (r->scan.len) answer_text(c, row, "scan", r->scan);
    }
    return OK;
}

static void answer_works(struct call *c, json_t *row, const struct marker_row *r)
{
    if (r->works_ref.len == 0) return;
    answer_text(c, row, "works_fact", r->works_ref);
    answer_text(c, row, "works", r->works);
    answer_instant(c, row, "works_told", r->works_told);
    if (r->has_begins) answer_instant(c, row, "works_begin", r->works_begin);
    if (r->has_begins) answer_flag(c, row, "works_in_time", r->in_time);
    answer_text(c, row, "works_answer", r->works_answer);
}

static Status run_markers(struct call *c)
{
    AUTO_POST struct post *p = NULL;
    struct marker_row *rows;
    size_t count;
    TRY(call_post(c, 0, &p));
    TRY(marker_list(c->scope, p, &rows, &count));
    json_t *list = answer_list(c, NULL, "markers");
    for (size_t i = 0; i < count; i++) {
        const struct marker_row *r = &rows[i];
        json_t *row = answer_row(c, list);
        answer_text(c, row, "marker", r->marker);
        answer_text(c, row, "care", r->care);
        answer_text(c, row, "state", r->state);
        answer_text(c, row, "fact", r->newest);
        answer_flag(c, row, "damaged", r->is_damaged);
        if (r->has_checked) answer_instant(c, row, "checked_at", r->checked);
        if (r->has_checked) answer_text(c, row, "checked_by", r->checked_by);
        if (r->has_damaged) answer_instant(c, row, "damaged_at", r->damaged);
        if (r->has_restored) answer_instant(c, row, "restored_at", r->restored);
        if (r->has_place)
            answer_text(c, row, "place", scope_print(c->scope, "%.7f %.7f", r->lat, r->lon));
        answer_works(c, row, r);
    }
    return OK;
}

static Status run_receive(struct call *c)
{
    AUTO_POST struct post *p = NULL;
    AUTO_SESSION struct session *session = NULL;
    struct name_value *fields;
    struct fact_result result;
    struct fact_request request = {.case_number = call_option(c, "case")};
    Str scan = call_option(c, "scan");
    TRY(call_fields(c, 1, &fields, &request.field_count));
    request.fields = fields;
    TRY(call_post(c, 0, &p));
    TRY(call_session(c, p, &session));
    TRY(register_receive(c->scope, p, session, &request, scan.len ? scan.ptr : NULL, &result));
    answer_result(c, NULL, &result);
    return OK;
}

static const struct option_rule letters_options[] = {
    {"year", "YEAR", "only what entered the register in this year"},
    {NULL, NULL, NULL},
};

static const struct option_rule receive_options[] = {
    {"case", "NUMBER", "the case it belongs to"},
    {"scan", "FILE", "a scan, kept as evidence of the case"},
    {NULL, NULL, NULL},
};

const struct command cli_register[] = {
    {"letters", "DIR [--year YEAR]", "The register of correspondence (DOC19).", 1, 1, ACTS_NOT,
     letters_options, run_letters},
    {"markers", "DIR", "The register of markers: care, checks, damage, works.", 1, 1, ACTS_NOT,
     NULL, run_markers},
    {"receive", "DIR --as OFFICER [--case NUMBER] [--scan FILE] FIELD=VALUE ...",
     "Enters a letter that came on paper: reference, sender, subject, written_on, received_at.", 2,
     WORDS_MAX, ACTS, receive_options, run_receive},
    {.run = NULL},
};
