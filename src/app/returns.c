/* A restored post takes its journal back from what a neighbour holds. Declared in app/inside.h. */
#include "app/arrival.h"
#include "app/head.h"
#include <inttypes.h>

static const struct parcel_record *head_of(const struct parcel_record *records, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (records[i].type == RECORD_RETURN_HEAD) return &records[i];
    return NULL;
}

static Status leaves_take(struct scope *s, struct post *p, const struct parcel_record *records,
                          size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const struct parcel_record *r = &records[i];
        if (r->type != RECORD_RETURN_LEAVES || r->first + r->hash_count <= p->leaf_count) continue;
        if (r->first > p->leaf_count)
            return fail(s, ERR_STALE, "parcel: returned leaves do not follow the journal");
        size_t skip = (size_t)(p->leaf_count - r->first);
        TRY(store_leaf_append(s, p->store, p->journal, p->leaf_count, r->hashes + skip,
                              r->hash_count - skip));
        p->leaf_count += r->hash_count - skip;
    }
    return OK;
}

/* An opening of ours that the neighbour kept: the fact, as far as it was opened, is ours again. */
static Status opening_take(struct scope *s, struct post *p, struct neighbour *n,
                           const struct parcel_record *r)
{
    struct fact f, known;
    struct fact_row row;
    Hash leaf;
    uint64_t number;
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
    }
    n->openings = r->number;
    return store_opening_append(s, p->store, &opening);
}

static Status restored_state(struct scope *s, struct post *p, uint64_t from)
{
    struct stated stated;
    struct name_value fields[24] = {{STR("from"), scope_print(s, "%" PRIu64, from)},
                                    {STR("to"), scope_print(s, "%" PRIu64, p->leaf_count)}};
    struct statement_of_fact f = {.kind = STR("post.restored"),
                                  .case_number = STR(""),
                                  .fields = fields,
                                  .field_count = 2,
                                  .by_post = true};
    p->held = false;
    TRY(store_setting_save(s, p->store, "restored", str_bytes(STR("no"))));
    cases_forget(p);
    post_authority_forget(p, NULL);
    return fact_state(s, p, &f, &stated);
}

Status return_take(struct scope *s, struct post *p, struct neighbour *n,
                   const struct parcel_record *records, size_t count)
{
    const struct parcel_record *head = head_of(records, count);
    struct checkpoint cp;
    struct second_place second;
    Instant time;
    Hash root;
    if (!p->held || head == NULL) return OK;
    TRY(checkpoint_parse(s, head->text, &cp));
    TRY(checkpoint_check(s, &cp, p->card.origin, &p->journal_key.public));
    TRY(cosignature_check(s, &cp, card_cosigner_name(s, n->card.origin), &n->card.cosigner, &time));
    TRY(second_place_read(s, p->dir, &second));
    /* The longest head that is known: a shorter one would make the next signature a fork. */
    if (second.present && cp.size < second.size)
        return fail(s, ERR_STALE,
                    "the neighbour's newest head of this journal has %" PRIu64
                    " leaves, the record here %" PRIu64 ": ask the representative",
                    cp.size, second.size);
    uint64_t from = p->leaf_count;
    TRY(leaves_take(s, p, records, count));
    if (p->leaf_count < cp.size) return OK; /* the rest comes with the next parcel */
    TRY(store_tree_root(s, p->store, p->journal, cp.size, &root));
    if (!hash_eq(&root, &cp.root))
        return fail(s, ERR_FORK, "the journal put back is not the one the neighbour holds");
    struct head_row row = {.size = cp.size, .note = head->text, .cosigned = true};
    TRY(store_head_save(s, p->store, p->journal, &row));
    for (size_t i = 0; i < count; i++)
        if (records[i].type == RECORD_RETURN_OPENING) TRY(opening_take(s, p, n, &records[i]));
    return restored_state(s, p, from);
}
