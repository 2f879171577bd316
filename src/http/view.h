/* http/view.h - JSON written value by value into the scope of a request. Like the writer below
 * it, a failure sticks and view_close reports it once. Keys are ours; values may be anybody's. */
#pragma once
#include "base/instant.h"
#include "base/writer.h"

struct view {
    struct writer writer;
    bool follows; /* something stands before in this object or list */
};

/* An empty text, and the text as written or the first failure. */
struct view view_open(struct scope *s, size_t bytes_max);
MUST_USE Status view_close(struct view *v, Bytes *out);

/* '{' or '[' and its end. Here and below, `key` is NULL inside a list. */
void put_open(struct view *v, const char *key, char bracket);
void put_close(struct view *v, char bracket);

/* A text; bytes that are no UTF-8 text are shown as U+FFFD. */
void put_text(struct view *v, const char *key, Str text);
/* A text under a key that is not ours. */
void put_text_named(struct view *v, Str key, Str text);
void put_open_named(struct view *v, Str key, char bracket);
void put_number(struct view *v, const char *key, uint64_t number);
void put_flag(struct view *v, const char *key, bool flag);
void put_instant(struct view *v, const char *key, Instant at);
void put_null(struct view *v, const char *key);
/* JSON that is known to be well-formed. */
void put_raw(struct view *v, const char *key, Str json);
