/* The file calls of the whole process that only look at a disk. Pipes and sockets are not met. */
#undef _FILE_OFFSET_BITS
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "fault_hook.h"

bool fault_look_fails(int code)
{
    if (!fault_strikes(FAULT_FILE_READ)) return false;
    errno = code;
    return true;
}

bool fault_is_file(int fd)
{
    struct stat info;
    return syscall(SYS_newfstatat, fd, "", &info, AT_EMPTY_PATH) == 0 && S_ISREG(info.st_mode);
}

ssize_t read(int fd, void *ptr, size_t len)
{
    if (fault_is_file(fd) && fault_look_fails(EIO)) return -1;
    return syscall(SYS_read, fd, ptr, len);
}

ssize_t pread(int fd, void *ptr, size_t len, off_t at)
{
    if (fault_is_file(fd) && fault_look_fails(EIO)) return -1;
    return syscall(SYS_pread64, fd, ptr, len, at);
}

ssize_t pread64(int fd, void *ptr, size_t len, off64_t at)
{
    return pread(fd, ptr, len, at);
}

int fstatat(int dir, const char *path, struct stat *out, int flags)
{
    if (fault_look_fails(EIO)) return -1;
    return (int)syscall(SYS_newfstatat, dir, path, out, flags);
}

int stat(const char *path, struct stat *out)
{
    return fstatat(AT_FDCWD, path, out, 0);
}

int stat64(const char *path, struct stat64 *out)
{
    return fstatat(AT_FDCWD, path, (struct stat *)out, 0);
}

int lstat(const char *path, struct stat *out)
{
    return fstatat(AT_FDCWD, path, out, AT_SYMLINK_NOFOLLOW);
}

int lstat64(const char *path, struct stat64 *out)
{
    return fstatat(AT_FDCWD, path, (struct stat *)out, AT_SYMLINK_NOFOLLOW);
}

int fstat(int fd, struct stat *out)
{
    return fstatat(fd, "", out, AT_EMPTY_PATH);
}

int fstat64(int fd, struct stat64 *out)
{
    return fstat(fd, (struct stat *)out);
}

int access(const char *path, int mode)
{
    if (fault_look_fails(EIO)) return -1;
    return (int)syscall(SYS_faccessat, AT_FDCWD, path, mode);
}

void *mmap(void *at, size_t len, int protection, int flags, int fd, off_t offset)
{
    if (fd >= 0 && fault_look_fails(ENOMEM)) return MAP_FAILED;
    return (void *)syscall(SYS_mmap, at, len, protection, flags, fd, offset);
}

void *mmap64(void *at, size_t len, int protection, int flags, int fd, off64_t offset)
{
    return mmap(at, len, protection, flags, fd, offset);
}

DIR *opendir(const char *path)
{
    if (fault_look_fails(EIO)) return NULL;
    DIR *(*real)(const char *) = NULL;
    *(void **)&real = dlsym(RTLD_NEXT, "opendir");
    return real(path);
}
