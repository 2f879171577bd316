#include "http/peer_pin.h"
#include <gnutls/abstract.h>
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>
#include <microhttpd.h>

enum { SPKI_BYTES_MAX = 2048 };

static void certificate_release(gnutls_x509_crt_t *certificate)
{
    if (*certificate != NULL) gnutls_x509_crt_deinit(*certificate);
}

static void public_release(gnutls_pubkey_t *key)
{
    if (*key != NULL) gnutls_pubkey_deinit(*key);
}

#define AUTO_CERTIFICATE __attribute__((cleanup(certificate_release)))
#define AUTO_PUBLIC      __attribute__((cleanup(public_release)))

/* TLS has proved that the other side holds the private half; this says which key it is. */
static Status pin_of_connection(struct request *r, Hash *out)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(r->connection, MHD_CONNECTION_INFO_GNUTLS_SESSION);
    unsigned count = 0;
    const gnutls_datum_t *chain =
        info ? gnutls_certificate_get_peers(info->tls_session, &count) : NULL;
    if (chain == NULL || count == 0)
        return fail(r->scope, ERR_ROLE, "the connection shows no certificate");
    AUTO_CERTIFICATE gnutls_x509_crt_t certificate = NULL;
    AUTO_PUBLIC gnutls_pubkey_t key = NULL;
    uint8_t spki[SPKI_BYTES_MAX];
    size_t len = sizeof spki;
    int code = gnutls_x509_crt_init(&certificate);
    if (code == 0) code = gnutls_x509_crt_import(certificate, &chain[0], GNUTLS_X509_FMT_DER);
    if (code == 0) code = gnutls_pubkey_init(&key);
    if (code == 0) code = gnutls_pubkey_import_x509(key, certificate, 0);
    if (code == 0) code = gnutls_pubkey_export(key, GNUTLS_X509_FMT_DER, spki, &len);
    if (code != 0) return fail(r->scope, ERR_ROLE, "the certificate cannot be read");
    *out = hash_of(bytes_of(spki, len));
    return OK;
}

Status peer_pin_check(struct request *r)
{
    Hash pin;
    TRY(pin_of_connection(r, &pin));
    struct neighbour_view *views;
    size_t count;
    TRY(post_neighbours(r->scope, r->post, &views, &count));
    for (size_t i = 0; i < count; i++) {
        if (!hash_eq(&views[i].tls, &pin) && !hash_eq(&views[i].tls_before, &pin)) continue;
        r->peer = views[i].party;
        return OK;
    }
    return fail(r->scope, ERR_ROLE, "this key is on no card that is paired here");
}
