/* paper/drawing.h - paper_draw as the module that holds Pango, Cairo, librsvg and qpdf gives it.
 * Loaded on first use (os/module.h): only worker.c calls through this. */
#pragma once
#include "paper/document.h"

struct paper_drawing {
    Status (*draw)(struct scope *s, const struct paper_document *doc, Bytes *out);
};

extern const struct paper_drawing paper_drawing;
