/* Hashes and signatures against the examples of their standards. */
#include "base/hash.h"
#include "base/signature.h"
#include "vector.h"
#include <sodium.h>

static void sha256_gives_the_examples_of_fips_180(void **state)
{
    (void)state;
    Hash h = hash_of(str_bytes(STR("abc")));
    assert_hex(hash_bytes(&h),
               STR("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"));
    h = hash_of((Bytes){NULL, 0});
    assert_hex(hash_bytes(&h),
               STR("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"));
    struct hasher piecewise;
    hash_start(&piecewise);
    hash_add_u16(&piecewise, 0x6162);
    hash_add(&piecewise, "c", 1);
    hash_add(&piecewise, NULL, 0);
    Hash same = hash_finish(&piecewise), abc = hash_of(str_bytes(STR("abc")));
    assert_true(hash_eq(&same, &abc) && !hash_eq(&same, &h));
}

static void integers_are_hashed_with_the_highest_byte_first(void **state)
{
    (void)state;
    struct hasher h;
    hash_start(&h);
    hash_add_u32(&h, 0x01020304);
    hash_add_u64(&h, 0x05060708090a0b0c);
    Hash got = hash_finish(&h);
    static const uint8_t bytes[] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12};
    Hash expected = hash_of(bytes_of(bytes, sizeof bytes));
    assert_true(hash_eq(&got, &expected));
}

static void hmac_gives_the_examples_of_rfc_4231(void **state)
{
    (void)state;
    Hash h = hash_hmac(str_bytes(STR("Jefe")), str_bytes(STR("what do ya want for nothing?")));
    assert_hex(hash_bytes(&h),
               STR("5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"));
    uint8_t key[131];
    memset(key, 0xaa, sizeof key);
    h = hash_hmac(bytes_of(key, sizeof key),
                  str_bytes(STR("Test Using Larger Than Block-Size Key - Hash Key First")));
    assert_hex(hash_bytes(&h),
               STR("60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"));
}

static void hkdf_gives_the_examples_of_rfc_5869(void **state)
{
    (void)state;
    struct scope *s = test_scope();
    Bytes secret = vector_hex(s, STR("0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b"));
    Hash h = hash_hkdf(secret, vector_hex(s, STR("000102030405060708090a0b0c")),
                       vector_hex(s, STR("f0f1f2f3f4f5f6f7f8f9")));
    assert_hex(hash_bytes(&h),
               STR("3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf"));
    h = hash_hkdf(secret, (Bytes){NULL, 0}, (Bytes){NULL, 0});
    assert_hex(hash_bytes(&h),
               STR("8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d"));
    scope_close(s);
}

static void ed25519_gives_the_examples_of_rfc_8032(void **state)
{
    (void)state;
    struct scope *s = test_scope();
    struct secret_key key;
    secret_key_from_seed(
        vector_hex(s, STR("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb")).ptr,
        &key);
    assert_hex(bytes_of(key.public.bytes, KEY_BYTES),
               STR("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c"));
    Signature signature = sign(&key, str_bytes(STR("r")));
    assert_hex(bytes_of(signature.bytes, SIGNATURE_BYTES),
               STR("92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
                   "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"));
    assert_true(signature_is_valid(&signature, str_bytes(STR("r")), &key.public));
    assert_false(signature_is_valid(&signature, str_bytes(STR("s")), &key.public));
    signature.bytes[63] ^= 0x20; /* S above the group order */
    assert_false(signature_is_valid(&signature, str_bytes(STR("r")), &key.public));
    secret_wipe(&key, sizeof key);
    assert_true(sodium_is_zero((const uint8_t *)&key, sizeof key));
    scope_close(s);
}

static void keys_and_points_of_small_order_sign_nothing(void **state)
{
    (void)state;
    PublicKey zero = {{0}}, one = {{1}};
    Signature forged = {{1}}; /* R is the identity, S is 0: fits any text under such keys */
    assert_false(signature_is_valid(&forged, str_bytes(STR("r")), &zero));
    assert_false(signature_is_valid(&forged, str_bytes(STR("r")), &one));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sha256_gives_the_examples_of_fips_180),
        cmocka_unit_test(integers_are_hashed_with_the_highest_byte_first),
        cmocka_unit_test(hmac_gives_the_examples_of_rfc_4231),
        cmocka_unit_test(hkdf_gives_the_examples_of_rfc_5869),
        cmocka_unit_test(ed25519_gives_the_examples_of_rfc_8032),
        cmocka_unit_test(keys_and_points_of_small_order_sign_nothing),
    };
    if (sodium_init() < 0) return 1;
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
