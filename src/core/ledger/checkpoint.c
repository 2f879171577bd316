#include "core/ledger/checkpoint.h"
#include "base/reader.h"
#include "base/writer.h"
#include <inttypes.h>

/* The last second of the year 2199, the last that base/instant writes. */
static const uint64_t SECONDS_MAX = 7258118399;

enum { TIME_BYTES = 8, TEXT_BYTES_MAX = NOTE_BYTES_MAX / 2 };

Status checkpoint_text(struct scope *s, Str origin, uint64_t size, const Hash *root, Str *out)
{
    if (!key_name_is_valid(origin) || size > TREE_SIZE_MAX)
        return fail(s, ERR_USAGE, "this is no origin or no size of a journal");
    struct writer w = writer_open(s, TEXT_BYTES_MAX);
    write_str(&w, origin);
    write_print(&w, "\n%" PRIu64 "\n", size);
    write_base64(&w, hash_bytes(root));
    write_u8(&w, '\n');
    return writer_close_str(&w, out);
}

Status checkpoint_parse(struct scope *s, Str note, struct checkpoint *out)
{
    struct checkpoint cp;
    TRY(note_parse(s, note, &cp.note));
    Str text = cp.note.text;
    cp.origin = str_cut(&text, '\n');
    Str size = str_cut(&text, '\n'), root = str_cut(&text, '\n');
    if (!key_name_is_valid(cp.origin))
        return fail(s, ERR_SCHEMA, "checkpoint: the first line is no origin");
    if (!str_u64(size, &cp.size) || cp.size > TREE_SIZE_MAX)
        return fail(s, ERR_SCHEMA, "checkpoint: the second line is no tree size");
    if (text.ptr == NULL || !base64_parse(root, cp.root.bytes, HASH_BYTES))
        return fail(s, ERR_SCHEMA, "checkpoint: the third line is no root hash");
    while (text.len)
        if (str_cut(&text, '\n').len == 0)
            return fail(s, ERR_SCHEMA, "checkpoint: an extension line is empty");
    *out = cp;
    return OK;
}

Status checkpoint_sign(struct scope *s, Str text, Str name, const struct secret_key *key,
                       Str *out_note)
{
    return note_sign(s, text, name, key, out_note);
}

Status checkpoint_check(struct scope *s, const struct checkpoint *cp, Str origin,
                        const PublicKey *key)
{
    if (!str_eq(cp->origin, origin))
        return fail(s, ERR_SIGNATURE, "this is a head of %.*s, not of %.*s", STR_ARG(cp->origin),
                    STR_ARG(origin));
    return note_check(s, &cp->note, origin, key);
}

static Status cosigned_message(struct scope *s, uint64_t time_s, Str text, Bytes *out)
{
    struct writer w = writer_open(s, NOTE_BYTES_MAX + 64);
    write_print(&w, "cosignature/v1\ntime %" PRIu64 "\n", time_s);
    write_str(&w, text);
    return writer_close(&w, out);
}

Status cosignature_make(struct scope *s, Str text, Str name, const struct secret_key *key,
                        Instant time, Str *out_line)
{
    if (name.ptr == NULL) return ERR_MEMORY; /* it could not be made */
    if (time.us < 0) return fail(s, ERR_USAGE, "a cosignature cannot be older than 1970");
    uint64_t time_s = (uint64_t)(time.us / US_PER_SECOND);
    Bytes message, blob;
    TRY(cosigned_message(s, time_s, text, &message));
    Signature signature = sign(key, message);
    struct writer w = writer_open(s, TIME_BYTES + SIGNATURE_BYTES);
    write_u64(&w, time_s);
    write_bytes(&w, signature.bytes, SIGNATURE_BYTES);
    TRY(writer_close(&w, &blob));
    return note_line(s, name, note_key_id(name, NOTE_COSIGNATURE, &key->public), blob, out_line);
}

Status cosignature_check(struct scope *s, const struct checkpoint *cp, Str name,
                         const PublicKey *key, Instant *out_time)
{
    if (name.ptr == NULL) return ERR_MEMORY; /* it could not be made; not a missing signature */
    const struct note_signature *found =
        note_find(&cp->note, name, note_key_id(name, NOTE_COSIGNATURE, key));
    if (found == NULL)
        return fail(s, ERR_SIGNATURE, "not countersigned by the known key of %.*s", STR_ARG(name));
    struct reader r = reader_open(s, found->bytes, "cosignature");
    uint64_t time_s = read_u64(&r);
    Signature signature;
    read_fixed(&r, signature.bytes, SIGNATURE_BYTES);
    if (reader_close(&r) != OK || time_s > SECONDS_MAX)
        return fail(s, ERR_SIGNATURE, "the cosignature of %.*s has no form", STR_ARG(name));
    Bytes message;
    TRY(cosigned_message(s, time_s, cp->note.text, &message));
    if (!signature_is_valid(&signature, message, key))
        return fail(s, ERR_SIGNATURE, "the cosignature of %.*s is false", STR_ARG(name));
    out_time->us = (int64_t)time_s * US_PER_SECOND;
    return OK;
}

Status cosignature_add(struct scope *s, Str note, Str line, Str name, const PublicKey *key,
                       Str *out_note)
{
    struct checkpoint cp, alone;
    Instant time;
    TRY(checkpoint_parse(s, note, &cp));
    Str single = scope_print(s, "%.*s\n%.*s", STR_ARG(cp.note.text), STR_ARG(line));
    if (single.ptr == NULL) return ERR_MEMORY;
    TRY(checkpoint_parse(s, single, &alone));
    if (alone.note.signature_count != 1 || !str_eq(alone.note.text, cp.note.text))
        return fail(s, ERR_SCHEMA, "a cosignature is one line");
    TRY(cosignature_check(s, &alone, name, key, &time));
    return note_add_line(s, note, line, out_note);
}
