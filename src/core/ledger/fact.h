/* core/ledger/fact.h - a signed fact: its fields, their salted digests, its body, its commitment,
 * and the record in which it is kept and crosses (design.md 3, docs/formats/fact.md).
 * Decides whether bytes are a fact; never who may state it or what it means. */
#pragma once
#include "base/hash.h"
#include "base/reader.h"
#include "base/signature.h"
#include "base/writer.h"

enum {
    FACT_COMMON_FIELDS = 5, /* kind, case, by, at, seen: open in every disclosure */
    FACT_FIELDS_MAX = 600,
    NAME_BYTES_MAX = 64,
    VALUE_BYTES_MAX = 32 * 1024,
    FACT_BYTES_MAX = 256 * 1024,
    LEAF_BYTES = 34
};

struct fact_field {
    Str name; /* unknown (NULL) while the field is not open */
    Str value;
    Hash salt;   /* known when open */
    Hash digest; /* always known */
    bool open;
};

struct fact {
    Str origin; /* of the journal it stands in */
    uint64_t index;
    Signature signature;
    Hash blind;
    bool whole;  /* `secret` is known, so every field is open */
    Hash secret; /* entry_secret */
    size_t field_count;
    struct fact_field *fields;
    Hash body;
};

struct name_value {
    Str name;
    Str value;
};

/* A whole fact from its fields in order, with every digest and the body computed; unsigned, without
 * an index. The first five names must be the common ones. `secret` is 32 random bytes. ERR_SCHEMA
 * for a wrong name, a name twice or a value that is no text; ERR_LIMIT for too much of anything. */
MUST_USE Status fact_make(struct scope *s, Str origin, const struct name_value *fields,
                          size_t count, const Hash *secret, struct fact *out);

/* Signs the body: Ed25519 over "twinpost/fact/1" 0x00 || body. */
void fact_sign(struct fact *f, const struct secret_key *key);

bool fact_is_signed_by(const struct fact *f, const PublicKey *key);

/* The commitment that stands in the journal at f->index. */
Hash fact_commitment(const struct fact *f);

/* The public leaf: 0x01 0x00 || commitment. */
void leaf_of(const Hash *commitment, uint8_t out[static LEAF_BYTES]);

/* Hash of that leaf in the RFC 6962 tree. */
Hash leaf_hash_of(const Hash *commitment);

/* A leaf that covers nothing: HMAC-SHA-256(cover key, "cover" || u64 index). */
Hash cover_commitment(const Hash *cover_key, uint64_t index);

/* The value of an open field; {NULL, 0} when absent, hidden or erased. An open empty value has a
 * pointer. */
Str fact_get(const struct fact *f, const char *name);
Str fact_get_str(const struct fact *f, Str name);

/* Is there an open field of this name with a value that is not empty? */
bool fact_has(const struct fact *f, const char *name);

/* Is any field open beyond the five common ones, or is there none? */
bool fact_shows(const struct fact *f);

/* Items of a list field `name.1`, `name.2` ... that are open and not empty, in order. */
MUST_USE Status fact_list(struct scope *s, const struct fact *f, const char *name, Str **out,
                          size_t *out_count);

/* Reads a record (whole or part), computing every digest and the body. Everything but the names and
 * open values is checked for form only: call fact_is_signed_by and compare the commitment. */
MUST_USE Status fact_read(struct scope *s, Str origin, Bytes record, struct fact *out);

/* The record of a fact as it is known here: form 1 (whole) or form 2 (part). */
MUST_USE Status fact_record(struct scope *s, const struct fact *f, Bytes *out);

/* Adds to `into` what `from` opens more; both must be the same fact (same body and signature:
 * ERR_PROOF otherwise). Arrays of `into` may point into `from` afterwards. */
MUST_USE Status fact_merge(struct scope *s, struct fact *into, const struct fact *from);

/* Forgets the secret and the salts and values of the fields for which `erase[i]` is set; index,
 * blind, digests, signature and the other salts and values stay (design.md 3, Erasure). */
void fact_erase(struct fact *f, const bool *erase);

/* `seen`: what the author had of the counterpart: size and root of its checkpoint and the highest
 * opening applied. Text form "size base64root opening"; size 0 has the empty tree's root. */
struct seen {
    uint64_t size;
    Hash root;
    uint64_t opening;
};

bool seen_parse(Str text, struct seen *out);
Str seen_format(struct scope *s, const struct seen *seen);

/* A reference "party:index" or "party:index.field"; false when it is neither. */
struct fact_ref {
    Str party;
    uint64_t index;
    Str field; /* empty when the whole fact is meant */
};

bool fact_ref_parse(Str text, struct fact_ref *out);

/* "party:index"; {NULL, 0} without memory. */
Str fact_ref_format(struct scope *s, Str party, uint64_t index);
