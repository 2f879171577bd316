/* core/casework/damage.h - is a claimed damage more than may be settled at the type's level? */
#pragma once
#include "core/casework/case.h"

/* Does an opened claim exceed the ceiling that the pack sets for the type of the case ("1000" or
 * "1000 EUR")? Never when it sets none, nor for a claim in another currency: what cannot be
 * compared warns of nothing. */
bool damage_is_above_ceiling(const struct casefile *c);
