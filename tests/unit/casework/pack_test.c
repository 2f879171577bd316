#include "stage.h"

static void the_packs_of_the_project_are_read(void **state)
{
    (void)state;
    static const char *const packs[] = {"lv-by", "generic", "alpha-beta"};
    Hash digests[COUNT_OF(packs)];
    for (size_t i = 0; i < COUNT_OF(packs); i++) {
        struct stage *st = stage_open(packs[i]);
        assert_str(st->pack.id, packs[i]);
        assert_true(st->pack.kind_count > 60);
        assert_true(st->pack.type_count >= 4);
        assert_non_null(pack_parameter(&st->pack, STR("D04")));
        digests[i] = st->pack.digest;
        for (size_t n = 0; n < i; n++)
            assert_false(hash_eq(&digests[n], &digests[i]));
        stage_close(st);
    }
}

static void roles_are_bits(void **state)
{
    (void)state;
    static const struct {
        const char *role;
        int bit;
    } rows[] = {{"R1", 0},  {"R15", 14}, {"post", 15}, {"R0", -1}, {"R16", -1}, {"R", -1},
                {"r1", -1}, {"R01", -1}, {"R1 ", -1},  {"", -1},   {"Post", -1}};
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        assert_int_equal(role_bit(str_of(rows[i].role)), rows[i].bit);
}

static void a_kind_says_what_crosses_and_who_may_state_it(void **state)
{
    (void)state;
    static const struct {
        const char *kind;
        enum crosses crosses;
        enum case_use use;
        bool guarded;
        Roles roles;
    } rows[] = {
        {"notice.sent", CROSSES_SELF, CASE_REQUIRED, false, 1 | 2 | 4 | 8 | 64},
        {"incident.registered", CROSSES_RELEASE, CASE_REQUIRED, true, 1 | 2 | 4 | 8 | 64},
        {"hold.placed", CROSSES_NEVER, CASE_REQUIRED, false, 1 | 2 | 4 | 8 | 64 | 512},
        {"protection.checked", CROSSES_NEVER, CASE_REQUIRED, true, 1u << 10},
        {"person.recorded", CROSSES_RELEASE, CASE_REQUIRED, true, 1 | 2 | 4 | 8 | 64},
        {"receipt", CROSSES_SELF, CASE_NONE, false, 1u << 15},
        {"officer.enrolled", CROSSES_WITH, CASE_NONE, true, 1 | 1u << 13 | 1u << 15},
        {"lead.offered", CROSSES_ORIGINATOR, CASE_OPTIONAL, true, 1u << 8},
        {"exchange.suspended", CROSSES_SELF, CASE_NONE, false, 1},
    };
    struct stage *st = stage_open("lv-by");
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const struct kind *k = pack_kind(&st->pack, str_of(rows[i].kind));
        if (k == NULL || k->roles != rows[i].roles || k->guarded != rows[i].guarded)
            print_error("%s: roles %x\n", rows[i].kind, k ? k->roles : 0);
        assert_non_null(k);
        assert_int_equal(k->crosses, rows[i].crosses);
        assert_int_equal(k->use, rows[i].use);
        assert_int_equal(k->guarded, rows[i].guarded);
        assert_int_equal(k->roles, rows[i].roles);
    }
    assert_null(pack_kind(&st->pack, STR("notice")));
    stage_close(st);
}

static void a_stored_name_finds_its_field(void **state)
{
    (void)state;
    static const struct {
        const char *kind, *name, *field;
    } rows[] = {
        {"incident.registered", "type", "type"},
        {"incident.registered", "summary.lv", "summary"},
        {"incident.registered", "summary", NULL},
        {"incident.registered", "summary.fr", NULL},
        {"incident.registered", "summary.lv.x", NULL},
        {"incident.registered", "summarylv", NULL},
        {"incident.registered", "type.1", NULL},
        {"incident.registered", "typ", NULL},
        {"incident.registered", "", NULL},
        {"handover.offered", "item.1", "item"},
        {"handover.offered", "item.256", "item"},
        {"handover.offered", "item.257", NULL},
        {"handover.offered", "item.0", NULL},
        {"handover.offered", "item.01", NULL},
        {"handover.offered", "item.", NULL},
        {"handover.offered", "item", NULL},
        {"handover.offered", "item.x", NULL},
        {"act.drafted", "statement.3.ru", "statement"},
        {"act.drafted", "statement.3.finding", "statement"},
        {"act.drafted", "statement.3", NULL},
        {"act.drafted", "statement.3.fr", NULL},
        {"act.drafted", "conclusion.be", "conclusion"},
        {"person.recorded", "name.latin", "name.latin"},
        {"person.recorded", "name", NULL},
    };
    struct stage *st = stage_open("lv-by");
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const struct kind *k = pack_kind(&st->pack, str_of(rows[i].kind));
        const struct kind_field *f = kind_field_of(&st->pack, k, str_of(rows[i].name));
        if ((f == NULL) != (rows[i].field == NULL))
            print_error("%s %s\n", rows[i].kind, rows[i].name);
        if (rows[i].field) {
            assert_non_null(f);
            assert_str(f->name, rows[i].field);
        } else {
            assert_null(f);
        }
    }
    stage_close(st);
}

static void values_are_looked_up_in_the_packs_lists(void **state)
{
    (void)state;
    static const struct {
        const char *list, *value;
        bool in;
    } rows[] = {
        {"types", "I22", true},       {"types", "I23", false},       {"types", "", false},
        {"outcomes", "O7", true},     {"outcomes", "O8", false},     {"levels", "2c", true},
        {"levels", "4", false},       {"checklists", "E11", true},   {"checklists", "E12", false},
        {"documents", "DOC05", true}, {"documents", "DOC99", false}, {"sections", "any", true}};
    struct stage *st = stage_open("lv-by");
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        assert_int_equal(pack_lists(&st->pack, str_of(rows[i].list), str_of(rows[i].value)),
                         rows[i].in);
    stage_close(st);
}

static void zones_of_parties_come_from_the_pack(void **state)
{
    (void)state;
    struct stage *st = stage_open("lv-by");
    assert_str(pack_zone(&st->pack, STR("lv")), "Europe/Riga");
    assert_str(pack_zone(&st->pack, STR("by")), "Europe/Minsk");
    assert_str(pack_zone(&st->pack, STR("xx")), "UTC");
    stage_close(st);
    st = stage_open("generic");
    assert_str(pack_zone(&st->pack, STR("lv")), "UTC");
    stage_close(st);
}

static void a_pack_that_cannot_be_used_is_refused(void **state)
{
    (void)state;
    static const char *const packs[] = {
        "",
        "[]",
        "{",
        "{}",
        "{\"id\":\"x\",\"id\":\"y\"}",
        "{\"id\":\"\"}",
        "{\"id\":\"x\",\"languages\":[1]}",
        "{\"id\":\"x\",\"types\":[{}]}",
        "{\"id\":\"x\",\"parameters\":[{\"id\":\"D1\",\"limit\":\"soon\"}]}",
        "{\"id\":\"x\",\"parameters\":[{\"id\":\"D1\",\"done\":[{}]}]}",
        "{\"id\":\"x\",\"parameters\":[{\"id\":\"D1\",\"start\":{\"where\":{\"a\":1}}}]}",
        "{\"id\":\"x\",\"parties\":[{\"id\":\"lv\"}]}"};
    static const char *const kinds[] = {
        "{\"kinds\":[{\"kind\":\"a\",\"crosses\":\"sideways\"}]}",
        "{\"kinds\":[{\"kind\":\"a\",\"crosses\":\"self\",\"roles\":[\"R99\"]}]}",
        "{\"kinds\":[{\"kind\":\"a\",\"crosses\":\"self\",\"smell\":1}]}",
        "{\"kinds\":[{\"kind\":\"a\",\"crosses\":\"self\",\"roles_by\":{\"x\":[\"R1\"]}}]}",
        "{\"kinds\":[{\"kind\":\"a\",\"crosses\":\"self\",\"fields\":[{\"name\":\"x\"}]}]}",
        ("{\"kinds\":[{\"kind\":\"a\",\"crosses\":\"self\"},"
         "{\"kind\":\"a\",\"crosses\":\"self\"}]}")};
    struct scope *s = scope_open(64u << 20);
    Bytes good = file_bytes(s, "packs/common/kinds.json");
    struct pack p;
    for (size_t i = 0; i < COUNT_OF(packs); i++) {
        assert_int_equal(pack_parse(s, good, str_bytes(str_of(packs[i])), &p), ERR_SCHEMA);
        assert_true(scope_reason(s)[0] != '\0');
    }
    for (size_t i = 0; i < COUNT_OF(kinds); i++)
        assert_int_equal(
            pack_parse(s, str_bytes(str_of(kinds[i])), str_bytes(STR("{\"id\":\"x\"}")), &p),
            ERR_SCHEMA);
    scope_close(s);
}

int main(void)
{
    cmocka_set_message_output(CM_OUTPUT_TAP);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_packs_of_the_project_are_read),
        cmocka_unit_test(roles_are_bits),
        cmocka_unit_test(a_kind_says_what_crosses_and_who_may_state_it),
        cmocka_unit_test(a_stored_name_finds_its_field),
        cmocka_unit_test(values_are_looked_up_in_the_packs_lists),
        cmocka_unit_test(zones_of_parties_come_from_the_pack),
        cmocka_unit_test(a_pack_that_cannot_be_used_is_refused),
    };
    return cmocka_run_group_tests_name("pack", tests, NULL, NULL);
}
