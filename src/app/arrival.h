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

/* The alarm for a signature by no key that is known here; none when this post itself was set back
 * (`held`): it may have forgotten that a key gave way. */
MUST_USE Status signature_alarm(struct scope *s, struct arrival *a, bool held, Bytes evidence);

/* One more opening that the receipt will refuse, for this reason. */
void arrival_refuse(struct scope *s, struct arrival *a, uint64_t number, Status status);

/* Applies the next opening: proved to stand in their journal, judged, kept, and acted upon. A fact
 * that is refused by itself does not hold up the parcel. */
MUST_USE Status opening_take(struct scope *s, struct post *p, struct arrival *a,
                             const struct parcel_record *r);

/* Verifies the head and the leaves against all that is held, appends them and countersigns. */
MUST_USE Status head_take(struct scope *s, struct post *p, struct arrival *a);

/* Countersigns their newest head, when that had to wait. */
MUST_USE Status head_countersign(struct scope *s, struct post *p, struct neighbour *n);

/* Their countersignature of one of our heads. */
MUST_USE Status cosignature_take(struct scope *s, struct post *p, struct arrival *a,
                                 const struct parcel_record *r);

/* Runs of leaves of one type among the records, of a journal of which `held` leaves are here. */
struct runs {
    const struct parcel_record *records;
    size_t count;
    enum record_type type;
    int64_t journal;
    uint64_t held;
};

/* The runs begin within what is held, follow each other and end at `size`, where a signed head
 * does: a leaf that no head covers is not taken. ERR_STALE for a gap, ERR_SCHEMA. */
MUST_USE Status runs_check(struct scope *s, const struct runs *x, uint64_t size);

/* Does a leaf that is held already differ? */
MUST_USE Status runs_compare(struct scope *s, struct post *p, const struct runs *x,
                             bool *out_differs);

/* Root of the leaves that are held below the first run, followed by the runs. */
MUST_USE Status runs_root(struct scope *s, struct post *p, const struct runs *x, Hash *out);

/* After the checks: stores what is new; `held` moves. */
MUST_USE Status runs_append(struct scope *s, struct post *p, struct runs *x);

/* The own head that the neighbour's acknowledgement rests on (0: none): signed by this post, and
 * part of its journal as far as that reaches. ERR_SIGNATURE, ERR_FORK. */
MUST_USE Status own_head_check(struct scope *s, struct post *p, struct arrival *a,
                               uint64_t *out_size);

/* Takes back what a post that was set back lost: leaves, that head, own openings. After
 * own_head_check. */
MUST_USE Status return_take(struct scope *s, struct post *p, struct arrival *a);
