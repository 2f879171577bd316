/* An SQLite VFS over the default one. Every file carries the real file behind it; only calls that
 * change a disk, and those that look at it, may fail; all others are handed on. */
#include <sqlite3.h>

#include "fault_hook.h"

struct shim_file {
    sqlite3_file base;
    sqlite3_file *real; /* in the same allocation, behind this struct */
};

static sqlite3_file *real_of(sqlite3_file *file)
{
    return ((struct shim_file *)(void *)file)->real;
}

static sqlite3_vfs *real_vfs(sqlite3_vfs *vfs)
{
    return vfs->pAppData;
}

/* SQLite's answer for a call that changes the disk; SQLITE_OK when nothing strikes. */
static int verdict(bool needs_room, int io_code)
{
    fault_strikes(FAULT_KILL);
    if (fault_strikes(FAULT_DISK_IO)) return io_code;
    if (needs_room && fault_strikes(FAULT_DISK_FULL)) return SQLITE_FULL;
    return SQLITE_OK;
}

/* The same for a call that only looks. */
static int look(int io_code)
{
    return fault_strikes(FAULT_DISK_READ) ? io_code : SQLITE_OK;
}

static int shim_close(sqlite3_file *file)
{
    sqlite3_file *real = real_of(file);
    return real->pMethods ? real->pMethods->xClose(real) : SQLITE_OK;
}

static int shim_read(sqlite3_file *file, void *ptr, int len, sqlite3_int64 at)
{
    int code = look(SQLITE_IOERR_READ);
    return code ? code : real_of(file)->pMethods->xRead(real_of(file), ptr, len, at);
}

static int shim_write(sqlite3_file *file, const void *ptr, int len, sqlite3_int64 at)
{
    sqlite3_file *real = real_of(file);
    int code = verdict(true, SQLITE_IOERR_WRITE);
    if (code != SQLITE_OK) return code;
    if (fault_strikes(FAULT_DISK_TORN)) {
        if (len > 1) real->pMethods->xWrite(real, ptr, len / 2, at);
        return SQLITE_IOERR_WRITE;
    }
    return real->pMethods->xWrite(real, ptr, len, at);
}

static int shim_truncate(sqlite3_file *file, sqlite3_int64 len)
{
    int code = verdict(true, SQLITE_IOERR_TRUNCATE);
    return code ? code : real_of(file)->pMethods->xTruncate(real_of(file), len);
}

static int shim_sync(sqlite3_file *file, int flags)
{
    int code = verdict(false, SQLITE_IOERR_FSYNC);
    return code ? code : real_of(file)->pMethods->xSync(real_of(file), flags);
}

static int shim_size(sqlite3_file *file, sqlite3_int64 *out)
{
    int code = look(SQLITE_IOERR_FSTAT);
    return code ? code : real_of(file)->pMethods->xFileSize(real_of(file), out);
}

static int shim_lock(sqlite3_file *file, int level)
{
    int code = look(SQLITE_IOERR_LOCK);
    return code ? code : real_of(file)->pMethods->xLock(real_of(file), level);
}

static int shim_unlock(sqlite3_file *file, int level)
{
    return real_of(file)->pMethods->xUnlock(real_of(file), level);
}

static int shim_reserved(sqlite3_file *file, int *out)
{
    return real_of(file)->pMethods->xCheckReservedLock(real_of(file), out);
}

static int shim_control(sqlite3_file *file, int op, void *arg)
{
    return real_of(file)->pMethods->xFileControl(real_of(file), op, arg);
}

static int shim_sector(sqlite3_file *file)
{
    return real_of(file)->pMethods->xSectorSize(real_of(file));
}

static int shim_traits(sqlite3_file *file)
{
    return real_of(file)->pMethods->xDeviceCharacteristics(real_of(file));
}

static int shim_shm_map(sqlite3_file *file, int page, int bytes, int extend, void volatile **out)
{
    int code = look(SQLITE_IOERR_SHMMAP);
    return code ? code : real_of(file)->pMethods->xShmMap(real_of(file), page, bytes, extend, out);
}

static int shim_shm_lock(sqlite3_file *file, int offset, int count, int flags)
{
    return real_of(file)->pMethods->xShmLock(real_of(file), offset, count, flags);
}

static void shim_shm_barrier(sqlite3_file *file)
{
    real_of(file)->pMethods->xShmBarrier(real_of(file));
}

static int shim_shm_unmap(sqlite3_file *file, int erase)
{
    return real_of(file)->pMethods->xShmUnmap(real_of(file), erase);
}

/* Version 2: without memory-mapped pages every byte passes xWrite. */
static const sqlite3_io_methods methods = {
    .iVersion = 2,
    .xClose = shim_close,
    .xRead = shim_read,
    .xWrite = shim_write,
    .xTruncate = shim_truncate,
    .xSync = shim_sync,
    .xFileSize = shim_size,
    .xLock = shim_lock,
    .xUnlock = shim_unlock,
    .xCheckReservedLock = shim_reserved,
    .xFileControl = shim_control,
    .xSectorSize = shim_sector,
    .xDeviceCharacteristics = shim_traits,
    .xShmMap = shim_shm_map,
    .xShmLock = shim_shm_lock,
    .xShmBarrier = shim_shm_barrier,
    .xShmUnmap = shim_shm_unmap,
};

static int shim_open(sqlite3_vfs *vfs, sqlite3_filename name, sqlite3_file *file, int flags,
                     int *out_flags)
{
    struct shim_file *shim = (struct shim_file *)(void *)file;
    shim->base.pMethods = NULL;
    if (fault_strikes(FAULT_DISK_OPEN)) return SQLITE_CANTOPEN;
    shim->real = (sqlite3_file *)(void *)(shim + 1);
    int code = real_vfs(vfs)->xOpen(real_vfs(vfs), name, shim->real, flags, out_flags);
    if (shim->real->pMethods) shim->base.pMethods = &methods;
    return code;
}

static int shim_delete(sqlite3_vfs *vfs, const char *name, int sync)
{
    int code = verdict(false, SQLITE_IOERR_DELETE);
    return code ? code : real_vfs(vfs)->xDelete(real_vfs(vfs), name, sync);
}

static int shim_access(sqlite3_vfs *vfs, const char *name, int flags, int *out)
{
    int code = look(SQLITE_IOERR_ACCESS);
    return code ? code : real_vfs(vfs)->xAccess(real_vfs(vfs), name, flags, out);
}

static int shim_full_path(sqlite3_vfs *vfs, const char *name, int len, char *out)
{
    return real_vfs(vfs)->xFullPathname(real_vfs(vfs), name, len, out);
}

static int shim_randomness(sqlite3_vfs *vfs, int len, char *out)
{
    return real_vfs(vfs)->xRandomness(real_vfs(vfs), len, out);
}

static int shim_sleep(sqlite3_vfs *vfs, int us)
{
    return real_vfs(vfs)->xSleep(real_vfs(vfs), us);
}

static int shim_time(sqlite3_vfs *vfs, double *out)
{
    return real_vfs(vfs)->xCurrentTime(real_vfs(vfs), out);
}

static int shim_last_error(sqlite3_vfs *vfs, int len, char *out)
{
    return real_vfs(vfs)->xGetLastError(real_vfs(vfs), len, out);
}

static int shim_time_ms(sqlite3_vfs *vfs, sqlite3_int64 *out)
{
    return real_vfs(vfs)->xCurrentTimeInt64(real_vfs(vfs), out);
}

bool fault_vfs_install(void)
{
    static sqlite3_vfs shim;
    sqlite3_vfs *real = sqlite3_vfs_find(NULL);
    if (!real) return false;
    if (real == &shim) return true;
    shim = (sqlite3_vfs){
        .iVersion = 2,
        .szOsFile = (int)sizeof(struct shim_file) + real->szOsFile,
        .mxPathname = real->mxPathname,
        .zName = "fault",
        .pAppData = real,
        .xOpen = shim_open,
        .xDelete = shim_delete,
        .xAccess = shim_access,
        .xFullPathname = shim_full_path,
        .xRandomness = shim_randomness,
        .xSleep = shim_sleep,
        .xCurrentTime = shim_time,
        .xGetLastError = shim_last_error,
        .xCurrentTimeInt64 = shim_time_ms,
    };
    return sqlite3_vfs_register(&shim, 1) == SQLITE_OK;
}
