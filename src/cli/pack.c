#include "app/packs.h"
#include "cli/subcommands.h"
#include "core/casework/check.h"
#include "os/file.h"
#include "os/zone.h"

enum { TEXTS_MAX = 32, TEXT_FILES_MAX = 200 };

/* The files of one pack as they are found, and what is wrong before any of them is read. */
struct folder {
    struct call *c;
    Str dir;
    struct pack_files files;
    struct pack_text texts[TEXTS_MAX];
    size_t text_count;
    struct pack_finding *list;
    size_t count;
};

static Status note(struct folder *f, Str file, Str place, Str mend)
{
    Str name = scope_str(f->c->scope, file);
    if (name.ptr == NULL || mend.ptr == NULL) return ERR_MEMORY;
    if (f->count < FINDINGS_MAX) f->list[f->count++] = (struct pack_finding){name, place, mend};
    return OK;
}

/* A file that is not there, or cannot be read, is a finding; its bytes stay NULL then. */
static Status file_take(struct folder *f, const char *path, Str name, bool needed, Bytes *out)
{
    Status status;
    bool there = true;
    *out = (Bytes){NULL, 0};
    if (file_look(f->c->scope, path, &there) == OK && !there) {
        if (!needed) return OK;
        return note(f, name, STR("whole file"),
                    scope_print(f->c->scope, "Put it into the folder %.*s: it is not there.",
                                STR_ARG(f->dir)));
    }
    if (file_is_stream(path) || file_is_folder(path))
        return note(f, name, STR("whole file"),
                    STR("Put a file in its place: this is a folder, a pipe or a device."));
    status = file_read(f->c->scope, path, PACK_BYTES_MAX, out);
    if (status == OK || status == ERR_MEMORY) {
        if (status == OK && out->ptr == NULL) *out = str_bytes(STR(""));
        return status;
    }
    *out = (Bytes){NULL, 0};
    if (status == ERR_LIMIT)
        return note(f, name, STR("whole file"),
                    scope_print(f->c->scope, "Make it smaller: at most %d bytes are read.",
                                PACK_BYTES_MAX));
    return note(f, name, STR("whole file"),
                scope_print(f->c->scope, "Make it readable: %s.", scope_reason(f->c->scope)));
}

static Status built_in(struct folder *f, const char *path, Bytes *out)
{
    return packs_file(f->c->scope, str_of(path), out);
}

static Status text_take(struct folder *f, Str folder, Str name)
{
    Bytes bytes;
    Str path = file_join(f->c->scope, folder.ptr, name.ptr);
    if (path.ptr == NULL) return ERR_MEMORY;
    if (f->text_count == TEXTS_MAX) return OK;
    TRY(file_take(f, path.ptr, scope_print(f->c->scope, "texts/%.*s", STR_ARG(name)), true,
                  &bytes));
    Bytes known;
    bool partial = packs_file(f->c->scope, scope_print(f->c->scope, "texts/%.*s", STR_ARG(name)),
                              &known) != OK;
    if (bytes.ptr) f->texts[f->text_count++] = (struct pack_text){name, bytes, partial};
    return OK;
}

static Status texts_of_program(struct folder *f)
{
    static const char start[] = "texts/";
    Str *names;
    size_t count;
    TRY(packs_names(f->c->scope, start, ".json", &names, &count));
    for (size_t i = 0; i < count && f->text_count < TEXTS_MAX; i++) {
        struct pack_text *t = &f->texts[f->text_count++];
        t->file = (Str){names[i].ptr + sizeof start - 1, names[i].len - (sizeof start - 1)};
        TRY(packs_file(f->c->scope, names[i], &t->bytes));
    }
    return OK;
}

/* texts/ in the pack's folder or beside it; else those inside the program. */
static Status texts_take(struct folder *f, bool *out_own)
{
    static const char *const places[] = {"texts", "../texts"};
    Str *names = NULL;
    size_t count = 0;
    *out_own = false;
    for (size_t i = 0; i < COUNT_OF(places) && !*out_own; i++) {
        Str folder = file_join(f->c->scope, f->dir.ptr, places[i]);
        if (folder.ptr == NULL) return ERR_MEMORY;
        if (file_list(f->c->scope, folder.ptr, TEXT_FILES_MAX, &names, &count) != OK) continue;
        for (size_t n = 0; n < count; n++) {
            if (!str_has_suffix(names[n], ".json")) continue;
            *out_own = true;
            TRY(text_take(f, folder, names[n]));
        }
    }
    return *out_own ? OK : texts_of_program(f);
}

static bool has_text(const struct folder *f, Str file)
{
    for (size_t i = 0; i < f->text_count; i++)
        if (str_eq(f->texts[i].file, file)) return true;
    return false;
}

/* A folder that has one of the program's own languages has all of them that the pack uses; one of
 * other languages only adds to the program's. */
static Status languages_check(struct folder *f, const json_t *pack)
{
    size_t i;
    json_t *item;
    bool replaces = false;
    for (i = 0; i < f->text_count; i++)
        replaces = replaces || !f->texts[i].partial;
    if (!replaces) return OK;
    json_array_foreach(json_object_get(pack, "languages"), i, item)
    {
        Bytes known;
        Str code = str_of(json_string_value(item));
        if (code.len == 0 || code.len > 8) continue;
        Str file = scope_print(f->c->scope, "%.*s.json", STR_ARG(code));
        Str path = scope_print(f->c->scope, "texts/%.*s", STR_ARG(file));
        if (file.ptr == NULL || path.ptr == NULL) return ERR_MEMORY;
        if (!has_text(f, file) && packs_file(f->c->scope, path, &known) == OK)
            TRY(note(f, path, STR("whole file"),
                     STR("Add the file: it is a language of the pack.")));
    }
    return OK;
}

/* Zones that this machine does not know; nothing is said when it knows none at all. */
static Status zones_check(struct folder *f, const json_t *pack)
{
    size_t i;
    json_t *party;
    struct zone zone;
    if (zone_load(f->c->scope, STR("Etc/UTC"), &zone) != OK) return OK;
    json_array_foreach(json_object_get(pack, "parties"), i, party)
    {
        Str name = str_of(json_string_value(json_object_get(party, "zone")));
        if (name.len == 0 || zone_load(f->c->scope, name, &zone) != ERR_NOT_FOUND) continue;
        TRY(note(f, STR("pack.json"), scope_print(f->c->scope, "parties[%zu].zone", i + 1),
                 scope_print(f->c->scope,
                             "Name a time zone of the tz database such as Europe/Riga; \"%.*s\" "
                             "is none.",
                             STR_ARG(name))));
    }
    return OK;
}

/* What only the machine or the folder can tell of a pack that can be read. */
static Status outside_check(struct folder *f, bool own_texts)
{
    AUTO_JSON json_t *pack = NULL;
    Status status = json_read(f->c->scope, f->files.pack, PACK_BYTES_MAX, "pack.json", &pack);
    if (status == ERR_MEMORY) return status;
    if (status != OK || !json_is_object(pack)) return OK; /* told by pack_check */
    if (own_texts) TRY(languages_check(f, pack));
    return zones_check(f, pack);
}

static Status folder_take(struct folder *f)
{
    bool own_texts, own_kinds = false;
    Str pack = file_join(f->c->scope, f->dir.ptr, "pack.json");
    Str kinds = file_join(f->c->scope, f->dir.ptr, "kinds.json");
    if (pack.ptr == NULL || kinds.ptr == NULL) return ERR_MEMORY;
    TRY(file_take(f, pack.ptr, STR("pack.json"), true, &f->files.pack));
    TRY(built_in(f, "common/kinds.json", &f->files.known));
    f->files.kinds = f->files.known;
    if (file_look(f->c->scope, kinds.ptr, &own_kinds) != OK || own_kinds)
        TRY(file_take(f, kinds.ptr, STR("kinds.json"), true, &f->files.kinds));
    TRY(texts_take(f, &own_texts));
    TRY(built_in(f, "texts/en.json", &f->files.known_texts));
    f->files.texts = f->texts;
    f->files.text_count = f->text_count;
    return f->files.pack.ptr ? outside_check(f, own_texts) : OK;
}

static void print_finding(struct call *c, json_t *rows, struct writer *w,
                          const struct pack_finding *f)
{
    json_t *row = answer_row(c, rows);
    answer_text(c, row, "file", f->file);
    answer_text(c, row, "place", f->place);
    answer_text(c, row, "mend", f->mend);
    write_print(w, "%.*s: %.*s: %.*s\n", STR_ARG(f->file), STR_ARG(f->place), STR_ARG(f->mend));
}

static Status run_check(struct call *c)
{
    struct folder f = {.c = c, .dir = str_of(call_word(c, 0))};
    struct pack_finding *findings;
    size_t count;
    Str text;
    struct writer w = writer_open(c->scope, 4 << 20);
    f.list = scope_array(c->scope, FINDINGS_MAX, sizeof *f.list);
    if (f.list == NULL) return ERR_MEMORY;
    bool there = false;
    TRY(file_look(c->scope, f.dir.ptr, &there));
    if (!there) return fail(c->scope, ERR_NOT_FOUND, "there is no folder %.*s", STR_ARG(f.dir));
    TRY(folder_take(&f));
    TRY(pack_check(c->scope, &f.files, &findings, &count));
    json_t *rows = answer_list(c, NULL, "findings");
    for (size_t i = 0; i < f.count; i++)
        print_finding(c, rows, &w, &f.list[i]);
    for (size_t i = 0; i < count; i++)
        print_finding(c, rows, &w, &findings[i]);
    if (f.count + count == 0) write_print(&w, "the pack is sound\n");
    c->exit_code = f.count + count ? status_exit_code(ERR_SCHEMA) : 0;
    TRY(writer_close_str(&w, &text));
    if (!c->json) c->raw = text;
    return OK;
}

const struct command cli_pack[] = {
    {"check", "DIR", "Reads a pack as a careful colleague would: file, place, mend.", 1, 1,
     ACTS_NOT, NULL, run_check},
    {.run = NULL},
};
