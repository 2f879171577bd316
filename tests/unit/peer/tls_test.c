/* The TLS identity of a post, and what the client refuses before anything is sent. */
#include "peer/client.h"
#include "peer/tls.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#define OKAY(call) assert_int_equal((call), OK)

static void an_identity_has_the_pin_of_its_certificate_and_no_other(void **state)
{
    (void)state;
    AUTO_SCOPE struct scope *s = scope_open(1 << 20);
    Bytes certificate[2], key[2];
    Hash pin[2], again;
    for (int i = 0; i < 2; i++) {
        OKAY(tls_identity_make(s, STR("lv.twinpost"), &certificate[i], &key[i], &pin[i]));
        OKAY(tls_pin(s, certificate[i], &again));
        assert_true(hash_eq(&pin[i], &again));
        assert_true(str_has_prefix(bytes_str(certificate[i]), "-----BEGIN CERTIFICATE-----"));
        assert_true(str_has_prefix(bytes_str(key[i]), "-----BEGIN PRIVATE KEY-----"));
    }
    assert_false(hash_eq(&pin[0], &pin[1]));
}

static void what_is_no_certificate_has_no_pin(void **state)
{
    (void)state;
    AUTO_SCOPE struct scope *s = scope_open(1 << 20);
    Bytes certificate, key;
    Hash pin;
    OKAY(tls_identity_make(s, STR("by"), &certificate, &key, &pin));
    assert_int_equal(tls_pin(s, key, &pin), ERR_SCHEMA);
    assert_int_equal(tls_pin(s, (Bytes){NULL, 0}, &pin), ERR_SCHEMA);
    assert_int_equal(tls_pin(s, bytes_of(certificate.ptr, certificate.len / 2), &pin), ERR_SCHEMA);
    assert_int_equal(tls_pin(s, bytes_of(certificate.ptr, 1 << 20), &pin), ERR_LIMIT);
    char name[65] = {0};
    memset(name, 'x', sizeof name);
    assert_int_equal(tls_identity_make(s, (Str){name, 65}, &certificate, &key, &pin), ERR_SCHEMA);
    assert_int_equal(tls_identity_make(s, STR(""), &certificate, &key, &pin), ERR_SCHEMA);
}

static void an_address_is_a_host_and_a_port_and_nothing_else(void **state)
{
    (void)state;
    static const char *const BAD[] = {"",        "a/b", "user@host:1", "host:1/x?y",
                                      "host:1#", "a b", "%41:1"};
    for (size_t i = 0; i < COUNT_OF(BAD); i++) {
        AUTO_SCOPE struct scope *s = scope_open(1 << 20);
        struct peer_target t = {.address = str_of(BAD[i]), .certificate = "none", .key = "none"};
        Bytes answer;
        assert_int_equal(peer_post_parcel(s, &t, bytes_of("p", 1), &answer), ERR_USAGE);
    }
}

static void nobody_at_the_address_is_a_link_that_is_down(void **state)
{
    (void)state;
    AUTO_SCOPE struct scope *s = scope_open(1 << 20);
    struct peer_target t = {.address = STR("127.0.0.1:1"), .certificate = "none", .key = "none"};
    Bytes answer;
    assert_int_equal(peer_post_parcel(s, &t, bytes_of("p", 1), &answer), ERR_LINK);
    assert_non_null(strstr(scope_reason(s), "127.0.0.1:1"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_identity_has_the_pin_of_its_certificate_and_no_other),
        cmocka_unit_test(what_is_no_certificate_has_no_pin),
        cmocka_unit_test(an_address_is_a_host_and_a_port_and_nothing_else),
        cmocka_unit_test(nobody_at_the_address_is_a_link_that_is_down),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
