/* Every memory, disk and file call fails, once and for good, while parcels are written and read:
 * a parcel is applied wholly or not at all, and nothing of it is lost. */
#include "app/exchange.h"
#include "app/inside.h"
#include "app/paper.h"
#include "folder.h"
#include "os/file.h"
#include "world.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>
#undef fail /* ours, of base/scope.h */

enum { MIB = 1 << 20 };

/* A case, and facts of lv on their way that by has not seen. */
static void build_news(struct world *w)
{
    w->number = pair_case(w->x);
    w->ref =
        pair_say(w->x, "lv.rep", "proposal.made", &w->number, "what=inspection", "place=123", NULL);
    pair_say(w->x, "lv.rep", "request.made", &w->number, "item.1=žurnāls", NULL);
}

static Status write_parcel(struct world *w)
{
    Bytes sealed;
    return exchange_write(w->run, world_post(w), STR(""), &sealed);
}

static void build_news_with_cover(struct world *w)
{
    build_news(w);
    struct post *p = w->x->post[LV];
    post_lock(p);
    OKAY(store_setting_save(w->x->s, p->store, "cover_multiple", str_bytes(STR("16"))));
    post_unlock(p);
}

/* The parcel that the other post has ready for the acting one. */
static void take_parcel(struct world *w)
{
    OKAY_IN(w->x->s, exchange_write(w->x->s, w->x->post[1 - w->what->post], STR(""), &w->parcel));
    uint64_t applied = 0;
    struct post *p = world_post(w);
    POST_READING(p);
    OKAY(store_opening_count(w->x->s, p->store, p->neighbours[0].journal, p->neighbours[0].row.id,
                             &applied));
    w->count = applied;
}

static Status read_parcel(struct world *w)
{
    struct exchange_result result;
    return exchange_read(w->run, world_post(w), w->parcel, &result);
}

/* All openings of the parcel and the receipt for them, or none. */
static enum outcome parcel_is_applied(struct world *w)
{
    uint64_t applied, leaves;
    struct head_row head;
    struct scope *s = w->x->s;
    struct post *p = world_post(w);
    POST_READING(p);
    struct neighbour *n = &p->neighbours[0];
    if (store_opening_count(s, p->store, n->journal, n->row.id, &applied) != OK ||
        store_leaf_count(s, p->store, n->journal, &leaves) != OK ||
        store_head_newest(s, p->store, n->journal, true, &head) != OK || head.size != leaves ||
        n->applied != applied)
        return STATE_BROKEN;
    Instant at;
    bool receipt = spans_find(&n->taken_by_us, w->count + 1, &at);
    if (receipt != (applied > w->count)) return STATE_BROKEN;
    return receipt ? STATE_NEW : STATE_OLD;
}

/* by has applied what lv sent; its answer brings receipt and countersignature. */
static void build_answer(struct world *w)
{
    build_news(w);
    Bytes sealed;
    struct exchange_result result;
    OKAY_IN(w->x->s, exchange_write(w->x->s, w->x->post[LV], STR(""), &sealed));
    OKAY_IN(w->x->s, exchange_read(w->x->s, w->x->post[BY], sealed, &result));
}

static enum outcome answer_is_taken(struct world *w)
{
    struct scope *s = w->x->s;
    struct post *p = world_post(w);
    struct fact_view proposal;
    if (fact_show(s, p, w->ref, ROLES_ALL, &proposal) != OK) return STATE_BROKEN;
    POST_READING(p);
    Instant at;
    bool taken = spans_find(&p->neighbours[0].taken_by_them, proposal.opening, &at);
    bool held = p->neighbours[0].row.held_opening >= proposal.opening;
    return taken != held ? STATE_BROKEN : taken ? STATE_NEW : STATE_OLD;
}

static void build_recall(struct world *w)
{
    w->number = pair_case(w->x);
    w->ref = pair_say(w->x, "lv.help", "measurement.made", &w->number, "point=P1", "lat=55.842310",
                      "lon=27.630112", "error_m=3", "distance_m=14.2", "method=GNSS", NULL);
    pair_release(w->x, "lv", w->ref);
    pair_sync(w->x);
    OKAY_IN(w->x->s, release_recall(w->x->s, w->x->post[LV], pair_session(w->x, "lv.rep"), w->ref,
                                    STR("kļūda")));
}

/* The recall is applied with its execution and the values are gone, or nothing happened. */
static enum outcome recall_is_executed(struct world *w)
{
    struct fact_row *executed;
    size_t count;
    struct fact_view f;
    bool open = false;
    struct post *p = world_post(w);
    if (fact_show(w->x->s, p, w->ref, ROLES_ALL, &f) != OK) return STATE_BROKEN;
    for (size_t i = 0; i < f.field_count; i++)
        open = open || f.fields[i].open;
    POST_READING(p);
    if (store_fact_of_kind(w->x->s, p->store, p->journal, STR("recall.executed"), &executed,
                           &count) != OK)
        return STATE_BROKEN;
    return open != (count == 0) ? STATE_BROKEN : count ? STATE_NEW : STATE_OLD;
}

/* lv and by registered the same and lv linked the two: by has not seen the link. */
static void build_link(struct world *w)
{
    world_two_registrations(w);
    w->ref = pair_say(w->x, "lv.duty", "incident.linked", &w->number,
                      scope_print(w->x->s, "own=%s", w->ref.ptr).ptr,
                      scope_print(w->x->s, "theirs=%s", w->ref_too.ptr).ptr, NULL);
}

static void build_evidence(struct world *w)
{
    w->number = pair_case(w->x);
    w->path = pair_file(w->x, "photo", 2 * MIB + 17);
    w->ref = pair_evidence(w->x, w->number, w->path);
}

static enum outcome evidence_has_arrived(struct world *w)
{
    enum outcome applied = parcel_is_applied(w);
    if (applied != STATE_NEW) return applied;
    Bytes sent, got;
    const char *copy = file_join(w->x->s, w->x->folder, "copy").ptr;
    if (evidence_get(w->x->s, world_post(w), w->ref, copy) != OK ||
        file_read(w->x->s, w->path, 64 << 20, &sent) != OK ||
        file_read(w->x->s, copy, 64 << 20, &got) != OK || file_remove(w->x->s, copy) != OK)
        return STATE_BROKEN;
    return bytes_eq(sent, got) ? STATE_NEW : STATE_BROKEN;
}

/* lv comes back from a backup that lacks what by already has. */
static void build_restored(struct world *w)
{
    struct pair *x = w->x;
    w->number = pair_case(x);
    const char *file = file_join(x->s, x->folder, "backup").ptr;
    const char *other = file_join(x->s, x->folder, "again").ptr;
    OKAY_IN(x->s, backup_write(x->s, x->post[LV], file));
    pair_say(x, "lv.rep", "proposal.made", &w->number, "what=inspection", "place=123", NULL);
    pair_sync(x);
    post_close(x->post[LV]);
    OKAY_IN(x->s, backup_restore(x->s, file, other));
    folder_close(x->dir[LV]);
    OKAY_IN(x->s, file_rename(x->s, other, x->dir[LV]));
    OKAY_IN(x->s, post_open(x->s, x->dir[LV], &x->clock, &x->post[LV]));
    Bytes sealed;
    struct exchange_result result;
    OKAY_IN(x->s, exchange_write(x->s, x->post[LV], STR(""), &sealed));
    OKAY_IN(x->s, exchange_read(x->s, x->post[BY], sealed, &result));
}

/* The journal is whole and the post signs again, or it still waits. */
static enum outcome returns_are_taken(struct world *w)
{
    struct post_figures figures;
    enum outcome proposal = world_has(w, w->number, "proposal.made", "place", STR("123"));
    if (post_figures(w->x->s, world_post(w), &figures) != OK) return STATE_BROKEN;
    return figures.held != (proposal == STATE_OLD) ? STATE_BROKEN : proposal;
}

static Status swap(void *ctx, struct scope *s, Bytes out, Bytes *in)
{
    struct world *w = ctx;
    struct exchange_result result;
    TRY(exchange_read(s, w->x->post[BY], out, &result));
    return exchange_write(s, w->x->post[BY], STR(""), in);
}

static Status exchange_all(struct world *w)
{
    struct transport t = {swap, w};
    return exchange_sync(w->run, world_post(w), STR(""), &t);
}

static enum outcome both_hold_all(struct world *w)
{
    bool waits;
    if (exchange_is_pending(w->x->s, w->x->post[LV], STR(""), &waits) != OK) return STATE_BROKEN;
    return waits ? STATE_OLD : STATE_NEW;
}

static Status serve_checkpoint(struct world *w)
{
    Bytes note;
    return journal_file(w->run, world_post(w), STR("checkpoint"), &note);
}

/* A head of by that lv countersigns without a parcel. */
static void take_request(struct world *w)
{
    struct scope *s = w->x->s;
    struct post *by = w->x->post[BY], *lv = w->x->post[LV];
    Bytes note;
    OKAY_IN(s, journal_file(s, by, STR("checkpoint"), &note));
    Str text = scope_print(s, "old %llu\n\n%.*s", (unsigned long long)lv->neighbours[0].head_size,
                           STR_ARG(bytes_str(note)));
    w->parcel = str_bytes(text);
}

static Status witness(struct world *w)
{
    int http = 0;
    Str line;
    TRY(witness_add_checkpoint(w->run, world_post(w), bytes_str(w->parcel), &http, &line));
    return http == 200 ? OK : fail(w->run, ERR_INTERNAL, "answered %d: %.*s", http, STR_ARG(line));
}

static const struct intention intentions[] = {
    {.name = "parcel written", .build = build_news, .body = write_parcel, .in_steps = true},
    {.name = "parcel with cover leaves",
     .build = build_news_with_cover,
     .body = write_parcel,
     .in_steps = true},
    {.name = "parcel read",
     .build = build_news,
     .prepare = take_parcel,
     .body = read_parcel,
     .outcome = parcel_is_applied,
     .post = BY},
    {.name = "receipt read",
     .build = build_answer,
     .prepare = take_parcel,
     .body = read_parcel,
     .outcome = answer_is_taken,
     .post = LV},
    {.name = "recall read",
     .build = build_recall,
     .prepare = take_parcel,
     .body = read_parcel,
     .outcome = recall_is_executed,
     .post = BY},
    {.name = "link read",
     .build = build_link,
     .prepare = take_parcel,
     .body = read_parcel,
     .outcome = parcel_is_applied,
     .post = BY},
    {.name = "evidence written", .build = build_evidence, .body = write_parcel, .in_steps = true},
    {.name = "evidence read",
     .build = build_evidence,
     .prepare = take_parcel,
     .body = read_parcel,
     .outcome = evidence_has_arrived,
     .post = BY},
    {.name = "returns read",
     .build = build_restored,
     .prepare = take_parcel,
     .body = read_parcel,
     .outcome = returns_are_taken,
     .post = LV,
     .leaves_alarm = true,
     .starts_held = true},
    {.name = "exchange",
     .build = build_news,
     .body = exchange_all,
     .outcome = both_hold_all,
     .in_steps = true},
    {.name = "checkpoint served", .build = build_news, .body = serve_checkpoint, .in_steps = true},
    {.name = "checkpoint witnessed",
     .build = build_news,
     .prepare = take_request,
     .body = witness,
     .in_steps = true},
};

int main(int argc, char **argv)
{
    return world_main(argc, argv, intentions, COUNT_OF(intentions));
}
