#include "paper/text.h"
#include "base/writer.h"
#include <assert.h>

#define SERIF "Noto Serif, DejaVu Serif"
#define SANS  "Noto Sans, DejaVu Sans"
#define MONO  "DejaVu Sans Mono"

enum { RUN_BYTES = 300 };

static const struct {
    const char *family;
    double size;
    PangoWeight weight;
    PangoStyle slant;
    uint16_t grey;
} styles[TYPE_STYLE_COUNT] = {
    [TYPE_BODY] = {SERIF, 9.5, PANGO_WEIGHT_NORMAL, PANGO_STYLE_NORMAL, 0},
    [TYPE_TITLE] = {SERIF, 13, PANGO_WEIGHT_BOLD, PANGO_STYLE_NORMAL, 0},
    [TYPE_HEADING] = {SERIF, 11, PANGO_WEIGHT_BOLD, PANGO_STYLE_NORMAL, 0},
    [TYPE_SUBHEADING] = {SERIF, 9.5, PANGO_WEIGHT_BOLD, PANGO_STYLE_ITALIC, 0},
    [TYPE_ISSUER] = {SANS, 8.5, PANGO_WEIGHT_BOLD, PANGO_STYLE_NORMAL, 0x3000},
    [TYPE_LABEL] = {SANS, 7.8, PANGO_WEIGHT_NORMAL, PANGO_STYLE_NORMAL, 0x5000},
    [TYPE_NAME] = {SERIF, 10, PANGO_WEIGHT_BOLD, PANGO_STYLE_NORMAL, 0},
    [TYPE_TABLE] = {SANS, 8, PANGO_WEIGHT_NORMAL, PANGO_STYLE_NORMAL, 0},
    [TYPE_TABLE_HEAD] = {SANS, 7.5, PANGO_WEIGHT_BOLD, PANGO_STYLE_NORMAL, 0x2000},
    [TYPE_MARK] = {"DejaVu Sans", 7.2, PANGO_WEIGHT_BOLD, PANGO_STYLE_NORMAL, 0x3000},
    [TYPE_NUMBER] = {SANS, 10.5, PANGO_WEIGHT_BOLD, PANGO_STYLE_NORMAL, 0},
    [TYPE_SMALL] = {SANS, 6.8, PANGO_WEIGHT_NORMAL, PANGO_STYLE_NORMAL, 0x5000},
    [TYPE_DIGEST] = {MONO, 6.6, PANGO_WEIGHT_NORMAL, PANGO_STYLE_NORMAL, 0x1000},
    [TYPE_GAP] = {SERIF, 9.5, PANGO_WEIGHT_NORMAL, PANGO_STYLE_ITALIC, 0x4800},
    [TYPE_BANNER] = {SANS, 8.5, PANGO_WEIGHT_BOLD, PANGO_STYLE_NORMAL, 0},
};

void type_add_in(struct type_setting *t, enum type_style style, Str text, Str language)
{
    if (text.len == 0) return;
    assert(t->run_count < TYPE_RUNS_MAX);
    t->runs[t->run_count++] = (struct type_run){style, text, language};
}

void type_add(struct type_setting *t, enum type_style style, Str text)
{
    type_add_in(t, style, text, STR(""));
}

Str type_language_at(const struct type_setting *t, size_t byte)
{
    size_t end = 0;
    for (size_t i = 0; i < t->run_count; i++) {
        end += t->runs[i].text.len;
        if (byte < end) return t->runs[i].language;
    }
    return STR("");
}

/* The character that begins at `p` and the bytes it takes; texts are sound UTF-8 by now. */
static unsigned character(const uint8_t *p, size_t left, size_t *out_len)
{
    size_t len = p[0] < 0x80 ? 1 : p[0] < 0xE0 ? 2 : p[0] < 0xF0 ? 3 : 4;
    *out_len = len <= left ? len : 1;
    if (*out_len == 1) return p[0];
    unsigned code = p[0] & (0x7FU >> len);
    for (size_t i = 1; i < len; i++)
        code = code << 6 | (p[i] & 0x3FU);
    return code;
}

/* Turns the direction of what follows, or cannot be seen at all. */
static bool is_hidden(unsigned code)
{
    static const unsigned ranges[][2] = {
        {0x00AD, 0x00AD}, {0x034F, 0x034F}, {0x061C, 0x061C},   {0x115F, 0x1160},
        {0x17B4, 0x17B5}, {0x180B, 0x180F}, {0x200B, 0x200F},   {0x2028, 0x202E},
        {0x2060, 0x206F}, {0x3164, 0x3164}, {0xFE00, 0xFE0F},   {0xFEFF, 0xFEFF},
        {0xFFA0, 0xFFA0}, {0xFFF9, 0xFFFB}, {0x1D173, 0x1D17A}, {0xE0000, 0xE0FFF}};
    for (size_t i = 0; i < COUNT_OF(ranges); i++)
        if (code >= ranges[i][0] && code <= ranges[i][1]) return true;
    return false;
}

/* The joiners shape letters of Arabic and of the scripts of India, and hide everywhere else. */
static bool is_joiner_in_place(unsigned code, unsigned before)
{
    bool is_joined =
        (before >= 0x0600 && before <= 0x08FF) || (before >= 0x0900 && before <= 0x0DFF);
    return (code == 0x200C || code == 0x200D) && is_joined;
}

Str type_visible(struct scope *s, Str text)
{
    const uint8_t *p = (const uint8_t *)text.ptr;
    struct writer w = writer_open(s, text.len * 5 + 16);
    bool found = false;
    unsigned before = 0;
    for (size_t i = 0, len = 0; i < text.len; i += len) {
        unsigned code = character(p + i, text.len - i, &len);
        bool is_spelled = is_hidden(code) && !is_joiner_in_place(code, before);
        if (is_spelled && !found) write_bytes(&w, p, i);
        found = found || is_spelled;
        if (is_spelled)
            write_print(&w, "[U+%04X]", code);
        else if (found)
            write_bytes(&w, p + i, len);
        before = code;
    }
    Str out = text;
    if (!found) return out;
    return writer_close_str(&w, &out) == OK ? out : (Str){NULL, 0};
}

static void attribute_add(PangoAttrList *list, PangoAttribute *a, size_t from, size_t to)
{
    a->start_index = (guint)from;
    a->end_index = (guint)to;
    pango_attr_list_insert(list, a);
}

/* The caller frees. */
static PangoFontDescription *font_of(enum type_style style)
{
    PangoFontDescription *font = pango_font_description_new();
    pango_font_description_set_family_static(font, styles[style].family);
    pango_font_description_set_absolute_size(font, styles[style].size * PANGO_SCALE);
    pango_font_description_set_weight(font, styles[style].weight);
    pango_font_description_set_style(font, styles[style].slant);
    return font;
}

/* Is what the library would draw with one of the families that were asked for, and readable? */
static bool font_is_there(PangoContext *context, enum type_style style)
{
    PangoFontDescription *wanted = font_of(style), *got = NULL;
    PangoFont *font = pango_context_load_font(context, wanted);
    cairo_scaled_font_t *scaled =
        font ? pango_cairo_font_get_scaled_font(PANGO_CAIRO_FONT(font)) : NULL;
    if (scaled && cairo_scaled_font_status(scaled) == CAIRO_STATUS_SUCCESS)
        got = pango_font_describe(font);
    const char *family = got ? pango_font_description_get_family(got) : NULL;
    bool there = family && strstr(styles[style].family, family);
    pango_font_description_free(wanted);
    if (got) pango_font_description_free(got);
    if (font) g_object_unref(font);
    return there;
}

Status type_fonts_check(struct scope *s, PangoContext *context)
{
    for (enum type_style style = 0; style < TYPE_STYLE_COUNT; style++)
        if (!font_is_there(context, style))
            return fail(s, ERR_DISK,
                        "no font of %s can be read: install the packages fonts-noto-core and "
                        "fonts-dejavu-core",
                        styles[style].family);
    return OK;
}

static void style_add(PangoAttrList *list, enum type_style style, size_t from, size_t to)
{
    PangoFontDescription *font = font_of(style);
    attribute_add(list, pango_attr_font_desc_new(font), from, to);
    uint16_t grey = styles[style].grey;
    attribute_add(list, pango_attr_foreground_new(grey, grey, grey), from, to);
    pango_font_description_free(font);
}

/* Pango shapes the rest of a run again for each line; runs of some hundred letters keep a long text
 * from costing its length times its lines. The attribute says what holds anyway. */
static void runs_shorten(PangoAttrList *list, Str all)
{
    for (size_t from = 0, to = 0; from < all.len; from = to) {
        to = from + RUN_BYTES < all.len ? from + RUN_BYTES : all.len;
        size_t hard = to + RUN_BYTES < all.len ? to + RUN_BYTES : all.len;
        while (to < hard && all.ptr[to] != ' ')
            to++;
        while (to < all.len && ((unsigned char)all.ptr[to] & 0xC0) == 0x80)
            to++;
        attribute_add(list, pango_attr_fallback_new(TRUE), from, to);
    }
}

static void shape_set(PangoLayout *layout, const struct type_setting *t)
{
    pango_layout_set_width(layout, pango_units_from_double(t->width));
    pango_layout_set_wrap(layout, PANGO_WRAP_WORD_CHAR);
    pango_layout_set_alignment(layout, t->align);
    pango_layout_set_auto_dir(layout, FALSE);
    pango_layout_set_spacing(layout, pango_units_from_double(0.4));
    if (t->hang <= 0) return;
    pango_layout_set_indent(layout, -pango_units_from_double(t->hang));
    PangoTabArray *tabs = pango_tab_array_new_with_positions(1, FALSE, PANGO_TAB_LEFT,
                                                             pango_units_from_double(t->hang));
    pango_layout_set_tabs(layout, tabs);
    pango_tab_array_free(tabs);
}

Status type_set(struct scope *s, PangoContext *context, const struct type_setting *t,
                PangoLayout **out)
{
    struct type_run runs[TYPE_RUNS_MAX];
    struct writer w = writer_open(s, SIZE_MAX / 4);
    for (size_t i = 0; i < t->run_count; i++) {
        runs[i] = t->runs[i];
        runs[i].text = type_visible(s, runs[i].text);
        runs[i].language = scope_str(s, runs[i].language.len ? runs[i].language : t->language);
        if (runs[i].text.ptr == NULL || runs[i].language.ptr == NULL) return ERR_MEMORY;
        write_str(&w, runs[i].text);
    }
    Str all;
    TRY(writer_close_str(&w, &all));
    if (all.len > INT32_MAX / 2) return fail(s, ERR_LIMIT, "a text is too long for paper");
    PangoLayout *layout = pango_layout_new(context);
    shape_set(layout, t);
    PangoAttrList *list = pango_attr_list_new();
    for (size_t i = 0, at = 0; i < t->run_count; i++) {
        size_t end = at + runs[i].text.len;
        style_add(list, runs[i].style, at, end);
        PangoLanguage *language = pango_language_from_string(runs[i].language.ptr);
        if (runs[i].language.len) attribute_add(list, pango_attr_language_new(language), at, end);
        at = end;
    }
    if (all.len > RUN_BYTES) runs_shorten(list, all);
    /* A digest that goes on in the next line has no hyphen in it. */
    attribute_add(list, pango_attr_insert_hyphens_new(FALSE), 0, all.len);
    pango_layout_set_attributes(layout, list);
    pango_attr_list_unref(list);
    pango_layout_set_text(layout, all.len ? all.ptr : "", (int)all.len);
    *out = layout;
    return OK;
}
