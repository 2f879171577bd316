/* peer/transfer.h - what client.h promises, as the module that holds libcurl gives it. Loaded on
 * first use (os/module.h): only client.c calls through this. libcurl prepares itself for threads
 * (CURL_VERSION_THREADSAFE, since 7.84). */
#pragma once
#include "peer/client.h"

/* Contracts as of the functions of client.h with the same names. */
struct peer_transfer {
    Status (*post_parcel)(struct scope *s, const struct peer_target *t, Bytes parcel, Bytes *out);
    Status (*probe)(struct scope *s, const struct peer_target *t);
};

extern const struct peer_transfer peer_transfer;
