/* base/json.h - JSON at the edge, by jansson: strict (no duplicate keys, bounded depth and size),
 * numbers as integers only, every refusal a sentence that names the place. */
#pragma once
#include "base/scope.h"
#include <jansson.h>

enum { JSON_DEPTH_MAX = 40 };

/* For a json_t that this function owns. */
void json_auto_release(json_t **json);
#define AUTO_JSON __attribute__((cleanup(json_auto_release)))

/* A value the caller releases (AUTO_JSON). `what` names the text in refusals, for example a file.
 */
MUST_USE Status json_read(struct scope *s, Bytes text, size_t bytes_max, const char *what,
                          json_t **out);

/* Compact text with keys in the order they were set. */
MUST_USE Status json_write(struct scope *s, const json_t *json, Str *out);

/* Text of a member, copied into the scope; {NULL, 0} when it is absent or no text. */
Str json_text(struct scope *s, const json_t *object, const char *key);

/* A member that may be left out ({NULL, 0} then); ERR_SCHEMA when it is there and no text. */
MUST_USE Status json_may_text(struct scope *s, const json_t *object, const char *key,
                              const char *what, Str *out);

/* A member that must be there. */
MUST_USE Status json_need_text(struct scope *s, const json_t *object, const char *key,
                               const char *what, Str *out);

/* Is the member there and true? */
bool json_flag(const json_t *object, const char *key);

/* ERR_SCHEMA naming the first key of `object` that is not in the NULL-ended list. */
MUST_USE Status json_keys_check(struct scope *s, const json_t *object, const char *what,
                                const char *const *allowed);

/* New strings from our values; NULL without memory. */
json_t *json_from_str(Str text);
