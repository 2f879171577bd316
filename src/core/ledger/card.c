#include "core/ledger/card.h"
#include "base/reader.h"

static const char title[] = "twinpost/card/1";

bool party_is_well_formed(Str p)
{
    if (p.len == 0 || p.len > PARTY_LEN_MAX) return false;
    for (size_t i = 0; i < p.len; i++)
        if (!((p.ptr[i] >= 'a' && p.ptr[i] <= 'z') || (p.ptr[i] >= '0' && p.ptr[i] <= '9')))
            return false;
    return true;
}

static void write_key(struct writer *w, const char *name, const uint8_t bytes[static 32])
{
    write_print(w, "%s ", name);
    write_base64(w, bytes_of(bytes, 32));
    write_print(w, "\n");
}

static void write_text(struct writer *w, const struct card *c)
{
    write_print(w, "%s\nparty %.*s\norigin %.*s\n", title, STR_ARG(c->party), STR_ARG(c->origin));
    for (size_t i = 0; i < c->address_count; i++)
        write_print(w, "address %.*s\n", STR_ARG(c->addresses[i]));
    write_key(w, "root", c->root.bytes);
    write_key(w, "journal", c->journal.bytes);
    write_key(w, "cosigner", c->cosigner.bytes);
    write_key(w, "parcel", c->parcel.bytes);
    write_key(w, "post", c->post.bytes);
    write_print(w, "recipient %.*s\n", STR_ARG(c->recipient));
    write_key(w, "tls", c->tls.bytes);
}

Status card_format(struct scope *s, const struct card *card, const struct secret_key *root,
                   Str *out)
{
    struct writer w = writer_open(s, CARD_BYTES_MAX);
    write_text(&w, card);
    if (w.status != OK) return w.status;
    Signature signature = sign(root, bytes_of(w.ptr, w.len));
    write_print(&w, "signature ");
    write_base64(&w, bytes_of(signature.bytes, SIGNATURE_BYTES));
    write_print(&w, "\n");
    return writer_close_str(&w, out);
}

/* The value of the next line, which must be `name value`. */
static bool line(Str *rest, const char *name, Str *out)
{
    if (rest->len == 0 || memchr(rest->ptr, '\n', rest->len) == NULL) return false;
    Str text = str_cut(rest, '\n');
    if (!str_is(str_cut(&text, ' '), name) || text.len == 0) return false;
    *out = text;
    return true;
}

static bool key_line(Str *rest, const char *name, uint8_t out[static 32])
{
    Str value;
    return line(rest, name, &value) && base64_parse(value, out, 32);
}

Status card_parse(struct scope *s, Str text, struct card *out)
{
    struct card c = {0};
    Str rest = text, value;
    Signature signature;
    if (text.len > CARD_BYTES_MAX || !str_is_text(text))
        return fail(s, ERR_SCHEMA, "party card: not a card");
    if (!str_is(str_cut(&rest, '\n'), title))
        return fail(s, ERR_SCHEMA, "party card: it should begin with %s", title);
    bool ok = line(&rest, "party", &c.party) && line(&rest, "origin", &c.origin);
    while (ok && str_has_prefix(rest, "address ")) {
        ok = c.address_count < CARD_ADDRESSES_MAX && line(&rest, "address", &value);
        if (ok) c.addresses[c.address_count++] = value;
    }
    ok = ok && key_line(&rest, "root", c.root.bytes) &&
         key_line(&rest, "journal", c.journal.bytes) &&
         key_line(&rest, "cosigner", c.cosigner.bytes) &&
         key_line(&rest, "parcel", c.parcel.bytes) && key_line(&rest, "post", c.post.bytes) &&
         line(&rest, "recipient", &c.recipient) && key_line(&rest, "tls", c.tls.bytes);
    size_t signed_len = text.len - rest.len;
    ok = ok && line(&rest, "signature", &value) && rest.len == 0 &&
         base64_parse(value, signature.bytes, SIGNATURE_BYTES) && party_is_well_formed(c.party);
    if (!ok)
        return fail(s, ERR_SCHEMA, "party card: a line is missing, doubled or not well formed");
    if (!signature_is_valid(&signature, bytes_of(text.ptr, signed_len), &c.root))
        return fail(s, ERR_SIGNATURE, "party card: its root key did not sign it");
    *out = c;
    return OK;
}

Status card_words(struct scope *s, Str card_a, Str card_b, Str *out)
{
    static const char consonants[] = "bdfghjklmnprstvz", vowels[] = "aiou";
    bool swap = str_compare(card_a, card_b) > 0;
    Hash first = hash_of(str_bytes(swap ? card_b : card_a));
    Hash second = hash_of(str_bytes(swap ? card_a : card_b));
    struct hasher h;
    hash_start(&h);
    hash_add(&h, "twinpost/words/1", sizeof "twinpost/words/1");
    hash_add(&h, first.bytes, HASH_BYTES);
    hash_add(&h, second.bytes, HASH_BYTES);
    Hash digest = hash_finish(&h);
    struct writer w = writer_open(s, 128);
    for (int i = 0; i < 6; i++) {
        unsigned v = (unsigned)digest.bytes[2 * i] << 8 | digest.bytes[2 * i + 1];
        write_print(&w, "%s%c%c%c%c%c", i ? " " : "", consonants[v >> 12], vowels[v >> 10 & 3],
                    consonants[v >> 6 & 15], vowels[v >> 4 & 3], consonants[v & 15]);
    }
    return writer_close_str(&w, out);
}

Str card_cosigner_name(struct scope *s, Str origin)
{
    return scope_print(s, "%.*s/cosigner", STR_ARG(origin));
}
