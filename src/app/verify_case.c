/* What the entries of a dossier amount to: the common view, acts and evidence. Declared in
 * app/verify.h. */
#include "app/verify.h"
#include "core/casework/act.h"
#include "core/casework/handover.h"
#include <inttypes.h>

static Status fold(struct verify *v, struct casefile *out)
{
    struct entry *entries = scope_array(v->s, v->count + 1, sizeof *entries);
    if (entries == NULL) return ERR_MEMORY;
    for (size_t i = 0; i < v->count; i++)
        entries[i] = (struct entry){.fact = v->list[i].fact,
                                    .party = v->party[v->list[i].side],
                                    .opening = v->list[i].opening};
    return case_fold(v->s, &v->pack, STR(""), entries, v->count, (Instant){0}, out);
}

static Status common_check(struct verify *v, const struct casefile *c)
{
    const struct container_member *m = verify_member(v, STR("data/common.txt"));
    Hash told;
    Str text;
    TRY(case_common_text(v->s, c, &text));
    Hash digest = hash_of(str_bytes(text));
    if (m == NULL || m->bytes.ptr == NULL || !str_eq(text, bytes_str(m->bytes)))
        verify_fail(v, ERR_PROOF,
                    "The common view in the dossier is not what its entries amount to.");
    else if (!hex_parse(v->common_hex, told.bytes, HASH_BYTES) || !hash_eq(&told, &digest))
        verify_fail(v, ERR_PROOF, "data/dossier.txt names another digest of the common view.");
    else
        verify_pass(v, "The common view follows from the entries; its digest is %.*s.",
                    STR_ARG(v->common_hex));
    if (!str_eq(c->number, v->number) && c->number.len)
        verify_fail(v, ERR_PROOF, "The entries are of case %.*s.", STR_ARG(c->number));
    return OK;
}

/* An incident names the pack that its case is folded with. */
static void pack_check(struct verify *v, const struct casefile *c)
{
    Hash named;
    Str digest = c->incident ? fact_get(c->incident->fact, "pack_digest") : STR("");
    if (digest.len == 0) return;
    if (!hex_parse(digest, named.bytes, HASH_BYTES) || !hash_eq(&named, &v->pack.digest))
        verify_fail(v, ERR_PROOF,
                    "The case was registered under another pack than is in the dossier.");
}

static Status acts_report(struct verify *v, const struct casefile *c)
{
    for (size_t i = 0; i < c->act_count; i++) {
        const struct act *a = &c->acts[i];
        Str signers = STR("");
        for (size_t k = 0; k < a->signature_count; k++)
            signers = scope_print(v->s, "%.*s%s%.*s", STR_ARG(signers), k ? ", " : "",
                                  STR_ARG(a->signatures[k]->by));
        if (signers.ptr == NULL) return ERR_MEMORY;
        uint64_t index = a->draft->fact->index;
        (void)verify_member(v, scope_print(v->s, "data/acts/%.*s-%" PRIu64 ".pdf",
                                           STR_ARG(a->draft->party), index));
        verify_pass(v, "The act %.*s:%" PRIu64 " (%.*s) is %s; signed by: %.*s.",
                    STR_ARG(a->draft->party), index, STR_ARG(a->doc),
                    a->effective ? "effective" : "not effective",
                    STR_ARG(signers.len ? signers : STR("nobody")));
    }
    return OK;
}

/* Hand-over acts are rendered from their facts, which were checked one by one. */
static Status offers_report(struct verify *v, const struct casefile *c)
{
    for (size_t i = 0; i < c->offer_count; i++) {
        const struct offer *o = &c->offers[i];
        Str ref = entry_ref(v->s, o->entry);
        Str name = scope_print(v->s, "data/acts/%.*s-%" PRIu64 ".pdf", STR_ARG(o->entry->party),
                               o->entry->fact->index);
        if (ref.ptr == NULL || name.ptr == NULL) return ERR_MEMORY;
        (void)verify_member(v, name);
        verify_pass(v, "The hand-over %.*s is %s by the giving and %s by the taking side.",
                    STR_ARG(ref), o->giver_signed ? "signed" : "not signed",
                    o->taker_signed ? "signed" : "not signed");
    }
    return OK;
}

/* A file of evidence counts when the entry that names it says the same digest and length. */
static Status evidence_check(struct verify *v, const struct fact *f, const char *ref)
{
    Hash told;
    uint64_t size;
    Str sha256 = fact_get(f, "sha256");
    if (!str_is(fact_get(f, "kind"), "evidence.collected") || sha256.len == 0) return OK;
    if (!hex_parse(sha256, told.bytes, HASH_BYTES) || !str_u64(fact_get(f, "size"), &size)) {
        verify_fail(v, ERR_SCHEMA, "The evidence %s has no digest or length.", ref);
        return OK;
    }
    const struct container_member *m =
        verify_member(v, scope_print(v->s, "data/blobs/%.*s", STR_ARG(sha256)));
    if (m == NULL)
        verify_pass(v, "The file of evidence %s is committed to and not in this dossier.", ref);
    else if (m->size != size || !hash_eq(&m->sha256, &told))
        verify_fail(v, ERR_PROOF, "The file of evidence %s is not the one its entry commits to.",
                    ref);
    else
        verify_pass(v, "The file of evidence %s is the one its entry commits to.", ref);
    return OK;
}

Status verify_case(struct verify *v)
{
    struct casefile c;
    if (v->stopped) return OK;
    for (size_t i = 0; i < v->count; i++) {
        const struct listed *l = &v->list[i];
        if (l->fact == NULL) {
            verify_fail(v, ERR_PROOF,
                        "The common view cannot be made: an entry is missing or false.");
            return OK;
        }
        Str ref = scope_print(v->s, "%.*s:%" PRIu64, STR_ARG(v->party[l->side]), l->index);
        if (ref.ptr == NULL) return ERR_MEMORY;
        TRY(evidence_check(v, l->fact, ref.ptr));
    }
    TRY(fold(v, &c));
    TRY(common_check(v, &c));
    pack_check(v, &c);
    TRY(acts_report(v, &c));
    return offers_report(v, &c);
}
