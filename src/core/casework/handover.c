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

static struct holding *holding_of(struct holding *list, size_t *count, Str item, Str holder)
{
    for (size_t i = 0; i < *count; i++)
        if (str_eq(list[i].item, item)) return &list[i];
    list[*count] = (struct holding){.item = item, .holder = holder};
    return &list[(*count)++];
}

const struct holding *holding_find(const struct holding *list, size_t count, Str item)
{
    for (size_t i = 0; i < count; i++)
        if (str_eq(list[i].item, item)) return &list[i];
    return NULL;
}

/* The item that a record speaks of; empty for any other fact. */
static Str recorded_item(const struct entry *e)
{
    static const char *const kinds[] = {"vehicle.recorded", "object.recorded", "animal.recorded",
                                        "evidence.collected"};
    if (str_is(e->kind, "person.recorded")) return fact_get(e->fact, "person");
    for (size_t i = 0; i < COUNT_OF(kinds); i++)
        if (str_is(e->kind, kinds[i])) return fact_get(e->fact, "item");
    return (Str){NULL, 0};
}

/* Who first speaks of an item holds it. Own facts that are not open come last in the order, so a
 * sign that this side gave to something else in silence cannot make the posts differ on what was
 * offered. */
static void first_holders(const struct casefile *c, struct holding *list, size_t *count)
{
    for (size_t i = 0; i < c->count; i++) {
        const struct entry *e = c->entries[i];
        Str item = recorded_item(e);
        if (item.len) holding_of(list, count, item, e->party);
        for (size_t k = 0; k < c->offer_count; k++)
            for (size_t n = 0; c->offers[k].entry == e && n < c->offers[k].item_count; n++)
                holding_of(list, count, c->offers[k].items[n], e->party);
    }
}

static Str other_party(const struct casefile *c, Str party)
{
    return c->parties[str_eq(c->parties[0], party) ? 1 : 0];
}

Status holdings_list(struct scope *s, const struct casefile *c, struct holding **out,
                     size_t *out_count)
{
    size_t room = c->count + 1, count = 0;
    for (size_t i = 0; i < c->offer_count; i++)
        room += c->offers[i].item_count;
    struct holding *list = scope_array(s, room, sizeof *list);
    if (list == NULL) return ERR_MEMORY;
    first_holders(c, list, &count);
    for (size_t i = 0; i < c->offer_count; i++) {
        const struct offer *o = &c->offers[i];
        Str giver = o->entry->party;
        for (size_t n = 0; n < o->item_count; n++) {
            struct holding *h = holding_of(list, &count, o->items[n], giver);
            /* Who does not hold a thing cannot give it. */
            if (!str_eq(h->holder, giver)) continue;
            bool given = o->giver_signed && offer_signature_covers(o->giver_signed, h->item);
            bool taken =
                given && o->taker_signed && offer_signature_covers(o->taker_signed, h->item);
            if (o->contested) h->contested = true;
            if (taken) h->holder = other_party(c, giver);
            /* A second offer of the same item does not free it from the first. */
            h->pledged = !taken && (h->pledged || (given && !o->taker_signed && !o->withdrawn));
        }
    }
    *out = list;
    *out_count = count;
    return OK;
}
