#include "http/origin.h"
#include "http/port.h"
#include <arpa/inet.h>

/* A name can be made to lead anywhere by whoever owns it; digits cannot. */
static bool is_digits(struct scope *s, Str host)
{
    unsigned char bytes[sizeof(struct in6_addr)];
    bool six = host.len > 2 && host.ptr[0] == '[' && host.ptr[host.len - 1] == ']';
    if (six) host = (Str){host.ptr + 1, host.len - 2};
    Str text = scope_str(s, host);
    return text.ptr && inet_pton(six ? AF_INET6 : AF_INET, text.ptr, bytes) == 1;
}

static Str without_port(Str host)
{
    for (size_t i = host.len; i > 0; i--) {
        if (host.ptr[i - 1] == ']') break;
        if (host.ptr[i - 1] == ':') return (Str){host.ptr, i - 1};
    }
    return host;
}

bool host_is_ours(const struct request *r)
{
    Str host = request_header(r, "Host"), public = r->server->public_host;
    if (host.len == 0) return true; /* HTTP/1.0: no browser */
    if (public.len && str_eq(host, public)) return true;
    Str name = without_port(host);
    return str_is(name, "localhost") || is_digits(r->scope, name);
}

bool page_is_ours(const struct request *r)
{
    Str site = request_header(r, "Sec-Fetch-Site"), origin = request_header(r, "Origin");
    if (site.ptr != NULL && !str_is(site, "same-origin") && !str_is(site, "none")) return false;
    if (origin.ptr == NULL) return true; /* not a browser, or not from a page */
    Str public = r->server->public_host;
    bool https = str_has_prefix(origin, "https://");
    size_t len = https ? 8 : 7;
    if (!https && !str_has_prefix(origin, "http://")) return false;
    Str from = {origin.ptr + len, origin.len - len};
    if (public.len && str_eq(from, public)) return https == r->server->is_https;
    return str_eq(from, request_header(r, "Host")) && !r->server->is_https;
}
