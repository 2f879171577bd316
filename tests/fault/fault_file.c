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

/* True when the call must fail; errno says why. */
static bool fails(bool needs_room)
{
    fault_strikes(FAULT_KILL_FILE);
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

ssize_t write(int fd, const void *ptr, size_t len)
{
    if (fails(true)) return -1;
    return syscall(SYS_write, fd, ptr, len);
}

ssize_t pwrite(int fd, const void *ptr, size_t len, off_t at)
{
    if (fails(true)) return -1;
    return syscall(SYS_pwrite64, fd, ptr, len, at);
}

ssize_t pwrite64(int fd, const void *ptr, size_t len, off64_t at)
{
    return pwrite(fd, ptr, len, at);
}

int fsync(int fd)
{
    return fails(true) ? -1 : (int)syscall(SYS_fsync, fd);
}

int fdatasync(int fd)
{
    return fails(true) ? -1 : (int)syscall(SYS_fdatasync, fd);
}

int ftruncate(int fd, off_t len)
{
    return fails(true) ? -1 : (int)syscall(SYS_ftruncate, fd, len);
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
    return fails(true) ? -1 : (int)syscall(SYS_renameat2, from_dir, from, to_dir, to, 0);
}

int linkat(int from_dir, const char *from, int to_dir, const char *to, int flags)
{
    return fails(true) ? -1 : (int)syscall(SYS_linkat, from_dir, from, to_dir, to, flags);
}

int unlinkat(int dir, const char *path, int flags)
{
    return fails(false) ? -1 : (int)syscall(SYS_unlinkat, dir, path, flags);
}

int unlink(const char *path)
{
    return unlinkat(AT_FDCWD, path, 0);
}

int mkdir(const char *path, mode_t mode)
{
    return fails(true) ? -1 : (int)syscall(SYS_mkdirat, AT_FDCWD, path, mode);
}

/* Only opening that may create is met: reading an existing file changes no disk. */
static int open_at(int dir, const char *path, int flags, mode_t mode)
{
    if ((flags & O_CREAT) != 0 && fails(true)) return -1;
    return (int)syscall(SYS_openat, dir, path, flags, mode);
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
