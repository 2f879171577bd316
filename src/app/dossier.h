/* app/dossier.h - what those who write a dossier and those who check it share. For dossier.c and
 * verify*.c only. */
#pragma once
#include "app/statement.h"
#include "paper/container.h"

#define DOSSIER_LINE "twinpost/dossier/1"
#define PROOF_LINE   "c2sp.org/tlog-proof@v1"

/* Facts that tell who may sign. */
enum { AUTHORITY_KIND_COUNT = 5 };
static const char *const authority_kinds[AUTHORITY_KIND_COUNT] = {
    "post.opened", "officer.enrolled", "mandate.granted", "mandate.revoked", "key.rotated"};

/* The text of a journal's vkeys: the journal key of the countersigned head and, when it is another,
 * that of the newest; then the key that countersigned. Heads that do not stand add no line. Either
 * note may be empty. */
MUST_USE Status dossier_vkeys(struct scope *s, const struct authority *journal,
                              const struct authority *cosigner, Str cosigned, Str newest, Str *out);

struct journal_heads {
    bool has_cosigned;
    struct head_row cosigned, newest;
};
