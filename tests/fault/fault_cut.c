/* A power cut as a disk may leave it: changes that no sync made durable are taken back when it
 * comes. What was written is restored from a copy of the old bytes, names from links kept aside. */
#undef _FILE_OFFSET_BITS
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "fault_hook.h"

enum { FILES_MAX = 512, CHANGES_MAX = 1 << 16, PATH_MAX_HERE = 512, SECTOR = 512 };
#define OLD_BYTES_MAX ((size_t)1 << 30) /* address space; only what is used is memory */

enum change_kind { WRITTEN, MADE, MADE_FOLDER, MOVED, REMOVED, REMOVED_FOLDER };

struct change {
    enum change_kind kind;
    bool durable;
    int file;       /* WRITTEN: which of `files` */
    int folder;     /* else: whose sync makes it durable */
    off_t at, size; /* where, and how long the file was */
    const uint8_t *old;
    size_t len, had; /* of `old`, and how much of it the file had: the rest is zero */
    char path[PATH_MAX_HERE], to[PATH_MAX_HERE];
    int kept; /* number of the link to what stood at `path` or `to`; 0: nothing did */
};

/* Opened once and never closed: closing would drop the locks that SQLite has on the file. */
struct file {
    dev_t device;
    ino_t inode;
    int fd;
};

static struct {
    atomic_flag busy;
    struct file files[FILES_MAX];
    int file_count;
    struct change *changes;
    int change_count;
    uint8_t *bytes;
    size_t byte_count;
    int kept;
    char aside[PATH_MAX_HERE];
} cut;

static void give_up(const char *why)
{
    static const char what[] = "fault: the power cut cannot be played: ";
    if (syscall(SYS_write, 2, what, sizeof what - 1) < 0 ||
        syscall(SYS_write, 2, why, strlen(why)) < 0 || syscall(SYS_write, 2, "\n", 1) < 0)
        _exit(99);
    _exit(98);
}

/* On the same disk, so that links can be made. */
static void aside_of(char out[PATH_MAX_HERE], pid_t pid)
{
    const char *aside = getenv("TWINPOST_FAULT_ASIDE");
    snprintf(out, PATH_MAX_HERE, "%s/cut-%ld", aside ? aside : ".", (long)pid);
}

/* Is a cut armed? Holds the lock then. */
static bool begin(void)
{
    enum fault_kind kind = fault_armed();
    if (kind != FAULT_CUT && kind != FAULT_CUT_TORN) return false;
    while (atomic_flag_test_and_set(&cut.busy))
        syscall(SYS_sched_yield);
    if (cut.changes) return true;
    int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE;
    cut.changes =
        mmap(NULL, CHANGES_MAX * sizeof *cut.changes, PROT_READ | PROT_WRITE, flags, -1, 0);
    cut.bytes = mmap(NULL, OLD_BYTES_MAX, PROT_READ | PROT_WRITE, flags, -1, 0);
    if (cut.changes == MAP_FAILED || cut.bytes == MAP_FAILED) give_up("no memory");
    aside_of(cut.aside, getpid());
    if (syscall(SYS_mkdirat, AT_FDCWD, cut.aside, 0700) != 0 && errno != EEXIST)
        give_up("no folder for what is kept aside");
    return true;
}

static void end(void)
{
    atomic_flag_clear(&cut.busy);
}

static int file_of(int fd)
{
    struct stat info;
    if (syscall(SYS_newfstatat, fd, "", &info, AT_EMPTY_PATH) != 0) return -1;
    if (!S_ISREG(info.st_mode) && !S_ISDIR(info.st_mode)) return -1;
    for (int i = 0; i < cut.file_count; i++)
        if (cut.files[i].device == info.st_dev && cut.files[i].inode == info.st_ino) return i;
    char name[64];
    snprintf(name, sizeof name, "/proc/self/fd/%d", fd);
    int flags = (S_ISDIR(info.st_mode) ? O_RDONLY | O_DIRECTORY : O_RDWR) | O_CLOEXEC;
    int own = (int)syscall(SYS_openat, AT_FDCWD, name, flags, 0);
    if (own < 0 || cut.file_count == FILES_MAX) give_up("too many files");
    cut.files[cut.file_count] = (struct file){info.st_dev, info.st_ino, own};
    return cut.file_count++;
}

/* The path as it will still be found at the cut, and the folder it stands in. */
static int path_put(char out[PATH_MAX_HERE], int dir, const char *path)
{
    char base[PATH_MAX_HERE] = "";
    if (dir != AT_FDCWD && path[0] != '/') {
        char name[64];
        snprintf(name, sizeof name, "/proc/self/fd/%d", dir);
        long len = syscall(SYS_readlinkat, AT_FDCWD, name, base, sizeof base - 2);
        if (len < 0) give_up("a folder without a name");
        memcpy(base + len, "/", 2);
    }
    if (snprintf(out, PATH_MAX_HERE, "%s%s", base, path) >= PATH_MAX_HERE) give_up("a long name");
    char folder[PATH_MAX_HERE];
    snprintf(folder, sizeof folder, "%s", out);
    char *slash = strrchr(folder, '/');
    if (slash) slash[slash == folder] = '\0';
    int fd = (int)syscall(SYS_openat, AT_FDCWD, slash ? folder : ".",
                          O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);
    if (fd < 0) return -1;
    int found = file_of(fd);
    syscall(SYS_close, fd);
    return found;
}

static struct change *change_add(enum change_kind kind)
{
    if (cut.change_count == CHANGES_MAX) give_up("too many changes");
    struct change *c = &cut.changes[cut.change_count++];
    *c = (struct change){.kind = kind};
    return c;
}

static void note_bytes(int fd, off_t at, size_t len)
{
    struct stat info;
    int file = file_of(fd);
    if (file < 0) return;
    int own = cut.files[file].fd;
    if (syscall(SYS_newfstatat, own, "", &info, AT_EMPTY_PATH) != 0) give_up("no size");
    if (S_ISDIR(info.st_mode)) return;
    if (cut.byte_count + len > OLD_BYTES_MAX) give_up("too many bytes");
    struct change *c = change_add(WRITTEN);
    long got = syscall(SYS_pread64, own, cut.bytes + cut.byte_count, len, at);
    if (got < 0) give_up("old bytes cannot be read");
    c->file = file;
    c->at = at;
    c->size = info.st_size;
    c->old = cut.bytes + cut.byte_count;
    c->len = len;
    c->had = (size_t)got;
    cut.byte_count += len;
}

void cut_note_write(int fd, off_t at, size_t len)
{
    if (!begin()) return;
    if (at < 0) {
        struct stat info;
        bool appends = syscall(SYS_fcntl, fd, F_GETFL) & O_APPEND;
        at = (off_t)syscall(SYS_lseek, fd, 0, SEEK_CUR);
        if (appends && syscall(SYS_newfstatat, fd, "", &info, AT_EMPTY_PATH) == 0)
            at = info.st_size;
    }
    if (at >= 0) note_bytes(fd, at, len);
    end();
}

void cut_note_size(int fd, off_t len)
{
    struct stat info;
    if (!begin()) return;
    if (syscall(SYS_newfstatat, fd, "", &info, AT_EMPTY_PATH) != 0) give_up("no size");
    note_bytes(fd, len, info.st_size > len ? (size_t)(info.st_size - len) : 0);
    end();
}

void cut_note_made(int dir, const char *path, bool is_folder)
{
    if (!begin()) return;
    struct change *c = change_add(is_folder ? MADE_FOLDER : MADE);
    c->folder = path_put(c->path, dir, path);
    end();
}

/* A second name for what is about to lose its first. */
static int keep(const char *path)
{
    char name[PATH_MAX_HERE + 16];
    snprintf(name, sizeof name, "%s/%d", cut.aside, cut.kept + 1);
    if (syscall(SYS_linkat, AT_FDCWD, path, AT_FDCWD, name, 0) != 0) return 0;
    return ++cut.kept;
}

void cut_note_rename(int from_dir, const char *from, int to_dir, const char *to)
{
    if (!begin()) return;
    struct change *c = change_add(MOVED);
    path_put(c->path, from_dir, from);
    c->folder = path_put(c->to, to_dir, to);
    c->kept = keep(c->to);
    end();
}

void cut_note_removal(int dir, const char *path, bool is_folder)
{
    if (!begin()) return;
    char at[PATH_MAX_HERE];
    int folder = path_put(at, dir, path);
    if (syscall(SYS_faccessat, AT_FDCWD, at, F_OK) == 0) {
        struct change *c = change_add(is_folder ? REMOVED_FOLDER : REMOVED);
        memcpy(c->path, at, sizeof at);
        c->folder = folder;
        c->kept = is_folder ? 0 : keep(at);
    }
    end();
}

void cut_note_sync(int fd)
{
    if (!begin()) return;
    int file = file_of(fd);
    for (int i = 0; file >= 0 && i < cut.change_count; i++) {
        struct change *c = &cut.changes[i];
        if (c->kind == WRITTEN ? c->file == file : c->folder == file) c->durable = true;
    }
    end();
}

static uint64_t mix(uint64_t x)
{
    x += 0x9e3779b97f4a7c15u;
    x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9u;
    x = (x ^ x >> 27) * 0x94d049bb133111ebu;
    return x ^ x >> 31;
}

/* Torn: a third of the sectors never reached the disk, a third did wholly, a third did up to some
 * change. The same answer for each change of a sector, so that no older bytes come out newer. */
static bool sector_is_lost(int number, int file, uint64_t sector, unsigned seed)
{
    uint64_t h = mix(mix((uint64_t)file << 40 | sector) ^ seed);
    if (h % 3 == 0) return true;
    if (h % 3 == 1) return false;
    return number > (int)(h >> 8) % cut.change_count;
}

static void write_back(int fd, const uint8_t *ptr, size_t len, off_t at)
{
    while (len) {
        long n = syscall(SYS_pwrite64, fd, ptr, len, at);
        if (n <= 0) give_up("old bytes cannot be put back");
        ptr += n;
        at += n;
        len -= (size_t)n;
    }
}

static void undo_bytes(const struct change *c, int number, bool torn, unsigned seed)
{
    int fd = cut.files[c->file].fd;
    if (!torn) {
        write_back(fd, c->old, c->had, c->at);
        if (syscall(SYS_ftruncate, fd, c->size) != 0) give_up("a length cannot be put back");
        return;
    }
    for (size_t done = 0; done < c->len;) {
        uint64_t sector = (uint64_t)(c->at + (off_t)done) / SECTOR;
        size_t run = SECTOR - (size_t)(c->at + (off_t)done) % SECTOR;
        if (run > c->len - done) run = c->len - done;
        if (sector_is_lost(number, c->file, sector, seed))
            write_back(fd, c->old + done, run, c->at + (off_t)done);
        done += run;
    }
}

static void put_back(int kept, const char *path)
{
    char name[PATH_MAX_HERE + 16];
    if (kept == 0) return;
    snprintf(name, sizeof name, "%s/%d", cut.aside, kept);
    if (syscall(SYS_linkat, AT_FDCWD, name, AT_FDCWD, path, 0) != 0) give_up("a lost name");
}

static void undo_name(const struct change *c)
{
    switch (c->kind) {
    case MADE:
        syscall(SYS_unlinkat, AT_FDCWD, c->path, 0);
        break;
    case MADE_FOLDER:
        syscall(SYS_unlinkat, AT_FDCWD, c->path, AT_REMOVEDIR);
        break;
    case MOVED:
        syscall(SYS_renameat2, AT_FDCWD, c->to, AT_FDCWD, c->path, 0);
        put_back(c->kept, c->to);
        break;
    case REMOVED:
        put_back(c->kept, c->path);
        break;
    case REMOVED_FOLDER:
        syscall(SYS_mkdirat, AT_FDCWD, c->path, 0700);
        break;
    default:
        break;
    }
}

void cut_forget(pid_t pid)
{
    char folder[PATH_MAX_HERE], name[PATH_MAX_HERE + 16];
    aside_of(folder, pid);
    if (syscall(SYS_faccessat, AT_FDCWD, folder, F_OK) != 0) return;
    int i = 1;
    do
        snprintf(name, sizeof name, "%s/%d", folder, i++);
    while (syscall(SYS_unlinkat, AT_FDCWD, name, 0) == 0);
    syscall(SYS_unlinkat, AT_FDCWD, folder, AT_REMOVEDIR);
}

_Noreturn void cut_power(bool torn, unsigned seed)
{
    if (begin()) {
        /* Names are kept in order by the journals of file systems: of what was not synced, the
         * later part is lost. */
        int names_lost_from = torn ? (int)(mix(seed) % (uint64_t)(cut.change_count + 1)) : 0;
        for (int i = cut.change_count - 1; i >= 0; i--) {
            const struct change *c = &cut.changes[i];
            if (c->durable) continue;
            if (c->kind == WRITTEN)
                undo_bytes(c, i, torn, seed);
            else if (i >= names_lost_from)
                undo_name(c);
        }
        cut_forget(getpid());
    }
    kill(getpid(), SIGKILL);
    for (;;)
        pause();
}
