/* Entries of a dossier: each in its journal, each signed by an officer who might. Declared in
 * app/verify.h. */
#include "app/verify.h"
#include "core/casework/judgement.h"
#include <inttypes.h>

/* The parts of a proof file; false when it is not exactly one. */
static bool proof_parse(Str text, uint64_t *index, struct tree_proof *proof, Str *note)
{
    Str line = str_cut(&text, '\n');
    if (!str_is(line, PROOF_LINE)) return false;
    line = str_cut(&text, '\n');
    if (!str_is(str_cut(&line, ' '), "index") || !str_u64(line, index)) return false;
    for (proof->count = 0; (line = str_cut(&text, '\n')).len; proof->count++)
        if (proof->count == TREE_PROOF_MAX ||
            !base64_parse(line, proof->hashes[proof->count].bytes, HASH_BYTES))
            return false;
    *note = text;
    return text.len > 0;
}

/* The head whose very bytes stand in the proof: checked once, not once for each entry. */
static const struct checked_head *head_of(const struct verify *v, size_t side, Str note)
{
    for (size_t i = 0; i < HEADS; i++)
        if (v->heads[side][i].note.ptr && str_eq(v->heads[side][i].note, note))
            return &v->heads[side][i];
    return NULL;
}

static bool proof_holds(struct verify *v, size_t side, const struct fact *f, Str text,
                        bool *out_cosigned)
{
    uint64_t index;
    struct tree_proof proof;
    Str note;
    if (text.ptr == NULL || !proof_parse(text, &index, &proof, &note) || index != f->index)
        return false;
    const struct checked_head *head = head_of(v, side, note);
    if (head == NULL) return false;
    Hash commitment = fact_commitment(f), leaf = leaf_hash_of(&commitment);
    *out_cosigned = head->cosigned;
    return tree_check_inclusion(v->s, &leaf, index, head->size, &proof, &head->root) == OK;
}

Status verify_entry(struct verify *v, size_t side, uint64_t index, Str name, struct fact **out,
                    bool *out_cosigned)
{
    struct fact *f = NEW(v->s, struct fact);
    *out = NULL;
    const struct container_member *m = verify_member(v, name);
    const struct container_member *proof =
        verify_member(v, scope_print(v->s, "data/proofs/%.*s-%" PRIu64 ".tlog-proof",
                                     STR_ARG(v->party[side]), index));
    if (f == NULL) return ERR_MEMORY;
    if (m == NULL || m->bytes.ptr == NULL) {
        verify_fail(v, ERR_SCHEMA, "The entry %.*s:%" PRIu64 " is listed and not there.",
                    STR_ARG(v->party[side]), index);
        return OK;
    }
    Status status = fact_read(v->s, v->card[side].origin, m->bytes, f);
    if (status == ERR_MEMORY) return status;
    if (status != OK || f->index != index) {
        verify_fail(v, ERR_SCHEMA, "%.*s is not the entry it is named after.", STR_ARG(name));
        return OK;
    }
    if (!proof_holds(v, side, f, proof ? bytes_str(proof->bytes) : (Str){NULL, 0}, out_cosigned)) {
        verify_fail(v, ERR_PROOF,
                    "The entry %.*s:%" PRIu64 " is not proved to stand in its journal.",
                    STR_ARG(v->party[side]), index);
        return OK;
    }
    *out = f;
    return OK;
}

/* The act or offer that a fact names, among the entries that stand before it. */
static const struct fact *named_by(const struct verify *v, const struct kind *k,
                                   const struct fact *f)
{
    struct fact_ref r;
    const char *field = kind_roles_field(k);
    if (field == NULL || !fact_ref_parse(fact_get(f, field), &r)) return NULL;
    for (size_t i = 0; i < v->count; i++)
        if (v->list[i].fact && v->list[i].index == r.index &&
            str_eq(v->party[v->list[i].side], r.party))
            return v->list[i].fact;
    return NULL;
}

/* As the other side's post judged it when it arrived. */
static Status author_check(struct verify *v, const struct listed *l)
{
    const struct kind *k = pack_kind(&v->pack, fact_get(l->fact, "kind"));
    struct judging how = {.crossed = true, .opening = l->opening};
    if (k) how.named = named_by(v, k, l->fact);
    return fact_judge(v->s, &v->pack, &v->authority[l->side], l->fact, &how);
}

Status verify_pack(struct verify *v)
{
    const struct container_member *kinds = verify_member(v, STR("data/pack/kinds.json"));
    const struct container_member *pack = verify_member(v, STR("data/pack/pack.json"));
    Status status = kinds && pack && kinds->bytes.ptr && pack->bytes.ptr
                        ? pack_parse(v->s, kinds->bytes, pack->bytes, &v->pack)
                        : ERR_SCHEMA;
    if (status == ERR_MEMORY) return status;
    v->stopped = status != OK || !hash_eq(&v->pack.digest, &v->pack_digest);
    if (v->stopped)
        verify_fail(v, ERR_PROOF,
                    "The pack in the dossier is not the one that data/dossier.txt names.");
    else
        verify_pass(v, "The pack %.*s is the one that data/dossier.txt names.",
                    STR_ARG(v->pack_id));
    return OK;
}

Status verify_facts(struct verify *v)
{
    size_t good = 0, waiting = 0;
    for (size_t i = 0; i < v->count; i++) {
        struct listed *l = &v->list[i];
        bool cosigned = false;
        Str party = v->party[l->side];
        Str name = scope_print(v->s, "data/facts/%.*s-%" PRIu64 ".fact", STR_ARG(party), l->index);
        TRY(verify_entry(v, l->side, l->index, name, &l->fact, &cosigned));
        if (l->fact == NULL) continue;
        Status status = author_check(v, l);
        if (status == ERR_MEMORY) return status;
        if (status != OK) {
            verify_fail(v, status, "The entry %.*s:%" PRIu64 " is not valid: %s.", STR_ARG(party),
                        l->index, scope_reason(v->s));
            continue;
        }
        good++;
        waiting += !cosigned;
    }
    if (good == v->count)
        verify_pass(v,
                    "%zu entries stand in their journals, each signed by an officer with a mandate "
                    "for it.",
                    good);
    if (waiting)
        verify_pass(v,
                    "%zu of them are not yet countersigned: they are newer than the last head that "
                    "the other side signed.",
                    waiting);
    return OK;
}
