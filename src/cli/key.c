#include "app/officer.h"
#include "app/paper.h"
#include "cli/subcommands.h"
#include "os/file.h"

static Status run_rotate(struct call *c)
{
    AUTO_POST struct post *p = NULL;
    struct rotation r = {.role = str_of(call_word(c, 1)), .root_file = call_option(c, "root")};
    Str copy = call_option(c, "backup");
    bool of_officer = memchr(r.role.ptr, '.', r.role.len) != NULL;
    if (!of_officer && copy.len == 0)
        return fail(c->scope, ERR_USAGE,
                    "--backup FILE is needed: no older copy of the post has the new key");
    bool exists = false;
    if (copy.len) TRY(file_look(c->scope, copy.ptr, &exists));
    if (exists) return fail(c->scope, ERR_DUPLICATE, "%s exists", copy.ptr);
    TRY(call_post(c, 0, &p));
    if (of_officer) TRY(call_password(c, SECRET_NEW, &r.password));
    TRY(post_rotate(c->scope, p, &r));
    answer_text(c, NULL, "rotated", r.role);
    Status status = copy.len ? backup_write(c->scope, p, copy.ptr) : OK;
    if (status != OK)
        return fail(
            c->scope, status,
            "the key has given way, but the copy was not written: %s; twinpost backup makes "
            "another",
            scope_str(c->scope, str_of(scope_reason(c->scope))).ptr);
    if (copy.len) answer_text(c, NULL, "backup", copy);
    answer_text(c, NULL, "next", STR("take the root key away again"));
    return OK;
}

static const struct option_rule rotate_options[] = {
    {"backup", "FILE", "where a copy of the post with the new key is written"},
    {"root", "FILE", "the offline root key; otherwise DIR/root.key"},
    {"new-password-fd", "N", "read the officer's new password from descriptor N"},
    {NULL, NULL, NULL},
};

const struct command cli_key[] = {
    {"rotate", "DIR ROLE --backup FILE",
     "Lets a key of the post, or of an officer, give way to a new one.", 2, 2, ACTS_NOT,
     rotate_options, run_rotate},
    {.run = NULL},
};
