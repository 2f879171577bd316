/* Time zone files, and what is asked of a zone that was taken; also instants and durations. */
#include "base/instant.h"
#include "fuzz.h"
#include <assert.h>

enum { SCOPE_MAX = 1 << 20 };

static void check_zone(const struct zone *z)
{
    static const int64_t years_s[] = {-2208988800, -1, 0, 951782400, 1693386600, 7258118399};
    for (size_t i = 0; i < COUNT_OF(years_s); i++) {
        Instant at = {years_s[i] * US_PER_SECOND};
        int32_t second;
        Day day = zone_day(z, at, &second);
        assert(second >= 0 && second < 86400);
        assert(day.month >= 1 && day.month <= 12 && day.day >= 1 && day.day <= 31);
        zone_instant(z, day, second);
        instant_add(at, (struct duration){.days = 3, .seconds = 5}, z);
    }
}

static void check_text(Str input)
{
    Instant at, back;
    char text[INSTANT_TEXT_MAX];
    struct duration d;
    Day day;
    if (instant_parse(input, &at)) {
        instant_format(at, text);
        assert(instant_parse(str_of(text), &back) && back.us == at.us);
    }
    if (day_parse(input, &day)) {
        Day same = day_from_number(day_number(day));
        assert(same.year == day.year && same.month == day.month && same.day == day.day);
    }
    if (duration_parse(input, &d)) assert(d.days >= 0 && d.seconds >= 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct scope *s = scope_open(SCOPE_MAX);
    struct zone z;
    if (s == NULL) return 1;
    if (zone_parse(s, STR("fuzz"), bytes_of(data, size), &z) == OK) check_zone(&z);
    check_text(bytes_str(bytes_of(data, size)));
    scope_close(s);
    return 0;
}
