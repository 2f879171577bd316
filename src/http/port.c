#include "http/port.h"
#include "http/listen.h"
#include "http/origin.h"
#include "http/peer_pin.h"
#include "os/file.h"
#include "os/log.h"
#include <malloc.h>
#include <microhttpd.h>
#include <stdio.h>
#include <strings.h>
#include <unistd.h>

enum {
    OFFICER_THREADS = 4, /* a handler waits for the disk: others go on meanwhile */
    PEER_THREADS = 2,
    STACK_BYTES = 1 << 20, /* address space; only what is touched is memory */
    HEADER_BYTES_MAX = 16 * 1024,
    CONNECTIONS_MAX = 200, /* half of them for one address: nobody alone shuts the door */
    SILENCE_S = 120,
    LARGE_BYTES = 1 << 20,
    LARGE_BODIES_MAX = 4, /* a neighbour may send parcels, but not fill this machine with them */
    HEADER_TEXT_MAX = 256
};

#define NO_SNIFF "nosniff"
#define CONTENT_POLICY                                                                             \
    "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; "            \
    "object-src 'none'; require-trusted-types-for 'script'"

static const char *const METHODS[METHOD_COUNT] = {"GET", "POST", "DELETE"};

static enum method method_of(const char *name)
{
    if (strcmp(name, "HEAD") == 0) return GET;
    for (enum method m = GET; m < METHOD_COUNT; m++)
        if (strcmp(name, METHODS[m]) == 0) return m;
    return METHOD_COUNT;
}

/* Headers that every answer carries: nothing of this is to be framed, guessed at or kept. */
static void headers_put(struct MHD_Response *response, const struct answer *a)
{
    static const char *const KEEP[] = {"no-store", "no-cache",
                                       "public, max-age=31536000, immutable"};
    static const char *const FIXED[][2] = {
        {"Content-Security-Policy", CONTENT_POLICY},
        {"X-Content-Type-Options", NO_SNIFF},
        {"X-Frame-Options", "DENY"},
        {"Referrer-Policy", "no-referrer"},
        {"Permissions-Policy", "camera=(), microphone=(), geolocation=()"},
        {"Cross-Origin-Resource-Policy", "same-origin"},
        {"Cross-Origin-Opener-Policy", "same-origin"}};
    for (size_t i = 0; i < COUNT_OF(FIXED); i++)
        MHD_add_response_header(response, FIXED[i][0], FIXED[i][1]);
    MHD_add_response_header(response, "Cache-Control", KEEP[a->keep]);
    if (a->type != NULL) MHD_add_response_header(response, "Content-Type", a->type);
    if (a->allow != NULL) MHD_add_response_header(response, "Allow", a->allow);
    if (a->cookie.len > 0) MHD_add_response_header(response, "Set-Cookie", a->cookie.ptr);
    if (a->location.len > 0) MHD_add_response_header(response, "Location", a->location.ptr);
    char text[HEADER_TEXT_MAX];
    if (a->file_name.len > 0) {
        snprintf(text, sizeof text, "attachment; filename=\"%.*s\"", STR_ARG(a->file_name));
        MHD_add_response_header(response, "Content-Disposition", text);
    }
    if (a->retry_after_s > 0) {
        snprintf(text, sizeof text, "%d", a->retry_after_s);
        MHD_add_response_header(response, "Retry-After", text);
    }
}

static enum MHD_Result answer_send(struct request *r)
{
    struct answer *a = &r->answer;
    struct MHD_Response *response = NULL;
    uint64_t size = 0;
    if (a->fd >= 0 && lseek(a->fd, 0, SEEK_END) >= 0) {
        size = (uint64_t)lseek(a->fd, 0, SEEK_CUR);
        response = MHD_create_response_from_fd64(size, a->fd); /* owns the descriptor now */
    } else {
        response = MHD_create_response_from_buffer(a->body.len, (void *)(uintptr_t)a->body.ptr,
                                                   MHD_RESPMEM_PERSISTENT);
    }
    if (response == NULL) return MHD_NO;
    a->fd = -1;
    r->answered = true;
    headers_put(response, a);
    enum MHD_Result result = MHD_queue_response(r->connection, a->status, response);
    MHD_destroy_response(response);
    return result;
}

/* Refusals go to the log by code alone; what is our own fault, with its reason. */
static void log_refusal(const struct request *r, Status status)
{
    bool ours = status_http(status) >= 500 && status != ERR_BUSY && status != ERR_LINK;
    log_line(ours ? LEVEL_ERROR : LEVEL_INFO, "%s %s: %s%s%s", METHODS[r->method],
             r->route->pattern, status_name(status), ours ? ": " : "",
             ours ? scope_reason(r->scope) : "");
}

static enum MHD_Result refuse(struct request *r, unsigned http, const char *code,
                              const char *detail)
{
    answer_problem_as(r, http, code, detail);
    return answer_send(r);
}

static bool is_json(Str type)
{
    Str media = str_trim(str_cut(&type, ';'));
    return str_is(media, "application/json");
}

static struct seat *seat_of(struct request *r)
{
    const char *id =
        MHD_lookup_connection_value(r->connection, MHD_COOKIE_KIND, r->server->cookie.ptr);
    return id ? seat_find(r->server->sessions, str_of(id), post_now(r->post)) : NULL;
}

static enum MHD_Result count_lengths(void *ctx, enum MHD_ValueKind kind, const char *name,
                                     const char *value)
{
    (void)kind, (void)value;
    int *lengths = ctx;
    if (strcasecmp(name, "Content-Length") == 0) ++*lengths;
    if (strcasecmp(name, "Transfer-Encoding") == 0) *lengths += 2; /* never */
    return MHD_YES;
}

/* Two lengths, or a length and chunks, are read as two requests by somebody on the way. */
static bool length_is_plain(const struct request *r)
{
    int lengths = 0;
    MHD_get_connection_values(r->connection, MHD_HEADER_KIND, count_lengths, &lengths);
    return lengths <= 1;
}

/* Looks at everything but the body. MHD_NO never: a refusal is an answer. */
static enum MHD_Result admit(struct request *r)
{
    enum guard guard = r->route->guard;
    bool changes = r->method != GET;
    if (r->route->port == OFFICERS && changes && !page_is_ours(r))
        return refuse(r, 403, "role", "this was not asked by a page of this post");
    if (guard >= KNOWN || guard == LOOKED) r->seat = seat_of(r);
    if (guard >= KNOWN && r->seat == NULL) return refuse(r, 401, "session", "sign in first");
    if (guard == SEATED && request_roles(r) == 0)
        return refuse(r, 403, "mandate", "no mandate of yours stands now");
    if (guard >= SIGN_IN && r->method == POST && !is_json(request_header(r, "Content-Type")))
        return refuse(r, 415, "usage", "the body must be application/json");
    if (!length_is_plain(r))
        return refuse(r, 400, "usage", "the length of a body is given once, and in no other way");
    Str length = request_header(r, "Content-Length");
    uint64_t len = 0;
    if (r->method == POST && !str_u64(length, &len))
        return refuse(r, 411, "usage", "the length of the body must be given");
    if (len > r->route->body_max) return refuse(r, 413, "limit", "the body is too long");
    r->large = len > LARGE_BYTES;
    if (r->large && atomic_fetch_add(&r->server->large_bodies, 1) >= LARGE_BODIES_MAX)
        return refuse(r, 503, "busy", "too many parcels at once");
    r->body_room = (size_t)len;
    if (len > 0) r->body_ptr = scope_alloc(r->scope, (size_t)len);
    if (len > 0 && r->body_ptr == NULL) return refuse(r, 503, "memory", "no memory left");
    return MHD_YES;
}

static enum MHD_Result run(struct request *r)
{
    r->waits = false;
    Status status = r->route->handle(r);
    if (r->waits) return MHD_YES;
    if (status != OK) {
        log_refusal(r, status);
        answer_problem(r, status);
    } else if (r->method != GET && r->route->port == OFFICERS) {
        link_nudge(r->server->link);
    }
    return answer_send(r);
}

static enum MHD_Result begin(const struct port_options *o, struct MHD_Connection *connection,
                             const char *url, const char *method, void **state)
{
    struct scope *s = scope_open(o->kind == PEERS ? SCOPE_PARCEL_MAX : SCOPE_REQUEST_MAX);
    struct request *r = s ? NEW(s, struct request) : NULL;
    if (r == NULL) {
        scope_close(s);
        return MHD_NO;
    }
    *r = (struct request){.scope = s,
                          .server = o->server,
                          .post = o->server->post,
                          .connection = connection,
                          .method = method_of(method),
                          .answer = {.fd = -1}};
    *state = r;
    Str path = scope_str(s, str_of(url));
    if (path.ptr == NULL) return MHD_NO;
    if (o->kind == PEERS && peer_pin_check(r) != OK)
        return refuse(r, 403, "role", "this key is on no card that is paired here");
    if (o->kind == OFFICERS && !host_is_ours(r))
        return refuse(r, 421, "role", "the post is not called by this name (serve --public)");
    const char *allow = NULL;
    if (r->method < METHOD_COUNT)
        r->route = route_find(o->kind, r->method, path, r->parameters, &allow);
    r->answer.allow = allow;
    if (allow != NULL) return refuse(r, 405, "usage", "not with this method");
    if (r->method == METHOD_COUNT) return refuse(r, 501, "usage", "this method is not known here");
    if (r->route == NULL) return refuse(r, 404, "not_found", "nothing is served at this address");
    return admit(r);
}

static enum MHD_Result on_request(void *ctx, struct MHD_Connection *connection, const char *url,
                                  const char *method, const char *version, const char *upload,
                                  size_t *upload_len, void **state)
{
    (void)version;
    if (*state == NULL) return begin(ctx, connection, url, method, state);
    struct request *r = *state;
    if (*upload_len > 0) {
        size_t len = *upload_len;
        *upload_len = 0;
        if (r->answered) return MHD_YES;
        if (len > r->body_room - r->body_len) return MHD_NO;
        memcpy(r->body_ptr + r->body_len, upload, len);
        r->body_len += len;
        return MHD_YES;
    }
    return r->answered ? MHD_YES : run(r);
}

static void on_completed(void *ctx, struct MHD_Connection *connection, void **state,
                         enum MHD_RequestTerminationCode why)
{
    (void)ctx, (void)connection, (void)why;
    struct request *r = *state;
    if (r == NULL) return;
    if (r->answer.fd >= 0) close(r->answer.fd);
    seat_leave(r->server->sessions, r->seat);
    bool large = r->large || r->answer.body.len > LARGE_BYTES;
    if (r->large) atomic_fetch_sub(&r->server->large_bodies, 1);
    scope_close(r->scope);
    if (large) malloc_trim(0); /* a parcel of many megabytes is rare; its memory goes back */
}

static int hex_of(char c)
{
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* "%41" becomes "A". What is no escape, or stands for NUL, stays as it is: a path never ends where
 * its text goes on. */
static size_t on_unescape(void *ctx, struct MHD_Connection *connection, char *text)
{
    (void)ctx, (void)connection;
    char *to = text;
    for (const char *from = text; *from; to++) {
        int high = from[0] == '%' ? hex_of(from[1]) : -1, low = high < 0 ? -1 : hex_of(from[2]);
        bool escape = low >= 0 && (high || low);
        *to = escape ? (char)(high * 16 + low) : *from;
        from += escape ? 3 : 1;
    }
    *to = '\0';
    return (size_t)(to - text);
}

/* The library's own words (broken handshakes of strangers) would only fill the log. */
static void on_library_log(void *ctx, const char *format, va_list args)
{
    (void)ctx, (void)format, (void)args;
}

static struct MHD_Daemon *daemon_start(struct port_options *o, int listening)
{
    bool peers = o->kind == PEERS;
    unsigned flags = MHD_USE_EPOLL_INTERNAL_THREAD | MHD_USE_ITC | MHD_USE_ERROR_LOG;
    flags |= peers ? MHD_USE_TLS : MHD_ALLOW_SUSPEND_RESUME;
    struct MHD_OptionItem tls[] = {
        {MHD_OPTION_HTTPS_MEM_CERT, 0, (void *)(uintptr_t)o->certificate.ptr},
        {MHD_OPTION_HTTPS_MEM_KEY, 0, (void *)(uintptr_t)o->key.ptr},
        /* Trust in the own certificate makes the library ask for one; the pin decides (peer_pin.h).
         */
        {MHD_OPTION_HTTPS_MEM_TRUST, 0, (void *)(uintptr_t)o->certificate.ptr},
        {MHD_OPTION_HTTPS_PRIORITIES, 0, (void *)(uintptr_t) "NORMAL:-VERS-ALL:+VERS-TLS1.3"},
        {MHD_OPTION_END, 0, NULL}};
    struct MHD_OptionItem none[] = {{MHD_OPTION_END, 0, NULL}};
    return MHD_start_daemon(
        flags, 0, NULL, NULL, on_request, o, MHD_OPTION_EXTERNAL_LOGGER, on_library_log, NULL,
        MHD_OPTION_UNESCAPE_CALLBACK, on_unescape, NULL, MHD_OPTION_LISTEN_SOCKET, listening,
        MHD_OPTION_NOTIFY_COMPLETED, on_completed, NULL, MHD_OPTION_THREAD_POOL_SIZE,
        (unsigned)(peers ? PEER_THREADS : OFFICER_THREADS), MHD_OPTION_THREAD_STACK_SIZE,
        (size_t)STACK_BYTES, MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)HEADER_BYTES_MAX,
        MHD_OPTION_CONNECTION_LIMIT, (unsigned)CONNECTIONS_MAX, MHD_OPTION_PER_IP_CONNECTION_LIMIT,
        (unsigned)CONNECTIONS_MAX / 2, MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)SILENCE_S,
        MHD_OPTION_ARRAY, peers ? tls : none, MHD_OPTION_END);
}

Status port_open(struct scope *s, const struct port_options *o, struct MHD_Daemon **out,
                 Str *out_address)
{
    AUTO_FILE int fd = -1;
    TRY(listen_open(s, o->address, &fd, out_address));
    struct port_options *kept = NEW(s, struct port_options);
    if (kept == NULL) return ERR_MEMORY;
    *kept = *o;
    *out = daemon_start(kept, fd);
    if (*out == NULL)
        return fail(s, ERR_INTERNAL, "the server does not start at %.*s", STR_ARG(*out_address));
    fd = -1; /* closed by the library now */
    return OK;
}

void port_close(struct MHD_Daemon *daemon)
{
    if (daemon != NULL) MHD_stop_daemon(daemon);
}
