/* tests/unit/app/refusal.h - what a parcel that is refused may not have moved, and what must still
 * work afterwards. Every function ends the test when it does not hold. */
#pragma once
#include "forge.h"

/* All that a refused parcel may not move. */
struct refusal_mark {
    uint8_t projections[32];
    uint64_t own_leaves, their_leaves, openings, applied, parcel_in;
    size_t alarms;
};

struct refusal_mark refusal_mark(struct pair *x, size_t post);
void refusal_unmoved(const struct refusal_mark *before, const struct refusal_mark *after);

/* Newest alarm of a post; empty when it has none. */
Str refusal_alarm(struct pair *x, size_t post);

/* The forged parcel is refused for this reason, with a sentence, and nothing has moved. */
void refusal_expect(struct pair *x, struct forged *f, const struct secret_key *key, Status reason);

/* lv has news for by: two letters in a case that both hold. */
struct pair *refusal_news(void **state, Str *number);

void refusal_equal_views(struct pair *x, Str number);

/* After all that was tried, the true parcels still arrive. */
void refusal_goes_on(struct pair *x, Str number);

/* After an exchange the newest receipt of by refuses for this reason; "" when all was taken. */
void refusal_receipt(struct pair *x, Str number, const char *word);
