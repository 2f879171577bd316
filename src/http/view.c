#include "http/view.h"
#include <inttypes.h>

struct view view_open(struct scope *s, size_t bytes_max)
{
    return (struct view){.writer = writer_open(s, bytes_max)};
}

Status view_close(struct view *v, Bytes *out)
{
    return writer_close(&v->writer, out);
}

static void quote(struct writer *w, Str text)
{
    bool valid = str_is_text(text);
    size_t from = 0;
    write_u8(w, '"');
    for (size_t i = 0; i < text.len; i++) {
        uint8_t c = (uint8_t)text.ptr[i];
        if (c >= 0x20 && c != '"' && c != '\\' && c != 0x7f && (valid || c < 0x80)) continue;
        write_bytes(w, text.ptr + from, i - from);
        from = i + 1;
        if (c >= 0x80)
            write_str(w, STR("\\ufffd"));
        else if (c == '"' || c == '\\')
            write_print(w, "\\%c", c);
        else
            write_print(w, "\\u%04x", (unsigned)c);
    }
    if (from < text.len) write_bytes(w, text.ptr + from, text.len - from);
    write_u8(w, '"');
}

static void put_name(struct view *v, Str key)
{
    if (v->follows) write_u8(&v->writer, ',');
    v->follows = true;
    if (key.ptr == NULL) return;
    quote(&v->writer, key);
    write_u8(&v->writer, ':');
}

void put_open_named(struct view *v, Str key, char bracket)
{
    put_name(v, key);
    write_u8(&v->writer, (uint8_t)bracket);
    v->follows = false;
}

void put_open(struct view *v, const char *key, char bracket)
{
    put_open_named(v, str_of(key), bracket);
}

void put_close(struct view *v, char bracket)
{
    write_u8(&v->writer, (uint8_t)bracket);
    v->follows = true;
}

void put_text_named(struct view *v, Str key, Str text)
{
    put_name(v, key);
    quote(&v->writer, text);
}

void put_text(struct view *v, const char *key, Str text)
{
    put_text_named(v, str_of(key), text);
}

void put_number(struct view *v, const char *key, uint64_t number)
{
    put_name(v, str_of(key));
    write_print(&v->writer, "%" PRIu64, number);
}

void put_flag(struct view *v, const char *key, bool flag)
{
    put_name(v, str_of(key));
    write_str(&v->writer, flag ? STR("true") : STR("false"));
}

void put_instant(struct view *v, const char *key, Instant at)
{
    char text[INSTANT_TEXT_MAX];
    instant_format(at, text);
    put_text(v, key, str_of(text));
}

void put_null(struct view *v, const char *key)
{
    put_name(v, str_of(key));
    write_str(&v->writer, STR("null"));
}

void put_raw(struct view *v, const char *key, Str json)
{
    put_name(v, str_of(key));
    write_str(&v->writer, json);
}
