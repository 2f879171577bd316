#include "broken.h"

static void a_broken_table_of_kinds_is_found(void **state)
{
    (void)state;
    static const struct mutation rows[] = {
        {"format", "\"x\"", "format", "twinpost/kinds/1"},
        {"format", NULL, "top level", "Add \"format\""},
        {"colour", "1", "top level", "Remove \"colour\""},
        {"kinds", "7", "kinds", "Write a list"},
        {"kinds", "[]", "kinds", "at least one"},
        {"kinds/0", "7", "kinds[1]", "Write an object"},
        {"kinds/notice.sent/crosses", "\"perhaps\"", "kinds[notice.sent].crosses",
         "\"originator\""},
        {"kinds/notice.sent/effect", NULL, "kinds[notice.sent]", "Add \"effect\""},
        {"kinds/notice.sent/case", "\"maybe\"", "kinds[notice.sent].case", "optional"},
        {"kinds/notice.sent/case", NULL, "kinds[notice.sent]", "Add \"case\""},
        {"kinds/notice.sent/roles", "[\"R99\"]", "kinds[notice.sent].roles[1]", "\"post\""},
        {"kinds/notice.sent/roles", "[]", "kinds[notice.sent].roles", "at least one role"},
        {"kinds/notice.sent/roles", "+\"R1\"", "kinds[notice.sent].roles", "stands twice"},
        {"kinds/notice.sent/roles_as", "\"friend\"", "kinds[notice.sent].roles_as", "\"offer\""},
        {"kinds/act.drafted/roles_by/field", "\"smell\"", "kinds[act.drafted].roles_by", "a field"},
        {"kinds/notice.sent/documents", "+\"leaflet\"", "kinds[notice.sent].documents[2]", "DOC05"},
        {"kinds/notice.sent/kind", "\"notice.received\"", "kinds[notice.received]", "twice"},
        {"kinds/notice.sent/kind", "\"Notice\"", "kinds[", "small letters"},
        {"kinds/notice.sent/fields", "[]", "kinds[notice.sent].fields", "at least one"},
        {"kinds/notice.sent/fields/0/class", "\"secret\"", "fields[of].class", "\"protected\""},
        {"kinds/notice.sent/fields/0/type", "\"smell\"", "fields[of].type", "\"instant\""},
        {"kinds/notice.sent/fields/0/required", "false", "fields[of].required", "Write true"},
        {"kinds/notice.sent/fields/0/max_bytes", "0", "fields[of].max_bytes", "1..65536"},
        {"kinds/notice.sent/fields/0/values", "[\"a\"]", "fields[of]", "to an enum"},
        {"kinds/notice.sent/fields/1/values", NULL, "fields[form]", "to an enum"},
        {"kinds/notice.sent/fields/0/colour", "1", "fields[of]", "Remove \"colour\""},
        {"kinds/notice.sent/fields/1/name", "\"of\"", "fields[of]", "stands twice"},
        {"kinds/notice.sent/colour", "1", "kinds[notice.sent]", "Remove \"colour\""},
    };
    struct files good = files_open("lv-by");
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct files f = good;
        f.s = scope_open(64u << 20);
        f.kinds = mutated(f.s, good.kinds, &rows[i]);
        assert_found(&f, &rows[i]);
        scope_close(f.s);
    }
    scope_close(good.s);
}

/* A pack may add kinds and fields. It may not take away what the program's rules speak of, and not
 * let pass what the program keeps. */
static void what_protects_people_is_not_the_packs_to_change(void **state)
{
    (void)state;
    static const struct mutation rows[] = {
        {"kinds/proposal.made/kind", "\"proposal.maid\"", "kinds", "Add \"proposal.made\""},
        {"kinds/notice.sent/fields/0/name", "\"about\"", "kinds[notice.sent].fields", "Add \"of\""},
        {"kinds/protection.checked/crosses", "\"self\"", "kinds[protection.checked].crosses",
         "not the pack's"},
        {"kinds/protection.checked/fields/1/class", "\"open\"",
         "kinds[protection.checked].fields[person]", "protects people"},
        {"kinds/person.recorded/fields/1/class", "\"open\"",
         "kinds[person.recorded].fields[name.original]", "protects people"},
        {"kinds/handover.counted/fields/3/class_persons", NULL,
         "kinds[handover.counted].fields[condition]", "protects people"},
        {"kinds/proposal.made/fields/2/type", "\"text\"", "kinds[proposal.made].fields[time]",
         "as the program has them"},
    };
    struct files good = files_open("lv-by");
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct files f = good;
        f.kinds = mutated(f.s, good.kinds, &rows[i]);
        assert_found(&f, &rows[i]);
    }
    const struct mutation more = {
        "kinds",
        "+{\"kind\":\"wolf.seen\",\"crosses\":\"self\",\"roles\":[\"R7\"],\"case\":true,"
        "\"effect\":\"A wolf was seen.\",\"documents\":[],\"fields\":[{\"name\":\"count\","
        "\"class\":\"open\",\"type\":\"integer\"}]}",
        "", ""};
    struct pack_finding *list;
    struct files f = good;
    f.kinds = mutated(f.s, good.kinds, &more);
    assert_int_equal(files_check(&f, &list), 0);
    scope_close(good.s);
}

int main(void)
{
    cmocka_set_message_output(CM_OUTPUT_TAP);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_broken_table_of_kinds_is_found),
        cmocka_unit_test(what_protects_people_is_not_the_packs_to_change),
    };
    return cmocka_run_group_tests_name("check kinds", tests, NULL, NULL);
}
