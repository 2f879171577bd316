/* A post that was set back takes its journal back from what a neighbour holds; and what a neighbour
 * shows of this post's own signatures. Declared in app/arrival.h. */
#include "app/head.h"
#include "app/recovery.h"
#include "core/ledger/succession.h"
#include <inttypes.h>

static const struct parcel_record *head_of(const struct arrival *a)
{
    for (size_t i = 0; i < a->count; i++)
        if (a->records[i].type == RECORD_RETURN_HEAD) return &a->records[i];
    return NULL;
}

/* Two heads of the own key that cannot both be true: somebody else uses it, or this post went on
 * after it had been set back. */
static Status own_fork(struct scope *s, struct post *p, struct arrival *a, Str note)
{
    (void)!fail(s, ERR_FORK,
                "%.*s holds a head signed by this post that does not agree with its journal",
                STR_ARG(a->n->card.party));
    Status status = arrival_alarm(s, a, ERR_FORK, "fork", str_bytes(note));
    a->alarm.party = p->card.party;
    return status;
}

Status own_head_check(struct scope *s, struct post *p, struct arrival *a, uint64_t *out_size)
{
    const struct parcel_record *head = head_of(a);
    struct checkpoint cp;
    Hash root;
    *out_size = 0;
    if (head == NULL) return OK;
    TRY(checkpoint_parse(s, head->text, &cp));
    const struct authority *own;
    TRY(post_authority(s, p, NULL, &own));
    Status status = head_is_signed(s, own, &cp);
    if (status == ERR_SIGNATURE)
        return arrival_alarm(s, a, status, "signature", str_bytes(head->text));
    TRY(status);
    *out_size = cp.size;
    if (cp.size > p->leaf_count) return OK;
    TRY(store_tree_root(s, p->store, p->journal, cp.size, &root));
    return hash_eq(&root, &cp.root) ? OK : own_fork(s, p, a, head->text);
}

static bool brings_leaves(const struct arrival *a)
{
    for (size_t i = 0; i < a->count; i++)
        if (a->records[i].type == RECORD_RETURN_LEAVES) return true;
    return false;
}

/* The leaves up to a head of the own key, once they are known to lead to it. */
static Status leaves_take(struct scope *s, struct post *p, struct arrival *a,
                          const struct checkpoint *cp, Str note)
{
    struct runs runs = {a->records, a->count, RECORD_RETURN_LEAVES, p->journal, p->leaf_count};
    Hash told;
    bool differs = false;
    TRY(runs_check(s, &runs, cp->size));
    TRY(runs_compare(s, p, &runs, &differs));
    if (differs) return own_fork(s, p, a, note);
    TRY(runs_root(s, p, &runs, &told));
    if (!hash_eq(&told, &cp->root))
        return fail(s, ERR_PROOF, "parcel: the leaves that %.*s gives back do not lead to the head",
                    STR_ARG(a->n->card.party));
    TRY(runs_append(s, p, &runs));
    p->leaf_count = runs.held;
    return OK;
}

/* An opening of ours that the neighbour kept: the fact, as far as it was opened, is ours again. */
static Status own_opening_take(struct scope *s, struct post *p, struct neighbour *n,
                               const struct parcel_record *r)
{
    struct fact f, known;
    struct fact_row row;
    Hash leaf;
    uint64_t number;
    Instant at;
    Bytes record;
    TRY(store_opening_count(s, p->store, p->journal, n->row.id, &number));
    if (r->number <= number) return OK;
    TRY(fact_read(s, p->card.origin, r->bytes, &f));
    if (f.index >= p->leaf_count)
        return fail(s, ERR_PROOF, "parcel: a returned entry is not under the returned head");
    TRY(store_leaf_list(s, p->store, p->journal, f.index, 1, &leaf));
    Hash commitment = fact_commitment(&f);
    if (!hash_eq(&leaf, &commitment))
        return fail(s, ERR_PROOF, "parcel: returned entry %" PRIu64 " is not in the journal",
                    f.index);
    struct opening_row opening = {.journal = p->journal,
                                  .neighbour = n->row.id,
                                  .number = r->number,
                                  .index = f.index,
                                  .handle = r->handle,
                                  .record = r->bytes,
                                  .kind = fact_get(&f, "kind"),
                                  .at = post_now(p)};
    Status status = fact_load(s, p, p->card.party, f.index, &known, NULL);
    if (status == ERR_NOT_FOUND) {
        row = (struct fact_row){.journal = p->journal,
                                .index = f.index,
                                .kind = fact_get(&f, "kind"),
                                .case_number = fact_get(&f, "case"),
                                .officer = fact_get(&f, "by"),
                                .opening = r->number,
                                .neighbour = n->row.id,
                                .body = f.body};
        (void)instant_parse(fact_get(&f, "at"), &row.at);
        TRY(fact_record(s, &f, &row.record));
        TRY(store_fact_save(s, p->store, &row));
        if (row.case_number.len) TRY(case_row_refresh(s, p, &f, p->card.party, true, row.at));
    } else {
        TRY(status);
        TRY(fact_merge(s, &f, &known)); /* a later opening shows more of what came back in part */
        TRY(fact_record(s, &f, &record));
        if (!known.whole) TRY(store_fact_erase(s, p->store, p->journal, f.index, record));
    }
    n->openings = r->number;
    if (str_is(opening.kind, "receipt") && instant_parse(fact_get(&f, "at"), &at))
        TRY(spans_add(p->memory, &n->taken_by_us, fact_get(&f, "took"), at));
    return store_opening_append(s, p->store, &opening);
}

/* Nothing of theirs but the countersignature stays under a head of ours. */
static Status head_save(struct scope *s, struct post *p, const struct arrival *a,
                        const struct checkpoint *cp)
{
    struct head_row row = {.size = cp->size, .cosigned = true};
    const struct authority *theirs;
    const struct note_signature *line;
    Str bare, ours, theirs_line = {NULL, 0}, name = card_cosigner_name(s, a->n->card.origin);
    Str note = scope_print(s, "%.*s\n", STR_ARG(cp->note.text));
    if (name.ptr == NULL || note.ptr == NULL) return ERR_MEMORY;
    TRY(post_authority(s, p, a->n, &theirs));
    for (size_t i = 0; i < cp->note.signature_count; i++) {
        line = &cp->note.signatures[i];
        TRY(note_line(s, line->name, line->key_id, line->bytes, &bare));
        if (str_eq(line->name, p->card.origin)) {
            ours = note;
            note = scope_print(s, "%.*s%.*s", STR_ARG(ours), STR_ARG(bare));
            if (note.ptr == NULL) return ERR_MEMORY;
        }
        if (str_eq(line->name, name)) theirs_line = bare;
    }
    TRY(head_add_cosignature(s, theirs, note, theirs_line, &row.note));
    return store_head_save(s, p->store, p->journal, &row);
}

Status return_take(struct scope *s, struct post *p, struct arrival *a)
{
    const struct parcel_record *head = head_of(a);
    struct checkpoint cp;
    struct head_row known;
    if (!a->n->owed || head == NULL) return OK;
    TRY(checkpoint_parse(s, head->text, &cp)); /* checked with the header */
    if (cp.size > p->leaf_count) {
        if (!p->held) return own_fork(s, p, a, head->text);
        if (!brings_leaves(a)) return OK; /* they do not know yet that it was set back */
        TRY(leaves_take(s, p, a, &cp, head->text));
    }
    Status status = store_head_load(s, p->store, p->journal, cp.size, &known);
    if (status != OK && status != ERR_NOT_FOUND) return status;
    if (status == ERR_NOT_FOUND || !known.cosigned) TRY(head_save(s, p, a, &cp));
    for (size_t i = 0; i < a->count; i++)
        if (a->records[i].type == RECORD_RETURN_OPENING)
            TRY(own_opening_take(s, p, a->n, &a->records[i]));
    return OK;
}
