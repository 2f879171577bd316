/* paper/document.h - draws a bilingual document on A4 pages, as PDF with tags and languages.
 * Knows nothing about facts: every word on the page is given by the caller. The same document
 * gives the same bytes. Two languages stand side by side, paired row by row. */
#pragma once
#include "base/instant.h"

enum {
    PAPER_BLOCKS_MAX = 20000,
    PAPER_TEXT_MAX = 256 * 1024, /* bytes of one text */
    PAPER_PAGES_MAX = 2000,
    PAPER_TABLE_COLUMNS_MAX = 8,
    PAPER_SIGNATURES_MAX = 64,
    PAPER_PICTURE_MAX = 16 * 1024 * 1024,
    PAPER_BYTES_MAX = 48 * 1024 * 1024,
};

enum paper_kind {
    PAPER_HEADING,    /* text, level 1 or 2 */
    PAPER_PARAGRAPH,  /* text; number in front; mark behind */
    PAPER_FIELD,      /* text is the label, value beside it */
    PAPER_TABLE,      /* table */
    PAPER_NOTE,       /* a reservation: label names whose, text says what */
    PAPER_REMARK,     /* text in small letters: how the page is to be read */
    PAPER_SIGNATURES, /* signatures, side 0 on the left and side 1 on the right */
    PAPER_PICTURE,    /* picture, SVG or PNG; text is its caption and its spoken description */
    PAPER_RULE,
    PAPER_PAGE_BREAK,
    PAPER_KIND_COUNT
};

/* What the two sides say about a statement; drawn as a sign beside the words in `mark_text`. */
enum paper_mark { PAPER_MARK_NONE, PAPER_MARK_AGREED, PAPER_MARK_CONTESTED, PAPER_MARK_ONE_SIDE };

struct paper_cell {
    Str text[2]; /* the second stays empty for numbers, names and times */
};

struct paper_table {
    size_t columns, rows;
    const double *widths; /* one a column, relative to each other */
    const bool *to_right; /* one a column, or NULL: all to the left */
    const bool *is_code;  /* one a column, or NULL: digests, in small letters of one width */
    const struct paper_cell *head;  /* one a column; comes again on every page */
    const struct paper_cell *cells; /* rows * columns */
};

struct paper_signature {
    size_t side; /* 0 or 1 */
    Str party[2], role[2], name;
    Str time_utc, time_local[2]; /* local times of the two sides, as text with the zone named */
    Str value;                   /* shortened signature; empty: only the line for ink */
    Str ink[2], seal[2]; /* words under that line, and at the place of a seal; may be empty */
};

struct paper_block {
    enum paper_kind kind;
    unsigned level;
    Str number;
    Str label[2], text[2], value[2]; /* value[1] empty: both columns show value[0] */
    bool is_gap;                     /* PAPER_FIELD: the value says that nothing was recorded */
    bool keeps_next; /* the next block begins on the same sheet; headings always do so */
    enum paper_mark mark;
    Str mark_text[2];
    const struct paper_table *table;
    const struct paper_signature *signatures;
    size_t signature_count;
    Bytes picture;
    double height_mm; /* greatest height of the picture; 0 is 90 mm */
};

struct paper_document {
    Str title[2], language[2]; /* languages as BCP 47 tags */
    size_t columns;            /* 2, or 1: only what stands at [0] */
    Str issuer[2];             /* letterhead of the two sides */
    Str number;
    Str state[2];      /* "draft", "in force"; may be empty */
    Str note[2];       /* a line under the state; may be empty */
    Str banner[2];     /* at the head of every sheet: whom it is not for; may be empty */
    Instant made;      /* the date inside the PDF */
    Str digest_hex;    /* of the content that is signed */
    Str footer[2];     /* at most about two short lines each */
    Str page_words[2]; /* "page {n} of {m}"; empty: "{n} / {m}" */
    Str qr;            /* at most 300 bytes; empty: none */
    const struct paper_block *blocks;
    size_t block_count;
};

/* The PDF, in the scope. ERR_SCHEMA, ERR_LIMIT with a sentence for a document that cannot stand
 * on paper. GLib ends the process without memory, and its libraries are many: it stands in a module
 * of its own (os/module.h), which paper/worker.h loads in a child process. */
MUST_USE Status paper_draw(struct scope *s, const struct paper_document *doc, Bytes *out);

/* The refusals of paper_draw, without drawing. */
MUST_USE Status paper_check(struct scope *s, const struct paper_document *doc);
