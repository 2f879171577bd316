/* core/casework/check_notes.h - what the parts of the pack check share: the findings and the pack
 * at hand. Private to check*.c; decides nothing. */
#pragma once
#include "core/casework/check.h"

struct checking {
    struct scope *s;
    const char *file; /* the one being read */
    const json_t *pack;
    const struct kind *kinds; /* NULL when kinds.json cannot be read */
    size_t kind_count;
    struct pack_finding *list;
    size_t count;
    size_t repeated; /* findings that only say again what was told */
    bool no_memory;
};

/* Adds a finding; the place and the sentence are copied. */
void check_note(struct checking *k, Str place, const char *mend, ...) PRINTF_LIKE(3, 4);

/* "types[I05].steps" and the like, for findings. */
Str check_place(struct checking *k, const char *format, ...) PRINTF_LIKE(2, 3);

/* The place of an object in a list: by its id when it has a proper one, else by its number. */
Str check_place_of(struct checking *k, Str list, const json_t *item, size_t number);

/* A foreign text for a sentence: cut to what can be read at a glance, without control characters.
 */
const char *check_quote(struct checking *k, const char *text);

/* An object read from a file of the pack; a finding and NULL when it is none. */
json_t *check_read(struct checking *k, Bytes text);

/* The member of a list of objects with this id (or level), or NULL. */
const json_t *check_find(const json_t *list, const char *id);

/* Its id, or its level; NULL when it has neither. */
const char *check_id(const json_t *item);

/* Is a parameter a plain value (X01 and the like), and no deadline? */
bool check_is_value(const json_t *parameter);

/* A text of an object; NULL when it is absent or no text. */
const char *check_text(const json_t *o, const char *key);

/* Is the code among the languages of the pack? */
bool check_is_language(const struct checking *k, const char *code);

/* The kind with this name and the field of a kind, or NULL. */
const struct kind *check_kind(const struct checking *k, const char *name);
const struct kind_field *check_field(const struct kind *kind, const char *name);

/* Every text of a list (or the one text) under `key` names a member of `list` of the pack. */
void check_names(struct checking *k, const json_t *o, const char *key, const char *list, Str place);

/* Is the value of this sort? Sorts: the table in check_value.c; "flag"; "1..9", a whole number in
 * that range; "a|b|c", one of these words; "=a", this word. */
bool check_fits(Str sort, const json_t *v);

/* A finding when it is not. */
void check_value(struct checking *k, Str sort, const json_t *v, Str place);

/* Closed shape of every level of pack.json. */
void check_shape(struct checking *k);

/* That every reference leads somewhere and every number says where it comes from. */
void check_references(struct checking *k);

/* Parameters: what starts and ends a clock, and the values that rules of the program read. */
void check_parameters(struct checking *k);

/* Holidays are real days. */
void check_holidays(struct checking *k);

/* States, outcomes and the ways between them. */
void check_states(struct checking *k);

/* The table of kinds: closed, and nothing missing or weaker than in `known`. */
void check_kinds(struct checking *k, const json_t *kinds, Bytes known);

/* The texts of the screens agree in all languages. */
void check_texts(struct checking *k, const struct pack_files *files);
