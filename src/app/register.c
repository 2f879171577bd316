#include "app/register.h"
#include "app/gather.h"
#include "app/outside.h"
#include "app/paper.h"
#include <stdlib.h>

enum { RECEIVED_FIELDS_MAX = 40 };

/* A row on its way, with what only sorting and joining need. */
struct entering {
    struct letter_row row;
    const struct entry *e;
    Instant at; /* when it entered this register */
};

struct listing {
    struct scope *s;
    struct post *p;
    struct gathering facts;
    struct entering *list;
    size_t count;
};

static const char *const letters[] = {
    "letter.sent",      "notice.sent",     "proposal.made",   "proposal.answered", "request.made",
    "request.answered", "letter.received", "notice.received", "delivery.attested", NULL};

static bool is_marginal(const struct entry *e)
{
    bool names_letter = fact_has(e->fact, "of");
    return str_is(e->kind, "notice.received") || str_is(e->kind, "delivery.attested") ||
           (str_is(e->kind, "letter.received") && names_letter);
}

static Str subject_of(const struct fact *f)
{
    static const char *const fields[] = {"subject", "what", "item.1", "answer"};
    Str text = STR("");
    for (size_t i = 0; i < COUNT_OF(fields) && text.len == 0; i++)
        text = fact_get(f, fields[i]);
    return text;
}

static Status row_make(struct listing *l, const struct entry *e, struct entering *out)
{
    const struct fact *f = e->fact;
    struct letter_row r = {.out = e->own,
                           .kind = e->kind,
                           .ref = entry_ref(l->s, e),
                           .case_number = fact_get(f, "case"),
                           .party = e->party,
                           .subject = subject_of(f),
                           .has_sent = true,
                           .sent = e->at,
                           .reference = STR(""),
                           .delivered = STR(""),
                           .duty = STR(""),
                           .written_on = STR(""),
                           .scan = STR("")};
    Instant entered = e->at;
    if (e->has_receipt) {
        r.has_received = true;
        r.received = e->receipt_at;
        if (!e->own) entered = e->receipt_at;
    }
    if (str_is(e->kind, "letter.received")) {
        r.paper = true;
        r.out = r.has_sent = false;
        r.party = fact_get(f, "sender");
        r.has_received = true;
        r.received = e->at;
        (void)instant_parse(fact_get(f, "received_at"), &r.received);
        r.reference = fact_get(f, "reference");
        r.written_on = fact_get(f, "written_on");
        r.scan = fact_get(f, "scan");
    }
    r.has_due = instant_parse(fact_get(f, "answer_by"), &r.due);
    if (r.ref.ptr == NULL) return ERR_MEMORY;
    *out = (struct entering){.row = r, .e = e, .at = entered};
    return OK;
}

static int by_entering(const void *a, const void *b)
{
    const struct entering *x = a, *y = b;
    if (x->at.us != y->at.us) return x->at.us < y->at.us ? -1 : 1;
    if (x->e->own != y->e->own) return x->e->own ? -1 : 1;
    uint64_t p = x->e->own ? x->e->fact->index : x->e->opening;
    uint64_t q = y->e->own ? y->e->fact->index : y->e->opening;
    return (p > q) - (p < q);
}

static struct entering *row_of(struct listing *l, Str ref)
{
    for (size_t i = 0; ref.len && i < l->count; i++)
        if (str_eq(l->list[i].row.ref, ref)) return &l->list[i];
    return NULL;
}

/* What later facts write into the margin of a row: a receipt by a person, a delivery, a reference.
 */
static Status margin_note(struct listing *l, const struct entry *e)
{
    struct entering *x = row_of(l, fact_get(e->fact, "of"));
    if (x == NULL) return OK;
    Str reference = fact_get(e->fact, "reference");
    if (reference.len) x->row.reference = reference;
    if (str_is(e->kind, "delivery.attested")) {
        Str way = fact_get(e->fact, "way"), to = fact_get(e->fact, "to");
        x->row.delivered = scope_print(l->s, "%.*s%s%.*s", STR_ARG(way),
                                       way.len && to.len ? ", " : "", STR_ARG(to));
        if (x->row.delivered.ptr == NULL) return ERR_MEMORY;
    }
    if (!x->row.has_received) {
        x->row.has_received = true;
        x->row.received = e->at;
    }
    return OK;
}

static Status numbers_give(struct listing *l)
{
    const struct zone *z = post_zone(l->p, post_party(l->p));
    int32_t year = 0, second;
    unsigned n = 0;
    for (size_t i = 0; i < l->count; i++) {
        Day day = zone_day(z, l->list[i].at, &second);
        if (day.year != year) n = 0;
        year = day.year;
        l->list[i].row.number = scope_print(l->s, "%u/%d", ++n, (int)year);
        if (l->list[i].row.number.ptr == NULL) return ERR_MEMORY;
    }
    return OK;
}

static Status facts_list(struct listing *l)
{
    struct post *p = l->p;
    POST_READING(p);
    TRY(gather_kinds(&l->facts, letters));
    l->list = scope_array(l->s, l->facts.count + 1, sizeof *l->list);
    if (l->list == NULL) return ERR_MEMORY;
    for (size_t i = 0; i < l->facts.count; i++) {
        const struct entry *e = &l->facts.list[i];
        if (e->refused || e->is_void || is_marginal(e)) continue;
        TRY(row_make(l, e, &l->list[l->count++]));
    }
    if (l->count) qsort(l->list, l->count, sizeof *l->list, by_entering);
    TRY(numbers_give(l));
    for (size_t i = 0; i < l->facts.count; i++) {
        const struct entry *e = &l->facts.list[i];
        if (!e->refused && !e->is_void && is_marginal(e)) TRY(margin_note(l, e));
    }
    return OK;
}

/* The answer a duty asks for: the earliest that starts from the letter and is owed by its receiver.
 */
static Status dues_write(struct listing *l, const struct case_view *v)
{
    for (size_t i = 0; i < v->duty_count; i++) {
        const struct duty *d = &v->duties[i];
        if (d->own_only || !d->has_due || str_eq(d->owes, d->start->party)) continue;
        struct entering *x = row_of(l, entry_ref(l->s, d->start));
        if (x == NULL || (x->row.has_due && x->row.due.us <= d->due.us)) continue;
        x->row.has_due = true;
        x->row.due = d->due;
        x->row.duty = scope_str(l->s, d->id);
        x->row.answered = d->done != NULL;
        if (x->row.duty.ptr == NULL) return ERR_MEMORY;
    }
    return OK;
}

/* Each case once: rows of the same case are looked for behind the first. */
static Status dues_of_cases(struct listing *l)
{
    for (size_t i = 0; i < l->count; i++) {
        Str number = l->list[i].row.case_number;
        bool done = number.len == 0;
        for (size_t k = 0; k < i && !done; k++)
            done = str_eq(l->list[k].row.case_number, number);
        if (done) continue;
        AUTO_SCOPE struct scope *work = scope_open(WORK_BYTES_MAX);
        struct case_view v;
        if (work == NULL) return fail(l->s, ERR_MEMORY, "the machine has no memory left");
        Status status = case_view_load(work, l->p, number, &v);
        if (status != OK) return fail(l->s, status, "%s", scope_reason(work));
        TRY(dues_write(l, &v));
    }
    return OK;
}

static Status dues_outside(struct listing *l)
{
    struct neighbour_view *list;
    size_t count;
    TRY(post_neighbours(l->s, l->p, &list, &count));
    for (size_t i = 0; i < count; i++) {
        struct case_view v;
        TRY(outside_view_load(l->s, l->p, list[i].party, &v));
        TRY(dues_write(l, &v));
    }
    return OK;
}

Status register_letters(struct scope *s, struct post *p, int32_t year, struct letter_row **out,
                        size_t *out_count)
{
    struct listing l = {.s = s, .p = p, .facts = {.s = s, .p = p}};
    size_t n = 0;
    TRY(facts_list(&l));
    TRY(dues_of_cases(&l));
    TRY(dues_outside(&l));
    struct letter_row *rows = scope_array(s, l.count + 1, sizeof *rows);
    if (rows == NULL) return ERR_MEMORY;
    char text[16];
    snprintf(text, sizeof text, "/%d", (int)year);
    for (size_t i = 0; i < l.count; i++)
        if (year == 0 || str_has_suffix(l.list[i].row.number, text)) rows[n++] = l.list[i].row;
    *out = rows;
    *out_count = n;
    return OK;
}

static Str given(const struct fact_request *r, const char *name)
{
    for (size_t i = 0; i < r->field_count; i++)
        if (str_is(r->fields[i].name, name)) return r->fields[i].value;
    return STR("");
}

/* The scan enters custody like any evidence; the entry then names it. */
static Status scan_add(struct scope *s, struct post *p, const struct session *session,
                       const struct fact_request *r, const char *path, Str *out_ref)
{
    Str reference = given(r, "reference"), subject = given(r, "subject");
    struct name_value fields[] = {
        {STR("item"), scope_print(s, "letter %.*s", STR_ARG(reference.len ? reference : subject))},
        {STR("evidence_kind"), STR("letter")},
        {STR("description"), subject}};
    if (fields[0].value.ptr == NULL) return ERR_MEMORY;
    if (fields[0].value.len > 128) fields[0].value = STR("letter");
    struct fact_request evidence = {.kind = STR("evidence.collected"),
                                    .case_number = r->case_number,
                                    .fields = fields,
                                    .field_count = subject.len ? 3 : 2};
    struct fact_result result;
    if (r->case_number.len == 0)
        return fail(s, ERR_USAGE, "a scan is evidence: name the case it belongs to");
    TRY(evidence_add(s, p, session, &evidence, path, &result));
    *out_ref = result.ref;
    return OK;
}

Status register_receive(struct scope *s, struct post *p, const struct session *session,
                        const struct fact_request *request, const char *scan,
                        struct fact_result *out)
{
    struct fact_request r = *request;
    if (given(&r, "reference").len + given(&r, "subject").len == 0)
        return fail(s, ERR_SCHEMA, "a letter on paper needs its reference or its subject");
    if (r.field_count > RECEIVED_FIELDS_MAX)
        return fail(s, ERR_LIMIT, "more than %d fields", RECEIVED_FIELDS_MAX);
    struct name_value *fields = scope_array(s, r.field_count + 1, sizeof *fields);
    if (fields == NULL) return ERR_MEMORY;
    if (r.field_count) memcpy(fields, r.fields, r.field_count * sizeof *fields);
    r.kind = STR("letter.received");
    r.fields = fields;
    if (scan) {
        fields[r.field_count].name = STR("scan");
        TRY(scan_add(s, p, session, &r, scan, &fields[r.field_count++].value));
    }
    return fact_add(s, p, session, &r, out);
}
