/* `serve` on a journal of 100,000 facts. Start: from exec until both ports listen, beside opening
 * the same database with sqlite3 and counting the leaves, a process each; interleaved. Memory: what
 * the process holds after a minute of rest, with the empty journal's beside it; the ratio is to 40
 * MiB. */
#include "app/post.h"
#include "bench.h"
#include "os/file.h"
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

enum { FACTS = 100000, THREADS = 16, CASES = 400, ROUNDS = 7, REST_S = 60 };

static const double MEMORY_KIB_MAX = 40 * 1024;

struct worker {
    struct post *post;
    struct session *session;
    int facts;
};

/* Letters in many cases, as the years of a busy section would leave them. */
static void *work(void *arg)
{
    struct worker *w = arg;
    struct scope *s = scope_open(WORK_BYTES_MAX), *kept = scope_open(WORK_BYTES_MAX);
    Str number = STR("");
    for (int i = 0; i < w->facts; i++) {
        struct fact_result result;
        struct name_value fields[] = {{STR("subject"), STR("Traces at the line")},
                                      {STR("text.lv"), STR("Lūdzam sniegt informāciju.")}};
        if (i % (FACTS / CASES) == 0) number = bench_case(kept, w->post, w->session);
        struct fact_request r = {.kind = STR("letter.sent"),
                                 .case_number = number,
                                 .fields = fields,
                                 .field_count = COUNT_OF(fields)};
        bench_need(s, fact_add(s, w->post, w->session, &r, &result), "letter");
        scope_reset(s);
    }
    scope_close(kept);
    scope_close(s);
    return NULL;
}

static void facts_state(struct post *p, struct session *session)
{
    pthread_t threads[THREADS];
    struct worker worker = {p, session, FACTS / THREADS};
    for (int i = 0; i < THREADS; i++)
        pthread_create(&threads[i], NULL, work, &worker);
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
}

/* The program as it is shipped; its first line says where it listens. */
static pid_t serve(const char *program, const char *dir)
{
    int out[2];
    char line[400];
    if (pipe2(out, O_CLOEXEC)) exit(70);
    pid_t child = fork();
    if (child == 0) {
        prctl(PR_SET_PDEATHSIG, SIGTERM);
        dup2(out[1], STDOUT_FILENO);
        execl(program, program, "serve", dir, "--http", "127.0.0.1:0", "--peer", "127.0.0.1:0",
              (char *)NULL);
        _exit(127);
    }
    close(out[1]);
    if (read(out[0], line, sizeof line) <= 0) {
        fprintf(stderr, "%s serve %s did not start\n", program, dir);
        exit(70);
    }
    close(out[0]);
    return child;
}

static void end(pid_t child)
{
    kill(child, SIGTERM);
    waitpid(child, NULL, 0);
}

static double start_s(const char *program, const char *dir)
{
    double start = bench_now_s();
    pid_t child = serve(program, dir);
    double took = bench_now_s() - start;
    end(child);
    return took;
}

static double count_s(const char *dir)
{
    char command[500];
    snprintf(command, sizeof command,
             "sqlite3 '%s/twinpost.db' 'SELECT count(*) FROM leaf' >/dev/null", dir);
    double start = bench_now_s();
    bench_shell(command);
    return bench_now_s() - start;
}

static double memory_kib(pid_t process)
{
    char path[64], line[200];
    double kib = 0;
    snprintf(path, sizeof path, "/proc/%d/status", process);
    FILE *f = fopen(path, "r");
    while (f && fgets(line, sizeof line, f))
        if (strncmp(line, "VmRSS:", 6) == 0) kib = strtod(line + 6, NULL);
    if (f) fclose(f);
    return kib;
}

/* Two posts that know each other, one of them with all the facts; the folders of both. */
static void posts_make(struct scope *s, const char *folder, Str *out_full, Str *out_empty)
{
    struct clock clock = {0};
    struct post *full = bench_post(s, folder, "lv", &clock);
    struct post *empty = bench_post(s, folder, "by", &clock);
    bench_pair(s, full, empty);
    struct session *session = bench_session(s, full, "duty");
    facts_state(full, session);
    session_close(session);
    post_close(full);
    post_close(empty);
    *out_full = file_join(s, folder, "lv");
    *out_empty = file_join(s, folder, "by");
}

int main(int argc, char **argv)
{
    char folder[300];
    double times[ROUNDS], ratios[ROUNDS];
    const char *program = argc > 1 ? argv[1] : "build-bench/twinpost";
    if (sodium_init() < 0) return 70;
    struct scope *s = scope_open(WORK_BYTES_MAX);
    bench_folder(folder, sizeof folder);
    Str full, empty;
    posts_make(s, folder, &full, &empty);
    for (int i = 0; i < ROUNDS; i++) {
        double count = count_s(full.ptr);
        times[i] = start_s(program, full.ptr);
        ratios[i] = times[i] / count;
        fprintf(stderr, "round %d: %.1f ms, sqlite3 counts the leaves in %.1f ms\n", i + 1,
                times[i] * 1e3, count * 1e3);
    }
    bench_line("serve_start_100000_facts", bench_median(times, ROUNDS) * 1e3, "ms",
               bench_median(ratios, ROUNDS));
    pid_t a = serve(program, full.ptr), b = serve(program, empty.ptr);
    sleep(REST_S);
    bench_line("serve_memory_100000_facts", memory_kib(a) / 1024, "MiB",
               memory_kib(a) / MEMORY_KIB_MAX);
    bench_line("serve_memory_empty", memory_kib(b) / 1024, "MiB", memory_kib(b) / MEMORY_KIB_MAX);
    end(a);
    end(b);
    scope_close(s);
    bench_clean(folder);
    return 0;
}
