#include "app/exchange.h"
#include "app/network.h"
#include "cli/subcommands.h"
#include "os/file.h"

static Status run_serve(struct call *c)
{
    AUTO_POST struct post *p = NULL;
    struct serving o = {.http = call_option(c, "http"), .peer = call_option(c, "peer")};
    if (o.http.len == 0 && o.peer.len == 0) o.http = STR("127.0.0.1:8600");
    TRY(call_post(c, 0, &p));
    return c->wiring->serve(c->scope, p, &o);
}

static const struct option_rule serve_options[] = {
    {"http", "HOST:PORT", "port for the post's own officers; 127.0.0.1:8600 when no port is named"},
    {"peer", "HOST:PORT", "port for the neighbour's post"},
    {NULL, NULL, NULL},
};

const struct command cli_serve[] = {
    {NULL, "DIR [--http HOST:PORT] [--peer HOST:PORT]",
     "Serves the post to its officers and to the neighbour until it is stopped.", 1, 1, ACTS_NOT,
     serve_options, run_serve},
    {.run = NULL},
};

static Status sync_one(struct call *c, struct post *p, json_t *rows, Str party)
{
    TRY(exchange_sync_network(c->scope, p, party));
    json_t *row = answer_row(c, rows);
    answer_text(c, row, "party", party);
    answer_text(c, row, "exchange", STR("done"));
    return OK;
}

static Status run_sync(struct call *c)
{
    AUTO_POST struct post *p = NULL;
    struct neighbour_view *list;
    size_t count;
    TRY(call_post(c, 0, &p));
    TRY(post_neighbours(c->scope, p, &list, &count));
    json_t *rows = answer_list(c, NULL, "neighbours");
    if (call_has(c, "to")) return sync_one(c, p, rows, call_option(c, "to"));
    if (count == 0) return fail(c->scope, ERR_NOT_FOUND, "this post is paired with nobody");
    for (size_t i = 0; i < count; i++)
        TRY(sync_one(c, p, rows, list[i].party));
    return OK;
}

static const struct option_rule to_options[] = {
    {"to", "PARTY", "with this neighbour only"},
    {NULL, NULL, NULL},
};

const struct command cli_sync[] = {
    {NULL, "DIR [--to PARTY]", "One exchange over the network, now.", 1, 1, ACTS_NOT, to_options,
     run_sync},
    {.run = NULL},
};

static Status run_parcel_write(struct call *c)
{
    AUTO_POST struct post *p = NULL;
    Bytes parcel;
    TRY(call_post(c, 0, &p));
    TRY(exchange_write(c->scope, p, call_option(c, "to"), &parcel));
    TRY(file_write(c->scope, call_word(c, 1), parcel));
    answer_text(c, NULL, "file", str_of(call_word(c, 1)));
    answer_number(c, NULL, "bytes", parcel.len);
    return OK;
}

static Status run_parcel_read(struct call *c)
{
    AUTO_POST struct post *p = NULL;
    struct exchange_result result;
    Bytes parcel;
    TRY(file_read(c->scope, call_word(c, 1), SCOPE_PARCEL_MAX / 4, &parcel));
    TRY(call_post(c, 0, &p));
    TRY(exchange_read(c->scope, p, parcel, &result));
    answer_text(c, NULL, "from", result.from);
    answer_number(c, NULL, "opened", result.opened);
    answer_number(c, NULL, "refused", result.refused);
    answer_flag(c, NULL, "news", result.news);
    return OK;
}

const struct command cli_parcel[] = {
    {"write", "DIR FILE [--to PARTY]", "Writes what the neighbour needs now into a sealed file.", 2,
     2, ACTS_NOT, to_options, run_parcel_write},
    {"read", "DIR FILE", "Verifies and applies a sealed file from the neighbour.", 2, 2, ACTS_NOT,
     NULL, run_parcel_read},
    {.run = NULL},
};

/* exchange.suspended and exchange.resumed are facts like others. */
static Status state_of_exchange(struct call *c, const char *kind)
{
    AUTO_POST struct post *p = NULL;
    AUTO_SESSION struct session *session = NULL;
    struct fact_result result;
    struct name_value fields[2];
    size_t count = 0;
    if (call_has(c, "scope"))
        fields[count++] = (struct name_value){STR("scope"), call_option(c, "scope")};
    if (call_has(c, "reason"))
        fields[count++] = (struct name_value){STR("reason"), call_option(c, "reason")};
    struct fact_request request = {.kind = str_of(kind), .fields = fields, .field_count = count};
    TRY(call_post(c, 0, &p));
    TRY(call_session(c, p, &session));
    TRY(fact_add(c->scope, p, session, &request, &result));
    answer_result(c, NULL, &result);
    return OK;
}

static Status run_suspend(struct call *c)
{
    return state_of_exchange(c, "exchange.suspended");
}

static Status run_resume(struct call *c)
{
    return state_of_exchange(c, "exchange.resumed");
}

static const struct option_rule reason_options[] = {
    {"scope", "TEXT", "what it concerns"},
    {"reason", "TEXT", "why"},
    {NULL, NULL, NULL},
};

const struct command cli_exchange[] = {
    {"suspend", "DIR --as OFFICER", "From now on no parcel leaves but its own notice.", 1, 1, ACTS,
     reason_options, run_suspend},
    {"resume", "DIR --as OFFICER", "Parcels leave again.", 1, 1, ACTS, reason_options, run_resume},
    {.run = NULL},
};
