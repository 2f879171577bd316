/* core/ledger/note.h - C2SP signed-note v1: a text with signature lines under it, and verifier key
 * strings. Decides whether bytes are a note and who claims to have signed; what the text says is
 * for others (checkpoint.h). docs/formats/checkpoint.md has every byte. */
#pragma once
#include "base/scope.h"
#include "base/signature.h"

enum {
    NOTE_BYTES_MAX = 64 * 1024,
    NOTE_SIGNATURES_MAX = 64,
    NOTE_SIGNATURE_BYTES_MAX = 4096,
    KEY_NAME_BYTES_MAX = 200
};

/* The signature types we make and check; any other is kept and ignored. */
enum note_key_type { NOTE_ED25519 = 0x01, NOTE_COSIGNATURE = 0x04 };

struct note_signature {
    Str name;
    uint32_t key_id;
    Bytes bytes; /* after the key id */
};

struct note {
    Str text; /* with its final LF; this is what is signed */
    size_t signature_count;
    struct note_signature *signatures;
};

/* A key name: UTF-8 without '+', white space and control characters. */
bool key_name_is_valid(Str name);

/* First four bytes of SHA-256(name || LF || type || key), big-endian. */
uint32_t note_key_id(Str name, enum note_key_type type, const PublicKey *key);

/* Strict: final LF, canonical base64, no CR, no control character, one line a key. ERR_SCHEMA or
 * ERR_LIMIT; the parts point into `note`, decoded signatures live in the scope. */
MUST_USE Status note_parse(struct scope *s, Str note, struct note *out);

/* The line of this name and key id; NULL when there is none. */
const struct note_signature *note_find(const struct note *n, Str name, uint32_t key_id);

/* A signature line with its LF. ERR_USAGE when the name is not one. */
MUST_USE Status note_line(struct scope *s, Str name, uint32_t key_id, Bytes signature, Str *out);

/* Text with an Ed25519 signature under it. The text must end in LF (ERR_USAGE). */
MUST_USE Status note_sign(struct scope *s, Str text, Str name, const struct secret_key *key,
                          Str *out);

/* ERR_SIGNATURE unless the note carries a good Ed25519 signature of this name and key. */
MUST_USE Status note_check(struct scope *s, const struct note *n, Str name, const PublicKey *key);

/* The note with one more signature line, which replaces a line of the same key. */
MUST_USE Status note_add_line(struct scope *s, Str note, Str line, Str *out);

/* Who may sign: the parts of a "vkey" line, name+id+base64(type || key). */
struct vkey {
    Str name;
    enum note_key_type type;
    PublicKey key;
    uint32_t id;
};

MUST_USE Status vkey_format(struct scope *s, Str name, enum note_key_type type,
                            const PublicKey *key, Str *out); /* ERR_USAGE: no name */

/* ERR_SCHEMA for anything but Ed25519 and cosignature keys in their exact form. */
MUST_USE Status vkey_parse(struct scope *s, Str text, struct vkey *out);
