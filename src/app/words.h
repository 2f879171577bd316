/* app/words.h - texts of the catalogue (packs/texts) in one language, for what the post itself puts
 * into words. */
#pragma once
#include "base/json.h"
#include "base/writer.h"

struct words {
    struct scope *scope;
    json_t *json; /* released by words_close */
};

/* The catalogue of a language, or English where there is none. */
MUST_USE Status words_open(struct scope *s, Str language, struct words *out);
void words_close(struct words *w);
#define AUTO_WORDS __attribute__((cleanup(words_close)))

/* A text, NUL-ended; the key itself when the catalogue has none. */
Str words_get(const struct words *w, const char *key);

/* `text` with `value` for every `gap` ("{case}"). Both may be empty. */
Str words_fill(const struct words *w, Str text, const char *gap, Str value);
