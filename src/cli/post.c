#include "cli/subcommands.h"
#include "os/file.h"

static Status setup_officer(struct call *c, struct post_setup *setup)
{
    bool is_given = call_has(c, "officer") || call_has(c, "password-fd");
    Status status = call_password(c, "password-fd", "TWINPOST_PASSWORD", &setup->password);
    if (status != OK) return is_given ? status : OK;
    if (setup->officer.len == 0)
        setup->officer = scope_print(c->scope, "%.*s.admin", STR_ARG(setup->party));
    return setup->officer.ptr ? OK : ERR_MEMORY;
}

static Status run_init(struct call *c)
{
    uint64_t multiple;
    struct post_setup setup = {.party = call_option(c, "party"),
                               .pack = call_option(c, "pack"),
                               .origin = call_option(c, "origin"),
                               .officer = call_option(c, "officer"),
                               .officer_name = call_option(c, "name"),
                               .officer_role = call_option(c, "role"),
                               .password = STR(""),
                               .root_file = call_option(c, "root"),
                               .second_place = call_option(c, "second")};
    const char *dir = call_word(c, 0);
    if (setup.party.len == 0 || setup.pack.len == 0)
        return fail(c->scope, ERR_USAGE, "a post needs --party and --pack");
    TRY(call_number(c, "cover", 1, &multiple));
    if (multiple == 0 || multiple > 4096) return fail(c->scope, ERR_USAGE, "--cover is 1 to 4096");
    setup.cover_multiple = (uint32_t)multiple;
    TRY(setup_officer(c, &setup));
    TRY(post_create(c->scope, dir, &setup, c->wiring->clock));
    Str root = setup.root_file.len ? setup.root_file : file_join(c->scope, dir, "root.key");
    answer_text(c, NULL, "post", str_of(dir));
    answer_text(c, NULL, "party", setup.party);
    if (setup.officer.len) answer_text(c, NULL, "officer", setup.officer);
    answer_text(c, NULL, "root_key", root);
    answer_text(
        c, NULL, "next",
        STR("take the root key and the recovery key to a safe place, away from this machine"));
    return OK;
}

static const struct option_rule init_options[] = {
    {"party", "ID", "the state's id, for example lv"},
    {"pack", "PACK", "the procedure: a pack's id, or the path of its folder"},
    {"origin", "NAME", "name of the journal; otherwise PARTY.twinpost/journal"},
    {"officer", "ID", "the first officer; otherwise PARTY.admin when there is a password"},
    {"name", "TEXT", "name of the first officer"},
    {"role", "ROLE", "role of the first officer; otherwise R14"},
    {"root", "FILE", "where the offline root key is put; otherwise DIR/root.key"},
    {"cover", "N", "signed heads are padded to a multiple of N; otherwise 1"},
    {"second", "FILE",
     "where the newest head is remembered, best on another disk; otherwise DIR.head"},
    {"password-fd", "N", "read the first officer's password from descriptor N"},
    {NULL, NULL, NULL},
};

const struct command cli_init[] = {
    {NULL, "DIR --party ID --pack PACK", "Makes a post: keys, database, first officer.", 1, 1,
     ACTS_NOT, init_options, run_init},
    {.run = NULL},
};

static Status run_card(struct call *c)
{
    AUTO_POST struct post *p = NULL;
    TRY(call_post(c, 0, &p));
    if (call_has(c, "address")) TRY(post_set_address(c->scope, p, call_option(c, "address")));
    return post_card(c->scope, p, &c->raw);
}

static const struct option_rule card_options[] = {
    {"address", "HOST:PORT", "where the neighbour reaches this post; needs the root key"},
    {NULL, NULL, NULL},
};

const struct command cli_card[] = {
    {NULL, "DIR", "Prints the party card, which goes to the neighbour in person.", 1, 1, ACTS_NOT,
     card_options, run_card},
    {.run = NULL},
};

static Status run_pair(struct call *c)
{
    AUTO_POST struct post *p = NULL;
    Bytes card;
    Str words;
    TRY(file_read(c->scope, call_word(c, 1), CARD_BYTES_MAX, &card));
    if (!str_is_text(bytes_str(card)))
        return fail(c->scope, ERR_SCHEMA, "%s is no card", call_word(c, 1));
    TRY(call_post(c, 0, &p));
    TRY(post_pair(c->scope, p, bytes_str(card), &words));
    answer_text(c, NULL, "words", words);
    answer_text(c, NULL, "next", STR("compare these words with the neighbour's by voice"));
    return OK;
}

const struct command cli_pair[] = {
    {NULL, "DIR CARD", "Trusts a neighbour's card and prints the code words to compare.", 2, 2,
     ACTS_NOT, NULL, run_pair},
    {.run = NULL},
};

static Status doctor_neighbours(struct call *c, struct post *p)
{
    struct neighbour_view *list;
    size_t count;
    TRY(post_neighbours(c->scope, p, &list, &count));
    json_t *rows = answer_list(c, NULL, "neighbours");
    for (size_t i = 0; i < count; i++) {
        json_t *row = answer_row(c, rows);
        answer_text(c, row, "party", list[i].party);
        answer_text(c, row, "address",
                    list[i].address_count ? list[i].addresses[0] : STR("none: by courier"));
        answer_number(c, row, "openings", list[i].openings);
        answer_number(c, row, "they_hold", list[i].held_opening);
        answer_number(c, row, "we_hold", list[i].theirs_opening);
        answer_number(c, row, "cosigned_size", list[i].cosigned_size);
    }
    return OK;
}

static Status doctor_alarms(struct call *c, struct post *p)
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
    return OK;
}

static Status run_doctor(struct call *c)
{
    AUTO_POST struct post *p = NULL;
    struct post_figures figures;
    uint64_t space;
    TRY(call_post(c, 0, &p));
    TRY(post_figures(c->scope, p, &figures));
    TRY(file_space(c->scope, post_dir(p), &space));
    answer_text(c, NULL, "party", post_party(p));
    answer_text(c, NULL, "pack", post_pack(p)->id);
    answer_instant(c, NULL, "clock", post_now(p));
    answer_text(c, NULL, "zone", pack_zone(post_pack(p), post_party(p)));
    answer_number(c, NULL, "journal_size", figures.journal_size);
    answer_number(c, NULL, "cosigned_size", figures.cosigned_size);
    answer_number(c, NULL, "queued", figures.queued);
    answer_flag(c, NULL, "suspended", figures.suspended);
    answer_flag(c, NULL, "held", figures.held);
    answer_flag(c, NULL, "folder_is_private", file_is_private(post_dir(p)));
    Str root = file_join(c->scope, post_dir(p), "root.key");
    answer_flag(c, NULL, "root_key_is_away", root.ptr && !file_exists(root.ptr));
    answer_number(c, NULL, "disk_free_mib", space >> 20);
    TRY(doctor_neighbours(c, p));
    return doctor_alarms(c, p);
}

const struct command cli_doctor[] = {
    {NULL, "DIR", "Health of a post: clock, queue, link, alarms, disk.", 1, 1, ACTS_NOT, NULL,
     run_doctor},
    {.run = NULL},
};
