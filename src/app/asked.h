/* app/asked.h - what a neighbour's last parcel asked for (pieces of evidence, what it lost), kept
 * so that the next parcel answers it also when another process writes it. For app/ only. */
#pragma once
#include "app/inside.h"

/* Into the open transaction; nothing is written while nothing is asked. */
MUST_USE Status asked_save(struct scope *s, struct post *p, struct neighbour *n);
MUST_USE Status asked_load(struct scope *s, struct post *p, struct neighbour *n);
