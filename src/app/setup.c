/* Making a post and pairing it. Declared in app/post.h. */
#include "app/officer.h"
#include "app/packs.h"
#include "app/second_place.h"
#include "app/statement.h"
#include "os/file.h"
#include "peer/tls.h"

struct setup_keys {
    struct secret_key root, journal, cosigner, parcel, post;
    struct age_identity identity, recovery;
    Hash tls;
};

/* A new random key, kept under `name` in the post's folder. */
static Status seed_make(struct scope *s, struct random *r, const char *dir, const char *name,
                        uint8_t out[static 32])
{
    Str path = file_join(s, dir, name);
    if (path.ptr == NULL) return ERR_MEMORY;
    TRY(random_fill(s, r, out, 32));
    return file_write(s, path.ptr, bytes_of(out, 32));
}

static Status signing_key_make(struct scope *s, struct random *r, const char *dir, const char *name,
                               struct secret_key *out)
{
    uint8_t seed[32];
    TRY(seed_make(s, r, dir, name, seed));
    secret_key_from_seed(seed, out);
    secret_wipe(seed, sizeof seed);
    return OK;
}

/* The recovery identity goes beside the root key, to be taken away with it; the post keeps only the
 * public half. */
static Status recovery_make(struct scope *s, struct random *r, const char *dir,
                            struct age_identity *out)
{
    uint8_t secret[32];
    Str text, path = file_join(s, dir, "recovery.key");
    Str public_path = file_join(s, dir, "keys/recovery.pub");
    if (path.ptr == NULL || public_path.ptr == NULL) return ERR_MEMORY;
    TRY(random_fill(s, r, secret, sizeof secret));
    age_identity_from_secret(secret, out);
    secret_wipe(secret, sizeof secret);
    TRY(age_identity_format(s, out, &text));
    text = scope_print(s, "%.*s\n", STR_ARG(text));
    if (text.ptr == NULL) return ERR_MEMORY;
    TRY(file_write(s, path.ptr, str_bytes(text)));
    return file_write(s, public_path.ptr, bytes_of(out->recipient.bytes, AGE_KEY_BYTES));
}

static Status keys_make(struct scope *s, const char *dir, const struct post_setup *setup,
                        struct setup_keys *k)
{
    struct random r = {0};
    uint8_t seed[32];
    Bytes certificate, key;
    Str keys = file_join(s, dir, "keys");
    if (keys.ptr == NULL) return ERR_MEMORY;
    TRY(file_make_folder(s, keys.ptr));
    TRY(signing_key_make(s, &r, dir, "keys/journal", &k->journal));
    TRY(signing_key_make(s, &r, dir, "keys/cosigner", &k->cosigner));
    TRY(signing_key_make(s, &r, dir, "keys/parcel", &k->parcel));
    TRY(signing_key_make(s, &r, dir, "keys/post", &k->post));
    TRY(seed_make(s, &r, dir, "keys/cover", seed));
    TRY(seed_make(s, &r, dir, "keys/identity", seed));
    age_identity_from_secret(seed, &k->identity);
    TRY(recovery_make(s, &r, dir, &k->recovery));
    TRY(random_fill(s, &r, seed, sizeof seed));
    secret_key_from_seed(seed, &k->root);
    Str root =
        setup->root_file.len ? scope_str(s, setup->root_file) : file_join(s, dir, "root.key");
    if (root.ptr == NULL) return ERR_MEMORY;
    TRY(file_write(s, root.ptr, bytes_of(seed, sizeof seed)));
    secret_wipe(seed, sizeof seed);
    TRY(tls_identity_make(s, setup->party, &certificate, &key, &k->tls));
    Str crt = file_join(s, dir, "keys/tls.crt"), tls = file_join(s, dir, "keys/tls.key");
    if (crt.ptr == NULL || tls.ptr == NULL) return ERR_MEMORY;
    TRY(file_write(s, crt.ptr, certificate));
    return file_write(s, tls.ptr, key);
}

static Status card_make(struct scope *s, const struct post_setup *setup, const struct setup_keys *k,
                        Str *out)
{
    struct card c = {.party = setup->party,
                     .origin = setup->origin,
                     .root = k->root.public,
                     .journal = k->journal.public,
                     .cosigner = k->cosigner.public,
                     .parcel = k->parcel.public,
                     .post = k->post.public,
                     .tls = k->tls};
    if (c.origin.len == 0)
        c.origin = scope_print(s, "%.*s.twinpost/journal", STR_ARG(setup->party));
    if (c.origin.ptr == NULL) return ERR_MEMORY;
    TRY(age_recipient_format(s, &k->identity.recipient, &c.recipient));
    return card_format(s, &c, &k->root, out);
}

struct settings {
    const struct post_setup *setup;
    Str card;
    Bytes kinds, pack;
    struct pack_file *texts;
    size_t text_count;
};

/* Texts that the pack brings, each under its name, and the names one a line. */
static Status texts_save(struct scope *s, struct store *st, const struct settings *x)
{
    struct writer w = writer_open(s, 65536);
    Str names;
    for (size_t i = 0; i < x->text_count; i++) {
        TRY(store_setting_save(s, st, x->texts[i].name.ptr, x->texts[i].bytes));
        write_print(&w, "%.*s\n", STR_ARG(x->texts[i].name));
    }
    TRY(writer_close_str(&w, &names));
    return store_setting_save(s, st, "texts", str_bytes(names));
}

static Status settings_save(struct scope *s, struct store *st, const struct settings *x)
{
    struct card card;
    int64_t journal;
    Str multiple = scope_print(s, "%u", x->setup->cover_multiple ? x->setup->cover_multiple : 1);
    if (multiple.ptr == NULL) return ERR_MEMORY;
    TRY(card_parse(s, x->card, &card));
    TRY(store_begin(s, st));
    TRY(store_setting_save(s, st, "party", str_bytes(x->setup->party)));
    TRY(store_setting_save(s, st, "card", str_bytes(x->card)));
    TRY(store_setting_save(s, st, "kinds", x->kinds));
    TRY(store_setting_save(s, st, "pack", x->pack));
    TRY(texts_save(s, st, x));
    TRY(store_setting_save(s, st, "cover_multiple", str_bytes(multiple)));
    if (x->setup->second_place.len)
        TRY(store_setting_save(s, st, "second_place", str_bytes(x->setup->second_place)));
    TRY(store_setting_save(s, st, "weak_passwords",
                           str_bytes(x->setup->weak_passwords ? STR("yes") : STR("no"))));
    TRY(store_journal_add(s, st, card.origin, card.party, true, &journal));
    return store_commit(s, st);
}

/* Stands in the folder from the first step to the last: a post that was cut off while it was made
 * is none, and is made again from the start. */
static Str unfinished_path(struct scope *s, const char *dir)
{
    return file_join(s, dir, "init.part");
}

Status post_is_finished(struct scope *s, const char *dir, bool *out)
{
    Str mark = unfinished_path(s, dir);
    bool unfinished;
    if (mark.ptr == NULL) return ERR_MEMORY;
    TRY(file_look(s, mark.ptr, &unfinished));
    *out = !unfinished;
    return OK;
}

static Status opened_state(struct scope *s, struct post *p)
{
    struct stated stated;
    Bytes card;
    Str digest;
    struct writer w = writer_open(s, 128);
    TRY(store_setting_load(s, p->store, "card", &card));
    write_hex(&w, hash_bytes(&p->pack.digest));
    TRY(writer_close_str(&w, &digest));
    struct name_value fields[24] = {{STR("origin"), p->card.origin},
                                    {STR("party"), p->card.party},
                                    {STR("keys"), bytes_str(card)},
                                    {STR("pack"), p->pack.id},
                                    {STR("pack_digest"), digest}};
    struct statement_of_fact f = {.kind = STR("post.opened"),
                                  .case_number = STR(""),
                                  .fields = fields,
                                  .field_count = 5,
                                  .by_post = true};
    return fact_state(s, p, &f, &stated);
}

struct founding {
    struct enrolment first;
    struct secret_key root;
};

static Status founding_run(struct scope *s, struct post *p, void *arg)
{
    const struct founding *x = arg;
    TRY(opened_state(s, p));
    return x->first.officer.len ? enrol_inside(s, p, &x->first, &x->root) : OK;
}

static Status first_facts(struct scope *s, const char *dir, const struct post_setup *setup,
                          const struct clock *clock)
{
    struct post *p = NULL;
    struct founding x = {
        .first = {.officer = setup->officer,
                  .name = setup->officer_name.len ? setup->officer_name : setup->officer,
                  .role = setup->officer_role.len ? setup->officer_role : STR("R14"),
                  .post = STR(""),
                  .section = STR(""),
                  .acts_for = STR(""),
                  .from = STR(""),
                  .to = STR(""),
                  .password = setup->password}};
    TRY(post_open_any(s, dir, clock, &p));
    Status status = root_key_read(s, p, setup->root_file, &x.root);
    if (status == OK) status = post_write(s, p, founding_run, &x);
    secret_wipe(&x.root, sizeof x.root);
    post_close(p);
    return status;
}

/* What an earlier post left in its second place would be taken for this one's. */
static Status second_place_is_new(struct scope *s, const char *dir, Str named)
{
    Str path = named.len ? scope_str(s, named) : second_place_beside(s, dir);
    Str erased = scope_print(s, "%.*s.erased", STR_ARG(path));
    bool head_stands, erased_stands;
    if (path.ptr == NULL || erased.ptr == NULL) return ERR_MEMORY;
    TRY(file_look(s, path.ptr, &head_stands));
    TRY(file_look(s, erased.ptr, &erased_stands));
    if (head_stands || erased_stands)
        return fail(s, ERR_DUPLICATE,
                    "%s tells of an earlier post in this place: restore that one, or remove %s "
                    "and %s when it is gone for good",
                    path.ptr, path.ptr, erased.ptr);
    return OK;
}

enum { PLACE_NAMES_MAX = 64 };

/* What is in the folder goes, and the mark last: a place cut off once more is still none. */
static Status place_clear(struct scope *s, const char *dir)
{
    Str *names, mark = unfinished_path(s, dir);
    size_t count;
    if (mark.ptr == NULL) return ERR_MEMORY;
    TRY(file_list(s, dir, PLACE_NAMES_MAX, &names, &count));
    for (size_t i = 0; i < count; i++) {
        Str path = file_join(s, dir, names[i].ptr);
        if (path.ptr == NULL) return ERR_MEMORY;
        if (!str_eq(path, mark)) TRY(file_remove_tree(s, path.ptr));
    }
    return file_remove(s, mark.ptr);
}

/* A new folder, or one that is there and empty: what a post is made of mixes with nothing. What was
 * cut off while a post was made there is cleared away first. */
static Status place_take(struct scope *s, const char *dir, const struct post_setup *setup,
                         bool *out_made)
{
    Str *names, vault = file_join(s, dir, "vault"), mark = unfinished_path(s, dir);
    Str database = file_join(s, dir, "twinpost.db");
    size_t count;
    bool there, finished, holds_post;
    if (vault.ptr == NULL || mark.ptr == NULL || database.ptr == NULL) return ERR_MEMORY;
    TRY(file_look(s, dir, &there));
    if (there) {
        TRY(file_look(s, database.ptr, &holds_post));
        TRY(post_is_finished(s, dir, &finished));
        if (!finished) TRY(place_clear(s, dir));
        if (finished && holds_post) return fail(s, ERR_DUPLICATE, "%s holds a post already", dir);
        Status status = file_list(s, dir, 1, &names, &count);
        if (status == ERR_LIMIT || (status == OK && count))
            return fail(s, ERR_DUPLICATE, "%s is not empty: a post is made in a new folder", dir);
        TRY(status);
    }
    *out_made = true;
    TRY(file_make_folder(s, dir));
    if (there) TRY(file_close_to_others(s, dir));
    TRY(second_place_is_new(s, dir, setup->second_place));
    TRY(file_create(s, mark.ptr));
    return file_make_folder(s, vault.ptr);
}

/* From here on it is a post. */
static Status place_finish(struct scope *s, const char *dir)
{
    Str mark = unfinished_path(s, dir);
    if (mark.ptr == NULL) return ERR_MEMORY;
    TRY(file_remove(s, mark.ptr));
    return file_sync(s, dir);
}

static Status fill(struct scope *s, const char *dir, const struct post_setup *setup,
                   struct settings *x, const struct clock *clock)
{
    struct setup_keys keys;
    struct store *st;
    Str path = file_join(s, dir, "twinpost.db");
    if (path.ptr == NULL) return ERR_MEMORY;
    Status status = keys_make(s, dir, setup, &keys);
    if (status == OK) status = card_make(s, setup, &keys, &x->card);
    secret_wipe(&keys, sizeof keys);
    TRY(status);
    TRY(store_open(s, path.ptr, STORE_CREATE, &st));
    status = settings_save(s, st, x);
    store_close(st);
    TRY(status);
    TRY(first_facts(s, dir, setup, clock));
    return place_finish(s, dir);
}

/* After a refusal nothing is left of what was made; the reason stays. */
static Status unmake(struct scope *s, const char *dir, const struct post_setup *setup,
                     Status status)
{
    AUTO_SCOPE struct scope *own = scope_open(65536);
    bool removed = own && place_clear(own, dir) == OK && file_remove_folder(own, dir) == OK;
    if (removed && setup->root_file.len)
        removed = file_remove(own, scope_str(own, setup->root_file).ptr) == OK;
    Str reason = scope_print(s, "%s", scope_reason(s));
    if (removed || reason.ptr == NULL) return status;
    return fail(s, status, "%.*s; remove %s, which is no post", STR_ARG(reason), dir);
}

Status post_create(struct scope *s, const char *dir, const struct post_setup *setup,
                   const struct clock *clock)
{
    struct settings x = {.setup = setup};
    bool made = false, root_stands = false;
    Str root = setup->root_file.len ? scope_str(s, setup->root_file) : STR("");
    if (root.ptr == NULL) return ERR_MEMORY;
    if (!party_is_well_formed(setup->party))
        return fail(s, ERR_USAGE,
                    "a party is at most %d lower-case letters and digits, for example lv",
                    PARTY_LEN_MAX);
    if (setup->second_place.len && setup->second_place.ptr[0] != '/')
        return fail(s, ERR_USAGE, "the second place is named by a path from / on");
    TRY(packs_find(s, setup->pack, &x.kinds, &x.pack));
    TRY(packs_check(s, setup->pack, x.kinds, x.pack));
    TRY(packs_texts(s, setup->pack, &x.texts, &x.text_count));
    if (root.len) TRY(file_look(s, root.ptr, &root_stands));
    if (root_stands)
        return fail(s, ERR_DUPLICATE, "%s exists: a root key replaces nothing", root.ptr);
    Status status = place_take(s, dir, setup, &made);
    if (status == OK) status = fill(s, dir, setup, &x, clock);
    return status == OK || !made ? status : unmake(s, dir, setup, status);
}

struct pairing {
    Str card;
    struct card parsed;
};

static Status pair_run(struct scope *s, struct post *p, void *arg)
{
    struct pairing *x = arg;
    int64_t id;
    struct neighbour_row row;
    Status status = store_neighbour_load(s, p->store, x->parsed.party, &row);
    if (status == OK) {
        struct card old;
        TRY(card_parse(s, row.card, &old));
        if (memcmp(&old.root, &x->parsed.root, sizeof old.root) != 0)
            return fail(s, ERR_DUPLICATE, "%.*s is paired under another root key",
                        STR_ARG(old.party));
        row.card = x->card; /* the same root key signed it: a new address or key */
        return store_neighbour_save(s, p->store, &row);
    }
    if (status != ERR_NOT_FOUND) return status;
    TRY(store_neighbour_add(s, p->store, x->parsed.party, x->card, &id));
    Str name = scope_print(s, "paired.%.*s", STR_ARG(x->parsed.party));
    Str leaves = scope_print(s, "%llu", (unsigned long long)p->leaf_count);
    if (name.ptr == NULL || leaves.ptr == NULL) return ERR_MEMORY;
    TRY(store_setting_save(s, p->store, name.ptr, str_bytes(leaves)));
    return store_journal_add(s, p->store, x->parsed.origin, x->parsed.party, false, &id);
}

static Status pair_open_run(struct scope *s, struct post *p, void *arg)
{
    const struct pairing *x = arg;
    struct neighbour *n = post_neighbour(p, x->parsed.party);
    return n ? openings_catch_up(s, p, n) : OK;
}

Status post_pair(struct scope *s, struct post *p, Str card, Str *out_words)
{
    struct pairing x = {.card = card};
    Str own;
    TRY(card_parse(s, card, &x.parsed));
    if (str_eq(x.parsed.party, p->card.party))
        return fail(s, ERR_USAGE, "this is the card of %.*s itself", STR_ARG(p->card.party));
    TRY(post_write(s, p, pair_run, &x));
    post_follow(p);
    TRY(post_write(s, p, pair_open_run, &x));
    TRY(post_card(s, p, &own));
    return card_words(s, own, card, out_words);
}

static Status address_run(struct scope *s, struct post *p, void *arg)
{
    const Str *card = arg;
    return store_setting_save(s, p->store, "card", str_bytes(*card));
}

/* HOST:PORT or [IPv6]:PORT, as it will stand in the neighbour's requests. */
static bool address_is_usable(Str address)
{
    size_t colon = address.len;
    uint64_t port;
    while (colon > 0 && address.ptr[colon - 1] != ':')
        colon--;
    if (colon < 2 || !str_u64((Str){address.ptr + colon, address.len - colon}, &port)) return false;
    Str host = {address.ptr, colon - 1};
    bool six = host.ptr[0] == '[' && str_has_suffix(host, "]");
    if (six) host = (Str){host.ptr + 1, host.len - 2};
    for (size_t i = 0; i < host.len; i++) {
        char c = host.ptr[i];
        bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        if (!letter && !(six ? c == ':' || c == '.' : c == '.' || c == '-' || c == '_'))
            return false;
    }
    return host.len > 0 && port > 0 && port < 65536;
}

Status post_set_address(struct scope *s, struct post *p, Str address)
{
    struct secret_key root;
    struct card c = p->card;
    Str text;
    if (!address_is_usable(address))
        return fail(s, ERR_USAGE, "an address is HOST:PORT, such as 192.0.2.1:8402, not \"%.*s\"",
                    STR_ARG(address));
    for (size_t i = 0; i < c.address_count; i++)
        if (str_eq(c.addresses[i], address)) return OK;
    TRY(root_key_read(s, p, STR(""), &root));
    c.addresses[0] = address;
    c.address_count = 1;
    Status status = card_format(s, &c, &root, &text);
    secret_wipe(&root, sizeof root);
    TRY(status);
    TRY(post_write(s, p, address_run, &text));
    post_follow(p);
    return OK;
}
