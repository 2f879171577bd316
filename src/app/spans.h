/* app/spans.h - receipts by the opening numbers they took. For app/ only. */
#pragma once
#include "base/instant.h"
#include "base/scope.h"

/* Openings that a receipt took, and when by the clock of the post that took them. */
struct span {
    uint64_t from, to;
    Instant at;
};

struct spans {
    struct span *list;
    size_t count, room;
};

/* Receipts by opening number: "from-to" as a receipt's `took` has it. */
MUST_USE Status spans_add(struct scope *s, struct spans *list, Str took, Instant at);
bool spans_find(const struct spans *list, uint64_t opening, Instant *out_at);
