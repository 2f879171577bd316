#include "cli/command.h"
#include "cli/help.h"
#include "cli/print.h"
#include "os/file.h"
#include "os/password.h"
#include <signal.h>

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
    if (call_word(c, at)[0] == '\0')
        return fail(c->scope, ERR_USAGE, "the folder of the post has no name");
    Str database = file_join(c->scope, call_word(c, at), "twinpost.db");
    if (database.ptr == NULL) return ERR_MEMORY;
    Status status = file_writable_check(c->scope, database.ptr);
    if (status == ERR_NOT_FOUND)
        return fail(c->scope, ERR_NOT_FOUND, "%s holds no post: twinpost init makes one",
                    call_word(c, at));
    TRY(status);
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

static const struct {
    const char *option, *variable, *question;
} secrets[SECRET_COUNT] = {
    [SECRET_OWN] = {"password-fd", "TWINPOST_PASSWORD", "password"},
    [SECRET_NEW] = {"new-password-fd", "TWINPOST_NEW_PASSWORD", "password of the new officer"},
    [SECRET_SECOND] = {"with-password-fd", "TWINPOST_WITH_PASSWORD",
                       "password of the second officer"},
};

Status call_password(struct call *c, enum secret which, Str *out)
{
    const char *option = secrets[which].option;
    uint64_t fd;
    if (call_has(c, option)) {
        TRY(call_number(c, option, 0, &fd));
        if (fd > 1023) return fail(c->scope, ERR_USAGE, "--%s needs a descriptor", option);
        return password_read_fd(c->scope, (int)fd, secrets[which].question, out);
    }
    if (c->secrets[which].ptr == NULL)
        return fail(c->scope, ERR_USAGE,
                    "a password is needed: put it into the environment as %s, or give --%s 0 and "
                    "type it",
                    secrets[which].variable, option);
    TRY(password_check(c->scope, c->secrets[which]));
    *out = c->secrets[which];
    return OK;
}

Status call_session(struct call *c, struct post *p, struct session **out)
{
    Str password;
    *out = NULL;
    if (!call_has(c, "as") && c->command->acting == ACTS_MAYBE) return OK;
    if (!call_has(c, "as")) return fail(c->scope, ERR_USAGE, "who acts? name the officer by --as");
    TRY(call_password(c, SECRET_OWN, &password));
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

static Status output_check(struct scope *s)
{
    if (fflush(stdout) == 0 && !ferror(stdout)) return OK;
    return fail(s, ERR_DISK, "it is done, but the answer could not be written: is the disk full?");
}

Status call_print(struct call *c)
{
    if (c->lost_memory) return fail(c->scope, ERR_MEMORY, "the machine has no memory left");
    if (c->is_over) return OK;
    if (c->json) {
        Str text;
        if (c->raw.ptr) answer_text(c, NULL, "text", c->raw);
        TRY(json_write(c->scope, c->answer, &text));
        printf("%.*s\n", STR_ARG(text));
    } else if (c->is_file) {
        fwrite(c->raw.ptr, 1, c->raw.len, stdout);
    } else if (c->raw.ptr) {
        print_raw(stdout, c->raw);
    } else if (!c->is_printed) {
        print_answer(stdout, c->answer);
    }
    return output_check(c->scope);
}

/* The reason on stderr: a line for people, or with --json an object of the same two things. */
static int refuse(struct scope *s, Status status, bool json)
{
    Str text = {NULL, 0};
    if (json) {
        AUTO_JSON json_t *object = json_object();
        json_t *reason = json_from_str(str_of(scope_reason(s)));
        if (object == NULL || reason == NULL ||
            json_object_set_new(object, "code", json_string(status_name(status))) != 0 ||
            json_object_set_new(object, "reason", reason) != 0 ||
            json_write(s, object, &text) != OK)
            text.ptr = NULL;
    }
    if (text.ptr)
        fprintf(stderr, "%.*s\n", STR_ARG(text));
    else
        print_reason(stderr, status_name(status), scope_reason(s));
    return status_exit_code(status);
}

static Status words_check(struct scope *s, const struct command *command, const struct arguments *a)
{
    if (a->word_count > command->words_max)
        return fail(s, ERR_USAGE, "%s is one word too many", a->words[command->words_max]);
    if (a->word_count >= command->words_min) return OK;
    Str missing = help_word(command, a->word_count);
    return fail(s, ERR_USAGE, "%.*s is missing", STR_ARG(missing));
}

static Status secrets_take(struct call *c)
{
    for (size_t i = 0; i < SECRET_COUNT; i++)
        TRY(password_take_environment(c->scope, secrets[i].variable, &c->secrets[i]));
    return OK;
}

/* Also when the options could not be read as a whole. */
static bool asks_json(int count, char *const *texts)
{
    for (int i = 0; i < count && strcmp(texts[i], "--") != 0; i++)
        if (strcmp(texts[i], "--json") == 0) return true;
    return false;
}

/* A neighbour who hangs up is no reason to die; somebody who reads no further (`| head`) is. */
static Status run_quietly(struct call *c)
{
    const struct sigaction ignore = {.sa_handler = SIG_IGN};
    struct sigaction before;
    sigaction(SIGPIPE, &ignore, &before);
    Status status = c->command->run(c);
    progress_end(c->progress);
    sigaction(SIGPIPE, &before, NULL);
    return status;
}

/* The exit code after a text that is no answer. */
static int said(void)
{
    AUTO_SCOPE struct scope *s = scope_open(4096);
    Status status = s ? output_check(s) : ERR_MEMORY;
    return status == OK ? 0 : s ? refuse(s, status, false) : status_exit_code(status);
}

static int run_in(struct scope *s, const struct subcommand *sub, const struct command *command,
                  const struct wiring *wiring, int count, char *const *texts)
{
    AUTO_JSON json_t *answer = json_object();
    struct option_tables t = option_tables_of(command);
    struct call c = {.scope = s, .wiring = wiring, .command = command, .answer = answer};
    Status status = option_read(s, t.list, count, texts, &c.arguments);
    if (status == OK && call_has(&c, "help")) {
        help_command(stdout, sub, command);
        return said();
    }
    bool json = call_has(&c, "json") || asks_json(count, texts);
    c.json = json;
    if (status == OK) status = words_check(s, command, &c.arguments);
    if (status == OK) status = secrets_take(&c);
    if (status == OK) status = run_quietly(&c);
    if (status == OK) status = call_print(&c);
    if (status == OK) return c.exit_code;
    int code = refuse(s, status, json);
    if (status == ERR_USAGE && !json) help_usage(stderr, sub, command);
    return c.exit_code ? c.exit_code : code;
}

static const struct command *command_find(const struct subcommand *sub, const char *verb)
{
    for (const struct command *command = sub->commands; command->run; command++)
        if (command->verb == NULL || (verb && strcmp(command->verb, verb) == 0)) return command;
    return NULL;
}

static bool asks(const char *word, const char *name, char letter)
{
    const char text[] = {'-', letter, '\0'};
    return word && (strcmp(word, text) == 0 || strcmp(word, name) == 0);
}

/* What cannot be run: the reason first, then what there is. */
static int no_command(const struct subcommand *table, size_t count, const struct subcommand *sub,
                      const char *word)
{
    AUTO_SCOPE struct scope *s = scope_open(4096);
    Status status;
    if (s == NULL) return status_exit_code(ERR_MEMORY);
    if (sub == NULL)
        status = word ? fail(s, ERR_USAGE, "there is no subcommand \"%s\"", word)
                      : fail(s, ERR_USAGE, "what to do? Name a subcommand");
    else
        status = word ? fail(s, ERR_USAGE, "there is no \"%s %s\"", sub->name, word)
                      : fail(s, ERR_USAGE, "what to do with \"%s\"? Name one of these", sub->name);
    int code = refuse(s, status, false);
    if (sub)
        help_verbs(stderr, sub);
    else if (word)
        fprintf(stderr, "twinpost --help names them all\n");
    else
        help_overview(stderr, table, count);
    return code;
}

int command_run(const struct subcommand *table, size_t count, const struct wiring *wiring, int argc,
                char *const *argv)
{
    const struct subcommand *sub = NULL;
    const char *name = argc > 1 ? argv[1] : NULL, *verb = argc > 2 ? argv[2] : NULL;
    if (asks(name, "--help", 'h') || asks(name, "help", 'h')) {
        help_overview(stdout, table, count);
        return said();
    }
    if (asks(name, "--version", 'V')) {
        printf("twinpost %s\n", wiring->version);
        return said();
    }
    for (size_t i = 0; i < count; i++)
        if (name && strcmp(table[i].name, name) == 0) sub = &table[i];
    const struct command *command = sub ? command_find(sub, verb) : NULL;
    if (sub && command == NULL && asks(verb, "--help", 'h')) {
        help_verbs(stdout, sub);
        return said();
    }
    if (command == NULL) return no_command(table, count, sub, sub ? verb : name);
    AUTO_SCOPE struct scope *s = scope_open(SCOPE_PARCEL_MAX);
    if (s == NULL) {
        print_reason(stderr, status_name(ERR_MEMORY), "the machine has no memory left");
        return status_exit_code(ERR_MEMORY);
    }
    int skip = command->verb ? 3 : 2;
    return run_in(s, sub, command, wiring, argc - skip, argv + skip);
}
