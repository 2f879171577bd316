/* A parcel with one thing wrong, so that scenarios can show that the other side notices. Its seal
 * and, where that is not the point, the sender's signature are made anew. Declared in
 * app/exchange.h. */
#include "app/exchange.h"
#include "app/inside.h"
#include "core/ledger/parcel.h"

enum { END_BYTES = 5 + HASH_BYTES + SIGNATURE_BYTES };

/* Copies the records of a plain parcel into a new one, each through `alter`. */
static Status rebuild(struct scope *s, struct post *p, Bytes plain, Str what, Bytes *out)
{
    struct writer w = writer_open(s, PARCEL_BYTES_MAX);
    struct reader r = reader_open(s, (Bytes){plain.ptr, plain.len - END_BYTES}, "parcel");
    bool done = false;
    while (reader_left(&r) > 0) {
        uint8_t type = read_u8(&r);
        uint32_t len = read_u32(&r);
        Bytes payload = scope_bytes(s, read_bytes(&r, len));
        uint8_t *bytes = (uint8_t *)(uintptr_t)payload.ptr;
        if (bytes == NULL) return ERR_MEMORY;
        /* A digit of the root changes, which keeps the note well formed; the last byte of the last
         * leaf. */
        if (!done && str_is(what, "checkpoint") && type == RECORD_CHECKPOINT) {
            for (size_t i = 0, lines = 0; i < len && !done; i++) {
                if (lines == 2 && bytes[i] >= 'A' && bytes[i] <= 'Z') {
                    bytes[i] = bytes[i] == 'Q' ? 'R' : 'Q';
                    done = true;
                }
                if (bytes[i] == '\n') lines++;
            }
        }
        if (!done && str_is(what, "leaf") && type == RECORD_LEAVES) {
            bytes[len - 1] ^= 1;
            done = true;
        }
        write_u8(&w, type);
        write_u32(&w, len);
        write_bytes(&w, payload.ptr, payload.len);
    }
    TRY(reader_close(&r));
    if (w.status != OK) return w.status;
    if (!done) return fail(s, ERR_USAGE, "the next parcel has no %.*s", STR_ARG(what));
    return parcel_close(&w, &p->parcel_keys.keys[0], out);
}

Status exchange_write_tampered(struct scope *s, struct post *p, Str to, Str what, Bytes *out)
{
    Bytes plain;
    AgeRecipient recipient;
    TRY(exchange_plain(s, p, to, &plain, &recipient));
    plain = scope_bytes(s, plain);
    if (plain.ptr == NULL) return ERR_MEMORY;
    if (str_is(what, "signature")) {
        ((uint8_t *)(uintptr_t)plain.ptr)[plain.len - 1] ^= 1;
    } else if (str_is(what, "checkpoint") || str_is(what, "leaf")) {
        TRY(rebuild(s, p, plain, what, &plain));
    } else if (!str_is(what, "parcel")) {
        return fail(s, ERR_USAGE, "%.*s cannot be tampered with", STR_ARG(what));
    }
    TRY(exchange_seal(s, p, &recipient, plain, out));
    if (str_is(what, "parcel")) ((uint8_t *)(uintptr_t)out->ptr)[out->len - 1] ^= 1;
    return OK;
}
