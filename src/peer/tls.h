/* peer/tls.h - the TLS identity of a post: a P-256 key with a self-signed certificate.
 * The certificate only carries the key: trust is the pin on the card, never a name or a date. */
#pragma once
#include "base/hash.h"
#include "base/scope.h"

/* Makes a new identity; the pin is SHA-256 of the SubjectPublicKeyInfo, as curl and the card write
 * it. The key lives in the scope, which the caller closes soon. */
MUST_USE Status tls_identity_make(struct scope *s, Str common_name, Bytes *out_certificate_pem,
                                  Bytes *out_key_pem, Hash *out_pin);

/* Pin of a PEM certificate. ERR_SCHEMA when it is none. */
MUST_USE Status tls_pin(struct scope *s, Bytes certificate_pem, Hash *out);
