#include "app/keys.h"
#include "app/statement.h"
#include "os/file.h"

/* The ring of a role that signs; NULL for others. */
static struct key_ring *ring_of(struct post *p, Str role)
{
    if (str_is(role, "journal")) return &p->journal_keys;
    if (str_is(role, "cosigner")) return &p->cosigner_keys;
    if (str_is(role, "parcel")) return &p->parcel_keys;
    return str_is(role, "post") ? &p->post_keys : NULL;
}

/* ERR_NOT_FOUND when the folder has no such key. */
static Status seed_read(struct scope *s, struct post *p, Str file, size_t number,
                        uint8_t out[static SEED_BYTES])
{
    Str name = scope_print(s, "keys/%.*s.%zu", STR_ARG(file), number);
    Str path = name.ptr ? file_join(s, p->dir, name.ptr) : name;
    Bytes bytes;
    bool there;
    if (path.ptr == NULL) return ERR_MEMORY;
    TRY(file_look(s, path.ptr, &there));
    if (!there) return ERR_NOT_FOUND;
    TRY(file_read(s, path.ptr, SEED_BYTES, &bytes));
    if (bytes.len != SEED_BYTES) return fail(s, ERR_DISK, "%s is no key", path.ptr);
    memcpy(out, bytes.ptr, SEED_BYTES);
    return OK;
}

static Status ring_turn(struct scope *s, struct post *p, struct key_ring *ring,
                        const struct key_turn *t)
{
    uint8_t seed[SEED_BYTES];
    PublicKey told;
    size_t i = ring->count;
    if (i == RING_MAX) return fail(s, ERR_LIMIT, "more than %d keys of one role", RING_MAX);
    Status status = seed_read(s, p, t->role, i + 1, seed);
    if (status != OK && status != ERR_NOT_FOUND) return status;
    if (status == OK) secret_key_from_seed(seed, &ring->keys[i]);
    secret_wipe(seed, sizeof seed);
    /* Left by a rotation that was not committed, in a folder that is older than the journal. */
    ring->missing[i] = status == ERR_NOT_FOUND || !base64_parse(t->key, told.bytes, KEY_BYTES) ||
                       memcmp(told.bytes, ring->keys[i].public.bytes, KEY_BYTES) != 0;
    ring->index[i] = t->index;
    ring->count++;
    return OK;
}

static Status identity_turn(struct scope *s, struct post *p)
{
    uint8_t secret[SEED_BYTES];
    if (p->identity_count == RING_MAX)
        return fail(s, ERR_LIMIT, "more than %d keys of one role", RING_MAX);
    Status status = seed_read(s, p, STR("identity"), p->identity_count + 1, secret);
    if (status != OK && status != ERR_NOT_FOUND) return status;
    memmove(p->identities + 1, p->identities, p->identity_count * sizeof *p->identities);
    p->identity_missing = status != OK; /* what is sealed for it stays closed */
    if (status == OK)
        age_identity_from_secret(secret, &p->identities[0]);
    else
        p->identities[0] = p->identities[1];
    secret_wipe(secret, sizeof secret);
    p->identity_count++;
    return OK;
}

static void rings_reset(struct post *p)
{
    p->journal_keys.count = p->cosigner_keys.count = p->parcel_keys.count = p->post_keys.count = 1;
    p->identities[0] = p->identity;
    p->identity_count = 1;
    p->identity_missing = false;
    p->turns_known = 0;
}

Status keys_load(struct scope *s, struct post *p)
{
    const struct authority *own;
    TRY(post_authority(s, p, NULL, &own));
    if (own->turn_count < p->turns_known) rings_reset(p); /* the rotation was not committed */
    for (; p->turns_known < own->turn_count; p->turns_known++) {
        const struct key_turn *t = &own->turns[p->turns_known];
        struct key_ring *ring = ring_of(p, t->role);
        if (ring) TRY(ring_turn(s, p, ring, t));
        if (str_is(t->role, "recipient")) TRY(identity_turn(s, p));
    }
    return OK;
}

/* Does the neighbour know of the own rotation at `index`: from the card it was given, or since? */
static Status turn_is_known(struct scope *s, struct post *p, const struct neighbour *n,
                            uint64_t index, bool *out)
{
    struct opening_row *rows;
    size_t count;
    uint64_t held = n->row.held_opening;
    /* This post was set back since they acknowledged it. */
    if ((p->held || n->owed) && held < n->remembered.acknowledged)
        held = n->remembered.acknowledged;
    *out = index < n->paired_at;
    if (*out) return OK;
    TRY(store_opening_of_fact(s, p->store, p->journal, n->row.id, index, &rows, &count));
    *out = count > 0 && rows[0].number <= held;
    return OK;
}

static bool newest_missing(const struct key_ring *ring)
{
    return ring->missing[ring->count - 1];
}

bool keys_missing(const struct post *p)
{
    return newest_missing(&p->journal_keys) || newest_missing(&p->cosigner_keys) ||
           newest_missing(&p->parcel_keys) || newest_missing(&p->post_keys) || p->identity_missing;
}

/* The key of a ring, unless it is missing. */
static Status ring_key(struct scope *s, const struct key_ring *ring, size_t i,
                       const struct secret_key **out)
{
    *out = &ring->keys[i];
    if (!ring->missing[i]) return OK;
    return fail(s, ERR_DISK,
                "a key that took the place of an older one is missing from the folder keys: bring "
                "that folder back from a backup made since");
}

Status key_newest(struct scope *s, const struct key_ring *ring, const struct secret_key **out)
{
    return ring_key(s, ring, ring->count - 1, out);
}

/* Place in the ring of the newest key of which the neighbour knows. */
static Status newest_known(struct scope *s, struct post *p, const struct key_ring *ring,
                           const struct neighbour *n, size_t *out)
{
    size_t i = 0;
    for (bool known = true; i + 1 < ring->count; i++) {
        TRY(turn_is_known(s, p, n, ring->index[i + 1], &known));
        if (!known) break;
    }
    *out = i;
    return OK;
}

Status key_for(struct scope *s, struct post *p, const struct key_ring *ring,
               const struct neighbour *n, const struct secret_key **out)
{
    size_t i;
    TRY(newest_known(s, p, ring, n, &i));
    return ring_key(s, ring, i, out);
}

/* The newest countersignature by one of the first `count` cosigner keys; NULL when there is none.
 */
static const struct note_signature *countersigned(const struct post *p, const struct checkpoint *cp,
                                                  Str name, size_t count)
{
    const struct note_signature *found = NULL;
    for (size_t i = count; found == NULL && i-- > 0;)
        found = note_find(&cp->note, name,
                          note_key_id(name, NOTE_COSIGNATURE, &p->cosigner_keys.keys[i].public));
    return found;
}

Status cosignature_for(struct scope *s, struct post *p, const struct neighbour *n, Str *note,
                       Str *out_line)
{
    const struct key_ring *ring = &p->cosigner_keys;
    struct checkpoint cp;
    size_t known;
    Str name = card_cosigner_name(s, p->card.origin);
    *out_line = (Str){NULL, 0};
    if (name.ptr == NULL) return ERR_MEMORY;
    TRY(checkpoint_parse(s, *note, &cp));
    TRY(newest_known(s, p, ring, n, &known));
    const struct note_signature *ours = countersigned(p, &cp, name, known + 1);
    const struct note_signature *any = countersigned(p, &cp, name, ring->count);
    if (ours == NULL && (any == NULL || p->held)) return OK;
    if (ours) return note_line(s, ours->name, ours->key_id, ours->bytes, out_line);
    const struct secret_key *key;
    TRY(ring_key(s, ring, known, &key));
    TRY(cosignature_make(s, cp.note.text, name, key, post_now(p), out_line));
    return note_add_line(s, *note, *out_line, note);
}

/* Does every neighbour know of it? */
static Status all_know(struct scope *s, struct post *p, uint64_t index, bool *out)
{
    *out = true;
    for (size_t i = 0; i < p->neighbour_count && *out; i++)
        TRY(turn_is_known(s, p, &p->neighbours[i], index, out));
    return OK;
}

static Status line_add(struct scope *s, struct post *p, Str text, const struct secret_key *key,
                       Str *note)
{
    Str one;
    TRY(checkpoint_sign(s, text, p->card.origin, key, &one));
    Str line = {one.ptr + text.len + 1, one.len - text.len - 1};
    return note_add_line(s, *note, line, note);
}

/* Which key of the journal stands for a head of that size. */
static size_t standing(const struct key_ring *ring, uint64_t size)
{
    size_t i = ring->count - 1;
    while (i > 0 && ring->index[i] >= size)
        i--;
    return i;
}

/* Adds lines of the keys before while the neighbour (NULL: one of them) does not know that they
 * gave way. */
static Status older_lines(struct scope *s, struct post *p, const struct neighbour *n, Str *note)
{
    const struct key_ring *ring = &p->journal_keys;
    const struct secret_key *key;
    struct checkpoint cp;
    Str origin = p->card.origin;
    TRY(checkpoint_parse(s, *note, &cp));
    for (size_t i = standing(ring, cp.size); i-- > 0;) {
        bool known;
        uint64_t turn = ring->index[i + 1];
        TRY(n ? turn_is_known(s, p, n, turn, &known) : all_know(s, p, turn, &known));
        if (known) return OK;
        TRY(ring_key(s, ring, i, &key));
        if (note_find(&cp.note, origin, note_key_id(origin, NOTE_ED25519, &key->public)) == NULL)
            TRY(line_add(s, p, cp.note.text, key, note));
    }
    return OK;
}

Status head_sign_all(struct scope *s, struct post *p, Str text, uint64_t size, Str *out_note)
{
    const struct key_ring *ring = &p->journal_keys;
    const struct secret_key *key;
    TRY(ring_key(s, ring, standing(ring, size), &key));
    TRY(checkpoint_sign(s, text, p->card.origin, key, out_note));
    return ring->count > 1 ? older_lines(s, p, NULL, out_note) : OK;
}

Status head_for(struct scope *s, struct post *p, const struct neighbour *n, Str *note)
{
    return p->journal_keys.count > 1 ? older_lines(s, p, n, note) : OK;
}

/* The newest of a role and the one before; a card that was handed over anew tells of a newer one.
 */
static void newest_two(const Str *list, size_t count, Str pinned, Str *out, Str *out_before)
{
    bool known = false;
    for (size_t i = 0; i < count; i++)
        known = known || str_eq(list[i], pinned);
    *out = known ? list[count - 1] : pinned;
    *out_before = known ? list[count > 1 ? count - 2 : 0] : list[count - 1];
}

static Status role_read(struct scope *s, const struct authority *a, const char *role, Str *out,
                        Str *out_before)
{
    Str *list, *pinned;
    size_t count, pinned_count;
    struct authority of_card = {.opened = a->card};
    TRY(authority_keys(s, a, role, &list, &count));
    TRY(authority_keys(s, &of_card, role, &pinned, &pinned_count));
    newest_two(list, count, pinned[0], out, out_before);
    return OK;
}

Status peer_keys_read(struct scope *s, struct post *p, struct neighbour *n, struct peer_keys *out)
{
    const struct authority *a;
    struct peer_keys k = {.parcel_in = n->row.parcel_in};
    Str parcel, parcel_before, tls, tls_before, before;
    TRY(post_authority(s, p, n, &a));
    TRY(role_read(s, a, "parcel", &parcel, &parcel_before));
    TRY(role_read(s, a, "tls", &tls, &tls_before));
    TRY(role_read(s, a, "recipient", &k.recipient, &before));
    if (!base64_parse(parcel, k.parcel.bytes, KEY_BYTES) ||
        !base64_parse(parcel_before, k.parcel_before.bytes, KEY_BYTES) ||
        !base64_parse(tls, k.tls.bytes, HASH_BYTES) ||
        !base64_parse(tls_before, k.tls_before.bytes, HASH_BYTES))
        return fail(s, ERR_SCHEMA, "a key that %.*s rotated to is none", STR_ARG(n->card.party));
    *out = k;
    return OK;
}

Status tls_number(struct scope *s, struct post *p, size_t *out)
{
    const struct authority *own;
    size_t number = 1;
    bool known = true;
    TRY(post_authority(s, p, NULL, &own));
    for (size_t i = 0; i < own->turn_count && known; i++) {
        if (!str_is(own->turns[i].role, "tls")) continue;
        TRY(all_know(s, p, own->turns[i].index, &known));
        number += known;
    }
    *out = number;
    return OK;
}
