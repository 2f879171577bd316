/* tests/unit/casework/stage.h - two posts on a table: facts made in memory, delivered when a test
 * says so, and the case as each post folds it. Decides nothing that is tested. */
#pragma once
#include "core/casework/act.h"
#include "core/casework/duty.h"
#include "core/casework/handover.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

enum { STAGE_FACTS_MAX = 600, LV = 1, BY = 0 }; /* sides in byte order of their parties */

/* A fact on the stage and what became of it. */
struct played {
    struct fact fact;
    int side;
    uint64_t opening;
    bool taken; /* the other post has it, */
    Instant taken_at;
    bool receipt_known; /* and its author's post knows that */
    bool is_void;       /* its author's key was compromised, */
    bool void_told;     /* and the other post knows that */
};

struct stage {
    struct scope *s;
    struct pack pack;
    struct zone zones[SIDES];
    Str parties[SIDES];
    Instant clock;
    bool outside; /* facts belong to no case */
    struct played facts[STAGE_FACTS_MAX];
    size_t count;
    uint64_t index[SIDES], opening[SIDES];
    uint64_t seen[SIDES]; /* openings of the other side that each post has */
    json_t *texts;        /* of stage_phrases */
};

/* A stage with a pack of packs/, closed with stage_close. */
struct stage *stage_open(const char *pack);
void stage_close(struct stage *st);

/* A whole file; fails the test when it cannot be read. `path` is relative to the repository. */
Bytes file_bytes(struct scope *s, const char *path);

struct zone zone_of_system(struct scope *s, const char *name);

Instant instant_of(const char *text);
void stage_clock(struct stage *st, const char *at);

/* States a fact; `fields` is "name=value;name=value". "^" before the kind: it is not opened. Its
 * reference, for example "lv:3", lives as long as the stage. */
const char *stage_add(struct stage *st, int side, const char *kind, const char *fields);

/* Delivers what one side opened and the other has not, and then the receipts if `receipts`. */
void stage_deliver(struct stage *st, int from, bool receipts);

/* The same up to an opening number: the rest is lost or late. */
void stage_deliver_some(struct stage *st, int from, uint64_t opening, bool receipts);

/* Opens a fact that was stated closed. */
void stage_reveal(struct stage *st, size_t at);

/* The author's own post voids a fact, "lv:3"; the other one knows when `told`. */
void stage_void(struct stage *st, const char *ref, bool told);

/* Everything both ways, with receipts. */
void stage_sync(struct stage *st);

/* What a post sees, in a shuffled order when `seed` is not 0, folded at the stage's clock. */
struct casefile stage_fold(struct stage *st, int side, unsigned seed);

/* The common view as this post has it. */
struct casefile stage_common(struct stage *st, int side, unsigned seed);
Str stage_common_text(struct stage *st, int side, unsigned seed);

/* The party that this post names as holder of an item; "" when it does not know the item. */
const char *holder_of(struct stage *st, int side, const char *item, bool *out_pledged);

/* The catalogue of packs/texts in a language, for as long as the stage lives. */
struct phrases stage_phrases(struct stage *st, const char *language);

/* The small generator of the tests: deterministic, never for secrets. */
uint32_t dice(uint32_t *state, uint32_t sides);

#define assert_ok(call) stage_assert_ok((call), __FILE__, __LINE__)
void stage_assert_ok(Status status, const char *file, int line);

#define assert_str(str, text) stage_assert_str((str), (text), __FILE__, __LINE__)
void stage_assert_str(Str got, const char *want, const char *file, int line);
