#include "app/packs.h"
#include "core/casework/check.h"
#include "os/embedded.h"
#include "os/file.h"
#include "pack_files.h"

Status packs_file(struct scope *s, Str path, Bytes *out)
{
    for (size_t i = 0; i < pack_files_count; i++)
        if (str_eq(pack_files[i].name, path)) {
            *out = pack_files[i].bytes;
            return OK;
        }
    return fail(s, ERR_NOT_FOUND, "%.*s is not part of this program", STR_ARG(path));
}

Status packs_names(struct scope *s, const char *start, const char *end, Str **out,
                   size_t *out_count)
{
    Str *names = scope_array(s, pack_files_count + 1, sizeof *names);
    size_t count = 0;
    if (names == NULL) return ERR_MEMORY;
    for (size_t i = 0; i < pack_files_count; i++)
        if (str_has_prefix(pack_files[i].name, start) && str_has_suffix(pack_files[i].name, end))
            names[count++] = pack_files[i].name;
    *out = names;
    *out_count = count;
    return OK;
}

/* The packs there are, for a refusal: "alpha-beta, generic". */
static Status names_text(struct scope *s, Str *out)
{
    static const char end[] = "/pack.json";
    Str *names, text = STR("");
    size_t count;
    TRY(packs_names(s, "", end, &names, &count));
    for (size_t i = 0; i < count; i++) {
        names[i].len -= sizeof end - 1;
        text = scope_print(s, "%.*s%s%.*s", STR_ARG(text), i ? ", " : "", STR_ARG(names[i]));
        if (text.ptr == NULL) return ERR_MEMORY;
    }
    *out = text;
    return OK;
}

static Status from_folder(struct scope *s, Str folder, Bytes *out_kinds, Bytes *out_pack)
{
    Str dir = scope_str(s, folder);
    Str pack = dir.ptr ? file_join(s, dir.ptr, "pack.json") : dir;
    Str kinds = dir.ptr ? file_join(s, dir.ptr, "kinds.json") : dir;
    bool own;
    if (pack.ptr == NULL || kinds.ptr == NULL) return ERR_MEMORY;
    TRY(file_read(s, pack.ptr, PACK_BYTES_MAX, out_pack));
    TRY(file_look(s, kinds.ptr, &own));
    if (own) return file_read(s, kinds.ptr, PACK_BYTES_MAX, out_kinds);
    return packs_file(s, STR("common/kinds.json"), out_kinds);
}

Status packs_find(struct scope *s, Str pack, Bytes *out_kinds, Bytes *out_pack)
{
    if (pack.len && memchr(pack.ptr, '/', pack.len))
        return from_folder(s, pack, out_kinds, out_pack);
    TRY(packs_file(s, STR("common/kinds.json"), out_kinds));
    Str name = scope_print(s, "%.*s/pack.json", STR_ARG(pack));
    if (name.ptr == NULL) return ERR_MEMORY;
    if (packs_file(s, name, out_pack) == OK) return OK;
    TRY(names_text(s, &name));
    return fail(s, ERR_NOT_FOUND,
                "there is no pack %.*s: use one of %.*s, or the path of a folder with pack.json, "
                "with a slash in it",
                STR_ARG(pack), STR_ARG(name));
}

enum { PACK_TEXTS_MAX = 64 };

static bool is_text(Str name)
{
    return str_has_suffix(name, ".json") ||
           (str_has_prefix(name, "verify.") && str_has_suffix(name, ".txt"));
}

/* Compiled in: "alpha-beta/texts/fr.json" is "texts/fr.json" of alpha-beta. */
static Status texts_built_in(struct scope *s, Str pack, struct pack_file *list, size_t *count)
{
    Str start = scope_print(s, "%.*s/", STR_ARG(pack));
    if (start.ptr == NULL) return ERR_MEMORY;
    for (size_t i = 0; i < pack_files_count && *count < PACK_TEXTS_MAX; i++) {
        Str name = pack_files[i].name;
        if (!str_has_prefix(name, start.ptr)) continue;
        name = scope_str(s, (Str){name.ptr + start.len, name.len - start.len});
        if (name.ptr == NULL) return ERR_MEMORY;
        if (str_has_prefix(name, "texts/") && is_text(name))
            list[(*count)++] = (struct pack_file){name, pack_files[i].bytes};
    }
    return OK;
}

static Status texts_in_folder(struct scope *s, Str pack, struct pack_file *list, size_t *count)
{
    Str *names;
    size_t n;
    Str dir = scope_str(s, pack), folder = dir.ptr ? file_join(s, dir.ptr, "texts") : dir;
    if (folder.ptr == NULL) return ERR_MEMORY;
    if (!file_is_folder(folder.ptr)) return OK;
    TRY(file_list(s, folder.ptr, PACK_TEXTS_MAX, &names, &n));
    for (size_t i = 0; i < n; i++) {
        Str path = file_join(s, folder.ptr, names[i].ptr);
        struct pack_file *f = &list[*count];
        if (path.ptr == NULL) return ERR_MEMORY;
        if (!is_text(names[i]) || file_is_stream(path.ptr) || file_is_folder(path.ptr)) continue;
        f->name = scope_print(s, "texts/%.*s", STR_ARG(names[i]));
        if (f->name.ptr == NULL) return ERR_MEMORY;
        TRY(file_read(s, path.ptr, PACK_BYTES_MAX, &f->bytes));
        (*count)++;
    }
    return OK;
}

Status packs_texts(struct scope *s, Str pack, struct pack_file **out, size_t *out_count)
{
    struct pack_file *list = scope_array(s, PACK_TEXTS_MAX, sizeof *list);
    size_t count = 0;
    if (list == NULL) return ERR_MEMORY;
    bool folder = pack.len && memchr(pack.ptr, '/', pack.len);
    TRY(folder ? texts_in_folder(s, pack, list, &count) : texts_built_in(s, pack, list, &count));
    *out = list;
    *out_count = count;
    return OK;
}

Status packs_check(struct scope *s, Str pack, Bytes kinds, Bytes text)
{
    struct pack_finding *list;
    size_t count;
    struct pack_files files = {.kinds = kinds, .pack = text};
    if (pack.len == 0 || memchr(pack.ptr, '/', pack.len) == NULL) return OK; /* tested when built */
    TRY(packs_file(s, STR("common/kinds.json"), &files.known));
    TRY(pack_check(s, &files, &list, &count));
    if (count == 0) return OK;
    return fail(s, ERR_SCHEMA,
                "the pack is not sound (%zu findings, see twinpost pack check); %.*s: %.*s: %.*s",
                count, STR_ARG(list[0].file), STR_ARG(list[0].place), STR_ARG(list[0].mend));
}
