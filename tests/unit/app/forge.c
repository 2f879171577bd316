#include "forge.h"
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>
#undef fail /* ours, of base/scope.h */

enum { END_BYTES = 5 + HASH_BYTES + SIGNATURE_BYTES };

struct forged *forged_open(struct pair *x, size_t from)
{
    struct forged *f = NEW(x->s, struct forged);
    AgeRecipient recipient;
    Bytes plain;
    f->x = x;
    f->from = x->post[from];
    f->to = x->post[1 - from];
    OKAY_IN(x->s, exchange_plain(x->s, f->from, STR(""), &plain, &recipient));
    struct reader r = reader_open(x->s, (Bytes){plain.ptr, plain.len - END_BYTES}, "parcel");
    while (reader_left(&r) > 0) {
        assert_true(f->count < FORGED_RECORDS_MAX);
        struct forged_record *one = &f->records[f->count++];
        one->type = read_u8(&r);
        one->payload = read_bytes(&r, read_u32(&r));
    }
    OKAY(reader_close(&r));
    return f;
}

size_t forged_find(const struct forged *f, enum record_type type, size_t nth)
{
    for (size_t i = 0; i < f->count; i++)
        if (f->records[i].type == type && nth-- == 0) return i;
    return f->count;
}

void forged_remove(struct forged *f, size_t at)
{
    assert_true(at < f->count);
    f->count--;
    memmove(f->records + at, f->records + at + 1, (f->count - at) * sizeof *f->records);
}

void forged_insert(struct forged *f, size_t at, enum record_type type, Bytes payload)
{
    assert_true(at <= f->count && f->count < FORGED_RECORDS_MAX);
    memmove(f->records + at + 1, f->records + at, (f->count - at) * sizeof *f->records);
    f->records[at] = (struct forged_record){(uint8_t)type, payload};
    f->count++;
}

uint8_t *forged_payload(struct forged *f, size_t at)
{
    assert_true(at < f->count);
    Bytes copy = scope_bytes(f->x->s, f->records[at].payload);
    f->records[at].payload = copy;
    return (uint8_t *)(uintptr_t)copy.ptr;
}

Bytes forged_plain(struct forged *f, const struct secret_key *key)
{
    struct writer w = writer_open(f->x->s, PARCEL_BYTES_MAX);
    Bytes plain;
    for (size_t i = 0; i < f->count; i++) {
        write_u8(&w, f->records[i].type);
        write_u32(&w, (uint32_t)f->records[i].payload.len);
        write_bytes(&w, f->records[i].payload.ptr, f->records[i].payload.len);
    }
    OKAY(parcel_close(&w, key ? key : &f->from->parcel_keys.keys[0], &plain));
    return plain;
}

Status forged_send_plain(struct forged *f, Bytes plain, struct exchange_result *out)
{
    struct scope *s = f->x->s;
    Bytes sealed;
    AgeRecipient to;
    OKAY(age_recipient_parse(s, post_neighbour(f->from, STR(""))->card.recipient, &to));
    OKAY(exchange_seal(s, f->from, &to, plain, &sealed));
    return exchange_read(s, f->to, sealed, out);
}

Status forged_send(struct forged *f, const struct secret_key *key, struct exchange_result *out)
{
    return forged_send_plain(f, forged_plain(f, key), out);
}

struct forging {
    struct fact *fact;
    struct fact_row row;
};

static Status append_run(struct scope *s, struct post *p, void *arg)
{
    struct forging *x = arg;
    struct fact *f = x->fact;
    struct disclosure d = {.whole = true};
    uint64_t number;
    f->index = d.index = p->leaf_count;
    Hash commitment = fact_commitment(f);
    TRY(store_leaf_append(s, p->store, p->journal, f->index, &commitment, 1));
    p->leaf_count++;
    TRY(fact_record(s, f, &d.record));
    struct fact_row row = {.journal = p->journal,
                           .index = f->index,
                           .kind = fact_get(f, "kind"),
                           .case_number = fact_get(f, "case"),
                           .officer = fact_get(f, "by"),
                           .at = post_now(p),
                           .body = f->body,
                           .record = d.record};
    TRY(store_fact_save(s, p->store, &row));
    if (row.case_number.len) TRY(case_row_refresh(s, p, f, p->card.party, true, row.at));
    post_forget(p);
    return opening_append(s, p, post_neighbour(p, STR("")), f, &d, &number);
}

static uint64_t append(struct pair *x, size_t from, struct fact *f)
{
    struct forging forging = {.fact = f};
    pair_wait(x, 60);
    OKAY_IN(x->s, post_write(x->s, x->post[from], append_run, &forging));
    return f->index;
}

static struct seen seen_of(struct post *p)
{
    struct seen seen = {.root = tree_empty()};
    POST_READING(p);
    const struct neighbour *n = post_neighbour(p, STR(""));
    if (n->head_size) seen = (struct seen){n->head_size, n->head_root, 0};
    seen.opening = n->applied;
    return seen;
}

uint64_t forged_state(struct pair *x, size_t from, const struct secret_key *key, const char *kind,
                      Str number, const char *by, ...)
{
    struct name_value fields[FORGED_FIELDS_MAX];
    struct fact f;
    Hash secret;
    size_t count = FACT_COMMON_FIELDS;
    struct seen seen = seen_of(x->post[from]);
    fields[0] = (struct name_value){STR("kind"), str_of(kind)};
    fields[1] = (struct name_value){STR("case"), number};
    fields[2] = (struct name_value){STR("by"), str_of(by)};
    fields[3] = (struct name_value){STR("at"), instant_str(x->s, x->clock.at)};
    fields[4] = (struct name_value){STR("seen"), seen_format(x->s, &seen)};
    va_list args;
    va_start(args, by);
    for (const char *one = va_arg(args, const char *); one; one = va_arg(args, const char *)) {
        Str value = str_of(one), name = str_cut(&value, '=');
        size_t at = count;
        for (size_t i = 0; i < FACT_COMMON_FIELDS; i++)
            if (str_eq(fields[i].name, name)) at = i;
        assert_true(count < FORGED_FIELDS_MAX);
        fields[at] = (struct name_value){name, value};
        count += at == count;
    }
    va_end(args);
    OKAY(post_random(x->s, x->post[from], secret.bytes, HASH_BYTES));
    OKAY_IN(x->s, fact_make(x->s, x->post[from]->card.origin, fields, count, &secret, &f));
    fact_sign(&f, key);
    return append(x, from, &f);
}

uint64_t forged_repeat(struct pair *x, size_t from, uint64_t index)
{
    struct fact f;
    OKAY_IN(x->s, fact_load(x->s, x->post[from], post_party(x->post[from]), index, &f, NULL));
    return append(x, from, &f);
}
