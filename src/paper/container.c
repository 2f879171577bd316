#include "paper/container.h"
#include "base/writer.h"
#include "os/file.h"
#include <archive.h>
#include <archive_entry.h>
#include <stdlib.h>
#include <unistd.h>

enum { CHUNK_BYTES = 64 * 1024 };

#define AUTO_WRITE __attribute__((cleanup(archive_write_release)))
#define AUTO_ENTRY __attribute__((cleanup(entry_release)))

static void archive_write_release(struct archive **a)
{
    if (*a) archive_write_free(*a);
}

static void entry_release(struct archive_entry **entry)
{
    if (*entry) archive_entry_free(*entry);
}

static bool is_name_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '_' || c == '-';
}

Status container_name_check(struct scope *s, Str name)
{
    if (name.len == 0 || name.len > CONTAINER_NAME_MAX)
        return fail(s, ERR_SCHEMA, "a member has a name of %zu bytes; 1 to %d are allowed",
                    name.len, CONTAINER_NAME_MAX);
    for (size_t i = 0; i < name.len; i++)
        if (name.ptr[i] != '/' && !is_name_letter(name.ptr[i]))
            return fail(s, ERR_SCHEMA, "member name: byte %zu is no letter, digit, '.', '_' or '-'",
                        i + 1);
    for (Str rest = name; rest.ptr;) {
        Str segment = str_cut(&rest, '/');
        if (segment.len == 0 || segment.ptr[0] == '.' || segment.ptr[segment.len - 1] == '.')
            return fail(s, ERR_SCHEMA,
                        "member %.*s: no part of a name is empty, or begins or ends "
                        "with a full stop",
                        STR_ARG(name));
    }
    return OK;
}

static char folded(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static int name_order(const void *a, const void *b)
{
    Str left = *(const Str *)a, right = *(const Str *)b;
    size_t len = left.len < right.len ? left.len : right.len;
    for (size_t i = 0; i < len; i++) {
        int difference = folded(left.ptr[i]) - folded(right.ptr[i]);
        if (difference) return difference;
    }
    return left.len < right.len ? -1 : left.len > right.len;
}

Status container_names_check(struct scope *s, const struct container_member *members, size_t count)
{
    if (count > CONTAINER_MEMBERS_MAX)
        return fail(s, ERR_LIMIT, "more than %d members", CONTAINER_MEMBERS_MAX);
    Str *names = scope_array(s, count + 1, sizeof *names);
    if (names == NULL) return ERR_MEMORY;
    for (size_t i = 0; i < count; i++) {
        TRY(container_name_check(s, members[i].name));
        names[i] = members[i].name;
    }
    qsort(names, count, sizeof *names, name_order);
    for (size_t i = 1; i < count; i++)
        if (name_order(&names[i - 1], &names[i]) == 0)
            return fail(s, ERR_DUPLICATE, "member %.*s is there twice", STR_ARG(names[i]));
    return OK;
}

/* The content of a member, piece by piece. */
struct source {
    const struct container_member *member;
    uint64_t at;
    bool is_pipe;
};

static struct source source_open(const struct container_member *m)
{
    return (struct source){m, 0, !m->source && m->from_fd && lseek(m->fd, 0, SEEK_CUR) < 0};
}

/* The next bytes, none at the end. ERR_DISK when the source is not as long as the member. */
static Status source_next(struct scope *s, struct source *from, uint8_t *room, Bytes *out)
{
    const struct container_member *m = from->member;
    size_t len = 0;
    if (m->source) {
        TRY(m->source->read(m->source->ctx, s, from->at, out));
        len = out->len;
    } else if (!m->from_fd) {
        uint64_t left = m->bytes.len - from->at;
        len = left < CHUNK_BYTES ? (size_t)left : CHUNK_BYTES;
        *out = (Bytes){m->bytes.ptr + from->at, len};
    } else {
        TRY(from->is_pipe ? file_read_some(s, m->fd, room, CHUNK_BYTES, &len)
                          : file_read_at(s, m->fd, from->at, room, CHUNK_BYTES, &len));
        *out = (Bytes){room, len};
    }
    from->at += len;
    if (from->at > m->size || (len == 0 && from->at != m->size))
        return fail(s, ERR_DISK, "member %.*s is not as long as it was said to be",
                    STR_ARG(m->name));
    return OK;
}

Status container_hash(struct scope *s, struct container_member *members, size_t count)
{
    uint8_t *room = scope_alloc(s, CHUNK_BYTES);
    if (room == NULL) return ERR_MEMORY;
    for (size_t i = 0; i < count; i++) {
        if (members[i].is_hashed) continue;
        struct source from = source_open(&members[i]);
        if (from.is_pipe)
            return fail(s, ERR_USAGE, "member %.*s comes through a pipe and needs its SHA-256",
                        STR_ARG(members[i].name));
        struct hasher h;
        hash_start(&h);
        for (Bytes piece = {NULL, 1}; piece.len;) {
            TRY(source_next(s, &from, room, &piece));
            hash_add(&h, piece.ptr, piece.len);
        }
        members[i].sha256 = hash_finish(&h);
        members[i].is_hashed = true;
    }
    return OK;
}

/* Where the ZIP goes: into the scope or to a descriptor. */
struct sink {
    struct scope *scope;
    struct writer *writer; /* NULL: to `fd` */
    int fd;
    Status status;
};

static la_ssize_t sink_write(struct archive *a, void *data, const void *ptr, size_t len)
{
    struct sink *sink = data;
    if (sink->writer) {
        write_bytes(sink->writer, ptr, len);
        sink->status = sink->writer->status;
    } else {
        sink->status = file_write_all(sink->scope, sink->fd, (Bytes){ptr, len});
    }
    if (sink->status == OK) return (la_ssize_t)len;
    archive_set_error(a, -1, "the ZIP could not be written");
    return -1;
}

static Status write_verdict(struct sink *sink, struct archive *a, int code)
{
    if (sink->status != OK) return sink->status;
    if (code >= ARCHIVE_OK) return OK;
    const char *why = archive_error_string(a);
    return fail(sink->scope, ERR_INTERNAL, "the ZIP could not be written: %s", why ? why : "");
}

static Status member_write(struct sink *sink, struct archive *a, const struct container_member *m,
                           uint8_t *room)
{
    struct scope *s = sink->scope;
    struct archive_entry *entry AUTO_ENTRY = archive_entry_new();
    Str name = scope_str(s, m->name); /* NUL-ended */
    if (entry == NULL || name.ptr == NULL) return fail(s, ERR_MEMORY, "no memory for a member");
    /* Without a date the entry gets the first day of the ZIP calendar, in every time zone. */
    archive_entry_set_pathname(entry, name.ptr);
    archive_entry_set_filetype(entry, AE_IFREG);
    archive_entry_set_perm(entry, 0644);
    archive_entry_set_size(entry, (la_int64_t)m->size);
    TRY(write_verdict(sink, a, archive_write_header(a, entry)));
    struct source from = source_open(m);
    struct hasher h;
    hash_start(&h);
    for (Bytes piece = {NULL, 1}; piece.len;) {
        TRY(source_next(s, &from, room, &piece));
        hash_add(&h, piece.ptr, piece.len);
        if (piece.len == 0) break;
        la_ssize_t n = archive_write_data(a, piece.ptr, piece.len);
        TRY(write_verdict(sink, a, n == (la_ssize_t)piece.len ? ARCHIVE_OK : ARCHIVE_FATAL));
    }
    Hash found = hash_finish(&h);
    if (m->is_hashed && !hash_eq(&found, &m->sha256))
        return fail(s, ERR_DISK, "member %.*s is not what its SHA-256 says", STR_ARG(m->name));
    return write_verdict(sink, a, archive_write_finish_entry(a));
}

static Status sizes_check(struct scope *s, const struct container_member *members, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (members[i].size > INT64_MAX / 2 ||
            (!members[i].source && !members[i].from_fd && members[i].size != members[i].bytes.len))
            return fail(s, ERR_USAGE, "member %.*s: its size is not that of its bytes",
                        STR_ARG(members[i].name));
    return OK;
}

static Status zip_write(struct sink *sink, const struct container_member *members, size_t count)
{
    struct scope *s = sink->scope;
    TRY(container_names_check(s, members, count));
    TRY(sizes_check(s, members, count));
    struct archive *a AUTO_WRITE = archive_write_new();
    uint8_t *room = scope_alloc(s, CHUNK_BYTES);
    if (a == NULL || room == NULL) return fail(s, ERR_MEMORY, "no memory for a ZIP");
    /* Stored, so that the bytes do not hang on a version of zlib; PDF and video gain nothing. */
    int code = archive_write_set_format_zip(a);
    if (code == ARCHIVE_OK) code = archive_write_zip_set_compression_store(a);
    if (code == ARCHIVE_OK) code = archive_write_set_bytes_in_last_block(a, 1);
    if (code == ARCHIVE_OK) code = archive_write_open(a, sink, NULL, sink_write, NULL);
    TRY(write_verdict(sink, a, code));
    for (size_t i = 0; i < count; i++)
        TRY(member_write(sink, a, &members[i], room));
    return write_verdict(sink, a, archive_write_close(a));
}

Status container_write(struct scope *s, const struct container_member *members, size_t count,
                       size_t bytes_max, Bytes *out)
{
    struct writer w = writer_open(s, bytes_max);
    struct sink sink = {.scope = s, .writer = &w, .fd = -1};
    TRY(zip_write(&sink, members, count));
    return writer_close(&w, out);
}

Status container_write_fd(struct scope *s, const struct container_member *members, size_t count,
                          int fd)
{
    struct sink sink = {.scope = s, .fd = fd};
    return zip_write(&sink, members, count);
}
