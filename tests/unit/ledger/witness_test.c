#include "core/ledger/witness.h"
#include "vector.h"
#include <sodium.h>

enum { LEAVES = 20 };

struct journal {
    struct secret_key key;
    Hash leaves[LEAVES];
};

static Status journal_read(void *ctx, struct scope *s, unsigned level, uint64_t first,
                           uint64_t count, Hash *out)
{
    const struct journal *j = ctx;
    if (level > 0 || first + count > LEAVES) return (fail)(s, ERR_NOT_FOUND, "no such row");
    memcpy(out, j->leaves + first, (size_t)count * sizeof *out);
    return OK;
}

static struct journal journal_of(uint8_t fill)
{
    struct journal j;
    uint8_t seed[SEED_BYTES];
    memset(seed, fill, sizeof seed);
    secret_key_from_seed(seed, &j.key);
    for (size_t i = 0; i < LEAVES; i++)
        j.leaves[i] = tree_leaf_hash(bytes_of(&i, sizeof i));
    return j;
}

static Hash root_of(struct scope *s, struct journal *j, uint64_t size)
{
    struct tree_source source = {journal_read, j};
    Hash root;
    assert_status(s, tree_root(s, &source, size, &root), OK);
    return root;
}

static struct witness_view view_of(struct scope *s, struct journal *j, uint64_t size)
{
    return (struct witness_view){STR("a/journal"), j->key.public, size, root_of(s, j, size)};
}

/* A body as a peer sends it: from `old` to `size`. */
static Str body_of(struct scope *s, struct journal *j, uint64_t old, uint64_t size)
{
    struct tree_source source = {journal_read, j};
    struct tree_proof proof = {0};
    Hash root = root_of(s, j, size);
    Str text, note, body;
    if (old <= size) assert_status(s, tree_consistency(s, &source, old, size, &proof), OK);
    assert_status(s, checkpoint_text(s, STR("a/journal"), size, &root, &text), OK);
    assert_status(s, checkpoint_sign(s, text, STR("a/journal"), &j->key, &note), OK);
    assert_status(s, witness_request_format(s, old, &proof, note, &body), OK);
    return body;
}

static Status verdict(struct scope *s, const struct witness_view *view, Str body)
{
    struct witness_request q;
    Status status = witness_request_parse(s, str_bytes(body), &q);
    return status == OK ? witness_check(s, view, &q) : status;
}

static void every_step_forward_is_countersigned(void **state)
{
    (void)state;
    struct scope *s = test_scope();
    struct journal j = journal_of(1);
    for (uint64_t old = 0; old <= LEAVES; old++)
        for (uint64_t size = old; size <= LEAVES; size++) {
            struct witness_view view = view_of(s, &j, old);
            assert_status(s, verdict(s, &view, body_of(s, &j, old, size)), OK);
        }
    scope_close(s);
}

static void each_refusal_has_its_answer(void **state)
{
    (void)state;
    struct scope *s = test_scope();
    struct journal j = journal_of(1), liar = journal_of(1), stranger = journal_of(2);
    liar.leaves[3] = tree_leaf_hash(str_bytes(STR("another past")));
    struct witness_view view = view_of(s, &j, 7);
    struct {
        Status expected;
        int http;
        const struct witness_view *view;
        Str body;
    } rows[] = {
        {OK, 200, &view, body_of(s, &j, 7, 12)},
        {OK, 200, &view, body_of(s, &j, 7, 7)},
        {ERR_NOT_FOUND, 404, NULL, body_of(s, &j, 7, 12)},
        {ERR_SIGNATURE, 403, &view, body_of(s, &stranger, 7, 12)},
        {ERR_SCHEMA, 400, &view, body_of(s, &j, 12, 7)},
        {ERR_STALE, 409, &view, body_of(s, &j, 6, 12)},
        {ERR_STALE, 409, &view, body_of(s, &j, 0, 12)},
        {ERR_FORK, 422, &view, body_of(s, &liar, 7, 7)},
        {ERR_PROOF, 422, &view, body_of(s, &liar, 7, 12)},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        Status got = verdict(s, rows[i].view, rows[i].body);
        assert_status(s, got, rows[i].expected);
        assert_int_equal(witness_http(got), rows[i].http);
    }
    assert_int_equal(witness_http(ERR_DISK), 500);
    scope_close(s);
}

static void an_empty_journal_has_the_empty_root(void **state)
{
    (void)state;
    struct scope *s = test_scope();
    struct journal j = journal_of(1);
    struct witness_view view = view_of(s, &j, 0);
    assert_status(s, verdict(s, &view, body_of(s, &j, 0, 0)), OK);
    Hash wrong = j.leaves[0];
    struct tree_proof none = {0};
    Str text, note, body;
    assert_status(s, checkpoint_text(s, STR("a/journal"), 0, &wrong, &text), OK);
    assert_status(s, checkpoint_sign(s, text, STR("a/journal"), &j.key, &note), OK);
    assert_status(s, witness_request_format(s, 0, &none, note, &body), OK);
    assert_status(s, verdict(s, &view, body), ERR_FORK);
    none.count = 1;
    body = body_of(s, &j, 0, 5);
    struct witness_request q;
    assert_status(s, witness_request_parse(s, str_bytes(body), &q), OK);
    q.proof.count = 1;
    assert_status(s, witness_check(s, &view, &q), ERR_PROOF);
    scope_close(s);
}

static void bodies_in_any_other_form_are_refused(void **state)
{
    (void)state;
    struct scope *s = test_scope();
    struct journal j = journal_of(1);
    Str body = body_of(s, &j, 3, 7);
    Str rest = body, first = str_cut(&rest, '\n');
    assert_true(str_is(first, "old 3"));
    static const char *const heads[] = {
        "",          "old 03\n",  "old\n",        "old 3 \n",
        "Old 3\n",   "old -3\n",  "\nold 3\n",    "old 9223372036854775808\n",
        "old 3\r\n", "old 3\n\n", "old 3\nAAAA\n"};
    struct witness_request q;
    for (size_t i = 0; i < COUNT_OF(heads); i++) {
        Str bad = scope_print(s, "%s%.*s", heads[i], STR_ARG(rest));
        assert_status(s, witness_request_parse(s, str_bytes(bad), &q), ERR_SCHEMA);
    }
    for (size_t i = 0; i < body.len; i++)
        assert_true(witness_request_parse(s, bytes_of(body.ptr, i), &q) != OK);
    struct tree_proof longest = {.count = WITNESS_PROOF_MAX};
    assert_status(s, witness_request_parse(s, str_bytes(body), &q), OK);
    Str note = q.note;
    assert_status(s, witness_request_format(s, 3, &longest, note, &body), OK);
    assert_status(s, witness_request_parse(s, str_bytes(body), &q), OK);
    longest.count++;
    assert_status(s, witness_request_format(s, 3, &longest, note, &body), OK);
    assert_status(s, witness_request_parse(s, str_bytes(body), &q), ERR_SCHEMA);
    scope_close(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_step_forward_is_countersigned),
        cmocka_unit_test(each_refusal_has_its_answer),
        cmocka_unit_test(an_empty_journal_has_the_empty_root),
        cmocka_unit_test(bodies_in_any_other_form_are_refused),
    };
    if (sodium_init() < 0) return 1;
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
