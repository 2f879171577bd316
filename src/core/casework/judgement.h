/* core/casework/judgement.h - what a fact is worth by itself: form, signature, role, mandate. Both
 * posts, and whoever checks a dossier, come to the same verdict from the same journal. Decides
 * whether a fact counts; never what follows from it. */
#pragma once
#include "core/casework/pack.h"
#include "core/ledger/mandate.h"

/* What must be known beside the fact. */
struct judging {
    bool crossed;     /* the other side opened it: it may show nothing that never crosses */
    uint64_t opening; /* number of that opening, 0 when it is not known */
    const struct fact
        *named; /* the act or offer that its kind_roles_field names; NULL: none known */
};

/* The verdict on a fact. ERR_SCHEMA, ERR_LIMIT, ERR_SIGNATURE, ERR_ROLE, ERR_MANDATE; unknown kinds
 * and fields are let pass, signed by whom they may. */
MUST_USE Status fact_judge(struct scope *s, const struct pack *p, const struct authority *a,
                           const struct fact *f, const struct judging *how);

/* Marks what a fact that crossed shows although it never may: all of a kind that never crosses,
 * fields that are protected or internal. Gives whether there is any; `erase` has room for every
 * field. */
bool judgement_must_hide(const struct pack *p, const struct fact *f, bool *erase);
