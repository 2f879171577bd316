/* base/writer.h - the one growing buffer: bytes written in order, with a maximum from birth.
 * A failure sticks, every later write does nothing, and writer_close reports it once. */
#pragma once
#include "base/scope.h"

struct writer {
    struct scope *scope;
    uint8_t *ptr;
    size_t len;
    size_t room;
    size_t max;
    Status status;
};

struct writer writer_open(struct scope *s, size_t bytes_max);

/* The bytes written so far, which live in the scope; or the first failure. */
MUST_USE Status writer_close(struct writer *w, Bytes *out);
MUST_USE Status writer_close_str(struct writer *w, Str *out);

void write_bytes(struct writer *w, const void *ptr, size_t len);
void write_u8(struct writer *w, uint8_t value);
void write_u16(struct writer *w, uint16_t value); /* big-endian, as all below */
void write_u32(struct writer *w, uint32_t value);
void write_u64(struct writer *w, uint64_t value);
void write_str(struct writer *w, Str text);
void write_print(struct writer *w, const char *format, ...) PRINTF_LIKE(2, 3);

/* Lower-case hex, and standard padded base64. */
void write_hex(struct writer *w, Bytes bytes);
void write_base64(struct writer *w, Bytes bytes);
