/* tests/fault/world_inner.h - between world.c and world_trial.c only. */
#pragma once
#include "world.h"

/* Prints it under the intention's name; false. */
bool world_wrong(const struct world *w, const char *what);

/* Two posts driven to where the intention may be wanted, and closed. */
void world_build(struct world *w);

/* A copy of them, opened, with what the intention prepares; and what they hold noted. */
void world_begin(struct world *w);
void world_prepare(struct world *w);
void world_end(struct world *w);

void world_open(struct world *w);
void world_close(struct world *w);

enum outcome world_outcome(struct world *w);

/* Is this a way to refuse while faults of the kind strike? */
bool world_may_refuse(const struct world *w, enum fault_kind kind, Status status);

/* What must hold after a run; false when it does not, which is printed: refused for want of memory
 * or disk with a sentence, nothing left open; old or new, and the same works now; both posts go on
 * to one common view; and all of it after opening them again, where the folders verify. */
bool world_refuses_well(struct world *w, const struct fault_run *run);
bool world_goes_on(struct world *w, const struct fault_run *run);
bool world_agrees(struct world *w);
bool world_stands(struct world *w);
