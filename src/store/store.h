/* store/store.h - one connection to the database of one post, and its transactions.
 * A connection is used by one thread at a time; several may be open on one post (one writes).
 * Decides nothing: it keeps what it is given, in order, and gives it back.
 *
 * Truth: journal, leaf, own facts, openings, heads, forks, neighbours, keys, blobs, settings.
 * Projections (rebuilt by store_projections_clear and the app): fact rows of the other side,
 * subtree rows, case rows, aliases. */
#pragma once
#include "base/instant.h"
#include "base/scope.h"

struct store;

enum store_mode { STORE_CREATE, STORE_WRITE, STORE_READ };

/* Opens `path`; STORE_CREATE makes the file (0600) and refuses one that exists (ERR_DUPLICATE).
 * Applies schema/NNNN-*.sql that are not yet applied (compiled in). WAL, synchronous FULL.
 * ERR_DISK when it cannot be opened, is damaged, or was made by a newer program. */
MUST_USE Status store_open(struct scope *s, const char *path, enum store_mode mode,
                           struct store **out);

/* Accepts NULL. An open transaction is rolled back. */
void store_close(struct store *st);

/* Lets go of the files as they lie, as after SIGKILL: the log stays where it is and is not folded
 * into the database. Accepts NULL. */
void store_abandon(struct store *st);

/* BEGIN IMMEDIATE; ERR_BUSY after 5 s when another process writes. With STORE_READ one consistent
 * view of the post until commit or rollback. */
MUST_USE Status store_begin(struct scope *s, struct store *st);

/* Durable when it returns OK. An error means unknown: read again. */
MUST_USE Status store_commit(struct scope *s, struct store *st);

/* Brings all that was committed into the one file, so that it may be moved or copied alone.
 * ERR_BUSY while somebody else reads it. */
MUST_USE Status store_merge(struct scope *s, struct store *st);

/* Undoes the open transaction, if any; never fails visibly (prepared at open). */
void store_rollback(struct store *st);

/* Has another connection committed since the last call? Also when that cannot be known, and at the
 * first call. What was read before is then old. */
bool store_has_changed(struct store *st);

/* A mark inside the transaction: undo returns to it, keep forgets it. One level. When undoing
 * fails, the whole transaction is undone and every further call reports that. */
MUST_USE Status store_mark(struct scope *s, struct store *st);
MUST_USE Status store_mark_keep(struct scope *s, struct store *st);
void store_mark_undo(struct store *st);

/* Rows that this connection has changed so far: equal before and after work that wrote nothing. */
uint64_t store_changes(const struct store *st);

/* Small settings by name (numbers as decimal text). ERR_NOT_FOUND when absent. */
MUST_USE Status store_setting_load(struct scope *s, struct store *st, const char *name, Bytes *out);
MUST_USE Status store_setting_save(struct scope *s, struct store *st, const char *name,
                                   Bytes value);

/* Empties every projection table inside the open transaction; subtree rows are made again at once
 * from the leaves, the app makes the rest. */
MUST_USE Status store_projections_clear(struct scope *s, struct store *st);

/* A dump of all projection tables in canonical order, hashed, for comparing live with rebuilt. */
MUST_USE Status store_projections_digest(struct scope *s, struct store *st, uint8_t out[static 32]);

/* PRAGMA integrity_check in words; OK when sound, ERR_DISK otherwise. */
MUST_USE Status store_check(struct scope *s, struct store *st);

/* A consistent copy of the whole database into a new file at `path` (0600), while others write. */
MUST_USE Status store_copy(struct scope *s, struct store *st, const char *path);
