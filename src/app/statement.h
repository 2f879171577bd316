/* app/statement.h - stating and opening facts inside a transaction, and what follows from them. For
 * app/ only, with the post locked (inside.h). */
#pragma once
#include "app/entries.h"

/* A fact about to be stated; `by` may be the post itself. */
struct statement_of_fact {
    Str kind, case_number, by;
    const struct secret_key *key;
    struct name_value *fields; /* room for 16 more than field_count */
    size_t field_count;
    const struct secret_key *root; /* when the kind needs a root note and it is at hand */
    struct neighbour *to; /* opens to this neighbour although it has no case; NULL: the case's */
    const struct casefile *c;  /* the case before this fact, when it was folded already */
    const struct ready *ready; /* used if it says the same; may be NULL */
    bool by_post;
};

struct stated {
    struct fact fact;
    Str case_number;
    uint64_t opening;
};

/* Fields in order, what the post fills in, signature, leaf, opening. Every check has been done
 * before. */
MUST_USE Status fact_state(struct scope *s, struct post *p, struct statement_of_fact *f,
                           struct stated *out); /* ERR_STALE while the post is held */

enum { FACT_AT = 3, FACT_SEEN = 4 }; /* places of these common fields */

/* All fields of a fact by the draft's author, the own ones in order; `seen` has no value yet. NULL
 * without memory. */
struct name_value *fact_fields(struct scope *s, const struct draft *d, const struct name_value *own,
                               size_t count);

/* A fact made and signed before its turn, and the form of what was asked for. */
struct ready {
    struct name_value *given, *own; /* as asked for; in order, as the kind's table has it */
    size_t given_count, own_count;
    struct fact fact;
};

struct fact_request;
/* Without the lock: the fact as it will most likely be stated, signed; it goes nowhere unless
 * fact_is_ready says so in its turn. NULL when that cannot be told, or the request would be
 * refused. */
struct ready *fact_ready(struct scope *s, struct post *p, const struct session *session,
                         const struct fact_request *request);

/* Does it say what is to be stated now? Then the instant it names is put in place of the present
 * one. */
bool fact_is_ready(const struct ready *r, struct name_value *fields, size_t count);

/* Was its form made of just these fields? */
bool ready_has_form_of(const struct ready *r, const struct draft *d);

/* What the post fills in, once the case is known (facts.md section 4). */
MUST_USE Status statement_fill(struct scope *s, struct post *p, const struct kind *k,
                               const struct casefile *c, Str mandate, struct draft *d);

/* A fact held here, own or opened to us, parsed. ERR_NOT_FOUND. `out_row` may be NULL. */
MUST_USE Status fact_load(struct scope *s, struct post *p, Str party, uint64_t index,
                          struct fact *out, struct fact_row *out_row);

/* The fact that `ref` names, in the scope; NULL when it names none that is held here. */
MUST_USE Status fact_named(struct scope *s, struct post *p, Str ref, const struct fact **out);

struct fact_result;
struct fact_view;

/* fact_add inside a transaction that is open already. */
MUST_USE Status fact_add_inside(struct scope *s, struct post *p, const struct session *session,
                                const struct fact_request *request, struct fact_result *out);

/* May nothing be signed now, or nothing in this case? Then it is kept as a draft. */
bool fact_must_wait(struct scope *s, struct post *p, const struct fact_request *request);

/* Keeps a draft while the post may not sign. */
MUST_USE Status queue_draft(struct scope *s, struct post *p, const struct session *session,
                            const struct fact_request *request, struct fact_result *out);

/* A fact as screens show it; ERR_NOT_FOUND when it is not for these roles. */
MUST_USE Status fact_view_make(struct scope *s, struct post *p, const struct entry *e, Roles roles,
                               struct fact_view *out);

/* Has this side suspended the exchange? */
MUST_USE Status post_is_suspended(struct scope *s, struct post *p, bool *out);

struct disclosure;
/* Stores a disclosure made by the gate as the next opening for the neighbour, after what must be
 * open with it. ERR_STALE while the numbers of the openings are not all back. */
MUST_USE Status opening_append(struct scope *s, struct post *p, struct neighbour *n,
                               const struct fact *f, const struct disclosure *d,
                               uint64_t *out_number);

/* Was just this disclosed to the neighbour before? */
MUST_USE Status opening_is_made(struct scope *s, struct post *p, struct neighbour *n,
                                const struct disclosure *d, bool *out);

/* Opens one fact that crosses by itself, now; 0 when the exchange is suspended, or while the
 * neighbour still owes what a post that was set back lost: it is caught up later. A fact whose row
 * `comes` is kept afterwards, with the number. */
MUST_USE Status opening_of_self(struct scope *s, struct post *p, struct neighbour *n,
                                const struct fact *f, const struct casefile *c, bool comes,
                                uint64_t *out_number);

/* Facts from which officers, powers and keys follow. */
bool kind_is_authority(Str kind);

/* Facts of the post itself and of its officers' powers: no case and no counterpart is theirs. */
bool kind_concerns_all(Str kind);

/* Opens such a fact, when it crosses by itself, to every neighbour; a revocation, where there are
 * several, to those that know the mandate. */
MUST_USE Status opening_to_all(struct scope *s, struct post *p, const struct fact *f,
                               uint64_t *out_number);

/* Opens own facts that cross by themselves and have not been opened yet (after pairing or
 * resuming). */
MUST_USE Status openings_catch_up(struct scope *s, struct post *p, struct neighbour *n);

/* What a fact of either side sets in motion: aliases of linked cases. */
MUST_USE Status effect_apply(struct scope *s, struct post *p, const struct fact *f);

/* What follows when a fact of either side has come into the common view: another number may name
 * its case in lists. */
MUST_USE Status effect_in_common(struct scope *s, struct post *p, const struct fact *f);

/* What an own fact sets in motion besides: gate, recall, erasure, openings after a resumption. */
MUST_USE Status effect_of_own(struct scope *s, struct post *p, const struct fact *f);

/* The gate's attempt after an approval; ERR_RELEASE while approvals are missing. */
MUST_USE Status release_pass(struct scope *s, struct post *p, Str draft_ref);

/* Purges what an own recall names in what was opened; what an own erasure names everywhere. */
MUST_USE Status recall_apply(struct scope *s, struct post *p, const struct fact *recall);
MUST_USE Status erasure_apply(struct scope *s, struct post *p, const struct fact *erasure);

/* Executes the other side's recall: values it opened are purged here, or locked with a ground. */
MUST_USE Status recall_execute(struct scope *s, struct post *p, struct neighbour *n,
                               const struct fact *recalled);

/* Has this post told them that it executed the recall? */
MUST_USE Status recall_is_executed(struct scope *s, struct post *p, const struct neighbour *n,
                                   const struct fact *recalled, bool *out);

/* Erases once more what an erasure or recall that is remembered in the second place named:
 * `everywhere`, or only in what was opened. Nothing when it is not here. */
MUST_USE Status erasure_repeat(struct scope *s, struct post *p, Str of, bool everywhere);
