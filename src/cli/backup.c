#include "app/paper.h"
#include "cli/subcommands.h"

static Status run_backup(struct call *c)
{
    AUTO_POST struct post *p = NULL;
    TRY(call_post(c, 0, &p));
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

static Status run_rebuild(struct call *c)
{
    AUTO_POST struct post *p = NULL;
    TRY(call_post(c, 0, &p));
    TRY(post_rebuild(c->scope, p));
    answer_text(c, NULL, "rebuilt", post_party(p));
    return OK;
}

const struct command cli_rebuild[] = {
    {NULL, "DIR", "Makes the projections again from the journals.", 1, 1, ACTS_NOT, NULL,
     run_rebuild},
    {.run = NULL},
};
