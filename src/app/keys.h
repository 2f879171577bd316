/* app/keys.h - the keys of a post while they give way to others: which one signs what, and for
 * whom. For app/ only, with the post locked. */
#pragma once
#include "app/inside.h"

/* Reads the key files that the own rotations name; again when another process has rotated. One that
 * is missing is refused only when it has to sign. */
MUST_USE Status keys_load(struct scope *s, struct post *p);

/* Does the folder lack the newest key of a ring? */
bool keys_missing(const struct post *p);

/* The newest key of a ring. ERR_DISK when it is missing; so the next. */
MUST_USE Status key_newest(struct scope *s, const struct key_ring *ring,
                           const struct secret_key **out);

/* The newest key of a ring of which the neighbour has acknowledged the rotation. */
MUST_USE Status key_for(struct scope *s, struct post *p, const struct key_ring *ring,
                        const struct neighbour *n, const struct secret_key **out);

/* Our countersignature under a head of theirs, by a key of which they know: the one that stands
 * there, or, when that is by a newer key, another beside it. No line when there is none at all. */
MUST_USE Status cosignature_for(struct scope *s, struct post *p, const struct neighbour *n,
                                Str *note, Str *out_line);

/* The signature lines that a head of the own journal needs: of the key that stands for its size,
 * and of those before while a neighbour does not know that they gave way. */
MUST_USE Status head_sign_all(struct scope *s, struct post *p, Str text, uint64_t size,
                              Str *out_note);

/* A head as the neighbour is to get it: one that was put back may know only keys that had given way
 * when the head was signed. */
MUST_USE Status head_for(struct scope *s, struct post *p, const struct neighbour *n, Str *note);

/* What a neighbour's rotations have made of the keys on its card. */
struct peer_keys {
    PublicKey parcel, parcel_before;
    Str recipient;
    Hash tls, tls_before;
    uint64_t parcel_in; /* number of the newest parcel that was read */
};
MUST_USE Status peer_keys_read(struct scope *s, struct post *p, struct neighbour *n,
                               struct peer_keys *out);

/* Which own TLS key is shown (1: the first): the newest that every neighbour knows of. */
MUST_USE Status tls_number(struct scope *s, struct post *p, size_t *out);
