/* http/peer_pin.h - which neighbour made this connection: the key of its TLS certificate must be
 * the one on a paired card. libmicrohttpd only asks for a certificate, so this is checked for every
 * request before its body. */
#pragma once
#include "http/request.h"

/* Sets r->peer. ERR_ROLE when there is no certificate or its key is on no card. */
MUST_USE Status peer_pin_check(struct request *r);
