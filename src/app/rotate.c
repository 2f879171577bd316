/* A key gives way to another. Declared in app/officer.h; docs/formats/mandate.md. */
#include "app/keys.h"
#include "app/officer.h"
#include "app/statement.h"
#include "os/file.h"
#include "peer/tls.h"

enum { CERTIFICATE_BYTES_MAX = 1 << 16 };

struct rotating {
    const struct rotation *r;
    struct secret_key root;
    Str key;          /* as key.rotated has it */
    struct card card; /* with the new key */
    bool of_post;
};

static Status public_text(struct scope *s, const uint8_t bytes[static 32], Str *out)
{
    struct writer w = writer_open(s, 64);
    write_base64(&w, bytes_of(bytes, 32));
    return writer_close_str(&w, out);
}

static Str key_path(struct scope *s, const struct post *p, const char *name, size_t number,
                    const char *suffix)
{
    Str file = scope_print(s, "keys/%s.%zu%s", name, number, suffix);
    return file.ptr ? file_join(s, p->dir, file.ptr) : file;
}

/* The seed in the file that the next rotation of this role names. One that stands there was made by
 * a rotation that was not committed, or that a journal which was set back has lost: it is taken,
 * for it may be a key that is in use, and never written over. */
static Status seed_make(struct scope *s, struct post *p, const char *name, size_t number,
                        uint8_t out[static SEED_BYTES])
{
    Bytes bytes;
    Str path = key_path(s, p, name, number, "");
    bool there;
    if (path.ptr == NULL) return ERR_MEMORY;
    TRY(file_look(s, path.ptr, &there)); /* one that cannot be seen may be in use */
    if (!there) {
        TRY(post_random(s, p, out, SEED_BYTES));
        return file_write(s, path.ptr, bytes_of(out, SEED_BYTES));
    }
    TRY(file_read(s, path.ptr, SEED_BYTES, &bytes));
    if (bytes.len != SEED_BYTES) return fail(s, ERR_DISK, "%s is no key", path.ptr);
    memcpy(out, bytes.ptr, SEED_BYTES);
    return OK;
}

static Status signing_key_make(struct scope *s, struct post *p, const char *name,
                               const struct key_ring *ring, PublicKey *on_card, Str *out)
{
    uint8_t seed[SEED_BYTES];
    struct secret_key key;
    if (ring->count == RING_MAX)
        return fail(s, ERR_LIMIT, "a key gives way at most %d times", RING_MAX - 1);
    TRY(seed_make(s, p, name, ring->count + 1, seed));
    secret_key_from_seed(seed, &key);
    secret_wipe(seed, sizeof seed);
    *on_card = key.public;
    secret_wipe(&key, sizeof key);
    return public_text(s, on_card->bytes, out);
}

static Status recipient_make(struct scope *s, struct post *p, struct rotating *x)
{
    uint8_t secret[SEED_BYTES];
    struct age_identity identity;
    if (p->identity_count == RING_MAX)
        return fail(s, ERR_LIMIT, "a key gives way at most %d times", RING_MAX - 1);
    TRY(seed_make(s, p, "identity", p->identity_count + 1, secret));
    age_identity_from_secret(secret, &identity);
    secret_wipe(secret, sizeof secret);
    Status status = age_recipient_format(s, &identity.recipient, &x->key);
    secret_wipe(&identity, sizeof identity);
    x->card.recipient = x->key;
    return status;
}

static Status tls_make(struct scope *s, struct post *p, struct rotating *x)
{
    const struct authority *own;
    Bytes certificate, key;
    Str *keys;
    size_t count;
    TRY(post_authority(s, p, NULL, &own));
    TRY(authority_keys(s, own, "tls", &keys, &count));
    Str crt = key_path(s, p, "tls", count + 1, ".crt"),
        path = key_path(s, p, "tls", count + 1, ".key");
    bool there;
    if (crt.ptr == NULL || path.ptr == NULL) return ERR_MEMORY;
    TRY(file_look(s, path.ptr, &there));
    if (there) { /* written last; as with a seed */
        TRY(file_read(s, crt.ptr, CERTIFICATE_BYTES_MAX, &certificate));
        TRY(tls_pin(s, certificate, &x->card.tls));
    } else {
        TRY(tls_identity_make(s, p->card.party, &certificate, &key, &x->card.tls));
        TRY(file_write(s, crt.ptr, certificate));
        TRY(file_write(s, path.ptr, key));
    }
    return public_text(s, x->card.tls.bytes, &x->key);
}

static Status key_make(struct scope *s, struct post *p, struct rotating *x)
{
    const struct authority *own;
    Str role = x->r->role;
    struct card *c = &x->card;
    x->of_post = true;
    if (str_is(role, "journal"))
        return signing_key_make(s, p, "journal", &p->journal_keys, &c->journal, &x->key);
    if (str_is(role, "cosigner"))
        return signing_key_make(s, p, "cosigner", &p->cosigner_keys, &c->cosigner, &x->key);
    if (str_is(role, "parcel"))
        return signing_key_make(s, p, "parcel", &p->parcel_keys, &c->parcel, &x->key);
    if (str_is(role, "post"))
        return signing_key_make(s, p, "post", &p->post_keys, &c->post, &x->key);
    if (str_is(role, "recipient")) return recipient_make(s, p, x);
    if (str_is(role, "tls")) return tls_make(s, p, x);
    x->of_post = false;
    TRY(post_authority(s, p, NULL, &own));
    if (authority_officer(own, role) == NULL)
        return fail(s, ERR_NOT_FOUND, "%.*s is no key of the post and no officer", STR_ARG(role));
    return officer_key_make(s, p, role, x->r->password, &x->key);
}

static Status rotate_run(struct scope *s, struct post *p, void *arg)
{
    struct rotating *x = arg;
    struct stated stated;
    Str card, from = instant_str(s, post_now(p));
    if (memcmp(&x->root.public, &p->card.root, sizeof p->card.root) != 0)
        return fail(s, ERR_SIGNATURE, "this is not the root key of %.*s", STR_ARG(p->card.party));
    if (p->held)
        return fail(s, ERR_STALE, "this post was set back: no key gives way until it signs again");
    x->card = p->card;
    TRY(key_make(s, p, x));
    struct name_value fields[24] = {
        {STR("role"), x->r->role}, {STR("key"), x->key}, {STR("from"), from}};
    struct statement_of_fact f = {.kind = STR("key.rotated"),
                                  .case_number = STR(""),
                                  .fields = fields,
                                  .field_count = 3,
                                  .root = &x->root,
                                  .by_post = true};
    TRY(fact_state(s, p, &f, &stated));
    if (!x->of_post) return OK;
    TRY(card_format(s, &x->card, &x->root, &card));
    TRY(store_setting_save(s, p->store, "card", str_bytes(card)));
    return neighbours_load(s, p); /* the new key from here on, and the new card */
}

Status post_rotate(struct scope *s, struct post *p, const struct rotation *r)
{
    struct rotating x = {.r = r};
    TRY(root_key_read(s, p, r->root_file, &x.root));
    Status status = post_write(s, p, rotate_run, &x);
    secret_wipe(&x.root, sizeof x.root);
    return status;
}
