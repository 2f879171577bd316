/* 1,000 new facts to the other post over TLS on loopback: verified, stored, receipt back; beside
 * `git fetch` over git:// of 1,000 commits of one file of the same size each, with
 * transfer.fsckObjects. Both on the same disk, interleaved. The first line is the sealed parcel
 * that carries 1,000 positions on an act, a fact. */
#include "app/exchange.h"
#include "app/network.h"
#include "bench.h"
#include "http/server.h"
#include <arpa/inet.h>
#include <netinet/in.h>
#include <signal.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

enum { FACTS = 1000, ROUNDS = 5, STATEMENTS = 12, CASES = 100, WIRE_BYTES_MAX = 600 };

struct exchange_bench {
    struct scope *scope;
    char folder[300];
    struct clock clock;
    struct post *post; /* the sender */
    struct session *rep;
    char address[64];
    int git_port;
    pid_t receiver, daemon;
};

static volatile sig_atomic_t stop;

static void on_stop(int number)
{
    (void)number;
    stop = 1;
}

static int free_port(void)
{
    struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof a;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || bind(fd, (struct sockaddr *)&a, len) ||
        getsockname(fd, (struct sockaddr *)&a, &len))
        exit(70);
    close(fd);
    return ntohs(a.sin_port);
}

static void on_ready(void *ctx, Str http, Str peer)
{
    (void)http;
    (void)peer;
    if (write(*(int *)ctx, "1", 1) != 1) exit(70);
}

/* The other post in a process of its own, as `twinpost serve` runs it. */
static pid_t receiver_start(struct exchange_bench *x, const char *dir)
{
    int ready[2];
    char byte;
    if (pipe(ready)) exit(70);
    pid_t child = fork();
    if (child == 0) {
        prctl(PR_SET_PDEATHSIG, SIGTERM);
        struct scope *s = scope_open(WORK_BYTES_MAX);
        struct sigaction action = {.sa_handler = on_stop};
        struct post *p = NULL;
        sigaction(SIGTERM, &action, NULL);
        bench_need(s, post_open(s, dir, &x->clock, &p), "open");
        struct http_options o = {
            .peer = str_of(x->address), .stop = &stop, .ready = on_ready, .ctx = &ready[1]};
        bench_need(s, http_serve(s, p, &o), "serve");
        post_close(p);
        _exit(0);
    }
    close(ready[1]);
    if (read(ready[0], &byte, 1) != 1) exit(70);
    close(ready[0]);
    return child;
}

static Str register_and_draft(struct exchange_bench *x, struct scope *s, Str *out_case)
{
    struct fact_result result;
    struct name_value f[2 * STATEMENTS + 2] = {{STR("doc"), STR("DOC05")},
                                               {STR("version"), STR("1")}};
    size_t count = 2;
    *out_case = bench_case(s, x->post, x->rep);
    for (int i = 1; i <= STATEMENTS; i++) {
        f[count++] = (struct name_value){scope_print(s, "statement.%d.lv", i),
                                         STR("Pēdas ved pāri robežai.")};
        f[count++] = (struct name_value){scope_print(s, "statement.%d.ru", i),
                                         STR("Следы ведут через границу.")};
    }
    struct fact_request r = {
        .kind = STR("act.drafted"), .case_number = *out_case, .fields = f, .field_count = count};
    bench_need(s, fact_add(s, x->post, x->rep, &r, &result), "draft");
    return result.ref;
}

/* Most positions agree in a word; every tenth reserves and says why. */
static void positions_state(struct exchange_bench *x)
{
    AUTO_SCOPE struct scope *s = scope_open(WORK_BYTES_MAX);
    AUTO_SCOPE struct scope *work = scope_open(WORK_BYTES_MAX);
    Str number, act = register_and_draft(x, s, &number);
    for (int i = 0; i < FACTS; i++) {
        struct fact_result result;
        bool reserves = i % 10 == 9;
        struct name_value f[] = {{STR("act"), act},
                                 {STR("statement"), scope_print(s, "%d", 1 + i % STATEMENTS)},
                                 {STR("position"), reserves ? STR("reserve") : STR("agree")},
                                 {STR("text.lv"), STR("Pēdas ir vecākas par notikumu.")},
                                 {STR("text.ru"), STR("Следы старше события.")}};
        struct fact_request r = {.kind = STR("act.position"),
                                 .case_number = number,
                                 .fields = f,
                                 .field_count = reserves ? 5 : 3};
        bench_need(work, fact_add(work, x->post, x->rep, &r, &result), "position");
        scope_reset(work);
    }
}

static void letters_state(struct exchange_bench *x)
{
    AUTO_SCOPE struct scope *s = scope_open(WORK_BYTES_MAX);
    AUTO_SCOPE struct scope *work = scope_open(WORK_BYTES_MAX);
    for (int c = 0; c < CASES; c++) {
        Str number = bench_case(s, x->post, x->rep);
        for (int i = 0; i < FACTS / CASES; i++) {
            struct fact_result result;
            struct name_value f[] = {{STR("subject"), STR("Traces at the line")},
                                     {STR("text.lv"), STR("Lūdzam sniegt informāciju par pēdām.")},
                                     {STR("text.ru"), STR("Просим сообщить о следах.")}};
            struct fact_request r = {.kind = STR("letter.sent"),
                                     .case_number = number,
                                     .fields = f,
                                     .field_count = COUNT_OF(f)};
            bench_need(work, fact_add(work, x->post, x->rep, &r, &result), "letter");
            scope_reset(work);
        }
    }
}

/* Seconds until the other post has everything and its receipt is here. */
static double exchange_s(struct exchange_bench *x)
{
    AUTO_SCOPE struct scope *s = scope_open(SCOPE_PARCEL_MAX);
    struct neighbour_view *views;
    size_t count;
    double start = bench_now_s();
    bench_need(s, exchange_sync_network(s, x->post, STR("by"), NULL), "sync");
    double took = bench_now_s() - start;
    bench_need(s, post_neighbours(s, x->post, &views, &count), "neighbours");
    if (count != 1 || views[0].held_opening < views[0].openings) {
        fprintf(stderr, "the other post has only %llu of %llu openings\n",
                (unsigned long long)views[0].held_opening, (unsigned long long)views[0].openings);
        exit(70);
    }
    return took;
}

static size_t parcel_bytes(struct exchange_bench *x)
{
    AUTO_SCOPE struct scope *s = scope_open(SCOPE_PARCEL_MAX);
    Bytes sealed;
    bench_need(s, exchange_write(s, x->post, STR("by"), &sealed), "parcel");
    return sealed.len;
}

/* A fresh repository of as many commits, each with a new file of `bytes` bytes that do not
 * compress, as the salts and signatures of facts do not. */
static void commits_make(struct exchange_bench *x, int round, size_t bytes)
{
    char path[400], command[900];
    uint8_t content[4096];
    snprintf(path, sizeof path, "%s/import", x->folder);
    FILE *f = fopen(path, "w");
    if (f == NULL || bytes > sizeof content) exit(70);
    for (int i = 0; i < FACTS; i++) {
        randombytes_buf(content, bytes);
        fprintf(f, "commit refs/heads/main\ncommitter a <a@b> %d +0000\ndata 2\nx\n",
                1700000000 + i);
        fprintf(f, "M 644 inline f%d\ndata %zu\n", i, bytes);
        fwrite(content, 1, bytes, f);
        fputc('\n', f);
    }
    fclose(f);
    snprintf(
        command, sizeof command,
        "cd '%s' && git init -q -b main from%d && cd from%d && git fast-import --quiet <../import "
        "&& touch .git/git-daemon-export-ok && cd .. && git init -q -b main to%d",
        x->folder, round, round, round);
    bench_shell(command);
}

static double fetch_s(struct exchange_bench *x, int round)
{
    char command[900];
    snprintf(command, sizeof command,
             "cd '%s/to%d' && git -c transfer.fsckObjects=true -c gc.auto=0 fetch -q "
             "git://127.0.0.1:%d/from%d/.git main",
             x->folder, round, x->git_port, round);
    double start = bench_now_s();
    bench_shell(command);
    return bench_now_s() - start;
}

static void daemon_start(struct exchange_bench *x)
{
    char port[32], base[340];
    x->git_port = free_port();
    snprintf(port, sizeof port, "--port=%d", x->git_port);
    snprintf(base, sizeof base, "--base-path=%s", x->folder);
    x->daemon = fork();
    if (x->daemon == 0) {
        prctl(PR_SET_PDEATHSIG, SIGTERM);
        execlp("git", "git", "daemon", "--listen=127.0.0.1", port, base, "--reuseaddr",
               "--export-all", (char *)NULL);
        _exit(127);
    }
}

static void posts_start(struct exchange_bench *x)
{
    struct scope *s = x->scope;
    struct post *b = bench_post(s, x->folder, "by", &x->clock);
    x->post = bench_post(s, x->folder, "lv", &x->clock);
    snprintf(x->address, sizeof x->address, "127.0.0.1:%d", free_port());
    bench_need(s, post_set_address(s, b, str_of(x->address)), "address");
    bench_pair(s, x->post, b);
    Str dir = scope_print(s, "%s/by", x->folder);
    post_close(b);
    x->receiver = receiver_start(x, dir.ptr);
    x->rep = bench_session(s, x->post, "rep");
    (void)exchange_s(x); /* officers and mandates are there already */
}

/* One variant: `state` brings 1,000 new facts; the line tells facts a second and git's time over
 * ours. */
static void variant(struct exchange_bench *x, const char *name,
                    void (*state)(struct exchange_bench *x), int first_round, size_t *out_bytes)
{
    double rates[ROUNDS], ratios[ROUNDS];
    for (int i = 0; i < ROUNDS; i++) {
        state(x);
        if (i == 0) *out_bytes = parcel_bytes(x) / FACTS;
        commits_make(x, first_round + i, *out_bytes);
        double git = fetch_s(x, first_round + i), own = exchange_s(x);
        rates[i] = FACTS / own;
        ratios[i] = git / own;
        fprintf(stderr, "%s round %d: %.3f s, git fetch %.3f s\n", name, i + 1, own, git);
    }
    bench_line(name, bench_median(rates, ROUNDS), "facts/s", bench_median(ratios, ROUNDS));
}

int main(void)
{
    struct exchange_bench *x = calloc(1, sizeof *x);
    size_t bytes = 0;
    if (sodium_init() < 0 || x == NULL) return 70;
    struct sigaction ignore = {.sa_handler = SIG_IGN};
    sigaction(SIGPIPE, &ignore, NULL);
    x->scope = scope_open(WORK_BYTES_MAX);
    bench_folder(x->folder, sizeof x->folder);
    posts_start(x);
    daemon_start(x);
    variant(x, "exchange_positions", positions_state, 0, &bytes);
    bench_line("wire_bytes_per_position", (double)bytes, "bytes", (double)bytes / WIRE_BYTES_MAX);
    variant(x, "exchange_letters_in_100_cases", letters_state, ROUNDS, &bytes);
    kill(x->daemon, SIGTERM);
    kill(x->receiver, SIGTERM);
    waitpid(x->daemon, NULL, 0);
    waitpid(x->receiver, NULL, 0);
    post_close(x->post);
    scope_close(x->scope);
    bench_clean(x->folder);
    free(x);
    return 0;
}
