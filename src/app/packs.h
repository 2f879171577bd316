/* app/packs.h - packs: compiled in, or read from a folder. */
#pragma once
#include "base/scope.h"

/* Texts of kinds.json and pack.json for a pack id, or for a folder that holds pack.json (with
 * kinds.json beside it or the built-in one). ERR_NOT_FOUND names the packs there are. */
MUST_USE Status packs_find(struct scope *s, Str pack, Bytes *out_kinds, Bytes *out_pack);

/* A file that a pack brings with it, for example "texts/fr.json". */
struct pack_file {
    Str name;
    Bytes bytes;
};

/* What stands in texts/ of a pack: catalogues of its languages (*.json) and pages on how to check a
 * dossier (verify.*.txt). None is no failure. */
MUST_USE Status packs_texts(struct scope *s, Str pack, struct pack_file **out, size_t *out_count);

/* ERR_SCHEMA with the first finding when a pack read from a folder is not sound. */
MUST_USE Status packs_check(struct scope *s, Str pack, Bytes kinds, Bytes text);

/* Names of the files compiled in that begin and end so: "texts/lv.json" for "texts/" and ".json".
 */
MUST_USE Status packs_names(struct scope *s, const char *start, const char *end, Str **out,
                            size_t *out_count);

/* A file below packs/ as compiled in, for example "texts/lv.json". ERR_NOT_FOUND. */
MUST_USE Status packs_file(struct scope *s, Str path, Bytes *out);
