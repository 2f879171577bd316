#include "cli/subcommands.h"

static Status run_draft(struct call *c)
{
    AUTO_POST struct post *p = NULL;
    AUTO_SESSION struct session *session = NULL;
    struct fact_result result;
    size_t count = c->arguments.word_count - 1;
    Str *facts = scope_array(c->scope, count, sizeof *facts);
    if (facts == NULL) return ERR_MEMORY;
    for (size_t i = 0; i < count; i++)
        facts[i] = str_of(call_word(c, i + 1));
    struct release_request r = {.facts = facts,
                                .fact_count = count,
                                .purpose = call_option(c, "purpose"),
                                .regime = call_option(c, "regime"),
                                .basis = call_option(c, "basis"),
                                .restrictions = call_option(c, "restrictions"),
                                .to = call_option(c, "to")};
    TRY(call_post(c, 0, &p));
    TRY(call_session(c, p, &session));
    TRY(release_draft(c->scope, p, session, &r, &result));
    answer_result(c, NULL, &result);
    return OK;
}

static Status run_preview(struct call *c)
{
    AUTO_POST struct post *p = NULL;
    TRY(call_post(c, 0, &p));
    return release_preview(c->scope, p, str_of(call_word(c, 1)), &c->raw);
}

static Status run_approve(struct call *c)
{
    AUTO_POST struct post *p = NULL;
    AUTO_SESSION struct session *session = NULL;
    bool is_open;
    TRY(call_post(c, 0, &p));
    TRY(call_session(c, p, &session));
    TRY(release_approve(c->scope, p, session, str_of(call_word(c, 1)), &is_open));
    answer_flag(c, NULL, "opened", is_open);
    if (!is_open) answer_text(c, NULL, "next", STR("another officer has to approve"));
    return OK;
}

static Status run_refuse(struct call *c)
{
    AUTO_POST struct post *p = NULL;
    AUTO_SESSION struct session *session = NULL;
    TRY(call_post(c, 0, &p));
    TRY(call_session(c, p, &session));
    TRY(release_refuse(c->scope, p, session, str_of(call_word(c, 1)), call_option(c, "reason")));
    answer_text(c, NULL, "refused", str_of(call_word(c, 1)));
    return OK;
}

static Status run_recall(struct call *c)
{
    AUTO_POST struct post *p = NULL;
    AUTO_SESSION struct session *session = NULL;
    TRY(call_post(c, 0, &p));
    TRY(call_session(c, p, &session));
    TRY(release_recall(c->scope, p, session, str_of(call_word(c, 1)), call_option(c, "ground")));
    answer_text(c, NULL, "recalled", str_of(call_word(c, 1)));
    return OK;
}

static const struct option_rule draft_options[] = {
    {"purpose", "TEXT", "for which purpose"},
    {"regime", "TEXT", "under which regime"},
    {"basis", "TEXT", "on which legal basis"},
    {"restrictions", "TEXT", "what the receiver may not do; travels inside"},
    {"to", "PARTY", "to this neighbour; otherwise the case's counterpart"},
    {NULL, NULL, NULL},
};

static const struct option_rule refuse_options[] = {
    {"reason", "TEXT", "why"},
    {NULL, NULL, NULL},
};

static const struct option_rule recall_options[] = {
    {"ground", "TEXT", "why"},
    {NULL, NULL, NULL},
};

const struct command cli_release[] = {
    {"draft", "DIR PARTY:INDEX[.FIELD] ... --purpose TEXT --regime TEXT --basis TEXT --as OFFICER",
     "Drafts the release of facts or fields.", 2, WORDS_MAX, ACTS, draft_options, run_draft},
    {"preview", "DIR DRAFT", "What would leave if all approved.", 2, 2, ACTS_NOT, NULL,
     run_preview},
    {"approve", "DIR DRAFT --as OFFICER", "Approves; opens as soon as the approvals suffice.", 2, 2,
     ACTS, NULL, run_approve},
    {"refuse", "DIR DRAFT --reason TEXT --as OFFICER", "Refuses a draft.", 2, 2, ACTS,
     refuse_options, run_refuse},
    {"recall", "DIR PARTY:INDEX --ground TEXT --as OFFICER",
     "Recalls a fact that was opened: values go, proof stays.", 2, 2, ACTS, recall_options,
     run_recall},
    {.run = NULL},
};
