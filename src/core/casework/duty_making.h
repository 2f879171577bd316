/* core/casework/duty_making.h - the list of duties under construction. Private to duty*.c: what
 * arises (duty.c, duty_calendar.c) and how it ends (duty_settle.c). */
#pragma once
#include "core/casework/duty.h"

struct making {
    struct scope *s;
    const struct casefile *c;
    const struct casefile *whole; /* whose sides the zones belong to */
    const struct zone *zones;
    Instant now;
    struct duty *list;
    size_t count, room;
};

/* Finds out how the duty stands and adds it; duty_keep adds it as it is. */
MUST_USE Status duty_add(struct making *m, const struct duty *d);
MUST_USE Status duty_keep(struct making *m, const struct duty *d);

/* The end that start_at and the parameter's limit give; the limit of grave incidents if `grave`. */
void duty_limit_set(const struct making *m, struct duty *d, bool grave);

/* Where an entry stands in the common order; the count when it is not there. */
size_t duty_place_of(const struct casefile *c, const struct entry *e);

/* Duties on the calendar, which no fact of a case sets going: for facts that belong to no case. */
MUST_USE Status duties_of_calendar(struct making *m, const struct parameter *p);
