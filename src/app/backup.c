/* Copies of a post: the database as it stands at one moment, the keys and the sealed evidence in
 * one file. The offline keys are not in it. Declared in app/paper.h; docs/formats/backup.md. */
#include "app/paper.h"
#include "app/statement.h"
#include "os/file.h"
#include "paper/container.h"
#include "vault/vault.h"
#include <inttypes.h>

enum { ROOM_BYTES = 256 * 1024, NAMES_MAX = CONTAINER_MEMBERS_MAX, ABOUT_MAX = 4096 };

#define ABOUT_NAME    "backup.txt"
#define ABOUT_LINE    "twinpost/backup/1"
#define DATABASE      "twinpost.db"
#define DATABASE_PART DATABASE ".part"

/* Reads one file after the other with one descriptor, whatever their number. */
struct pump {
    int fd;
    const char *path; /* the one that is open */
    uint8_t *room;
};

struct pumped {
    struct pump *pump;
    const char *path;
};

static Status pump_read(void *ctx, struct scope *s, uint64_t at, Bytes *out)
{
    struct pumped *x = ctx;
    size_t len;
    if (x->pump->path != x->path) {
        file_auto_close(&x->pump->fd);
        x->pump->path = NULL;
        TRY(file_open_read(s, x->path, &x->pump->fd));
        x->pump->path = x->path;
    }
    TRY(file_read_at(s, x->pump->fd, at, x->pump->room, ROOM_BYTES, &len));
    *out = bytes_of(x->pump->room, len);
    return OK;
}

static void pump_close(struct pump *pump)
{
    file_auto_close(&pump->fd);
    secret_wipe(pump->room, ROOM_BYTES); /* keys went through it */
}

struct packing {
    struct scope *s;
    struct pump *pump;
    struct container_member *members;
    size_t count, room;
};

static Status file_add(struct packing *x, Str name, const char *path)
{
    struct pumped *ctx = NEW(x->s, struct pumped);
    struct container_source *source = NEW(x->s, struct container_source);
    if (ctx == NULL || source == NULL || name.ptr == NULL || path == NULL) return ERR_MEMORY;
    if (x->count == x->room) return fail(x->s, ERR_LIMIT, "more files than a backup holds");
    struct container_member m = {.name = name, .fd = -1, .source = source};
    *ctx = (struct pumped){x->pump, path};
    *source = (struct container_source){pump_read, ctx};
    TRY(file_size(x->s, path, &m.size));
    x->members[x->count++] = m;
    return OK;
}

/* Files of a folder of the post, under the same name; what ends in `without` is made again. */
static Status folder_add(struct packing *x, const char *dir, const char *folder, const Str *names,
                         size_t count, const char *without)
{
    for (size_t i = 0; i < count; i++) {
        if (str_has_suffix(names[i], without) || str_is(names[i], "incoming")) continue;
        Str name = scope_print(x->s, "%s/%.*s", folder, STR_ARG(names[i]));
        if (name.ptr == NULL) return ERR_MEMORY;
        TRY(file_add(x, name, file_join(x->s, dir, name.ptr).ptr));
    }
    return OK;
}

static Status about_make(struct scope *s, struct post *p, struct store *copy,
                         struct container_member *out)
{
    char at[INSTANT_TEXT_MAX];
    uint64_t leaves;
    TRY(store_leaf_count(s, copy, p->journal, &leaves));
    instant_format(post_now(p), at);
    Str text = scope_print(s, ABOUT_LINE "\nparty %.*s\nmade %s\nleaves %" PRIu64 "\n",
                           STR_ARG(p->card.party), at, leaves);
    if (text.ptr == NULL) return ERR_MEMORY;
    *out = (struct container_member){
        .name = STR(ABOUT_NAME), .size = text.len, .bytes = str_bytes(text), .fd = -1};
    return OK;
}

/* The database as it stands now, through a connection of its own: the post goes on meanwhile. */
static Status database_copy(struct scope *s, struct post *p, const char *path,
                            struct container_member *out_about)
{
    struct store *st;
    Str database = file_join(s, p->dir, DATABASE);
    if (database.ptr == NULL) return ERR_MEMORY;
    TRY(file_remove(s, path)); /* of a backup that was cut off */
    TRY(store_open(s, database.ptr, STORE_READ, &st));
    Status status = store_copy(s, st, path);
    store_close(st);
    TRY(status);
    TRY(store_open(s, path, STORE_READ, &st));
    status = about_make(s, p, st, out_about);
    store_close(st);
    return status;
}

static Status pack_all(struct scope *s, struct post *p, const char *copy, struct pump *pump, int fd)
{
    struct packing x = {.s = s, .pump = pump};
    struct container_member about;
    Str *keys, *sealed = NULL, keys_path = file_join(s, p->dir, "keys");
    Str vault_path = file_join(s, p->dir, "vault");
    size_t key_count, sealed_count = 0;
    if (keys_path.ptr == NULL || vault_path.ptr == NULL) return ERR_MEMORY;
    /* First the database: what it speaks of lies in the vault already. */
    TRY(database_copy(s, p, copy, &about));
    TRY(file_list(s, keys_path.ptr, NAMES_MAX, &keys, &key_count));
    bool has_vault;
    TRY(file_look(s, vault_path.ptr, &has_vault));
    if (has_vault) TRY(file_list(s, vault_path.ptr, NAMES_MAX, &sealed, &sealed_count));
    x.room = key_count + sealed_count + 2;
    x.members = scope_array(s, x.room, sizeof *x.members);
    if (x.members == NULL) return ERR_MEMORY;
    x.members[x.count++] = about;
    TRY(file_add(&x, STR(DATABASE), copy));
    TRY(folder_add(&x, p->dir, "keys", keys, key_count, "/"));
    TRY(folder_add(&x, p->dir, "vault", sealed, sealed_count, ".leaves.age"));
    TRY(container_hash(s, x.members, x.count));
    TRY(container_write_fd(s, x.members, x.count, fd));
    return file_sync_fd(s, fd);
}

static Status backup_make(struct scope *s, struct post *p, const char *part, const char *copy)
{
    AUTO_FILE int fd = -1;
    struct pump pump = {.fd = -1, .room = scope_alloc(s, ROOM_BYTES)};
    if (pump.room == NULL) return ERR_MEMORY;
    TRY(file_remove(s, part));
    TRY(file_open_new(s, part, &fd));
    Status status = pack_all(s, p, copy, &pump, fd);
    pump_close(&pump);
    return status;
}

Status backup_write(struct scope *s, struct post *p, const char *path)
{
    Str part = scope_print(s, "%s.part", path), copy = scope_print(s, "%s.db.part", path);
    if (part.ptr == NULL || copy.ptr == NULL) return ERR_MEMORY;
    Status status = backup_make(s, p, part.ptr, copy.ptr);
    struct failure first = failure_hold(s, status);
    Status removed = file_remove(s, copy.ptr);
    if (status == OK) {
        status = removed == OK ? file_rename(s, part.ptr, path) : removed;
        first = failure_hold(s, status);
    }
    if (status == OK) return OK;
    (void)!file_remove(s, part.ptr);
    return failure_tell(s, &first);
}

/* Only names that backup_write gives: nothing else becomes a path. */
static bool is_expected(Str name)
{
    Str file = name, folder = str_cut(&file, '/');
    if (str_is(name, ABOUT_NAME) || str_is(name, DATABASE)) return true;
    if (file.len == 0 || memchr(file.ptr, '/', file.len) || file.ptr[0] == '.') return false;
    return str_is(folder, "keys") || (str_is(folder, "vault") && str_has_suffix(file, ".age"));
}

static Status members_check(struct scope *s, const struct container_member *members, size_t count)
{
    bool about = false, database = false;
    for (size_t i = 0; i < count; i++) {
        if (!is_expected(members[i].name))
            return fail(s, ERR_SCHEMA, "a backup has no member %.*s", STR_ARG(members[i].name));
        database = database || str_is(members[i].name, DATABASE);
        if (str_is(members[i].name, ABOUT_NAME))
            about = members[i].bytes.ptr &&
                    str_has_prefix(bytes_str(members[i].bytes), ABOUT_LINE "\n");
    }
    return about && database ? OK : fail(s, ERR_SCHEMA, "this is no backup of a post");
}

/* The database gets its name last: what was cut off before is no post. */
static Status member_restore(struct scope *s, int fd, const struct container_member *m,
                             const char *dir)
{
    Str name = str_is(m->name, DATABASE) ? STR(DATABASE_PART) : scope_str(s, m->name);
    Str path = name.ptr ? file_join(s, dir, name.ptr) : name;
    AUTO_FILE int out = -1;
    if (path.ptr == NULL) return ERR_MEMORY;
    TRY(file_open_new(s, path.ptr, &out));
    TRY(container_extract(s, fd, m->name, m->size, out));
    return file_sync_fd(s, out);
}

static const char *const folders[] = {"keys", "vault"};

static Status folders_make(struct scope *s, const char *dir)
{
    Str *names;
    size_t count;
    TRY(file_make_folder(s, dir));
    TRY(file_list(s, dir, NAMES_MAX, &names, &count));
    if (count)
        return fail(s, ERR_DUPLICATE, "%s is not empty: a post is restored to a new folder", dir);
    for (size_t i = 0; i < COUNT_OF(folders); i++) {
        Str path = file_join(s, dir, folders[i]);
        if (path.ptr == NULL) return ERR_MEMORY;
        TRY(file_make_folder(s, path.ptr));
    }
    return OK;
}

/* The names of what was restored, before the database makes a post of it. */
static Status folders_sync(struct scope *s, const char *dir)
{
    for (size_t i = 0; i < COUNT_OF(folders); i++) {
        Str path = file_join(s, dir, folders[i]);
        if (path.ptr == NULL) return ERR_MEMORY;
        TRY(file_sync(s, path.ptr));
    }
    return OK;
}

static Status settings_mark(struct scope *s, struct store *st)
{
    struct neighbour_row *rows;
    size_t count;
    TRY(store_neighbour_list(s, st, &rows, &count));
    for (size_t i = 0; i < count; i++) {
        Str name = scope_print(s, "owed.%.*s", STR_ARG(rows[i].party));
        if (name.ptr == NULL) return ERR_MEMORY;
        TRY(store_setting_save(s, st, name.ptr, str_bytes(STR("yes"))));
    }
    TRY(store_setting_save(s, st, "restored_at", str_bytes(STR(""))));
    return store_setting_save(s, st, "restored", str_bytes(STR("yes")));
}

/* From here on the post waits for the longest head that its neighbours hold. */
static Status hold_mark(struct scope *s, const char *path)
{
    struct store *st;
    TRY(store_open(s, path, STORE_WRITE, &st));
    Status status = store_check(s, st);
    if (status == OK) status = store_begin(s, st);
    if (status == OK) {
        status = settings_mark(s, st);
        if (status == OK) status = store_commit(s, st);
        if (status != OK) store_rollback(st);
    }
    if (status == OK) status = store_merge(s, st); /* it is renamed without its log */
    store_close(st);
    return status;
}

Status backup_restore(struct scope *s, const char *path, const char *dir)
{
    AUTO_FILE int fd = -1;
    struct container_member *members;
    size_t count;
    struct container_limits limits = {.members_max = CONTAINER_MEMBERS_MAX,
                                      .member_bytes_max = 2 * VAULT_BYTES_MAX,
                                      .total_bytes_max = UINT64_MAX / 2,
                                      .keep_bytes_max = ABOUT_MAX};
    TRY(file_open_read(s, path, &fd));
    TRY(container_read_fd(s, fd, &limits, &members, &count));
    TRY(members_check(s, members, count));
    TRY(folders_make(s, dir));
    for (size_t i = 0; i < count; i++)
        if (!str_is(members[i].name, ABOUT_NAME)) TRY(member_restore(s, fd, &members[i], dir));
    Str part = file_join(s, dir, DATABASE_PART), database = file_join(s, dir, DATABASE);
    if (part.ptr == NULL || database.ptr == NULL) return ERR_MEMORY;
    TRY(folders_sync(s, dir));
    TRY(hold_mark(s, part.ptr));
    return file_rename(s, part.ptr, database.ptr);
}
