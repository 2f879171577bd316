/* The second place: written after a commit and before anything of it is given out. So what is
 * remembered there never names a head that the database lost, and never misses one that somebody
 * may hold. */
#include "app/second_place.h"
#include "app/statement.h"
#include "os/file.h"
#include <inttypes.h>

enum { RECORD_MAX = 65536, ERASED_MAX = 16 << 20 };

#define RECORD_LINE "twinpost/second/1"
#define ERASED_LINE "twinpost/erased/1"

Str second_place_beside(struct scope *s, const char *dir)
{
    Str real = file_real(s, dir);
    while (real.len > 1 && real.ptr[real.len - 1] == '/')
        real.len--;
    return real.ptr ? scope_print(s, "%.*s.head", STR_ARG(real)) : real;
}

static Str erased_path(struct scope *s, const char *path)
{
    return scope_print(s, "%s.erased", path);
}

static bool neighbour_parse(Str line, struct second_neighbour *out)
{
    struct second_neighbour n = {.party = str_cut(&line, ' ')};
    Str openings = str_cut(&line, ' '), acknowledged = str_cut(&line, ' ');
    Str parcels = str_cut(&line, ' '), size = str_cut(&line, ' ');
    if (!party_is_well_formed(n.party) || !str_u64(openings, &n.kept.openings) ||
        !str_u64(acknowledged, &n.kept.acknowledged) || !str_u64(parcels, &n.kept.parcels) ||
        !str_u64(size, &n.kept.head_size) ||
        !base64_parse(line, n.kept.head_root.bytes, HASH_BYTES))
        return false;
    *out = n;
    return true;
}

static bool record_parse(struct scope *s, Str text, struct second_place *out)
{
    struct checkpoint cp;
    struct second_place x = {.present = true};
    if (!str_is(str_cut(&text, '\n'), RECORD_LINE)) return false;
    x.list = scope_array(s, NEIGHBOURS_MAX, sizeof *x.list);
    if (x.list == NULL) return false;
    for (Str line = str_cut(&text, '\n'); line.len; line = str_cut(&text, '\n'))
        if (x.count == NEIGHBOURS_MAX || !neighbour_parse(line, &x.list[x.count++])) return false;
    if (text.ptr == NULL || checkpoint_parse(s, text, &cp) != OK) return false;
    x.size = cp.size;
    x.root = cp.root;
    x.note = text;
    *out = x;
    return true;
}

Status second_place_read(struct scope *s, const char *path, struct second_place *out)
{
    Bytes bytes;
    *out = (struct second_place){0};
    Status status = file_read(s, path, RECORD_MAX, &bytes);
    if (status == ERR_NOT_FOUND) return OK;
    TRY(status);
    return record_parse(s, bytes_str(bytes), out)
               ? OK
               : fail(s, ERR_DISK, "%s is not a record of the last signed head", path);
}

Status second_place_erased(struct scope *s, const char *path, Str **out, size_t *out_count)
{
    Str name = erased_path(s, path), rest;
    Bytes bytes;
    size_t count = 0, room = 0;
    *out = NULL;
    *out_count = 0;
    if (name.ptr == NULL) return ERR_MEMORY;
    Status status = file_read(s, name.ptr, ERASED_MAX, &bytes);
    if (status == ERR_NOT_FOUND) return OK;
    TRY(status);
    rest = bytes_str(bytes);
    for (size_t i = 0; i < rest.len; i++)
        room += rest.ptr[i] == '\n';
    if (rest.len == 0 || rest.ptr[rest.len - 1] != '\n' ||
        !str_is(str_cut(&rest, '\n'), ERASED_LINE))
        return fail(s, ERR_DISK, "%s is not a record of what was erased", name.ptr);
    Str *list = scope_array(s, room + 1, sizeof *list);
    if (list == NULL) return ERR_MEMORY;
    while (rest.len)
        list[count++] = str_cut(&rest, '\n');
    *out = list;
    *out_count = count;
    return OK;
}

static uint64_t larger(uint64_t a, uint64_t b)
{
    return a > b ? a : b;
}

/* What is remembered already counts until the neighbour has given it back. */
static Status neighbour_write(struct scope *s, struct post *p, const struct neighbour *n,
                              struct writer *w)
{
    uint64_t openings;
    bool shorter = n->head_size < n->remembered.head_size;
    Hash root = shorter ? n->remembered.head_root : n->head_size ? n->head_root : tree_empty();
    struct neighbour_row row;
    TRY(store_opening_count(s, p->store, p->journal, n->row.id, &openings));
    TRY(store_neighbour_load(s, p->store, n->card.party, &row));
    write_print(w, "%.*s %" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64 " ", STR_ARG(n->card.party),
                larger(openings, n->remembered.openings),
                n->owed ? larger(row.held_opening, n->remembered.acknowledged) : row.held_opening,
                larger(row.parcel_out, n->remembered.parcels),
                shorter ? n->remembered.head_size : n->head_size);
    write_base64(w, hash_bytes(&root));
    write_u8(w, '\n');
    return OK;
}

static Status record_write_once(struct scope *s, struct post *p, const struct head_row *head)
{
    struct writer w = writer_open(s, RECORD_MAX);
    Bytes bytes;
    write_print(&w, RECORD_LINE "\n");
    for (size_t i = 0; i < p->neighbour_count; i++)
        TRY(neighbour_write(s, p, &p->neighbours[i], &w));
    write_print(&w, "\n");
    write_str(&w, head->note);
    TRY(writer_close(&w, &bytes));
    return file_write(s, p->second_path, bytes);
}

static Status record_write(struct scope *s, struct post *p)
{
    struct head_row written = {0}, newest;
    for (;;) {
        Status status = store_head_newest(s, p->store, p->journal, false, &newest);
        if (status == ERR_NOT_FOUND) return OK; /* nothing was given out yet */
        TRY(status);
        if (newest.size == written.size) return OK;
        TRY(record_write_once(s, p, &newest));
        written = newest; /* another process may have signed and written meanwhile: look again */
    }
}

/* Lines that stand there, and those that are new. */
struct erasing {
    Str *known;
    size_t known_count;
    struct writer lines;
    bool any;
};

static void erased_add(struct erasing *x, const char *how, Str ref)
{
    size_t lead = strlen(how);
    for (size_t i = 0; i < x->known_count; i++) {
        Str line = x->known[i];
        if (line.len == lead + 1 + ref.len && str_has_prefix(line, how) &&
            memcmp(line.ptr + lead + 1, ref.ptr, ref.len) == 0)
            return;
    }
    write_print(&x->lines, "%s %.*s\n", how, STR_ARG(ref));
    x->any = true;
}

/* Facts of one own kind; a recall that was executed names theirs, which names what went. */
static Status erased_of_kind(struct scope *s, struct post *p, const char *kind, const char *how,
                             struct erasing *x)
{
    struct fact_row *rows;
    size_t count;
    TRY(store_fact_of_kind(s, p->store, p->journal, str_of(kind), &rows, &count));
    for (size_t i = 0; i < count; i++) {
        struct fact f, theirs;
        struct fact_ref ref;
        TRY(fact_read(s, p->card.origin, rows[i].record, &f));
        Str of = fact_get(&f, "of");
        if (str_is(f.fields[0].value, "recall.executed")) {
            if (!str_is(fact_get(&f, "purged"), "yes") || !fact_ref_parse(of, &ref)) continue;
            Status status = fact_load(s, p, ref.party, ref.index, &theirs, NULL);
            if (status == ERR_NOT_FOUND) continue;
            TRY(status);
            of = fact_get(&theirs, "of");
        }
        if (of.len) erased_add(x, how, of);
    }
    return OK;
}

static Status erased_write(struct scope *s, struct post *p)
{
    struct erasing x = {.lines = writer_open(s, ERASED_MAX)};
    Str path = erased_path(s, p->second_path);
    Bytes bytes;
    if (path.ptr == NULL) return ERR_MEMORY;
    TRY(second_place_erased(s, p->second_path, &x.known, &x.known_count));
    write_print(&x.lines, ERASED_LINE "\n");
    for (size_t i = 0; i < x.known_count; i++)
        write_print(&x.lines, "%.*s\n", STR_ARG(x.known[i]));
    TRY(erased_of_kind(s, p, "fact.erased", "erased", &x));
    TRY(erased_of_kind(s, p, "release.recalled", "recalled", &x));
    TRY(erased_of_kind(s, p, "recall.executed", "recalled", &x));
    TRY(writer_close(&x.lines, &bytes));
    return x.any ? file_write(s, path.ptr, bytes) : OK;
}

Status second_place_settle(struct scope *s, struct post *p)
{
    if (p->held) return OK;
    if (p->second_due) TRY(record_write(s, p));
    p->second_due = false;
    if (p->erased_due) TRY(erased_write(s, p));
    p->erased_due = false;
    return OK;
}
