#include "app/head.h"
#include "app/keys.h"

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
    p->giving = true;
    Status status = store_head_newest(s, p->store, p->journal, false, out);
    if (status != OK && status != ERR_NOT_FOUND) return status;
    if (p->held) {
        if (status == OK) return OK;
        return fail(s, ERR_STALE, "the post waits for its journal's head to come back");
    }
    if (status == OK && out->size == p->leaf_count) return OK;
    TRY(cover_append(s, p));
    return head_sign_at(s, p, p->leaf_count, out);
}

Status head_sign_at(struct scope *s, struct post *p, uint64_t size, struct head_row *out)
{
    Hash root;
    Str text;
    struct head_row head = {.size = size};
    Status status = store_head_load(s, p->store, p->journal, size, out);
    if (status != ERR_NOT_FOUND) return status;
    TRY(store_tree_root(s, p->store, p->journal, size, &root));
    TRY(checkpoint_text(s, p->card.origin, size, &root, &text));
    TRY(head_sign_all(s, p, text, size, &head.note));
    p->second_due = true; /* remembered there once it is committed, before it is given out */
    TRY(store_head_save(s, p->store, p->journal, &head));
    *out = head;
    return OK;
}
