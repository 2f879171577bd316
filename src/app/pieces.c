/* Evidence on its way: pieces of 1 MiB, each proved against the root that the opened fact shows, so
 * that a cut loses no more than the piece it cut. Declared in app/pieces.h. */
#include "app/pieces.h"
#include "app/statement.h"
#include "os/file.h"
#include "vault/vault.h"
#include <inttypes.h>

enum { PARCEL_PIECE_BYTES = 8 << 20 };

Status post_vault(struct scope *s, struct post *p, struct vault **out)
{
    if (p->vault == NULL) {
        AgeRecipient recipients[2] = {p->identity.recipient, p->recovery};
        Str folder = file_join(s, p->dir, "vault");
        if (folder.ptr == NULL) return ERR_MEMORY;
        Status status = vault_open(p->memory, folder.ptr, recipients, 2, &p->random, &p->vault);
        if (status != OK) return fail(s, status, "%s", scope_reason(p->memory));
    }
    *out = p->vault;
    return OK;
}

static struct vault_item item_of(const struct blob_row *blob)
{
    return (struct vault_item){blob->handle, blob->sha256, blob->pieces_root, blob->size};
}

static uint64_t piece_total(uint64_t size)
{
    return size / PIECE_BYTES + (size % PIECE_BYTES != 0);
}

/* What a fact promises of its bytes; false while one of the three fields is not open. */
static bool promise_of(const struct fact *f, struct blob_row *out)
{
    return hex_parse(fact_get(f, "sha256"), out->sha256.bytes, HASH_BYTES) &&
           hex_parse(fact_get(f, "pieces_root"), out->pieces_root.bytes, HASH_BYTES) &&
           str_u64(fact_get(f, "size"), &out->size) && out->size <= VAULT_BYTES_MAX;
}

/* The complete blob that an opening gives the neighbour a right to: only when this very disclosure
 * opens its digests. A blob that an officer merely named by hand does not pass. */
static Status blob_opened(struct scope *s, struct post *p, const struct opening_row *row,
                          struct blob_row *out, bool *out_is)
{
    struct fact shown, own;
    struct blob_row promised;
    *out_is = false;
    if (row->handle.len == 0) return OK;
    TRY(fact_read(s, p->card.origin, row->record, &shown));
    if (!promise_of(&shown, &promised)) return OK;
    TRY(fact_load(s, p, p->card.party, row->index, &own, NULL));
    Str handle = fact_get(&own, "blob");
    if (handle.len != VAULT_HANDLE_LEN) return OK;
    Status status = store_blob_load(s, p->store, handle, out);
    if (status == ERR_NOT_FOUND) return OK;
    TRY(status);
    *out_is = out->complete && out->neighbour == 0 && out->size == promised.size &&
              hash_eq(&out->sha256, &promised.sha256) &&
              hash_eq(&out->pieces_root, &promised.pieces_root);
    return OK;
}

/* Pieces of one blob from `first` while there is room. */
static Status blob_put(struct scope *s, struct post *p, const struct opening_row *row,
                       uint64_t first, uint64_t *room, struct writer *w)
{
    struct blob_row blob;
    struct vault *vault;
    bool is;
    TRY(blob_opened(s, p, row, &blob, &is));
    if (!is) return OK;
    TRY(post_vault(s, p, &vault));
    struct vault_item item = item_of(&blob);
    for (uint64_t i = first; i < piece_total(blob.size) && *room >= PIECE_BYTES; i++) {
        AUTO_SCOPE struct scope *work = scope_open(WORK_BYTES_MAX);
        struct tree_proof proof;
        Bytes bytes;
        if (work == NULL) return fail(s, ERR_MEMORY, "the machine has no memory left");
        Status status = vault_piece_read(work, vault, &item, &p->identity, i, &bytes, &proof);
        if (status != OK) return fail(s, status, "%s", scope_reason(work));
        parcel_piece(w, row->number, i, &proof, bytes);
        *room -= PIECE_BYTES;
    }
    return OK;
}

Status pieces_put(struct scope *s, struct post *p, struct neighbour *n,
                  const struct opening_row *rows, size_t count, struct writer *w)
{
    uint64_t room = PARCEL_PIECE_BYTES;
    bool suspended;
    TRY(post_is_suspended(s, p, &suspended));
    if (suspended) return OK;
    if (n->want_opening) {
        struct opening_row *wanted;
        size_t found;
        TRY(store_opening_list(s, p->store, p->journal, n->row.id, n->want_opening - 1, 1,
                               FACT_BYTES_MAX, &wanted, &found));
        if (found && wanted[0].number == n->want_opening)
            TRY(blob_put(s, p, &wanted[0], n->want_piece, &room, w));
    }
    for (size_t i = 0; i < count && room >= PIECE_BYTES; i++)
        if (rows[i].number != n->want_opening) TRY(blob_put(s, p, &rows[i], 0, &room, w));
    return OK;
}

/* The first piece that has not arrived; `piece_total` when all are there. */
static Status piece_missing(struct scope *s, struct post *p, const struct blob_row *blob,
                            uint64_t *out)
{
    struct vault *vault;
    uint64_t *pieces, first = 0;
    size_t count;
    bool held;
    TRY(post_vault(s, p, &vault));
    TRY(vault_has(s, vault, blob->handle, &held));
    if (held) {
        *out = piece_total(blob->size);
        return OK;
    }
    /* What the vault holds counts, not the rows: a damaged piece is removed there. */
    TRY(vault_piece_list(s, vault, blob->handle, &pieces, &count));
    while (first < count && pieces[first] == first)
        first++;
    *out = first;
    return OK;
}

Status pieces_next(struct scope *s, struct post *p, const struct neighbour *n,
                   struct piece_want *out)
{
    struct blob_row *blobs;
    size_t count;
    struct piece_want want = {0};
    TRY(store_blob_list(s, p->store, true, &blobs, &count));
    for (size_t i = 0; i < count; i++) {
        uint64_t missing;
        if (blobs[i].neighbour != n->row.id || blobs[i].opening == 0) continue;
        if (want.opening && want.opening < blobs[i].opening) continue;
        TRY(piece_missing(s, p, &blobs[i], &missing));
        if (missing < piece_total(blobs[i].size))
            want = (struct piece_want){blobs[i].opening, missing};
    }
    *out = want;
    return OK;
}

static Status liar_alarm(struct scope *s, struct post *p, const struct neighbour *n,
                         const struct blob_row *blob)
{
    struct alarm_row alarm = {.party = n->card.party,
                              .what = STR("proof"),
                              .at = post_now(p),
                              .text = scope_print(s,
                                                  "the evidence in opening %" PRIu64
                                                  " of %.*s is not what its entry says",
                                                  blob->opening, STR_ARG(n->card.party))};
    return alarm.text.ptr ? store_alarm_add(s, p->store, &alarm) : ERR_MEMORY;
}

/* Makes the item of its pieces. Bytes that follow from the root but not from SHA-256 are the other
 * side's doing: an alarm, and the parcel goes on. */
static Status blob_finish(struct scope *s, struct post *p, const struct neighbour *n,
                          struct blob_row *blob)
{
    struct vault *vault;
    uint64_t missing;
    struct vault_item item = item_of(blob);
    TRY(post_vault(s, p, &vault));
    Status status = vault_finish(s, vault, &item, &p->identity);
    if (status == ERR_PROOF) {
        TRY(piece_missing(s, p, blob, &missing));
        return missing < piece_total(blob->size) ? OK : liar_alarm(s, p, n, blob);
    }
    TRY(status);
    blob->complete = true;
    return store_blob_save(s, p->store, blob);
}

/* What a crash left between the last piece and the row. */
static Status blobs_settle(struct scope *s, struct post *p, struct neighbour *n)
{
    struct blob_row *blobs;
    struct vault *vault;
    size_t count;
    TRY(store_blob_list(s, p->store, true, &blobs, &count));
    if (count == 0) return OK;
    TRY(post_vault(s, p, &vault));
    for (size_t i = 0; i < count; i++) {
        bool held;
        if (blobs[i].neighbour != n->row.id) continue;
        TRY(vault_has(s, vault, blobs[i].handle, &held));
        if (held) TRY(blob_finish(s, p, n, &blobs[i]));
    }
    return OK;
}

Status wants_put(struct scope *s, struct post *p, struct neighbour *n, struct writer *w)
{
    struct piece_want want;
    TRY(blobs_settle(s, p, n));
    TRY(pieces_next(s, p, n, &want));
    if (want.opening) parcel_want(w, want.opening, want.piece);
    return OK;
}

/* A piece without a blob: of an opening that was refused, or that another opening of the same fact
 * made needless. Anything else was not referred to. */
static Status piece_unexpected(struct scope *s, struct post *p, const struct neighbour *n,
                               const struct parcel_record *r)
{
    struct opening_row *rows;
    size_t count = 0;
    if (r->number)
        TRY(store_opening_list(s, p->store, n->journal, n->row.id, r->number - 1, 1, FACT_BYTES_MAX,
                               &rows, &count));
    if (count && rows[0].number == r->number && rows[0].handle.len) return OK;
    return fail(s, ERR_SCHEMA, "parcel: a piece of evidence that no opening names");
}

Status piece_take(struct scope *s, struct post *p, struct neighbour *n,
                  const struct parcel_record *r)
{
    struct blob_row blob;
    struct vault *vault;
    uint64_t missing;
    Status status = store_blob_by_opening(s, p->store, n->row.id, r->number, &blob);
    if (status == ERR_NOT_FOUND) return piece_unexpected(s, p, n, r);
    TRY(status);
    if (blob.complete) return OK;
    Hash leaf = tree_leaf_hash(r->bytes);
    if (tree_check_inclusion(s, &leaf, r->piece, piece_total(blob.size), &r->proof,
                             &blob.pieces_root) != OK)
        return fail(s, ERR_PROOF,
                    "parcel: piece %" PRIu64 " of opening %" PRIu64
                    " is not what the entry commits to",
                    r->piece, r->number);
    TRY(post_vault(s, p, &vault));
    TRY(vault_piece_write(s, vault, blob.handle, blob.size, r->piece, r->bytes));
    TRY(store_piece_save(s, p->store, blob.handle, r->piece, &leaf));
    TRY(piece_missing(s, p, &blob, &missing));
    return missing == piece_total(blob.size) ? blob_finish(s, p, n, &blob) : OK;
}

/* Has an earlier opening of this fact promised the same bytes? */
static Status is_expected(struct scope *s, struct post *p, const struct neighbour *n,
                          uint64_t index, bool *out)
{
    struct opening_row *rows;
    struct blob_row blob;
    size_t count;
    *out = false;
    TRY(store_opening_of_fact(s, p->store, n->journal, n->row.id, index, &rows, &count));
    for (size_t i = 0; i < count && !*out; i++) {
        Status status = store_blob_by_opening(s, p->store, n->row.id, rows[i].number, &blob);
        if (status != OK && status != ERR_NOT_FOUND) return status;
        *out = status == OK;
    }
    return OK;
}

Status blob_expect(struct scope *s, struct post *p, struct neighbour *n, const struct fact *f,
                   uint64_t opening)
{
    struct blob_row blob = {.neighbour = n->row.id, .opening = opening};
    uint8_t handle[VAULT_HANDLE_LEN / 2];
    bool expected;
    if (!promise_of(f, &blob)) return OK;
    TRY(is_expected(s, p, n, f->index, &expected));
    if (expected) return OK;
    TRY(post_random(s, p, handle, sizeof handle));
    struct writer w = writer_open(s, VAULT_HANDLE_LEN + 1);
    write_hex(&w, bytes_of(handle, sizeof handle));
    TRY(writer_close_str(&w, &blob.handle));
    blob.media_type = fact_get(f, "media_type");
    if (blob.media_type.ptr == NULL) blob.media_type = STR("");
    TRY(store_blob_save(s, p->store, &blob));
    return blob.size ? OK : blob_finish(s, p, n, &blob);
}

/* The row stays, so that nothing is asked for again; what it says of the bytes goes with them. */
Status blob_forget(struct scope *s, struct post *p, struct neighbour *n, Bytes before, Bytes after)
{
    struct fact was, is;
    struct blob_row blob, promise;
    Str origin = n ? n->card.origin : p->card.origin, party = n ? n->card.party : p->card.party;
    TRY(fact_read(s, origin, before, &was));
    TRY(fact_read(s, origin, after, &is));
    if (!promise_of(&was, &promise) || promise_of(&is, &promise)) return OK;
    Status status = n ? evidence_of_fact(s, p, party, was.index, &blob)
                      : store_blob_load(s, p->store, fact_get(&was, "blob"), &blob);
    if (status == ERR_NOT_FOUND) return OK;
    TRY(status);
    blob.sha256 = blob.pieces_root = (Hash){{0}};
    blob.size = blob.opening = 0;
    blob.complete = false;
    blob.media_type = STR("");
    p->bytes_due = p->giving = true; /* gone before anybody is told so */
    return store_blob_save(s, p->store, &blob);
}

static bool is_forgotten(const struct blob_row *blob)
{
    static const Hash none;
    return !blob->complete && blob->size == 0 && hash_eq(&blob->sha256, &none);
}

static Status bytes_destroy(struct scope *s, struct post *p, Str handle)
{
    struct vault *vault;
    uint64_t *pieces;
    size_t count;
    bool held;
    TRY(post_vault(s, p, &vault));
    TRY(vault_piece_list(s, vault, handle, &pieces, &count));
    TRY(vault_has(s, vault, handle, &held));
    return count || held ? vault_remove(s, vault, handle) : OK;
}

Status blobs_destroy(struct scope *s, struct post *p)
{
    struct blob_row *blobs;
    size_t count;
    if (!p->bytes_due) return OK;
    TRY(store_blob_list(s, p->store, true, &blobs, &count));
    for (size_t i = 0; i < count; i++)
        if (is_forgotten(&blobs[i])) TRY(bytes_destroy(s, p, blobs[i].handle));
    p->bytes_due = false;
    return OK;
}
