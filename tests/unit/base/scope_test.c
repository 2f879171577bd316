#include "base/scope.h"
#include "vector.h"

static void memory_is_zeroed_aligned_and_apart(void **state)
{
    (void)state;
    struct scope *s = test_scope();
    uint8_t *last = NULL;
    for (size_t size = 1; size < 40000; size = size * 2 + 1) {
        uint8_t *p = scope_alloc(s, size);
        assert_non_null(p);
        assert_int_equal((uintptr_t)p % _Alignof(max_align_t), 0);
        for (size_t i = 0; i < size; i++)
            assert_int_equal(p[i], 0);
        memset(p, 0xff, size);
        if (last) assert_int_equal(*last, 0xff);
        last = p;
    }
    scope_close(s);
}

static void the_ceiling_holds_and_is_explained(void **state)
{
    (void)state;
    struct scope *s = scope_open(1000);
    assert_non_null(s);
    assert_non_null(scope_alloc(s, 600));
    assert_null(scope_alloc(s, 600));
    assert_true(strlen(scope_reason(s)) > 0);
    assert_true(scope_used(s) <= 1000);
    assert_null(scope_alloc(s, SIZE_MAX));
    assert_null(scope_alloc(s, SIZE_MAX - 8));
    assert_null(scope_array(s, SIZE_MAX / 2, 3));
    assert_null(scope_array(s, 1001, 1));
    assert_non_null(scope_array(s, 0, 8));
    scope_close(s);
}

static void a_reset_scope_begins_anew(void **state)
{
    (void)state;
    struct scope *s = scope_open(1 << 20);
    assert_non_null(s);
    for (int turn = 0; turn < 100; turn++) {
        uint8_t *p = scope_alloc(s, 1 << 19);
        assert_non_null(p);
        assert_int_equal(p[12345], 0);
        p[12345] = 1;
        assert_non_null(scope_alloc(s, 100));
        assert_int_equal((fail)(s, ERR_STATE, "turn %d", turn), ERR_STATE);
        scope_reset(s);
        assert_int_equal(scope_used(s), 0);
        assert_string_equal(scope_reason(s), "");
    }
    scope_close(s);
}

static void copies_end_in_a_nul(void **state)
{
    (void)state;
    struct scope *s = test_scope();
    Str a = scope_str(s, STR("abc")), none = scope_str(s, (Str){NULL, 0});
    assert_string_equal(a.ptr, "abc");
    assert_int_equal(none.len, 0);
    Str printed = scope_print(s, "%s-%d", "x", 42);
    assert_string_equal(printed.ptr, "x-42");
    assert_int_equal(printed.len, 4);
    scope_close(s);
    scope_close(NULL);
}

static void a_long_reason_is_cut(void **state)
{
    (void)state;
    struct scope *s = test_scope();
    char text[2 * SCOPE_REASON_MAX];
    memset(text, 'a', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    assert_int_equal((fail)(s, ERR_USAGE, "%s", text), ERR_USAGE);
    assert_int_equal(strlen(scope_reason(s)), SCOPE_REASON_MAX - 1);
    scope_close(s);
}

static void a_reason_may_be_told_within_another(void **state)
{
    (void)state;
    struct scope *s = test_scope();
    (void)(fail)(s, ERR_NOT_FOUND, "no root key");
    assert_int_equal((fail)(s, ERR_MANDATE, "%s", scope_reason(s)), ERR_MANDATE);
    assert_string_equal(scope_reason(s), "no root key");
    (void)(fail)(s, ERR_STATE, "first: %s", scope_reason(s));
    assert_string_equal(scope_reason(s), "first: no root key");
    scope_close(s);
}

static void a_scope_that_lacked_memory_says_so_until_it_is_reset(void **state)
{
    (void)state;
    struct scope *s = scope_open(100);
    assert_non_null(scope_alloc(s, 60));
    assert_false(scope_has_lacked(s));
    assert_null(scope_alloc(s, 60));
    assert_non_null(scope_alloc(s, 10));
    assert_true(scope_has_lacked(s));
    scope_reset(s);
    assert_false(scope_has_lacked(s));
    assert_null(scope_array(s, SIZE_MAX, 2));
    assert_true(scope_has_lacked(s));
    scope_close(s);
}

static void a_failure_is_held_without_memory_while_others_follow(void **state)
{
    (void)state;
    struct scope *s = scope_open(64);
    Status status = (fail)(s, ERR_PROOF, "the first of %d", 2);
    struct failure first = failure_hold(s, status);
    assert_null(scope_alloc(s, 4096));
    assert_int_equal(failure_tell(s, &first), ERR_PROOF);
    assert_string_equal(scope_reason(s), "the first of 2");
    scope_close(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_reason_may_be_told_within_another),
        cmocka_unit_test(a_scope_that_lacked_memory_says_so_until_it_is_reset),
        cmocka_unit_test(memory_is_zeroed_aligned_and_apart),
        cmocka_unit_test(the_ceiling_holds_and_is_explained),
        cmocka_unit_test(a_reset_scope_begins_anew),
        cmocka_unit_test(copies_end_in_a_nul),
        cmocka_unit_test(a_long_reason_is_cut),
        cmocka_unit_test(a_failure_is_held_without_memory_while_others_follow),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
