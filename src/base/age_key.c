/* Text forms of age keys: bech32 of BIP 173 over 32 bytes. Declared in base/age.h. */
#include "base/age.h"
#include "base/signature.h"
#include <sodium.h>

enum {
    DIGITS = 52, /* 32 bytes in digits of five bits */
    CHECK_DIGITS = 6
};

static const char alphabet[] = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";

static uint32_t check_step(uint32_t check, uint8_t value)
{
    static const uint32_t generator[] = {0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd,
                                         0x2a1462b3};
    uint32_t top = check >> 25;
    check = (check & 0x1ffffff) << 5 ^ value;
    for (int i = 0; i < 5; i++)
        if (top >> i & 1) check ^= generator[i];
    return check;
}

/* The checksum state after the human-readable prefix, as BIP 173 expands it. */
static uint32_t check_prefix(const char *prefix)
{
    uint32_t check = 1;
    for (const char *c = prefix; *c; c++)
        check = check_step(check, (uint8_t)(*c >> 5));
    check = check_step(check, 0);
    for (const char *c = prefix; *c; c++)
        check = check_step(check, (uint8_t)(*c & 31));
    return check;
}

/* prefix "1" digits checksum in lower case; NUL-ended. */
static void bech32_format(const char *prefix, const uint8_t key[static AGE_KEY_BYTES],
                          char out[static AGE_TEXT_MAX])
{
    size_t at = strlen(prefix);
    uint32_t check = check_prefix(prefix), bits = 0;
    unsigned held = 0;
    memcpy(out, prefix, at);
    out[at++] = '1';
    for (size_t i = 0, next = 0; i < DIGITS; i++) {
        if (held < 5) {
            bits = bits << 8 | (next < AGE_KEY_BYTES ? key[next] : 0);
            next++;
            held += 8;
        }
        held -= 5;
        uint8_t digit = bits >> held & 31;
        check = check_step(check, digit);
        out[at++] = alphabet[digit];
    }
    for (int i = 0; i < CHECK_DIGITS; i++)
        check = check_step(check, 0);
    check ^= 1;
    for (int i = 0; i < CHECK_DIGITS; i++)
        out[at++] = alphabet[check >> (5 * (5 - i)) & 31];
    out[at] = '\0';
}

/* Reads what bech32_format writes; false for another prefix, length, digit, checksum or for bits
 * left over that are not zero. */
static bool bech32_parse(const char *prefix, Str text, uint8_t out[static AGE_KEY_BYTES])
{
    size_t prefix_len = strlen(prefix);
    if (text.len != prefix_len + 1 + DIGITS + CHECK_DIGITS || !str_has_prefix(text, prefix) ||
        text.ptr[prefix_len] != '1')
        return false;
    uint8_t key[AGE_KEY_BYTES + 1] = {0};
    uint32_t check = check_prefix(prefix), bits = 0;
    unsigned held = 0;
    size_t filled = 0;
    for (size_t i = 0; i < DIGITS + CHECK_DIGITS; i++) {
        const char *found = memchr(alphabet, text.ptr[prefix_len + 1 + i], sizeof alphabet - 1);
        if (found == NULL) return false;
        uint8_t digit = (uint8_t)(found - alphabet);
        check = check_step(check, digit);
        if (i >= DIGITS) continue;
        bits = (bits << 5 | digit) & 0xfff;
        held += 5;
        if (held < 8) continue;
        held -= 8;
        key[filled++] = (uint8_t)(bits >> held);
    }
    bool ok = check == 1 && filled == AGE_KEY_BYTES && (bits & ((1u << held) - 1)) == 0;
    if (ok) memcpy(out, key, AGE_KEY_BYTES);
    secret_wipe(key, sizeof key);
    return ok;
}

void age_identity_from_secret(const uint8_t secret[static AGE_KEY_BYTES], struct age_identity *out)
{
    memcpy(out->secret, secret, AGE_KEY_BYTES);
    crypto_scalarmult_curve25519_base(out->recipient.bytes, out->secret);
}

static Status format(struct scope *s, const char *prefix, const uint8_t *key, bool is_upper,
                     Str *out)
{
    char text[AGE_TEXT_MAX];
    bech32_format(prefix, key, text);
    for (char *c = text; is_upper && *c; c++)
        if (*c >= 'a' && *c <= 'z') *c = (char)(*c - 'a' + 'A');
    *out = scope_str(s, str_of(text));
    secret_wipe(text, sizeof text);
    return out->ptr ? OK : ERR_MEMORY;
}

Status age_recipient_format(struct scope *s, const AgeRecipient *recipient, Str *out)
{
    return format(s, "age", recipient->bytes, false, out);
}

Status age_identity_format(struct scope *s, const struct age_identity *id, Str *out)
{
    return format(s, "age-secret-key-", id->secret, true, out);
}

Status age_recipient_parse(struct scope *s, Str text, AgeRecipient *out)
{
    if (!bech32_parse("age", text, out->bytes))
        return fail(s, ERR_SCHEMA, "this is not an age recipient (age1...)");
    return OK;
}

Status age_identity_parse(struct scope *s, Str text, struct age_identity *out)
{
    char lower[AGE_TEXT_MAX];
    uint8_t secret[AGE_KEY_BYTES];
    bool ok = text.len < sizeof lower;
    for (size_t i = 0; ok && i < text.len; i++) {
        char c = text.ptr[i];
        if (c >= 'a' && c <= 'z') ok = false;
        lower[i] = c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
    }
    ok = ok && bech32_parse("age-secret-key-", (Str){lower, text.len}, secret);
    if (ok) age_identity_from_secret(secret, out);
    secret_wipe(lower, sizeof lower);
    secret_wipe(secret, sizeof secret);
    return ok ? OK : fail(s, ERR_SCHEMA, "this is not an age identity");
}
