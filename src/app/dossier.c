/* A case as a court gets it: what was opened to both sides, with all that is needed to check it
 * offline with public tools. Declared in app/paper.h; docs/formats/dossier.md has every file. */
#include "app/dossier.h"
#include "app/head.h"
#include "app/packs.h"
#include "app/pieces.h"
#include "app/sheet_parts.h"
#include "app/words.h"
#include "os/file.h"
#include "paper/bag.h"
#include "paper/worker.h"
#include "vault/vault.h"
#include <inttypes.h>

enum { ACTS_MAX = 200 };

struct dossier {
    struct scope *s;
    struct post *p;
    struct neighbour *n;
    struct casefile c;
    struct journal_heads heads[SIDES]; /* own, theirs */
    struct container_member *members;
    size_t count, room;
    struct paper_document acts[ACTS_MAX];
    Str act_names[ACTS_MAX];
    size_t act_count;
    struct writer list; /* dossier.txt */
    Instant made;       /* of the newest entry: a dossier has no moment of its own */
};

static Status dossier_add(struct dossier *d, Str name, Bytes bytes)
{
    if (name.ptr == NULL || (bytes.ptr == NULL && bytes.len)) return ERR_MEMORY;
    if (d->count == d->room) {
        size_t room = d->room * 2 + 64;
        struct container_member *bigger = scope_array(d->s, room, sizeof *bigger);
        if (bigger == NULL) return ERR_MEMORY;
        if (d->count) memcpy(bigger, d->members, d->count * sizeof *bigger);
        d->members = bigger;
        d->room = room;
    }
    d->members[d->count++] =
        (struct container_member){.name = name, .bytes = bytes, .size = bytes.len, .fd = -1};
    return OK;
}

static bool has_member(const struct dossier *d, Str name)
{
    for (size_t i = 0; i < d->count; i++)
        if (str_eq(d->members[i].name, name)) return true;
    return false;
}

static size_t side_of(const struct dossier *d, Str party)
{
    return !str_eq(party, d->p->card.party);
}

static int64_t journal_of(const struct dossier *d, size_t side)
{
    return side ? d->n->journal : d->p->journal;
}

static const struct card *card_of(const struct dossier *d, size_t side)
{
    return side ? &d->n->card : &d->p->card;
}

/* The newest head that the other side countersigned, and the newest of all. */
static Status heads_load(struct dossier *d, size_t side)
{
    struct journal_heads *h = &d->heads[side];
    Status status = store_head_newest(d->s, d->p->store, journal_of(d, side), true, &h->cosigned);
    if (status != OK && status != ERR_NOT_FOUND) return status;
    h->has_cosigned = status == OK;
    status = store_head_newest(d->s, d->p->store, journal_of(d, side), false, &h->newest);
    if (status == ERR_NOT_FOUND)
        return fail(d->s, ERR_STATE,
                    "nothing has come from %.*s yet, not even a receipt: exchange once, then there "
                    "is a dossier",
                    STR_ARG(d->n->card.party));
    return status;
}

static Status authority_of(struct dossier *d, size_t side, const struct authority **out)
{
    return post_authority(d->s, d->p, side ? d->n : NULL, out);
}

static Status vkeys_of(struct dossier *d, size_t side, Str *out)
{
    const struct journal_heads *h = &d->heads[side];
    const struct authority *own, *other;
    TRY(authority_of(d, side, &own));
    TRY(authority_of(d, 1 - side, &other));
    return dossier_vkeys(d->s, own, other, h->has_cosigned ? h->cosigned.note : STR(""),
                         h->newest.note, out);
}

static Status journal_add(struct dossier *d, size_t side)
{
    struct scope *s = d->s;
    const struct journal_heads *h = &d->heads[side];
    Str keys, party = card_of(d, side)->party;
    TRY(vkeys_of(d, side, &keys));
    TRY(dossier_add(d, scope_print(s, "data/journal/%.*s/vkeys", STR_ARG(party)), str_bytes(keys)));
    if (h->has_cosigned)
        TRY(dossier_add(d, scope_print(s, "data/journal/%.*s/checkpoint", STR_ARG(party)),
                        str_bytes(h->cosigned.note)));
    if (!h->has_cosigned || h->newest.size > h->cosigned.size)
        TRY(dossier_add(d, scope_print(s, "data/journal/%.*s/checkpoint.newest", STR_ARG(party)),
                        str_bytes(h->newest.note)));
    Bytes text;
    if (side)
        text = str_bytes(d->n->row.card);
    else
        TRY(store_setting_load(s, d->p->store, "card", &text));
    return dossier_add(d, scope_print(s, "data/cards/%.*s.card", STR_ARG(party)), text);
}

/* c2sp.org/tlog-proof: index, hashes from the leaf upward, and the head they lead to. */
static Status proof_add(struct dossier *d, size_t side, uint64_t index)
{
    struct scope *s = d->s;
    const struct journal_heads *h = &d->heads[side];
    const struct head_row *head =
        h->has_cosigned && index < h->cosigned.size ? &h->cosigned : &h->newest;
    struct tree_source source = store_tree_source(d->p->store, journal_of(d, side), s);
    struct tree_proof proof;
    Bytes text;
    Str name = scope_print(s, "data/proofs/%.*s-%" PRIu64 ".tlog-proof",
                           STR_ARG(card_of(d, side)->party), index);
    TRY(tree_inclusion(s, &source, index, head->size, &proof));
    struct writer w = writer_open(s, NOTE_BYTES_MAX + 64 * 50);
    write_print(&w, PROOF_LINE "\nindex %" PRIu64 "\n", index);
    for (size_t i = 0; i < proof.count; i++) {
        write_base64(&w, hash_bytes(&proof.hashes[i]));
        write_print(&w, "\n");
    }
    write_print(&w, "\n");
    write_str(&w, head->note);
    TRY(writer_close(&w, &text));
    return dossier_add(d, name, text);
}

static Status fact_add_to(struct dossier *d, const char *folder, size_t side, const struct fact *f)
{
    Bytes record;
    TRY(fact_record(d->s, f, &record));
    TRY(dossier_add(d,
                    scope_print(d->s, "data/%s/%.*s-%" PRIu64 ".fact", folder,
                                STR_ARG(card_of(d, side)->party), f->index),
                    record));
    return proof_add(d, side, f->index);
}

/* What was opened of an own fact; NULL when nothing was. */
static Status own_opened(struct dossier *d, uint64_t index, const struct fact **out)
{
    struct opening_row *rows;
    size_t count;
    struct fact *merged = NULL;
    TRY(store_opening_of_fact(d->s, d->p->store, d->p->journal, d->n->row.id, index, &rows,
                              &count));
    for (size_t i = 0; i < count; i++) {
        struct fact *f = NEW(d->s, struct fact);
        if (f == NULL) return ERR_MEMORY;
        TRY(fact_read(d->s, d->p->card.origin, rows[i].record, f));
        if (merged)
            TRY(fact_merge(d->s, merged, f));
        else
            merged = f;
    }
    *out = merged;
    return OK;
}

static Status powers_load(struct dossier *d, size_t side, const struct fact ***out,
                          size_t *out_count)
{
    struct fact_row *rows[AUTHORITY_KIND_COUNT];
    size_t counts[AUTHORITY_KIND_COUNT], total = 0, n = 0;
    for (size_t k = 0; k < AUTHORITY_KIND_COUNT; k++) {
        TRY(store_fact_of_kind(d->s, d->p->store, journal_of(d, side), str_of(authority_kinds[k]),
                               &rows[k], &counts[k]));
        total += counts[k];
    }
    const struct fact **list = scope_array(d->s, total + 1, sizeof(*list));
    if (list == NULL) return ERR_MEMORY;
    for (size_t k = 0; k < AUTHORITY_KIND_COUNT; k++)
        for (size_t i = 0; i < counts[k]; i++) {
            if (rows[k][i].refused) continue;
            if (side == 0) {
                TRY(own_opened(d, rows[k][i].index, &list[n]));
            } else {
                struct fact *f = NEW(d->s, struct fact);
                if (f == NULL) return ERR_MEMORY;
                TRY(fact_read(d->s, d->n->card.origin, rows[k][i].record, f));
                list[n] = f;
            }
            if (list[n]) n++;
        }
    *out = list;
    *out_count = n;
    return OK;
}

static bool is_author(const struct fact *const *chosen, size_t count, const struct dossier *d,
                      size_t side, Str officer)
{
    for (size_t i = 0; i < d->c.count; i++)
        if (side_of(d, d->c.entries[i]->party) == side && str_eq(d->c.entries[i]->by, officer))
            return true;
    for (size_t i = 0; i < count; i++)
        if (str_eq(fact_get(chosen[i], "by"), officer)) return true;
    return false;
}

/* Whom a fact of authority is about; a revocation names the mandate. */
static Str subject_of(const struct fact *f, const struct fact *const *all, size_t count)
{
    struct fact_ref ref;
    if (!fact_ref_parse(fact_get(f, "mandate"), &ref)) return fact_get(f, "officer");
    for (size_t i = 0; i < count; i++)
        if (all[i]->index == ref.index) return fact_get(all[i], "officer");
    return fact_get(f, "officer");
}

/* Enrolments, mandates and revocations of the authors, and of whoever gave those: no other
 * officer's name goes to a court. */
static Status officers_add(struct dossier *d, size_t side)
{
    const struct fact **all;
    size_t count, chosen_count = 0;
    TRY(powers_load(d, side, &all, &count));
    const struct fact **chosen = scope_array(d->s, count + 1, sizeof(*chosen));
    bool *taken = scope_array(d->s, count + 1, sizeof *taken);
    if (chosen == NULL || taken == NULL) return ERR_MEMORY;
    for (bool more = true; more;) {
        more = false;
        for (size_t i = 0; i < count; i++) {
            Str subject = subject_of(all[i], all, count);
            if (taken[i] || (subject.len && !is_author(chosen, chosen_count, d, side, subject)))
                continue;
            taken[i] = more = true;
            chosen[chosen_count++] = all[i];
            TRY(fact_add_to(d, "officers", side, all[i]));
        }
    }
    return OK;
}

/* Evidence that lies in the vault, read piece by piece while the ZIP is written. */
struct blob_reading {
    struct vault *vault;
    struct vault_item item;
    const struct age_identity *identity;
    struct scope *scope;
    struct vault_reader *reader;
};

static void reading_end(struct blob_reading *x)
{
    vault_reader_close(&x->reader);
    scope_close(x->scope);
    x->scope = NULL;
}

static Status blob_read(void *ctx, struct scope *s, uint64_t at, Bytes *out)
{
    struct blob_reading *x = ctx;
    *out = (Bytes){NULL, 0};
    if (at >= x->item.size) {
        reading_end(x);
        return OK;
    }
    if (x->scope == NULL) {
        x->scope = scope_open(WORK_BYTES_MAX);
        if (x->scope == NULL) return fail(s, ERR_MEMORY, "the machine has no memory left");
    }
    Status status =
        x->reader ? OK : vault_reader_open(x->scope, x->vault, &x->item, x->identity, &x->reader);
    if (status == OK) status = vault_reader_piece(x->scope, x->reader, at / VAULT_PIECE_BYTES, out);
    if (status == OK) return OK;
    status = fail(s, status, "%s", scope_reason(x->scope));
    reading_end(x);
    return status;
}

static Status blob_add(struct dossier *d, const struct entry *e)
{
    struct blob_row blob;
    Str sha256 = fact_get(e->fact, "sha256");
    Str name = scope_print(d->s, "data/blobs/%.*s", STR_ARG(sha256));
    if (sha256.len == 0 || !fact_has(e->fact, "pieces_root")) return OK;
    Status status = evidence_of_fact(d->s, d->p, e->party, e->fact->index, &blob);
    if (status == ERR_NOT_FOUND || (status == OK && !blob.complete)) return OK; /* not here yet */
    TRY(status);
    if (has_member(d, name)) return OK;
    struct blob_reading *x = NEW(d->s, struct blob_reading);
    struct container_source *source = NEW(d->s, struct container_source);
    if (x == NULL || source == NULL) return ERR_MEMORY;
    TRY(post_vault(d->s, d->p, &x->vault));
    x->item = (struct vault_item){blob.handle, blob.sha256, blob.pieces_root, blob.size};
    x->identity = &d->p->identity;
    *source = (struct container_source){blob_read, x};
    TRY(dossier_add(d, name, (Bytes){NULL, 0}));
    struct container_member *m = &d->members[d->count - 1];
    m->source = source;
    m->size = blob.size;
    m->sha256 = blob.sha256;
    m->is_hashed = true;
    return OK;
}

static Status act_add(struct dossier *d, const struct entry *e)
{
    if (d->act_count == ACTS_MAX) return OK;
    Str ref = entry_ref(d->s, e);
    if (ref.ptr == NULL) return ERR_MEMORY;
    struct document_request request = {.ref = ref, .form = FORM_BOTH};
    TRY(document_of_fact(d->s, d->p, &request, &d->acts[d->act_count]));
    d->act_names[d->act_count] =
        scope_print(d->s, "data/acts/%.*s-%" PRIu64 ".pdf", STR_ARG(e->party), e->fact->index);
    return d->act_names[d->act_count++].ptr ? OK : ERR_MEMORY;
}

static Status entries_add(struct dossier *d)
{
    for (size_t i = 0; i < d->c.count; i++) {
        const struct entry *e = d->c.entries[i];
        TRY(fact_add_to(d, "facts", side_of(d, e->party), e->fact));
        write_print(&d->list, "fact %.*s:%" PRIu64 " %" PRIu64 "\n", STR_ARG(e->party),
                    e->fact->index, e->opening);
        if (instant_before(d->made, e->at)) d->made = e->at;
        if (str_is(e->kind, "evidence.collected")) TRY(blob_add(d, e));
        if (str_is(e->kind, "act.drafted") || str_is(e->kind, "handover.offered"))
            TRY(act_add(d, e));
    }
    return OK;
}

/* The pack by which the case is folded, and the common view that comes of it. */
static Status common_add(struct dossier *d)
{
    struct scope *s = d->s;
    Bytes kinds, pack;
    Str text;
    TRY(store_setting_load(s, d->p->store, "kinds", &kinds));
    TRY(store_setting_load(s, d->p->store, "pack", &pack));
    TRY(dossier_add(d, STR("data/pack/kinds.json"), kinds));
    TRY(dossier_add(d, STR("data/pack/pack.json"), pack));
    TRY(case_common_text(s, &d->c, &text));
    Hash digest = hash_of(str_bytes(text));
    write_print(&d->list, DOSSIER_LINE "\ncase %.*s\nparties %.*s %.*s\npack %.*s ",
                STR_ARG(d->c.number), STR_ARG(d->p->card.party), STR_ARG(d->n->card.party),
                STR_ARG(d->p->pack.id));
    write_hex(&d->list, hash_bytes(&d->p->pack.digest));
    write_print(&d->list, "\ncommon ");
    write_hex(&d->list, hash_bytes(&digest));
    write_print(&d->list, "\n");
    return dossier_add(d, STR("data/common.txt"), str_bytes(text));
}

static Status pages_add(struct dossier *d)
{
    for (size_t i = 0; i < d->p->pack.language_count; i++) {
        Str language = d->p->pack.languages[i];
        Bytes text;
        Str file = scope_print(d->s, "texts/verify.%.*s.txt", STR_ARG(language));
        if (file.ptr == NULL) return ERR_MEMORY;
        if (words_file(d->s, d->p, file, &text) != OK) continue; /* no page in that language */
        TRY(dossier_add(d, scope_print(d->s, "VERIFY.%.*s.txt", STR_ARG(language)), text));
    }
    if (has_member(d, STR("VERIFY.en.txt"))) return OK;
    Bytes english;
    TRY(packs_file(d->s, STR("texts/verify.en.txt"), &english));
    return dossier_add(d, STR("VERIFY.en.txt"), english);
}

/* Facts that were opened since the last parcel stand under a head as well. */
static Status gather_run(struct scope *s, struct post *p, void *arg)
{
    struct dossier *d = arg;
    struct head_row head;
    TRY(case_counterpart(s, p, d->c.number, &d->n));
    if (d->n == NULL)
        return fail(s, ERR_STATE, "the case is shared with nobody: there is no dossier");
    Status status = head_sign(s, p, &head);
    if (status != OK && !(status == ERR_STALE && p->held)) return status;
    TRY(case_fold_common(s, p, d->c.number, &d->c));
    if (d->c.count == 0)
        return fail(s, ERR_STATE, "nothing of this case was opened to both sides yet");
    d->list = writer_open(s, 16 << 20);
    for (size_t side = 0; side < SIDES; side++)
        TRY(heads_load(d, side));
    TRY(common_add(d));
    TRY(entries_add(d));
    for (size_t side = 0; side < SIDES; side++)
        TRY(journal_add(d, side));
    for (size_t side = 0; side < SIDES; side++)
        TRY(officers_add(d, side));
    TRY(pages_add(d));
    d->c.number = scope_str(s, d->c.number); /* the rest of the case stays behind the lock */
    Bytes list;
    TRY(writer_close(&d->list, &list));
    return dossier_add(d, STR("data/dossier.txt"), list);
}

static Status write_zip(struct dossier *d, const char *part)
{
    AUTO_FILE int fd = -1;
    struct container_member *members;
    size_t count;
    struct bag_info info[] = {{"External-Identifier", d->c.number},
                              {"Source-Organization", d->p->card.party}};
    struct bag bag = {.base = d->c.number, .info = info, .info_count = COUNT_OF(info)};
    bag.made = zone_day(post_zone(d->p, STR("")), d->made, &(int32_t){0});
    for (size_t i = 0; i < d->act_count; i++) {
        Bytes pdf;
        TRY(paper_draw_apart(d->s, &d->acts[i], &pdf));
        TRY(dossier_add(d, d->act_names[i], pdf));
    }
    TRY(bag_build(d->s, &bag, d->members, d->count, &members, &count));
    TRY(file_remove(d->s, part));
    TRY(file_open_new(d->s, part, &fd));
    TRY(container_write_fd(d->s, members, count, fd));
    return file_sync_fd(d->s, fd);
}

Status dossier_write(struct scope *s, struct post *p, Str case_number, const char *path)
{
    struct dossier *d = NEW(s, struct dossier);
    Str part = scope_print(s, "%s.part", path);
    if (d == NULL || part.ptr == NULL) return ERR_MEMORY;
    d->s = s;
    d->p = p;
    d->c.number = case_number;
    TRY(post_write(s, p, gather_run, d));
    Status status = write_zip(d, part.ptr);
    if (status == OK) status = file_rename(s, part.ptr, path);
    if (status == OK) return OK;
    struct failure first = failure_hold(s, status);
    (void)!file_remove(s, part.ptr);
    return failure_tell(s, &first);
}
