/* The reader, the writer and the text forms of bytes. */
#include "base/reader.h"
#include "base/writer.h"
#include "vector.h"

static void what_is_written_is_read_back(void **state)
{
    (void)state;
    struct scope *s = test_scope();
    struct writer w = writer_open(s, 100);
    write_u8(&w, 0xab);
    write_u16(&w, 0x0102);
    write_u32(&w, 0x03040506);
    write_u64(&w, UINT64_MAX - 1);
    write_str(&w, STR("text"));
    write_print(&w, "%d", -5);
    write_bytes(&w, NULL, 0);
    Bytes bytes;
    assert_status(s, writer_close(&w, &bytes), OK);
    assert_hex(bytes, STR("ab010203040506fffffffffffffffe746578742d35"));
    struct reader r = reader_open(s, bytes, "test");
    uint8_t fixed[2];
    assert_int_equal(read_u8(&r), 0xab);
    assert_int_equal(read_u16(&r), 0x0102);
    assert_int_equal(read_u32(&r), 0x03040506);
    assert_true(read_u64(&r) == UINT64_MAX - 1);
    assert_true(str_is(bytes_str(read_bytes(&r, 4)), "text"));
    read_fixed(&r, fixed, 2);
    assert_memory_equal(fixed, "-5", 2);
    assert_status(s, reader_close(&r), OK);
    scope_close(s);
}

static void a_reader_never_passes_the_end(void **state)
{
    (void)state;
    struct scope *s = test_scope();
    static const uint8_t three[3] = {1, 2, 3};
    struct reader r = reader_open(s, bytes_of(three, 3), "test");
    assert_int_equal(read_u32(&r), 0);
    assert_int_equal(read_u8(&r), 0); /* the failure sticks */
    assert_int_equal(reader_left(&r), 0);
    assert_status(s, reader_close(&r), ERR_SCHEMA);
    r = reader_open(s, bytes_of(three, 3), "test");
    assert_null(read_bytes(&r, SIZE_MAX).ptr);
    assert_status(s, reader_close(&r), ERR_SCHEMA);
    r = reader_open(s, bytes_of(three, 3), "test");
    assert_int_equal(read_u16(&r), 0x0102);
    assert_status(s, reader_close(&r), ERR_SCHEMA); /* one byte is left over */
    r = reader_open(s, (Bytes){NULL, 0}, "test");
    reader_refuse(&r);
    assert_status(s, reader_close(&r), ERR_SCHEMA);
    scope_close(s);
}

static void a_writer_stops_at_its_maximum(void **state)
{
    (void)state;
    struct scope *s = test_scope();
    Bytes bytes;
    struct writer w = writer_open(s, 4);
    write_u32(&w, 1);
    assert_status(s, writer_close(&w, &bytes), OK);
    write_u8(&w, 1);
    assert_status(s, writer_close(&w, &bytes), ERR_LIMIT);
    write_u8(&w, 1);
    assert_status(s, writer_close(&w, &bytes), ERR_LIMIT);
    scope_close(s);
    struct scope *small = scope_open(100);
    w = writer_open(small, 1000);
    for (int i = 0; i < 200; i++)
        write_u8(&w, 0);
    assert_status(small, writer_close(&w, &bytes), ERR_MEMORY);
    scope_close(small);
}

static void hex_is_lower_case_and_exact(void **state)
{
    (void)state;
    uint8_t out[2] = {7, 7};
    assert_true(hex_parse(STR("00ff"), out, 2) && out[0] == 0 && out[1] == 255);
    static const char *const bad[] = {"", "0", "00f", "00fff", "00FF", "00fg", "0x00", "00 f"};
    for (size_t i = 0; i < COUNT_OF(bad); i++)
        if (hex_parse(str_of(bad[i]), out, 2)) fail_msg("taken: %s", bad[i]);
}

static void base64_has_one_form(void **state)
{
    (void)state;
    struct scope *s = test_scope();
    static const struct {
        const char *plain, *text; /* RFC 4648 section 10 */
    } good[] = {{"", ""},
                {"f", "Zg=="},
                {"fo", "Zm8="},
                {"foo", "Zm9v"},
                {"foob", "Zm9vYg=="},
                {"fooba", "Zm9vYmE="},
                {"foobar", "Zm9vYmFy"}};
    for (size_t i = 0; i < COUNT_OF(good); i++) {
        struct writer w = writer_open(s, 100);
        Str text;
        Bytes plain;
        write_base64(&w, str_bytes(str_of(good[i].plain)));
        assert_status(s, writer_close_str(&w, &text), OK);
        assert_true(str_is(text, good[i].text));
        assert_status(s, base64_decode(s, str_of(good[i].text), 100, &plain), OK);
        assert_true(str_is(bytes_str(plain), good[i].plain));
    }
    static const char *const bad[] = {"Z",      "Zg",   "Zg=",    "Zh==",  "Zm9=",     "Zm 8",
                                      "Zg==\n", "====", "Z===",   "=Zg=",  "Zg==Zg==", "Zm9v=",
                                      "Zm-v",   "Zm_v", "Zg==AA", "\nZg=="};
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        Bytes plain;
        if (base64_decode(s, str_of(bad[i]), 100, &plain) != ERR_SCHEMA)
            fail_msg("taken: %s", bad[i]);
    }
    Bytes plain;
    assert_status(s, base64_decode(s, STR("Zm9vYmFy"), 5, &plain), ERR_LIMIT);
    scope_close(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_written_is_read_back),
        cmocka_unit_test(a_reader_never_passes_the_end),
        cmocka_unit_test(a_writer_stops_at_its_maximum),
        cmocka_unit_test(hex_is_lower_case_and_exact),
        cmocka_unit_test(base64_has_one_form),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
