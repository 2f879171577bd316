/* One writer, many callers: whoever comes first leads, takes what the others brought meanwhile,
 * and commits all of it at once. Declared in app/inside.h. */
#include "app/pieces.h"
#include "app/recovery.h"
#include "app/statement.h"

enum { LEAD_ROUNDS_MAX = 8 };

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

/* What a job that failed moved in memory goes back with what it wrote. */
static void job_undo(struct post *p, Status status, uint64_t leaves, bool held)
{
    /* Most refusals come before anything was written, and leave what is in memory true. */
    if (p->stale || p->leaf_count != leaves || status >= ERR_STALE) post_forget(p);
    p->leaf_count = leaves;
    p->held = held;
}

/* Without a savepoint a job that fails after it wrote takes the whole transaction with it. */
static Status job_run(struct post *p, struct job *j, bool guarded, bool *out_spoilt)
{
    TRY(memory_check(j->scope, p));
    if (guarded) TRY(store_mark(j->scope, p->store));
    uint64_t leaves = p->leaf_count, before = store_changes(p->store);
    bool held = p->held;
    p->giving = false;
    Status status = j->run(j->scope, p, j->arg);
    j->gives = p->giving;
    if (guarded && status == OK) status = store_mark_keep(j->scope, p->store);
    if (status == OK) return OK;
    if (guarded) store_mark_undo(p->store);
    *out_spoilt = !guarded && store_changes(p->store) != before;
    if (!*out_spoilt) job_undo(p, status, leaves, held);
    return status;
}

Status post_told(struct scope *s, Status status)
{
    bool untold = status == ERR_MEMORY && scope_reason(s)[0] == '\0';
    return untold ? fail(s, ERR_MEMORY, "the machine has no memory left") : status;
}

static void batch_fail(struct job *batch, Status status, const char *reason)
{
    for (struct job *j = batch; j; j = j->next)
        if (j->status == OK) j->status = fail(j->scope, status, "%s", reason);
}

/* A savepoint costs a third of a fact. One job needs none, and several need none as long as each
 * may be run again. */
static bool is_guarded(const struct job *batch)
{
    for (const struct job *j = batch; batch->next && j; j = j->next)
        if (!j->repeatable) return true;
    return false;
}

/* Runs all jobs; false when the transaction holds half of one that failed. */
static bool jobs_run(struct post *p, struct job *batch, bool guarded, bool *out_any)
{
    bool spoilt = false;
    *out_any = false;
    for (struct job *j = batch; j && !spoilt; j = j->next) {
        j->status = job_run(p, j, guarded, &spoilt);
        *out_any |= j->status == OK;
    }
    return !spoilt;
}

/* What is given out goes into the second place once it is committed, and before anybody can get it:
 * what the second place holds is then never more than the journal has, whenever the process ends.
 * What was erased leaves the vault at the same moment, for the same reason. */
static void batch_remember(struct post *p, struct job *batch)
{
    AUTO_SCOPE struct scope *s = scope_open(WORK_BYTES_MAX);
    Status status = s ? second_place_settle(s, p) : ERR_MEMORY;
    if (status == OK) status = blobs_destroy(s, p);
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

static void batch_undo(struct post *p, uint64_t leaves, bool held)
{
    store_rollback(p->store);
    p->leaf_count = leaves;
    p->held = held;
    post_forget(p);
}

static void batch_run(struct post *p, struct job *batch)
{
    uint64_t leaves = p->leaf_count;
    bool held = p->held, any = false, guarded = is_guarded(batch);
    Status status = transaction_begin(batch->scope, p);
    while (status == OK && !jobs_run(p, batch, guarded, &any)) {
        batch_undo(p, leaves, held);
        if (batch->next == NULL) return;
        guarded = true;
        status = transaction_begin(batch->scope, p);
    }
    if (status != OK) {
        Str why = scope_print(batch->scope, "%s", scope_reason(batch->scope));
        batch_fail(batch, status, why.ptr ? why.ptr : "the database takes no transaction now");
        return;
    }
    if (!any) {
        store_rollback(p->store);
        return;
    }
    status = store_commit(batch->scope, p->store);
    if (status != OK) {
        batch_undo(p, leaves, held);
        batch_fail(batch, status, "the database could not be written: nothing was acknowledged");
    } else {
        batch_remember(p, batch);
    }
}

static struct job *queue_take(struct queue *q)
{
    pthread_mutex_lock(&q->lock);
    struct job *batch = q->first;
    q->first = NULL;
    q->end = &q->first;
    pthread_mutex_unlock(&q->lock);
    return batch;
}

/* Who waits is woken one by one and needs no lock: a broadcast would have all of them wait for it
 * in turn. */
static void batch_wake(struct job *batch)
{
    while (batch) {
        struct job *next = batch->next;
        batch->done = true;
        sem_post(&batch->turn);
        batch = next;
    }
}

/* Commits what has come, again and again while others bring more, then hands over: the caller
 * who leads waits for a few commits of others at the most. */
static void lead(struct post *p)
{
    struct queue *q = &p->queue;
    struct job *heir = NULL;
    bool more = true;
    for (int round = 1; more; round++) {
        struct job *batch = queue_take(q);
        pthread_mutex_lock(&p->lock); /* what has changed is looked at with the transaction */
        batch_run(p, batch);
        post_unlock(p);
        pthread_mutex_lock(&q->lock);
        q->leading = q->first != NULL;
        more = q->leading && round < LEAD_ROUNDS_MAX;
        if (q->leading && !more) heir = q->first;
        pthread_mutex_unlock(&q->lock);
        batch_wake(batch);
    }
    if (heir) sem_post(&heir->turn);
}

static void turn_wait(struct job *j)
{
    while (sem_wait(&j->turn) != 0)
        continue; /* a signal came */
}

static Status job_write(struct post *p, struct job *j)
{
    struct queue *q = &p->queue;
    if (scope_has_lacked(j->scope)) /* what is to be kept may lack a part */
        return fail(j->scope, ERR_MEMORY, "the machine has no memory left: nothing was kept");
    if (sem_init(&j->turn, 0, 0))
        return fail(j->scope, ERR_MEMORY, "the machine has no memory left");
    pthread_mutex_lock(&q->lock);
    *q->end = j;
    q->end = &j->next;
    bool leads = !q->leading;
    q->leading = true;
    pthread_mutex_unlock(&q->lock);
    if (!leads) turn_wait(j);
    if (!j->done) {
        lead(p);
        turn_wait(j);
    }
    sem_destroy(&j->turn);
    return post_told(j->scope, j->status);
}

Status post_write(struct scope *s, struct post *p,
                  Status (*run)(struct scope *s, struct post *p, void *arg), void *arg)
{
    struct job job = {.run = run, .arg = arg, .scope = s, .status = OK};
    return job_write(p, &job);
}

Status post_write_repeatable(struct scope *s, struct post *p,
                             Status (*run)(struct scope *s, struct post *p, void *arg), void *arg)
{
    struct job job = {.run = run, .arg = arg, .scope = s, .status = OK, .repeatable = true};
    return job_write(p, &job);
}

void post_expect_seen(struct post *p, Str seen)
{
    if (seen.len > sizeof p->seen_buffer) return;
    pthread_mutex_lock(&p->queue.lock);
    memcpy(p->seen_buffer, seen.ptr, seen.len);
    p->seen_expected = (Str){p->seen_buffer, seen.len};
    pthread_mutex_unlock(&p->queue.lock);
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

struct neighbour *post_neighbour_of_row(struct post *p, int64_t id)
{
    for (size_t i = 0; i < p->neighbour_count; i++)
        if (p->neighbours[i].row.id == id) return &p->neighbours[i];
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

void post_follow(struct post *p)
{
    pthread_mutex_lock(&p->lock);
    p->stale = true;
    pthread_mutex_unlock(&p->lock);
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
