/* app/recovery.h - a post that was set back: it signs nothing until its journal is whole again, and
 * each neighbour has given back what it holds. For app/ only, with the post locked. */
#pragma once
#include "app/arrival.h"
#include "app/second_place.h"

/* Reads again whether the post may sign (p->held), and what the second place remembers. ERR_DISK
 * when that cannot be told. */
MUST_USE Status hold_read(struct scope *s, struct post *p);

/* When the post opens: is it shorter than the record in the second place, or restored? Then it is
 * held, and what had been erased is erased again before anything is served. */
MUST_USE Status hold_check(struct scope *s, struct post *p);

/* Holds the post, inside a transaction: every neighbour owes. `text` tells people why. */
MUST_USE Status hold_begin(struct scope *s, struct post *p, Str text, Bytes evidence);

/* After a parcel was applied: has this neighbour given back all that it holds? When the journal is
 * whole then, the post signs again: `post.restored` is its first fact. */
MUST_USE Status hold_settle(struct scope *s, struct post *p, struct arrival *a);
