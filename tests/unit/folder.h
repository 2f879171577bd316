/* tests/unit/folder.h - a folder of its own for a test, below the one it runs in. */
#pragma once
#include "base/scope.h"

/* Makes it and returns its name; the test fails when that cannot be done. */
const char *folder_open(struct scope *s);

/* Removes it with everything in it. */
void folder_close(const char *folder);

/* Puts something at `path` that not even root can look at: a link that leads to itself. */
void folder_block(const char *path);

/* Copies a folder with everything in it to a name that is free. */
void folder_copy(const char *from, const char *to);
