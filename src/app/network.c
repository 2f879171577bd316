#include "app/network.h"
#include "app/inside.h"
#include "peer/client.h"

static Status swap(void *ctx, struct scope *s, Bytes out, Bytes *in)
{
    return peer_post_parcel(s, ctx, out, in);
}

/* The neighbour, and what all its addresses have in common. */
static Status target_find(struct scope *s, struct post *p, Str to, struct neighbour_view *out,
                          struct peer_target *out_target)
{
    struct neighbour_view *views;
    size_t count;
    const struct neighbour_view *n = NULL;
    Str certificate = post_tls_certificate(s, p), key = post_tls_key(s, p);
    if (certificate.ptr == NULL || key.ptr == NULL) return ERR_MEMORY;
    TRY(post_neighbours(s, p, &views, &count));
    for (size_t i = 0; i < count; i++)
        if (str_eq(views[i].party, to) || (to.len == 0 && count == 1)) n = &views[i];
    if (n == NULL)
        return fail(s, ERR_NOT_FOUND,
                    to.len ? "%.*s is not paired with this post" : "name the neighbour%.*s",
                    STR_ARG(to));
    if (n->address_count == 0)
        return fail(s, ERR_LINK,
                    "the card of %.*s names no address: exchange parcels as files, or pair again "
                    "with a card that has one",
                    STR_ARG(n->party));
    *out = *n;
    *out_target = (struct peer_target){
        .pin = n->tls, .pin_before = n->tls_before, .certificate = certificate.ptr, .key = key.ptr};
    return OK;
}

Status exchange_sync_network(struct scope *s, struct post *p, Str to,
                             const struct patience *patience)
{
    struct neighbour_view n;
    struct peer_target target;
    TRY(target_find(s, p, to, &n, &target));
    if (patience) {
        target.is_over = patience->is_over;
        target.ctx = patience->ctx;
    }
    Status status = ERR_LINK;
    for (size_t i = 0; i < n.address_count && status == ERR_LINK; i++) {
        struct transport t = {swap, &target};
        target.address = n.addresses[i];
        status = exchange_sync(s, p, n.party, &t);
    }
    return status;
}

Status exchange_probe(struct scope *s, struct post *p, Str to)
{
    struct neighbour_view n;
    struct peer_target target;
    TRY(target_find(s, p, to, &n, &target));
    Status status = ERR_LINK;
    for (size_t i = 0; i < n.address_count && status == ERR_LINK; i++) {
        target.address = n.addresses[i];
        status = peer_probe(s, &target);
    }
    return status;
}
