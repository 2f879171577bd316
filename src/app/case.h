/* app/case.h - reading cases: lists, one case with everything that follows from its facts, and the
 * common view. */
#pragma once
#include "app/fact.h"
#include "core/casework/act.h"
#include "core/casework/checklist.h"
#include "core/casework/duty.h"
#include "core/casework/handover.h"

/* One row of the list of cases, newest change first. */
struct case_line {
    Str number, type, section, counterpart;
    const char *state;
    Instant opened, changed;
    uint64_t facts_own, facts_theirs;
};

/* At most `max` rows from `offset`, each with its state as it is now. */
MUST_USE Status case_lines(struct scope *s, struct post *p, size_t offset, size_t max,
                           struct case_line **out, size_t *out_count);

/* The case folded for this post now, with duties and holders. `number` may be an alias. Everything
 * lives in `s`. ERR_NOT_FOUND when no fact of such a case is known. */
struct case_view {
    struct casefile file;
    struct duty *duties;
    size_t duty_count;
    struct holding *holdings;
    size_t holding_count;
    struct checklist_line *checklist;
    size_t checklist_count;
    uint64_t facts_own, facts_theirs; /* theirs: with at least one field open */
    Str common_digest;                /* hex */
    Str counterpart;
};
MUST_USE Status case_view_load(struct scope *s, struct post *p, Str number, struct case_view *out);

/* Canonical text of the common view and its SHA-256 in hex. */
MUST_USE Status case_common(struct scope *s, struct post *p, Str number, Str *out_text,
                            Str *out_digest);

/* The facts of a case as views, in the order of the fold. */
MUST_USE Status case_facts(struct scope *s, struct post *p, Str number, Roles roles,
                           struct fact_view **out, size_t *out_count);

/* How much of an entry these facts show; SIGHT_NONE when it is not among them. */
enum sight case_sight(struct scope *s, const struct fact_view *facts, size_t count,
                      const struct entry *e);

/* Leaves out of the lines what these facts do not show. */
void case_checklist_narrow(struct scope *s, struct case_view *view, const struct fact_view *facts,
                           size_t count);
