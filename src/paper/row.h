/* paper/row.h - cells that stand side by side and share a top: the pair of one paragraph in two
 * languages, a line of a table, two signatures. A row stays whole when a sheet can hold it;
 * otherwise all its cells go on, line by line, on the next sheets. Only paper/ uses it. */
#pragma once
#include "paper/page.h"

enum { ROW_CELLS_MAX = 8 };

struct cell {
    struct type_setting text; /* its width is set from `width` and `pad` */
    double x, width, pad;
    size_t language; /* 0, 1, or 2 for both */
    const char *tag;
    bool has_bar, has_frame; /* a bar at its left; a frame around */
    double drop;             /* puts small letters on the line of larger ones beside them */
    double ink;              /* height of the place for a signature in ink under the text, */
    double ink_short;        /* whose line leaves as much free at its right end */
    PangoLayout *layout;     /* made by row_measure */
    PangoLayoutIter *line;
    bool is_done;
};

struct row {
    struct cell cells[ROW_CELLS_MAX];
    size_t count;
    double before, after; /* space; `before` falls away at the top of a sheet */
    const char *tag;      /* around all cells, or NULL */
    bool has_divider;     /* line between the two columns */
    bool has_fill;
    double under; /* width of the line under the row, 0 for none */
    double height;
};

#define AUTO_ROW __attribute__((cleanup(row_release)))

/* A new cell at the end of the row. */
struct cell *row_cell(struct row *r, double x, double width, size_t language, const char *tag);

/* Sets the text of all cells; `height` is without the space around. */
MUST_USE Status row_measure(struct page *p, struct row *r);

/* Sets the text of one cell more, in a row that is measured: its height stays. */
MUST_USE Status cell_measure(struct page *p, struct cell *c);

/* Draws a measured row, going to the next sheets as needed. */
MUST_USE Status row_draw(struct page *p, struct row *r);

/* Makes a drawn row ready to be drawn again. */
void row_restart(struct row *r);
void row_release(struct row *r);
