#include "paper/container_frame.h"
#include "os/file.h"
#include "paper/container.h"
#include <stdlib.h>

/* Sizes of the fixed records of a ZIP, and the most that a data descriptor takes. */
enum {
    LOCAL_BYTES = 30,
    ENTRY_BYTES = 46,
    END_BYTES = 22,
    LOCATOR_BYTES = 20,
    END64_BYTES = 56,
    DESCRIPTOR_MAX = 24,
    FULL16 = 0xFFFF,
};
static const uint64_t FULL32 = 0xFFFFFFFF;

/* Place in the file and length of one member, from the directory. */
struct stretch {
    uint64_t offset, packed;
    Str name;
};

struct directory {
    uint64_t offset, size, count, end; /* `end` is where what follows it begins */
};

static uint64_t little(const uint8_t *p, size_t len)
{
    uint64_t value = 0;
    for (size_t i = len; i-- > 0;)
        value = value << 8 | p[i];
    return value;
}

static Status broken(struct scope *s, const char *what)
{
    return fail(s, ERR_SCHEMA, "the ZIP is broken: %s", what);
}

static Status source_read(struct scope *s, const struct zip_source *zip, uint64_t offset,
                          uint8_t *out, size_t len)
{
    if (offset > zip->size || zip->size - offset < len)
        return broken(s, "a record lies outside the file");
    if (zip->bytes.ptr) {
        memcpy(out, zip->bytes.ptr + offset, len);
        return OK;
    }
    size_t found = 0;
    TRY(file_read_at(s, zip->fd, offset, out, len, &found));
    return found == len ? OK : broken(s, "it changes while it is read");
}

/* Large archives keep the true numbers in a record of their own before the end (4.3.14). */
static Status end64_read(struct scope *s, const struct zip_source *zip, struct directory *out)
{
    uint8_t locator[LOCATOR_BYTES], end[END64_BYTES];
    if (zip->size < END_BYTES + LOCATOR_BYTES + END64_BYTES) return broken(s, "it is cut off");
    uint64_t at = zip->size - END_BYTES - LOCATOR_BYTES;
    TRY(source_read(s, zip, at, locator, sizeof locator));
    if (memcmp(locator, "PK\x06\x07", 4) != 0 || little(locator + 8, 8) != at - END64_BYTES)
        return broken(s, "the end of its directory is not where it should be");
    TRY(source_read(s, zip, at - END64_BYTES, end, sizeof end));
    if (memcmp(end, "PK\x06\x06", 4) != 0) return broken(s, "its directory has no end");
    *out = (struct directory){little(end + 48, 8), little(end + 40, 8), little(end + 32, 8),
                              at - END64_BYTES};
    return OK;
}

static Status directory_find(struct scope *s, const struct zip_source *zip, struct directory *out)
{
    uint8_t head[4], end[END_BYTES];
    if (zip->size < END_BYTES) return fail(s, ERR_USAGE, "this is not a ZIP file");
    TRY(source_read(s, zip, 0, head, sizeof head));
    if (memcmp(head, "PK\x03\x04", 4) != 0) return fail(s, ERR_USAGE, "this is not a ZIP file");
    TRY(source_read(s, zip, zip->size - END_BYTES, end, sizeof end));
    if (memcmp(end, "PK\x05\x06", 4) != 0)
        return broken(s, "it is cut off, or has something behind its directory");
    if (little(end + 20, 2)) return broken(s, "it has a comment");
    if (little(end + 4, 4)) return broken(s, "it is one part of several");
    struct directory d = {little(end + 16, 4), little(end + 12, 4), little(end + 10, 2),
                          zip->size - END_BYTES};
    if (d.count == FULL16 || d.size == FULL32 || d.offset == FULL32) TRY(end64_read(s, zip, &d));
    if (d.size > ZIP_DIRECTORY_MAX || d.count > 2 * (uint64_t)CONTAINER_MEMBERS_MAX)
        return fail(s, ERR_LIMIT, "the ZIP has too many members");
    if (d.offset > d.end || d.end - d.offset != d.size)
        return broken(s, "its directory is not where it should be");
    *out = d;
    return OK;
}

/* The true numbers of a large member stand in its extra field 1, those that are needed, in the
 * order unpacked length, packed length, place (4.5.3). */
static bool large_read(const uint8_t *extra, size_t len, bool has_length, struct stretch *m)
{
    while (len >= 4) {
        size_t kind = (size_t)little(extra, 2), size = (size_t)little(extra + 2, 2);
        if (size > len - 4) return false;
        if (kind == 1) {
            size_t at = has_length ? 8 : 0;
            uint64_t *const wanted[] = {&m->packed, &m->offset};
            for (size_t i = 0; i < COUNT_OF(wanted); i++) {
                if (*wanted[i] != FULL32) continue;
                if (at + 8 > size) return false;
                *wanted[i] = little(extra + 4 + at, 8);
                at += 8;
            }
            return true;
        }
        extra += 4 + size;
        len -= 4 + size;
    }
    return m->packed != FULL32 && m->offset != FULL32;
}

static Status entry_read(struct scope *s, Bytes *rest, struct stretch *out)
{
    const uint8_t *p = rest->ptr;
    if (rest->len < ENTRY_BYTES || memcmp(p, "PK\x01\x02", 4) != 0)
        return broken(s, "an entry of its directory is none");
    size_t name = (size_t)little(p + 28, 2), extra = (size_t)little(p + 30, 2);
    if (little(p + 32, 2)) return broken(s, "a member has a comment");
    if (rest->len - ENTRY_BYTES < name + extra) return broken(s, "its directory is cut off");
    struct stretch m = {
        little(p + 42, 4), little(p + 20, 4), {(const char *)p + ENTRY_BYTES, name}};
    if (!large_read(p + ENTRY_BYTES + name, extra, little(p + 24, 4) == FULL32, &m))
        return broken(s, "a member does not say how long it is");
    bool is_folder = name > 1 && m.name.ptr[name - 1] == '/';
    TRY(container_name_check(s, (Str){m.name.ptr, name - is_folder}));
    *rest = (Bytes){p + ENTRY_BYTES + name + extra, rest->len - ENTRY_BYTES - name - extra};
    *out = m;
    return OK;
}

static int stretch_order(const void *a, const void *b)
{
    uint64_t left = ((const struct stretch *)a)->offset,
             right = ((const struct stretch *)b)->offset;
    return (left > right) - (left < right);
}

/* Where the content of the member ends, after its local header said the same name. */
static Status local_check(struct scope *s, const struct zip_source *zip, const struct stretch *m,
                          uint64_t *out_end)
{
    uint8_t head[LOCAL_BYTES];
    char name[CONTAINER_NAME_MAX + 1];
    TRY(source_read(s, zip, m->offset, head, sizeof head));
    bool is_same = memcmp(head, "PK\x03\x04", 4) == 0 && little(head + 26, 2) == m->name.len &&
                   m->name.len <= sizeof name;
    if (is_same) {
        TRY(source_read(s, zip, m->offset + LOCAL_BYTES, (uint8_t *)name, m->name.len));
        is_same = memcmp(name, m->name.ptr, m->name.len) == 0;
    }
    if (!is_same) return broken(s, "a member is not the one its directory names");
    uint64_t start = m->offset + LOCAL_BYTES + m->name.len + little(head + 28, 2);
    if (start > zip->size || m->packed > zip->size - start)
        return broken(s, "a member lies outside the file");
    *out_end = start + m->packed;
    return OK;
}

Status container_frame_check(struct scope *s, const struct zip_source *zip)
{
    struct directory d = {0};
    TRY(directory_find(s, zip, &d));
    uint8_t *bytes = scope_alloc(s, (size_t)d.size + 1);
    struct stretch *members = scope_array(s, (size_t)d.count + 1, sizeof *members);
    if (bytes == NULL || members == NULL) return ERR_MEMORY;
    TRY(source_read(s, zip, d.offset, bytes, (size_t)d.size));
    Bytes rest = {bytes, (size_t)d.size};
    for (size_t i = 0; i < d.count; i++)
        TRY(entry_read(s, &rest, &members[i]));
    if (rest.len) return broken(s, "its directory is longer than it says");
    qsort(members, (size_t)d.count, sizeof *members, stretch_order);
    uint64_t at = 0;
    for (size_t i = 0; i < d.count; i++) {
        uint64_t gap = members[i].offset - at;
        if (members[i].offset < at || gap > (i ? DESCRIPTOR_MAX : 0))
            return broken(s, "its members overlap, or something lies between them");
        TRY(local_check(s, zip, &members[i], &at));
    }
    if (d.offset < at || d.offset - at > DESCRIPTOR_MAX)
        return broken(s, "something lies before its directory");
    return OK;
}
