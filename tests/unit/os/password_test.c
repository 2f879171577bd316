/* Sealing an officer's key: only the password opens it, no flipped bit passes, costs are bounded.
 */
#include "os/file.h"
#include "os/password.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#define OKAY(call) assert_int_equal((call), OK)

static const uint8_t seed[SEED_BYTES] = "thirty-two bytes of a seed, fine";

static void only_the_password_opens_the_seed(void **state)
{
    (void)state;
    AUTO_SCOPE struct scope *s = scope_open(1 << 20);
    struct random kernel = {0};
    for (int strength = PASSWORD_INTERACTIVE; strength <= PASSWORD_MINIMAL; strength++) {
        Bytes sealed;
        uint8_t back[SEED_BYTES];
        OKAY(password_seal(s, &kernel, STR("correct horse"), seed, (enum password_strength)strength,
                           &sealed));
        OKAY(password_open(s, STR("correct horse"), sealed, back));
        assert_memory_equal(back, seed, SEED_BYTES);
        assert_int_equal(password_open(s, STR("correct horsf"), sealed, back), ERR_ROLE);
        assert_null(memmem(sealed.ptr, sealed.len, seed, SEED_BYTES));
    }
    Bytes none;
    assert_int_equal(password_seal(s, &kernel, STR(""), seed, PASSWORD_MINIMAL, &none), ERR_USAGE);
}

static void no_flipped_bit_and_no_cut_passes(void **state)
{
    (void)state;
    AUTO_SCOPE struct scope *s = scope_open(8 << 20);
    struct random kernel = {0};
    Bytes sealed;
    uint8_t back[SEED_BYTES], copy[256];
    OKAY(password_seal(s, &kernel, STR("pw"), seed, PASSWORD_MINIMAL, &sealed));
    for (size_t i = 0; i < sealed.len; i++) {
        /* The cost fields: a changed one may lead to a long, honest computation. */
        if (i >= 15 && i < 27) continue;
        memcpy(copy, sealed.ptr, sealed.len);
        copy[i] ^= 1;
        Status status = password_open(s, STR("pw"), bytes_of(copy, sealed.len), back);
        assert_true(status == ERR_ROLE || status == ERR_SCHEMA);
    }
    for (size_t len = 0; len < sealed.len; len++)
        assert_int_equal(password_open(s, STR("pw"), bytes_of(sealed.ptr, len), back), ERR_SCHEMA);
    memcpy(copy, sealed.ptr, sealed.len);
    copy[19] = 1; /* memory above the maximum is refused before any work */
    assert_int_equal(password_open(s, STR("pw"), bytes_of(copy, sealed.len), back), ERR_SCHEMA);
}

static void a_password_comes_from_a_descriptor_or_the_environment(void **state)
{
    (void)state;
    AUTO_SCOPE struct scope *s = scope_open(1 << 20);
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    AUTO_FILE int in = ends[0];
    AUTO_FILE int out = ends[1];
    OKAY(file_write_all(s, out, str_bytes(STR("first line\r\nrest\n"))));
    Str password;
    OKAY(password_read_fd(s, in, "password", &password));
    assert_true(str_is(password, "first line"));
    OKAY(password_read_fd(s, in, "password", &password));
    assert_true(str_is(password, "rest"));
    file_auto_close(&out);
    assert_int_equal(password_read_fd(s, in, "password", &password), ERR_USAGE);
    assert_int_equal(password_read_fd(s, 1000, "password", &password), ERR_USAGE);
    setenv("TEST_PASSWORD", "from outside", 1);
    const char *there = getenv("TEST_PASSWORD");
    OKAY(password_take_environment(s, "TEST_PASSWORD", &password));
    assert_true(str_is(password, "from outside"));
    assert_int_equal(there[0], '\0'); /* not even the place where it stood holds it */
    assert_null(getenv("TEST_PASSWORD"));
    OKAY(password_take_environment(s, "TEST_PASSWORD", &password));
    assert_null(password.ptr);
}

static void a_seed_repeats_and_the_kernel_does_not(void **state)
{
    (void)state;
    AUTO_SCOPE struct scope *s = scope_open(1 << 20);
    Hash start = hash_of(str_bytes(STR("seed"))), a, b, c;
    struct random one = random_from_seed(&start), two = random_from_seed(&start), kernel = {0};
    OKAY(random_hash(s, &one, &a));
    OKAY(random_hash(s, &two, &b));
    OKAY(random_hash(s, &one, &c));
    assert_true(hash_eq(&a, &b));
    assert_false(hash_eq(&a, &c));
    OKAY(random_hash(s, &kernel, &a));
    OKAY(random_hash(s, &kernel, &b));
    assert_false(hash_eq(&a, &b));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_the_password_opens_the_seed),
        cmocka_unit_test(no_flipped_bit_and_no_cut_passes),
        cmocka_unit_test(a_password_comes_from_a_descriptor_or_the_environment),
        cmocka_unit_test(a_seed_repeats_and_the_kernel_does_not),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
