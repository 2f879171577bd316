#include "os/terminal.h"
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

enum { LOOK_EVERY_MS = 100 };

struct hidden {
    int fd;
    struct termios shown;
    sigset_t ends, before;
};

struct hidden *terminal_hide(struct scope *s, int fd, const char *question)
{
    static const int ends[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP};
    struct hidden *h = isatty(fd) ? NEW(s, struct hidden) : NULL;
    if (h == NULL || tcgetattr(fd, &h->shown) != 0) return NULL;
    h->fd = fd;
    sigemptyset(&h->ends);
    for (size_t i = 0; i < COUNT_OF(ends); i++)
        sigaddset(&h->ends, ends[i]);
    /* Ended in between, the program would leave a terminal that shows nothing. */
    pthread_sigmask(SIG_BLOCK, &h->ends, &h->before);
    struct termios quiet = h->shown;
    quiet.c_lflag &= (tcflag_t) ~(tcflag_t)ECHO;
    tcsetattr(fd, TCSAFLUSH, &quiet);
    fprintf(stderr, "%s: ", question);
    fflush(stderr);
    return h;
}

bool terminal_wait(const struct hidden *h)
{
    for (;;) {
        struct pollfd typing = {.fd = h->fd, .events = POLLIN};
        if (poll(&typing, 1, LOOK_EVERY_MS) > 0) return true;
        sigset_t pending;
        sigpending(&pending);
        for (int number = 1; number < NSIG; number++)
            if (sigismember(&pending, number) == 1 && sigismember(&h->ends, number) == 1)
                return false;
    }
}

void terminal_show(struct hidden *h)
{
    if (h == NULL) return;
    tcsetattr(h->fd, TCSAFLUSH, &h->shown);
    fprintf(stderr, "\n");
    pthread_sigmask(SIG_SETMASK, &h->before, NULL);
}

struct progress {
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t moved;
    const char *what;
    bool ending;
};

static void *tell(void *arg)
{
    struct progress *p = arg;
    struct timespec at;
    clock_gettime(CLOCK_MONOTONIC, &at);
    pthread_mutex_lock(&p->lock);
    for (int seconds = 0; !p->ending; seconds++) {
        at.tv_sec++;
        while (!p->ending && pthread_cond_timedwait(&p->moved, &p->lock, &at) == 0)
            continue;
        if (!p->ending) fprintf(stderr, "\r%s: %d s ", p->what, seconds + 1);
        fflush(stderr);
        if (p->ending && seconds) fprintf(stderr, "\r\x1b[K");
    }
    pthread_mutex_unlock(&p->lock);
    return NULL;
}

struct progress *progress_begin(const char *what)
{
    struct progress *p = isatty(STDERR_FILENO) ? calloc(1, sizeof *p) : NULL;
    if (p == NULL) return NULL;
    p->what = what;
    pthread_condattr_t clock;
    pthread_condattr_init(&clock);
    pthread_condattr_setclock(&clock, CLOCK_MONOTONIC);
    pthread_cond_init(&p->moved, &clock);
    pthread_condattr_destroy(&clock);
    pthread_mutex_init(&p->lock, NULL);
    if (pthread_create(&p->thread, NULL, tell, p) == 0) return p;
    free(p); /* the work goes on all the same */
    return NULL;
}

void progress_end(struct progress *p)
{
    if (p == NULL) return;
    pthread_mutex_lock(&p->lock);
    p->ending = true;
    pthread_cond_signal(&p->moved);
    pthread_mutex_unlock(&p->lock);
    pthread_join(p->thread, NULL);
    pthread_cond_destroy(&p->moved);
    pthread_mutex_destroy(&p->lock);
    free(p);
}
