#include "store/sqlite/log_file.h"
#include <sqlite3.h>
#include <stdbool.h>
#include <string.h>

/* As many bytes of the log as wait for one call: 31 pages of 4 KiB with what stands before each.
 * SQLite's own VFS takes 131,071 at the most. */
enum { RUN_BYTES = 31 * (24 + 4096) };

/* What the default VFS opens lies behind this in the same allocation. Bytes that wait stay until
 * they could be written, so that nothing SQLite was told is there is ever left out: a flush that
 * fails is reported, and the next call tries again. */
struct log_file {
    sqlite3_file base;
    sqlite3_file *real;
    unsigned char *run; /* RUN_BYTES; NULL until the first write */
    int len;            /* that wait */
    sqlite3_int64 at;   /* where they belong */
};

struct log_vfs {
    sqlite3_vfs base;
    sqlite3_vfs *real;
};

static struct log_file *log_of(sqlite3_file *file)
{
    return (struct log_file *)(void *)file;
}

static int run_write(struct log_file *f)
{
    if (f->len == 0) return SQLITE_OK;
    int rc = f->real->pMethods->xWrite(f->real, f->run, f->len, f->at);
    if (rc == SQLITE_OK) f->len = 0;
    return rc;
}

static int log_write(sqlite3_file *file, const void *ptr, int len, sqlite3_int64 at)
{
    struct log_file *f = log_of(file);
    bool follows = at == f->at + f->len && len <= RUN_BYTES - f->len;
    if (!follows) {
        int rc = run_write(f);
        if (rc != SQLITE_OK) return rc;
        f->at = at;
    }
    if (f->run == NULL) f->run = sqlite3_malloc(RUN_BYTES);
    if (f->run == NULL || len > RUN_BYTES) return f->real->pMethods->xWrite(f->real, ptr, len, at);
    memcpy(f->run + f->len, ptr, (size_t)len);
    f->len += len;
    return SQLITE_OK;
}

static int log_read(sqlite3_file *file, void *ptr, int len, sqlite3_int64 at)
{
    struct log_file *f = log_of(file);
    int rc = run_write(f);
    return rc == SQLITE_OK ? f->real->pMethods->xRead(f->real, ptr, len, at) : rc;
}

static int log_sync(sqlite3_file *file, int flags)
{
    struct log_file *f = log_of(file);
    int rc = run_write(f);
    return rc == SQLITE_OK ? f->real->pMethods->xSync(f->real, flags) : rc;
}

static int log_truncate(sqlite3_file *file, sqlite3_int64 len)
{
    struct log_file *f = log_of(file);
    int rc = run_write(f);
    return rc == SQLITE_OK ? f->real->pMethods->xTruncate(f->real, len) : rc;
}

static int log_size(sqlite3_file *file, sqlite3_int64 *out)
{
    struct log_file *f = log_of(file);
    int rc = run_write(f);
    return rc == SQLITE_OK ? f->real->pMethods->xFileSize(f->real, out) : rc;
}

/* What waits at the end was never flushed, so it belongs to nothing that was committed. */
static int log_close(sqlite3_file *file)
{
    struct log_file *f = log_of(file);
    sqlite3_free(f->run);
    f->run = NULL;
    return f->real->pMethods->xClose(f->real);
}

static int log_lock(sqlite3_file *file, int level)
{
    return log_of(file)->real->pMethods->xLock(log_of(file)->real, level);
}

static int log_unlock(sqlite3_file *file, int level)
{
    return log_of(file)->real->pMethods->xUnlock(log_of(file)->real, level);
}

static int log_reserved(sqlite3_file *file, int *out)
{
    return log_of(file)->real->pMethods->xCheckReservedLock(log_of(file)->real, out);
}

static int log_control(sqlite3_file *file, int op, void *arg)
{
    return log_of(file)->real->pMethods->xFileControl(log_of(file)->real, op, arg);
}

static int log_sector(sqlite3_file *file)
{
    return log_of(file)->real->pMethods->xSectorSize(log_of(file)->real);
}

static int log_traits(sqlite3_file *file)
{
    return log_of(file)->real->pMethods->xDeviceCharacteristics(log_of(file)->real);
}

static const sqlite3_io_methods methods = {
    .iVersion = 1,
    .xClose = log_close,
    .xRead = log_read,
    .xWrite = log_write,
    .xTruncate = log_truncate,
    .xSync = log_sync,
    .xFileSize = log_size,
    .xLock = log_lock,
    .xUnlock = log_unlock,
    .xCheckReservedLock = log_reserved,
    .xFileControl = log_control,
    .xSectorSize = log_sector,
    .xDeviceCharacteristics = log_traits,
};

/* Every other file is the default VFS's own. */
static int vfs_open(sqlite3_vfs *vfs, sqlite3_filename name, sqlite3_file *file, int flags,
                    int *out_flags)
{
    sqlite3_vfs *real = ((struct log_vfs *)(void *)vfs)->real;
    if (!(flags & SQLITE_OPEN_WAL)) return real->xOpen(real, name, file, flags, out_flags);
    struct log_file *f = log_of(file);
    *f = (struct log_file){.real = (sqlite3_file *)(void *)(f + 1)};
    int rc = real->xOpen(real, name, f->real, flags, out_flags);
    if (f->real->pMethods) f->base.pMethods = &methods;
    return rc;
}

void log_file_register(void)
{
    static struct log_vfs log_vfs; /* SQLite links it into its list */
    sqlite3_vfs *real = sqlite3_vfs_find(NULL);
    if (real == NULL) return;
    /* A copy of the default, which so answers by itself for all but opening. */
    log_vfs.base = *real;
    log_vfs.base.pNext = NULL;
    log_vfs.base.zName = LOG_FILE_VFS;
    log_vfs.base.szOsFile = (int)sizeof(struct log_file) + real->szOsFile;
    log_vfs.base.xOpen = vfs_open;
    log_vfs.real = real;
    sqlite3_vfs_register(&log_vfs.base, 0);
}
