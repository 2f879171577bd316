/* The stored tree against the core's own proofs, at every size around the rows' edges. */
#include "folder.h"
#include "os/file.h"
#include "store/journal.h"
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define OKAY(call) assert_int_equal((call), OK)

enum { LEAVES = 66000 };

static void roots_and_proofs_hold_at_every_edge(void **state)
{
    (void)state;
    AUTO_SCOPE struct scope *s = scope_open(64 << 20);
    const char *folder = folder_open(s);
    struct store *st = NULL;
    int64_t journal;
    OKAY(store_open(s, file_join(s, folder, "post.db").ptr, STORE_CREATE, &st));
    OKAY(store_journal_add(s, st, STR("a.example"), STR("a"), true, &journal));
    Hash *commitments = scope_array(s, LEAVES, sizeof *commitments);
    for (size_t i = 0; i < LEAVES; i++)
        commitments[i] = hash_of(bytes_of(&i, sizeof i));
    static const uint64_t sizes[] = {0,   1,   2,    255,   256,   257,   511,   512,
                                     513, 700, 1000, 65535, 65536, 65537, LEAVES};
    Hash roots[COUNT_OF(sizes)];
    OKAY(store_begin(s, st));
    for (size_t i = 0; i < COUNT_OF(sizes); i++) {
        uint64_t from = i ? sizes[i - 1] : 0;
        OKAY(store_leaf_append(s, st, journal, from, commitments + from, sizes[i] - from));
        OKAY(store_tree_root(s, st, journal, sizes[i], &roots[i]));
    }
    OKAY(store_commit(s, st));
    struct tree_source source = store_tree_source(st, journal, s);
    for (size_t i = 0; i < COUNT_OF(sizes); i++) {
        Hash again;
        OKAY(store_tree_root(s, st, journal, sizes[i], &again));
        assert_true(hash_eq(&again, &roots[i]));
        struct tree_proof proof;
        OKAY(tree_consistency(s, &source, sizes[i], LEAVES, &proof));
        OKAY(tree_check_consistency(s, sizes[i], &roots[i], LEAVES, &roots[COUNT_OF(sizes) - 1],
                                    &proof));
    }
    Hash leaf, held[3];
    OKAY(store_leaf_list(s, st, journal, 65535, 3, held));
    assert_memory_equal(held, commitments + 65535, sizeof held);
    assert_int_equal(store_leaf_list(s, st, journal, LEAVES - 1, 2, held), ERR_NOT_FOUND);
    assert_int_equal(store_tree_root(s, st, journal, LEAVES + 1, &leaf), ERR_NOT_FOUND);
    OKAY(store_begin(s, st));
    assert_int_equal(store_leaf_append(s, st, journal, 5, held, 1), ERR_STALE);
    store_close(st);
    folder_close(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(roots_and_proofs_hold_at_every_edge)};
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
