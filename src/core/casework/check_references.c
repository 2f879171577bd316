/* References of pack.json lead somewhere, and every number says where it comes from. Declared in
 * check_notes.h. */
#include "core/casework/check_notes.h"
#include <stdlib.h>

static const char *text_of(const json_t *o, const char *key)
{
    return json_string_value(json_object_get(o, key));
}

static const json_t *list_of(const struct checking *k, const char *list)
{
    return json_object_get(k->pack, list);
}

static const struct kind *kind_of(const struct checking *k, const char *name)
{
    for (size_t i = 0; name && i < k->kind_count; i++)
        if (str_is(k->kinds[i].name, name)) return &k->kinds[i];
    return NULL;
}

static const struct kind_field *field_of(const struct kind *kind, const char *name)
{
    for (size_t i = 0; kind && name && i < kind->field_count; i++)
        if (str_is(kind->fields[i].name, name)) return &kind->fields[i];
    return NULL;
}

/* `words` are separated by blanks. */
static void word_check(struct checking *k, const json_t *o, const char *key, const char *words,
                       Str place)
{
    const char *value = text_of(o, key);
    Str rest = str_of(words);
    if (value == NULL) return;
    while (rest.len)
        if (str_is(str_cut(&rest, ' '), value)) return;
    check_note(k, check_place(k, "%.*s.%s", STR_ARG(place), key), "Write one of: %s.", words);
}

/* Every text of a list names a member of another list of the pack. */
static void names_check(struct checking *k, const json_t *o, const char *key, const char *list,
                        Str place)
{
    size_t i;
    json_t *item;
    json_array_foreach(json_object_get(o, key), i, item)
    {
        const char *name = json_string_value(item);
        if (name && !check_find(list_of(k, list), name))
            check_note(k, check_place(k, "%.*s.%s", STR_ARG(place), key),
                       "\"%s\" does not stand in %s; add it there or mend the name.", name, list);
    }
}

static void name_check(struct checking *k, const json_t *o, const char *key, const char *list,
                       Str place)
{
    const char *name = text_of(o, key);
    if (name && !check_find(list_of(k, list), name))
        check_note(k, check_place(k, "%.*s.%s", STR_ARG(place), key),
                   "\"%s\" does not stand in %s; add it there or mend the name.", name, list);
}

static void source_check(struct checking *k, const json_t *o, Str place)
{
    if (json_array_size(json_object_get(o, "source")) == 0)
        check_note(k, check_place(k, "%.*s.source", STR_ARG(place)),
                   "Say where it comes from; \"own proposal\" is a source too.");
}

static void steps_check(struct checking *k, const json_t *steps, Str place)
{
    size_t i;
    json_t *step;
    json_array_foreach((json_t *)(uintptr_t)steps, i, step)
    {
        const char *id = text_of(step, "id");
        Str at = check_place(k, "%.*s[%s]", STR_ARG(place), id ? id : "?");
        names_check(k, step, "roles", "roles", at);
        name_check(k, step, "limit", "parameters", at);
        name_check(k, step, "document", "documents", at);
    }
}

static void types_check(struct checking *k)
{
    size_t i;
    json_t *type;
    const struct kind *incident = kind_of(k, "incident.registered");
    json_array_foreach(list_of(k, "types"), i, type)
    {
        const char *id = text_of(type, "id"), *when = text_of(type, "grave_when");
        Str place = check_place(k, "types[%s]", id ? id : "?");
        names_check(k, type, "checklists", "checklists", place);
        names_check(k, type, "documents", "documents", place);
        names_check(k, type, "outcomes", "outcomes", place);
        word_check(k, type, "inspection", "urgent yes opt no", place);
        word_check(k, type, "returns", "yes no treaty never_without_clearance", place);
        word_check(k, type, "settle_at", "R1 R2 R3 chief diplomacy", place);
        if (json_array_size(json_object_get(type, "outcomes")) == 0)
            check_note(k, place,
                       "Allow at least one outcome: a case of this type could never close.");
        if (when && !field_of(incident, when))
            check_note(k, check_place(k, "%.*s.grave_when", STR_ARG(place)),
                       "Name a field of incident.registered.");
        steps_check(k, json_object_get(type, "steps"),
                    check_place(k, "%.*s.steps", STR_ARG(place)));
        source_check(k, type, place);
    }
}

/* Fields that a condition names stand in the kind, or in the act that the fact is about. */
static void where_check(struct checking *k, const json_t *where, const struct kind *kind, Str place)
{
    const char *key;
    json_t *value;
    json_object_foreach((json_t *)(uintptr_t)where, key, value)
    {
        bool known = field_of(kind, key) ||
                     (field_of(kind, "act") && field_of(kind_of(k, "act.drafted"), key));
        const struct kind_field *f = field_of(kind, key);
        bool fits = f == NULL || f->value_count == 0;
        for (size_t i = 0; f && i < f->value_count && !fits; i++)
            fits = json_is_string(value) && str_is(f->values[i], json_string_value(value));
        if (!known)
            check_note(k, place, "\"%s\" is no field of this kind; mend the condition.", key);
        if (!fits) check_note(k, place, "\"%s\" never has this value; mend the condition.", key);
    }
}

static void event_check(struct checking *k, const char *event, Str place)
{
    static const char passed[] = "duty_passed:";
    if (strncmp(event, passed, sizeof passed - 1) == 0) {
        if (!check_find(list_of(k, "parameters"), event + sizeof passed - 1))
            check_note(k, place, "The duty behind \"duty_passed:\" does not stand in parameters.");
        return;
    }
    if (strcmp(event, "both_signed") != 0 && strcmp(event, "act_effective") != 0 &&
        strcmp(event, "discovery") != 0)
        check_note(k, place, "Write one of: both_signed act_effective discovery duty_passed:ID.");
}

static void start_check(struct checking *k, const json_t *start, Str place)
{
    const char *name = text_of(start, "kind"), *field = text_of(start, "field");
    const char *event = text_of(start, "event");
    const struct kind *kind = kind_of(k, name);
    if (!json_is_object(start)) return;
    if (name && kind == NULL) {
        check_note(k, place, "No fact has the kind \"%s\"; mend the name.", name);
        return;
    }
    const struct kind_field *f = field_of(kind, field);
    if (field && strcmp(field, "at") != 0 && (f == NULL || f->type != TYPE_INSTANT))
        check_note(k, place, "\"%s\" is no instant of %s; mend the field.", field,
                   name ? name : "?");
    if (field == NULL && event == NULL)
        check_note(k, place, "Say from which \"field\" the clock runs, or name an \"event\".");
    word_check(k, start, "clock", "at receipt", place);
    if (event) event_check(k, event, place);
    where_check(k, json_object_get(start, "where"), kind, place);
}

static void done_check(struct checking *k, const json_t *list, Str place)
{
    size_t i;
    json_t *rule;
    json_array_foreach((json_t *)(uintptr_t)list, i, rule)
    {
        const char *name = text_of(rule, "kind"), *ref = text_of(rule, "ref");
        const struct kind *kind = kind_of(k, name);
        Str at = check_place(k, "%.*s[%zu]", STR_ARG(place), i + 1);
        const struct kind_field *f = field_of(kind, ref);
        if (name && kind == NULL) {
            check_note(k, at, "No fact has the kind \"%s\"; mend the name.", name);
            continue;
        }
        if (ref && (f == NULL || (f->type != TYPE_REF && f->type != TYPE_REFS)))
            check_note(k, at, "\"%s\" is no field of %s that names a fact.", ref,
                       name ? name : "?");
        where_check(k, json_object_get(rule, "where"), kind, at);
    }
}

static void clock_check(struct checking *k, const json_t *p, Str place)
{
    static const char *const needed[] = {"owes", "hardness", "on", "roll", "calendar"};
    const char *on = text_of(p, "on"), *roll = text_of(p, "roll"),
               *calendar = text_of(p, "calendar");
    const char *up = text_of(p, "escalates_to");
    const json_t *extend = json_object_get(p, "extend");
    bool of_case = on && strcmp(on, "case") == 0;
    for (size_t i = 0; i < COUNT_OF(needed); i++)
        if (!text_of(p, needed[i])) check_note(k, place, "Add \"%s\".", needed[i]);
    word_check(k, p, "owes", "author counterpart each", place);
    word_check(k, p, "hardness", "hard soft external", place);
    word_check(k, p, "on", "case calendar none", place);
    word_check(k, p, "roll", "none next", place);
    word_check(k, p, "calendar", "a b both none", place);
    if (roll && calendar && strcmp(roll, "next") == 0 && strcmp(calendar, "none") == 0)
        check_note(k, place, "Name the calendar whose working days count.");
    if (of_case && !json_is_object(json_object_get(p, "start")))
        check_note(k, place, "Say with \"start\" which fact sets it going.");
    if (of_case && !text_of(p, "limit")) check_note(k, place, "Add the \"limit\".");
    if (of_case && json_array_size(json_object_get(p, "done")) == 0)
        check_note(k, place, "Say with \"done\" which fact ends it: it could never be met.");
    if (json_is_object(extend) && json_integer_value(json_object_get(extend, "times")) < 1)
        check_note(k, place, "Let it be extended at least once, or write null.");
    if (up && !check_find(list_of(k, "roles"), up) && !check_find(list_of(k, "ladder"), up))
        check_note(k, place, "\"escalates_to\" names neither a role nor a level of the ladder.");
    start_check(k, json_object_get(p, "start"), check_place(k, "%.*s.start", STR_ARG(place)));
    done_check(k, json_object_get(p, "done"), check_place(k, "%.*s.done", STR_ARG(place)));
}

static void parameters_check(struct checking *k)
{
    size_t i;
    json_t *p;
    json_array_foreach(list_of(k, "parameters"), i, p)
    {
        const char *id = text_of(p, "id");
        Str place = check_place(k, "parameters[%s]", id ? id : "?");
        bool has_value = json_object_get(p, "value"),
             has_clock = json_object_get(p, "limit") || json_object_get(p, "start");
        if (has_value == has_clock)
            check_note(k, place, "Give it either a \"value\" or a clock (\"start\", \"limit\").");
        if (has_clock) clock_check(k, p, place);
        source_check(k, p, place);
    }
}

static bool holiday_date_is_real(const char *date)
{
    char text[16] = "2024-"; /* a leap year: 29 February may be a holiday */
    Day day;
    if (date == NULL || strlen(date) != 5) return false;
    memcpy(text + 5, date, 6);
    return day_parse(str_of(text), &day);
}

static void holidays_check(struct checking *k, const char *side)
{
    size_t i;
    json_t *h;
    const json_t *list = json_object_get(list_of(k, "holidays"), side);
    json_array_foreach((json_t *)(uintptr_t)list, i, h)
    {
        const json_t *date = json_object_get(h, "date"), *easter = json_object_get(h, "easter");
        const json_t *orthodox = json_object_get(h, "orthodox_easter");
        json_int_t days = json_integer_value(easter ? easter : orthodox);
        Str place = check_place(k, "holidays.%s[%zu]", side, i + 1);
        if ((date != NULL) + (easter != NULL) + (orthodox != NULL) != 1)
            check_note(k, place, "Give exactly one of date, easter, orthodox_easter.");
        if (date && !holiday_date_is_real(json_string_value(date)))
            check_note(k, place, "Write a real month and day such as 11-18.");
        if (days < -70 || days > 70) check_note(k, place, "Keep within 70 days of Easter.");
    }
    if (json_array_size(list) &&
        json_array_size(json_object_get(list_of(k, "holidays"), "source")) == 0)
        check_note(k, STR("holidays.source"), "Say where the holidays come from.");
}

static bool is_language(const struct checking *k, const char *code)
{
    size_t i;
    json_t *item;
    json_array_foreach(list_of(k, "languages"), i,
                       item) if (code && json_is_string(item) &&
                                 strcmp(json_string_value(item), code) == 0) return true;
    return false;
}

static void languages_check(struct checking *k, const json_t *list, Str place)
{
    size_t i, n;
    json_t *item;
    json_array_foreach((json_t *)(uintptr_t)list, i, item)
    {
        const char *code = json_string_value(item);
        if (code == NULL) continue;
        if (!is_language(k, code))
            check_note(k, place, "\"%s\" is no language of this pack; add it or remove it here.",
                       code);
        for (n = 0; n < i; n++) {
            const char *before = json_string_value(json_array_get(list, n));
            if (before && strcmp(before, code) == 0)
                check_note(k, place, "\"%s\" stands twice.", code);
        }
    }
}

static void parties_check(struct checking *k)
{
    size_t i;
    json_t *party;
    const json_t *parties = list_of(k, "parties");
    size_t count = json_array_size(parties);
    if (count != 0 && count != 2)
        check_note(k, STR("parties"), "Name both parties, or none for a pack of any pair.");
    json_array_foreach((json_t *)(uintptr_t)parties, i, party)
    {
        const char *id = text_of(party, "id"), *zone = text_of(party, "zone");
        Str place = check_place(k, "parties[%s]", id ? id : "?");
        languages_check(k, json_object_get(party, "languages"),
                        check_place(k, "%.*s.languages", STR_ARG(place)));
        if (zone && strcmp(zone, "UTC") != 0 &&
            (strchr(zone, '/') == NULL || strstr(zone, "..") || zone[0] == '/'))
            check_note(k, place, "Name a time zone such as Europe/Riga.");
    }
}

static void others_check(struct checking *k)
{
    size_t i;
    json_t *item;
    const char *key;
    json_array_foreach(list_of(k, "roles"), i,
                       item) if (role_bit(str_of(text_of(item, "id"))) < 0 ||
                                 role_bit(str_of(text_of(item, "id"))) == ROLE_POST_BIT)
        check_note(k, check_place(k, "roles[%zu]", i + 1), "Roles are R1 to R15.");
    json_array_foreach(list_of(k, "gates"), i, item)
        names_check(k, item, "roles", "roles", check_place(k, "gates[%zu]", i + 1));
    json_array_foreach(list_of(k, "ladder"), i, item)
    {
        const char *waits = text_of(item, "waits");
        struct duration d;
        if (waits && !check_find(list_of(k, "parameters"), waits) &&
            !duration_parse(str_of(waits), &d))
            check_note(k, check_place(k, "ladder[%zu].waits", i + 1),
                       "Name a parameter, or write a duration.");
    }
    json_object_foreach((json_t *)(uintptr_t)list_of(k, "protection_words"), key,
                        item) if (!is_language(k, key))
        check_note(k, STR("protection_words"), "\"%s\" is no language of this pack.", key);
}

void check_references(struct checking *k)
{
    if (json_array_size(list_of(k, "languages")) == 0)
        check_note(k, STR("languages"), "Name at least one language.");
    languages_check(k, list_of(k, "languages"), STR("languages"));
    languages_check(k, list_of(k, "act_languages"), STR("act_languages"));
    parties_check(k);
    types_check(k);
    parameters_check(k);
    steps_check(k, list_of(k, "common_steps"), STR("common_steps"));
    holidays_check(k, "a");
    holidays_check(k, "b");
    others_check(k);
}
