/* os/log.h - one line a happening to stderr: time, level, text. Programs log, libraries do not.
 * Never hand it a secret, a value of a personal field or a whole record. */
#pragma once
#include "base/scope.h"

enum log_level { LEVEL_INFO, LEVEL_WARNING, LEVEL_ERROR };

enum { LOG_LINE_MAX = 1024 };

/* Longer text is cut; control characters become "?", so that nobody can forge a second line.
 * Lines of several threads do not mix. */
void log_line(enum log_level level, const char *format, ...) PRINTF_LIKE(2, 3);
