/* store/sqlite/log_file.h - the write-ahead log, written in runs. SQLite hands each page of a
 * transaction to the system by two calls of its own; here what adjoins goes out in one call, when
 * the log is flushed. Never leaves store/sqlite. */
#pragma once

/* The name under which SQLite opens databases with such a log (sqlite3_open_v2). */
#define LOG_FILE_VFS "twinpost"

/* Makes the name known to SQLite, once a process: a VFS above the one that is the default then,
 * which does all else. Without memory the name stays unknown, and opening fails. */
void log_file_register(void);
