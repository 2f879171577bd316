/* paper/signature.h - the boxes in which people sign, those of the two sides beside each other.
 * Only paper/ uses it. */
#pragma once
#include "paper/page.h"

/* Draws every signature of the block. */
MUST_USE Status signatures_draw(struct page *p, const struct paper_block *b);

/* Height of the first pair, with the space around it. */
MUST_USE Status signatures_height(struct page *p, const struct paper_block *b, double *out);
