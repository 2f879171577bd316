/* Their head, their leaves, their countersignature: what a parcel says of the two journals. */
#include "app/arrival.h"
#include "app/keys.h"
#include "core/ledger/succession.h"
#include <inttypes.h>

Status arrival_alarm(struct scope *s, struct arrival *a, Status status, const char *what,
                     Bytes evidence)
{
    a->alarm = (struct alarm_row){.party = a->n->card.party,
                                  .what = str_of(what),
                                  .text = scope_print(s, "%s", scope_reason(s)),
                                  .evidence = evidence};
    return status;
}

Status signature_alarm(struct scope *s, struct arrival *a, bool held, Bytes evidence)
{
    if (!held) return arrival_alarm(s, a, ERR_SIGNATURE, "signature", evidence);
    Str reason = scope_print(s, "%s", scope_reason(s));
    if (reason.ptr == NULL) return ERR_MEMORY;
    return fail(
        s, ERR_SIGNATURE,
        "%.*s; this post was set back and may have forgotten a newer key: it has to send the "
        "first parcel",
        STR_ARG(reason));
}

static const struct parcel_record *find(const struct arrival *a, enum record_type type)
{
    for (size_t i = 0; i < a->count; i++)
        if (a->records[i].type == type) return &a->records[i];
    return NULL;
}

static Status fork_alarm(struct scope *s, struct arrival *a, Str note)
{
    (void)!fail(s, ERR_FORK,
                "%.*s signed two histories that cannot both be true; the evidence is kept",
                STR_ARG(a->n->card.party));
    return arrival_alarm(s, a, ERR_FORK, "fork", str_bytes(note));
}

/* A signed head against what we hold: older heads must be part of it, new leaves must lead to it.
 */
static Status head_compare(struct scope *s, struct post *p, struct arrival *a,
                           const struct runs *runs, const struct checkpoint *cp, Str note)
{
    Hash told, held;
    bool differs = false;
    TRY(runs_check(s, runs, cp->size));
    TRY(runs_compare(s, p, runs, &differs));
    if (cp->size <= runs->held && !differs) {
        TRY(store_tree_root(s, p->store, runs->journal, cp->size, &held));
        return hash_eq(&held, &cp->root) ? OK : fork_alarm(s, a, note);
    }
    TRY(runs_root(s, p, runs, &told));
    if (!hash_eq(&told, &cp->root)) {
        (void)!fail(s, ERR_PROOF, "parcel: the leaves of %.*s do not lead to its signed head",
                    STR_ARG(a->n->card.party));
        return arrival_alarm(s, a, ERR_PROOF, "proof", str_bytes(note));
    }
    return differs ? fork_alarm(s, a, note) : OK;
}

/* After this post was set back: does what they show now lead to the newest head that it had
 * countersigned before? */
static Status remembered_check(struct scope *s, struct post *p, struct arrival *a, Str note)
{
    const struct remembered *r = &a->n->remembered;
    Hash root;
    if (r->head_size <= a->n->head_size || r->head_size > a->held) return OK;
    TRY(store_tree_root(s, p->store, a->n->journal, r->head_size, &root));
    return hash_eq(&root, &r->head_root) ? OK : fork_alarm(s, a, note);
}

/* Keeps the head with our cosignature: from here on we hold every leaf under it. A post that was
 * set back keeps it without, and signs nothing below what it had countersigned before. */
static Status head_keep(struct scope *s, struct post *p, struct neighbour *n, uint64_t size,
                        Str note, bool *out_news)
{
    struct head_row head = {.size = size, .note = note}, old;
    struct checkpoint cp;
    const struct secret_key *key;
    Str line, name = card_cosigner_name(s, p->card.origin);
    Status status = store_head_load(s, p->store, n->journal, size, &old);
    bool waits = p->held || size < n->remembered.head_size;
    if (status == OK && (old.cosigned || waits)) return OK;
    if (status != OK && status != ERR_NOT_FOUND) return status;
    if (waits) return store_head_save(s, p->store, n->journal, &head);
    if (name.ptr == NULL) return ERR_MEMORY;
    TRY(checkpoint_parse(s, note, &cp));
    TRY(key_for(s, p, &p->cosigner_keys, n, &key));
    TRY(cosignature_make(s, cp.note.text, name, key, post_now(p), &line));
    TRY(note_add_line(s, note, line, &head.note));
    head.cosigned = true;
    TRY(store_head_save(s, p->store, n->journal, &head));
    *out_news = true;
    if (size < n->head_size) return OK;
    n->head_size = size;
    n->head_root = cp.root;
    p->second_due = true;
    return OK;
}

Status head_countersign(struct scope *s, struct post *p, struct neighbour *n)
{
    struct head_row head;
    bool news;
    Status status = store_head_newest(s, p->store, n->journal, false, &head);
    if (status == ERR_NOT_FOUND) return OK;
    TRY(status);
    return head_keep(s, p, n, head.size, head.note, &news);
}

Status head_take(struct scope *s, struct post *p, struct arrival *a)
{
    const struct parcel_record *r = find(a, RECORD_CHECKPOINT);
    struct checkpoint cp;
    if (r == NULL)
        return find(a, RECORD_LEAVES) || find(a, RECORD_OPENING)
                   ? fail(s, ERR_SCHEMA, "parcel: it brings entries without a signed head")
                   : OK;
    TRY(checkpoint_parse(s, r->text, &cp));
    const struct authority *theirs, *own;
    TRY(post_authority(s, p, a->n, &theirs));
    TRY(post_authority(s, p, NULL, &own));
    Status status = head_is_signed(s, theirs, &cp);
    if (status == ERR_SIGNATURE) return signature_alarm(s, a, p->held, str_bytes(r->text));
    TRY(status);
    struct runs runs = {a->records, a->count, RECORD_LEAVES, a->n->journal, a->held};
    TRY(head_compare(s, p, a, &runs, &cp, r->text));
    /* When their head comes back with our cosignature under it, it has reached them. */
    Instant time;
    if (cp.size > a->n->row.cosigned_sent && head_is_cosigned(s, own, &cp, &time, NULL) == OK)
        a->n->row.cosigned_sent = cp.size;
    TRY(runs_append(s, p, &runs));
    a->result->news = a->result->news || runs.held > a->held;
    a->held = runs.held;
    TRY(remembered_check(s, p, a, r->text));
    return head_keep(s, p, a->n, cp.size, r->text, &a->result->news);
}

Status cosignature_take(struct scope *s, struct post *p, struct arrival *a,
                        const struct parcel_record *r)
{
    struct head_row head;
    const struct authority *theirs;
    Status status = store_head_load(s, p->store, p->journal, r->first, &head);
    if (status == ERR_NOT_FOUND) return OK; /* a head of before a restore; the returns bring it */
    TRY(status);
    TRY(post_authority(s, p, a->n, &theirs));
    status = head_add_cosignature(s, theirs, head.note, r->text, &head.note);
    if (status == ERR_SIGNATURE) return signature_alarm(s, a, p->held, str_bytes(r->text));
    TRY(status);
    if (!head.cosigned) a->result->news = true;
    head.cosigned = true;
    return store_head_save(s, p->store, p->journal, &head);
}
