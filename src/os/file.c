#include "os/file.h"
#include "base/writer.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

enum { READ_STEP = 64 * 1024 };

/* What the system said, as a reason code and a sentence; the only reader of errno. */
static Status fail_errno(struct scope *s, int code, const char *doing, const char *path)
{
    switch (code) {
    case ENOENT:
    case ENOTDIR:
        return fail(s, ERR_NOT_FOUND, "%s %s: there is no such file or folder", doing, path);
    case EEXIST:
        return fail(s, ERR_DUPLICATE, "%s %s: it exists already", doing, path);
    case ENOMEM:
        return fail(s, ERR_MEMORY, "%s %s: the machine has no memory left", doing, path);
    case ENOSPC:
    case EDQUOT:
    case EFBIG:
        return fail(s, ERR_DISK, "%s %s: the disk is full; free some space", doing, path);
    case EACCES:
    case EPERM:
        return fail(s, ERR_DISK, "%s %s: this user may not; check owner and rights", doing, path);
    case EROFS:
        return fail(s, ERR_DISK, "%s %s: the disk can only be read", doing, path);
    default:
        return fail(s, ERR_DISK, "%s %s: the system says \"%s\"", doing, path, strerror(code));
    }
}

void file_auto_close(int *fd)
{
    if (*fd >= 0) close(*fd);
    *fd = -1;
}

static Status open_path(struct scope *s, const char *path, int flags, const char *doing, int *out)
{
    int fd;
    do
        fd = open(path, flags | O_CLOEXEC | O_NOCTTY, 0600);
    while (fd < 0 && errno == EINTR);
    if (fd < 0) return fail_errno(s, errno, doing, path);
    *out = fd;
    return OK;
}

Status file_open_read(struct scope *s, const char *path, int *out_fd)
{
    AUTO_FILE int fd = -1;
    struct stat info;
    TRY(open_path(s, path, O_RDONLY, "cannot read", &fd));
    if (fstat(fd, &info) == 0 && S_ISDIR(info.st_mode))
        return fail(s, ERR_USAGE, "%s is a folder; name a file", path);
    *out_fd = fd;
    fd = -1;
    return OK;
}

Status file_open_new(struct scope *s, const char *path, int *out_fd)
{
    return open_path(s, path, O_RDWR | O_CREAT | O_EXCL, "cannot make", out_fd);
}

Status file_read_some(struct scope *s, int fd, uint8_t *out, size_t len, size_t *out_len)
{
    size_t done = 0;
    while (done < len) {
        ssize_t n = read(fd, out + done, len - done);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return fail_errno(s, errno, "cannot read", "an open file");
        if (n == 0) break;
        done += (size_t)n;
    }
    *out_len = done;
    return OK;
}

Status file_read_at(struct scope *s, int fd, uint64_t offset, uint8_t *out, size_t len,
                    size_t *out_len)
{
    size_t done = 0;
    if (offset > INT64_MAX - len) return fail(s, ERR_LIMIT, "no file is as long as that");
    while (done < len) {
        ssize_t n = pread(fd, out + done, len - done, (off_t)(offset + done));
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return fail_errno(s, errno, "cannot read", "an open file");
        if (n == 0) break;
        done += (size_t)n;
    }
    *out_len = done;
    return OK;
}

Status file_write_all(struct scope *s, int fd, Bytes bytes)
{
    while (bytes.len) {
        ssize_t n = write(fd, bytes.ptr, bytes.len);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return fail_errno(s, errno, "cannot write", "an open file");
        bytes = bytes_of(bytes.ptr + n, bytes.len - (size_t)n);
    }
    return OK;
}

Status file_sync_fd(struct scope *s, int fd)
{
    /* No second try: after a failed fsync the kernel may have dropped the pages. */
    if (fsync(fd) != 0) return fail_errno(s, errno, "cannot make durable", "an open file");
    return OK;
}

Status file_rewind(struct scope *s, int fd)
{
    if (lseek(fd, 0, SEEK_SET) < 0) return fail_errno(s, errno, "cannot rewind", "an open file");
    return OK;
}

Status file_read_fd(struct scope *s, int fd, const char *what, size_t bytes_max, Bytes *out)
{
    struct writer w = writer_open(s, bytes_max);
    uint8_t *step = scope_alloc(s, READ_STEP);
    if (step == NULL) return ERR_MEMORY;
    size_t len = 0;
    do {
        TRY(file_read_some(s, fd, step, READ_STEP, &len));
        if (len > bytes_max - w.len)
            return fail(s, ERR_LIMIT, "%s is longer than %zu bytes, the most that is read", what,
                        bytes_max);
        write_bytes(&w, step, len);
    } while (len == READ_STEP);
    return writer_close(&w, out);
}

Status file_read(struct scope *s, const char *path, size_t bytes_max, Bytes *out)
{
    AUTO_FILE int fd = -1;
    TRY(file_open_read(s, path, &fd));
    struct stat info;
    if (fstat(fd, &info) != 0) return fail_errno(s, errno, "cannot read", path);
    if (!S_ISREG(info.st_mode)) return file_read_fd(s, fd, path, bytes_max, out);
    /* A file of known size is read into one piece of that size, not into a growing one. */
    uint64_t size = (uint64_t)info.st_size;
    if (size > bytes_max)
        return fail(s, ERR_LIMIT, "%s is longer than %zu bytes, the most that is read", path,
                    bytes_max);
    uint8_t *bytes = scope_alloc(s, (size_t)size + 1);
    if (bytes == NULL) return ERR_MEMORY;
    size_t len = 0;
    TRY(file_read_some(s, fd, bytes, (size_t)size + 1, &len));
    if (len > size) return fail(s, ERR_BUSY, "%s grew while it was read; try again", path);
    *out = bytes_of(bytes, len);
    return OK;
}

/* The folder that holds `path`, NUL-ended; NULL without memory. */
static const char *folder_of(struct scope *s, const char *path)
{
    const char *slash = strrchr(path, '/');
    if (slash == NULL) return ".";
    if (slash == path) return "/";
    return scope_str(s, (Str){path, (size_t)(slash - path)}).ptr;
}

static Status sync_folder_of(struct scope *s, const char *path)
{
    const char *folder = folder_of(s, path);
    return folder ? file_sync(s, folder) : ERR_MEMORY;
}

Status file_sync(struct scope *s, const char *path)
{
    AUTO_FILE int fd = -1;
    TRY(open_path(s, path, O_RDONLY, "cannot make durable", &fd));
    if (fsync(fd) != 0) return fail_errno(s, errno, "cannot make durable", path);
    return OK;
}

static Status write_synced(struct scope *s, const char *path, int flags, Bytes bytes)
{
    AUTO_FILE int fd = -1;
    TRY(open_path(s, path, flags, "cannot write", &fd));
    TRY(file_write_all(s, fd, bytes));
    if (fsync(fd) != 0) return fail_errno(s, errno, "cannot make durable", path);
    return OK;
}

Status file_write(struct scope *s, const char *path, Bytes bytes)
{
    Str temp = scope_print(s, "%s.part-%ld", path, (long)gettid());
    if (temp.ptr == NULL) return ERR_MEMORY;
    Status status = write_synced(s, temp.ptr, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW, bytes);
    if (status == OK && rename(temp.ptr, path) != 0)
        status = fail_errno(s, errno, "cannot write", path);
    if (status != OK) {
        unlink(temp.ptr); /* the first failure is the one to report */
        return status;
    }
    return sync_folder_of(s, path);
}

Status file_write_stream(struct scope *s, const char *path, Bytes bytes)
{
    AUTO_FILE int fd = -1;
    TRY(open_path(s, path, O_WRONLY, "cannot write", &fd));
    return file_write_all(s, fd, bytes);
}

Status file_create(struct scope *s, const char *path)
{
    AUTO_FILE int fd = -1;
    TRY(file_open_new(s, path, &fd));
    Status status = sync_folder_of(s, path);
    if (status != OK) unlink(path); /* what may not last must not be found, either */
    return status;
}

Status file_append(struct scope *s, const char *path, Bytes bytes)
{
    bool is_new = !file_exists(path);
    TRY(write_synced(s, path, O_WRONLY | O_CREAT | O_APPEND, bytes));
    return is_new ? sync_folder_of(s, path) : OK;
}

bool file_exists(const char *path)
{
    struct stat info;
    return stat(path, &info) == 0;
}

bool file_is_stream(const char *path)
{
    struct stat info;
    return stat(path, &info) == 0 && !S_ISREG(info.st_mode) && !S_ISDIR(info.st_mode);
}

bool file_is_folder(const char *path)
{
    struct stat info;
    return stat(path, &info) == 0 && S_ISDIR(info.st_mode);
}

Status file_look(struct scope *s, const char *path, bool *out)
{
    struct stat info;
    bool there = stat(path, &info) == 0;
    if (!there && errno != ENOENT && errno != ENOTDIR)
        return fail_errno(s, errno, "cannot look at", path);
    *out = there;
    return OK;
}

Status file_size(struct scope *s, const char *path, uint64_t *out)
{
    struct stat info;
    if (stat(path, &info) != 0) return fail_errno(s, errno, "cannot look at", path);
    *out = (uint64_t)info.st_size;
    return OK;
}

Status file_writable_check(struct scope *s, const char *path)
{
    if (access(path, R_OK | W_OK) != 0) return fail_errno(s, errno, "cannot change", path);
    return OK;
}

Status file_remove(struct scope *s, const char *path)
{
    if (unlink(path) != 0 && errno != ENOENT) return fail_errno(s, errno, "cannot remove", path);
    return OK;
}

Status file_rename(struct scope *s, const char *from, const char *to)
{
    if (rename(from, to) != 0) return fail_errno(s, errno, "cannot move", from);
    TRY(sync_folder_of(s, from));
    return sync_folder_of(s, to);
}

Status file_make_folder(struct scope *s, const char *path)
{
    if (mkdir(path, 0700) == 0) return sync_folder_of(s, path);
    int code = errno;
    struct stat info;
    if (code == EEXIST && stat(path, &info) != 0) code = errno;
    if (code == EEXIST && S_ISDIR(info.st_mode)) return OK;
    return fail_errno(s, code, "cannot make the folder", path);
}

Status file_remove_folder(struct scope *s, const char *path)
{
    if (rmdir(path) != 0 && errno != ENOENT) return fail_errno(s, errno, "cannot remove", path);
    return OK;
}

static int tree_remove_one(const char *path, const struct stat *info, int flag, struct FTW *place)
{
    (void)info, (void)flag, (void)place;
    return remove(path);
}

Status file_remove_tree(struct scope *s, const char *path)
{
    enum { FOLDERS_OPEN = 16 };
    if (nftw(path, tree_remove_one, FOLDERS_OPEN, FTW_DEPTH | FTW_PHYS) == 0 || errno == ENOENT)
        return OK;
    return fail_errno(s, errno, "cannot remove", path);
}

Status file_close_to_others(struct scope *s, const char *path)
{
    if (chmod(path, 0700) != 0) return fail_errno(s, errno, "cannot close to others", path);
    return OK;
}

Str file_real(struct scope *s, const char *path)
{
    char *real = realpath(path, NULL);
    Str copy = scope_str(s, str_of(real ? real : path));
    free(real);
    return copy;
}

static int compare_names(const void *a, const void *b)
{
    return str_compare(*(const Str *)a, *(const Str *)b);
}

static void folder_close(DIR **dir)
{
    if (*dir) closedir(*dir);
}

Status file_list(struct scope *s, const char *path, size_t max, Str **out, size_t *out_count)
{
    __attribute__((cleanup(folder_close))) DIR *dir = opendir(path);
    if (dir == NULL) return fail_errno(s, errno, "cannot list", path);
    Str *names = NULL;
    size_t count = 0, room = 0;
    for (;;) {
        errno = 0;
        const struct dirent *entry = readdir(dir);
        if (entry == NULL && errno) return fail_errno(s, errno, "cannot list", path);
        if (entry == NULL) break;
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0) continue;
        if (count == max) return fail(s, ERR_LIMIT, "%s holds more than %zu files", path, max);
        if (count == room) {
            room = room ? room * 2 : 16;
            Str *more = scope_array(s, room, sizeof *more);
            if (more == NULL) return ERR_MEMORY;
            if (count) memcpy(more, names, count * sizeof *more);
            names = more;
        }
        names[count] = scope_str(s, str_of(entry->d_name));
        if (names[count++].ptr == NULL) return ERR_MEMORY;
    }
    if (count) qsort(names, count, sizeof *names, compare_names);
    *out = names;
    *out_count = count;
    return OK;
}

bool file_is_private(const char *path)
{
    struct stat info;
    return stat(path, &info) == 0 && (info.st_mode & 077) == 0;
}

Status file_space(struct scope *s, const char *path, uint64_t *out)
{
    struct statvfs info;
    if (statvfs(path, &info) != 0) return fail_errno(s, errno, "cannot look at", path);
    *out = (uint64_t)info.f_bavail * (uint64_t)info.f_frsize;
    return OK;
}

Str file_join(struct scope *s, const char *folder, const char *name)
{
    return scope_print(s, "%s/%s", folder, name);
}

void file_uncache_fd(int fd)
{
    /* Advice only: where it is not taken, the read-back is still made, from memory. */
    (void)posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED);
}

Status file_lock_fd(struct scope *s, int fd)
{
    if (flock(fd, LOCK_EX | LOCK_NB) == 0) return OK;
    if (errno == EWOULDBLOCK)
        return fail(s, ERR_BUSY, "another process works on this; wait until it has ended");
    return fail_errno(s, errno, "cannot lock", "an open file");
}

Status file_lock(struct scope *s, const char *path, int *out_fd)
{
    AUTO_FILE int fd = -1;
    TRY(open_path(s, path, O_RDWR | O_CREAT, "cannot lock", &fd));
    TRY(file_lock_fd(s, fd));
    *out_fd = fd;
    fd = -1;
    return OK;
}
