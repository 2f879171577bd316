#include "cli/subcommands.h"

static Status run_add(struct call *c)
{
    AUTO_POST struct post *p = NULL;
    AUTO_SESSION struct session *session = NULL;
    struct name_value *fields;
    struct fact_result result;
    struct fact_request request = {.kind = str_of(call_word(c, 1)),
                                   .case_number = call_option(c, "case"),
                                   .root_file = call_option(c, "root")};
    TRY(call_fields(c, 2, &fields, &request.field_count));
    request.fields = fields;
    TRY(call_post(c, 0, &p));
    TRY(call_session(c, p, &session));
    TRY(fact_add(c->scope, p, session, &request, &result));
    answer_result(c, NULL, &result);
    return OK;
}

static Status run_show(struct call *c)
{
    AUTO_POST struct post *p = NULL;
    AUTO_SESSION struct session *session = NULL;
    struct fact_view view;
    TRY(call_post(c, 0, &p));
    TRY(call_session(c, p, &session));
    Roles roles = session ? session_sight(p, session->officer) : ROLES_MACHINE;
    TRY(fact_show(c->scope, p, str_of(call_word(c, 1)), roles, &view));
    answer_fact(c, NULL, &view);
    return OK;
}

static const struct option_rule add_options[] = {
    {"case", "NUMBER", "the case; left out for a new one and for facts of no case"},
    {"root", "FILE", "the offline root key, for mandates of R1 and R2"},
    {NULL, NULL, NULL},
};

const struct command cli_fact[] = {
    {"add", "DIR KIND [--case NUMBER] --as OFFICER [FIELD=VALUE ...]",
     "States a fact: checked, signed, on disk when the command returns.", 2, WORDS_MAX, ACTS,
     add_options, run_add},
    {"show", "DIR PARTY:INDEX [--as OFFICER]", "Shows a fact as this post knows it.", 2, 2,
     ACTS_MAYBE, NULL, run_show},
    {.run = NULL},
};
