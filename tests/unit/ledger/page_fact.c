#include "page_fact.h"

enum { PAGE_FIELDS_MAX = 32 };

static Hash hash_from(struct scope *s, Str block, const char *key)
{
    Hash out;
    Bytes bytes = vector_hex(s, vector_value(block, key));
    assert_int_equal(bytes.len, HASH_BYTES);
    memcpy(out.bytes, bytes.ptr, HASH_BYTES);
    return out;
}

struct secret_key page_fact_key(struct scope *s)
{
    struct secret_key key;
    Hash seed = hash_from(s, vector_page(s, "fact.md", "fact"), "key-seed");
    secret_key_from_seed(seed.bytes, &key);
    return key;
}

struct fact page_fact(struct scope *s)
{
    struct name_value fields[PAGE_FIELDS_MAX];
    struct fact f;
    size_t count = 0;
    Str page = vector_page(s, "fact.md", "fact");
    for (Str rest = vector_page(s, "fact.md", "fact-values"); rest.len; count++) {
        Str line = str_cut(&rest, '\n');
        assert_in_range(count, 0, PAGE_FIELDS_MAX - 1);
        fields[count].name = str_cut(&line, ' ');
        fields[count].value = bytes_str(vector_hex(s, line));
    }
    Hash secret = hash_from(s, page, "secret");
    assert_status(s, fact_make(s, vector_value(page, "origin"), fields, count, &secret, &f), OK);
    assert_true(str_u64(vector_value(page, "index"), &f.index));
    struct secret_key key = page_fact_key(s);
    fact_sign(&f, &key);
    return f;
}

Bytes page_record(struct scope *s, const char *name)
{
    Str hex = vector_page(s, "disclosure.md", name);
    return vector_hex(s, str_cut(&hex, '\n'));
}

struct fact page_record_read(struct scope *s, const char *name)
{
    struct fact f;
    assert_status(s, fact_read(s, STR("lv.example/journal"), page_record(s, name), &f), OK);
    return f;
}

void assert_holds(struct scope *s, const struct fact *f)
{
    Str page = vector_page(s, "fact.md", "fact");
    struct secret_key key = page_fact_key(s);
    Hash commitment = fact_commitment(f);
    assert_hex(hash_bytes(&commitment), vector_value(page, "commitment"));
    assert_true(fact_is_signed_by(f, &key.public));
}

Str filled(struct scope *s, size_t len)
{
    char *text = scope_alloc(s, len + 1);
    assert_non_null(text);
    memset(text, 'z', len);
    return (Str){text, len};
}
