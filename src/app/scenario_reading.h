/* app/scenario_reading.h - a scenario while it is read, for scenario*.c only: where the reader
 * stands, and the members that several kinds of step share. */
#pragma once
#include "app/scenario.h"

/* An `id` and the step that has it. */
struct named_step {
    Str id;
    bool fails; /* names nothing: an id of a refused step may be used again */
};

/* What is known while the steps are read one after another. */
struct reading {
    struct scope *scope;
    struct scenario *out;
    struct named_step *ids;
    size_t id_count;
    char place[80]; /* "step 12", for sentences */
};

/* ERR_USAGE: "scenario, <place>: "<key>" <why>". */
MUST_USE Status reading_wrong(struct reading *r, const char *key, const char *why);

/* A text member: absent is {NULL, 0}, anything but a text is refused. */
MUST_USE Status reading_text(struct reading *r, const json_t *object, const char *key, Str *out);

/* A list of texts, or one text alone. */
MUST_USE Status reading_texts(struct reading *r, const json_t *object, const char *key, Str **out,
                              size_t *out_count);

/* "@id" or "@id.field" must name an earlier step; any other text is itself. */
MUST_USE Status reading_ref(struct reading *r, const char *key, Str text);

/* An object with these keys only. */
MUST_USE Status reading_object(struct reading *r, const json_t *object, const char *what,
                               const char *const *allowed);

/* Does this party play? */
bool reading_has_party(const struct scenario *sc, Str party);

/* The `expect` of a step. */
MUST_USE Status reading_expect(struct reading *r, const json_t *step, struct scenario_step *out);
