/* twinpost: the table of subcommands, and what wires the command line to the server. */
#include "base/signature.h"
#include "cli/subcommands.h"
#include "http/server.h"
#include "os/log.h"
#include <signal.h>
#include <sodium.h>
#include <stdio.h>

static const struct subcommand subcommands[] = {
    {"init", cli_init, "makes a post: keys, database, first officer"},
    {"card", cli_card, "prints the party card"},
    {"pair", cli_pair, "trusts a neighbour's card; prints the code words"},
    {"serve", cli_serve, "serves officers and the neighbour's post"},
    {"sync", cli_sync, "one exchange over the network now"},
    {"parcel", cli_parcel, "writes and reads parcels for a courier"},
    {"officer", cli_officer, "enrols, lists and revokes officers"},
    {"key", cli_key, "lets a key give way to a new one"},
    {"mandate", cli_mandate, "grants and revokes mandates"},
    {"fact", cli_fact, "states and shows facts"},
    {"evidence", cli_evidence, "adds and gets evidence files"},
    {"case", cli_case, "lists and shows cases"},
    {"common", cli_common, "prints what both sides see of a case, and its digest"},
    {"release", cli_release, "drafts, previews, approves, refuses and recalls releases"},
    {"exchange", cli_exchange, "suspends and resumes the exchange"},
    {"duty", cli_duty, "lists and explains duties with clocks"},
    {"meeting", cli_meeting, "agenda, powers, minutes and calendar file of a meeting"},
    {"register", cli_register, "registers of letters and of markers"},
    {"line", cli_line, "the border line: distances, sides, markers"},
    {"pack", cli_pack, "checks a procedure pack"},
    {"act", cli_act, "draws acts and the other documents as PDF"},
    {"dossier", cli_dossier, "writes a case's dossier"},
    {"journal", cli_journal, "exports the journal as static files"},
    {"verify", cli_verify, "checks a dossier or a post offline"},
    {"play", cli_play, "plays a scenario and checks what it expects"},
    {"backup", cli_backup, "copies a post"},
    {"restore", cli_restore, "makes a post again from a backup"},
    {"recover", cli_recover, "lets a post that was set back sign again"},
    {"rebuild", cli_rebuild, "makes the projections again from the journal"},
    {"import", cli_import, "states the facts of a JSON lines file"},
    {"export", cli_export, "writes all cases as JSON"},
    {"doctor", cli_doctor, "health of a post: clocks, queue, link, disk"},
};

static volatile sig_atomic_t stop;

static void on_stop(int number)
{
    (void)number;
    stop = 1;
}

static void on_ready(void *ctx, Str http, Str peer)
{
    const struct serving *options = ctx;
    options->ready(options->ctx, http, peer);
}

static Status serve(struct scope *s, struct post *p, const struct serving *options)
{
    struct sigaction action = {.sa_handler = on_stop};
    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGHUP, &action, NULL);
    struct http_options o = {.http = options->http,
                             .peer = options->peer,
                             .public = options->public,
                             .stop = &stop,
                             .ready = on_ready,
                             .ctx = (void *)(uintptr_t)options};
    return http_serve(s, p, &o);
}

int main(int argc, char **argv)
{
    static const struct clock machine_clock = {.simulated = false};
    static const struct wiring wiring = {
        .version = TWINPOST_VERSION, .clock = &machine_clock, .serve = serve};
    if (sodium_init() < 0) {
        fprintf(stderr, "twinpost: internal: a library that it needs does not start\n");
        return status_exit_code(ERR_INTERNAL);
    }
    return command_run(subcommands, COUNT_OF(subcommands), &wiring, argc, argv);
}
