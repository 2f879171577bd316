/* tests/fault/dump.h - a database as one digest, to tell whether anything in it changed. */
#pragma once
#include "base/hash.h"
#include <stdbool.h>

/* Every table and row of the file, through a connection of its own; false when that fails. */
bool dump_database(const char *path, Hash *out);

/* Prints each table's own digest, to see where two dumps differ. */
void dump_print(const char *path);

/* Is the file free for a writer? A transaction that was left open would hold it. */
bool dump_is_free(const char *path);
