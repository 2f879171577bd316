/* core/casework/sight.h - how much of a fact an officer's roles see (domain: roles and actions).
 * Own facts are the post's file; the other side's are seen by those who work on the case together.
 * Decides what is shown at this post; never what may cross (gate.h). */
#pragma once
#include "core/casework/pack.h"
#include "core/ledger/fact.h"

enum sight {
    SIGHT_NONE,
    SIGHT_HEAD,  /* that it is there: kind, case, by, at */
    SIGHT_OPEN,  /* and its open fields */
    SIGHT_WHOLE, /* and what is personal */
};

/* Every role, and the post itself: for play, tests and the post's own work. */
enum { ROLES_ALL = 0xffff };

/* No officer's: the command line without one. Whoever sits at the machine has its files; what is a
 * role's alone it does not show. */
enum { ROLES_MACHINE = 1 << 16 };

/* Which roles alone may know of facts of this kind (protected, covert); 0 when every role may. */
Roles sight_roles_alone(const struct kind *k);

/* No roles at all (an officer without mandates) see what is open. */
enum sight sight_of(const struct kind *k, bool own, bool in_case, Roles roles);

/* May a field be shown? Names that the kind does not know are of a newer kind: as personal. */
bool sight_shows(enum sight sight, const struct pack *p, const struct kind *k, Str field);
