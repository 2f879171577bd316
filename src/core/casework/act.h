/* core/casework/act.h - acts and protocols: positions, signatures, approval, effect, separate
 * opinion. Decides what stands between the sides on each statement, and whether the act has effect.
 */
#pragma once
#include "core/casework/case.h"

enum standing { STANDING_ONLY_DRAFTER, STANDING_AGREED, STANDING_CONTESTED };

struct statement {
    Str key; /* "1", "2" ..., "conclusion", "outcome", "responsibility" */
    enum standing standing;
    const struct entry *reservation[SIDES]; /* newest reservation of each side, or NULL */
};

struct act {
    const struct entry *draft;
    Str doc;
    struct statement *statements;
    size_t statement_count;
    const struct entry *signatures[CASE_SIGNERS_MAX];
    size_t signature_count;
    const struct entry *approval[SIDES]; /* the first, when it came before that side's objection */
    const struct entry *objection[SIDES];
    bool superseded;
    bool effective;
    const struct entry *closing_word[SIDES]; /* of the pair that made it effective */
    bool signed_by_side[SIDES];
};

/* Builds every act of the case from its ordered entries. */
MUST_USE Status acts_fold(struct scope *s, struct casefile *c);

/* The act that a draft's reference or its body names; NULL when none. */
const struct act *act_find(const struct casefile *c, Str ref);

/* Newest act of a document kind that is not superseded; NULL when none. */
const struct act *act_newest(const struct casefile *c, const char *doc);

/* The same among those that a side has signed: a draft that nobody signed moves no case. */
const struct act *act_newest_signed(const struct casefile *c, const char *doc);

/* The newest effective act of a document kind; NULL when none. */
const struct act *act_effective(const struct casefile *c, const char *doc);

/* `positions` and `reserved` of the act as the case stands (facts.md 3): SHA-256 over the bodies of
 * the opened positions, or reservations only, in common order. */
MUST_USE Status act_positions(struct scope *s, const struct casefile *c, const struct act *a,
                              Hash *out_positions, Hash *out_reserved);

/* "only lv", "agreed" or "contested". */
Str act_standing(struct scope *s, const struct act *a, const struct statement *st);

/* Does the act have a statement under this key? */
const struct statement *act_statement(const struct act *a, Str key);
