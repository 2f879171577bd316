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

struct journal_heads {
    bool has_cosigned;
    struct head_row cosigned, newest;
};
