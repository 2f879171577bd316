#include "core/casework/rule.h"
#include "core/casework/act.h"
#include "core/casework/handover.h"

/* What the reference field of a kind must name. A reference that is not listed may name any fact.
 */
static const struct {
    const char *kind, *field, *target;
} reference_table[] = {
    {"notice.sent", "of", "incident.registered"},
    {"notice.received", "of", "notice.sent"},
    {"incident.amended", "of", "incident.registered"},
    {"finding.answered", "of", "finding.stated"},
    {"proposal.answered", "of", "proposal.made"},
    {"inspection.opened", "proposal", "proposal.made"},
    {"inspection.ended", "of", "inspection.opened"},
    {"meeting.opened", "proposal", "proposal.made"},
    {"request.answered", "of", "request.made"},
    {"hold.lifted", "hold", "hold.placed"},
    {"act.drafted", "supersedes", "act.drafted"},
    {"act.position", "act", "act.drafted"},
    {"act.signed", "act", "act.drafted"},
    {"act.approved", "act", "act.drafted"},
    {"act.objected", "act", "act.drafted"},
    {"opinion.given", "act", "act.drafted"},
    {"handover.answered", "of", "handover.offered"},
    {"handover.counted", "of", "handover.offered"},
    {"handover.signed", "of", "handover.offered"},
    {"handover.withdrawn", "of", "handover.offered"},
    {"incident.linked", "own", "incident.registered"},
    {"incident.linked", "theirs", "incident.registered"},
    {"incident.unlinked", "of", "incident.linked"},
    {"release.approved", "of", "release.drafted"},
    {"release.refused", "of", "release.drafted"},
    {"mandate.revoked", "mandate", "mandate.granted"},
};

static const char *target_of(Str kind, Str field)
{
    for (size_t i = 0; i < COUNT_OF(reference_table); i++)
        if (str_is(kind, reference_table[i].kind) && str_is(field, reference_table[i].field))
            return reference_table[i].target;
    return NULL;
}

static Status reference_check(struct scope *s, const struct draft *d,
                              const struct name_value *field, const struct fact_finder *finder)
{
    struct fact_ref ref;
    if (!fact_ref_parse(field->value, &ref))
        return fail(s, ERR_SCHEMA, "%.*s: not a reference", STR_ARG(field->name));
    const struct fact *f = finder->find(finder->ctx, ref.party, ref.index);
    const char *target = target_of(d->kind, field->name);
    if (f == NULL || (ref.field.len && fact_get_str(f, ref.field).ptr == NULL))
        return fail(s, ERR_NOT_FOUND, "%.*s: %.*s is not known at this post", STR_ARG(field->name),
                    STR_ARG(field->value));
    if (target && !str_is(fact_get(f, "kind"), target))
        return fail(s, ERR_NOT_FOUND, "%.*s: %.*s is a %.*s, not a %s", STR_ARG(field->name),
                    STR_ARG(field->value), STR_ARG(fact_get(f, "kind")), target);
    return OK;
}

/* "also a statement or item number inside a known fact" */
static Status inside_check(struct scope *s, const struct casefile *c, const struct draft *d)
{
    if (c == NULL) return OK;
    if (str_has_prefix(d->kind, "act.") && !str_is(d->kind, "act.drafted")) {
        const struct act *a = act_find(c, draft_get(d, "act"));
        if (a == NULL) return fail(s, ERR_NOT_FOUND, "the act does not belong to this case");
        Str key = draft_get(d, "statement");
        if (key.len && act_statement(a, key) == NULL)
            return fail(s, ERR_NOT_FOUND, "the act has no statement %.*s", STR_ARG(key));
    }
    if (!str_has_prefix(d->kind, "handover.") || str_is(d->kind, "handover.offered")) return OK;
    const struct offer *o = offer_find(c, draft_get(d, "of"));
    if (o == NULL) return fail(s, ERR_NOT_FOUND, "the offer does not belong to this case");
    for (size_t i = 0; i < d->field_count; i++) {
        Str name = d->fields[i].name, value = d->fields[i].value;
        if (value.len == 0 || !(str_is(name, "item") || str_has_prefix(name, "item."))) continue;
        bool found = false;
        for (size_t n = 0; n < o->item_count && !found; n++)
            found = str_eq(o->items[n], value);
        if (!found) return fail(s, ERR_NOT_FOUND, "the offer has no item %.*s", STR_ARG(value));
    }
    return OK;
}

static Status references_check(struct scope *s, const struct casefile *c, const struct pack *p,
                               const struct draft *d, const struct fact_finder *finder)
{
    const struct kind *k = pack_kind(p, d->kind);
    for (size_t i = 0; k && i < d->field_count; i++) {
        const struct kind_field *f = kind_field_of(p, k, d->fields[i].name);
        if (f && d->fields[i].value.len && (f->type == TYPE_REF || f->type == TYPE_REFS))
            TRY(reference_check(s, d, &d->fields[i], finder));
    }
    return inside_check(s, c, d);
}

static Status duplicate_check(struct scope *s, const struct casefile *c, const struct draft *d)
{
    for (size_t i = 0; i < c->count; i++) {
        const struct entry *e = c->entries[i];
        if (!e->own || !str_eq(e->kind, d->kind)) continue;
        if (str_is(d->kind, "notice.received") &&
            str_eq(fact_get(e->fact, "of"), draft_get(d, "of")))
            return fail(s, ERR_DUPLICATE, "this notice was acknowledged already");
        if (str_is(d->kind, "act.signed") && str_eq(e->by, d->by) &&
            str_eq(fact_get(e->fact, "act"), draft_get(d, "act")) &&
            str_eq(fact_get(e->fact, "positions"), draft_get(d, "positions")))
            return fail(s, ERR_DUPLICATE, "%.*s has signed this act over the same positions",
                        STR_ARG(d->by));
    }
    return OK;
}

static Status act_state_check(struct scope *s, const struct casefile *c, const struct draft *d)
{
    if (str_is(d->kind, "act.drafted")) {
        const struct act *old = act_find(c, draft_get(d, "supersedes"));
        if (old && old->superseded)
            return fail(s, ERR_STATE,
                        "the act named was superseded already: name the newest version");
        return OK;
    }
    const struct act *a = act_find(c, draft_get(d, "act"));
    if (a && a->superseded && !str_is(d->kind, "opinion.given"))
        return fail(s, ERR_STATE, "a newer version of this act stands: sign that one");
    if (a && str_is(d->kind, "act.signed")) return rule_act_is_signable(s, c, a);
    return OK;
}

static Status handover_state_check(struct scope *s, const struct casefile *c, const struct draft *d)
{
    const struct offer *o = offer_find(c, draft_get(d, "of"));
    bool giver = o && str_eq(o->entry->party, c->own_party);
    if (str_is(d->kind, "handover.signed") && o && !giver && o->giver_signed == NULL)
        return fail(s, ERR_STATE, "the giving side signs first; its signature has not arrived");
    if (str_is(d->kind, "handover.withdrawn") && o && (o->taker_signed || o->contested))
        return fail(s, ERR_STATE, "the other side has signed: the items are theirs");
    if (!str_is(d->kind, "handover.offered")) return OK;
    struct holding *list;
    size_t count;
    TRY(holdings_list(s, c, &list, &count));
    for (size_t i = 0; i < d->field_count; i++) {
        if (!str_has_prefix(d->fields[i].name, "item.")) continue;
        const struct holding *h = holding_find(list, count, d->fields[i].value);
        if (h && (h->pledged || !str_eq(h->holder, c->own_party)))
            return fail(s, ERR_STATE,
                        h->pledged ? "%.*s is pledged in another offer"
                                   : "%.*s is not held by this side",
                        STR_ARG(h->item));
    }
    return OK;
}

static Status closing_check(struct scope *s, const struct casefile *c, const struct draft *d)
{
    static const char *const joint[] = {"O1", "O2", "O3", "O4"};
    Str outcome = draft_get(d, "outcome");
    const struct act *doc09 = act_effective(c, "DOC09");
    for (size_t i = 0; i < COUNT_OF(joint); i++)
        if (str_is(outcome, joint[i]) &&
            (doc09 == NULL || !str_eq(fact_get(doc09->draft->fact, "outcome"), outcome)))
            return fail(s, ERR_STATE,
                        "%s needs an effective joint conclusion (DOC09) that says so; alone, a "
                        "side closes with O5 to O7",
                        joint[i]);
    return OK;
}

/* A link joins a registration of each side, both known to both: else one post could not follow it.
 */
static Status link_check(struct scope *s, const struct casefile *c, const struct draft *d)
{
    struct fact_ref own, theirs;
    if (!fact_ref_parse(draft_get(d, "own"), &own) ||
        !fact_ref_parse(draft_get(d, "theirs"), &theirs))
        return OK;
    const struct entry *e = case_entry(c, draft_get(d, "own"));
    if (e == NULL || !e->own || str_eq(theirs.party, c->own_party))
        return fail(s, ERR_NOT_FOUND,
                    "a link names a registration of this case and one of the other side");
    if (e->opening == 0)
        return fail(s, ERR_STATE,
                    "the other side does not know of this registration yet: notify it");
    return OK;
}

static Status state_check(struct scope *s, const struct casefile *c, const struct draft *d)
{
    if (c->dropped) return fail(s, ERR_STATE, "the case was dropped");
    if (str_has_prefix(d->kind, "act.") || str_is(d->kind, "opinion.given"))
        TRY(act_state_check(s, c, d));
    if (str_has_prefix(d->kind, "handover.")) TRY(handover_state_check(s, c, d));
    if (str_is(d->kind, "case.closed")) TRY(closing_check(s, c, d));
    if (str_is(d->kind, "incident.linked")) TRY(link_check(s, c, d));
    for (size_t i = 0; i < c->count && str_is(d->kind, "proposal.answered"); i++)
        if (str_is(c->entries[i]->kind, "proposal.answered") &&
            str_eq(fact_get(c->entries[i]->fact, "of"), draft_get(d, "of")))
            return fail(s, ERR_STATE, "this proposal was answered already: make a new one");
    return OK;
}

static Status reason_check(struct scope *s, const struct casefile *c, const struct draft *d)
{
    bool given = draft_get(d, "reason").len > 0;
    bool found = c->state == STATE_FINDINGS || c->state == STATE_SETTLED ||
                 c->state == STATE_SPLIT || c->state == STATE_NOT_CONFIRMED ||
                 c->state == STATE_CLOSED || act_effective(c, "DOC05");
    if (str_is(d->kind, "case.escalated") && str_is(draft_get(d, "level"), "3") && !given &&
        !found && !c->grave)
        return fail(s, ERR_REASON,
                    "nothing has been found jointly yet and the type is not grave: say why it goes "
                    "to diplomacy now");
    if (str_is(d->kind, "checklist.answered") && str_is(draft_get(d, "answer"), "not_possible") &&
        !given)
        return fail(s, ERR_REASON, "say why the item was not possible");
    return OK;
}

bool rule_person_is_blocked(const struct casefile *c, Str person)
{
    bool blocked = false;
    for (size_t i = 0; i < c->count; i++) {
        const struct entry *e = c->entries[i];
        if (e->own && str_is(e->kind, "protection.checked") &&
            str_eq(fact_get(e->fact, "person"), person))
            blocked = str_is(fact_get(e->fact, "outcome"), "block");
    }
    return blocked;
}

static bool is_cleared(const struct casefile *c, Str person)
{
    bool cleared = false;
    for (size_t i = 0; i < c->count; i++) {
        const struct entry *e = c->entries[i];
        if (!e->own || !str_eq(fact_get(e->fact, "person"), person)) continue;
        if (str_is(e->kind, "return.held")) return false;
        if (str_is(e->kind, "protection.checked"))
            cleared = str_is(fact_get(e->fact, "outcome"), "clear");
    }
    return cleared;
}

bool rule_persons_are_cleared(const struct casefile *c, const Str *persons, size_t count)
{
    bool all = true;
    for (size_t i = 0; i < count; i++)
        all &= is_cleared(c, persons[i]);
    return all;
}

static Status protection_check(struct scope *s, const struct casefile *c, const struct draft *d)
{
    const struct offer *o = offer_find(c, draft_get(d, "of"));
    bool offers = str_is(d->kind, "handover.offered");
    bool gives = o && str_eq(o->entry->party, c->own_party) &&
                 (str_is(d->kind, "handover.signed") || str_is(d->kind, "handover.counted"));
    Str what = offers ? draft_get(d, "what") : gives ? o->what : STR("");
    if (!str_is(what, "persons")) return OK;
    Str *items = scope_array(s, d->field_count + (o ? o->item_count : 0) + 1, sizeof *items);
    size_t count = 0;
    if (items == NULL) return ERR_MEMORY;
    for (size_t i = 0; i < d->field_count; i++)
        if ((str_is(d->fields[i].name, "item") || str_has_prefix(d->fields[i].name, "item.")) &&
            d->fields[i].value.len)
            items[count++] = d->fields[i].value;
    for (size_t i = 0; gives && count == 0 && i < o->item_count; i++)
        items[count++] = o->items[i];
    if (!rule_persons_are_cleared(c, items, count))
        return fail(s, ERR_PROTECTION, "return not requested at this time");
    return OK;
}

static bool has_language(const struct fact *f, Str prefix, Str language)
{
    for (size_t i = FACT_COMMON_FIELDS; i < f->field_count; i++) {
        const struct fact_field *field = &f->fields[i];
        if (field->open && field->value.len && field->name.len == prefix.len + 1 + language.len &&
            memcmp(field->name.ptr, prefix.ptr, prefix.len) == 0 &&
            field->name.ptr[prefix.len] == '.' &&
            memcmp(field->name.ptr + prefix.len + 1, language.ptr, language.len) == 0)
            return true;
    }
    return false;
}

/* Each text of the act that stands in one language stands in all that the pack asks for. */
static Status act_languages_check(struct scope *s, const struct casefile *c, const struct fact *f)
{
    const struct pack *p = c->pack;
    const struct kind *k = pack_kind(p, STR("act.drafted"));
    for (size_t i = FACT_COMMON_FIELDS; k && i < f->field_count; i++) {
        const struct fact_field *field = &f->fields[i];
        const struct kind_field *kf = kind_field_of(p, k, field->name);
        if (kf == NULL || !kf->languages || field->value.len == 0) continue;
        Str prefix = field->name;
        while (prefix.len && prefix.ptr[prefix.len - 1] != '.')
            prefix.len--;
        prefix.len--;
        for (size_t n = 0; n < p->act_language_count; n++)
            if (!has_language(f, prefix, p->act_languages[n]))
                return fail(s, ERR_SCHEMA, "%.*s of the act is missing in language %.*s",
                            STR_ARG(prefix), STR_ARG(p->act_languages[n]));
    }
    return OK;
}

Status rule_act_is_signable(struct scope *s, const struct casefile *c, const struct act *a)
{
    const struct fact *f = a->draft->fact;
    for (size_t i = 0; i < f->field_count; i++)
        if (!f->fields[i].open)
            return fail(s, ERR_SCHEMA, "the act is not wholly open at this post");
    TRY(act_languages_check(s, c, f));
    Str *annexes;
    size_t count;
    TRY(fact_list(s, f, "annex", &annexes, &count));
    for (size_t i = 0; i < count; i++) {
        struct fact_ref ref;
        if (!fact_ref_parse(annexes[i], &ref)) continue;
        Str whole = scope_print(s, "%.*s:%llu", STR_ARG(ref.party), (unsigned long long)ref.index);
        const struct entry *e = case_entry(c, whole);
        if (e == NULL || e->opening == 0 ||
            (ref.field.len && fact_get_str(e->fact, ref.field).ptr == NULL))
            return fail(s, ERR_STATE, "annex %.*s is not open to both sides", STR_ARG(annexes[i]));
    }
    return OK;
}

Status rule_check(struct scope *s, const struct casefile *c, const struct draft *d,
                  const struct fact_finder *finder)
{
    if (c == NULL) return OK;
    TRY(references_check(s, c, c->pack, d, finder));
    TRY(duplicate_check(s, c, d));
    TRY(state_check(s, c, d));
    TRY(reason_check(s, c, d));
    return protection_check(s, c, d);
}
