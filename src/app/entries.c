/* Cases in memory: their facts, parsed once, folded when asked. Declared in app/inside.h. */
#include "app/statement.h"
#include "core/casework/recall.h"
#include <stdlib.h>

enum { KEPT_BYTES_MAX = 96 << 20 };

struct kept_case *kept_peek(struct post *p, Str number)
{
    struct kept_case *last = &p->cases[p->case_asked]; /* one fact asks several times */
    if (last->number.len && str_eq(last->number, number)) return last;
    for (size_t i = 0; i < CASES_KEPT_MAX; i++)
        if (p->cases[i].number.len && str_eq(p->cases[i].number, number)) {
            p->case_asked = i;
            return &p->cases[i];
        }
    return NULL;
}

Status case_primary(struct scope *s, struct post *p, Str number, Str *out)
{
    struct case_row row;
    const struct kept_case *k = kept_peek(p, number);
    if (k) {
        *out = scope_str(s, k->number);
        return out->ptr ? OK : ERR_MEMORY;
    }
    Status status = store_case_load(s, p->store, number, &row);
    if (status == ERR_NOT_FOUND)
        return fail(s, ERR_NOT_FOUND, "no case %.*s is known at this post", STR_ARG(number));
    TRY(status);
    *out = row.primary_number;
    return OK;
}

void kept_case_forget(struct post *p, Str number)
{
    struct kept_case *k = kept_peek(p, number);
    if (k) k->number = (Str){NULL, 0};
}

void cases_forget(struct post *p)
{
    for (size_t i = 0; i < CASES_KEPT_MAX; i++)
        p->cases[i].number = (Str){NULL, 0};
}

/* The record must live as long as the scope. */
static Status entry_make(struct scope *s, struct post *p, const struct fact_row *row,
                         struct entry *out)
{
    struct fact *f = NEW(s, struct fact);
    if (f == NULL) return ERR_MEMORY;
    TRY(fact_read(s, journal_origin(p, row->journal), row->record, f));
    *out = (struct entry){.fact = f,
                          .party = journal_party(p, row->journal),
                          .own = row->journal == p->journal,
                          .opening = row->opening,
                          .refused = row->refused};
    return OK;
}

static void note_added(struct kept_case *k, const struct post *p, const struct fact_row *row)
{
    if (row->journal == p->journal && row->index >= k->own_end) k->own_end = row->index + 1;
    /* Somebody dropped it; mostly nobody did, and then nothing need be folded to know. */
    if (str_is(row->kind, "incident.dropped") && !row->refused) k->dropped = true;
}

static struct kept_case *slot_choose(struct post *p)
{
    struct kept_case *oldest = &p->cases[0];
    for (size_t i = 0; i < CASES_KEPT_MAX; i++) {
        if (p->cases[i].number.len == 0) return &p->cases[i];
        if (p->cases[i].used < oldest->used) oldest = &p->cases[i];
    }
    return oldest;
}

static Status kept_load(struct post *p, struct kept_case *k, Str primary)
{
    struct scope *s = k->memory;
    Str *numbers;
    size_t number_count;
    k->entries = NULL;
    k->unread = NULL;
    k->count = k->room = k->unread_count = k->unread_room = 0;
    k->dropped = false;
    k->own_end = 0;
    TRY(store_case_numbers(s, p->store, primary, &numbers, &number_count));
    for (size_t n = 0; n < number_count; n++) {
        struct fact_row *rows;
        size_t count;
        TRY(store_fact_of_case(s, p->store, numbers[n], &rows, &count));
        size_t room = k->count + count + 16;
        struct entry *entries = scope_array(s, room, sizeof *entries);
        if (entries == NULL) return ERR_MEMORY;
        if (k->count) memcpy(entries, k->entries, k->count * sizeof *entries);
        k->entries = entries;
        k->room = room;
        for (size_t i = 0; i < count; i++) {
            TRY(entry_make(s, p, &rows[i], &k->entries[k->count]));
            note_added(k, p, &rows[i]);
            k->count++;
        }
    }
    struct case_row row;
    TRY(store_case_load(s, p->store, primary, &row));
    k->section = row.section;
    k->counterpart = row.counterpart;
    k->number = scope_str(s, primary);
    return k->number.ptr ? OK : ERR_MEMORY;
}

Status kept_find(struct scope *s, struct post *p, Str primary, struct kept_case **out)
{
    struct kept_case *k = kept_peek(p, primary);
    if (k) {
        *out = k;
        return OK;
    }
    k = slot_choose(p);
    k->number = (Str){NULL, 0};
    /* A fresh scope each time: an old large case gives its memory back. */
    scope_close(k->memory);
    k->memory = scope_open(KEPT_BYTES_MAX);
    if (k->memory == NULL) return fail(s, ERR_MEMORY, "the machine has no memory left");
    Status status = kept_load(p, k, primary);
    if (status != OK) {
        k->number = (Str){NULL, 0};
        return fail(s, status, "%s", scope_reason(k->memory));
    }
    *out = k;
    return OK;
}

/* Parses what was added since the case was last asked for. */
static Status unread_read(struct post *p, struct kept_case *k)
{
    size_t count = k->count + k->unread_count;
    if (count > k->room) {
        size_t room = count + count / 2 + 16;
        struct entry *bigger = scope_array(k->memory, room, sizeof *bigger);
        if (bigger == NULL) return ERR_MEMORY;
        if (k->count) memcpy(bigger, k->entries, k->count * sizeof *bigger);
        k->entries = bigger;
        k->room = room;
    }
    for (size_t i = 0; i < k->unread_count; i++) {
        struct fact_row row = {.journal = p->journal,
                               .index = k->unread[i].index,
                               .opening = k->unread[i].opening,
                               .record = k->unread[i].record};
        TRY(entry_make(k->memory, p, &row, &k->entries[k->count + i]));
    }
    k->count = count;
    k->unread_count = 0;
    return OK;
}

/* Has the counterpart's post taken every revocation that touches this officer? */
static Status is_told(struct scope *s, struct post *p, struct neighbour *n,
                      const struct authority *a, Str officer, bool *out)
{
    *out = true;
    for (size_t i = 0; i < a->mandate_count; i++) {
        const struct mandate *m = &a->mandates[i];
        struct opening_row *rows;
        size_t count;
        Instant at;
        if (!m->revoked || !str_eq(m->officer, officer)) continue;
        TRY(store_opening_of_fact(s, p->store, p->journal, n->row.id, m->revoked_index, &rows,
                                  &count));
        if (count == 0 || !spans_find(&n->taken_by_them, rows[0].number, &at)) *out = false;
    }
    return OK;
}

/* Receipts and voided keys are looked up each time: both come after the facts they touch. */
static Status entries_refresh(struct scope *s, struct post *p, struct kept_case *k)
{
    struct neighbour *other = post_neighbour(p, k->counterpart.len ? k->counterpart : STR(""));
    for (size_t i = 0; i < k->count; i++) {
        struct entry *e = &k->entries[i];
        struct neighbour *n = e->own ? NULL : post_neighbour(p, e->party);
        const struct authority *a;
        /* Openings are numbered for each neighbour: the same number in another's receipt is not
         * this one. */
        const struct spans *spans = e->own && other ? &other->taken_by_them
                                    : n             ? &n->taken_by_us
                                                    : NULL;
        if (e->opening && !e->has_receipt && spans)
            e->has_receipt = spans_find(spans, e->opening, &e->receipt_at);
        TRY(post_authority(s, p, n, &a));
        e->is_void = authority_voids(a, fact_get(e->fact, "by"), e->fact->index);
        if (e->is_void && e->own && other)
            TRY(is_told(s, p, other, a, fact_get(e->fact, "by"), &e->void_told));
    }
    return OK;
}

Status case_entries(struct scope *s, struct post *p, Str number, struct entry **out,
                    size_t *out_count, Str *out_primary)
{
    Str primary;
    struct kept_case *k = NULL;
    TRY(case_primary(s, p, number, &primary));
    TRY(kept_find(s, p, primary, &k));
    k->used = ++p->case_clock;
    Status status = unread_read(p, k);
    if (status != OK) {
        k->number = (Str){NULL, 0};
        return fail(s, status, "%s", scope_reason(k->memory));
    }
    TRY(entries_refresh(s, p, k));
    *out = k->entries;
    *out_count = k->count;
    *out_primary = primary;
    return OK;
}

/* The place for one more; NULL without memory. */
static struct unread *unread_place(struct kept_case *k)
{
    if (k->unread_count == k->unread_room) {
        size_t room = k->unread_room * 2 + 16;
        struct unread *bigger = scope_array(k->memory, room, sizeof *bigger);
        if (bigger == NULL) return NULL;
        if (k->unread_count) memcpy(bigger, k->unread, k->unread_count * sizeof *bigger);
        k->unread = bigger;
        k->unread_room = room;
    }
    return &k->unread[k->unread_count++];
}

void case_entries_add(struct post *p, Str primary, const struct fact_row *row)
{
    struct kept_case *k = kept_peek(p, primary);
    if (k == NULL) return;
    struct unread *u = unread_place(k);
    Bytes record = scope_bytes(k->memory, row->record);
    if (u == NULL || record.ptr == NULL) {
        k->number = (Str){NULL, 0};
        return;
    }
    *u = (struct unread){.record = record, .index = row->index, .opening = row->opening};
    note_added(k, p, row);
}

void case_entries_opened(struct post *p, Str primary, uint64_t index, uint64_t opening)
{
    struct kept_case *k = kept_peek(p, primary);
    /* A fact being stated joins its case afterwards, and brings its opening along. */
    if (k == NULL || index >= k->own_end) return;
    for (size_t n = k->unread_count; n > 0; n--)
        if (k->unread[n - 1].index == index) {
            if (k->unread[n - 1].opening == 0) k->unread[n - 1].opening = opening;
            return;
        }
    for (size_t n = k->count; n > 0; n--)
        if (k->entries[n - 1].own && k->entries[n - 1].fact->index == index) {
            if (k->entries[n - 1].opening == 0) k->entries[n - 1].opening = opening;
            return;
        }
}

/* What was taken back counts for nothing here either. Most cases have no recall and stay as they
 * are kept; others are copied, since the marks live only as long as the scope. */
static Status recalls_follow(struct scope *s, struct entry **entries, size_t count)
{
    bool any = false;
    for (size_t i = 0; i < count && !any; i++)
        any = str_is(fact_get((*entries)[i].fact, "kind"), "release.recalled");
    if (!any) return OK;
    struct entry *copy = scope_array(s, count, sizeof *copy);
    if (copy == NULL) return ERR_MEMORY;
    memcpy(copy, *entries, count * sizeof *copy);
    *entries = copy;
    return recall_mask(s, copy, count);
}

Status case_fold_own(struct scope *s, struct post *p, Str number, struct casefile *out)
{
    struct entry *entries;
    size_t count;
    Str primary;
    TRY(case_entries(s, p, number, &entries, &count, &primary));
    TRY(recalls_follow(s, &entries, count));
    return case_fold(s, &p->pack, p->card.party, entries, count, post_now(p), out);
}

Status entries_as_opened(struct scope *s, struct post *p, struct entry *entries, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (entries[i].opening && entries[i].own)
            TRY(opened_part(s, p, &entries[i], &entries[i].opened));
    return recall_mask(s, entries, count);
}

Status case_fold_both(struct scope *s, struct post *p, Str number, struct casefile *out)
{
    struct entry *kept, *entries;
    size_t count;
    Str primary;
    TRY(case_entries(s, p, number, &kept, &count, &primary));
    entries = scope_array(s, count + 1, sizeof *entries);
    if (entries == NULL) return ERR_MEMORY;
    if (count) memcpy(entries, kept, count * sizeof *entries);
    TRY(entries_as_opened(s, p, entries, count));
    return case_fold(s, &p->pack, p->card.party, entries, count, post_now(p), out);
}

Status case_fold_common(struct scope *s, struct post *p, Str number, struct casefile *out)
{
    struct entry *kept, *entries;
    size_t count, opened = 0;
    Str primary;
    TRY(case_entries(s, p, number, &kept, &count, &primary));
    entries = scope_array(s, count + 1, sizeof *entries);
    if (entries == NULL) return ERR_MEMORY;
    memcpy(entries, kept, count * sizeof *entries);
    TRY(entries_as_opened(s, p, entries, count));
    for (size_t i = 0; i < count; i++) {
        if (entries[i].opening == 0) continue;
        if (entries[i].opened) entries[i].fact = entries[i].opened;
        entries[opened++] = entries[i];
    }
    return case_fold(s, &p->pack, STR(""), entries, opened, post_now(p), out);
}

Status case_counterpart(struct scope *s, struct post *p, Str number, struct neighbour **out)
{
    struct case_row row;
    const struct kept_case *k = number.len ? kept_peek(p, number) : NULL;
    *out = NULL;
    if (k && k->counterpart.len) {
        *out = post_neighbour(p, k->counterpart);
        return OK;
    }
    Status status = number.len ? store_case_load(s, p->store, number, &row) : ERR_NOT_FOUND;
    if (status != OK && status != ERR_NOT_FOUND) return status;
    bool named = status == OK && row.counterpart.len;
    *out = post_neighbour(p, named ? row.counterpart : STR(""));
    return OK;
}

Status case_fold_common_number(struct scope *s, struct post *p, Str number, struct casefile *out)
{
    struct entry *entries;
    size_t count, opened = 0;
    Str primary;
    TRY(case_entries(s, p, number, &entries, &count, &primary));
    struct entry *common = scope_array(s, count + 1, sizeof *common);
    if (common == NULL) return ERR_MEMORY;
    for (size_t i = 0; i < count; i++)
        if (entries[i].opening) common[opened++] = entries[i];
    TRY(recall_mask(s, common, opened));
    for (size_t i = 0; i < opened; i++)
        if (common[i].opened) common[i].fact = common[i].opened;
    return case_fold(s, &p->pack, STR(""), common, opened, post_now(p), out);
}

Status case_flags(struct scope *s, struct post *p, Str primary, struct casefile *out)
{
    struct kept_case *k = NULL;
    struct casefile c = {.pack = &p->pack, .own_party = p->card.party};
    c.entries = scope_array(s, 1, sizeof *c.entries);
    if (c.entries == NULL) return ERR_MEMORY;
    TRY(kept_find(s, p, primary, &k));
    k->used = ++p->case_clock;
    /* Whether a drop counts is for the fold to say. */
    if (k->dropped) return case_fold_own(s, p, primary, out);
    *out = c;
    return OK;
}
