/* http/port.h - a listening port: libmicrohttpd's callbacks turned into requests and answers.
 * Decides who is let in before a body is read; what is asked for is the route's matter. */
#pragma once
#include "http/link.h"
#include "http/route.h"
#include "http/session.h"
#include "http/trial.h"
#include <stdatomic.h>

struct MHD_Daemon;

struct server {
    struct post *post;
    struct sessions *sessions;
    struct trials *trials;
    struct link *link;
    atomic_int large_bodies; /* being received or answered now */
    Str cookie;      /* name: browsers do not keep the cookies of two ports of one host apart */
    Str public_host; /* HOST[:PORT] that browsers call it by, or empty */
    bool is_https;   /* by a proxy */
};

struct port_options {
    struct server *server;
    enum port kind;
    Str address;          /* HOST:PORT */
    Str certificate, key; /* PEM, NUL-ended; for the peer port */
};

/* Listens. `out_address` is HOST:PORT with the port in use. As listen_open. The caller closes. */
MUST_USE Status port_open(struct scope *s, const struct port_options *o, struct MHD_Daemon **out,
                          Str *out_address);

/* Waits for the requests under way; accepts NULL. */
void port_close(struct MHD_Daemon *daemon);
