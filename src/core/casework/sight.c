#include "core/casework/sight.h"

#define R(n) (1u << ((n)-1))

/* The table of domain rules: what a role sees of its own side's facts, and of the other side's.
 * Kinds that a role may state itself it sees in their open fields at least. */
static const struct {
    Roles roles;
    enum sight own, theirs, theirs_outside; /* `theirs_outside`: of no case */
} table[] = {
    /* representative, deputy, assistant, secretary, data protection */
    {R(1) | R(2) | R(3) | R(4) | R(10), SIGHT_WHOLE, SIGHT_WHOLE, SIGHT_WHOLE},
    {ROLES_MACHINE, SIGHT_WHOLE, SIGHT_WHOLE, SIGHT_WHOLE},
    {R(6), SIGHT_WHOLE, SIGHT_WHOLE, SIGHT_HEAD}, /* expert: the case only */
    {R(5), SIGHT_OPEN, SIGHT_OPEN, SIGHT_OPEN},   /* interpreter */
    {R(7), SIGHT_WHOLE, SIGHT_HEAD, SIGHT_HEAD},  /* duty point: headers */
    {R(8), SIGHT_OPEN, SIGHT_HEAD, SIGHT_HEAD},   /* courier officer */
    {R(9), SIGHT_NONE, SIGHT_NONE, SIGHT_NONE},   /* criminal investigator: firewalled */
    {R(11), SIGHT_WHOLE, SIGHT_NONE, SIGHT_NONE}, /* protection focal point */
    {R(12) | R(13) | R(14) | R(15), SIGHT_OPEN, SIGHT_HEAD, SIGHT_HEAD}, /* analyst, auditor ... */
};

Roles sight_roles_alone(const struct kind *k)
{
    if (k == NULL) return 0;
    for (size_t i = 0; i < k->field_count; i++)
        if (k->fields[i].class == CLASS_PROTECTED) return k->roles;
    return k->crosses == CROSSES_ORIGINATOR ? k->roles : 0;
}

enum sight sight_of(const struct kind *k, bool own, bool in_case, Roles roles)
{
    Roles alone = sight_roles_alone(k);
    if (roles == ROLES_ALL) return SIGHT_WHOLE;
    if (alone) return roles & alone ? SIGHT_WHOLE : SIGHT_NONE;
    if (roles == 0) return SIGHT_OPEN;
    enum sight best = k && (k->roles & roles) ? own ? SIGHT_WHOLE : SIGHT_OPEN : SIGHT_NONE;
    for (size_t i = 0; i < COUNT_OF(table); i++) {
        if (!(table[i].roles & roles)) continue;
        enum sight here = own ? table[i].own : in_case ? table[i].theirs : table[i].theirs_outside;
        if (here > best) best = here;
    }
    return best;
}

bool sight_shows(enum sight sight, const struct pack *p, const struct kind *k, Str field)
{
    if (sight != SIGHT_OPEN) return sight == SIGHT_WHOLE;
    const struct kind_field *f = k ? kind_field_of(p, k, field) : NULL;
    return f && f->class == CLASS_OPEN && !f->sensitive_for_persons;
}
