/* cli/command.h - a command: its row in the table, what it is called with, and how it answers.
 * Commands read words, call app and give an answer; they print nothing themselves. */
#pragma once
#include "app/fact.h"
#include "base/json.h"
#include "cli/option.h"
#include "os/clock.h"
#include "os/terminal.h"

struct serving {
    Str http, peer; /* HOST:PORT or empty */
    Str public;     /* URL or empty */
    /* Called once with the addresses in use. */
    void (*ready)(void *ctx, Str http, Str peer);
    void *ctx;
};

/* What main.c gives to the commands, because cli may not reach for it. */
struct wiring {
    const char *version;
    const struct clock *clock;
    Status (*serve)(struct scope *s, struct post *p, const struct serving *options);
};

enum secret { SECRET_OWN, SECRET_NEW, SECRET_SECOND, SECRET_COUNT };

struct call {
    struct scope *scope;
    const struct wiring *wiring;
    const struct command *command;
    struct arguments arguments;
    Str secrets[SECRET_COUNT]; /* passwords that were in the environment; {NULL, 0}: none */
    struct progress *progress; /* call_progress */
    json_t *answer;            /* an object, printed as JSON or as text */
    Str raw;      /* printed instead of the answer when the answer is for people; {NULL, 0}: none */
    bool is_file; /* `raw` is a file's bytes, for the standard output */
    bool lost_memory; /* a part of the answer could not be made */
    int exit_code;    /* of a command that is done but found something; else 0 */
    bool is_printed;  /* lines went out already; with --json the answer still follows */
    bool is_over;     /* the answer went out already, whatever its form */
    bool json;
};

enum acting { ACTS_NOT, ACTS_MAYBE, ACTS };

struct command {
    const char *verb;     /* "add" of "officer add"; NULL when the subcommand is the command */
    const char *synopsis; /* the words after it */
    const char *summary;  /* one sentence */
    size_t words_min, words_max;
    enum acting acting;                /* takes --as and --password-fd */
    const struct option_rule *options; /* ended by a row without name; NULL for none */
    Status (*run)(struct call *c);
};

/* A row of main.c's table. `commands` ends with a row without `run`. */
struct subcommand {
    const char *name;
    const struct command *commands;
    const char *summary;
};

/* Finds and runs the command; prints answer, help or reason. The exit code of the process. */
int command_run(const struct subcommand *table, size_t count, const struct wiring *wiring, int argc,
                char *const *argv);

const char *call_word(const struct call *c, size_t at);
/* Value of an option; empty when it is not given. */
Str call_option(const struct call *c, const char *name);
bool call_has(const struct call *c, const char *name);
/* A count given as an option, or `otherwise`. */
MUST_USE Status call_number(const struct call *c, const char *name, uint64_t otherwise,
                            uint64_t *out);

/* Opens the post whose folder is the word at `at`. */
MUST_USE Status call_post(struct call *c, size_t at, struct post **out);
void post_auto_close(struct post **p);
#define AUTO_POST __attribute__((cleanup(post_auto_close)))

/* The acting or the new officer's password, from a descriptor or the environment. */
MUST_USE Status call_password(struct call *c, enum secret which, Str *out);

/* Prints the answer as asked for; done after a command by itself. ERR_MEMORY, ERR_DISK. */
MUST_USE Status call_print(struct call *c);

/* From here on it may take long: a person at a terminal is told so. `what` is a literal. */
void call_progress(struct call *c, const char *what);

/* The file that the word at `at` names; "-" is the standard input. */
MUST_USE Status call_read(struct call *c, size_t at, size_t bytes_max, Bytes *out);

/* ERR_USAGE when a folder stands where the word at `at` names a file to be written: said before the
 * work, not after it. */
MUST_USE Status call_no_folder(struct call *c, size_t at);

/* Writes the file that the word at `at` names, and tells so in the answer; "-" is the standard
 * output, which then holds nothing else. Pipes and devices are written through. */
MUST_USE Status call_write(struct call *c, size_t at, Bytes bytes);

/* The session of --as; NULL when it may be left out and is. */
MUST_USE Status call_session(struct call *c, struct post *p, struct session **out);
void session_auto_close(struct session **session);
#define AUTO_SESSION __attribute__((cleanup(session_auto_close)))

/* Words "name=value" from `at` on. */
MUST_USE Status call_fields(struct call *c, size_t at, struct name_value **out, size_t *out_count);

/* Parts of the answer: members of an object (NULL: the answer itself), rows of a list in it. */
void answer_text(struct call *c, json_t *object, const char *key, Str value);
void answer_number(struct call *c, json_t *object, const char *key, uint64_t value);
void answer_flag(struct call *c, json_t *object, const char *key, bool value);
void answer_instant(struct call *c, json_t *object, const char *key, Instant at);
/* An empty list under the key. */
json_t *answer_list(struct call *c, json_t *object, const char *key);
/* A new object at the end of a list. */
json_t *answer_row(struct call *c, json_t *list);
/* A new object under a key. */
json_t *answer_object(struct call *c, json_t *object, const char *key);
void answer_result(struct call *c, json_t *object, const struct fact_result *result);
void answer_fact(struct call *c, json_t *object, const struct fact_view *f);
