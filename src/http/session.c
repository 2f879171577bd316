#include "http/session.h"
#include <gnutls/crypto.h>
#include <gnutls/gnutls.h>
#include <pthread.h>
#include <stdlib.h>

/* Five wrong passwords, then a minute's pause, for an officer's name from one address: slow for who
 * guesses, and nobody elsewhere can shut the officer out. */
enum { GUESSES_MAX = 256, WRONG_MAX = 5, PAUSE_S = 60, SEAT_BYTES_MAX = 1 << 20 };

struct guess {
    Hash who; /* officer and address */
    unsigned wrong;
    Instant last;
};

struct sessions {
    pthread_mutex_t lock;
    struct seat seats[SEATS_MAX];
    struct guess guesses[GUESSES_MAX];
};

struct sessions *sessions_open(void)
{
    struct sessions *t = calloc(1, sizeof *t);
    if (t == NULL) return NULL;
    pthread_mutex_init(&t->lock, NULL);
    return t;
}

static void seat_clear(struct seat *seat)
{
    if (seat->session != NULL) session_close(seat->session);
    scope_close(seat->memory);
    *seat = (struct seat){0};
}

void sessions_close(struct sessions *t)
{
    if (t == NULL) return;
    for (size_t i = 0; i < SEATS_MAX; i++)
        if (t->seats[i].taken) seat_clear(&t->seats[i]);
    pthread_mutex_destroy(&t->lock);
    free(t);
}

static bool is_over(const struct seat *seat, Instant now)
{
    return now.us - seat->used.us > IDLE_S * US_PER_SECOND ||
           now.us - seat->begun.us > LASTS_S * US_PER_SECOND;
}

static Hash guess_name(Str officer, Str from)
{
    struct hasher h;
    hash_start(&h);
    hash_add_u32(&h, (uint32_t)officer.len);
    hash_add(&h, officer.ptr, officer.len);
    hash_add(&h, from.ptr, from.len);
    return hash_finish(&h);
}

/* The row of this officer and address; NULL when there is none. */
static struct guess *guess_find(struct sessions *t, const Hash *who)
{
    for (size_t i = 0; i < GUESSES_MAX; i++)
        if (hash_eq(&t->guesses[i].who, who)) return &t->guesses[i];
    return NULL;
}

/* A row for a new name takes the place of what matters least: fewest wrong passwords, then longest
 * ago. Whoever tries many names does not make a guessed one forgotten. */
static struct guess *guess_take(struct sessions *t, const Hash *who)
{
    struct guess *found = guess_find(t, who), *least = &t->guesses[0];
    for (size_t i = 0; i < GUESSES_MAX && !found; i++) {
        struct guess *g = &t->guesses[i];
        if (g->wrong < least->wrong ||
            (g->wrong == least->wrong && instant_before(g->last, least->last)))
            least = g;
    }
    if (!found) *least = (struct guess){.who = *who};
    return found ? found : least;
}

static int pause_left_s(struct sessions *t, const Hash *who, Instant now)
{
    pthread_mutex_lock(&t->lock);
    const struct guess *g = guess_find(t, who);
    int64_t passed = g ? (now.us - g->last.us) / US_PER_SECOND : 0;
    bool paused = g && g->wrong >= WRONG_MAX && passed >= 0 && passed < PAUSE_S;
    pthread_mutex_unlock(&t->lock);
    return paused ? (int)(PAUSE_S - passed) : 0;
}

static void guess_note(struct sessions *t, const Hash *who, Instant now, bool wrong)
{
    pthread_mutex_lock(&t->lock);
    struct guess *g = guess_take(t, who);
    bool rested = now.us - g->last.us >= PAUSE_S * US_PER_SECOND;
    g->wrong = !wrong ? 0 : rested ? 1 : g->wrong + 1;
    g->last = now;
    pthread_mutex_unlock(&t->lock);
}

/* A free seat, or one whose officer has been away too long; the caller holds the lock. */
static struct seat *seat_free(struct sessions *t, Instant now)
{
    for (size_t i = 0; i < SEATS_MAX; i++) {
        struct seat *seat = &t->seats[i];
        if (seat->taken && seat->users == 0 && is_over(seat, now)) seat_clear(seat);
        if (!seat->taken) return seat;
    }
    return NULL;
}

static Status id_make(struct scope *s, char out[static SESSION_ID_LEN + 1])
{
    uint8_t random[SESSION_ID_BYTES];
    if (gnutls_rnd(GNUTLS_RND_KEY, random, sizeof random) != 0)
        return fail(s, ERR_INTERNAL, "the machine gives no random numbers");
    for (size_t i = 0; i < sizeof random; i++) {
        out[2 * i] = "0123456789abcdef"[random[i] >> 4];
        out[2 * i + 1] = "0123456789abcdef"[random[i] & 15];
    }
    out[SESSION_ID_LEN] = '\0';
    return OK;
}

static Status seat_take(struct scope *s, struct sessions *t, struct session *session,
                        struct scope *memory, Instant now, const char *id)
{
    pthread_mutex_lock(&t->lock);
    struct seat *seat = seat_free(t, now);
    if (seat != NULL)
        *seat = (struct seat){.id = hash_of(bytes_of(id, SESSION_ID_LEN)),
                              .memory = memory,
                              .session = session,
                              .begun = now,
                              .used = now,
                              .taken = true};
    pthread_mutex_unlock(&t->lock);
    return seat ? OK : fail(s, ERR_BUSY, "too many officers are signed in");
}

Status session_begin(struct scope *s, struct sessions *t, struct post *p, Str officer, Str password,
                     Str from, char out_id[static SESSION_ID_LEN + 1], int *out_wait_s)
{
    Hash who = guess_name(officer, from);
    Instant now = post_now(p);
    int wait_s = pause_left_s(t, &who, now);
    if (wait_s > 0) {
        *out_wait_s = wait_s;
        return fail(s, ERR_BUSY, "too many wrong passwords; try again in %d s", wait_s);
    }
    TRY(id_make(s, out_id));
    struct scope *memory = scope_open(SEAT_BYTES_MAX);
    if (memory == NULL) return fail(s, ERR_MEMORY, "the machine has no memory left");
    struct session *session = NULL;
    Status status = session_open(memory, p, officer, password, &session);
    if (status != OK) status = fail(s, status, "%s", scope_reason(memory));
    if (status == OK || status == ERR_ROLE) guess_note(t, &who, now, status != OK);
    if (status == OK) status = seat_take(s, t, session, memory, now, out_id);
    if (status != OK) {
        if (session != NULL) session_close(session);
        scope_close(memory);
    }
    return status;
}

struct seat *seat_find(struct sessions *t, Str id, Instant now)
{
    if (id.len != SESSION_ID_LEN) return NULL;
    Hash wanted = hash_of(str_bytes(id));
    struct seat *found = NULL;
    pthread_mutex_lock(&t->lock);
    for (struct seat *seat = t->seats; seat < t->seats + SEATS_MAX; seat++) {
        if (!seat->taken || seat->leaving || !hash_eq(&seat->id, &wanted)) continue;
        if (!is_over(seat, now)) {
            seat->used = now;
            seat->users++;
            found = seat;
        } else if (seat->users == 0) {
            seat_clear(seat);
        }
        break;
    }
    pthread_mutex_unlock(&t->lock);
    return found;
}

void seat_leave(struct sessions *t, struct seat *seat)
{
    if (seat == NULL) return;
    pthread_mutex_lock(&t->lock);
    if (--seat->users == 0 && seat->leaving) seat_clear(seat);
    pthread_mutex_unlock(&t->lock);
}

void session_end(struct sessions *t, struct seat *seat)
{
    pthread_mutex_lock(&t->lock);
    seat->leaving = true;
    pthread_mutex_unlock(&t->lock);
}
