/* app/meeting.h - a meeting as procedure: agenda, powers, minutes, calendar file. Drafts and lists;
 * states nothing, since what goes to the other side is an officer's word. */
#pragma once
#include "app/fact.h"

enum { AGENDA_MAX = 60 };

enum agenda_sort { AGENDA_DUTY, AGENDA_STATEMENT, AGENDA_FINDING };

/* "duty", "statement", "finding". */
const char *agenda_sort_name(enum agenda_sort sort);

struct agenda_item {
    enum agenda_sort sort;
    Str case_number; /* empty outside cases */
    Str ref;         /* the fact it is about */
    Str what;        /* id of the duty, key of the statement, number of the finding */
    Str owes;        /* of a duty: a party */
    bool has_due;
    Instant due;
    Str text; /* one sentence in the language asked for */
};

/* What a meeting with `party` (empty: the only neighbour) should speak of, as both sides may know
 * it: common duties that are overdue, statements that only one side stands by or that are
 * contested, findings without agreement; in all cases they share and outside of them. Overdue
 * duties first, the oldest first. At most AGENDA_MAX; `out_left` tells how many more there are. */
MUST_USE Status meeting_agenda(struct scope *s, struct post *p, Str party, Str language,
                               struct agenda_item **out, size_t *out_count, size_t *out_left);

struct power {
    Str officer, party, name;
    Str role, section, acts_for, mandate; /* role empty: no standing mandate is known here */
    bool has_to;
    Instant to;
};

/* Each mandate of each participant that stands at `at`; a participant without one has a row that
 * says so. */
MUST_USE Status meeting_powers(struct scope *s, struct post *p, const Str *participants,
                               size_t count, Instant at, struct power **out, size_t *out_count);

/* Fields of an act.drafted DOC08 from a meeting.opened: participants, place, time, agenda, each of
 * its points and each decision as a statement in every language of acts, the decisions annexed.
 * People complete it. ERR_NOT_FOUND. */
MUST_USE Status meeting_minutes(struct scope *s, struct post *p, Str meeting_ref,
                                struct name_value **out, size_t *out_count, Str *out_case);

/* The proposal of a meeting or an inspection (or the meeting opened on it) as an iCalendar file:
 * tentative until the answer, cancelled when it is no. Both posts write the same bytes. ERR_STATE
 * without a time. */
MUST_USE Status meeting_calendar(struct scope *s, struct post *p, Str ref, Str language, Str *out);
