#include "app/paper.h"
#include "cli/subcommands.h"

static Status run_add(struct call *c)
{
    AUTO_POST struct post *p = NULL;
    AUTO_SESSION struct session *session = NULL;
    struct name_value *fields;
    struct fact_result result;
    struct fact_request request = {.kind = STR("evidence.collected"),
                                   .case_number = call_option(c, "case")};
    TRY(call_fields(c, 2, &fields, &request.field_count));
    request.fields = fields;
    TRY(call_post(c, 0, &p));
    TRY(call_session(c, p, &session));
    call_progress(c, "sealing");
    TRY(evidence_add(c->scope, p, session, &request, call_word(c, 1), &result));
    answer_result(c, NULL, &result);
    return OK;
}

static Status run_get(struct call *c)
{
    AUTO_POST struct post *p = NULL;
    TRY(call_post(c, 0, &p));
    call_progress(c, "opening");
    TRY(evidence_get(c->scope, p, str_of(call_word(c, 1)), call_word(c, 2)));
    answer_text(c, NULL, "file", str_of(call_word(c, 2)));
    return OK;
}

static const struct option_rule add_options[] = {
    {"case", "NUMBER", "the case it belongs to"},
    {NULL, NULL, NULL},
};

const struct command cli_evidence[] = {
    {"add", "DIR FILE --case NUMBER --as OFFICER [FIELD=VALUE ...]",
     "Seals a file in the vault, reads it back and states evidence.collected.", 2, WORDS_MAX, ACTS,
     add_options, run_add},
    {"get", "DIR HANDLE FILE", "Writes evidence, verified, to a new file.", 3, 3, ACTS_NOT, NULL,
     run_get},
    {.run = NULL},
};
