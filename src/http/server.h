/* http/server.h - the post as a server: a port for its own officers (page and JSON API) and one for
 * the neighbours' posts, and the exchange that runs by itself. Decides who is let in; never what
 * they may do. */
#pragma once
#include "app/post.h"
#include <signal.h>

struct http_options {
    Str http; /* HOST:PORT for officers, or empty; port 0 takes a free one */
    Str peer; /* HOST:PORT for neighbours, or empty */
    /* What officers' browsers call this post, "https://post.example", when a TLS proxy stands
     * before it; empty: only addresses in digits and localhost are believed. */
    Str public;
    const volatile sig_atomic_t *stop; /* set by the caller's handlers of SIGTERM and SIGINT */
    /* Called once both ports listen, with the addresses in use; may be NULL. */
    void (*ready)(void *ctx, Str http, Str peer);
    void *ctx;
};

/* Serves until *stop is set and a signal arrived. ERR_USAGE for an address that is none, ERR_BUSY
 * when a port is taken. */
MUST_USE Status http_serve(struct scope *s, struct post *p, const struct http_options *o);
