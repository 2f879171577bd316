#include "app/network.h"
#include "cli/subcommands.h"
#include "os/file.h"
#include <inttypes.h>

enum { DISK_LOW_MIB = 1024, LOCAL_TEXT_MAX = 64 };

/* What the person at the machine should do; nothing when all is well. */
PRINTF_LIKE(3, 4)
static void advise(struct call *c, json_t *list, const char *format, ...)
{
    char text[SCOPE_REASON_MAX];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    json_t *value = json_from_str(str_of(text));
    if (value == NULL || json_array_append_new(list, value) != 0) c->lost_memory = true;
}

/* What the clocks of each side show: a wrong one is seen at once. */
static void look_at_clocks(struct call *c, struct post *p, json_t *advice)
{
    const struct pack *pack = post_pack(p);
    Instant now = post_now(p);
    answer_instant(c, NULL, "clock", now);
    answer_flag(c, NULL, "clock_is_kept", clock_is_kept());
    json_t *rows = answer_list(c, NULL, "clocks");
    for (size_t i = 0; i < pack->party_count; i++) {
        char text[LOCAL_TEXT_MAX];
        int32_t second;
        Day day = zone_day(post_zone(p, pack->parties[i].id), now, &second);
        snprintf(text, sizeof text, "%04d-%02u-%02u %02d:%02d", (int)day.year, (unsigned)day.month,
                 (unsigned)day.day, (int)second / 3600, (int)second / 60 % 60);
        json_t *row = answer_row(c, rows);
        answer_text(c, row, "party", pack->parties[i].id);
        answer_text(c, row, "zone", pack->parties[i].zone);
        answer_text(c, row, "shows", str_of(text));
    }
    if (!clock_is_kept())
        advise(
            c, advice,
            "No time service keeps this machine's clock: install one (systemd-timesyncd, chrony), "
            "or compare the clock with another every day.");
}

static Status look_at_folder(struct call *c, struct post *p, json_t *advice)
{
    static const struct {
        const char *file, *flag;
    } offline[] = {{"root.key", "root_key_is_away"}, {"recovery.key", "recovery_key_is_away"}};
    const char *dir = post_dir(p);
    uint64_t space;
    TRY(file_space(c->scope, dir, &space));
    answer_flag(c, NULL, "folder_is_private", file_is_private(dir));
    for (size_t i = 0; i < COUNT_OF(offline); i++) {
        Str path = file_join(c->scope, dir, offline[i].file);
        if (path.ptr == NULL) return ERR_MEMORY;
        bool is_here = false;
        TRY(file_look(c->scope, path.ptr, &is_here));
        answer_flag(c, NULL, offline[i].flag, !is_here);
        if (is_here)
            advise(c, advice, "Take %s to a safe place away from this machine, on two carriers.",
                   path.ptr);
    }
    answer_number(c, NULL, "disk_free_mib", space >> 20);
    if (!file_is_private(dir))
        advise(c, advice, "Others on this machine can look into the folder: chmod 700 %s", dir);
    if (space >> 20 < DISK_LOW_MIB)
        advise(c, advice, "The disk is nearly full: free some space, or move the post.");
    return OK;
}

static Status look_at_journal(struct call *c, struct post *p, json_t *advice)
{
    struct post_figures f;
    TRY(post_figures(c->scope, p, &f));
    answer_number(c, NULL, "journal_size", f.journal_size);
    answer_number(c, NULL, "cosigned_size", f.cosigned_size);
    answer_number(c, NULL, "queued", f.queued);
    answer_flag(c, NULL, "suspended", f.suspended);
    answer_flag(c, NULL, "held", f.held);
    answer_flag(c, NULL, "lacks_key", f.lacks_key);
    if (f.lacks_key)
        advise(c, advice,
               "A key that took the place of an older one is missing: bring the folder keys back "
               "from a backup made since.");
    if (f.held)
        advise(c, advice,
               "This post was set back and signs nothing: exchange with each neighbour until its "
               "journal is whole again.");
    if (f.queued)
        advise(c, advice, "%" PRIu64 " drafts wait unsigned; their officers state them again.",
               f.queued);
    if (f.suspended)
        advise(
            c, advice,
            "The exchange is suspended: a representative resumes it by twinpost exchange resume.");
    return OK;
}

static Status look_at_officers(struct call *c, struct post *p, json_t *advice)
{
    enum { SOON_DAYS = 14 };
    struct officer_view *list;
    size_t count, able = 0;
    Instant soon = {post_now(p).us + SOON_DAYS * INT64_C(86400) * US_PER_SECOND};
    TRY(post_officers(c->scope, p, &list, &count));
    for (size_t i = 0; i < count; i++) {
        const struct officer_view *o = &list[i];
        if (!str_eq(o->party, post_party(p)) || o->revoked || o->role.len == 0) continue;
        if (o->has_to && instant_before(o->to, post_now(p))) continue;
        able += str_is(o->role, "R1") || str_is(o->role, "R7");
        if (o->has_to && instant_before(o->to, soon))
            advise(c, advice, "The mandate %.*s of %.*s ends within %d days.", STR_ARG(o->mandate),
                   STR_ARG(o->id), (int)SOON_DAYS);
    }
    if (able == 0)
        advise(
            c, advice,
            "Nobody may register an incident yet: twinpost officer add makes a duty officer (R7) "
            "and a representative (R1).");
    return OK;
}

static Status look_at_link(struct call *c, struct post *p, json_t *advice)
{
    struct neighbour_view *list;
    size_t count;
    TRY(post_neighbours(c->scope, p, &list, &count));
    json_t *rows = answer_list(c, NULL, "neighbours");
    for (size_t i = 0; i < count; i++) {
        const struct neighbour_view *n = &list[i];
        bool reached = n->address_count && exchange_probe(c->scope, p, n->party) == OK;
        json_t *row = answer_row(c, rows);
        answer_text(c, row, "party", n->party);
        answer_text(c, row, "address",
                    n->address_count ? n->addresses[0] : STR("none: by courier"));
        if (n->address_count) answer_flag(c, row, "answers", reached);
        answer_number(c, row, "openings", n->openings);
        answer_number(c, row, "they_hold", n->held_opening);
        answer_number(c, row, "we_hold", n->theirs_opening);
        answer_number(c, row, "cosigned_size", n->cosigned_size);
        if (n->address_count && !reached)
            advise(c, advice, "The link to %.*s: %s.", STR_ARG(n->party), scope_reason(c->scope));
        if (n->openings > n->held_opening)
            advise(c, advice,
                   "%.*s has not confirmed %" PRIu64 " of what was opened to it: twinpost sync, or "
                   "twinpost parcel write and a courier.",
                   STR_ARG(n->party), n->openings - n->held_opening);
    }
    if (count == 0)
        advise(c, advice, "This post is paired with nobody: exchange cards, then twinpost pair.");
    return OK;
}

static Status look_at_alarms(struct call *c, struct post *p, json_t *advice)
{
    struct alarm_view *list;
    size_t count;
    TRY(post_alarms(c->scope, p, &list, &count));
    json_t *rows = answer_list(c, NULL, "alarms");
    for (size_t i = 0; i < count; i++) {
        json_t *row = answer_row(c, rows);
        answer_instant(c, row, "at", list[i].at);
        answer_text(c, row, "party", list[i].party);
        answer_text(c, row, "what", list[i].what);
        answer_text(c, row, "text", list[i].text);
    }
    for (size_t i = 0; i < count; i++)
        if (!str_is(list[i].what, "restore")) {
            advise(c, advice,
                   "An alarm stands against %.*s (%.*s): the evidence is kept; tell the "
                   "representative and the auditor.",
                   STR_ARG(list[i].party), STR_ARG(list[i].what));
            break;
        }
    return OK;
}

static Status run_doctor(struct call *c)
{
    AUTO_POST struct post *p = NULL;
    AUTO_JSON json_t *advice = json_array();
    TRY(call_post(c, 0, &p));
    call_progress(c, "looking");
    answer_text(c, NULL, "party", post_party(p));
    answer_text(c, NULL, "pack", post_pack(p)->id);
    answer_text(c, NULL, "zone", pack_zone(post_pack(p), post_party(p)));
    look_at_clocks(c, p, advice);
    TRY(look_at_journal(c, p, advice));
    TRY(look_at_folder(c, p, advice));
    TRY(look_at_officers(c, p, advice));
    TRY(look_at_link(c, p, advice));
    TRY(look_at_alarms(c, p, advice));
    if (c->lost_memory || json_object_set(c->answer, "advice", advice) != 0)
        return fail(c->scope, ERR_MEMORY, "the machine has no memory left");
    return OK;
}

const struct command cli_doctor[] = {
    {NULL, "DIR", "Health of a post: clocks, queue, link, disk; and what to do about it.", 1, 1,
     ACTS_NOT, NULL, run_doctor},
    {.run = NULL},
};
