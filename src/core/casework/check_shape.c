/* The shape of pack.json: which keys stand at which level, and of what sort. Declared in
 * check_notes.h. */
#include "core/casework/check_notes.h"

/* `keys` is "name:sort" with blanks between; after the sort "?" lets the key be absent, "~" be
 * null. Sorts: s text, z text that may be empty, b yes or no, i number, t text in every language, l
 * list of texts, d duration, m texts by name, w lists of texts by language, x anything, a list of
 * objects, o object. */
struct shape {
    const char *path;
    const char *keys;
};

static const struct shape shapes[] = {
    {"",
     "format:s id:s title:t draft:b languages:l act_languages:l parties:a sections:a roles:a "
     "types:a "
     "parameters:a documents:a states:a checklists:a gates:a outcomes:a ladder:a common_steps:a "
     "holidays:o protection_words:w weights:x"},
    {"parties[]", "id:s zone:s languages:l name:t"},
    {"sections[]", "id:s title:t"},
    {"roles[]", "id:s title:t"},
    {"types[]",
     "id:s title:t grave:b grave_when:s? inspection:s checklists:l documents:l returns:s "
     "settle_at:s needs_approval:b outcomes:l closes_when:t escalates_when:t steps:a source:a "
     "verified:b"},
    {"types[].steps[]", "id:s title:t roles:l limit:s~ document:s~"},
    {"types[].source[]", "ref:s seen:b"},
    {"parameters[]",
     "id:s title:t source:a verified:b value:z? start:o?~ owes:s? limit:d?~ limit_grave:d? "
     "done:a? hardness:s? extend:o?~ refuse:b? roll:s? calendar:s? own_only:b? on:s? "
     "escalates_to:s?"},
    {"parameters[].start", "kind:s field:s? clock:s? event:s? where:m?"},
    {"parameters[].done[]", "kind:s ref:s?~ where:m?"},
    {"parameters[].extend", "times:i by:d"},
    {"parameters[].source[]", "ref:s seen:b"},
    {"documents[]", "id:s title:t signed_by:s originals:i bilingual:b must_contain:l"},
    {"states[]", "id:s title:t may_go_to:l"},
    {"checklists[]", "id:s title:t items:a"},
    {"checklists[].items[]", "id:s title:t"},
    {"gates[]", "id:s title:t blocks_when:t opened_by:t roles:l"},
    {"outcomes[]", "id:s title:t state:s"},
    {"ladder[]", "level:s title:t waits:s~ sends_up:t"},
    {"common_steps[]", "id:s title:t roles:l limit:s~ document:s~"},
    {"holidays", "a:a b:a source:a"},
    {"holidays.a[]", "date:s? easter:i? orthodox_easter:i? title:t"},
    {"holidays.b[]", "date:s? easter:i? orthodox_easter:i? title:t"},
    {"holidays.source[]", "ref:s seen:b"},
};

static void object_check(struct checking *k, const json_t *o, Str path, Str place);

static const char *keys_of(Str path)
{
    for (size_t i = 0; i < COUNT_OF(shapes); i++)
        if (str_is(path, shapes[i].path)) return shapes[i].keys;
    return "";
}

static bool is_text_list(const json_t *v)
{
    size_t i;
    json_t *item;
    if (!json_is_array(v)) return false;
    json_array_foreach((json_t *)(uintptr_t)v, i,
                       item) if (json_string_length(item) == 0) return false;
    return true;
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
    if (json_array_size(languages) == 0) return; /* told once, not at every title */
    json_array_foreach((json_t *)(uintptr_t)languages, i, language)
    {
        const char *code = json_string_value(language);
        if (code && json_string_length(json_object_get(v, code)) == 0)
            check_note(k, place, "Add the text in \"%s\".", code);
    }
    json_object_foreach((json_t *)(uintptr_t)v, key, text)
    {
        bool known = false;
        json_array_foreach((json_t *)(uintptr_t)languages, i, language) known =
            known || (json_is_string(language) && strcmp(json_string_value(language), key) == 0);
        if (!known) check_note(k, place, "Remove \"%s\": it is no language of this pack.", key);
    }
}

static void map_check(struct checking *k, const json_t *v, bool lists, Str place)
{
    const char *key;
    json_t *item;
    if (!json_is_object(v)) check_note(k, place, "Make it an object.");
    json_object_foreach((json_t *)(uintptr_t)v, key,
                        item) if (lists ? !is_text_list(item) : !json_is_string(item))
        check_note(k, place, "\"%s\" should be %s.", key, lists ? "a list of texts" : "a text");
}

static void list_check(struct checking *k, const json_t *v, Str path, Str place)
{
    size_t i, n;
    json_t *item;
    if (!json_is_array(v)) check_note(k, place, "Make it a list.");
    json_array_foreach((json_t *)(uintptr_t)v, i, item)
    {
        const char *id = json_string_value(json_object_get(item, "id"));
        if (id == NULL) id = json_string_value(json_object_get(item, "level"));
        Str at = id ? check_place(k, "%.*s[%s]", STR_ARG(place), id)
                    : check_place(k, "%.*s[%zu]", STR_ARG(place), i + 1);
        object_check(k, item, check_place(k, "%.*s[]", STR_ARG(path)), at);
        for (n = 0; id && n < i; n++) {
            const json_t *before = json_array_get(v, n);
            const char *other = json_string_value(json_object_get(before, "id"));
            if (other == NULL) other = json_string_value(json_object_get(before, "level"));
            if (other && strcmp(other, id) == 0)
                check_note(k, at, "Give it another name: this one stands twice in the list.");
        }
    }
}

static void duration_check(struct checking *k, const json_t *v, Str place)
{
    struct duration d;
    Str text = {json_string_value(v), json_string_length(v)};
    if (!json_is_string(v) || !duration_parse(text, &d))
        check_note(k, place, "Write a duration such as PT48H or P3D.");
    else if (d.days == 0 && d.seconds == 0)
        check_note(k, place, "Make the duration longer than nothing.");
}

static void value_check(struct checking *k, const json_t *v, char sort, Str path, Str place)
{
    if (sort == 't') title_check(k, v, place);
    if (sort == 'o') object_check(k, v, path, place);
    if (sort == 'a') list_check(k, v, path, place);
    if (sort == 'm' || sort == 'w') map_check(k, v, sort == 'w', place);
    if (sort == 'd') duration_check(k, v, place);
    if (sort == 's' && json_string_length(v) == 0)
        check_note(k, place, "Write a text that is not empty.");
    if (sort == 'z' && !json_is_string(v)) check_note(k, place, "Write a text.");
    if (sort == 'b' && !json_is_boolean(v)) check_note(k, place, "Write true or false.");
    if (sort == 'i' && !json_is_integer(v)) check_note(k, place, "Write a whole number.");
    if (sort == 'l' && !is_text_list(v)) check_note(k, place, "Write a list of texts.");
}

static Str below(struct checking *k, Str path, Str key)
{
    return check_place(k, "%.*s%s%.*s", STR_ARG(path), path.len ? "." : "", STR_ARG(key));
}

static void object_check(struct checking *k, const json_t *o, Str path, Str place)
{
    const char *keys = keys_of(path), *key;
    json_t *value;
    if (!json_is_object(o)) {
        check_note(k, place, "Make it an object.");
        return;
    }
    for (Str rest = str_of(keys); rest.len;) {
        Str sort = str_cut(&rest, ' '), name = str_cut(&sort, ':');
        char text[40];
        size_t len = name.len < sizeof text ? name.len : sizeof text - 1;
        memcpy(text, name.ptr, len);
        text[len] = '\0';
        const json_t *v = json_object_get(o, text);
        bool may_lack = memchr(sort.ptr, '?', sort.len), may_null = memchr(sort.ptr, '~', sort.len);
        if (v == NULL && !may_lack) check_note(k, place, "Add \"%s\".", text);
        if (v == NULL || (may_null && json_is_null(v))) continue;
        value_check(k, v, sort.ptr[0], below(k, path, name), below(k, place, name));
    }
    json_object_foreach((json_t *)(uintptr_t)o, key, value)
    {
        bool known = false;
        for (Str rest = str_of(keys); rest.len && !known;) {
            Str sort = str_cut(&rest, ' ');
            known = str_is(str_cut(&sort, ':'), key);
        }
        if (!known) check_note(k, place, "Remove \"%s\": no such key stands here.", key);
    }
}

void check_shape(struct checking *k)
{
    const char *format = json_string_value(json_object_get(k->pack, "format"));
    object_check(k, k->pack, STR(""), STR(""));
    if (format == NULL || strcmp(format, "twinpost/pack/1") != 0)
        check_note(k, STR("format"), "Write \"twinpost/pack/1\".");
}
