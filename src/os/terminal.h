/* os/terminal.h - what is different when a person sits there: typed secrets are not shown, and long
 * work says that it goes on. Where no terminal is, nothing of this happens. */
#pragma once
#include "base/scope.h"

/* A terminal whose typing is hidden until terminal_show; not a terminal: nothing is done. */
struct hidden;

/* Prints the question on stderr and stops showing what is typed at the descriptor. NULL when it is
 * no terminal. The signals that would end the program wait until terminal_show. */
struct hidden *terminal_hide(struct scope *s, int fd, const char *question);

/* Waits for typing; false when the person wants the program to end instead. */
bool terminal_wait(const struct hidden *h);

/* Typing is shown again; signals that waited take effect. Accepts NULL. */
void terminal_show(struct hidden *h);

/* After a second of work a line on stderr tells that it goes on, until it ends. NULL when stderr is
 * no terminal. `what` must live as long. */
struct progress;
struct progress *progress_begin(const char *what);

/* Takes the line away; accepts NULL. */
void progress_end(struct progress *p);
