/* base/reader.h - reads bytes in order and never past their end.
 * Like the writer, a failure sticks: later reads give zeros and reader_close reports it once,
 * naming the offset. Nothing is copied; results point into the bytes given. */
#pragma once
#include "base/scope.h"

struct reader {
    struct scope *scope;
    Bytes bytes;
    size_t at;
    bool failed;
    const char *what; /* for the sentence: "parcel", "disclosure" */
};

struct reader reader_open(struct scope *s, Bytes bytes, const char *what);

/* ERR_SCHEMA when anything failed or bytes are left over. */
MUST_USE Status reader_close(struct reader *r);

uint8_t read_u8(struct reader *r);
uint16_t read_u16(struct reader *r);
uint32_t read_u32(struct reader *r);
uint64_t read_u64(struct reader *r);
Bytes read_bytes(struct reader *r, size_t len);
void read_fixed(struct reader *r, uint8_t *out, size_t len);
size_t reader_left(const struct reader *r);

/* Marks the reader as failed, for a value that parses but may not stand here. */
void reader_refuse(struct reader *r);

/* Strict lower-case hex and strict padded base64 of exactly `len` bytes; false otherwise. */
bool hex_parse(Str text, uint8_t *out, size_t len);
bool base64_parse(Str text, uint8_t *out, size_t len);

/* Strict padded base64 of any length into the scope. */
MUST_USE Status base64_decode(struct scope *s, Str text, size_t bytes_max, Bytes *out);
