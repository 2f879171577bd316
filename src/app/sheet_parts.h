/* app/sheet_parts.h - the parts that documents are put together from: fields of facts in words,
 * gaps, people, evidence, signatures. For act.c, sheet*.c and document*.c only. */
#pragma once
#include "app/sheet.h"

/* Text of a fact in the language of a column ("conclusion" and so on), or in any it has, said so.
 */
Str sheet_words(struct sheet *x, size_t column, const struct fact *f, const char *name);

/* A field of a fact in the words of a column: titles for ids of the pack, local times, names of
 * officers; items of a list one after the other (sheet_value.c). Empty when it is not open, or is
 * of a class that does not stand on this document. */
Str sheet_value(struct sheet *x, size_t column, const struct fact *f, Str name);

/* "notice sent (lv:12)": a reference with what it names. */
Str sheet_reference(struct sheet *x, size_t column, Str ref);

/* Notes that a field stands on the page, by its name in the pack ("statement" of "statement.1.lv").
 */
void sheet_shown(struct sheet *x, Str name);

/* Does the pack say that the document contains it? */
bool sheet_must(const struct sheet *x, Str name);

/* "not recorded" in the place of a value, when the document must contain it and it does not stand
 * there yet. sheet_gaps does so for all that are left (sheet_fact.c). */
void sheet_gap(struct sheet *x, const char *name);
void sheet_gaps(struct sheet *x);

/* One field as a line, a text in several languages as a paragraph, a list as numbered lines; or its
 * gap. sheet_fact_all: every field in the order of its kind but those in `skip` (ended by NULL). */
void sheet_fact_field(struct sheet *x, const struct fact *f, const char *name);
void sheet_fact_all(struct sheet *x, const struct fact *f, const char *const *skip);

/* Says so when entries made in one language stand in both columns. */
void sheet_remark(struct sheet *x);

/* What the document is about, by the registration; `whole`: with all that is known of it. */
void sheet_incident(struct sheet *x, bool whole);

/* A table of the facts that the document rests on, each with its digest. */
void sheet_entries(struct sheet *x);

/* Who may sign for a party; NULL when that is not known here, or could not be read: then the sheet
 * has failed, for a paper without names would look like one that has none. */
const struct authority *sheet_authority(struct sheet *x, Str party);

/* Name of an officer where it is known here, else the id (sheet_signature.c). */
Str sheet_officer(struct sheet *x, Str party, Str id);

/* The mandate in which an officer took part then: one that stood, else the newest. NULL when none
 * is known. */
const struct mandate *sheet_mandate(struct sheet *x, Str party, Str officer, Instant at);

/* An officer known by id with name, role and mandate as a numbered paragraph; anything else as it
 * was written. */
void sheet_participants(struct sheet *x, const struct fact *f, Instant at);

/* Who signed a fact, with the officer's role (empty: that of the mandate); and a line for ink. */
void sheet_signature(struct sheet *x, const struct entry *e, Str role, struct paper_signature *out);
void sheet_signature_blank(struct sheet *x, size_t side, Str role, struct paper_signature *out);

/* Where the pack wants both sides to sign there is a place for a seal. */
bool sheet_both_sign(const struct sheet *x);

/* The heading and the boxes, those of the signers and lines for ink where the pack wants more
 * hands: every side of a document of both, every group joined by "+". */
void sheet_sign(struct sheet *x);

/* A line for ink for each group of the pack's signers after the first, at most up to `max` in the
 * list; and is this somebody of such a group? */
void sheet_more_hands(struct sheet *x, size_t side, struct paper_signature *list, size_t max,
                      size_t *count);
bool sheet_is_signed_by_hand(const struct sheet *x, Str name);

/* "Done in 2 originals, each in ...": for what both sign. */
void sheet_authenticity(struct sheet *x);

/* Points with the circle of their error and the verdict on each, and a sketch to scale with what
 * the loaded border has there (sheet_evidence.c). */
void sheet_measurement_table(struct sheet *x, const struct entry *const *list, size_t count);
void sheet_sketch(struct sheet *x, const struct entry *const *list, size_t count);
void sheet_annex_table(struct sheet *x, const struct entry *const *list, size_t count);

/* Items with what was done to keep them the same (sheet_evidence.c). */
void sheet_item_table(struct sheet *x, const struct entry *const *list, size_t count);
void sheet_custody_table(struct sheet *x, const struct entry *const *list, size_t count);

/* Decisions of a meeting with owner and due time (act_parts.c). */
void sheet_decisions(struct sheet *x, const struct entry *const *list, size_t count);

/* The parts of an act, in order (act_parts.c). */
void sheet_statements(struct sheet *x);
void sheet_annexed_decisions(struct sheet *x);
void sheet_measurements(struct sheet *x);
void sheet_closing(struct sheet *x);
void sheet_signatures(struct sheet *x);

/* The document of a fact, not drawn yet, with the post locked (document.c). */
MUST_USE Status document_of_fact(struct scope *s, struct post *p, const struct document_request *r,
                                 struct paper_document *out);

/* The whole document of an act, with the post locked (act.c). ERR_NOT_FOUND when the fact is none.
 */
MUST_USE Status act_document(struct scope *s, struct post *p, Str act_ref, enum act_form form,
                             struct paper_document *out);
