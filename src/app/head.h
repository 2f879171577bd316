/* app/head.h - heads of the own journal, and the record of the last one in a second place. For app/
 * only, with the post locked (inside.h). */
#pragma once
#include "app/inside.h"

/* Signs a new head when there are leaves above the newest, padding with cover leaves; whoever is
 * given it waits until the second place holds it (post_write sees to that). */
MUST_USE Status head_sign(struct scope *s, struct post *p, struct head_row *out);

/* Writes the newest committed head to the second place. */
MUST_USE Status head_remember(struct scope *s, struct post *p);

/* The record outside the machine's snapshot: last signed head and highest numbers. */
struct second_place {
    uint64_t size;
    Hash root;
    bool present;
};
MUST_USE Status second_place_read(struct scope *s, const char *dir, struct second_place *out);
