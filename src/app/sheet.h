/* app/sheet.h - an act on its way to paper: the words of each column, and blocks as they are added.
 * For act.c, act_parts.c and sheet.c only; used with the post locked, and nothing in it points
 * outside the scope. */
#pragma once
#include "app/paper.h"
#include "app/statement.h"
#include "paper/document.h"

enum { SHEET_SHOWN_MAX = 128 };

struct sheet {
    struct scope *s;
    struct post *p;
    const struct casefile *c;
    const struct act *act;   /* NULL when the document is no act */
    const struct fact *fact; /* what the document is about; NULL: the case */
    Str party[SIDES];        /* side A, side B: in the order of the pack */
    Str language[2];         /* of the columns */
    json_t *texts[2];        /* released by sheet_close */
    bool swapped;            /* side B comes first */
    size_t columns;
    struct paper_block *blocks;
    size_t count, room;
    Str shown[SHEET_SHOWN_MAX]; /* names of fields that stand on the page, for the pack's "must
                                   contain" */
    size_t shown_count;
    Status status; /* the first failure; later additions do nothing */
};

/* Languages, texts and parties for a form; sheet_close also after a failure. */
MUST_USE Status sheet_open(struct sheet *x, enum act_form form);
void sheet_close(struct sheet *x);
#define AUTO_SHEET __attribute__((cleanup(sheet_close)))

/* A block at the end; never NULL. */
struct paper_block *sheet_add(struct sheet *x, enum paper_kind kind);

/* A text of the catalogue in the language of a column; the key itself when it has none. */
Str sheet_text(struct sheet *x, size_t column, const char *key);
void sheet_texts(struct sheet *x, const char *key, Str out[static 2]);

/* A heading in both columns, of the first and of the second rank. */
void sheet_heading(struct sheet *x, const char *key);
void sheet_subheading(struct sheet *x, const char *key);

/* Label and value; nothing when there is no value. A value that both columns share stands in
 * `first` alone. */
void sheet_field(struct sheet *x, const char *label, Str first, Str second);

/* Cells of a new table at the end: the row of heads, then `rows` rows. NULL without memory. */
struct paper_cell *sheet_table(struct sheet *x, const double *widths, const bool *to_right,
                               size_t columns, size_t rows);

/* A copy, so that it outlives the lock. */
Str sheet_copy(struct sheet *x, Str text);

/* What scope_print made, or an empty text when there was no memory. */
Str sheet_printed(struct sheet *x, Str text);

/* Notes that a field stands on the page, by its name in the pack ("statement" of "statement.1.lv").
 */
void sheet_shown(struct sheet *x, Str name);

/* `text` with `value` in place of the first `name` ("{time}"). */
Str sheet_fill(struct sheet *x, Str text, const char *name, Str value);

/* Text of a fact in the language of a column ("conclusion" and so on), or in any it has, said so.
 */
Str sheet_words(struct sheet *x, size_t column, const struct fact *f, const char *name);

/* Title of an entry of a pack's list ("documents", "roles", "outcomes", "parties"). */
Str sheet_title(struct sheet *x, size_t column, const char *list, Str id);

/* An instant in UTC and on the clocks of both sides. */
Str sheet_time(struct sheet *x, size_t column, Instant at);

/* The name of a party in the language of a column; its id when the pack gives none. */
Str sheet_party(struct sheet *x, size_t column, Str party);

/* "11:00 Riga", with the date where it is another one there. */
Str sheet_local_time(struct sheet *x, Str party, Instant at);

/* 0 or 1. */
size_t sheet_side(const struct sheet *x, Str party);

/* Name of an officer where it is known here, else the id. */
Str sheet_officer(struct sheet *x, Str party, Str id);

/* The first mandate that tells in what role an officer takes part; NULL when none is known. */
const struct mandate *sheet_mandate(struct sheet *x, Str party, Str officer);

/* An officer known by id with name, role and mandate as a numbered paragraph; anything else as it
 * was written. */
void sheet_participants(struct sheet *x, const struct fact *f);

/* Points with the circle of their error and the verdict on each, and a sketch to scale
 * (sheet_evidence.c). */
void sheet_measurement_table(struct sheet *x, const struct entry *const *list, size_t count);
void sheet_sketch(struct sheet *x, const struct entry *const *list, size_t count);
void sheet_annex_table(struct sheet *x, const struct entry *const *list, size_t count);

/* A field of a fact in the words of a column: titles for ids of the pack, local times, names of
 * officers; items of a list one after the other (sheet_value.c). Empty when it is not open, or is
 * of a class that no document shows. */
Str sheet_value(struct sheet *x, size_t column, const struct fact *f, Str name);

/* Who signed a fact, with the officer's role (empty: that of the mandate); and a line for ink
 * (sheet_signature.c). */
void sheet_signature(struct sheet *x, const struct entry *e, Str role, struct paper_signature *out);
void sheet_signature_blank(struct sheet *x, size_t side, Str role, struct paper_signature *out);

/* The pages' frame that all documents share: titles, parties, page words; `doc_id` is of the pack.
 */
void sheet_frame(struct sheet *x, Str doc_id, struct paper_document *out);

/* The parts of an act, in order (act_parts.c). */
void sheet_statements(struct sheet *x);
void sheet_measurements(struct sheet *x);
void sheet_closing(struct sheet *x);
void sheet_signatures(struct sheet *x);

/* The whole document of an act, with the post locked (act.c). */
MUST_USE Status act_document(struct scope *s, struct post *p, Str act_ref, enum act_form form,
                             struct paper_document *out);
