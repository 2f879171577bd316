#include "core/ledger/parcel.h"

enum { VERSION = 1, PARTY_BYTES_MAX = 16, RECORDS_MAX = 200000, RECORD_TEXT_MAX = 16384 };

/* A record is u8 type, u32 length, payload; the length is patched in once the payload is written.
 */
static size_t begin(struct writer *w, enum record_type type)
{
    write_u8(w, (uint8_t)type);
    write_u32(w, 0);
    return w->len;
}

static void end(struct writer *w, size_t start)
{
    if (w->status != OK) return;
    size_t len = w->len - start;
    for (int i = 0; i < 4; i++)
        w->ptr[start - 4 + (size_t)i] = (uint8_t)(len >> (24 - 8 * i));
}

static void write_short(struct writer *w, Str text)
{
    write_u8(w, (uint8_t)text.len);
    write_str(w, text);
}

struct writer parcel_open(struct scope *s, const struct parcel_header *h)
{
    struct writer w = writer_open(s, PARCEL_BYTES_MAX);
    size_t at = begin(&w, RECORD_HEADER);
    write_u8(&w, VERSION);
    write_short(&w, h->from);
    write_short(&w, h->to);
    write_u64(&w, h->number);
    write_u64(&w, (uint64_t)h->time.us);
    write_u64(&w, h->leaves_held);
    write_u64(&w, h->opening_held);
    write_u8(&w, h->held);
    write_u64(&w, h->own_leaves);
    write_u64(&w, h->own_openings);
    end(&w, at);
    return w;
}

static void put_note(struct writer *w, enum record_type type, Str note)
{
    size_t at = begin(w, type);
    write_str(w, note);
    end(w, at);
}

void parcel_checkpoint(struct writer *w, Str note)
{
    put_note(w, RECORD_CHECKPOINT, note);
}

void parcel_return_head(struct writer *w, Str note)
{
    put_note(w, RECORD_RETURN_HEAD, note);
}

static void put_leaves(struct writer *w, enum record_type type, uint64_t first,
                       const Hash *commitments, size_t count)
{
    size_t at = begin(w, type);
    write_u64(w, first);
    write_u32(w, (uint32_t)count);
    for (size_t i = 0; i < count; i++)
        write_bytes(w, commitments[i].bytes, HASH_BYTES);
    end(w, at);
}

void parcel_leaves(struct writer *w, uint64_t first, const Hash *commitments, size_t count)
{
    put_leaves(w, RECORD_LEAVES, first, commitments, count);
}

void parcel_return_leaves(struct writer *w, uint64_t first, const Hash *commitments, size_t count)
{
    put_leaves(w, RECORD_RETURN_LEAVES, first, commitments, count);
}

static void put_opening(struct writer *w, enum record_type type, uint64_t number, Bytes handle,
                        Bytes record)
{
    size_t at = begin(w, type);
    write_u64(w, number);
    write_u8(w, (uint8_t)handle.len);
    write_bytes(w, handle.ptr, handle.len);
    write_bytes(w, record.ptr, record.len);
    end(w, at);
}

void parcel_opening(struct writer *w, uint64_t number, Bytes handle, Bytes record)
{
    put_opening(w, RECORD_OPENING, number, handle, record);
}

void parcel_return_opening(struct writer *w, uint64_t number, Bytes handle, Bytes record)
{
    put_opening(w, RECORD_RETURN_OPENING, number, handle, record);
}

void parcel_cosignature(struct writer *w, uint64_t size, Str line)
{
    size_t at = begin(w, RECORD_COSIGNATURE);
    write_u64(w, size);
    write_str(w, line);
    end(w, at);
}

void parcel_piece(struct writer *w, uint64_t opening, uint64_t piece,
                  const struct tree_proof *proof, Bytes bytes)
{
    size_t at = begin(w, RECORD_PIECE);
    write_u64(w, opening);
    write_u64(w, piece);
    write_u8(w, (uint8_t)proof->count);
    for (size_t i = 0; i < proof->count; i++)
        write_bytes(w, proof->hashes[i].bytes, HASH_BYTES);
    write_bytes(w, bytes.ptr, bytes.len);
    end(w, at);
}

void parcel_want(struct writer *w, uint64_t opening, uint64_t first_piece)
{
    size_t at = begin(w, RECORD_WANT);
    write_u64(w, opening);
    write_u64(w, first_piece);
    end(w, at);
}

static Bytes signed_message(const Hash *digest, uint8_t out[static 18 + HASH_BYTES])
{
    memcpy(out, "twinpost/parcel/1", 18);
    memcpy(out + 18, digest->bytes, HASH_BYTES);
    return bytes_of(out, 18 + HASH_BYTES);
}

Status parcel_close(struct writer *w, const struct secret_key *key, Bytes *out)
{
    uint8_t message[18 + HASH_BYTES];
    if (w->status != OK) return w->status;
    Hash digest = hash_of(bytes_of(w->ptr, w->len));
    Signature signature = sign(key, signed_message(&digest, message));
    size_t at = begin(w, RECORD_END);
    write_bytes(w, digest.bytes, HASH_BYTES);
    write_bytes(w, signature.bytes, SIGNATURE_BYTES);
    end(w, at);
    return writer_close(w, out);
}

static Str read_short(struct reader *r)
{
    size_t len = read_u8(r);
    if (len == 0 || len > PARTY_BYTES_MAX) reader_refuse(r);
    return bytes_str(read_bytes(r, len));
}

static void read_header(struct reader *r, struct parcel_header *h)
{
    if (read_u8(r) != VERSION) reader_refuse(r);
    h->from = read_short(r);
    h->to = read_short(r);
    h->number = read_u64(r);
    h->time.us = (int64_t)read_u64(r);
    h->leaves_held = read_u64(r);
    h->opening_held = read_u64(r);
    uint8_t held = read_u8(r);
    if (held > 1) reader_refuse(r);
    h->held = held == 1;
    h->own_leaves = read_u64(r);
    h->own_openings = read_u64(r);
}

static Status read_hashes(struct scope *s, struct reader *r, size_t count, size_t max, Hash **out)
{
    if (count > max || count * HASH_BYTES > reader_left(r)) {
        reader_refuse(r);
        return OK;
    }
    *out = scope_array(s, count + 1, sizeof **out);
    if (*out == NULL) return ERR_MEMORY;
    for (size_t i = 0; i < count; i++)
        read_fixed(r, (*out)[i].bytes, HASH_BYTES);
    return OK;
}

static Bytes read_rest(struct reader *r)
{
    return read_bytes(r, reader_left(r));
}

static Status read_leaves(struct scope *s, struct reader *r, struct parcel_record *rec)
{
    Hash *hashes = NULL;
    rec->first = read_u64(r);
    rec->hash_count = read_u32(r);
    TRY(read_hashes(s, r, rec->hash_count, PARCEL_LEAVES_MAX, &hashes));
    rec->hashes = hashes;
    if (rec->hash_count == 0) reader_refuse(r);
    return OK;
}

static void read_piece(struct reader *r, struct parcel_record *rec)
{
    rec->number = read_u64(r);
    rec->piece = read_u64(r);
    rec->proof.count = read_u8(r);
    if (rec->proof.count > COUNT_OF(rec->proof.hashes)) {
        reader_refuse(r);
        rec->proof.count = 0;
    }
    for (size_t i = 0; i < rec->proof.count; i++)
        read_fixed(r, rec->proof.hashes[i].bytes, HASH_BYTES);
    rec->bytes = read_rest(r);
    if (rec->bytes.len > PIECE_BYTES) reader_refuse(r);
}

static Status read_record(struct scope *s, Bytes payload, struct parcel_record *rec)
{
    struct reader r = reader_open(s, payload, "parcel record");
    size_t handle_len;
    switch (rec->type) {
    case RECORD_HEADER:
        read_header(&r, &rec->header);
        break;
    case RECORD_CHECKPOINT:
    case RECORD_RETURN_HEAD:
        rec->text = bytes_str(read_rest(&r));
        break;
    case RECORD_LEAVES:
    case RECORD_RETURN_LEAVES:
        TRY(read_leaves(s, &r, rec));
        break;
    case RECORD_OPENING:
    case RECORD_RETURN_OPENING:
        rec->number = read_u64(&r);
        handle_len = read_u8(&r);
        if (handle_len != 0 && handle_len != HANDLE_BYTES) reader_refuse(&r);
        rec->handle = read_bytes(&r, handle_len);
        rec->bytes = read_rest(&r);
        break;
    case RECORD_COSIGNATURE:
        rec->first = read_u64(&r);
        rec->text = bytes_str(read_rest(&r));
        break;
    case RECORD_PIECE:
        read_piece(&r, rec);
        break;
    case RECORD_WANT:
        rec->number = read_u64(&r);
        rec->first = read_u64(&r);
        break;
    case RECORD_END:
    default:
        return fail(s, ERR_SCHEMA, "parcel: record type %d is not known", (int)rec->type);
    }
    if (rec->text.len > RECORD_TEXT_MAX) reader_refuse(&r);
    return reader_close(&r);
}

/* The end record is the last 5 + 96 bytes; the digest covers all before it. */
static Status check_end(struct scope *s, Bytes parcel, const PublicKey *key, Bytes *out_records)
{
    enum { END_BYTES = 5 + HASH_BYTES + SIGNATURE_BYTES };
    static const uint8_t end_head[5] = {RECORD_END, 0, 0, 0, HASH_BYTES + SIGNATURE_BYTES};
    uint8_t message[18 + HASH_BYTES];
    Signature signature;
    if (parcel.len > PARCEL_BYTES_MAX)
        return fail(s, ERR_LIMIT, "parcel: more than %d bytes", PARCEL_BYTES_MAX);
    if (parcel.len < END_BYTES ||
        memcmp(parcel.ptr + parcel.len - END_BYTES, end_head, sizeof end_head) != 0)
        return fail(s, ERR_SCHEMA, "parcel: it has no end: it was cut short on the way");
    Bytes records = {parcel.ptr, parcel.len - END_BYTES};
    Hash digest = hash_of(records);
    const uint8_t *at = parcel.ptr + records.len + 5;
    if (memcmp(at, digest.bytes, HASH_BYTES) != 0)
        return fail(s, ERR_PROOF, "parcel: its bytes were changed on the way");
    memcpy(signature.bytes, at + HASH_BYTES, SIGNATURE_BYTES);
    if (!signature_is_valid(&signature, signed_message(&digest, message), key))
        return fail(s, ERR_SIGNATURE, "parcel: the sender's signature does not hold");
    *out_records = records;
    return OK;
}

Status parcel_peek(struct scope *s, Bytes parcel, struct parcel_header *out)
{
    struct reader r = reader_open(s, parcel, "parcel");
    uint8_t type = read_u8(&r);
    size_t len = read_u32(&r);
    Bytes payload = read_bytes(&r, len);
    struct parcel_record rec = {.type = RECORD_HEADER};
    if (r.failed || type != RECORD_HEADER)
        return fail(s, ERR_SCHEMA, "parcel: it does not begin with a header");
    TRY(read_record(s, payload, &rec));
    *out = rec.header;
    return OK;
}

/* The header first, and each of these once: what nobody reads must not stand there. */
static Status order_check(struct scope *s, enum record_type type, bool first, unsigned *seen)
{
    enum {
        ONCE = 1u << RECORD_CHECKPOINT | 1u << RECORD_COSIGNATURE | 1u << RECORD_WANT |
               1u << RECORD_RETURN_HEAD
    };
    unsigned bit = 1u << type;
    if ((type == RECORD_HEADER) != first)
        return fail(s, ERR_SCHEMA, "parcel: the header stands first and once");
    if (*seen & bit & ONCE)
        return fail(s, ERR_SCHEMA, "parcel: a record of type %d stands twice", (int)type);
    *seen |= bit;
    return OK;
}

Status parcel_read(struct scope *s, Bytes parcel, const PublicKey *key, struct parcel_record **out,
                   size_t *out_count)
{
    Bytes records;
    TRY(check_end(s, parcel, key, &records));
    size_t count = 0;
    struct reader r = reader_open(s, records, "parcel");
    while (reader_left(&r) > 0) {
        read_u8(&r);
        read_bytes(&r, read_u32(&r));
        if (++count > RECORDS_MAX) return fail(s, ERR_LIMIT, "parcel: too many records");
    }
    TRY(reader_close(&r));
    struct parcel_record *list = scope_array(s, count + 1, sizeof *list);
    if (list == NULL) return ERR_MEMORY;
    r = reader_open(s, records, "parcel");
    unsigned seen = 0;
    for (size_t i = 0; i < count; i++) {
        list[i].type = (enum record_type)read_u8(&r);
        size_t len = read_u32(&r);
        TRY(read_record(s, read_bytes(&r, len), &list[i]));
        TRY(order_check(s, list[i].type, i == 0, &seen));
    }
    *out = list;
    *out_count = count;
    return OK;
}
