#include "peer/transfer.h"
#include "base/writer.h"
#include <curl/curl.h>
#include <stdio.h>

enum {
    CONNECT_S = 30,
    PROBE_S = 5,
    SILENCE_S = 60,
    TRANSFER_S = 6 * 3600,
    PIN_TEXT_MAX = 128,
    URL_MAX = 512
};

static void easy_release(CURL **easy)
{
    curl_easy_cleanup(*easy);
}

static void list_release(struct curl_slist **list)
{
    curl_slist_free_all(*list);
}

#define AUTO_EASY __attribute__((cleanup(easy_release)))
#define AUTO_LIST __attribute__((cleanup(list_release)))

struct upload {
    Bytes left;
};

static size_t give(char *buffer, size_t size, size_t count, void *ctx)
{
    struct upload *up = ctx;
    size_t len = size * count < up->left.len ? size * count : up->left.len;
    if (len > 0) memcpy(buffer, up->left.ptr, len);
    up->left = bytes_of(up->left.ptr + len, up->left.len - len);
    return len;
}

static size_t take(char *data, size_t size, size_t count, void *ctx)
{
    struct writer *w = ctx;
    write_bytes(w, data, size * count);
    return w->status == OK ? size * count : 0;
}

/* "sha256//" and base64, as CURLOPT_PINNEDPUBLICKEY wants it. */
static Status pin_text(struct scope *s, const struct peer_target *t, Str *out)
{
    struct writer w = writer_open(s, PIN_TEXT_MAX);
    write_str(&w, STR("sha256//"));
    write_base64(&w, hash_bytes(&t->pin));
    if (!hash_eq(&t->pin, &t->pin_before)) {
        write_print(&w, ";sha256//");
        write_base64(&w, hash_bytes(&t->pin_before));
    }
    write_u8(&w, 0);
    return writer_close_str(&w, out);
}

/* An address goes into a URL: nothing but a host and a port may stand in it. */
static bool address_is_plain(Str address)
{
    if (address.len == 0 || address.len > 256) return false;
    for (size_t i = 0; i < address.len; i++) {
        char c = address.ptr[i];
        bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        if (!letter && strchr(".-:[]_", c) == NULL) return false;
    }
    return true;
}

/* No authority of the machine is asked, so none of its certificates is read: that alone would cost
 * seven megabytes at every call. */
static CURLcode forget_authorities(CURL *easy)
{
    CURLcode code = curl_easy_setopt(easy, CURLOPT_CAINFO, NULL);
    if (code == 0) code = curl_easy_setopt(easy, CURLOPT_CAPATH, NULL);
    return code;
}

/* TLS 1.3, both certificates, the pin. The pin is the whole trust, so the name and the dates of the
 * certificate are not looked at (facts.md 4: pinned TLS ignores certificate dates). */
static CURLcode set_trust(CURL *easy, const struct peer_target *t, const char *pin)
{
    CURLcode code = curl_easy_setopt(easy, CURLOPT_SSLVERSION,
                                     (long)(CURL_SSLVERSION_TLSv1_3 | CURL_SSLVERSION_MAX_TLSv1_3));
    if (code == 0) code = curl_easy_setopt(easy, CURLOPT_PINNEDPUBLICKEY, pin);
    if (code == 0) code = curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 0L);
    if (code == 0) code = curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 0L);
    if (code == 0) code = curl_easy_setopt(easy, CURLOPT_SSLCERT, t->certificate);
    if (code == 0) code = curl_easy_setopt(easy, CURLOPT_SSLKEY, t->key);
    if (code == 0) code = curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "https");
    if (code == 0) code = curl_easy_setopt(easy, CURLOPT_NOPROXY, "*");
    return code;
}

static int give_up(void *ctx, curl_off_t a, curl_off_t b, curl_off_t c, curl_off_t d)
{
    const struct peer_target *t = ctx;
    (void)a, (void)b, (void)c, (void)d;
    return t->is_over != NULL && t->is_over(t->ctx);
}

static CURLcode set_limits(CURL *easy, const struct peer_target *t)
{
    long silence = t->silence_s > 0 ? t->silence_s : (long)SILENCE_S;
    CURLcode code = curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT, (long)CONNECT_S);
    if (code == 0) code = curl_easy_setopt(easy, CURLOPT_LOW_SPEED_LIMIT, 1L);
    if (code == 0) code = curl_easy_setopt(easy, CURLOPT_LOW_SPEED_TIME, silence);
    if (code == 0) code = curl_easy_setopt(easy, CURLOPT_TIMEOUT, (long)TRANSFER_S);
    if (code == 0) code = curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    if (code == 0) code = curl_easy_setopt(easy, CURLOPT_NOPROGRESS, 0L);
    if (code == 0) code = curl_easy_setopt(easy, CURLOPT_XFERINFOFUNCTION, give_up);
    if (code == 0) code = curl_easy_setopt(easy, CURLOPT_XFERINFODATA, (void *)(uintptr_t)t);
    if (code == 0) code = curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
    if (code == 0) code = curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    return code;
}

static CURLcode set_bodies(CURL *easy, struct upload *up, struct writer *answer,
                           struct curl_slist *headers)
{
    CURLcode code = curl_easy_setopt(easy, CURLOPT_POST, 1L);
    if (code == 0) code = curl_easy_setopt(easy, CURLOPT_HTTPHEADER, headers);
    if (code == 0)
        code = curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)up->left.len);
    if (code == 0) code = curl_easy_setopt(easy, CURLOPT_READFUNCTION, give);
    if (code == 0) code = curl_easy_setopt(easy, CURLOPT_READDATA, up);
    if (code == 0) code = curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, take);
    if (code == 0) code = curl_easy_setopt(easy, CURLOPT_WRITEDATA, answer);
    return code;
}

/* What the other post said besides 200, in words; its own text is not repeated. */
static Status refused(struct scope *s, Str address, long http)
{
    if (http == 403) return fail(s, ERR_LINK, "%.*s does not know this post", STR_ARG(address));
    return fail(s, ERR_LINK, "%.*s refused the parcel with HTTP status %ld", STR_ARG(address),
                http);
}

static Status outcome(struct scope *s, CURLcode code, Str address)
{
    if (code == CURLE_OUT_OF_MEMORY) return fail(s, ERR_MEMORY, "the machine has no memory left");
    if (code == CURLE_ABORTED_BY_CALLBACK)
        return fail(s, ERR_LINK, "the call to %.*s was given up", STR_ARG(address));
    if (code == CURLE_SSL_PINNEDPUBKEYNOTMATCH)
        return fail(s, ERR_LINK, "%.*s does not hold the key of the card", STR_ARG(address));
    if (code != CURLE_OK)
        return fail(s, ERR_LINK, "%.*s does not answer (%s); a parcel by courier does not need it",
                    STR_ARG(address), curl_easy_strerror(code));
    return OK;
}

static Status transfer(struct scope *s, CURL *easy, Str address, struct writer *answer)
{
    CURLcode code = curl_easy_perform(easy);
    if (answer->status != OK)
        return fail(s, answer->status, "the answer of %.*s is too long", STR_ARG(address));
    TRY(outcome(s, code, address));
    long http = 0;
    if (curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &http) != CURLE_OK || http != 200)
        return refused(s, address, http);
    return OK;
}

static Status post_parcel(struct scope *s, const struct peer_target *t, Bytes parcel, Bytes *out)
{
    if (!address_is_plain(t->address))
        return fail(s, ERR_USAGE, "an address is HOST:PORT, not \"%.*s\"", STR_ARG(t->address));
    char url[URL_MAX];
    snprintf(url, sizeof url, "https://%.*s/peer/v1/parcels", STR_ARG(t->address));
    Str pin;
    TRY(pin_text(s, t, &pin));
    struct writer answer =
        writer_open(s, t->answer_bytes_max ? t->answer_bytes_max : PEER_ANSWER_BYTES_MAX);
    struct upload up = {parcel};
    AUTO_EASY CURL *easy = curl_easy_init();
    AUTO_LIST struct curl_slist *headers =
        curl_slist_append(NULL, "Content-Type: application/octet-stream");
    /* Waiting for "100 Continue" would cost a round trip on a slow link. */
    if (headers == NULL || curl_slist_append(headers, "Expect:") == NULL || easy == NULL)
        return fail(s, ERR_MEMORY, "the machine has no memory left");
    CURLcode code = curl_easy_setopt(easy, CURLOPT_URL, url);
    if (code == 0) code = forget_authorities(easy);
    if (code == 0) code = set_trust(easy, t, pin.ptr);
    if (code == 0) code = set_limits(easy, t);
    if (code == 0) code = set_bodies(easy, &up, &answer, headers);
    if (code != 0)
        return fail(s, code == CURLE_OUT_OF_MEMORY ? ERR_MEMORY : ERR_INTERNAL,
                    "the link could not be set up: %s", curl_easy_strerror(code));
    TRY(transfer(s, easy, t->address, &answer));
    return writer_close(&answer, out);
}

static Status probe(struct scope *s, const struct peer_target *t)
{
    if (!address_is_plain(t->address))
        return fail(s, ERR_LINK, "\"%.*s\" is no address", STR_ARG(t->address));
    char url[URL_MAX];
    snprintf(url, sizeof url, "https://%.*s/", STR_ARG(t->address));
    Str pin;
    TRY(pin_text(s, t, &pin));
    AUTO_EASY CURL *easy = curl_easy_init();
    if (easy == NULL) return fail(s, ERR_MEMORY, "the machine has no memory left");
    CURLcode code = curl_easy_setopt(easy, CURLOPT_URL, url);
    if (code == 0) code = forget_authorities(easy);
    if (code == 0) code = set_trust(easy, t, pin.ptr);
    if (code == 0) code = set_limits(easy, t);
    if (code == 0) code = curl_easy_setopt(easy, CURLOPT_TIMEOUT, (long)PROBE_S);
    if (code == 0) code = curl_easy_setopt(easy, CURLOPT_CONNECT_ONLY, 1L);
    if (code == 0) code = curl_easy_perform(easy);
    return outcome(s, code, t->address);
}

const struct peer_transfer peer_transfer = {.post_parcel = post_parcel, .probe = probe};
