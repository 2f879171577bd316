#include "http/port.h"
#include "http/view.h"

enum { KINDS_BYTES_MAX = 2 << 20 };

static const char *const CLASSES[] = {
    [CLASS_OPEN] = "open",           [CLASS_PERSONAL] = "personal", [CLASS_SENSITIVE] = "sensitive",
    [CLASS_PROTECTED] = "protected", [CLASS_INTERNAL] = "internal", [CLASS_COVERT] = "covert",
    [CLASS_AMENDED] = "amended"};
static const char *const CROSSES[] = {[CROSSES_SELF] = "self",
                                      [CROSSES_WITH] = "with",
                                      [CROSSES_RELEASE] = "release",
                                      [CROSSES_NEVER] = "never",
                                      [CROSSES_ORIGINATOR] = "originator"};
static const char *const TYPES[] = {[TYPE_TEXT] = "text",         [TYPE_ID] = "id",
                                    [TYPE_REF] = "ref",           [TYPE_REFS] = "refs",
                                    [TYPE_INSTANT] = "instant",   [TYPE_INTEGER] = "integer",
                                    [TYPE_DECIMAL] = "decimal",   [TYPE_YESNO] = "yesno",
                                    [TYPE_ENUM] = "enum",         [TYPE_HASH] = "hash",
                                    [TYPE_DURATION] = "duration", [TYPE_COUNT] = "count"};
static const char *const USES[] = {
    [CASE_NONE] = "none", [CASE_OPTIONAL] = "optional", [CASE_REQUIRED] = "required"};

static void put_field(struct view *v, const struct kind_field *f)
{
    put_open(v, NULL, '{');
    put_text(v, "name", f->name);
    if (f->part.len > 0) put_text(v, "part", f->part);
    put_text(v, "class", str_of(CLASSES[f->class]));
    put_text(v, "type", str_of(TYPES[f->type]));
    put_flag(v, "required", f->required);
    put_flag(v, "list", f->list);
    put_flag(v, "languages", f->languages);
    put_flag(v, "filled", f->filled);
    if (f->values_from.len > 0) put_text(v, "values_from", f->values_from);
    if (f->value_count > 0) {
        put_open(v, "values", '[');
        for (size_t i = 0; i < f->value_count; i++)
            put_text(v, NULL, f->values[i]);
        put_close(v, ']');
    }
    put_close(v, '}');
}

/* The kinds this officer may state, as forms: protected kinds exist for their role only. */
Status kinds_get(struct request *r)
{
    const struct pack *pack = post_pack(r->post);
    Roles roles = session_roles(r->post, r->seat->session->officer);
    struct view v = view_open(r->scope, KINDS_BYTES_MAX);
    put_open(&v, NULL, '{');
    put_open(&v, "kinds", '[');
    for (size_t i = 0; i < pack->kind_count; i++) {
        const struct kind *k = &pack->kinds[i];
        if ((k->roles & roles) == 0) continue;
        put_open(&v, NULL, '{');
        put_text(&v, "kind", k->name);
        put_text(&v, "crosses", str_of(CROSSES[k->crosses]));
        put_text(&v, "case", str_of(USES[k->use]));
        put_open(&v, "fields", '[');
        for (size_t f = 0; f < k->field_count; f++)
            put_field(&v, &k->fields[f]);
        put_close(&v, ']');
        put_close(&v, '}');
    }
    put_close(&v, ']');
    put_close(&v, '}');
    Bytes body;
    TRY(view_close(&v, &body));
    answer_bytes(r, "application/json", body);
    return OK;
}

/* The agreement's data as it was read, for titles and lists on screens. */
Status pack_get(struct request *r)
{
    Str json;
    TRY(json_write(r->scope, post_pack(r->post)->json, &json));
    answer_bytes(r, "application/json", str_bytes(json));
    return OK;
}
