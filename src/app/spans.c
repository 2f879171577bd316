#include "app/spans.h"

Status spans_add(struct scope *s, struct spans *list, Str took, Instant at)
{
    struct span span = {.at = at};
    Str to = took, from = str_cut(&to, '-');
    if (!str_u64(from, &span.from) || !str_u64(to.ptr ? to : from, &span.to)) return OK;
    if (list->count == list->room) {
        size_t room = list->room ? list->room * 2 : 16;
        struct span *bigger = scope_array(s, room, sizeof *bigger);
        if (bigger == NULL) return ERR_MEMORY;
        if (list->count) memcpy(bigger, list->list, list->count * sizeof *bigger);
        list->list = bigger;
        list->room = room;
    }
    list->list[list->count++] = span;
    return OK;
}

bool spans_find(const struct spans *list, uint64_t opening, Instant *out_at)
{
    /* Receipts come in order of what they took: the first that covers it is the first in time. */
    size_t low = 0, high = list->count;
    while (low < high) {
        size_t mid = (low + high) / 2;
        if (list->list[mid].to < opening)
            low = mid + 1;
        else
            high = mid;
    }
    if (low == list->count || list->list[low].from > opening) return false;
    *out_at = list->list[low].at;
    return true;
}
