/* Parcels. The input is taken as it came, and once more as records to which the end, with the right
 * digest and signature, is added: whatever is read then can be written again and is the same. */
#include "core/ledger/parcel.h"
#include "fuzz.h"
#include <assert.h>
#include <stdlib.h>

enum { SCOPE_MAX = 64 << 20, END_BYTES = 5 + HASH_BYTES + SIGNATURE_BYTES };

static struct secret_key sender(void)
{
    struct secret_key key;
    Hash seed = hash_of(str_bytes(STR("fuzz")));
    secret_key_from_seed(seed.bytes, &key);
    return key;
}

/* Unsigned or signed by somebody else. */
static void check_foreign(struct scope *s, Bytes input)
{
    static const PublicKey nobody = {{1}};
    struct parcel_record *records;
    struct parcel_header header;
    size_t count;
    Status status = parcel_read(s, input, &nobody, &records, &count);
    assert(status == ERR_SCHEMA || status == ERR_LIMIT || status == ERR_PROOF ||
           status == ERR_SIGNATURE);
    status = parcel_peek(s, input, &header);
    assert(status == OK || status == ERR_SCHEMA || status == ERR_LIMIT);
    if (status == OK) assert(header.from.len > 0 && header.to.len > 0);
}

static void write_again(struct writer *w, const struct parcel_record *r)
{
    switch (r->type) {
    case RECORD_CHECKPOINT:
        parcel_checkpoint(w, r->text);
        break;
    case RECORD_LEAVES:
        parcel_leaves(w, r->first, r->hashes, r->hash_count);
        break;
    case RECORD_OPENING:
        parcel_opening(w, r->number, r->handle, r->bytes);
        break;
    case RECORD_COSIGNATURE:
        parcel_cosignature(w, r->first, r->text);
        break;
    case RECORD_PIECE:
        parcel_piece(w, r->number, r->piece, &r->proof, r->bytes);
        break;
    case RECORD_WANT:
        parcel_want(w, r->number, r->first);
        break;
    case RECORD_RETURN_LEAVES:
        parcel_return_leaves(w, r->first, r->hashes, r->hash_count);
        break;
    case RECORD_RETURN_OPENING:
        parcel_return_opening(w, r->number, r->handle, r->bytes);
        break;
    case RECORD_RETURN_HEAD:
        parcel_return_head(w, r->text);
        break;
    case RECORD_HEADER:
    case RECORD_END:
        abort(); /* never in the midst */
        break;
    }
}

static void check_signed(struct scope *s, Bytes input)
{
    struct secret_key key = sender();
    struct writer w = writer_open(s, PARCEL_BYTES_MAX);
    struct parcel_record *records;
    Bytes parcel, again;
    size_t count;
    write_bytes(&w, input.ptr, input.len);
    if (parcel_close(&w, &key, &parcel) != OK) return;
    Status status = parcel_read(s, parcel, &key.public, &records, &count);
    assert(status == OK || status == ERR_SCHEMA || status == ERR_LIMIT);
    if (status != OK || count == 0) return;
    assert(records[0].type == RECORD_HEADER);
    w = parcel_open(s, &records[0].header);
    for (size_t i = 1; i < count; i++)
        write_again(&w, &records[i]);
    status = parcel_close(&w, &key, &again);
    assert(status == OK && bytes_eq(parcel, again));
    struct parcel_header header;
    status = parcel_peek(s, parcel, &header);
    assert(status == OK && str_eq(header.from, records[0].header.from));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct scope *s = scope_open(SCOPE_MAX);
    if (s == NULL) return 1;
    check_foreign(s, bytes_of(data, size));
    check_signed(s, bytes_of(data, size));
    scope_close(s);
    return 0;
}
