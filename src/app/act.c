/* An act as paper: what both sides signed, in both languages, with what each reserved. A rendering:
 * it is made anew each time, to the same bytes. Declared in app/sheet_parts.h. */
#include "core/casework/act.h"
#include "app/outside.h"
#include "app/sheet_parts.h"

static void place_and_time(struct sheet *x)
{
    static const char *const names[] = {"place", "time_from", "time_to", "weather", "light"};
    sheet_heading(x, "act.section.place_time");
    sheet_incident(x, false);
    for (size_t i = 0; i < COUNT_OF(names); i++)
        sheet_fact_field(x, x->fact, names[i]);
}

/* Every word of either side that the page shows. */
static void cite(struct sheet *x)
{
    const struct act *a = x->act;
    sheet_cite(x, a->draft);
    for (size_t i = 0; i < x->c->count; i++) {
        const struct entry *e = x->c->entries[i];
        if (str_has_prefix(e->kind, "act.") && e != a->draft &&
            case_entry(x->c, fact_get(e->fact, "act")) == a->draft)
            sheet_cite(x, e);
    }
}

static const char *state_key(const struct act *a)
{
    if (a->superseded) return "act.superseded";
    if (a->effective) return "act.effective";
    if (a->signature_count == 0) return "act.unsigned";
    bool both = a->signed_by_side[0] && a->signed_by_side[1];
    return both ? "act.not_effective" : "act.signed_by_one";
}

static Status document_of(struct scope *s, struct post *p, const struct casefile *c,
                          const struct act *act, enum act_form form, struct paper_document *out)
{
    AUTO_SHEET struct sheet x = {.s = s,
                                 .p = p,
                                 .c = c,
                                 .act = act,
                                 .fact = act->draft->fact,
                                 .doc = act->doc,
                                 .most = CLASS_PERSONAL,
                                 .ref = entry_ref(s, act->draft)};
    Str version = fact_get(x.fact, "version");
    if (version.len == 0) version = STR("1");
    x.number =
        c->number.len ? version : scope_print(s, "%.*s (%.*s)", STR_ARG(version), STR_ARG(x.ref));
    x.own_side = act->draft->own && act->draft->opening == 0;
    if (x.ref.ptr == NULL || x.number.ptr == NULL) return ERR_MEMORY;
    TRY(sheet_open(&x, form));
    sheet_texts(&x, state_key(act), x.state);
    cite(&x);
    place_and_time(&x);
    sheet_participants(&x, x.fact, act->draft->at);
    sheet_fact_field(&x, x.fact, "agenda");
    sheet_statements(&x);
    sheet_annexed_decisions(&x);
    sheet_measurements(&x);
    sheet_closing(&x);
    sheet_gaps(&x);
    sheet_remark(&x);
    sheet_signatures(&x);
    sheet_entries(&x);
    return sheet_finish(&x, out);
}

/* As both sides know it, so that both print the same; an act that has not left yet as it stands
 * here. Outside of cases the facts of one neighbour are folded like a case. */
static Status act_case(struct scope *s, struct post *p, Str ref, Str number, struct neighbour *n,
                       struct casefile *c, const struct act **out)
{
    Status common =
        number.len ? case_fold_common(s, p, number, c) : outside_fold_common(s, p, n, c);
    if (common != OK && common != ERR_NOT_FOUND) return common;
    if (common == OK && (*out = act_find(c, ref)) != NULL) return OK;
    TRY(number.len ? case_fold_own(s, p, number, c) : outside_fold(s, p, n, c));
    *out = act_find(c, ref);
    return *out ? OK : fail(s, ERR_NOT_FOUND, "%.*s is no act", STR_ARG(ref));
}

Status act_document(struct scope *s, struct post *p, Str act_ref, enum act_form form,
                    struct paper_document *out)
{
    struct fact_ref ref;
    struct fact f;
    struct fact_row row;
    struct casefile c;
    const struct act *act = NULL;
    if (!fact_ref_parse(act_ref, &ref) || ref.field.len)
        return fail(s, ERR_USAGE, "an act is named party:index");
    TRY(fact_load(s, p, ref.party, ref.index, &f, &row));
    if (!str_is(fact_get(&f, "kind"), "act.drafted"))
        return fail(s, ERR_NOT_FOUND, "%.*s is no act", STR_ARG(act_ref));
    struct neighbour *n = post_neighbour_of_row(p, row.neighbour);
    if (n == NULL) n = post_neighbour(p, STR(""));
    TRY(act_case(s, p, act_ref, fact_get(&f, "case"), n, &c, &act));
    return document_of(s, p, &c, act, form, out);
}
