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

static void revocation_add(struct authority *a, const struct fact *f)
{
    struct fact_ref ref;
    if (!fact_ref_parse(fact_get(f, "mandate"), &ref)) return;
    for (size_t i = 0; i < a->mandate_count; i++) {
        struct mandate *m = &a->mandates[i];
        if (m->index != ref.index || m->revoked) continue;
        m->revoked = true;
        m->revoked_index = f->index;
        m->has_revoked_from = instant_parse(fact_get(f, "from"), &m->revoked_from);
        m->compromised = str_is(fact_get(f, "reason"), "compromised");
        if (!str_u64(fact_get(f, "covered"), &m->covered)) m->covered = 0;
    }
}

static void rotation_apply(struct authority *a, const struct fact *f)
{
    Str role = fact_get(f, "role");
    if (!root_note_holds(f, &a->root)) return;
    if (str_is(role, "post")) (void)key_parse(fact_get(f, "key"), &a->post_key);
    for (size_t i = 0; i < a->officer_count; i++)
        if (str_eq(a->officers[i].id, role))
            (void)key_parse(fact_get(f, "key"), &a->officers[i].key);
}

Status authority_build(struct scope *s, Str party, Str origin, const PublicKey *root,
                       const PublicKey *post_key, const struct fact *const *facts, size_t count,
                       struct authority *out)
{
    struct authority a = {.party = party, .origin = origin, .root = *root, .post_key = *post_key};
    a.officers = scope_array(s, count + 1, sizeof *a.officers);
    a.mandates = scope_array(s, count + 1, sizeof *a.mandates);
    if (a.officers == NULL || a.mandates == NULL) return ERR_MEMORY;
    /* Grants before revocations, whatever order the facts came in. */
    for (size_t i = 0; i < count; i++) {
        Str kind = fact_get(facts[i], "kind");
        if (str_is(kind, "officer.enrolled")) officer_add(&a, facts[i]);
        if (str_is(kind, "mandate.granted")) mandate_add(&a, facts[i]);
    }
    for (size_t i = 0; i < count; i++) {
        Str kind = fact_get(facts[i], "kind");
        if (str_is(kind, "mandate.revoked")) revocation_add(&a, facts[i]);
        if (str_is(kind, "key.rotated")) rotation_apply(&a, facts[i]);
    }
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

const PublicKey *authority_key(const struct authority *a, Str by)
{
    if (authority_is_post(a, by)) return &a->post_key;
    const struct officer *o = authority_officer(a, by);
    return o ? &o->key : NULL;
}

static int role_number(Str role)
{
    uint64_t n;
    if (role.len < 2 || role.ptr[0] != 'R' || !str_u64((Str){role.ptr + 1, role.len - 1}, &n) ||
        n < 1 || n > 15)
        return -1;
    return (int)n - 1;
}

static bool is_revoked_at(const struct mandate *m, Instant at, uint64_t index)
{
    if (!m->revoked) return false;
    /* Whoever has a stolen key also chooses what instant it claims. */
    if (m->compromised && index >= m->covered) return true;
    return index > m->revoked_index &&
           (!m->has_revoked_from || !instant_before(at, m->revoked_from));
}

static bool is_valid(const struct mandate *m, Str section, Instant at, uint64_t index)
{
    if (m->index >= index || is_revoked_at(m, at, index)) return false;
    if (m->has_from && instant_before(at, m->from)) return false;
    if (m->has_to && !instant_before(at, m->to)) return false;
    if (str_is(m->role, "R2") && m->acts_for.len == 0) return false;
    return m->section.len == 0 || section.len == 0 || str_eq(m->section, section);
}

Status authority_mandate(struct scope *s, const struct authority *a, Str officer, uint32_t roles,
                         Str section, Instant at, uint64_t index, const struct mandate **out)
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
        if (!is_valid(m, section, at, index)) continue;
        *out = m;
        return OK;
    }
    if (!fits) return fail(s, ERR_ROLE, "the role of %.*s does not allow this", STR_ARG(officer));
    return fail(
        s, ERR_MANDATE,
        "%.*s has no written power that is valid now%s%.*s: ask the representative to grant one",
        STR_ARG(officer), section.len ? " in section " : "", STR_ARG(section));
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

Hash root_note_digest(Str kind, const struct name_value *fields, size_t count)
{
    struct hasher h;
    hash_start(&h);
    hash_add(&h, kind.ptr, kind.len);
    hash_add(&h, "\n", 1);
    for (size_t i = 0; i < count; i++) {
        /* An absent field and an empty one are the same fact. */
        if (str_is(fields[i].name, "root_note") || fields[i].value.len == 0) continue;
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

bool root_note_holds(const struct fact *f, const PublicKey *root)
{
    struct name_value fields[FACT_FIELDS_MAX];
    size_t count = 0;
    for (size_t i = FACT_COMMON_FIELDS; i < f->field_count; i++)
        if (f->fields[i].open)
            fields[count++] = (struct name_value){f->fields[i].name, f->fields[i].value};
    Hash digest = root_note_digest(fact_get(f, "kind"), fields, count);
    return root_note_is_valid(fact_get(f, "root_note"), &digest, root);
}
