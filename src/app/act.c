/* An act as paper: what both sides signed, in both languages, with what each reserved. A rendering:
 * it is made anew each time, to the same bytes. Declared in app/paper.h. */
#include "core/casework/act.h"
#include "app/sheet.h"
#include "app/statement.h"
#include "paper/worker.h"

static void times(struct sheet *x, const char *name, const char *label)
{
    Instant at;
    if (instant_parse(fact_get(x->fact, name), &at))
        sheet_field(x, label, sheet_time(x, 0, at), sheet_time(x, 1, at));
}

/* What the act is about, by the registration: an act may leave it out. */
static void incident(struct sheet *x)
{
    Instant at;
    Str lat = case_incident_value(x->c, STR("lat")), lon = case_incident_value(x->c, STR("lon"));
    Str from = case_incident_value(x->c, STR("marker_a")),
        to = case_incident_value(x->c, STR("marker_b"));
    sheet_field(x, "field.section", sheet_copy(x, case_incident_value(x->c, STR("section"))),
                STR(""));
    if (from.len)
        sheet_field(
            x, "field.marker",
            scope_print(x->s, "%.*s%s%.*s", STR_ARG(from), to.len ? " – " : "", STR_ARG(to)),
            STR(""));
    if (lat.len && lon.len)
        sheet_field(x, "field.where",
                    scope_print(x->s, "%.*s %.*s (WGS 84)", STR_ARG(lat), STR_ARG(lon)), STR(""));
    if (instant_parse(case_incident_value(x->c, STR("happened_from")), &at))
        sheet_field(x, "field.happened_from", sheet_time(x, 0, at), sheet_time(x, 1, at));
}

static void place_and_time(struct sheet *x)
{
    sheet_heading(x, "act.section.place_time");
    incident(x);
    sheet_field(x, "field.place", sheet_copy(x, fact_get(x->fact, "place")), STR(""));
    times(x, "time_from", "field.time_from");
    times(x, "time_to", "field.time_to");
    sheet_field(x, "field.weather", sheet_copy(x, fact_get(x->fact, "weather")), STR(""));
    sheet_field(x, "field.light", sheet_copy(x, fact_get(x->fact, "light")), STR(""));
}

static void authenticity(struct sheet *x)
{
    struct paper_block *b = sheet_add(x, PAPER_PARAGRAPH);
    for (size_t i = 0; i < 2; i++) {
        Str names = STR("");
        for (size_t k = 0; k < 2; k++) {
            Str key = scope_print(x->s, "language.%.*s", STR_ARG(x->language[k]));
            if (key.ptr == NULL || (k && str_eq(x->language[0], x->language[1]))) continue;
            names = scope_print(x->s, "%.*s%s%.*s", STR_ARG(names), k ? ", " : "",
                                STR_ARG(sheet_text(x, i, key.ptr)));
        }
        b->text[i] = sheet_fill(x, sheet_text(x, i, "act.both_languages"), "{languages}", names);
    }
}

/* The newest of what is on the page: the paper has no moment of its own. */
static Instant made_at(const struct sheet *x)
{
    const struct act *a = x->act;
    Instant made = a->draft->at;
    for (size_t i = 0; i < a->signature_count; i++)
        if (instant_before(made, a->signatures[i]->at)) made = a->signatures[i]->at;
    for (size_t side = 0; side < SIDES; side++) {
        if (a->approval[side] && instant_before(made, a->approval[side]->at))
            made = a->approval[side]->at;
        if (a->objection[side] && instant_before(made, a->objection[side]->at))
            made = a->objection[side]->at;
    }
    return made;
}

static const char *state_key(const struct act *a)
{
    return a->superseded ? "act.superseded" : a->effective ? "act.effective" : "act.not_effective";
}

static Status frame(struct sheet *x, struct paper_document *doc)
{
    struct writer hex = writer_open(x->s, 2 * HASH_BYTES + 1);
    Str doc_id = x->act->doc, version = fact_get(x->fact, "version");
    write_hex(&hex, hash_bytes(&x->fact->body));
    TRY(writer_close_str(&hex, &doc->digest_hex));
    sheet_frame(x, doc_id, doc);
    sheet_texts(x, state_key(x->act), doc->state);
    if (version.len == 0) version = STR("1");
    doc->number = scope_print(x->s, "%.*s · %.*s / %.*s", STR_ARG(x->c->number), STR_ARG(doc_id),
                              STR_ARG(version));
    Str ref = entry_ref(x->s, x->act->draft);
    doc->qr = scope_print(x->s, "twinpost:act:%.*s:%.*s", STR_ARG(ref), STR_ARG(doc->digest_hex));
    doc->made = made_at(x);
    return doc->number.ptr && doc->qr.ptr ? x->status : ERR_MEMORY;
}

static Status document_of(struct scope *s, struct post *p, const struct casefile *c,
                          const struct act *act, enum act_form form, struct paper_document *out)
{
    AUTO_SHEET struct sheet x = {.s = s, .p = p, .c = c, .act = act, .fact = act->draft->fact};
    TRY(sheet_open(&x, form));
    place_and_time(&x);
    sheet_participants(&x, x.fact);
    sheet_statements(&x);
    sheet_measurements(&x);
    sheet_closing(&x);
    authenticity(&x);
    sheet_signatures(&x);
    TRY(frame(&x, out));
    return scope_has_lacked(s) ? ERR_MEMORY : OK; /* not a paper with parts left out */
}

/* As both sides know it, so that both print the same; an act that has not left yet as it stands
 * here. */
static Status act_case(struct scope *s, struct post *p, Str ref, Str number, struct casefile *c,
                       const struct act **out)
{
    Status status = case_fold_common(s, p, number, c);
    if (status != OK && status != ERR_NOT_FOUND) return status;
    if (status == OK && (*out = act_find(c, ref)) != NULL) return OK;
    TRY(case_fold_own(s, p, number, c));
    *out = act_find(c, ref);
    return *out ? OK : fail(s, ERR_NOT_FOUND, "%.*s is no act", STR_ARG(ref));
}

Status act_document(struct scope *s, struct post *p, Str act_ref, enum act_form form,
                    struct paper_document *out)
{
    struct fact_ref ref;
    struct fact f;
    struct casefile c;
    const struct act *act;
    if (!fact_ref_parse(act_ref, &ref) || ref.field.len)
        return fail(s, ERR_USAGE, "an act is named party:index");
    TRY(fact_load(s, p, ref.party, ref.index, &f, NULL));
    if (!str_is(fact_get(&f, "kind"), "act.drafted"))
        return fail(s, ERR_NOT_FOUND, "%.*s is no act", STR_ARG(act_ref));
    if (fact_get(&f, "case").len == 0)
        return fail(s, ERR_STATE, "an act outside a case is not printed");
    TRY(act_case(s, p, act_ref, fact_get(&f, "case"), &c, &act));
    return document_of(s, p, &c, act, form, out);
}

Status act_pdf(struct scope *s, struct post *p, Str act_ref, enum act_form form, Bytes *out)
{
    struct paper_document doc = {0};
    post_lock(p);
    Status status = act_document(s, p, act_ref, form, &doc);
    post_unlock(p);
    TRY(status);
    return paper_draw_apart(s, &doc, out);
}
