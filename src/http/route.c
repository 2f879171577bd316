#include "http/route.h"
#include "core/ledger/parcel.h"

/* An age file is longer than what it seals by its header and 16 bytes in 64 KiB. */
enum { SEALED_BYTES_MAX = PARCEL_BYTES_MAX + PARCEL_BYTES_MAX / 2048 + 4096 };

static const struct route ROUTES[] = {
    {GET, "/api/v1/health", health_get, OFFICERS, FREE, 0},
    {GET, "/api/v1/texts/{language}", texts_get, OFFICERS, FREE, 0},
    {GET, "/api/v1/session", session_get, OFFICERS, LOOKED, 0},
    {POST, "/api/v1/session", session_post, OFFICERS, SIGN_IN, SIGN_IN_BYTES_MAX},
    {DELETE, "/api/v1/session", session_delete, OFFICERS, KNOWN, 0},
    {GET, "/api/v1/me", me_get, OFFICERS, KNOWN, 0},
    {GET, "/api/v1/officers", officers_get, OFFICERS, SEATED, 0},
    {GET, "/api/v1/figures", figures_get, OFFICERS, SEATED, 0},
    {GET, "/api/v1/kinds", kinds_get, OFFICERS, SEATED, 0},
    {GET, "/api/v1/pack", pack_get, OFFICERS, SEATED, 0},
    {GET, "/api/v1/cases", cases_get, OFFICERS, SEATED, 0},
    {GET, "/api/v1/cases/{number}", case_get, OFFICERS, SEATED, 0},
    {GET, "/api/v1/cases/{number}/common", case_common_get, OFFICERS, SEATED, 0},
    {GET, "/api/v1/cases/{number}/dossier.zip", dossier_get, OFFICERS, SEATED, 0},
    {POST, "/api/v1/facts", fact_post, OFFICERS, SEATED, BODY_BYTES_MAX},
    {GET, "/api/v1/facts/{ref}", fact_get_one, OFFICERS, SEATED, 0},
    {POST, "/api/v1/facts/{ref}/recall", fact_recall, OFFICERS, SEATED, BODY_BYTES_MAX},
    {POST, "/api/v1/releases", release_post, OFFICERS, SEATED, BODY_BYTES_MAX},
    {GET, "/api/v1/releases/{ref}/preview", release_preview_get, OFFICERS, SEATED, 0},
    {POST, "/api/v1/releases/{ref}/approve", release_approve_post, OFFICERS, SEATED,
     BODY_BYTES_MAX},
    {POST, "/api/v1/releases/{ref}/refuse", release_refuse_post, OFFICERS, SEATED, BODY_BYTES_MAX},
    {GET, "/api/v1/exchange", exchange_get, OFFICERS, SEATED, 0},
    {POST, "/api/v1/exchange", exchange_post, OFFICERS, SEATED, BODY_BYTES_MAX},
    {GET, "/api/v1/acts/{ref}.pdf", act_pdf_get, OFFICERS, SEATED, 0},
    {POST, "/peer/v1/parcels", parcel_post, PEERS, FREE, SEALED_BYTES_MAX},
    {POST, "/witness/add-checkpoint", witness_post, PEERS, FREE, WITNESS_BYTES_MAX},
    {GET, "/journal/checkpoint", checkpoint_get, BOTH, FREE, 0},
    {GET, "/journal/tile/{path}", journal_get, BOTH, FREE, 0},
    {GET, "/", page_get, OFFICERS, FREE, 0},
    {GET, "/{path}", page_get, OFFICERS, FREE, 0},
};

/* The parameter that `pattern` begins with, and what stands after it inside the segment. */
static Str parameter_take(Str *pattern, Str *path)
{
    size_t end = 0;
    while (pattern->ptr[end] != '}')
        end++;
    bool rest = str_eq((Str){pattern->ptr, end + 1}, STR("{path}"));
    *pattern = (Str){pattern->ptr + end + 1, pattern->len - end - 1};
    size_t len = 0;
    while (len < path->len && (rest || path->ptr[len] != '/'))
        len++;
    size_t tail = 0; /* ".pdf" belongs to the pattern */
    while (tail < pattern->len && pattern->ptr[tail] != '/')
        tail++;
    Str value = {path->ptr, len > tail ? len - tail : 0};
    *path = (Str){path->ptr + value.len, path->len - value.len};
    return value;
}

static bool fits(const char *text, Str path, Str parameters[static PARAMETERS_MAX])
{
    Str pattern = str_of(text);
    for (size_t count = 0; pattern.len > 0;) {
        if (pattern.ptr[0] == '{') {
            Str value = parameter_take(&pattern, &path);
            if (value.len == 0 || count == PARAMETERS_MAX) return false;
            parameters[count++] = value;
        } else if (path.len > 0 && path.ptr[0] == pattern.ptr[0]) {
            pattern = (Str){pattern.ptr + 1, pattern.len - 1};
            path = (Str){path.ptr + 1, path.len - 1};
        } else {
            return false;
        }
    }
    return path.len == 0;
}

/* What stands under the page's catch-all is not "known under another method". */
static bool is_page(const struct route *r)
{
    return r->handle == page_get;
}

const struct route *route_find(enum port port, enum method method, Str path,
                               Str parameters[static PARAMETERS_MAX], const char **out_allow)
{
    unsigned known = 0;
    for (size_t i = 0; i < COUNT_OF(ROUTES); i++) {
        const struct route *r = &ROUTES[i];
        if (!(r->port & port) || (is_page(r) && known != 0) || !fits(r->pattern, path, parameters))
            continue;
        if (r->method == method && !(is_page(r) && str_has_prefix(path, "/api/"))) return r;
        if (!is_page(r)) known |= 1u << r->method;
    }
    static const char *const ALLOW[] = {[1u << GET] = "GET",
                                        [1u << POST] = "POST",
                                        [1u << GET | 1u << POST] = "GET, POST",
                                        [1u << GET | 1u << POST | 1u << DELETE] =
                                            "GET, POST, DELETE",
                                        [1u << DELETE] = "DELETE"};
    *out_allow = known < COUNT_OF(ALLOW) ? ALLOW[known] : NULL;
    return NULL;
}
