#include "base/reader.h"
#include "core/ledger/fact.h"
#include "core/ledger/tree.h"
#include "left_out.h"
#include "vector.h"
#include <stdio.h>
#include <stdlib.h>

enum { LEAVES = 70000, ROW_2 = LEAVES >> 16, ROW_1 = LEAVES >> 8 };

/* A store of rows as frontier_add makes them, which counts what is read from it. */
struct rows {
    Hash level_0[LEAVES];
    Hash level_1[ROW_1];
    Hash level_2[ROW_2];
    uint64_t made[3];
    uint64_t hashes_read;
};

static Status rows_read(void *ctx, struct scope *s, unsigned level, uint64_t first, uint64_t count,
                        Hash *out)
{
    struct rows *r = ctx;
    const Hash *row[] = {r->level_0, r->level_1, r->level_2};
    if (level > 2 || count < 1 || count > TREE_ROW_WIDTH || first + count > r->made[level])
        return (fail)(s, ERR_NOT_FOUND, "level %u has no such hash", level);
    memcpy(out, row[level] + first, (size_t)count * sizeof *out);
    r->hashes_read += count;
    return OK;
}

static Hash leaf(uint64_t i)
{
    uint8_t entry[8];
    for (int b = 0; b < 8; b++)
        entry[b] = (uint8_t)(i >> (8 * (7 - b)));
    return tree_leaf_hash(bytes_of(entry, sizeof entry));
}

static void rows_add(struct rows *r, struct frontier *f)
{
    struct frontier_row done[TREE_LEVELS];
    Hash h = leaf(f->size);
    r->level_0[r->made[0]++] = h;
    size_t count = frontier_add(f, &h, done);
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(done[i].level, i + 1);
        assert_int_equal(done[i].index, r->made[i + 1]);
        (i == 0 ? r->level_1 : r->level_2)[r->made[i + 1]++] = done[i].root;
    }
}

/* The definition of RFC 6962 2.1, word for word. */
static Hash naive_root(const Hash *leaves, uint64_t n)
{
    if (n == 0) return tree_empty();
    if (n == 1) return leaves[0];
    uint64_t k = 1;
    while (k * 2 < n)
        k *= 2;
    Hash left = naive_root(leaves, k), right = naive_root(leaves + k, n - k);
    return tree_node_hash(&left, &right);
}

static int setup(void **state)
{
    struct rows *r = calloc(1, sizeof *r);
    struct frontier f = {0};
    *state = r;
    while (f.size < LEAVES)
        rows_add(r, &f);
    return r == NULL;
}

static int teardown(void **state)
{
    free(*state);
    return 0;
}

static void roots_on_the_page_are_ours(void **state)
{
    (void)state;
    struct scope *s = test_scope();
    Str block = vector_page(s, "journal.md", "tree-roots");
    size_t checked = 0;
    struct frontier f = {0};
    while (block.len) {
        Str line = str_cut(&block, '\n');
        uint64_t size;
        struct frontier_row rows[TREE_LEVELS];
        assert_true(str_u64(str_cut(&line, ' '), &size));
        for (; f.size < size;) {
            Hash h = leaf(f.size);
            frontier_add(&f, &h, rows);
        }
        Hash root = frontier_root(&f);
        assert_hex(hash_bytes(&root), line);
        checked++;
    }
    assert_true(checked >= 5);
    printf("# %zu roots of the page checked\n", checked);
    scope_close(s);
}

static void assert_proof_on_page(struct scope *s, const struct tree_proof *p, const char *name)
{
    Str block = vector_page(s, "journal.md", name);
    for (size_t i = 0; i < p->count; i++)
        assert_hex(hash_bytes(&p->hashes[i]), str_cut(&block, '\n'));
    assert_int_equal(block.len, 0);
}

static void proofs_on_the_page_are_ours(void **state)
{
    struct scope *s = test_scope();
    struct tree_source source = {rows_read, *state};
    struct tree_proof p;
    assert_status(s, tree_inclusion(s, &source, 3, 7, &p), OK);
    assert_proof_on_page(s, &p, "inclusion-3-7");
    assert_status(s, tree_consistency(s, &source, 3, 7, &p), OK);
    assert_proof_on_page(s, &p, "consistency-3-7");
    scope_close(s);
}

static void cover_leaves_on_the_page_are_ours(void **state)
{
    (void)state;
    struct scope *s = test_scope();
    Str block = vector_page(s, "journal.md", "cover-leaves");
    Hash key;
    memset(key.bytes, 0x5a, HASH_BYTES);
    while (block.len) {
        Str line = str_cut(&block, '\n');
        uint64_t index;
        assert_true(str_u64(str_cut(&line, ' '), &index));
        Hash commitment = cover_commitment(&key, index), hash = leaf_hash_of(&commitment);
        assert_hex(hash_bytes(&commitment), str_cut(&line, ' '));
        assert_hex(hash_bytes(&hash), line);
    }
    scope_close(s);
}

static void roots_follow_the_definition(void **state)
{
    struct rows *r = *state;
    struct scope *s = test_scope();
    struct tree_source source = {rows_read, r};
    static const uint64_t far[] = {511, 512, 513, 65535, 65536, 65537, 65792, 69999, LEAVES};
    for (size_t i = 0; i < 300 + COUNT_OF(far); i++) {
        uint64_t size = i < 300 ? i : far[i - 300];
        Hash expected = naive_root(r->level_0, size), got;
        assert_status(s, tree_root(s, &source, size, &got), OK);
        assert_true(hash_eq(&expected, &got));
        struct frontier f;
        assert_status(s, frontier_load(s, &source, size, &f), OK);
        got = frontier_root(&f);
        assert_true(hash_eq(&expected, &got));
    }
    scope_close(s);
}

static void a_root_reads_few_hashes(void **state)
{
    struct rows *r = *state;
    struct scope *s = test_scope();
    struct tree_source source = {rows_read, r};
    Hash root;
    r->hashes_read = 0;
    assert_status(s, tree_root(s, &source, LEAVES, &root), OK);
    assert_true(r->hashes_read <= 3 * 255);
    struct tree_proof proof;
    r->hashes_read = 0;
    assert_status(s, tree_inclusion(s, &source, 0, LEAVES, &proof), OK);
    assert_true(r->hashes_read <= 3 * 512);
    scope_close(s);
}

static void loaded_and_grown_frontiers_go_on_alike(void **state)
{
    struct rows *r = *state;
    struct scope *s = test_scope();
    struct tree_source source = {rows_read, r};
    struct frontier f;
    struct frontier_row done[TREE_LEVELS];
    assert_status(s, frontier_load(s, &source, 65000, &f), OK);
    while (f.size < LEAVES)
        frontier_add(&f, &r->level_0[f.size], done);
    Hash got = frontier_root(&f), expected = naive_root(r->level_0, LEAVES);
    assert_true(hash_eq(&got, &expected));
    scope_close(s);
}

static void proofs_of_all_small_trees_check(void **state)
{
    struct rows *r = *state;
    struct scope *s = test_scope();
    struct tree_source source = {rows_read, r};
    size_t checked = 0;
    for (uint64_t size = 1; size <= 70; size++) {
        Hash root = naive_root(r->level_0, size);
        for (uint64_t i = 0; i < size; i++, checked++) {
            struct tree_proof p;
            assert_status(s, tree_inclusion(s, &source, i, size, &p), OK);
            assert_status(s, tree_check_inclusion(s, &r->level_0[i], i, size, &p, &root), OK);
            Hash wrong = r->level_0[size];
            assert_status(s, tree_check_inclusion(s, &wrong, i, size, &p, &root), ERR_PROOF);
        }
        for (uint64_t old = 0; old <= size; old++, checked++) {
            struct tree_proof p;
            Hash old_root = naive_root(r->level_0, old), wrong = r->level_0[size];
            assert_status(s, tree_consistency(s, &source, old, size, &p), OK);
            assert_status(s, tree_check_consistency(s, old, &old_root, size, &root, &p), OK);
            assert_status(s, tree_check_consistency(s, old, &wrong, size, &root, &p), ERR_PROOF);
        }
    }
    printf("# %zu proofs made and checked\n", checked);
    scope_close(s);
}

static void proofs_of_a_large_tree_check(void **state)
{
    struct rows *r = *state;
    struct scope *s = test_scope();
    struct tree_source source = {rows_read, r};
    Hash root = naive_root(r->level_0, LEAVES);
    static const uint64_t sizes[] = {1, 2, 255, 256, 257, 4096, 65535, 65536, 65537, 69632, 69999};
    for (size_t i = 0; i < COUNT_OF(sizes); i++) {
        struct tree_proof p;
        uint64_t at = sizes[i];
        assert_status(s, tree_inclusion(s, &source, at, LEAVES, &p), OK);
        assert_status(s, tree_check_inclusion(s, &r->level_0[at], at, LEAVES, &p, &root), OK);
        p.hashes[p.count / 2].bytes[7] ^= 1;
        assert_status(s, tree_check_inclusion(s, &r->level_0[at], at, LEAVES, &p, &root),
                      ERR_PROOF);
        Hash old_root = naive_root(r->level_0, at);
        assert_status(s, tree_consistency(s, &source, at, LEAVES, &p), OK);
        assert_status(s, tree_check_consistency(s, at, &old_root, LEAVES, &root, &p), OK);
        p.count--;
        assert_status(s, tree_check_consistency(s, at, &old_root, LEAVES, &root, &p), ERR_PROOF);
    }
    scope_close(s);
}

static void proofs_outside_the_tree_are_refused(void **state)
{
    struct scope *s = test_scope();
    struct tree_source source = {rows_read, *state};
    struct tree_proof p;
    Hash empty = tree_empty(), other = leaf(1);
    assert_status(s, tree_inclusion(s, &source, 5, 5, &p), ERR_NOT_FOUND);
    assert_status(s, tree_consistency(s, &source, 6, 5, &p), ERR_USAGE);
    assert_status(s, tree_inclusion(s, &source, 0, LEAVES + 1, &p), ERR_NOT_FOUND); /* source's */
    p.count = 0;
    assert_status(s, tree_check_inclusion(s, &other, 0, 0, &p, &empty), ERR_PROOF);
    assert_status(s, tree_check_consistency(s, 0, &other, 3, &other, &p), ERR_PROOF);
    assert_status(s, tree_check_consistency(s, 3, &other, 2, &other, &p), ERR_PROOF);
    scope_close(s);
}

/* The member's value in a flat JSON text. jansson refuses 2^64-1, which stands in two vectors. */
static Str member(Str json, const char *key)
{
    char quoted[32];
    int len = snprintf(quoted, sizeof quoted, "\"%s\":", key);
    const char *at = memmem(json.ptr, json.len, quoted, (size_t)len);
    if (at == NULL) fail_msg("no member %s", key);
    Str rest = {at + len, json.len - (size_t)(at + len - json.ptr)};
    while (rest.len && rest.ptr[0] == ' ')
        rest = (Str){rest.ptr + 1, rest.len - 1};
    char end = rest.ptr[0] == '[' ? ']' : '\n';
    Str value = str_cut(&rest, end);
    if (end == '\n' && str_has_suffix(value, ",")) value.len--;
    return value;
}

static uint64_t number(Str json, const char *key)
{
    uint64_t out = 0;
    assert_true(str_u64(member(json, key), &out));
    return out;
}

static bool hash_text(Str quoted, Hash *out)
{
    assert_true(quoted.len >= 2 && quoted.ptr[0] == '"');
    return base64_parse((Str){quoted.ptr + 1, quoted.len - 2}, out->bytes, HASH_BYTES);
}

/* False when a hash is not one: such a proof cannot even be read. */
static bool proof_text(Str list, struct tree_proof *out)
{
    out->count = 0;
    while (list.len) {
        Str one = str_cut(&list, ',');
        const char *from = memchr(one.ptr, '"', one.len);
        if (from == NULL) continue;
        const char *to = memchr(from + 1, '"', one.len - (size_t)(from + 1 - one.ptr));
        assert_non_null(to);
        if (out->count == TREE_PROOF_MAX ||
            !hash_text((Str){from, (size_t)(to + 1 - from)}, &out->hashes[out->count++]))
            return false;
    }
    return true;
}

struct tally {
    size_t checked, accepted;
};

static void verdict(struct tally *t, const char *path, Str json, bool accepted)
{
    bool expected = str_has_prefix(member(json, "wantErr"), "false");
    if (accepted != expected) fail_msg("%s: accepted %d, expected %d", path, accepted, expected);
    t->checked++;
    t->accepted += accepted;
}

static void inclusion_file(void *ctx, const char *path)
{
    struct scope *s = test_scope();
    Str json = bytes_str(vector_file(s, path));
    Hash root, leaf_hash;
    struct tree_proof p;
    bool ok = hash_text(member(json, "root"), &root) &&
              hash_text(member(json, "leafHash"), &leaf_hash) &&
              proof_text(member(json, "proof"), &p);
    ok = ok && tree_check_inclusion(s, &leaf_hash, number(json, "leafIdx"),
                                    number(json, "treeSize"), &p, &root) == OK;
    verdict(ctx, path, json, ok);
    scope_close(s);
}

static void consistency_file(void *ctx, const char *path)
{
    struct scope *s = test_scope();
    Str json = bytes_str(vector_file(s, path));
    Hash old_root, root;
    struct tree_proof p;
    bool ok = hash_text(member(json, "root1"), &old_root) &&
              hash_text(member(json, "root2"), &root) && proof_text(member(json, "proof"), &p);
    ok = ok && tree_check_consistency(s, number(json, "size1"), &old_root, number(json, "size2"),
                                      &root, &p) == OK;
    verdict(ctx, path, json, ok);
    scope_close(s);
}

static void published_inclusion_vectors_agree(void **state)
{
    (void)state;
    char folder[VECTOR_PATH_MAX];
    struct tally t = {0};
    if (!vector_shared("vectors/merkle/inclusion", folder)) LEAVE_OUT(VECTORS_ABSENT);
    vector_walk(folder, inclusion_file, &t);
    assert_true(t.checked >= 40 && t.accepted >= 1);
    printf("# %zu inclusion vectors checked, %zu accepted\n", t.checked, t.accepted);
}

static void published_consistency_vectors_agree(void **state)
{
    (void)state;
    char folder[VECTOR_PATH_MAX];
    struct tally t = {0};
    if (!vector_shared("vectors/merkle/consistency", folder)) LEAVE_OUT(VECTORS_ABSENT);
    vector_walk(folder, consistency_file, &t);
    assert_true(t.checked >= 40 && t.accepted >= 1);
    printf("# %zu consistency vectors checked, %zu accepted\n", t.checked, t.accepted);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(roots_on_the_page_are_ours),
        cmocka_unit_test(proofs_on_the_page_are_ours),
        cmocka_unit_test(cover_leaves_on_the_page_are_ours),
        cmocka_unit_test(roots_follow_the_definition),
        cmocka_unit_test(a_root_reads_few_hashes),
        cmocka_unit_test(loaded_and_grown_frontiers_go_on_alike),
        cmocka_unit_test(proofs_of_all_small_trees_check),
        cmocka_unit_test(proofs_of_a_large_tree_check),
        cmocka_unit_test(proofs_outside_the_tree_are_refused),
        cmocka_unit_test(published_inclusion_vectors_agree),
        cmocka_unit_test(published_consistency_vectors_agree),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, setup, teardown);
}
