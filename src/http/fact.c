#include "app/fact.h"
#include "http/fact_view.h"
#include "http/port.h"

enum { FACT_VIEW_BYTES_MAX = 2 << 20, FIELDS_GIVEN_MAX = 400 };

void put_fact(struct view *v, const char *key, const struct fact_view *f)
{
    put_open(v, key, '{');
    put_text(v, "ref", f->ref);
    put_text(v, "party", f->party);
    put_text(v, "kind", f->kind);
    put_text(v, "case", f->case_number);
    put_text(v, "by", f->by);
    put_instant(v, "at", f->at);
    put_flag(v, "own", f->own);
    put_number(v, "opening", f->opening);
    put_flag(v, "whole", f->whole);
    put_flag(v, "late", f->late);
    put_flag(v, "refused", f->refused);
    put_flag(v, "void", f->is_void);
    put_text(v, "body", f->body);
    put_open(v, "fields", '{');
    for (size_t i = 0; i < f->field_count; i++)
        if (f->fields[i].open && f->fields[i].value.len > 0)
            put_text_named(v, f->fields[i].name, f->fields[i].value);
    put_close(v, '}');
    /* Only the number: a name of what is not open would say too much. */
    uint64_t hidden = 0;
    for (size_t i = 0; i < f->field_count; i++)
        hidden += !f->fields[i].open;
    put_number(v, "hidden", hidden);
    put_close(v, '}');
}

void put_result(struct view *v, const struct fact_result *result)
{
    put_open(v, NULL, '{');
    put_text(v, "ref", result->ref);
    put_text(v, "case", result->case_number);
    put_flag(v, "queued", result->queued);
    put_close(v, '}');
}

/* {"name": "value", ...}: every value is a text, as facts hold texts. */
static Status fields_read(struct request *r, const json_t *object, struct fact_request *out)
{
    if (!json_is_object(object))
        return fail(r->scope, ERR_SCHEMA, "\"fields\" should be an object of texts");
    if (json_object_size(object) > FIELDS_GIVEN_MAX)
        return fail(r->scope, ERR_LIMIT, "a fact has at most %d fields", FIELDS_GIVEN_MAX);
    struct name_value *fields = scope_array(r->scope, json_object_size(object) + 1, sizeof *fields);
    if (fields == NULL) return ERR_MEMORY;
    size_t count = 0;
    const char *name;
    json_t *value;
    json_object_foreach((json_t *)(uintptr_t)object, name, value)
    {
        if (!json_is_string(value))
            return fail(r->scope, ERR_SCHEMA, "\"%s\" should be a text", name);
        fields[count].name = scope_str(r->scope, str_of(name));
        fields[count].value = json_text(r->scope, object, name);
        if (fields[count].name.ptr == NULL || fields[count].value.ptr == NULL) return ERR_MEMORY;
        count++;
    }
    out->fields = fields;
    out->field_count = count;
    return OK;
}

Status fact_post(struct request *r)
{
    static const char *const KEYS[] = {"kind", "case", "fields", "password", NULL};
    AUTO_JSON json_t *json = NULL;
    struct fact_request request = {0};
    TRY(request_object(r, KEYS, &json));
    TRY(json_need_text(r->scope, json, "kind", "the body", &request.kind));
    TRY(json_may_text(r->scope, json, "case", "the body", &request.case_number));
    TRY(json_may_text(r->scope, json, "password", "the body", &request.password));
    TRY(fields_read(r, json_object_get(json, "fields"), &request));
    struct fact_result result = {0};
    TRY(fact_add(r->scope, r->post, r->seat->session, &request, &result));
    struct view v = view_open(r->scope, FACT_VIEW_BYTES_MAX);
    put_result(&v, &result);
    Bytes body;
    TRY(view_close(&v, &body));
    answer_bytes(r, "application/json", body);
    r->answer.status = result.queued ? 202 : 201;
    if (!result.queued)
        r->answer.location = scope_print(r->scope, "/api/v1/facts/%.*s", STR_ARG(result.ref));
    return OK;
}

Status fact_get_one(struct request *r)
{
    struct fact_view fact;
    TRY(fact_show(r->scope, r->post, r->parameters[0], request_roles(r), &fact));
    struct view v = view_open(r->scope, FACT_VIEW_BYTES_MAX);
    put_fact(&v, NULL, &fact);
    Bytes body;
    TRY(view_close(&v, &body));
    answer_bytes(r, "application/json", body);
    return OK;
}

Status fact_recall(struct request *r)
{
    static const char *const KEYS[] = {"ground", NULL};
    AUTO_JSON json_t *json = NULL;
    Str ground;
    TRY(request_object(r, KEYS, &json));
    TRY(json_need_text(r->scope, json, "ground", "the body", &ground));
    TRY(release_recall(r->scope, r->post, r->seat->session, r->parameters[0], ground));
    answer_bytes(r, "application/json", str_bytes(STR("{}")));
    return OK;
}
