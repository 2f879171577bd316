/* Papers of one side: the written power (DOC18), the record of a transfer (DOC20), the hold
 * (DOC21). Declared in app/document.h. */
#include "app/document.h"
#include "core/casework/gate.h"
#include <inttypes.h>

static void stated_at(struct sheet *x, const struct entry *e, const char *label)
{
    sheet_field(x, label, sheet_time(x, 0, e->at), sheet_time(x, 1, e->at));
}

static const struct mandate *mandate_of(struct sheet *x, const struct entry *e)
{
    const struct authority *a = sheet_authority(x, e->party);
    for (size_t i = 0; a && i < a->mandate_count; i++)
        if (a->mandates[i].index == e->fact->index) return &a->mandates[i];
    return NULL;
}

/* The key that signs for the holder: whoever has the power on paper can compare it. */
static void key_field(struct sheet *x, const struct entry *e)
{
    const struct authority *a = sheet_authority(x, e->party);
    PublicKey key;
    if (a == NULL || !authority_officer_key(a, fact_get(e->fact, "officer"), e->fact->index, &key))
        return;
    struct writer w = writer_open(x->s, 2 * sizeof key.bytes + 1);
    Str hex;
    write_hex(&w, bytes_of(key.bytes, sizeof key.bytes));
    if (writer_close_str(&w, &hex) == OK) sheet_field(x, "document.officer_key", hex, STR(""));
}

void document_power(struct sheet *x, const struct entry *e)
{
    const struct mandate *m = mandate_of(x, e);
    Str officer = fact_get(e->fact, "officer");
    sheet_heading(x, "document.section.power");
    Str name = sheet_officer(x, e->party, officer);
    if (!str_eq(name, officer))
        name = sheet_printed(x, scope_print(x->s, "%.*s (%.*s)", STR_ARG(name), STR_ARG(officer)));
    sheet_field(x, "document.power_holder", name, STR(""));
    sheet_shown(x, STR("officer"));
    sheet_fact_field(x, e->fact, "role");
    if (fact_has(e->fact, "section")) {
        sheet_fact_field(x, e->fact, "section");
    } else {
        sheet_field(x, "field.section", sheet_text(x, 0, "document.all_sections"),
                    sheet_text(x, 1, "document.all_sections"));
        sheet_shown(x, STR("section"));
    }
    sheet_fact_field(x, e->fact, "from");
    if (fact_has(e->fact, "to")) {
        sheet_field(x, "field.until", sheet_value(x, 0, e->fact, STR("to")),
                    sheet_value(x, 1, e->fact, STR("to")));
    } else {
        sheet_field(x, "field.until", sheet_text(x, 0, "document.until_revoked"),
                    sheet_text(x, 1, "document.until_revoked"));
    }
    sheet_shown(x, STR("to"));
    sheet_fact_field(x, e->fact, "acts_for");
    sheet_fact_field(x, e->fact, "issuer");
    sheet_fact_field(x, e->fact, "instrument");
    stated_at(x, e, "document.stated_at");
    if (fact_has(e->fact, "root_note"))
        sheet_field(x, "field.root_note", sheet_text(x, 0, "value.yes"),
                    sheet_text(x, 1, "value.yes"));
    key_field(x, e);
    sheet_texts(x, m && m->revoked ? "document.revoked" : "document.granted", x->state);
    x->signers[x->signer_count++] = e;
    x->hand = "document.state_signs";
}

/* One line of the transferred data: field and value as this side holds them. */
struct given {
    const struct entry *e;
    Str field;
};

static bool is_common(size_t i)
{
    return i < FACT_COMMON_FIELDS;
}

/* A reference opens one field, or all that a fact has. */
static size_t given_add(struct sheet *x, const struct entry *e, Str only, struct given *list,
                        size_t count, size_t max)
{
    for (size_t i = 0; i < e->fact->field_count && count < max; i++) {
        const struct fact_field *f = &e->fact->fields[i];
        if (is_common(i) || !f->open || f->value.len == 0) continue;
        if (only.len && !str_eq(only, f->name)) continue;
        enum field_class class = gate_class(&x->p->pack, x->c, e->fact, f->name);
        if (only.len || class <= CLASS_PERSONAL) list[count++] = (struct given){e, f->name};
    }
    return count;
}

enum { GIVEN_MAX = 1000 };

static size_t given_list(struct sheet *x, const struct entry *draft, struct given **out)
{
    Str *refs = NULL;
    size_t ref_count = 0, count = 0;
    struct given *list = scope_array(x->s, GIVEN_MAX, sizeof *list);
    if (list == NULL && x->status == OK) x->status = ERR_MEMORY;
    if (x->status == OK) x->status = fact_list(x->s, draft->fact, "fact", &refs, &ref_count);
    for (size_t i = 0; x->status == OK && i < ref_count; i++) {
        struct fact_ref ref;
        if (!fact_ref_parse(refs[i], &ref)) continue;
        Str whole =
            sheet_printed(x, scope_print(x->s, "%.*s:%" PRIu64, STR_ARG(ref.party), ref.index));
        const struct entry *e = case_entry(x->c, whole);
        if (e == NULL) continue;
        sheet_cite(x, e);
        count = given_add(x, e, ref.field, list, count, GIVEN_MAX);
    }
    *out = list;
    return count;
}

static void given_table(struct sheet *x, const struct entry *draft)
{
    static const double widths[] = {0.9, 2, 2, 4};
    static const struct paper_table shape = {.columns = 4, .widths = widths};
    static const char *const heads[] = {"document.entry", "document.what", "field.field",
                                        "field.value"};
    struct given *list;
    size_t count = given_list(x, draft, &list);
    if (count == 0 || x->status != OK) return;
    sheet_heading(x, "document.section.data");
    sheet_shown(x, STR("data"));
    struct paper_cell *cells = sheet_table(x, &shape, count);
    if (cells == NULL) return;
    for (size_t k = 0; k < COUNT_OF(heads); k++)
        sheet_texts(x, heads[k], cells[k].text);
    for (size_t i = 0; i < count; i++) {
        struct paper_cell *row = &cells[4 * (i + 1)];
        const struct fact *f = list[i].e->fact;
        const struct kind *k = pack_kind(&x->p->pack, list[i].e->kind);
        const struct kind_field *kf = k ? kind_field_of(&x->p->pack, k, list[i].field) : NULL;
        bool hidden = gate_class(&x->p->pack, x->c, f, list[i].field) > x->most;
        row[0].text[0] = entry_ref(x->s, list[i].e);
        for (size_t c = 0; c < 2; c++) {
            Str value =
                kf && !kf->list && !kf->languages ? sheet_value(x, c, f, kf->name) : STR("");
            if (value.len == 0) value = sheet_copy(x, fact_get_str(f, list[i].field));
            row[1].text[c] = sheet_catalogue(x, c, "kind", list[i].e->kind);
            row[2].text[c] = kf ? sheet_catalogue(x, c, "field", kf->name) : list[i].field;
            row[3].text[c] = hidden ? sheet_text(x, c, "document.own_sheet_only") : value;
        }
        if (str_eq(row[3].text[0], row[3].text[1])) row[3].text[1] = STR("");
    }
}

/* Who said what to the release, and what became of it. */
static void words_on_release(struct sheet *x, const struct entry *draft)
{
    static const char *const kinds[] = {"release.approved", "release.refused", "release.recalled",
                                        "recall.executed", NULL};
    static const double widths[] = {1.6, 2, 3, 3};
    static const struct paper_table shape = {.columns = 4, .widths = widths};
    static const char *const heads[] = {"time.utc", "document.what", "document.who",
                                        "field.reason"};
    size_t count, kept = 0;
    const struct entry **list = document_entries(x, kinds, &count);
    for (size_t i = 0; list && i < count; i++) {
        const struct entry *of = case_entry(x->c, fact_get(list[i]->fact, "of"));
        bool is_here = of == draft;
        for (size_t n = 0; n < x->cited_count; n++)
            is_here = is_here || (of && of == x->cited[n]);
        if (is_here) list[kept++] = list[i];
    }
    for (size_t i = 0; list && i < kept; i++)
        sheet_cite(x, list[i]);
    if (kept == 0) return;
    sheet_heading(x, "field.approved_by");
    struct paper_cell *cells = sheet_table(x, &shape, kept);
    if (cells == NULL) return;
    for (size_t k = 0; k < COUNT_OF(heads); k++)
        sheet_texts(x, heads[k], cells[k].text);
    for (size_t i = 0; i < kept; i++) {
        struct paper_cell *row = &cells[4 * (i + 1)];
        const struct entry *e = list[i];
        const struct mandate *m = sheet_mandate(x, e->party, e->by, e->at);
        if (str_is(e->kind, "release.approved")) sheet_shown(x, STR("approved_by"));
        for (size_t c = 0; c < 2; c++) {
            Str role = m ? sheet_title_inside(x, c, "roles", m->role) : STR("");
            row[1].text[c] = sheet_catalogue(x, c, "kind", e->kind);
            row[2].text[c] = sheet_printed(
                x, scope_print(x->s, "%.*s%s%.*s", STR_ARG(sheet_officer(x, e->party, e->by)),
                               role.len ? ", " : "", STR_ARG(role)));
        }
        char utc[INSTANT_TEXT_MAX];
        instant_format(e->at, utc);
        row[0].text[0] = sheet_printed(x, scope_print(x->s, "%.10s %.8s", utc, utc + 11));
        Str reason = fact_get(e->fact, "reason"), ground = fact_get(e->fact, "ground");
        row[3].text[0] = sheet_copy(x, reason.len ? reason : ground);
    }
}

/* When the other side's post had it, by its own receipt. */
static void receipt_fields(struct sheet *x)
{
    for (size_t i = 0; i < x->cited_count; i++) {
        const struct entry *e = x->cited[i];
        if (!e->own || e->opening == 0 || !e->has_receipt || str_has_prefix(e->kind, "release."))
            continue;
        sheet_field(x, "document.taken_by_post", sheet_time(x, 0, e->receipt_at),
                    sheet_time(x, 1, e->receipt_at));
        sheet_shown(x, STR("received_at"));
        return;
    }
}

void document_transfer(struct sheet *x, const struct entry *e)
{
    static const char *const skip[] = {"fact", NULL};
    x->most = x->most > CLASS_PERSONAL ? x->most : CLASS_PERSONAL;
    sheet_heading(x, "document.section.transfer");
    stated_at(x, e, "document.drafted_at");
    sheet_field(x, "document.drafted_by", sheet_officer(x, e->party, e->by), STR(""));
    Str to = fact_get(e->fact, "to");
    if (to.len == 0) to = x->party[1 - sheet_side(x, e->party)];
    sheet_field(x, "document.receiver", sheet_party(x, 0, to), sheet_party(x, 1, to));
    sheet_shown(x, STR("to"));
    sheet_fact_all(x, e->fact, skip);
    given_table(x, e);
    words_on_release(x, e);
    receipt_fields(x);
    x->signers[x->signer_count++] = e;
}

void document_hold(struct sheet *x, const struct entry *e)
{
    static const struct {
        const char *name, *label;
    } times[] = {{"from", "document.records_from"},
                 {"to", "document.records_to"},
                 {"until", "document.keep_until"}};
    size_t count;
    const struct entry **lifted = document_answers(x, "hold.lifted", "hold", e, &count);
    if (x->c->incident) {
        sheet_heading(x, "document.section.incident");
        sheet_incident(x, false);
    }
    sheet_heading(x, "document.section.hold");
    stated_at(x, e, "document.stated_at");
    sheet_fact_field(x, e->fact, "systems");
    for (size_t i = 0; i < COUNT_OF(times); i++) {
        Str name = str_of(times[i].name), at = sheet_value(x, 0, e->fact, name);
        if (at.len)
            sheet_field(x, times[i].label, at, sheet_value(x, 1, e->fact, name));
        else
            sheet_gap(x, times[i].name);
        sheet_shown(x, name);
    }
    for (size_t i = 0; lifted && i < count; i++) {
        stated_at(x, lifted[i], "kind.hold.lifted");
        Str reason = sheet_copy(x, fact_get(lifted[i]->fact, "reason"));
        if (reason.len) sheet_field(x, "field.reason", reason, STR(""));
        sheet_cite(x, lifted[i]);
    }
    sheet_texts(x, count ? "kind.hold.lifted" : "kind.hold.placed", x->state);
    x->signers[x->signer_count++] = e;
}
