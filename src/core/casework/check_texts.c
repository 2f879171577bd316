/* The texts of the screens: the same names and the same gaps to fill in every language. Declared in
 * check_notes.h. */
#include "core/casework/check_notes.h"

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

static void value_check(struct checking *k, const json_t *v, Str place)
{
    const char *key;
    json_t *form;
    if (json_is_string(v)) {
        if (json_string_length(v) == 0) check_note(k, place, "Write the text.");
        return;
    }
    if (!json_is_string(json_object_get(v, "other"))) {
        check_note(k, place, "Write a text, or plural forms with \"other\" among them.");
        return;
    }
    json_object_foreach((json_t *)(uintptr_t)v, key,
                        form) if (!json_is_string(form) ||
                                  !(strcmp(key, "zero") == 0 || strcmp(key, "one") == 0 ||
                                    strcmp(key, "few") == 0 || strcmp(key, "many") == 0 ||
                                    strcmp(key, "other") == 0))
        check_note(k, place, "\"%s\" is no plural form with a text.", key);
}

/* The text that stands for the whole: the plural's general form, or the text itself. */
static const char *text_of(const json_t *v)
{
    return json_string_value(json_is_object(v) ? json_object_get(v, "other") : v);
}

/* What the first language has, this one must have too; and nothing else. */
static void compare(struct checking *k, const json_t *first, const json_t *texts)
{
    const char *key;
    json_t *value;
    json_object_foreach((json_t *)(uintptr_t)first, key, value)
    {
        const json_t *mine = json_object_get(texts, key);
        const char *a = text_of(value), *b = mine ? text_of(mine) : NULL;
        Str place = check_place(k, "texts[%s]", key);
        if (mine == NULL) check_note(k, place, "Add it: another language has this text.");
        if (a && b && (!has_gaps_of(a, b) || !has_gaps_of(b, a)))
            check_note(k, place, "Use the same {gaps} as the other languages.");
    }
    json_object_foreach((json_t *)(uintptr_t)texts, key, value)
    {
        Str place = check_place(k, "texts[%s]", key);
        value_check(k, value, place);
        if (first && !json_object_get(first, key))
            check_note(k, place, "Add it in the other languages or remove it here.");
    }
}

static void head_check(struct checking *k, const json_t *root, Str file)
{
    static const char *const keys[] = {"format", "language", "texts", NULL};
    const char *format = json_string_value(json_object_get(root, "format"));
    const char *language = json_string_value(json_object_get(root, "language"));
    if (json_keys_check(k->s, root, k->file, keys) != OK)
        check_note(k, STR("whole file"), "%s", scope_reason(k->s));
    if (format == NULL || strcmp(format, "twinpost/texts/1") != 0)
        check_note(k, STR("format"), "Write \"twinpost/texts/1\".");
    Str code = str_cut(&file, '.');
    if (language == NULL || !str_is(code, language))
        check_note(k, STR("language"), "Write the language that the file is named after.");
    if (!json_is_object(json_object_get(root, "texts")))
        check_note(k, STR("texts"), "Make it an object of names and texts.");
}

void check_texts(struct checking *k, const struct pack_text *texts, size_t count)
{
    AUTO_JSON json_t *first = NULL;
    for (size_t i = 0; i < count && !k->no_memory; i++) {
        AUTO_JSON json_t *root = NULL;
        Str name = scope_str(k->s, texts[i].file);
        if (name.ptr == NULL) {
            k->no_memory = true;
            return;
        }
        k->file = name.ptr;
        Status status = json_read(k->s, texts[i].bytes, PACK_BYTES_MAX, k->file, &root);
        if (status != OK) {
            check_note(k, STR("whole file"), "%s", scope_reason(k->s));
            continue;
        }
        head_check(k, root, texts[i].file);
        compare(k, json_object_get(first, "texts"), json_object_get(root, "texts"));
        if (first == NULL) first = json_incref(root);
    }
}
