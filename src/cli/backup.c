#include "app/paper.h"
#include "cli/subcommands.h"

enum { HEAD_FILE_MAX = 65536 };

static Status run_backup(struct call *c)
{
    AUTO_POST struct post *p = NULL;
    TRY(call_no_folder(c, 1));
    TRY(call_post(c, 0, &p));
    call_progress(c, "copying");
    TRY(backup_write(c->scope, p, call_word(c, 1)));
    answer_text(c, NULL, "file", str_of(call_word(c, 1)));
    return OK;
}

const struct command cli_backup[] = {
    {NULL, "DIR FILE", "Writes a consistent copy of the post while it works.", 2, 2, ACTS_NOT, NULL,
     run_backup},
    {.run = NULL},
};

static Status run_restore(struct call *c)
{
    call_progress(c, "restoring");
    TRY(backup_restore(c->scope, call_word(c, 0), call_word(c, 1)));
    answer_text(c, NULL, "post", str_of(call_word(c, 1)));
    answer_text(c, NULL, "next",
                STR("exchange once: the post signs again when its newest head is back"));
    return OK;
}

const struct command cli_restore[] = {
    {NULL, "FILE DIR", "Makes a post again from a backup.", 2, 2, ACTS_NOT, NULL, run_restore},
    {.run = NULL},
};

static Status run_recover(struct call *c)
{
    AUTO_POST struct post *p = NULL;
    AUTO_SESSION struct session *representative = NULL;
    AUTO_SESSION struct session *second = NULL;
    Bytes head;
    Str password;
    TRY(call_read(c, 1, HEAD_FILE_MAX, &head));
    TRY(call_post(c, 0, &p));
    TRY(call_session(c, p, &representative));
    TRY(call_password(c, SECRET_SECOND, &password));
    TRY(session_open(c->scope, p, call_option(c, "with"), password, &second));
    TRY(post_recover(c->scope, p, representative, second, bytes_str(head)));
    answer_text(c, NULL, "signs", post_party(p));
    return OK;
}

static const struct option_rule recover_options[] = {
    {"with", "OFFICER", "the officer R13 who decides with the representative"},
    {"with-password-fd", "N",
     "read that officer's password from descriptor N, not from TWINPOST_WITH_PASSWORD"},
    {NULL, NULL, NULL},
};

const struct command cli_recover[] = {
    {NULL, "DIR HEAD --as OFFICER --with OFFICER",
     "Lets a post that was set back sign again by a head read from paper.", 2, 2, ACTS,
     recover_options, run_recover},
    {.run = NULL},
};

static Status run_rebuild(struct call *c)
{
    AUTO_POST struct post *p = NULL;
    TRY(call_post(c, 0, &p));
    call_progress(c, "rebuilding");
    TRY(post_rebuild(c->scope, p));
    answer_text(c, NULL, "rebuilt", post_party(p));
    return OK;
}

const struct command cli_rebuild[] = {
    {NULL, "DIR", "Makes the projections again from the journals.", 1, 1, ACTS_NOT, NULL,
     run_rebuild},
    {.run = NULL},
};
