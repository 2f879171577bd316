/* One writer, many callers: whoever comes first leads, takes what the others brought meanwhile,
 * and commits all of it at once. Declared in app/inside.h. */
#include "app/recovery.h"
#include "app/statement.h"
#include <time.h>

void post_lock(struct post *p)
{
    pthread_mutex_lock(&p->lock);
    if (p->stale || store_has_changed(p->store)) post_forget(p);
}

void post_unlock(struct post *p)
{
    pthread_mutex_unlock(&p->lock);
}

void post_guard_release(struct post_guard *g)
{
    post_unlock(g->post);
}

/* After a failure that memory could not follow, it is read again before anything relies on it. */
static Status memory_check(struct scope *s, struct post *p)
{
    if (p->stale) post_forget(p);
    return p->stale ? fail(s, ERR_DISK, "the database could not be read") : OK;
}

static Status job_run(struct post *p, struct job *j)
{
    TRY(memory_check(j->scope, p));
    TRY(store_mark(j->scope, p->store));
    uint64_t leaves = p->leaf_count;
    bool held = p->held;
    p->giving = false;
    Status status = j->run(j->scope, p, j->arg);
    j->gives = p->giving;
    if (status == OK) status = store_mark_keep(j->scope, p->store);
    if (status != OK) {
        store_mark_undo(p->store);
        /* Most refusals come before anything was written, and leave what is in memory true. */
        if (p->stale || p->leaf_count != leaves || status >= ERR_STALE) post_forget(p);
        p->leaf_count = leaves;
        p->held = held;
    }
    return status;
}

static void batch_fail(struct job *batch, Status status, const char *reason)
{
    for (struct job *j = batch; j; j = j->next)
        if (j->status == OK) j->status = fail(j->scope, status, "%s", reason);
}

/* What is given out goes into the second place once it is committed, and before anybody can get it:
 * what the second place holds is then never more than the journal has, whenever the process ends.
 */
static void batch_remember(struct post *p, struct job *batch)
{
    AUTO_SCOPE struct scope *s = scope_open(WORK_BYTES_MAX);
    Status status = s ? second_place_settle(s, p) : ERR_MEMORY;
    for (struct job *j = batch; status != OK && j; j = j->next)
        if (j->status == OK && j->gives)
            j->status = fail(j->scope, status, "%s", s ? scope_reason(s) : "no memory is left");
}

/* Another process (a command beside a running server) may have committed since. */
static Status transaction_begin(struct scope *s, struct post *p)
{
    TRY(store_begin(s, p->store));
    if (store_has_changed(p->store)) p->stale = true;
    Status status = memory_check(s, p);
    if (status != OK) store_rollback(p->store);
    return status;
}

static void batch_run(struct post *p, struct job *batch)
{
    Status status = transaction_begin(batch->scope, p);
    bool held = p->held;
    uint64_t leaves = p->leaf_count;
    if (status != OK) {
        Str why = scope_print(batch->scope, "%s", scope_reason(batch->scope));
        batch_fail(batch, status, why.ptr ? why.ptr : "the database takes no transaction now");
        return;
    }
    for (struct job *j = batch; j; j = j->next)
        j->status = job_run(p, j);
    bool any = false;
    for (struct job *j = batch; j; j = j->next)
        any |= j->status == OK;
    if (any) status = store_commit(batch->scope, p->store);
    if (!any || status != OK) {
        store_rollback(p->store);
        p->leaf_count = leaves;
        p->held = held;
        if (any) post_forget(p);
    }
    if (status != OK)
        batch_fail(batch, status, "the database could not be written: nothing was acknowledged");
    else if (any)
        batch_remember(p, batch);
}

/* Whoever was served a moment ago is about to come again: a commit that waits for them costs one
 * flush of the disk instead of two. Bounded, and no wait at all for a caller who is alone. */
static void linger(struct post *p)
{
    enum { LINGER_NS = 300 * 1000 };
    struct timespec until;
    if (p->queued >= p->expected) return;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_nsec += LINGER_NS;
    if (until.tv_nsec >= 1000000000L) {
        until.tv_nsec -= 1000000000L;
        until.tv_sec++;
    }
    while (p->queued < p->expected &&
           pthread_cond_timedwait(&p->queue_grown, &p->queue_lock, &until) == 0)
        continue;
}

static void lead(struct post *p)
{
    linger(p);
    struct job *batch = p->queue;
    size_t count = p->queued;
    p->queue = NULL;
    p->queue_end = &p->queue;
    p->queued = 0;
    pthread_mutex_unlock(&p->queue_lock);
    pthread_mutex_lock(&p->lock);
    batch_run(p, batch);
    post_unlock(p);
    pthread_mutex_lock(&p->queue_lock);
    while (batch) {
        struct job *next = batch->next;
        batch->done = true;
        batch = next;
    }
    p->expected = count + p->queued;
}

Status post_write(struct scope *s, struct post *p,
                  Status (*run)(struct scope *s, struct post *p, void *arg), void *arg)
{
    struct job job = {.run = run, .arg = arg, .scope = s, .status = OK};
    pthread_mutex_lock(&p->queue_lock);
    *p->queue_end = &job;
    /* The job is out of the queue before this call returns. */
    /* cppcheck-suppress autoVariables */
    p->queue_end = &job.next;
    if (++p->queued >= p->expected) pthread_cond_signal(&p->queue_grown);
    while (!job.done) {
        if (p->leading) {
            pthread_cond_wait(&p->queue_moved, &p->queue_lock);
            continue;
        }
        p->leading = true;
        lead(p);
        p->leading = false;
        pthread_cond_broadcast(&p->queue_moved);
    }
    pthread_mutex_unlock(&p->queue_lock);
    return job.status;
}

void post_expect_seen(struct post *p, Str seen)
{
    if (seen.len > sizeof p->seen_buffer) return;
    pthread_mutex_lock(&p->queue_lock);
    memcpy(p->seen_buffer, seen.ptr, seen.len);
    p->seen_expected = (Str){p->seen_buffer, seen.len};
    pthread_mutex_unlock(&p->queue_lock);
}

Status post_random(struct scope *s, struct post *p, void *out, size_t len)
{
    return random_fill(s, &p->random, out, len);
}

struct neighbour *post_neighbour(struct post *p, Str party)
{
    if (party.len == 0) return p->neighbour_count == 1 ? &p->neighbours[0] : NULL;
    for (size_t i = 0; i < p->neighbour_count; i++)
        if (str_eq(p->neighbours[i].row.party, party)) return &p->neighbours[i];
    return NULL;
}

struct neighbour *post_neighbour_of_journal(struct post *p, int64_t journal)
{
    for (size_t i = 0; i < p->neighbour_count; i++)
        if (p->neighbours[i].journal == journal) return &p->neighbours[i];
    return NULL;
}

Str journal_origin(const struct post *p, int64_t journal)
{
    for (size_t i = 0; i < p->neighbour_count; i++)
        if (p->neighbours[i].journal == journal) return p->neighbours[i].card.origin;
    return p->card.origin;
}

Str journal_party(const struct post *p, int64_t journal)
{
    for (size_t i = 0; i < p->neighbour_count; i++)
        if (p->neighbours[i].journal == journal) return p->neighbours[i].card.party;
    return p->card.party;
}

void post_authority_forget(struct post *p, struct neighbour *n)
{
    if (n)
        n->authority_known = false;
    else
        p->authority_known = false;
}

void post_forget(struct post *p)
{
    AUTO_SCOPE struct scope *s = scope_open(WORK_BYTES_MAX);
    p->authority_known = false;
    p->suspended_known = false;
    cases_forget(p);
    /* What cannot be read now is asked again before the next work. */
    p->stale = s == NULL || store_leaf_count(s, p->store, p->journal, &p->leaf_count) != OK ||
               neighbours_load(s, p) != OK || hold_read(s, p) != OK;
}
