#include "cli/subcommands.h"
#include "os/file.h"

static Status setup_officer(struct call *c, struct post_setup *setup)
{
    bool is_given = call_has(c, "officer") || call_has(c, "password-fd");
    Status status = call_password(c, SECRET_OWN, &setup->password);
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
    {NULL, "DIR [--address HOST:PORT]",
     "Prints the party card, which goes to the neighbour in person.", 1, 1, ACTS_NOT, card_options,
     run_card},
    {.run = NULL},
};

static Status run_pair(struct call *c)
{
    AUTO_POST struct post *p = NULL;
    Bytes card;
    Str words;
    TRY(call_read(c, 1, CARD_BYTES_MAX, &card));
    if (!str_is_text(bytes_str(card)))
        return fail(c->scope, ERR_SCHEMA, "%s is no party card: twinpost card writes one",
                    call_word(c, 1));
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
