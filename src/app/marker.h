/* app/marker.h - the register of markers: who cares for each, how it was found, what happened to it
 * and which works were announced in time. A reading of the facts of both sides. */
#pragma once
#include "app/fact.h"

struct marker_row {
    Str marker;
    Str care;        /* a party, by the pack's parameter X06; empty when nobody is named */
    Str state;       /* as the newest word about it says */
    Str newest;      /* the fact that says so */
    bool is_damaged; /* and not restored since */
    bool has_checked, has_damaged, has_restored;
    Instant checked, damaged, restored;
    Str checked_by, damage_ref, restored_ref;
    bool has_place;
    double lat, lon, error_m; /* of the newest fact that gives it */
    /* The newest notice of works on it: */
    Str works_ref, works, works_answer; /* answer: attends, does_not_attend, objects, or empty */
    Instant works_told;
    bool has_begins, in_time; /* in time: told as long before as parameter D16 wants */
    Instant works_begin;
};

/* Every marker that any fact speaks of, by number. */
MUST_USE Status marker_list(struct scope *s, struct post *p, struct marker_row **out,
                            size_t *out_count);

/* Who cares for a marker: by "odd:a even:b" of the pack, from the last digits in its number. */
Str marker_care(const struct pack *pack, Str marker);
