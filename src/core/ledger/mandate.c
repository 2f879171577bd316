#include "core/ledger/mandate.h"

static bool key_parse(Str text, PublicKey *out)
{
    return base64_parse(text, out->bytes, KEY_BYTES);
}

static void officer_add(struct authority *a, const struct fact *f)
{
    struct officer o = {.id = fact_get(f, "officer"),
                        .name = fact_get(f, "name"),
                        .post = fact_get(f, "post"),
                        .index = f->index};
    if (o.id.len == 0 || !key_parse(fact_get(f, "key"), &o.key)) return;
    if (authority_officer(a, o.id)) return; /* the first enrolment holds; key.rotated changes it */
    a->officers[a->officer_count++] = o;
}

static void mandate_add(struct authority *a, const struct fact *f)
{
    struct mandate m = {.index = f->index,
                        .officer = fact_get(f, "officer"),
                        .role = fact_get(f, "role"),
                        .section = fact_get(f, "section"),
                        .acts_for = fact_get(f, "acts_for")};
    m.has_from = instant_parse(fact_get(f, "from"), &m.from);
    m.has_to = instant_parse(fact_get(f, "to"), &m.to);
    if (str_is(m.section, "all")) m.section = STR("");
    a->mandates[a->mandate_count++] = m;
}

static void revocation_add(struct authority *a, const struct authority_fact *x)
{
    const struct fact *f = x->fact;
    struct fact_ref ref;
    if (!fact_ref_parse(fact_get(f, "mandate"), &ref)) return;
    for (size_t i = 0; i < a->mandate_count; i++) {
        struct mandate *m = &a->mandates[i];
        if (m->index != ref.index || m->revoked) continue;
        m->revoked = true;
        m->revoked_index = f->index;
        m->revoked_opening = x->opening;
        m->has_revoked_from = instant_parse(fact_get(f, "from"), &m->revoked_from);
        m->compromised = !x->refused && str_is(fact_get(f, "reason"), "compromised");
        if (!str_u64(fact_get(f, "covered"), &m->covered)) m->covered = 0;
    }
}

static void turn_add(struct authority *a, const struct fact *f)
{
    struct key_turn t = {.index = f->index, .role = fact_get(f, "role"), .key = fact_get(f, "key")};
    size_t at = a->turn_count++;
    for (; at > 0 && a->turns[at - 1].index > t.index; at--)
        a->turns[at] = a->turns[at - 1];
    a->turns[at] = t;
}

/* A root's note counts where it stood first: nobody repeats it later. */
static void note_add(struct authority *a, const struct fact *f)
{
    Str note = fact_get(f, "root_note");
    if (note.len == 0) return;
    for (size_t i = 0; i < a->note_count; i++)
        if (str_eq(a->notes[i].note, note)) {
            if (f->index < a->notes[i].index) a->notes[i].index = f->index;
            return;
        }
    a->notes[a->note_count++] = (struct root_note){note, f->index};
}

static void opened_add(struct scope *s, struct authority *a, const struct fact *f)
{
    struct card card;
    if (card_parse(s, fact_get(f, "keys"), &card) != OK) return;
    if (memcmp(&card.root, &a->card.root, sizeof card.root) != 0 ||
        !str_eq(card.origin, a->card.origin))
        return;
    a->opened = card;
}

static Status authority_reserve(struct scope *s, struct authority *a, size_t count)
{
    a->officers = scope_array(s, count + 1, sizeof *a->officers);
    a->mandates = scope_array(s, count + 1, sizeof *a->mandates);
    a->turns = scope_array(s, count + 1, sizeof *a->turns);
    a->notes = scope_array(s, count + 1, sizeof *a->notes);
    return a->officers && a->mandates && a->turns && a->notes ? OK : ERR_MEMORY;
}

static void powers_add(struct authority *a, const struct authority_fact *facts, size_t count)
{
    /* Grants before revocations, whatever order the facts came in. */
    for (size_t i = 0; i < count; i++) {
        Str kind = fact_get(facts[i].fact, "kind");
        if (str_is(kind, "officer.enrolled")) officer_add(a, facts[i].fact);
        if (str_is(kind, "mandate.granted")) mandate_add(a, facts[i].fact);
        if (str_is(kind, "key.rotated") && authority_root_holds(a, facts[i].fact))
            turn_add(a, facts[i].fact);
    }
    for (size_t i = 0; i < count; i++)
        if (str_is(fact_get(facts[i].fact, "kind"), "mandate.revoked"))
            revocation_add(a, &facts[i]);
}

Status authority_build(struct scope *s, const struct card *card, const struct authority_fact *facts,
                       size_t count, struct authority *out)
{
    struct authority a = {.party = card->party, .card = *card, .opened = *card};
    TRY(authority_reserve(s, &a, count));
    for (size_t i = 0; i < count; i++) {
        note_add(&a, facts[i].fact);
        if (str_is(fact_get(facts[i].fact, "kind"), "post.opened"))
            opened_add(s, &a, facts[i].fact);
    }
    powers_add(&a, facts, count);
    *out = a;
    return OK;
}

const struct officer *authority_officer(const struct authority *a, Str id)
{
    for (size_t i = 0; i < a->officer_count; i++)
        if (str_eq(a->officers[i].id, id)) return &a->officers[i];
    return NULL;
}

bool authority_is_post(const struct authority *a, Str by)
{
    return by.len == a->party.len + 5 && str_has_suffix(by, ".post") &&
           memcmp(by.ptr, a->party.ptr, a->party.len) == 0;
}

/* The key of a role at a place: `first` until the first turn below `index`. */
static PublicKey key_at(const struct authority *a, Str role, const PublicKey *first, uint64_t index)
{
    PublicKey key = *first, next;
    for (size_t i = 0; i < a->turn_count && a->turns[i].index < index; i++)
        if (str_eq(a->turns[i].role, role) && key_parse(a->turns[i].key, &next)) key = next;
    return key;
}

bool authority_is_renewed(const struct authority *a, const char *role, const PublicKey *first,
                          const PublicKey *carded)
{
    PublicKey key;
    if (memcmp(first->bytes, carded->bytes, KEY_BYTES) == 0) return false;
    for (size_t i = 0; i < a->turn_count; i++)
        if (str_is(a->turns[i].role, role) && key_parse(a->turns[i].key, &key) &&
            memcmp(key.bytes, carded->bytes, KEY_BYTES) == 0)
            return false;
    return true;
}

bool authority_officer_key(const struct authority *a, Str officer, uint64_t index, PublicKey *out)
{
    const struct officer *o = authority_officer(a, officer);
    if (o) *out = key_at(a, officer, &o->key, index);
    return o != NULL;
}

bool authority_signs(const struct authority *a, const struct fact *f)
{
    Str by = fact_get(f, "by");
    PublicKey key;
    if (authority_is_post(a, by)) {
        key = key_at(a, STR("post"), &a->opened.post, f->index);
        return fact_is_signed_by(f, &key) ||
               (authority_is_renewed(a, "post", &a->opened.post, &a->card.post) &&
                fact_is_signed_by(f, &a->card.post));
    }
    return authority_officer_key(a, by, f->index, &key) && fact_is_signed_by(f, &key);
}

PublicKey authority_journal_key(const struct authority *a, uint64_t size)
{
    return key_at(a, STR("journal"), &a->opened.journal, size);
}

/* The first key of a role as text, as key.rotated has it. */
static Str first_key(struct scope *s, const struct card *c, const char *role)
{
    const struct {
        const char *role;
        const uint8_t *bytes;
    } keys[] = {{"journal", c->journal.bytes},
                {"cosigner", c->cosigner.bytes},
                {"parcel", c->parcel.bytes},
                {"post", c->post.bytes},
                {"tls", c->tls.bytes}};
    struct writer w = writer_open(s, 2 * KEY_BYTES);
    Str out = {NULL, 0};
    if (strcmp(role, "recipient") == 0) return c->recipient;
    for (size_t i = 0; i < COUNT_OF(keys); i++)
        if (strcmp(role, keys[i].role) == 0) write_base64(&w, bytes_of(keys[i].bytes, KEY_BYTES));
    return writer_close_str(&w, &out) == OK ? out : (Str){NULL, 0};
}

Status authority_keys(struct scope *s, const struct authority *a, const char *role, Str **out,
                      size_t *out_count)
{
    Str *list = scope_array(s, a->turn_count + 1, sizeof *list);
    size_t count = 0;
    if (list == NULL) return ERR_MEMORY;
    list[count++] = first_key(s, &a->opened, role);
    if (list[0].ptr == NULL) return ERR_MEMORY;
    for (size_t i = 0; i < a->turn_count; i++)
        if (str_is(a->turns[i].role, role)) list[count++] = a->turns[i].key;
    *out = list;
    *out_count = count;
    return OK;
}

static int role_number(Str role)
{
    uint64_t n;
    if (role.len < 2 || role.ptr[0] != 'R' || !str_u64((Str){role.ptr + 1, role.len - 1}, &n) ||
        n < 1 || n > 15)
        return -1;
    return (int)n - 1;
}

/* Revoked is what stands behind the revocation; of what the other side opened, what was opened
 * behind it as well: nothing that it had acted on is undone. */
static bool is_revoked_at(const struct mandate *m, Instant at, struct place place)
{
    if (!m->revoked) return false;
    /* Whoever has a stolen key also chooses what instant it claims. */
    if (m->compromised && place.index >= m->covered) return true;
    if (place.opening && m->revoked_opening && place.opening < m->revoked_opening) return false;
    return place.index > m->revoked_index &&
           (!m->has_revoked_from || !instant_before(at, m->revoked_from));
}

static bool stands(const struct mandate *m, Instant at, struct place place)
{
    if (m->index >= place.index || is_revoked_at(m, at, place)) return false;
    if (m->has_from && instant_before(at, m->from)) return false;
    return !m->has_to || instant_before(at, m->to);
}

static bool is_valid(const struct mandate *m, Str section, Instant at, struct place place)
{
    if (!stands(m, at, place)) return false;
    if (str_is(m->role, "R2") && m->acts_for.len == 0) return false;
    return m->section.len == 0 || section.len == 0 || str_eq(m->section, section);
}

Status authority_mandate(struct scope *s, const struct authority *a, Str officer, uint32_t roles,
                         Str section, Instant at, struct place place, const struct mandate **out)
{
    bool fits = false;
    if (authority_officer(a, officer) == NULL)
        return fail(s, ERR_ROLE, "%.*s is not an officer of %.*s", STR_ARG(officer),
                    STR_ARG(a->party));
    for (size_t i = 0; i < a->mandate_count; i++) {
        const struct mandate *m = &a->mandates[i];
        int role = role_number(m->role);
        if (!str_eq(m->officer, officer) || role < 0 || !(roles & 1u << role)) continue;
        fits = true;
        if (!is_valid(m, section, at, place)) continue;
        *out = m;
        return OK;
    }
    if (!fits) return fail(s, ERR_ROLE, "the role of %.*s does not allow this", STR_ARG(officer));
    return fail(
        s, ERR_MANDATE,
        "%.*s has no written power that is valid now%s%.*s: ask the representative to grant one",
        STR_ARG(officer), section.len ? " in section " : "", STR_ARG(section));
}

uint32_t authority_roles(const struct authority *a, Str officer, Instant at, struct place place)
{
    uint32_t roles = 0;
    for (size_t i = 0; i < a->mandate_count; i++) {
        const struct mandate *m = &a->mandates[i];
        int role = role_number(m->role);
        if (str_eq(m->officer, officer) && role >= 0 && stands(m, at, place)) roles |= 1u << role;
    }
    return roles;
}

bool authority_voids(const struct authority *a, Str by, uint64_t index)
{
    bool any_valid = false, any_void = false;
    for (size_t i = 0; i < a->mandate_count; i++) {
        const struct mandate *m = &a->mandates[i];
        if (!str_eq(m->officer, by) || m->index >= index) continue;
        if (m->revoked && m->compromised && index >= m->covered)
            any_void = true;
        else
            any_valid = true;
    }
    return any_void && !any_valid;
}

bool authority_has_voided(const struct authority *a)
{
    for (size_t i = 0; i < a->mandate_count; i++)
        if (a->mandates[i].revoked && a->mandates[i].compromised) return true;
    return false;
}

Hash root_note_digest(Str kind, Str at, const struct name_value *fields, size_t count)
{
    struct hasher h;
    hash_start(&h);
    hash_add(&h, kind.ptr, kind.len);
    hash_add(&h, "\nat=", 4);
    hash_add(&h, at.ptr, at.len);
    hash_add(&h, "\n", 1);
    for (size_t i = 0; i < count; i++) {
        /* An absent field and an empty one are the same fact. A name may be erased one day. */
        if (str_is(fields[i].name, "root_note") || str_is(fields[i].name, "name") ||
            fields[i].value.len == 0)
            continue;
        hash_add(&h, fields[i].name.ptr, fields[i].name.len);
        hash_add(&h, "=", 1);
        hash_add(&h, fields[i].value.ptr, fields[i].value.len);
        hash_add(&h, "\n", 1);
    }
    return hash_finish(&h);
}

static Bytes root_message(const Hash *digest, uint8_t out[static 16 + HASH_BYTES])
{
    memcpy(out, "twinpost/root/1", 16);
    memcpy(out + 16, digest->bytes, HASH_BYTES);
    return bytes_of(out, 16 + HASH_BYTES);
}

Str root_note_make(struct scope *s, const Hash *digest, const struct secret_key *root)
{
    uint8_t message[16 + HASH_BYTES];
    Signature signature = sign(root, root_message(digest, message));
    struct writer w = writer_open(s, 128);
    Str out = {NULL, 0};
    write_base64(&w, bytes_of(signature.bytes, SIGNATURE_BYTES));
    return writer_close_str(&w, &out) == OK ? out : (Str){NULL, 0};
}

bool root_note_is_valid(Str note, const Hash *digest, const PublicKey *root)
{
    uint8_t message[16 + HASH_BYTES];
    Signature signature;
    return base64_parse(note, signature.bytes, SIGNATURE_BYTES) &&
           signature_is_valid(&signature, root_message(digest, message), root);
}

bool authority_root_holds(const struct authority *a, const struct fact *f)
{
    struct name_value fields[FACT_FIELDS_MAX];
    size_t count = 0;
    Str note = fact_get(f, "root_note");
    for (size_t i = 0; i < a->note_count; i++)
        if (str_eq(a->notes[i].note, note) && a->notes[i].index < f->index) return false;
    for (size_t i = FACT_COMMON_FIELDS; i < f->field_count; i++)
        if (f->fields[i].open)
            fields[count++] = (struct name_value){f->fields[i].name, f->fields[i].value};
    Hash digest = root_note_digest(fact_get(f, "kind"), fact_get(f, "at"), fields, count);
    return root_note_is_valid(note, &digest, &a->card.root);
}
