#include "base/str.h"

int str_compare(Str a, Str b)
{
    size_t len = a.len < b.len ? a.len : b.len;
    int order = len ? memcmp(a.ptr, b.ptr, len) : 0;
    if (order != 0) return order;
    return (a.len > b.len) - (a.len < b.len);
}

bool str_has_prefix(Str s, const char *prefix)
{
    size_t len = strlen(prefix);
    return s.len >= len && memcmp(s.ptr, prefix, len) == 0;
}

bool str_has_suffix(Str s, const char *suffix)
{
    size_t len = strlen(suffix);
    return s.len >= len && memcmp(s.ptr + s.len - len, suffix, len) == 0;
}

Str str_cut(Str *s, char separator)
{
    const char *at = s->len ? memchr(s->ptr, separator, s->len) : NULL;
    Str head = *s;
    if (at == NULL) {
        *s = (Str){NULL, 0};
        return head;
    }
    head.len = (size_t)(at - s->ptr);
    *s = (Str){at + 1, s->len - head.len - 1};
    return head;
}

Str str_trim(Str s)
{
    while (s.len && (s.ptr[0] == ' ' || s.ptr[0] == '\t' || s.ptr[0] == '\n'))
        s.ptr++, s.len--;
    while (s.len && (s.ptr[s.len - 1] == ' ' || s.ptr[s.len - 1] == '\t' ||
                     s.ptr[s.len - 1] == '\n' || s.ptr[s.len - 1] == '\r'))
        s.len--;
    return s;
}

bool str_u64(Str s, uint64_t *out)
{
    if (s.len == 0 || s.len > 20 || (s.len > 1 && s.ptr[0] == '0')) return false;
    uint64_t value = 0;
    for (size_t i = 0; i < s.len; i++) {
        if (s.ptr[i] < '0' || s.ptr[i] > '9') return false;
        unsigned digit = (unsigned)(s.ptr[i] - '0');
        if (value > (UINT64_MAX - digit) / 10) return false;
        value = value * 10 + digit;
    }
    *out = value;
    return true;
}

bool str_decimal(Str s, double *out)
{
    size_t i = 0, digits = 0;
    bool negative = s.len && (s.ptr[0] == '-' || s.ptr[0] == '+');
    if (negative) i = 1;
    negative = negative && s.ptr[0] == '-';
    double value = 0, scale = 1;
    bool point = false;
    for (; i < s.len; i++) {
        char c = s.ptr[i];
        if (c == '.' && !point && digits > 0 && i + 1 < s.len) {
            point = true;
            continue;
        }
        if (c < '0' || c > '9' || ++digits > 15) return false;
        value = value * 10 + (c - '0');
        if (point) scale *= 10;
    }
    if (digits == 0) return false;
    *out = (negative ? -value : value) / scale;
    return true;
}

/* Length of the UTF-8 sequence that starts at `p`, 0 when it is not one. */
static size_t sequence_len(const unsigned char *p, size_t left)
{
    unsigned c = p[0];
    size_t len = c < 0x80                ? 1
                 : c >= 0xc2 && c < 0xe0 ? 2
                 : c >= 0xe0 && c < 0xf0 ? 3
                 : c >= 0xf0 && c < 0xf5 ? 4
                                         : 0;
    if (len == 0 || len > left) return 0;
    for (size_t i = 1; i < len; i++)
        if ((p[i] & 0xc0) != 0x80) return 0;
    if (c == 0xe0 && p[1] < 0xa0) return 0;
    if (c == 0xed && p[1] > 0x9f) return 0;
    if (c == 0xf0 && p[1] < 0x90) return 0;
    if (c == 0xf4 && p[1] > 0x8f) return 0;
    return len;
}

bool str_is_text(Str s)
{
    const unsigned char *p = (const unsigned char *)s.ptr;
    for (size_t i = 0; i < s.len;) {
        size_t len = sequence_len(p + i, s.len - i);
        if (len == 0) return false;
        if (len == 1 && ((p[i] < 0x20 && p[i] != '\n' && p[i] != '\t') || p[i] == 0x7f))
            return false;
        if (len == 2 && p[i] == 0xc2 && p[i + 1] < 0xa0) return false; /* C1 controls */
        i += len;
    }
    return true;
}
