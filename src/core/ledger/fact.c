#include "core/ledger/fact.h"
#include <inttypes.h>
#include <stdio.h>

static const char *const common_names[FACT_COMMON_FIELDS] = {"kind", "case", "by", "at", "seen"};

enum { FORM_WHOLE = 1, FORM_PART = 2, TAG_DIGEST = 0, TAG_OPEN = 1 };

static void add_label(struct hasher *h, const char *label)
{
    hash_add(h, label, strlen(label) + 1); /* with its 0x00 */
}

static Hash salt_of(struct hmac *secret, uint16_t i, Str name)
{
    uint8_t message[4 + 2 + NAME_BYTES_MAX];
    memcpy(message, "salt", 4);
    message[4] = (uint8_t)(i >> 8);
    message[5] = (uint8_t)i;
    memcpy(message + 6, name.ptr, name.len);
    return hmac_of(secret, bytes_of(message, 6 + name.len));
}

static Hash field_digest(const struct fact_field *f)
{
    struct hasher h;
    hash_start(&h);
    add_label(&h, "twinpost/field/1");
    hash_add_u16(&h, (uint16_t)f->name.len);
    hash_add(&h, f->name.ptr, f->name.len);
    hash_add(&h, f->salt.bytes, HASH_BYTES);
    hash_add_u32(&h, (uint32_t)f->value.len);
    hash_add(&h, f->value.ptr, f->value.len);
    return hash_finish(&h);
}

static Hash body_of(const struct fact *f)
{
    struct hasher h;
    Hash origin = hash_of(str_bytes(f->origin));
    hash_start(&h);
    add_label(&h, "twinpost/body/1");
    hash_add(&h, origin.bytes, HASH_BYTES);
    hash_add_u16(&h, (uint16_t)f->field_count);
    for (size_t i = 0; i < f->field_count; i++)
        hash_add(&h, f->fields[i].digest.bytes, HASH_BYTES);
    return hash_finish(&h);
}

static bool name_is_well_formed(Str n)
{
    if (n.len == 0 || n.len > NAME_BYTES_MAX || n.ptr[0] == '.' || n.ptr[n.len - 1] == '.')
        return false;
    for (size_t i = 0; i < n.len; i++) {
        char c = n.ptr[i];
        if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-'))
            return false;
        if (c == '.' && n.ptr[i + 1] == '.') return false;
    }
    return true;
}

/* Names unique, the common ones first, values text. Lists are short, so pairs are compared. */
static Status fields_check(struct scope *s, const struct fact *f)
{
    for (size_t i = 0; i < f->field_count; i++) {
        const struct fact_field *field = &f->fields[i];
        if (i < FACT_COMMON_FIELDS && (!field->open || !str_is(field->name, common_names[i])))
            return fail(s, ERR_SCHEMA, "a fact starts with the open field %s", common_names[i]);
        if (!field->open) continue;
        if (!name_is_well_formed(field->name))
            return fail(s, ERR_SCHEMA, "field %zu has a name that is not allowed", i + 1);
        if (!str_is_text(field->value))
            return fail(s, ERR_SCHEMA, "field %.*s holds what is not text in UTF-8",
                        STR_ARG(field->name));
        for (size_t j = 0; j < i; j++)
            if (f->fields[j].open && str_eq(f->fields[j].name, field->name))
                return fail(s, ERR_SCHEMA, "field %.*s stands twice", STR_ARG(field->name));
    }
    return OK;
}

static void fields_derive(struct fact *f)
{
    struct hmac secret;
    hmac_start(&secret, hash_bytes(&f->secret));
    f->blind = hmac_of(&secret, bytes_of("blind", 5));
    for (size_t i = 0; i < f->field_count; i++) {
        f->fields[i].salt = salt_of(&secret, (uint16_t)i, f->fields[i].name);
        f->fields[i].digest = field_digest(&f->fields[i]);
    }
}

Status fact_make(struct scope *s, Str origin, const struct name_value *fields, size_t count,
                 const Hash *secret, struct fact *out)
{
    if (count < FACT_COMMON_FIELDS || count > FACT_FIELDS_MAX)
        return fail(s, ERR_LIMIT, "a fact has %d to %d fields, not %zu", FACT_COMMON_FIELDS,
                    FACT_FIELDS_MAX, count);
    struct fact f = {.origin = origin, .whole = true, .secret = *secret, .field_count = count};
    f.fields = scope_array(s, count, sizeof *f.fields);
    if (f.fields == NULL) return ERR_MEMORY;
    size_t total = 0;
    for (size_t i = 0; i < count; i++) {
        if (fields[i].value.len > VALUE_BYTES_MAX)
            return fail(s, ERR_LIMIT, "field %.*s is longer than %d bytes", STR_ARG(fields[i].name),
                        VALUE_BYTES_MAX);
        total += fields[i].value.len + fields[i].name.len;
        f.fields[i] = (struct fact_field){.name = fields[i].name,
                                          .value = fields[i].value.ptr ? fields[i].value : STR(""),
                                          .open = true};
    }
    if (total > FACT_BYTES_MAX / 2)
        return fail(s, ERR_LIMIT, "the fact is longer than %d bytes", FACT_BYTES_MAX / 2);
    TRY(fields_check(s, &f));
    fields_derive(&f);
    f.body = body_of(&f);
    *out = f;
    return OK;
}

static Bytes signed_message(const Hash *body, uint8_t out[static 16 + HASH_BYTES])
{
    memcpy(out, "twinpost/fact/1", 16);
    memcpy(out + 16, body->bytes, HASH_BYTES);
    return bytes_of(out, 16 + HASH_BYTES);
}

void fact_sign(struct fact *f, const struct secret_key *key)
{
    uint8_t message[16 + HASH_BYTES];
    f->signature = sign(key, signed_message(&f->body, message));
}

bool fact_is_signed_by(const struct fact *f, const PublicKey *key)
{
    uint8_t message[16 + HASH_BYTES];
    return signature_is_valid(&f->signature, signed_message(&f->body, message), key);
}

Hash fact_commitment(const struct fact *f)
{
    struct hasher h;
    hash_start(&h);
    add_label(&h, "twinpost/entry/1");
    hash_add(&h, f->blind.bytes, HASH_BYTES);
    hash_add_u64(&h, f->index);
    hash_add(&h, f->body.bytes, HASH_BYTES);
    hash_add(&h, f->signature.bytes, SIGNATURE_BYTES);
    return hash_finish(&h);
}

void leaf_of(const Hash *commitment, uint8_t out[static LEAF_BYTES])
{
    out[0] = 0x01;
    out[1] = 0x00;
    memcpy(out + 2, commitment->bytes, HASH_BYTES);
}

Hash leaf_hash_of(const Hash *commitment)
{
    uint8_t bytes[1 + LEAF_BYTES];
    bytes[0] = 0x00;
    leaf_of(commitment, bytes + 1);
    return hash_of(bytes_of(bytes, sizeof bytes));
}

Hash cover_commitment(const Hash *cover_key, uint64_t index)
{
    uint8_t message[13];
    memcpy(message, "cover", 5);
    for (int i = 0; i < 8; i++)
        message[5 + i] = (uint8_t)(index >> (56 - 8 * i));
    return hash_hmac(hash_bytes(cover_key), bytes_of(message, sizeof message));
}

Str fact_get_str(const struct fact *f, Str name)
{
    for (size_t i = 0; i < f->field_count; i++)
        if (f->fields[i].open && str_eq(f->fields[i].name, name)) return f->fields[i].value;
    return (Str){NULL, 0};
}

Str fact_get(const struct fact *f, const char *name)
{
    return fact_get_str(f, str_of(name));
}

bool fact_has(const struct fact *f, const char *name)
{
    return fact_get(f, name).len > 0;
}

bool fact_shows(const struct fact *f)
{
    for (size_t i = FACT_COMMON_FIELDS; i < f->field_count; i++)
        if (f->fields[i].open) return true;
    return f->field_count == FACT_COMMON_FIELDS;
}

Status fact_list(struct scope *s, const struct fact *f, const char *name, Str **out,
                 size_t *out_count)
{
    Str *items = scope_array(s, f->field_count + 1, sizeof *items);
    if (items == NULL) return ERR_MEMORY;
    size_t len = strlen(name), count = 0;
    for (size_t i = FACT_COMMON_FIELDS; i < f->field_count; i++) {
        const struct fact_field *field = &f->fields[i];
        uint64_t number;
        if (!field->open || field->value.len == 0 || field->name.len < len + 2 ||
            memcmp(field->name.ptr, name, len) != 0 || field->name.ptr[len] != '.')
            continue;
        if (str_u64((Str){field->name.ptr + len + 1, field->name.len - len - 1}, &number))
            items[count++] = field->value;
    }
    *out = items;
    *out_count = count;
    return OK;
}

static void read_open_field(struct reader *r, struct fact_field *field, bool with_salt)
{
    size_t name_len = read_u8(r);
    field->name = bytes_str(read_bytes(r, name_len));
    if (with_salt) read_fixed(r, field->salt.bytes, HASH_BYTES);
    size_t value_len = read_u32(r);
    if (value_len > VALUE_BYTES_MAX || name_len > NAME_BYTES_MAX) reader_refuse(r);
    field->value = bytes_str(read_bytes(r, value_len));
    field->open = true;
}

Status fact_read(struct scope *s, Str origin, Bytes record, struct fact *out)
{
    if (record.len > FACT_BYTES_MAX)
        return fail(s, ERR_LIMIT, "a fact's record has %zu bytes", record.len);
    struct reader r = reader_open(s, record, "fact record");
    struct fact f = {.origin = origin};
    uint8_t form = read_u8(&r);
    if (form != FORM_WHOLE && form != FORM_PART) reader_refuse(&r);
    f.whole = form == FORM_WHOLE;
    f.index = read_u64(&r);
    read_fixed(&r, f.signature.bytes, SIGNATURE_BYTES);
    read_fixed(&r, f.whole ? f.secret.bytes : f.blind.bytes, HASH_BYTES);
    f.field_count = read_u16(&r);
    if (f.field_count < FACT_COMMON_FIELDS || f.field_count > FACT_FIELDS_MAX) reader_refuse(&r);
    if (r.failed) return reader_close(&r);
    f.fields = scope_array(s, f.field_count, sizeof *f.fields);
    if (f.fields == NULL) return ERR_MEMORY;
    for (size_t i = 0; i < f.field_count && !r.failed; i++) {
        struct fact_field *field = &f.fields[i];
        uint8_t tag = f.whole ? TAG_OPEN : read_u8(&r);
        if (tag == TAG_OPEN)
            read_open_field(&r, field, !f.whole);
        else if (tag == TAG_DIGEST)
            read_fixed(&r, field->digest.bytes, HASH_BYTES);
        else
            reader_refuse(&r);
    }
    TRY(reader_close(&r));
    TRY(fields_check(s, &f));
    if (f.whole) {
        fields_derive(&f);
    } else {
        for (size_t i = 0; i < f.field_count; i++)
            if (f.fields[i].open) f.fields[i].digest = field_digest(&f.fields[i]);
    }
    f.body = body_of(&f);
    *out = f;
    return OK;
}

Status fact_record(struct scope *s, const struct fact *f, Bytes *out)
{
    struct writer w = writer_open(s, FACT_BYTES_MAX);
    write_u8(&w, f->whole ? FORM_WHOLE : FORM_PART);
    write_u64(&w, f->index);
    write_bytes(&w, f->signature.bytes, SIGNATURE_BYTES);
    write_bytes(&w, f->whole ? f->secret.bytes : f->blind.bytes, HASH_BYTES);
    write_u16(&w, (uint16_t)f->field_count);
    for (size_t i = 0; i < f->field_count; i++) {
        const struct fact_field *field = &f->fields[i];
        if (!f->whole) write_u8(&w, field->open ? TAG_OPEN : TAG_DIGEST);
        if (!field->open) {
            write_bytes(&w, field->digest.bytes, HASH_BYTES);
            continue;
        }
        write_u8(&w, (uint8_t)field->name.len);
        write_str(&w, field->name);
        if (!f->whole) write_bytes(&w, field->salt.bytes, HASH_BYTES);
        write_u32(&w, (uint32_t)field->value.len);
        write_str(&w, field->value);
    }
    return writer_close(&w, out);
}

Status fact_merge(struct scope *s, struct fact *into, const struct fact *from)
{
    if (!hash_eq(&into->body, &from->body) || into->index != from->index ||
        memcmp(into->signature.bytes, from->signature.bytes, SIGNATURE_BYTES) != 0 ||
        !hash_eq(&into->blind, &from->blind))
        return fail(s, ERR_PROOF, "two openings of entry %" PRIu64 " do not belong to one fact",
                    from->index);
    if (into->whole) return OK;
    if (from->whole) {
        *into = *from;
        return OK;
    }
    for (size_t i = 0; i < into->field_count; i++)
        if (!into->fields[i].open && from->fields[i].open) into->fields[i] = from->fields[i];
    return OK;
}

void fact_erase(struct fact *f, const bool *erase)
{
    f->whole = false;
    secret_wipe(&f->secret, sizeof f->secret);
    for (size_t i = FACT_COMMON_FIELDS; i < f->field_count; i++) {
        if (!erase[i]) continue;
        Hash digest = f->fields[i].digest;
        f->fields[i] = (struct fact_field){.digest = digest};
    }
}

bool seen_parse(Str text, struct seen *out)
{
    struct seen seen;
    Str size = str_cut(&text, ' ');
    Str root = str_cut(&text, ' ');
    if (!str_u64(size, &seen.size) || !base64_parse(root, seen.root.bytes, HASH_BYTES) ||
        !str_u64(text, &seen.opening))
        return false;
    *out = seen;
    return true;
}

Str seen_format(struct scope *s, const struct seen *seen)
{
    struct writer w = writer_open(s, 128);
    Str out = {NULL, 0};
    write_print(&w, "%" PRIu64 " ", seen->size);
    write_base64(&w, hash_bytes(&seen->root));
    write_print(&w, " %" PRIu64, seen->opening);
    return writer_close_str(&w, &out) == OK ? out : (Str){NULL, 0};
}

Str fact_ref_format(struct scope *s, Str party, uint64_t index)
{
    return scope_print(s, "%.*s:%" PRIu64, STR_ARG(party), index);
}

bool fact_ref_parse(Str text, struct fact_ref *out)
{
    struct fact_ref ref = {.field = STR("")};
    Str rest = text;
    ref.party = str_cut(&rest, ':');
    if (rest.ptr == NULL || ref.party.len == 0 || ref.party.len > 16) return false;
    Str number = str_cut(&rest, '.');
    if (rest.ptr) {
        if (rest.len == 0) return false;
        ref.field = rest;
    }
    if (!str_u64(number, &ref.index)) return false;
    *out = ref;
    return true;
}
