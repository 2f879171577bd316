#include "base/writer.h"
#include <stdarg.h>
#include <stdio.h>

struct writer writer_open(struct scope *s, size_t bytes_max)
{
    return (struct writer){.scope = s, .max = bytes_max, .status = OK};
}

Status writer_close(struct writer *w, Bytes *out)
{
    if (w->status == OK) *out = (Bytes){w->ptr, w->len};
    return w->status;
}

Status writer_close_str(struct writer *w, Str *out)
{
    Bytes bytes;
    TRY(writer_close(w, &bytes));
    *out = bytes_str(bytes);
    return OK;
}

/* Room for `len` more bytes and a NUL behind them; NULL when the writer has failed. */
static uint8_t *reserve(struct writer *w, size_t len)
{
    if (w->status != OK) return NULL;
    if (len > w->max - w->len) {
        w->status =
            fail(w->scope, ERR_LIMIT, "more than %zu bytes, which is the maximum here", w->max);
        return NULL;
    }
    if (w->len + len >= w->room) {
        size_t room = w->room ? w->room * 2 : 128;
        if (room <= w->len + len) room = w->len + len + 1;
        uint8_t *bigger = scope_alloc(w->scope, room);
        if (bigger == NULL) {
            w->status = ERR_MEMORY;
            return NULL;
        }
        if (w->len) memcpy(bigger, w->ptr, w->len);
        w->ptr = bigger;
        w->room = room;
    }
    return w->ptr + w->len;
}

void write_bytes(struct writer *w, const void *ptr, size_t len)
{
    uint8_t *at = reserve(w, len);
    if (at == NULL || len == 0) return;
    memcpy(at, ptr, len);
    w->len += len;
}

void write_u8(struct writer *w, uint8_t value)
{
    write_bytes(w, &value, 1);
}

static void write_be(struct writer *w, uint64_t value, size_t len)
{
    uint8_t out[8];
    for (size_t i = 0; i < len; i++)
        out[i] = (uint8_t)(value >> (8 * (len - 1 - i)));
    write_bytes(w, out, len);
}

void write_u16(struct writer *w, uint16_t value)
{
    write_be(w, value, 2);
}

void write_u32(struct writer *w, uint32_t value)
{
    write_be(w, value, 4);
}

void write_u64(struct writer *w, uint64_t value)
{
    write_be(w, value, 8);
}

void write_str(struct writer *w, Str text)
{
    write_bytes(w, text.ptr, text.len);
}

void write_print(struct writer *w, const char *format, ...)
{
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    int len = vsnprintf(NULL, 0, format, args);
    va_end(args);
    uint8_t *at = len < 0 ? NULL : reserve(w, (size_t)len + 1);
    if (at) {
        vsnprintf((char *)at, (size_t)len + 1, format, again);
        w->len += (size_t)len;
    }
    va_end(again);
}

void write_hex(struct writer *w, Bytes bytes)
{
    static const char digits[] = "0123456789abcdef";
    uint8_t *at = reserve(w, 2 * bytes.len);
    if (at == NULL) return;
    for (size_t i = 0; i < bytes.len; i++) {
        *at++ = (uint8_t)digits[bytes.ptr[i] >> 4];
        *at++ = (uint8_t)digits[bytes.ptr[i] & 15];
    }
    w->len += 2 * bytes.len;
}

void write_base64(struct writer *w, Bytes b)
{
    static const char set[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    size_t len = (b.len + 2) / 3 * 4;
    uint8_t *at = reserve(w, len);
    if (at == NULL) return;
    for (size_t i = 0; i < b.len; i += 3, at += 4) {
        size_t left = b.len - i;
        uint32_t v = (uint32_t)b.ptr[i] << 16 | (left > 1 ? (uint32_t)b.ptr[i + 1] << 8 : 0) |
                     (left > 2 ? b.ptr[i + 2] : 0);
        char out[4] = {set[v >> 18], set[v >> 12 & 63], left > 1 ? set[v >> 6 & 63] : '=',
                       left > 2 ? set[v & 63] : '='};
        memcpy(at, out, 4);
    }
    w->len += len;
}
