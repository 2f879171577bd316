#include "core/ledger/tile.h"
#include "vector.h"
#include <stdio.h>

static void paths_on_the_page_are_ours(void **state)
{
    (void)state;
    struct scope *s = test_scope();
    Str block = vector_page(s, "tiles.md", "paths");
    size_t checked = 0;
    for (; block.len; checked++) {
        Str line = str_cut(&block, '\n'), path = str_cut(&line, ' '), kind = str_cut(&line, ' ');
        uint64_t level = 0, index = 0, width = 0;
        bool entries = str_is(kind, "e");
        assert_true(entries || str_u64(kind, &level));
        assert_true(str_u64(str_cut(&line, ' '), &index) && str_u64(line, &width));
        struct tile t = {entries, (unsigned)level, index, (unsigned)width}, back;
        Str text;
        assert_status(s, tile_path_format(s, &t, &text), OK);
        if (!str_eq(text, path)) fail_msg("%.*s", STR_ARG(text));
        assert_status(s, tile_path_parse(s, path, &back), OK);
        assert_true(back.entries == entries && back.level == level && back.index == index &&
                    back.width == width);
    }
    block = vector_page(s, "tiles.md", "not-paths");
    for (; block.len; checked++) {
        Str line = str_cut(&block, '\n');
        struct tile t;
        if (tile_path_parse(s, line, &t) != ERR_SCHEMA) fail_msg("taken: %.*s", STR_ARG(line));
    }
    printf("# %zu paths checked\n", checked);
    scope_close(s);
}

static void what_is_no_tile_has_no_path(void **state)
{
    (void)state;
    struct scope *s = test_scope();
    static const struct tile bad[] = {
        {false, TREE_LEVELS, 0, 1}, {true, 1, 0, 1}, {false, 0, 0, 0}, {false, 0, 0, 257}};
    Str text;
    for (size_t i = 0; i < COUNT_OF(bad); i++)
        assert_status(s, tile_path_format(s, &bad[i], &text), ERR_USAGE);
    scope_close(s);
}

static void widths_follow_from_the_size(void **state)
{
    (void)state;
    static const struct {
        uint64_t size;
        unsigned level;
        uint64_t index;
        unsigned width;
    } rows[] = {{0, 0, 0, 0},       {1, 0, 0, 1},      {255, 0, 0, 255}, {256, 0, 0, 256},
                {256, 0, 1, 0},     {257, 0, 1, 1},    {256, 1, 0, 1},   {255, 1, 0, 0},
                {70000, 1, 0, 256}, {70000, 1, 1, 17}, {70000, 2, 0, 1}, {70000, 0, 273, 112},
                {70000, 0, 274, 0}, {70000, 3, 0, 0},  {70000, 99, 0, 0}};
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        assert_int_equal(tile_width(rows[i].size, rows[i].level, rows[i].index), rows[i].width);
}

static void tiles_of_entries_are_exact(void **state)
{
    (void)state;
    struct scope *s = test_scope();
    Hash key, commitments[2], back[2];
    memset(key.bytes, 0x5a, HASH_BYTES);
    for (uint64_t i = 0; i < 2; i++)
        commitments[i] = cover_commitment(&key, i);
    Bytes bytes;
    assert_status(s, tile_entries_format(s, commitments, 2, &bytes), OK);
    assert_hex(bytes, str_trim(vector_page(s, "tiles.md", "entries")));
    assert_status(s, tile_entries_parse(s, bytes, 2, back), OK);
    assert_memory_equal(back, commitments, sizeof back);
    assert_status(s, tile_entries_parse(s, bytes, 1, back), ERR_SCHEMA);
    bytes.len--;
    assert_status(s, tile_entries_parse(s, bytes, 2, back), ERR_SCHEMA);
    bytes.len++;
    for (size_t i = 0; i < 4; i++) { /* length, version, profile */
        uint8_t *copy = (uint8_t *)scope_bytes(s, bytes).ptr;
        copy[36 + i] ^= 1;
        assert_status(s, tile_entries_parse(s, bytes_of(copy, bytes.len), 2, back), ERR_SCHEMA);
    }
    scope_close(s);
}

static void tiles_of_hashes_are_exact(void **state)
{
    (void)state;
    struct scope *s = test_scope();
    Hash hashes[TREE_ROW_WIDTH], back[TREE_ROW_WIDTH];
    for (size_t i = 0; i < COUNT_OF(hashes); i++)
        hashes[i] = hash_of(bytes_of(&i, sizeof i));
    Bytes bytes;
    assert_status(s, tile_hashes_format(s, hashes, TREE_ROW_WIDTH, &bytes), OK);
    assert_int_equal(bytes.len, TREE_ROW_WIDTH * HASH_BYTES);
    assert_status(s, tile_hashes_parse(s, bytes, TREE_ROW_WIDTH, back), OK);
    assert_memory_equal(back, hashes, sizeof back);
    assert_status(s, tile_hashes_parse(s, bytes, TREE_ROW_WIDTH - 1, back), ERR_SCHEMA);
    scope_close(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(paths_on_the_page_are_ours),
        cmocka_unit_test(what_is_no_tile_has_no_path),
        cmocka_unit_test(widths_follow_from_the_size),
        cmocka_unit_test(tiles_of_entries_are_exact),
        cmocka_unit_test(tiles_of_hashes_are_exact),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
