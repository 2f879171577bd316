#include "app/words.h"
#include "http/port.h"
#include "os/embedded.h"
#include "web_files.h"

Status health_get(struct request *r)
{
    answer_bytes(r, "application/json", str_bytes(STR("{\"status\":\"ok\"}")));
    return OK;
}

static bool is_language(Str text)
{
    if (text.len < 2 || text.len > 8) return false;
    for (size_t i = 0; i < text.len; i++)
        if (text.ptr[i] < 'a' || text.ptr[i] > 'z') return false;
    return true;
}

Status texts_get(struct request *r)
{
    Str language = r->parameters[0];
    Bytes texts;
    if (!is_language(language)) return fail(r->scope, ERR_NOT_FOUND, "this is no language");
    Str name = scope_print(r->scope, "texts/%.*s.json", STR_ARG(language));
    if (name.ptr == NULL) return ERR_MEMORY;
    TRY(words_file(r->scope, r->post, name, &texts));
    answer_bytes(r, "application/json", texts);
    r->answer.keep = KEEP_CHECK;
    return OK;
}

static const char *type_of(Str name)
{
    static const char *const TYPES[][2] = {
        {".html", "text/html; charset=utf-8"}, {".js", "text/javascript; charset=utf-8"},
        {".css", "text/css; charset=utf-8"},   {".svg", "image/svg+xml"},
        {".json", "application/json"},         {".woff2", "font/woff2"}};
    for (size_t i = 0; i < COUNT_OF(TYPES); i++)
        if (str_has_suffix(name, TYPES[i][0])) return TYPES[i][1];
    return "application/octet-stream";
}

/* A file of the page, compiled in. */
Status page_get(struct request *r)
{
    Str name = r->parameters[0].len > 0 ? r->parameters[0] : STR("index.html");
    for (size_t i = 0; i < web_files_count; i++) {
        if (!str_eq(web_files[i].name, name)) continue;
        answer_bytes(r, type_of(name), web_files[i].bytes);
        r->answer.keep = KEEP_CHECK;
        return OK;
    }
    return fail(r->scope, ERR_NOT_FOUND, "nothing is served at this address");
}
