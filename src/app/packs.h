/* app/packs.h - packs: compiled in, or read from a folder. */
#pragma once
#include "base/scope.h"

/* Texts of kinds.json and pack.json for a pack id, or for a folder that holds pack.json (with
 * kinds.json beside it or the built-in one). ERR_NOT_FOUND names the packs there are. */
MUST_USE Status packs_find(struct scope *s, Str pack, Bytes *out_kinds, Bytes *out_pack);

/* A file below packs/ as compiled in, for example "texts/lv.json". ERR_NOT_FOUND. */
MUST_USE Status packs_file(struct scope *s, Str path, Bytes *out);
