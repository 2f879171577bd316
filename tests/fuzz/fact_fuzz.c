/* Records of facts, whole and in part (which is what a disclosure is): whatever is read can be
 * written again and is the same, merged with itself it stays, and an erasure changes no digest. */
#include "core/ledger/card.h"
#include "core/ledger/fact.h"
#include "fuzz.h"
#include <assert.h>

enum { SCOPE_MAX = 16 << 20 };

static void check_erased(struct scope *s, struct fact *f, Str origin)
{
    bool erase[FACT_FIELDS_MAX];
    struct fact again;
    Bytes record;
    Hash body = f->body, commitment = fact_commitment(f);
    for (size_t i = 0; i < FACT_FIELDS_MAX; i++)
        erase[i] = i % 2 == 1;
    fact_erase(f, erase);
    Status formed = fact_record(s, f, &record);
    if (formed == ERR_LIMIT) return; /* digests may take more room than short values did */
    assert(formed == OK);
    Status status = fact_read(s, origin, record, &again);
    assert(status == OK && hash_eq(&again.body, &body) && !again.whole);
    Hash after = fact_commitment(&again);
    assert(hash_eq(&after, &commitment));
    for (size_t i = FACT_COMMON_FIELDS; i < again.field_count; i += 2)
        assert(!again.fields[i].open);
}

static void check_record(struct scope *s, Bytes input)
{
    Str origin = STR("lv.example/journal");
    struct fact f, merged;
    Bytes again;
    Status status = fact_read(s, origin, input, &f);
    assert(status == OK || status == ERR_SCHEMA || status == ERR_LIMIT);
    if (status != OK) return;
    Status formed = fact_record(s, &f, &again);
    assert(formed == OK && bytes_eq(again, input));
    for (size_t i = 0; i < FACT_COMMON_FIELDS; i++)
        assert(f.fields[i].open);
    status = fact_read(s, origin, input, &merged);
    assert(status == OK);
    status = fact_merge(s, &merged, &f);
    assert(status == OK && hash_eq(&merged.body, &f.body));
    assert(fact_get(&f, "kind").ptr != NULL);
    Str *items;
    size_t count;
    status = fact_list(s, &f, "item", &items, &count);
    assert(status == OK && count <= f.field_count);
    check_erased(s, &f, origin);
}

static void check_text(struct scope *s, Str input)
{
    struct seen seen;
    struct fact_ref ref;
    if (seen_parse(input, &seen)) assert(str_eq(seen_format(s, &seen), input));
    if (!fact_ref_parse(input, &ref) || !party_is_well_formed(ref.party)) return;
    Str again = fact_ref_format(s, ref.party, ref.index);
    size_t field = ref.field.len ? ref.field.len + 1 : 0;
    assert(again.len + field == input.len && memcmp(again.ptr, input.ptr, again.len) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct scope *s = scope_open(SCOPE_MAX);
    if (s == NULL) return 1;
    Bytes input = bytes_of(data, size);
    check_record(s, input);
    check_text(s, bytes_str(input));
    scope_close(s);
    return 0;
}
