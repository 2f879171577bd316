/* The shape of pack.json: which keys stand at which level, and of what sort. Declared in
 * check_notes.h. */
#include "core/casework/check_notes.h"

/* `keys` is "name:sort" with blanks between. A sort of check_value.c stands for one value; "title"
 * for a text in every language of the pack, "{}" for an object with a row of its own here, "where"
 * and "words" and "weights" for objects with names of their own. Before a sort "*" makes it a list
 * and "+" a list that is not empty; after it "?" lets the key be absent and "~" be null. */
struct shape {
    const char *path;
    const char *keys;
};

#define SOURCE "ref:line seen:flag"
#define STEP   "id:id title:title roles:+role limits:*limit documents:*document if_fails:title?"
#define HOLIDAY                                                                                    \
    "date:month_and_day? easter:-60..60? orthodox_easter:-60..60? weekday:{}? day:day? "           \
    "works:day? "                                                                                  \
    "if_weekend:=next? title:title"

static const struct shape shapes[] = {
    {"", "format:=twinpost/pack/1 id:pack title:title draft:flag languages:+language "
         "act_languages:*language parties:*{} sections:*{} roles:+{} other_signers:*{}? types:+{} "
         "parameters:+{} "
         "documents:+{} states:+{} checklists:*{} gates:*{} outcomes:+{} ladder:+{} "
         "common_steps:+{} holidays:{} protection_words:words weights:weights"},
    {"parties[]", "id:party zone:zone languages:+language name:title"},
    {"sections[]", "id:id title:title"},
    {"roles[]", "id:role title:title"},
    {"other_signers[]", "id:signer title:title"},
    {"types[]",
     "id:id title:title grave:flag grave_when:field? inspection:urgent|yes|opt|no "
     "checklists:*id documents:*document gates:*id returns:yes|no|treaty|never_without_clearance "
     "settle_at:R3|R1|chief|diplomacy settle_with:criminal|commission? ceiling:value? "
     "needs_approval:flag outcomes:+outcome closes_when:title escalates_when:title steps:*{} "
     "source:+{} verified:flag"},
    {"types[].steps[]", STEP},
    {"types[].source[]", SOURCE},
    {"parameters[]",
     "id:clock title:title start:{}~ owes:author|counterpart|each|a|b limit:duration~ "
     "limit_grave:duration? working_days:flag? done:*{} hardness:hard|soft|external extend:{}~ "
     "refuse:flag roll:none|next calendar:a|b|both|none own_only:flag on:case|calendar|none "
     "escalates_to:id source:+{} verified:flag"},
    {"parameters[value]", "id:value title:title value:free source:+{} verified:flag"},
    {"parameters[].start", "kind:kind field:field clock:at|receipt where:where?"},
    {"parameters[].start[event]", "kind:kind event:event where:where?"},
    {"parameters[].start[every]", "every:month|year month:1..12? day:1..28"},
    {"parameters[].done[]", "kind:kind ref:field~ where:where?"},
    {"parameters[].extend", "times:1..12 by:duration"},
    {"parameters[].source[]", SOURCE},
    {"parameters[value].source[]", SOURCE},
    {"documents[]", "id:document title:title signed_by:signers originals:1..9 bilingual:flag "
                    "must_contain:*field source:+{} verified:flag"},
    {"documents[].source[]", SOURCE},
    {"states[]", "id:state title:title may_go_to:*state"},
    {"checklists[]", "id:id title:title items:+{}"},
    {"checklists[].items[]", "id:id title:title"},
    {"gates[]", "id:id title:title blocks_when:title opened_by:title roles:*role"},
    {"outcomes[]", "id:outcome title:title state:state"},
    {"ladder[]", "level:0|1|2|2c|3 title:title waits:limit~ sends_up:title source:+{} "
                 "verified:flag"},
    {"ladder[].source[]", SOURCE},
    {"common_steps[]", STEP " source:+{}? verified:flag?"},
    {"common_steps[].source[]", SOURCE},
    {"holidays", "a:*{} b:*{} weekend:{}? source:*{} verified:flag"},
    {"holidays.a[]", HOLIDAY},
    {"holidays.b[]", HOLIDAY},
    {"holidays.a[].weekday", "month:1..12 weekday:1..7 nth:1..5"},
    {"holidays.b[].weekday", "month:1..12 weekday:1..7 nth:1..5"},
    {"holidays.weekend", "a:*1..7 b:*1..7"},
    {"holidays.source[]", SOURCE},
};

static void object_check(struct checking *k, const json_t *o, Str path, Str place);

/* An object whose shape depends on one of its keys has a row with that key in brackets. */
static Str path_of(struct checking *k, Str path, const json_t *o)
{
    static const char *const starts[] = {"event", "every"};
    if (str_is(path, "parameters[]") && check_is_value(o)) return STR("parameters[value]");
    for (size_t i = 0; i < COUNT_OF(starts); i++)
        if (str_is(path, "parameters[].start") && json_object_get(o, starts[i]))
            return check_place(k, "%.*s[%s]", STR_ARG(path), starts[i]);
    return path;
}

static const char *keys_of(Str path)
{
    for (size_t i = 0; i < COUNT_OF(shapes); i++)
        if (str_is(path, shapes[i].path)) return shapes[i].keys;
    return "";
}

/* A text in every language of the pack, and in no other. */
static void title_check(struct checking *k, const json_t *v, Str place)
{
    size_t i;
    json_t *language, *text;
    const char *key;
    const json_t *languages = json_object_get(k->pack, "languages");
    if (!json_is_object(v)) {
        check_note(k, place, "Write it as an object with one text for each language.");
        return;
    }
    json_object_foreach((json_t *)(uintptr_t)v, key, text) check_value(
        k, STR("line"), text, check_place(k, "%.*s.%s", STR_ARG(place), check_quote(k, key)));
    if (!json_is_array(languages)) return; /* told once, not at every title */
    json_array_foreach((json_t *)(uintptr_t)languages, i, language)
    {
        const char *code = json_string_value(language);
        if (code && !json_object_get(v, code))
            check_note(k, place, "Add the text in \"%s\".", check_quote(k, code));
    }
    json_object_foreach((json_t *)(uintptr_t)v, key, text) if (!check_is_language(k, key))
        check_note(k, place, "Remove \"%s\": it is no language of this pack.", check_quote(k, key));
}

/* Conditions: names of fields and what they must hold, one text or any of a list. */
static void where_check(struct checking *k, const json_t *v, Str place)
{
    const char *key;
    json_t *value, *item;
    size_t i;
    if (!json_is_object(v) || json_object_size(v) == 0) {
        check_note(k, place, "Write it as an object with at least one field, or leave it out.");
        return;
    }
    json_object_foreach((json_t *)(uintptr_t)v, key, value)
    {
        Str at = check_place(k, "%.*s.%s", STR_ARG(place), check_quote(k, key));
        if (!json_is_array(value)) check_value(k, STR("line"), value, at);
        if (json_is_array(value) && json_array_size(value) == 0)
            check_note(k, at, "Name at least one text.");
        json_array_foreach(value, i, item) check_value(k, STR("line"), item, at);
    }
}

/* The same value twice in a list; objects with an id are told by their id. */
static void duplicates_check(struct checking *k, const json_t *list, Str place)
{
    for (size_t i = 0; i < json_array_size(list); i++)
        for (size_t n = 0; n < i; n++) {
            const json_t *item = json_array_get(list, i);
            if (check_id(item) || !json_equal(item, json_array_get(list, n))) continue;
            if (json_is_string(item))
                check_note(k, place, "Remove one \"%s\": it stands twice.",
                           check_quote(k, json_string_value(item)));
            else
                check_note(k, place, "Remove one of two: number %zu and number %zu are the same.",
                           n + 1, i + 1);
        }
}

/* Words that stop a text: a list for every language of the pack, and for no other. */
static void words_check(struct checking *k, const json_t *v, Str place)
{
    const char *key;
    json_t *list, *item;
    size_t i;
    if (!json_is_object(v))
        check_note(k, place, "Write it as an object with one list of words for each language.");
    json_object_foreach((json_t *)(uintptr_t)v, key, list)
    {
        Str at = check_place(k, "%.*s.%s", STR_ARG(place), check_quote(k, key));
        if (!check_is_language(k, key))
            check_note(k, at, "Remove it: it is no language of this pack.");
        if (json_array_size(list) == 0) check_note(k, at, "Write a list with at least one word.");
        json_array_foreach(list, i, item) check_value(k, STR("line"), item, at);
        duplicates_check(k, list, at);
    }
    json_array_foreach(json_object_get(k->pack, "languages"), i, item)
    {
        const char *code = json_string_value(item);
        if (code && json_is_object(v) && !json_object_get(v, code))
            check_note(k, place, "Add a list of words in \"%s\".", check_quote(k, code));
    }
}

static void weights_check(struct checking *k, const json_t *v, Str place)
{
    const char *key;
    json_t *number;
    if (!json_is_object(v))
        check_note(k, place, "Write it as an object of names and numbers; {} when there are none.");
    json_object_foreach((json_t *)(uintptr_t)v, key, number) check_value(
        k, STR("number"), number, check_place(k, "%.*s.%s", STR_ARG(place), check_quote(k, key)));
}

static void one_check(struct checking *k, const json_t *v, Str sort, Str path, Str place)
{
    if (str_is(sort, "{}"))
        object_check(k, v, path, place);
    else if (str_is(sort, "title"))
        title_check(k, v, place);
    else if (str_is(sort, "where"))
        where_check(k, v, place);
    else if (str_is(sort, "words"))
        words_check(k, v, place);
    else if (str_is(sort, "weights"))
        weights_check(k, v, place);
    else
        check_value(k, sort, v, place);
}

static void list_check(struct checking *k, const json_t *v, Str sort, Str path, Str place)
{
    size_t i, n;
    json_t *item;
    bool objects = str_is(sort, "{}");
    if (!json_is_array(v)) {
        check_note(k, place, "Write a list: [ … ].");
        return;
    }
    json_array_foreach((json_t *)(uintptr_t)v, i, item)
    {
        const char *id = check_id(item);
        Str at = objects ? check_place_of(k, place, item, i + 1)
                         : check_place(k, "%.*s[%zu]", STR_ARG(place), i + 1);
        one_check(k, item, sort, check_place(k, "%.*s[]", STR_ARG(path)), at);
        for (n = 0; id && n < i; n++) {
            const char *other = check_id(json_array_get(v, n));
            if (other && strcmp(other, id) == 0)
                check_note(k, at, "Give it another name: this one stands twice in the list.");
        }
    }
    duplicates_check(k, v, place);
}

/* One key of an object; `sort` with its marks. */
static void key_check(struct checking *k, const json_t *v, Str sort, Str path, Str place)
{
    bool list = sort.ptr[0] == '*' || sort.ptr[0] == '+', needs = sort.ptr[0] == '+';
    if (list) sort = (Str){sort.ptr + 1, sort.len - 1};
    while (sort.len && (sort.ptr[sort.len - 1] == '?' || sort.ptr[sort.len - 1] == '~'))
        sort.len--;
    if (!list)
        one_check(k, v, sort, path, place);
    else
        list_check(k, v, sort, path, place);
    if (needs && json_is_array(v) && json_array_size(v) == 0)
        check_note(k, place, "Write at least one: the list is empty.");
}

static Str below(struct checking *k, Str path, Str key)
{
    return check_place(k, "%.*s%s%.*s", STR_ARG(path), path.len ? "." : "", STR_ARG(key));
}

static void unknown_keys_check(struct checking *k, const json_t *o, const char *keys, Str place)
{
    const char *key;
    json_t *value;
    json_object_foreach((json_t *)(uintptr_t)o, key, value)
    {
        bool known = false;
        for (Str rest = str_of(keys); rest.len && !known;) {
            Str sort = str_cut(&rest, ' ');
            known = str_is(str_cut(&sort, ':'), key);
        }
        if (!known)
            check_note(k, place, "Remove \"%s\": no such key stands here.", check_quote(k, key));
    }
}

static void object_check(struct checking *k, const json_t *o, Str path, Str place)
{
    if (!json_is_object(o)) {
        check_note(k, place, "Write an object: { … }.");
        return;
    }
    path = path_of(k, path, o);
    const char *keys = keys_of(path);
    for (Str rest = str_of(keys); rest.len;) {
        Str sort = str_cut(&rest, ' '), name = str_cut(&sort, ':');
        const json_t *v = json_object_getn(o, name.ptr, name.len);
        bool may_lack = memchr(sort.ptr, '?', sort.len), may_null = memchr(sort.ptr, '~', sort.len);
        if (v == NULL && !may_lack) check_note(k, place, "Add \"%.*s\".", STR_ARG(name));
        if (v == NULL || (may_null && json_is_null(v))) continue;
        key_check(k, v, sort, below(k, path, name), below(k, place, name));
    }
    unknown_keys_check(k, o, keys, place);
}

void check_shape(struct checking *k)
{
    object_check(k, k->pack, STR(""), STR(""));
}
