/* cli/option.h - reads the words of a command line: what stands alone, and options with or without
 * a value. Decides only the form; an option that no table names is refused. */
#pragma once
#include "base/scope.h"

enum { WORDS_MAX = 420, OPTIONS_MAX = 32 };

struct option_rule {
    const char *name;  /* without the dashes */
    const char *value; /* what the help calls its value; NULL for a flag */
    const char *help;
};

struct option_given {
    const char *name, *value; /* "" for a flag */
};

struct arguments {
    const char *words[WORDS_MAX];
    size_t word_count;
    struct option_given options[OPTIONS_MAX];
    size_t option_count;
};

/* `tables` ends with NULL, each table with a row without name. "--name value", "--name=value",
 * "--flag"; after "--" all are words. ERR_USAGE for an unknown option, one given twice, or a value
 * that is missing. */
MUST_USE Status option_read(struct scope *s, const struct option_rule *const *tables, int count,
                            char *const *texts, struct arguments *out);

/* The value, or NULL when the option is not given. */
const char *option_value(const struct arguments *a, const char *name);
