#include "http/server.h"
#include "http/listen.h"
#include "http/port.h"
#include "os/file.h"
#include "os/log.h"
#include <poll.h>
#include <pthread.h>

enum { PEM_BYTES_MAX = 64 * 1024, LOOK_EVERY_S = 2 };

/* The port for neighbours, and what it shows them. */
struct peers {
    struct server *server;
    struct MHD_Daemon *daemon;
    Str address;          /* HOST:PORT in use; empty: no such port */
    struct scope *memory; /* of the daemon, and of what follows */
    Str certificate;      /* the file */
};

static void sessions_release(struct sessions **t)
{
    sessions_close(*t);
}

static void link_release(struct link **l)
{
    link_close(*l);
}

static void trials_release(struct trials **t)
{
    trials_close(*t);
}

static void port_release(struct MHD_Daemon **daemon)
{
    port_close(*daemon);
}

static void peers_release(struct peers *peers)
{
    port_close(peers->daemon);
    scope_close(peers->memory);
}

#define AUTO_SESSIONS __attribute__((cleanup(sessions_release)))
#define AUTO_LINK     __attribute__((cleanup(link_release)))
#define AUTO_TRIALS   __attribute__((cleanup(trials_release)))
#define AUTO_PORT     __attribute__((cleanup(port_release)))
#define AUTO_PEERS    __attribute__((cleanup(peers_release)))

static Status pem_read(struct scope *s, Str path, Str *out)
{
    if (path.ptr == NULL) return ERR_MEMORY;
    Bytes pem;
    TRY(file_read(s, path.ptr, PEM_BYTES_MAX, &pem));
    *out = scope_str(s, bytes_str(pem));
    return out->ptr ? OK : ERR_MEMORY;
}

static Status peers_listen(struct scope *s, Str address, struct peers *peers, Str *out_address)
{
    struct post *p = peers->server->post;
    struct port_options o = {.server = peers->server, .kind = PEERS, .address = address};
    peers->certificate = post_tls_certificate(s, p);
    TRY(pem_read(s, peers->certificate, &o.certificate));
    TRY(pem_read(s, post_tls_key(s, p), &o.key));
    return port_open(s, &o, &peers->daemon, out_address);
}

/* Opens, or opens again; each time with memory of its own, so that trying costs none. */
static Status peers_open(struct scope *s, Str address, struct peers *peers, Str *out_address)
{
    port_close(peers->daemon);
    peers->daemon = NULL;
    scope_close(peers->memory);
    peers->memory = scope_open(WORK_BYTES_MAX);
    if (peers->memory == NULL) return fail(s, ERR_MEMORY, "the machine has no memory left");
    Status status = peers_listen(peers->memory, address, peers, out_address);
    return status == OK ? OK : fail(s, status, "%s", scope_reason(peers->memory));
}

/* The TLS key gives way by a command beside this server, and neighbours know the newest two: the
 * port opens again with the new one. What fails is tried again at the next look. */
static void peers_follow(struct peers *peers)
{
    AUTO_SCOPE struct scope *look = scope_open(WORK_BYTES_MAX);
    if (look == NULL) return;
    Str now = post_tls_certificate(look, peers->server->post), address;
    if (now.ptr == NULL || (peers->daemon && str_eq(now, peers->certificate))) return;
    if (peers_open(look, peers->address, peers, &address) == OK)
        log_line(LEVEL_INFO, "neighbours are shown the new TLS key");
    else
        log_line(LEVEL_ERROR, "the port for neighbours does not open again: %s",
                 scope_reason(look));
}

/* SIGTERM, SIGINT and SIGHUP reach this thread only, and only while it waits: nothing is lost
 * between looking at `stop` and waiting for it to be set. */
static void wait_for_stop(const volatile sig_atomic_t *stop, const sigset_t *before,
                          struct peers *peers)
{
    sigset_t open = *before;
    sigdelset(&open, SIGTERM);
    sigdelset(&open, SIGINT);
    sigdelset(&open, SIGHUP);
    struct timespec every = {.tv_sec = LOOK_EVERY_S};
    while (!*stop)
        if (ppoll(NULL, 0, peers->address.len ? &every : NULL, &open) == 0) peers_follow(peers);
}

/* Leftovers of a process that was killed while a dossier went out. */
static void leftovers_remove(struct scope *s, const char *dir)
{
    Str *names;
    size_t count;
    if (file_list(s, dir, 4096, &names, &count) != OK) return;
    for (size_t i = 0; i < count; i++) {
        if (!str_has_prefix(names[i], "answer-") || !str_has_suffix(names[i], ".zip")) continue;
        Str path = file_join(s, dir, scope_str(s, names[i]).ptr);
        if (path.ptr == NULL || file_remove(s, path.ptr) != OK)
            log_line(LEVEL_WARNING, "a leftover file could not be removed");
    }
}

/* A card without an address gets this one, while the root key that signs cards is still here; an
 * address that was chosen stays. A post behind another address is not spoilt by not knowing it. */
static void address_offer(struct scope *s, struct post *p, Str peer)
{
    Str text;
    struct card card;
    bool everywhere = str_has_prefix(peer, "0.0.0.0:") || str_has_prefix(peer, "[::]:");
    if (peer.len == 0 || everywhere || post_card(s, p, &text) != OK) return;
    if (card_parse(s, text, &card) != OK || card.address_count > 0) return;
    if (post_set_address(s, p, peer) != OK)
        log_line(LEVEL_WARNING, "the card names no address: %s", scope_reason(s));
}

/* "https://HOST[:PORT]" or "http://...", nothing after it. */
static Status public_read(struct scope *s, struct server *server, Str url)
{
    if (url.len == 0) return OK;
    size_t scheme = str_has_prefix(url, "https://") ? 8 : str_has_prefix(url, "http://") ? 7 : 0;
    Str host = {url.ptr + scheme, url.len - scheme};
    bool plain = scheme > 0 && host.len > 0 && host.len < 256;
    for (size_t i = 0; plain && i < host.len; i++)
        plain = host.ptr[i] > ' ' && strchr("/?#@\\", host.ptr[i]) == NULL;
    if (!plain)
        return fail(s, ERR_USAGE,
                    "a public address is https://HOST or https://HOST:PORT, not "
                    "\"%.*s\"",
                    STR_ARG(url));
    server->public_host = host;
    server->is_https = scheme == 8;
    return OK;
}

static Status serve(struct scope *s, struct post *p, const struct http_options *o,
                    const sigset_t *before)
{
    struct server *server = NEW(s, struct server);
    if (server == NULL) return ERR_MEMORY;
    server->post = p;
    server->cookie = scope_print(s, "twinpost_%.*s", STR_ARG(post_party(p)));
    AUTO_SESSIONS struct sessions *sessions = sessions_open();
    if (sessions == NULL || server->cookie.ptr == NULL)
        return fail(s, ERR_MEMORY, "the machine has no memory left");
    server->sessions = sessions;
    TRY(public_read(s, server, o->public));
    leftovers_remove(s, post_dir(p));
    AUTO_LINK struct link *link = NULL;
    TRY(link_open(s, p, &link));
    server->link = link;
    AUTO_PORT struct MHD_Daemon *officers = NULL;
    AUTO_PEERS struct peers peers = {.server = server};
    AUTO_TRIALS struct trials *trials = NULL; /* ends before the ports do */
    TRY(trials_open(s, sessions, p, &trials));
    server->trials = trials;
    Str http = {NULL, 0};
    if (o->peer.len > 0) {
        Str address;
        TRY(peers_open(s, o->peer, &peers, &address));
        peers.address = scope_str(s, address);
        if (peers.address.ptr == NULL) return ERR_MEMORY;
    }
    struct port_options desk = {.server = server, .kind = OFFICERS, .address = o->http};
    if (o->http.len > 0) TRY(port_open(s, &desk, &officers, &http));
    if (o->http.len > 0 && !address_is_loopback(o->http) && !server->is_https)
        log_line(LEVEL_WARNING,
                 "officers are served without TLS at %.*s: put a TLS proxy "
                 "before it, or serve on 127.0.0.1",
                 STR_ARG(http));
    address_offer(s, p, peers.address);
    if (o->ready != NULL) o->ready(o->ctx, http, peers.address);
    wait_for_stop(o->stop, before, &peers);
    return OK;
}

Status http_serve(struct scope *s, struct post *p, const struct http_options *o)
{
    if (o->http.len == 0 && o->peer.len == 0)
        return fail(s, ERR_USAGE, "give an address for officers, for neighbours, or both");
    sigset_t blocked, before;
    sigemptyset(&blocked);
    sigaddset(&blocked, SIGTERM);
    sigaddset(&blocked, SIGINT);
    sigaddset(&blocked, SIGHUP);
    pthread_sigmask(SIG_BLOCK, &blocked, &before); /* threads made from here on inherit it */
    Status status = serve(s, p, o, &before);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return status;
}
