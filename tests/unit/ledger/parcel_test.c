#include "core/ledger/parcel.h"
#include "vector.h"
#include <sodium.h>

enum { PARCEL_RECORDS = 11, END_BYTES = 5 + HASH_BYTES + SIGNATURE_BYTES };

static struct secret_key parcel_key(void)
{
    struct secret_key key;
    Hash seed = hash_of(str_bytes(STR("lv parcel")));
    secret_key_from_seed(seed.bytes, &key);
    return key;
}

static Bytes record_of(struct scope *s, const char *name)
{
    return vector_hex(s, vector_value(vector_page(s, "parcel.md", "parcel"), name));
}

static Bytes payload_of(struct scope *s, const char *name)
{
    Bytes record = record_of(s, name);
    return (Bytes){record.ptr + 5, record.len - 5};
}

static Bytes page_parcel(struct scope *s)
{
    struct writer w = writer_open(s, 1 << 20);
    for (Str lines = vector_page(s, "parcel.md", "parcel"); lines.len;) {
        Str line = str_cut(&lines, '\n');
        str_cut(&line, ' ');
        Bytes record = vector_hex(s, line);
        write_bytes(&w, record.ptr, record.len);
    }
    Bytes out;
    assert_status(s, writer_close(&w, &out), OK);
    return out;
}

/* Reads the page's parcel; eleven records in order of the page. */
static struct parcel_record *read_page(struct scope *s)
{
    struct secret_key key = parcel_key();
    struct parcel_record *records;
    size_t count;
    assert_status(s, parcel_read(s, page_parcel(s), &key.public, &records, &count), OK);
    assert_int_equal(count, PARCEL_RECORDS);
    return records;
}

static void the_parcel_of_the_page_is_read(void **state)
{
    (void)state;
    static const enum record_type types[PARCEL_RECORDS] = {
        RECORD_HEADER,        RECORD_CHECKPOINT,     RECORD_LEAVES,     RECORD_OPENING,
        RECORD_OPENING,       RECORD_COSIGNATURE,    RECORD_PIECE,      RECORD_WANT,
        RECORD_RETURN_LEAVES, RECORD_RETURN_OPENING, RECORD_RETURN_HEAD};
    struct scope *s = test_scope();
    struct parcel_record *r = read_page(s);
    for (size_t i = 0; i < PARCEL_RECORDS; i++)
        assert_int_equal(r[i].type, types[i]);
    assert_true(str_is(r[0].header.from, "lv") && str_is(r[0].header.to, "by"));
    assert_int_equal(r[0].header.number, 7);
    assert_int_equal(r[0].header.time.us, INT64_C(1769853600000000));
    assert_int_equal(r[0].header.leaves_held, 4);
    assert_int_equal(r[0].header.opening_held, 3);
    assert_false(r[0].header.held);
    assert_int_equal(r[0].header.own_leaves, 5);
    assert_int_equal(r[0].header.own_openings, 3);
    assert_true(str_has_prefix(r[1].text, "lv.example/journal\n5\n"));
    assert_true(r[2].first == 3 && r[2].hash_count == 2);
    assert_true(r[3].number == 1 && r[3].handle.len == 0);
    Str part = vector_page(s, "disclosure.md", "part");
    assert_hex(r[3].bytes, str_cut(&part, '\n'));
    assert_true(r[4].number == 2 && r[4].handle.len == HANDLE_BYTES && r[4].handle.ptr[15] == 15);
    assert_true(r[5].first == 4 && str_has_suffix(r[5].text, "\n"));
    assert_true(r[6].number == 2 && r[6].piece == 0 && r[6].proof.count == 1);
    assert_true(bytes_eq(r[6].bytes, bytes_of("first", 5)));
    assert_true(r[7].number == 3 && r[7].first == 12);
    assert_true(r[8].first == 3 && r[8].hash_count == 1);
    assert_true(r[9].number == 1 && r[9].bytes.len > 100);
    assert_true(str_has_prefix(r[10].text, "by.example/journal\n4\n"));
    scope_close(s);
}

/* The leaves, the facts and the head of the page belong together. */
static void the_facts_of_the_page_are_under_its_head(void **state)
{
    (void)state;
    struct scope *s = test_scope();
    struct parcel_record *r = read_page(s);
    struct fact f, notice;
    assert_status(s, fact_read(s, STR("lv.example/journal"), r[3].bytes, &f), OK);
    assert_status(s, fact_read(s, STR("lv.example/journal"), r[4].bytes, &notice), OK);
    assert_int_equal(notice.index, r[2].first);
    Hash commitment = fact_commitment(&notice);
    assert_true(hash_eq(&commitment, &r[2].hashes[0]));
    assert_status(s, fact_read(s, STR("by.example/journal"), r[9].bytes, &f), OK);
    assert_true(str_is(fact_get(&f, "of"), "lv:3"));
    scope_close(s);
}

static void the_code_writes_the_parcel_of_the_page(void **state)
{
    (void)state;
    struct scope *s = test_scope();
    struct secret_key key = parcel_key();
    struct parcel_record *r = read_page(s);
    struct writer w = parcel_open(s, &r[0].header);
    parcel_checkpoint(&w, r[1].text);
    parcel_leaves(&w, r[2].first, r[2].hashes, r[2].hash_count);
    parcel_opening(&w, r[3].number, r[3].handle, r[3].bytes);
    parcel_opening(&w, r[4].number, r[4].handle, r[4].bytes);
    parcel_cosignature(&w, r[5].first, r[5].text);
    parcel_piece(&w, r[6].number, r[6].piece, &r[6].proof, r[6].bytes);
    parcel_want(&w, r[7].number, r[7].first);
    parcel_return_leaves(&w, r[8].first, r[8].hashes, r[8].hash_count);
    parcel_return_opening(&w, r[9].number, r[9].handle, r[9].bytes);
    parcel_return_head(&w, r[10].text);
    Bytes out;
    assert_status(s, parcel_close(&w, &key, &out), OK);
    assert_true(bytes_eq(out, page_parcel(s)));
    scope_close(s);
}

static void the_sender_can_be_looked_up_before_anything_is_checked(void **state)
{
    (void)state;
    struct scope *s = test_scope();
    struct parcel_header header;
    Bytes record = record_of(s, "header"), other = record_of(s, "checkpoint");
    assert_status(s, parcel_peek(s, record, &header), OK);
    assert_true(str_is(header.from, "lv") && header.number == 7);
    assert_status(s, parcel_peek(s, other, &header), ERR_SCHEMA);
    for (size_t len = 0; len < record.len; len++)
        assert_status(s, parcel_peek(s, (Bytes){record.ptr, len}, &header), ERR_SCHEMA);
    scope_close(s);
}

static void whoever_changes_a_parcel_is_found_out(void **state)
{
    (void)state;
    struct scope *s = test_scope();
    struct secret_key key = parcel_key();
    Bytes good = page_parcel(s);
    struct parcel_record *records;
    size_t count;
    uint8_t *copy = scope_alloc(s, good.len);
    assert_non_null(copy);
    memcpy(copy, good.ptr, good.len);
    for (size_t at = 0; at < good.len; at += 3) {
        struct scope *one = test_scope();
        Status expected = at < good.len - END_BYTES + 5 + HASH_BYTES ? ERR_PROOF : ERR_SIGNATURE;
        if (at >= good.len - END_BYTES && at < good.len - END_BYTES + 5) expected = ERR_SCHEMA;
        copy[at] ^= 0x40;
        assert_status(one, parcel_read(one, (Bytes){copy, good.len}, &key.public, &records, &count),
                      expected);
        copy[at] ^= 0x40;
        scope_close(one);
    }
    for (size_t len = 0; len < good.len; len += len < END_BYTES ? 1 : 17)
        assert_status(s, parcel_read(s, (Bytes){good.ptr, len}, &key.public, &records, &count),
                      ERR_SCHEMA);
    key.public.bytes[0] ^= 1;
    assert_status(s, parcel_read(s, good, &key.public, &records, &count), ERR_SIGNATURE);
    scope_close(s);
}

/* Records that a sender signed but that have another form: the frame is right, the content is not.
 */
static Status read_signed(struct scope *s, bool with_header, uint8_t type, Bytes payload)
{
    struct secret_key key = parcel_key();
    struct parcel_record *records;
    size_t count;
    Bytes header = record_of(s, "header"), out;
    struct writer w = writer_open(s, PARCEL_BYTES_MAX);
    if (with_header) write_bytes(&w, header.ptr, header.len);
    write_u8(&w, type);
    write_u32(&w, (uint32_t)payload.len);
    write_bytes(&w, payload.ptr, payload.len);
    assert_status(s, parcel_close(&w, &key, &out), OK);
    return parcel_read(s, out, &key.public, &records, &count);
}

static void records_in_any_other_form_are_refused(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        uint8_t type;
        bool open_end; /* takes whatever follows, so only a cut is wrong */
        size_t least;  /* shortest payload that is well formed */
    } rows[] = {{"leaves", RECORD_LEAVES, false, 76},
                {"return-leaves", RECORD_RETURN_LEAVES, false, 44},
                {"opening-1", RECORD_OPENING, true, 9},
                {"opening-2", RECORD_OPENING, true, 25},
                {"return-opening", RECORD_RETURN_OPENING, true, 9},
                {"cosignature", RECORD_COSIGNATURE, true, 8},
                {"piece", RECORD_PIECE, true, 49},
                {"want", RECORD_WANT, false, 16}};
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct scope *s = test_scope();
        Bytes payload = payload_of(s, rows[i].name);
        assert_status(s, read_signed(s, true, rows[i].type, payload), OK);
        for (size_t len = 0; len < rows[i].least; len++)
            assert_status(s, read_signed(s, true, rows[i].type, (Bytes){payload.ptr, len}),
                          ERR_SCHEMA);
        if (!rows[i].open_end) {
            struct writer w = writer_open(s, payload.len + 1);
            Bytes longer;
            write_bytes(&w, payload.ptr, payload.len);
            write_u8(&w, 0);
            assert_status(s, writer_close(&w, &longer), OK);
            assert_status(s, read_signed(s, true, rows[i].type, longer), ERR_SCHEMA);
        }
        scope_close(s);
    }
}

static void the_header_stands_first_and_once_and_types_are_known(void **state)
{
    (void)state;
    struct scope *s = test_scope();
    Bytes header = payload_of(s, "header"), want = payload_of(s, "want"), none = {NULL, 0};
    assert_status(s, read_signed(s, false, RECORD_HEADER, header), OK);
    assert_status(s, read_signed(s, true, RECORD_HEADER, header), ERR_SCHEMA);
    assert_status(s, read_signed(s, false, RECORD_WANT, want), ERR_SCHEMA);
    assert_status(s, read_signed(s, true, RECORD_END, none), ERR_SCHEMA);
    assert_status(s, read_signed(s, true, 0, none), ERR_SCHEMA);
    assert_status(s, read_signed(s, true, 12, none), ERR_SCHEMA);
    assert_status(s, read_signed(s, true, 255, want), ERR_SCHEMA);
    static const struct {
        size_t at;
        uint8_t byte;
    } rows[] = {{0, 0}, {0, 2}, {1, 0}, {1, 17}, {1, 3}, {39, 2}, {39, 255}};
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        uint8_t *copy = scope_alloc(s, header.len);
        assert_non_null(copy);
        memcpy(copy, header.ptr, header.len);
        assert_int_not_equal(copy[rows[i].at], rows[i].byte);
        copy[rows[i].at] = rows[i].byte;
        assert_status(s, read_signed(s, false, RECORD_HEADER, (Bytes){copy, header.len}),
                      ERR_SCHEMA);
    }
    scope_close(s);
}

static Bytes zeros(struct scope *s, size_t len)
{
    uint8_t *ptr = scope_array(s, len + 1, 1);
    assert_non_null(ptr);
    return (Bytes){ptr, len};
}

static void sizes_have_an_end(void **state)
{
    (void)state;
    struct scope *s = test_scope();
    struct secret_key key = parcel_key();
    struct parcel_record *records;
    size_t count;
    /* u64 opening, u64 piece, no proof, then the piece */
    assert_status(s, read_signed(s, true, RECORD_PIECE, zeros(s, 17 + PIECE_BYTES)), OK);
    assert_status(s, read_signed(s, true, RECORD_PIECE, zeros(s, 18 + PIECE_BYTES)), ERR_SCHEMA);
    assert_status(s, read_signed(s, true, RECORD_CHECKPOINT, zeros(s, 16384)), OK);
    assert_status(s, read_signed(s, true, RECORD_CHECKPOINT, zeros(s, 16385)), ERR_SCHEMA);
    /* No leaf, a number of leaves beyond the bytes, a proof of 65 hashes, a handle of one byte. */
    assert_status(s, read_signed(s, true, RECORD_LEAVES, zeros(s, 12)), ERR_SCHEMA);
    uint8_t leaves[12 + HASH_BYTES] = {0}, piece[17 + 65 * HASH_BYTES] = {0}, opening[10] = {0};
    memset(leaves + 8, 0xff, 4);
    piece[16] = 65;
    opening[8] = 1;
    assert_status(s, read_signed(s, true, RECORD_LEAVES, bytes_of(leaves, sizeof leaves)),
                  ERR_SCHEMA);
    assert_status(s, read_signed(s, true, RECORD_PIECE, bytes_of(piece, sizeof piece)), ERR_SCHEMA);
    assert_status(s, read_signed(s, true, RECORD_OPENING, bytes_of(opening, sizeof opening)),
                  ERR_SCHEMA);
    assert_status(s, parcel_read(s, zeros(s, PARCEL_BYTES_MAX + 1), &key.public, &records, &count),
                  ERR_LIMIT);
    scope_close(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_parcel_of_the_page_is_read),
        cmocka_unit_test(the_facts_of_the_page_are_under_its_head),
        cmocka_unit_test(the_code_writes_the_parcel_of_the_page),
        cmocka_unit_test(the_sender_can_be_looked_up_before_anything_is_checked),
        cmocka_unit_test(whoever_changes_a_parcel_is_found_out),
        cmocka_unit_test(records_in_any_other_form_are_refused),
        cmocka_unit_test(the_header_stands_first_and_once_and_types_are_known),
        cmocka_unit_test(sizes_have_an_end),
    };
    if (sodium_init() < 0) return 1;
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
