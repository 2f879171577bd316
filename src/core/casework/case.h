/* core/casework/case.h - a case as a fold over the facts of both sides (facts.md section 3).
 * Decides order, state and what follows from the facts; never who may add one. Pure: `now` is
 * given. */
#pragma once
#include "core/casework/pack.h"
#include "core/ledger/fact.h"

/* A fact as it stands in one case, as one post sees it. */
struct entry {
    const struct fact *fact;
    const struct fact *opened; /* as the other side holds it; NULL: just as it stands here */
    Str party;                 /* whose journal it stands in */
    bool own;
    uint64_t opening; /* first opening number to the counterpart (own) or from it; 0 = not opened */
    bool refused;     /* a receipt refused it: stands in neither view */
    bool is_void;     /* by a key that was compromised before anything covered it, */
    bool void_told;   /* and the other side's post said that it took the revocation */
    bool has_receipt; /* the other side's post said it took the opening, */
    Instant receipt_at; /* at this instant of its own clock */
    /* filled by the fold: */
    Str kind, by;
    Instant at;
    struct seen seen;
    uint32_t depth;
    bool late; /* opened after the other side had gone on */
};

enum case_state {
    STATE_DRAFT,
    STATE_REGISTERED,
    STATE_NOTIFIED,
    STATE_SILENT,
    STATE_ACKNOWLEDGED,
    STATE_INSPECTION_AGREED,
    STATE_POSTPONED,
    STATE_REFUSED,
    STATE_PAPER_ONLY,
    STATE_INSPECTED,
    STATE_ACT_PENDING,
    STATE_ACT_REFUSED,
    STATE_FINDINGS,
    STATE_SETTLED,
    STATE_SPLIT,
    STATE_NOT_CONFIRMED,
    STATE_UNILATERAL,
    STATE_CLOSED,
    STATE_COUNT
};

/* "ACT_PENDING", as facts and packs spell it. */
const char *case_state_name(enum case_state state);

struct closing {
    const struct entry *entry;
    Str outcome;
};

enum { SIDES = 2, CASE_SIGNERS_MAX = 64 }; /* signatures of an act that are listed, half a side */

struct act;
struct offer;

struct casefile {
    const struct pack *pack;
    Str own_party;          /* empty in the common view, which has no own side */
    Str number;             /* the primary one */
    Str parties[SIDES];     /* in byte order; the second is empty while there is one side only */
    struct entry **entries; /* common order; own facts that are not opened come last, by index */
    size_t count;
    size_t opened_count;

    const struct entry *incident; /* the registration that names the case; NULL while DRAFT */
    Str type;
    bool grave;
    bool dropped;
    const struct entry *notice;          /* the newest */
    const struct entry *proposal_answer; /* newest answer to an inspection proposal */
    bool theirs_stands;                  /* a fact of the other side stands in the case */
    enum case_state state;
    const char *state_reason;     /* "not_delivered" or "" */
    Str escalated;                /* newest level above 0, or empty */
    struct closing closed[SIDES]; /* by party; entry NULL while open */

    struct act *acts;
    size_t act_count;
    struct offer *offers;
    size_t offer_count;
};

/* Folds `entries` (any order, of one case under all its numbers, void and refused ones included).
 * The result points into `entries` and the facts; everything else lives in `s`. `own_party` is
 * empty for the common view, in which only opened entries may be given. */
MUST_USE Status case_fold(struct scope *s, const struct pack *pack, Str own_party,
                          struct entry *entries, size_t count, Instant now, struct casefile *out);

/* The entry that "party:index" names, or NULL. */
const struct entry *case_entry(const struct casefile *c, Str ref);

/* "party:index" of an entry. */
Str entry_ref(struct scope *s, const struct entry *e);

/* 0 or 1: which side a party is; -1 when it is neither. */
int case_side(const struct casefile *c, Str party);

/* Joint findings: an effective DOC05, or findings or measurements of both sides where no DOC05 was
 * drafted and no inspection agreed. */
bool case_has_findings(const struct casefile *c);

/* The outcome both agreed in an effective DOC09, else the own closing's (the common view: the first
 * closing's), else empty. */
Str case_outcome(const struct casefile *c);

/* Value of an incident's field with amendments applied; {NULL, 0} when it is not known here. */
Str case_incident_value(const struct casefile *c, Str name);

/* Verdict on a measurement: "established" or "not_distinguishable" (domain.md 2.2); NULL when the
 * fact has no distance or error. `k` is parameter X04. */
const char *case_measurement(const struct casefile *c, const struct entry *e);

/* The case as both sides know it: what is not open could still have named the case, signed an act
 * or dropped it. The result points to copies of the entries. */
MUST_USE Status case_common_fold(struct scope *s, const struct casefile *c, Instant now,
                                 struct casefile *out);

/* The canonical text of the common view (docs/formats/common-view.md), whose SHA-256 is its digest.
 * Entries that are not opened are left out whatever was given. */
MUST_USE Status case_common_text(struct scope *s, const struct casefile *c, Str *out);
