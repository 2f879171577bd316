#include "cli/help.h"

static const struct option_rule always[] = {
    {"json", NULL, "the answer as JSON, and a refusal too"},
    {"help", NULL, "this text"},
    {NULL, NULL, NULL},
};

static const struct option_rule acting_options[] = {
    {"as", "OFFICER", "the officer who acts"},
    {"password-fd", "N", "read the password from descriptor N; else it is TWINPOST_PASSWORD"},
    {NULL, NULL, NULL},
};

static const struct option_rule no_options[] = {{NULL, NULL, NULL}};

struct option_tables option_tables_of(const struct command *command)
{
    return (struct option_tables){{command->options ? command->options : no_options,
                                   command->acting == ACTS_NOT ? no_options : acting_options,
                                   always, NULL}};
}

static void print_form(FILE *out, const struct subcommand *sub, const struct command *command)
{
    fprintf(out, "twinpost %s%s%s %s\n", sub->name, command->verb ? " " : "",
            command->verb ? command->verb : "", command->synopsis);
}

void help_usage(FILE *out, const struct subcommand *sub, const struct command *command)
{
    fprintf(out, "usage: ");
    print_form(out, sub, command);
}

void help_command(FILE *out, const struct subcommand *sub, const struct command *command)
{
    struct option_tables t = option_tables_of(command);
    help_usage(out, sub, command);
    fprintf(out, "%s\n\n", command->summary);
    for (size_t i = 0; t.list[i]; i++)
        for (const struct option_rule *r = t.list[i]; r->name; r++) {
            char left[64];
            snprintf(left, sizeof left, "--%s %s", r->name, r->value ? r->value : "");
            fprintf(out, "  %-24s %s\n", left, r->help);
        }
    fprintf(out,
            "\nExit: 0 done, 1 refused, 2 wrong usage, 3 signature, proof or fork, 4 not found,\n"
            "5 busy or no link, 70 memory, disk or internal. See twinpost-%s(1).\n",
            sub->name);
}

void help_verbs(FILE *out, const struct subcommand *sub)
{
    fprintf(out, "usage:\n");
    for (const struct command *command = sub->commands; command->run; command++) {
        fprintf(out, "  ");
        print_form(out, sub, command);
        fprintf(out, "      %s\n", command->summary);
    }
}

void help_overview(FILE *out, const struct subcommand *table, size_t count)
{
    fprintf(out, "usage: twinpost SUBCOMMAND ...\n"
                 "A post of one state: registers border incidents and investigates them together "
                 "with the neighbour's post.\n\n");
    for (size_t i = 0; i < count; i++)
        fprintf(out, "  %-10s %s\n", table[i].name, table[i].summary);
    fprintf(out, "\nEvery subcommand tells more with --help, and answers as JSON with --json.\n"
                 "twinpost --version tells which program this is.\n");
}

Str help_word(const struct command *command, size_t at)
{
    Str rest = str_of(command->synopsis);
    while (rest.len) {
        Str word = str_cut(&rest, ' ');
        bool is_option = str_has_prefix(word, "--") || str_has_prefix(word, "[--");
        if (is_option && rest.len && !str_has_suffix(word, "]")) (void)str_cut(&rest, ' ');
        if (is_option || word.len == 0) continue;
        if (at-- == 0) return word;
    }
    return STR("");
}
