#include "os/module.h"
#include "peer/transfer.h"

static Status transfer_load(struct scope *s, const struct peer_transfer **out)
{
    void *found;
    TRY(module_symbol(s, "peer", "peer_transfer", &found));
    *out = found;
    return OK;
}

Status peer_post_parcel(struct scope *s, const struct peer_target *t, Bytes parcel, Bytes *out)
{
    const struct peer_transfer *transfer;
    TRY(transfer_load(s, &transfer));
    return transfer->post_parcel(s, t, parcel, out);
}

Status peer_probe(struct scope *s, const struct peer_target *t)
{
    const struct peer_transfer *transfer;
    TRY(transfer_load(s, &transfer));
    return transfer->probe(s, t);
}
