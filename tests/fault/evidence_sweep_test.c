/* Every memory, disk and file call fails, once and for good, while evidence goes into the vault and
 * comes out, and while a post is copied and put back. */
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

enum { PHOTO_BYTES = 70000, FILES_MAX = 100 };

static void build_case(struct world *w)
{
    w->number = pair_case(w->x);
    w->path = pair_file(w->x, "photo", PHOTO_BYTES);
}

static Status add(struct world *w)
{
    struct name_value fields[] = {{STR("item"), STR("IMG-7")},
                                  {STR("media_type"), STR("image/jpeg")},
                                  {STR("description"), STR("robežzīme")}};
    struct fact_request request = {.kind = STR("evidence.collected"),
                                   .case_number = w->number,
                                   .fields = fields,
                                   .field_count = COUNT_OF(fields)};
    struct fact_result result;
    return evidence_add(w->run, world_post(w), w->session, &request, w->path, &result);
}

static Status vault_names(struct world *w, size_t *out)
{
    Str *names;
    const char *vault = file_join(w->x->s, w->x->dir[w->what->post], "vault").ptr;
    size_t count;
    TRY(file_list(w->x->s, vault, FILES_MAX, &names, &count));
    *out = 0;
    for (size_t i = 0; i < count; i++)
        *out += str_has_suffix(names[i], ".age") && !str_has_suffix(names[i], ".leaves.age");
    return OK;
}

/* The fact, its row and its bytes; or nothing, and no bytes that no fact names. */
static enum outcome is_added(struct world *w)
{
    struct blob_row *blobs;
    size_t count, files;
    struct post *p = world_post(w);
    enum outcome said = world_has(w, w->number, "evidence.collected", "item", STR("IMG-7"));
    POST_READING(p);
    if (store_blob_list(w->x->s, p->store, false, &blobs, &count) != OK ||
        vault_names(w, &files) != OK || count != (said == STATE_NEW))
        return STATE_BROKEN;
    return said == STATE_NEW && files == 0 ? STATE_BROKEN : said;
}

static void build_evidence(struct world *w)
{
    build_case(w);
    w->ref = pair_evidence(w->x, w->number, w->path);
    pair_sync(w->x);
}

static Status get(struct world *w)
{
    return evidence_get(w->run, world_post(w), w->ref, world_path(w, "copy"));
}

/* The whole file, or none. */
static enum outcome is_got(struct world *w)
{
    Bytes sent, got;
    const char *copy = file_join(w->x->s, w->x->folder, "copy").ptr;
    if (!file_exists(copy)) return STATE_OLD;
    if (file_read(w->x->s, w->path, 1 << 20, &sent) != OK ||
        file_read(w->x->s, copy, 1 << 20, &got) != OK)
        return STATE_BROKEN;
    return bytes_eq(sent, got) ? STATE_NEW : STATE_BROKEN;
}

static Status erase(struct world *w)
{
    return fact_erase_values(w->run, world_post(w), w->session, w->ref, STR("termiņš"));
}

static void build_unshown(struct world *w)
{
    build_case(w);
    struct name_value fields[] = {{STR("item"), STR("IMG-7")}, {STR("description"), STR("x")}};
    struct fact_request request = {.kind = STR("evidence.collected"),
                                   .case_number = w->number,
                                   .fields = fields,
                                   .field_count = COUNT_OF(fields)};
    struct fact_result result;
    OKAY_IN(w->x->s, evidence_add(w->x->s, w->x->post[LV], pair_session(w->x, "lv.help"), &request,
                                  w->path, &result));
    w->ref = result.ref;
}

/* The fact that says so, and the bytes gone at the latest when the post opens again; or both as
 * before. */
static enum outcome is_erased(struct world *w)
{
    size_t files;
    enum outcome said = world_has(w, w->number, "fact.erased", "ground", STR("termiņš"));
    if (vault_names(w, &files) != OK) return STATE_BROKEN;
    if (said == STATE_OLD && files == 0) return STATE_BROKEN;
    return said == STATE_NEW && files && w->restarted ? STATE_BROKEN : said;
}

static Status back_up(struct world *w)
{
    return backup_write(w->run, world_post(w), world_path(w, "lv.backup"));
}

/* A backup that can be put back, with all evidence; or no file. */
static enum outcome is_backed_up(struct world *w)
{
    struct scope *s = w->x->s;
    const char *file = file_join(s, w->x->folder, "lv.backup").ptr;
    const char *again = file_join(s, w->x->folder, "again").ptr;
    const char *copy = file_join(s, w->x->folder, "copy").ptr;
    struct post *p = NULL;
    if (!file_exists(file)) return STATE_OLD;
    Status status = backup_restore(s, file, again);
    if (status == OK) status = post_open(s, again, &w->x->clock, &p);
    if (status == OK) status = evidence_get(s, p, w->ref, copy);
    if (status != OK) printf("# %s: %s\n", status_name(status), scope_reason(s));
    bool held = p && post_is_held(p);
    post_close(p);
    folder_close(again);
    (void)!file_remove(s, copy);
    return status == OK && held ? STATE_NEW : STATE_BROKEN;
}

static void build_backup(struct world *w)
{
    build_evidence(w);
    w->path = file_join(w->x->s, w->x->folder, "lv.backup").ptr;
    OKAY_IN(w->x->s, backup_write(w->x->s, w->x->post[LV], w->path));
}

static Status put_back(struct world *w)
{
    const char *again = world_path(w, "again");
    return again ? backup_restore(w->run, w->path, again) : ERR_MEMORY;
}

/* A post that waits for its head; or something that is no post and cannot sign. */
static enum outcome is_put_back(struct world *w)
{
    struct scope *s = w->x->s;
    const char *again = file_join(s, w->x->folder, "again").ptr;
    struct post *p = NULL;
    if (!file_exists(file_join(s, again, "twinpost.db").ptr)) {
        folder_close(again); /* what was cut off is taken away by whoever tries again */
        return STATE_OLD;
    }
    Status status = post_open(s, again, &w->x->clock, &p);
    if (status != OK) printf("# %s: %s\n", status_name(status), scope_reason(s));
    bool held = p && post_is_held(p);
    post_close(p);
    return status == OK && held ? STATE_NEW : STATE_BROKEN;
}

static const struct intention intentions[] = {
    {.name = "evidence added",
     .build = build_case,
     .body = add,
     .outcome = is_added,
     .officer = "lv.help"},
    {.name = "evidence got", .build = build_evidence, .body = get, .outcome = is_got, .post = BY},
    {.name = "evidence erased",
     .build = build_unshown,
     .body = erase,
     .outcome = is_erased,
     .officer = "lv.dpo"},
    {.name = "backup",
     .ends_without_memory = true,
     .build = build_evidence,
     .body = back_up,
     .outcome = is_backed_up},
    {.name = "restore",
     .ends_without_memory = true,
     .build = build_backup,
     .body = put_back,
     .outcome = is_put_back,
     .stands_in = true},
};

int main(int argc, char **argv)
{
    return world_main(argc, argv, intentions, COUNT_OF(intentions));
}
