#include "base/reader.h"

struct reader reader_open(struct scope *s, Bytes bytes, const char *what)
{
    return (struct reader){.scope = s, .bytes = bytes, .what = what};
}

Status reader_close(struct reader *r)
{
    if (r->failed)
        return fail(r->scope, ERR_SCHEMA, "%s: not well formed at byte %zu", r->what, r->at);
    if (r->at != r->bytes.len)
        return fail(r->scope, ERR_SCHEMA, "%s: %zu bytes too many at its end", r->what,
                    r->bytes.len - r->at);
    return OK;
}

void reader_refuse(struct reader *r)
{
    r->failed = true;
}

Bytes read_bytes(struct reader *r, size_t len)
{
    if (r->failed || len > r->bytes.len - r->at) {
        r->failed = true;
        return (Bytes){NULL, 0};
    }
    Bytes out = {r->bytes.ptr + r->at, len};
    r->at += len;
    return out;
}

static uint64_t read_be(struct reader *r, size_t len)
{
    Bytes b = read_bytes(r, len);
    uint64_t value = 0;
    for (size_t i = 0; i < b.len; i++)
        value = value << 8 | b.ptr[i];
    return value;
}

uint8_t read_u8(struct reader *r)
{
    return (uint8_t)read_be(r, 1);
}

uint16_t read_u16(struct reader *r)
{
    return (uint16_t)read_be(r, 2);
}

uint32_t read_u32(struct reader *r)
{
    return (uint32_t)read_be(r, 4);
}

uint64_t read_u64(struct reader *r)
{
    return read_be(r, 8);
}

void read_fixed(struct reader *r, uint8_t *out, size_t len)
{
    Bytes b = read_bytes(r, len);
    if (b.ptr)
        memcpy(out, b.ptr, len);
    else
        memset(out, 0, len);
}

size_t reader_left(const struct reader *r)
{
    return r->failed ? 0 : r->bytes.len - r->at;
}

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    return -1;
}

bool hex_parse(Str text, uint8_t *out, size_t len)
{
    if (text.len != 2 * len) return false;
    for (size_t i = 0; i < len; i++)
        if (hex_digit(text.ptr[2 * i]) < 0 || hex_digit(text.ptr[2 * i + 1]) < 0) return false;
    for (size_t i = 0; i < len; i++)
        out[i] = (uint8_t)(hex_digit(text.ptr[2 * i]) << 4 | hex_digit(text.ptr[2 * i + 1]));
    return true;
}

static int base64_digit(char c)
{
    if (c >= 'A' && c <= 'Z') return c - 'A';
    if (c >= 'a' && c <= 'z') return c - 'a' + 26;
    if (c >= '0' && c <= '9') return c - '0' + 52;
    return c == '+' ? 62 : c == '/' ? 63 : -1;
}

bool base64_parse(Str text, uint8_t *out, size_t len)
{
    if (text.len != (len + 2) / 3 * 4) return false;
    size_t pad = (3 - len % 3) % 3, at = 0;
    for (size_t i = 0; i < text.len; i += 4) {
        bool last = i + 4 == text.len;
        size_t digits = 4 - (last ? pad : 0);
        uint32_t v = 0;
        for (size_t j = 0; j < 4; j++) {
            int d = j < digits ? base64_digit(text.ptr[i + j]) : text.ptr[i + j] == '=' ? 0 : -1;
            if (d < 0) return false;
            v = v << 6 | (uint32_t)d;
        }
        /* Canonical: the bits that the padding leaves over are zero. */
        if (last && pad && (v & ((1u << (8 * pad)) - 1))) return false;
        for (size_t j = 0; j < digits - 1; j++)
            out[at++] = (uint8_t)(v >> (16 - 8 * j));
    }
    return true;
}

Status base64_decode(struct scope *s, Str text, size_t bytes_max, Bytes *out)
{
    size_t pad = 0;
    while (pad < 2 && pad < text.len && text.ptr[text.len - 1 - pad] == '=')
        pad++;
    if (text.len % 4) return fail(s, ERR_SCHEMA, "base64 text has %zu characters", text.len);
    size_t len = text.len / 4 * 3 - pad;
    if (len > bytes_max)
        return fail(s, ERR_LIMIT, "base64 text holds more than %zu bytes", bytes_max);
    uint8_t *bytes = scope_alloc(s, len + 1);
    if (bytes == NULL) return ERR_MEMORY;
    if (!base64_parse(text, bytes, len)) return fail(s, ERR_SCHEMA, "base64 text is not canonical");
    *out = (Bytes){bytes, len};
    return OK;
}
