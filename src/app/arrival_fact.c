/* Openings in a parcel: each a fact of the other side's journal. Declared in app/arrival.h. */
#include "app/arrival.h"
#include "app/judge.h"
#include "app/pieces.h"
#include "core/casework/judgement.h"
#include <inttypes.h>
#include <strings.h>

/* The root they had seen of our journal must be ours, or somebody was shown another history. */
static Status seen_root_check(struct scope *s, struct post *p, struct arrival *a,
                              const struct seen *seen, Bytes record)
{
    Hash root = tree_empty();
    if (seen->size == a->n->root_size && a->n->root_size)
        root = a->n->root;
    else if (seen->size)
        TRY(store_tree_root(s, p->store, p->journal, seen->size, &root));
    if (!hash_eq(&root, &seen->root)) {
        (void)!fail(s, ERR_FORK, "%.*s was shown another history of this journal",
                    STR_ARG(a->n->card.party));
        return arrival_alarm(s, a, ERR_FORK, "fork", record);
    }
    a->n->root_size = seen->size;
    a->n->root = root;
    return OK;
}

/* A post with several neighbours states what is of no case before it is known whom it goes to: it
 * names the journal of none, which tells nothing and orders nothing. */
static bool names_no_journal(Str case_number, const struct seen *seen)
{
    return case_number.len == 0 && seen->size == 0 && seen->opening == 0;
}

/* What the nearest fact before or behind a place had seen; false when none tells. */
static Status seen_beside(struct scope *s, struct post *p, const struct neighbour *n,
                          uint64_t index, bool before, struct seen *out, bool *out_found)
{
    *out_found = false;
    for (;;) {
        struct fact_row *rows, row;
        size_t count = 0;
        struct fact f;
        Status status = OK;
        if (before)
            status = store_fact_before(s, p->store, n->journal, index, &row);
        else
            TRY(store_fact_list(s, p->store, n->journal, index + 1, 1, &rows, &count));
        if (status == ERR_NOT_FOUND || (!before && count == 0)) return OK;
        TRY(status);
        if (!before) row = rows[0];
        index = row.index;
        if (row.refused || kind_concerns_all(row.kind)) continue;
        TRY(fact_read(s, n->card.origin, row.record, &f));
        *out_found =
            seen_parse(fact_get(&f, "seen"), out) && !names_no_journal(row.case_number, out);
        if (*out_found) return OK;
    }
}

static bool is_less(const struct seen *a, const struct seen *b)
{
    return a->size < b->size || a->opening < b->opening;
}

/* `seen` names what there was, and never goes down along the journal. */
static Status seen_check(struct scope *s, struct post *p, struct arrival *a, const struct fact *f,
                         Bytes record)
{
    struct seen seen, other;
    bool found;
    if (!seen_parse(fact_get(f, "seen"), &seen) || kind_concerns_all(fact_get(f, "kind")))
        return OK;
    if (seen.size > p->leaf_count || seen.opening > a->n->openings)
        return fail(s, ERR_PROOF, "its author claims to have seen more than there was");
    TRY(seen_root_check(s, p, a, &seen, record));
    if (names_no_journal(fact_get(f, "case"), &seen)) return OK;
    TRY(seen_beside(s, p, a->n, f->index, true, &other, &found));
    if (found && is_less(&seen, &other))
        return fail(s, ERR_PROOF, "an earlier entry of the journal had seen more");
    TRY(seen_beside(s, p, a->n, f->index, false, &other, &found));
    if (found && is_less(&other, &seen))
        return fail(s, ERR_PROOF, "a later entry of the journal had seen less");
    return OK;
}

/* A case number begins with the party that gave it out. */
static bool is_number_of(Str number, Str party)
{
    if (number.len <= party.len || number.ptr[party.len] != '-') return false;
    return strncasecmp(number.ptr, party.ptr, party.len) == 0;
}

/* A case is a matter of two posts: a third one that learnt its number, or guessed it before the
 * case came, brings nothing into it. */
static Status case_check(struct scope *s, struct post *p, const struct arrival *a, Str number)
{
    struct case_row row;
    if (number.len == 0 || p->neighbour_count < 2) return OK;
    Status status = store_case_load(s, p->store, number, &row);
    if (status != OK && status != ERR_NOT_FOUND) return status;
    bool others = status == OK && row.counterpart.len && !str_eq(row.counterpart, a->n->card.party);
    for (size_t i = 0; i < p->neighbour_count; i++)
        others |= &p->neighbours[i] != a->n && is_number_of(number, p->neighbours[i].card.party);
    return others ? fail(s, ERR_PROOF, "case %.*s is no matter of its author's", STR_ARG(number))
                  : OK;
}

static Status body_check(struct scope *s, struct post *p, const struct arrival *a,
                         const struct fact *f)
{
    uint64_t index;
    Status status = store_fact_by_body(s, p->store, a->n->journal, &f->body, &index);
    if (status == ERR_NOT_FOUND || (status == OK && index == f->index)) return OK;
    if (status != OK) return status;
    return fail(s, ERR_PROOF, "its body stands at entry %" PRIu64 " already", index);
}

/* "from-to" of a receipt: openings that were made, above those of the receipt before. */
static Status receipt_check(struct scope *s, const struct arrival *a, const struct fact *f)
{
    const struct spans *spans = &a->n->taken_by_them;
    uint64_t from, to, number, last = spans->count ? spans->list[spans->count - 1].to : 0;
    Str rest = fact_get(f, "took"), first = str_cut(&rest, '-'), *numbers;
    size_t count;
    if (!str_u64(first, &from) || !str_u64(rest, &to) || from > to)
        return fail(s, ERR_SCHEMA, "the receipt does not say which openings it took");
    if (from <= last || to > a->n->openings)
        return fail(s, ERR_PROOF, "the receipt is for openings that were never made, or had one");
    TRY(fact_list(s, f, "refused", &numbers, &count));
    for (size_t i = 0; i < count; i++)
        if (!str_u64(numbers[i], &number) || number < from || number > to)
            return fail(s, ERR_PROOF, "the receipt refuses what it did not take");
    return OK;
}

/* A revocation may not void what stands under a head whose countersignature has reached them. */
static Status revocation_check(struct scope *s, const struct arrival *a, const struct fact *f)
{
    uint64_t covered = 0;
    if (!str_is(fact_get(f, "reason"), "compromised")) return OK;
    if (!str_u64(fact_get(f, "covered"), &covered)) covered = 0;
    if (covered >= a->n->row.cosigned_sent) return OK;
    return fail(s, ERR_PROOF,
                "it would void entries under the head of %" PRIu64
                " leaves that was countersigned before",
                a->n->row.cosigned_sent);
}

/* A post that was set back keeps to what its own receipt says. */
static Status told_before(struct scope *s, struct post *p, const struct arrival *a, uint64_t number)
{
    struct refusals told;
    TRY(refusals_load(s, p, a->n, false, &told));
    return refusals_have(&told, number) ? fail(s, ERR_PROOF, "an own receipt refused it") : OK;
}

static Status verdict_of(struct scope *s, struct post *p, struct arrival *a, const struct fact *f,
                         const struct parcel_record *r)
{
    Str kind = fact_get(f, "kind");
    Instant at;
    if (spans_find(&a->n->taken_by_us, r->number, &at)) return told_before(s, p, a, r->number);
    TRY(fact_judge_here(s, p, a->n, f, r->number));
    TRY(body_check(s, p, a, f));
    TRY(case_check(s, p, a, fact_get(f, "case")));
    TRY(seen_check(s, p, a, f, r->bytes));
    if (str_is(kind, "receipt")) return receipt_check(s, a, f);
    if (str_is(kind, "mandate.revoked")) return revocation_check(s, a, f);
    return OK;
}

/* A fact stands in neither view when no opening of it was taken. */
static Status refusal_take(struct scope *s, struct post *p, struct arrival *a, uint64_t number)
{
    struct opening_row *rows, *of_fact;
    struct refusals before = {0};
    size_t count, of_count;
    TRY(store_opening_list(s, p->store, p->journal, a->n->row.id, number - 1, 1, FACT_BYTES_MAX,
                           &rows, &count));
    if (count == 0 || rows[0].number != number) return OK;
    TRY(store_opening_of_fact(s, p->store, p->journal, a->n->row.id, rows[0].index, &of_fact,
                              &of_count));
    if (of_count && of_fact[0].number < number) TRY(refusals_load(s, p, a->n, true, &before));
    for (size_t i = 0; i < of_count && of_fact[i].number < number; i++)
        if (!refusals_have(&before, of_fact[i].number)) return OK;
    cases_forget(p);
    if (kind_is_authority(rows[0].kind)) post_authority_forget(p, NULL);
    TRY(store_fact_refuse(s, p->store, p->journal, rows[0].index, true));
    if (!str_is(rows[0].kind, "incident.linked") && !str_is(rows[0].kind, "incident.unlinked"))
        return OK;
    struct fact own;
    TRY(fact_load(s, p, p->card.party, rows[0].index, &own, NULL));
    return link_weigh(s, p, &own);
}

static Status receipt_take(struct scope *s, struct post *p, struct arrival *a, const struct fact *f)
{
    Instant at;
    Str *numbers;
    size_t count;
    uint64_t number;
    const struct authority *own;
    (void)instant_parse(fact_get(f, "at"), &at);
    TRY(spans_add(p->memory, &a->n->taken_by_them, fact_get(f, "took"), at));
    TRY(fact_list(s, f, "refused", &numbers, &count));
    for (size_t i = 0; i < count; i++)
        if (str_u64(numbers[i], &number)) TRY(refusal_take(s, p, a, number));
    TRY(post_authority(s, p, NULL, &own)); /* what it voids ends once they have been told */
    return count || authority_has_voided(own) ? links_settle(s, p) : OK;
}

static Status fact_effect(struct scope *s, struct post *p, struct arrival *a, const struct fact *f,
                          uint64_t number)
{
    Str kind = fact_get(f, "kind");
    if (kind_is_authority(kind)) post_authority_forget(p, a->n);
    if (str_is(kind, "receipt")) return receipt_take(s, p, a, f);
    if (str_is(kind, "evidence.collected")) return blob_expect(s, p, a->n, f, number);
    if (str_is(kind, "release.recalled")) TRY(recall_execute(s, p, a->n, f));
    TRY(effect_apply(s, p, f));
    return effect_in_common(s, p, f);
}

static Status place_check(struct scope *s, struct post *p, struct arrival *a, const struct fact *f,
                          Bytes record)
{
    Hash leaf;
    if (f->index >= a->held)
        return fail(s, ERR_PROOF, "parcel: entry %" PRIu64 " is not under the signed head",
                    f->index);
    TRY(store_leaf_list(s, p->store, a->n->journal, f->index, 1, &leaf));
    Hash commitment = fact_commitment(f);
    if (hash_eq(&leaf, &commitment)) return OK;
    (void)!fail(s, ERR_PROOF, "parcel: entry %" PRIu64 " is not what the journal of %.*s holds",
                f->index, STR_ARG(a->n->card.party));
    return arrival_alarm(s, a, ERR_PROOF, "proof", record);
}

/* What never crosses is not kept either: its digests stay, so that the journal still verifies. */
static Status hide(struct scope *s, struct post *p, struct fact *f, Bytes *record)
{
    bool erase[FACT_FIELDS_MAX] = {false};
    if (!judgement_must_hide(&p->pack, f, erase)) return OK;
    fact_erase(f, erase);
    return fact_record(s, f, record);
}

/* A false signature, and a proof that fails, are remembered for ever. */
static Status verdict_alarm(struct scope *s, struct post *p, const struct arrival *a,
                            Status verdict, Bytes record)
{
    struct alarm_row alarm = {.party = a->n->card.party,
                              .what = str_of(status_name(verdict)),
                              .at = post_now(p),
                              .evidence = record,
                              .text = scope_print(s, "%s", scope_reason(s))};
    if (verdict != ERR_SIGNATURE && verdict != ERR_PROOF) return OK;
    return alarm.text.ptr ? store_alarm_add(s, p->store, &alarm) : ERR_MEMORY;
}

/* What the receipt will say. A post that was set back reads again what it has given a receipt for:
 * that is settled, with all before it. */
static void receipt_note(struct scope *s, struct arrival *a, uint64_t number, Str kind,
                         Status verdict)
{
    Instant at;
    if (spans_find(&a->n->taken_by_us, number, &at)) {
        a->opening_first = a->refused_count = 0;
        a->took_more_than_receipts = false;
        return;
    }
    if (a->opening_first == 0) a->opening_first = number;
    if (verdict != OK || !str_is(kind, "receipt")) a->took_more_than_receipts = true;
    if (verdict != OK) arrival_refuse(s, a, number, verdict);
}

Status opening_take(struct scope *s, struct post *p, struct arrival *a,
                    const struct parcel_record *r)
{
    struct fact f;
    if (r->number <= a->n->applied) return OK;      /* an applied number is never read again */
    if (a->refused_count == REFUSED_MAX) return OK; /* as many as a receipt names; the rest again */
    if (r->number != a->n->applied + 1)
        return fail(s, ERR_STALE, "parcel: opening %" PRIu64 " is missing", a->n->applied + 1);
    TRY(fact_read(s, a->n->card.origin, r->bytes, &f));
    TRY(place_check(s, p, a, &f, r->bytes));
    Status verdict = verdict_of(s, p, a, &f, r);
    if (a->alarm.what.len || (verdict != OK && !is_judgement(verdict))) return verdict;
    Bytes record = r->bytes;
    TRY(hide(s, p, &f, &record));
    TRY(verdict_alarm(s, p, a, verdict, record));
    struct opening_row row = {.journal = a->n->journal,
                              .neighbour = a->n->row.id,
                              .number = r->number,
                              .index = f.index,
                              .handle = r->handle,
                              .record = record,
                              .kind = fact_get(&f, "kind"),
                              .at = post_now(p)};
    TRY(store_opening_append(s, p->store, &row));
    a->n->applied = r->number;
    a->result->opened++;
    a->result->news = true;
    TRY(opening_keep(s, p, a->n, &f, r->number, row.at, verdict != OK));
    receipt_note(s, a, r->number, row.kind, verdict);
    return verdict == OK ? fact_effect(s, p, a, &f, r->number) : OK;
}
