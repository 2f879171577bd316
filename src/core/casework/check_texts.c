/* The texts of the screens: the same names, the same gaps to fill in and the right plural forms in
 * every language. Declared in check_notes.h. */
#include "core/casework/check_notes.h"

enum { TEXT_CHARACTERS_MAX = 4000 };

/* Plural forms of a language as CLDR has them; of any other language only "other" is needed. */
static const char *const plurals[][2] = {
    {"lv", "zero one other"},     {"be", "one few many other"}, {"ru", "one few many other"},
    {"uk", "one few many other"}, {"en", "one other"},          {"de", "one other"},
    {"et", "one other"},          {"fi", "one other"},          {"sv", "one other"},
    {"lt", "one few many other"}, {"pl", "one few many other"},
};

static bool has_word(const char *words, const char *word)
{
    for (Str rest = str_of(words); rest.len;)
        if (str_is(str_cut(&rest, ' '), word)) return true;
    return false;
}

static const char *forms_of(const char *language)
{
    for (size_t i = 0; language && i < COUNT_OF(plurals); i++)
        if (strcmp(plurals[i][0], language) == 0) return plurals[i][1];
    return NULL;
}

/* Is every {gap} of `a` in `b` too? */
static bool has_gaps_of(const char *a, const char *b)
{
    for (const char *open = strchr(a, '{'); open; open = strchr(open + 1, '{')) {
        const char *close = strchr(open, '}');
        if (close == NULL) return false;
        size_t len = (size_t)(close - open) + 1;
        if (memmem(b, strlen(b), open, len) == NULL) return false;
    }
    return true;
}

static void one_text_check(struct checking *k, const json_t *v, Str place)
{
    Str text = {json_string_value(v), json_string_length(v)};
    size_t characters = 0;
    for (size_t i = 0; i < text.len; i++)
        characters += ((unsigned char)text.ptr[i] & 0xC0) != 0x80;
    if (!json_is_string(v) || str_trim(text).len == 0)
        check_note(k, place, "Write the text.");
    else if (characters > TEXT_CHARACTERS_MAX)
        check_note(k, place, "Write it shorter: at most %d characters.", TEXT_CHARACTERS_MAX);
}

/* Forms with the same gaps, all that the language has and no other. */
static void plural_check(struct checking *k, const json_t *v, const char *language, Str place)
{
    static const char all[] = "zero one two few many other";
    const char *key, *forms = forms_of(language), *other = check_text(v, "other");
    json_t *form;
    for (Str rest = str_of(forms ? forms : "other"); rest.len;) {
        Str name = str_cut(&rest, ' ');
        if (!json_object_getn(v, name.ptr, name.len))
            check_note(k, place, "Add the plural form \"%.*s\".", STR_ARG(name));
    }
    json_object_foreach((json_t *)(uintptr_t)v, key, form)
    {
        const char *text = json_string_value(form);
        Str at = check_place(k, "%.*s.%s", STR_ARG(place), check_quote(k, key));
        if (!has_word(forms ? forms : all, key))
            check_note(k, at, "Remove it: the language has no such plural form.");
        one_text_check(k, form, at);
        if (text && other && (!has_gaps_of(other, text) || !has_gaps_of(text, other)))
            check_note(k, at, "Use the same {gaps} in all plural forms.");
    }
}

/* The text that stands for the whole: the plural's general form, or the text itself. */
static const char *text_of(const json_t *v)
{
    return json_string_value(json_is_object(v) ? json_object_get(v, "other") : v);
}

/* What the first language has, this one must have too, unless it may be partial; and nothing else.
 */
static void compare(struct checking *k, const json_t *first, const json_t *texts, bool partial)
{
    const char *key;
    json_t *value;
    json_object_foreach((json_t *)(uintptr_t)first, key, value)
    {
        const json_t *mine = json_object_get(texts, key);
        const char *a = text_of(value), *b = mine ? text_of(mine) : NULL;
        Str place = check_place(k, "texts[%s]", check_quote(k, key));
        if (mine == NULL && !partial)
            check_note(k, place, "Add it: another language has this text.");
        if (a && b && (!has_gaps_of(a, b) || !has_gaps_of(b, a)))
            check_note(k, place, "Use the same {gaps} as the other languages.");
        if (mine && json_is_object(value) != json_is_object(mine))
            check_note(k, place, "Write %s, as the other languages do.",
                       json_is_object(value) ? "plural forms" : "one text");
    }
    json_object_foreach((json_t *)(uintptr_t)texts, key,
                        value) if (first && !json_object_get(first, key))
        check_note(k, check_place(k, "texts[%s]", check_quote(k, key)),
                   "Add it in the other languages or remove it here.");
}

static void values_check(struct checking *k, const json_t *texts, const char *language)
{
    const char *key;
    json_t *value;
    json_object_foreach((json_t *)(uintptr_t)texts, key, value)
    {
        Str place = check_place(k, "texts[%s]", check_quote(k, key));
        AUTO_JSON json_t *name = json_stringn(key, strlen(key));
        if (name == NULL) k->no_memory = true;
        if (name) check_value(k, STR("text_name"), name, place);
        if (json_is_object(value))
            plural_check(k, value, language, place);
        else
            one_text_check(k, value, place);
    }
}

static void head_check(struct checking *k, const json_t *root, Str file)
{
    const char *key;
    json_t *value;
    Str code = str_cut(&file, '.');
    const char *language = check_text(root, "language");
    check_value(k, STR("=twinpost/texts/1"), json_object_get(root, "format"), STR("format"));
    if (language == NULL || !str_is(code, language))
        check_note(k, STR("language"), "Write the language that the file is named after.");
    if (!json_is_object(json_object_get(root, "texts")))
        check_note(k, STR("texts"), "Write an object of names and texts: { … }.");
    json_object_foreach((json_t *)(uintptr_t)root, key,
                        value) if (!has_word("format language texts", key))
        check_note(k, STR(""), "Remove \"%s\": no such key stands here.", check_quote(k, key));
}

void check_texts(struct checking *k, const struct pack_files *files)
{
    AUTO_JSON json_t *first = NULL;
    if (files->known_texts.ptr &&
        json_read(k->s, files->known_texts, PACK_BYTES_MAX, "texts", &first) == ERR_MEMORY)
        k->no_memory = true;
    for (size_t i = 0; i < files->text_count && !k->no_memory; i++) {
        AUTO_JSON json_t *root = NULL;
        const struct pack_text *t = &files->texts[i];
        Str name = scope_str(k->s, t->file);
        if (name.ptr == NULL) {
            k->no_memory = true;
            return;
        }
        k->file = name.ptr;
        root = check_read(k, t->bytes);
        if (root == NULL) continue;
        head_check(k, root, t->file);
        values_check(k, json_object_get(root, "texts"), check_text(root, "language"));
        compare(k, json_object_get(first, "texts"), json_object_get(root, "texts"), t->partial);
        if (first == NULL) first = json_incref(root);
    }
}
