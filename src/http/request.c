#include "http/port.h"
#include "http/route.h"
#include "http/view.h"
#include <microhttpd.h>

enum { PROBLEM_BYTES_MAX = 4096 };

Bytes request_body(const struct request *r)
{
    return bytes_of(r->body_ptr, r->body_len);
}

Str request_header(const struct request *r, const char *name)
{
    return str_of(MHD_lookup_connection_value(r->connection, MHD_HEADER_KIND, name));
}

Str request_query(const struct request *r, const char *name)
{
    return str_of(MHD_lookup_connection_value(r->connection, MHD_GET_ARGUMENT_KIND, name));
}

Status request_number(struct request *r, const char *name, uint64_t otherwise, uint64_t max,
                      uint64_t *out)
{
    Str text = request_query(r, name);
    uint64_t number = otherwise;
    if (text.ptr != NULL && (!str_u64(text, &number) || number > max))
        return fail(r->scope, ERR_USAGE, "\"%s\" is a number up to %llu", name,
                    (unsigned long long)max);
    *out = number;
    return OK;
}

Status request_object(struct request *r, const char *const *keys, json_t **out)
{
    AUTO_JSON json_t *json = NULL;
    TRY(json_read(r->scope, request_body(r), r->route->body_max, "the body", &json));
    TRY(json_keys_check(r->scope, json, "the body", keys));
    *out = json_incref(json);
    return OK;
}

Roles request_roles(const struct request *r)
{
    return session_sight(r->post, r->seat->session->officer);
}

Status request_need_sight(struct request *r, enum sight need)
{
    if (sight_of(NULL, false, true, request_roles(r)) >= need) return OK;
    return fail(r->scope, ERR_ROLE, "this is for those who work on the case with the other side");
}

void answer_bytes(struct request *r, const char *type, Bytes body)
{
    r->answer.status = 200;
    r->answer.type = type;
    r->answer.body = body;
}

/* The title says what kind of refusal it is, the same for each; `detail` is about this one. */
static const char *title_of(unsigned http)
{
    switch (http) {
    case 400:
        return "the request cannot be understood";
    case 401:
        return "no officer is signed in";
    case 403:
        return "not allowed";
    case 404:
        return "not found";
    case 405:
        return "not with this method";
    case 409:
        return "not as things stand";
    case 411:
        return "the length is missing";
    case 413:
        return "too large";
    case 415:
        return "not this kind of content";
    case 421:
        return "not this post";
    case 422:
        return "the content cannot be accepted";
    case 412:
        return "overtaken";
    case 429:
        return "too often";
    case 501:
        return "this method is not known";
    case 502:
        return "the other post cannot be reached";
    case 503:
        return "not now";
    case 507:
        return "the disk of this post is full or fails";
    default:
        return http >= 500 ? "this post has a fault" : "refused";
    }
}

void answer_problem_as(struct request *r, unsigned http, const char *code, const char *detail)
{
    struct view v = view_open(r->scope, PROBLEM_BYTES_MAX);
    put_open(&v, NULL, '{');
    Str type = scope_print(r->scope, "urn:twinpost:reason:%s", code);
    put_text(&v, "type", type);
    put_text(&v, "title", str_of(title_of(http)));
    put_number(&v, "status", http);
    put_text(&v, "detail", str_of(detail));
    put_text(&v, "code", str_of(code));
    put_close(&v, '}');
    r->answer.status = http;
    r->answer.type = "application/problem+json";
    r->answer.keep = KEEP_NEVER;
    if (http == 503 && r->answer.retry_after_s == 0) r->answer.retry_after_s = 1;
    r->answer.file_name = (Str){NULL, 0};
    /* Even without memory there is an answer. */
    if (view_close(&v, &r->answer.body) != OK)
        r->answer.body = str_bytes(STR("{\"code\":\"memory\",\"status\":503}"));
}

void answer_problem(struct request *r, Status status)
{
    int http = r->answer.status == 429 ? 429 : status_http(status);
    /* A fault of ours may name paths of this machine: those are for the log. */
    bool ours = status == ERR_INTERNAL || status == ERR_DISK || status == ERR_MEMORY;
    answer_problem_as(r, (unsigned)http, status_name(status),
                      ours ? "the post's own log says more" : scope_reason(r->scope));
}
