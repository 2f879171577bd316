/* core/ledger/mandate.h - officers, their keys and their written powers, and the keys of the post,
 * as one party's journal and its pinned card tell. Decides who may sign as what at a place of the
 * journal; never what the role may do. */
#pragma once
#include "base/instant.h"
#include "core/ledger/card.h"
#include "core/ledger/fact.h"

struct officer {
    Str id;
    Str name;
    Str post;
    PublicKey key; /* as enrolled */
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
    uint64_t revoked_index, revoked_opening; /* the opening is 0 when it is not known */
    bool has_revoked_from;
    Instant revoked_from;
    bool compromised;
    uint64_t covered; /* entries below this size stood under a cosigned head before */
};

/* A key that gave way: from the entry after `index` on `key` stands for `role`, which is post,
 * journal, cosigner, parcel, recipient, tls or the id of an officer. */
struct key_turn {
    uint64_t index;
    Str role;
    Str key; /* as text */
};

struct root_note {
    Str note;
    uint64_t index; /* where it stood first */
};

struct authority {
    Str party;
    struct card card;   /* as pinned */
    struct card opened; /* of post.opened, when it is known: the keys before any gave way */
    struct officer *officers;
    size_t officer_count;
    struct mandate *mandates;
    size_t mandate_count;
    struct key_turn *turns; /* by index */
    size_t turn_count;
    struct root_note *notes;
    size_t note_count;
};

/* A fact of authority, and the opening number it first came with (0: own, or not known). What the
 * counterpart refused of the own side still holds here, but voids nothing that both have. */
struct authority_fact {
    const struct fact *fact;
    uint64_t opening;
    bool refused;
};

/* From the facts post.opened, officer.enrolled, mandate.granted, mandate.revoked and key.rotated of
 * one journal, in any order (void ones left out), and the pinned card. Texts point into the facts.
 */
MUST_USE Status authority_build(struct scope *s, const struct card *card,
                                const struct authority_fact *facts, size_t count,
                                struct authority *out);

/* NULL when the officer is not known. */
const struct officer *authority_officer(const struct authority *a, Str id);

bool authority_is_post(const struct authority *a, Str by);

/* Is the fact signed by whom its `by` names, with the key that stood for that at its place? */
bool authority_signs(const struct authority *a, const struct fact *f);

/* Is the key on the pinned card one that no rotation led to? Then the card was handed over anew,
 * after a key was lost before it could give way, and that key counts beside the others. */
bool authority_is_renewed(const struct authority *a, const char *role, const PublicKey *first,
                          const PublicKey *carded);

/* The key with which an officer signs an entry at `index`; false when the officer is not known. */
bool authority_officer_key(const struct authority *a, Str officer, uint64_t index, PublicKey *out);

/* The journal key for a head of that size. */
PublicKey authority_journal_key(const struct authority *a, uint64_t size);

/* Keys of a role (journal, cosigner, parcel, recipient, tls), the first one and each that took its
 * place, as text. */
MUST_USE Status authority_keys(struct scope *s, const struct authority *a, const char *role,
                               Str **out, size_t *out_count);

/* Where an entry stands: index in the journal, and the opening it came with (0: own, or not known).
 */
struct place {
    uint64_t index, opening;
};
/* The roles that the officer's mandates give at this instant in any section, a deputy's also while
 * nobody is acted for: what the officer may see, not what the officer may do. */
uint32_t authority_roles(const struct authority *a, Str officer, Instant at, struct place place);

/* A mandate of `officer` for one of `roles` (bits as in casework/pack: R1 is bit 0) that is valid
 * for an entry at a place, instant and section. ERR_ROLE when no mandate of the officer has such a
 * role at all; ERR_MANDATE when one has but none is valid here. A deputy (R2) counts only with
 * acts_for. */
MUST_USE Status authority_mandate(struct scope *s, const struct authority *a, Str officer,
                                  uint32_t roles, Str section, Instant at, struct place place,
                                  const struct mandate **out);

/* Is the entry void because its author's mandate was revoked as compromised and no head that the
 * counterpart cosigned before covers it? */
bool authority_voids(const struct authority *a, Str by, uint64_t index);

/* Was any mandate ever revoked as compromised? */
bool authority_has_voided(const struct authority *a);

/* What the party's offline root key signs: "twinpost/root/1" 0x00 || SHA-256 of `kind LF`,
 * `at=instant LF` and `name=value LF` for every field but root_note and the officer's name, in the
 * order of the fact. */
Hash root_note_digest(Str kind, Str at, const struct name_value *fields, size_t count);
Str root_note_make(struct scope *s, const Hash *digest, const struct secret_key *root);
bool root_note_is_valid(Str note, const Hash *digest, const PublicKey *root);

/* Does the fact carry the root's note, for itself and for the first time in its journal? */
bool authority_root_holds(const struct authority *a, const struct fact *f);
