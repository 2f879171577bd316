/* paper/tags.h - the structure of a PDF that readers aloud and search use: what is a heading, a
 * paragraph, a table, and in which language. Cairo 1.16 writes the structure but not the language
 * and no description of pictures; tags_finish adds both by libqpdf. Only paper/ uses it. */
#pragma once
#include "base/scope.h"
#include <cairo.h>

enum { TAG_DEPTH_MAX = 8 };

struct tag {
    struct tag *next;
    const char *name; /* a structure type of ISO 32000-1, 14.8.4; static */
    Str language;     /* empty: as around it */
    Str alt;          /* description of a picture */
};

/* Every tag in the order of opening, which is the order of the structure tree. */
struct tag_list {
    struct tag *first, **end;
};

/* Notes that this tag was opened; only without memory it fails. */
MUST_USE Status tags_add(struct scope *s, struct tag_list *list, const char *name, Str language,
                         Str alt);

/* `pdf` with the language of the document and of each tag, title shown, stable identifiers.
 * ERR_INTERNAL when the structure is not the one in `list`. */
MUST_USE Status tags_finish(struct scope *s, Bytes pdf, const struct tag_list *list, Str language,
                            Bytes *out);
