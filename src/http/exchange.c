#include "app/exchange.h"
#include "http/port.h"
#include "http/view.h"

enum { STATUS_BYTES_MAX = 256 * 1024 };

static Status put_neighbour(struct request *r, struct view *v, const struct neighbour_view *n)
{
    bool pending = false;
    TRY(exchange_is_pending(r->scope, r->post, n->party, &pending));
    struct link_view link = link_view(r->server->link, n->party);
    put_open(v, NULL, '{');
    put_text(v, "party", n->party);
    put_text(v, "origin", n->origin);
    put_open(v, "addresses", '[');
    for (size_t i = 0; i < n->address_count; i++)
        put_text(v, NULL, n->addresses[i]);
    put_close(v, ']');
    put_flag(v, "pending", pending);
    put_flag(v, "calling", link.calling);
    put_flag(v, "reached", link.reached);
    put_number(v, "calls", link.calls);
    if (link.tried) put_instant(v, "tried_at", link.tried_at);
    if (link.reached_at.us != 0) put_instant(v, "reached_at", link.reached_at);
    if (link.tried && !link.reached) put_text(v, "reason", str_of(status_name(link.reason)));
    put_number(v, "openings", n->openings);
    put_number(v, "held_opening", n->held_opening);
    put_number(v, "held_leaves", n->held_leaves);
    put_number(v, "theirs_opening", n->theirs_opening);
    put_number(v, "theirs_leaves", n->theirs_leaves);
    put_number(v, "cosigned_size", n->cosigned_size);
    put_close(v, '}');
    return OK;
}

Status exchange_get(struct request *r)
{
    struct neighbour_view *list;
    size_t count;
    TRY(post_neighbours(r->scope, r->post, &list, &count));
    struct view v = view_open(r->scope, STATUS_BYTES_MAX);
    put_open(&v, NULL, '{');
    put_open(&v, "neighbours", '[');
    for (size_t i = 0; i < count; i++)
        TRY(put_neighbour(r, &v, &list[i]));
    put_close(&v, ']');
    put_close(&v, '}');
    Bytes body;
    TRY(view_close(&v, &body));
    answer_bytes(r, "application/json", body);
    return OK;
}

/* A call may take as long as the link is slow, so it is begun here and watched with GET. */
Status exchange_post(struct request *r)
{
    static const char *const KEYS[] = {"to", NULL};
    AUTO_JSON json_t *json = NULL;
    TRY(request_object(r, KEYS, &json));
    Str to;
    struct neighbour_view *list;
    size_t count, known = 0, reachable = 0;
    TRY(json_may_text(r->scope, json, "to", "the body", &to));
    TRY(post_neighbours(r->scope, r->post, &list, &count));
    for (size_t i = 0; i < count; i++) {
        bool meant = to.len == 0 || str_eq(to, list[i].party);
        known += meant;
        reachable += meant && list[i].address_count > 0;
    }
    if (known == 0 && to.len)
        return fail(r->scope, ERR_NOT_FOUND, "%.*s is not paired with this post", STR_ARG(to));
    if (reachable == 0)
        return fail(r->scope, ERR_LINK, "no neighbour with an address on its card: use a parcel");
    link_call(r->server->link, to);
    answer_bytes(r, "application/json", str_bytes(STR("{}")));
    r->answer.status = 202;
    return OK;
}

/* One parcel in, one out: a single reachable side is enough. */
Status parcel_post(struct request *r)
{
    struct exchange_result result = {0};
    TRY(exchange_read(r->scope, r->post, request_body(r), &result));
    Bytes answer;
    TRY(exchange_write(r->scope, r->post, result.from, &answer));
    answer_bytes(r, "application/octet-stream", answer);
    return OK;
}
