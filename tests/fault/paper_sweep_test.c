/* Every memory, disk and file call fails, once and for good, while a case is shown, printed and put
 * into a dossier: what is handed out is what would be without a fault, or nothing. */
#include "app/paper.h"
#include "os/file.h"
#include "world.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>
#undef fail /* ours, of base/scope.h */

enum { DOSSIER_BYTES_MAX = 64 << 20 };

static void build_act(struct world *w)
{
    w->number = pair_case(w->x);
    w->ref = pair_act(w->x, w->number);
    pair_evidence(w->x, w->number, pair_file(w->x, "photo", 3000));
    pair_sync(w->x);
}

/* What came of the body, against what comes of it now that nothing fails. */
static enum outcome same(struct world *w, Bytes got, Bytes wanted)
{
    if (w->parcel.ptr == NULL) return STATE_OLD;
    if (bytes_eq(got, wanted)) return STATE_NEW;
    printf("# %s: %zu bytes were handed out instead of %zu\n", w->what->name, got.len, wanted.len);
    return STATE_BROKEN;
}

static void forget_result(struct world *w)
{
    w->parcel = (Bytes){NULL, 0};
}

static Status view_text(struct scope *s, struct world *w, Str *out)
{
    struct case_view v;
    struct fact_view *facts;
    size_t count;
    struct writer text = writer_open(s, 1 << 20);
    Str common, digest;
    TRY(case_view_load(s, world_post(w), w->number, &v));
    TRY(case_facts(s, world_post(w), w->number, ROLES_ALL, &facts, &count));
    TRY(case_common(s, world_post(w), w->number, &common, &digest));
    write_print(&text, "%s %zu %zu %zu %zu %.*s\n", case_state_name(v.file.state), v.duty_count,
                v.facts_own, v.facts_theirs, count, STR_ARG(digest));
    for (size_t i = 0; i < v.duty_count; i++)
        write_print(&text, "%.*s %s\n", STR_ARG(v.duties[i].id),
                    duty_state_name(v.duties[i].state));
    for (size_t i = 0; i < count; i++)
        write_print(&text, "%.*s %.*s %d\n", STR_ARG(facts[i].ref), STR_ARG(facts[i].by),
                    facts[i].is_void);
    return writer_close_str(&text, out);
}

static Status show(struct world *w)
{
    Str text;
    TRY(view_text(w->run, w, &text));
    w->parcel = str_bytes(text);
    return OK;
}

static enum outcome is_shown(struct world *w)
{
    Str text;
    if (view_text(w->x->s, w, &text) != OK) return STATE_BROKEN;
    return same(w, w->parcel, str_bytes(text));
}

static Status print(struct world *w)
{
    return document_pdf(w->run, world_post(w), &(struct document_request){.ref = w->ref},
                        &w->parcel);
}

static enum outcome is_printed(struct world *w)
{
    Bytes again;
    const struct document_request r = {.ref = w->ref};
    if (document_pdf(w->x->s, world_post(w), &r, &again) != OK) return STATE_BROKEN;
    return same(w, w->parcel, again);
}

static Status put_together(struct world *w)
{
    const char *path = world_path(w, "dossier.zip");
    if (path == NULL) return ERR_MEMORY;
    TRY(dossier_write(w->run, world_post(w), w->number, path));
    w->parcel = str_bytes(STR("written"));
    return OK;
}

/* Whole and as it would be, or no file. */
static enum outcome is_put_together(struct world *w)
{
    struct scope *s = w->x->s;
    Bytes got, wanted;
    const char *path = file_join(s, w->x->folder, "dossier.zip").ptr;
    const char *again = file_join(s, w->x->folder, "again.zip").ptr;
    if (!file_exists(path)) return w->parcel.ptr ? STATE_BROKEN : STATE_OLD;
    if (dossier_write(s, world_post(w), w->number, again) != OK ||
        file_read(s, path, DOSSIER_BYTES_MAX, &got) != OK ||
        file_read(s, again, DOSSIER_BYTES_MAX, &wanted) != OK || file_remove(s, again) != OK)
        return STATE_BROKEN;
    w->parcel = got;
    return same(w, got, wanted);
}

static void build_dossier(struct world *w)
{
    build_act(w);
    w->path = file_join(w->x->s, w->x->folder, "case.zip").ptr;
    OKAY_IN(w->x->s, dossier_write(w->x->s, w->x->post[LV], w->number, w->path));
}

/* A check that lacked memory or disk may not call a good dossier bad. */
static Status check_dossier(struct world *w)
{
    struct check_line *lines;
    size_t count;
    TRY(dossier_verify(w->run, w->path, STR(""), &lines, &count));
    for (size_t i = 0; i < count; i++)
        if (!lines[i].passed)
            return fail(w->run, lines[i].reason, "found: %.*s", STR_ARG(lines[i].text));
    return OK;
}

static const struct intention intentions[] = {
    {.name = "case shown",
     .changes_nothing = true,
     .build = build_act,
     .prepare = forget_result,
     .body = show,
     .outcome = is_shown,
     .stands_in = true},
    {.name = "act printed",
     .changes_nothing = true,
     .draws_apart = true,
     .build = build_act,
     .prepare = forget_result,
     .body = print,
     .outcome = is_printed,
     .stands_in = true},
    {.name = "dossier",
     .ends_without_memory = true,
     .draws_apart = true,
     .build = build_act,
     .prepare = forget_result,
     .body = put_together,
     .outcome = is_put_together,
     .in_steps = true,
     .stands_in = true},
    {.name = "dossier checked",
     .ends_without_memory = true,
     .changes_nothing = true,
     .build = build_dossier,
     .body = check_dossier,
     .stands_in = true},
};

int main(int argc, char **argv)
{
    return world_main(argc, argv, intentions, COUNT_OF(intentions));
}
