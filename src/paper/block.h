/* paper/block.h - how each kind of block becomes rows on the page. Only paper/ uses it. */
#pragma once
#include "paper/page.h"

/* Letterhead, number, titles and state at the top of the first sheet. */
MUST_USE Status block_title(struct page *p);

/* Draws block `i` of the document. */
MUST_USE Status block_draw(struct page *p, size_t i);
