#include "app/words.h"
#include "app/packs.h"

enum { TEXTS_BYTES_MAX = 4 << 20 };

Status words_open(struct scope *s, Str language, struct words *out)
{
    Bytes text;
    Str path = scope_print(s, "texts/%.*s.json", STR_ARG(language));
    if (path.ptr == NULL) return ERR_MEMORY;
    Status status = packs_file(s, path, &text);
    if (status == ERR_NOT_FOUND) status = packs_file(s, STR("texts/en.json"), &text);
    TRY(status);
    out->scope = s;
    return json_read(s, text, TEXTS_BYTES_MAX, path.ptr, &out->json);
}

void words_close(struct words *w)
{
    json_auto_release(&w->json);
}

Str words_get(const struct words *w, const char *key)
{
    Str text = json_text(w->scope, json_object_get(w->json, "texts"), key);
    return text.len ? text : scope_str(w->scope, str_of(key));
}

Str words_fill(const struct words *w, Str text, const char *gap, Str value)
{
    size_t len = strlen(gap);
    struct writer out = writer_open(w->scope, 64 * 1024);
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
    if (writer_close_str(&out, &filled) != OK) return STR("");
    return (Str){filled.ptr, filled.len - 1};
}
