#include "bench.h"
#include "app/exchange.h"
#include "app/officer.h"
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

void bench_folder(char *out, size_t len)
{
    const char *base = getenv("TWINPOST_BENCH_DIR");
    char here[PATH_MAX];
    if (realpath(base ? base : ".", here) == NULL) {
        perror(base);
        exit(70);
    }
    snprintf(out, len, "%s/twinpost-bench-XXXXXX", here);
    if (mkdtemp(out) == NULL) {
        perror(out);
        exit(70);
    }
}

void bench_shell(const char *command)
{
    int ended = -1;
    pid_t child = fork();
    if (child == 0) {
        execlp("sh", "sh", "-c", command, (char *)NULL);
        _exit(127);
    }
    if (child < 0 || waitpid(child, &ended, 0) != child || ended != 0) {
        fprintf(stderr, "failed: %s\n", command);
        exit(70);
    }
}

void bench_clean(const char *folder)
{
    char command[PATH_MAX + 16];
    snprintf(command, sizeof command, "rm -rf '%s'", folder);
    bench_shell(command);
}

double bench_now_s(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

double bench_median(const double *list, size_t count)
{
    double sorted[BENCH_ROUNDS_MAX];
    memcpy(sorted, list, count * sizeof *sorted);
    qsort(sorted, count, sizeof *sorted, ascending);
    return count % 2 ? sorted[count / 2] : (sorted[count / 2 - 1] + sorted[count / 2]) / 2;
}

void bench_line(const char *name, double value, const char *unit, double ratio)
{
    printf("%s %.4g %s %.3g\n", name, value, unit, ratio);
    fflush(stdout);
}

void bench_need(struct scope *s, Status status, const char *what)
{
    if (status == OK) return;
    fprintf(stderr, "%s: %s: %s\n", what, status_name(status), scope_reason(s));
    exit(status_exit_code(status));
}

static void enrol(struct scope *s, struct post *p, const char *name, Str role)
{
    Str id = scope_print(s, "%.*s.%s", STR_ARG(post_party(p)), name);
    struct enrolment e = {.officer = id, .name = id, .role = role, .password = id};
    bench_need(s, post_enrol(s, p, &e), "enrol");
}

struct post *bench_post(struct scope *s, const char *folder, const char *party,
                        const struct clock *clock)
{
    struct post *p = NULL;
    Str dir = scope_print(s, "%s/%s", folder, party);
    struct post_setup setup = {
        .party = str_of(party), .pack = STR("lv-by"), .weak_passwords = true};
    bench_need(s, post_create(s, dir.ptr, &setup, clock), "create");
    bench_need(s, post_open(s, dir.ptr, clock, &p), "open");
    enrol(s, p, "rep", STR("R1"));
    enrol(s, p, "duty", STR("R7"));
    return p;
}

void bench_pair(struct scope *s, struct post *a, struct post *b)
{
    Str card_a, card_b, words;
    bench_need(s, post_card(s, a, &card_a), "card");
    bench_need(s, post_card(s, b, &card_b), "card");
    bench_need(s, post_pair(s, a, card_b, &words), "pair");
    bench_need(s, post_pair(s, b, card_a, &words), "pair");
}

struct session *bench_session(struct scope *s, struct post *p, const char *name)
{
    struct session *session = NULL;
    Str id = scope_print(s, "%.*s.%s", STR_ARG(post_party(p)), name);
    bench_need(s, session_open(s, p, id, id, &session), "session");
    return session;
}

Str bench_case(struct scope *s, struct post *p, const struct session *session)
{
    struct fact_result result;
    struct name_value fields[] = {
        {STR("type"), STR("I05")},
        {STR("happened_from"), STR("2026-03-01T06:00:00Z")},
        {STR("noticed_at"), STR("2026-03-01T06:01:00Z")},
        {STR("section"), STR("silene")},
        {STR("summary.en"), STR("Two servicemen stepped over the line.")}};
    struct fact_request request = {.kind = STR("incident.registered"),
                                   .case_number = STR(""),
                                   .fields = fields,
                                   .field_count = COUNT_OF(fields)};
    bench_need(s, fact_add(s, p, session, &request, &result), "register");
    return result.case_number;
}
