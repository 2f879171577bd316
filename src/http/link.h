/* http/link.h - the exchange that runs by itself: a thread that calls the neighbours that have an
 * address, at once when something waits, else every minute; more and more rarely while nobody
 * answers. */
#pragma once
#include "app/post.h"

enum { LINK_EVERY_S = 60, LINK_PAUSE_MAX_S = 300 };

struct link;

/* Starts the thread; ERR_MEMORY, ERR_INTERNAL. */
MUST_USE Status link_open(struct scope *s, struct post *p, struct link **out);

/* Ends it; an exchange under way is given up within a second, which does no harm. Accepts NULL. */
void link_close(struct link *l);

/* Something may wait now: look at once. */
void link_nudge(struct link *l);

/* Calls the party (empty: everybody) now, whatever the pauses say. */
void link_call(struct link *l, Str party);

/* How the link to a party does. */
struct link_view {
    bool calling, tried, reached; /* `reached`: the last call went well */
    Instant tried_at, reached_at; /* `reached_at` is the last good one, us 0 when never */
    Status reason;                /* of the last call */
    uint64_t calls;
};
struct link_view link_view(struct link *l, Str party);
