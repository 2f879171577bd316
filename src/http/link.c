#include "http/link.h"
#include "app/exchange.h"
#include "app/network.h"
#include <malloc.h>
#include <pthread.h>
#include <stdlib.h>
#include <time.h>

enum { LINKS_MAX = 16, PAUSE_FIRST_S = 2, LINK_STACK_BYTES = 1 << 20 };

struct line {
    char party[PARTY_LEN_MAX + 1]; /* empty: unused */
    struct link_view view;
    time_t next; /* monotonic seconds of the next call that nothing asks for */
    int pause_s; /* after a call that failed; 0 when the last one went well */
    bool wanted; /* link_call */
};

struct link {
    struct post *post;
    pthread_t thread;
    pthread_mutex_t lock; /* of what follows; never held during a call */
    pthread_cond_t moved;
    struct line lines[LINKS_MAX];
    bool nudged, ending;
};

static time_t monotonic_s(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec;
}

/* The line of a party, made when there is room; the caller holds the lock. */
static struct line *line_of(struct link *l, Str party)
{
    if (party.len > PARTY_LEN_MAX) return NULL;
    for (size_t i = 0; i < LINKS_MAX; i++) {
        struct line *line = &l->lines[i];
        if (line->party[0] == '\0') memcpy(line->party, party.ptr, party.len);
        if (str_is(party, line->party)) return line;
    }
    return NULL;
}

static void call_begin(struct link *l, struct line *line)
{
    pthread_mutex_lock(&l->lock);
    line->view.calling = true;
    line->wanted = false;
    pthread_mutex_unlock(&l->lock);
}

static void call_end(struct link *l, struct line *line, Status status)
{
    Instant now = post_now(l->post);
    pthread_mutex_lock(&l->lock);
    struct link_view *v = &line->view;
    v->calling = false;
    v->tried = true;
    v->tried_at = now;
    v->calls++;
    v->reason = status;
    v->reached = status == OK;
    if (status == OK) {
        v->reached_at = now;
        line->pause_s = 0;
    } else {
        int longer = line->pause_s == 0 ? PAUSE_FIRST_S : line->pause_s * 2;
        line->pause_s = longer < LINK_PAUSE_MAX_S ? longer : LINK_PAUSE_MAX_S;
    }
    line->next = monotonic_s() + (line->pause_s ? line->pause_s : LINK_EVERY_S);
    pthread_mutex_unlock(&l->lock);
}

/* Is it time to call this neighbour? Something new is sent at once, but not while nobody answers.
 */
static bool is_due(struct link *l, struct scope *s, struct line *line)
{
    pthread_mutex_lock(&l->lock);
    bool due = line->wanted || monotonic_s() >= line->next;
    bool resting = line->pause_s > 0;
    pthread_mutex_unlock(&l->lock);
    bool pending = false;
    if (!due && !resting && exchange_is_pending(s, l->post, str_of(line->party), &pending) != OK)
        pending = false;
    return due || pending;
}

static bool is_ending(void *ctx)
{
    struct link *l = ctx;
    pthread_mutex_lock(&l->lock);
    bool ending = l->ending;
    pthread_mutex_unlock(&l->lock);
    return ending;
}

static void call_neighbours(struct link *l)
{
    AUTO_SCOPE struct scope *s = scope_open(WORK_BYTES_MAX);
    struct neighbour_view *views;
    size_t count;
    bool called = false;
    if (s == NULL || post_neighbours(s, l->post, &views, &count) != OK) return;
    for (size_t i = 0; i < count && !is_ending(l); i++) {
        if (views[i].address_count == 0) continue;
        pthread_mutex_lock(&l->lock);
        struct line *line = line_of(l, views[i].party);
        pthread_mutex_unlock(&l->lock);
        if (line == NULL || !is_due(l, s, line)) continue;
        call_begin(l, line);
        AUTO_SCOPE struct scope *call = scope_open(SCOPE_PARCEL_MAX);
        struct patience patience = {is_ending, l};
        Status status =
            call ? exchange_sync_network(call, l->post, views[i].party, &patience) : ERR_MEMORY;
        call_end(l, line, status);
        called = true;
    }
    if (called) malloc_trim(0); /* a post that rests gives its memory back */
}

/* Seconds until the next call that nothing asks for; the caller holds the lock. */
static time_t rest_s(const struct link *l)
{
    time_t rest = LINK_EVERY_S;
    for (size_t i = 0; i < LINKS_MAX && l->lines[i].party[0]; i++) {
        time_t left = l->lines[i].next - monotonic_s();
        if (l->lines[i].wanted || left < 1) left = 1;
        if (left < rest) rest = left;
    }
    return rest;
}

static void *run(void *arg)
{
    struct link *l = arg;
    for (;;) {
        call_neighbours(l);
        pthread_mutex_lock(&l->lock);
        struct timespec until;
        clock_gettime(CLOCK_MONOTONIC, &until);
        until.tv_sec += rest_s(l);
        int waited = 0;
        while (!l->nudged && !l->ending && waited == 0)
            waited = pthread_cond_timedwait(&l->moved, &l->lock, &until);
        l->nudged = false;
        bool ending = l->ending;
        pthread_mutex_unlock(&l->lock);
        if (ending) return NULL;
    }
}

Status link_open(struct scope *s, struct post *p, struct link **out)
{
    struct link *l = calloc(1, sizeof *l);
    if (l == NULL) return fail(s, ERR_MEMORY, "the machine has no memory left");
    l->post = p;
    pthread_condattr_t clock;
    pthread_condattr_init(&clock);
    pthread_condattr_setclock(&clock, CLOCK_MONOTONIC);
    pthread_cond_init(&l->moved, &clock);
    pthread_condattr_destroy(&clock);
    pthread_mutex_init(&l->lock, NULL);
    pthread_attr_t small;
    pthread_attr_init(&small);
    pthread_attr_setstacksize(&small, LINK_STACK_BYTES);
    int failed = pthread_create(&l->thread, &small, run, l);
    pthread_attr_destroy(&small);
    if (failed != 0) {
        free(l);
        return fail(s, ERR_INTERNAL, "the machine starts no thread for the exchange");
    }
    *out = l;
    return OK;
}

void link_close(struct link *l)
{
    if (l == NULL) return;
    pthread_mutex_lock(&l->lock);
    l->ending = true;
    pthread_cond_signal(&l->moved);
    pthread_mutex_unlock(&l->lock);
    pthread_join(l->thread, NULL);
    pthread_cond_destroy(&l->moved);
    pthread_mutex_destroy(&l->lock);
    free(l);
}

void link_nudge(struct link *l)
{
    pthread_mutex_lock(&l->lock);
    l->nudged = true;
    pthread_cond_signal(&l->moved);
    pthread_mutex_unlock(&l->lock);
}

void link_call(struct link *l, Str party)
{
    pthread_mutex_lock(&l->lock);
    struct line *named = party.len ? line_of(l, party) : NULL;
    for (size_t i = 0; i < LINKS_MAX; i++)
        if (party.len == 0 || &l->lines[i] == named) l->lines[i].wanted = true;
    l->nudged = true;
    pthread_cond_signal(&l->moved);
    pthread_mutex_unlock(&l->lock);
}

struct link_view link_view(struct link *l, Str party)
{
    struct link_view view = {0};
    pthread_mutex_lock(&l->lock);
    for (size_t i = 0; i < LINKS_MAX; i++)
        if (str_is(party, l->lines[i].party)) view = l->lines[i].view;
    pthread_mutex_unlock(&l->lock);
    return view;
}
