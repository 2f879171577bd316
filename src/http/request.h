/* http/request.h - one request on its way: what came in, where it leads, what goes back.
 * All its memory is its scope, which is closed when the answer has left. */
#pragma once
#include "app/post.h"
#include "base/json.h"
#include "core/casework/sight.h"

enum {
    PARAMETERS_MAX = 2,
    BODY_BYTES_MAX = 256 * 1024,
    SIGN_IN_BYTES_MAX = 4096,
    WITNESS_BYTES_MAX = 64 * 1024,
    ANSWER_BYTES_MAX = 16 << 20,
    SCOPE_REQUEST_MAX = WORK_BYTES_MAX
};

enum method { GET, POST, DELETE, METHOD_COUNT };

/* Where an answer may be kept. */
enum keep { KEEP_NEVER, KEEP_CHECK, KEEP_FOR_EVER };

struct answer {
    unsigned status;
    const char *type;
    Bytes body; /* lives in the scope of the request, or in the program */
    int fd;     /* a file instead of `body`; -1 when none; closed with the answer */
    enum keep keep;
    Str cookie;        /* Set-Cookie, or empty */
    Str file_name;     /* offered for saving, or empty */
    Str location;      /* of what was made, or empty */
    const char *allow; /* methods, with 405 */
    int retry_after_s; /* with 429 and 503; 0 when not said */
};

struct seat;
struct server;
struct trial;
struct MHD_Connection;

struct request {
    struct scope *scope;
    struct server *server;
    struct post *post;
    struct MHD_Connection *connection;
    enum method method;
    const struct route *route;
    Str parameters[PARAMETERS_MAX]; /* in the order of the pattern */
    struct seat *seat;              /* the officer signed in, or NULL */
    Str peer;                       /* party whose key made the connection, on the peer port */
    uint8_t *body_ptr;
    size_t body_len, body_room;
    struct answer answer;
    bool answered;
    struct trial *trial; /* a password being tried, or tried; NULL when none was */
    bool waits;          /* for the trial: the handler is called again */
    bool large;          /* counted in the server's large_bodies */
};

/* What a handler does: fills r->answer, or returns why not. */
typedef Status Handler(struct request *r);

/* The whole body; empty when there is none. */
Bytes request_body(const struct request *r);

/* A header of the request; {NULL, 0} when absent. Lives as long as the request. */
Str request_header(const struct request *r, const char *name);

/* An argument of the query. */
Str request_query(const struct request *r, const char *name);

/* An argument of the query as a number up to `max`; `otherwise` when it is absent. ERR_USAGE. */
MUST_USE Status request_number(struct request *r, const char *name, uint64_t otherwise,
                               uint64_t max, uint64_t *out);

/* The JSON object in the body, closed: only the keys of the NULL-ended list. The caller releases.
 */
MUST_USE Status request_object(struct request *r, const char *const *keys, json_t **out);

/* The roles by which the officer signed in may look, now. */
Roles request_roles(const struct request *r);

/* ERR_ROLE unless the officer sees what the other side shared in a case at least so far. */
MUST_USE Status request_need_sight(struct request *r, enum sight need);

/* Text that stands in the program or the scope, as 200. */
void answer_bytes(struct request *r, const char *type, Bytes body);

/* RFC 9457: turns a refusal into application/problem+json. Never fails. */
void answer_problem(struct request *r, Status status);

/* The same with an HTTP status that no Status has (405, 411, 415, 429). */
void answer_problem_as(struct request *r, unsigned http, const char *code, const char *detail);
