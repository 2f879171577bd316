#include "core/casework/check_notes.h"
#include <stdarg.h>
#include <stdio.h>

enum { QUOTE_BYTES_MAX = 60, REPEATS_MAX = 4 };

/* How often this sentence stands already. */
static int repeats_of(const struct checking *k, Str mend)
{
    int n = 0;
    for (size_t i = 0; i < k->count && n < REPEATS_MAX; i++)
        n += str_eq(k->list[i].mend, mend) && str_is(k->list[i].file, k->file);
    return n;
}

void check_note(struct checking *k, Str place, const char *mend, ...)
{
    char text[400];
    va_list args;
    if (k->no_memory) return;
    va_start(args, mend);
    vsnprintf(text, sizeof text, mend, args);
    va_end(args);
    if (k->count == FINDINGS_MAX - 1 || repeats_of(k, str_of(text)) == REPEATS_MAX) {
        k->repeated++;
        return;
    }
    if (place.len == 0) place = STR("top level");
    struct pack_finding f = {str_of(k->file), scope_str(k->s, place),
                             scope_str(k->s, str_of(text))};
    k->no_memory = f.mend.ptr == NULL || f.place.ptr == NULL;
    if (!k->no_memory) k->list[k->count++] = f;
}

Str check_place(struct checking *k, const char *format, ...)
{
    char text[300];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    Str place = scope_str(k->s, str_of(text));
    if (place.ptr == NULL) k->no_memory = true;
    return place;
}

Str check_place_of(struct checking *k, Str list, const json_t *item, size_t number)
{
    const char *id = check_id(item);
    const json_t *value = json_object_get(item, json_object_get(item, "id") ? "id" : "level");
    if (id && check_fits(STR("id"), value)) return check_place(k, "%.*s[%s]", STR_ARG(list), id);
    return check_place(k, "%.*s[%zu]", STR_ARG(list), number);
}

const char *check_quote(struct checking *k, const char *text)
{
    size_t len = text ? strlen(text) : 0, whole = len;
    if (len > QUOTE_BYTES_MAX) len = QUOTE_BYTES_MAX;
    while (len < whole && len > 0 && ((unsigned char)text[len] & 0xC0) == 0x80)
        len--; /* never half a character */
    char *quote = scope_alloc(k->s, len + sizeof "…");
    if (quote == NULL) {
        k->no_memory = true;
        return "";
    }
    for (size_t i = 0; i < len; i++)
        quote[i] = (unsigned char)text[i] < ' ' || text[i] == 0x7F ? '?' : text[i];
    memcpy(quote + len, len < whole ? "…" : "", len < whole ? sizeof "…" : 1);
    return quote;
}

const char *check_id(const json_t *item)
{
    const char *id = json_string_value(json_object_get(item, "id"));
    return id ? id : json_string_value(json_object_get(item, "level"));
}

bool check_is_value(const json_t *parameter)
{
    return json_object_get(parameter, "value") ||
           check_fits(STR("value"), json_object_get(parameter, "id"));
}

const char *check_text(const json_t *o, const char *key)
{
    return json_string_value(json_object_get(o, key));
}

const json_t *check_find(const json_t *list, const char *id)
{
    size_t i;
    json_t *item;
    if (id == NULL || !json_is_array(list)) return NULL;
    json_array_foreach((json_t *)(uintptr_t)list, i, item)
    {
        const char *have = check_id(item);
        if (have && strcmp(have, id) == 0) return item;
    }
    return NULL;
}

bool check_is_language(const struct checking *k, const char *code)
{
    size_t i;
    json_t *item;
    json_array_foreach(json_object_get(k->pack, "languages"), i,
                       item) if (code && json_is_string(item) &&
                                 strcmp(json_string_value(item), code) == 0) return true;
    return false;
}

const struct kind *check_kind(const struct checking *k, const char *name)
{
    for (size_t i = 0; name && i < k->kind_count; i++)
        if (str_is(k->kinds[i].name, name)) return &k->kinds[i];
    return NULL;
}

const struct kind_field *check_field(const struct kind *kind, const char *name)
{
    for (size_t i = 0; kind && name && i < kind->field_count; i++)
        if (str_is(kind->fields[i].name, name)) return &kind->fields[i];
    return NULL;
}

/* Where a JSON text breaks off and what to do; the reader's own words say the rest. */
static void note_no_json(struct checking *k, Bytes text)
{
    static const char *const advice[][2] = {
        {"duplicate object key", "Remove one of the two keys of the same name"},
        {"unable to decode byte", "Save the file as UTF-8"},
        {"invalid Unicode", "Save the file as UTF-8"},
        {"\\u0000 is not allowed", "Take the NUL character out"},
        {"NUL byte", "Take the NUL character out"},
        {"premature end of input", "Close what was opened: the text ends too early"},
        {"'[' or '{' expected near end", "Write one object, { … }: the file is empty"},
        {"'[' or '{' expected", "Write one object: { … }"},
        {"near end of file", "Close what was opened: the text ends too early"},
        {"end of file expected", "Take out what follows the last bracket"},
        {"too big", "Write a smaller number"},
        {"real number overflow", "Write a smaller number"},
    };
    Str reason = str_of(scope_reason(k->s)), rest = reason;
    Str place = STR("whole file");
    const char *mend = "Mend the JSON here";
    (void)str_cut(&rest, ' '); /* the name of the file */
    if (text.len >= 3 && memcmp(text.ptr, "\xEF\xBB\xBF", 3) == 0) {
        check_note(k, STR("line 1, column 1"),
                   "Remove the byte order mark before the first bracket; save as plain UTF-8.");
        return;
    }
    if (rest.ptr == NULL || !str_has_prefix(rest, "line ")) {
        check_note(k, place, "Make it smaller or less deep: %s.",
                   rest.ptr ? check_quote(k, rest.ptr) : "it is beyond what is read");
        return;
    }
    place = str_cut(&rest, ':');
    for (size_t i = COUNT_OF(advice); rest.ptr && i-- > 0;) /* the first that fits */
        if (memmem(rest.ptr, rest.len, advice[i][0], strlen(advice[i][0]))) mend = advice[i][1];
    check_note(k, place, "%s (%s).", mend, rest.len > 1 ? check_quote(k, rest.ptr + 1) : "no JSON");
}

json_t *check_read(struct checking *k, Bytes text)
{
    json_t *json = NULL;
    Status status = json_read(k->s, text, PACK_BYTES_MAX, k->file, &json);
    if (status == ERR_MEMORY) k->no_memory = true;
    if (status == OK && json_is_object(json)) return json;
    if (status == OK) check_note(k, STR("whole file"), "Make it one object: { … }.");
    if (status != OK && status != ERR_MEMORY) note_no_json(k, text);
    json_decref(json);
    return NULL;
}

/* The kinds as the program reads them; what it cannot read, check_kinds tells. */
static void kinds_load(struct checking *k, Bytes kinds)
{
    struct kind *table = NULL;
    size_t count = 0;
    Status status = kinds_read(k->s, kinds, &table, &count);
    if (status == ERR_MEMORY) k->no_memory = true;
    if (status != OK) return;
    k->kinds = table;
    k->kind_count = count;
}

static void check_files(struct checking *k, const struct pack_files *files)
{
    AUTO_JSON json_t *kinds = NULL;
    AUTO_JSON json_t *pack = NULL;
    k->file = "kinds.json";
    if (files->kinds.ptr) kinds = check_read(k, files->kinds);
    if (kinds) {
        kinds_load(k, files->kinds);
        check_kinds(k, kinds, files->known);
    }
    k->file = "pack.json";
    if (files->pack.ptr) pack = check_read(k, files->pack);
    k->pack = pack;
    if (pack) {
        check_shape(k);
        check_states(k);
        check_references(k);
        check_parameters(k);
        check_holidays(k);
    }
    check_texts(k, files);
    k->pack = NULL;
}

Status pack_check(struct scope *s, const struct pack_files *files, struct pack_finding **out,
                  size_t *out_count)
{
    struct checking k = {.s = s, .file = "pack.json"};
    k.list = scope_array(s, FINDINGS_MAX, sizeof *k.list);
    if (k.list == NULL) return ERR_MEMORY;
    check_files(&k, files);
    if (k.repeated && !k.no_memory) {
        Str mend = scope_print(s,
                               "Mend these and check again: %zu more findings say the same of "
                               "other places.",
                               k.repeated);
        k.no_memory = mend.ptr == NULL;
        k.list[k.count++] = (struct pack_finding){STR("pack.json"), STR("whole file"), mend};
    }
    if (k.no_memory) return fail(s, ERR_MEMORY, "the machine has no memory left");
    *out = k.list;
    *out_count = k.count;
    return OK;
}
