/* os/password.h - reads an officer's password and seals that officer's key seed with it:
 * argon2id, then XSalsa20-Poly1305 (both libsodium). Parameters lie in the sealed bytes. */
#pragma once
#include "base/signature.h"
#include "os/random.h"

enum { PASSWORD_BYTES_MAX = 1024 };

/* Interactive: about 64 MiB and a tenth of a second a try. Minimal: for scenarios, where passwords
 * are officer ids anyway. */
enum password_strength { PASSWORD_INTERACTIVE, PASSWORD_MINIMAL };

/* The first line that the descriptor gives. At a terminal the question is asked, and the answer not
 * shown. ERR_USAGE when it is not open, or the line is empty or too long. */
MUST_USE Status password_read_fd(struct scope *s, int fd, const char *question, Str *out);

/* From the environment variable of this name, which is wiped and gone afterwards; {NULL, 0} when it
 * is not set. To be called before there are threads. */
MUST_USE Status password_take_environment(struct scope *s, const char *name, Str *out);

/* ERR_USAGE when it is empty or too long. */
MUST_USE Status password_check(struct scope *s, Str password);

/* Salt and nonce are new at every sealing. ERR_MEMORY when argon2id does not get its memory. */
MUST_USE Status password_seal(struct scope *s, struct random *random, Str password,
                              const uint8_t seed[static SEED_BYTES],
                              enum password_strength strength, Bytes *out);

/* ERR_ROLE when the password is not the one, ERR_SCHEMA when these are no sealed bytes. The caller
 * wipes the seed. */
MUST_USE Status password_open(struct scope *s, Str password, Bytes sealed,
                              uint8_t out_seed[static SEED_BYTES]);

/* Costs what password_open costs and opens nothing: for a name that nobody bears, so that the time
 * tells no name that somebody does. */
MUST_USE Status password_pretend(struct scope *s, Str password, enum password_strength strength);
