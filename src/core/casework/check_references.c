/* References of pack.json lead somewhere. Declared in check_notes.h. */
#include "core/casework/check_notes.h"

static const json_t *list_of(const struct checking *k, const char *list)
{
    return json_object_get(k->pack, list);
}

static void name_check(struct checking *k, const char *name, const char *list, Str place)
{
    if (name && !check_find(list_of(k, list), name))
        check_note(k, place, "\"%s\" does not stand in %s; add it there or mend the name.",
                   check_quote(k, name), list);
}

void check_names(struct checking *k, const json_t *o, const char *key, const char *list, Str place)
{
    size_t i;
    json_t *item;
    const json_t *value = json_object_get(o, key);
    Str at = check_place(k, "%.*s.%s", STR_ARG(place), key);
    if (!json_is_array(list_of(k, list))) return; /* its shape is told */
    name_check(k, json_string_value(value), list, at);
    json_array_foreach((json_t *)(uintptr_t)value, i, item)
        name_check(k, json_string_value(item), list, at);
}

/* A limit of a step or a level: a deadline that has one, or a duration of its own. */
static void limit_check(struct checking *k, const json_t *value, Str place)
{
    const json_t *parameters = list_of(k, "parameters");
    const char *name = json_string_value(value);
    if (name == NULL || check_fits(STR("duration"), value) || !json_is_array(parameters)) return;
    const json_t *p = check_find(parameters, name);
    if (p == NULL)
        check_note(k, place,
                   "\"%s\" does not stand in parameters; add it there, mend the name or write a "
                   "duration.",
                   check_quote(k, name));
    else if (check_is_value(p))
        check_note(k, place, "\"%s\" is a value and no deadline; name one that has a clock.",
                   check_quote(k, name));
}

static void steps_check(struct checking *k, const json_t *steps, Str place)
{
    size_t i, n;
    json_t *step, *limit;
    json_array_foreach((json_t *)(uintptr_t)steps, i, step)
    {
        Str at = check_place_of(k, place, step, i + 1);
        check_names(k, step, "roles", "roles", at);
        check_names(k, step, "documents", "documents", at);
        json_array_foreach(json_object_get(step, "limits"), n, limit)
            limit_check(k, limit, check_place(k, "%.*s.limits", STR_ARG(at)));
    }
}

/* Papers on which the fact of a hand-over shows are those of a return. */
static bool has_return_paper(const struct checking *k, const json_t *type)
{
    size_t i;
    json_t *item;
    const struct kind *offered = check_kind(k, "handover.offered");
    json_array_foreach(
        json_object_get(type, "documents"), i,
        item) for (size_t n = 0; offered && n < offered->document_count;
                   n++) if (json_is_string(item) &&
                            str_is(offered->documents[n], json_string_value(item))) return true;
    return offered == NULL;
}

/* O5 is how a side closes alone when the other is silent: without it a case could stay open for
 * ever. */
static void closing_check(struct checking *k, const json_t *type, Str place)
{
    size_t i;
    json_t *item;
    bool alone = false;
    const json_t *outcomes = json_object_get(type, "outcomes");
    json_array_foreach((json_t *)(uintptr_t)outcomes, i, item) alone =
        alone || (json_is_string(item) && strcmp(json_string_value(item), "O5") == 0);
    if (json_is_array(outcomes) && !alone)
        check_note(k, check_place(k, "%.*s.outcomes", STR_ARG(place)),
                   "Add \"O5\": without it a case of this type cannot be closed when the other "
                   "side is silent.");
}

static void type_check(struct checking *k, const json_t *type, Str place)
{
    const char *when = check_text(type, "grave_when"), *returns = check_text(type, "returns");
    const struct kind_field *f = check_field(check_kind(k, "incident.registered"), when);
    Str at = check_place(k, "%.*s.grave_when", STR_ARG(place));
    check_names(k, type, "checklists", "checklists", place);
    check_names(k, type, "documents", "documents", place);
    check_names(k, type, "gates", "gates", place);
    check_names(k, type, "outcomes", "outcomes", place);
    check_names(k, type, "ceiling", "parameters", place);
    if (when && k->kinds && f == NULL)
        check_note(k, at, "Name a field of incident.registered; \"%s\" is none.",
                   check_quote(k, when));
    if (f && f->class != CLASS_OPEN)
        check_note(k, at, "Name a field that may cross: both sides must see what makes it grave.");
    if (returns && (strcmp(returns, "yes") == 0 || strcmp(returns, "treaty") == 0) &&
        !has_return_paper(k, type))
        check_note(k, check_place(k, "%.*s.documents", STR_ARG(place)),
                   "Add the hand-over paper: what this type returns needs one to be closed.");
    closing_check(k, type, place);
    steps_check(k, json_object_get(type, "steps"), check_place(k, "%.*s.steps", STR_ARG(place)));
}

static void languages_check(struct checking *k, const json_t *list, Str place)
{
    size_t i;
    json_t *item;
    json_array_foreach((json_t *)(uintptr_t)list, i, item)
    {
        const char *code = json_string_value(item);
        if (code && json_is_array(list_of(k, "languages")) && !check_is_language(k, code))
            check_note(k, place, "\"%s\" is no language of this pack; add it or remove it here.",
                       check_quote(k, code));
    }
}

static void parties_check(struct checking *k)
{
    size_t i;
    json_t *party;
    const json_t *parties = list_of(k, "parties");
    size_t count = json_array_size(parties);
    if (json_is_array(parties) && count != 0 && count != 2)
        check_note(k, STR("parties"), "Name both parties, or none for a pack of any pair.");
    json_array_foreach((json_t *)(uintptr_t)parties, i, party)
    {
        Str place = check_place_of(k, STR("parties"), party, i + 1);
        languages_check(k, json_object_get(party, "languages"),
                        check_place(k, "%.*s.languages", STR_ARG(place)));
    }
}

/* A step that names a time of its own, not a deadline that has its source, says where it comes
 * from. */
static void times_check(struct checking *k)
{
    size_t i, n;
    json_t *step, *limit;
    json_array_foreach(list_of(k, "common_steps"), i, step)
    {
        bool has_time = false;
        json_array_foreach(json_object_get(step, "limits"), n, limit)
        {
            const char *text = json_string_value(limit);
            has_time = has_time || (text && text[0] == 'P');
        }
        if (has_time &&
            (json_object_get(step, "source") == NULL || json_object_get(step, "verified") == NULL))
            check_note(k, check_place_of(k, STR("common_steps"), step, i + 1),
                       "Add \"source\" and \"verified\": its time is no deadline of this pack.");
    }
}

/* From assistants to the ministries; 2 and 2c may be missing. */
static void ladder_check(struct checking *k)
{
    static const char *const levels[] = {"0", "1", "2", "2c", "3"};
    const json_t *ladder = list_of(k, "ladder");
    size_t i, n, last = 0;
    json_t *item;
    if (!json_is_array(ladder)) return;
    for (n = 0; n < COUNT_OF(levels); n++)
        if (n != 2 && n != 3 && !check_find(ladder, levels[n]))
            check_note(k, STR("ladder"), "Add the level \"%s\": the ladder has a gap.", levels[n]);
    json_array_foreach((json_t *)(uintptr_t)ladder, i, item)
    {
        const char *level = check_text(item, "level");
        Str place = check_place_of(k, STR("ladder"), item, i + 1);
        for (n = 0; level && n < COUNT_OF(levels) && strcmp(levels[n], level) != 0;)
            n++;
        if (level && n < last)
            check_note(k, place, "Move it up: levels stand in the order 0, 1, 2, 2c, 3.");
        if (level) last = n;
        limit_check(k, json_object_get(item, "waits"),
                    check_place(k, "%.*s.waits", STR_ARG(place)));
    }
}

/* Who signs a document, as in "R1,R2+doctor both". */
static void signers_check(struct checking *k, const json_t *document, Str place)
{
    Str rest = str_of(check_text(document, "signed_by"));
    if (!check_fits(STR("signers"), json_object_get(document, "signed_by")) ||
        str_has_prefix(rest, "state") || !json_is_array(list_of(k, "roles")))
        return;
    rest = str_cut(&rest, ' ');
    while (rest.len) {
        Str group = str_cut(&rest, '+');
        while (group.len) {
            Str name = scope_str(k->s, str_cut(&group, ','));
            if (name.ptr == NULL) k->no_memory = true;
            name_check(k, name.ptr, role_bit(name) >= 0 ? "roles" : "other_signers",
                       check_place(k, "%.*s.signed_by", STR_ARG(place)));
        }
    }
}

/* Papers that rules of the program draw or ask for by their code. */
static void documents_check(struct checking *k)
{
    static const char *const needed[][2] = {{"DOC05", "the act of inspection"},
                                            {"DOC08", "the minutes of a meeting"},
                                            {"DOC09", "the joint conclusion"}};
    const json_t *documents = list_of(k, "documents");
    size_t i;
    json_t *item;
    for (i = 0; json_is_array(documents) && i < COUNT_OF(needed); i++)
        if (!check_find(documents, needed[i][0]))
            check_note(k, STR("documents"), "Add \"%s\", %s: the program asks for it by its code.",
                       needed[i][0], needed[i][1]);
    json_array_foreach((json_t *)(uintptr_t)documents, i, item)
        signers_check(k, item, check_place_of(k, STR("documents"), item, i + 1));
}

void check_references(struct checking *k)
{
    size_t i;
    json_t *item;
    languages_check(k, list_of(k, "act_languages"), STR("act_languages"));
    parties_check(k);
    json_array_foreach(list_of(k, "types"), i, item)
        type_check(k, item, check_place_of(k, STR("types"), item, i + 1));
    steps_check(k, list_of(k, "common_steps"), STR("common_steps"));
    times_check(k);
    documents_check(k);
    ladder_check(k);
    json_array_foreach(list_of(k, "gates"), i, item)
        check_names(k, item, "roles", "roles", check_place_of(k, STR("gates"), item, i + 1));
}
