/* core/ledger/tree.h - the RFC 6962 Merkle tree over the leaves of a journal: roots, proofs and
 * their checks. Decides what is proved; never where hashes are kept (a source reads them). */
#pragma once
#include "base/hash.h"
#include "base/scope.h"

/* Rows hold a hash for each complete subtree of 256^level leaves; level 0 are the leaf hashes. */
enum { TREE_LEVELS = 8, TREE_ROW_WIDTH = 256, TREE_PROOF_MAX = 64 };

/* RFC 6962 2.1: SHA-256(0x00 || entry), SHA-256(0x01 || left || right), SHA-256(""). */
Hash tree_leaf_hash(Bytes entry);
Hash tree_node_hash(const Hash *left, const Hash *right);
Hash tree_empty(void);

/* Where hashes come from: reads `count` (1 to 256) hashes of a level in order from number `first`;
 * only complete subtrees are ever asked for. A failure of `read` is handed on. */
struct tree_source {
    Status (*read)(void *ctx, struct scope *s, unsigned level, uint64_t first, uint64_t count,
                   Hash *out);
    void *ctx;
};

/* Sibling hashes from the leaf upward, as in RFC 6962 2.1.1 and 2.1.2. */
struct tree_proof {
    size_t count;
    Hash hashes[TREE_PROOF_MAX];
};

/* Root over the first `size` leaves; reads at most 255 hashes of each level. */
MUST_USE Status tree_root(struct scope *s, const struct tree_source *source, uint64_t size,
                          Hash *out);

/* Proof that leaf `index` stands in the tree of `size`; ERR_NOT_FOUND when index >= size. */
MUST_USE Status tree_inclusion(struct scope *s, const struct tree_source *source, uint64_t index,
                               uint64_t size, struct tree_proof *out);

/* Proof that the tree of `size` only adds to that of `old`; empty when old is 0 or size.
 * ERR_USAGE when old > size. */
MUST_USE Status tree_consistency(struct scope *s, const struct tree_source *source, uint64_t old,
                                 uint64_t size, struct tree_proof *out);

/* RFC 9162 2.1.3.2: ERR_PROOF unless the proof leads from the leaf to the root. */
MUST_USE Status tree_check_inclusion(struct scope *s, const Hash *leaf_hash, uint64_t index,
                                     uint64_t size, const struct tree_proof *proof,
                                     const Hash *root);

/* RFC 9162 2.1.4.2: ERR_PROOF unless both roots follow from the proof. From an empty old tree any
 * root follows, with an empty proof. */
MUST_USE Status tree_check_consistency(struct scope *s, uint64_t old, const Hash *old_root,
                                       uint64_t size, const Hash *root,
                                       const struct tree_proof *proof);

/* What must be known of a tree to append to it: the roots of its complete subtrees, one for each
 * bit of its size. A plain value; zeroed it is the empty tree. */
struct frontier {
    uint64_t size;
    Hash peaks[64]; /* peaks[k] counts when bit k of size is set: a subtree of 2^k leaves */
};

/* A row entry that became complete: number `index` of `level` (1 and up) has this root. */
struct frontier_row {
    unsigned level;
    uint64_t index;
    Hash root;
};

/* The frontier of the first `size` leaves; reads at most 255 hashes of each level. */
MUST_USE Status frontier_load(struct scope *s, const struct tree_source *source, uint64_t size,
                              struct frontier *out);

/* Appends one leaf hash. Fills `rows` with what became complete, lowest level first, and returns
 * how many (0 for 255 of 256 leaves). */
size_t frontier_add(struct frontier *f, const Hash *leaf_hash,
                    struct frontier_row rows[static TREE_LEVELS]);

/* Root of the tree as it stands. */
Hash frontier_root(const struct frontier *f);
