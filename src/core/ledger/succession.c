#include "core/ledger/succession.h"

/* The journal key that signed the head: of its size, or of the pinned card. */
static Status journal_key(struct scope *s, const struct authority *a, const struct checkpoint *cp,
                          PublicKey *out)
{
    PublicKey key = authority_journal_key(a, cp->size);
    Status status = checkpoint_check(s, cp, a->card.origin, &key);
    if (status == OK) {
        *out = key;
        return OK;
    }
    if (status != ERR_SIGNATURE ||
        !authority_is_renewed(a, "journal", &a->opened.journal, &a->card.journal) ||
        checkpoint_check(s, cp, a->card.origin, &a->card.journal) != OK)
        return checkpoint_check(s, cp, a->card.origin,
                                &key); /* the sentence is of the key in force */
    *out = a->card.journal;
    return OK;
}

Status head_is_signed(struct scope *s, const struct authority *a, const struct checkpoint *cp)
{
    PublicKey key;
    return journal_key(s, a, cp, &key);
}

Status head_is_cosigned(struct scope *s, const struct authority *a, const struct checkpoint *cp,
                        Instant *out_time, PublicKey *out_key)
{
    Str *keys, name = card_cosigner_name(s, a->card.origin);
    size_t count;
    PublicKey key;
    if (name.ptr == NULL) return ERR_MEMORY;
    TRY(authority_keys(s, a, "cosigner", &keys, &count));
    for (size_t i = count; i-- > 0;) {
        if (!base64_parse(keys[i], key.bytes, KEY_BYTES)) continue;
        Status status = cosignature_check(s, cp, name, &key, out_time);
        if (status == ERR_MEMORY) return status;
        if (status != OK) continue;
        if (out_key) *out_key = key;
        return OK;
    }
    key = a->card.cosigner;
    if (!authority_is_renewed(a, "cosigner", &a->opened.cosigner, &key))
        return fail(s, ERR_SIGNATURE, "not countersigned by a known key of %.*s", STR_ARG(name));
    if (out_key) *out_key = key;
    return cosignature_check(s, cp, name, &key, out_time);
}

Status head_add_cosignature(struct scope *s, const struct authority *cosigner, Str note, Str line,
                            Str *out_note)
{
    struct checkpoint cp, alone;
    Instant time;
    PublicKey key;
    TRY(checkpoint_parse(s, note, &cp));
    Str single = scope_print(s, "%.*s\n%.*s", STR_ARG(cp.note.text), STR_ARG(line));
    if (single.ptr == NULL) return ERR_MEMORY;
    TRY(checkpoint_parse(s, single, &alone));
    TRY(head_is_cosigned(s, cosigner, &alone, &time, &key));
    return cosignature_add(s, note, line, card_cosigner_name(s, cosigner->card.origin), &key,
                           out_note);
}

Status head_vkeys(struct scope *s, const struct authority *a, const struct checkpoint *cp,
                  const struct authority *cosigner, Str *out_log, Str *out_cosigner)
{
    PublicKey key;
    Instant time;
    Str name = cosigner ? card_cosigner_name(s, cosigner->card.origin) : STR("");
    TRY(journal_key(s, a, cp, &key));
    TRY(vkey_format(s, a->card.origin, NOTE_ED25519, &key, out_log));
    if (cosigner == NULL) return OK;
    TRY(head_is_cosigned(s, cosigner, cp, &time, &key));
    return vkey_format(s, name, NOTE_COSIGNATURE, &key, out_cosigner);
}
