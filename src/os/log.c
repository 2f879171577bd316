#include "os/log.h"
#include "os/clock.h"
#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

void log_line(enum log_level level, const char *format, ...)
{
    static const char *const names[] = {"info", "warning", "error"};
    char line[LOG_LINE_MAX], at[INSTANT_TEXT_MAX];
    instant_format(clock_now(), at);
    int start = snprintf(line, sizeof line, "%s %s ", at, names[level]);
    size_t room = sizeof line - (size_t)start - 1;
    va_list args;
    va_start(args, format);
    int wanted = vsnprintf(line + start, room, format, args);
    va_end(args);
    size_t len = (size_t)start + (wanted < 0              ? 0
                                  : (size_t)wanted < room ? (size_t)wanted
                                                          : room - 1);
    for (size_t i = 0; i < len; i++)
        if ((unsigned char)line[i] < 0x20 || line[i] == 0x7f) line[i] = '?';
    line[len++] = '\n';
    /* One write, so that lines do not mix; there is nobody to tell when even this fails. */
    ssize_t written = write(STDERR_FILENO, line, len);
    (void)written;
}
