#include "app/exchange.h"
#include "app/network.h"
#include "cli/subcommands.h"
#include "os/log.h"

/* The addresses in use are the whole answer; it goes out while the post is served. */
static void on_ready(void *ctx, Str http, Str peer)
{
    struct call *c = ctx;
    const struct {
        const char *key, *scheme;
        Str address;
    } ports[] = {{"officers", "http", http}, {"neighbours", "https", peer}};
    for (size_t i = 0; i < COUNT_OF(ports); i++) {
        if (ports[i].address.len == 0) continue;
        Str url = scope_print(c->scope, "%s://%.*s", ports[i].scheme, STR_ARG(ports[i].address));
        answer_text(c, NULL, ports[i].key, url);
        if (c->json) continue;
        c->raw =
            scope_print(c->scope, "%.*s%s: %.*s\n", STR_ARG(c->raw), ports[i].key, STR_ARG(url));
    }
    if (call_print(c) != OK) log_line(LEVEL_WARNING, "the addresses could not be printed");
    c->is_over = true;
}

static Status run_serve(struct call *c)
{
    AUTO_POST struct post *p = NULL;
    struct serving o = {.http = call_option(c, "http"),
                        .peer = call_option(c, "peer"),
                        .public = call_option(c, "public"),
                        .ready = on_ready,
                        .ctx = c};
    if (o.http.len == 0 && o.peer.len == 0) o.http = STR("127.0.0.1:8600");
    TRY(call_post(c, 0, &p));
    return c->wiring->serve(c->scope, p, &o);
}

static const struct option_rule serve_options[] = {
    {"http", "HOST:PORT", "port for the post's own officers; 127.0.0.1:8600 when no port is named"},
    {"peer", "HOST:PORT", "port for the neighbour's post"},
    {"public", "URL", "what browsers call the post, https://..., behind a TLS proxy"},
    {NULL, NULL, NULL},
};

const struct command cli_serve[] = {
    {NULL, "DIR [--http HOST:PORT] [--peer HOST:PORT] [--public URL]",
     "Serves the post to its officers and to the neighbour until it is stopped.", 1, 1, ACTS_NOT,
     serve_options, run_serve},
    {.run = NULL},
};

/* One neighbour that does not answer keeps nobody else waiting: it is told of at the end. */
static Status sync_one(struct call *c, struct post *p, json_t *rows, Str party)
{
    Status status = exchange_sync_network(c->scope, p, party, NULL);
    json_t *row = answer_row(c, rows);
    answer_text(c, row, "party", party);
    answer_text(c, row, "exchange", str_of(status == OK ? "done" : status_name(status)));
    return status;
}

static Status run_sync(struct call *c)
{
    AUTO_POST struct post *p = NULL;
    struct neighbour_view *list;
    size_t count;
    TRY(call_post(c, 0, &p));
    TRY(post_neighbours(c->scope, p, &list, &count));
    call_progress(c, "exchanging");
    json_t *rows = answer_list(c, NULL, "neighbours");
    if (call_has(c, "to")) return sync_one(c, p, rows, call_option(c, "to"));
    if (count == 0)
        return fail(c->scope, ERR_NOT_FOUND,
                    "this post is paired with nobody: exchange cards, then twinpost pair");
    Status first = OK;
    Str reasons = STR("");
    for (size_t i = 0; i < count; i++) {
        Status status = sync_one(c, p, rows, list[i].party);
        if (status == OK) continue;
        if (first == OK) first = status;
        reasons = scope_print(c->scope, "%.*s%s%s", STR_ARG(reasons), reasons.len ? "; " : "",
                              scope_reason(c->scope));
        if (reasons.ptr == NULL) return ERR_MEMORY;
    }
    return first == OK ? OK : fail(c->scope, first, "%.*s", STR_ARG(reasons));
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
    call_progress(c, "writing the parcel");
    TRY(exchange_write(c->scope, p, call_option(c, "to"), &parcel));
    return call_write(c, 1, parcel);
}

static Status run_parcel_read(struct call *c)
{
    AUTO_POST struct post *p = NULL;
    struct exchange_result result;
    Bytes parcel;
    TRY(call_read(c, 1, SCOPE_PARCEL_MAX / 4, &parcel));
    call_progress(c, "reading the parcel");
    TRY(call_post(c, 0, &p));
    TRY(exchange_read(c->scope, p, parcel, &result));
    answer_text(c, NULL, "from", result.from);
    answer_number(c, NULL, "opened", result.opened);
    answer_number(c, NULL, "refused", result.refused);
    answer_flag(c, NULL, "news", result.news);
    return OK;
}

const struct command cli_parcel[] = {
    {"write", "DIR FILE [--to PARTY]",
     "Writes what the neighbour needs now into a sealed file; - is the standard output.", 2, 2,
     ACTS_NOT, to_options, run_parcel_write},
    {"read", "DIR FILE",
     "Verifies and applies a sealed file from the neighbour; - is the standard input.", 2, 2,
     ACTS_NOT, NULL, run_parcel_read},
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
    {"suspend", "DIR [--reason TEXT] --as OFFICER",
     "From now on no parcel leaves but its own notice.", 1, 1, ACTS, reason_options, run_suspend},
    {"resume", "DIR [--reason TEXT] --as OFFICER", "Parcels leave again.", 1, 1, ACTS,
     reason_options, run_resume},
    {.run = NULL},
};
