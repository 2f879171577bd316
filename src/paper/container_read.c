#include "os/file.h"
#include "paper/container.h"
#include "paper/container_frame.h"
#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <unistd.h>

/* Reading of foreign ZIP files; what is written here is in container.c. */

enum { CHUNK_BYTES = 64 * 1024 };

#define AUTO_READ __attribute__((cleanup(archive_read_release)))

static void archive_read_release(struct archive **a)
{
    if (*a) archive_read_free(*a);
}

/* The file below the library, which forgets why a reading of it failed. */
struct zip_file {
    struct scope *scope;
    int fd;
    uint64_t at, size;
    uint8_t *room;
    Status status;
};

struct unpacking {
    struct scope *scope;
    struct zip_file file;
    struct archive *archive;
    const struct container_limits *limits;
    uint8_t *room;
    uint64_t total;
    struct container_member *members;
    size_t count, places;
};

/* The machine's failure, or the ZIP's. */
static Status refusal(const struct unpacking *u)
{
    const char *why = archive_error_string(u->archive);
    if (u->file.status != OK) return u->file.status; /* its sentence stands */
    if (archive_errno(u->archive) == ENOMEM)
        return fail(u->scope, ERR_MEMORY, "no memory to read a ZIP");
    return fail(u->scope, ERR_SCHEMA, "the ZIP is broken: %s", why ? why : "no reason given");
}

static la_ssize_t file_give(struct archive *a, void *ctx, const void **out)
{
    struct zip_file *file = ctx;
    size_t len = 0;
    file->status = file_read_at(file->scope, file->fd, file->at, file->room, CHUNK_BYTES, &len);
    if (file->status != OK) {
        archive_set_error(a, EIO, "%s", scope_reason(file->scope));
        return ARCHIVE_FATAL;
    }
    file->at += len;
    *out = file->room;
    return (la_ssize_t)len;
}

static la_int64_t file_seek(struct archive *a, void *ctx, la_int64_t offset, int whence)
{
    struct zip_file *file = ctx;
    la_int64_t from = whence == SEEK_SET   ? 0
                      : whence == SEEK_CUR ? (la_int64_t)file->at
                                           : (la_int64_t)file->size;
    (void)a;
    if (offset < -from || offset > INT64_MAX / 2) return ARCHIVE_FATAL;
    file->at = (uint64_t)(from + offset);
    return (la_int64_t)file->at;
}

static Status member_add(struct unpacking *u, Str name, struct container_member **out)
{
    if (u->count >= u->limits->members_max || u->count >= CONTAINER_MEMBERS_MAX)
        return fail(u->scope, ERR_LIMIT, "the ZIP has too many members");
    if (u->count == u->places) {
        size_t places = u->places ? u->places * 2 : 64;
        struct container_member *more = scope_array(u->scope, places, sizeof *more);
        if (more == NULL) return ERR_MEMORY;
        if (u->count) memcpy(more, u->members, u->count * sizeof *more);
        u->members = more;
        u->places = places;
    }
    *out = &u->members[u->count++];
    **out = (struct container_member){.name = name, .fd = -1};
    return OK;
}

/* The entry's name in the scope; a folder's without its last slash. */
static Status entry_name(struct scope *s, struct archive_entry *entry, Str *out)
{
    const char *path = archive_entry_pathname(entry);
    if (path == NULL) return fail(s, ERR_SCHEMA, "a member of the ZIP has no readable name");
    Str name = str_of(path);
    bool is_folder = archive_entry_filetype(entry) == AE_IFDIR;
    if (is_folder && str_has_suffix(name, "/")) name.len--;
    TRY(container_name_check(s, name));
    if (!is_folder && archive_entry_filetype(entry) != AE_IFREG)
        return fail(s, ERR_SCHEMA, "member %.*s is a link or a device", STR_ARG(name));
    if (archive_entry_is_encrypted(entry))
        return fail(s, ERR_SCHEMA, "member %.*s is encrypted", STR_ARG(name));
    *out = scope_str(s, name);
    return out->ptr ? OK : ERR_MEMORY;
}

/* Hashes the content of the member at hand, and hands each piece to `to_fd` or to `keep`. */
static Status content_read(struct unpacking *u, struct container_member *m, uint8_t *keep,
                           uint64_t room_left, int to_fd)
{
    struct scope *s = u->scope;
    struct hasher h;
    hash_start(&h);
    for (;;) {
        la_ssize_t n = archive_read_data(u->archive, u->room, CHUNK_BYTES);
        if (n < 0) return refusal(u);
        if (n == 0) break;
        size_t len = (size_t)n;
        if (len > room_left || u->limits->total_bytes_max - u->total < len)
            return fail(s, ERR_LIMIT, "member %.*s unpacks to more than is allowed",
                        STR_ARG(m->name));
        hash_add(&h, u->room, len);
        if (keep) memcpy(keep + m->size, u->room, len);
        if (to_fd >= 0) TRY(file_write_all(s, to_fd, (Bytes){u->room, len}));
        m->size += len;
        u->total += len;
        room_left -= len;
    }
    m->sha256 = hash_finish(&h);
    m->is_hashed = true;
    return OK;
}

static Status entry_read(struct unpacking *u, struct archive_entry *entry)
{
    struct scope *s = u->scope;
    Str name;
    TRY(entry_name(s, entry, &name));
    if (archive_entry_filetype(entry) == AE_IFDIR) return OK;
    struct container_member *m = NULL;
    TRY(member_add(u, name, &m));
    if (!archive_entry_size_is_set(entry) || archive_entry_size(entry) < 0)
        return fail(s, ERR_SCHEMA, "member %.*s does not say how long it is", STR_ARG(name));
    uint64_t size = (uint64_t)archive_entry_size(entry);
    if (size > u->limits->member_bytes_max)
        return fail(s, ERR_LIMIT, "member %.*s is larger than is allowed", STR_ARG(name));
    uint8_t *keep = NULL;
    const char *not_kept = u->limits->not_kept;
    if (size <= u->limits->keep_bytes_max &&
        (not_kept == NULL || memmem(name.ptr, name.len, not_kept, strlen(not_kept)) == NULL)) {
        keep = scope_alloc(s, (size_t)size + 1);
        if (keep == NULL) return ERR_MEMORY;
    }
    TRY(content_read(u, m, keep, size, -1));
    if (m->size != size)
        return fail(s, ERR_SCHEMA, "member %.*s is shorter than it says", STR_ARG(name));
    m->bytes = (Bytes){keep, keep ? m->size : 0};
    return OK;
}

/* Entries are bounded apart from members, because folders leave no member. */
static Status entries_read(struct unpacking *u)
{
    for (size_t i = 0;; i++) {
        struct archive_entry *entry;
        int code = archive_read_next_header(u->archive, &entry);
        if (code == ARCHIVE_EOF) break;
        if (code != ARCHIVE_OK) return refusal(u);
        if (i >= 2 * (size_t)CONTAINER_MEMBERS_MAX)
            return fail(u->scope, ERR_LIMIT, "the ZIP has too many entries");
        TRY(entry_read(u, entry));
    }
    return container_names_check(u->scope, u->members, u->count);
}

static Status zip_open(struct unpacking *u)
{
    u->room = scope_alloc(u->scope, 2 * (size_t)CHUNK_BYTES);
    if (u->room == NULL) return ERR_MEMORY;
    u->file.room = u->room + CHUNK_BYTES;
    if (archive_read_support_format_zip_seekable(u->archive) != ARCHIVE_OK) return refusal(u);
    return OK;
}

Status container_read(struct scope *s, Bytes zip, const struct container_limits *limits,
                      struct container_member **out, size_t *out_count)
{
    struct zip_source source = {.bytes = zip, .fd = -1, .size = zip.len};
    if (zip.ptr == NULL) return fail(s, ERR_USAGE, "this is not a ZIP file");
    TRY(container_frame_check(s, &source));
    struct archive *a AUTO_READ = archive_read_new();
    if (a == NULL) return fail(s, ERR_MEMORY, "no memory to read a ZIP");
    struct unpacking u = {.scope = s, .archive = a, .limits = limits};
    TRY(zip_open(&u));
    if (archive_read_open_memory(a, zip.ptr, zip.len) != ARCHIVE_OK) return refusal(&u);
    TRY(entries_read(&u));
    *out = u.members;
    *out_count = u.count;
    return OK;
}

static Status fd_open(struct unpacking *u, int fd)
{
    struct scope *s = u->scope;
    off_t end = lseek(fd, 0, SEEK_END);
    if (end < 0) return fail(s, ERR_USAGE, "this is not a ZIP file");
    struct zip_source source = {.fd = fd, .size = (uint64_t)end};
    TRY(container_frame_check(s, &source));
    u->file.scope = s;
    u->file.fd = fd;
    u->file.size = source.size;
    archive_read_set_read_callback(u->archive, file_give);
    archive_read_set_seek_callback(u->archive, file_seek);
    archive_read_set_callback_data(u->archive, &u->file);
    return archive_read_open1(u->archive) == ARCHIVE_OK ? OK : refusal(u);
}

Status container_read_fd(struct scope *s, int fd, const struct container_limits *limits,
                         struct container_member **out, size_t *out_count)
{
    struct archive *a AUTO_READ = archive_read_new();
    if (a == NULL) return fail(s, ERR_MEMORY, "no memory to read a ZIP");
    struct unpacking u = {.scope = s, .archive = a, .limits = limits};
    TRY(zip_open(&u));
    TRY(fd_open(&u, fd));
    TRY(entries_read(&u));
    *out = u.members;
    *out_count = u.count;
    return OK;
}

Status container_extract(struct scope *s, int fd, Str name, uint64_t bytes_max, int to_fd)
{
    struct container_limits limits = {CONTAINER_MEMBERS_MAX, bytes_max, bytes_max, 0, NULL};
    struct archive *a AUTO_READ = archive_read_new();
    if (a == NULL) return fail(s, ERR_MEMORY, "no memory to read a ZIP");
    struct unpacking u = {.scope = s, .archive = a, .limits = &limits};
    TRY(zip_open(&u));
    TRY(fd_open(&u, fd));
    for (size_t i = 0; i < 2 * (size_t)CONTAINER_MEMBERS_MAX; i++) {
        struct archive_entry *entry;
        int code = archive_read_next_header(a, &entry);
        if (code == ARCHIVE_EOF) break;
        if (code != ARCHIVE_OK) return refusal(&u);
        const char *path = archive_entry_pathname(entry);
        if (path == NULL || !str_is(name, path)) continue;
        Str copy;
        TRY(entry_name(s, entry, &copy));
        struct container_member m = {.name = copy, .fd = -1};
        return content_read(&u, &m, NULL, bytes_max, to_fd);
    }
    return fail(s, ERR_NOT_FOUND, "the ZIP has no member %.*s", STR_ARG(name));
}
