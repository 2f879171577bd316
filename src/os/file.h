/* os/file.h - files and folders: whole, atomic and private (0600, folders 0700).
 * The only place that reads errno; a refusal says which path and why. Decides nothing else. */
#pragma once
#include "base/scope.h"

/* The whole file, at most `bytes_max` (ERR_LIMIT). ERR_NOT_FOUND when it is not there, ERR_USAGE
 * when it is a folder. */
MUST_USE Status file_read(struct scope *s, const char *path, size_t bytes_max, Bytes *out);

/* Everything a descriptor gives until its end, at most `bytes_max` (ERR_LIMIT). */
MUST_USE Status file_read_fd(struct scope *s, int fd, const char *what, size_t bytes_max,
                             Bytes *out);

/* Replaces or makes the file: either the old bytes or all the new ones are there, durably. */
MUST_USE Status file_write(struct scope *s, const char *path, Bytes bytes);

/* A pipe or a device, which is written through and never replaced. */
bool file_is_stream(const char *path);
MUST_USE Status file_write_stream(struct scope *s, const char *path, Bytes bytes);

/* Makes an empty file; ERR_DUPLICATE when the path exists. */
MUST_USE Status file_create(struct scope *s, const char *path);

/* Adds bytes at the end (made when absent), durable on return. */
MUST_USE Status file_append(struct scope *s, const char *path, Bytes bytes);

/* False also when the disk cannot tell: where that matters, file_look. */
bool file_exists(const char *path);
bool file_is_folder(const char *path);

/* Is there anything under this name? ERR_DISK when that cannot be told. */
MUST_USE Status file_look(struct scope *s, const char *path, bool *out);

/* Size in bytes; ERR_NOT_FOUND when it is not there. */
MUST_USE Status file_size(struct scope *s, const char *path, uint64_t *out);

/* May this user read and change the file? ERR_NOT_FOUND, ERR_DISK with a sentence. */
MUST_USE Status file_writable_check(struct scope *s, const char *path);

/* Removes a file; one that is not there is no failure. */
MUST_USE Status file_remove(struct scope *s, const char *path);

/* Moves durably, replacing what stands at `to`; both in one file system. */
MUST_USE Status file_rename(struct scope *s, const char *from, const char *to);

/* Makes what was written to the file (or the entries of the folder) durable. */
MUST_USE Status file_sync(struct scope *s, const char *path);

/* Makes a folder (0700) inside an existing one; an existing folder is no failure. */
MUST_USE Status file_make_folder(struct scope *s, const char *path);

/* Removes an empty folder; one that is not there is no failure. */
MUST_USE Status file_remove_folder(struct scope *s, const char *path);

/* Removes a file or a folder with all that is in it, following no links; one that is not there is
 * no failure. */
MUST_USE Status file_remove_tree(struct scope *s, const char *path);

/* Rights of a folder that was there already: 0700. */
MUST_USE Status file_close_to_others(struct scope *s, const char *path);

/* The path without links and dots, NUL-ended; as it was given when there is none. {NULL, 0} without
 * memory. */
Str file_real(struct scope *s, const char *path);

/* Names in a folder without "." and "..", in byte order, at most `max` (ERR_LIMIT). */
MUST_USE Status file_list(struct scope *s, const char *path, size_t max, Str **out,
                          size_t *out_count);

/* Is the file or folder closed to everybody but its owner? False when it is not there. */
bool file_is_private(const char *path);

/* Bytes that may still be written to the file system of `path`. */
MUST_USE Status file_space(struct scope *s, const char *path, uint64_t *out);

/* "a/b" from "a" and "b", NUL-ended; {NULL, 0} without memory. */
Str file_join(struct scope *s, const char *folder, const char *name);

/* Work on an open descriptor, for streams. A new file is made O_EXCL, 0600; ERR_DUPLICATE when
 * the path exists. The caller closes (AUTO_FILE). */
MUST_USE Status file_open_read(struct scope *s, const char *path, int *out_fd);
MUST_USE Status file_open_new(struct scope *s, const char *path, int *out_fd);

/* Up to `len` bytes, fewer only at the end of the file. */
MUST_USE Status file_read_some(struct scope *s, int fd, uint8_t *out, size_t len, size_t *out_len);
MUST_USE Status file_read_at(struct scope *s, int fd, uint64_t offset, uint8_t *out, size_t len,
                             size_t *out_len);
MUST_USE Status file_write_all(struct scope *s, int fd, Bytes bytes);
MUST_USE Status file_sync_fd(struct scope *s, int fd);
MUST_USE Status file_rewind(struct scope *s, int fd);

/* Drops what the kernel holds of a synced file in memory, so that the next read asks the disk. */
void file_uncache_fd(int fd);

/* One holder at a time, also across processes; ERR_BUSY when another holds it. Kept until closed.
 */
MUST_USE Status file_lock(struct scope *s, const char *path, int *out_fd);
MUST_USE Status file_lock_fd(struct scope *s, int fd);

void file_auto_close(int *fd);
#define AUTO_FILE __attribute__((cleanup(file_auto_close)))
