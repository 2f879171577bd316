#include "core/ledger/note.h"
#include "base/hash.h"
#include "base/reader.h"
#include "base/writer.h"
#include <stdio.h>

#define DASH "\xE2\x80\x94 " /* em dash and a space open every signature line */

enum { ID_BYTES = 4, ID_HEX = 8 };

/* The code points that Unicode calls White_Space beyond ASCII, in UTF-8. */
static const char *const unicode_spaces[] = {
    "\xC2\x85",     "\xC2\xA0",     "\xE1\x9A\x80", "\xE2\x80\x80", "\xE2\x80\x81",
    "\xE2\x80\x82", "\xE2\x80\x83", "\xE2\x80\x84", "\xE2\x80\x85", "\xE2\x80\x86",
    "\xE2\x80\x87", "\xE2\x80\x88", "\xE2\x80\x89", "\xE2\x80\x8A", "\xE2\x80\xA8",
    "\xE2\x80\xA9", "\xE2\x80\xAF", "\xE2\x81\x9F", "\xE3\x80\x80"};

bool key_name_is_valid(Str name)
{
    if (name.len == 0 || name.len > KEY_NAME_BYTES_MAX || !str_is_text(name)) return false;
    for (size_t i = 0; i < name.len; i++)
        if ((unsigned char)name.ptr[i] <= ' ' || name.ptr[i] == '+') return false;
    for (size_t i = 0; i < COUNT_OF(unicode_spaces); i++)
        if (memmem(name.ptr, name.len, unicode_spaces[i], strlen(unicode_spaces[i]))) return false;
    return true;
}

uint32_t note_key_id(Str name, enum note_key_type type, const PublicKey *key)
{
    uint8_t head[2] = {'\n', (uint8_t)type};
    struct hasher h;
    hash_start(&h);
    hash_add(&h, name.ptr, name.len);
    hash_add(&h, head, sizeof head);
    hash_add(&h, key->bytes, KEY_BYTES);
    Hash hash = hash_finish(&h);
    return (uint32_t)hash.bytes[0] << 24 | (uint32_t)hash.bytes[1] << 16 |
           (uint32_t)hash.bytes[2] << 8 | hash.bytes[3];
}

const struct note_signature *note_find(const struct note *n, Str name, uint32_t key_id)
{
    for (size_t i = 0; i < n->signature_count; i++)
        if (n->signatures[i].key_id == key_id && str_eq(n->signatures[i].name, name))
            return &n->signatures[i];
    return NULL;
}

/* One signature line without its LF. */
static Status line_parse(struct scope *s, Str line, struct note_signature *out)
{
    if (!str_has_prefix(line, DASH))
        return fail(s, ERR_SCHEMA, "note: a signature line does not begin with a dash");
    Str rest = {line.ptr + strlen(DASH), line.len - strlen(DASH)};
    Str name = str_cut(&rest, ' ');
    if (!key_name_is_valid(name)) return fail(s, ERR_SCHEMA, "note: a key name is not one");
    Bytes bytes;
    TRY(base64_decode(s, rest, ID_BYTES + NOTE_SIGNATURE_BYTES_MAX, &bytes));
    if (bytes.len <= ID_BYTES) return fail(s, ERR_SCHEMA, "note: a signature is empty");
    struct reader r = reader_open(s, bytes, "note signature");
    out->name = name;
    out->key_id = read_u32(&r);
    out->bytes = read_bytes(&r, reader_left(&r));
    return reader_close(&r);
}

/* Where the last empty line begins, which parts text and signatures; 0 when there is none. */
static size_t separator(Str note)
{
    for (size_t i = note.len; i-- > 1;)
        if (note.ptr[i] == '\n' && note.ptr[i - 1] == '\n') return i;
    return 0;
}

Status note_parse(struct scope *s, Str note, struct note *out)
{
    if (note.len > NOTE_BYTES_MAX)
        return fail(s, ERR_LIMIT, "note: more than %d bytes", NOTE_BYTES_MAX);
    if (!str_is_text(note) || (note.len && memchr(note.ptr, '\t', note.len)))
        return fail(s, ERR_SCHEMA, "note: not UTF-8 text, or with control characters");
    size_t at = separator(note);
    if (at == 0 || note.ptr[note.len - 1] != '\n' || at + 1 == note.len)
        return fail(s, ERR_SCHEMA, "note: no signature lines after an empty line");
    Str rest = {note.ptr + at + 1, note.len - at - 1};
    size_t lines = 0;
    for (size_t i = 0; i < rest.len; i++)
        lines += rest.ptr[i] == '\n';
    if (lines > NOTE_SIGNATURES_MAX)
        return fail(s, ERR_LIMIT, "note: more than %d signatures", NOTE_SIGNATURES_MAX);
    struct note n = {.text = {note.ptr, at}};
    n.signatures = scope_array(s, lines, sizeof *n.signatures);
    if (n.signatures == NULL) return ERR_MEMORY;
    for (size_t i = 0; i < lines; i++) {
        struct note_signature one;
        TRY(line_parse(s, str_cut(&rest, '\n'), &one));
        if (note_find(&n, one.name, one.key_id))
            return fail(s, ERR_SCHEMA, "note: two signatures by the key %.*s", STR_ARG(one.name));
        n.signatures[n.signature_count++] = one;
    }
    *out = n;
    return OK;
}

Status note_line(struct scope *s, Str name, uint32_t key_id, Bytes signature, Str *out)
{
    if (!key_name_is_valid(name)) return fail(s, ERR_USAGE, "this cannot be the name of a key");
    struct writer blob = writer_open(s, ID_BYTES + NOTE_SIGNATURE_BYTES_MAX);
    write_u32(&blob, key_id);
    write_bytes(&blob, signature.ptr, signature.len);
    Bytes bytes;
    TRY(writer_close(&blob, &bytes));
    struct writer w = writer_open(s, NOTE_BYTES_MAX);
    write_str(&w, STR(DASH));
    write_str(&w, name);
    write_u8(&w, ' ');
    write_base64(&w, bytes);
    write_u8(&w, '\n');
    return writer_close_str(&w, out);
}

Status note_sign(struct scope *s, Str text, Str name, const struct secret_key *key, Str *out)
{
    if (!str_has_suffix(text, "\n"))
        return fail(s, ERR_USAGE, "a text to be signed must end its last line");
    Signature signature = sign(key, str_bytes(text));
    Str line;
    TRY(note_line(s, name, note_key_id(name, NOTE_ED25519, &key->public),
                  bytes_of(signature.bytes, SIGNATURE_BYTES), &line));
    struct writer w = writer_open(s, NOTE_BYTES_MAX);
    write_str(&w, text);
    write_u8(&w, '\n');
    write_str(&w, line);
    return writer_close_str(&w, out);
}

Status note_check(struct scope *s, const struct note *n, Str name, const PublicKey *key)
{
    const struct note_signature *found = note_find(n, name, note_key_id(name, NOTE_ED25519, key));
    if (found == NULL)
        return fail(s, ERR_SIGNATURE, "not signed by the known key of %.*s", STR_ARG(name));
    Signature signature;
    if (found->bytes.len != SIGNATURE_BYTES)
        return fail(s, ERR_SIGNATURE, "the signature of %.*s has a wrong length", STR_ARG(name));
    memcpy(signature.bytes, found->bytes.ptr, SIGNATURE_BYTES);
    if (!signature_is_valid(&signature, str_bytes(n->text), key))
        return fail(s, ERR_SIGNATURE, "the signature of %.*s is false", STR_ARG(name));
    return OK;
}

Status note_add_line(struct scope *s, Str note, Str line, Str *out)
{
    struct note n;
    struct note_signature added;
    TRY(note_parse(s, note, &n));
    if (!str_has_suffix(line, "\n"))
        return fail(s, ERR_SCHEMA, "note: a signature line without an end");
    TRY(line_parse(s, (Str){line.ptr, line.len - 1}, &added));
    struct writer w = writer_open(s, NOTE_BYTES_MAX);
    write_bytes(&w, n.text.ptr, n.text.len + 1); /* with the empty line */
    Str rest = {note.ptr + n.text.len + 1, note.len - n.text.len - 1};
    for (size_t i = 0; i < n.signature_count; i++) {
        Str one = str_cut(&rest, '\n');
        if (n.signatures[i].key_id == added.key_id && str_eq(n.signatures[i].name, added.name))
            continue;
        write_str(&w, one);
        write_u8(&w, '\n');
    }
    write_str(&w, line);
    Str joined;
    TRY(writer_close_str(&w, &joined));
    TRY(note_parse(s, joined, &n)); /* what is handed out can be read again */
    *out = joined;
    return OK;
}

Status vkey_format(struct scope *s, Str name, enum note_key_type type, const PublicKey *key,
                   Str *out)
{
    if (name.ptr == NULL) return ERR_MEMORY; /* it could not be made */
    if (!key_name_is_valid(name)) return fail(s, ERR_USAGE, "this cannot be the name of a key");
    uint8_t typed[1 + KEY_BYTES] = {(uint8_t)type};
    memcpy(typed + 1, key->bytes, KEY_BYTES);
    struct writer w = writer_open(s, KEY_NAME_BYTES_MAX + 64);
    write_str(&w, name);
    write_print(&w, "+%08x+", (unsigned)note_key_id(name, type, key));
    write_base64(&w, bytes_of(typed, sizeof typed));
    return writer_close_str(&w, out);
}

Status vkey_parse(struct scope *s, Str text, struct vkey *out)
{
    /* The name is what stands before the first plus: it cannot hold one. */
    Str rest = text;
    struct vkey v = {.name = str_cut(&rest, '+')};
    Str id = str_cut(&rest, '+');
    uint8_t typed[1 + KEY_BYTES], id_bytes[ID_BYTES];
    if (!key_name_is_valid(v.name) || !hex_parse(id, id_bytes, ID_BYTES) ||
        !base64_parse(rest, typed, sizeof typed))
        return fail(s, ERR_SCHEMA, "verifier key: not of the form name+id+key");
    if (typed[0] != NOTE_ED25519 && typed[0] != NOTE_COSIGNATURE)
        return fail(s, ERR_SCHEMA, "verifier key %.*s: type %d is not known here", STR_ARG(v.name),
                    typed[0]);
    v.type = (enum note_key_type)typed[0];
    memcpy(v.key.bytes, typed + 1, KEY_BYTES);
    v.id = note_key_id(v.name, v.type, &v.key);
    char expected[ID_HEX + 1];
    snprintf(expected, sizeof expected, "%08x", (unsigned)v.id);
    if (!str_is(id, expected))
        return fail(s, ERR_SCHEMA, "verifier key %.*s: its id should be %s", STR_ARG(v.name),
                    expected);
    *out = v;
    return OK;
}
