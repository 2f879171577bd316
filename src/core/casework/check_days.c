/* Holidays of pack.json: each a way to find a day, and no day twice. Declared in check_notes.h. */
#include "core/casework/check_notes.h"

static const char *const ways[] = {"date", "easter", "orthodox_easter", "weekday", "day", "works"};

/* The one way in which the day is given; NULL when there are none or several. */
static const char *way_of(const json_t *holiday)
{
    const char *way = NULL;
    for (size_t i = 0; i < COUNT_OF(ways); i++) {
        if (!json_object_get(holiday, ways[i])) continue;
        if (way) return NULL;
        way = ways[i];
    }
    return way;
}

static void holiday_check(struct checking *k, const json_t *list, size_t at, Str place)
{
    const json_t *holiday = json_array_get(list, at);
    const char *way = way_of(holiday);
    if (!json_is_object(holiday)) return;
    if (way == NULL) {
        check_note(k, place,
                   "Give exactly one of date, easter, orthodox_easter, weekday, day, works.");
        return;
    }
    if (json_object_get(holiday, "if_weekend") && strcmp(way, "date") != 0)
        check_note(k, place, "Remove \"if_weekend\": only a holiday with a date can move.");
    for (size_t n = 0; n < at; n++)
        if (json_equal(json_object_get(json_array_get(list, n), way),
                       json_object_get(holiday, way)))
            check_note(k, place, "Remove one: the same day stands twice.");
}

void check_holidays(struct checking *k)
{
    static const char *const sides[] = {"a", "b"};
    const json_t *holidays = json_object_get(k->pack, "holidays");
    size_t count = 0;
    for (size_t side = 0; side < COUNT_OF(sides); side++) {
        const json_t *list = json_object_get(holidays, sides[side]);
        const json_t *weekend = json_object_get(json_object_get(holidays, "weekend"), sides[side]);
        for (size_t i = 0; i < json_array_size(list); i++)
            holiday_check(k, list, i, check_place(k, "holidays.%s[%zu]", sides[side], i + 1));
        if (json_array_size(weekend) > 6)
            check_note(k, check_place(k, "holidays.weekend.%s", sides[side]),
                       "Leave at least one working day in the week.");
        count += json_array_size(list);
    }
    if (count && json_array_size(json_object_get(holidays, "source")) == 0)
        check_note(k, STR("holidays.source"), "Say where the holidays come from.");
}
