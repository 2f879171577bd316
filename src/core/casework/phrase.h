/* core/casework/phrase.h - sentences of the catalogue (packs/texts) in one language: gaps filled,
 * plural forms chosen as CLDR has them. Decides wording only. */
#pragma once
#include "base/json.h"

struct phrases {
    struct scope *scope;
    const json_t *texts; /* names and texts of the catalogue; not owned */
    Str language;
};

/* A text, NUL-ended; the key itself when the catalogue has none. Of a plural, the general form. */
Str phrase(const struct phrases *p, const char *key);

/* The form for a whole number, with "{count}" filled in. */
Str phrase_count(const struct phrases *p, const char *key, int64_t count);

/* `text` with `value` for every `gap` ("{case}"). {NULL, 0} without memory, and when `text` is. */
Str phrase_fill(const struct phrases *p, Str text, const char *gap, Str value);

/* "zero", "one", "few", "many" or "other": the form of a whole number in a language; of one that is
 * not known here, as in English. */
const char *phrase_form(Str language, int64_t count);
