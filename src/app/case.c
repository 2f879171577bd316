#include "app/case.h"
#include "app/statement.h"

static const struct zone *side_zone(struct post *p, Str party)
{
    return post_zone(p, party);
}

static Status duties_of(struct scope *s, struct post *p, struct case_view *v)
{
    struct zone zones[SIDES];
    for (int i = 0; i < SIDES; i++)
        zones[i] = *side_zone(p, v->file.parties[i]);
    return duties_list(s, &v->file, zones, post_now(p), &v->duties, &v->duty_count);
}

/* Entries point into memory that the post may give to another case: what a view keeps is its own.
 */
static Status entries_copy(struct scope *s, const struct entry *from, size_t count,
                           struct entry **out)
{
    struct entry *entries = scope_array(s, count + 1, sizeof *entries);
    struct fact *facts = scope_array(s, count + 1, sizeof *facts);
    if (entries == NULL || facts == NULL) return ERR_MEMORY;
    for (size_t i = 0; i < count; i++) {
        Bytes record;
        entries[i] = from[i];
        TRY(fact_record(s, from[i].fact, &record));
        TRY(fact_read(s, from[i].fact->origin, record, &facts[i]));
        entries[i].fact = &facts[i];
    }
    *out = entries;
    return OK;
}

Status case_view_load(struct scope *s, struct post *p, Str number, struct case_view *out)
{
    struct case_view v = {0};
    struct entry *kept, *entries;
    size_t count;
    Str primary, text;
    struct neighbour *n;
    POST_READING(p);
    TRY(case_entries(s, p, number, &kept, &count, &primary));
    TRY(entries_copy(s, kept, count, &entries));
    TRY(entries_as_opened(s, p, entries, count));
    TRY(case_fold(s, &p->pack, p->card.party, entries, count, post_now(p), &v.file));
    TRY(holdings_list(s, &v.file, &v.holdings, &v.holding_count));
    TRY(checklist_lines(s, &v.file, &v.checklist, &v.checklist_count));
    TRY(duties_of(s, p, &v));
    for (size_t i = 0; i < v.file.count; i++) {
        if (v.file.entries[i]->own)
            v.facts_own++;
        else if (fact_shows(v.file.entries[i]->fact))
            v.facts_theirs++;
    }
    TRY(case_common_text(s, &v.file, &text));
    Hash digest = hash_of(str_bytes(text));
    struct writer w = writer_open(s, 80);
    write_hex(&w, hash_bytes(&digest));
    TRY(writer_close_str(&w, &v.common_digest));
    TRY(case_counterpart(s, p, primary, &n));
    v.counterpart = n ? n->card.party : STR("");
    *out = v;
    return OK;
}

Status case_common(struct scope *s, struct post *p, Str number, Str *out_text, Str *out_digest)
{
    struct casefile common;
    Str text;
    POST_READING(p);
    TRY(case_fold_common(s, p, number, &common));
    TRY(case_common_text(s, &common, &text));
    Hash digest = hash_of(str_bytes(text));
    struct writer w = writer_open(s, 80);
    write_hex(&w, hash_bytes(&digest));
    TRY(writer_close_str(&w, out_digest));
    *out_text = text;
    return OK;
}

static Status line_state(struct scope *s, struct post *p, struct case_line *line)
{
    AUTO_SCOPE struct scope *work = scope_open(WORK_BYTES_MAX);
    struct casefile c;
    if (work == NULL) return fail(s, ERR_MEMORY, "the machine has no memory left");
    Status status = case_fold_own(work, p, line->number, &c);
    if (status != OK) return fail(s, status, "%s", scope_reason(work));
    line->state = case_state_name(c.state);
    return OK;
}

Status case_lines(struct scope *s, struct post *p, size_t offset, size_t max,
                  struct case_line **out, size_t *out_count)
{
    struct case_row *rows;
    size_t count;
    POST_READING(p);
    TRY(store_case_list(s, p->store, offset, max, &rows, &count));
    struct case_line *lines = scope_array(s, count + 1, sizeof *lines);
    if (lines == NULL) return ERR_MEMORY;
    for (size_t i = 0; i < count; i++) {
        lines[i] = (struct case_line){.number = rows[i].number,
                                      .type = rows[i].type,
                                      .section = rows[i].section,
                                      .counterpart = rows[i].counterpart,
                                      .opened = rows[i].opened,
                                      .changed = rows[i].changed,
                                      .facts_own = rows[i].facts_own,
                                      .facts_theirs = rows[i].facts_theirs};
        TRY(line_state(s, p, &lines[i]));
    }
    *out = lines;
    *out_count = count;
    return OK;
}

Status case_facts(struct scope *s, struct post *p, Str number, Roles roles, struct fact_view **out,
                  size_t *out_count)
{
    struct entry *kept, *entries;
    struct casefile c;
    size_t count, shown = 0;
    Str primary;
    POST_READING(p);
    TRY(case_entries(s, p, number, &kept, &count, &primary));
    TRY(entries_copy(s, kept, count, &entries));
    TRY(case_fold(s, &p->pack, p->card.party, entries, count, post_now(p), &c));
    struct fact_view *views = scope_array(s, c.count + 1, sizeof *views);
    if (views == NULL) return ERR_MEMORY;
    for (size_t i = 0; i < c.count; i++) {
        Status status = fact_view_make(s, p, c.entries[i], roles, &views[shown]);
        if (status == ERR_NOT_FOUND) continue; /* not for these roles */
        TRY(status);
        shown++;
    }
    *out = views;
    *out_count = shown;
    return OK;
}

enum sight case_sight(struct scope *s, const struct fact_view *facts, size_t count,
                      const struct entry *e)
{
    Str ref = entry_ref(s, e);
    for (size_t i = 0; i < count; i++)
        if (str_eq(facts[i].ref, ref)) return facts[i].sight;
    return SIGHT_NONE;
}

void case_checklist_narrow(struct scope *s, struct case_view *view, const struct fact_view *facts,
                           size_t count)
{
    size_t kept = 0;
    for (size_t i = 0; i < view->checklist_count; i++) {
        struct checklist_line line = view->checklist[i];
        bool stands = line.asked; /* what nobody asked for tells that there is an answer */
        for (int side = 0; side < SIDES; side++) {
            const struct entry *e = line.answer[side];
            if (e && case_sight(s, facts, count, e) < SIGHT_OPEN) line.answer[side] = NULL;
            stands |= line.answer[side] != NULL;
        }
        if (stands) view->checklist[kept++] = line;
    }
    view->checklist_count = kept;
}
