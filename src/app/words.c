#include "app/words.h"
#include "app/inside.h"
#include "core/casework/phrase.h"

enum { TEXTS_BYTES_MAX = 4 << 20 };

Status words_file(struct scope *s, const struct post *p, Str name, Bytes *out)
{
    for (size_t i = 0; i < p->text_count; i++)
        if (str_eq(p->texts[i].name, name)) {
            *out = p->texts[i].bytes;
            return OK;
        }
    return packs_file(s, name, out);
}

/* A language that the program does not know may lack texts. */
static Status fill_in(struct scope *s, json_t *catalogue)
{
    AUTO_JSON json_t *english = NULL;
    Bytes text;
    TRY(packs_file(s, STR("texts/en.json"), &text));
    TRY(json_read(s, text, TEXTS_BYTES_MAX, "texts/en.json", &english));
    json_t *mine = json_object_get(catalogue, "texts");
    if (mine && json_object_update_missing(mine, json_object_get(english, "texts")) == 0) return OK;
    return fail(s, ERR_MEMORY, "the machine has no memory left");
}

Status words_json(struct scope *s, const struct post *p, Str language, json_t **out)
{
    AUTO_JSON json_t *catalogue = NULL;
    Bytes text, known;
    Str path = scope_print(s, "texts/%.*s.json", STR_ARG(language));
    if (path.ptr == NULL) return ERR_MEMORY;
    Status status = words_file(s, p, path, &text);
    if (status == ERR_NOT_FOUND) status = words_file(s, p, STR("texts/en.json"), &text);
    TRY(status);
    TRY(json_read(s, text, TEXTS_BYTES_MAX, path.ptr, &catalogue));
    if (packs_file(s, path, &known) != OK || known.ptr != text.ptr) TRY(fill_in(s, catalogue));
    *out = json_incref(catalogue);
    return OK;
}

Status words_open(struct scope *s, const struct post *p, Str language, struct words *out)
{
    out->scope = s;
    return words_json(s, p, language, &out->json);
}

void words_close(struct words *w)
{
    json_auto_release(&w->json);
}

static struct phrases phrases_of(const struct words *w)
{
    return (struct phrases){.scope = w->scope, .texts = json_object_get(w->json, "texts")};
}

Str words_get(const struct words *w, const char *key)
{
    struct phrases p = phrases_of(w);
    return phrase(&p, key);
}

Str words_fill(const struct words *w, Str text, const char *gap, Str value)
{
    struct phrases p = phrases_of(w);
    Str filled = phrase_fill(&p, text, gap, value);
    return filled.ptr ? filled : STR("");
}
