/* tests/unit/app/sound.h - is a post sound? What must hold after anything that may happen to it. */
#pragma once
#include "pair.h"

/* Every leaf leads to the newest head, every fact is what its leaf commits to, openings have no
 * gap, and memory says what the database says. Prints what is wrong; false then. */
bool sound_journal(struct post *p);

/* Projections made again are the ones that stood. */
bool sound_projections(struct post *p);

/* For every case number in the list: both posts hold the same common view and name the same holders
 * and the same common limits. */
bool sound_agreement(struct pair *x, const Str *numbers, size_t count);

/* No item that each post says the other holds. */
bool sound_holders(struct pair *x, const Str *numbers, size_t count);

/* Parcels both ways until nothing waits; false when that does not come about. */
bool sound_converges(struct pair *x);
