/* core/ledger/mandate.h - officers, their keys and their written powers, as one party's journal
 * tells. Decides who may sign as what at a place of the journal; never what the role may do. */
#pragma once
#include "base/instant.h"
#include "core/ledger/fact.h"

struct officer {
    Str id;
    Str name;
    Str post;
    PublicKey key;
    uint64_t index;
};

struct mandate {
    uint64_t index; /* of mandate.granted */
    Str officer;
    Str role;    /* "R1" .. "R15" */
    Str section; /* empty or "all": every section */
    Str acts_for;
    bool has_from, has_to, revoked;
    Instant from, to;
    /* when revoked: */
    uint64_t revoked_index;
    bool has_revoked_from;
    Instant revoked_from;
    bool compromised;
    uint64_t covered; /* entries below this size stood under a cosigned head before */
};

struct authority {
    Str party;
    Str origin;
    PublicKey root, post_key;
    struct officer *officers;
    size_t officer_count;
    struct mandate *mandates;
    size_t mandate_count;
};

/* From the facts post.opened, officer.enrolled, mandate.granted, mandate.revoked and key.rotated of
 * one journal, in any order (void ones left out). The root and post keys come from the pinned card.
 */
MUST_USE Status authority_build(struct scope *s, Str party, Str origin, const PublicKey *root,
                                const PublicKey *post_key, const struct fact *const *facts,
                                size_t count, struct authority *out);

/* NULL when the officer is not known. */
const struct officer *authority_officer(const struct authority *a, Str id);

/* Key that signs for `by` ("lv.post" is the post itself); NULL when unknown. */
const PublicKey *authority_key(const struct authority *a, Str by);

bool authority_is_post(const struct authority *a, Str by);

/* A mandate of `officer` for one of `roles` (bits as in casework/pack: R1 is bit 0) that is valid
 * for an entry at `index`, instant and section. ERR_ROLE when no mandate of the officer has such a
 * role at all; ERR_MANDATE when one has but none is valid here. A deputy (R2) counts only with
 * acts_for. */
MUST_USE Status authority_mandate(struct scope *s, const struct authority *a, Str officer,
                                  uint32_t roles, Str section, Instant at, uint64_t index,
                                  const struct mandate **out);

/* Is the entry void because its author's mandate was revoked as compromised and no head that the
 * counterpart cosigned before covers it? */
bool authority_voids(const struct authority *a, Str by, uint64_t index);

/* What the party's offline root key signs: "twinpost/root/1" 0x00 || SHA-256 of `kind LF` and
 * `name=value LF` for every field but root_note, in the order of the fact. */
Hash root_note_digest(Str kind, const struct name_value *fields, size_t count);
Str root_note_make(struct scope *s, const Hash *digest, const struct secret_key *root);
bool root_note_is_valid(Str note, const Hash *digest, const PublicKey *root);
bool root_note_holds(const struct fact *f, const PublicKey *root);
