/* Every memory, disk and file call fails, once and for good, while a post is made, opened, paired,
 * looked at, checked and rebuilt. */
#include "app/exchange.h"
#include "app/head.h"
#include "app/inside.h"
#include "app/officer.h"
#include "app/paper.h"
#include "folder.h"
#include "os/file.h"
#include "world.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>
#undef fail /* ours, of base/scope.h */

static void build_case(struct world *w)
{
    w->number = pair_case(w->x);
}

static Status make(struct world *w)
{
    struct post_setup setup = {.party = STR("lt"),
                               .pack = STR("lv-by"),
                               .officer = STR("lt.admin"),
                               .password = STR("lt.admin"),
                               .weak_passwords = true};
    const char *dir = world_path(w, "lt");
    return dir ? post_create(w->run, dir, &setup, &w->x->clock) : ERR_MEMORY;
}

/* A post with its first officer, or nothing that is taken for one. */
static enum outcome is_made(struct world *w)
{
    struct scope *s = w->x->s;
    const char *dir = file_join(s, w->x->folder, "lt").ptr;
    struct post *p = NULL;
    struct session *session;
    Status status = post_open(s, dir, &w->x->clock, &p);
    if (status != OK) return STATE_OLD;
    status = session_open(s, p, STR("lt.admin"), STR("lt.admin"), &session);
    if (status != OK) printf("# %s: %s\n", status_name(status), scope_reason(s));
    post_close(p);
    return status == OK ? STATE_NEW : STATE_BROKEN;
}

static Status open_again(struct world *w)
{
    struct post *p = NULL;
    Status status = post_open(w->run, w->x->dir[LV], &w->x->clock, &p);
    post_close(p);
    return status;
}

/* A third post's card. */
static void take_card(struct world *w)
{
    struct scope *s = w->x->s;
    struct post_setup setup = {.party = STR("lt"), .pack = STR("lv-by"), .weak_passwords = true};
    const char *dir = file_join(s, w->x->folder, "lt").ptr;
    struct post *p;
    Str card;
    OKAY_IN(s, post_create(s, dir, &setup, &w->x->clock));
    OKAY_IN(s, post_open(s, dir, &w->x->clock, &p));
    OKAY_IN(s, post_card(s, p, &card));
    w->text = card;
    post_close(p);
}

static Status pair_third(struct world *w)
{
    Str words;
    return post_pair(w->run, world_post(w), w->text, &words);
}

/* Known to memory and database alike, and able to exchange. */
static enum outcome third_is_paired(struct world *w)
{
    struct neighbour_row *rows;
    size_t count;
    struct post *p = world_post(w);
    Bytes parcel;
    {
        POST_READING(p);
        if (store_neighbour_list(w->x->s, p->store, &rows, &count) != OK ||
            count != p->neighbour_count)
            return STATE_BROKEN;
    }
    if (count == 1) return STATE_OLD;
    return exchange_write(w->x->s, p, STR("lt"), &parcel) == OK ? STATE_NEW : STATE_BROKEN;
}

static Status set_address(struct world *w)
{
    return post_set_address(w->run, world_post(w), STR("192.0.2.7:8402"));
}

static enum outcome address_is_set(struct world *w)
{
    struct post *p = world_post(w);
    struct card card;
    Str text;
    if (post_card(w->x->s, p, &text) != OK || card_parse(w->x->s, text, &card) != OK)
        return STATE_BROKEN;
    bool set = card.address_count == 1 && str_is(card.addresses[0], "192.0.2.7:8402");
    POST_READING(p);
    bool kept = p->card.address_count == 1 && str_is(p->card.addresses[0], "192.0.2.7:8402");
    return set != kept ? STATE_BROKEN : set ? STATE_NEW : STATE_OLD;
}

static void note_card(struct world *w)
{
    OKAY_IN(w->x->s, post_card(w->x->s, world_post(w), &w->text));
}

static Status rotate(struct world *w, const char *role)
{
    struct rotation r = {.role = str_of(role), .root_file = STR("")};
    return post_rotate(w->run, world_post(w), &r);
}

static Status rotate_journal(struct world *w)
{
    return rotate(w, "journal");
}

static Status rotate_recipient(struct world *w)
{
    return rotate(w, "recipient");
}

/* The card that was noted or another one, and memory knows the same keys as the database. */
static enum outcome card_is_another(struct world *w)
{
    struct post *p = world_post(w);
    struct card card;
    Str text;
    if (post_card(w->x->s, p, &text) != OK || card_parse(w->x->s, text, &card) != OK)
        return STATE_BROKEN;
    POST_READING(p);
    bool same = memcmp(&card.journal, &p->card.journal, sizeof card.journal) == 0 &&
                str_eq(card.recipient, p->card.recipient);
    return !same ? STATE_BROKEN : str_eq(text, w->text) ? STATE_OLD : STATE_NEW;
}

static Status enrol(struct world *w)
{
    struct enrolment e = {.officer = STR("lv.new"),
                          .name = STR("J. Jaunais"),
                          .post = STR(""),
                          .role = STR("R7"),
                          .section = STR(""),
                          .acts_for = STR(""),
                          .from = STR(""),
                          .to = STR(""),
                          .password = STR("lv.new")};
    return post_enrol(w->run, world_post(w), &e);
}

/* Enrolled, with key and mandate; or unknown. */
static enum outcome is_enrolled(struct world *w)
{
    struct session *session;
    struct officer_view *list;
    size_t count;
    bool listed = false;
    Status status = session_open(w->x->s, world_post(w), STR("lv.new"), STR("lv.new"), &session);
    if (post_officers(w->x->s, world_post(w), &list, &count) != OK) return STATE_BROKEN;
    for (size_t i = 0; i < count; i++)
        listed = listed || (str_is(list[i].id, "lv.new") && str_is(list[i].role, "R7"));
    if (listed != (status == OK)) return STATE_BROKEN;
    return listed ? STATE_NEW : STATE_OLD;
}

static void build_act(struct world *w)
{
    build_case(w);
    pair_act(w->x, w->number);
}

static Status rebuild(struct world *w)
{
    return post_rebuild(w->run, world_post(w));
}

static Status check_folder(struct world *w)
{
    struct check_line *lines;
    size_t count;
    TRY(post_verify(w->run, w->x->dir[LV], &lines, &count));
    for (size_t i = 0; i < count; i++)
        if (!lines[i].passed)
            return fail(w->run, lines[i].reason, "found: %.*s", STR_ARG(lines[i].text));
    return OK;
}

static Status export_journal(struct world *w)
{
    const char *out = world_path(w, "journal");
    return out ? journal_export(w->run, world_post(w), out) : ERR_MEMORY;
}

/* Complete when it was said to be: both key lines and the countersigned head. */
static enum outcome is_exported(struct world *w)
{
    Bytes keys;
    const char *dir = file_join(w->x->s, w->x->folder, "journal").ptr;
    if (!file_exists(file_join(w->x->s, dir, "checkpoint").ptr)) return STATE_OLD;
    if (file_read(w->x->s, file_join(w->x->s, dir, "vkeys").ptr, 4096, &keys) != OK)
        return STATE_BROKEN;
    size_t lines = 0;
    for (size_t i = 0; i < keys.len; i++)
        lines += keys.ptr[i] == '\n';
    return lines == 2 ? STATE_NEW : STATE_BROKEN;
}

/* What `twinpost doctor` asks. */
static Status look_at_health(struct world *w)
{
    struct post_figures figures;
    struct alarm_view *alarms;
    struct neighbour_view *neighbours;
    struct officer_view *officers;
    size_t count;
    uint64_t space;
    TRY(post_figures(w->run, world_post(w), &figures));
    TRY(post_alarms(w->run, world_post(w), &alarms, &count));
    TRY(post_neighbours(w->run, world_post(w), &neighbours, &count));
    TRY(post_officers(w->run, world_post(w), &officers, &count));
    return file_space(w->run, post_dir(world_post(w)), &space);
}

static const struct intention intentions[] = {
    {.name = "post made",
     .build = build_case,
     .body = make,
     .outcome = is_made,
     .in_steps = true,
     .stands_in = true},
    {.name = "post opened", .build = build_act, .body = open_again},
    {.name = "neighbour paired",
     .build = build_case,
     .prepare = take_card,
     .body = pair_third,
     .outcome = third_is_paired,
     .in_steps = true,
     .stands_in = true},
    {.name = "address set", .build = build_case, .body = set_address, .outcome = address_is_set},
    {.name = "journal key gives way",
     .build = build_case,
     .prepare = note_card,
     .body = rotate_journal,
     .outcome = card_is_another},
    {.name = "recipient gives way",
     .build = build_case,
     .prepare = note_card,
     .body = rotate_recipient,
     .outcome = card_is_another},
    {.name = "officer enrolled", .build = build_case, .body = enrol, .outcome = is_enrolled},
    {.name = "rebuild", .build = build_act, .body = rebuild},
    {.name = "folder checked", .changes_nothing = true, .build = build_act, .body = check_folder},
    {.name = "journal exported",
     .build = build_act,
     .body = export_journal,
     .outcome = is_exported},
    {.name = "health", .changes_nothing = true, .build = build_act, .body = look_at_health},
};

int main(int argc, char **argv)
{
    return world_main(argc, argv, intentions, COUNT_OF(intentions));
}
