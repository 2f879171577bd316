/* Paths of requests: a row is found or none, its parameters lie inside the path, and none that
 * "{path}" does not stand for holds a slash. */
#include "fuzz.h"
#include "http/route.h"
#include <assert.h>

static void check_row(const struct route *r, enum method method, Str path, const Str *parameters)
{
    size_t room = path.len;
    assert(r->method == method && r->handle != NULL);
    const char *at = r->pattern;
    for (size_t i = 0; i < PARAMETERS_MAX; i++) {
        at = strchr(at, '{');
        if (at == NULL) break;
        Str one = parameters[i];
        assert(one.len > 0 && one.len <= room);
        assert(one.ptr >= path.ptr && one.ptr + one.len <= path.ptr + path.len);
        if (strncmp(at, "{path}", 6) != 0) assert(memchr(one.ptr, '/', one.len) == NULL);
        room -= one.len;
        at++;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Str path = bytes_str(bytes_of(data, size));
    static const enum port ports[] = {OFFICERS, PEERS};
    for (size_t i = 0; i < COUNT_OF(ports); i++) {
        for (enum method method = GET; method < METHOD_COUNT; method++) {
            Str parameters[PARAMETERS_MAX] = {{0}};
            const char *allow = NULL;
            const struct route *r = route_find(ports[i], method, path, parameters, &allow);
            if (r == NULL) continue;
            assert(r->port & ports[i]);
            check_row(r, method, path, parameters);
        }
    }
    return 0;
}
