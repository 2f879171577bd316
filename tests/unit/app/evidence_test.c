/* Evidence crosses in pieces: whole after any number of cuts, never altered, never unasked. */
#include "app/exchange.h"
#include "app/pieces.h"
#include "os/file.h"
#include "pair.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

enum { MIB = 1 << 20 };

static void expect_same(struct pair *x, size_t post, Str ref, const char *path)
{
    Bytes sent, got;
    Str copy = scope_print(x->s, "%s/copy-%zu", x->folder, post);
    OKAY_IN(x->s, evidence_get(x->s, x->post[post], ref, copy.ptr));
    OKAY(file_read(x->s, path, 64 * MIB, &sent));
    OKAY(file_read(x->s, copy.ptr, 64 * MIB, &got));
    assert_true(bytes_eq(sent, got));
    assert_true(file_is_private(copy.ptr));
    OKAY(file_remove(x->s, copy.ptr));
}

static uint64_t missing(struct pair *x)
{
    struct piece_want want;
    POST_READING(x->post[1]);
    OKAY(pieces_next(x->s, x->post[1], post_neighbour(x->post[1], STR("")), &want));
    return want.opening ? want.piece : UINT64_MAX;
}

static void crosses_and_is_the_same(void **state)
{
    struct pair *x = *state = pair_open();
    Str number = pair_case(x);
    static const size_t sizes[] = {0, 1, MIB, MIB + 1, 19 * MIB + 7};
    for (size_t i = 0; i < COUNT_OF(sizes); i++) {
        const char *path = pair_file(x, "photo", sizes[i]);
        Str ref = pair_evidence(x, number, path);
        pair_sync(x);
        expect_same(x, 0, ref, path);
        expect_same(x, 1, ref, path);
    }
    assert_int_equal(missing(x), UINT64_MAX);
}

static void goes_on_after_cuts_and_restarts(void **state)
{
    struct pair *x = *state = pair_open();
    Str number = pair_case(x);
    const char *path = pair_file(x, "video", 25 * MIB + 3);
    Str ref = pair_evidence(x, number, path);
    bool pending;
    uint64_t before = 0;
    x->cut = true;
    assert_int_equal(pair_sync_once(x, 0), ERR_LINK);
    assert_int_equal(missing(x), 8);
    OKAY(exchange_is_pending(x->s, x->post[1], STR(""), &pending));
    assert_true(pending);
    assert_int_equal(evidence_get(x->s, x->post[1], ref, "never"), ERR_STATE);
    /* Only what by says it lacks is sent again, although by had no word until now. */
    for (int cuts = 0; missing(x) != UINT64_MAX; cuts++) {
        pair_restart(x, 1);
        assert_int_equal(pair_sync_once(x, 1), ERR_LINK);
        x->cut = false;
        before = x->bytes;
        OKAY_IN(x->s, pair_sync_once(x, 1));
        x->cut = true;
        assert_true(cuts < 8);
    }
    assert_true(x->bytes - before < (size_t)20 * MIB);
    expect_same(x, 1, ref, path);
}

/* A parcel of lv with one forged piece, properly signed and sealed. */
static Status forged(struct pair *x, uint64_t opening, uint64_t piece, Bytes bytes)
{
    struct post *lv = x->post[0];
    struct exchange_result result;
    struct tree_proof proof = {0};
    Bytes plain, sealed;
    AgeRecipient to;
    struct parcel_header header = {
        .from = STR("lv"), .to = STR("by"), .number = 1000, .time = x->clock.at};
    struct writer w = parcel_open(x->s, &header);
    parcel_piece(&w, opening, piece, &proof, bytes);
    OKAY(parcel_close(&w, &lv->parcel_keys.keys[0], &plain));
    OKAY(age_recipient_parse(x->s, post_neighbour(lv, STR(""))->card.recipient, &to));
    OKAY(exchange_seal(x->s, lv, &to, plain, &sealed));
    return exchange_read(x->s, x->post[1], sealed, &result);
}

static void refuses_what_the_entry_does_not_commit_to(void **state)
{
    struct pair *x = *state = pair_open();
    Str number = pair_case(x);
    const char *path = pair_file(x, "photo", 9 * MIB);
    pair_evidence(x, number, path);
    x->cut = true;
    assert_int_equal(pair_sync_once(x, 0), ERR_LINK);
    assert_int_equal(missing(x), 8);
    Bytes bytes;
    OKAY(file_read(x->s, path, 64 * MIB, &bytes));
    struct piece_want want;
    post_lock(x->post[1]);
    OKAY(pieces_next(x->s, x->post[1], post_neighbour(x->post[1], STR("")), &want));
    post_unlock(x->post[1]);
    assert_int_equal(forged(x, want.opening, 8, bytes_of(bytes.ptr, MIB)), ERR_PROOF);
    assert_int_equal(forged(x, want.opening, 9, bytes_of(bytes.ptr, MIB)), ERR_PROOF);
    assert_int_equal(forged(x, want.opening + 50, 0, bytes_of(bytes.ptr, MIB)), ERR_SCHEMA);
    assert_int_equal(missing(x), 8);
    x->cut = false;
    pair_sync(x);
    assert_int_equal(missing(x), UINT64_MAX);
}

static void a_flipped_bit_on_the_way_is_noticed(void **state)
{
    struct pair *x = *state = pair_open();
    Str number = pair_case(x);
    const char *path = pair_file(x, "photo", 2 * MIB);
    Str ref = pair_evidence(x, number, path);
    Bytes sealed;
    struct exchange_result result;
    OKAY(exchange_write(x->s, x->post[0], STR(""), &sealed));
    for (size_t i = 0; i < 8; i++) {
        size_t at = sealed.len / 8 * i + 3;
        ((uint8_t *)(uintptr_t)sealed.ptr)[at] ^= 1;
        assert_int_not_equal(exchange_read(x->s, x->post[1], sealed, &result), OK);
        ((uint8_t *)(uintptr_t)sealed.ptr)[at] ^= 1;
    }
    OKAY_IN(x->s, exchange_read(x->s, x->post[1], sealed, &result));
    expect_same(x, 1, ref, path);
}

static void bytes_stay_home_when_their_digests_do(void **state)
{
    struct pair *x = *state = pair_open();
    Str number = pair_case(x);
    struct name_value fields[] = {{STR("item"), STR("IMG-2")}};
    struct fact_request request = {.kind = STR("evidence.collected"),
                                   .case_number = number,
                                   .fields = fields,
                                   .field_count = 1};
    struct fact_result result;
    struct blob_row blob;
    OKAY_IN(x->s, evidence_add(x->s, x->post[0], pair_session(x, "lv.help"), &request,
                               pair_file(x, "photo", MIB), &result));
    pair_release(x, "lv", scope_print(x->s, "%s.item", result.ref.ptr));
    x->bytes = 0;
    pair_sync(x);
    assert_true(x->bytes < MIB);
    struct fact_ref ref;
    assert_true(fact_ref_parse(result.ref, &ref));
    POST_READING(x->post[1]);
    assert_int_equal(evidence_of_fact(x->s, x->post[1], STR("lv"), ref.index, &blob),
                     ERR_NOT_FOUND);
}

static void recalled_and_erased_evidence_is_destroyed(void **state)
{
    struct pair *x = *state = pair_open();
    Str number = pair_case(x);
    Str ref = pair_evidence(x, number, pair_file(x, "photo", 2 * MIB));
    Str copy = scope_print(x->s, "%s/copy", x->folder);
    pair_sync(x);
    OKAY_IN(x->s, evidence_get(x->s, x->post[1], ref, copy.ptr));
    OKAY(file_remove(x->s, copy.ptr));
    OKAY_IN(x->s, release_recall(x->s, x->post[0], pair_session(x, "lv.rep"), ref, STR("kļūda")));
    pair_sync(x);
    assert_int_not_equal(evidence_get(x->s, x->post[1], ref, copy.ptr), OK);
    assert_int_equal(missing(x), UINT64_MAX); /* and is not asked for again */
    OKAY_IN(x->s, evidence_get(x->s, x->post[0], ref, copy.ptr));
    OKAY(file_remove(x->s, copy.ptr));
    OKAY_IN(x->s,
            fact_erase_values(x->s, x->post[0], pair_session(x, "lv.dpo"), ref, STR("termiņš")));
    assert_int_not_equal(evidence_get(x->s, x->post[0], ref, copy.ptr), OK);
    for (size_t i = 0; i < 2; i++) {
        Str *names;
        size_t count;
        OKAY(file_list(x->s, file_join(x->s, x->dir[i], "vault").ptr, 100, &names, &count));
        assert_int_equal(count, 1); /* the folder of what arrives */
    }
}

static int tear_down(void **state)
{
    if (*state) pair_close(*state);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(crosses_and_is_the_same, tear_down),
        cmocka_unit_test_teardown(goes_on_after_cuts_and_restarts, tear_down),
        cmocka_unit_test_teardown(refuses_what_the_entry_does_not_commit_to, tear_down),
        cmocka_unit_test_teardown(a_flipped_bit_on_the_way_is_noticed, tear_down),
        cmocka_unit_test_teardown(recalled_and_erased_evidence_is_destroyed, tear_down),
        cmocka_unit_test_teardown(bytes_stay_home_when_their_digests_do, tear_down),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
