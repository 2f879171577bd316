/* app/words.h - texts of the catalogue (packs/texts, and what a pack brings) in one language, for
 * what the post itself puts into words. */
#pragma once
#include "base/json.h"

struct words {
    struct scope *scope;
    json_t *json; /* released by words_close */
};

struct post;

/* A file of texts, for example "texts/fr.json": of the post's pack, else of the program.
 * ERR_NOT_FOUND when neither has it. */
MUST_USE Status words_file(struct scope *s, const struct post *p, Str name, Bytes *out);

/* The catalogue of a language, in English what it lacks or where there is none; the caller releases
 * it (AUTO_JSON). */
MUST_USE Status words_json(struct scope *s, const struct post *p, Str language, json_t **out);

/* The catalogue as `words`, with the errors of words_json; closed by words_close (AUTO_WORDS). */
MUST_USE Status words_open(struct scope *s, const struct post *p, Str language, struct words *out);
void words_close(struct words *w);
#define AUTO_WORDS __attribute__((cleanup(words_close)))

/* A text, NUL-ended; the key itself when the catalogue has none. */
Str words_get(const struct words *w, const char *key);

/* `text` with `value` for every `gap` ("{case}"). Both may be empty. */
Str words_fill(const struct words *w, Str text, const char *gap, Str value);
