/* app/network.h - the exchange over the network: TLS 1.3 with pinned keys in both directions. */
#pragma once
#include "app/exchange.h"

/* exchange_sync with the neighbour at the addresses of its card, in turn. ERR_LINK when none
 * answers, or the card names none. */
MUST_USE Status exchange_sync_network(struct scope *s, struct post *p, Str to);
