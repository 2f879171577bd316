#include "app/case.h"
#include "cli/subcommands.h"

enum { IMPORT_BYTES_MAX = 64 << 20, LINE_BYTES_MAX = 1 << 20, CASES_MAX = 100000 };

/* What stands on one line: {"kind": ..., "case": ..., "fields": {...}}. */
static Status line_read(struct call *c, Str line, const char *what, Str newest, json_t **json,
                        struct fact_request *out)
{
    static const char *const keys[] = {"kind", "case", "fields", NULL};
    const char *name;
    json_t *value;
    TRY(json_read(c->scope, str_bytes(line), LINE_BYTES_MAX, what, json));
    TRY(json_keys_check(c->scope, *json, what, keys));
    *out = (struct fact_request){.kind = STR("")};
    TRY(json_need_text(c->scope, *json, "kind", what, &out->kind));
    json_t *fields = json_object_get(*json, "fields");
    TRY(json_may_text(c->scope, *json, "case", what, &out->case_number));
    /* What was meant for a case would cross as a fact of none. */
    if (str_is(out->case_number, "+")) {
        if (newest.len == 0)
            return fail(c->scope, ERR_NOT_FOUND, "%s: no earlier line has opened a case", what);
        out->case_number = newest;
    }
    if (!json_is_object(fields))
        return fail(c->scope, ERR_SCHEMA, "%s: \"fields\" should be an object of texts", what);
    struct name_value *list = scope_array(c->scope, json_object_size(fields) + 1, sizeof *list);
    if (list == NULL) return ERR_MEMORY;
    json_object_foreach(fields, name, value)
    {
        if (!json_is_string(value))
            return fail(c->scope, ERR_SCHEMA, "%s: %s is no text", what, name);
        list[out->field_count++] = (struct name_value){scope_str(c->scope, str_of(name)),
                                                       json_text(c->scope, fields, name)};
    }
    out->fields = list;
    return OK;
}

static Status line_import(struct call *c, struct post *p, const struct session *session, Str line,
                          const char *what, Str *newest, json_t *rows)
{
    AUTO_JSON json_t *json = NULL;
    struct fact_request request;
    struct fact_result result;
    TRY(line_read(c, line, what, *newest, &json, &request));
    Status status = fact_add(c->scope, p, session, &request, &result);
    if (status != OK) {
        Str why = scope_print(c->scope, "%s", scope_reason(c->scope));
        return fail(c->scope, status, "%s: %.*s", what, STR_ARG(why));
    }
    if (str_is(request.kind, "incident.registered")) *newest = result.case_number;
    answer_result(c, answer_row(c, rows), &result);
    return OK;
}

static Status run_import(struct call *c)
{
    AUTO_POST struct post *p = NULL;
    AUTO_SESSION struct session *session = NULL;
    Bytes bytes;
    Str newest = STR("");
    TRY(call_read(c, 1, IMPORT_BYTES_MAX, &bytes));
    TRY(call_post(c, 0, &p));
    TRY(call_session(c, p, &session));
    call_progress(c, "importing");
    Str rest = bytes_str(bytes);
    json_t *rows = answer_list(c, NULL, "facts");
    for (size_t number = 1; rest.len; number++) {
        char what[40];
        Str line = str_trim(str_cut(&rest, '\n'));
        snprintf(what, sizeof what, "line %zu", number);
        if (line.len) TRY(line_import(c, p, session, line, what, &newest, rows));
    }
    return OK;
}

const struct command cli_import[] = {
    {NULL, "DIR FILE --as OFFICER",
     "States the facts of a JSON lines file, one after another, up to the first that is refused.",
     2, 2, ACTS, NULL, run_import},
    {.run = NULL},
};

static Status case_export(struct call *c, struct post *p, Str number, Roles roles, json_t *rows)
{
    struct case_view view;
    struct fact_view *facts;
    size_t count;
    TRY(case_view_load(c->scope, p, number, &view));
    TRY(case_facts(c->scope, p, number, roles, &facts, &count));
    json_t *row = answer_row(c, rows);
    answer_text(c, row, "case", view.file.number);
    answer_text(c, row, "type", view.file.type);
    answer_text(c, row, "state", str_of(case_state_name(view.file.state)));
    answer_text(c, row, "outcome", case_outcome(&view.file));
    answer_text(c, row, "counterpart", view.counterpart);
    answer_text(c, row, "common_digest", view.common_digest);
    json_t *list = answer_list(c, row, "facts");
    for (size_t i = 0; i < count; i++)
        answer_fact(c, answer_row(c, list), &facts[i]);
    return OK;
}

static Status run_export(struct call *c)
{
    AUTO_POST struct post *p = NULL;
    AUTO_SESSION struct session *session = NULL;
    struct case_line *lines;
    size_t count;
    TRY(call_post(c, 0, &p));
    TRY(call_session(c, p, &session));
    Roles roles = session ? session_sight(p, session->officer) : ROLES_MACHINE;
    call_progress(c, "reading");
    TRY(case_lines(c->scope, p, 0, CASES_MAX, &lines, &count));
    json_t *rows = answer_list(c, NULL, "cases");
    for (size_t i = 0; i < count; i++)
        TRY(case_export(c, p, lines[i].number, roles, rows));
    c->json = true;
    return OK;
}

const struct command cli_export[] = {
    {NULL, "DIR [--as OFFICER]", "Every case with its facts, as the officer may see them, as JSON.",
     1, 1, ACTS_MAYBE, NULL, run_export},
    {.run = NULL},
};
