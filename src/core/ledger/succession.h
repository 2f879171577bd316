/* core/ledger/succession.h - signatures under heads while keys give way to others
 * (docs/formats/mandate.md). Decides whether a head or a countersignature is a party's; never
 * whether the head is true. */
#pragma once
#include "core/ledger/checkpoint.h"
#include "core/ledger/mandate.h"

/* ERR_SIGNATURE unless the head is signed by the journal key that stands for its size, or by that
 * of a card that was handed over anew. */
MUST_USE Status head_is_signed(struct scope *s, const struct authority *a,
                               const struct checkpoint *cp);

/* ERR_SIGNATURE unless the head carries the countersignature of this party, by any of its cosigner
 * keys: what one that gave way countersigned stays so. `out_key` may be NULL. */
MUST_USE Status head_is_cosigned(struct scope *s, const struct authority *cosigner,
                                 const struct checkpoint *cp, Instant *out_time,
                                 PublicKey *out_key);

/* The note with a countersignature line of this party that came from elsewhere: good, and nothing
 * but that line. */
MUST_USE Status head_add_cosignature(struct scope *s, const struct authority *cosigner, Str note,
                                     Str line, Str *out_note);

/* Verifier keys of a head, a line each: of the journal, then of the cosigner (NULL: none). */
MUST_USE Status head_vkeys(struct scope *s, const struct authority *a, const struct checkpoint *cp,
                           const struct authority *cosigner, Str *out_log, Str *out_cosigner);
