/* Checks a post's folder against itself, on a copy of its database: leaves, entries, heads,
 * openings, evidence, and what lists show. Declared in app/paper.h. */
#include "app/judge.h"
#include "app/paper.h"
#include "app/second_place.h"
#include "app/statement.h"
#include "core/ledger/succession.h"
#include "os/file.h"
#include "vault/vault.h"
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

enum { LINES_MAX = 500, SENTENCE_MAX = 1000, RUN = 1024, BATCH_BYTES = 8 << 20 };

struct report {
    struct scope *s;
    struct post *p;
    struct check_line *lines;
    size_t count;
};

static void say(struct report *r, Status reason, const char *format, ...) PRINTF_LIKE(3, 4);
static void say(struct report *r, Status reason, const char *format, ...)
{
    char sentence[SENTENCE_MAX];
    va_list args;
    va_start(args, format);
    int len = vsnprintf(sentence, sizeof sentence, format, args);
    va_end(args);
    if (r->count == LINES_MAX || len < 0) return;
    if ((size_t)len >= sizeof sentence) len = (int)sizeof sentence - 1;
    r->lines[r->count++] =
        (struct check_line){reason == OK, reason, scope_str(r->s, (Str){sentence, (size_t)len})};
}

/* One journal while its leaves go by. */
struct walk {
    int64_t journal;
    struct neighbour *n; /* NULL: the own one */
    Str party;
    uint64_t size, facts, erased, cover, blind, bad;
    struct frontier frontier;
    struct head_row heads[2]; /* newest, newest countersigned */
    bool has_head[2];
    Hash roots[2];
};

static bool is_erased(const struct fact *f)
{
    for (size_t i = FACT_COMMON_FIELDS; i < f->field_count; i++)
        if (!f->fields[i].open) return true;
    return false;
}

static Status signature_check(struct scope *s, struct report *r, const struct walk *w,
                              const struct fact *f, bool refused, uint64_t opening)
{
    return refused ? OK : fact_judge_here(s, r->p, w->n, f, opening);
}

static Status fact_check(struct scope *s, struct report *r, struct walk *w,
                         const struct fact_row *row, const Hash *leaf)
{
    struct fact f;
    Status status = fact_read(s, journal_origin(r->p, w->journal), row->record, &f);
    if (status == ERR_MEMORY) return status;
    Hash commitment = status == OK ? fact_commitment(&f) : (Hash){{0}};
    if (status != OK || f.index != row->index || !hash_eq(&commitment, leaf) ||
        !hash_eq(&f.body, &row->body)) {
        say(r, ERR_PROOF, "The entry %.*s:%" PRIu64 " is not what its leaf commits to.",
            STR_ARG(w->party), row->index);
        w->bad++;
        return OK;
    }
    w->facts++;
    w->erased += is_erased(&f);
    status = signature_check(s, r, w, &f, row->refused && w->n, w->n ? row->opening : 0);
    if (status == ERR_MEMORY) return status;
    if (status == OK) return OK;
    say(r, status, "The entry %.*s:%" PRIu64 " is not valid: %s.", STR_ARG(w->party), row->index,
        scope_reason(s));
    w->bad++;
    return OK;
}

static void leaf_add(struct walk *w, const Hash *commitment)
{
    struct frontier_row rows[TREE_LEVELS];
    Hash leaf = leaf_hash_of(commitment);
    frontier_add(&w->frontier, &leaf, rows);
    for (size_t i = 0; i < 2; i++)
        if (w->has_head[i] && w->frontier.size == w->heads[i].size)
            w->roots[i] = frontier_root(&w->frontier);
}

/* A run of leaves with the facts that stand in it. */
static Status run_check(struct scope *s, struct report *r, struct walk *w, uint64_t first)
{
    size_t count = w->size - first < RUN ? (size_t)(w->size - first) : RUN, row_count, at = 0;
    Hash *leaves = scope_array(s, count, sizeof *leaves);
    struct fact_row *rows;
    if (leaves == NULL) return ERR_MEMORY;
    TRY(store_leaf_list(s, r->p->store, w->journal, first, count, leaves));
    TRY(store_fact_list(s, r->p->store, w->journal, first, count, &rows, &row_count));
    for (size_t i = 0; i < count; i++) {
        leaf_add(w, &leaves[i]);
        if (at < row_count && rows[at].index == first + i) {
            TRY(fact_check(s, r, w, &rows[at++], &leaves[i]));
            continue;
        }
        Hash cover = cover_commitment(&r->p->cover_key, first + i);
        if (w->n == NULL && hash_eq(&cover, &leaves[i]))
            w->cover++;
        else
            w->blind++;
    }
    return OK;
}

/* Countersigned by this post, or an own head by any neighbour. */
static Status cosigned_check(struct report *r, const struct walk *w, const struct checkpoint *cp)
{
    const struct authority *a;
    Instant time;
    if (w->n) {
        TRY(post_authority(r->s, r->p, NULL, &a));
        return head_is_cosigned(r->s, a, cp, &time, NULL);
    }
    for (size_t k = 0; k < r->p->neighbour_count; k++) {
        TRY(post_authority(r->s, r->p, &r->p->neighbours[k], &a));
        if (head_is_cosigned(r->s, a, cp, &time, NULL) == OK) return OK;
    }
    return fail(r->s, ERR_SIGNATURE, "no neighbour countersigned it");
}

static Status head_check(struct report *r, struct walk *w, size_t i)
{
    struct checkpoint cp;
    const struct authority *a;
    if (!w->has_head[i]) return OK;
    TRY(post_authority(r->s, r->p, w->n, &a));
    Status status = checkpoint_parse(r->s, w->heads[i].note, &cp);
    if (status == OK) status = head_is_signed(r->s, a, &cp);
    if (status == OK &&
        (cp.size != w->heads[i].size || cp.size > w->size || !hash_eq(&cp.root, &w->roots[i])))
        status = fail(r->s, ERR_PROOF, "the leaves do not lead to it");
    if (status == OK && i == 1) status = cosigned_check(r, w, &cp);
    if (status == ERR_MEMORY) return status;
    say(r, status, "The %s head of %.*s (%" PRIu64 " leaves)%s%s.",
        i ? "newest countersigned" : "newest", STR_ARG(w->party), w->heads[i].size,
        status == OK ? " is signed and follows from the leaves" : " does not stand: ",
        status == OK ? "" : scope_reason(r->s));
    return OK;
}

static Status journal_check(struct report *r, const struct journal_row *journal)
{
    struct walk w = {.journal = journal->id,
                     .party = journal->party,
                     .n = journal->own ? NULL : post_neighbour_of_journal(r->p, journal->id)};
    TRY(store_leaf_count(r->s, r->p->store, w.journal, &w.size));
    for (size_t i = 0; i < 2; i++) {
        Status status = store_head_newest(r->s, r->p->store, w.journal, i == 1, &w.heads[i]);
        if (status != OK && status != ERR_NOT_FOUND) return status;
        w.has_head[i] = status == OK;
    }
    for (uint64_t first = 0; first < w.size; first += RUN) {
        AUTO_SCOPE struct scope *work = scope_open(SCOPE_PARCEL_MAX);
        if (work == NULL) return fail(r->s, ERR_MEMORY, "the machine has no memory left");
        Status status = run_check(work, r, &w, first);
        if (status != OK) return fail(r->s, status, "%s", scope_reason(work));
    }
    if (w.bad == 0)
        say(r, OK,
            "The journal of %.*s: %" PRIu64 " leaves; %" PRIu64
            " entries known here, signed by who "
            "may (%" PRIu64 " of them with parts hidden or erased), %" PRIu64
            " cover leaves, %" PRIu64 " %s.",
            STR_ARG(w.party), w.size, w.facts, w.erased, w.cover, w.blind,
            journal->own ? "lost in a restore" : "not opened to this post");
    for (size_t i = 0; i < 2; i++)
        TRY(head_check(r, &w, i));
    return OK;
}

static Status openings_run(struct scope *s, struct report *r, int64_t journal, struct neighbour *n,
                           uint64_t *number, uint64_t *bad, bool *out_more)
{
    struct opening_row *rows;
    size_t count;
    TRY(store_opening_list(s, r->p->store, journal, n->row.id, *number, RUN, BATCH_BYTES, &rows,
                           &count));
    *out_more = count > 0;
    for (size_t i = 0; i < count; i++) {
        struct fact f;
        Hash leaf;
        Status status = fact_read(s, journal_origin(r->p, journal), rows[i].record, &f);
        if (status == OK) status = store_leaf_list(s, r->p->store, journal, f.index, 1, &leaf);
        if (status == ERR_MEMORY || status == ERR_DISK) return status;
        Hash commitment = status == OK ? fact_commitment(&f) : (Hash){{0}};
        if (status != OK || rows[i].number != *number + 1 || f.index != rows[i].index ||
            !hash_eq(&commitment, &leaf)) {
            say(r, ERR_PROOF, "Opening %" PRIu64 " (%.*s, %s) is not what the journal commits to.",
                rows[i].number, STR_ARG(n->card.party), journal == n->journal ? "theirs" : "ours");
            ++*bad;
        }
        *number = rows[i].number;
    }
    return OK;
}

static Status openings_check(struct report *r, int64_t journal, struct neighbour *n)
{
    uint64_t number = 0, bad = 0;
    for (bool more = true; more;) {
        AUTO_SCOPE struct scope *work = scope_open(WORK_BYTES_MAX);
        if (work == NULL) return fail(r->s, ERR_MEMORY, "the machine has no memory left");
        Status status = openings_run(work, r, journal, n, &number, &bad, &more);
        if (status != OK) return fail(r->s, status, "%s", scope_reason(work));
    }
    if (bad == 0)
        say(r, OK,
            "%" PRIu64 " openings %s %.*s follow each other and are what the journal commits to.",
            number, journal == n->journal ? "from" : "to", STR_ARG(n->card.party));
    return OK;
}

static Status blobs_check(struct report *r)
{
    struct blob_row *blobs;
    struct vault *vault;
    size_t count, whole = 0, waiting = 0;
    TRY(store_blob_list(r->s, r->p->store, false, &blobs, &count));
    TRY(post_vault(r->s, r->p, &vault));
    for (size_t i = 0; i < count; i++) {
        struct vault_item item = {blobs[i].handle, blobs[i].sha256, blobs[i].pieces_root,
                                  blobs[i].size};
        AUTO_SCOPE struct scope *work = scope_open(WORK_BYTES_MAX);
        if (work == NULL) return fail(r->s, ERR_MEMORY, "the machine has no memory left");
        if (!blobs[i].complete) {
            waiting++;
            continue;
        }
        Status status = vault_check(work, vault, &item, &r->p->identity);
        if (status == ERR_MEMORY) return fail(r->s, status, "%s", scope_reason(work));
        whole += status == OK;
        if (status != OK)
            say(r, ERR_PROOF, "The evidence %.*s: %s.", STR_ARG(blobs[i].handle),
                scope_reason(work));
    }
    if (whole + waiting == count)
        say(r, OK,
            "%zu files of evidence are what their entries commit to; %zu have not arrived wholly.",
            whole, waiting);
    return OK;
}

static Status projections_check(struct report *r)
{
    Hash live, again;
    TRY(store_projections_digest(r->s, r->p->store, live.bytes));
    TRY(post_rebuild(r->s, r->p));
    TRY(store_projections_digest(r->s, r->p->store, again.bytes));
    bool equal = hash_eq(&live, &again);
    say(r, equal ? OK : ERR_PROOF,
        equal ? "What lists show follows from the journals."
              : "What lists show does not follow from the journals: run rebuild.");
    return OK;
}

static Status second_place_check(struct report *r)
{
    struct second_place second;
    TRY(second_place_read(r->s, r->p->second_path, &second));
    if (second.present && second.size > r->p->leaf_count)
        say(r, ERR_PROOF,
            "The record beside the post knows a head of %" PRIu64
            " leaves; the journal has %" PRIu64 ".",
            second.size, r->p->leaf_count);
    return OK;
}

static Status check_all(struct report *r)
{
    struct journal_row *journals;
    size_t count;
    Status sound = store_check(r->s, r->p->store);
    say(r, sound, "%s", sound == OK ? "The database is sound." : scope_reason(r->s));
    TRY(store_journal_list(r->s, r->p->store, &journals, &count));
    for (size_t i = 0; i < count; i++)
        TRY(journal_check(r, &journals[i]));
    for (size_t i = 0; i < r->p->neighbour_count; i++) {
        TRY(openings_check(r, r->p->journal, &r->p->neighbours[i]));
        TRY(openings_check(r, r->p->neighbours[i].journal, &r->p->neighbours[i]));
    }
    TRY(blobs_check(r));
    TRY(second_place_check(r));
    return projections_check(r);
}

/* The post goes on working with its database; from here on this one works with the copy. */
static Status copy_take(struct scope *s, struct post *p, const char *copy)
{
    TRY(file_remove(s, copy));
    TRY(store_copy(s, p->store, copy));
    store_close(p->store);
    p->store = NULL;
    TRY(store_open(s, copy, STORE_WRITE, &p->store));
    post_forget(p);
    return OK;
}

Status post_verify(struct scope *s, const char *dir, struct check_line **out, size_t *out_count)
{
    struct clock clock = {0};
    struct report r = {.s = s, .lines = scope_array(s, LINES_MAX, sizeof *r.lines)};
    Str copy = scope_print(s, "%s/verify.part", dir);
    if (r.lines == NULL || copy.ptr == NULL) return ERR_MEMORY;
    TRY(post_open(s, dir, &clock, &r.p));
    Status status = copy_take(s, r.p, copy.ptr);
    if (status == OK) status = check_all(&r);
    struct failure first = failure_hold(s, status);
    post_close(r.p);
    static const char *const ends[] = {"", "-wal", "-shm"};
    for (size_t i = 0; i < COUNT_OF(ends); i++) {
        Str path = scope_print(s, "%s%s", copy.ptr, ends[i]);
        if (path.ptr) (void)!file_remove(s, path.ptr);
    }
    if (status != OK) return failure_tell(s, &first);
    *out = r.lines;
    *out_count = r.count;
    return OK;
}
