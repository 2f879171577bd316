/* Linked cases: which numbers are one case, and which of them names it in lists. Both posts come to
 * the same in whatever order the facts reach them: cases are one as long as any link between them
 * stands, and the name is for the fold to say. Declared in app/entries.h. */
#include "app/statement.h"

/* A link of either side, and the numbers of the cases at its ends. */
struct link {
    struct fact_ref ref;
    Str ends[2];
    bool stands;
};

/* `out_known` is false when an end is not held here, or the two are no matter of the same two
 * posts: a link, whoever states it, brings no case before a third one. */
static Status ends_load(struct scope *s, struct post *p, const struct fact *link, Str out[static 2],
                        bool *out_known)
{
    const struct fact *a, *b;
    struct neighbour *first, *second;
    TRY(fact_named(s, p, fact_get(link, "own"), &a));
    TRY(fact_named(s, p, fact_get(link, "theirs"), &b));
    *out_known = a && b && !str_eq(a->origin, b->origin);
    if (!*out_known) return OK;
    out[0] = fact_get(a, "case");
    out[1] = fact_get(b, "case");
    TRY(case_counterpart(s, p, out[0], &first));
    TRY(case_counterpart(s, p, out[1], &second));
    *out_known = first == second;
    return OK;
}

/* The case's row from now on names another number as the primary one. */
static Status number_move(struct scope *s, struct post *p, Str number, Str primary)
{
    struct case_row row;
    TRY(store_case_load(s, p->store, number, &row));
    row.primary_number = primary;
    kept_case_forget(p, number);
    return store_case_save(s, p->store, &row);
}

static Status numbers_move(struct scope *s, struct post *p, Str from, Str to)
{
    Str *numbers;
    size_t count;
    kept_case_forget(p, to);
    TRY(store_case_numbers(s, p->store, from, &numbers, &count));
    for (size_t i = 0; i < count; i++)
        TRY(number_move(s, p, numbers[i], to));
    return OK;
}

static Status ends_join(struct scope *s, struct post *p, const Str ends[static 2])
{
    Str first, second;
    TRY(case_primary(s, p, ends[0], &first));
    TRY(case_primary(s, p, ends[1], &second));
    return str_eq(first, second) ? OK : numbers_move(s, p, first, second);
}

Status link_join(struct scope *s, struct post *p, const struct fact *link)
{
    Str ends[2];
    bool known;
    TRY(ends_load(s, p, link, ends, &known));
    return known ? ends_join(s, p, ends) : OK;
}

Status link_settle(struct scope *s, struct post *p, Str number)
{
    struct casefile c;
    Str primary, *numbers;
    size_t count;
    Status status = case_primary(s, p, number, &primary);
    if (status != OK) return status == ERR_NOT_FOUND ? OK : status;
    TRY(store_case_numbers(s, p->store, primary, &numbers, &count));
    if (count < 2) return OK;
    TRY(case_fold_common_number(s, p, primary, &c));
    return c.number.len && !str_eq(c.number, primary) ? numbers_move(s, p, primary, c.number) : OK;
}

Status links_settle(struct scope *s, struct post *p)
{
    Str *numbers;
    size_t count;
    TRY(store_case_linked(s, p->store, &numbers, &count));
    for (size_t i = 0; i < count; i++)
        TRY(link_settle(s, p, numbers[i]));
    return OK;
}

/* One journal's links at the end of the list, as if all of them stood. */
static Status links_add(struct scope *s, struct post *p, int64_t journal, struct link **list,
                        size_t *count)
{
    struct fact_row *rows;
    size_t row_count;
    TRY(store_fact_of_kind(s, p->store, journal, STR("incident.linked"), &rows, &row_count));
    struct link *all = scope_array(s, *count + row_count + 1, sizeof *all);
    if (all == NULL) return ERR_MEMORY;
    if (*count) memcpy(all, *list, *count * sizeof *all);
    *list = all;
    for (size_t i = 0; i < row_count; i++) {
        struct fact f;
        bool known;
        struct link *link = &all[*count];
        if (rows[i].refused) continue;
        TRY(fact_read(s, journal_origin(p, journal), rows[i].record, &f));
        *link = (struct link){.stands = true};
        link->ref.party = journal_party(p, journal);
        link->ref.index = rows[i].index;
        TRY(ends_load(s, p, &f, link->ends, &known));
        *count += known;
    }
    return OK;
}

static Status links_end(struct scope *s, struct post *p, int64_t journal, struct link *list,
                        size_t count)
{
    struct fact_row *rows;
    size_t row_count;
    TRY(store_fact_of_kind(s, p->store, journal, STR("incident.unlinked"), &rows, &row_count));
    for (size_t i = 0; i < row_count; i++) {
        struct fact f;
        struct fact_ref of;
        if (rows[i].refused) continue;
        TRY(fact_read(s, journal_origin(p, journal), rows[i].record, &f));
        if (!fact_ref_parse(fact_get(&f, "of"), &of)) continue;
        for (size_t n = 0; n < count; n++)
            if (list[n].ref.index == of.index && str_eq(list[n].ref.party, of.party))
                list[n].stands = false;
    }
    return OK;
}

static Status links_load(struct scope *s, struct post *p, struct link **out, size_t *out_count)
{
    *out = NULL;
    *out_count = 0;
    TRY(links_add(s, p, p->journal, out, out_count));
    for (size_t i = 0; i < p->neighbour_count; i++)
        TRY(links_add(s, p, p->neighbours[i].journal, out, out_count));
    TRY(links_end(s, p, p->journal, *out, *out_count));
    for (size_t i = 0; i < p->neighbour_count; i++)
        TRY(links_end(s, p, p->neighbours[i].journal, *out, *out_count));
    return OK;
}

/* Every number of the case is a case of its own. */
static Status numbers_part(struct scope *s, struct post *p, Str number, Str **out,
                           size_t *out_count)
{
    Str primary;
    TRY(case_primary(s, p, number, &primary));
    TRY(store_case_numbers(s, p->store, primary, out, out_count));
    for (size_t i = 0; i < *out_count; i++)
        TRY(number_move(s, p, (*out)[i], (*out)[i]));
    return OK;
}

static bool is_among(const Str *numbers, size_t count, Str number)
{
    for (size_t i = 0; i < count; i++)
        if (str_eq(numbers[i], number)) return true;
    return false;
}

Status link_weigh(struct scope *s, struct post *p, const struct fact *f)
{
    struct link *links;
    Str ends[2], *numbers[2];
    size_t link_count, counts[2];
    bool known = false;
    const struct fact *link = f;
    if (str_is(fact_get(f, "kind"), "incident.unlinked"))
        TRY(fact_named(s, p, fact_get(f, "of"), &link));
    if (link) TRY(ends_load(s, p, link, ends, &known));
    if (!known) return OK;
    TRY(links_load(s, p, &links, &link_count));
    for (size_t i = 0; i < 2; i++)
        TRY(numbers_part(s, p, ends[i], &numbers[i], &counts[i]));
    for (size_t i = 0; i < link_count; i++)
        if (links[i].stands && (is_among(numbers[0], counts[0], links[i].ends[0]) ||
                                is_among(numbers[1], counts[1], links[i].ends[0])))
            TRY(ends_join(s, p, links[i].ends));
    for (size_t i = 0; i < 2; i++)
        for (size_t n = 0; n < counts[i]; n++)
            TRY(link_settle(s, p, numbers[i][n]));
    return OK;
}
