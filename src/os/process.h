/* os/process.h - runs a piece of work in a child of its own, with limits, so that a parser or a
 * drawing library that goes wrong takes nothing with it. Only bytes come back. */
#pragma once
#include "base/scope.h"

/* Zero means: no limit of that kind, but output always has one. */
struct process_limits {
    size_t memory_bytes; /* above what the parent has */
    unsigned cpu_s;
    int64_t time_ms;
    size_t output_max;
};

/* Calls `work` in the child with a scope of its own and hands back its Status, its sentence and its
 * bytes. The child cannot write files, open sockets by inheritance or outlive the parent.
 * ERR_LIMIT when it runs out of time or output, ERR_INTERNAL when it crashes. */
MUST_USE Status process_run(struct scope *s, const struct process_limits *limits,
                            Status (*work)(void *ctx, struct scope *s, Bytes *out), void *ctx,
                            Bytes *out);
