/* core/casework/calendar.h - working days as the pack's holidays and weekends say.
 * Decides whether a day is a working day of one side or both; never which duty moves. */
#pragma once
#include "core/casework/pack.h"

/* Easter Sunday in the Gregorian calendar, of the western or the Orthodox church; 1900 to 2199. */
Day easter_sunday(int32_t year, bool orthodox);

/* Not of a weekend and no holiday of the calendar "a", "b" (first and second party of the pack) or
 * "both"; a day that the pack moves work to is one. */
bool calendar_is_working(const struct pack *p, Str calendar, Day day);

/* `day` itself, or the first working day after it. */
Day calendar_next_working(const struct pack *p, Str calendar, Day day);

/* The working day that is the `count`th after `day`. */
Day calendar_add_working(const struct pack *p, Str calendar, Day day, int32_t count);
