#include "core/casework/check_notes.h"
#include <stdarg.h>
#include <stdio.h>

void check_note(struct checking *k, Str place, const char *mend, ...)
{
    char text[300];
    va_list args;
    if (k->count == FINDINGS_MAX || k->no_memory) return;
    va_start(args, mend);
    vsnprintf(text, sizeof text, mend, args);
    va_end(args);
    struct pack_finding f = {str_of(k->file), scope_str(k->s, place),
                             scope_str(k->s, str_of(text))};
    k->no_memory = f.mend.ptr == NULL || (place.len && f.place.ptr == NULL);
    if (!k->no_memory) k->list[k->count++] = f;
}

Str check_place(struct checking *k, const char *format, ...)
{
    char text[200];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    Str place = scope_str(k->s, str_of(text));
    if (place.ptr == NULL) k->no_memory = true;
    return place;
}

const json_t *check_find(const json_t *list, const char *id)
{
    size_t i;
    json_t *item;
    if (id == NULL || !json_is_array(list)) return NULL;
    json_array_foreach((json_t *)(uintptr_t)list, i, item)
    {
        const char *have = json_string_value(json_object_get(item, "id"));
        if (have == NULL) have = json_string_value(json_object_get(item, "level"));
        if (have && strcmp(have, id) == 0) return item;
    }
    return NULL;
}

/* A text that cannot be read is one finding, with what the reader says of it. */
static json_t *read_or_note(struct checking *k, Bytes text)
{
    json_t *json = NULL;
    Status status = json_read(k->s, text, PACK_BYTES_MAX, k->file, &json);
    if (status == ERR_MEMORY) k->no_memory = true;
    if (status == OK && json_is_object(json)) return json;
    if (status != OK) check_note(k, STR("whole file"), "%s", scope_reason(k->s));
    if (status == OK) check_note(k, STR("whole file"), "Make it one object.");
    json_decref(json);
    return NULL;
}

static void check_kinds(struct checking *k, const json_t *root)
{
    size_t i, n;
    json_t *item, *doc;
    k->file = "kinds.json";
    const char *format = json_string_value(json_object_get(root, "format"));
    if (format == NULL || strcmp(format, "twinpost/kinds/1") != 0)
        check_note(k, STR("format"), "Write \"twinpost/kinds/1\".");
    json_array_foreach(json_object_get(root, "kinds"), i, item)
    {
        const char *kind = json_string_value(json_object_get(item, "kind"));
        Str place = check_place(k, "kinds[%s]", kind ? kind : "?");
        if (json_array_size(json_object_get(item, "roles")) == 0 &&
            !json_is_string(json_object_get(item, "roles_as")))
            check_note(k, place, "Name at least one role that may state it.");
        if (!json_is_string(json_object_get(item, "effect")))
            check_note(k, place, "Say its effect in one sentence.");
        /* A small pack need not have every document, so only the form can be told. */
        json_array_foreach(json_object_get(item, "documents"), n,
                           doc) if (!json_is_string(doc) ||
                                    strncmp(json_string_value(doc), "DOC", 3) != 0)
            check_note(k, place, "Write documents as DOC01 and the like.");
    }
}

Status pack_check(struct scope *s, Bytes kinds, Bytes pack, const struct pack_text *texts,
                  size_t text_count, struct pack_finding **out, size_t *out_count)
{
    AUTO_JSON json_t *kinds_root = NULL;
    AUTO_JSON json_t *pack_root = NULL;
    struct checking k = {.s = s, .file = "kinds.json"};
    struct kind *table = NULL;
    k.list = scope_array(s, FINDINGS_MAX, sizeof *k.list);
    if (k.list == NULL) return ERR_MEMORY;
    kinds_root = read_or_note(&k, kinds);
    Status status = kinds_root ? kinds_read(s, kinds, &table, &k.kind_count) : OK;
    if (status == ERR_MEMORY) return status;
    if (status != OK) check_note(&k, STR("kinds"), "%s", scope_reason(s));
    k.kinds = table;
    k.file = "pack.json";
    pack_root = read_or_note(&k, pack);
    k.pack = pack_root;
    if (pack_root) {
        check_shape(&k);
        check_states(&k);
        if (k.kinds) check_references(&k);
    }
    if (pack_root && kinds_root) check_kinds(&k, kinds_root);
    check_texts(&k, texts, text_count);
    if (k.no_memory) return fail(s, ERR_MEMORY, "the machine has no memory left");
    *out = k.list;
    *out_count = k.count;
    return OK;
}
