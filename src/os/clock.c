#include "os/clock.h"
#include <sys/timex.h>
#include <time.h>

Instant clock_now(void)
{
    struct timespec t = {0};
    clock_gettime(CLOCK_REALTIME, &t);
    return (Instant){(int64_t)t.tv_sec * US_PER_SECOND + t.tv_nsec / 1000};
}

Instant clock_read(const struct clock *c)
{
    return c->simulated ? c->at : clock_now();
}

int64_t clock_elapsed_ms(void)
{
    struct timespec t = {0};
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

bool clock_is_kept(void)
{
    struct timex t = {.modes = 0};
    int state = adjtimex(&t);
    return state >= 0 && state != TIME_ERROR && !(t.status & STA_UNSYNC);
}
