/* app/head.h - heads of the own journal. For app/ only, with the post locked (inside.h). */
#pragma once
#include "app/inside.h"

/* Signs a new head when there are leaves above the newest, padding with cover leaves; whoever is
 * given it waits until the second place holds it (post_write sees to that). ERR_STALE when a held
 * post has none. */
MUST_USE Status head_sign(struct scope *s, struct post *p, struct head_row *out);

/* The head of an earlier size of the same journal, signed now unless there is one. */
MUST_USE Status head_sign_at(struct scope *s, struct post *p, uint64_t size, struct head_row *out);
