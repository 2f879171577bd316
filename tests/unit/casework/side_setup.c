/* Founding facts, opening and restart of a post in memory. Declared in side.h. */
#include "core/casework/gate.h"
#include "core/ledger/tree.h"
#include "side_inside.h"

static const struct {
    const char *name, *role;
} officers[OFFICER_COUNT] = {
    {"duty", "R7"}, {"rep", "R1"}, {"help", "R3"}, {"dpo", "R10"}, {"prot", "R11"}};

static Instant instant_of_str(Str text)
{
    Instant at = {0};
    assert_true(instant_parse(text, &at));
    return at;
}

static struct secret_key key_of(struct scope *s, Str party, const char *name)
{
    struct secret_key key;
    Hash seed = hash_of(str_bytes(scope_print(s, "%.*s.%s", STR_ARG(party), name)));
    secret_key_from_seed(seed.bytes, &key);
    return key;
}

const struct secret_key *founding_key(const struct founding *f, Str by)
{
    Str name = by, party = str_cut(&name, '.');
    if (!str_eq(party, f->card.party)) return NULL;
    for (size_t i = 0; i < OFFICER_COUNT; i++)
        if (str_is(name, officers[i].name)) return &f->officers[i];
    return str_is(name, "post") ? &f->post : NULL;
}

/* A fact of the post itself, with the root's note. */
static void found(struct scope *s, const struct pack *pack, struct founding *out, const char *kind,
                  struct name_value *own, size_t count)
{
    Str party = out->card.party, at = STR("2026-03-01T06:00:00Z");
    struct seen nothing = {.root = tree_empty()};
    Hash secret = hash_of((Bytes){(const uint8_t *)&out->count, sizeof out->count});
    struct draft draft = {.kind = str_of(kind), .case_number = STR(""), .at = instant_of_str(at)};
    struct name_value *ordered, *all;
    struct disclosure d;
    Hash note = root_note_digest(draft.kind, at, own, count);
    if (strcmp(kind, "post.opened") != 0)
        own[count++] = (struct name_value){STR("root_note"), root_note_make(s, &note, &out->root)};
    draft.fields = own;
    draft.field_count = count;
    assert_int_equal(draft_order(s, pack, &draft, &ordered, &count), OK);
    all = scope_array(s, count + FACT_COMMON_FIELDS, sizeof *all);
    all[0] = (struct name_value){STR("kind"), draft.kind};
    all[1] = (struct name_value){STR("case"), STR("")};
    all[2] = (struct name_value){STR("by"), scope_print(s, "%.*s.post", STR_ARG(party))};
    all[3] = (struct name_value){STR("at"), at};
    all[4] = (struct name_value){STR("seen"), seen_format(s, &nothing)};
    memcpy(all + FACT_COMMON_FIELDS, ordered, count * sizeof *all);
    struct fact *f = &out->facts[out->count];
    assert_int_equal(fact_make(s, out->card.origin, all, count + FACT_COMMON_FIELDS, &secret, f),
                     OK);
    fact_sign(f, &out->post);
    f->index = out->count;
    assert_int_equal(gate_open(s, pack, NULL, f, false, &d), OK);
    out->records[out->count++] = d.record;
}

static Str key_text(struct scope *s, const struct secret_key *key)
{
    struct writer w = writer_open(s, 64);
    Str text = STR("");
    write_base64(&w, bytes_of(key->public.bytes, KEY_BYTES));
    assert_int_equal(writer_close_str(&w, &text), OK);
    return text;
}

void founding_make(struct scope *s, const struct pack *pack, Str party, struct founding *out)
{
    Str origin = scope_print(s, "%.*s.example/journal", STR_ARG(party));
    *out = (struct founding){.root = key_of(s, party, "root"), .post = key_of(s, party, "post")};
    out->card = (struct card){.party = party,
                              .origin = origin,
                              .root = out->root.public,
                              .post = out->post.public,
                              .recipient = STR("")};
    struct name_value post[] = {{STR("origin"), origin}, {STR("party"), party}, {STR(""), STR("")}};
    found(s, pack, out, "post.opened", post, 2);
    for (size_t i = 0; i < OFFICER_COUNT; i++) {
        Str id = scope_print(s, "%.*s.%s", STR_ARG(party), officers[i].name);
        out->officers[i] = key_of(s, party, officers[i].name);
        struct name_value enrolled[] = {
            {STR("officer"), id}, {STR("key"), key_text(s, &out->officers[i])}, {STR(""), STR("")}};
        struct name_value granted[] = {
            {STR("officer"), id}, {STR("role"), str_of(officers[i].role)}, {STR(""), STR("")}};
        found(s, pack, out, "officer.enrolled", enrolled, 2);
        found(s, pack, out, "mandate.granted", granted, 2);
    }
}

void side_open(struct side *d, const struct founding *own, const struct founding *theirs)
{
    d->founding = own;
    d->their_founding = theirs;
    d->party = own->card.party;
    d->other = theirs->card.party;
    for (size_t i = 0; i < own->count; i++) {
        d->own[i] =
            (struct own_fact){.fact = own->facts[i], .opened = &own->facts[i], .opening = i + 1};
        d->openings[i] = (struct own_opening){i, own->records[i]};
    }
    /* The founding facts of both have been exchanged. */
    for (size_t i = 0; i < theirs->count; i++)
        d->theirs[i] = (struct their_fact){.fact = theirs->facts[i], .opening = i + 1};
    d->own_count = d->opening_count = d->held_opening = d->held_leaves = own->count;
    d->their_count = d->applied = d->their_leaves = theirs->count;
}

static Status again(struct scope *s, struct fact *f)
{
    Bytes record;
    TRY(fact_record(s, f, &record));
    return fact_read(s, f->origin, record, f);
}

void side_restart(struct side *d)
{
    for (size_t i = 0; i < d->own_count; i++) {
        assert_int_equal(again(d->s, &d->own[i].fact), OK);
        d->own[i].fact.index = i;
    }
    for (size_t i = 0; i < d->their_count; i++) {
        uint64_t index = d->theirs[i].fact.index;
        assert_int_equal(again(d->s, &d->theirs[i].fact), OK);
        d->theirs[i].fact.index = index;
    }
    d->authority_known[0] = d->authority_known[1] = false;
    assert_int_equal(side_regroup(d), OK);
}
