/* core/casework/checklist.h - what a type of incident asks to be secured, line by line, and what
 * each side answered (domain.md 7.8). A reminder: a line that is open stops nothing. */
#pragma once
#include "core/casework/case.h"

struct checklist_line {
    Str list, item; /* ids of the pack; as the fact names them where it has none */
    const struct entry *answer[SIDES]; /* the newest of each side in common order, or NULL */
    bool asked;                        /* by the type of the case */
};

/* The lines of the lists of the case's type in the pack's order, then what was answered beyond
 * them. None while the type is not known here and nothing was answered. */
MUST_USE Status checklist_lines(struct scope *s, const struct casefile *c,
                                struct checklist_line **out, size_t *out_count);

/* "done", "not_possible", or empty without an answer. */
Str checklist_line_answer(const struct checklist_line *line, int side);

/* Asked, and neither done by a side nor explained by both as not possible. */
bool checklist_line_is_open(const struct checklist_line *line);
