#include "cli/command.h"
#include "cli/print.h"
#include "os/file.h"
#include "os/password.h"

static const struct option_rule always[] = {
    {"json", NULL, "the answer as JSON"},
    {"help", NULL, "this text"},
    {NULL, NULL, NULL},
};

static const struct option_rule acting_options[] = {
    {"as", "OFFICER", "the officer who acts"},
    {"password-fd", "N", "read the password from descriptor N; else it is TWINPOST_PASSWORD"},
    {NULL, NULL, NULL},
};

static const struct option_rule no_options[] = {{NULL, NULL, NULL}};

struct tables {
    const struct option_rule *list[4];
};

static struct tables tables_of(const struct command *command)
{
    return (struct tables){{command->options ? command->options : no_options,
                            command->acting == ACTS_NOT ? no_options : acting_options, always,
                            NULL}};
}

static void print_rules(const struct tables *t)
{
    for (size_t i = 0; t->list[i]; i++)
        for (const struct option_rule *r = t->list[i]; r->name; r++) {
            char left[64];
            snprintf(left, sizeof left, "--%s %s", r->name, r->value ? r->value : "");
            printf("  %-24s %s\n", left, r->help);
        }
}

static void print_synopsis(FILE *out, const struct subcommand *sub, const struct command *command)
{
    fprintf(out, "twinpost %s%s%s %s\n", sub->name, command->verb ? " " : "",
            command->verb ? command->verb : "", command->synopsis);
}

static void print_help(const struct subcommand *sub, const struct command *command)
{
    struct tables t = tables_of(command);
    printf("usage: ");
    print_synopsis(stdout, sub, command);
    printf("%s\n\n", command->summary);
    print_rules(&t);
    printf("\nExit: 0 done, 1 refused, 2 wrong usage, 3 signature, proof or fork, 4 not found,\n"
           "5 busy or no link, 70 memory, disk or internal. See twinpost-%s(1).\n",
           sub->name);
}

static void print_verbs(FILE *out, const struct subcommand *sub)
{
    fprintf(out, "usage:\n");
    for (const struct command *command = sub->commands; command->run; command++) {
        fprintf(out, "  ");
        print_synopsis(out, sub, command);
        fprintf(out, "      %s\n", command->summary);
    }
}

static void print_overview(FILE *out, const struct subcommand *table, size_t count)
{
    fprintf(out, "usage: twinpost SUBCOMMAND ...\n"
                 "A post of one state: registers border incidents and investigates them together "
                 "with the neighbour's post.\n\n");
    for (size_t i = 0; i < count; i++)
        fprintf(out, "  %-10s %s\n", table[i].name, table[i].summary);
    fprintf(out, "\nEvery subcommand tells more with --help, and answers as JSON with --json.\n");
}

const char *call_word(const struct call *c, size_t at)
{
    return at < c->arguments.word_count ? c->arguments.words[at] : "";
}

Str call_option(const struct call *c, const char *name)
{
    const char *value = option_value(&c->arguments, name);
    return str_of(value ? value : "");
}

bool call_has(const struct call *c, const char *name)
{
    return option_value(&c->arguments, name) != NULL;
}

Status call_number(const struct call *c, const char *name, uint64_t otherwise, uint64_t *out)
{
    *out = otherwise;
    if (!call_has(c, name) || str_u64(call_option(c, name), out)) return OK;
    return fail(c->scope, ERR_USAGE, "--%s needs a number", name);
}

Status call_post(struct call *c, size_t at, struct post **out)
{
    Str database = file_join(c->scope, call_word(c, at), "twinpost.db");
    if (database.ptr == NULL) return ERR_MEMORY;
    if (!file_exists(database.ptr))
        return fail(c->scope, ERR_NOT_FOUND, "%s holds no post", call_word(c, at));
    return post_open(c->scope, call_word(c, at), c->wiring->clock, out);
}

void post_auto_close(struct post **p)
{
    post_close(*p);
}

void session_auto_close(struct session **session)
{
    if (*session) session_close(*session);
}

Status call_password(struct call *c, const char *option, const char *variable, Str *out)
{
    uint64_t fd;
    if (!call_has(c, option)) return password_read_environment(c->scope, variable, out);
    TRY(call_number(c, option, 0, &fd));
    if (fd > 1023) return fail(c->scope, ERR_USAGE, "--%s needs a descriptor", option);
    return password_read_fd(c->scope, (int)fd, out);
}

Status call_session(struct call *c, struct post *p, struct session **out)
{
    Str password;
    *out = NULL;
    if (!call_has(c, "as") && c->command->acting == ACTS_MAYBE) return OK;
    if (!call_has(c, "as")) return fail(c->scope, ERR_USAGE, "who acts? name the officer by --as");
    TRY(call_password(c, "password-fd", "TWINPOST_PASSWORD", &password));
    return session_open(c->scope, p, call_option(c, "as"), password, out);
}

Status call_fields(struct call *c, size_t at, struct name_value **out, size_t *out_count)
{
    size_t count = 0;
    struct name_value *list = scope_array(c->scope, c->arguments.word_count + 1, sizeof *list);
    if (list == NULL) return ERR_MEMORY;
    for (size_t i = at; i < c->arguments.word_count; i++) {
        Str value = str_of(call_word(c, i)), name = str_cut(&value, '=');
        if (value.ptr == NULL || name.len == 0)
            return fail(c->scope, ERR_USAGE, "%s should be field=value", call_word(c, i));
        for (size_t k = 0; k < count; k++)
            if (str_eq(list[k].name, name))
                return fail(c->scope, ERR_USAGE, "%.*s is given twice", STR_ARG(name));
        list[count++] = (struct name_value){name, value};
    }
    *out = list;
    *out_count = count;
    return OK;
}

static Status print_result(struct call *c)
{
    if (c->lost_memory) return fail(c->scope, ERR_MEMORY, "the machine has no memory left");
    if (c->json) {
        Str text;
        if (c->raw.ptr) answer_text(c, NULL, "text", c->raw);
        TRY(json_write(c->scope, c->answer, &text));
        printf("%.*s\n", STR_ARG(text));
    } else if (c->raw.ptr) {
        fwrite(c->raw.ptr, 1, c->raw.len, stdout);
    } else if (!c->is_printed) {
        print_answer(stdout, c->answer);
    }
    return fflush(stdout) == 0 ? OK : fail(c->scope, ERR_DISK, "the answer could not be written");
}

static int refuse(const struct scope *s, Status status)
{
    fprintf(stderr, "twinpost: %s: %s\n", status_name(status), scope_reason(s));
    return status_exit_code(status);
}

static int run_in(struct scope *s, const struct subcommand *sub, const struct command *command,
                  const struct wiring *wiring, int count, char *const *texts)
{
    AUTO_JSON json_t *answer = json_object();
    struct tables t = tables_of(command);
    struct call c = {.scope = s, .wiring = wiring, .command = command, .answer = answer};
    Status status = option_read(s, t.list, count, texts, &c.arguments);
    if (status == OK && call_has(&c, "help")) {
        print_help(sub, command);
        return 0;
    }
    c.json = call_has(&c, "json");
    if (status == OK && (c.arguments.word_count < command->words_min ||
                         c.arguments.word_count > command->words_max))
        status = fail(s, ERR_USAGE, "too %s arguments",
                      c.arguments.word_count < command->words_min ? "few" : "many");
    if (status == OK) status = command->run(&c);
    if (status == OK) status = print_result(&c);
    if (status == OK) return c.exit_code;
    int code = refuse(s, status);
    if (status == ERR_USAGE) {
        fprintf(stderr, "usage: ");
        print_synopsis(stderr, sub, command);
    }
    return c.exit_code ? c.exit_code : code;
}

static const struct command *command_find(const struct subcommand *sub, const char *verb)
{
    for (const struct command *command = sub->commands; command->run; command++)
        if (command->verb == NULL || (verb && strcmp(command->verb, verb) == 0)) return command;
    return NULL;
}

int command_run(const struct subcommand *table, size_t count, const struct wiring *wiring, int argc,
                char *const *argv)
{
    const struct subcommand *sub = NULL;
    const char *name = argc > 1 ? argv[1] : "";
    if (strcmp(name, "--help") == 0 || strcmp(name, "help") == 0) {
        print_overview(stdout, table, count);
        return 0;
    }
    for (size_t i = 0; i < count; i++)
        if (strcmp(table[i].name, name) == 0) sub = &table[i];
    if (sub == NULL) {
        fprintf(stderr, "twinpost: usage: %s%s\n",
                name[0] ? "there is no subcommand " : "what to do?", name);
        print_overview(stderr, table, count);
        return status_exit_code(ERR_USAGE);
    }
    const char *verb = argc > 2 ? argv[2] : NULL;
    const struct command *command = command_find(sub, verb);
    if (command == NULL) {
        bool asked = verb && strcmp(verb, "--help") == 0;
        if (!asked) fprintf(stderr, "twinpost: usage: twinpost %s needs one of these\n", name);
        print_verbs(asked ? stdout : stderr, sub);
        return asked ? 0 : status_exit_code(ERR_USAGE);
    }
    AUTO_SCOPE struct scope *s = scope_open(SCOPE_PARCEL_MAX);
    if (s == NULL) {
        fprintf(stderr, "twinpost: memory: the machine has no memory left\n");
        return status_exit_code(ERR_MEMORY);
    }
    int skip = command->verb ? 3 : 2;
    return run_in(s, sub, command, wiring, argc - skip, argv + skip);
}
