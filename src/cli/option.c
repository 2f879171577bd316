#include "cli/option.h"

static const struct option_rule *rule_find(const struct option_rule *const *tables, Str name)
{
    for (size_t t = 0; tables[t]; t++)
        for (const struct option_rule *r = tables[t]; r->name; r++)
            if (str_is(name, r->name)) return r;
    return NULL;
}

const char *option_value(const struct arguments *a, const char *name)
{
    for (size_t i = 0; i < a->option_count; i++)
        if (strcmp(a->options[i].name, name) == 0) return a->options[i].value;
    return NULL;
}

/* One option; moves `at` on when its value is the next text. */
static Status option_add(struct scope *s, const struct option_rule *const *tables, int count,
                         char *const *texts, int *at, struct arguments *out)
{
    Str rest = str_of(texts[*at] + 2), name = str_cut(&rest, '=');
    const struct option_rule *r = rule_find(tables, name);
    const char *value = rest.ptr;
    if (r == NULL) return fail(s, ERR_USAGE, "--%.*s is no option of this command", STR_ARG(name));
    if (option_value(out, r->name)) return fail(s, ERR_USAGE, "--%s is given twice", r->name);
    if (out->option_count == OPTIONS_MAX) return fail(s, ERR_USAGE, "too many options");
    if (r->value == NULL && value) return fail(s, ERR_USAGE, "--%s takes no value", r->name);
    if (r->value && value == NULL) {
        if (*at + 1 >= count) return fail(s, ERR_USAGE, "--%s needs %s", r->name, r->value);
        value = texts[++*at];
    }
    out->options[out->option_count++] = (struct option_given){r->name, value ? value : ""};
    return OK;
}

Status option_read(struct scope *s, const struct option_rule *const *tables, int count,
                   char *const *texts, struct arguments *out)
{
    bool only_words = false;
    out->word_count = 0;
    out->option_count = 0;
    for (int i = 0; i < count; i++) {
        const char *text = texts[i];
        if (!str_is_text(str_of(text)))
            return fail(s, ERR_USAGE, "word %d is no plain text: UTF-8 without control characters",
                        i + 1);
        if (!only_words && strcmp(text, "--") == 0) {
            only_words = true;
        } else if (!only_words && strncmp(text, "--", 2) == 0) {
            TRY(option_add(s, tables, count, texts, &i, out));
        } else if (!only_words && text[0] == '-' && text[1] != '\0') {
            return fail(s, ERR_USAGE, "%s is no option: they begin with two dashes", text);
        } else {
            if (out->word_count == WORDS_MAX) return fail(s, ERR_USAGE, "too many arguments");
            out->words[out->word_count++] = text;
        }
    }
    return OK;
}
