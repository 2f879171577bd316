#include "core/ledger/tree.h"
#include <inttypes.h>

enum { LEVEL_BITS = 8 };

Hash tree_leaf_hash(Bytes entry)
{
    struct hasher h;
    hash_start(&h);
    hash_add(&h, "\x00", 1);
    hash_add(&h, entry.ptr, entry.len);
    return hash_finish(&h);
}

Hash tree_node_hash(const Hash *left, const Hash *right)
{
    struct hasher h;
    hash_start(&h);
    hash_add(&h, "\x01", 1);
    hash_add(&h, left->bytes, HASH_BYTES);
    hash_add(&h, right->bytes, HASH_BYTES);
    return hash_finish(&h);
}

Hash tree_empty(void)
{
    return hash_of((Bytes){NULL, 0});
}

/* Hashes neighbours together until one is left; `count` is a power of two. */
static Hash fold_pairs(Hash *hashes, size_t count)
{
    for (; count > 1; count /= 2)
        for (size_t i = 0; i < count / 2; i++)
            hashes[i] = tree_node_hash(&hashes[2 * i], &hashes[2 * i + 1]);
    return hashes[0];
}

/* The complete subtrees of the `count` leaves from `begin` on, which must be a multiple of the
 * smallest power of two that is not below `count`. Each level is read once. */
static Status peaks_load(struct scope *s, const struct tree_source *source, uint64_t begin,
                         uint64_t count, struct frontier *out)
{
    Hash row[TREE_ROW_WIDTH];
    out->size = count;
    for (unsigned level = 0; level < TREE_LEVELS; level++) {
        unsigned shift = level * LEVEL_BITS;
        uint64_t complete = count >> shift;
        size_t rest = complete % TREE_ROW_WIDTH;
        if (rest == 0) continue;
        uint64_t first = (begin >> shift) + complete - rest;
        TRY(source->read(source->ctx, s, level, first, rest, row));
        /* The largest subtree stands first. */
        size_t at = 0;
        for (unsigned bit = LEVEL_BITS; bit-- > 0;) {
            size_t width = (size_t)1 << bit;
            if ((rest & width) == 0) continue;
            out->peaks[shift + bit] = fold_pairs(row + at, width);
            at += width;
        }
    }
    return OK;
}

Hash frontier_root(const struct frontier *f)
{
    Hash root = tree_empty();
    bool any = false;
    for (unsigned k = 0; k < 64; k++) {
        if ((f->size >> k & 1) == 0) continue;
        root = any ? tree_node_hash(&f->peaks[k], &root) : f->peaks[k];
        any = true;
    }
    return root;
}

Status frontier_load(struct scope *s, const struct tree_source *source, uint64_t size,
                     struct frontier *out)
{
    struct frontier f = {0};
    TRY(peaks_load(s, source, 0, size, &f));
    *out = f;
    return OK;
}

size_t frontier_add(struct frontier *f, const Hash *leaf_hash,
                    struct frontier_row rows[static TREE_LEVELS])
{
    Hash carry = *leaf_hash;
    size_t count = 0;
    unsigned k = 0;
    /* As in binary addition: each set bit of the size is a left sibling of what is carried. */
    for (; f->size >> k & 1; k++) {
        carry = tree_node_hash(&f->peaks[k], &carry);
        unsigned height = k + 1;
        if (height % LEVEL_BITS == 0)
            rows[count++] = (struct frontier_row){
                .level = height / LEVEL_BITS, .index = f->size >> height, .root = carry};
    }
    f->peaks[k] = carry;
    f->size++;
    return count;
}

static Status range_root(struct scope *s, const struct tree_source *source, uint64_t begin,
                         uint64_t count, Hash *out)
{
    struct frontier f;
    TRY(peaks_load(s, source, begin, count, &f));
    *out = frontier_root(&f);
    return OK;
}

Status tree_root(struct scope *s, const struct tree_source *source, uint64_t size, Hash *out)
{
    return range_root(s, source, 0, size, out);
}

/* The largest power of two below `n`, which is at least 2: where RFC 6962 splits. */
static uint64_t split(uint64_t n)
{
    return (uint64_t)1 << (63 - __builtin_clzll(n - 1));
}

static Status proof_add(struct scope *s, const struct tree_source *source, uint64_t begin,
                        uint64_t count, struct tree_proof *proof)
{
    return range_root(s, source, begin, count, &proof->hashes[proof->count++]);
}

/* Siblings are met from the root down and stand in a proof from the leaf up. */
static void proof_reverse(struct tree_proof *p)
{
    for (size_t i = 0; i < p->count / 2; i++) {
        Hash swap = p->hashes[i];
        p->hashes[i] = p->hashes[p->count - 1 - i];
        p->hashes[p->count - 1 - i] = swap;
    }
}

Status tree_inclusion(struct scope *s, const struct tree_source *source, uint64_t index,
                      uint64_t size, struct tree_proof *out)
{
    if (index >= size)
        return fail(s, ERR_NOT_FOUND, "leaf %" PRIu64 " is not in a tree of %" PRIu64, index, size);
    struct tree_proof proof = {0};
    uint64_t begin = 0;
    for (uint64_t n = size; n > 1;) {
        uint64_t left = split(n);
        if (index - begin < left) {
            TRY(proof_add(s, source, begin + left, n - left, &proof));
            n = left;
        } else {
            TRY(proof_add(s, source, begin, left, &proof));
            begin += left;
            n -= left;
        }
    }
    proof_reverse(&proof);
    *out = proof;
    return OK;
}

Status tree_consistency(struct scope *s, const struct tree_source *source, uint64_t old,
                        uint64_t size, struct tree_proof *out)
{
    if (old > size)
        return fail(s, ERR_USAGE, "a tree of %" PRIu64 " is not older than one of %" PRIu64, old,
                    size);
    struct tree_proof proof = {0};
    uint64_t begin = 0, n = size, m = old;
    bool is_whole = true; /* the old tree itself, whose root the checker has */
    while (old > 0 && m < n) {
        uint64_t left = split(n);
        if (m <= left) {
            TRY(proof_add(s, source, begin + left, n - left, &proof));
            n = left;
        } else {
            TRY(proof_add(s, source, begin, left, &proof));
            begin += left;
            m -= left;
            n -= left;
            is_whole = false;
        }
    }
    if (!is_whole) TRY(proof_add(s, source, begin, n, &proof));
    proof_reverse(&proof);
    *out = proof;
    return OK;
}

Status tree_check_inclusion(struct scope *s, const Hash *leaf_hash, uint64_t index, uint64_t size,
                            const struct tree_proof *proof, const Hash *root)
{
    if (index >= size)
        return fail(s, ERR_PROOF, "leaf %" PRIu64 " is not in a tree of %" PRIu64, index, size);
    uint64_t at = index, last = size - 1;
    Hash r = *leaf_hash;
    for (size_t i = 0; i < proof->count; i++) {
        if (last == 0) return fail(s, ERR_PROOF, "the inclusion proof is too long");
        if (at & 1 || at == last) {
            r = tree_node_hash(&proof->hashes[i], &r);
            /* Levels at which the node stands alone at the right edge have no sibling. */
            while ((at & 1) == 0 && at != 0)
                at >>= 1, last >>= 1;
        } else {
            r = tree_node_hash(&r, &proof->hashes[i]);
        }
        at >>= 1, last >>= 1;
    }
    if (last != 0) return fail(s, ERR_PROOF, "the inclusion proof is too short");
    if (!hash_eq(&r, root))
        return fail(s, ERR_PROOF, "the proof of leaf %" PRIu64 " leads to another root", index);
    return OK;
}

/* The loop of RFC 9162 2.1.4.2 for 0 < old < size: `first` and `second` grow from `seed`. */
static Status climb(struct scope *s, uint64_t old, uint64_t size, const Hash *seed,
                    const Hash *hashes, size_t count, Hash *first, Hash *second)
{
    uint64_t at = old - 1, last = size - 1;
    while (at & 1)
        at >>= 1, last >>= 1;
    *first = *second = *seed;
    for (size_t i = 0; i < count; i++) {
        if (last == 0) return fail(s, ERR_PROOF, "the consistency proof is too long");
        if (at & 1 || at == last) {
            *first = tree_node_hash(&hashes[i], first);
            *second = tree_node_hash(&hashes[i], second);
            while ((at & 1) == 0 && at != 0)
                at >>= 1, last >>= 1;
        } else {
            *second = tree_node_hash(second, &hashes[i]);
        }
        at >>= 1, last >>= 1;
    }
    if (last != 0) return fail(s, ERR_PROOF, "the consistency proof is too short");
    return OK;
}

Status tree_check_consistency(struct scope *s, uint64_t old, const Hash *old_root, uint64_t size,
                              const Hash *root, const struct tree_proof *proof)
{
    if (old > size)
        return fail(s, ERR_PROOF, "a tree of %" PRIu64 " cannot follow one of %" PRIu64, size, old);
    if (old == 0 || old == size) {
        if (proof->count)
            return fail(s, ERR_PROOF, "from %" PRIu64 " to %" PRIu64 " the proof must be empty",
                        old, size);
        Hash empty = tree_empty();
        if (old == size && !hash_eq(old_root, root))
            return fail(s, ERR_PROOF, "two trees of %" PRIu64 " have different roots", size);
        if (old == 0 && !hash_eq(old_root, &empty))
            return fail(s, ERR_PROOF, "the root of the empty tree is not that of RFC 6962");
        return OK;
    }
    if (proof->count == 0) return fail(s, ERR_PROOF, "the consistency proof is empty");
    bool is_complete = (old & (old - 1)) == 0; /* then its root is not in the proof */
    Hash first, second;
    TRY(climb(s, old, size, is_complete ? old_root : &proof->hashes[0],
              proof->hashes + !is_complete, proof->count - !is_complete, &first, &second));
    if (!hash_eq(&first, old_root))
        return fail(s, ERR_PROOF, "the proof does not lead to the old root of %" PRIu64, old);
    if (!hash_eq(&second, root))
        return fail(s, ERR_PROOF, "the proof does not lead to the root of %" PRIu64, size);
    return OK;
}
