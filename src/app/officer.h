/* app/officer.h - enrolling officers, granting and keeping keys. */
#pragma once
#include "app/post.h"

struct enrolment {
    Str officer, name, post;
    Str role, section, acts_for; /* role empty: enrol without a mandate */
    Str from, to;                /* RFC 3339 or empty */
    Str password;
    Str root_file; /* empty: DIR/root.key */
};

/* Enrols an officer and grants a mandate by the post itself under the offline root key: the set-up
 * of a post, and play. Later enrolments are facts by R1 or R14. */
MUST_USE Status post_enrol(struct scope *s, struct post *p, const struct enrolment *e);

/* The same inside a transaction that is open already (app/inside.h). */
MUST_USE Status enrol_inside(struct scope *s, struct post *p, const struct enrolment *e,
                             const struct secret_key *root);

/* Makes the officer's key, seals it under the password and keeps it; gives the public half in
 * base64. */
MUST_USE Status officer_key_make(struct scope *s, struct post *p, Str officer, Str password,
                                 Str *out_public);

/* A key that gives way to a new one, by the word of the offline root key. */
struct rotation {
    Str role;      /* journal, cosigner, parcel, post, recipient, tls, or the id of an officer */
    Str root_file; /* empty: DIR/root.key */
    Str password;  /* of the officer, to seal the new key under */
};

/* Makes the key, keeps it, states key.rotated and gives the post's card the new key. Each neighbour
 * goes on with the old one until it has acknowledged. ERR_NOT_FOUND for a role that is none. */
MUST_USE Status post_rotate(struct scope *s, struct post *p, const struct rotation *r);

/* The offline root key from its file. ERR_NOT_FOUND with a sentence that says what to do. */
MUST_USE Status root_key_read(struct scope *s, const struct post *p, Str root_file,
                              struct secret_key *out);
