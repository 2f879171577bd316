/* kinds.json of a pack: closed at every level, and nothing that the program was built with missing,
 * renamed or less protected. Declared in check_notes.h. */
#include "core/casework/check_notes.h"

static const char kind_keys[] =
    "kind crosses roles roles_by roles_as case documents effect fields note";
static const char field_keys[] = "name class type required list part languages values filled "
                                 "values_from min_one_language max_bytes class_persons note";

static void keys_check(struct checking *k, const json_t *o, const char *keys, Str place)
{
    const char *key;
    json_t *value;
    json_object_foreach((json_t *)(uintptr_t)o, key, value)
    {
        bool known = false;
        for (Str rest = str_of(keys); rest.len && !known;)
            known = str_is(str_cut(&rest, ' '), key);
        if (!known)
            check_note(k, place, "Remove \"%s\": no such key stands here.", check_quote(k, key));
    }
}

/* A key that must be there, or may be, with a value of the sort. */
static void key_check(struct checking *k, const json_t *o, const char *key, const char *sort,
                      bool needed, Str place)
{
    const json_t *v = json_object_get(o, key);
    if (v)
        check_value(k, str_of(sort), v,
                    check_place(k, "%.*s%s%s", STR_ARG(place), place.len ? "." : "", key));
    else if (needed)
        check_note(k, place, "Add \"%s\".", key);
}

static void list_check(struct checking *k, const json_t *list, const char *sort, Str place)
{
    size_t i, n;
    json_t *item;
    if (!json_is_array(list)) check_note(k, place, "Write a list: [ … ].");
    json_array_foreach((json_t *)(uintptr_t)list, i, item)
    {
        check_value(k, str_of(sort), item, check_place(k, "%.*s[%zu]", STR_ARG(place), i + 1));
        for (n = 0; n < i; n++)
            if (json_equal(item, json_array_get(list, n)))
                check_note(k, place, "Remove one of two: the same stands twice.");
    }
}

/* "true" is the only value of a mark that is given. */
static void marks_check(struct checking *k, const json_t *o, Str place)
{
    static const char *const marks[] = {"required", "list", "languages", "min_one_language"};
    for (size_t i = 0; i < COUNT_OF(marks); i++) {
        const json_t *v = json_object_get(o, marks[i]);
        if (v && !json_is_true(v))
            check_note(k, check_place(k, "%.*s.%s", STR_ARG(place), marks[i]),
                       "Write true, or leave the key out.");
    }
}

static void field_check(struct checking *k, const json_t *f, Str place)
{
    const json_t *values = json_object_get(f, "values");
    if (!json_is_object(f)) {
        check_note(k, place, "Write an object: { … }.");
        return;
    }
    key_check(k, f, "name", "field", true, place);
    key_check(k, f, "class", "open|personal|sensitive|protected|internal|covert|amended", true,
              place);
    key_check(k, f, "type",
              "text|id|ref|refs|instant|integer|decimal|yesno|enum|hash|bytes64|language_text|"
              "duration",
              true, place);
    key_check(k, f, "part", "field", false, place);
    key_check(k, f, "values_from", "types|sections|outcomes|documents|checklists|levels", false,
              place);
    key_check(k, f, "filled", "=post", false, place);
    key_check(k, f, "class_persons", "=sensitive", false, place);
    key_check(k, f, "max_bytes", "1..65536", false, place);
    key_check(k, f, "note", "line", false, place);
    marks_check(k, f, place);
    if (values) list_check(k, values, "line", check_place(k, "%.*s.values", STR_ARG(place)));
    if (values && json_array_size(values) == 0)
        check_note(k, check_place(k, "%.*s.values", STR_ARG(place)), "Write at least one value.");
    if (json_is_string(json_object_get(f, "type")) &&
        (strcmp(check_text(f, "type"), "enum") == 0) !=
            (values || json_object_get(f, "values_from")))
        check_note(k, place, "Give \"values\" or \"values_from\" to an enum, and to nothing else.");
    keys_check(k, f, field_keys, place);
}

/* Do two entries of the table describe one field (or one part of a list)? */
static bool is_same_field(const json_t *a, const json_t *b)
{
    const json_t *part_a = json_object_get(a, "part"), *part_b = json_object_get(b, "part");
    bool parts = part_a || part_b ? json_equal(part_a, part_b) : true;
    return parts && json_equal(json_object_get(a, "name"), json_object_get(b, "name"));
}

static void fields_check(struct checking *k, const json_t *kind, Str place)
{
    size_t i, n;
    json_t *item;
    const json_t *fields = json_object_get(kind, "fields");
    Str list = check_place(k, "%.*s.fields", STR_ARG(place));
    if (!json_is_array(fields)) check_note(k, list, "Write a list: [ … ].");
    if (json_is_array(fields) && json_array_size(fields) == 0)
        check_note(k, list, "Write at least one: the list is empty.");
    json_array_foreach((json_t *)(uintptr_t)fields, i, item)
    {
        const char *name = check_text(item, "name");
        Str at = name && check_fits(STR("field"), json_object_get(item, "name"))
                     ? check_place(k, "%.*s[%s]", STR_ARG(list), name)
                     : check_place(k, "%.*s[%zu]", STR_ARG(list), i + 1);
        field_check(k, item, at);
        for (n = 0; n < i; n++)
            if (is_same_field(json_array_get(fields, n), item))
                check_note(k, at, "Give it another name: this one stands twice in the list.");
    }
}

/* Roles by the value of a field of the kind. */
static void roles_by_check(struct checking *k, const json_t *kind, Str place)
{
    const json_t *by = json_object_get(kind, "roles_by");
    const char *key, *field = check_text(by, "field");
    json_t *value;
    size_t i;
    json_t *item;
    bool found = false;
    Str at = check_place(k, "%.*s.roles_by", STR_ARG(place));
    if (by == NULL) return;
    if (!json_is_object(by)) check_note(k, at, "Write an object: { … }.");
    json_array_foreach(json_object_get(kind, "fields"), i, item) found =
        found ||
        (field && check_text(item, "name") && strcmp(check_text(item, "name"), field) == 0);
    if (!found) check_note(k, at, "Name with \"field\" a field of this kind.");
    json_object_foreach((json_t *)(uintptr_t)by, key, value) if (strcmp(key, "field") != 0)
        list_check(k, value, "maker", check_place(k, "%.*s.%s", STR_ARG(at), check_quote(k, key)));
}

static void kind_check(struct checking *k, const json_t *kind, Str place)
{
    const json_t *use = json_object_get(kind, "case"), *roles = json_object_get(kind, "roles");
    if (!json_is_object(kind)) {
        check_note(k, place, "Write an object: { … }.");
        return;
    }
    key_check(k, kind, "kind", "kind", true, place);
    key_check(k, kind, "crosses", "release|self|with|never|originator", true, place);
    key_check(k, kind, "effect", "line", true, place);
    key_check(k, kind, "roles_as", "act|offer", false, place);
    key_check(k, kind, "note", "line", false, place);
    if (use == NULL) check_note(k, place, "Add \"case\".");
    if (use && !json_is_boolean(use) && !check_fits(STR("=optional"), use))
        check_note(k, check_place(k, "%.*s.case", STR_ARG(place)),
                   "Write true, false or \"optional\".");
    list_check(k, roles, "maker", check_place(k, "%.*s.roles", STR_ARG(place)));
    if (json_is_array(roles) && json_array_size(roles) == 0)
        check_note(k, check_place(k, "%.*s.roles", STR_ARG(place)),
                   "Name at least one role that may state it.");
    list_check(k, json_object_get(kind, "documents"), "document",
               check_place(k, "%.*s.documents", STR_ARG(place)));
    roles_by_check(k, kind, place);
    fields_check(k, kind, place);
    keys_check(k, kind, kind_keys, place);
}

static const struct kind_field *same_field(const struct kind *kind, const struct kind_field *f)
{
    for (size_t i = 0; i < kind->field_count; i++)
        if (str_eq(kind->fields[i].name, f->name) && str_eq(kind->fields[i].part, f->part))
            return &kind->fields[i];
    return NULL;
}

/* What the program's rules speak of is there, and as well protected: fields keep their class, and
 * what crosses only by a release, or never, does not begin to cross by itself. */
static void known_kind_check(struct checking *k, const struct kind *known)
{
    const struct kind *kind = NULL;
    Str place = check_place(k, "kinds[%.*s]", STR_ARG(known->name));
    for (size_t i = 0; i < k->kind_count; i++)
        if (str_eq(k->kinds[i].name, known->name)) kind = &k->kinds[i];
    if (kind == NULL) {
        check_note(k, STR("kinds"), "Add \"%.*s\": rules of the program speak of it.",
                   STR_ARG(known->name));
        return;
    }
    if (kind->crosses != known->crosses)
        check_note(k, check_place(k, "%.*s.crosses", STR_ARG(place)),
                   "Leave it as the program has it: what crosses is not the pack's to change.");
    for (size_t i = 0; i < known->field_count; i++) {
        const struct kind_field *f = &known->fields[i], *mine = same_field(kind, f);
        Str at = check_place(k, "%.*s.fields[%.*s]", STR_ARG(place), STR_ARG(f->name));
        if (mine == NULL)
            check_note(k, check_place(k, "%.*s.fields", STR_ARG(place)),
                       "Add \"%.*s\": rules of the program speak of it.", STR_ARG(f->name));
        else if (mine->class != f->class || mine->sensitive_for_persons != f->sensitive_for_persons)
            check_note(k, at, "Leave its class as the program has it: it protects people.");
        else if (mine->type != f->type || mine->list != f->list || mine->languages != f->languages)
            check_note(k, at, "Leave its type, list and languages as the program has them.");
    }
}

void check_kinds(struct checking *k, const json_t *root, Bytes known)
{
    struct kind *table = NULL;
    size_t count = 0, i, n;
    json_t *item;
    const json_t *list = json_object_get(root, "kinds");
    key_check(k, root, "format", "=twinpost/kinds/1", true, STR(""));
    key_check(k, root, "note", "line", false, STR(""));
    keys_check(k, root, "format kinds note", STR(""));
    if (!json_is_array(list)) check_note(k, STR("kinds"), "Write a list: [ … ].");
    if (json_is_array(list) && json_array_size(list) == 0)
        check_note(k, STR("kinds"), "Write at least one: the list is empty.");
    json_array_foreach((json_t *)(uintptr_t)list, i, item)
    {
        const char *name = check_text(item, "kind");
        Str at = name && check_fits(STR("kind"), json_object_get(item, "kind"))
                     ? check_place(k, "kinds[%s]", name)
                     : check_place(k, "kinds[%zu]", i + 1);
        kind_check(k, item, at);
        for (n = 0; name && n < i; n++)
            if (json_equal(json_object_get(item, "kind"),
                           json_object_get(json_array_get(list, n), "kind")))
                check_note(k, at, "Give it another name: this one stands twice in the list.");
    }
    if (known.ptr == NULL || k->kinds == NULL) return;
    Status status = kinds_read(k->s, known, &table, &count);
    if (status == ERR_MEMORY) k->no_memory = true;
    for (i = 0; status == OK && i < count; i++)
        known_kind_check(k, &table[i]);
}
