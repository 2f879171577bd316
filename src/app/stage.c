#include "app/stage.h"
#include "app/exchange.h"
#include "app/officer.h"
#include "app/paper.h"
#include "os/file.h"
#include <inttypes.h>

enum { COPY_FILE_MAX = 64 << 20, COPY_NAMES_MAX = 10000, COPY_DEPTH_MAX = 6 };

static Status seat_open(struct scope *s, struct stage *st, Str party, Str pack, struct seat *out)
{
    Str name = scope_str(st->memory, party);
    if (name.ptr == NULL) return ERR_MEMORY;
    Str dir = file_join(st->memory, st->folder, name.ptr);
    struct post_setup setup = {.party = party,
                               .pack = pack,
                               .origin = STR(""),
                               .officer = STR(""),
                               .officer_name = STR(""),
                               .officer_role = STR(""),
                               .password = STR(""),
                               .root_file = STR(""),
                               .weak_passwords = true,
                               .cover_multiple = 1};
    if (dir.ptr == NULL) return ERR_MEMORY;
    *out = (struct seat){.party = name, .dir = dir.ptr};
    TRY(post_create(s, dir.ptr, &setup, &st->clock));
    return post_open(s, dir.ptr, &st->clock, &out->post);
}

static Status enrol_all(struct scope *s, struct stage *st, const struct scenario *sc)
{
    for (size_t i = 0; i < sc->officer_count; i++) {
        const struct scenario_officer *o = &sc->officers[i];
        struct enrolment e = {.officer = o->id,
                              .name = o->name.len ? o->name : o->id,
                              .post = o->post,
                              .role = o->role,
                              .section = o->section,
                              .acts_for = o->acts_for,
                              .from = o->from,
                              .to = o->to,
                              .password = o->id,
                              .root_file = STR("")};
        TRY(post_enrol(s, stage_seat(st, o->party)->post, &e));
    }
    return OK;
}

static Status pair_all(struct scope *s, struct stage *st)
{
    for (size_t i = 0; i < st->seat_count; i++)
        for (size_t k = 0; k < st->seat_count; k++) {
            Str card, words;
            if (i == k) continue;
            TRY(post_card(s, st->seats[i].post, &card));
            TRY(post_pair(s, st->seats[k].post, card, &words));
        }
    return OK;
}

Status stage_open(struct scope *s, const struct scenario *sc, const char *folder,
                  const char *scratch, struct stage *out)
{
    *out = (struct stage){.memory = s,
                          .folder = folder,
                          .scratch = scratch,
                          .clock = {.simulated = true, .at = sc->steps[0].at}};
    out->ids = scope_array(s, sc->step_count + 1, sizeof *out->ids);
    out->cases = scope_array(s, sc->step_count + 1, sizeof *out->cases);
    if (out->ids == NULL || out->cases == NULL) return ERR_MEMORY;
    for (size_t i = 0; i < sc->party_count; i++) {
        out->seat_count++;
        TRY(seat_open(s, out, sc->parties[i], sc->pack, &out->seats[i]));
    }
    for (size_t i = 0; i < sc->step_count; i++)
        if (sc->steps[i].action == DO_FORK) stage_seat(out, sc->steps[i].party)->copied = true;
    TRY(enrol_all(s, out, sc));
    return pair_all(s, out);
}

void stage_close(struct stage *st)
{
    for (size_t i = 0; i < st->seat_count; i++) {
        post_close(st->seats[i].post);
        st->seats[i].post = NULL;
    }
}

struct seat *stage_seat(struct stage *st, Str party_or_officer)
{
    Str party = str_cut(&party_or_officer, '.');
    for (size_t i = 0; i < st->seat_count; i++)
        if (str_eq(st->seats[i].party, party)) return &st->seats[i];
    return NULL;
}

static const struct label *label_find(const struct label *list, size_t count, Str name)
{
    for (size_t i = 0; i < count; i++)
        if (str_eq(list[i].name, name)) return &list[i];
    return NULL;
}

Status stage_ref(struct scope *s, const struct stage *st, Str text, Str *out)
{
    static const char decision[] = "decision @"; /* the name of a duty from a meeting */
    *out = text;
    if (str_has_prefix(text, decision)) {
        size_t word = sizeof decision - 2;
        TRY(stage_ref(s, st, (Str){text.ptr + word, text.len - word}, out));
        *out = scope_print(s, "decision %.*s", STR_ARG(*out));
        return out->ptr ? OK : ERR_MEMORY;
    }
    if (!str_has_prefix(text, "@")) return OK;
    Str id = {text.ptr + 1, text.len - 1};
    while (id.len) {
        const struct label *l = label_find(st->ids, st->id_count, id);
        if (l) {
            Str rest = {id.ptr + id.len, text.len - 1 - id.len};
            *out = scope_print(s, "%.*s%.*s", STR_ARG(l->value), STR_ARG(rest));
            return out->ptr ? OK : ERR_MEMORY;
        }
        do
            id.len--;
        while (id.len && id.ptr[id.len] != '.');
    }
    return fail(s, ERR_USAGE,
                "%.*s names a step whose fact does not stand: it was refused, or is queued at a "
                "post that was set back",
                STR_ARG(text));
}

Str stage_case(const struct stage *st, Str name)
{
    const struct label *l = label_find(st->cases, st->case_count, name);
    return l ? l->value : (Str){NULL, 0};
}

/* The two ends of an exchange, as the one that begins it sees them. */
struct wire {
    struct seat *near, *far;
};

static Status parcel_write(struct scope *s, struct seat *from, Str to, Bytes *out)
{
    Str what = from->tamper;
    if (what.len == 0) return exchange_write(s, from->post, to, out);
    from->tamper = STR("");
    return exchange_write_tampered(s, from->post, to, what, out);
}

static Status wire_swap(void *ctx, struct scope *s, Bytes out, Bytes *in)
{
    struct wire *w = ctx;
    struct exchange_result result;
    if (w->near->tamper.len) TRY(parcel_write(s, w->near, w->far->party, &out));
    TRY(exchange_read(s, w->far->post, out, &result));
    return parcel_write(s, w->far, w->near->party, in);
}

static Status sync_pair(struct scope *s, struct seat *a, struct seat *b)
{
    /* Whose parcel is to be refused speaks first, so that nothing else has happened by then. */
    bool turned = (b->tamper.len || b->forked) && !a->tamper.len && !a->forked;
    struct wire there = {.near = turned ? b : a, .far = turned ? a : b};
    struct wire back = {.near = there.far, .far = there.near};
    struct transport first = {wire_swap, &there}, second = {wire_swap, &back};
    bool pending;
    TRY(exchange_sync(s, there.near->post, there.far->party, &first));
    TRY(exchange_is_pending(s, back.near->post, back.far->party, &pending));
    return pending ? exchange_sync(s, back.near->post, back.far->party, &second) : OK;
}

Status stage_sync(struct scope *s, struct stage *st, const struct scenario_step *step)
{
    if (st->link_is_down) return fail(s, ERR_LINK, "the link is down");
    for (size_t i = 0; i < st->seat_count; i++)
        for (size_t k = i + 1; k < st->seat_count; k++) {
            struct seat *a = &st->seats[i], *b = &st->seats[k];
            bool wanted =
                (step->from.len == 0 || str_eq(step->from, a->party) ||
                 str_eq(step->from, b->party)) &&
                (step->to.len == 0 || str_eq(step->to, a->party) || str_eq(step->to, b->party));
            if (wanted) TRY(sync_pair(s, a, b));
        }
    return OK;
}

Status stage_courier(struct scope *s, struct stage *st, const struct scenario_step *step)
{
    struct seat *from = stage_seat(st, step->from);
    struct seat *to =
        step->to.len ? stage_seat(st, step->to) : &st->seats[from == &st->seats[0] ? 1 : 0];
    struct exchange_result result;
    Bytes parcel;
    if (from == to) return fail(s, ERR_USAGE, "a courier goes to the other party");
    TRY(parcel_write(s, from, to->party, &parcel));
    return exchange_read(s, to->post, parcel, &result);
}

Status stage_restart(struct scope *s, struct seat *seat, const struct clock *clock, bool kill)
{
    if (kill)
        post_abandon(seat->post);
    else
        post_close(seat->post);
    seat->post = NULL;
    return post_open(s, seat->dir, clock, &seat->post);
}

/* Is it a folder? Then its names. */
static bool folder_names(struct scope *s, const char *path, Str **out, size_t *out_count)
{
    return file_list(s, path, COPY_NAMES_MAX, out, out_count) == OK;
}

/* Removes every file below `path`, but those that also stand below `keep` (NULL: none, and no
 * folders either). */
static Status folder_clear(struct scope *s, const char *path, const char *keep, int depth)
{
    Str *names;
    size_t count;
    if (depth > COPY_DEPTH_MAX) return fail(s, ERR_LIMIT, "%s is too deep", path);
    if (!folder_names(s, path, &names, &count)) return OK;
    for (size_t i = 0; i < count; i++) {
        Str inner = file_join(s, path, names[i].ptr);
        Str kept = keep ? file_join(s, keep, names[i].ptr) : inner;
        Str *below;
        size_t below_count;
        if (inner.ptr == NULL || kept.ptr == NULL) return ERR_MEMORY;
        if (folder_names(s, inner.ptr, &below, &below_count)) {
            TRY(folder_clear(s, inner.ptr, keep ? kept.ptr : NULL, depth + 1));
            if (keep == NULL) TRY(file_remove_folder(s, inner.ptr));
        } else if (keep == NULL || !file_exists(kept.ptr)) {
            TRY(file_remove(s, inner.ptr));
        }
    }
    return OK;
}

static Status folder_copy(struct scope *s, const char *from, const char *to, int depth)
{
    Str *names;
    size_t count;
    if (depth > COPY_DEPTH_MAX) return fail(s, ERR_LIMIT, "%s is too deep", from);
    if (!folder_names(s, from, &names, &count)) {
        Bytes bytes;
        TRY(file_read(s, from, COPY_FILE_MAX, &bytes));
        return file_write(s, to, bytes);
    }
    TRY(file_make_folder(s, to));
    for (size_t i = 0; i < count; i++) {
        Str a = file_join(s, from, names[i].ptr), b = file_join(s, to, names[i].ptr);
        if (a.ptr == NULL || b.ptr == NULL) return ERR_MEMORY;
        TRY(folder_copy(s, a.ptr, b.ptr, depth + 1));
    }
    return OK;
}

/* The post's record of its last signed head lies beside its folder. */
static Status copy_post(struct scope *s, const char *from, const char *to)
{
    Str from_head = scope_print(s, "%s.head", from), to_head = scope_print(s, "%s.head", to);
    bool there;
    if (from_head.ptr == NULL || to_head.ptr == NULL) return ERR_MEMORY;
    TRY(folder_clear(s, to, from, 0));
    TRY(folder_copy(s, from, to, 0));
    TRY(file_look(s, from_head.ptr, &there));
    if (!there) return file_remove(s, to_head.ptr);
    return folder_copy(s, from_head.ptr, to_head.ptr, 0);
}

static Status journal_size(struct scope *s, struct seat *seat, uint64_t *out)
{
    struct post_figures figures;
    TRY(post_figures(s, seat->post, &figures));
    *out = figures.journal_size;
    return OK;
}

static Status copy_keep(struct scope *s, struct stage *st, struct seat *seat)
{
    uint64_t size;
    TRY(journal_size(s, seat, &size));
    if (seat->copies == NULL)
        seat->copies = scope_array(st->memory, STAGE_COPIES_MAX, sizeof *seat->copies);
    if (seat->copies == NULL) return ERR_MEMORY;
    size_t n = seat->copy_count;
    if ((n && seat->copies[n - 1].size == size) || n == STAGE_COPIES_MAX) return OK;
    Str dir = scope_print(st->memory, "%s/%.*s-%zu", st->scratch, STR_ARG(seat->party), n);
    if (dir.ptr == NULL) return ERR_MEMORY;
    post_close(seat->post); /* so that the database lies in one file */
    seat->post = NULL;
    Status status = copy_post(s, seat->dir, dir.ptr);
    TRY(post_open(s, seat->dir, &st->clock, &seat->post));
    seat->copies[seat->copy_count++] = (struct copy){.size = size, .dir = dir.ptr};
    return status;
}

Status stage_keep_copies(struct scope *s, struct stage *st)
{
    for (size_t i = 0; i < st->seat_count; i++)
        if (st->seats[i].copied && st->seats[i].post && !st->seats[i].forked)
            TRY(copy_keep(s, st, &st->seats[i]));
    return OK;
}

/* The most leaves of this post's journal that any other post holds. */
static Status leaves_held(struct scope *s, struct stage *st, const struct seat *seat, uint64_t *out)
{
    *out = 0;
    for (size_t i = 0; i < st->seat_count; i++) {
        struct neighbour_view *list;
        size_t count;
        if (&st->seats[i] == seat) continue;
        TRY(post_neighbours(s, st->seats[i].post, &list, &count));
        for (size_t k = 0; k < count; k++)
            if (str_eq(list[k].party, seat->party) && list[k].theirs_leaves > *out)
                *out = list[k].theirs_leaves;
    }
    return OK;
}

Status stage_fork(struct scope *s, struct stage *st, struct seat *seat)
{
    uint64_t held, size;
    size_t n = seat->copy_count;
    TRY(leaves_held(s, st, seat, &held));
    while (n && seat->copies[n - 1].size >= held)
        n--;
    if (n == 0) return fail(s, ERR_STATE, "nobody holds anything of this post yet");
    post_close(seat->post);
    seat->post = NULL;
    TRY(copy_post(s, seat->copies[n - 1].dir, seat->dir));
    TRY(post_open(s, seat->dir, &st->clock, &seat->post));
    seat->forked = true;
    for (size = seat->copies[n - 1].size; size < held; size++) {
        Str id = scope_print(s, "%.*s.other%" PRIu64, STR_ARG(seat->party), size);
        struct enrolment e = {.officer = id, .name = id, .password = id};
        if (id.ptr == NULL) return ERR_MEMORY;
        TRY(post_enrol(s, seat->post, &e));
    }
    return OK;
}

Status stage_backup(struct scope *s, struct stage *st, struct seat *seat)
{
    Str path = scope_print(st->memory, "%s/%.*s-%zu.backup", st->scratch, STR_ARG(seat->party),
                           scope_used(st->memory));
    if (path.ptr == NULL) return ERR_MEMORY;
    TRY(backup_write(s, seat->post, path.ptr));
    seat->backup = path.ptr;
    return OK;
}

Status stage_restore(struct scope *s, struct stage *st, struct seat *seat)
{
    if (seat->backup == NULL)
        return fail(s, ERR_NOT_FOUND, "there is no backup of %.*s", STR_ARG(seat->party));
    /* The root key is no part of a backup: its keeper brings it back. */
    Str root = file_join(s, seat->dir, "root.key");
    Bytes key;
    if (root.ptr == NULL) return ERR_MEMORY;
    TRY(file_read(s, root.ptr, SEED_BYTES, &key));
    post_close(seat->post);
    seat->post = NULL;
    TRY(folder_clear(s, seat->dir, NULL, 0));
    TRY(backup_restore(s, seat->backup, seat->dir));
    TRY(file_write(s, root.ptr, key));
    return post_open(s, seat->dir, &st->clock, &seat->post);
}
