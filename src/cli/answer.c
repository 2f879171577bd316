/* Making answers. Declared in cli/command.h. */
#include "cli/command.h"

static void put(struct call *c, json_t *object, const char *key, json_t *value)
{
    json_t *to = object ? object : c->answer;
    if (to == NULL || value == NULL || json_object_set_new(to, key, value) != 0)
        c->lost_memory = true;
}

void answer_text(struct call *c, json_t *object, const char *key, Str value)
{
    put(c, object, key, json_from_str(value));
}

void answer_number(struct call *c, json_t *object, const char *key, uint64_t value)
{
    put(c, object, key, json_integer((json_int_t)value));
}

void answer_flag(struct call *c, json_t *object, const char *key, bool value)
{
    put(c, object, key, json_boolean(value));
}

void answer_instant(struct call *c, json_t *object, const char *key, Instant at)
{
    char text[INSTANT_TEXT_MAX];
    instant_format(at, text);
    answer_text(c, object, key, str_of(text));
}

json_t *answer_list(struct call *c, json_t *object, const char *key)
{
    json_t *list = json_array();
    put(c, object, key, list);
    return list;
}

json_t *answer_row(struct call *c, json_t *list)
{
    json_t *row = json_object();
    if (list == NULL || row == NULL || json_array_append_new(list, row) != 0) c->lost_memory = true;
    return row;
}

json_t *answer_object(struct call *c, json_t *object, const char *key)
{
    json_t *inner = json_object();
    put(c, object, key, inner);
    return inner;
}

void answer_result(struct call *c, json_t *object, const struct fact_result *result)
{
    answer_text(c, object, "ref", result->ref);
    if (result->case_number.len) answer_text(c, object, "case", result->case_number);
    if (result->queued) answer_flag(c, object, "queued", true);
}

void answer_fact(struct call *c, json_t *object, const struct fact_view *f)
{
    answer_text(c, object, "ref", f->ref);
    answer_text(c, object, "kind", f->kind);
    if (f->case_number.len) answer_text(c, object, "case", f->case_number);
    answer_text(c, object, "by", f->by);
    answer_instant(c, object, "at", f->at);
    answer_flag(c, object, "own", f->own);
    answer_number(c, object, "opening", f->opening);
    if (f->late) answer_flag(c, object, "late", true);
    if (f->refused) answer_flag(c, object, "refused", true);
    if (f->is_void) answer_flag(c, object, "void", true);
    answer_text(c, object, "body", f->body);
    json_t *fields = answer_object(c, object, "fields");
    uint64_t closed = 0;
    for (size_t i = 0; i < f->field_count; i++) {
        closed += !f->fields[i].open;
        if (!f->fields[i].open || f->fields[i].value.len == 0) continue;
        Str name = scope_str(c->scope, f->fields[i].name);
        if (name.ptr) answer_text(c, fields, name.ptr, f->fields[i].value);
    }
    if (closed) answer_number(c, object, "closed_fields", closed);
}
