#include "base/instant.h"
#include <stdio.h>

static bool digits(Str s, size_t at, size_t len, int *out)
{
    if (at + len > s.len) return false;
    int value = 0;
    for (size_t i = at; i < at + len; i++) {
        if (s.ptr[i] < '0' || s.ptr[i] > '9') return false;
        value = value * 10 + (s.ptr[i] - '0');
    }
    *out = value;
    return true;
}

/* Days from civil and back: the era arithmetic of Howard Hinnant's public note on date algorithms,
 * in our own words: years start in March, so that the leap day is the last. */
int64_t day_number(Day day)
{
    int64_t y = day.year - (day.month <= 2);
    int64_t era = (y >= 0 ? y : y - 399) / 400;
    int64_t in_era = y - era * 400;
    int64_t in_year = (153 * (day.month + (day.month > 2 ? -3 : 9)) + 2) / 5 + day.day - 1;
    return era * 146097 + in_era * 365 + in_era / 4 - in_era / 100 + in_year - 719468;
}

Day day_from_number(int64_t number)
{
    number += 719468;
    int64_t era = (number >= 0 ? number : number - 146096) / 146097;
    int64_t in_era = number - era * 146097;
    int64_t year = (in_era - in_era / 1460 + in_era / 36524 - in_era / 146096) / 365;
    int64_t in_year = in_era - (365 * year + year / 4 - year / 100);
    int64_t shifted = (5 * in_year + 2) / 153;
    int month = (int)(shifted < 10 ? shifted + 3 : shifted - 9);
    return (Day){.year = (int32_t)(year + era * 400 + (month <= 2)),
                 .month = (uint8_t)month,
                 .day = (uint8_t)(in_year - (153 * shifted + 2) / 5 + 1)};
}

static bool day_is_real(Day d)
{
    if (d.month < 1 || d.month > 12 || d.day < 1 || d.day > 31) return false;
    Day back = day_from_number(day_number(d));
    return back.month == d.month && back.day == d.day;
}

bool day_parse(Str t, Day *out)
{
    int year, month, day;
    if (t.len != 10 || t.ptr[4] != '-' || t.ptr[7] != '-' || !digits(t, 0, 4, &year) ||
        !digits(t, 5, 2, &month) || !digits(t, 8, 2, &day) || year < 1900 || year > 2199)
        return false;
    Day d = {year, (uint8_t)month, (uint8_t)day};
    if (!day_is_real(d)) return false;
    *out = d;
    return true;
}

int day_weekday(Day day)
{
    int64_t n = (day_number(day) + 3) % 7;
    return (int)(n < 0 ? n + 7 : n);
}

bool instant_parse(Str t, Instant *out)
{
    int hour, minute, second;
    Day day;
    if (t.len < 20 || t.len > 27 || t.ptr[10] != 'T' || t.ptr[13] != ':' || t.ptr[16] != ':' ||
        t.ptr[t.len - 1] != 'Z')
        return false;
    if (!day_parse((Str){t.ptr, 10}, &day) || !digits(t, 11, 2, &hour) ||
        !digits(t, 14, 2, &minute) || !digits(t, 17, 2, &second))
        return false;
    if (hour > 23 || minute > 59 || second > 59) return false;
    int64_t fraction = 0;
    if (t.len > 20) {
        size_t count = t.len - 21;
        int value;
        if (t.ptr[19] != '.' || count < 1 || !digits(t, 20, count, &value)) return false;
        fraction = value;
        for (size_t i = count; i < 6; i++)
            fraction *= 10;
    }
    int64_t s = day_number(day) * 86400 + hour * 3600 + minute * 60 + second;
    out->us = s * US_PER_SECOND + fraction;
    return true;
}

static int64_t floor_div(int64_t a, int64_t b)
{
    int64_t q = a / b;
    return q - (a % b < 0);
}

/* By hand: every fact has a time, and printf took 2 microseconds for it. */
static char *put_digits(char *at, int value, int width, char after)
{
    for (int i = width - 1; i >= 0; i--, value /= 10)
        at[i] = (char)('0' + value % 10);
    at[width] = after;
    return at + width + 1;
}

void instant_format(Instant at, char out[static INSTANT_TEXT_MAX])
{
    int64_t s = floor_div(at.us, US_PER_SECOND);
    int64_t us = at.us - s * US_PER_SECOND;
    int64_t n = floor_div(s, 86400);
    int rest = (int)(s - n * 86400);
    Day d = day_from_number(n);
    char *end = out;
    end = put_digits(end, (d.year % 10000 + 10000) % 10000, 4, '-');
    end = put_digits(end, d.month, 2, '-');
    end = put_digits(end, d.day, 2, 'T');
    end = put_digits(end, rest / 3600, 2, ':');
    end = put_digits(end, rest / 60 % 60, 2, ':');
    end = put_digits(end, rest % 60, 2, us ? '.' : 'Z');
    if (us) end = put_digits(end, (int)us, 6, 'Z');
    *end = '\0';
}

Str instant_str(struct scope *s, Instant at)
{
    char text[INSTANT_TEXT_MAX];
    instant_format(at, text);
    return scope_str(s, str_of(text));
}

bool duration_parse(Str t, struct duration *out)
{
    struct duration d = {0};
    bool in_time = false, any = false;
    int last = 0;
    if (t.len < 3 || t.ptr[0] != 'P') return false;
    for (size_t i = 1; i < t.len;) {
        if (t.ptr[i] == 'T') {
            if (in_time || ++i == t.len) return false;
            in_time = true;
        }
        int64_t value = 0;
        size_t start = i;
        while (i < t.len && t.ptr[i] >= '0' && t.ptr[i] <= '9' && i - start < 6)
            value = value * 10 + (t.ptr[i++] - '0');
        if (i == start || i == t.len) return false;
        char unit = t.ptr[i++];
        int order = !in_time ? (unit == 'W'   ? 1
                                : unit == 'D' ? 2
                                              : 0)
                             : (unit == 'H'   ? 3
                                : unit == 'M' ? 4
                                : unit == 'S' ? 5
                                              : 0);
        if (order == 0 || order <= last) return false;
        last = order;
        any = true;
        static const int64_t seconds[] = {0, 0, 0, 3600, 60, 1};
        if (order <= 2)
            d.days += (int32_t)(value * (order == 1 ? 7 : 1));
        else
            d.seconds += value * seconds[order];
    }
    if (any) *out = d;
    return any;
}

Instant instant_add(Instant at, struct duration d, const struct zone *z)
{
    if (d.days) {
        int32_t second;
        Day day = zone_day(z, at, &second);
        int64_t us = at.us - floor_div(at.us, US_PER_SECOND) * US_PER_SECOND;
        at = zone_instant(z, day_from_number(day_number(day) + d.days), second);
        at.us += us;
    }
    at.us += d.seconds * US_PER_SECOND;
    return at;
}

Day zone_day(const struct zone *z, Instant at, int32_t *out_second_of_day)
{
    int64_t local = floor_div(at.us, US_PER_SECOND) + zone_offset_s(z, at);
    int64_t n = floor_div(local, 86400);
    *out_second_of_day = (int32_t)(local - n * 86400);
    return day_from_number(n);
}

Instant zone_instant(const struct zone *z, Day day, int32_t second_of_day)
{
    int64_t local = day_number(day) * 86400 + second_of_day;
    /* Offsets that hold a day before and a day after are the only candidates. */
    Instant before = {(local - 86400) * US_PER_SECOND}, after = {(local + 86400) * US_PER_SECOND};
    int32_t a = zone_offset_s(z, before), b = zone_offset_s(z, after);
    int32_t candidates[2] = {a > b ? a : b,
                             a > b ? b : a}; /* larger offset is the earlier instant */
    for (int i = 0; i < 2; i++) {
        Instant guess = {(local - candidates[i]) * US_PER_SECOND};
        if (zone_offset_s(z, guess) == candidates[i]) return guess;
    }
    /* In the gap: read with the offset before it, which lands after the change. */
    return (Instant){(local - a) * US_PER_SECOND};
}
