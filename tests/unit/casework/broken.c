#include "broken.h"

struct files files_open(const char *pack)
{
    static const char *const languages[] = {"lv", "be", "ru", "en"};
    char path[60];
    struct files f = {.s = scope_open(256u << 20)};
    assert_non_null(f.s);
    snprintf(path, sizeof path, "packs/%s/pack.json", pack);
    f.kinds = f.known = file_bytes(f.s, "packs/common/kinds.json");
    f.pack = file_bytes(f.s, path);
    for (size_t i = 0; i < TEXT_FILES; i++) {
        snprintf(path, sizeof path, "packs/texts/%s.json", languages[i]);
        f.texts[i].bytes = file_bytes(f.s, path);
        f.texts[i].file = scope_print(f.s, "%s.json", languages[i]);
    }
    return f;
}

size_t files_check(const struct files *f, struct pack_finding **out)
{
    size_t count;
    struct pack_files files = {.kinds = f->kinds,
                               .pack = f->pack,
                               .known = f->known,
                               .texts = f->texts,
                               .text_count = COUNT_OF(f->texts)};
    assert_ok(pack_check(f->s, &files, out, &count));
    return count;
}

void print_findings(const struct pack_finding *list, size_t count)
{
    for (size_t i = 0; i < count && i < 12; i++)
        print_error("%.*s: %.*s: %.*s\n", STR_ARG(list[i].file), STR_ARG(list[i].place),
                    STR_ARG(list[i].mend));
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

Bytes mutated(struct scope *s, Bytes text, const struct mutation *m)
{
    AUTO_JSON json_t *root = NULL;
    Str out;
    assert_ok(json_read(s, text, PACK_BYTES_MAX, "test", &root));
    mutate(root, m);
    assert_ok(json_write(s, root, &out));
    return str_bytes(out);
}

/* The broken file must be found, at the place, with the sentence. */
void assert_found(const struct files *f, const struct mutation *m)
{
    struct pack_finding *list;
    size_t count = files_check(f, &list);
    bool found = false;
    for (size_t i = 0; i < count; i++) {
        Str place = list[i].place, mend = list[i].mend;
        assert_true(list[i].file.len && place.len && mend.len);
        assert_null(memchr(place.ptr, '\n', place.len));
        assert_null(memchr(mend.ptr, '\n', mend.len));
        found = found || (memmem(place.ptr, place.len, m->place, strlen(m->place)) &&
                          memmem(mend.ptr, mend.len, m->mend, strlen(m->mend)));
    }
    if (!found) {
        print_error("%s = %s was not found at \"%s\" (%zu findings)\n", m->path,
                    m->value ? m->value : "(removed)", m->place, count);
        print_findings(list, count);
    }
    assert_true(found);
}
