#include "core/casework/kind.h"
#include <stdio.h>

static const char *const class_names[] = {"open",     "personal", "sensitive", "protected",
                                          "internal", "covert",   "amended"};
static const char *const crosses_names[] = {"self", "with", "release", "never", "originator"};
static const char *const type_names[] = {"text",    "id",    "ref",  "refs", "instant", "integer",
                                         "decimal", "yesno", "enum", "hash", "duration"};

/* Index of `text` in a list of names; -1 when it is not there. */
static int name_index(const char *const *names, size_t count, Str text)
{
    for (size_t i = 0; i < count; i++)
        if (str_is(text, names[i])) return (int)i;
    return -1;
}

int role_bit(Str role)
{
    uint64_t n;
    if (str_is(role, "post")) return ROLE_POST_BIT;
    if (role.len < 2 || role.ptr[0] != 'R' || !str_u64((Str){role.ptr + 1, role.len - 1}, &n) ||
        n < 1 || n > ROLE_COUNT)
        return -1;
    return (int)n - 1;
}

static Status roles_read(struct scope *s, const json_t *list, const char *what, Roles *out)
{
    Roles roles = 0;
    size_t i;
    json_t *item;
    if (list && !json_is_array(list))
        return fail(s, ERR_SCHEMA, "%s: roles should be a list", what);
    json_array_foreach(list, i, item)
    {
        int bit = role_bit(str_of(json_string_value(item)));
        if (bit < 0) return fail(s, ERR_SCHEMA, "%s: role %zu is not R1..R15 or post", what, i + 1);
        roles |= 1u << bit;
    }
    *out = roles;
    return OK;
}

Status json_texts_read(struct scope *s, const json_t *list, const char *what, Str **out,
                       size_t *out_count)
{
    size_t count = json_array_size(list), i;
    json_t *item;
    Str *texts = scope_array(s, count + 1, sizeof *texts);
    if (texts == NULL) return ERR_MEMORY;
    json_array_foreach((json_t *)(uintptr_t)list, i, item)
    {
        if (!json_is_string(item))
            return fail(s, ERR_SCHEMA, "%s: item %zu should be a text", what, i + 1);
        texts[i] = scope_str(s, (Str){json_string_value(item), json_string_length(item)});
        if (texts[i].ptr == NULL) return ERR_MEMORY;
    }
    *out = texts;
    *out_count = count;
    return OK;
}

static Status kind_field_read(struct scope *s, const json_t *j, Str kind, struct kind_field *f)
{
    static const char *const keys[] = {"name",
                                       "class",
                                       "type",
                                       "required",
                                       "list",
                                       "part",
                                       "languages",
                                       "values",
                                       "filled",
                                       "values_from",
                                       "min_one_language",
                                       "max_bytes",
                                       "class_persons",
                                       "note",
                                       NULL};
    char what[120];
    snprintf(what, sizeof what, "kinds.json: %.*s: field", STR_ARG(kind));
    TRY(json_keys_check(s, j, what, keys));
    TRY(json_need_text(s, j, "name", what, &f->name));
    snprintf(what, sizeof what, "kinds.json: %.*s.%.*s", STR_ARG(kind), STR_ARG(f->name));
    Str class, type;
    TRY(json_need_text(s, j, "class", what, &class));
    TRY(json_need_text(s, j, "type", what, &type));
    if (str_is(type, "language_text") || str_is(type, "bytes64")) type = STR("text");
    int c = name_index(class_names, COUNT_OF(class_names), class);
    int t = name_index(type_names, COUNT_OF(type_names), type);
    if (c < 0 || t < 0)
        return fail(s, ERR_SCHEMA, "%s: class or type is not one of the known words", what);
    f->class = (enum field_class)c;
    f->type = (enum field_type)t;
    f->part = json_text(s, j, "part");
    f->values_from = json_text(s, j, "values_from");
    f->required = json_flag(j, "required");
    f->list = json_flag(j, "list");
    f->languages = json_flag(j, "languages");
    f->one_language = json_flag(j, "min_one_language");
    f->filled = json_is_string(json_object_get(j, "filled"));
    f->sensitive_for_persons = json_is_string(json_object_get(j, "class_persons"));
    json_int_t max = json_integer_value(json_object_get(j, "max_bytes"));
    f->bytes_max = max > 0 ? (size_t)max : 0;
    return json_texts_read(s, json_object_get(j, "values"), what, &f->values, &f->value_count);
}

static Status roles_by_read(struct scope *s, const json_t *j, struct kind *k, const char *what)
{
    if (j == NULL) return OK;
    k->roles_field = json_text(s, j, "field");
    if (k->roles_field.len == 0) return fail(s, ERR_SCHEMA, "%s: roles_by needs a \"field\"", what);
    k->roles_by = scope_array(s, json_object_size(j), sizeof *k->roles_by);
    if (k->roles_by == NULL) return ERR_MEMORY;
    const char *key;
    json_t *value;
    json_object_foreach((json_t *)(uintptr_t)j, key, value)
    {
        if (strcmp(key, "field") == 0) continue;
        struct roles_case *rc = &k->roles_by[k->roles_by_count++];
        rc->value = scope_str(s, str_of(key));
        TRY(roles_read(s, value, what, &rc->roles));
    }
    return OK;
}

static Status kind_read(struct scope *s, const json_t *j, struct kind *k)
{
    static const char *const keys[] = {"kind",     "crosses", "roles",     "roles_by",
                                       "roles_as", "case",    "documents", "effect",
                                       "fields",   "note",    NULL};
    TRY(json_keys_check(s, j, "kinds.json: kind", keys));
    TRY(json_need_text(s, j, "kind", "kinds.json: kind", &k->name));
    char what[100];
    snprintf(what, sizeof what, "kinds.json: %.*s", STR_ARG(k->name));
    Str crosses;
    TRY(json_need_text(s, j, "crosses", what, &crosses));
    int c = name_index(crosses_names, COUNT_OF(crosses_names), crosses);
    if (c < 0) return fail(s, ERR_SCHEMA, "%s: \"crosses\" is not a known word", what);
    k->crosses = (enum crosses)c;
    const json_t *use = json_object_get(j, "case");
    k->use = json_is_true(use) ? CASE_REQUIRED : json_is_string(use) ? CASE_OPTIONAL : CASE_NONE;
    TRY(roles_read(s, json_object_get(j, "roles"), what, &k->roles));
    TRY(roles_by_read(s, json_object_get(j, "roles_by"), k, what));
    k->roles_as = json_text(s, j, "roles_as");
    TRY(json_texts_read(s, json_object_get(j, "documents"), what, &k->documents,
                        &k->document_count));
    const json_t *fields = json_object_get(j, "fields");
    k->field_count = json_array_size(fields);
    k->fields = scope_array(s, k->field_count + 1, sizeof *k->fields);
    if (k->fields == NULL) return ERR_MEMORY;
    for (size_t i = 0; i < k->field_count; i++) {
        TRY(kind_field_read(s, json_array_get(fields, i), k->name, &k->fields[i]));
        if (k->fields[i].class != CLASS_OPEN) k->guarded = true;
    }
    return OK;
}

Status kinds_read(struct scope *s, Bytes text, struct kind **out, size_t *out_count)
{
    AUTO_JSON json_t *root = NULL;
    static const char *const keys[] = {"format", "kinds", "note", NULL};
    TRY(json_read(s, text, PACK_BYTES_MAX, "kinds.json", &root));
    TRY(json_keys_check(s, root, "kinds.json", keys));
    const json_t *list = json_object_get(root, "kinds");
    size_t count = json_array_size(list);
    struct kind *kinds = scope_array(s, count + 1, sizeof *kinds);
    if (kinds == NULL) return ERR_MEMORY;
    for (size_t i = 0; i < count; i++) {
        TRY(kind_read(s, json_array_get(list, i), &kinds[i]));
        for (size_t n = 0; n < i; n++)
            if (str_eq(kinds[n].name, kinds[i].name))
                return fail(s, ERR_SCHEMA, "kinds.json: %.*s stands twice", STR_ARG(kinds[i].name));
    }
    *out = kinds;
    *out_count = count;
    return OK;
}
