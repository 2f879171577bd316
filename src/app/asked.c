#include "app/asked.h"
#include <inttypes.h>

/* "wanted opening, piece, whether it returns, its leaves, its openings", as decimal numbers. */
enum { NUMBERS = 5 };

static Str setting_name(struct scope *s, const struct neighbour *n)
{
    return scope_print(s, "asked.%.*s", STR_ARG(n->card.party));
}

Status asked_save(struct scope *s, struct post *p, struct neighbour *n)
{
    bool asks = n->want_opening || n->asks_return;
    if (!asks && !n->asked_kept) return OK;
    Str name = setting_name(s, n);
    Str text = scope_print(s, "%" PRIu64 " %" PRIu64 " %d %" PRIu64 " %" PRIu64, n->want_opening,
                           n->want_piece, n->asks_return, n->return_leaves, n->return_opening);
    if (name.ptr == NULL || text.ptr == NULL) return ERR_MEMORY;
    TRY(store_setting_save(s, p->store, name.ptr, str_bytes(text)));
    n->asked_kept = asks;
    return OK;
}

Status asked_load(struct scope *s, struct post *p, struct neighbour *n)
{
    uint64_t numbers[NUMBERS] = {0};
    Str name = setting_name(s, n);
    Bytes kept;
    if (name.ptr == NULL) return ERR_MEMORY;
    Status status = store_setting_load(s, p->store, name.ptr, &kept);
    if (status != OK && status != ERR_NOT_FOUND) return status;
    Str rest = status == OK ? bytes_str(kept) : STR("");
    for (size_t i = 0; i < NUMBERS && rest.len; i++)
        if (!str_u64(str_cut(&rest, ' '), &numbers[i]))
            return fail(s, ERR_DISK, "the setting %s is damaged", name.ptr);
    n->want_opening = numbers[0];
    n->want_piece = numbers[1];
    n->asks_return = numbers[2] == 1;
    n->return_leaves = numbers[3];
    n->return_opening = numbers[4];
    n->asked_kept = n->want_opening || n->asks_return;
    return OK;
}
