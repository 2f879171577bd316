/* app/network.h - the exchange over the network: TLS 1.3 with pinned keys in both directions. */
#pragma once
#include "app/exchange.h"

/* Whoever calls may lose patience: asked about once a second while the other post is waited for. */
struct patience {
    bool (*is_over)(void *ctx);
    void *ctx;
};

/* exchange_sync with the neighbour at the addresses of its card, in turn. ERR_LINK when none
 * answers, the card names none, or patience is over; `patience` may be NULL. */
MUST_USE Status exchange_sync_network(struct scope *s, struct post *p, Str to,
                                      const struct patience *patience);

/* Does the neighbour answer, with the key of its card? Nothing is exchanged. ERR_LINK with the
 * reason. */
MUST_USE Status exchange_probe(struct scope *s, struct post *p, Str to);
