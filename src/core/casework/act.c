#include "core/casework/act.h"
#include <stdio.h>

const struct act *act_find(const struct casefile *c, Str ref)
{
    const struct entry *e = case_entry(c, ref);
    for (size_t i = 0; e && i < c->act_count; i++)
        if (c->acts[i].draft == e) return &c->acts[i];
    return NULL;
}

const struct act *act_newest(const struct casefile *c, const char *doc)
{
    for (size_t i = c->act_count; i > 0; i--)
        if (str_is(c->acts[i - 1].doc, doc) && !c->acts[i - 1].superseded) return &c->acts[i - 1];
    return NULL;
}

const struct act *act_newest_signed(const struct casefile *c, const char *doc)
{
    for (size_t i = c->act_count; i > 0; i--) {
        const struct act *a = &c->acts[i - 1];
        if (str_is(a->doc, doc) && !a->superseded && (a->signed_by_side[0] || a->signed_by_side[1]))
            return a;
    }
    return NULL;
}

const struct act *act_effective(const struct casefile *c, const char *doc)
{
    for (size_t i = c->act_count; i > 0; i--)
        if (str_is(c->acts[i - 1].doc, doc) && c->acts[i - 1].effective) return &c->acts[i - 1];
    return NULL;
}

const struct statement *act_statement(const struct act *a, Str key)
{
    for (size_t i = 0; i < a->statement_count; i++)
        if (str_eq(a->statements[i].key, key)) return &a->statements[i];
    return NULL;
}

/* References inside an act name the body too: one that names another body is not about this act. */
static bool is_about(const struct casefile *c, const struct entry *e, const struct act *a)
{
    Str body = fact_get(e->fact, "body");
    Hash named;
    if (case_entry(c, fact_get(e->fact, "act")) != a->draft) return false;
    return body.len == 0 ||
           (hex_parse(body, named.bytes, HASH_BYTES) && hash_eq(&named, &a->draft->fact->body));
}

static bool is_position(const struct casefile *c, const struct entry *e, const struct act *a)
{
    return e->opening && str_is(e->kind, "act.position") && is_about(c, e, a);
}

static bool has_language_of(const struct fact *f, const char *name)
{
    size_t len = strlen(name);
    for (size_t i = FACT_COMMON_FIELDS; i < f->field_count; i++)
        if (f->fields[i].open && f->fields[i].value.len && f->fields[i].name.len > len &&
            f->fields[i].name.ptr[len] == '.' && memcmp(f->fields[i].name.ptr, name, len) == 0)
            return true;
    return false;
}

/* Statement numbers in the order in which they stand, then what else may be reserved. */
static Status statements_read(struct scope *s, struct act *a)
{
    const struct fact *f = a->draft->fact;
    a->statements = scope_array(s, f->field_count + 3, sizeof *a->statements);
    if (a->statements == NULL) return ERR_MEMORY;
    for (size_t i = FACT_COMMON_FIELDS; i < f->field_count; i++) {
        Str rest = f->fields[i].name;
        if (!f->fields[i].open || f->fields[i].value.len == 0) continue;
        if (!str_is(str_cut(&rest, '.'), "statement") || rest.ptr == NULL) continue;
        Str number = str_cut(&rest, '.');
        if (act_statement(a, number) == NULL) a->statements[a->statement_count++].key = number;
    }
    if (has_language_of(f, "conclusion"))
        a->statements[a->statement_count++].key = STR("conclusion");
    if (fact_has(f, "outcome")) a->statements[a->statement_count++].key = STR("outcome");
    if (fact_has(f, "responsibility"))
        a->statements[a->statement_count++].key = STR("responsibility");
    return OK;
}

static void standings_find(const struct casefile *c, struct act *a)
{
    int drafter = case_side(c, a->draft->party);
    for (size_t n = 0; n < a->statement_count; n++) {
        struct statement *st = &a->statements[n];
        bool other = drafter >= 0 && a->signed_by_side[1 - drafter];
        for (size_t i = 0; i < c->count; i++) {
            const struct entry *e = c->entries[i];
            int side = case_side(c, e->party);
            if (side < 0 || !is_position(c, e, a) ||
                !str_eq(fact_get(e->fact, "statement"), st->key))
                continue;
            bool reserves = str_is(fact_get(e->fact, "position"), "reserve");
            st->reservation[side] = reserves ? e : NULL;
            if (side != drafter) other = true;
        }
        bool reserved = st->reservation[0] || st->reservation[1];
        st->standing = reserved ? STANDING_CONTESTED
                       : other  ? STANDING_AGREED
                                : STANDING_ONLY_DRAFTER;
    }
}

/* A repeated signature adds nothing to the list, and no side can fill it to the exclusion of the
 * other's. */
static void signature_add(struct act *a, const struct entry *e)
{
    size_t of_side = 0;
    for (size_t i = 0; i < a->signature_count; i++) {
        const struct entry *known = a->signatures[i];
        bool same_side = str_eq(known->party, e->party);
        of_side += same_side;
        if (same_side && str_eq(known->by, e->by) &&
            str_eq(fact_get(known->fact, "capacity"), fact_get(e->fact, "capacity")) &&
            str_eq(fact_get(known->fact, "positions"), fact_get(e->fact, "positions")))
            return;
    }
    if (of_side < CASE_SIGNERS_MAX / SIDES) a->signatures[a->signature_count++] = e;
}

static void signatures_find(const struct casefile *c, struct act *a)
{
    for (size_t i = 0; i < c->count; i++) {
        const struct entry *e = c->entries[i];
        int side = case_side(c, e->party);
        if (side < 0 || !is_about(c, e, a)) continue;
        if (str_is(e->kind, "act.signed")) {
            signature_add(a, e);
            a->signed_by_side[side] = true;
        }
        /* Of one side's approval and objection the first counts; openings keep the journal's order,
         * and one that is revealed late undoes nothing. */
        if (a->approval[side] || a->objection[side]) continue;
        if (str_is(e->kind, "act.approved")) a->approval[side] = e;
        if (str_is(e->kind, "act.objected")) a->objection[side] = e;
    }
}

static bool is_assistants(const struct entry *signature)
{
    return str_is(fact_get(signature->fact, "capacity"), "assistant");
}

static bool has_assistants_signature(const struct casefile *c, const struct act *a, int side)
{
    for (size_t i = 0; i < a->signature_count; i++)
        if (case_side(c, a->signatures[i]->party) == side && is_assistants(a->signatures[i]))
            return true;
    return false;
}

/* A side's closing word: its representative's signature, or its representative's approval over
 * its assistant's signature. */
static bool is_closing_word(const struct casefile *c, const struct act *a, const struct entry *e)
{
    int side = case_side(c, e->party);
    if (side < 0 || e->opening == 0 || !is_about(c, e, a)) return false;
    if (str_is(e->kind, "act.signed")) return !is_assistants(e);
    return e == a->approval[side] && has_assistants_signature(c, a, side);
}

/* Effective as soon as the view holds a closing word of each side with equal `reserved`. */
static void effect_find(const struct casefile *c, struct act *a)
{
    for (size_t i = 0; i < c->opened_count; i++) {
        const struct entry *word = c->entries[i];
        if (!is_closing_word(c, a, word)) continue;
        for (size_t n = 0; n < i; n++) {
            const struct entry *other = c->entries[n];
            if (str_eq(other->party, word->party) || !is_closing_word(c, a, other)) continue;
            if (!str_eq(fact_get(other->fact, "reserved"), fact_get(word->fact, "reserved")))
                continue;
            a->effective = true;
            a->closing_word[case_side(c, word->party)] = word;
            a->closing_word[case_side(c, other->party)] = other;
            return;
        }
    }
}

Status acts_fold(struct scope *s, struct casefile *c)
{
    c->acts = scope_array(s, c->count + 1, sizeof *c->acts);
    if (c->acts == NULL) return ERR_MEMORY;
    for (size_t i = 0; i < c->count; i++) {
        if (!str_is(c->entries[i]->kind, "act.drafted")) continue;
        struct act *a = &c->acts[c->act_count++];
        a->draft = c->entries[i];
        a->doc = fact_get(a->draft->fact, "doc");
        TRY(statements_read(s, a));
        signatures_find(c, a);
        standings_find(c, a);
        effect_find(c, a);
    }
    /* A signed act is superseded only by one that has effect. */
    for (size_t i = 0; i < c->act_count; i++) {
        const struct entry *old = case_entry(c, fact_get(c->acts[i].draft->fact, "supersedes"));
        for (size_t n = 0; old && n < c->act_count; n++)
            if (c->acts[n].draft == old && n != i &&
                (c->acts[n].signature_count == 0 || c->acts[i].effective))
                c->acts[n].superseded = true;
    }
    return OK;
}

Status act_positions(struct scope *s, const struct casefile *c, const struct act *a,
                     Hash *out_positions, Hash *out_reserved)
{
    const struct entry **list = scope_array(s, c->count + 1, sizeof(*list));
    if (list == NULL) return ERR_MEMORY;
    Hash *out[2] = {out_positions, out_reserved};
    for (int reserved_only = 0; reserved_only < 2; reserved_only++) {
        uint32_t count = 0;
        for (size_t i = 0; i < c->count; i++) {
            const struct entry *e = c->entries[i];
            if (is_position(c, e, a) &&
                (!reserved_only || str_is(fact_get(e->fact, "position"), "reserve")))
                list[count++] = e;
        }
        struct hasher h;
        hash_start(&h);
        hash_add(&h, "twinpost/positions/1", sizeof "twinpost/positions/1");
        hash_add(&h, a->draft->fact->body.bytes, HASH_BYTES);
        hash_add_u32(&h, count);
        for (uint32_t i = 0; i < count; i++)
            hash_add(&h, list[i]->fact->body.bytes, HASH_BYTES);
        *out[reserved_only] = hash_finish(&h);
    }
    return OK;
}

Str act_standing(struct scope *s, const struct act *a, const struct statement *st)
{
    if (st->standing == STANDING_AGREED) return STR("agreed");
    if (st->standing == STANDING_CONTESTED) return STR("contested");
    return scope_print(s, "only %.*s", STR_ARG(a->draft->party));
}
