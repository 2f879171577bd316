/* Parameters of pack.json: what starts and ends a clock, and the values that rules of the program
 * read. Declared in check_notes.h. */
#include "core/casework/check_notes.h"

static bool is(const json_t *o, const char *key, const char *word)
{
    const char *value = check_text(o, key);
    return value && strcmp(value, word) == 0;
}

static bool is_null(const json_t *o, const char *key)
{
    return json_object_get(o, key) == NULL || json_is_null(json_object_get(o, key));
}

/* Can the field hold this value? Lists that the pack has itself are looked up there. */
static bool can_hold(const struct checking *k, const struct kind_field *f, const char *value)
{
    const json_t *parties = json_object_get(k->pack, "parties");
    char list[32];
    if (f->type == TYPE_YESNO) return strcmp(value, "yes") == 0 || strcmp(value, "no") == 0;
    if (str_is(f->name, "counterpart") && json_array_size(parties))
        return check_find(parties, value) != NULL;
    if (str_is(f->name, "duty"))
        return check_find(json_object_get(k->pack, "parameters"), value) != NULL;
    if (f->values_from.len && !str_is(f->values_from, "sections") && f->values_from.len < 32) {
        memcpy(list, f->values_from.ptr, f->values_from.len);
        list[f->values_from.len] = '\0';
        if (str_is(f->values_from, "levels")) memcpy(list, "ladder", sizeof "ladder");
        return check_find(json_object_get(k->pack, list), value) != NULL;
    }
    for (size_t i = 0; i < f->value_count; i++)
        if (str_is(f->values[i], value)) return true;
    return f->value_count == 0;
}

/* Does the kind have the field, and can that hold the value? */
static bool holds_in(const struct checking *k, const struct kind *kind, const char *name,
                     const char *value, bool *known)
{
    const struct kind_field *f = check_field(kind, name);
    if (f) *known = true;
    return f && can_hold(k, f, value);
}

/* Do both names begin alike, as "proposal.made" and "proposal.answered" do? */
static bool is_family(const struct kind *a, const struct kind *b)
{
    Str x = a->name, y = b->name;
    return str_eq(str_cut(&x, '.'), str_cut(&y, '.'));
}

/* A field of the fact, else of the act or the fact that it names, else of the registration. */
static bool can_match(const struct checking *k, const struct kind *kind, const char *name,
                      const char *value, bool *known)
{
    bool fits = holds_in(k, kind, name, value, known);
    if (!*known && check_field(kind, "act"))
        fits = holds_in(k, check_kind(k, "act.drafted"), name, value, known);
    /* What "of" names is of the same family, as proposal.made is of proposal.answered. */
    for (size_t i = 0; i < k->kind_count && check_field(kind, "of"); i++)
        if (is_family(&k->kinds[i], kind))
            fits = holds_in(k, &k->kinds[i], name, value, known) || fits;
    if (!*known) fits = holds_in(k, check_kind(k, "incident.registered"), name, value, known);
    return fits;
}

static void condition_check(struct checking *k, const struct kind *kind, const char *name,
                            const json_t *value, Str place)
{
    const char *text = json_string_value(value);
    bool known = false;
    if (text == NULL || can_match(k, kind, name, text, &known)) return;
    if (known)
        check_note(k, place, "The field never holds \"%s\"; mend the condition.",
                   check_quote(k, text));
    else
        check_note(k, place, "No such field can be seen from this kind; mend the condition.");
}

static void where_check(struct checking *k, const json_t *where, const struct kind *kind, Str place)
{
    const char *key;
    json_t *value, *item;
    size_t i;
    json_object_foreach((json_t *)(uintptr_t)where, key, value)
    {
        Str at = check_place(k, "%.*s.where.%s", STR_ARG(place), check_quote(k, key));
        condition_check(k, kind, key, value, at);
        json_array_foreach(value, i, item) condition_check(k, kind, key, item, at);
    }
}

/* A kind that exists; NULL and a finding when there is none. */
static const struct kind *kind_check(struct checking *k, const json_t *rule, Str place)
{
    const char *name = check_text(rule, "kind");
    const struct kind *kind = check_kind(k, name);
    if (name && kind == NULL)
        check_note(k, check_place(k, "%.*s.kind", STR_ARG(place)),
                   "No fact has the kind \"%s\"; mend the name.", check_quote(k, name));
    return kind;
}

/* The duty that must have passed stands above, so that no two wait for each other. */
static void passed_check(struct checking *k, const char *id, size_t number, Str place)
{
    const json_t *list = json_object_get(k->pack, "parameters");
    size_t at = 0;
    while (at < json_array_size(list) && check_find(list, id) != json_array_get(list, at))
        at++;
    const json_t *passed = json_array_get(list, at);
    if (passed == NULL)
        check_note(k, place, "\"%s\" does not stand in parameters; add it or mend the name.",
                   check_quote(k, id));
    else if (at >= number)
        check_note(k, place,
                   "Let it wait for a duty that stands above it in the list: two that wait for "
                   "each other never begin.");
    else if (!is(passed, "on", "case") || is_null(passed, "limit"))
        check_note(k, place, "\"%s\" never passes: it has no limit in a case.", check_quote(k, id));
}

static void event_check(struct checking *k, const json_t *start, const struct kind *kind,
                        size_t number, Str place)
{
    static const char *const found[] = {"found_at", "noticed_at", "captured_at"};
    const char *event = check_text(start, "event");
    Str at = check_place(k, "%.*s.event", STR_ARG(place));
    bool has_found = false;
    if (event == NULL || kind == NULL || !check_fits(STR("event"), json_object_get(start, "event")))
        return;
    for (size_t i = 0; i < COUNT_OF(found); i++)
        has_found = has_found || check_field(kind, found[i]);
    if (strncmp(event, "duty_passed:", 12) == 0)
        passed_check(k, event + 12, number, at);
    else if (strcmp(event, "discovery") == 0 && !has_found)
        check_note(k, at, "Name a kind with found_at, noticed_at or captured_at.");
    else if (strncmp(event, "meetings:", 9) == 0 && !str_is(kind->name, "meeting.opened"))
        check_note(k, at, "Write the kind \"meeting.opened\" beside it.");
    else if ((strcmp(event, "both_signed") == 0 || strcmp(event, "act_effective") == 0) &&
             !str_is(kind->name, "act.signed"))
        check_note(k, at, "Write the kind \"act.signed\" beside it.");
}

static void start_check(struct checking *k, const json_t *start, size_t number, Str place)
{
    const char *field = check_text(start, "field");
    bool calendar = json_object_get(start, "every");
    if (!json_is_object(start) || k->kinds == NULL) return;
    if (calendar && is(start, "every", "year") != !is_null(start, "month"))
        check_note(k, place, "Give the month for every year, and none for every month.");
    if (calendar) return;
    const struct kind *kind = kind_check(k, start, place);
    const struct kind_field *f = check_field(kind, field);
    if (kind && field && strcmp(field, "at") != 0 && (f == NULL || f->type != TYPE_INSTANT))
        check_note(k, check_place(k, "%.*s.field", STR_ARG(place)),
                   "\"%s\" is no instant of %.*s; mend the field.", check_quote(k, field),
                   STR_ARG(kind->name));
    if (field && is(start, "clock", "receipt") && strcmp(field, "at") != 0)
        check_note(k, check_place(k, "%.*s.field", STR_ARG(place)),
                   "Write \"at\": with \"receipt\" the clock runs from the receipt.");
    event_check(k, start, kind, number, place);
    if (kind) where_check(k, json_object_get(start, "where"), kind, place);
}

static void done_check(struct checking *k, const json_t *p, Str place)
{
    size_t i;
    json_t *rule;
    const json_t *list = json_object_get(p, "done");
    bool seen = json_is_true(json_object_get(p, "own_only"));
    json_array_foreach((json_t *)(uintptr_t)list, i, rule)
    {
        const char *ref = check_text(rule, "ref");
        Str at = check_place(k, "%.*s[%zu]", STR_ARG(place), i + 1);
        const struct kind *kind = k->kinds ? kind_check(k, rule, at) : NULL;
        const struct kind_field *f = check_field(kind, ref);
        if (kind == NULL) {
            seen = true; /* told already, or cannot be told */
            continue;
        }
        if (ref && (f == NULL || (f->type != TYPE_REF && f->type != TYPE_REFS)))
            check_note(k, check_place(k, "%.*s.ref", STR_ARG(at)),
                       "\"%s\" is no field of %.*s that names a fact.", check_quote(k, ref),
                       STR_ARG(kind->name));
        where_check(k, json_object_get(rule, "where"), kind, at);
        seen = seen || kind->crosses != CROSSES_NEVER;
    }
    if (json_array_size(list) && !seen)
        check_note(k, place,
                   "Name a fact that may cross, or make the duty own_only: the other side could "
                   "never see that it is met.");
}

/* What a duty of a case, of the calendar, and a standing rule need and may not have. */
static void on_check(struct checking *k, const json_t *p, Str place)
{
    bool of_case = is(p, "on", "case"), of_calendar = is(p, "on", "calendar");
    const json_t *start = json_object_get(p, "start");
    bool every = json_object_get(start, "every");
    if ((of_case || of_calendar) && is_null(p, "start"))
        check_note(k, place, "Say with \"start\" what sets it going.");
    if ((of_case || of_calendar) && is_null(p, "limit"))
        check_note(k, place, "Add the \"limit\": without one it is never due.");
    if ((of_case || of_calendar) && json_is_array(json_object_get(p, "done")) &&
        json_array_size(json_object_get(p, "done")) == 0)
        check_note(k, check_place(k, "%.*s.done", STR_ARG(place)),
                   "Name a fact that ends it: it could never be met.");
    if (json_is_object(start) && of_calendar != every)
        check_note(k, check_place(k, "%.*s.start", STR_ARG(place)),
                   of_calendar ? "Write \"every\" and \"day\": this duty is on the calendar."
                               : "Only a duty on the calendar has \"every\"; name a fact instead.");
    if (is(p, "on", "none") && (!is_null(p, "start") || !is_null(p, "limit")))
        check_note(k, place, "Write null for start and limit: a standing rule has no clock.");
    if (!of_calendar && (is(p, "owes", "a") || is(p, "owes", "b")))
        check_note(k, check_place(k, "%.*s.owes", STR_ARG(place)),
                   "Write author, counterpart or each; a and b are for duties on the calendar.");
    if (of_calendar && !is(p, "owes", "each") &&
        json_array_size(json_object_get(k->pack, "parties")) == 0)
        check_note(k, check_place(k, "%.*s.owes", STR_ARG(place)),
                   "Write \"each\", or name the parties: nobody is a or b in this pack.");
    if (of_calendar && (is(p, "owes", "author") || is(p, "owes", "counterpart")))
        check_note(k, check_place(k, "%.*s.owes", STR_ARG(place)),
                   "Write a, b or each: no fact has an author here.");
}

static void limits_check(struct checking *k, const json_t *p, Str place)
{
    struct duration limit, grave;
    bool working = json_is_true(json_object_get(p, "working_days"));
    const char *text = check_text(p, "limit"), *shorter = check_text(p, "limit_grave");
    bool counts = working || is(p, "roll", "next");
    const json_t *parties = json_object_get(k->pack, "parties");
    if (text && shorter && duration_parse(str_of(text), &limit) &&
        duration_parse(str_of(shorter), &grave) && (limit.days == 0) == (grave.days == 0) &&
        (grave.days > limit.days || grave.seconds > limit.seconds))
        check_note(k, check_place(k, "%.*s.limit_grave", STR_ARG(place)),
                   "Make it no longer than the limit: grave incidents do not wait.");
    if (working && text && duration_parse(str_of(text), &limit) && limit.days == 0)
        check_note(k, check_place(k, "%.*s.limit", STR_ARG(place)),
                   "Write it in days, such as \"P3D\": working days are counted.");
    if (counts && is(p, "calendar", "none"))
        check_note(k, check_place(k, "%.*s.calendar", STR_ARG(place)),
                   "Name the calendar whose working days count: a, b or both.");
    if (is(p, "calendar", "none") || !json_is_string(json_object_get(p, "calendar"))) return;
    if (json_is_array(parties) && json_array_size(parties) == 0)
        check_note(k, check_place(k, "%.*s.calendar", STR_ARG(place)),
                   "Write \"none\", or name the parties: nobody is a or b in this pack.");
    if (!counts)
        check_note(k, check_place(k, "%.*s.calendar", STR_ARG(place)),
                   "Write \"none\", or let roll or working_days use the calendar.");
}

static void clock_check(struct checking *k, const json_t *p, size_t number, Str place)
{
    const char *up = check_text(p, "escalates_to");
    if (up && !check_find(json_object_get(k->pack, "roles"), up) &&
        !check_find(json_object_get(k->pack, "ladder"), up))
        check_note(k, check_place(k, "%.*s.escalates_to", STR_ARG(place)),
                   "\"%s\" is neither a role nor a level of the ladder; mend the name.",
                   check_quote(k, up));
    on_check(k, p, place);
    limits_check(k, p, place);
    start_check(k, json_object_get(p, "start"), number,
                check_place(k, "%.*s.start", STR_ARG(place)));
    done_check(k, p, check_place(k, "%.*s.done", STR_ARG(place)));
}

static bool is_care(const char *value)
{
    return !*value || strcmp(value, "odd:a even:b") == 0 || strcmp(value, "odd:b even:a") == 0;
}

/* Values that rules of the program read; all others are for people. */
static void known_value_check(struct checking *k, const json_t *p, Str place)
{
    const json_t *value = json_object_get(p, "value");
    const char *text = json_string_value(value);
    bool number = check_fits(STR("number"), value);
    Str at = check_place(k, "%.*s.value", STR_ARG(place));
    if (text == NULL) return;
    if (is(p, "id", "X01") && (strlen(text) != 1 || *text < '1' || *text > '9'))
        check_note(k, at, "Write how many originals there are, from 1 to 9.");
    if (is(p, "id", "X02") && strcmp(text, "host") != 0 && strcmp(text, "inviter") != 0 &&
        strcmp(text, "alternate_daily") != 0)
        check_note(k, at, "Write host, alternate_daily or inviter.");
    if ((is(p, "id", "X03") || is(p, "id", "X05")) && *text && !number)
        check_note(k, at, "Write a number such as \"1000\" or \"0.5\", or nothing.");
    if (is(p, "id", "X04") && (!number || strspn(text, "0.") == strlen(text)))
        check_note(k, at, "Write a number greater than 0 such as \"2\".");
    if (is(p, "id", "X06") && !is_care(text))
        check_note(k, at, "Write \"odd:a even:b\", \"odd:b even:a\" or nothing.");
}

void check_parameters(struct checking *k)
{
    static const char *const needed[][2] = {
        {"D04", "a side that does not answer could never be called silent"},
        {"X04", "no measurement could be told from its error"}};
    const json_t *list = json_object_get(k->pack, "parameters");
    size_t i;
    json_t *p;
    for (i = 0; json_is_array(list) && i < COUNT_OF(needed); i++)
        if (!check_find(list, needed[i][0]))
            check_note(k, STR("parameters"), "Add \"%s\": without it %s.", needed[i][0],
                       needed[i][1]);
    json_array_foreach((json_t *)(uintptr_t)list, i, p)
    {
        Str place = check_place_of(k, STR("parameters"), p, i + 1);
        if (check_is_value(p))
            known_value_check(k, p, place);
        else
            clock_check(k, p, i, place);
    }
}
