/* Heads of the own journal: signed, padded with cover leaves, and remembered in a second place.
 * Declared in app/inside.h. */
#include "app/head.h"
#include "app/inside.h"
#include "os/file.h"
#include <inttypes.h>

static Status cover_append(struct scope *s, struct post *p)
{
    while (p->cover_multiple > 1 && p->leaf_count % p->cover_multiple) {
        Hash cover = cover_commitment(&p->cover_key, p->leaf_count);
        TRY(store_leaf_append(s, p->store, p->journal, p->leaf_count, &cover, 1));
        p->leaf_count++;
    }
    return OK;
}

Status head_sign(struct scope *s, struct post *p, struct head_row *out)
{
    Status status = store_head_newest(s, p->store, p->journal, false, out);
    if (status != OK && status != ERR_NOT_FOUND) return status;
    if (p->held) {
        if (status == OK) return OK;
        return fail(s, ERR_STALE, "the post waits for its journal's head to come back");
    }
    if (status == OK && out->size == p->leaf_count) return OK;
    TRY(cover_append(s, p));
    Hash root;
    Str text;
    TRY(store_tree_root(s, p->store, p->journal, p->leaf_count, &root));
    TRY(checkpoint_text(s, p->card.origin, p->leaf_count, &root, &text));
    struct head_row head = {.size = p->leaf_count};
    TRY(checkpoint_sign(s, text, p->card.origin, &p->journal_key, &head.note));
    TRY(store_head_save(s, p->store, p->journal, &head));
    p->head_moved = true;
    *out = head;
    return OK;
}

/* "<post folder>.head", beside the folder, so that a copy of the folder put back does not bring it
 * back too. */
static Str second_place_path(struct scope *s, const char *dir)
{
    size_t len = strlen(dir);
    while (len > 1 && dir[len - 1] == '/')
        len--;
    return scope_print(s, "%.*s.head", (int)len, dir);
}

static Status second_place_write(struct scope *s, struct post *p, const struct head_row *head)
{
    Str path = second_place_path(s, p->dir);
    struct writer w = writer_open(s, 65536);
    if (path.ptr == NULL) return ERR_MEMORY;
    write_print(&w, "twinpost/second/1\n%" PRIu64 "\n", head->size);
    for (size_t i = 0; i < p->neighbour_count; i++) {
        uint64_t openings;
        TRY(store_opening_count(s, p->store, p->journal, p->neighbours[i].row.id, &openings));
        write_print(&w, "%.*s %" PRIu64 " %" PRIu64 "\n", STR_ARG(p->neighbours[i].card.party),
                    openings, p->neighbours[i].row.parcel_out);
    }
    write_print(&w, "\n");
    write_str(&w, head->note);
    Bytes bytes;
    TRY(writer_close(&w, &bytes));
    return file_write(s, path.ptr, bytes);
}

Status head_remember(struct scope *s, struct post *p)
{
    struct head_row written = {0}, newest;
    for (;;) {
        TRY(store_head_newest(s, p->store, p->journal, false, &newest));
        if (newest.size == written.size) break;
        TRY(second_place_write(s, p, &newest));
        written = newest; /* another process may have signed and written meanwhile: look again */
    }
    p->head_moved = false;
    return OK;
}

Status second_place_read(struct scope *s, const char *dir, struct second_place *out)
{
    Str path = second_place_path(s, dir);
    Bytes bytes;
    struct checkpoint cp;
    *out = (struct second_place){0};
    if (path.ptr == NULL) return ERR_MEMORY;
    Status status = file_read(s, path.ptr, 65536, &bytes);
    if (status == ERR_NOT_FOUND) return OK;
    TRY(status);
    Str rest = bytes_str(bytes);
    if (!str_is(str_cut(&rest, '\n'), "twinpost/second/1"))
        return fail(s, ERR_DISK, "%s is not a record of the last signed head", path.ptr);
    while (rest.len && str_cut(&rest, '\n').len)
        continue;
    TRY(checkpoint_parse(s, rest, &cp));
    *out = (struct second_place){.size = cp.size, .root = cp.root, .present = true};
    return OK;
}
