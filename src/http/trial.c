#include "http/trial.h"
#include <microhttpd.h>
#include <pthread.h>
#include <stdlib.h>

enum { WAITING_MAX = 16, TRIAL_STACK_BYTES = 1 << 20 };

struct trials {
    struct sessions *sessions;
    struct post *post;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t moved;
    struct trial *first, **end;
    int waiting;
    bool ending;
};

static void try(struct trials *t, struct trial *trial)
{
    struct scope *s = trial->request->scope;
    trial->status = session_begin(s, t->sessions, t->post, trial->officer, trial->password,
                                  trial->from, trial->id, &trial->wait_s);
}

/* The next one, or NULL when the thread should end. */
static struct trial *next(struct trials *t, bool *out_ending)
{
    pthread_mutex_lock(&t->lock);
    while (t->first == NULL && !t->ending)
        pthread_cond_wait(&t->moved, &t->lock);
    struct trial *trial = t->first;
    if (trial) {
        t->first = trial->next;
        if (t->first == NULL) t->end = &t->first;
        t->waiting--;
    }
    *out_ending = t->ending;
    pthread_mutex_unlock(&t->lock);
    return trial;
}

static void *run(void *arg)
{
    struct trials *t = arg;
    bool ending = false;
    for (struct trial *trial; (trial = next(t, &ending)) != NULL;) {
        struct MHD_Connection *connection = trial->request->connection;
        if (ending)
            trial->status = fail(trial->request->scope, ERR_BUSY, "the post is being stopped");
        else
            try(t, trial);
        MHD_resume_connection(connection); /* the trial may be gone from here on */
    }
    return NULL;
}

Status trials_open(struct scope *s, struct sessions *sessions, struct post *p, struct trials **out)
{
    struct trials *t = calloc(1, sizeof *t);
    if (t == NULL) return fail(s, ERR_MEMORY, "the machine has no memory left");
    t->sessions = sessions;
    t->post = p;
    t->end = &t->first;
    pthread_mutex_init(&t->lock, NULL);
    pthread_cond_init(&t->moved, NULL);
    pthread_attr_t small;
    pthread_attr_init(&small);
    pthread_attr_setstacksize(&small, TRIAL_STACK_BYTES);
    int failed = pthread_create(&t->thread, &small, run, t);
    pthread_attr_destroy(&small);
    if (failed != 0) {
        free(t);
        return fail(s, ERR_INTERNAL, "the machine starts no thread for passwords");
    }
    *out = t;
    return OK;
}

void trials_close(struct trials *t)
{
    if (t == NULL) return;
    pthread_mutex_lock(&t->lock);
    t->ending = true;
    pthread_cond_signal(&t->moved);
    pthread_mutex_unlock(&t->lock);
    pthread_join(t->thread, NULL);
    pthread_cond_destroy(&t->moved);
    pthread_mutex_destroy(&t->lock);
    free(t);
}

Status trial_begin(struct trials *t, struct trial *trial)
{
    pthread_mutex_lock(&t->lock);
    bool may = !t->ending && t->waiting < WAITING_MAX;
    if (may) {
        MHD_suspend_connection(trial->request->connection);
        *t->end = trial;
        t->end = &trial->next;
        t->waiting++;
        pthread_cond_signal(&t->moved);
    }
    pthread_mutex_unlock(&t->lock);
    return may ? OK
               : fail(trial->request->scope, ERR_BUSY,
                      "too many are signing in; try again in a moment");
}
