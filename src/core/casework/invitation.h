/* core/casework/invitation.h - a meeting as an iCalendar file (RFC 5545) that any calendar can
 * take. Decides only the form; which meeting, and whether it stands, is given. */
#pragma once
#include "base/instant.h"

enum invitation_status { INVITATION_TENTATIVE, INVITATION_CONFIRMED, INVITATION_CANCELLED };

struct invitation {
    Str uid;       /* the same for every version of one meeting */
    Instant stamp; /* when this version was made */
    uint64_t sequence;
    enum invitation_status status;
    Instant from;
    bool has_to; /* without an end the event takes no time in calendars */
    Instant to;
    Str summary, place, description; /* plain text; lines of the description end with LF */
};

/* The file: CRLF lines of at most 75 octets that never cut a letter, times in UTC (RFC
 * 5545 3.1, 3.3.5, 3.3.11, 3.6.1). The same input gives the same bytes. ERR_SCHEMA for a uid that
 * is empty or no text, and an end before the start. */
MUST_USE Status invitation_write(struct scope *s, const struct invitation *i, Str *out);
