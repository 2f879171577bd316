/* Bytes at the officers' port of a real post. Whatever is asked, the answer is HTTP and none says
 * that the post went wrong. "@" stands for a session, so that mutations get past the sign-in. */
#include "app/post.h"
#include "base/writer.h"
#include "fuzz.h"
#include "http/server.h"
#include "os/clock.h"
#include "os/file.h"
#include <arpa/inet.h>
#include <assert.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

enum { SCOPE_MAX = 64 << 20, ANSWER_MAX = 1 << 20, INPUT_MAX = 64 * 1024 };

static struct {
    char folder[64];
    sem_t is_ready;
    struct sockaddr_in at;
    char cookie[2 * HASH_BYTES + 1];
    uint8_t *answer;
    struct clock clock;
} post;

static volatile sig_atomic_t never;

static void post_remove(void)
{
    struct scope *s = scope_open(SCOPE_MAX);
    if (s && file_remove_tree(s, post.folder) != OK) printf("# %s stays\n", post.folder);
    scope_close(s);
}

static void note_address(void *ctx, Str http, Str peer)
{
    (void)ctx, (void)peer;
    const char *port = memchr(http.ptr, ':', http.len);
    post.at = (struct sockaddr_in){.sin_family = AF_INET,
                                   .sin_port = htons((uint16_t)strtoul(port + 1, NULL, 10)),
                                   .sin_addr = {htonl(INADDR_LOOPBACK)}};
    sem_post(&post.is_ready);
}

static void *serve(void *unused)
{
    (void)unused;
    struct scope *s = scope_open(SCOPE_MAX);
    struct post *p;
    struct post_setup setup = {.party = STR("lv"),
                               .pack = STR("lv-by"),
                               .officer = STR("lv.rep"),
                               .officer_role = STR("R1"),
                               .password = STR("lv.rep"),
                               .weak_passwords = true};
    struct http_options o = {.http = STR("127.0.0.1:0"),
                             .peer = STR(""),
                             .public = STR(""),
                             .stop = &never,
                             .ready = note_address};
    const char *dir = file_join(s, post.folder, "lv").ptr;
    Status status = post_create(s, dir, &setup, &post.clock);
    if (status == OK) status = post_open(s, dir, &post.clock, &p);
    if (status == OK) status = http_serve(s, p, &o);
    printf("# the server ended: %s\n", scope_reason(s));
    abort();
}

/* Sends all of it, then hears the answers to their end, or until nothing came for so long: what was
 * announced and is not sent is waited for. */
static size_t ask(Bytes request, int patience_ms)
{
    struct timeval patience = {patience_ms / 1000, patience_ms % 1000 * 1000};
    size_t len = 0;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert(fd >= 0);
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    int connected = connect(fd, (const struct sockaddr *)&post.at, sizeof post.at);
    assert(connected == 0);
    size_t sent = 0;
    while (sent < request.len) {
        ssize_t n = send(fd, request.ptr + sent, request.len - sent, MSG_NOSIGNAL);
        if (n <= 0) break; /* refused before all was said */
        sent += (size_t)n;
    }
    shutdown(fd, SHUT_WR);
    for (;;) {
        ssize_t n = recv(fd, post.answer + len, ANSWER_MAX - len, 0);
        if (n <= 0) break;
        len += (size_t)n;
        if (len == ANSWER_MAX) len = ANSWER_MAX / 2; /* the beginning is what counts */
    }
    close(fd);
    return len;
}

static void sign_in(void)
{
    static const char request[] = "POST /api/v1/session HTTP/1.1\r\nHost: 127.0.0.1\r\n"
                                  "Content-Type: application/json\r\nContent-Length: 40\r\n"
                                  "Connection: close\r\n\r\n"
                                  "{\"officer\":\"lv.rep\",\"password\":\"lv.rep\"}";
    static const char name[] = "twinpost_lv=";
    size_t len = ask(bytes_of(request, sizeof request - 1), 10000);
    const uint8_t *at = memmem(post.answer, len, name, sizeof name - 1);
    assert(at != NULL);
    memcpy(post.cookie, at + sizeof name - 1, sizeof post.cookie - 1);
}

static void start(void)
{
    pthread_t thread;
    const char *base = getenv("TMPDIR");
    snprintf(post.folder, sizeof post.folder, "%s/http-fuzz-XXXXXX", base ? base : P_tmpdir);
    post.answer = malloc(ANSWER_MAX);
    const char *made = mkdtemp(post.folder);
    assert(made != NULL && post.answer != NULL && sem_init(&post.is_ready, 0, 0) == 0);
    atexit(post_remove);
    int started = pthread_create(&thread, NULL, serve, NULL);
    assert(started == 0);
    sem_wait(&post.is_ready);
    sign_in();
}

/* The input with the first "@" as the cookie of the session. */
static Bytes with_session(struct scope *s, Bytes input)
{
    const uint8_t *at = input.len ? memchr(input.ptr, '@', input.len) : NULL;
    if (at == NULL) return input;
    size_t before = (size_t)(at - input.ptr);
    Bytes out;
    struct writer w = writer_open(s, 2 * INPUT_MAX);
    write_bytes(&w, input.ptr, before);
    write_print(&w, "twinpost_lv=%s", post.cookie);
    write_bytes(&w, at + 1, input.len - before - 1);
    return writer_close(&w, &out) == OK ? out : input;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (post.answer == NULL) start();
    struct scope *s = scope_open(SCOPE_MAX);
    if (s == NULL || size > INPUT_MAX) return 0;
    size_t len = ask(with_session(s, bytes_of(data, size)), 50);
    assert(len == 0 || (len > 12 && memcmp(post.answer, "HTTP/1.", 7) == 0));
    assert(len == 0 || memcmp(post.answer + 8, " 500", 4) != 0);
    scope_close(s);
    return 0;
}
