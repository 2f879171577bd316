/* core/casework/duty.h - duties with clocks, as they arise from a case's facts and the pack's
 * parameters. Decides what is owed, by whom, until when and how it ended; never blocks anything
 * (facts.md 3). */
#pragma once
#include "core/casework/case.h"
#include "core/casework/phrase.h"

enum duty_state {
    DUTY_OPEN,
    DUTY_EXTENDED, /* open, and its end was moved */
    DUTY_OVERDUE,
    DUTY_DONE,
    DUTY_LATE_DONE,
    DUTY_REFUSED,
    DUTY_LAPSED, /* the case was dropped, or closed by both, before it was done */
    DUTY_STATE_COUNT
};

/* "open", "overdue" ... as the interface spells it. */
const char *duty_state_name(enum duty_state state);

struct duty {
    Str id;                            /* "D05", or "decision lv:12" */
    const struct parameter *parameter; /* NULL for a decision of a meeting */
    const struct entry *start;
    Str owes; /* a party; empty when a decision names nobody of the case */
    bool own_only;
    bool started; /* false: its clock waits for a receipt */
    Instant start_at;
    bool has_due;
    struct duration limit;
    bool grave;        /* the limit of a grave incident */
    Instant limit_due; /* start and limit, before any roll or extension */
    Instant due;
    bool rolled; /* moved to a working day */
    int extensions;
    enum duty_state state;
    const struct entry *done; /* what fulfilled it, said so, or refused it */
    int reminders; /* 1 when half of the time has gone, 2 at four fifths; open duties only */
};

/* Every duty of the case at `now`, earliest due first, those without a due instant last. zones[i]
 * are the clocks of c->parties[i]. What is not own_only is equal on both posts once all is
 * delivered. */
MUST_USE Status duties_list(struct scope *s, const struct casefile *c, const struct zone *zones,
                            Instant now, struct duty **out, size_t *out_count);

/* Does somebody still owe it? */
bool duty_is_open(const struct duty *d);

/* Earliest due instant among the open duties with this id; false when there is none. */
bool duties_earliest(const struct duty *list, size_t count, Str id, Instant *out);

/* The arithmetic in words, one line a step: start, clock, limit, zone, change of clocks, roll, due,
 * state and what is left at `now`, what ends it, source. */
MUST_USE Status duty_explain(const struct phrases *words, const struct casefile *c,
                             const struct duty *d, const struct zone *zones, Instant now, Str *out);

/* What is owed, as the pack or the decision says it; English where the pack lacks the language. */
Str duty_title(struct scope *s, const struct pack *pack, const struct duty *d, Str language);

/* "2 days 3 hours", as the language has it. */
Str duty_span(const struct phrases *words, int64_t seconds);
