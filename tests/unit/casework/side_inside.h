/* tests/unit/casework/side_inside.h - what the files of a post in memory share. */
#pragma once
#include "side.h"

/* Officers and mandates of the own journal, or of the other one. */
Status side_authority(struct side *d, bool theirs, const struct authority **out);

/* A fact that this post knows; NULL when it does not. */
const struct fact *side_fact(const struct side *d, Str party, uint64_t index);

/* The same by "party:index". */
const struct fact *side_fact_of(const struct side *d, Str text);

void side_number_add(struct side *d, Str number);

/* Facts under the numbers of a case, outside of cases for an empty one, or of all cases. */
Status side_entries(struct side *d, Str number, bool all, struct entry **out, size_t *out_count);

/* What a fact that stands from now on changes besides the fold. */
Status side_effect(struct side *d, const struct fact *f, bool own);

/* Which numbers are one case: by every link that stands and that nobody has undone. */
Status side_regroup(struct side *d);

/* Opens a fact that crosses by itself, unless the exchange is suspended. */
Status side_open_self(struct side *d, const struct fact *f);

/* Opens what waited while the exchange was suspended. */
Status side_catch_up(struct side *d);

/* The values that a recall names are taken out of what was opened. */
Status side_purge_opened(struct side *d, Str of);
