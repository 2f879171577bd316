/* tests/unit/app/rotation.h - keys that give way, for the tests of that. Every function ends the
 * test when it does not work out. */
#pragma once
#include "pair.h"

enum { ROTATION_ROLES = 6 };
extern const char *const rotation_roles[ROTATION_ROLES];

/* The key of a role of a post (0 lv, 1 by), or of an officer, gives way; an officer's new password
 * is "new words". */
void rotation_make(struct pair *x, size_t post, const char *role);

/* A letter of the party's duty officer, which crosses by itself. */
void rotation_letter(struct pair *x, Str number, const char *party);

/* Both hold the same case, neither accuses the other, and posts and dossiers verify, these with the
 * newest card of either side. Closes and opens the posts. */
void rotation_expect_sound(struct pair *x, Str number);
