#include "app/packs.h"
#include "cli/subcommands.h"
#include "core/casework/check.h"
#include "os/file.h"

enum { TEXTS_MAX = 32, TEXT_FILES_MAX = 200 };

/* texts/ in the pack's folder or beside it; else those inside the program. */
static Status texts_read(struct call *c, const char *dir, struct pack_text *out, size_t *out_count)
{
    static const char *const places[] = {"texts", "../texts"};
    static const char *const built_in[] = {"lv.json", "be.json", "ru.json", "en.json"};
    Str *names;
    size_t count = 0, n = 0;
    Str folder = {NULL, 0};
    for (size_t i = 0; i < COUNT_OF(places) && count == 0; i++) {
        folder = file_join(c->scope, dir, places[i]);
        if (folder.ptr == NULL) return ERR_MEMORY;
        if (file_list(c->scope, folder.ptr, TEXT_FILES_MAX, &names, &count) != OK) count = 0;
    }
    for (size_t i = 0; i < count && n < TEXTS_MAX; i++) {
        if (!str_has_suffix(names[i], ".json")) continue;
        Str path = file_join(c->scope, folder.ptr, names[i].ptr);
        if (path.ptr == NULL) return ERR_MEMORY;
        out[n].file = names[i];
        TRY(file_read(c->scope, path.ptr, PACK_BYTES_MAX, &out[n++].bytes));
    }
    for (size_t i = 0; n == 0 && i < COUNT_OF(built_in); i++) {
        Str path = scope_print(c->scope, "texts/%s", built_in[i]);
        if (path.ptr == NULL) return ERR_MEMORY;
        out[i].file = str_of(built_in[i]);
        TRY(packs_file(c->scope, path, &out[i].bytes));
        if (i + 1 == COUNT_OF(built_in)) n = COUNT_OF(built_in);
    }
    *out_count = n;
    return OK;
}

static Status run_check(struct call *c)
{
    struct pack_text texts[TEXTS_MAX];
    struct pack_finding *findings;
    size_t text_count, count;
    Bytes kinds, pack;
    struct writer w = writer_open(c->scope, 4 << 20);
    Str dir = scope_print(c->scope, "%s/", call_word(c, 0)); /* a path, never a pack's id */
    if (dir.ptr == NULL) return ERR_MEMORY;
    TRY(packs_find(c->scope, dir, &kinds, &pack));
    TRY(texts_read(c, dir.ptr, texts, &text_count));
    TRY(pack_check(c->scope, kinds, pack, texts, text_count, &findings, &count));
    json_t *rows = answer_list(c, NULL, "findings");
    for (size_t i = 0; i < count; i++) {
        json_t *row = answer_row(c, rows);
        answer_text(c, row, "file", findings[i].file);
        answer_text(c, row, "place", findings[i].place);
        answer_text(c, row, "mend", findings[i].mend);
        write_print(&w, "%.*s: %.*s: %.*s\n", STR_ARG(findings[i].file), STR_ARG(findings[i].place),
                    STR_ARG(findings[i].mend));
    }
    if (count == 0) write_print(&w, "the pack is sound\n");
    c->exit_code = count ? status_exit_code(ERR_SCHEMA) : 0;
    Str text;
    TRY(writer_close_str(&w, &text));
    if (!c->json) c->raw = text;
    return OK;
}

const struct command cli_pack[] = {
    {"check", "DIR", "Reads a pack as a careful colleague would: file, place, mend.", 1, 1,
     ACTS_NOT, NULL, run_check},
    {.run = NULL},
};
