#include "core/casework/handover.h"

const struct offer *offer_find(const struct casefile *c, Str ref)
{
    const struct entry *e = case_entry(c, ref);
    for (size_t i = 0; e && i < c->offer_count; i++)
        if (c->offers[i].entry == e) return &c->offers[i];
    return NULL;
}

static bool list_has(const struct fact *f, const char *name, Str item, bool *out_any)
{
    size_t len = strlen(name);
    *out_any = false;
    for (size_t i = FACT_COMMON_FIELDS; i < f->field_count; i++) {
        const struct fact_field *field = &f->fields[i];
        if (!field->open || field->value.len == 0 || field->name.len <= len + 1 ||
            memcmp(field->name.ptr, name, len) != 0 || field->name.ptr[len] != '.')
            continue;
        *out_any = true;
        if (str_eq(field->value, item)) return true;
    }
    return false;
}

bool offer_signature_covers(const struct entry *signature, Str item)
{
    bool any;
    return list_has(signature->fact, "item", item, &any) || !any;
}

/* The taker's signature counts only when it follows the giver's: it must have seen it. */
static void offer_fact_add(struct offer *o, const struct entry *e)
{
    bool giver = str_eq(e->party, o->entry->party);
    if (str_is(e->kind, "handover.answered") && !giver) o->answer = e;
    if (str_is(e->kind, "handover.withdrawn") && giver && o->withdrawn == NULL) o->withdrawn = e;
    if (!str_is(e->kind, "handover.signed")) return;
    if (giver && o->giver_signed == NULL) o->giver_signed = e;
    if (!giver && o->taker_signed == NULL && o->giver_signed && o->giver_signed->opening &&
        e->seen.opening >= o->giver_signed->opening)
        o->taker_signed = e;
}

/* A withdrawal and a signature may cross on the way. The signature that had seen the withdrawal is
 * void; one that had not holds, and both posts say so. */
static void withdrawal_settle(struct offer *o)
{
    if (o->withdrawn == NULL || o->taker_signed == NULL) return;
    if (o->withdrawn->opening && o->taker_signed->seen.opening >= o->withdrawn->opening) {
        o->taker_signed = NULL;
    } else {
        o->withdrawn = NULL;
        o->contested = true;
    }
}

Status offers_fold(struct scope *s, struct casefile *c)
{
    c->offers = scope_array(s, c->count + 1, sizeof *c->offers);
    if (c->offers == NULL) return ERR_MEMORY;
    for (size_t i = 0; i < c->count; i++) {
        const struct entry *e = c->entries[i];
        if (!str_is(e->kind, "handover.offered")) continue;
        struct offer *o = &c->offers[c->offer_count++];
        o->entry = e;
        o->what = fact_get(e->fact, "what");
        TRY(fact_list(s, e->fact, "item", &o->items, &o->item_count));
        for (size_t n = i + 1; n < c->count; n++)
            if (case_entry(c, fact_get(c->entries[n]->fact, "of")) == e)
                offer_fact_add(o, c->entries[n]);
        withdrawal_settle(o);
    }
    return OK;
}

const struct holding *holding_find(const struct holding *list, size_t count, Str item)
{
    for (size_t i = 0; i < count; i++)
        if (str_eq(list[i].item, item)) return &list[i];
    return NULL;
}

const struct holding *holding_of(const struct holding *list, size_t count, Str item, Str party)
{
    const struct holding *given = NULL, *taken = NULL;
    for (size_t i = 0; i < count; i++) {
        if (!str_eq(list[i].item, item)) continue;
        bool holds = str_eq(list[i].holder, party), own = str_eq(list[i].origin, party);
        if (holds && own) return &list[i];
        if (holds && taken == NULL) taken = &list[i];
        if (own) given = &list[i];
    }
    return taken ? taken : given;
}

/* The item that a record speaks of; empty for any other fact. */
static Str recorded_item(const struct entry *e, const struct fact *f)
{
    static const char *const kinds[] = {"vehicle.recorded", "object.recorded", "animal.recorded",
                                        "evidence.collected"};
    if (str_is(e->kind, "person.recorded")) return fact_get(f, "person");
    for (size_t i = 0; i < COUNT_OF(kinds); i++)
        if (str_is(e->kind, kinds[i])) return fact_get(f, "item");
    return (Str){NULL, 0};
}

struct listing {
    const struct casefile *c;
    struct holding *list;
    size_t count;
    size_t **meant; /* for each offer the places in `list` of its items */
    Str *origins;   /* of what each entry records, or NULL */
};

/* What a side means by a sign (holding_of), or a thing that nobody has spoken of. Two sides that
 * give the same sign do not mean the same thing. */
static struct holding *spoken_of(struct listing *l, Str item, Str party)
{
    const struct holding *known = holding_of(l->list, l->count, item, party);
    if (known) return &l->list[known - l->list];
    l->list[l->count] = (struct holding){.item = item, .origin = party, .holder = party};
    return &l->list[l->count++];
}

static Str other_party(const struct casefile *c, Str party)
{
    return c->parties[str_eq(c->parties[0], party) ? 1 : 0];
}

/* Does the giver's signature, and the taker's too, cover this item of the offer? */
static bool is_given(const struct offer *o, Str item)
{
    return o->giver_signed && offer_signature_covers(o->giver_signed, item);
}

static bool is_taken(const struct offer *o, Str item)
{
    return is_given(o, item) && o->taker_signed && offer_signature_covers(o->taker_signed, item);
}

/* What an offer makes of each item it lists, until it is taken. */
static void offer_settle(struct listing *l, const struct offer *o, size_t *meant)
{
    Str giver = o->entry->party;
    for (size_t n = 0; n < o->item_count; n++) {
        struct holding *h = spoken_of(l, o->items[n], giver);
        meant[n] = (size_t)(h - l->list);
        /* Who does not hold a thing cannot give it. */
        if (!str_eq(h->holder, giver)) continue;
        if (o->contested) h->contested = true;
        /* A second offer of the same item does not free it from the first. */
        h->pledged = h->pledged || (is_given(o, h->item) && !o->taker_signed && !o->withdrawn);
    }
}

/* At the taker's signature, and not before: what the taker records in between is another thing. */
static void taking_settle(struct listing *l, const struct offer *o, const size_t *meant)
{
    for (size_t n = 0; n < o->item_count; n++) {
        struct holding *h = &l->list[meant[n]];
        if (!str_eq(h->holder, o->entry->party) || !is_taken(o, h->item)) continue;
        h->holder = other_party(l->c, o->entry->party);
        h->pledged = false;
    }
}

static void record_follow(struct listing *l, size_t i, const struct fact *f)
{
    const struct entry *e = l->c->entries[i];
    Str item = recorded_item(e, f);
    if (item.len == 0) return;
    const struct holding *h = spoken_of(l, item, e->party);
    if (l->origins) l->origins[i] = h->origin;
}

/* What is not open, or not any more, comes after all that is: what this side says in silence cannot
 * make the posts differ. */
static void entries_follow(struct listing *l)
{
    const struct casefile *c = l->c;
    for (size_t i = 0; i < c->count; i++) {
        const struct entry *e = c->entries[i];
        record_follow(l, i, e->opened ? e->opened : e->fact);
        for (size_t k = 0; k < c->offer_count; k++) {
            if (c->offers[k].entry == e) offer_settle(l, &c->offers[k], l->meant[k]);
            if (c->offers[k].taker_signed == e) taking_settle(l, &c->offers[k], l->meant[k]);
        }
    }
    for (size_t i = 0; i < c->count; i++)
        if (l->origins == NULL || l->origins[i].len == 0) record_follow(l, i, c->entries[i]->fact);
}

static Status listing_open(struct scope *s, const struct casefile *c, struct listing *out)
{
    size_t room = c->count + 1;
    for (size_t i = 0; i < c->offer_count; i++)
        room += c->offers[i].item_count;
    *out = (struct listing){.c = c,
                            .list = scope_array(s, room, sizeof *out->list),
                            .meant = scope_array(s, c->offer_count + 1, sizeof *out->meant)};
    size_t *places = scope_array(s, room, sizeof *places);
    if (out->list == NULL || out->meant == NULL || places == NULL) return ERR_MEMORY;
    for (size_t i = 0; i < c->offer_count; places += c->offers[i++].item_count)
        out->meant[i] = places;
    return OK;
}

Status holdings_list(struct scope *s, const struct casefile *c, struct holding **out,
                     size_t *out_count)
{
    struct listing l;
    TRY(listing_open(s, c, &l));
    entries_follow(&l);
    *out = l.list;
    *out_count = l.count;
    return OK;
}

Status offer_things(struct scope *s, const struct casefile *c, const struct offer *o,
                    struct offer_things *out)
{
    struct listing l;
    TRY(listing_open(s, c, &l));
    l.origins = scope_array(s, c->count + 1, sizeof *l.origins);
    struct holding *items = scope_array(s, o->item_count + 1, sizeof *items);
    if (l.origins == NULL || items == NULL) return ERR_MEMORY;
    entries_follow(&l);
    const size_t *meant = l.meant[o - c->offers];
    for (size_t n = 0; n < o->item_count; n++)
        items[n] = l.list[meant[n]];
    *out = (struct offer_things){items, l.origins};
    return OK;
}

const struct entry *offer_record(const struct casefile *c, const struct offer_things *things,
                                 size_t i)
{
    const struct holding *thing = &things->items[i];
    const struct entry *found = NULL;
    for (size_t n = 0; n < c->count; n++)
        if (str_eq(things->origins[n], thing->origin) &&
            str_eq(recorded_item(c->entries[n], c->entries[n]->fact), thing->item))
            found = c->entries[n];
    return found;
}
