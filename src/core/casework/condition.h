/* core/casework/condition.h - "where" of a rule in a pack: what a fact must say for the rule to
 * speak of it. Decides whether a condition holds; never what follows. */
#pragma once
#include "core/casework/case.h"

/* Does the fact meet every condition? A field that its kind does not have is looked up in the act
 * or the fact that it names, then in the registration with its amendments; a yes or no that is not
 * given counts as no. */
bool condition_holds(const struct casefile *c, const struct entry *e, const struct match *list,
                     size_t count);

/* What a fact says; of the registration that names the case, with its amendments. */
Str condition_value(const struct casefile *c, const struct entry *e, Str field);

/* The draft that a fact about an act names; NULL for any other fact. */
const struct entry *condition_act_of(const struct casefile *c, const struct entry *e);
