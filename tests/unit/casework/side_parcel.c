/* Openings and parcels of a post in memory. Declared in side.h and side_inside.h. */
#include "core/casework/act.h"
#include "core/casework/gate.h"
#include "core/casework/judgement.h"
#include "core/casework/recall.h"
#include "side_inside.h"
#include <inttypes.h>

/* Kinds that a suspension lets through (facts.md 3). */
static bool passes_suspension(Str kind)
{
    static const char *const kinds[] = {
        "exchange.suspended", "exchange.resumed", "mandate.revoked", "handover.withdrawn",
        "release.recalled",   "recall.executed",  "receipt"};
    for (size_t i = 0; i < COUNT_OF(kinds); i++)
        if (str_is(kind, kinds[i])) return true;
    return false;
}

/* What the other side holds of a fact: its openings put together. */
static Status opened_merge(struct side *d, uint64_t index)
{
    struct fact *all = NULL;
    for (size_t i = 0; i < d->opening_count; i++) {
        if (d->openings[i].index != index) continue;
        struct fact *f = NEW(d->s, struct fact);
        if (f == NULL) return ERR_MEMORY;
        TRY(fact_read(d->s, d->founding->card.origin, d->openings[i].record, f));
        if (all == NULL)
            all = f;
        else
            TRY(fact_merge(d->s, all, f));
    }
    d->own[index].opened = all;
    return OK;
}

static Status opening_add(struct side *d, const struct disclosure *x)
{
    assert_true(d->opening_count < SIDE_FACTS_MAX);
    d->openings[d->opening_count++] = (struct own_opening){x->index, scope_bytes(d->s, x->record)};
    if (d->own[x->index].opening == 0) d->own[x->index].opening = d->opening_count;
    if (x->whole && d->own[x->index].opened == NULL) {
        d->own[x->index].opened = &d->own[x->index].fact;
        return side_regroup(d);
    }
    TRY(opened_merge(d, x->index));
    return side_regroup(d);
}

static Status case_of(struct side *d, const struct fact *f, struct casefile *out)
{
    return side_fold(d, fact_get(f, "case"), 0, out);
}

/* A notice opens, with itself, the open fields of the incident it names. */
static Status open_incident(struct side *d, const struct fact *notice, const struct casefile *c)
{
    struct fact_ref ref;
    struct disclosure x;
    if (!fact_ref_parse(fact_get(notice, "of"), &ref) || !str_eq(ref.party, d->party) ||
        ref.index >= d->own_count || d->own[ref.index].opening)
        return OK;
    TRY(gate_open(*d->works, d->pack, c, &d->own[ref.index].fact, true, &x));
    return opening_add(d, &x);
}

Status side_open_self(struct side *d, const struct fact *f)
{
    struct casefile c;
    struct disclosure x;
    Str kind = fact_get(f, "kind");
    const struct kind *k = pack_kind(d->pack, kind);
    if (k == NULL || k->crosses != CROSSES_SELF) return OK;
    if (side_is_suspended(d) && !passes_suspension(kind)) return OK;
    TRY(case_of(d, f, &c));
    if (str_is(kind, "notice.sent")) TRY(open_incident(d, f, &c));
    TRY(gate_open(*d->works, d->pack, &c, f, false, &x));
    return opening_add(d, &x);
}

Status side_catch_up(struct side *d)
{
    for (size_t i = 0; i < d->own_count; i++)
        if (d->own[i].opening == 0) TRY(side_open_self(d, &d->own[i].fact));
    return OK;
}

Status side_release(struct side *d, Str ref, const Str *fields, size_t count, Roles approvals)
{
    struct fact_ref r;
    struct casefile c;
    struct disclosure x;
    struct release release = {.approvals = approvals,
                              .fields = fields,
                              .field_count = count,
                              .purpose = STR("investigation"),
                              .basis = STR("treaty")};
    if (!fact_ref_parse(ref, &r) || !str_eq(r.party, d->party) || r.index >= d->own_count)
        return ERR_NOT_FOUND;
    TRY(case_of(d, &d->own[r.index].fact, &c));
    TRY(gate_release(*d->works, d->pack, &c, &d->own[r.index].fact, &release, &x));
    if (side_is_suspended(d)) return ERR_SUSPENDED;
    for (size_t i = 0; i < d->opening_count; i++)
        if (bytes_eq(d->openings[i].record, x.record)) return OK; /* nothing is opened twice */
    return opening_add(d, &x);
}

/* The fact without the field, or without all but the common five. */
static void values_erase(struct fact *f, Str field)
{
    bool erase[FACT_FIELDS_MAX] = {false};
    for (size_t i = FACT_COMMON_FIELDS; i < f->field_count; i++)
        erase[i] = f->fields[i].open && (field.len == 0 || str_eq(f->fields[i].name, field));
    fact_erase(f, erase);
}

Status side_purge_opened(struct side *d, Str of)
{
    struct fact_ref ref;
    if (!fact_ref_parse(of, &ref)) return OK;
    for (size_t i = 0; i < d->opening_count; i++) {
        struct fact f;
        if (d->openings[i].index != ref.index) continue;
        TRY(fact_read(d->s, d->founding->card.origin, d->openings[i].record, &f));
        values_erase(&f, ref.field);
        TRY(fact_record(d->s, &f, &d->openings[i].record));
    }
    return opened_merge(d, ref.index);
}

/* An own copy of a fact whose values may go: others point to the old one. */
static Status fact_copy(struct side *d, struct fact *f)
{
    Bytes record;
    TRY(fact_record(d->s, f, &record));
    return fact_read(d->s, f->origin, record, f);
}

Status side_erase(struct side *d, Str ref)
{
    struct fact_ref r;
    if (!fact_ref_parse(ref, &r) || !str_eq(r.party, d->party) || r.index >= d->own_count)
        return ERR_NOT_FOUND;
    struct own_fact *o = &d->own[r.index];
    for (size_t i = FACT_COMMON_FIELDS; o->opened && i < o->opened->field_count; i++)
        if (o->opened->fields[i].open) return ERR_STATE; /* recall it first */
    TRY(fact_copy(d, &o->fact));
    values_erase(&o->fact, STR(""));
    return OK;
}

struct parcel *side_write(struct side *d, int from)
{
    struct parcel *p = NEW(d->s, struct parcel);
    assert_non_null(p);
    *p = (struct parcel){.from = from,
                         .first = d->held_opening + 1,
                         .last = d->opening_count,
                         .leaves = d->own_count,
                         .held_opening = d->applied,
                         .held_leaves = d->their_leaves};
    p->openings = scope_array(d->s, d->opening_count + 1, sizeof *p->openings);
    assert_non_null(p->openings);
    for (uint64_t n = p->first; n <= p->last; n++)
        p->openings[n - p->first] = d->openings[n - 1];
    return p;
}

bool side_waits(const struct side *d)
{
    return d->held_opening < d->opening_count || d->held_leaves < d->own_count;
}

/* Refused only for what both posts compute alike in any order. */
static Status judge(struct side *d, const struct fact *f)
{
    const struct authority *a;
    const struct kind *k = pack_kind(d->pack, fact_get(f, "kind"));
    const char *names = k ? kind_roles_field(k) : NULL;
    struct judging how = {.crossed = true, .opening = d->applied + 1};
    if (names) how.named = side_fact_of(d, fact_get(f, names));
    TRY(side_authority(d, true, &a));
    return fact_judge(*d->works, d->pack, a, f, &how);
}

static struct their_fact *their_find(struct side *d, uint64_t index)
{
    for (size_t i = 0; i < d->their_count; i++)
        if (d->theirs[i].fact.index == index) return &d->theirs[i];
    return NULL;
}

static Status keep(struct side *d, struct fact *f, uint64_t number, bool refused)
{
    struct their_fact *t = their_find(d, f->index);
    if (t) { /* a copy takes more: others may point to what there was */
        TRY(fact_copy(d, &t->fact));
        t->refused = t->refused && refused;
        return fact_merge(d->s, &t->fact, f);
    }
    assert_true(d->their_count < SIDE_FACTS_MAX);
    d->theirs[d->their_count++] = (struct their_fact){*f, number, refused};
    return OK;
}

static void span_add(struct spans *list, Str took, Instant at)
{
    Str to = took, from = str_cut(&to, '-');
    struct span span = {.at = at};
    if (str_u64(from, &span.from) && str_u64(to, &span.to)) list->list[list->count++] = span;
}

static Status receipt_take(struct side *d, const struct fact *f)
{
    Str *numbers;
    size_t count;
    Instant at;
    uint64_t n;
    if (!instant_parse(fact_get(f, "at"), &at)) return OK;
    span_add(&d->taken_by_them, fact_get(f, "took"), at);
    TRY(fact_list(*d->works, f, "refused", &numbers, &count));
    for (size_t i = 0; i < count; i++)
        if (str_u64(numbers[i], &n) && n > 0 && n <= d->opening_count)
            d->own[d->openings[n - 1].index].refused = true;
    return OK;
}

/* What a signed act annexes is locked. */
static bool is_annexed(struct side *d, const struct fact *recalled, Str ref)
{
    struct casefile c;
    if (case_of(d, recalled, &c) != OK) return false;
    for (size_t i = 0; i < c.act_count; i++) {
        Str *annexes;
        size_t count;
        if (c.acts[i].signature_count == 0 ||
            fact_list(*d->works, c.acts[i].draft->fact, "annex", &annexes, &count) != OK)
            continue;
        for (size_t n = 0; n < count; n++)
            if (str_eq(annexes[n], ref)) return true;
    }
    return false;
}

static Status post_say(struct side *d, const char *kind, Str number, struct name_value *fields,
                       size_t count)
{
    struct said said = {.officer = scope_print(d->s, "%.*s.post", STR_ARG(d->party)),
                        .kind = str_of(kind),
                        .number = number,
                        .fields = fields,
                        .field_count = count,
                        .forced = true};
    Str ref, known;
    return side_say(d, &said, &ref, &known);
}

static Status recall_take(struct side *d, const struct fact *recall)
{
    struct fact_ref ref;
    Str of = fact_get(recall, "of");
    if (!fact_ref_parse(of, &ref) || !str_eq(ref.party, d->other)) return OK;
    struct their_fact *t = their_find(d, ref.index);
    if (t == NULL || !recall_is_allowed(fact_get(&t->fact, "kind"))) return OK;
    bool locked = is_annexed(d, &t->fact, of);
    struct name_value *fields = scope_array(d->s, 20, sizeof *fields);
    if (fields == NULL) return ERR_MEMORY;
    fields[0] = (struct name_value){
        STR("of"), scope_print(d->s, "%.*s:%" PRIu64, STR_ARG(d->other), recall->index)};
    fields[1] = (struct name_value){STR("purged"), locked ? STR("locked") : STR("yes")};
    if (!locked) {
        TRY(fact_copy(d, &t->fact));
        values_erase(&t->fact, ref.field);
    }
    return post_say(d, "recall.executed", fact_get(&t->fact, "case"), fields, 2);
}

struct arrival {
    struct name_value *refused; /* fields of the receipt */
    size_t refused_count;
    bool says_more; /* than receipts */
};

static Status opening_take(struct side *d, const struct own_opening *o, struct arrival *a)
{
    struct fact f;
    TRY(fact_read(d->s, d->their_founding->card.origin, o->record, &f));
    f.index = o->index;
    Status verdict = judge(d, &f);
    d->applied++;
    TRY(keep(d, &f, d->applied, verdict != OK));
    Str kind = fact_get(&f, "kind");
    if (verdict == OK && str_is(kind, "receipt")) {
        TRY(receipt_take(d, &f));
        return side_effect(d, &f, false);
    }
    a->says_more = true;
    if (verdict != OK) {
        size_t n = a->refused_count++;
        a->refused[2 * n] = (struct name_value){scope_print(d->s, "refused.%zu", n + 1),
                                                scope_print(d->s, "%" PRIu64, d->applied)};
        a->refused[2 * n + 1] = (struct name_value){scope_print(d->s, "reason.%zu", n + 1),
                                                    str_of(status_name(verdict))};
        return OK;
    }
    TRY(side_effect(d, &f, false));
    return str_is(kind, "release.recalled") ? recall_take(d, &f) : OK;
}

static Status receipt_say(struct side *d, uint64_t first, struct arrival *a)
{
    struct name_value *fields = scope_array(d->s, 2 * a->refused_count + 24, sizeof *fields);
    if (fields == NULL) return ERR_MEMORY;
    Hash digest = hash_of((Bytes){(const uint8_t *)&d->applied, sizeof d->applied});
    struct writer w = writer_open(d->s, 80);
    write_hex(&w, hash_bytes(&digest));
    fields[0].name = STR("parcel");
    TRY(writer_close_str(&w, &fields[0].value));
    fields[1] = (struct name_value){STR("took"),
                                    scope_print(d->s, "%" PRIu64 "-%" PRIu64, first, d->applied)};
    memcpy(fields + 2, a->refused, 2 * a->refused_count * sizeof *fields);
    span_add(&d->taken_by_us, fields[1].value, side_now(d));
    return post_say(d, "receipt", STR(""), fields, 2 + 2 * a->refused_count);
}

Status side_read(struct side *d, const struct parcel *p)
{
    struct arrival a = {.refused = scope_array(d->s, 2 * p->last + 2, sizeof *a.refused)};
    uint64_t before = d->applied;
    if (a.refused == NULL) return ERR_MEMORY;
    if (p->first > d->applied + 1) return ERR_STALE;
    if (p->leaves > d->their_leaves) d->their_leaves = p->leaves;
    if (p->held_opening > d->held_opening) d->held_opening = p->held_opening;
    if (p->held_leaves > d->held_leaves) d->held_leaves = p->held_leaves;
    for (uint64_t n = d->applied + 1; n <= p->last; n++)
        TRY(opening_take(d, &p->openings[n - p->first], &a));
    return a.says_more ? receipt_say(d, before + 1, &a) : OK;
}
