/* os/zone.h - finds the rules of a time zone on this machine; base/instant decides with them. */
#pragma once
#include "base/instant.h"

/* By tz database name, for example Europe/Riga; "UTC" needs no file. ERR_SCHEMA for a name that is
 * none, ERR_NOT_FOUND when this machine does not know the zone. */
MUST_USE Status zone_load(struct scope *s, Str name, struct zone *out);
