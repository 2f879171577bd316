/* The journal as anybody may read it: C2SP tiles and checkpoints, the witness call, an export.
 * Declared in app/exchange.h. */
#include "app/exchange.h"
#include "app/head.h"
#include "app/keys.h"
#include "app/second_place.h"
#include "app/statement.h"
#include "core/ledger/succession.h"
#include "core/ledger/tile.h"
#include "core/ledger/witness.h"
#include "os/file.h"
#include <inttypes.h>

static Status tile_bytes(struct scope *s, struct post *p, const struct tile *tile, uint64_t size,
                         Bytes *out)
{
    unsigned width = tile_width(size, tile->entries ? 0 : tile->level, tile->index);
    if (width < tile->width) return fail(s, ERR_NOT_FOUND, "the journal has no such tile");
    Hash *hashes = scope_array(s, tile->width, sizeof *hashes);
    if (hashes == NULL) return ERR_MEMORY;
    uint64_t first = tile->index * TREE_ROW_WIDTH;
    if (tile->entries) {
        TRY(store_leaf_list(s, p->store, p->journal, first, tile->width, hashes));
        return tile_entries_format(s, hashes, tile->width, out);
    }
    struct tree_source source = store_tree_source(p->store, p->journal, s);
    TRY(source.read(source.ctx, s, tile->level, first, tile->width, hashes));
    return tile_hashes_format(s, hashes, tile->width, out);
}

struct serving {
    Str path;
    Bytes out;
};

static Status serve_run(struct scope *s, struct post *p, void *arg)
{
    struct serving *x = arg;
    struct head_row head;
    struct tile tile;
    TRY(head_sign(s, p, &head));
    if (str_is(x->path, "checkpoint")) {
        x->out = str_bytes(head.note);
        return OK;
    }
    Status status = tile_path_parse(s, x->path, &tile);
    if (status != OK) return fail(s, ERR_NOT_FOUND, "the journal has no file of that name");
    return tile_bytes(s, p, &tile, head.size, &x->out);
}

Status journal_file(struct scope *s, struct post *p, Str path, Bytes *out)
{
    struct serving x = {.path = path};
    TRY(post_write(s, p, serve_run, &x));
    *out = x.out;
    return OK;
}

struct witnessing {
    Str body;
    Str line;
    uint64_t known;
    bool unheld;
    struct neighbour *n;
    struct witness_request request;
};

static struct neighbour *neighbour_of_origin(struct post *p, Str origin)
{
    for (size_t i = 0; i < p->neighbour_count; i++)
        if (str_eq(p->neighbours[i].card.origin, origin)) return &p->neighbours[i];
    return NULL;
}

static Status witness_run(struct scope *s, struct post *p, void *arg)
{
    struct witnessing *x = arg;
    struct witness_view view = {.root = tree_empty()};
    struct head_row head = {0};
    uint64_t held;
    const struct authority *theirs;
    const struct secret_key *key;
    TRY(witness_request_parse(s, str_bytes(x->body), &x->request));
    const struct checkpoint *cp = &x->request.checkpoint;
    x->n = neighbour_of_origin(p, cp->origin);
    if (x->n) {
        view.origin = x->n->card.origin;
        TRY(post_authority(s, p, x->n, &theirs));
        view.key = authority_journal_key(theirs, cp->size);
        view.size = x->n->head_size;
        if (view.size) view.root = x->n->head_root;
        x->known = view.size;
    }
    TRY(witness_check(s, x->n ? &view : NULL, &x->request));
    if (x->n == NULL) return fail(s, ERR_NOT_FOUND, "this journal is not known here");
    TRY(store_leaf_count(s, p->store, x->n->journal, &held));
    if (p->held || cp->size < x->n->remembered.head_size)
        return fail(s, ERR_BUSY, "this post was set back and countersigns nothing yet");
    if (cp->size > held) {
        /* Our cosignature says that every leaf is held here; bring them first. */
        x->unheld = true;
        return fail(s, ERR_PROOF, "the leaves under this head are not held here yet");
    }
    Str name = card_cosigner_name(s, p->card.origin);
    TRY(key_for(s, p, &p->cosigner_keys, x->n, &key));
    TRY(cosignature_make(s, cp->note.text, name, key, post_now(p), &x->line));
    head.size = cp->size;
    head.cosigned = true;
    TRY(note_add_line(s, x->request.note, x->line, &head.note));
    TRY(store_head_save(s, p->store, x->n->journal, &head));
    x->n->head_size = cp->size;
    x->n->head_root = cp->root;
    p->second_due = p->giving = true;
    return OK;
}

static Status fork_run(struct scope *s, struct post *p, void *arg)
{
    const struct witnessing *x = arg;
    struct alarm_row alarm = {.party = x->n->card.party,
                              .what = STR("fork"),
                              .at = post_now(p),
                              .text = STR("two signed heads of one size differ"),
                              .evidence = str_bytes(x->request.note)};
    return store_alarm_add(s, p->store, &alarm);
}

Status witness_add_checkpoint(struct scope *s, struct post *p, Str body, int *out_status,
                              Str *out_body)
{
    struct witnessing x = {.body = body};
    Status status = post_write(s, p, witness_run, &x);
    if (status >= ERR_DISK) return status;
    /* The evidence is stored before the answer is given. */
    if (status == ERR_FORK) TRY(post_write(s, p, fork_run, &x));
    *out_status = witness_http(status);
    *out_body = status == OK          ? x.line
                : status == ERR_STALE ? scope_print(s, "%" PRIu64 "\n", x.known)
                                      : scope_print(s, "%s\n", scope_reason(s));
    return out_body->ptr ? OK : ERR_MEMORY;
}

static Status export_tile(struct scope *s, struct post *p, const char *folder, uint64_t size,
                          struct tile tile)
{
    AUTO_SCOPE struct scope *work = scope_open(WORK_BYTES_MAX);
    Bytes bytes;
    Str path;
    if (work == NULL) return fail(s, ERR_MEMORY, "the machine has no memory left");
    Status status = tile_bytes(work, p, &tile, size, &bytes);
    if (status == OK) status = tile_path_format(work, &tile, &path);
    Str full = status == OK ? file_join(work, folder, path.ptr) : (Str){NULL, 0};
    for (size_t i = strlen(folder) + 1; status == OK && i < full.len; i++) {
        if (full.ptr[i] != '/') continue;
        Str part = scope_str(work, (Str){full.ptr, i});
        status = part.ptr ? file_make_folder(work, part.ptr) : ERR_MEMORY;
    }
    if (status == OK) status = file_write(work, full.ptr, bytes);
    return status == OK ? OK : fail(s, status, "%s", scope_reason(work));
}

static Status export_tiles(struct scope *s, struct post *p, const char *folder, uint64_t size)
{
    for (unsigned level = 0; level < TREE_LEVELS; level++) {
        for (uint64_t i = 0; tile_width(size, level, i) > 0; i++) {
            struct tile tile = {.level = level, .index = i, .width = tile_width(size, level, i)};
            TRY(export_tile(s, p, folder, size, tile));
            tile.entries = true;
            if (level == 0) TRY(export_tile(s, p, folder, size, tile));
        }
    }
    return OK;
}

static Status vkeys_text(struct scope *s, struct post *p, const struct checkpoint *cp, Str *out)
{
    struct writer w = writer_open(s, 65536);
    const struct authority *own, *theirs;
    Str log, cosigner;
    TRY(post_authority(s, p, NULL, &own));
    TRY(head_vkeys(s, own, cp, NULL, &log, &cosigner));
    write_print(&w, "%.*s\n", STR_ARG(log));
    for (size_t i = 0; i < p->neighbour_count; i++) {
        TRY(post_authority(s, p, &p->neighbours[i], &theirs));
        Status status = head_vkeys(s, own, cp, theirs, &log, &cosigner);
        if (status == ERR_SIGNATURE) continue; /* not among the cosigners of this head */
        TRY(status);
        write_print(&w, "%.*s\n", STR_ARG(cosigner));
    }
    return writer_close_str(&w, out);
}

Status journal_export(struct scope *s, struct post *p, const char *folder)
{
    struct head_row head;
    struct checkpoint cp;
    Str vkeys;
    POST_READING(p);
    TRY(second_place_settle(s, p));
    Status status = store_head_newest(s, p->store, p->journal, true, &head);
    if (status == ERR_NOT_FOUND)
        return fail(
            s, ERR_NOT_FOUND,
            "no head of this journal carries the other side's cosignature yet: exchange first");
    TRY(status);
    TRY(checkpoint_parse(s, head.note, &cp));
    TRY(file_make_folder(s, folder));
    TRY(export_tiles(s, p, folder, head.size));
    TRY(vkeys_text(s, p, &cp, &vkeys));
    Str path = file_join(s, folder, "vkeys"), note = file_join(s, folder, "checkpoint");
    if (path.ptr == NULL || note.ptr == NULL) return ERR_MEMORY;
    TRY(file_write(s, path.ptr, str_bytes(vkeys)));
    return file_write(s, note.ptr, str_bytes(head.note));
}
