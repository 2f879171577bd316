/* tests/fault/fault_hook.h - what the hooks (memory, files, VFS) ask; test code uses fault.h. */
#pragma once
#include "fault.h"
#include <sys/types.h>

/* Shall this call of the kind fail? Counts it when the kind is armed; does not return when the
 * kind is a killing one and its call has come. */
bool fault_strikes(enum fault_kind kind);

/* Does fault_sync_skip hold? */
bool fault_syncs_are_skipped(void);

/* The armed kind now, as far as it concerns this process. */
enum fault_kind fault_armed(void);

/* Is it a regular file? */
bool fault_is_file(int fd);

/* Shall this file call fail? errno says why then. */
bool fault_file_fails(bool needs_room);
bool fault_look_fails(int code);

/* A power cut: while one is armed, each change of a disk is noted before it is made (or, for what
 * appears, after), until a sync of its file or folder makes it durable. */
void cut_note_write(int fd, off_t at, size_t len);
void cut_note_size(int fd, off_t len);
void cut_note_made(int dir, const char *path, bool is_folder);
void cut_note_rename(int from_dir, const char *from, int to_dir, const char *to);
void cut_note_removal(int dir, const char *path, bool is_folder);
void cut_note_sync(int fd);

/* Removes what the process kept aside, which came to its end. */
void cut_forget(pid_t pid);

/* Takes back what was noted and not synced (torn: some of it), and kills the process. */
_Noreturn void cut_power(bool torn, unsigned seed);
