/* http/session.h - officers who are signed in on this server: a random id in a cookie, the key in
 * memory here, gone after half an hour without a request, and after a watch of twelve hours in any
 * case. Also counts wrong passwords. */
#pragma once
#include "app/post.h"

enum {
    SEATS_MAX = 128,
    SESSION_ID_BYTES = 32,
    SESSION_ID_LEN = 64,
    IDLE_S = 1800,
    LASTS_S = 12 * 3600
};

struct sessions;

/* A table for one server; NULL without memory. Closing wipes every key. */
struct sessions *sessions_open(void);
void sessions_close(struct sessions *t);

struct seat {
    Hash id; /* SHA-256 of the cookie: what is compared says nothing about the secret */
    struct scope *memory;
    struct session *session;
    Instant begun, used;
    unsigned users; /* requests that hold it now */
    bool taken, leaving;
};

/* Checks the password and takes a seat; the id goes into the cookie and nowhere else. ERR_ROLE for
 * a wrong password, ERR_BUSY with `out_wait_s` after too many, or when all seats are taken. */
MUST_USE Status session_begin(struct scope *s, struct sessions *t, struct post *p, Str officer,
                              Str password, Str from, char out_id[static SESSION_ID_LEN + 1],
                              int *out_wait_s);

/* The seat that the cookie names, held until seat_leave; NULL when there is none or it was idle too
 * long. */
struct seat *seat_find(struct sessions *t, Str id, Instant now);
void seat_leave(struct sessions *t, struct seat *seat);

/* Ends the session; the key goes when the last request that holds the seat has left. */
void session_end(struct sessions *t, struct seat *seat);
