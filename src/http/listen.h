/* http/listen.h - from HOST:PORT to a socket that listens, or the reason why not. */
#pragma once
#include "base/scope.h"

/* "HOST:PORT" or "[IPv6]:PORT"; port 0 takes a free one. `out_address` is HOST:PORT with the port
 * in use. ERR_USAGE for what is no address of this machine, ERR_BUSY when the port is taken. The
 * caller closes (AUTO_FILE), or hands the socket on. */
MUST_USE Status listen_open(struct scope *s, Str address, int *out_fd, Str *out_address);

/* Is this address the machine itself only? */
bool address_is_loopback(Str address);
