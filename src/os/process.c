#include "os/process.h"
#include "base/reader.h"
#include "base/writer.h"
#include "os/clock.h"
#include "os/file.h"
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

/* What the child writes: u8 status, u16 length of the sentence, the sentence, the bytes. */
enum { MEMORY_SLACK = 16 * 1024 * 1024 }; /* the scope refuses first, with a sentence */
enum { FRAME_BYTES = 3, CHILD_FILES_MAX = 64, STEP_BYTES = 64 * 1024, PIPE_FD = 3 };

static void limit(int what, rlim_t most)
{
    /* A limit that cannot be set is one the child does not work under: better no child. */
    if (setrlimit((__rlimit_resource_t)what, &(struct rlimit){most, most}) != 0) _exit(121);
}

/* Bytes of private memory that this process has already, which the limit comes on top of. */
static rlim_t memory_now(void)
{
    unsigned long pages[6] = {0};
    FILE *file = fopen("/proc/self/statm", "re");
    char line[128] = "";
    if (file && fgets(line, sizeof line, file) == NULL) line[0] = '\0';
    if (file) fclose(file);
    char *at = line;
    for (size_t i = 0; i < COUNT_OF(pages); i++)
        pages[i] = strtoul(at, &at, 10);
    return (rlim_t)pages[5] * (rlim_t)sysconf(_SC_PAGESIZE);
}

static void confine(const struct process_limits *limits)
{
    if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0) _exit(121);
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) _exit(121);
    /* A write to a file then fails instead of killing: font libraries try to keep caches. */
    if (sigaction(SIGXFSZ, &(struct sigaction){.sa_handler = SIG_IGN}, NULL) != 0) _exit(121);
    limit(RLIMIT_CORE, 0);
    limit(RLIMIT_FSIZE, 0);
    limit(RLIMIT_NOFILE, CHILD_FILES_MAX);
    if (limits->cpu_s) limit(RLIMIT_CPU, limits->cpu_s);
    if (limits->memory_bytes)
        limit(RLIMIT_DATA, memory_now() + limits->memory_bytes + MEMORY_SLACK);
}

static void child_run(const struct process_limits *limits, int fd,
                      Status (*work)(void *ctx, struct scope *s, Bytes *out), void *ctx)
{
    /* Of all that was open only stderr and the pipe stay, so that no socket or lock lives on. */
    if (dup2(fd, PIPE_FD) != PIPE_FD) _exit(121);
    close_range(PIPE_FD + 1, ~0U, 0);
    confine(limits);
    struct scope *s = scope_open(limits->memory_bytes ? limits->memory_bytes : SIZE_MAX);
    if (s == NULL) _exit(122);
    Bytes out = {NULL, 0};
    Status status = work(ctx, s, &out);
    if (status == OK && out.len > limits->output_max)
        status = fail(s, ERR_LIMIT, "the result is longer than %zu bytes", limits->output_max);
    if (status != OK) out.len = 0;
    const char *reason = status == OK ? "" : scope_reason(s);
    size_t len = strlen(reason);
    uint8_t frame[FRAME_BYTES] = {(uint8_t)status, (uint8_t)(len >> 8), (uint8_t)len};
    Status sent = file_write_all(s, PIPE_FD, bytes_of(frame, sizeof frame));
    if (sent == OK) sent = file_write_all(s, PIPE_FD, bytes_of(reason, len));
    if (sent == OK) sent = file_write_all(s, PIPE_FD, out);
    /* No exit handlers: what they would close or flush belongs to the parent. */
    _exit(sent == OK ? 0 : 123);
}

/* All that the child writes until it closes the pipe; ERR_LIMIT past the time. */
static Status collect(struct scope *s, int fd, const struct process_limits *limits, Bytes *out)
{
    int64_t end_ms = clock_elapsed_ms() + limits->time_ms;
    struct writer w = writer_open(s, FRAME_BYTES + SCOPE_REASON_MAX + limits->output_max);
    uint8_t *step = scope_alloc(s, STEP_BYTES);
    if (step == NULL) return ERR_MEMORY;
    for (;;) {
        int64_t left_ms = limits->time_ms ? end_ms - clock_elapsed_ms() : -1;
        if (limits->time_ms && left_ms <= 0)
            return fail(s, ERR_LIMIT, "the work took longer than %lld ms and was stopped",
                        (long long)limits->time_ms);
        struct pollfd wait = {.fd = fd, .events = POLLIN};
        if (poll(&wait, 1, (int)(left_ms > 60000 ? 60000 : left_ms)) <= 0) continue;
        ssize_t n = read(fd, step, STEP_BYTES);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return fail(s, ERR_INTERNAL, "the pipe of a child process broke");
        if (n == 0) break;
        write_bytes(&w, step, (size_t)n);
        if (w.status != OK) break;
    }
    return writer_close(&w, out);
}

static Status ended_well(struct scope *s, pid_t child)
{
    int ended = 0;
    while (waitpid(child, &ended, 0) < 0 && errno == EINTR)
        continue;
    if (WIFEXITED(ended) && WEXITSTATUS(ended) == 0) return OK;
    if (WIFSIGNALED(ended) && (WTERMSIG(ended) == SIGXCPU || WTERMSIG(ended) == SIGKILL))
        return fail(s, ERR_LIMIT, "the work used more of the processor than it may");
    if (WIFSIGNALED(ended))
        return fail(s, ERR_INTERNAL, "the work crashed (signal %d)", WTERMSIG(ended));
    return fail(s, ERR_INTERNAL, "the work did not start (%d)", WEXITSTATUS(ended));
}

static Status answer_read(struct scope *s, Bytes answer, Bytes *out)
{
    struct reader r = reader_open(s, answer, "answer of a child process");
    uint8_t status = read_u8(&r);
    Bytes reason = read_bytes(&r, read_u16(&r));
    Bytes bytes = read_bytes(&r, reader_left(&r));
    if (status >= STATUS_COUNT) reader_refuse(&r);
    TRY(reader_close(&r));
    if (status != OK) return fail(s, (Status)status, "%.*s", STR_ARG(bytes_str(reason)));
    *out = bytes;
    return OK;
}

Status process_run(struct scope *s, const struct process_limits *limits,
                   Status (*work)(void *ctx, struct scope *s, Bytes *out), void *ctx, Bytes *out)
{
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0)
        return fail(s, ERR_INTERNAL, "the system gives no pipe: too many files are open");
    AUTO_FILE int from_child = ends[0];
    AUTO_FILE int to_parent = ends[1];
    pid_t child = fork();
    if (child < 0) return fail(s, ERR_MEMORY, "the system starts no process");
    if (child == 0) child_run(limits, to_parent, work, ctx);
    file_auto_close(&to_parent);
    Bytes answer = {NULL, 0};
    Status status = collect(s, from_child, limits, &answer);
    if (status != OK) {
        kill(child, SIGKILL);
        while (waitpid(child, &(int){0}, 0) < 0 && errno == EINTR)
            continue;
        return status;
    }
    TRY(ended_well(s, child));
    return answer_read(s, answer, out);
}
