/* app/sheet.h - an act on its way to paper: the words of each column, and blocks as they are added. For act.c,
 * act_parts.c and sheet.c only; used with the post locked, and nothing in it points outside the scope. */
#pragma once
#include "app/statement.h"
#include "app/paper.h"
#include "paper/document.h"

struct sheet {
    struct scope *s;
    struct post *p;
    const struct casefile *c;
    const struct act *act;
    const struct fact *fact;
    Str party[SIDES];    /* side A, side B: in the order of the pack */
    Str language[2];     /* of the columns */
    json_t *texts[2];    /* released by sheet_close */
    bool swapped; /* side B comes first */
    size_t columns;
    struct paper_block *blocks;
    size_t count, room;
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
void sheet_heading(struct sheet *x, const char *key);

/* A copy, so that it outlives the lock. */
Str sheet_copy(struct sheet *x, Str text);

/* `text` with `value` in place of the first `name` ("{time}"). */
Str sheet_fill(struct sheet *x, Str text, const char *name, Str value);

/* Text of a fact in the language of a column ("conclusion" and so on), or in any it has, said so. */
Str sheet_words(struct sheet *x, size_t column, const struct fact *f, const char *name);

/* Title of an entry of a pack's list ("documents", "roles", "outcomes", "parties"). */
Str sheet_title(struct sheet *x, size_t column, const char *list, Str id);

/* An instant in UTC and on the clocks of both sides. */
Str sheet_time(struct sheet *x, size_t column, Instant at);

/* "11:00 Riga", with the date where it is another one there. */
Str sheet_local_time(struct sheet *x, Str party, Instant at);

/* 0 or 1. */
size_t sheet_side(const struct sheet *x, Str party);

/* Name of an officer where it is known here, else the id. */
Str sheet_officer(struct sheet *x, Str party, Str id);

/* The first mandate that tells in what role an officer takes part; NULL when none is known. */
const struct mandate *sheet_mandate(struct sheet *x, Str party, Str officer);

/* The parts of an act, in order (act_parts.c). */
void sheet_statements(struct sheet *x);
void sheet_measurements(struct sheet *x);
void sheet_closing(struct sheet *x);
void sheet_signatures(struct sheet *x);

/* The whole document of an act, with the post locked (act.c). */
MUST_USE Status act_document(struct scope *s, struct post *p, Str act_ref, enum act_form form,
                             struct paper_document *out);
