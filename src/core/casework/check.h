/* core/casework/check.h - reads a whole pack as a careful colleague would: what is missing, wrong,
 * or leads nowhere. Decides only what is to be mended; a pack is used by what pack_parse accepts.
 */
#pragma once
#include "core/casework/pack.h"

struct pack_finding {
    Str file;  /* "pack.json" */
    Str place; /* "types[I05].steps[b].limit" */
    Str mend;  /* what to do, one sentence */
};

struct pack_text {
    Str file; /* "en.json" */
    Bytes bytes;
};

enum { FINDINGS_MAX = 1000 };

/* Every problem of the three sorts of files, at most FINDINGS_MAX; none in a good pack. Fails only
 * for want of memory: what cannot be read is a finding. */
MUST_USE Status pack_check(struct scope *s, Bytes kinds, Bytes pack, const struct pack_text *texts,
                           size_t text_count, struct pack_finding **out, size_t *out_count);
