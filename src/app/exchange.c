/* Writing parcels and going to and fro. Reading them is app/arrival.c. */
#include "app/exchange.h"
#include "app/head.h"
#include "app/keys.h"
#include "app/pieces.h"
#include "app/statement.h"
#include "core/ledger/parcel.h"

enum {
    /* With pieces of 8 MiB, and twice each when a post takes back what it lost, below
     * PARCEL_BYTES_MAX. */
    OPENINGS_BYTES_MAX = 4 << 20,
    OPENINGS_MAX = 20000,
    LEAVES_MAX = 100000,
    ROUNDS_MAX = 3,
    PIECE_ROUNDS_MAX = 1 << 16 /* that only bring evidence along */
};

struct writing {
    Str to;
    Bytes plain;
    AgeRecipient recipient;
    const struct secret_key *key;
};

static Status put_leaves(struct scope *s, struct post *p, struct neighbour *n, uint64_t size,
                         struct writer *w)
{
    uint64_t first = n->row.held_leaves < size ? n->row.held_leaves : size;
    while (first < size) {
        size_t count =
            size - first > PARCEL_LEAVES_MAX ? PARCEL_LEAVES_MAX : (size_t)(size - first);
        Hash *hashes = scope_array(s, count, sizeof *hashes);
        if (hashes == NULL) return ERR_MEMORY;
        TRY(store_leaf_list(s, p->store, p->journal, first, count, hashes));
        parcel_leaves(w, first, hashes, count);
        first += count;
    }
    return OK;
}

static Status put_openings(struct scope *s, struct post *p, struct neighbour *n, uint64_t size,
                           struct writer *w)
{
    struct opening_row *rows;
    size_t count;
    TRY(store_opening_list(s, p->store, p->journal, n->row.id, n->row.held_opening, OPENINGS_MAX,
                           OPENINGS_BYTES_MAX, &rows, &count));
    size_t put = 0;
    while (put < count && rows[put].index < size) { /* under the head that goes with them */
        parcel_opening(w, rows[put].number, rows[put].handle, rows[put].record);
        put++;
    }
    n->more = size < p->leaf_count || (put ? rows[put - 1].number : 0) < n->openings;
    return pieces_put(s, p, n, rows, count, w);
}

/* Our cosignature of their newest head: "every leaf under this head is durably held here". */
static Status put_cosignature(struct scope *s, struct post *p, struct neighbour *n,
                              struct writer *w)
{
    struct head_row head;
    Str line;
    Status status = store_head_newest(s, p->store, n->journal, true, &head);
    if (status == ERR_NOT_FOUND) return OK;
    TRY(status);
    TRY(cosignature_for(s, p, n, &head.note, &line));
    if (line.ptr) parcel_cosignature(w, head.size, line);
    return OK;
}

/* Their head that leads back from what they have, no more leaves away than a parcel takes. */
static Status head_to_return(struct scope *s, struct post *p, const struct neighbour *n,
                             struct head_row *out)
{
    struct head_row newest;
    uint64_t size;
    TRY(store_head_newest(s, p->store, n->journal, true, &newest));
    *out = newest;
    if (!n->asks_return || newest.size <= n->return_leaves + LEAVES_MAX) return OK;
    TRY(store_head_cosigned_below(s, p->store, n->journal, n->return_leaves + LEAVES_MAX, &size));
    return size > n->return_leaves ? store_head_load(s, p->store, n->journal, size, out) : OK;
}

/* Their own head backs the acknowledgement in the header: a post believes only its own signature
 * that it was set back. What it lost then goes with it. */
static Status put_returns(struct scope *s, struct post *p, struct neighbour *n, struct writer *w)
{
    struct head_row head;
    struct opening_row *rows;
    size_t count;
    Status status = head_to_return(s, p, n, &head);
    if (status == ERR_NOT_FOUND) return OK;
    TRY(status);
    Str line;
    TRY(cosignature_for(s, p, n, &head.note, &line));
    parcel_return_head(w, head.note);
    if (!n->asks_return) return OK;
    for (uint64_t first = n->return_leaves; first < head.size;) {
        size_t run =
            head.size - first > PARCEL_LEAVES_MAX ? PARCEL_LEAVES_MAX : (size_t)(head.size - first);
        Hash *hashes = scope_array(s, run, sizeof *hashes);
        if (hashes == NULL) return ERR_MEMORY;
        TRY(store_leaf_list(s, p->store, n->journal, first, run, hashes));
        parcel_return_leaves(w, first, hashes, run);
        first += run;
    }
    TRY(store_opening_list(s, p->store, n->journal, n->row.id, n->return_opening, OPENINGS_MAX,
                           OPENINGS_BYTES_MAX, &rows, &count));
    for (size_t i = 0; i < count; i++)
        parcel_return_opening(w, rows[i].number, rows[i].handle, rows[i].record);
    return OK;
}

/* The newest head, or an earlier size of the same journal when more leaves are missing there than a
 * parcel takes. */
static Status head_for_parcel(struct scope *s, struct post *p, const struct neighbour *n,
                              struct head_row *out, bool *out_has)
{
    Status status = head_sign(s, p, out);
    *out_has = status == OK;
    if (status == ERR_STALE && p->held) return OK;
    if (status != OK || p->held || out->size - n->row.held_leaves <= LEAVES_MAX) return status;
    uint64_t size = n->row.held_leaves + LEAVES_MAX;
    return head_sign_at(s, p, size - size % p->cover_multiple, out);
}

static Status write_run(struct scope *s, struct post *p, void *arg)
{
    struct writing *x = arg;
    struct neighbour *n = post_neighbour(p, x->to);
    struct head_row head = {0};
    struct peer_keys keys;
    bool has_head;
    if (n == NULL)
        return fail(s, ERR_NOT_FOUND,
                    x->to.len ? "%.*s is not paired with this post" : "name the neighbour%.*s",
                    STR_ARG(x->to));
    TRY(peer_keys_read(s, p, n, &keys));
    TRY(age_recipient_parse(s, keys.recipient, &x->recipient));
    TRY(key_for(s, p, &p->parcel_keys, n, &x->key));
    TRY(head_for_parcel(s, p, n, &head, &has_head));
    n->row.parcel_out++;
    p->second_due = p->giving = true;
    TRY(store_neighbour_save(s, p->store, &n->row));
    struct parcel_header header = {.from = p->card.party,
                                   .to = n->card.party,
                                   .number = n->row.parcel_out,
                                   .time = post_now(p),
                                   .opening_held = n->applied,
                                   .held = p->held || n->owed,
                                   .own_leaves = p->leaf_count};
    TRY(store_leaf_count(s, p->store, n->journal, &header.leaves_held));
    TRY(store_opening_count(s, p->store, p->journal, n->row.id, &header.own_openings));
    struct writer w = parcel_open(s, &header);
    if (has_head && !header.held) {
        TRY(head_for(s, p, n, &head.note));
        parcel_checkpoint(&w, head.note);
        TRY(put_leaves(s, p, n, head.size, &w));
        TRY(put_openings(s, p, n, head.size, &w));
    }
    TRY(put_cosignature(s, p, n, &w));
    TRY(put_returns(s, p, n, &w));
    TRY(wants_put(s, p, n, &w));
    return parcel_close(&w, x->key, &x->plain);
}

Status exchange_plain(struct scope *s, struct post *p, Str to, Bytes *out_plain,
                      AgeRecipient *out_recipient)
{
    struct writing x = {.to = to};
    TRY(post_write(s, p, write_run, &x));
    *out_plain = x.plain;
    *out_recipient = x.recipient;
    return OK;
}

Status exchange_seal(struct scope *s, struct post *p, const AgeRecipient *to, Bytes plain,
                     Bytes *out)
{
    struct age_seed seed;
    struct random r = {0};
    (void)p;
    TRY(random_fill(s, &r, (uint8_t *)&seed, sizeof seed));
    Status status = age_seal(s, to, 1, &seed, plain, out);
    secret_wipe(&seed, sizeof seed);
    return status;
}

Status exchange_write(struct scope *s, struct post *p, Str to, Bytes *out_sealed)
{
    Bytes plain;
    AgeRecipient recipient;
    TRY(exchange_plain(s, p, to, &plain, &recipient));
    return exchange_seal(s, p, &recipient, plain, out_sealed);
}

/* Where the exchange stands in both directions: evidence they asked for and that is missing here;
 * and leaves and openings, while there are more than one parcel takes. */
struct flow {
    uint64_t asked, asked_piece;
    struct piece_want missing;
    uint64_t held_leaves, held_opening, theirs_leaves, applied;
    bool more;
};

static Status flow_read(struct scope *s, struct post *p, const struct neighbour *n,
                        struct flow *out)
{
    struct flow flow = {.asked = n->want_opening,
                        .asked_piece = n->want_piece,
                        .held_leaves = n->row.held_leaves,
                        .held_opening = n->row.held_opening,
                        .theirs_leaves = n->head_size,
                        .applied = n->applied,
                        .more = n->more || n->they_have_more};
    TRY(pieces_next(s, p, n, &flow.missing));
    *out = flow;
    return OK;
}

static bool flow_moved(const struct flow *a, const struct flow *b)
{
    return a->asked != b->asked || a->asked_piece != b->asked_piece ||
           a->missing.opening != b->missing.opening || a->missing.piece != b->missing.piece ||
           (b->more && (a->held_leaves != b->held_leaves || a->held_opening != b->held_opening ||
                        a->theirs_leaves != b->theirs_leaves || a->applied != b->applied));
}

static Status pending_read(struct scope *s, struct post *p, Str to, bool *out,
                           struct flow *out_flow)
{
    POST_READING(p);
    struct neighbour *n = post_neighbour(p, to);
    struct head_row head;
    uint64_t openings;
    if (n == NULL) return fail(s, ERR_NOT_FOUND, "%.*s is not paired", STR_ARG(to));
    TRY(store_opening_count(s, p->store, p->journal, n->row.id, &openings));
    Status status = store_head_newest(s, p->store, p->journal, true, &head);
    if (status != OK && status != ERR_NOT_FOUND) return status;
    uint64_t cosigned = status == OK ? head.size : 0;
    TRY(flow_read(s, p, n, out_flow));
    *out = openings > n->row.held_opening || cosigned < p->leaf_count || p->held || n->owed ||
           n->row.cosigned_sent < n->head_size || out_flow->asked || out_flow->missing.opening;
    return OK;
}

Status exchange_is_pending(struct scope *s, struct post *p, Str to, bool *out)
{
    struct flow flow;
    return pending_read(s, p, to, out, &flow);
}

/* One parcel there, one back. */
static Status round_run(struct scope *s, struct post *p, Str to, const struct transport *t,
                        bool *out_over, struct flow *out_flow)
{
    AUTO_SCOPE struct scope *work = scope_open(SCOPE_PARCEL_MAX);
    Bytes out, in;
    struct exchange_result result = {0};
    bool pending = false;
    if (work == NULL) return fail(s, ERR_MEMORY, "the machine has no memory left");
    Status status = exchange_write(work, p, to, &out);
    if (status == OK) status = t->swap(t->ctx, work, out, &in);
    if (status == OK) status = exchange_read(work, p, in, &result);
    if (status == OK) status = pending_read(work, p, to, &pending, out_flow);
    if (status != OK) return fail(s, status, "%s", scope_reason(work));
    *out_over = !pending && !result.news;
    return OK;
}

Status exchange_sync(struct scope *s, struct post *p, Str to, const struct transport *t)
{
    struct flow before = {0}, now = {0};
    bool over = false;
    int still = 0;
    for (int round = 0; !over && still < ROUNDS_MAX && round < PIECE_ROUNDS_MAX; round++) {
        TRY(round_run(s, p, to, t, &over, &now));
        if (!flow_moved(&before, &now)) still++;
        before = now;
    }
    return OK;
}
