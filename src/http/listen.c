#include "http/listen.h"
#include "os/file.h"
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

enum { ADDRESS_LEN_MAX = 256, WAITING_MAX = 128, PORT_MAX = 65535, PORT_SIZE = 6 };

static void info_release(struct addrinfo **info)
{
    if (*info) freeaddrinfo(*info);
}

#define AUTO_INFO __attribute__((cleanup(info_release)))

/* Something to bind to. The caller releases. */
static Status resolve(struct scope *s, Str address, struct addrinfo **out, Str *out_host)
{
    size_t colon = address.len;
    uint64_t number;
    while (colon > 0 && address.ptr[colon - 1] != ':')
        colon--;
    Str port = {address.ptr + colon, address.len - colon};
    if (colon < 2 || address.len > ADDRESS_LEN_MAX || !str_u64(port, &number) || number > PORT_MAX)
        return fail(s, ERR_USAGE, "an address is HOST:PORT, such as 127.0.0.1:8401, not \"%.*s\"",
                    STR_ARG(address));
    Str host = {address.ptr, colon - 1};
    *out_host = host;
    if (host.ptr[0] == '[' && str_has_suffix(host, "]")) host = (Str){host.ptr + 1, host.len - 2};
    Str name = scope_str(s, host), service = scope_str(s, port);
    if (name.ptr == NULL || service.ptr == NULL) return ERR_MEMORY;
    struct addrinfo want = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE | AI_NUMERICSERV};
    if (getaddrinfo(name.ptr, service.ptr, &want, out) != 0)
        return fail(s, ERR_USAGE, "\"%.*s\" is no address of this machine", STR_ARG(address));
    return OK;
}

static Status fail_listen(struct scope *s, int code, Str address)
{
    if (code == EADDRINUSE)
        return fail(s, ERR_BUSY, "another program listens at %.*s: stop it, or choose another port",
                    STR_ARG(address));
    if (code == EADDRNOTAVAIL)
        return fail(s, ERR_USAGE, "%.*s is no address of this machine", STR_ARG(address));
    if (code == EACCES)
        return fail(s, ERR_USAGE, "this user may not listen at %.*s: choose a port above 1023",
                    STR_ARG(address));
    return fail(s, ERR_INTERNAL, "the machine does not let us listen at %.*s", STR_ARG(address));
}

/* False with errno set where the machine refuses; else `out` is the port that the socket has. */
static bool bind_and_listen(int fd, const struct addrinfo *info, char out[PORT_SIZE])
{
    int on = 1;
    struct sockaddr_storage bound;
    struct sockaddr *address = (struct sockaddr *)&bound;
    socklen_t len = sizeof bound;
    if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) != 0) return false;
    if (info->ai_family == AF_INET6 &&
        setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on) != 0)
        return false;
    return bind(fd, info->ai_addr, info->ai_addrlen) == 0 && listen(fd, WAITING_MAX) == 0 &&
           getsockname(fd, address, &len) == 0 &&
           getnameinfo(address, len, NULL, 0, out, PORT_SIZE, NI_NUMERICSERV) == 0;
}

Status listen_open(struct scope *s, Str address, int *out_fd, Str *out_address)
{
    AUTO_INFO struct addrinfo *info = NULL;
    Str host = {NULL, 0};
    TRY(resolve(s, address, &info, &host));
    char port[PORT_SIZE] = "";
    int fd = socket(info->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0 || !bind_and_listen(fd, info, port)) {
        int code = errno;
        if (fd >= 0) close(fd);
        return fail_listen(s, code, address);
    }
    *out_address = scope_print(s, "%.*s:%s", STR_ARG(host), port);
    if (out_address->ptr == NULL) {
        close(fd);
        return ERR_MEMORY;
    }
    *out_fd = fd;
    return OK;
}

bool address_is_loopback(Str address)
{
    return str_has_prefix(address, "127.") || str_has_prefix(address, "localhost:") ||
           str_has_prefix(address, "[::1]:");
}
