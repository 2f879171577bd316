/* core/ledger/disclosure.h - the record in which fields of a fact leave the post.
 * Only casework/gate.c may call disclosure_make; tools/tidy.py and the symbols of the built objects
 * prove it. */
#pragma once
#include "core/ledger/fact.h"

/* Made by the gate, stored as an opening, carried in a parcel. */
struct disclosure {
    uint64_t index;
    Bytes record;
    bool whole;
};

/* Opens the fields for which `open[i]` is set (the common five always). The fact must be known
 * wholly or with salts for all that is opened. A fact all of whose fields are opened crosses whole.
 */
MUST_USE Status disclosure_make(struct scope *s, const struct fact *f, const bool *open,
                                struct disclosure *out);
