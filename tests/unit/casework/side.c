#include "side.h"
#include "core/casework/act.h"
#include "core/casework/gate.h"
#include "core/casework/recall.h"
#include "core/casework/rule.h"
#include "side_inside.h"
#include <inttypes.h>

Instant side_now(const struct side *d)
{
    return (Instant){*d->true_us + d->ahead_s * US_PER_SECOND};
}

static bool is_of_authority(Str kind)
{
    return str_has_prefix(kind, "officer.") || str_has_prefix(kind, "mandate.") ||
           str_is(kind, "post.opened");
}

/* Officers and mandates of the own journal (0) or the other one (1). */
Status side_authority(struct side *d, bool theirs, const struct authority **out)
{
    size_t count = 0;
    *out = &d->authority[theirs];
    if (d->authority_known[theirs]) return OK;
    struct authority_fact *list = scope_array(d->s, SIDE_FACTS_MAX, sizeof *list);
    if (list == NULL) return ERR_MEMORY;
    for (size_t i = 0; !theirs && i < d->own_count; i++)
        if (is_of_authority(fact_get(&d->own[i].fact, "kind")))
            list[count++] = (struct authority_fact){&d->own[i].fact, 0, d->own[i].refused};
    for (size_t i = 0; theirs && i < d->their_count; i++)
        if (!d->theirs[i].refused && is_of_authority(fact_get(&d->theirs[i].fact, "kind")))
            list[count++] =
                (struct authority_fact){&d->theirs[i].fact, d->theirs[i].opening, false};
    TRY(authority_build(d->s, theirs ? &d->their_founding->card : &d->founding->card, list, count,
                        &d->authority[theirs]));
    d->authority_known[theirs] = true;
    return OK;
}

bool side_is_suspended(const struct side *d)
{
    bool suspended = false;
    for (size_t i = 0; i < d->own_count; i++) {
        Str kind = fact_get(&d->own[i].fact, "kind");
        if (str_is(kind, "exchange.suspended")) suspended = true;
        if (str_is(kind, "exchange.resumed")) suspended = false;
    }
    return suspended;
}

/* A fact that this post knows; NULL when it does not. */
const struct fact *side_fact(const struct side *d, Str party, uint64_t index)
{
    if (str_eq(party, d->party)) return index < d->own_count ? &d->own[index].fact : NULL;
    for (size_t i = 0; i < d->their_count && str_eq(party, d->other); i++)
        if (d->theirs[i].fact.index == index) return &d->theirs[i].fact;
    return NULL;
}

/* The fact that a text names; NULL when it is not known here. */
const struct fact *side_fact_of(const struct side *d, Str text)
{
    struct fact_ref ref;
    return fact_ref_parse(text, &ref) ? side_fact(d, ref.party, ref.index) : NULL;
}

static const struct fact *find(void *ctx, Str party, uint64_t index)
{
    return side_fact(ctx, party, index);
}

static size_t number_place(const struct side *d, Str number)
{
    size_t i = 0;
    while (i < d->number_count && !str_eq(d->numbers[i], number))
        i++;
    return i;
}

void side_number_add(struct side *d, Str number)
{
    if (number.len == 0 || number_place(d, number) < d->number_count) return;
    assert_true(d->number_count < SIDE_NUMBERS_MAX);
    d->groups[d->number_count] = d->number_count;
    d->numbers[d->number_count++] = number;
}

/* The place of the number of the registration that a link names; number_count when it is not known
 * to both. */
static size_t registration_place(const struct side *d, const struct fact *link, const char *field)
{
    struct fact_ref ref;
    const struct fact *f = NULL;
    if (fact_ref_parse(fact_get(link, field), &ref)) f = side_fact(d, ref.party, ref.index);
    bool closed = f && str_eq(ref.party, d->party) && d->own[ref.index].opening == 0;
    return f && !closed ? number_place(d, fact_get(f, "case")) : d->number_count;
}

static void link_follow(struct side *d, const struct entry *links, size_t count,
                        const struct entry *e)
{
    for (size_t i = 0; i < count; i++)
        if (str_is(links[i].kind, "incident.unlinked") &&
            str_eq(fact_get(links[i].fact, "of"), entry_ref(*d->works, e)))
            return;
    size_t a = registration_place(d, e->fact, "own"), b = registration_place(d, e->fact, "theirs");
    if (a >= d->number_count || b >= d->number_count) return;
    size_t from = d->groups[a], to = d->groups[b];
    for (size_t i = 0; i < d->number_count; i++)
        if (d->groups[i] == from) d->groups[i] = to;
}

/* Which numbers are one case: by every link that stands and that nobody has undone. */
Status side_regroup(struct side *d)
{
    struct entry links[SIDE_FACTS_MAX];
    size_t count = 0, all;
    struct entry *list;
    TRY(side_entries(d, STR(""), true, &list, &all));
    for (size_t i = 0; i < all; i++)
        if (!list[i].refused && !list[i].is_void && str_has_prefix(list[i].kind, "incident."))
            links[count++] = list[i];
    for (size_t i = 0; i < d->number_count; i++)
        d->groups[i] = i;
    for (size_t i = 0; i < count; i++)
        if (str_is(links[i].kind, "incident.linked")) link_follow(d, links, count, &links[i]);
    return OK;
}

static bool receipt_find(const struct spans *list, uint64_t opening, Instant *out)
{
    for (size_t i = 0; opening && i < list->count; i++)
        if (list->list[i].from <= opening && opening <= list->list[i].to) {
            *out = list->list[i].at;
            return true;
        }
    return false;
}

/* Has the other side's post taken every revocation that touches this officer? */
static bool is_told(const struct side *d, Str officer)
{
    Instant at;
    for (size_t i = 0; i < d->authority[0].mandate_count; i++) {
        const struct mandate *m = &d->authority[0].mandates[i];
        if (str_eq(m->officer, officer) && m->revoked &&
            !receipt_find(&d->taken_by_them, d->own[m->revoked_index].opening, &at))
            return false;
    }
    return true;
}

static Status entry_put(struct side *d, const struct fact *f, bool own, struct entry *out)
{
    const struct authority *a;
    TRY(side_authority(d, !own, &a));
    *out = (struct entry){.fact = f,
                          .party = own ? d->party : d->other,
                          .own = own,
                          .kind = fact_get(f, "kind"),
                          .is_void = authority_voids(a, fact_get(f, "by"), f->index)};
    out->void_told = !own || is_told(d, fact_get(f, "by"));
    return OK;
}

/* Is the fact of the case, under whatever number of its group? `all`: of any case. */
static bool belongs(const struct side *d, const struct fact *f, size_t place, bool all)
{
    Str number = fact_get(f, "case");
    if (all) return number.len > 0;
    if (place == d->number_count) return number.len == 0;
    return number.len > 0 && d->groups[number_place(d, number)] == d->groups[place];
}

Status side_entries(struct side *d, Str number, bool all, struct entry **out, size_t *out_count)
{
    struct entry *list = scope_array(*d->works, d->own_count + d->their_count + 1, sizeof *list);
    size_t count = 0, place = number_place(d, number);
    if (list == NULL) return ERR_MEMORY;
    for (size_t i = 0; i < d->own_count; i++) {
        const struct own_fact *o = &d->own[i];
        if (!belongs(d, &o->fact, place, all)) continue;
        struct entry *e = &list[count++];
        TRY(entry_put(d, &o->fact, true, e));
        e->opened = o->opened;
        e->opening = o->opening;
        e->refused = o->refused;
        e->has_receipt = receipt_find(&d->taken_by_them, e->opening, &e->receipt_at);
    }
    for (size_t i = 0; i < d->their_count; i++) {
        const struct their_fact *t = &d->theirs[i];
        if (!belongs(d, &t->fact, place, all)) continue;
        struct entry *e = &list[count++];
        TRY(entry_put(d, &t->fact, false, e));
        e->opening = t->opening;
        e->refused = t->refused;
        e->has_receipt = receipt_find(&d->taken_by_us, e->opening, &e->receipt_at);
    }
    *out = list;
    *out_count = count;
    return OK;
}

static void shuffle_entries(struct entry *list, size_t count, uint32_t seed)
{
    for (size_t i = count; seed && i > 1; i--) {
        seed = seed * 1664525u + 1013904223u;
        size_t n = (seed >> 8) % i;
        struct entry e = list[n];
        list[n] = list[i - 1];
        list[i - 1] = e;
    }
}

Status side_fold(struct side *d, Str number, uint32_t shuffle, struct casefile *out)
{
    struct entry *list;
    size_t count;
    if (number.len && number_place(d, number) == d->number_count) return ERR_NOT_FOUND;
    TRY(side_entries(d, number, false, &list, &count));
    shuffle_entries(list, count, shuffle);
    TRY(recall_mask(*d->works, list, count));
    return case_fold(*d->works, d->pack, d->party, list, count, side_now(d), out);
}

Status side_common(struct side *d, Str number, uint32_t shuffle, struct casefile *out)
{
    struct entry *list;
    size_t count, opened = 0;
    if (number.len && number_place(d, number) == d->number_count) return ERR_NOT_FOUND;
    TRY(side_entries(d, number, false, &list, &count));
    shuffle_entries(list, count, shuffle);
    TRY(recall_mask(*d->works, list, count));
    for (size_t i = 0; i < count; i++) {
        if (list[i].opening == 0) continue;
        list[opened] = list[i];
        if (list[i].opened) list[opened].fact = list[i].opened;
        opened++;
    }
    return case_fold(*d->works, d->pack, STR(""), list, opened, side_now(d), out);
}

void side_group(const struct side *d, Str number, Str out[static SIDE_NUMBERS_MAX + 1])
{
    size_t place = number_place(d, number), count = 0;
    for (size_t i = 0; place < d->number_count && i < d->number_count; i++)
        if (d->groups[i] == d->groups[place]) out[count++] = d->numbers[i];
    out[count] = STR("");
}

/* What a fact that stands from now on changes besides the fold. */
Status side_effect(struct side *d, const struct fact *f, bool own)
{
    Str kind = fact_get(f, "kind");
    side_number_add(d, fact_get(f, "case"));
    if (is_of_authority(kind)) d->authority_known[!own] = false;
    if (str_is(kind, "receipt")) d->authority_known[own] = false; /* it may refuse one */
    bool links = str_is(kind, "incident.linked") || str_is(kind, "incident.unlinked") ||
                 str_is(kind, "incident.registered");
    return links || str_is(kind, "mandate.revoked") || str_is(kind, "receipt") ? side_regroup(d)
                                                                               : OK;
}

static void fill(const struct side *d, const struct kind *k, struct draft *draft, const char *name,
                 Str value)
{
    if (value.len && kind_field_of(d->pack, k, str_of(name))) draft_set(draft, name, value);
}

static Str hex_of(struct side *d, const Hash *h)
{
    struct writer w = writer_open(d->s, 2 * HASH_BYTES + 1);
    Str text = STR("");
    write_hex(&w, hash_bytes(h));
    return writer_close_str(&w, &text) == OK ? text : STR("");
}

/* What a post fills in (facts.md section 4). */
static Status fill_all(struct side *d, const struct kind *k, const struct casefile *c, Str mandate,
                       struct draft *draft)
{
    const struct act *a = act_find(c, draft_get(draft, "act"));
    Hash positions, reserved;
    if (str_is(k->name, "incident.registered")) fill(d, k, draft, "counterpart", d->other);
    fill(d, k, draft, "pack_digest", hex_of(d, &d->pack->digest));
    if (str_is(k->name, "act.signed")) fill(d, k, draft, "mandate", mandate);
    if (str_is(k->name, "mandate.revoked"))
        fill(d, k, draft, "covered", scope_print(d->s, "%" PRIu64, d->held_leaves));
    if (a == NULL) return OK;
    fill(d, k, draft, "body", hex_of(d, &a->draft->fact->body));
    TRY(act_positions(*d->works, c, a, &positions, &reserved));
    fill(d, k, draft, "positions", hex_of(d, &positions));
    fill(d, k, draft, "reserved", hex_of(d, &reserved));
    return OK;
}

/* Everything that guards an own fact, in the order of refusals. */
static Status checks(struct side *d, const struct said *said, const struct kind *k,
                     struct draft *draft)
{
    struct casefile c;
    const struct authority *a;
    const struct mandate *m = NULL;
    struct fact_finder finder = {find, d};
    struct name_value *fields;
    size_t count;
    bool opens = str_is(k->name, "incident.registered") && said->number.len == 0;
    struct draft formed = *draft;
    if (opens) formed.case_number = STR("new");
    if (!said->forced) TRY(draft_order(*d->works, d->pack, &formed, &fields, &count));
    TRY(side_authority(d, false, &a));
    const char *names = kind_roles_field(k);
    Roles roles = draft_roles(k, draft);
    if (names) roles = roles_as_named(d->pack, k, side_fact_of(d, draft_get(draft, names)), roles);
    Status status = authority_mandate(*d->works, a, said->officer, roles, STR(""), draft->at,
                                      (struct place){d->own_count, 0}, &m);
    if (status != OK && !said->forced) return status;
    if (opens)
        c = (struct casefile){.pack = d->pack, .own_party = d->party};
    else
        TRY(side_fold(d, said->number, 0, &c));
    TRY(fill_all(d, k, &c,
                 m ? scope_print(d->s, "%.*s:%" PRIu64, STR_ARG(d->party), m->index) : STR(""),
                 draft));
    return said->forced ? OK : rule_check(*d->works, &c, draft, &finder);
}

/* Only what was opened and may be recalled is recalled. */
static Status recall_check(struct side *d, const struct draft *draft)
{
    struct fact_ref ref;
    if (!fact_ref_parse(draft_get(draft, "of"), &ref) || !str_eq(ref.party, d->party))
        return ERR_NOT_FOUND;
    if (ref.index >= d->own_count || d->own[ref.index].opening == 0) return ERR_NOT_FOUND;
    return recall_is_allowed(fact_get(&d->own[ref.index].fact, "kind")) ? OK : ERR_STATE;
}

static Status append(struct side *d, const struct draft *draft, struct fact **out)
{
    struct name_value *own, *all;
    size_t count;
    struct seen seen = {.size = d->their_leaves, .opening = d->applied};
    Hash secret = hash_of((Bytes){(const uint8_t *)&d->own_count, sizeof d->own_count});
    assert_true(d->own_count < SIDE_FACTS_MAX);
    /* A post that keeps to no rule still lays its fields out as others do. */
    Status status = draft_order(d->s, d->pack, draft, &own, &count);
    if (status != OK) {
        own = draft->fields;
        count = draft->field_count;
    }
    all = scope_array(d->s, count + FACT_COMMON_FIELDS, sizeof *all);
    if (all == NULL) return ERR_MEMORY;
    all[0] = (struct name_value){STR("kind"), draft->kind};
    all[1] = (struct name_value){STR("case"), draft->case_number};
    all[2] = (struct name_value){STR("by"), draft->by};
    all[3] = (struct name_value){STR("at"), instant_str(d->s, draft->at)};
    all[4] = (struct name_value){STR("seen"), seen_format(d->s, &seen)};
    memcpy(all + FACT_COMMON_FIELDS, own, count * sizeof *all);
    struct own_fact *o = &d->own[d->own_count];
    *o = (struct own_fact){.opening = 0};
    TRY(fact_make(d->s, d->founding->card.origin, all, count + FACT_COMMON_FIELDS, &secret,
                  &o->fact));
    o->fact.index = d->own_count++;
    fact_sign(&o->fact, founding_key(d->founding, draft->by));
    *out = &o->fact;
    return OK;
}

static Status effects(struct side *d, const struct fact *f)
{
    TRY(side_effect(d, f, true));
    TRY(side_open_self(d, f));
    if (str_is(fact_get(f, "kind"), "exchange.resumed")) return side_catch_up(d);
    return str_is(fact_get(f, "kind"), "release.recalled") ? side_purge_opened(d, fact_get(f, "of"))
                                                           : OK;
}

Status side_say(struct side *d, struct said *said, Str *out_ref, Str *out_number)
{
    const struct kind *k = pack_kind(d->pack, said->kind);
    struct fact *f;
    struct draft draft = {.kind = said->kind,
                          .case_number = said->number,
                          .by = said->officer,
                          .at = side_now(d),
                          .fields = said->fields,
                          .field_count = said->field_count};
    if (k == NULL) return ERR_SCHEMA;
    if (k->use == CASE_NONE) said->number = draft.case_number = STR("");
    TRY(checks(d, said, k, &draft));
    if (str_is(k->name, "release.recalled")) TRY(recall_check(d, &draft));
    if (str_is(k->name, "incident.registered") && said->number.len == 0)
        draft.case_number = scope_print(d->s, "%.*s-2026-%04u", STR_ARG(d->party), ++d->registered);
    TRY(append(d, &draft, &f));
    *out_ref = scope_print(d->s, "%.*s:%" PRIu64, STR_ARG(d->party), f->index);
    *out_number = draft.case_number;
    return effects(d, f);
}
