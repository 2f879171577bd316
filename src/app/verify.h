/* app/verify.h - a dossier while it is checked: what it holds, what was referred to, and the
 * sentences so far. For verify*.c only; nothing here asks a post or the network. */
#pragma once
#include "app/dossier.h"
#include "app/paper.h"
#include "paper/bag.h"

enum { HEADS = 2, LINES_MAX = 500 };

/* A signed head, checked once: proofs are compared with its bytes. */
struct checked_head {
    Str note; /* {NULL, 0}: none, or a bad one */
    uint64_t size;
    Hash root;
    bool cosigned;
};

/* An entry that dossier.txt lists. */
struct listed {
    size_t side;
    uint64_t index, opening;
    struct fact *fact; /* NULL when it could not be read */
};

struct verify {
    struct scope *s;
    struct bag_verdict bag;
    bool *used; /* a member that something referred to */
    struct check_line *lines;
    size_t line_count;
    bool stopped; /* without this part there is nothing more to check */
    Str number, pack_id, common_hex;
    Hash pack_digest;
    Str party[SIDES], card_text[SIDES];
    struct card card[SIDES];
    struct checked_head heads[SIDES][HEADS]; /* countersigned, newest */
    struct authority authority[SIDES];
    struct listed *list;
    size_t count;
    struct pack pack;
};

/* One sentence; a failure with its reason. */
void verify_pass(struct verify *v, const char *format, ...) PRINTF_LIKE(2, 3);
void verify_fail(struct verify *v, Status reason, const char *format, ...) PRINTF_LIKE(3, 4);

/* The member of this name, marked as referred to; NULL when there is none. */
const struct container_member *verify_member(struct verify *v, Str name);

/* The number in "PREFIX<party>-<index>SUFFIX"; false when the name is not such. */
bool verify_index(Str name, const char *folder, Str party, const char *suffix, uint64_t *out);

/* The parts, in this order (verify_journal.c, verify_facts.c, verify_case.c). They fail only
 * without memory. */
MUST_USE Status verify_cards(struct verify *v);
MUST_USE Status verify_pack(struct verify *v);
MUST_USE Status verify_powers(struct verify *v);
MUST_USE Status verify_pin(struct verify *v, Str pinned);
MUST_USE Status verify_journals(struct verify *v);
MUST_USE Status verify_officers(struct verify *v);
MUST_USE Status verify_facts(struct verify *v);
MUST_USE Status verify_case(struct verify *v);

/* Reads one fact file and proves that it stands in its journal; `out` stays NULL when it does not.
 */
MUST_USE Status verify_entry(struct verify *v, size_t side, uint64_t index, Str name,
                             struct fact **out, bool *out_cosigned);
