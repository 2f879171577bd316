/* core/casework/check.h - reads a whole pack as a careful colleague would: what is missing, wrong,
 * or leads nowhere. Decides only what is to be mended; a pack is used by what pack_parse accepts.
 */
#pragma once
#include "core/casework/pack.h"

struct pack_finding {
    Str file;  /* "pack.json" */
    Str place; /* "types[I05].steps[b].limits"; "line 3, column 7" in what is no JSON */
    Str mend;  /* what to do, in plain words, on one line */
};

struct pack_text {
    Str file; /* "en.json" */
    Bytes bytes;
    bool partial; /* may lack texts: the program has them in English */
};

/* The files of a pack. What could not be read has a NULL pointer and is not looked at. */
struct pack_files {
    Bytes kinds, pack;
    Bytes known;       /* the kinds that this program was built with; NULL: not compared */
    Bytes known_texts; /* the catalogue to compare with; NULL: the first of the texts */
    const struct pack_text *texts;
    size_t text_count;
};

enum { FINDINGS_MAX = 1000 };

/* Every problem of the three sorts of files, at most FINDINGS_MAX; none in a good pack. A sentence
 * that would stand at many places is told a few times, then summed up. Fails only for want of
 * memory: what cannot be read is a finding. */
MUST_USE Status pack_check(struct scope *s, const struct pack_files *files,
                           struct pack_finding **out, size_t *out_count);
