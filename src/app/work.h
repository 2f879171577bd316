/* app/work.h - one writer, many callers: who wants to write queues, one of them commits for all.
 * For the files of app/ only. */
#pragma once
#include "app/post.h"
#include <pthread.h>
#include <semaphore.h>

/* What one caller wants done in the next commit. */
struct job {
    Status (*run)(struct scope *s, struct post *p, void *arg);
    void *arg;
    struct scope *scope;
    Status status;
    bool repeatable, done;
    bool gives; /* it waits for the second place as well */
    sem_t turn; /* posted when it is done, or is to lead */
    struct job *next;
};

struct queue {
    pthread_mutex_t lock;
    struct job *first, **end;
    bool leading; /* somebody commits, or was asked to */
};

/* Runs `run` inside a transaction, alone or in one commit with what other threads bring at the same
 * time; OK means durable. A job that fails leaves nothing behind. */
MUST_USE Status post_write(struct scope *s, struct post *p,
                           Status (*run)(struct scope *s, struct post *p, void *arg), void *arg);

/* The same for work that may be run twice, of which only the last run counts: it sets its outputs
 * anew and changes nothing but the database and what post_forget reads again. */
MUST_USE Status post_write_repeatable(struct scope *s, struct post *p,
                                      Status (*run)(struct scope *s, struct post *p, void *arg),
                                      void *arg);

/* The store and all that is kept in memory beside it belong to whoever holds the lock. For reading:
 * the lock until the block is left. */
struct post_guard {
    struct post *post;
};
void post_lock(struct post *p);
void post_unlock(struct post *p);
void post_guard_release(struct post_guard *g);
#define POST_READING(p)                                                                            \
    __attribute__((cleanup(post_guard_release), unused)) struct post_guard post_guard = {(p)};     \
    post_lock(p)
