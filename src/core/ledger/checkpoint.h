/* core/ledger/checkpoint.h - C2SP tlog-checkpoint and tlog-cosignature v1: the signed head of a
 * journal, and the other side's signature under it with the time of its clock.
 * Decides whether a head is well formed and who signed it; never whether it is consistent with
 * another head (tree.h, witness.h). docs/formats/checkpoint.md has every byte. */
#pragma once
#include "base/hash.h"
#include "base/instant.h"
#include "core/ledger/note.h"

/* Sizes fit a signed 64-bit integer, so that every store and language can hold them. */
#define TREE_SIZE_MAX ((uint64_t)INT64_MAX)

struct checkpoint {
    Str origin;
    uint64_t size;
    Hash root;
    struct note note; /* its text and all signature lines */
};

/* The three lines that are signed. ERR_USAGE when the origin cannot be one. */
MUST_USE Status checkpoint_text(struct scope *s, Str origin, uint64_t size, const Hash *root,
                                Str *out);

/* Reads a note as a checkpoint; extension lines are let pass. Verifies no signature. ERR_SCHEMA or
 * ERR_LIMIT; the parts point into `note`. */
MUST_USE Status checkpoint_parse(struct scope *s, Str note, struct checkpoint *out);

/* The text with the log's signature under it; `name` is the origin. */
MUST_USE Status checkpoint_sign(struct scope *s, Str text, Str name, const struct secret_key *key,
                                Str *out_note);

/* ERR_SIGNATURE unless it is a head of `origin` signed by the journal key of that name. */
MUST_USE Status checkpoint_check(struct scope *s, const struct checkpoint *cp, Str origin,
                                 const PublicKey *key);

/* A cosignature/v1 line over a checkpoint's text (note_add_line puts it under the note). The name
 * is not signed, so one key serves one cosigner only. ERR_USAGE for a time before 1970. */
MUST_USE Status cosignature_make(struct scope *s, Str text, Str name, const struct secret_key *key,
                                 Instant time, Str *out_line);

/* ERR_SIGNATURE unless the cosigner's line stands and is good; its time in whole seconds. */
MUST_USE Status cosignature_check(struct scope *s, const struct checkpoint *cp, Str name,
                                  const PublicKey *key, Instant *out_time);

/* The note with a cosignature line that came from elsewhere, once it is known to be that
 * cosigner's, good, and nothing but one line: ERR_SIGNATURE otherwise, ERR_SCHEMA for no line. */
MUST_USE Status cosignature_add(struct scope *s, Str note, Str line, Str name, const PublicKey *key,
                                Str *out_note);
