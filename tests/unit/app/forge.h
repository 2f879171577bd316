/* tests/unit/app/forge.h - a post that cheats: its next parcel taken apart, changed and signed
 * again, and facts stated without a single check. For tests of what the other side makes of them.
 */
#pragma once
#include "app/exchange.h"
#include "app/statement.h"
#include "core/ledger/parcel.h"
#include "pair.h"

enum { FORGED_RECORDS_MAX = 400, FORGED_FIELDS_MAX = 40 };

struct forged_record {
    uint8_t type;
    Bytes payload;
};

struct forged {
    struct pair *x;
    struct post *from, *to;
    struct forged_record records[FORGED_RECORDS_MAX]; /* the end record is made anew */
    size_t count;
};

/* The next parcel of a post, written and taken apart. */
struct forged *forged_open(struct pair *x, size_t from);

/* Place of the nth (from 0) record of a type; the count of records when there is none. */
size_t forged_find(const struct forged *f, enum record_type type, size_t nth);

void forged_remove(struct forged *f, size_t at);
void forged_insert(struct forged *f, size_t at, enum record_type type, Bytes payload);

/* A copy of the payload that may be changed in place. */
uint8_t *forged_payload(struct forged *f, size_t at);

/* The bytes in front of the seal: with the sender's key, or another. */
Bytes forged_plain(struct forged *f, const struct secret_key *key);

/* Seals for the other post and has it read. */
Status forged_send(struct forged *f, const struct secret_key *key, struct exchange_result *out);
Status forged_send_plain(struct forged *f, Bytes plain, struct exchange_result *out);

/* A fact as the sender's changed program states it: fields in this order ("name=value"), signed
 * with `key` in the name of `by`, appended and opened. Ends the test when the database refuses it.
 */
uint64_t forged_state(struct pair *x, size_t from, const struct secret_key *key, const char *kind,
                      Str number, const char *by, ...);

/* The record of the fact at `index` once more, at the end of the journal, as an opening of its own.
 */
uint64_t forged_repeat(struct pair *x, size_t from, uint64_t index);
