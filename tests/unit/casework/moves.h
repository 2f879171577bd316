/* tests/unit/casework/moves.h - what the two posts of a random course may state: kinds, fields and
 * who states them, as data for dice.c. */
#pragma once
#include "schedule.h"

/* Sorts of facts; a schedule holds some of them, so that each comes to its end in some. */
enum {
    ALWAYS = 0,
    PROCEDURE = 1 << 0,
    ACTS = 1 << 1,
    HANDOVER = 1 << 2,
    DUTIES = 1 << 3,
    ENDS = 1 << 4,
    LINKS = 1 << 5,
    AMENDS = 1 << 6,
    AUTHORITY = 1 << 7,
    SUSPENDS = 1 << 8,
    FORCES = 1 << 9,
    OUTSIDE = 1 << 10,
    TAKES_BACK = 1 << 11,
    GROUPS = 12,
    PROMPT = 1 << 12
};

/* In a value, "a|b" is one of both; "@own:kind", "@other:kind", "@any:kind", "@far:kind" a fact of
 * that kind in the case (far: of the other side, in any case); "$boat" an item of the case; "^help"
 * an own officer's mandate. `opens` names the fields of a release ("*": all that may go). */
struct move {
    uint32_t group;
    unsigned weight;
    const char *officer, *kind, *opens;
    const char *fields[STEP_FIELDS_MAX];
};

extern const struct move registration_move, notice_move;
extern const struct move moves[];
extern const size_t move_count;

/* What often comes next to a fact: from its own side or the other one, about the fact itself or,
 * `chained`, about what the fact is about; without `field` about neither. */
struct follow {
    uint32_t group; /* 0: whenever its kind is there */
    const char *kind;
    bool other_side, chained;
    const char *officer, *next, *field, *more;
};
extern const struct follow follows[];
extern const size_t follow_count;
