/* app/document.h - the documents that are no acts, each put together from the facts it rests on.
 * For document*.c only, with the post locked. */
#pragma once
#include "app/sheet_parts.h"

/* What a document is made of: the sheet is open, `e` is the fact that gives it. */
typedef void Compose(struct sheet *x, const struct entry *e);

/* Words between the two sides (document_letter.c). */
Compose document_notice, document_receipt, document_proposal, document_answer, document_opinion,
    document_escalation, document_closing, document_meeting, document_plain, document_part,
    document_letter;

/* document_evidence.c */
Compose document_items, document_statement;

/* document_handover.c */
Compose document_handover;

/* Papers of one side (document_own.c). */
Compose document_power, document_transfer, document_hold;

/* document_situation.c */
Compose document_event;

/* The entries of some kinds (ended by NULL) in the case, in its order. */
const struct entry **document_entries(struct sheet *x, const char *const *kinds, size_t *out_count);

/* The entries of a kind that name `of` in this field. */
const struct entry **document_answers(struct sheet *x, const char *kind, const char *field,
                                      const struct entry *of, size_t *out_count);

/* Documents of a year, put together from facts across cases; the sheet is not open yet. The rows of
 * the register are read before the post is locked (document_register.c, document_situation.c,
 * document_year.c). */
struct letter_row;
MUST_USE Status document_letters(struct sheet *x, const struct letter_row *rows, size_t count,
                                 enum act_form form);
MUST_USE Status document_situation(struct sheet *x, int32_t year, enum act_form form);
MUST_USE Status document_annual(struct sheet *x, int32_t year, enum act_form form);
