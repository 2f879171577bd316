/* http/trial.h - passwords are tried one after another by a thread of their own: argon2id takes
 * long by design, and whoever works must not wait for whoever guesses. The connection is suspended
 * meanwhile. */
#pragma once
#include "http/request.h"
#include "http/session.h"

/* One sign-in. The caller fills in the first three; the rest is the outcome. Lives in the request.
 */
struct trial {
    Str officer, password, from;
    Status status;
    char id[SESSION_ID_LEN + 1];
    int wait_s;
    struct request *request;
    struct trial *next;
};

struct trials;

/* Starts the thread. ERR_MEMORY, ERR_INTERNAL. */
MUST_USE Status trials_open(struct scope *s, struct sessions *sessions, struct post *p,
                            struct trials **out);

/* Ends what waits with ERR_BUSY and takes nothing more; before the ports are closed. Accepts NULL.
 */
void trials_close(struct trials *t);

/* Suspends the connection of the request until the trial is done; its handler is then called again.
 * ERR_BUSY when too many wait. */
MUST_USE Status trial_begin(struct trials *t, struct trial *trial);
