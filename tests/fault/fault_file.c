/* The file calls of the whole process that change a disk, as the kernel offers them. stdio writes
 * inside libc and is not met: what matters is written with these calls. */
#undef _FILE_OFFSET_BITS /* else pwrite and pwrite64 would be one symbol here */
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "fault_hook.h"

bool fault_file_fails(bool needs_room)
{
    fault_strikes(FAULT_KILL_FILE);
    fault_strikes(FAULT_CUT);
    fault_strikes(FAULT_CUT_TORN);
    if (fault_strikes(FAULT_FILE_IO)) {
        errno = EIO;
        return true;
    }
    if (needs_room && fault_strikes(FAULT_FILE_FULL)) {
        errno = ENOSPC;
        return true;
    }
    return false;
}

/* How much of a write the system takes: at least one byte. */
static size_t taken(size_t len)
{
    return len > 1 && fault_strikes(FAULT_FILE_PART) ? len / 2 : len;
}

/* Pipes and sockets are written with the same call and are no disk. */
ssize_t write(int fd, const void *ptr, size_t len)
{
    if (!fault_is_file(fd)) return syscall(SYS_write, fd, ptr, len);
    if (fault_file_fails(true)) return -1;
    len = taken(len);
    cut_note_write(fd, -1, len);
    return syscall(SYS_write, fd, ptr, len);
}

ssize_t pwrite(int fd, const void *ptr, size_t len, off_t at)
{
    if (fault_file_fails(true)) return -1;
    len = taken(len);
    cut_note_write(fd, at, len);
    return syscall(SYS_pwrite64, fd, ptr, len, at);
}

ssize_t pwrite64(int fd, const void *ptr, size_t len, off64_t at)
{
    return pwrite(fd, ptr, len, at);
}

static int synced(int fd, long call)
{
    if (fault_file_fails(true)) return -1;
    int code = fault_syncs_are_skipped() ? 0 : (int)syscall(call, fd);
    if (code == 0) cut_note_sync(fd);
    return code;
}

int fsync(int fd)
{
    return synced(fd, SYS_fsync);
}

int fdatasync(int fd)
{
    return synced(fd, SYS_fdatasync);
}

int ftruncate(int fd, off_t len)
{
    if (fault_file_fails(true)) return -1;
    cut_note_size(fd, len);
    return (int)syscall(SYS_ftruncate, fd, len);
}

int ftruncate64(int fd, off64_t len)
{
    return ftruncate(fd, len);
}

int rename(const char *from, const char *to)
{
    return renameat(AT_FDCWD, from, AT_FDCWD, to);
}

int renameat(int from_dir, const char *from, int to_dir, const char *to)
{
    if (fault_file_fails(true)) return -1;
    cut_note_rename(from_dir, from, to_dir, to);
    return (int)syscall(SYS_renameat2, from_dir, from, to_dir, to, 0);
}

int linkat(int from_dir, const char *from, int to_dir, const char *to, int flags)
{
    if (fault_file_fails(true)) return -1;
    int code = (int)syscall(SYS_linkat, from_dir, from, to_dir, to, flags);
    if (code == 0) cut_note_made(to_dir, to, false);
    return code;
}

int unlinkat(int dir, const char *path, int flags)
{
    if (fault_file_fails(false)) return -1;
    cut_note_removal(dir, path, (flags & AT_REMOVEDIR) != 0);
    return (int)syscall(SYS_unlinkat, dir, path, flags);
}

int unlink(const char *path)
{
    return unlinkat(AT_FDCWD, path, 0);
}

int rmdir(const char *path)
{
    return unlinkat(AT_FDCWD, path, AT_REMOVEDIR);
}

int mkdir(const char *path, mode_t mode)
{
    if (fault_file_fails(true)) return -1;
    int code = (int)syscall(SYS_mkdirat, AT_FDCWD, path, mode);
    if (code == 0) cut_note_made(AT_FDCWD, path, true);
    return code;
}

/* Opening what may have to be made changes a disk; opening what is there only looks. */
static int open_at(int dir, const char *path, int flags, mode_t mode)
{
    bool may_make = (flags & O_CREAT) != 0;
    if (may_make ? fault_file_fails(true) : fault_look_fails(EIO)) return -1;
    if (fault_armed() != FAULT_CUT && fault_armed() != FAULT_CUT_TORN)
        return (int)syscall(SYS_openat, dir, path, flags, mode);
    bool there = !may_make || syscall(SYS_faccessat, dir, path, F_OK) == 0;
    int fd = (int)syscall(SYS_openat, dir, path, flags & ~O_TRUNC, mode);
    if (fd < 0) return fd;
    if (!there) cut_note_made(dir, path, false);
    if (flags & O_TRUNC) {
        cut_note_size(fd, 0); /* before it is gone */
        if (syscall(SYS_ftruncate, fd, 0) != 0) return -1;
    }
    return fd;
}

static bool has_mode(int flags)
{
    return (flags & O_CREAT) != 0 || (flags & O_TMPFILE) == O_TMPFILE;
}

int open(const char *path, int flags, ...)
{
    va_list args;
    va_start(args, flags);
    mode_t mode = has_mode(flags) ? va_arg(args, mode_t) : 0;
    va_end(args);
    return open_at(AT_FDCWD, path, flags, mode);
}

int open64(const char *path, int flags, ...)
{
    va_list args;
    va_start(args, flags);
    mode_t mode = has_mode(flags) ? va_arg(args, mode_t) : 0;
    va_end(args);
    return open_at(AT_FDCWD, path, flags, mode);
}

int openat(int dir, const char *path, int flags, ...)
{
    va_list args;
    va_start(args, flags);
    mode_t mode = has_mode(flags) ? va_arg(args, mode_t) : 0;
    va_end(args);
    return open_at(dir, path, flags, mode);
}

int openat64(int dir, const char *path, int flags, ...)
{
    va_list args;
    va_start(args, flags);
    mode_t mode = has_mode(flags) ? va_arg(args, mode_t) : 0;
    va_end(args);
    return open_at(dir, path, flags, mode);
}
