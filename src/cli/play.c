#include "app/play.h"
#include "cli/subcommands.h"
#include "os/file.h"
#include <stdlib.h>

/* A folder for what a play needs only while it runs. */
struct scratch {
    char path[512];
};

static void scratch_remove(struct scratch *x)
{
    AUTO_SCOPE struct scope *s = scope_open(4096);
    /* What stays lies in the folder for what may go at any time. */
    if (s && x->path[0] && file_remove_tree(s, x->path) != OK) x->path[0] = '\0';
}

static Status scratch_make(struct scope *s, struct scratch *x)
{
    const char *base = getenv("TMPDIR");
    int len = snprintf(x->path, sizeof x->path, "%s/twinpost-play-XXXXXX",
                       base && base[0] ? base : "/tmp");
    if (len > 0 && (size_t)len < sizeof x->path && mkdtemp(x->path)) return OK;
    x->path[0] = '\0';
    return fail(s, ERR_DISK, "no folder can be made in %s: let TMPDIR name one with room",
                base && base[0] ? base : "/tmp");
}

static void line_print(void *ctx, const struct play_line *line)
{
    struct call *c = ctx;
    char at[INSTANT_TEXT_MAX];
    instant_format(line->at, at);
    if (!c->json) {
        printf("%s %3zu %s %.*s\n", line->passed ? "ok    " : "FAILED", line->number, at,
               STR_ARG(line->text));
        if (!line->passed) printf("           %.*s\n", STR_ARG(line->problem));
        fflush(stdout);
        return;
    }
    json_t *row = answer_row(c, json_object_get(c->answer, "steps"));
    answer_number(c, row, "step", line->number);
    answer_text(c, row, "at", str_of(at));
    answer_text(c, row, "text", line->text);
    answer_flag(c, row, "passed", line->passed);
    if (!line->passed) answer_text(c, row, "problem", line->problem);
}

static Status play_in(struct call *c, const struct scenario *sc, const char *scratch)
{
    bool keeps = call_has(c, "keep");
    struct play_result result;
    struct play_options o = {.scratch = scratch, .dossiers = keeps, .line = line_print, .ctx = c};
    Str posts = file_join(c->scope, scratch, "posts");
    if (posts.ptr == NULL) return ERR_MEMORY;
    o.folder = keeps ? call_option(c, "keep").ptr : posts.ptr;
    TRY(file_make_folder(c->scope, o.folder));
    answer_text(c, NULL, "title", sc->title);
    answer_list(c, NULL, "steps");
    if (c->lost_memory) return fail(c->scope, ERR_MEMORY, "the machine has no memory left");
    TRY(play_run(c->scope, sc, &o, &result));
    json_t *cases = answer_object(c, NULL, "cases");
    for (size_t i = 0; i < result.case_count; i++)
        answer_text(c, cases, result.cases[i].name.ptr, result.cases[i].number);
    answer_number(c, NULL, "passed", result.passed);
    answer_number(c, NULL, "failed", result.failed);
    if (!c->json)
        printf("%llu passed, %llu failed\n", (unsigned long long)result.passed,
               (unsigned long long)result.failed);
    c->is_printed = true;
    c->exit_code = result.failed ? 1 : 0;
    return OK;
}

static Status run_play(struct call *c)
{
    __attribute__((cleanup(scratch_remove))) struct scratch scratch = {.path = ""};
    __attribute__((cleanup(scenario_close))) struct scenario sc = {.json = NULL};
    Bytes text;
    TRY(call_read(c, 0, SCENARIO_BYTES_MAX, &text));
    TRY(scenario_read(c->scope, text, &sc));
    TRY(scratch_make(c->scope, &scratch));
    return play_in(c, &sc, scratch.path);
}

static const struct option_rule play_options[] = {
    {"keep", "DIR", "leave the posts as DIR/PARTY and a dossier of each case"},
    {NULL, NULL, NULL},
};

const struct command cli_play[] = {
    {NULL, "FILE [--keep DIR]",
     "Plays a scenario on fresh posts and checks everything that it expects.", 1, 1, ACTS_NOT,
     play_options, run_play},
    {.run = NULL},
};
