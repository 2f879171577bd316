/* Reading parcels: verified as a whole, then applied in one transaction or not at all. Evidence of
 * misbehaviour is kept before the refusal is given. */
#include "app/arrival.h"
#include "app/asked.h"
#include "app/judge.h"
#include "app/keys.h"
#include "app/pieces.h"
#include "app/recovery.h"
#include <inttypes.h>

/* Enough of a parcel to tell one from another: evidence is kept once. */
static Bytes start_of(Bytes parcel)
{
    enum { START_BYTES = 4096 };
    return parcel.len > START_BYTES ? (Bytes){parcel.ptr, START_BYTES} : parcel;
}

void arrival_refuse(struct scope *s, struct arrival *a, uint64_t number, Status status)
{
    a->result->refused++;
    if (a->refused_count == REFUSED_MAX) return;
    a->refused_numbers[a->refused_count] = scope_print(s, "%" PRIu64, number);
    a->refused_reasons[a->refused_count++] = str_of(status_name(status));
}

/* What they say they hold must be what we have, or had: the head that the acknowledgement rests on
 * carries our own signature. */
static Status claim_check(struct scope *s, struct post *p, struct arrival *a)
{
    const struct parcel_header *h = &a->records[0].header;
    uint64_t proved;
    TRY(own_head_check(s, p, a, &proved));
    if (p->held || a->n->owed) return OK;
    if (h->leaves_held > p->leaf_count && proved == h->leaves_held)
        return hold_begin(s, p,
                          STR("a neighbour holds a head of this journal that this post signed and "
                              "does not have: it was set back, and signs nothing until the rest "
                              "has come back"),
                          start_of(a->plain));
    if (h->leaves_held <= p->leaf_count && h->opening_held <= a->n->openings) return OK;
    (void)!fail(s, ERR_PROOF, "%.*s says that it holds more of this journal than there ever was",
                STR_ARG(a->n->card.party));
    return arrival_alarm(s, a, ERR_PROOF, "proof", start_of(a->plain));
}

static Status header_take(struct scope *s, struct post *p, struct arrival *a)
{
    const struct parcel_header *h = &a->records[0].header;
    struct neighbour *n = a->n;
    TRY(claim_check(s, p, a));
    n->asks_return = h->held;
    n->return_leaves = h->own_leaves;
    n->return_opening = h->own_openings;
    if (h->held) { /* set back: what it once acknowledged may be gone; sending again does no harm */
        n->row.held_leaves =
            n->row.held_leaves < h->leaves_held ? n->row.held_leaves : h->leaves_held;
        n->row.held_opening =
            n->row.held_opening < h->opening_held ? n->row.held_opening : h->opening_held;
    }
    if (h->leaves_held <= p->leaf_count && h->leaves_held > n->row.held_leaves)
        n->row.held_leaves = h->leaves_held;
    if (h->opening_held <= n->openings && h->opening_held > n->row.held_opening) {
        n->row.held_opening = h->opening_held;
        if (p->turns_known)
            p->second_due = true; /* a newer key may be used for them from here on */
    }
    if (h->number > n->row.parcel_in) n->row.parcel_in = h->number;
    n->want_opening = 0;
    return OK;
}

/* Openings that arrived while this post could not sign have no receipt yet. */
static Status arrears_gather(struct scope *s, struct post *p, struct arrival *a)
{
    struct opening_row *rows;
    size_t count;
    struct neighbour *n = a->n;
    uint64_t end = a->opening_first ? a->opening_first : n->applied + 1;
    Instant at;
    while (n->row.receipt_opening + 1 < end) {
        TRY(store_opening_list(s, p->store, n->journal, n->row.id, n->row.receipt_opening, 256,
                               4 << 20, &rows, &count));
        if (count == 0) return fail(s, ERR_INTERNAL, "an opening that was applied is not here");
        for (size_t i = 0; i < count && rows[i].number < end; i++) {
            struct fact_row fact;
            struct fact f;
            n->row.receipt_opening = rows[i].number;
            if (str_is(rows[i].kind, "receipt") || spans_find(&n->taken_by_us, rows[i].number, &at))
                continue;
            if (!a->took_more_than_receipts || rows[i].number < a->opening_first)
                a->opening_first = rows[i].number;
            a->took_more_than_receipts = true;
            TRY(store_fact_load(s, p->store, n->journal, rows[i].index, &fact));
            TRY(fact_read(s, n->card.origin, rows[i].record, &f));
            Status verdict = fact.refused ? fact_judge_here(s, p, n, &f, rows[i].number) : OK;
            if (fact.refused)
                arrival_refuse(s, a, rows[i].number, verdict == OK ? ERR_PROOF : verdict);
        }
    }
    return OK;
}

/* One receipt for what this parcel opened, unless that was receipts only. */
static Status receipt_state(struct scope *s, struct post *p, struct arrival *a)
{
    if (p->held || a->n->owed) return OK;
    TRY(arrears_gather(s, p, a));
    a->n->row.receipt_opening = a->n->applied;
    if (!a->took_more_than_receipts) return OK;
    Hash digest = hash_of(a->plain);
    Str hex;
    struct writer w = writer_open(s, 80);
    write_hex(&w, hash_bytes(&digest));
    TRY(writer_close_str(&w, &hex));
    struct name_value *fields = scope_array(s, 2 * a->refused_count + 24, sizeof *fields);
    if (fields == NULL) return ERR_MEMORY;
    size_t count = 0;
    fields[count++] = (struct name_value){STR("parcel"), hex};
    fields[count++] = (struct name_value){
        STR("took"), scope_print(s, "%" PRIu64 "-%" PRIu64, a->opening_first, a->n->applied)};
    for (size_t i = 0; i < a->refused_count; i++) {
        fields[count++] =
            (struct name_value){scope_print(s, "refused.%zu", i + 1), a->refused_numbers[i]};
        fields[count++] =
            (struct name_value){scope_print(s, "reason.%zu", i + 1), a->refused_reasons[i]};
    }
    struct statement_of_fact f = {.kind = STR("receipt"),
                                  .case_number = STR(""),
                                  .fields = fields,
                                  .field_count = count,
                                  .to = a->n,
                                  .by_post = true};
    struct stated stated;
    TRY(fact_state(s, p, &f, &stated));
    return spans_add(p->memory, &a->n->taken_by_us, fields[1].value, post_now(p));
}

/* What they opened speaks of openings that are not all back yet: it is read when they are. */
static bool lacks_own(const struct post *p, const struct arrival *a)
{
    const struct parcel_header *h = &a->records[0].header;
    return a->n->owed && (h->leaves_held > p->leaf_count || h->opening_held > a->n->openings);
}

static Status apply(struct scope *s, struct post *p, struct arrival *a)
{
    TRY(store_leaf_count(s, p->store, a->n->journal, &a->held));
    bool held = p->held;
    TRY(header_take(s, p, a));
    /* Just found to be set back: they rely on what is not here; the next parcel asks for it. */
    if (p->held && !held) return store_neighbour_save(s, p->store, &a->n->row);
    TRY(return_take(s, p, a));
    TRY(head_take(s, p, a));
    for (size_t i = 1; i < a->count; i++) {
        const struct parcel_record *r = &a->records[i];
        if (lacks_own(p, a) && r->type != RECORD_COSIGNATURE) continue;
        if (r->type == RECORD_OPENING) TRY(opening_take(s, p, a, r));
        if (r->type == RECORD_COSIGNATURE) TRY(cosignature_take(s, p, a, r));
        if (r->type == RECORD_PIECE) TRY(piece_take(s, p, a->n, r));
        if (r->type == RECORD_WANT) {
            a->n->want_opening = r->number;
            a->n->want_piece = r->first;
        }
    }
    a->n->they_have_more = a->records[0].header.own_openings > a->n->applied;
    TRY(hold_settle(s, p, a));
    TRY(receipt_state(s, p, a));
    TRY(asked_save(s, p, a->n));
    return store_neighbour_save(s, p->store, &a->n->row);
}

static Status apply_run(struct scope *s, struct post *p, void *arg)
{
    Status status = apply(s, p, arg);
    if (status != OK) p->stale = true; /* what it moved in memory goes back with the rest */
    return status;
}

static Status alarm_run(struct scope *s, struct post *p, void *arg)
{
    struct alarm_row *alarm = arg;
    alarm->at = post_now(p);
    return store_alarm_add(s, p->store, alarm);
}

static Status open_sealed(struct scope *s, struct post *p, Bytes sealed, Bytes *out)
{
    Status status = age_open(s, p->identities, p->identity_count, sealed, PARCEL_BYTES_MAX, out);
    if (status == ERR_NOT_FOUND)
        return fail(s, ERR_NOT_FOUND, "the parcel is sealed for another post");
    if (status == ERR_SIGNATURE)
        return fail(s, ERR_PROOF, "the sealed parcel was changed on the way");
    return status;
}

static Status keys_of_sender(struct scope *s, struct post *p, struct neighbour *n,
                             struct peer_keys *out)
{
    POST_READING(p);
    return peer_keys_read(s, p, n, out);
}

static Status read_plain(struct scope *s, struct post *p, struct arrival *a)
{
    struct parcel_header header;
    struct parcel_record *records;
    TRY(parcel_peek(s, a->plain, &header));
    a->n = post_neighbour(p, header.from);
    if (a->n == NULL || header.from.len == 0)
        return fail(s, ERR_NOT_FOUND, "%.*s is not paired with this post", STR_ARG(header.from));
    if (!str_eq(header.to, p->card.party))
        return fail(s, ERR_SCHEMA, "the parcel is for %.*s, not for %.*s", STR_ARG(header.to),
                    STR_ARG(p->card.party));
    struct peer_keys keys;
    TRY(keys_of_sender(s, p, a->n, &keys));
    Status status = parcel_read(s, a->plain, &keys.parcel, &records, &a->count);
    /* One that was under way while the key gave way; a newer one is signed by the newer key. */
    if (status == ERR_SIGNATURE && header.number <= keys.parcel_in)
        status = parcel_read(s, a->plain, &keys.parcel_before, &records, &a->count);
    if (status == ERR_SIGNATURE) return signature_alarm(s, a, post_is_held(p), start_of(a->plain));
    if (status == ERR_PROOF) return arrival_alarm(s, a, status, "proof", start_of(a->plain));
    TRY(status);
    a->records = records;
    a->result->from = a->n->card.party;
    return post_write(s, p, apply_run, a);
}

Status exchange_read(struct scope *s, struct post *p, Bytes sealed, struct exchange_result *out)
{
    struct exchange_result result = {0};
    struct arrival *a = NEW(s, struct arrival);
    if (a == NULL) return ERR_MEMORY;
    a->result = &result;
    TRY(open_sealed(s, p, sealed, &a->plain));
    Status status = read_plain(s, p, a);
    /* What relies on leaves that were lost is not taken, and no fault of the sender: the answer
     * says how far this post has come back, and the next parcel begins there. */
    if (status == ERR_STALE && p->held && a->n) {
        *out = (struct exchange_result){.from = a->n->card.party, .news = true};
        return OK;
    }
    if (status == OK) {
        *out = result;
        return OK;
    }
    struct failure first = failure_hold(s, status);
    if (a->alarm.what.len) TRY(post_write(s, p, alarm_run, &a->alarm));
    return post_told(s, failure_tell(s, &first));
}
