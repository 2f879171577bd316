#include "core/casework/calendar.h"

enum { SEARCH_DAYS_MAX = 60, MOVED_MAX = 32 };

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

static bool is_same(Day a, Day b)
{
    return day_number(a) == day_number(b);
}

/* "The second Sunday in May"; the fifth is the last. */
static bool is_nth_weekday(const struct holiday *h, Day day)
{
    Day a_week_later = day_from_number(day_number(day) + 7);
    if (day.month != h->month || day_weekday(day) + 1 != h->weekday) return false;
    return h->nth == 5 ? a_week_later.month != day.month : (day.day + 6) / 7 == h->nth;
}

static bool is_holiday(const struct holiday *h, Day day)
{
    if (h->once.year) return !h->works && is_same(h->once, day);
    if (h->weekday) return is_nth_weekday(h, day);
    if (h->month) return h->month == day.month && h->day == day.day;
    return day_number(day) == day_number(easter_sunday(day.year, h->orthodox)) + h->easter;
}

static bool is_weekend(const struct pack *p, int side, Day day)
{
    return p->weekend[side] & 1u << day_weekday(day);
}

/* A holiday of the side by itself, not one that moved there. */
static bool is_plain_holiday(const struct pack *p, int side, Day day)
{
    for (size_t i = 0; i < p->holiday_count; i++)
        if (p->holidays[i].side == "ab"[side] && is_holiday(&p->holidays[i], day)) return true;
    return false;
}

static bool is_taken(const Day *taken, size_t count, Day day)
{
    for (size_t i = 0; i < count; i++)
        if (is_same(taken[i], day)) return true;
    return false;
}

/* Holidays that fall on a weekend and move, in the order of the pack: each takes the first day
 * after it that is neither weekend nor holiday nor taken. */
static bool has_moved_to(const struct pack *p, int side, Day day, int32_t year)
{
    Day taken[MOVED_MAX];
    size_t count = 0;
    for (size_t i = 0; i < p->holiday_count && count < MOVED_MAX; i++) {
        const struct holiday *h = &p->holidays[i];
        if (h->side != "ab"[side] || !h->moves) continue;
        Day at = {year, h->month, h->day};
        if (!is_weekend(p, side, at)) continue;
        for (int n = 0; n < SEARCH_DAYS_MAX; n++) {
            at = day_from_number(day_number(at) + 1);
            if (!is_weekend(p, side, at) && !is_plain_holiday(p, side, at) &&
                !is_taken(taken, count, at))
                break;
        }
        taken[count++] = at;
    }
    return is_taken(taken, count, day);
}

static bool works_there(const struct pack *p, int side, Day day)
{
    for (size_t i = 0; i < p->holiday_count; i++) {
        const struct holiday *h = &p->holidays[i];
        if (h->side == "ab"[side] && h->works && is_same(h->once, day)) return true;
    }
    return !is_weekend(p, side, day) && !is_plain_holiday(p, side, day) &&
           !has_moved_to(p, side, day, day.year) && !has_moved_to(p, side, day, day.year - 1);
}

bool calendar_is_working(const struct pack *p, Str calendar, Day day)
{
    bool both = str_is(calendar, "both");
    if (!both && !str_is(calendar, "a") && !str_is(calendar, "b")) return day_weekday(day) < 5;
    for (int side = 0; side < 2; side++)
        if ((both || calendar.ptr[0] == "ab"[side]) && !works_there(p, side, day)) return false;
    return true;
}

Day calendar_next_working(const struct pack *p, Str calendar, Day day)
{
    /* A pack whose every day is a holiday moves nothing without end. */
    for (int i = 0; i < SEARCH_DAYS_MAX && !calendar_is_working(p, calendar, day); i++)
        day = day_from_number(day_number(day) + 1);
    return day;
}

Day calendar_add_working(const struct pack *p, Str calendar, Day day, int32_t count)
{
    for (int32_t i = 0; i < count; i++)
        day = calendar_next_working(p, calendar, day_from_number(day_number(day) + 1));
    return day;
}
