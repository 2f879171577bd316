#include "app/case.h"
#include "http/case_view.h"
#include "http/port.h"

enum { CASES_SHOWN = 50, CASES_SHOWN_MAX = 200, CASES_AT_MAX = 1 << 20 };

Status cases_get(struct request *r)
{
    uint64_t offset, limit;
    TRY(request_number(r, "offset", 0, CASES_AT_MAX, &offset));
    TRY(request_number(r, "limit", CASES_SHOWN, CASES_SHOWN_MAX, &limit));
    struct case_line *lines;
    size_t count;
    TRY(case_lines(r->scope, r->post, (size_t)offset, (size_t)limit, &lines, &count));
    struct view v = view_open(r->scope, ANSWER_BYTES_MAX);
    put_open(&v, NULL, '{');
    put_open(&v, "cases", '[');
    for (size_t i = 0; i < count; i++) {
        put_open(&v, NULL, '{');
        put_text(&v, "number", lines[i].number);
        put_text(&v, "type", lines[i].type);
        put_text(&v, "section", lines[i].section);
        put_text(&v, "counterpart", lines[i].counterpart);
        put_text(&v, "state", str_of(lines[i].state));
        put_instant(&v, "opened", lines[i].opened);
        /* Neither the number of own facts nor their latest change: both would tell of facts that
         * only some may see. */
        put_number(&v, "facts_theirs", lines[i].facts_theirs);
        put_close(&v, '}');
    }
    put_close(&v, ']');
    put_close(&v, '}');
    Bytes body;
    TRY(view_close(&v, &body));
    answer_bytes(r, "application/json", body);
    return OK;
}

Status case_get(struct request *r)
{
    struct shown shown = {.post = r->post};
    TRY(case_view_load(r->scope, r->post, r->parameters[0], &shown.view));
    TRY(case_facts(r->scope, r->post, r->parameters[0], request_roles(r), &shown.facts,
                   &shown.fact_count));
    case_checklist_narrow(r->scope, &shown.view, shown.facts, shown.fact_count);
    struct view v = view_open(r->scope, ANSWER_BYTES_MAX);
    TRY(put_case(r->scope, &v, &shown));
    Bytes body;
    TRY(view_close(&v, &body));
    answer_bytes(r, "application/json", body);
    return OK;
}

Status case_common_get(struct request *r)
{
    Str text, digest;
    TRY(case_common(r->scope, r->post, r->parameters[0], &text, &digest));
    struct view v = view_open(r->scope, ANSWER_BYTES_MAX);
    put_open(&v, NULL, '{');
    put_text(&v, "digest", digest);
    /* Everybody may compare; the text holds whatever was opened. */
    if (request_need_sight(r, SIGHT_WHOLE) == OK) put_text(&v, "text", text);
    put_close(&v, '}');
    Bytes body;
    TRY(view_close(&v, &body));
    answer_bytes(r, "application/json", body);
    return OK;
}
