#include "broken.h"

static void the_packs_of_the_project_are_good(void **state)
{
    (void)state;
    static const char *const packs[] = {"lv-by", "generic", "alpha-beta"};
    for (size_t i = 0; i < COUNT_OF(packs); i++) {
        struct files f = files_open(packs[i]);
        struct pack_finding *list;
        size_t count = files_check(&f, &list);
        print_findings(list, count);
        assert_int_equal(count, 0);
        scope_close(f.s);
    }
}

static const struct mutation pack_mutations[] = {
    /* shape */
    {"format", "\"twinpost/pack/2\"", "format", "\"twinpost/pack/1\""},
    {"format", NULL, "top level", "Add \"format\""},
    {"id", NULL, "top level", "Add \"id\""},
    {"id", "\"Lv By\"", "id", "small letters"},
    {"title/be", NULL, "title", "Add the text in \"be\""},
    {"title/fr", "\"x\"", "title", "Remove \"fr\""},
    {"title/lv", "\"  \"", "title.lv", "1 to 500 characters"},
    {"title/lv", "\"two\\nlines\"", "title.lv", "on one line"},
    {"title", "\"x\"", "title", "one text for each language"},
    {"colour", "\"red\"", "top level", "Remove \"colour\""},
    {"draft", "\"yes\"", "draft", "true or false"},
    {"types/I05/colour", "\"red\"", "types[I05]", "Remove \"colour\""},
    {"types/I05/grave", "\"yes\"", "types[I05].grave", "true or false"},
    {"types/I05/title/lv", "\"\"", "types[I05].title.lv", "1 to 500"},
    {"types/I05/closes_when", NULL, "types[I05]", "Add \"closes_when\""},
    {"types/I05/steps/a/title/ru", NULL, "types[I05].steps[a].title", "\"ru\""},
    {"types/I05/steps/a/colour", "1", "types[I05].steps[a]", "Remove"},
    {"types/I05/steps/a/roles", "[]", "types[I05].steps[a].roles", "at least one"},
    {"types/I05/steps/b/id", "\"a\"", "types[I05].steps[a]", "twice"},
    {"types/I05/source/0/seen", NULL, "types[I05].source[1]", "Add \"seen\""},
    {"types/I05/source", "[]", "types[I05].source", "at least one"},
    {"types/I05/verified", NULL, "types[I05]", "Add \"verified\""},
    {"types", "{}", "types", "Write a list"},
    {"types", "[]", "types", "at least one"},
    {"types/0", "7", "types[1]", "Write an object"},
    {"types/I05/id", "\"I04\"", "types[I04]", "stands twice"},
    {"types/I05/id", "\"I 05\"", "types[5].id", "letters, digits"},
    {"types/I05/checklists", "+\"E2\"", "types[I05].checklists", "Remove one \"E2\""},
    {"documents/DOC05/originals", "\"2\"", "documents[DOC05].originals", "1..9"},
    {"documents/DOC05/originals", "0", "documents[DOC05].originals", "1..9"},
    {"documents/DOC05/signed_by", "\"\"", "documents[DOC05].signed_by", "Say who signs"},
    {"documents/DOC05/signed_by", "\"R3 twice\"", "documents[DOC05].signed_by", "Say who signs"},
    {"documents/DOC05/signed_by", "\"R3+\"", "documents[DOC05].signed_by", "Say who signs"},
    {"documents/DOC05/signed_by", "\"R1,+R5\"", "documents[DOC05].signed_by", "Say who signs"},
    {"documents/DOC05/signed_by", "\"R1,,R2+R5\"", "documents[DOC05].signed_by", "Say who signs"},
    {"documents/DOC05/signed_by", "\"R1,R2++R5\"", "documents[DOC05].signed_by", "Say who signs"},
    {"documents/DOC05/signed_by", "\"R1+R5,\"", "documents[DOC05].signed_by", "Say who signs"},
    {"documents/DOC05/signed_by", "\"doctor+R3\"", "documents[DOC05].signed_by", "Say who signs"},
    {"documents/DOC05/signed_by", "\"R3,doctor\"", "documents[DOC05].signed_by", "Say who signs"},
    {"documents/DOC05/signed_by", "\"R3+Doctor\"", "documents[DOC05].signed_by", "Say who signs"},
    {"documents/DOC05/signed_by", "\"R3+vet both\"", "documents[DOC05].signed_by",
     "\"vet\" does not stand in other_signers"},
    {"roles/R5/id", "\"R4\"", "documents[DOC07].signed_by", "\"R5\" does not stand in roles"},
    {"other_signers/doctor/id", "\"vet\"", "documents[DOC14].signed_by",
     "\"doctor\" does not stand in other_signers"},
    {"other_signers/doctor/id", "\"R6\"", "other_signers[R6].id", "small letters"},
    {"other_signers/doctor/title/be", NULL, "other_signers[doctor].title", "\"be\""},
    {"documents/DOC05/signed_by", NULL, "documents[DOC05]", "Add \"signed_by\""},
    {"documents/DOC05/must_contain", "[1]", "documents[DOC05].must_contain[1]", "name of a field"},
    {"documents", "[]", "documents", "at least one"},
    {"checklists/E1/items", "[]", "checklists[E1].items", "at least one"},
    {"checklists/E1/items/0/title/en", NULL, "checklists[E1].items[where_found].title", "\"en\""},
    {"protection_words/lv", "\"x\"", "protection_words.lv", "at least one word"},
    {"protection_words/lv", NULL, "protection_words", "\"lv\""},
    {"protection_words/fr", "[\"asile\"]", "protection_words.fr", "no language"},
    {"weights", "[]", "weights", "names and numbers"},
    {"weights/cattle", "2", "weights.cattle", "number as text"},
    {"languages", "[]", "languages", "at least one"},
    {"languages", "+\"lv\"", "languages", "Remove one \"lv\""},
    {"languages", "+\"fr\"", "title", "Add the text in \"fr\""},
    {"languages", "+\"French\"", "languages[5]", "language code"},
    {"roles", "[]", "roles", "at least one"},
    {"roles/R3/id", "\"R77\"", "roles[R77].id", "\"R1\" to \"R15\""},
    {"states/SPLIT/id", "\"split\"", "states[split].id", "capital letters"},
    {"outcomes/O1/id", "\"O9\"", "outcomes[O9].id", "\"O1\" to \"O7\""},
    {"holidays/weekend", "{\"a\": [8], \"b\": []}", "holidays.weekend.a[1]", "1..7"},
    /* numbers */
    {"parameters/D05/source/0/ref", NULL, "parameters[D05].source[1]", "Add \"ref\""},
    {"parameters/D05/limit", "\"48 hours\"", "parameters[D05].limit", "Write a duration"},
    {"parameters/D05/limit", "\"P\"", "parameters[D05].limit", "Write a duration"},
    {"parameters/D05/limit", "\"PT0H\"", "parameters[D05].limit", "longer than nothing"},
    {"parameters/D05/limit", "48", "parameters[D05].limit", "Write a duration"},
    {"parameters/D05/limit", "null", "parameters[D05]", "Add the \"limit\""},
    {"parameters/D11/extend/by", "\"P1M\"", "parameters[D11].extend.by", "Write a duration"},
    {"parameters/D11/extend/times", "0", "parameters[D11].extend.times", "1..12"},
    {"parameters/D05/verified", NULL, "parameters[D05]", "Add \"verified\""},
    {"parameters/D05/source", "[]", "parameters[D05].source", "at least one"},
    {"parameters/D05/source", NULL, "parameters[D05]", "Add \"source\""},
    {"parameters/X04/source", NULL, "parameters[X04]", "Add \"source\""},
    {"parameters/X04/verified", NULL, "parameters[X04]", "Add \"verified\""},
    {"parameters/X04/value", NULL, "parameters[X04]", "Add \"value\""},
    {"parameters/X04/value", "\"0\"", "parameters[X04].value", "greater than 0"},
    {"parameters/X02/value", "\"guest\"", "parameters[X02].value", "inviter"},
    {"parameters/X01/value", "\"two\"", "parameters[X01].value", "1 to 9"},
    {"parameters/X03/value", "\"5 000 EUR\"", "parameters[X03].value", "Write a number"},
    {"parameters/X06/value", "\"all:a\"", "parameters[X06].value", "odd:a even:b"},
    {"parameters/D05/value", "\"2\"", "parameters[D05]", "Remove \"start\""},
    {"parameters/D05/value", "\"2\"", "parameters[D05].id", "such as \"X03\""},
    {"parameters/D05/id", "\"X05\"", "parameters[X05]", "twice"},
    {"parameters/D05/id", "\"DEADLINE\"", "parameters[DEADLINE].id", "two digits"},
    {"parameters/4", "null", "parameters[5]", "Write an object"},
    {"parameters/D04/id", "\"D44\"", "parameters", "Add \"D04\""},
    {"parameters/D05/owes", "\"nobody\"", "parameters[D05].owes", "\"author\", \"counterpart\""},
    {"parameters/D05/owes", NULL, "parameters[D05]", "Add \"owes\""},
    {"parameters/D05/owes", "\"a\"", "parameters[D05].owes", "on the calendar"},
    {"parameters/D21/owes", "\"author\"", "parameters[D21].owes", "a, b or each"},
    {"parameters/D22/calendar", "\"none\"", "parameters[D22].calendar", "working days count"},
    {"parameters/D05/calendar", "\"a\"", "parameters[D05].calendar", "use the calendar"},
    {"parameters/D22/limit", "\"PT72H\"", "parameters[D22].limit", "in days"},
    {"parameters/D05/roll", "\"back\"", "parameters[D05].roll", "\"none\", \"next\""},
    {"parameters/D02/limit_grave", "\"PT9H\"", "parameters[D02].limit_grave", "no longer"},
    {"parameters/D13/limit", "\"P1D\"", "parameters[D13]", "standing rule"},
    /* references */
    {"parameters/D05/start/kind", "\"proposal.maid\"", "parameters[D05].start.kind", "No fact"},
    {"parameters/D05/start/field", "\"place\"", "parameters[D05].start.field", "no instant"},
    {"parameters/D05/start/clock", "\"sundial\"", "parameters[D05].start.clock", "\"receipt\""},
    {"parameters/D05/start/where/haste", "\"yes\"", "start.where.haste", "No such field"},
    {"parameters/D03/done/0/where/colour", "\"red\"", "done[1].where.colour", "No such field"},
    {"types/I05/source", "+{\"ref\": \"press (service car over the line)\", \"seen\": false}",
     "types[I05].source", "are the same"},
    {"parties", "[]", "parameters[D21].owes", "nobody is a or b"},
    {"parties", "[]", "parameters[D22].calendar", "nobody is a or b"},
    {"parameters/D05/start/where/urgent", "\"soon\"", "start.where.urgent", "never holds \"soon\""},
    {"parameters/D05/start/where", "{}", "parameters[D05].start.where", "at least one field"},
    {"parameters/D18/start/where/type", "\"I99\"", "start.where.type", "never holds \"I99\""},
    {"parameters/D20/start/where/counterpart", "\"xx\"", "start.where.counterpart", "never holds"},
    {"parameters/D06/start/where/what", "\"dance\"", "start.where.what", "never holds"},
    {"parameters/D05/start", "null", "parameters[D05]", "Say with \"start\""},
    {"parameters/D05/start/event", "\"discovery\"", "parameters[D05].start", "Remove \"field\""},
    {"parameters/D05/done", "[]", "parameters[D05].done", "could never be met"},
    {"parameters/D05/done/0/kind", "\"proposal.answer\"", "parameters[D05].done[1].kind",
     "No fact"},
    {"parameters/D05/done/0/ref", "\"answer\"", "parameters[D05].done[1].ref", "names a fact"},
    {"parameters/D11/done/0/where/doc", "\"DOC99\"", "done[1].where.doc", "never holds"},
    {"parameters/D19/own_only", "false", "parameters[D19].done", "never see"},
    {"parameters/D08/start/event", "\"full_moon\"", "parameters[D08].start.event", "duty_passed"},
    {"parameters/D08/start/kind", "\"act.drafted\"", "parameters[D08].start.event", "act.signed"},
    {"parameters/D25/start/event", "\"duty_passed:D99\"", "start.event", "does not stand"},
    {"parameters/D25/start/event", "\"duty_passed:D25\"", "start.event", "wait for each other"},
    {"parameters/D11/start", "{\"kind\": \"incident.registered\", \"event\": \"duty_passed:D25\"}",
     "parameters[D11].start.event", "stands above"},
    {"parameters/D25/start/event", "\"duty_passed:D13\"", "start.event", "never passes"},
    {"parameters/D17/start/month", NULL, "parameters[D17].start", "month for every year"},
    {"parameters/D17/on", "\"case\"", "parameters[D17].start", "name a fact instead"},
    {"parameters/D05/escalates_to", "\"R99\"", "parameters[D05].escalates_to", "neither a role"},
    {"types/I05/checklists", "+\"E99\"", "types[I05].checklists", "does not stand in checklists"},
    {"types/I05/documents", "+\"DOC99\"", "types[I05].documents", "does not stand in documents"},
    {"types/I05/gates", "+\"G-999\"", "types[I05].gates", "does not stand in gates"},
    {"types/I05/outcomes", "+\"O9\"", "types[I05].outcomes", "does not stand in outcomes"},
    {"types/I05/outcomes", "[]", "types[I05].outcomes", "at least one"},
    {"types/I05/outcomes", "[\"O1\"]", "types[I05].outcomes", "cannot be closed"},
    {"types/I11/documents", "[\"DOC05\"]", "types[I11].documents", "hand-over paper"},
    {"types/I13/ceiling", "\"X99\"", "types[I13].ceiling", "does not stand in parameters"},
    {"types/I05/grave_when", "\"moonlight\"", "types[I05].grave_when", "incident.registered"},
    {"types/I05/grave_when", "\"injured\"", "types[I05].grave_when", "may cross"},
    {"types/I05/inspection", "\"perhaps\"", "types[I05].inspection", "\"urgent\", \"yes\""},
    {"types/I05/returns", "\"later\"", "types[I05].returns", "\"treaty\""},
    {"types/I05/settle_at", "\"R9\"", "types[I05].settle_at", "\"diplomacy\""},
    {"types/I05/steps/a/roles", "+\"R99\"", "types[I05].steps[a].roles", "R99"},
    {"types/I05/steps/a/limits", "[\"D99\"]", "types[I05].steps[a].limits", "does not stand"},
    {"types/I05/steps/a/limits", "[\"soon\"]", "types[I05].steps[a].limits[1]", "deadline"},
    {"types/I05/steps/a/documents", "[\"DOC99\"]", "types[I05].steps[a].documents", "DOC99"},
    {"common_steps/0/limits", "[\"D99\"]", "common_steps[1].limits", "does not stand"},
    {"common_steps", "[]", "common_steps", "at least one"},
    {"gates/0/roles", "+\"R99\"", "gates[G-ASY].roles", "R99"},
    {"ladder/0/waits", "\"D99\"", "ladder[0].waits", "does not stand"},
    {"ladder/2/source", NULL, "ladder[2]", "Add \"source\""},
    {"ladder/2/verified", NULL, "ladder[2]", "Add \"verified\""},
    {"documents/DOC05/source", "[]", "documents[DOC05].source", "at least one"},
    {"documents/DOC05/verified", NULL, "documents[DOC05]", "Add \"verified\""},
    {"common_steps/1/source", NULL, "common_steps[2]", "Add \"source\""},
    {"common_steps/1/verified", NULL, "common_steps[2]", "Add \"source\""},
    {"holidays/verified", NULL, "holidays", "Add \"verified\""},
    {"ladder/1/level", "\"2\"", "ladder", "Add the level \"1\""},
    {"ladder/0/level", "\"9\"", "ladder[9].level", "\"2c\""},
    {"documents/DOC05/id", "\"DOC5\"", "documents[DOC5].id", "DOC05"},
    {"documents/DOC09/id", "\"DOC99\"", "documents", "Add \"DOC09\""},
    /* parties and days */
    {"parties/0/id", "\"LV\"", "parties[LV].id", "small letters"},
    {"parties/1/id", "\"lv\"", "parties[lv]", "twice"},
    {"parties/0/zone", "\"\"", "parties[lv].zone", "time zone"},
    {"parties/0/zone", "\"Riga\"", "parties[lv].zone", "Europe/Riga"},
    {"parties/0/zone", "\"Europe/../../x\"", "parties[lv].zone", "time zone"},
    {"parties/0/languages", "[\"fr\"]", "parties[lv].languages", "no language of this pack"},
    {"parties/0/languages", "[]", "parties[lv].languages", "at least one"},
    {"parties", "+{}", "parties", "both parties, or none"},
    {"act_languages", "+\"fr\"", "act_languages", "no language of this pack"},
    {"holidays/a/0/date", "\"02-30\"", "holidays.a[1].date", "real month and day"},
    {"holidays/a/0/date", "\"1 May\"", "holidays.a[1].date", "real month and day"},
    {"holidays/a/0/easter", "1", "holidays.a[1]", "exactly one"},
    {"holidays/b/0/date", NULL, "holidays.b[1]", "exactly one"},
    {"holidays/b/1/date", "\"01-01\"", "holidays.b[2]", "stands twice"},
    {"holidays/a/1/easter", "99", "holidays.a[2].easter", "-60..60"},
    {"holidays/a/1/if_weekend", "\"next\"", "holidays.a[2]", "if_weekend"},
    {"holidays/a/0/date", "null", "holidays.a[1].date", "real month and day"},
    {"holidays/source", "[]", "holidays.source", "come from"},
    /* states */
    {"states/SILENT/may_go_to", "[]", "states[SILENT].may_go_to", "way out"},
    {"states/SILENT/may_go_to", "[\"SILENT\"]", "states[SILENT].may_go_to", "never be over"},
    {"states/DRAFT/may_go_to", "[\"DROPPED\"]", "states[REGISTERED]", "no case can come here"},
    {"states/DRAFT/may_go_to", "+\"LIMBO\"", "states[DRAFT].may_go_to", "does not stand in states"},
    {"states/SPLIT/id", "\"SPLITT\"", "states", "Add the state SPLIT"},
    {"states",
     "+{\"id\":\"LIMBO\",\"title\":{\"lv\":\"a\",\"be\":\"a\",\"ru\":\"a\",\"en\":\"a\"},"
     "\"may_go_to\":[\"CLOSED\"]}",
     "states[LIMBO]", "no case can come here"},
    {"outcomes/O1/state", "\"LIMBO\"", "outcomes[O1].state", "Write \"SETTLED\""},
    {"outcomes/O3/state", "\"SETTLED\"", "outcomes[O3].state", "Write \"SPLIT\""},
};

static void a_broken_pack_is_found_where_it_is_broken(void **state)
{
    (void)state;
    struct files good = files_open("lv-by");
    for (size_t i = 0; i < COUNT_OF(pack_mutations); i++) {
        struct files f = good;
        f.s = scope_open(64u << 20);
        f.pack = mutated(f.s, good.pack, &pack_mutations[i]);
        assert_found(&f, &pack_mutations[i]);
        scope_close(f.s);
    }
    print_message("# %zu broken packs\n", COUNT_OF(pack_mutations));
    scope_close(good.s);
}

/* What stands in the file before it is JSON. */
static void what_is_no_json_is_found_at_its_line(void **state)
{
    (void)state;
    static const struct {
        const char *text, *place, *mend;
    } rows[] = {{"", "line 1", "the file is empty"},
                {" \n ", "line 2", "the file is empty"},
                {"{", "line 1", "ends too early"},
                {"{\n \"id\": 1,\n}", "line 3", "Mend the JSON here"},
                {"{\"id\":1,\"id\":2}", "line 1", "two keys of the same name"},
                {"{} x", "line 1", "follows the last bracket"},
                {"\xff", "line 1", "UTF-8"},
                {"{\"id\": \"\xc3\"}", "line 1", "UTF-8"},
                {"\xEF\xBB\xBF{}", "line 1, column 1", "byte order mark"},
                {"{\"id\": \"a\\u0000b\"}", "line 1", "NUL"},
                {"{\"a\":1.5e999}", "line 1", "smaller number"},
                {"{\"a\":99999999999999999999}", "line 1", "smaller number"},
                {"[]", "whole file", "Make it one object"},
                {"7", "line 1", "Write one object"}};
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct files f = files_open("lv-by");
        struct mutation m = {rows[i].text, "", rows[i].place, rows[i].mend};
        struct pack_finding *list;
        f.pack = str_bytes(str_of(rows[i].text));
        assert_found(&f, &m);
        assert_int_equal(files_check(&f, &list), 1);
        assert_str(list[0].file, "pack.json");
        f.kinds = f.pack;
        assert_int_equal(files_check(&f, &list), 2);
        scope_close(f.s);
    }
}

static void a_nul_byte_and_a_deep_text_are_found(void **state)
{
    (void)state;
    struct files f = files_open("lv-by");
    char deep[200];
    memset(deep, '[', sizeof deep);
    f.pack = bytes_of("{\0}", 3);
    assert_found(&f, &(struct mutation){"a NUL byte", "", "line 1", "("});
    f.pack = bytes_of(deep, sizeof deep);
    assert_found(&f, &(struct mutation){"deep", "", "whole file", "less deep"});
    scope_close(f.s);
}

static void a_pack_without_anything_names_all_that_is_missing(void **state)
{
    (void)state;
    struct files f = files_open("lv-by");
    struct pack_finding *list;
    f.pack = str_bytes(STR("{}"));
    assert_int_equal(files_check(&f, &list), 21);
    for (size_t i = 0; i < 21; i++)
        assert_str(list[i].place, "top level");
    scope_close(f.s);
}

/* One mistake that shows everywhere is told a few times, and then summed up. */
static void a_mistake_that_shows_everywhere_is_told_briefly(void **state)
{
    (void)state;
    static const struct mutation rows[] = {
        {"languages", "[\"lv\", \"be\", \"ru\"]", "whole file", "more findings say the same"},
        {"outcomes", "[]", "outcomes", "at least one"}};
    struct files good = files_open("lv-by");
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct files f = good;
        struct pack_finding *list;
        f.pack = mutated(f.s, good.pack, &rows[i]);
        assert_found(&f, &rows[i]);
        assert_in_range(files_check(&f, &list), 1, 60);
    }
    scope_close(good.s);
}

/* Long and strange words of the file neither fill the screen nor break the lines of the answer. */
static void foreign_words_are_quoted_with_care(void **state)
{
    (void)state;
    char value[2 * 2000 + 3] = "\"";
    struct files good = files_open("lv-by");
    for (size_t i = 0; i < 2000; i++)
        memcpy(value + 1 + 2 * i, "\xd0\xb6", 2); /* the Cyrillic letter zhe, two bytes */
    memcpy(value + 1 + 2 * 2000, "\"", 2);
    const struct mutation rows[] = {
        {"types/I05/documents", "[\"a\\nb\\u001b[31m\"]", "types[I05].documents", "a?b?[31m"},
        {"types/I05/checklists", value, "types[I05].checklists", "Write a list"},
        {"parameters/D05/escalates_to", value, "parameters[D05].escalates_to", "\xd0\xb6…"},
        {"types/I05/id", "\"a\\nb\"", "types[5]", "letters, digits"},
        {"new\nkey", "1", "top level", "Remove \"new?key\""}};
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct files f = good;
        f.pack = mutated(f.s, good.pack, &rows[i]);
        assert_found(&f, &rows[i]);
    }
    scope_close(good.s);
}

static void a_file_that_could_not_be_read_is_not_looked_at(void **state)
{
    (void)state;
    struct files f = files_open("lv-by");
    struct pack_finding *list;
    f.pack = (Bytes){NULL, 0};
    assert_int_equal(files_check(&f, &list), 0);
    f.kinds = (Bytes){NULL, 0};
    assert_int_equal(files_check(&f, &list), 0);
    scope_close(f.s);
}

int main(void)
{
    cmocka_set_message_output(CM_OUTPUT_TAP);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_packs_of_the_project_are_good),
        cmocka_unit_test(a_broken_pack_is_found_where_it_is_broken),
        cmocka_unit_test(what_is_no_json_is_found_at_its_line),
        cmocka_unit_test(a_nul_byte_and_a_deep_text_are_found),
        cmocka_unit_test(a_pack_without_anything_names_all_that_is_missing),
        cmocka_unit_test(a_mistake_that_shows_everywhere_is_told_briefly),
        cmocka_unit_test(foreign_words_are_quoted_with_care),
        cmocka_unit_test(a_file_that_could_not_be_read_is_not_looked_at),
    };
    return cmocka_run_group_tests_name("check", tests, NULL, NULL);
}
