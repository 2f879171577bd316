/* core/casework/gate.h - the one gate: what may leave the post, field by field. Nothing else makes
 * a disclosure, and a parcel is assembled from disclosures only (design.md 1, idea 7). The preview
 * goes through here too. */
#pragma once
#include "core/casework/case.h"
#include "core/ledger/disclosure.h"

/* Who stands behind a release. Two signatures of one person count once. */
struct release {
    Roles approvals;   /* roles of the distinct officers who approved, the drafter's own word not
                          counted */
    const Str *fields; /* names, or "*" */
    size_t field_count;
    Str purpose, basis;
};

/* Opens the `open` fields of a fact whose kind crosses by itself, with another fact, or by its
 * notice; never anything else. `with` names the fact that carries it when the kind's own rule does
 * not let it cross: a notice for its incident. ERR_RELEASE when the kind never crosses so. `c` may
 * be NULL for facts without a case. */
MUST_USE Status gate_open(struct scope *s, const struct pack *p, const struct casefile *c,
                          const struct fact *f, bool by_notice, struct disclosure *out);

/* Opens what a release names and its approvals allow. ERR_PROTECTION when a block stands on the
 * fact's person, ERR_RELEASE with a sentence when an approval, purpose or basis is missing or a
 * field may never cross; ERR_NOT_FOUND for a field that is not in the fact. */
MUST_USE Status gate_release(struct scope *s, const struct pack *p, const struct casefile *c,
                             const struct fact *f, const struct release *r, struct disclosure *out);

/* Class of a stored field of a fact. Names that no table knows count as internal. */
enum field_class gate_class(const struct pack *p, const struct casefile *c, const struct fact *f,
                            Str name);
