/* paper/worker.h - draws in a child process with limits (os/process.h). So a server keeps its small
 * size, and a document that makes a library fail ends the child only. */
#pragma once
#include "paper/document.h"

/* As paper_draw; besides, ERR_LIMIT when drawing takes too long and ERR_INTERNAL when the child
 * dies. Safe in a program with threads as long as none of them draws itself. */
MUST_USE Status paper_draw_apart(struct scope *s, const struct paper_document *doc, Bytes *out);
