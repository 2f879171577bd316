#include "core/casework/check.h"
#include "stage.h"

struct files {
    struct scope *s;
    Bytes kinds, pack;
    struct pack_text texts[4];
};

static struct files files_open(const char *pack)
{
    static const char *const languages[] = {"lv", "be", "ru", "en"};
    char path[60];
    struct files f = {.s = scope_open(256u << 20)};
    assert_non_null(f.s);
    snprintf(path, sizeof path, "packs/%s/pack.json", pack);
    f.kinds = file_bytes(f.s, "packs/common/kinds.json");
    f.pack = file_bytes(f.s, path);
    for (size_t i = 0; i < COUNT_OF(languages); i++) {
        snprintf(path, sizeof path, "packs/texts/%s.json", languages[i]);
        f.texts[i].bytes = file_bytes(f.s, path);
        f.texts[i].file = scope_print(f.s, "%s.json", languages[i]);
    }
    return f;
}

static size_t check(const struct files *f, struct pack_finding **out)
{
    size_t count;
    assert_ok(pack_check(f->s, f->kinds, f->pack, f->texts, COUNT_OF(f->texts), out, &count));
    return count;
}

static void print_findings(const struct pack_finding *list, size_t count)
{
    for (size_t i = 0; i < count && i < 12; i++)
        print_error("%.*s: %.*s: %.*s\n", STR_ARG(list[i].file), STR_ARG(list[i].place),
                    STR_ARG(list[i].mend));
}

static void the_packs_of_the_project_are_good(void **state)
{
    (void)state;
    static const char *const packs[] = {"lv-by", "generic", "alpha-beta"};
    for (size_t i = 0; i < COUNT_OF(packs); i++) {
        struct files f = files_open(packs[i]);
        struct pack_finding *list;
        size_t count = check(&f, &list);
        print_findings(list, count);
        assert_int_equal(count, 0);
        scope_close(f.s);
    }
}

/* The member that one step of a path names: a key, a place in a list, or an id. */
static json_t *step_into(json_t *json, const char *name)
{
    if (json_is_object(json)) return json_object_get(json, name);
    if (name[0] >= '0' && name[0] <= '9' && name[1] == '\0')
        return json_array_get(json, (size_t)(name[0] - '0'));
    size_t i;
    json_t *item;
    json_array_foreach(json, i, item)
    {
        const char *id = json_string_value(json_object_get(item, "id"));
        if (id == NULL) id = json_string_value(json_object_get(item, "kind"));
        if (id == NULL) id = json_string_value(json_object_get(item, "level"));
        if (id && strcmp(id, name) == 0) return item;
    }
    return NULL;
}

/* One way to break a file: `value` NULL removes the last step, "+" before it adds to the list
 * there. */
struct mutation {
    const char *path, *value, *place;
};

static void mutate(json_t *root, const struct mutation *m)
{
    char path[120], *last = path;
    snprintf(path, sizeof path, "%s", m->path);
    json_t *at = root;
    for (char *dot = strchr(path, '/'); dot; dot = strchr(last, '/')) {
        *dot = '\0';
        at = step_into(at, last);
        if (at == NULL) print_error("%s: no %s\n", m->path, last);
        assert_non_null(at);
        last = dot + 1;
    }
    if (m->value == NULL) {
        assert_int_equal(json_object_del(at, last), 0);
        return;
    }
    bool adds = m->value[0] == '+';
    json_t *value = json_loads(m->value + adds, JSON_DECODE_ANY, NULL);
    if (value == NULL) print_error("%s: no JSON in the table\n", m->path);
    assert_non_null(value);
    if (adds)
        assert_int_equal(json_array_append_new(step_into(at, last), value), 0);
    else if (json_is_array(at))
        assert_int_equal(json_array_set_new(at, (size_t)(last[0] - '0'), value), 0);
    else
        assert_int_equal(json_object_set_new(at, last, value), 0);
}

static Bytes mutated(struct scope *s, Bytes text, const struct mutation *m)
{
    AUTO_JSON json_t *root = NULL;
    Str out;
    assert_ok(json_read(s, text, PACK_BYTES_MAX, "test", &root));
    mutate(root, m);
    assert_ok(json_write(s, root, &out));
    return str_bytes(out);
}

/* The broken file must be found, at the place. */
static void assert_found(const struct files *f, const struct mutation *m)
{
    struct pack_finding *list;
    size_t count = check(f, &list);
    bool found = false;
    for (size_t i = 0; i < count; i++) {
        Str place = list[i].place;
        assert_true(list[i].file.len && list[i].mend.len);
        found = found || memmem(place.ptr, place.len, m->place, strlen(m->place)) ||
                m->place[0] == '\0';
    }
    if (!found) {
        print_error("%s = %s was not found at \"%s\" (%zu findings)\n", m->path,
                    m->value ? m->value : "(removed)", m->place, count);
        print_findings(list, count);
    }
    assert_true(found);
}

static const struct mutation pack_mutations[] = {
    /* shape */
    {"format", "\"twinpost/pack/2\"", "format"},
    {"id", NULL, ""},
    {"title/be", NULL, "title"},
    {"title/fr", "\"x\"", "title"},
    {"title", "\"x\"", "title"},
    {"colour", "\"red\"", ""},
    {"types/I05/colour", "\"red\"", "types[I05]"},
    {"types/I05/grave", "\"yes\"", "types[I05].grave"},
    {"types/I05/title/lv", "\"\"", "types[I05].title"},
    {"types/I05/closes_when", NULL, "types[I05]"},
    {"types/I05/steps/0/title/ru", NULL, "types[I05].steps[a].title"},
    {"types/I05/steps/0/colour", "1", "types[I05].steps[a]"},
    {"types/I05/source/0/seen", NULL, "types[I05].source[1]"},
    {"types/I05/verified", NULL, "types[I05]"},
    {"types", "{}", "types"},
    {"types/0", "7", "types[1]"},
    {"types/I05/id", "\"I04\"", "types[I04]"},
    {"documents/DOC05/originals", "\"2\"", "documents[DOC05].originals"},
    {"documents/DOC05/must_contain", "[1]", "documents[DOC05].must_contain"},
    {"checklists/E1/items/0/title/en", NULL, "checklists[E1].items"},
    {"protection_words/lv", "\"x\"", "protection_words"},
    {"languages", "[]", "languages"},
    {"languages", "+\"lv\"", "languages"},
    {"languages", "+\"fr\"", "title"},
    {"parameters/D05/source/0/ref", NULL, "parameters[D05].source[1]"},
    /* numbers */
    {"parameters/D05/limit", "\"48 hours\"", "parameters[D05].limit"},
    {"parameters/D05/limit", "\"P\"", "parameters[D05].limit"},
    {"parameters/D05/limit", "\"PT0S\"", "parameters[D05].limit"},
    {"parameters/D05/limit", "48", "parameters[D05].limit"},
    {"parameters/D05/limit", "null", "parameters[D05]"},
    {"parameters/D11/extend/by", "\"P1M\"", "parameters[D11].extend.by"},
    {"parameters/D11/extend/times", "0", "parameters[D11]"},
    {"parameters/D05/verified", NULL, "parameters[D05]"},
    {"parameters/D05/source", "[]", "parameters[D05].source"},
    {"parameters/X04/source", NULL, "parameters[X04]"},
    {"parameters/X04/value", NULL, "parameters[X04]"},
    {"parameters/D05/value", "\"2\"", "parameters[D05]"},
    {"parameters/D05/owes", "\"nobody\"", "parameters[D05].owes"},
    {"parameters/D05/owes", NULL, "parameters[D05]"},
    {"parameters/D22/calendar", "\"none\"", "parameters[D22]"},
    {"parameters/D05/roll", "\"back\"", "parameters[D05].roll"},
    /* references */
    {"parameters/D05/start/kind", "\"proposal.maid\"", "parameters[D05].start"},
    {"parameters/D05/start/field", "\"place\"", "parameters[D05].start"},
    {"parameters/D05/start/clock", "\"sundial\"", "parameters[D05].start.clock"},
    {"parameters/D05u/start/where/urgent_", "\"yes\"", "parameters[D05u].start"},
    {"parameters/D05/start", "null", "parameters[D05]"},
    {"parameters/D05/done", "[]", "parameters[D05]"},
    {"parameters/D05/done/0/kind", "\"proposal.answer\"", "parameters[D05].done[1]"},
    {"parameters/D05/done/0/ref", "\"answer\"", "parameters[D05].done[1]"},
    {"parameters/D08/start/event", "\"full_moon\"", "parameters[D08].start"},
    {"parameters/D25/start/event", "\"duty_passed:D99\"", "parameters[D25].start"},
    {"parameters/D05/escalates_to", "\"R99\"", "parameters[D05]"},
    {"types/I05/checklists", "+\"E99\"", "types[I05].checklists"},
    {"types/I05/documents", "+\"DOC99\"", "types[I05].documents"},
    {"types/I05/outcomes", "+\"O9\"", "types[I05].outcomes"},
    {"types/I05/outcomes", "[]", "types[I05]"},
    {"types/I05/grave_when", "\"moonlight\"", "types[I05].grave_when"},
    {"types/I05/inspection", "\"perhaps\"", "types[I05].inspection"},
    {"types/I05/steps/0/roles", "+\"R99\"", "types[I05].steps[a].roles"},
    {"types/I05/steps/0/limit", "\"D99\"", "types[I05].steps[a].limit"},
    {"types/I05/steps/0/document", "\"DOC99\"", "types[I05].steps[a].document"},
    {"common_steps/0/limit", "\"D99\"", "common_steps[1].limit"},
    {"gates/0/roles", "+\"R99\"", "gates[1].roles"},
    {"roles/R3/id", "\"R77\"", "roles[3]"},
    {"ladder/0/waits", "\"D99\"", "ladder[1].waits"},
    {"documents/DOC05/id", "\"DOC5\"", ".documents"},
    /* parties and days */
    {"parties/0/zone", "\"\"", "parties[lv].zone"},
    {"parties/0/zone", "\"Riga\"", "parties[lv]"},
    {"parties/0/zone", "\"Europe/../../x\"", "parties[lv]"},
    {"parties/0/languages", "[\"fr\"]", "parties[lv].languages"},
    {"parties", "+{}", "parties"},
    {"act_languages", "+\"fr\"", "act_languages"},
    {"holidays/a/0/date", "\"02-30\"", "holidays.a[1]"},
    {"holidays/a/0/date", "\"1 May\"", "holidays.a[1]"},
    {"holidays/a/0/easter", "1", "holidays.a[1]"},
    {"holidays/b/0/date", NULL, "holidays.b[1]"},
    {"holidays/source", "[]", "holidays.source"},
    /* states */
    {"states/SILENT/may_go_to", "[]", "states[SILENT]"},
    {"states/DRAFT/may_go_to", "[\"DROPPED\"]", "states[REGISTERED]"},
    {"states/DRAFT/may_go_to", "+\"LIMBO\"", "states[DRAFT]"},
    {"states/SPLIT/id", "\"SPLITT\"", "states"},
    {"states",
     "+{\"id\":\"LIMBO\",\"title\":{\"lv\":\"a\",\"be\":\"a\",\"ru\":\"a\",\"en\":\"a\"},"
     "\"may_go_to\":[\"CLOSED\"]}",
     "states[LIMBO]"},
    {"outcomes/O1/state", "\"LIMBO\"", "outcomes[O1].state"},
};

static void a_broken_pack_is_found_where_it_is_broken(void **state)
{
    (void)state;
    struct files good = files_open("lv-by");
    size_t tried = 0;
    for (size_t i = 0; i < COUNT_OF(pack_mutations); i++) {
        const struct mutation *m = &pack_mutations[i];
        struct files f = good;
        f.s = scope_open(64u << 20);
        f.pack = mutated(f.s, good.pack, m);
        assert_found(&f, m);
        scope_close(f.s);
        tried++;
    }
    print_message("# %zu broken packs\n", tried);
    assert_true(tried >= 40);
    scope_close(good.s);
}

static void a_broken_table_of_kinds_is_found(void **state)
{
    (void)state;
    static const struct mutation rows[] = {
        {"format", "\"x\"", "format"},
        {"colour", "1", "kinds"},
        {"kinds/notice.sent/crosses", "\"perhaps\"", "kinds"},
        {"kinds/notice.sent/effect", NULL, "kinds[notice.sent]"},
        {"kinds/notice.sent/roles", "[\"R99\"]", "kinds"},
        {"kinds/notice.sent/roles", "[]", "kinds[notice.sent]"},
        {"kinds/notice.sent/documents", "+\"leaflet\"", "kinds[notice.sent]"},
        {"kinds/notice.sent/kind", "\"notice.received\"", "kinds"},
        {"kinds/notice.sent/fields/0/class", "\"secret\"", "kinds"},
        {"kinds/notice.sent/fields/0/type", "\"smell\"", "kinds"},
        {"kinds/notice.sent/fields/0/colour", "1", "kinds"},
        {"kinds/proposal.made/kind", "\"proposal.maid\"", "parameters[D05].start"},
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

static void texts_must_agree_in_all_languages(void **state)
{
    (void)state;
    static const struct mutation rows[] = {
        {"format", "\"x\"", "format"},
        {"language", "\"fr\"", "language"},
        {"colour", "1", "whole file"},
        {"texts/act.agreed", NULL, "texts[act.agreed]"},
        {"texts/act.agreed", "\"\"", "texts[act.agreed]"},
        {"texts/act.agreed", "7", "texts[act.agreed]"},
        {"texts/act.agreed", "{\"one\":\"x\"}", "texts[act.agreed]"},
        {"texts/act.agreed", "{\"other\":\"x\",\"some\":\"y\"}", "texts[act.agreed]"},
        {"texts/act.only", "\"only\"", "texts[act.only]"},
        {"texts/act.agreed", "\"agreed by {who}\"", "texts[act.agreed]"},
        {"texts/act.unheard_of", "\"x\"", "texts[act.unheard_of]"},
        {"texts", "[]", "texts"},
    };
    struct files good = files_open("lv-by");
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct files f = good;
        f.s = scope_open(64u << 20);
        f.texts[2].bytes = mutated(f.s, good.texts[2].bytes, &rows[i]);
        assert_found(&f, &rows[i]);
        scope_close(f.s);
    }
    scope_close(good.s);
}

static void what_is_no_json_is_one_finding(void **state)
{
    (void)state;
    static const char *const rows[] = {
        "", "{", "[]", "7", "{\"id\":1,\"id\":2}", "{} x", "\xff", "{\"a\":1.5e999}"};
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct files f = files_open("lv-by");
        struct pack_finding *list;
        f.pack = str_bytes(str_of(rows[i]));
        assert_int_equal(check(&f, &list), 1);
        assert_str(list[0].file, "pack.json");
        f.kinds = f.pack;
        assert_true(check(&f, &list) >= 2);
        scope_close(f.s);
    }
}

static void a_pack_without_anything_names_all_that_is_missing(void **state)
{
    (void)state;
    struct files f = files_open("lv-by");
    struct pack_finding *list;
    f.pack = str_bytes(STR("{}"));
    assert_in_range(check(&f, &list), 22, FINDINGS_MAX);
    scope_close(f.s);
}

int main(void)
{
    cmocka_set_message_output(CM_OUTPUT_TAP);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_packs_of_the_project_are_good),
        cmocka_unit_test(a_broken_pack_is_found_where_it_is_broken),
        cmocka_unit_test(a_broken_table_of_kinds_is_found),
        cmocka_unit_test(texts_must_agree_in_all_languages),
        cmocka_unit_test(what_is_no_json_is_one_finding),
        cmocka_unit_test(a_pack_without_anything_names_all_that_is_missing),
    };
    return cmocka_run_group_tests_name("check", tests, NULL, NULL);
}
