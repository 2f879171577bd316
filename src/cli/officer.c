#include "app/officer.h"
#include "cli/subcommands.h"

enum { MANDATE_FIELDS_MAX = 8 };

/* Options that are given become fields of the same meaning. */
static size_t fields_of(const struct call *c, const char *const (*pairs)[2], size_t pair_count,
                        struct name_value *out)
{
    size_t count = 0;
    for (size_t i = 0; i < pair_count; i++)
        if (call_has(c, pairs[i][0]))
            out[count++] = (struct name_value){str_of(pairs[i][1]), call_option(c, pairs[i][0])};
    return count;
}

static Status grant(struct call *c, struct post *p, const struct session *session, Str officer,
                    struct fact_result *out)
{
    static const char *const pairs[][2] = {
        {"role", "role"},     {"section", "section"},       {"from", "from"},        {"to", "to"},
        {"issuer", "issuer"}, {"instrument", "instrument"}, {"acts-for", "acts_for"}};
    struct name_value fields[MANDATE_FIELDS_MAX] = {{STR("officer"), officer}};
    struct fact_request request = {.kind = STR("mandate.granted"),
                                   .fields = fields,
                                   .field_count =
                                       1 + fields_of(c, pairs, COUNT_OF(pairs), fields + 1),
                                   .root_file = call_option(c, "root")};
    return fact_add(c->scope, p, session, &request, out);
}

/* Without --as the root key itself enrols: the way to the first officers. */
static Status enrol_by_root(struct call *c, struct post *p, Str password)
{
    struct enrolment e = {.officer = str_of(call_word(c, 1)),
                          .name = call_option(c, "name"),
                          .post = call_option(c, "post"),
                          .role = call_option(c, "role"),
                          .section = call_option(c, "section"),
                          .acts_for = call_option(c, "acts-for"),
                          .from = call_option(c, "from"),
                          .to = call_option(c, "to"),
                          .password = password,
                          .root_file = call_option(c, "root")};
    TRY(post_enrol(c->scope, p, &e));
    answer_text(c, NULL, "officer", e.officer);
    return OK;
}

static Status run_officer_add(struct call *c)
{
    static const char *const pairs[][2] = {{"name", "name"}, {"post", "post"}};
    AUTO_POST struct post *p = NULL;
    AUTO_SESSION struct session *session = NULL;
    Str password, officer = str_of(call_word(c, 1));
    struct fact_result result;
    struct name_value fields[4] = {{STR("officer"), officer}};
    TRY(call_password(c, SECRET_NEW, &password));
    TRY(call_post(c, 0, &p));
    TRY(call_session(c, p, &session));
    if (session == NULL) return enrol_by_root(c, p, password);
    struct fact_request request = {.kind = STR("officer.enrolled"),
                                   .fields = fields,
                                   .field_count =
                                       1 + fields_of(c, pairs, COUNT_OF(pairs), fields + 1),
                                   .root_file = call_option(c, "root"),
                                   .password = password};
    TRY(fact_add(c->scope, p, session, &request, &result));
    answer_text(c, NULL, "officer", officer);
    answer_result(c, NULL, &result);
    if (!call_has(c, "role")) return OK;
    TRY(grant(c, p, session, officer, &result));
    answer_text(c, NULL, "mandate", result.ref);
    return OK;
}

static Status run_officer_list(struct call *c)
{
    AUTO_POST struct post *p = NULL;
    struct officer_view *list;
    size_t count;
    TRY(call_post(c, 0, &p));
    TRY(post_officers(c->scope, p, &list, &count));
    json_t *rows = answer_list(c, NULL, "officers");
    for (size_t i = 0; i < count; i++) {
        json_t *row = answer_row(c, rows);
        answer_text(c, row, "officer", list[i].id);
        answer_text(c, row, "party", list[i].party);
        answer_text(c, row, "name", list[i].name);
        answer_text(c, row, "role", list[i].role);
        answer_text(c, row, "section", list[i].section);
        answer_text(c, row, "mandate", list[i].mandate);
        if (list[i].has_to) answer_instant(c, row, "to", list[i].to);
        answer_flag(c, row, "revoked", list[i].revoked);
    }
    return OK;
}

static Status revoke(struct call *c, struct post *p, const struct session *session, Str mandate,
                     json_t *rows)
{
    static const char *const pairs[][2] = {{"from", "from"}, {"reason", "reason"}};
    struct name_value fields[4] = {{STR("mandate"), mandate}};
    struct fact_result result;
    struct fact_request request = {.kind = STR("mandate.revoked"),
                                   .fields = fields,
                                   .field_count =
                                       1 + fields_of(c, pairs, COUNT_OF(pairs), fields + 1)};
    TRY(fact_add(c->scope, p, session, &request, &result));
    json_t *row = answer_row(c, rows);
    answer_text(c, row, "mandate", mandate);
    answer_result(c, row, &result);
    return OK;
}

static Status run_officer_revoke(struct call *c)
{
    AUTO_POST struct post *p = NULL;
    AUTO_SESSION struct session *session = NULL;
    struct officer_view *list;
    size_t count, revoked = 0;
    Str officer = str_of(call_word(c, 1));
    TRY(call_post(c, 0, &p));
    TRY(call_session(c, p, &session));
    TRY(post_officers(c->scope, p, &list, &count));
    json_t *rows = answer_list(c, NULL, "revoked");
    for (size_t i = 0; i < count; i++) {
        if (list[i].revoked || !list[i].mandate.len || !str_eq(list[i].id, officer) ||
            !str_eq(list[i].party, post_party(p)))
            continue;
        TRY(revoke(c, p, session, list[i].mandate, rows));
        revoked++;
    }
    if (revoked) return OK;
    return fail(c->scope, ERR_NOT_FOUND, "%.*s holds no mandate here", STR_ARG(officer));
}

static const struct option_rule add_options[] = {
    {"role", "ROLE", "R1 to R15: grants a mandate at once"},
    {"name", "TEXT", "the officer's name"},
    {"post", "TEXT", "the officer's position"},
    {"section", "ID", "the mandate holds for this section only"},
    {"from", "INSTANT", "the mandate begins (RFC 3339, UTC)"},
    {"to", "INSTANT", "the mandate ends"},
    {"issuer", "TEXT", "who issues it"},
    {"instrument", "TEXT", "by which instrument"},
    {"acts-for", "OFFICER", "whom a deputy acts for"},
    {"root", "FILE", "the offline root key, for R1, R2 and work without --as"},
    {"new-password-fd", "N",
     "read the new officer's password from descriptor N; else it is TWINPOST_NEW_PASSWORD"},
    {NULL, NULL, NULL},
};

static const struct option_rule grant_options[] = {
    {"role", "ROLE", "R1 to R15"},
    {"section", "ID", "for this section only"},
    {"from", "INSTANT", "when it begins (RFC 3339, UTC)"},
    {"to", "INSTANT", "when it ends"},
    {"issuer", "TEXT", "who issues it"},
    {"instrument", "TEXT", "by which instrument"},
    {"acts-for", "OFFICER", "whom a deputy acts for"},
    {"root", "FILE", "the offline root key, for R1 and R2"},
    {NULL, NULL, NULL},
};

static const struct option_rule revoke_options[] = {
    {"reason", "TEXT", "why; compromised also voids what no countersigned head covered"},
    {"from", "INSTANT", "from when (RFC 3339, UTC)"},
    {NULL, NULL, NULL},
};

const struct command cli_officer[] = {
    {"add", "DIR OFFICER [--name TEXT] [--role ROLE] [--as OFFICER]",
     "Enrols an officer; without --as by the offline root key.", 2, 2, ACTS_MAYBE, add_options,
     run_officer_add},
    {"list", "DIR", "Officers and mandates, own and the neighbour's.", 1, 1, ACTS_NOT, NULL,
     run_officer_list},
    {"revoke", "DIR OFFICER [--reason TEXT] --as OFFICER", "Revokes every mandate of an officer.",
     2, 2, ACTS, revoke_options, run_officer_revoke},
    {.run = NULL},
};

static Status run_mandate_grant(struct call *c)
{
    AUTO_POST struct post *p = NULL;
    AUTO_SESSION struct session *session = NULL;
    struct fact_result result;
    TRY(call_post(c, 0, &p));
    TRY(call_session(c, p, &session));
    TRY(grant(c, p, session, str_of(call_word(c, 1)), &result));
    answer_result(c, NULL, &result);
    return OK;
}

static Status run_mandate_revoke(struct call *c)
{
    AUTO_POST struct post *p = NULL;
    AUTO_SESSION struct session *session = NULL;
    TRY(call_post(c, 0, &p));
    TRY(call_session(c, p, &session));
    return revoke(c, p, session, str_of(call_word(c, 1)), answer_list(c, NULL, "revoked"));
}

const struct command cli_mandate[] = {
    {"grant", "DIR OFFICER --role ROLE --as OFFICER", "Grants a mandate.", 2, 2, ACTS,
     grant_options, run_mandate_grant},
    {"revoke", "DIR PARTY:INDEX [--reason TEXT] --as OFFICER", "Revokes one mandate.", 2, 2, ACTS,
     revoke_options, run_mandate_revoke},
    {.run = NULL},
};
