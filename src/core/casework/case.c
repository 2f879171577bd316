#include "core/casework/case.h"
#include "core/casework/act.h"
#include "core/casework/handover.h"
#include "core/casework/measurement.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

static const char *const state_names[STATE_COUNT] = {
    "DRAFT",     "REGISTERED", "NOTIFIED",   "SILENT",        "ACKNOWLEDGED", "INSPECTION_AGREED",
    "POSTPONED", "REFUSED",    "PAPER_ONLY", "INSPECTED",     "ACT_PENDING",  "ACT_REFUSED",
    "FINDINGS",  "SETTLED",    "SPLIT",      "NOT_CONFIRMED", "UNILATERAL",   "CLOSED"};

const char *case_state_name(enum case_state state)
{
    return state_names[state];
}

Str entry_ref(struct scope *s, const struct entry *e)
{
    return fact_ref_format(s, e->party, e->fact->index);
}

static bool entry_is(const struct entry *e, const struct fact_ref *ref)
{
    return e->fact->index == ref->index && str_eq(e->party, ref->party);
}

const struct entry *case_entry(const struct casefile *c, Str ref)
{
    struct fact_ref r;
    if (!fact_ref_parse(ref, &r)) return NULL;
    for (size_t i = 0; i < c->count; i++)
        if (entry_is(c->entries[i], &r)) return c->entries[i];
    return NULL;
}

int case_side(const struct casefile *c, Str party)
{
    for (int i = 0; i < SIDES; i++)
        if (c->parties[i].len && str_eq(c->parties[i], party)) return i;
    return -1;
}

static Status entry_read(struct scope *s, struct entry *e)
{
    e->kind = fact_get(e->fact, "kind");
    e->by = fact_get(e->fact, "by");
    e->depth = 0;
    if (!instant_parse(fact_get(e->fact, "at"), &e->at) ||
        !seen_parse(fact_get(e->fact, "seen"), &e->seen))
        return fail(s, ERR_SCHEMA, "entry %.*s:%" PRIu64 ": \"at\" or \"seen\" is not well formed",
                    STR_ARG(e->party), e->fact->index);
    return OK;
}

static int by_origin_then_opening(const void *a, const void *b)
{
    const struct entry *x = *(struct entry *const *)a, *y = *(struct entry *const *)b;
    if ((x->opening == 0) != (y->opening == 0)) return x->opening == 0 ? 1 : -1;
    if (x->opening == 0)
        return (x->fact->index > y->fact->index) - (x->fact->index < y->fact->index);
    int origin = str_compare(x->fact->origin, y->fact->origin);
    if (origin) return origin;
    return (x->opening > y->opening) - (x->opening < y->opening);
}

static int by_common_order(const void *a, const void *b)
{
    const struct entry *x = *(struct entry *const *)a, *y = *(struct entry *const *)b;
    if ((x->opening == 0) == (y->opening == 0) && x->opening && x->depth != y->depth)
        return x->depth < y->depth ? -1 : 1;
    return by_origin_then_opening(a, b);
}

/* Depth = 1 + the greatest depth of what the fact followed: its own side's earlier openings and
 * the other side's openings within its `seen`. The two runs [a, mid) and [mid, end) are one side
 * each; a fact waits until all it had seen is done. A `seen` that no honest history can contain
 * would wait for ever: then the first side goes on, which both posts decide alike. */
static void depths_assign(struct entry **list, size_t mid, size_t end)
{
    size_t at[SIDES] = {0, mid}, stop[SIDES] = {mid, end};
    uint32_t top[SIDES] = {0, 0};
    bool forced = false;
    while (at[0] < stop[0] || at[1] < stop[1]) {
        bool moved = false;
        for (int side = 0; side < SIDES; side++) {
            int other = 1 - side;
            while (at[side] < stop[side]) {
                struct entry *e = list[at[side]];
                bool waits = at[other] < stop[other] && list[at[other]]->opening <= e->seen.opening;
                if (waits && !forced) break;
                forced = false;
                uint32_t seen_depth = 0;
                for (size_t i = at[other]; i > (other ? mid : 0); i--)
                    if (list[i - 1]->opening <= e->seen.opening) {
                        seen_depth = list[i - 1]->depth;
                        break;
                    }
                e->depth = 1 + (top[side] > seen_depth ? top[side] : seen_depth);
                top[side] = e->depth;
                at[side]++;
                moved = true;
            }
        }
        if (!moved) forced = true;
    }
}

/* A fact is late when its side had opened a later one before it: the run is one side's openings in
 * order. It acts from its opening; the mark only tells readers why it stands where it stands. */
static void lateness_mark(struct entry **list, size_t count)
{
    uint64_t top = 0;
    for (size_t i = 0; i < count; i++) {
        list[i]->late = list[i]->fact->index < top;
        if (list[i]->fact->index > top) top = list[i]->fact->index;
    }
}

/* A signature with which this side took things over, voided by its own revocation, counts until the
 * other side knows: before that its post may name this side, and then nobody would hold them. */
static bool stands_until_told(const struct entry *list, size_t count, const struct entry *e)
{
    struct fact_ref of;
    if (!e->own || e->void_told || !str_is(fact_get(e->fact, "kind"), "handover.signed") ||
        !fact_ref_parse(fact_get(e->fact, "of"), &of))
        return false;
    for (size_t i = 0; i < count; i++)
        if (!list[i].own && entry_is(&list[i], &of)) return true;
    return false;
}

static Status order(struct scope *s, struct casefile *c, struct entry *entries, size_t count)
{
    c->entries = scope_array(s, count + 1, sizeof *c->entries);
    if (c->entries == NULL) return ERR_MEMORY;
    for (size_t i = 0; i < count; i++) {
        if (entries[i].refused ||
            (entries[i].is_void && !stands_until_told(entries, count, &entries[i])))
            continue;
        TRY(entry_read(s, &entries[i]));
        c->entries[c->count++] = &entries[i];
        if (entries[i].opening) c->opened_count++;
    }
    qsort(c->entries, c->count, sizeof *c->entries, by_origin_then_opening);
    size_t mid = 0;
    while (mid < c->opened_count &&
           str_eq(c->entries[mid]->fact->origin, c->entries[0]->fact->origin))
        mid++;
    depths_assign(c->entries, mid, c->opened_count);
    lateness_mark(c->entries, mid);
    lateness_mark(c->entries + mid, c->opened_count - mid);
    qsort(c->entries, c->count, sizeof *c->entries, by_common_order);
    return OK;
}

static void parties_find(struct casefile *c)
{
    c->parties[0] = c->own_party;
    for (size_t i = 0; i < c->count; i++) {
        Str p = c->entries[i]->party;
        if (c->parties[0].len == 0)
            c->parties[0] = p;
        else if (!str_eq(p, c->parties[0]))
            c->parties[1] = p;
    }
    /* A case of one side only names the counterpart in its registration. */
    for (size_t i = 0; i < c->count && c->parties[1].len == 0; i++) {
        Str other = fact_get(c->entries[i]->fact, "counterpart");
        if (str_is(c->entries[i]->kind, "incident.registered") && other.len &&
            !str_eq(other, c->parties[0]))
            c->parties[1] = other;
    }
    if (c->parties[1].len && str_compare(c->parties[0], c->parties[1]) > 0) {
        Str first = c->parties[0];
        c->parties[0] = c->parties[1];
        c->parties[1] = first;
    }
}

/* What both posts may go by: of an opened fact what the other side holds, so that a word that was
 * taken back counts for nothing on either. */
static const struct fact *known(const struct entry *e)
{
    return e->opened ? e->opened : e->fact;
}

/* The notice that the other side took up with this fact; NULL for any other fact. */
static const struct entry *notice_taken_up(const struct casefile *c, const struct entry *e)
{
    if (!str_is(e->kind, "notice.received")) return NULL;
    const struct entry *notice = case_entry(c, fact_get(known(e), "of"));
    bool is_notice = notice && str_is(notice->kind, "notice.sent");
    return is_notice && !str_eq(notice->party, e->party) ? notice : NULL;
}

/* Which registration names the case: the one whose notice.received comes first in common order,
 * else the first one. */
static void incident_find(struct casefile *c)
{
    for (size_t i = 0; i < c->count; i++) {
        struct entry *e = c->entries[i];
        if (str_is(e->kind, "incident.registered") && c->incident == NULL) c->incident = e;
        const struct entry *notice = notice_taken_up(c, e);
        const struct entry *incident = notice ? case_entry(c, fact_get(known(notice), "of")) : NULL;
        if (incident && str_is(incident->kind, "incident.registered")) {
            c->incident = incident;
            break;
        }
    }
    const struct entry *named = c->incident;
    if (named == NULL && c->count) named = c->entries[0];
    if (named) c->number = fact_get(named->fact, "case");
}

/* The amendment that its author stated last, of those known here: one that is opened late undoes
 * nothing its own side did since. */
Str case_incident_value(const struct casefile *c, Str name)
{
    const struct entry *newest = NULL;
    if (c->incident == NULL) return (Str){NULL, 0};
    for (size_t i = 0; i < c->count; i++) {
        const struct entry *e = c->entries[i];
        if (str_is(e->kind, "incident.amended") && str_eq(e->party, c->incident->party) &&
            str_eq(fact_get(e->fact, "field"), name) &&
            case_entry(c, fact_get(e->fact, "of")) == c->incident &&
            fact_get(e->fact, "value").ptr &&
            (newest == NULL || e->fact->index > newest->fact->index))
            newest = e;
    }
    return newest ? fact_get(newest->fact, "value") : fact_get_str(c->incident->fact, name);
}

static void type_find(struct casefile *c)
{
    c->type = case_incident_value(c, STR("type"));
    const struct incident_type *t = c->type.ptr ? pack_type(c->pack, c->type) : NULL;
    if (t == NULL) return;
    c->grave =
        t->grave || (t->grave_when.len && str_is(case_incident_value(c, t->grave_when), "yes"));
}

static bool is_inspection_answer(const struct casefile *c, const struct entry *e)
{
    if (!str_is(e->kind, "proposal.answered")) return false;
    const struct entry *p = case_entry(c, fact_get(known(e), "of"));
    return p && str_is(p->kind, "proposal.made") && !str_eq(p->party, e->party) &&
           str_is(fact_get(known(p), "what"), "inspection");
}

/* What single facts say by themselves, in common order. */
static void scan(struct casefile *c)
{
    for (size_t i = 0; i < c->count; i++) {
        const struct entry *e = c->entries[i];
        int side = case_side(c, e->party);
        if (str_is(e->kind, "notice.sent")) c->notice = e;
        if (is_inspection_answer(c, e)) c->proposal_answer = e;
        if (str_is(e->kind, "incident.dropped") && c->incident && e->party.len &&
            str_eq(e->party, c->incident->party))
            c->dropped = true;
        if (str_is(e->kind, "case.escalated")) {
            Str level = fact_get(known(e), "level");
            c->escalated = str_is(level, "0") ? STR("") : level;
        }
        if (str_is(e->kind, "case.closed") && side >= 0)
            c->closed[side] = (struct closing){e, fact_get(known(e), "outcome")};
        if (str_is(e->kind, "case.reopened"))
            c->closed[0] = c->closed[1] = (struct closing){NULL, STR("")};
    }
}

static bool opened_by_both(const struct casefile *c, const char *kind_a, const char *kind_b)
{
    bool by[SIDES] = {false, false};
    for (size_t i = 0; i < c->opened_count; i++) {
        const struct entry *e = c->entries[i];
        int side = case_side(c, e->party);
        if (side >= 0 && (str_is(e->kind, kind_a) || str_is(e->kind, kind_b))) by[side] = true;
    }
    return by[0] && by[1];
}

static bool outcome_is_one_sided(Str outcome)
{
    return str_is(outcome, "O5") || str_is(outcome, "O6") || str_is(outcome, "O7");
}

/* Own closing only, with O5 to O7, until the other side takes up the notice after it. */
static bool is_unilateral(const struct casefile *c)
{
    int own = case_side(c, c->own_party);
    if (own < 0 || c->closed[own].entry == NULL || c->closed[1 - own].entry) return false;
    if (!outcome_is_one_sided(c->closed[own].outcome)) return false;
    /* What the closing had not seen came after it, wherever the common order puts it. */
    for (size_t i = 0; i < c->opened_count; i++)
        if (!str_eq(c->entries[i]->party, c->own_party) && notice_taken_up(c, c->entries[i]) &&
            c->entries[i]->opening > c->closed[own].entry->seen.opening)
            return false;
    return true;
}

static bool is_acknowledged(const struct casefile *c)
{
    for (size_t i = 0; i < c->opened_count; i++)
        if (notice_taken_up(c, c->entries[i])) return true;
    return false;
}

/* From twice D04 after their post's receipt on, this side may call the other silent, when no fact
 * of theirs stands in the case. Any own notice counts: a reminder starts nothing anew. */
static bool is_silent(const struct casefile *c, Instant now)
{
    const struct parameter *d04 = pack_parameter(c->pack, STR("D04"));
    static const struct zone utc = {0};
    bool silent = false;
    if (d04 == NULL || c->theirs_stands) return false;
    struct duration twice = {.days = d04->limit.days * 2, .seconds = d04->limit.seconds * 2};
    for (size_t i = 0; i < c->opened_count; i++) {
        const struct entry *e = c->entries[i];
        silent = silent || (e->own && str_is(e->kind, "notice.sent") && e->has_receipt &&
                            !instant_before(now, instant_add(e->receipt_at, twice, &utc)));
    }
    return silent;
}

/* Has this side given notice, and did nothing of it arrive yet? */
static bool is_undelivered(const struct casefile *c)
{
    bool any = false;
    for (size_t i = 0; i < c->count; i++) {
        if (!c->entries[i]->own || !str_is(c->entries[i]->kind, "notice.sent")) continue;
        if (c->entries[i]->has_receipt) return false;
        any = true;
    }
    return any && c->own_party.len;
}

static enum case_state answer_state(const struct entry *answer)
{
    Str a = fact_get(known(answer), "answer");
    if (str_is(a, "yes")) return STATE_INSPECTION_AGREED;
    if (str_is(a, "other_time")) return STATE_POSTPONED;
    return str_is(fact_get(known(answer), "reason"), "paper_only") ? STATE_PAPER_ONLY
                                                                   : STATE_REFUSED;
}

/* An effective conclusion decides with these outcomes; one that names another, or none, settles
 * nothing by itself. */
static bool conclusion_state(const struct act *doc09, enum case_state *out)
{
    Str o = doc09 ? fact_get(doc09->draft->fact, "outcome") : STR("");
    bool settled = str_is(o, "O1") || str_is(o, "O7");
    bool split = str_is(o, "O3") || str_is(o, "O4");
    *out = settled ? STATE_SETTLED : split ? STATE_SPLIT : STATE_NOT_CONFIRMED;
    return settled || split || str_is(o, "O2");
}

bool case_has_findings(const struct casefile *c)
{
    bool agreed = c->proposal_answer && answer_state(c->proposal_answer) == STATE_INSPECTION_AGREED;
    if (act_effective(c, "DOC05")) return true;
    return act_newest(c, "DOC05") == NULL && !agreed &&
           opened_by_both(c, "finding.stated", "measurement.made");
}

/* First match wins, in the order of facts.md section 3. */
static enum case_state state_of(struct casefile *c, Instant now)
{
    enum case_state concluded;
    const struct act *doc05 = act_newest_signed(c, "DOC05");
    if (c->closed[0].entry && c->closed[1].entry) return STATE_CLOSED;
    if (is_unilateral(c)) return STATE_UNILATERAL;
    if (conclusion_state(act_effective(c, "DOC09"), &concluded)) return concluded;
    if (case_has_findings(c)) return STATE_FINDINGS;
    if (doc05 && (doc05->objection[0] || doc05->objection[1])) return STATE_ACT_REFUSED;
    if (doc05 && doc05->signed_by_side[0] && doc05->signed_by_side[1]) return STATE_ACT_PENDING;
    if (doc05) return STATE_INSPECTED;
    if (c->proposal_answer) return answer_state(c->proposal_answer);
    if (is_acknowledged(c)) return STATE_ACKNOWLEDGED;
    if (is_silent(c, now)) return STATE_SILENT;
    if (c->notice) {
        if (is_undelivered(c)) c->state_reason = "not_delivered";
        return STATE_NOTIFIED;
    }
    return c->incident ? STATE_REGISTERED : STATE_DRAFT;
}

Status case_fold(struct scope *s, const struct pack *pack, Str own_party, struct entry *entries,
                 size_t count, Instant now, struct casefile *out)
{
    struct casefile c = {.pack = pack,
                         .own_party = own_party,
                         .state_reason = "",
                         .escalated = STR(""),
                         .type = STR(""),
                         .number = STR("")};
    TRY(order(s, &c, entries, count));
    parties_find(&c);
    incident_find(&c);
    type_find(&c);
    scan(&c);
    TRY(acts_fold(s, &c));
    TRY(offers_fold(s, &c));
    for (size_t i = 0; i < c.count; i++)
        if (own_party.len && !str_eq(c.entries[i]->party, own_party)) c.theirs_stands = true;
    c.state = state_of(&c, now);
    *out = c;
    return OK;
}

Str case_outcome(const struct casefile *c)
{
    const struct act *doc09 = act_effective(c, "DOC09");
    if (doc09) return fact_get(doc09->draft->fact, "outcome");
    int own = case_side(c, c->own_party);
    if (own >= 0) return c->closed[own].entry ? c->closed[own].outcome : STR("");
    for (int i = 0; i < SIDES; i++)
        if (c->closed[i].entry) return c->closed[i].outcome;
    return STR("");
}

const char *case_measurement(const struct casefile *c, const struct entry *e)
{
    double distance, error;
    if (!str_decimal(fact_get(e->fact, "distance_m"), &distance) ||
        !str_decimal(fact_get(e->fact, "error_m"), &error) || error < 0)
        return NULL;
    return measurement_verdict(c->pack, distance, error);
}

static void write_entry_text(struct writer *w, const struct entry *e)
{
    write_print(w, "fact %.*s:%" PRIu64 " ", STR_ARG(e->party), e->fact->index);
    write_hex(w, hash_bytes(&e->fact->body));
    write_print(w, "\n");
    for (size_t i = 0; i < e->fact->field_count; i++) {
        const struct fact_field *f = &e->fact->fields[i];
        if (!f->open) {
            write_print(w, "hidden ");
            write_hex(w, hash_bytes(&f->digest));
            write_print(w, "\n");
            continue;
        }
        write_print(w, "field %.*s %zu\n", STR_ARG(f->name), f->value.len);
        write_str(w, f->value);
        write_print(w, "\n");
    }
}

Status case_common_fold(struct scope *s, const struct casefile *c, Instant now,
                        struct casefile *out)
{
    struct entry *list = scope_array(s, c->opened_count + 1, sizeof *list);
    if (list == NULL) return ERR_MEMORY;
    for (size_t i = 0; i < c->opened_count; i++) {
        list[i] = *c->entries[i];
        if (list[i].opened) list[i].fact = list[i].opened;
    }
    return case_fold(s, c->pack, STR(""), list, c->opened_count, now, out);
}

Status case_common_text(struct scope *s, const struct casefile *c, Str *out)
{
    struct casefile common;
    if (c->own_party.len || c->opened_count < c->count) {
        TRY(case_common_fold(s, c, (Instant){0}, &common));
        c = &common;
    }
    struct writer w = writer_open(s, 64u << 20);
    write_print(&w, "twinpost/common/1\ncase %.*s\npack ", STR_ARG(c->number));
    Str digest = c->incident ? fact_get(c->incident->fact, "pack_digest") : STR("");
    write_print(&w, "%.*s\n", STR_ARG(digest));
    for (size_t i = 0; i < c->opened_count; i++)
        write_entry_text(&w, c->entries[i]);
    for (size_t i = 0; i < c->act_count; i++) {
        const struct act *a = &c->acts[i];
        if (a->draft->opening == 0) continue;
        write_print(&w, "act %.*s:%" PRIu64 " %.*s%s%s\n", STR_ARG(a->draft->party),
                    a->draft->fact->index, STR_ARG(a->doc), a->effective ? " effective" : "",
                    a->superseded ? " superseded" : "");
        for (size_t n = 0; n < a->statement_count; n++) {
            Str standing = act_standing(s, a, &a->statements[n]);
            write_print(&w, "statement %.*s %.*s\n", STR_ARG(a->statements[n].key),
                        STR_ARG(standing));
        }
    }
    return writer_close_str(&w, out);
}
