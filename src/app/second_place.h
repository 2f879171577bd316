/* app/second_place.h - what a post keeps outside its folder and its machine's snapshot, so that an
 * old copy of it can be told from the newest, and what was erased stays erased
 * (docs/formats/second-place.md). For app/ only. */
#pragma once
#include "app/inside.h"

struct second_neighbour {
    Str party;
    struct remembered kept;
};

/* The own newest head, and the neighbours; not present before the first head. */
struct second_place {
    bool present;
    uint64_t size;
    Hash root;
    Str note;
    struct second_neighbour *list;
    size_t count;
};

/* Where it is unless another place was named: "<folder>.head" beside the post's folder, the same
 * whatever way leads there ("lv", "lv/", "."). {NULL, 0} without memory. */
Str second_place_beside(struct scope *s, const char *dir);

/* The record at `path`. OK with nothing present when there is no file; ERR_DISK when it is none. */
MUST_USE Status second_place_read(struct scope *s, const char *path, struct second_place *out);

/* References of what was erased or recalled, as "erased lv:7.text" and "recalled by:9", from the
 * file beside the record. */
MUST_USE Status second_place_erased(struct scope *s, const char *path, Str **out,
                                    size_t *out_count);

/* Writes what was committed since, with the post locked and no transaction open: after each commit,
 * so that whoever gives out a head, a countersignature or opening numbers (`giving`) waits for it.
 * Nothing while the post is held: what stands there is newer. */
MUST_USE Status second_place_settle(struct scope *s, struct post *p);
