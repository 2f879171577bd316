/* vault/vault.h - evidence bytes, sealed at rest: FOLDER/<handle>.age is a stock age file for the
 * vault's own key and the offline recovery key (docs/formats/age.md). No plain byte touches the
 * disk. What is read is compared with the hashes the caller got from the journal, piece by piece,
 * before it is given out. Decides nothing about who may read. */
#pragma once
#include "base/age.h"
#include "base/hash.h"
#include "core/ledger/tree.h"
#include "os/random.h"

struct vault;

enum { VAULT_PIECE_BYTES = 1024 * 1024, VAULT_RECIPIENTS_MAX = 4, VAULT_HANDLE_LEN = 32 };

#define VAULT_BYTES_MAX ((uint64_t)64 << 30)

/* What the journal commits to: SHA-256 of all bytes, and the RFC 6962 root over the leaf hashes
 * SHA-256(0x00 || piece) of its pieces of 1 MiB (no bytes: no pieces). */
struct vault_item {
    Str handle; /* 32 hex digits, local */
    Hash sha256;
    Hash pieces_root;
    uint64_t size;
};

/* Makes the folder when absent and clears away what a crash left half-made. The vault lives as long
 * as the scope; `random` must, too. ERR_USAGE without a recipient. */
MUST_USE Status vault_open(struct scope *s, const char *folder, const AgeRecipient *recipients,
                           size_t count, struct random *random, struct vault **out);

/* Bytes that come in runs. A failure sticks and vault_put_end reports it. vault_put_drop may be
 * called at any time, also after the end; nothing half-made is left. */
struct vault_put;
MUST_USE Status vault_put_begin(struct scope *s, struct vault *v, struct vault_put **out);
void vault_put_add(struct vault_put *put, Bytes bytes);

/* Sealed, durable, read back from the disk and equal: only then OK. ERR_DISK when the disk is full
 * or gives back something else, ERR_LIMIT past VAULT_BYTES_MAX. */
MUST_USE Status vault_put_end(struct vault_put *put, struct vault_item *out);
void vault_put_drop(struct vault_put **put);
#define AUTO_PUT __attribute__((cleanup(vault_put_drop)))

/* The same for everything that a descriptor gives until its end, and for bytes at hand. */
MUST_USE Status vault_put_fd(struct scope *s, struct vault *v, int fd, struct vault_item *out);
MUST_USE Status vault_put_bytes(struct scope *s, struct vault *v, Bytes bytes,
                                struct vault_item *out);

/* Reading one item. ERR_NOT_FOUND when it is not held; ERR_PROOF, here and below, when it is not
 * what the item says, to the bit. */
struct vault_reader;
MUST_USE Status vault_reader_open(struct scope *s, struct vault *v, const struct vault_item *item,
                                  const struct age_identity *identity, struct vault_reader **out);
void vault_reader_close(struct vault_reader **reader);
#define AUTO_VAULT_READER __attribute__((cleanup(vault_reader_close)))

/* How many pieces of 1 MiB the item has; 0 when it has no bytes. */
uint64_t vault_reader_pieces(const struct vault_reader *r);

/* One piece, valid until the next is read. ERR_NOT_FOUND past the end. */
MUST_USE Status vault_reader_piece(struct scope *s, struct vault_reader *r, uint64_t piece,
                                   Bytes *out);

/* Writes the whole item to a descriptor, each piece only after it was checked. */
MUST_USE Status vault_get(struct scope *s, struct vault *v, const struct vault_item *item,
                          const struct age_identity *identity, int out_fd);

/* Reads and checks everything, also SHA-256 of the whole; gives nothing out. */
MUST_USE Status vault_check(struct scope *s, struct vault *v, const struct vault_item *item,
                            const struct age_identity *identity);

/* One piece with its proof against pieces_root, as it crosses to the other side. */
MUST_USE Status vault_piece_read(struct scope *s, struct vault *v, const struct vault_item *item,
                                 const struct age_identity *identity, uint64_t piece, Bytes *out,
                                 struct tree_proof *out_proof);

/* An item that arrives: keeps one piece, sealed and durable. The caller has checked its proof.
 * ERR_SCHEMA when an item of `size` has no such piece or it has another length. */
MUST_USE Status vault_piece_write(struct scope *s, struct vault *v, Str handle, uint64_t size,
                                  uint64_t piece, Bytes bytes);

/* Numbers of the pieces kept so far, ascending. */
MUST_USE Status vault_piece_list(struct scope *s, struct vault *v, Str handle, uint64_t **out,
                                 size_t *out_count);

/* Makes one file of the pieces, compares it with the item and removes them. ERR_NOT_FOUND while one
 * is missing; ERR_PROOF when they are not the item (a damaged piece is removed, to be fetched
 * again). Repeating it after a crash does no harm. */
MUST_USE Status vault_finish(struct scope *s, struct vault *v, const struct vault_item *item,
                             const struct age_identity *identity);

/* Is the whole item held? Looks only at the name; ERR_DISK when the disk does not tell. */
MUST_USE Status vault_has(struct scope *s, const struct vault *v, Str handle, bool *out);

/* Forgets an item and pieces of it. One that is not there is no failure. */
MUST_USE Status vault_remove(struct scope *s, struct vault *v, Str handle);
