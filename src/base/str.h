/* base/str.h - text and bytes as pointer and length. Values: copied freely, own nothing.
 * Str holds UTF-8 that was checked at the edge and is not NUL-ended; Bytes holds anything. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

typedef struct {
    const char *ptr;
    size_t len;
} Str;

typedef struct {
    const uint8_t *ptr;
    size_t len;
} Bytes;

/* A literal as Str, at no cost. */
#define STR(literal)    ((Str){"" literal, sizeof(literal) - 1})

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

/* For printf("%.*s"): the two arguments of a Str. */
#define STR_ARG(s) (int)(s).len, (s).ptr

static inline Str str_of(const char *c_string)
{
    return (Str){c_string, c_string ? strlen(c_string) : 0};
}

static inline Bytes bytes_of(const void *ptr, size_t len)
{
    return (Bytes){ptr, len};
}

static inline Bytes str_bytes(Str s)
{
    return (Bytes){(const uint8_t *)s.ptr, s.len};
}

static inline Str bytes_str(Bytes b)
{
    return (Str){(const char *)b.ptr, b.len};
}

static inline bool str_eq(Str a, Str b)
{
    /* A length without a pointer does not exist; clang's analyser cannot know. NOLINTNEXTLINE */
    return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

static inline bool str_is(Str a, const char *b)
{
    return str_eq(a, str_of(b));
}

static inline bool bytes_eq(Bytes a, Bytes b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

/* Byte order: negative, zero or positive, as memcmp; a prefix comes first. */
int str_compare(Str a, Str b);

bool str_has_prefix(Str s, const char *prefix);
bool str_has_suffix(Str s, const char *suffix);

/* Cuts `s` at the first `separator`: what stands before it is returned, `*s` keeps what follows.
 * Without one, all of `s` is returned and `*s` becomes empty with a NULL pointer. */
Str str_cut(Str *s, char separator);

/* `s` without ASCII blanks at both ends. */
Str str_trim(Str s);

/* Decimal digits without leading zeros, at most 2^64-1; false and `*out` untouched otherwise. */
bool str_u64(Str s, uint64_t *out);

/* An optionally signed decimal such as -12.5 with at most 15 digits; no exponent, no blanks. */
bool str_decimal(Str s, double *out);

/* Is this UTF-8 by RFC 3629, without NUL and other control characters but LF and TAB? */
bool str_is_text(Str s);
