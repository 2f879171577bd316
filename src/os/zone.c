#include "os/zone.h"
#include "os/file.h"

enum { ZONE_NAME_MAX = 64, ZONE_FILE_MAX = 256 * 1024 };

/* Letters, digits, "_", "+", "-", in parts between single slashes: never a way out of the folder.
 */
static bool is_zone_name(Str name)
{
    if (name.len == 0 || name.len > ZONE_NAME_MAX) return false;
    for (size_t i = 0; i < name.len; i++) {
        char c = name.ptr[i];
        bool inner = i > 0 && i + 1 < name.len && name.ptr[i - 1] != '/';
        bool letter = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
        bool other = (c >= '0' && c <= '9') || c == '_' || c == '+' || c == '-';
        if (!letter && !other && !(c == '/' && inner)) return false;
    }
    return true;
}

Status zone_load(struct scope *s, Str name, struct zone *out)
{
    if (!is_zone_name(name))
        return fail(s, ERR_SCHEMA, "\"%.*s\" is no name of a time zone", STR_ARG(name));
    if (str_is(name, "UTC")) {
        *out = (struct zone){.name = STR("UTC")};
        return OK;
    }
    Str path = scope_print(s, "/usr/share/zoneinfo/%.*s", STR_ARG(name));
    if (path.ptr == NULL) return ERR_MEMORY;
    Bytes bytes;
    Status status = file_read(s, path.ptr, ZONE_FILE_MAX, &bytes);
    if (status == ERR_NOT_FOUND)
        return fail(s, status, "this machine does not know the time zone %.*s (install tzdata)",
                    STR_ARG(name));
    if (status != OK) return status;
    return zone_parse(s, name, bytes, out);
}
