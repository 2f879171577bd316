/* base/instant.h - moments, civil dates, durations and time zones, all pure.
 * RFC 3339 is read and written here and nowhere else; only os/clock asks what time it is. */
#pragma once
#include "base/scope.h"

typedef struct {
    int64_t us; /* microseconds since 1970-01-01T00:00:00Z, without leap seconds */
} Instant;

typedef struct {
    int32_t year;
    uint8_t month, day; /* 1..12, 1..31 */
} Day;

enum { INSTANT_TEXT_MAX = 32 };

#define US_PER_SECOND 1000000LL

/* RFC 3339 in UTC ("Z" only), seconds with an optional fraction of 1 to 6 digits; years 1900 to
 * 2199. False and `*out` untouched when the text is anything else. */
bool instant_parse(Str text, Instant *out);

/* Writes RFC 3339 UTC, with a fraction only when there is one; NUL-ended. */
void instant_format(Instant at, char out[static INSTANT_TEXT_MAX]);
Str instant_str(struct scope *s, Instant at);

static inline bool instant_before(Instant a, Instant b)
{
    return a.us < b.us;
}

/* Days since 1970-01-01 and back (proleptic Gregorian). */
int64_t day_number(Day day);
Day day_from_number(int64_t number);
bool day_parse(Str text, Day *out); /* YYYY-MM-DD */
int day_weekday(Day day);           /* 0 Monday .. 6 Sunday */

/* A zone read from a TZif file (RFC 8536); os/zone loads the file, this decides. */
struct zone {
    Str name;
    size_t count;
    const int64_t *starts_s; /* transition instants in seconds, ascending */
    const int32_t *offset_s; /* offset from UTC that holds from that instant */
    int32_t first_offset_s;  /* before the first transition */
    bool has_rule;           /* footer rule with summer time (EU form "M3.5.0,M10.5.0") */
    int32_t standard_s, summer_s;
    struct {
        uint8_t month, week, weekday; /* Sunday is 0, week 5 is the last */
        int32_t time_s;
    } rule[2]; /* begin and end of summer time, in local time before the change */
};

MUST_USE Status zone_parse(struct scope *s, Str name, Bytes tzif, struct zone *out);

/* Offset of local time from UTC at `at`, in seconds. */
int32_t zone_offset_s(const struct zone *z, Instant at);

/* The civil date and second of day that clocks in the zone show. */
Day zone_day(const struct zone *z, Instant at, int32_t *out_second_of_day);

/* The instant at which clocks in the zone show this; in the hour that does not exist, the
 * instant after the gap; in the hour that comes twice, the first. */
Instant zone_instant(const struct zone *z, Day day, int32_t second_of_day);

/* ISO 8601 duration of whole weeks, days, hours, minutes, seconds ("PT48H", "P3D"). */
struct duration {
    int32_t days;    /* same wall-clock time in a zone */
    int64_t seconds; /* elapsed time, added after the days */
};

bool duration_parse(Str text, struct duration *out);

/* `at` + `d`: days keep the wall-clock time of the zone, the rest is elapsed (facts.md 3). */
Instant instant_add(Instant at, struct duration d, const struct zone *z);
