#include "core/casework/calendar.h"

enum { SEARCH_DAYS_MAX = 60 };

/* Western: the tabular method with century terms (Meeus, Astronomical Algorithms, chapter 8). */
static Day easter_western(int32_t year)
{
    int32_t golden = year % 19, century = year / 100, in_century = year % 100;
    int32_t leap = century / 4, lunar = (century + 8) / 25;
    int32_t moon = (19 * golden + century - leap - (century - lunar + 1) / 3 + 15) % 30;
    int32_t weekday = (32 + 2 * (century % 4) + 2 * (in_century / 4) - moon - in_century % 4) % 7;
    int32_t shift = (golden + 11 * moon + 22 * weekday) / 451;
    int32_t n = moon + weekday - 7 * shift + 114;
    return (Day){year, (uint8_t)(n / 31), (uint8_t)(n % 31 + 1)};
}

/* Orthodox: Easter of the Julian calendar, moved by the days between the calendars. */
static Day easter_orthodox(int32_t year)
{
    int32_t moon = (19 * (year % 19) + 15) % 30;
    int32_t weekday = (2 * (year % 4) + 4 * (year % 7) - moon + 34) % 7;
    int32_t n = moon + weekday + 114;
    int32_t ahead = year / 100 - year / 400 - 2;
    Day julian = {year, (uint8_t)(n / 31), (uint8_t)(n % 31 + 1)};
    return day_from_number(day_number(julian) + ahead);
}

Day easter_sunday(int32_t year, bool orthodox)
{
    return orthodox ? easter_orthodox(year) : easter_western(year);
}

static bool is_holiday(const struct holiday *h, Day day)
{
    if (h->month) return h->month == day.month && h->day == day.day;
    return day_number(day) == day_number(easter_sunday(day.year, h->orthodox)) + h->easter;
}

bool calendar_is_working(const struct pack *p, Str calendar, Day day)
{
    if (day_weekday(day) >= 5) return false;
    for (size_t i = 0; i < p->holiday_count; i++) {
        const struct holiday *h = &p->holidays[i];
        bool counts = str_is(calendar, "both") || (calendar.len == 1 && calendar.ptr[0] == h->side);
        if (counts && is_holiday(h, day)) return false;
    }
    return true;
}

Day calendar_next_working(const struct pack *p, Str calendar, Day day)
{
    /* A pack whose every day is a holiday moves nothing without end. */
    for (int i = 0; i < SEARCH_DAYS_MAX && !calendar_is_working(p, calendar, day); i++)
        day = day_from_number(day_number(day) + 1);
    return day;
}
