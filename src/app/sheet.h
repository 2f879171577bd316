/* app/sheet.h - a document on its way to paper: the words of each column, blocks as they are added,
 * and the facts it rests on. For act.c, sheet*.c and document*.c only; used with the post locked,
 * and nothing in it points outside the scope. */
#pragma once
#include "app/paper.h"
#include "app/statement.h"
#include "paper/document.h"

enum { SHEET_SHOWN_MAX = 128, SHEET_SIGNERS_MAX = 4 };

struct sheet {
    struct scope *s;
    struct post *p;
    const struct casefile *c;
    const struct act *act;   /* NULL when the document is no act */
    const struct fact *fact; /* what the document is about; NULL: the case, or a year */
    Str doc;                 /* its id in the pack */
    Str number;              /* what tells it from others of its kind: "by:12", a version, a year */
    Str ref;                 /* names it in the QR code: the same, but for acts their draft */
    Str issuer;              /* the party whose paper it is; empty: of both */
    Str title[2];            /* instead of the document's own; may be empty */
    Str state[2];
    bool own_side;         /* an own-side sheet: what was not opened stands on it too */
    bool is_as_written;    /* an entry made in one language stands in both columns */
    bool is_part;          /* one word for a document that both sides will sign: no gaps yet */
    bool is_list;          /* a register or report: many facts, none of which is signed here */
    enum field_class most; /* no field of a class above it is shown */
    Str party[SIDES];      /* side A, side B: in the order of the pack */
    Str language[2];       /* of the columns */
    json_t *texts[2];      /* released by sheet_close */
    bool swapped;          /* side B comes first */
    size_t columns;
    struct paper_block *blocks;
    size_t count, room;
    const struct entry *signers[SHEET_SIGNERS_MAX]; /* whose signatures stand at its end */
    size_t signer_count;
    const char *hand; /* a text: somebody without a role who signs in ink besides; NULL: nobody */
    const struct entry **cited; /* the facts on the page, each once */
    size_t cited_count, cited_room;
    Instant made;               /* of the newest of them: the paper has no moment of its own */
    Str shown[SHEET_SHOWN_MAX]; /* names of fields that stand on the page, for the pack's "must
                                   contain" */
    size_t shown_count;
    Status status; /* the first failure; later additions do nothing */
};

/* Languages, texts and parties for a form; sheet_close also after a failure. */
MUST_USE Status sheet_open(struct sheet *x, enum act_form form);
void sheet_close(struct sheet *x);
#define AUTO_SHEET __attribute__((cleanup(sheet_close)))

/* The finished document: titles, state, digest, QR code, footers. */
MUST_USE Status sheet_finish(struct sheet *x, struct paper_document *out);

/* A block at the end; never NULL. */
struct paper_block *sheet_add(struct sheet *x, enum paper_kind kind);

/* The document rests on this fact; NULL is none. */
void sheet_cite(struct sheet *x, const struct entry *e);

/* Blocks in both columns: headings of the first and second rank, a paragraph; texts by key. */
void sheet_heading(struct sheet *x, const char *key);
void sheet_subheading(struct sheet *x, const char *key);
struct paper_block *sheet_paragraph(struct sheet *x, const char *key);

/* Label and value; nothing when there is no value. A value that both columns share stands in
 * `first` alone. */
void sheet_field(struct sheet *x, const char *label, Str first, Str second);

/* Cells of a new table at the end: the row of heads, then `rows` rows. NULL without memory. Table
 * and arrays are the scope's or static. */
struct paper_cell *sheet_table(struct sheet *x, const struct paper_table *shape, size_t rows);

/* A text of the catalogue in the language of a column; the key itself when it has none. */
Str sheet_text(struct sheet *x, size_t column, const char *key);
void sheet_texts(struct sheet *x, const char *key, Str out[static 2]);

/* The text "prefix.id", or `id` when the catalogue has none. */
Str sheet_catalogue(struct sheet *x, size_t column, const char *prefix, Str id);

/* A copy, so that it outlives the lock; what scope_print made, or an empty text when there was no
 * memory. */
Str sheet_copy(struct sheet *x, Str text);
Str sheet_printed(struct sheet *x, Str text);

/* `text` with `value` in place of the first `name` ("{time}"). */
Str sheet_fill(struct sheet *x, Str text, const char *name, Str value);

/* Title of an entry of a pack's list ("documents", "roles", "outcomes", "parties"), with a capital
 * letter; and as it stands in the middle of a sentence. */
Str sheet_title(struct sheet *x, size_t column, const char *list, Str id);
Str sheet_title_inside(struct sheet *x, size_t column, const char *list, Str id);
Str sheet_capital(struct sheet *x, Str text);

/* The name of a party in the language of a column; its id when the pack gives none. */
Str sheet_party(struct sheet *x, size_t column, Str party);

/* 0 or 1: the side of a party. */
size_t sheet_side(const struct sheet *x, Str party);

/* An instant in UTC and on the clocks of both sides; "11:00 Riga" alone, with the date where it is
 * another one there. */
Str sheet_time(struct sheet *x, size_t column, Instant at);
Str sheet_local_time(struct sheet *x, size_t column, Str party, Instant at);

/* The entry of the pack's document, or NULL. */
const json_t *sheet_document(const struct sheet *x);
