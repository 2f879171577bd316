#include "app/case.h"
#include "app/exchange.h"
#include "dump.h"
#include "folder.h"
#include "os/file.h"
#include "sound.h"
#include "world_inner.h"
#include <dirent.h>
#include <ftw.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>
#undef fail /* ours, of base/scope.h */

enum { RUN_BYTES_MAX = 1 << 29, FIELDS_MAX = 40, COPY_BYTES_MAX = 64 << 20 };

bool world_wrong(const struct world *w, const char *what)
{
    printf("# %s: %s\n", w->what->name, what);
    return false;
}

struct post *world_post(struct world *w)
{
    return w->x->post[w->what->post];
}

const char *world_path(struct world *w, const char *name)
{
    int len = snprintf(w->place, sizeof w->place, "%s/%s", w->x->folder, name);
    assert_true(len > 0 && (size_t)len < sizeof w->place);
    return w->place;
}

static const char *database(const struct world *w, size_t post)
{
    return file_join(w->x->s, w->x->dir[post], "twinpost.db").ptr;
}

/* nftw takes no argument of ours. */
static struct {
    const char *from, *to;
} copying;

static int copy_entry(const char *path, const struct stat *info, int type, struct FTW *at)
{
    (void)info, (void)at;
    AUTO_SCOPE struct scope *s = scope_open(COPY_BYTES_MAX);
    AUTO_FILE int fd = -1;
    Bytes bytes;
    const char *to = scope_print(s, "%s%s", copying.to, path + strlen(copying.from)).ptr;
    if (type == FTW_D) return file_make_folder(s, to) != OK;
    return file_read(s, path, COPY_BYTES_MAX, &bytes) != OK || file_open_new(s, to, &fd) != OK ||
           file_write_all(s, fd, bytes) != OK;
}

static void copy_folder(const char *from, const char *to)
{
    copying.from = from;
    copying.to = to;
    assert_int_equal(nftw(from, copy_entry, 8, FTW_PHYS), 0);
}

static size_t descriptors(void)
{
    size_t count = 0;
    DIR *dir = opendir("/proc/self/fd");
    assert_non_null(dir);
    while (readdir(dir))
        count++;
    closedir(dir);
    return count;
}

void world_build(struct world *w)
{
    w->base = w->x = pair_open();
    w->what->build(w);
    for (size_t i = 0; i < 2; i++) {
        post_close(w->base->post[i]);
        w->base->post[i] = NULL;
    }
}

void world_open(struct world *w)
{
    for (size_t i = 0; i < 2; i++)
        OKAY_IN(w->x->s, post_open(w->x->s, w->x->dir[i], &w->x->clock, &w->x->post[i]));
}

void world_close(struct world *w)
{
    for (size_t i = 0; i < 2; i++) {
        post_close(w->x->post[i]);
        w->x->post[i] = NULL;
    }
}

/* The posts as the intention was built for them, opened. */
void world_begin(struct world *w)
{
    static const char *const parties[] = {"lv", "by"};
    struct scope *s = scope_open(RUN_BYTES_MAX);
    struct pair *x = NEW(s, struct pair);
    *x = (struct pair){.s = s, .folder = folder_open(s), .clock = w->base->clock};
    copy_folder(w->base->folder, x->folder);
    for (size_t i = 0; i < 2; i++)
        x->dir[i] = file_join(s, x->folder, parties[i]).ptr;
    w->x = x;
    w->restarted = false;
    w->run = scope_open(RUN_BYTES_MAX);
    world_open(w);
    pair_wait(x, 60);
    if (w->what->officer) w->session = pair_session(x, w->what->officer);
    if (w->what->prepare) w->what->prepare(w);
}

void world_prepare(struct world *w)
{
    world_begin(w);
    for (size_t i = 0; i < 2; i++)
        assert_true(dump_database(database(w, i), &w->before[i]));
    w->descriptors = descriptors();
}

void world_end(struct world *w)
{
    scope_close(w->run);
    pair_close(w->x);
    w->x = w->base;
}

enum outcome world_outcome(struct world *w)
{
    return w->what->outcome ? w->what->outcome(w) : STATE_NEW;
}

/* The drawing libraries, in their child, die for want of memory, or look for it until their time
 * is up. */
bool world_may_refuse(const struct world *w, enum fault_kind kind, Status status)
{
    bool died = status == ERR_INTERNAL || status == ERR_LIMIT;
    return status == ERR_MEMORY || status == ERR_DISK ||
           (died && w->what->draws_apart && kind == FAULT_MEMORY);
}

/* Refused for want of memory or disk and with a sentence, or done. */
bool world_refuses_well(struct world *w, const struct fault_run *run)
{
    if (run->status != OK && !world_may_refuse(w, run->kind, run->status)) {
        printf("# refused: %s\n", scope_reason(w->run));
        return world_wrong(w, "refused for another reason");
    }
    if (run->status != OK && scope_reason(w->run)[0] == '\0') return world_wrong(w, "no sentence");
    if (run->kind == FAULT_NONE) w->kept = descriptors() - w->descriptors;
    if (descriptors() > w->descriptors + w->kept)
        return world_wrong(w, "a descriptor was left open");
    for (size_t i = 0; i < 2; i++)
        if (!dump_is_free(database(w, i))) return world_wrong(w, "a transaction was left open");
    return true;
}

static bool is_unchanged(struct world *w)
{
    for (size_t i = 0; i < 2; i++) {
        Hash now;
        if (!dump_database(database(w, i), &now))
            return world_wrong(w, "the database cannot be read");
        if (!hash_eq(&now, &w->before[i])) {
            dump_print(database(w, i));
            dump_print(
                scope_print(w->x->s, "%s/%s/twinpost.db", w->base->folder, i == LV ? "lv" : "by")
                    .ptr);
            return world_wrong(w, "refused, but something changed");
        }
    }
    return true;
}

/* The old state or the new one; then the same again works, on the same post. */
bool world_goes_on(struct world *w, const struct fault_run *run)
{
    enum outcome outcome = world_outcome(w);
    if (outcome == STATE_BROKEN) return world_wrong(w, "neither the old state nor the new one");
    if (run->status == OK && outcome != STATE_NEW)
        return world_wrong(w, "acknowledged, but not there");
    bool once = w->what->outcome == NULL || outcome == STATE_OLD;
    if (run->status != OK && once && !w->what->in_steps && !is_unchanged(w)) return false;
    if (run->status == OK || !once) return true;
    scope_reset(w->run);
    Status again = w->what->body(w);
    if (again != OK) {
        printf("# again: %s: %s\n", status_name(again), scope_reason(w->run));
        return world_wrong(w, "the same does not work afterwards");
    }
    return world_outcome(w) == STATE_NEW ||
           world_wrong(w, "acknowledged afterwards, but not there");
}

static bool is_quiet(struct world *w)
{
    for (size_t i = 0; i < 2; i++) {
        struct post_figures figures;
        if (post_figures(w->x->s, w->x->post[i], &figures) != OK)
            return world_wrong(w, "no figures");
        if (figures.held) return world_wrong(w, "a post waits for its head");
        if (figures.alarm.len && !w->what->leaves_alarm) {
            printf("# alarm: %.*s\n", STR_ARG(figures.alarm));
            return world_wrong(w, "an alarm was raised");
        }
    }
    return true;
}

static bool views_are_equal(struct world *w, Str number)
{
    Str text[2], digest[2];
    for (size_t i = 0; i < 2; i++)
        if (case_common(w->x->s, w->x->post[i], number, &text[i], &digest[i]) != OK) {
            printf("# %s\n", scope_reason(w->x->s));
            return world_wrong(w, "a common view cannot be shown");
        }
    return str_eq(text[0], text[1]) || world_wrong(w, "the two common views differ");
}

bool world_agrees(struct world *w)
{
    Str numbers[2] = {w->number, w->number_too};
    size_t count = numbers[1].len ? 2 : numbers[0].len ? 1 : 0;
    if (!sound_converges(w->x)) return world_wrong(w, "the exchange does not come to its end");
    /* A fact of each side, so that whatever memory has kept wrong comes to light. */
    if (numbers[0].len) {
        pair_say(w->x, "lv.rep", "request.made", &numbers[0], "item.1=žurnāls", NULL);
        pair_say(w->x, "by.rep", "request.made", &numbers[0], "item.1=журнал", NULL);
    }
    if (!sound_converges(w->x)) return world_wrong(w, "the exchange does not come to its end");
    for (size_t i = 0; i < count; i++)
        if (!views_are_equal(w, numbers[i])) return false;
    for (size_t i = 0; i < 2; i++)
        if (!sound_journal(w->x->post[i])) return world_wrong(w, "a journal is not sound");
    return is_quiet(w);
}

static bool folder_verifies(struct world *w, size_t post)
{
    struct check_line *lines;
    size_t count;
    if (post_verify(w->x->s, w->x->dir[post], &lines, &count) != OK)
        return world_wrong(w, "no check");
    for (size_t i = 0; i < count; i++) {
        if (lines[i].passed) continue;
        printf("# verify: %s: %.*s\n", status_name(lines[i].reason), STR_ARG(lines[i].text));
        return world_wrong(w, "the post's own check fails");
    }
    return true;
}

bool world_stands(struct world *w)
{
    for (size_t i = 0; i < 2; i++) {
        if (i != w->what->post && !w->is_full) continue;
        pair_restart(w->x, i);
        if (!sound_journal(w->x->post[i])) return world_wrong(w, "not sound when opened again");
    }
    w->restarted = true;
    if (w->what->outcome && world_outcome(w) != STATE_NEW)
        return world_wrong(w, "gone when the post was opened again");
    return is_quiet(w) && folder_verifies(w, w->what->post) &&
           (!w->is_full || folder_verifies(w, 1 - w->what->post));
}

Status world_say(struct world *w, const char *kind, ...)
{
    struct name_value fields[FIELDS_MAX];
    struct fact_result result;
    size_t count = 0;
    va_list args;
    va_start(args, kind);
    for (const char *f = va_arg(args, const char *); f; f = va_arg(args, const char *)) {
        Str value = str_of(f);
        fields[count].name = str_cut(&value, '=');
        fields[count++].value = value;
    }
    va_end(args);
    struct fact_request request = {
        .kind = str_of(kind), .fields = fields, .field_count = count, .case_number = w->number};
    return fact_add(w->run, world_post(w), w->session, &request, &result);
}

void world_two_registrations(struct world *w)
{
    w->number = pair_case(w->x);
    w->number_too = (Str){NULL, 0};
    w->ref_too = pair_say(w->x, "by.duty", "incident.registered", &w->number_too, "type=I05",
                          "happened_from=2026-05-14T05:00:00Z", "noticed_at=2026-05-14T05:30:00Z",
                          "section=III", "summary.ru=Знак повреждён.", NULL);
    pair_say(w->x, "by.duty", "notice.sent", &w->number_too,
             scope_print(w->x->s, "of=%s", w->ref_too.ptr).ptr, "form=written", "text.ru=Сообщаем.",
             NULL);
    pair_sync(w->x);
    struct fact_view *views;
    size_t count;
    OKAY_IN(w->x->s, case_facts(w->x->s, w->x->post[LV], w->number, ROLES_ALL, &views, &count));
    for (size_t i = 0; i < count; i++)
        if (str_is(views[i].kind, "incident.registered")) w->ref = views[i].ref;
}

enum outcome world_has(struct world *w, Str number, const char *kind, const char *field, Str value)
{
    struct fact_view *views;
    size_t count, found = 0;
    Status status = case_facts(w->x->s, world_post(w), number, ROLES_ALL, &views, &count);
    if (status == ERR_NOT_FOUND) return STATE_OLD;
    if (status != OK) {
        printf("# the case cannot be read: %s\n", scope_reason(w->x->s));
        return STATE_BROKEN;
    }
    for (size_t i = 0; i < count; i++) {
        if (!str_is(views[i].kind, kind)) continue;
        for (size_t n = 0; n < views[i].field_count; n++)
            found +=
                str_is(views[i].fields[n].name, field) && str_eq(views[i].fields[n].value, value);
    }
    return found > 1 ? STATE_BROKEN : found ? STATE_NEW : STATE_OLD;
}
