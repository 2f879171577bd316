/* app/register.h - the register of correspondence (DOC19): what went to the other side and what
 * came, in the order in which it entered this register. A reading of facts; nothing is kept
 * besides. */
#pragma once
#include "app/fact.h"

struct letter_row {
    Str number; /* "12/2026": running within the year by the own clock; stands once the letter is in
                 */
    bool out, paper;
    Str kind, ref, case_number, party; /* who wrote it */
    Str subject;
    bool has_sent, has_received, has_due, answered;
    Instant sent, received; /* by the clock of the side that did it */
    Instant due;            /* of the answer, by the duty or by the letter's own word */
    Str duty;               /* "D05", or empty */
    Str reference;          /* the receiver's */
    Str delivered;          /* way and receiver of an attested delivery */
    Str written_on, scan;   /* of a paper letter */
};

/* Every letter, notice, request, proposal and answer of the year, or of all years when it is 0. */
MUST_USE Status register_letters(struct scope *s, struct post *p, int32_t year,
                                 struct letter_row **out, size_t *out_count);

/* Enters a letter that came on paper: `request` holds the fields of letter.received, among them a
 * reference or a subject (ERR_SCHEMA otherwise). With `scan`, a file's path, the file is first
 * collected as evidence of the case (ERR_USAGE without a case). The entry never crosses. */
MUST_USE Status register_receive(struct scope *s, struct post *p, const struct session *session,
                                 const struct fact_request *request, const char *scan,
                                 struct fact_result *out);
