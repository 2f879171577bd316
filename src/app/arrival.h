/* app/arrival.h - one parcel on its way into the post. For app/arrival*.c and app/returns.c only.
 */
#pragma once
#include "app/exchange.h"
#include "app/statement.h"
#include "core/ledger/parcel.h"

enum { REFUSED_MAX = 256 };

struct arrival {
    struct neighbour *n;
    const struct parcel_record *records;
    size_t count;
    Bytes plain;
    struct exchange_result *result;
    uint64_t held; /* leaves of their journal, as they will stand */
    uint64_t opening_first;
    bool took_more_than_receipts;
    Str refused_numbers[REFUSED_MAX], refused_reasons[REFUSED_MAX];
    size_t refused_count;
    struct alarm_row alarm; /* kept although the parcel is refused; `what` empty: none */
};

/* Notes evidence that outlives the refused parcel; hands `status` on. The sentence is the scope's.
 */
MUST_USE Status arrival_alarm(struct scope *s, struct arrival *a, Status status, const char *what,
                              Bytes evidence);

/* Verifies the head and the leaves against all that is held, appends them and countersigns. */
MUST_USE Status head_take(struct scope *s, struct post *p, struct arrival *a);

/* Their countersignature of one of our heads. */
MUST_USE Status cosignature_take(struct scope *s, struct post *p, struct arrival *a,
                                 const struct parcel_record *r);

/* Takes back what a restored post lost; signs again when its longest head is whole. */
MUST_USE Status return_take(struct scope *s, struct post *p, struct neighbour *n,
                            const struct parcel_record *records, size_t count);
