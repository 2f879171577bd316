/* app/entries.h - cases in memory: their facts, parsed once, folded when asked. For app/ only, with
 * the post locked (inside.h). */
#pragma once
#include "app/inside.h"

/* An own fact that was added while the case was in memory, not parsed until the case is asked for:
 * most facts are stated without it. */
struct unread {
    Bytes record;
    uint64_t index, opening;
};

/* A case in memory, until something arrives for it. */
struct kept_case {
    struct scope *memory;
    Str number; /* primary; empty: unused */
    struct entry *entries;
    size_t count, room;
    struct unread *unread;
    size_t unread_count, unread_room;
    uint64_t own_end; /* own facts of the case have lower indexes */
    bool dropped;
    Str section, counterpart; /* of the primary's row */
    uint64_t used;            /* for choosing the one to drop */
};

/* The neighbour under the number that rows carry (fact_row.neighbour); NULL when it is none. */
struct neighbour *post_neighbour_of_row(struct post *p, int64_t id);

/* The case under any of its numbers as entries; `out` points into memory kept by the post until the
 * lock is left. ERR_NOT_FOUND when no fact of it is known. */
MUST_USE Status case_entries(struct scope *s, struct post *p, Str number, struct entry **out,
                             size_t *out_count, Str *out_primary);

/* The case in memory under its primary number, loaded when it is not there. */
MUST_USE Status kept_find(struct scope *s, struct post *p, Str primary, struct kept_case **out);

/* The case in memory by its primary number; NULL when it is not kept. */
struct kept_case *kept_peek(struct post *p, Str number);

/* Forgets one case, or all. */
void kept_case_forget(struct post *p, Str number);
void cases_forget(struct post *p);

/* Adds an own fact that was just appended to its case in memory, if it is kept. */
void case_entries_add(struct post *p, Str primary, const struct fact_row *row);

/* Notes an opening in the case's memory. */
void case_entries_opened(struct post *p, Str primary, uint64_t index, uint64_t opening);

/* An own fact with only what was opened to the neighbour; the fact itself when it was opened whole.
 */
MUST_USE Status opened_part(struct scope *s, struct post *p, const struct entry *e,
                            const struct fact **out);

/* Notes with each opened entry what the other side holds of it: fields as opened, recalled ones
 * bare. */
MUST_USE Status entries_as_opened(struct scope *s, struct post *p, struct entry *entries,
                                  size_t count);

/* Folded as this post sees it. */
MUST_USE Status case_fold_own(struct scope *s, struct post *p, Str number, struct casefile *out);

/* The same, and each opened entry with what the other side holds of it. */
MUST_USE Status case_fold_both(struct scope *s, struct post *p, Str number, struct casefile *out);

/* Folded from what is opened to both, each field as opened. */
MUST_USE Status case_fold_common(struct scope *s, struct post *p, Str number, struct casefile *out);

/* The same without taking own facts apart: enough for the number that names a case. */
MUST_USE Status case_fold_common_number(struct scope *s, struct post *p, Str number,
                                        struct casefile *out);

/* Only whether the case was dropped, without folding it: for kinds whose checks need no more. */
MUST_USE Status case_flags(struct scope *s, struct post *p, Str primary, struct casefile *out);

/* The primary number of a case (aliases resolved); ERR_NOT_FOUND. */
MUST_USE Status case_primary(struct scope *s, struct post *p, Str number, Str *out);

/* The neighbour a case is shared with; NULL when it has none. */
MUST_USE Status case_counterpart(struct scope *s, struct post *p, Str number,
                                 struct neighbour **out);

/* One more fact in the row that lists show, stated or applied at `at`; makes the row with the
 * case's first fact. */
MUST_USE Status case_row_refresh(struct scope *s, struct post *p, const struct fact *f, Str party,
                                 bool own, Instant at);

/* A link makes the cases at its ends one. Without effect while an end is not held here. */
MUST_USE Status link_join(struct scope *s, struct post *p, const struct fact *link);

/* After an incident.unlinked, or after one or an incident.linked was refused: which of the cases at
 * its ends are still one, by the links that stand. */
MUST_USE Status link_weigh(struct scope *s, struct post *p, const struct fact *f);

/* The number that names a linked case in lists, as the common view has it now; and of all linked
 * cases, after facts that both had stopped counting. */
MUST_USE Status link_settle(struct scope *s, struct post *p, Str number);
MUST_USE Status links_settle(struct scope *s, struct post *p);
