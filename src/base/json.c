#include "base/json.h"
#include "base/json_form.h"
#include <stdlib.h>

void json_auto_release(json_t **json)
{
    json_decref(*json);
}

/* Without memory jansson reports whatever it was doing, mostly as wrong syntax. */
static bool is_of_memory(enum json_error_code code)
{
    return code == json_error_out_of_memory || code == json_error_unknown;
}

static bool is_of_syntax(enum json_error_code code)
{
    return code == json_error_invalid_syntax || code == json_error_premature_end_of_input ||
           code == json_error_end_of_input_expected;
}

Status json_read(struct scope *s, Bytes text, size_t bytes_max, const char *what, json_t **out)
{
    if (text.len > bytes_max) return fail(s, ERR_LIMIT, "%s: more than %zu bytes", what, bytes_max);
    enum json_form form = json_form(text, JSON_DEPTH_MAX);
    if (form == JSON_IS_TOO_DEEP)
        return fail(s, ERR_LIMIT, "%s: nested deeper than %d", what, JSON_DEPTH_MAX);
    json_error_t error = {0}; /* the library leaves its code as it was when memory is short */
    json_t *json = json_loadb(text.ptr ? (const char *)text.ptr : "", text.len,
                              JSON_REJECT_DUPLICATES, &error);
    if (json == NULL && (is_of_memory(json_error_code(&error)) ||
                         (is_of_syntax(json_error_code(&error)) && form == JSON_IS_WELL_FORMED)))
        return fail(s, ERR_MEMORY, "the machine has no memory left");
    if (json == NULL)
        return fail(s, ERR_SCHEMA, "%s: line %d, column %d: %s", what, error.line, error.column,
                    error.text);
    if (form != JSON_IS_WELL_FORMED) { /* the library passes over a NUL behind a number */
        json_decref(json);
        return fail(s, ERR_SCHEMA, "%s: not JSON: a NUL stands in it", what);
    }
    *out = json;
    return OK;
}

Status json_write(struct scope *s, const json_t *json, Str *out)
{
    size_t len = json_dumpb(json, NULL, 0, JSON_COMPACT | JSON_PRESERVE_ORDER | JSON_ENCODE_ANY);
    if (len == 0) return fail(s, ERR_MEMORY, "the machine has no memory left");
    char *text = scope_alloc(s, len + 1);
    if (text == NULL) return ERR_MEMORY;
    if (json_dumpb(json, text, len, JSON_COMPACT | JSON_PRESERVE_ORDER | JSON_ENCODE_ANY) != len)
        return fail(s, ERR_MEMORY, "the machine has no memory left");
    *out = (Str){text, len};
    return OK;
}

Str json_text(struct scope *s, const json_t *object, const char *key)
{
    const json_t *v = json_object_get(object, key);
    if (!json_is_string(v)) return (Str){NULL, 0};
    return scope_str(s, (Str){json_string_value(v), json_string_length(v)});
}

Status json_may_text(struct scope *s, const json_t *object, const char *key, const char *what,
                     Str *out)
{
    const json_t *v = json_object_get(object, key);
    *out = json_text(s, object, key);
    if (v == NULL || out->ptr != NULL) return OK;
    if (json_is_string(v)) return ERR_MEMORY;
    return fail(s, ERR_SCHEMA, "%s: \"%s\" is no text", what, key);
}

Status json_need_text(struct scope *s, const json_t *object, const char *key, const char *what,
                      Str *out)
{
    Str text = json_text(s, object, key);
    if (text.ptr == NULL && json_is_string(json_object_get(object, key))) return ERR_MEMORY;
    if (text.len == 0) return fail(s, ERR_SCHEMA, "%s: \"%s\" is missing or no text", what, key);
    *out = text;
    return OK;
}

bool json_flag(const json_t *object, const char *key)
{
    return json_is_true(json_object_get(object, key));
}

Status json_keys_check(struct scope *s, const json_t *object, const char *what,
                       const char *const *allowed)
{
    if (!json_is_object(object)) return fail(s, ERR_SCHEMA, "%s: should be an object", what);
    const char *key;
    json_t *value;
    json_object_foreach((json_t *)(uintptr_t)object, key, value)
    {
        bool known = false;
        for (size_t i = 0; allowed[i] && !known; i++)
            known = strcmp(allowed[i], key) == 0;
        if (!known) return fail(s, ERR_SCHEMA, "%s: \"%s\" is not a key here", what, key);
    }
    return OK;
}

json_t *json_from_str(Str text)
{
    return json_stringn(text.ptr ? text.ptr : "", text.len);
}
