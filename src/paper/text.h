/* paper/text.h - type: which letters a piece of text is set in, and its lines at a given width.
 * Only paper/ uses it. */
#pragma once
#include "base/scope.h"
#include <pango/pangocairo.h>

enum type_style {
    TYPE_BODY,
    TYPE_TITLE,
    TYPE_HEADING,
    TYPE_SUBHEADING,
    TYPE_ISSUER,
    TYPE_LABEL,
    TYPE_NAME,
    TYPE_TABLE,
    TYPE_TABLE_HEAD,
    TYPE_MARK,
    TYPE_NUMBER,
    TYPE_SMALL,
    TYPE_DIGEST,
    TYPE_GAP,
    TYPE_BANNER,
    TYPE_STYLE_COUNT
};

enum { TYPE_RUNS_MAX = 12 };

/* Text in one style; a cell of the page is a few of them one after the other. */
struct type_run {
    enum type_style style;
    Str text;
    Str language; /* empty: that of the setting */
};

struct type_setting {
    struct type_run runs[TYPE_RUNS_MAX];
    size_t run_count;
    Str language;
    double width, hang; /* points; `hang` indents all lines but the first, and is the tab stop */
    PangoAlignment align;
};

/* One more run at the end; an empty text adds none. */
void type_add(struct type_setting *t, enum type_style style, Str text);
void type_add_in(struct type_setting *t, enum type_style style, Str text, Str language);

/* Language of the run that holds this byte of the laid out text; empty: that of the setting. */
Str type_language_at(const struct type_setting *t, size_t byte);

/* ERR_DISK when a document would be drawn with other fonts than it is laid out for. */
MUST_USE Status type_fonts_check(struct scope *s, PangoContext *context);

/* Lines of the text; the caller releases it with g_object_unref. ERR_MEMORY past the scope. */
MUST_USE Status type_set(struct scope *s, PangoContext *context, const struct type_setting *t,
                         PangoLayout **out);

/* `text` with direction controls and characters that cannot be seen spelled out: they could make a
 * signed text read differently from what was signed (Unicode technical report 36, section 3.3). */
Str type_visible(struct scope *s, Str text);
