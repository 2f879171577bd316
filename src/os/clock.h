/* os/clock.h - the only place that asks what time it is. */
#pragma once
#include "base/instant.h"

/* The time that this unit of work goes by: the machine's, or a simulated one that stands still
 * until its owner moves it (scenarios, exercises, tests). Zeroed it is the machine's. */
struct clock {
    bool simulated;
    Instant at;
};

/* The machine's time, UTC. */
Instant clock_now(void);

/* What this clock shows. */
Instant clock_read(const struct clock *c);

/* Milliseconds since some moment, never set back; for time limits. */
int64_t clock_elapsed_ms(void);

/* Does a time service keep the machine's clock, as far as the kernel knows? */
bool clock_is_kept(void);
