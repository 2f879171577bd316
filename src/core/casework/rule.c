#include "core/casework/rule.h"
#include "core/casework/act.h"
#include "core/casework/handover.h"
#include "core/casework/reference.h"

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

/* Did its side take back the fact, or what `ref` names of it? It then stands in the common view as
 * digests, also where a value is still kept. */
static bool is_recalled(const struct casefile *c, const struct fact_ref *ref)
{
    for (size_t i = 0; i < c->count; i++) {
        const struct entry *e = c->entries[i];
        struct fact_ref of;
        if (str_is(e->kind, "release.recalled") && fact_ref_parse(fact_get(e->fact, "of"), &of) &&
            str_eq(of.party, e->party) && str_eq(of.party, ref->party) && of.index == ref->index &&
            (of.field.len == 0 || ref->field.len == 0 || str_eq(of.field, ref->field)))
            return true;
    }
    return false;
}

/* An act can be signed only when it is wholly open at the signer's post, in every language. That it
 * is not is a matter of form, and is said before anything about the state of the case. */
static Status act_form_check(struct scope *s, const struct casefile *c, const struct draft *d)
{
    const struct act *a = str_is(d->kind, "act.signed") ? act_find(c, draft_get(d, "act")) : NULL;
    if (a == NULL) return OK;
    const struct fact *f = a->draft->fact;
    for (size_t i = 0; i < f->field_count; i++)
        if (!f->fields[i].open)
            return fail(s, ERR_SCHEMA, "the act is not wholly open at this post");
    return act_languages_check(s, c, f);
}

static Status annexes_check(struct scope *s, const struct casefile *c, const struct act *a)
{
    Str *annexes;
    size_t count;
    TRY(fact_list(s, a->draft->fact, "annex", &annexes, &count));
    for (size_t i = 0; i < count; i++) {
        struct fact_ref ref;
        if (!fact_ref_parse(annexes[i], &ref)) continue;
        Str whole = scope_print(s, "%.*s:%llu", STR_ARG(ref.party), (unsigned long long)ref.index);
        const struct entry *e = case_entry(c, whole);
        const struct fact *open = e && e->opened ? e->opened : e ? e->fact : NULL;
        if (e == NULL || e->opening == 0 || is_recalled(c, &ref) ||
            (ref.field.len && fact_get_str(open, ref.field).ptr == NULL))
            return fail(s, ERR_STATE, "annex %.*s is not open to both sides", STR_ARG(annexes[i]));
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
    if (a && str_is(d->kind, "act.signed")) return annexes_check(s, c, a);
    return OK;
}

/* Only what this side holds and has not pledged can be offered or signed away. */
static Status disposal_check(struct scope *s, const struct casefile *c, Str item,
                             const struct holding *list, size_t count)
{
    const struct holding *h = holding_of(list, count, item, c->own_party);
    if (h && h->pledged)
        return fail(s, ERR_STATE, "%.*s is pledged in another offer", STR_ARG(item));
    if (h ? !str_eq(h->holder, c->own_party) : holding_find(list, count, item) != NULL)
        return fail(s, ERR_STATE, "%.*s is not held by this side", STR_ARG(item));
    return OK;
}

static bool is_item_field(Str name)
{
    return str_is(name, "item") || str_has_prefix(name, "item.");
}

static Status handover_state_check(struct scope *s, const struct casefile *c, const struct draft *d)
{
    const struct offer *o = offer_find(c, draft_get(d, "of"));
    bool giver = o && str_eq(o->entry->party, c->own_party), listed = false;
    bool gives = str_is(d->kind, "handover.signed") && giver && o->giver_signed == NULL;
    if (str_is(d->kind, "handover.signed") && o && !giver && o->giver_signed == NULL)
        return fail(s, ERR_STATE, "the giving side signs first; its signature has not arrived");
    if (str_is(d->kind, "handover.withdrawn") && o && (o->taker_signed || o->contested))
        return fail(s, ERR_STATE, "the other side has signed: the items are theirs");
    if (!str_is(d->kind, "handover.offered") && !gives) return OK;
    struct holding *list;
    size_t count;
    TRY(holdings_list(s, c, &list, &count));
    for (size_t i = 0; i < d->field_count; i++) {
        if (!is_item_field(d->fields[i].name) || d->fields[i].value.len == 0) continue;
        listed = true;
        TRY(disposal_check(s, c, d->fields[i].value, list, count));
    }
    for (size_t i = 0; gives && !listed && i < o->item_count; i++)
        TRY(disposal_check(s, c, o->items[i], list, count));
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

/* A link joins a registration of this case and one of the other side. */
static Status link_check(struct scope *s, const struct casefile *c, const struct draft *d)
{
    struct fact_ref own, theirs;
    if (!fact_ref_parse(draft_get(d, "own"), &own) ||
        !fact_ref_parse(draft_get(d, "theirs"), &theirs))
        return OK;
    const struct entry *e = case_entry(c, draft_get(d, "own"));
    if (e == NULL || !e->own || str_eq(theirs.party, c->own_party) ||
        case_side(c, theirs.party) < 0)
        return fail(s, ERR_NOT_FOUND,
                    "a link names a registration of this case and one of the other side");
    return OK;
}

/* Both registrations are known to both: else one post could not follow the link. */
static Status link_state_check(struct scope *s, const struct casefile *c, const struct draft *d)
{
    const struct entry *e = case_entry(c, draft_get(d, "own"));
    if (e && e->opening == 0)
        return fail(s, ERR_STATE,
                    "the other side does not know of this registration yet: notify it");
    return OK;
}

/* Dropping a case ends its procedure, not what is owed to the people in it: it is told to the other
 * side, taken back, erased, held and protected as before. */
static bool outlives_drop(Str kind)
{
    static const char *const groups[] = {"release.", "hold.", "protection.", "fact.erased",
                                         "duty.noted"};
    for (size_t i = 0; i < COUNT_OF(groups); i++)
        if (str_has_prefix(kind, groups[i])) return true;
    return false;
}

/* Each side drops what it registered itself. */
static Status drop_check(struct scope *s, const struct casefile *c)
{
    for (size_t i = 0; i < c->count; i++)
        if (c->entries[i]->own && str_is(c->entries[i]->kind, "incident.registered")) return OK;
    return fail(s, ERR_NOT_FOUND, "this side registered no incident in this case");
}

static Status state_check(struct scope *s, const struct casefile *c, const struct draft *d)
{
    if (c->dropped && !outlives_drop(d->kind)) return fail(s, ERR_STATE, "the case was dropped");
    if (str_has_prefix(d->kind, "act.") || str_is(d->kind, "opinion.given"))
        TRY(act_state_check(s, c, d));
    if (str_has_prefix(d->kind, "handover.")) TRY(handover_state_check(s, c, d));
    if (str_is(d->kind, "case.closed")) TRY(closing_check(s, c, d));
    if (str_is(d->kind, "incident.linked")) TRY(link_state_check(s, c, d));
    for (size_t i = 0; i < c->count && str_is(d->kind, "proposal.answered"); i++)
        if (c->entries[i]->own && str_is(c->entries[i]->kind, "proposal.answered") &&
            str_eq(fact_get(c->entries[i]->fact, "of"), draft_get(d, "of")))
            return fail(s, ERR_STATE, "this proposal was answered already: make a new one");
    return OK;
}

static Status reason_check(struct scope *s, const struct casefile *c, const struct draft *d)
{
    bool given = draft_get(d, "reason").len > 0;
    bool found = case_has_findings(c) || act_effective(c, "DOC09");
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

/* What stands of a person at this post. */
struct personal_standing {
    bool known, cleared, blocked, held;
};

static struct personal_standing standing_of(const struct casefile *c, Str person)
{
    struct personal_standing p = {false, false, false, false};
    for (size_t i = 0; i < c->count; i++) {
        const struct entry *e = c->entries[i];
        if (!e->own || !str_eq(fact_get(e->fact, "person"), person)) continue;
        p.known = true;
        if (str_is(e->kind, "return.held")) p.held = true;
        if (!str_is(e->kind, "protection.checked")) continue;
        p.cleared = str_is(fact_get(e->fact, "outcome"), "clear");
        p.blocked = !p.cleared;
    }
    return p;
}

bool rule_person_is_blocked(const struct casefile *c, Str person)
{
    return standing_of(c, person).blocked;
}

/* A person passes only as a person: whoever is one of the case is checked under any heading. The
 * dead need no clearance, but a block or a hold stands over them too. */
static bool may_pass(const struct casefile *c, Str what, Str item)
{
    struct personal_standing p = standing_of(c, item);
    if (str_is(what, "body")) return !p.blocked && !p.held;
    return p.known || str_is(what, "persons") ? p.cleared && !p.held : true;
}

static Status protection_check(struct scope *s, const struct casefile *c, const struct draft *d)
{
    const struct offer *o = offer_find(c, draft_get(d, "of"));
    bool offers = str_is(d->kind, "handover.offered"), lists = false, all = true;
    bool gives = o && str_eq(o->entry->party, c->own_party) &&
                 (str_is(d->kind, "handover.signed") || str_is(d->kind, "handover.counted"));
    Str what = offers ? draft_get(d, "what") : gives ? o->what : STR("");
    if (what.len == 0) return OK;
    for (size_t i = 0; i < d->field_count; i++) {
        Str name = d->fields[i].name, item = d->fields[i].value;
        if (item.len == 0 || !(str_is(name, "item") || str_has_prefix(name, "item."))) continue;
        all &= may_pass(c, what, item);
        lists = true;
    }
    for (size_t i = 0; gives && !lists && i < o->item_count; i++)
        all &= may_pass(c, what, o->items[i]);
    return all ? OK : fail(s, ERR_PROTECTION, "return not requested at this time");
}

Status rule_check(struct scope *s, const struct casefile *c, const struct draft *d,
                  const struct fact_finder *finder)
{
    TRY(references_check(s, c, d, finder));
    if (str_is(d->kind, "incident.dropped")) TRY(drop_check(s, c));
    if (str_is(d->kind, "incident.linked")) TRY(link_check(s, c, d));
    TRY(act_form_check(s, c, d));
    TRY(duplicate_check(s, c, d));
    TRY(state_check(s, c, d));
    TRY(reason_check(s, c, d));
    return protection_check(s, c, d);
}
