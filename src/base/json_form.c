#include "base/json_form.h"

struct scan {
    const uint8_t *at, *end;
    uint64_t objects; /* a bit for each open bracket, the innermost lowest: is it an object? */
    unsigned depth;
};

static bool is_digit(const struct scan *x)
{
    return x->at < x->end && *x->at >= '0' && *x->at <= '9';
}

static bool take(struct scan *x, char c)
{
    if (x->at == x->end || *x->at != (uint8_t)c) return false;
    x->at++;
    return true;
}

static void blanks(struct scan *x)
{
    while (take(x, ' ') || take(x, '\n') || take(x, '\t') || take(x, '\r'))
        continue;
}

static bool digits(struct scan *x)
{
    if (!is_digit(x)) return false;
    while (is_digit(x))
        x->at++;
    return true;
}

static bool number(struct scan *x)
{
    take(x, '-');
    if (!take(x, '0') && !digits(x)) return false;
    if (take(x, '.') && !digits(x)) return false;
    if (!take(x, 'e') && !take(x, 'E')) return true;
    if (!take(x, '+')) take(x, '-');
    return digits(x);
}

static bool word(struct scan *x, const char *text)
{
    while (*text)
        if (!take(x, *text++)) return false;
    return true;
}

/* The four digits after "\u"; -1 when they are none. */
static int code_unit(struct scan *x)
{
    int value = 0;
    for (int i = 0; i < 4; i++) {
        int c = x->at < x->end ? *x->at++ : 0;
        int lower = c | 0x20;
        if (c >= '0' && c <= '9')
            value = value * 16 + c - '0';
        else if (lower >= 'a' && lower <= 'f')
            value = value * 16 + lower - 'a' + 10;
        else
            return -1;
    }
    return value;
}

/* Of the two halves of a character beyond the first plane, none stands alone. */
static bool escape(struct scan *x)
{
    if (!take(x, 'u')) return x->at < x->end && *x->at && strchr("\"\\/bfnrt", *x->at++);
    int first = code_unit(x);
    if (first < 0 || (first >= 0xdc00 && first <= 0xdfff)) return false;
    if (first < 0xd800 || first > 0xdbff) return true;
    if (!take(x, '\\') || !take(x, 'u')) return false;
    int second = code_unit(x);
    return second >= 0xdc00 && second <= 0xdfff;
}

static bool string(struct scan *x)
{
    if (!take(x, '"')) return false;
    while (!take(x, '"')) {
        if (x->at == x->end || *x->at < 0x20) return false;
        if (*x->at++ == '\\' && !escape(x)) return false;
    }
    return true;
}

static bool key(struct scan *x)
{
    blanks(x);
    if (!string(x)) return false;
    blanks(x);
    return take(x, ':');
}

/* A value that is no list and no object. */
static bool simple(struct scan *x)
{
    int c = x->at < x->end ? *x->at : 0;
    return c == '"'   ? string(x)
           : c == 't' ? word(x, "true")
           : c == 'f' ? word(x, "false")
           : c == 'n' ? word(x, "null")
                      : number(x);
}

static bool is_object(const struct scan *x)
{
    return x->objects & 1;
}

/* The closing brackets and the comma after a value; up to the next value or the end. */
static bool after_value(struct scan *x)
{
    for (;;) {
        blanks(x);
        if (take(x, ',')) return !is_object(x) || key(x);
        if (!take(x, is_object(x) ? '}' : ']')) return false;
        x->objects >>= 1;
        if (--x->depth == 0) return true;
    }
}

/* Opens a bracket; an empty one is closed at once. False when nothing may follow. */
static bool open_bracket(struct scan *x, bool object)
{
    x->at++;
    x->objects = x->objects << 1 | object;
    x->depth++;
    blanks(x);
    if (x->at < x->end && *x->at == (object ? '}' : ']')) return after_value(x);
    return !object || key(x);
}

enum json_form json_form(Bytes text, unsigned depth_max)
{
    if (text.len == 0) return JSON_IS_MALFORMED; /* and may have no pointer */
    struct scan x = {.at = text.ptr, .end = text.ptr + text.len};
    blanks(&x);
    if (x.at == x.end || (*x.at != '{' && *x.at != '[')) return JSON_IS_MALFORMED;
    do {
        blanks(&x);
        bool object = x.at < x.end && *x.at == '{', list = x.at < x.end && *x.at == '[';
        if ((object || list) && x.depth == depth_max) return JSON_IS_TOO_DEEP;
        bool good = object || list ? open_bracket(&x, object) : simple(&x) && after_value(&x);
        if (!good) return JSON_IS_MALFORMED;
    } while (x.depth > 0);
    blanks(&x);
    return x.at == x.end ? JSON_IS_WELL_FORMED : JSON_IS_MALFORMED;
}
