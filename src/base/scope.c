#include "base/scope.h"
#include <stdalign.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

enum { BLOCK_BYTES = 16 * 1024 };

struct block {
    struct block *next;
    size_t size;
    size_t used;
    alignas(max_align_t) unsigned char data[];
};

struct scope {
    struct block *blocks;
    size_t bytes_max;
    size_t used;
    bool lacked;
    char reason[SCOPE_REASON_MAX];
};

struct scope *scope_open(size_t bytes_max)
{
    struct scope *s = calloc(1, sizeof *s);
    if (s) s->bytes_max = bytes_max;
    return s;
}

static void blocks_free(struct block *b)
{
    while (b) {
        struct block *next = b->next;
        free(b);
        b = next;
    }
}

void scope_close(struct scope *s)
{
    if (s == NULL) return;
    blocks_free(s->blocks);
    free(s);
}

void scope_reset(struct scope *s)
{
    /* The first block of ordinary size stays, so that a loop does not allocate at every turn. */
    struct block *keep = s->blocks;
    if (keep && keep->size == BLOCK_BYTES) {
        blocks_free(keep->next);
        keep->next = NULL;
        keep->used = 0;
    } else {
        blocks_free(keep);
        s->blocks = NULL;
    }
    s->used = 0;
    s->lacked = false;
    s->reason[0] = '\0';
}

void scope_auto_close(struct scope **s)
{
    scope_close(*s);
}

static struct block *block_add(struct scope *s, size_t bytes)
{
    size_t size = bytes > BLOCK_BYTES / 4 ? bytes : BLOCK_BYTES;
    struct block *b = malloc(sizeof *b + size);
    if (b == NULL) return NULL;
    b->size = size;
    b->used = 0;
    /* A large block goes behind the one in use, whose rest stays useful. */
    if (size != BLOCK_BYTES && s->blocks) {
        b->next = s->blocks->next;
        s->blocks->next = b;
    } else {
        b->next = s->blocks;
        s->blocks = b;
    }
    return b;
}

void *scope_alloc(struct scope *s, size_t bytes)
{
    size_t align = alignof(max_align_t);
    if (bytes > s->bytes_max || s->bytes_max - bytes < s->used) {
        s->lacked = true;
        fail(s, ERR_MEMORY, "this needs more memory than one piece of work may use (%zu bytes)",
             s->bytes_max);
        return NULL;
    }
    size_t room = (bytes + align - 1) / align * align;
    struct block *b = s->blocks;
    if (b == NULL || b->size - b->used < room) b = block_add(s, room);
    if (b == NULL) {
        s->lacked = true;
        fail(s, ERR_MEMORY, "the machine has no memory left");
        return NULL;
    }
    void *out = b->data + b->used;
    b->used += room;
    s->used += room;
    memset(out, 0, room);
    return out;
}

void *scope_array(struct scope *s, size_t count, size_t size)
{
    size_t bytes;
    if (__builtin_mul_overflow(count, size, &bytes)) {
        s->lacked = true;
        fail(s, ERR_MEMORY, "a list of %zu items is too long", count);
        return NULL;
    }
    return scope_alloc(s, bytes);
}

Str scope_str(struct scope *s, Str text)
{
    char *copy = scope_alloc(s, text.len + 1);
    if (copy == NULL) return (Str){NULL, 0};
    if (text.len) memcpy(copy, text.ptr, text.len);
    return (Str){copy, text.len};
}

Bytes scope_bytes(struct scope *s, Bytes bytes)
{
    return str_bytes(scope_str(s, bytes_str(bytes)));
}

bool scope_has_lacked(const struct scope *s)
{
    return s->lacked;
}

size_t scope_used(const struct scope *s)
{
    return s->used;
}

const char *scope_reason(const struct scope *s)
{
    return s->reason;
}

struct failure failure_hold(const struct scope *s, Status status)
{
    struct failure f = {.status = status};
    memcpy(f.reason, s->reason, sizeof f.reason);
    return f;
}

Status failure_tell(struct scope *s, const struct failure *f)
{
    return fail(s, f->status, "%s", f->reason);
}

Status fail(struct scope *s, Status status, const char *format, ...)
{
    char reason[SCOPE_REASON_MAX]; /* the newest reason may be one of the arguments */
    va_list args;
    va_start(args, format);
    vsnprintf(reason, sizeof reason, format, args);
    va_end(args);
    memcpy(s->reason, reason, strlen(reason) + 1);
    return status;
}

Str scope_print(struct scope *s, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    va_list again;
    va_copy(again, args);
    int len = vsnprintf(NULL, 0, format, args);
    va_end(args);
    char *out = len < 0 ? NULL : scope_alloc(s, (size_t)len + 1);
    if (out) vsnprintf(out, (size_t)len + 1, format, again);
    va_end(again);
    return (Str){out, out ? (size_t)len : 0};
}

Str scope_join(struct scope *s, Str a, char separator, Str b)
{
    char *text = scope_alloc(s, a.len + b.len + 2);
    if (text == NULL) return (Str){NULL, 0};
    memcpy(text, a.ptr, a.len);
    text[a.len] = separator;
    memcpy(text + a.len + 1, b.ptr, b.len);
    return (Str){text, a.len + 1 + b.len};
}
