#include "app/packs.h"
#include "core/casework/pack.h"
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

static Status from_folder(struct scope *s, Str folder, Bytes *out_kinds, Bytes *out_pack)
{
    Str dir = scope_str(s, folder);
    Str pack = dir.ptr ? file_join(s, dir.ptr, "pack.json") : dir;
    Str kinds = dir.ptr ? file_join(s, dir.ptr, "kinds.json") : dir;
    if (pack.ptr == NULL || kinds.ptr == NULL) return ERR_MEMORY;
    TRY(file_read(s, pack.ptr, PACK_BYTES_MAX, out_pack));
    if (file_exists(kinds.ptr)) return file_read(s, kinds.ptr, PACK_BYTES_MAX, out_kinds);
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
    return fail(s, ERR_NOT_FOUND,
                "there is no pack %.*s: use lv-by, generic, or the path of a folder with pack.json",
                STR_ARG(pack));
}
