/* core/casework/check_notes.h - what the parts of the pack check share: the findings and the pack
 * at hand. Private to check*.c; decides nothing. */
#pragma once
#include "core/casework/check.h"

struct checking {
    struct scope *s;
    const char *file; /* the one being read */
    const json_t *pack;
    const struct kind *kinds;
    size_t kind_count;
    struct pack_finding *list;
    size_t count;
    bool no_memory;
};

/* Adds a finding; the place and the sentence are copied. */
void check_note(struct checking *k, Str place, const char *mend, ...) PRINTF_LIKE(3, 4);

/* "types[I05].steps" and the like, for findings. */
Str check_place(struct checking *k, const char *format, ...) PRINTF_LIKE(2, 3);

/* The member of a list of objects with this id (or level), or NULL. */
const json_t *check_find(const json_t *list, const char *id);

/* Closed shape of every level of pack.json. */
void check_shape(struct checking *k);

/* That every reference leads somewhere and every number says where it comes from. */
void check_references(struct checking *k);

/* States, outcomes and the ways between them. */
void check_states(struct checking *k);

/* The texts of the screens agree in all languages. */
void check_texts(struct checking *k, const struct pack_text *texts, size_t count);
