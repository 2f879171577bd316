/* cli/help.h - what the program says of itself: made from the tables of commands, so that it cannot
 * differ from what is read. */
#pragma once
#include "cli/command.h"
#include <stdio.h>

void help_overview(FILE *out, const struct subcommand *table, size_t count);
/* The commands of a subcommand, two lines each. */
void help_verbs(FILE *out, const struct subcommand *sub);
/* One command: form, what it does, options, exit codes. */
void help_command(FILE *out, const struct subcommand *sub, const struct command *command);
/* "usage: twinpost parcel write DIR FILE [--to PARTY]" */
void help_usage(FILE *out, const struct subcommand *sub, const struct command *command);

/* What the word at `at` (from 0) is called in the form, for example "FILE"; "" past its end. */
Str help_word(const struct command *command, size_t at);

/* The options of a command: its own, those of acting, those of all. Ends with NULL. */
struct option_tables {
    const struct option_rule *list[4];
};
struct option_tables option_tables_of(const struct command *command);
