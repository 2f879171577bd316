/* core/ledger/card.h - the party card: what one state gives another in person, so that pins, not
 * certificate authorities, are the trust between them (docs/formats/card.md). */
#pragma once
#include "base/hash.h"
#include "base/signature.h"
#include "base/writer.h"

enum { CARD_BYTES_MAX = 4096, CARD_ADDRESSES_MAX = 8, PARTY_LEN_MAX = 16 };

struct card {
    Str party;  /* lower-case letters and digits, at most 16 */
    Str origin; /* of the journal */
    Str addresses[CARD_ADDRESSES_MAX];
    size_t address_count;
    PublicKey root;     /* offline: mandates of representatives, rotation */
    PublicKey journal;  /* signs checkpoints under the name `origin` */
    PublicKey cosigner; /* signs the counterpart's heads under the name `origin` "/cosigner" */
    PublicKey parcel;   /* signs parcels */
    PublicKey post;     /* the post as an officer, `party`.post */
    Str recipient;      /* age recipient that parcels are sealed to */
    Hash tls;           /* SHA-256 of the TLS key (SubjectPublicKeyInfo) */
};

/* The text of a card, signed by its root key. */
MUST_USE Status card_format(struct scope *s, const struct card *card, const struct secret_key *root,
                            Str *out);

/* Strict; ERR_SCHEMA, ERR_SIGNATURE when its own root key did not sign it. */
MUST_USE Status card_parse(struct scope *s, Str text, struct card *out);

/* The words that both screens show for two cards, in either order: 96 bits as six pronounceable
 * words. */
MUST_USE Status card_words(struct scope *s, Str card_a, Str card_b, Str *out);

/* "origin/cosigner": the note key name of a cosigner. */
Str card_cosigner_name(struct scope *s, Str origin);

/* May this be the id of a party? */
bool party_is_well_formed(Str party);
