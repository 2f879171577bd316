#include "peer/tls.h"
#include <gnutls/abstract.h>
#include <gnutls/crypto.h>
#include <gnutls/x509.h>

enum { SERIAL_BYTES = 16, SPKI_BYTES_MAX = 1024, COMMON_NAME_MAX = 64 };

/* Certificates count from here: a post with a wrong clock must still be let in, so no date is real.
 */
#define VALID_FROM     ((time_t)946684800) /* 2000-01-01 */
#define VALID_FOR_EVER ((time_t)-1)        /* RFC 5280 4.1.2.5: 99991231235959Z */

static void certificate_release(gnutls_x509_crt_t *certificate)
{
    if (*certificate != NULL) gnutls_x509_crt_deinit(*certificate);
}

static void key_release(gnutls_x509_privkey_t *key)
{
    if (*key != NULL) gnutls_x509_privkey_deinit(*key);
}

static void public_release(gnutls_pubkey_t *key)
{
    if (*key != NULL) gnutls_pubkey_deinit(*key);
}

static void pem_release(gnutls_datum_t *pem)
{
    if (pem->data == NULL) return;
    gnutls_memset(pem->data, 0, pem->size);
    gnutls_free(pem->data);
}

#define AUTO_CERTIFICATE __attribute__((cleanup(certificate_release)))
#define AUTO_KEY         __attribute__((cleanup(key_release)))
#define AUTO_PUBLIC      __attribute__((cleanup(public_release)))
#define AUTO_PEM         __attribute__((cleanup(pem_release)))

static Status tls_failed(struct scope *s, int code)
{
    Status status = code == GNUTLS_E_MEMORY_ERROR ? ERR_MEMORY : ERR_INTERNAL;
    return fail(s, status, "the TLS identity could not be made: %s", gnutls_strerror(code));
}

static Status certificate_pin(struct scope *s, gnutls_x509_crt_t certificate, Hash *out)
{
    AUTO_PUBLIC gnutls_pubkey_t key = NULL;
    uint8_t spki[SPKI_BYTES_MAX];
    size_t len = sizeof spki;
    int code = gnutls_pubkey_init(&key);
    if (code == 0) code = gnutls_pubkey_import_x509(key, certificate, 0);
    if (code == 0) code = gnutls_pubkey_export(key, GNUTLS_X509_FMT_DER, spki, &len);
    if (code != 0) return tls_failed(s, code);
    *out = hash_of(bytes_of(spki, len));
    return OK;
}

static int certificate_fill(gnutls_x509_crt_t certificate, gnutls_x509_privkey_t key, Str name)
{
    uint8_t serial[SERIAL_BYTES];
    int code = gnutls_rnd(GNUTLS_RND_NONCE, serial, sizeof serial);
    serial[0] = (uint8_t)((serial[0] & 0x7f) | 0x01); /* positive, and of one length */
    if (code == 0) code = gnutls_x509_crt_set_version(certificate, 3);
    if (code == 0) code = gnutls_x509_crt_set_serial(certificate, serial, sizeof serial);
    if (code == 0) code = gnutls_x509_crt_set_activation_time(certificate, VALID_FROM);
    if (code == 0) code = gnutls_x509_crt_set_expiration_time(certificate, VALID_FOR_EVER);
    if (code == 0)
        code = gnutls_x509_crt_set_dn_by_oid(certificate, GNUTLS_OID_X520_COMMON_NAME, 0, name.ptr,
                                             (unsigned)name.len);
    if (code == 0) code = gnutls_x509_crt_set_key(certificate, key);
    if (code == 0) code = gnutls_x509_crt_set_basic_constraints(certificate, 0, -1);
    if (code == 0) code = gnutls_x509_crt_set_key_usage(certificate, GNUTLS_KEY_DIGITAL_SIGNATURE);
    if (code == 0)
        code = gnutls_x509_crt_sign2(certificate, certificate, key, GNUTLS_DIG_SHA256, 0);
    return code;
}

static Status pem_copy(struct scope *s, const gnutls_datum_t *pem, Bytes *out)
{
    *out = scope_bytes(s, bytes_of(pem->data, pem->size));
    return out->ptr == NULL ? ERR_MEMORY : OK;
}

Status tls_identity_make(struct scope *s, Str common_name, Bytes *out_certificate_pem,
                         Bytes *out_key_pem, Hash *out_pin)
{
    if (common_name.len == 0 || common_name.len > COMMON_NAME_MAX)
        return fail(s, ERR_SCHEMA, "a TLS name has 1 to %d bytes", COMMON_NAME_MAX);
    AUTO_KEY gnutls_x509_privkey_t key = NULL;
    AUTO_CERTIFICATE gnutls_x509_crt_t certificate = NULL;
    AUTO_PEM gnutls_datum_t key_pem = {NULL, 0};
    AUTO_PEM gnutls_datum_t certificate_pem = {NULL, 0};
    int code = gnutls_x509_privkey_init(&key);
    if (code == 0) code = gnutls_x509_crt_init(&certificate);
    if (code == 0)
        code = gnutls_x509_privkey_generate(key, GNUTLS_PK_ECDSA,
                                            GNUTLS_CURVE_TO_BITS(GNUTLS_ECC_CURVE_SECP256R1), 0);
    if (code == 0) code = certificate_fill(certificate, key, common_name);
    if (code == 0)
        code = gnutls_x509_privkey_export2_pkcs8(key, GNUTLS_X509_FMT_PEM, NULL, GNUTLS_PKCS_PLAIN,
                                                 &key_pem);
    if (code == 0)
        code = gnutls_x509_crt_export2(certificate, GNUTLS_X509_FMT_PEM, &certificate_pem);
    if (code != 0) return tls_failed(s, code);
    Bytes certificate_out, key_out;
    Hash pin;
    TRY(certificate_pin(s, certificate, &pin));
    TRY(pem_copy(s, &certificate_pem, &certificate_out));
    TRY(pem_copy(s, &key_pem, &key_out));
    *out_certificate_pem = certificate_out;
    *out_key_pem = key_out;
    *out_pin = pin;
    return OK;
}

Status tls_pin(struct scope *s, Bytes certificate_pem, Hash *out)
{
    if (certificate_pem.len > UINT16_MAX) return fail(s, ERR_LIMIT, "a certificate is too long");
    AUTO_CERTIFICATE gnutls_x509_crt_t certificate = NULL;
    gnutls_datum_t pem = {(unsigned char *)(uintptr_t)certificate_pem.ptr,
                          (unsigned)certificate_pem.len};
    int code = gnutls_x509_crt_init(&certificate);
    if (code != 0) return tls_failed(s, code);
    if (gnutls_x509_crt_import(certificate, &pem, GNUTLS_X509_FMT_PEM) != 0)
        return fail(s, ERR_SCHEMA, "this is no PEM certificate");
    return certificate_pin(s, certificate, out);
}
