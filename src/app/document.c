/* Which document a fact gives, and from what it is put together. Declared in app/paper.h. */
#include "app/document.h"
#include "app/outside.h"
#include "app/register.h"
#include "paper/worker.h"

struct plan {
    const char *kind, *doc;
    Compose *compose;
    bool is_public; /* goes from hand to hand, whether it was opened or not */
};

static const struct plan plans[] = {
    {"notice.sent", "DOC01", document_notice, false},
    {"notice.received", "DOC02", document_receipt, false},
    {"proposal.made", "DOC03", document_proposal, false},
    {"proposal.answered", "DOC04", document_answer, false},
    {"evidence.collected", "DOC06", document_items, false},
    {"measurement.made", "DOC06", document_items, false},
    {"statement.taken", "DOC07", document_statement, false},
    {"meeting.opened", "DOC08", document_meeting, false},
    {"decision.recorded", "DOC08", document_part, false},
    {"opinion.given", "DOC10", document_opinion, false},
    {"handover.offered", "", document_handover, false},
    {"marker.damaged", "DOC15", document_part, false},
    {"marker.restored", "DOC15", document_part, false},
    {"marker.works", "DOC15", document_part, false},
    {"marker.checked", "DOC16", document_part, false},
    {"damage.claimed", "DOC17", document_plain, false},
    {"mandate.granted", "DOC18", document_power, true},
    {"letter.sent", "DOC19", document_letter, false},
    {"letter.received", "DOC19", document_letter, false},
    {"delivery.attested", "DOC19", document_letter, false},
    {"release.drafted", "DOC20", document_transfer, false},
    {"hold.placed", "DOC21", document_hold, false},
    {"case.escalated", "DOC22", document_escalation, false},
    {"case.closed", "DOC23", document_closing, false},
    {"case.reopened", "DOC23", document_closing, false},
    {"crossing.recorded", "DOC24", document_plain, false},
    {"count.reported", "DOC25", document_plain, false},
    {"event.planned", "DOC25", document_event, false},
    {"event.risk", "DOC25", document_plain, false},
    {"event.count", "DOC25", document_plain, false},
    {"assessment.stated", "DOC25", document_plain, false},
    {"forecast.published", "DOC25", document_plain, false},
    {"scenario.published", "DOC25", document_plain, false},
    {"measure.described", "DOC25", document_plain, false},
};

/* Facts that are a word about another one stand on its document: the field that names it. */
static const struct {
    const char *kind, *field;
} leads[] = {
    {"act.position", "act"},   {"act.signed", "act"},        {"act.approved", "act"},
    {"act.objected", "act"},   {"handover.answered", "of"},  {"handover.counted", "of"},
    {"handover.signed", "of"}, {"handover.withdrawn", "of"}, {"release.approved", "of"},
    {"release.refused", "of"}, {"hold.lifted", "hold"},
};

static const struct plan *plan_of(Str kind)
{
    for (size_t i = 0; i < COUNT_OF(plans); i++)
        if (str_is(kind, plans[i].kind)) return &plans[i];
    return NULL;
}

/* Hand-overs have a form for each sort of thing. */
static const char *handover_doc(Str what)
{
    static const struct {
        const char *what, *doc;
    } forms[] = {{"persons", "DOC11"}, {"animals", "DOC12"}, {"body", "DOC14"}};
    for (size_t i = 0; i < COUNT_OF(forms); i++)
        if (str_is(what, forms[i].what)) return forms[i].doc;
    return "DOC13";
}

struct making {
    struct scope *s;
    struct post *p;
    const struct document_request *request;
    struct fact_ref ref;
    struct fact fact;
    struct fact_row row;
    struct casefile c;
    const struct entry *e;
    bool own_side;
};

/* The fact itself, or the one that its document is about. */
static Status lead_follow(struct making *m)
{
    TRY(fact_load(m->s, m->p, m->ref.party, m->ref.index, &m->fact, &m->row));
    for (size_t i = 0; i < COUNT_OF(leads); i++) {
        if (!str_is(fact_get(&m->fact, "kind"), leads[i].kind)) continue;
        Str of = fact_get(&m->fact, leads[i].field);
        if (!fact_ref_parse(of, &m->ref)) break;
        return fact_load(m->s, m->p, m->ref.party, m->ref.index, &m->fact, &m->row);
    }
    return OK;
}

/* A fact that belongs to nothing stands alone: written powers, figures. */
static Status alone(struct making *m)
{
    struct entry *e = NEW(m->s, struct entry), **list = NEW(m->s, struct entry *);
    struct neighbour *n = post_neighbour(m->p, STR(""));
    bool own = str_eq(m->ref.party, m->p->card.party);
    if (e == NULL || list == NULL) return ERR_MEMORY;
    *e = (struct entry){.fact = &m->fact,
                        .party = own ? m->p->card.party : m->ref.party,
                        .own = own,
                        .opening = m->row.opening,
                        .kind = fact_get(&m->fact, "kind"),
                        .by = fact_get(&m->fact, "by"),
                        .at = m->row.at};
    *list = e;
    m->c = (struct casefile){.pack = &m->p->pack,
                             .own_party = m->p->card.party,
                             .number = STR(""),
                             .parties = {m->p->card.party, n ? n->card.party : STR("")},
                             .entries = list,
                             .count = 1,
                             .opened_count = e->opening ? 1 : 0};
    m->e = e;
    m->own_side = own && e->opening == 0;
    return OK;
}

static Status fold(struct making *m, bool common, Str ref)
{
    Str number = fact_get(&m->fact, "case");
    struct neighbour *n = post_neighbour_of_row(m->p, m->row.neighbour);
    if (n == NULL) n = post_neighbour(m->p, STR(""));
    if (number.len)
        TRY(common ? case_fold_common(m->s, m->p, number, &m->c)
                   : case_fold_own(m->s, m->p, number, &m->c));
    else
        TRY(common ? outside_fold_common(m->s, m->p, n, &m->c)
                   : outside_fold(m->s, m->p, n, &m->c));
    m->e = case_entry(&m->c, ref);
    m->own_side = !common;
    return OK;
}

/* As both sides know it, so that both print the same; what was not opened as this side knows it. */
static Status entry_find(struct making *m, Str ref)
{
    const struct kind *k = pack_kind(&m->p->pack, fact_get(&m->fact, "kind"));
    if (k && k->use == CASE_NONE) return alone(m);
    m->e = NULL;
    Status common = m->request->own ? ERR_NOT_FOUND : fold(m, true, ref);
    if (common != OK && common != ERR_NOT_FOUND) return common;
    if (common == OK && m->e) return OK;
    TRY(fold(m, false, ref));
    return m->e ? OK : fail(m->s, ERR_NOT_FOUND, "%.*s stands in no case any more", STR_ARG(ref));
}

static Status compose(struct making *m, const struct plan *plan, Str ref,
                      struct paper_document *out)
{
    AUTO_SHEET struct sheet x = {.s = m->s,
                                 .p = m->p,
                                 .c = &m->c,
                                 .fact = m->e->fact,
                                 .number = ref,
                                 .ref = ref,
                                 .issuer = m->e->party,
                                 .own_side = m->own_side && !plan->is_public,
                                 .most = m->request->own ? CLASS_SENSITIVE : CLASS_PERSONAL};
    const char *doc = plan->doc[0] ? plan->doc : handover_doc(fact_get(m->e->fact, "what"));
    x.doc = str_of(doc);
    x.is_part = plan->compose == document_part || plan->compose == document_meeting;
    if (sheet_both_sign(&x) && !x.own_side && !x.is_part) x.issuer = STR("");
    x.state[0] = x.state[1] = x.title[0] = x.title[1] = STR("");
    TRY(sheet_open(&x, m->request->form));
    sheet_cite(&x, m->e);
    plan->compose(&x, m->e);
    sheet_gaps(&x);
    sheet_remark(&x);
    sheet_sign(&x);
    sheet_entries(&x);
    return sheet_finish(&x, out);
}

/* "DOC19:2026" */
static bool year_parse(Str ref, Str *out_doc, int32_t *out_year)
{
    static const char *const docs[] = {"DOC19", "DOC25", "DOC26"};
    uint64_t year;
    Str doc = str_cut(&ref, ':');
    if (!str_u64(ref, &year) || year < 1970 || year > 9999) return false;
    for (size_t i = 0; i < COUNT_OF(docs); i++)
        if (str_is(doc, docs[i])) {
            *out_doc = str_of(docs[i]);
            *out_year = (int32_t)year;
            return true;
        }
    return false;
}

struct year_paper {
    Str doc;
    int32_t year;
    struct letter_row *rows; /* of the register */
    size_t row_count;
};

static Status year_fill(struct sheet *x, const struct year_paper *y, enum act_form form)
{
    if (str_is(y->doc, "DOC19")) return document_letters(x, y->rows, y->row_count, form);
    if (str_is(y->doc, "DOC25")) return document_situation(x, y->year, form);
    return document_annual(x, y->year, form);
}

static Status year_document(struct scope *s, struct post *p, const struct document_request *r,
                            const struct year_paper *y, struct paper_document *out)
{
    struct neighbour *n = post_neighbour(p, STR(""));
    struct casefile c = {.pack = &p->pack,
                         .own_party = p->card.party,
                         .number = STR(""),
                         .parties = {p->card.party, n ? n->card.party : STR("")}};
    AUTO_SHEET struct sheet x = {.s = s,
                                 .p = p,
                                 .c = &c,
                                 .doc = y->doc,
                                 .is_list = true,
                                 .own_side = r->own || n == NULL,
                                 .most = CLASS_OPEN,
                                 .number = scope_print(s, "%d", (int)y->year)};
    if (x.number.ptr == NULL) return ERR_MEMORY;
    x.ref = x.number;
    x.issuer = x.own_side || str_is(y->doc, "DOC19") ? p->card.party : STR("");
    x.state[0] = x.state[1] = x.title[0] = x.title[1] = STR("");
    TRY(year_fill(&x, y, r->form));
    sheet_gaps(&x);
    sheet_remark(&x);
    sheet_sign(&x);
    sheet_entries(&x);
    return sheet_finish(&x, out);
}

Status document_of_fact(struct scope *s, struct post *p, const struct document_request *r,
                        struct paper_document *out)
{
    struct making m = {.s = s, .p = p, .request = r};
    if (!fact_ref_parse(r->ref, &m.ref) || m.ref.field.len)
        return fail(s, ERR_USAGE, "a document is named party:index, or DOC:year");
    TRY(lead_follow(&m));
    Str ref = scope_print(s, "%.*s:%llu", STR_ARG(m.ref.party), (unsigned long long)m.ref.index);
    if (ref.ptr == NULL) return ERR_MEMORY;
    if (str_is(fact_get(&m.fact, "kind"), "act.drafted")) {
        if (r->own) return fail(s, ERR_USAGE, "an act has no own-side sheet");
        return act_document(s, p, ref, r->form, out);
    }
    const struct plan *plan = plan_of(fact_get(&m.fact, "kind"));
    if (plan == NULL) return fail(s, ERR_NOT_FOUND, "%.*s gives no document", STR_ARG(r->ref));
    TRY(entry_find(&m, ref));
    return compose(&m, plan, ref, out);
}

Status document_pdf(struct scope *s, struct post *p, const struct document_request *r, Bytes *out)
{
    struct paper_document doc = {0};
    struct year_paper y = {.rows = NULL};
    bool of_year = year_parse(r->ref, &y.doc, &y.year);
    if (of_year && str_is(y.doc, "DOC19"))
        TRY(register_letters(s, p, y.year, &y.rows, &y.row_count));
    post_lock(p);
    Status status = of_year ? year_document(s, p, r, &y, &doc) : document_of_fact(s, p, r, &doc);
    post_unlock(p);
    TRY(status);
    return paper_draw_apart(s, &doc, out);
}

const struct entry **document_entries(struct sheet *x, const char *const *kinds, size_t *out_count)
{
    const struct entry **list = scope_array(x->s, x->c->count + 1, sizeof *list);
    size_t count = 0;
    *out_count = 0;
    if (list == NULL) {
        if (x->status == OK) x->status = ERR_MEMORY;
        return NULL;
    }
    for (size_t i = 0; i < x->c->count; i++)
        for (size_t k = 0; kinds[k]; k++)
            if (str_is(x->c->entries[i]->kind, kinds[k])) list[count++] = x->c->entries[i];
    *out_count = count;
    return list;
}

const struct entry **document_answers(struct sheet *x, const char *kind, const char *field,
                                      const struct entry *of, size_t *out_count)
{
    const char *const kinds[] = {kind, NULL};
    size_t count, kept = 0;
    const struct entry **list = document_entries(x, kinds, &count);
    for (size_t i = 0; list && i < count; i++)
        if (case_entry(x->c, fact_get(list[i]->fact, field)) == of) list[kept++] = list[i];
    *out_count = kept;
    return list;
}
