/* base/status.h - the closed list of reasons for which anything may be refused.
 * One table gives name, process exit code and HTTP status (facts.md sections 3 and 5). */
#pragma once

/* The first sixteen stand in the order in which refusals are checked. */
#define STATUS_TABLE(X)                                                                            \
    X(OK, "ok", 0, 200)                                                                            \
    X(ERR_USAGE, "usage", 2, 400)                                                                  \
    X(ERR_SCHEMA, "schema", 1, 422)                                                                \
    X(ERR_ROLE, "role", 1, 403)                                                                    \
    X(ERR_MANDATE, "mandate", 1, 403)                                                              \
    X(ERR_NOT_FOUND, "not_found", 4, 404)                                                          \
    X(ERR_DUPLICATE, "duplicate", 1, 409)                                                          \
    X(ERR_STATE, "state", 1, 409)                                                                  \
    X(ERR_REASON, "reason", 1, 422)                                                                \
    X(ERR_PROTECTION, "protection", 1, 409)                                                        \
    X(ERR_RELEASE, "release", 1, 409)                                                              \
    X(ERR_SUSPENDED, "suspended", 1, 409)                                                          \
    X(ERR_LINK, "link", 5, 502)                                                                    \
    X(ERR_STALE, "stale", 1, 412)                                                                  \
    X(ERR_BUSY, "busy", 5, 503)                                                                    \
    X(ERR_SIGNATURE, "signature", 3, 422)                                                          \
    X(ERR_PROOF, "proof", 3, 422)                                                                  \
    X(ERR_FORK, "fork", 3, 409)                                                                    \
    X(ERR_LIMIT, "limit", 1, 413)                                                                  \
    X(ERR_DISK, "disk", 70, 507)                                                                   \
    X(ERR_MEMORY, "memory", 70, 503)                                                               \
    X(ERR_INTERNAL, "internal", 70, 500)

typedef enum {
#define X(id, name, exit_code, http) id,
    STATUS_TABLE(X)
#undef X
        STATUS_COUNT
} Status;

/* The reason code as people and programs see it, for example "not_found". */
const char *status_name(Status status);

int status_exit_code(Status status);

int status_http(Status status);

/* Reason code back to Status; STATUS_COUNT when the name is not in the list. */
Status status_parse(const char *name);
