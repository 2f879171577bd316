#include "core/casework/phrase.h"
#include "base/writer.h"
#include <inttypes.h>
#include <stdlib.h>

enum { PHRASE_BYTES_MAX = 64 * 1024 };

/* Plural rules of CLDR for whole numbers. */
static const char *form_latvian(uint64_t n)
{
    if (n % 10 == 0 || (n % 100 >= 11 && n % 100 <= 19)) return "zero";
    return n % 10 == 1 ? "one" : "other";
}

static const char *form_east_slavic(uint64_t n)
{
    if (n % 10 == 1 && n % 100 != 11) return "one";
    return n % 10 >= 2 && n % 10 <= 4 && (n % 100 < 12 || n % 100 > 14) ? "few" : "many";
}

static const char *form_polish(uint64_t n)
{
    if (n == 1) return "one";
    return n % 10 >= 2 && n % 10 <= 4 && (n % 100 < 12 || n % 100 > 14) ? "few" : "many";
}

static const char *form_lithuanian(uint64_t n)
{
    if (n % 100 >= 11 && n % 100 <= 19) return "other";
    return n % 10 == 1 ? "one" : n % 10 >= 2 ? "few" : "other";
}

static const char *form_french(uint64_t n)
{
    return n <= 1 ? "one" : "other";
}

static const char *form_english(uint64_t n)
{
    return n == 1 ? "one" : "other";
}

const char *phrase_form(Str language, int64_t count)
{
    static const struct {
        const char *language;
        const char *(*form)(uint64_t n);
    } rules[] = {{"lv", form_latvian},     {"be", form_east_slavic}, {"ru", form_east_slavic},
                 {"uk", form_east_slavic}, {"pl", form_polish},      {"lt", form_lithuanian},
                 {"fr", form_french}};
    uint64_t n = count < 0 ? 0 - (uint64_t)count : (uint64_t)count;
    for (size_t i = 0; i < COUNT_OF(rules); i++)
        if (str_is(language, rules[i].language)) return rules[i].form(n);
    return form_english(n);
}

Str phrase(const struct phrases *p, const char *key)
{
    const json_t *v = json_object_get(p->texts, key);
    if (json_is_object(v)) v = json_object_get(v, "other");
    Str text = {json_string_value(v), json_string_length(v)};
    return scope_str(p->scope, text.len ? text : str_of(key));
}

Str phrase_count(const struct phrases *p, const char *key, int64_t count)
{
    const json_t *v = json_object_get(p->texts, key);
    const json_t *form = json_object_get(v, phrase_form(p->language, count));
    if (form == NULL)
        return phrase_fill(p, phrase(p, key), "{count}", scope_print(p->scope, "%" PRId64, count));
    Str text = {json_string_value(form), json_string_length(form)};
    return phrase_fill(p, text, "{count}", scope_print(p->scope, "%" PRId64, count));
}

Str phrase_fill(const struct phrases *p, Str text, const char *gap, Str value)
{
    size_t len = strlen(gap);
    struct writer out = writer_open(p->scope, PHRASE_BYTES_MAX);
    Str filled;
    while (text.len) {
        const char *at = memmem(text.ptr, text.len, gap, len);
        size_t before = at ? (size_t)(at - text.ptr) : text.len;
        write_bytes(&out, text.ptr, before);
        if (at) write_str(&out, value);
        size_t taken = before + (at ? len : 0);
        text = (Str){text.ptr + taken, text.len - taken};
    }
    write_u8(&out, 0);
    if (writer_close_str(&out, &filled) != OK) return (Str){NULL, 0};
    return (Str){filled.ptr, filled.len - 1};
}
