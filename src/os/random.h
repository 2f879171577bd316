/* os/random.h - where unpredictable bytes come from: the kernel, or a seed where a run must be
 * repeated byte for byte (scenarios, tests). */
#pragma once
#include "base/hash.h"
#include "base/scope.h"

/* Zeroed it is the kernel's. One thread at a time for a seeded one. */
struct random {
    bool seeded;
    Hash seed;
    uint64_t taken; /* how often it was asked; no two answers are alike */
};

/* Never for keys that leave a scenario or a test. */
struct random random_from_seed(const Hash *seed);

/* ERR_INTERNAL when the kernel has no random bytes to give, which a running system always has. */
MUST_USE Status random_fill(struct scope *s, struct random *r, uint8_t *out, size_t len);

/* 32 bytes, for secrets and seeds; fails as random_fill. */
MUST_USE Status random_hash(struct scope *s, struct random *r, Hash *out);
