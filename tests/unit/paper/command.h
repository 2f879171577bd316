/* tests/unit/paper/command.h - runs a program of the machine for a test, without a shell. */
#pragma once
#include "base/scope.h"

/* Is the program there? Prints "skipped: NAME is not installed" when it is not. */
bool command_is_there(const char *name);

/* Runs the NULL-ended `argv`; its exit code (255 when it could not run or died), and up to 4 MiB
 * of what it printed on stdout. */
int command_run(struct scope *s, const char *const *argv, Str *out);
