/* store/sqlite/tree.h - inner side of the store: the rows of complete subtrees above the leaves,
 * and the right edge of each tree that the connection keeps in memory (connection.h). */
#pragma once
#include "store/sqlite/connection.h"

/* Makes the subtree rows of a journal again from its leaves; there must be none. */
MUST_USE Status tree_rows_rebuild(struct scope *s, struct store *st, int64_t journal);
