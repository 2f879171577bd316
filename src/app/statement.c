/* Stating a fact inside a transaction: fields in order, what the post fills in, signature, leaf,
 * opening. Every check of the case has been done before. Declared in app/inside.h. */
#include "app/statement.h"
#include "app/keys.h"
#include "app/officer.h"
#include "core/casework/act.h"
#include "core/casework/gate.h"
#include "core/casework/handover.h"

static Status hex_of(struct scope *s, const Hash *h, Str *out)
{
    struct writer w = writer_open(s, 2 * HASH_BYTES + 1);
    write_hex(&w, hash_bytes(h));
    return writer_close_str(&w, out);
}

/* Sets a field the post fills in, unless the kind's table has none of that name. */
static void fill(struct post *p, const struct kind *k, struct draft *d, const char *name, Str value)
{
    if (value.len && kind_field_of(&p->pack, k, str_of(name))) draft_set(d, name, value);
}

static Status fill_act(struct scope *s, struct post *p, const struct kind *k,
                       const struct casefile *c, struct draft *d)
{
    const struct act *a = c ? act_find(c, draft_get(d, "act")) : NULL;
    Hash positions, reserved;
    Str text;
    if (a == NULL) return OK;
    TRY(hex_of(s, &a->draft->fact->body, &text));
    fill(p, k, d, "body", text);
    if (!str_is(k->name, "act.signed") && !str_is(k->name, "act.approved")) return OK;
    TRY(act_positions(s, c, a, &positions, &reserved));
    TRY(hex_of(s, &positions, &text));
    fill(p, k, d, "positions", text);
    TRY(hex_of(s, &reserved, &text));
    fill(p, k, d, "reserved", text);
    return OK;
}

/* A digest of the counts of an offer, as opened, in common order. */
static Status fill_counts(struct scope *s, struct post *p, const struct kind *k,
                          const struct casefile *c, struct draft *d)
{
    const struct offer *o = c ? offer_find(c, draft_get(d, "of")) : NULL;
    struct hasher h;
    Str text;
    if (o == NULL) return OK;
    hash_start(&h);
    hash_add(&h, "twinpost/counts/1", sizeof "twinpost/counts/1");
    for (size_t i = 0; i < c->opened_count; i++)
        if (str_is(c->entries[i]->kind, "handover.counted") &&
            case_entry(c, fact_get(c->entries[i]->fact, "of")) == o->entry)
            hash_add(&h, c->entries[i]->fact->body.bytes, HASH_BYTES);
    Hash digest = hash_finish(&h);
    TRY(hex_of(s, &digest, &text));
    fill(p, k, d, "counts", text);
    return OK;
}

static Str group_of(Str persons)
{
    uint64_t n;
    if (!str_u64(persons, &n)) return STR("");
    return n == 0 ? STR("none") : n == 1 ? STR("one") : STR("some");
}

static Status fill_revocation(struct scope *s, struct post *p, const struct kind *k,
                              struct draft *d)
{
    struct head_row head;
    Status status = store_head_newest(s, p->store, p->journal, true, &head);
    if (status != OK && status != ERR_NOT_FOUND) return status;
    fill(p, k, d, "covered",
         scope_print(s, "%llu", (unsigned long long)(status == OK ? head.size : 0)));
    return OK;
}

Status statement_fill(struct scope *s, struct post *p, const struct kind *k,
                      const struct casefile *c, Str mandate, struct draft *d)
{
    if (str_is(k->name, "incident.registered") || str_is(k->name, "act.drafted")) {
        Str digest;
        TRY(hex_of(s, &p->pack.digest, &digest));
        fill(p, k, d, "pack_digest", digest);
    }
    if (str_is(k->name, "incident.registered")) {
        struct neighbour *n = post_neighbour(p, STR(""));
        fill(p, k, d, "group", group_of(draft_get(d, "persons")));
        if (draft_get(d, "counterpart").len == 0 && n) fill(p, k, d, "counterpart", n->card.party);
    }
    if (str_is(k->name, "notice.sent") && draft_get(d, "form").len == 0)
        fill(p, k, d, "form", STR("written"));
    if (str_is(k->name, "act.signed")) fill(p, k, d, "mandate", mandate);
    if (str_is(k->name, "handover.signed")) TRY(fill_counts(s, p, k, c, d));
    if (str_is(k->name, "mandate.revoked")) TRY(fill_revocation(s, p, k, d));
    return str_has_prefix(k->name, "act.") ? fill_act(s, p, k, c, d) : OK;
}

static Status root_note_fill(struct scope *s, struct post *p, const struct statement_of_fact *f,
                             struct draft *d)
{
    struct name_value *fields;
    size_t count;
    if (f->root == NULL) return OK;
    TRY(draft_order(s, &p->pack, d, &fields, &count));
    Hash digest = root_note_digest(f->kind, instant_str(s, d->at), fields, count);
    Str note = root_note_make(s, &digest, f->root);
    if (note.ptr == NULL) return ERR_MEMORY;
    draft_set(d, "root_note", note);
    return OK;
}

static Status seen_now(struct scope *s, const struct neighbour *n, Str *out)
{
    struct seen seen = {.root = tree_empty()};
    if (n && n->head_size) {
        seen.size = n->head_size;
        seen.root = n->head_root;
    }
    if (n) seen.opening = n->applied;
    *out = seen_format(s, &seen);
    return out->ptr ? OK : ERR_MEMORY;
}

/* PARTY-YYYY-XXXX: random, so that neither order nor gaps tell anything; no letters that are taken
 * for digits. */
static Status number_new(struct scope *s, struct post *p, Str *out)
{
    static const char set[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    char year[INSTANT_TEXT_MAX], party[PARTY_LEN_MAX + 1] = "";
    instant_format(post_now(p), year);
    for (size_t i = 0; i < p->card.party.len; i++) {
        char c = p->card.party.ptr[i];
        party[i] = c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
    }
    for (int attempt = 0; attempt < 100; attempt++) {
        uint8_t r[4];
        struct case_row row;
        TRY(post_random(s, p, r, sizeof r));
        Str number = scope_print(s, "%s-%.4s-%c%c%c%c", party, year, set[r[0] & 31], set[r[1] & 31],
                                 set[r[2] & 31], set[r[3] & 31]);
        if (number.ptr == NULL) return ERR_MEMORY;
        Status status = store_case_load(s, p->store, number, &row);
        if (status == ERR_NOT_FOUND) {
            *out = number;
            return OK;
        }
        TRY(status);
    }
    return fail(s, ERR_LIMIT, "no free case number was found");
}

static Status fact_build(struct scope *s, struct post *p, const struct statement_of_fact *f,
                         const struct neighbour *n, Str case_number, struct fact *out)
{
    Str by = f->by_post ? scope_print(s, "%.*s.post", STR_ARG(p->card.party)) : f->by;
    struct draft d = {.kind = f->kind,
                      .case_number = case_number,
                      .by = by,
                      .at = post_now(p),
                      .fields = f->fields,
                      .field_count = f->field_count};
    struct name_value *own, *fields;
    size_t count;
    Hash secret;
    TRY(root_note_fill(s, p, f, &d));
    if (ready_has_form_of(f->ready, &d)) {
        own = f->ready->own;
        count = f->ready->own_count;
    } else {
        TRY(draft_order(s, &p->pack, &d, &own, &count));
    }
    fields = fact_fields(s, &d, own, count);
    if (fields == NULL) return ERR_MEMORY;
    /* What several neighbours may get to see names the journal of none of them. */
    TRY(seen_now(s, kind_concerns_all(f->kind) ? NULL : n, &fields[FACT_SEEN].value));
    count += FACT_COMMON_FIELDS;
    if (fact_is_ready(f->ready, fields, count)) {
        *out = f->ready->fact;
        return OK;
    }
    post_expect_seen(p, fields[FACT_SEEN].value);
    TRY(post_random(s, p, secret.bytes, HASH_BYTES));
    TRY(fact_make(s, p->card.origin, fields, count, &secret, out));
    const struct secret_key *key = f->key;
    if (f->by_post) TRY(key_newest(s, &p->post_keys, &key));
    fact_sign(out, key);
    return OK;
}

static Status leaf_append(struct scope *s, struct post *p, struct fact *f)
{
    f->index = p->leaf_count;
    Hash commitment = fact_commitment(f);
    TRY(store_leaf_append(s, p->store, p->journal, f->index, &commitment, 1));
    p->leaf_count++;
    return OK;
}

/* The row of a fact that stands at its leaf now; its opening is not known yet. */
static struct fact_row row_of(const struct post *p, const struct fact *f)
{
    return (struct fact_row){.journal = p->journal,
                             .index = f->index,
                             .kind = fact_get(f, "kind"),
                             .case_number = fact_get(f, "case"),
                             .officer = fact_get(f, "by"),
                             .at = post_now(p),
                             .body = f->body};
}

/* In the database, and in its case in memory. */
static Status fact_keep(struct scope *s, struct post *p, const struct fact *f, struct fact_row *row)
{
    Str primary;
    TRY(fact_record(s, f, &row->record));
    TRY(store_fact_save(s, p->store, row));
    if (row->case_number.len == 0) return OK;
    TRY(case_primary(s, p, row->case_number, &primary));
    case_entries_add(p, primary, row);
    return OK;
}

/* Whom a registration that opens a case concerns: it names it, before there is a case to ask. */
static struct neighbour *named_counterpart(struct post *p, const struct statement_of_fact *f)
{
    for (size_t i = 0; i < f->field_count && str_is(f->kind, "incident.registered"); i++)
        if (str_is(f->fields[i].name, "counterpart") && f->fields[i].value.len)
            return post_neighbour(p, f->fields[i].value);
    return NULL;
}

Status fact_state(struct scope *s, struct post *p, struct statement_of_fact *f, struct stated *out)
{
    struct neighbour *n = f->to;
    Str number = f->case_number;
    const struct kind *k = pack_kind(&p->pack, f->kind);
    if (k == NULL) return fail(s, ERR_SCHEMA, "no kind %.*s", STR_ARG(f->kind));
    if (p->held)
        return fail(s, ERR_STALE,
                    "this post was set back: it signs nothing until its journal is "
                    "whole again");
    if (str_is(f->kind, "incident.registered") && number.len == 0) TRY(number_new(s, p, &number));
    if (n == NULL) TRY(case_counterpart(s, p, number, &n));
    if (n == NULL) n = named_counterpart(p, f);
    if (n && n->owed && number.len)
        return fail(s, ERR_STALE, "%.*s has not given back yet what it holds of this journal",
                    STR_ARG(n->card.party));
    TRY(fact_build(s, p, f, n, number, &out->fact));
    TRY(leaf_append(s, p, &out->fact));
    struct fact_row row = row_of(p, &out->fact);
    if (number.len) TRY(case_row_refresh(s, p, &out->fact, p->card.party, true, row.at));
    if (number.len && (n == NULL || str_is(f->kind, "incident.registered")))
        TRY(case_counterpart(s, p, number, &n));
    out->case_number = number;
    out->opening = 0;
    bool to_all = kind_concerns_all(f->kind) || (n == NULL && str_is(f->kind, "release.recalled"));
    if (k->crosses == CROSSES_SELF && to_all) {
        TRY(fact_keep(s, p, &out->fact, &row));
        TRY(opening_to_all(s, p, &out->fact, &out->opening));
    } else {
        if (k->crosses == CROSSES_SELF && n)
            TRY(opening_of_self(s, p, n, &out->fact, f->c, true, &out->opening));
        row.opening = out->opening;
        row.neighbour = out->opening ? n->row.id : 0;
        TRY(fact_keep(s, p, &out->fact, &row));
    }
    if (kind_is_authority(f->kind)) post_authority_forget(p, NULL);
    if (str_has_prefix(f->kind, "exchange.")) p->suspended_known = false;
    return OK;
}
