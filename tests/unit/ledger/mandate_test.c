#include "base/age.h"
#include "core/ledger/mandate.h"
#include "vector.h"
#include <sodium.h>
#include <stdio.h>

enum { FACTS_MAX = 16, FIELDS_MAX = 24, R1 = 1u << 0, R2 = 1u << 1, R3 = 1u << 2, R7 = 1u << 6 };

/* A journal of lv in memory, in which a fact's index is its place. */
struct journal {
    struct scope *s;
    struct fact facts[FACTS_MAX];
    struct authority_fact list[FACTS_MAX];
    size_t count;
    struct secret_key root, post;
    struct card card;
};

static struct secret_key key_named(const char *name)
{
    struct secret_key key;
    Hash seed = hash_of(str_bytes(str_of(name)));
    secret_key_from_seed(seed.bytes, &key);
    return key;
}

static struct journal *journal_open(void)
{
    struct scope *s = test_scope();
    struct journal *j = scope_array(s, 1, sizeof *j);
    assert_non_null(j);
    j->s = s;
    j->root = key_named("lv root");
    j->post = key_named("lv post");
    j->card = (struct card){.party = STR("lv"),
                            .origin = STR("lv.example/journal"),
                            .root = j->root.public,
                            .journal = key_named("lv journal").public,
                            .post = j->post.public,
                            .recipient = STR("age1first")};
    return j;
}

static Str key_text(struct scope *s, const char *name)
{
    struct secret_key key = key_named(name);
    struct writer w = writer_open(s, 64);
    Str out;
    write_base64(&w, bytes_of(key.public.bytes, KEY_BYTES));
    assert_status(s, writer_close_str(&w, &out), OK);
    return out;
}

/* "name=value;name=value" after the common fields; a value @name is the key of that name. With
 * `root` the fact carries the root's note. Returns the index. */
static uint64_t add(struct journal *j, const char *kind, const char *fields, bool root)
{
    static const char *const common[] = {"kind", "case", "by", "at", "seen"};
    struct name_value list[FIELDS_MAX];
    size_t count = FACT_COMMON_FIELDS;
    for (size_t i = 0; i < count; i++)
        list[i] = (struct name_value){str_of(common[i]), STR("")};
    list[0].value = str_of(kind);
    for (Str rest = str_of(fields); rest.len; count++) {
        Str pair = str_cut(&rest, ';');
        list[count].name = str_cut(&pair, '=');
        list[count].value = pair;
        if (str_has_prefix(pair, "@"))
            list[count].value =
                key_text(j->s, scope_str(j->s, (Str){pair.ptr + 1, pair.len - 1}).ptr);
    }
    if (root) {
        Hash digest = root_note_digest(str_of(kind), list[3].value, list + FACT_COMMON_FIELDS,
                                       count - FACT_COMMON_FIELDS);
        list[count++] =
            (struct name_value){STR("root_note"), root_note_make(j->s, &digest, &j->root)};
    }
    Hash secret = {{(uint8_t)j->count}};
    struct fact *f = &j->facts[j->count];
    assert_status(j->s, fact_make(j->s, STR("lv.example/journal"), list, count, &secret, f), OK);
    f->index = j->count;
    j->list[j->count].fact = f;
    return j->count++;
}

static struct authority authority_of(struct journal *j)
{
    struct authority a;
    assert_status(j->s, authority_build(j->s, &j->card, j->list, j->count, &a), OK);
    return a;
}

static Instant instant_of(const char *text)
{
    Instant at;
    assert_true(instant_parse(str_of(text), &at));
    return at;
}

/* May lv.rep act as one of `roles` here? */
static Status verdict(struct journal *j, uint32_t roles, const char *section, const char *at,
                      uint64_t index)
{
    struct authority a = authority_of(j);
    const struct mandate *m = NULL;
    Status got = authority_mandate(j->s, &a, STR("lv.rep"), roles, str_of(section), instant_of(at),
                                   (struct place){index, 0}, &m);
    if (got == OK) assert_true(m && str_is(m->officer, "lv.rep"));
    return got;
}

static const char enrolment[] = "officer=lv.rep;name=A;post=Aglona;key=@lv.rep";

static void the_root_note_of_the_page_is_ours(void **state)
{
    (void)state;
    struct journal *j = journal_open();
    Str text = vector_page(j->s, "mandate.md", "root-text"), page;
    page = vector_page(j->s, "mandate.md", "root-note");
    struct name_value fields[FIELDS_MAX];
    size_t count = 0;
    Str kind = str_cut(&text, '\n'), at = str_cut(&text, '\n');
    assert_true(str_is(str_cut(&at, '='), "at"));
    while (text.len) {
        Str line = str_cut(&text, '\n');
        fields[count].name = str_cut(&line, '=');
        fields[count++].value = line;
        if (count == 2) fields[count++] = (struct name_value){STR("section"), STR("")};
        if (count == 3) fields[count++] = (struct name_value){STR("name"), STR("not signed")};
    }
    fields[count++] = (struct name_value){STR("root_note"), STR("not part of what is signed")};
    Hash digest = root_note_digest(kind, at, fields, count);
    assert_hex(hash_bytes(&digest), vector_value(page, "digest"));
    Str note = root_note_make(j->s, &digest, &j->root);
    assert_true(str_eq(note, vector_value(page, "note")));
    assert_true(root_note_is_valid(note, &digest, &j->root.public));
    assert_false(root_note_is_valid(note, &digest, &j->post.public));
    assert_false(root_note_is_valid(STR(""), &digest, &j->root.public));
    digest.bytes[0] ^= 1;
    assert_false(root_note_is_valid(note, &digest, &j->root.public));
    scope_close(j->s);
}

static void a_root_note_holds_for_one_fact_only(void **state)
{
    (void)state;
    struct journal *j = journal_open();
    uint64_t good = add(j, "mandate.granted", "officer=lv.rep;role=R1;section=3", true);
    struct authority a = authority_of(j);
    assert_true(authority_root_holds(&a, &j->facts[good]));
    j->card.root = j->post.public;
    a = authority_of(j);
    assert_false(authority_root_holds(&a, &j->facts[good]));
    j->card.root = j->root.public;
    Str note = fact_get(&j->facts[good], "root_note");
    static const char *const others[] = {
        "officer=lv.duty;role=R1;section=3", "officer=lv.rep;role=R2;section=3",
        "officer=lv.rep;role=R1;section=4", "officer=lv.rep;role=R1",
        "officer=lv.rep;role=R1;section=3;to=2030-01-01T00:00:00Z"};
    for (size_t i = 0; i < COUNT_OF(others); i++) {
        Str fields = scope_print(j->s, "%s;root_note=%.*s", others[i], STR_ARG(note));
        uint64_t at = add(j, "mandate.granted", fields.ptr, false);
        a = authority_of(j);
        assert_false(authority_root_holds(&a, &j->facts[at]));
    }
    uint64_t kind =
        add(j, "officer.enrolled",
            scope_print(j->s, "officer=lv.rep;role=R1;section=3;root_note=%.*s", STR_ARG(note)).ptr,
            false);
    uint64_t none = add(j, "mandate.granted", "officer=lv.rep;role=R1;section=3", false);
    a = authority_of(j);
    assert_false(authority_root_holds(&a, &j->facts[kind]));
    assert_false(authority_root_holds(&a, &j->facts[none]));
    scope_close(j->s);
}

/* A mandate that was revoked is not brought back with its old note. */
static void a_root_note_is_not_repeated_later(void **state)
{
    (void)state;
    struct journal *j = journal_open();
    uint64_t first = add(j, "mandate.granted", "officer=lv.rep;role=R1", true);
    uint64_t again = add(j, "mandate.granted", "officer=lv.rep;role=R1", true);
    struct authority a = authority_of(j);
    assert_true(authority_root_holds(&a, &j->facts[first]));
    assert_false(authority_root_holds(&a, &j->facts[again]));
    scope_close(j->s);
}

static void a_mandate_counts_from_its_entry_in_its_time_and_section(void **state)
{
    (void)state;
    static const struct {
        uint32_t roles;
        const char *section, *at;
        uint64_t index;
        Status expected;
    } rows[] = {
        {R3, "3", "2026-01-01T00:00:00Z", 5, OK},
        {R3 | R7, "3", "2026-06-01T00:00:00Z", 5, OK},
        {R3, "", "2026-06-01T00:00:00Z", 5, OK},
        {R3, "3", "2025-12-31T23:59:59Z", 5, ERR_MANDATE}, /* before `from` */
        {R3, "3", "2027-01-01T00:00:00Z", 5, ERR_MANDATE}, /* `to` itself is over */
        {R3, "4", "2026-06-01T00:00:00Z", 5, ERR_MANDATE},
        {R3, "3", "2026-06-01T00:00:00Z", 1, ERR_MANDATE}, /* not after the grant */
        {R3, "3", "2026-06-01T00:00:00Z", 2, OK},
        {R7, "3", "2026-06-01T00:00:00Z", 5, ERR_ROLE},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct journal *j = journal_open();
        add(j, "officer.enrolled", enrolment, true);
        add(j, "mandate.granted",
            "officer=lv.rep;role=R3;section=3;from=2026-01-01T00:00:00Z;to=2027-01-01T00:00:00Z",
            false);
        Status got = verdict(j, rows[i].roles, rows[i].section, rows[i].at, rows[i].index);
        if (got != rows[i].expected) print_error("row %zu\n", i);
        assert_status(j->s, got, rows[i].expected);
        scope_close(j->s);
    }
}

static void mandates_that_are_none_give_no_role(void **state)
{
    (void)state;
    static const char *const roles[] = {"R0", "R16", "R01", "R", "r3", "3", "R3 ", ""};
    for (size_t i = 0; i < COUNT_OF(roles); i++) {
        struct journal *j = journal_open();
        add(j, "officer.enrolled", enrolment, true);
        add(j, "mandate.granted", scope_print(j->s, "officer=lv.rep;role=%s", roles[i]).ptr, false);
        assert_status(j->s, verdict(j, 0x7fff, "", "2026-06-01T00:00:00Z", 9), ERR_ROLE);
        scope_close(j->s);
    }
    struct journal *j = journal_open(); /* a mandate without an enrolment */
    add(j, "mandate.granted", "officer=lv.rep;role=R3", false);
    assert_status(j->s, verdict(j, R3, "", "2026-06-01T00:00:00Z", 9), ERR_ROLE);
    scope_close(j->s);
}

static void a_deputy_counts_only_for_somebody(void **state)
{
    (void)state;
    struct journal *j = journal_open();
    add(j, "officer.enrolled", enrolment, true);
    add(j, "mandate.granted", "officer=lv.rep;role=R2", true);
    assert_status(j->s, verdict(j, R2, "", "2026-06-01T00:00:00Z", 9), ERR_MANDATE);
    add(j, "mandate.granted", "officer=lv.rep;role=R2;acts_for=lv.chief", true);
    assert_status(j->s, verdict(j, R2, "", "2026-06-01T00:00:00Z", 9), OK);
    assert_status(j->s, verdict(j, R1, "", "2026-06-01T00:00:00Z", 9), ERR_ROLE);
    scope_close(j->s);
}

/* The mandate is entry 1, the revocation entry 4, covered are entries 0 to 2. */
static void a_revocation_ends_or_voids(void **state)
{
    (void)state;
    static const struct {
        const char *revocation, *at;
        uint64_t index;
        Status expected;
        bool is_void;
    } rows[] = {
        {"reason=ended", "2026-06-01T00:00:00Z", 3, OK, false},
        {"reason=ended", "2026-06-01T00:00:00Z", 5, ERR_MANDATE, false},
        {"reason=ended;from=2026-07-01T00:00:00Z", "2026-06-30T23:59:59Z", 5, OK, false},
        {"reason=ended;from=2026-07-01T00:00:00Z", "2026-07-01T00:00:00Z", 5, ERR_MANDATE, false},
        {"reason=compromised;covered=3", "2026-06-01T00:00:00Z", 2, OK, false},
        {"reason=compromised;covered=3", "2026-06-01T00:00:00Z", 3, ERR_MANDATE, true},
        {"reason=compromised;covered=3", "2026-06-01T00:00:00Z", 5, ERR_MANDATE, true},
        {"reason=compromised;covered=3;from=2026-07-01T00:00:00Z", "2026-06-01T00:00:00Z", 5,
         ERR_MANDATE, true}, /* a thief dates back */
        {"reason=compromised;covered=3;from=2026-07-01T00:00:00Z", "2026-06-01T00:00:00Z", 2, OK,
         false},
        {"reason=compromised", "2026-06-01T00:00:00Z", 2, ERR_MANDATE,
         true}, /* nothing was covered */
        {"reason=compromised;covered=x", "2026-06-01T00:00:00Z", 2, ERR_MANDATE, true},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct journal *j = journal_open();
        add(j, "officer.enrolled", enrolment, true);
        add(j, "mandate.granted", "officer=lv.rep;role=R3", false);
        add(j, "letter.sent", "subject=a", false);
        add(j, "letter.sent", "subject=b", false);
        add(j, "mandate.revoked", scope_print(j->s, "mandate=lv:1;%s", rows[i].revocation).ptr,
            false);
        struct authority a = authority_of(j);
        Status got = verdict(j, R3, "", rows[i].at, rows[i].index);
        bool is_void = authority_voids(&a, STR("lv.rep"), rows[i].index);
        if (got != rows[i].expected || is_void != rows[i].is_void) print_error("row %zu\n", i);
        assert_status(j->s, got, rows[i].expected);
        assert_int_equal(is_void, rows[i].is_void);
        assert_false(authority_voids(&a, STR("lv.duty"), rows[i].index));
        scope_close(j->s);
    }
}

static void another_mandate_of_the_officer_stays(void **state)
{
    (void)state;
    struct journal *j = journal_open();
    add(j, "officer.enrolled", enrolment, true);
    add(j, "mandate.granted", "officer=lv.rep;role=R3", false);
    add(j, "mandate.granted", "officer=lv.rep;role=R7", false);
    add(j, "mandate.revoked", "mandate=lv:1;reason=compromised;covered=0", false);
    struct authority a = authority_of(j);
    assert_status(j->s, verdict(j, R3, "", "2026-06-01T00:00:00Z", 9), ERR_MANDATE);
    assert_status(j->s, verdict(j, R7, "", "2026-06-01T00:00:00Z", 9), OK);
    assert_false(authority_voids(&a, STR("lv.rep"), 9));
    scope_close(j->s);
}

/* Is an entry by this author at `index`, signed with the key of that name, taken as the author's?
 */
static bool signs(struct journal *j, const char *by, const char *key, uint64_t index)
{
    struct authority a = authority_of(j);
    struct name_value list[] = {{STR("kind"), STR("letter.sent")},
                                {STR("case"), STR("")},
                                {STR("by"), str_of(by)},
                                {STR("at"), STR("")},
                                {STR("seen"), STR("")}};
    struct secret_key secret_key = key_named(key);
    Hash secret = {{9}};
    struct fact f;
    assert_status(
        j->s, fact_make(j->s, STR("lv.example/journal"), list, COUNT_OF(list), &secret, &f), OK);
    f.index = index;
    fact_sign(&f, &secret_key);
    return authority_signs(&a, &f);
}

static void keys_come_from_the_card_the_enrolment_and_the_root(void **state)
{
    (void)state;
    struct journal *j = journal_open();
    add(j, "officer.enrolled", enrolment, true);
    add(j, "officer.enrolled", "officer=lv.rep;name=B;key=@thief", true); /* the first one holds */
    add(j, "officer.enrolled", "officer=lv.bad;key=AAAA", true);
    add(j, "key.rotated", "role=lv.rep;key=@thief", false); /* no root note */
    struct authority a = authority_of(j);
    assert_true(signs(j, "lv.rep", "lv.rep", 9) && signs(j, "lv.post", "lv post", 9));
    assert_false(signs(j, "lv.rep", "thief", 9) || signs(j, "lv.bad", "thief", 9) ||
                 signs(j, "by.post", "lv post", 9) || signs(j, "lv.rep", "lv post", 9));
    assert_true(authority_is_post(&a, STR("lv.post")));
    assert_false(authority_is_post(&a, STR("lv.rep")) || authority_is_post(&a, STR(".post")) ||
                 authority_is_post(&a, STR("lv.postx")));
    scope_close(j->s);
}

static void a_key_gives_way_from_its_place_on(void **state)
{
    (void)state;
    struct journal *j = journal_open();
    add(j, "officer.enrolled", enrolment, true);
    uint64_t rep = add(j, "key.rotated", "role=lv.rep;key=@next", true);
    uint64_t post = add(j, "key.rotated", "role=post;key=@next post", true);
    assert_true(signs(j, "lv.rep", "lv.rep", rep) && signs(j, "lv.rep", "next", rep + 1));
    assert_false(signs(j, "lv.rep", "next", rep) || signs(j, "lv.rep", "lv.rep", rep + 1));
    assert_true(signs(j, "lv.post", "lv post", post) && signs(j, "lv.post", "next post", post + 1));
    assert_false(signs(j, "lv.post", "next post", post) ||
                 signs(j, "lv.post", "lv post", post + 1));
    uint64_t journal = add(j, "key.rotated", "role=journal;key=@next journal", true);
    struct authority a = authority_of(j);
    PublicKey key = authority_journal_key(&a, journal);
    assert_memory_equal(key.bytes, j->card.journal.bytes, KEY_BYTES);
    key = authority_journal_key(&a, journal + 1);
    assert_memory_equal(key.bytes, key_named("next journal").public.bytes, KEY_BYTES);
    add(j, "key.rotated", "role=recipient;key=age1next", true);
    Str *list;
    size_t count;
    a = authority_of(j);
    assert_status(j->s, authority_keys(j->s, &a, "recipient", &list, &count), OK);
    assert_int_equal(count, 2);
    assert_true(str_is(list[0], "age1first") && str_is(list[1], "age1next"));
    assert_status(j->s, authority_keys(j->s, &a, "journal", &list, &count), OK);
    assert_true(count == 2 && str_eq(list[0], key_text(j->s, "lv journal")));
    scope_close(j->s);
}

/* The pinned card may be newer than the first entries: post.opened holds the first one. */
static void the_first_keys_stand_in_post_opened(void **state)
{
    (void)state;
    struct journal *j = journal_open();
    struct card first = j->card;
    Str text, recipient;
    struct age_identity identity;
    uint8_t secret[32] = {1};
    age_identity_from_secret(secret, &identity);
    assert_status(j->s, age_recipient_format(j->s, &identity.recipient, &recipient), OK);
    first.recipient = recipient;
    assert_status(j->s, card_format(j->s, &first, &j->root, &text), OK);
    j->card.post = key_named("newer post").public;
    struct name_value list[] = {{STR("kind"), STR("post.opened")},
                                {STR("case"), STR("")},
                                {STR("by"), STR("lv.post")},
                                {STR("at"), STR("")},
                                {STR("seen"), STR("")},
                                {STR("keys"), text}};
    Hash none = {{0}};
    struct fact *f = &j->facts[j->count];
    assert_status(j->s, fact_make(j->s, STR("lv.example/journal"), list, COUNT_OF(list), &none, f),
                  OK);
    j->list[j->count++].fact = f;
    add(j, "key.rotated", "role=post;key=@newer post", true);
    assert_true(signs(j, "lv.post", "lv post", 1) && signs(j, "lv.post", "newer post", 2));
    assert_false(signs(j, "lv.post", "lv post", 2));
    j->card.root = key_named("another root").public; /* then it is not their first card */
    assert_false(signs(j, "lv.post", "lv post", 1));
    scope_close(j->s);
}

/* What the other side had opened before it opened the revocation stands, wherever it stands. */
static void a_revocation_counts_from_its_opening(void **state)
{
    (void)state;
    struct journal *j = journal_open();
    const struct mandate *m;
    add(j, "officer.enrolled", enrolment, true);
    add(j, "mandate.granted", "officer=lv.rep;role=R3", false);
    uint64_t revoked = add(j, "mandate.revoked", "mandate=lv:1;reason=left", false);
    j->list[revoked].opening = 12;
    struct authority a = authority_of(j);
    static const struct {
        struct place place;
        Status expected;
    } rows[] = {{{5, 11}, OK}, {{5, 13}, ERR_MANDATE}, {{5, 0}, ERR_MANDATE}, {{2, 13}, OK}};
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        assert_status(j->s,
                      authority_mandate(j->s, &a, STR("lv.rep"), R3, STR(""), (Instant){0},
                                        rows[i].place, &m),
                      rows[i].expected);
    scope_close(j->s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_root_note_of_the_page_is_ours),
        cmocka_unit_test(a_root_note_holds_for_one_fact_only),
        cmocka_unit_test(a_root_note_is_not_repeated_later),
        cmocka_unit_test(a_key_gives_way_from_its_place_on),
        cmocka_unit_test(the_first_keys_stand_in_post_opened),
        cmocka_unit_test(a_revocation_counts_from_its_opening),
        cmocka_unit_test(a_mandate_counts_from_its_entry_in_its_time_and_section),
        cmocka_unit_test(mandates_that_are_none_give_no_role),
        cmocka_unit_test(a_deputy_counts_only_for_somebody),
        cmocka_unit_test(a_revocation_ends_or_voids),
        cmocka_unit_test(another_mandate_of_the_officer_stays),
        cmocka_unit_test(keys_come_from_the_card_the_enrolment_and_the_root),
    };
    if (sodium_init() < 0) return 1;
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
