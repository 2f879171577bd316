/* Openings: what the gate disclosed, numbered for one neighbour. The only place that stores an own
 * opening, and it takes nothing but a disclosure. Declared in app/inside.h. */
#include "app/statement.h"
#include "core/casework/gate.h"

/* Kinds that suspension lets through (facts.md 3). */
static const char *const let_through[] = {
    "exchange.suspended", "exchange.resumed", "mandate.revoked", "key.rotated",
    "handover.withdrawn", "release.recalled", "recall.executed", "receipt",
    "post.opened",        "officer.enrolled", "mandate.granted"};

static bool passes_suspension(Str kind)
{
    for (size_t i = 0; i < COUNT_OF(let_through); i++)
        if (str_is(kind, let_through[i])) return true;
    return false;
}

static Status suspension_read(struct scope *s, struct post *p)
{
    struct fact_row *off, *on;
    size_t off_count, on_count;
    TRY(store_fact_of_kind(s, p->store, p->journal, STR("exchange.suspended"), &off, &off_count));
    TRY(store_fact_of_kind(s, p->store, p->journal, STR("exchange.resumed"), &on, &on_count));
    p->suspended =
        off_count && (on_count == 0 || on[on_count - 1].index < off[off_count - 1].index);
    p->suspended_known = true;
    return OK;
}

/* Not knowing, nothing leaves, and nothing is taken for kept back either: the work is refused. */
Status post_is_suspended(struct scope *s, struct post *p, bool *out)
{
    if (!p->suspended_known) {
        AUTO_SCOPE struct scope *work = scope_open(WORK_BYTES_MAX);
        if (work == NULL) return fail(s, ERR_MEMORY, "the machine has no memory left");
        Status status = suspension_read(work, p);
        if (status != OK) return fail(s, status, "%s", scope_reason(work));
    }
    *out = p->suspended;
    return OK;
}

bool kind_is_authority(Str kind)
{
    return str_is(kind, "post.opened") || str_has_prefix(kind, "officer.") ||
           str_has_prefix(kind, "mandate.") || str_is(kind, "key.rotated");
}

bool kind_concerns_all(Str kind)
{
    static const char *const groups[] = {"post.", "officer.", "mandate.", "key.", "exchange."};
    for (size_t i = 0; i < COUNT_OF(groups); i++)
        if (str_has_prefix(kind, groups[i])) return true;
    return false;
}

/* Facts that others need stay few; they are remembered so that each later fact asks nothing. */
static void open_with_note(struct post *p, struct neighbour *n, uint64_t index)
{
    if (n->open_with_count == n->open_with_room) {
        size_t room = n->open_with_room ? n->open_with_room * 2 : 64;
        uint64_t *bigger = scope_array(p->memory, room, sizeof *bigger);
        if (bigger == NULL) return; /* asked again next time */
        if (n->open_with_count) memcpy(bigger, n->open_with, n->open_with_count * sizeof *bigger);
        n->open_with = bigger;
        n->open_with_room = room;
    }
    n->open_with[n->open_with_count++] = index;
}

static Status is_open_to(struct scope *s, struct post *p, struct neighbour *n, uint64_t index,
                         bool *out)
{
    struct opening_row *rows;
    size_t count;
    *out = true;
    for (size_t i = 0; i < n->open_with_count; i++)
        if (n->open_with[i] == index) return OK;
    TRY(store_opening_of_fact(s, p->store, p->journal, n->row.id, index, &rows, &count));
    *out = count > 0;
    return OK;
}

static Status append_raw(struct scope *s, struct post *p, struct neighbour *n, const struct fact *f,
                         const struct disclosure *d, bool comes, uint64_t *out_number)
{
    uint8_t handle[16];
    struct opening_row row = {.journal = p->journal,
                              .neighbour = n->row.id,
                              .number = n->openings + 1,
                              .index = f->index,
                              .record = d->record,
                              .is_fact = d->whole,
                              .fact_comes = comes,
                              .kind = fact_get(f, "kind"),
                              .at = post_now(p)};
    if (fact_has(f, "blob")) {
        TRY(post_random(s, p, handle, sizeof handle));
        row.handle = bytes_of(handle, sizeof handle);
    }
    TRY(store_opening_append(s, p->store, &row));
    n->openings++;
    Str case_number = fact_get(f, "case"), primary;
    if (case_number.len) {
        TRY(case_primary(s, p, case_number, &primary));
        case_entries_opened(p, primary, f->index, row.number);
    }
    *out_number = row.number;
    return OK;
}

static Status open_author(struct scope *s, struct post *p, struct neighbour *n, Str by,
                          uint64_t below);

/* A fact that crosses `with` another is opened once, before it, and after whoever stated it: what
 * its author needed stands at lower indexes, so this ends. */
static Status open_with(struct scope *s, struct post *p, struct neighbour *n, uint64_t index)
{
    bool open;
    struct fact f;
    struct disclosure d;
    uint64_t number;
    TRY(is_open_to(s, p, n, index, &open));
    if (!open) {
        n->powers_opened = true;
        TRY(fact_load(s, p, p->card.party, index, &f, NULL));
        if (index) TRY(open_author(s, p, n, fact_get(&f, "by"), index));
        TRY(gate_open(s, &p->pack, NULL, &f, false, &d));
        TRY(append_raw(s, p, n, &f, &d, false, &number));
    }
    bool noted = false;
    for (size_t i = 0; i < n->open_with_count && !noted; i++)
        noted = n->open_with[i] == index;
    if (!noted) open_with_note(p, n, index);
    return OK;
}

/* The journal's first fact, the author, the author's mandates: what the other side needs in order
 * to check. */
static Status open_author(struct scope *s, struct post *p, struct neighbour *n, Str by,
                          uint64_t below)
{
    const struct authority *a;
    TRY(open_with(s, p, n, 0));
    TRY(post_authority(s, p, NULL, &a));
    const struct officer *o = authority_officer(a, by);
    if (o == NULL || o->index >= below) return OK;
    TRY(open_with(s, p, n, o->index));
    for (size_t i = 0; i < a->mandate_count; i++)
        if (str_eq(a->mandates[i].officer, by) && a->mandates[i].index < below)
            TRY(open_with(s, p, n, a->mandates[i].index));
    return OK;
}

/* Where there are several neighbours, one learns of a mandate long after it was revoked: then the
 * revocation follows it. */
static Status revocations_follow(struct scope *s, struct post *p, struct neighbour *n)
{
    const struct authority *a;
    while (n->powers_opened && p->neighbour_count > 1) {
        n->powers_opened = false;
        TRY(post_authority(s, p, NULL, &a));
        for (size_t i = 0; i < a->mandate_count; i++) {
            const struct mandate *m = &a->mandates[i];
            bool open = false;
            if (m->revoked) TRY(is_open_to(s, p, n, m->index, &open));
            if (open) TRY(open_with(s, p, n, m->revoked_index));
        }
    }
    n->powers_opened = false;
    return OK;
}

Status opening_append(struct scope *s, struct post *p, struct neighbour *n, const struct fact *f,
                      const struct disclosure *d, uint64_t *out_number)
{
    if (p->held || n->owed)
        return fail(s, ERR_STALE, "%.*s has not given back yet what it holds of this journal",
                    STR_ARG(n->card.party));
    TRY(open_author(s, p, n, fact_get(f, "by"), f->index));
    TRY(append_raw(s, p, n, f, d, false, out_number));
    return revocations_follow(s, p, n);
}

Status opening_is_made(struct scope *s, struct post *p, struct neighbour *n,
                       const struct disclosure *d, bool *out)
{
    struct opening_row *rows;
    size_t count;
    *out = false;
    TRY(store_opening_of_fact(s, p->store, p->journal, n->row.id, d->index, &rows, &count));
    for (size_t i = 0; i < count; i++)
        if (bytes_eq(rows[i].record, d->record)) *out = true;
    return OK;
}

/* Was anything of this own fact recalled? Then nothing of it goes again but by a release. */
static Status is_taken_back(struct scope *s, struct post *p, uint64_t index, bool *out)
{
    struct fact_row *rows;
    size_t count;
    *out = false;
    TRY(store_fact_of_kind(s, p->store, p->journal, STR("release.recalled"), &rows, &count));
    for (size_t i = 0; i < count; i++) {
        struct fact_ref ref;
        struct fact f;
        TRY(fact_read(s, p->card.origin, rows[i].record, &f));
        if (fact_ref_parse(fact_get(&f, "of"), &ref) && ref.index == index &&
            str_eq(ref.party, p->card.party))
            *out = true;
    }
    return OK;
}

/* A notice opens, with itself, the open fields of the incident it names: those too that an earlier
 * release had left closed. */
static Status open_incident_of(struct scope *s, struct post *p, struct neighbour *n,
                               const struct fact *notice, const struct casefile *c)
{
    struct fact_ref ref;
    struct fact f;
    struct disclosure d;
    bool done;
    uint64_t number;
    if (!fact_ref_parse(fact_get(notice, "of"), &ref) || !str_eq(ref.party, p->card.party))
        return OK;
    TRY(is_taken_back(s, p, ref.index, &done));
    if (done) return OK;
    TRY(fact_load(s, p, ref.party, ref.index, &f, NULL));
    TRY(gate_open(s, &p->pack, c, &f, true, &d));
    TRY(opening_is_made(s, p, n, &d, &done));
    return done ? OK : opening_append(s, p, n, &f, &d, &number);
}

/* Who gave a mandate must be known before the mandate that another officer revokes, and so on: the
 * facts named by case-less authority facts. */
static Status open_named(struct scope *s, struct post *p, struct neighbour *n, const struct fact *f)
{
    struct fact_ref ref;
    const struct authority *a;
    if (!str_is(fact_get(f, "kind"), "mandate.revoked") ||
        !fact_ref_parse(fact_get(f, "mandate"), &ref))
        return OK;
    TRY(post_authority(s, p, NULL, &a));
    for (size_t i = 0; i < a->mandate_count; i++)
        if (a->mandates[i].index == ref.index)
            TRY(open_author(s, p, n, a->mandates[i].officer, f->index));
    return open_with(s, p, n, ref.index);
}

Status opening_of_self(struct scope *s, struct post *p, struct neighbour *n, const struct fact *f,
                       const struct casefile *c, bool comes, uint64_t *out_number)
{
    struct disclosure d;
    bool suspended;
    Str kind = fact_get(f, "kind");
    *out_number = 0;
    TRY(post_is_suspended(s, p, &suspended));
    if (p->held || n->owed || (suspended && !passes_suspension(kind))) return OK;
    TRY(open_author(s, p, n, fact_get(f, "by"), f->index));
    TRY(open_named(s, p, n, f));
    if (str_is(kind, "notice.sent")) TRY(open_incident_of(s, p, n, f, c));
    TRY(gate_open(s, &p->pack, c, f, false, &d));
    TRY(append_raw(s, p, n, f, &d, comes, out_number));
    return revocations_follow(s, p, n);
}

/* Where there are several neighbours, a revocation is for those that know the mandate, and a recall
 * for those that got what it takes back. */
static Status concerns(struct scope *s, struct post *p, struct neighbour *n, const struct fact *f,
                       bool *out)
{
    struct fact_ref ref;
    bool recall = str_is(fact_get(f, "kind"), "release.recalled");
    *out = true;
    if (p->neighbour_count == 1 || !fact_ref_parse(fact_get(f, recall ? "of" : "mandate"), &ref))
        return OK;
    return is_open_to(s, p, n, ref.index, out);
}

Status opening_to_all(struct scope *s, struct post *p, const struct fact *f, uint64_t *out_number)
{
    bool open;
    *out_number = 0;
    for (size_t i = 0; i < p->neighbour_count; i++) {
        TRY(concerns(s, p, &p->neighbours[i], f, &open));
        if (open) TRY(opening_of_self(s, p, &p->neighbours[i], f, NULL, false, out_number));
    }
    return OK;
}

/* Is an own fact to be opened to this neighbour by itself, and has not been? */
static Status is_due(struct scope *s, struct post *p, struct neighbour *n,
                     const struct fact_row *row, bool *out)
{
    const struct kind *k = pack_kind(&p->pack, row->kind);
    struct neighbour *to;
    bool open;
    *out = false;
    if (k == NULL || k->crosses != CROSSES_SELF) return OK;
    if (row->case_number.len == 0 &&
        (kind_concerns_all(row->kind) || str_is(row->kind, "release.recalled"))) {
        struct fact f;
        TRY(is_open_to(s, p, n, row->index, &open));
        TRY(fact_read(s, p->card.origin, row->record, &f));
        return open ? OK : concerns(s, p, n, &f, out);
    }
    if (row->opening) return OK;
    TRY(case_counterpart(s, p, row->case_number, &to));
    *out = to == n;
    return OK;
}

/* Facts that an earlier opening already carried to this neighbour stay as they are. */
Status openings_catch_up(struct scope *s, struct post *p, struct neighbour *n)
{
    for (uint64_t first = 0;;) {
        struct fact_row *rows;
        size_t count;
        TRY(store_fact_list(s, p->store, p->journal, first, 256, &rows, &count));
        if (count == 0) return OK;
        for (size_t i = 0; i < count; i++) {
            struct fact f;
            struct casefile c;
            uint64_t number;
            bool due;
            TRY(is_due(s, p, n, &rows[i], &due));
            if (!due) continue;
            if (rows[i].case_number.len) TRY(case_fold_own(s, p, rows[i].case_number, &c));
            TRY(fact_read(s, p->card.origin, rows[i].record, &f));
            TRY(opening_of_self(s, p, n, &f, rows[i].case_number.len ? &c : NULL, false, &number));
            if (number) TRY(effect_in_common(s, p, &f));
        }
        first = rows[count - 1].index + 1;
    }
}

Status opened_part(struct scope *s, struct post *p, const struct entry *e, const struct fact **out)
{
    Str case_number = fact_get(e->fact, "case");
    struct neighbour *n;
    struct opening_row *rows;
    size_t count;
    TRY(case_counterpart(s, p, case_number, &n));
    if (n == NULL) return fail(s, ERR_NOT_FOUND, "the case has no counterpart");
    TRY(store_opening_of_fact(s, p->store, p->journal, n->row.id, e->fact->index, &rows, &count));
    struct fact *merged = NULL;
    for (size_t i = 0; i < count; i++) {
        struct fact *f = NEW(s, struct fact);
        if (f == NULL) return ERR_MEMORY;
        TRY(fact_read(s, p->card.origin, rows[i].record, f));
        if (merged)
            TRY(fact_merge(s, merged, f));
        else
            merged = f;
    }
    if (merged == NULL) return fail(s, ERR_INTERNAL, "an opened fact has no opening");
    *out = merged;
    return OK;
}

Status fact_load(struct scope *s, struct post *p, Str party, uint64_t index, struct fact *out,
                 struct fact_row *out_row)
{
    struct neighbour *n = str_eq(party, p->card.party) ? NULL : post_neighbour(p, party);
    struct fact_row row;
    if (party.len == 0 || (n == NULL && !str_eq(party, p->card.party)))
        return fail(s, ERR_NOT_FOUND, "no journal of %.*s is known here", STR_ARG(party));
    int64_t journal = n ? n->journal : p->journal;
    TRY(store_fact_load(s, p->store, journal, index, &row));
    TRY(fact_read(s, journal_origin(p, journal), row.record, out));
    if (out_row) *out_row = row;
    return OK;
}

Status fact_named(struct scope *s, struct post *p, Str ref, const struct fact **out)
{
    struct fact_ref r;
    *out = NULL;
    if (!fact_ref_parse(ref, &r)) return OK;
    struct fact *named = NEW(s, struct fact);
    if (named == NULL) return ERR_MEMORY;
    Status status = fact_load(s, p, r.party, r.index, named, NULL);
    if (status == ERR_NOT_FOUND) return OK;
    TRY(status);
    *out = named;
    return OK;
}
