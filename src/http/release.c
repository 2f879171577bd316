#include "app/fact.h"
#include "http/fact_view.h"
#include "http/port.h"

enum { RELEASE_FACTS_MAX = 200, PREVIEW_BYTES_MAX = 4 << 20 };

static Status texts_read(struct request *r, const json_t *list, const Str **out, size_t *out_count)
{
    size_t count = json_array_size(list);
    if (count == 0) return fail(r->scope, ERR_SCHEMA, "\"facts\" should be a list of references");
    if (count > RELEASE_FACTS_MAX)
        return fail(r->scope, ERR_LIMIT, "a release names at most %d facts", RELEASE_FACTS_MAX);
    Str *texts = scope_array(r->scope, count, sizeof *texts);
    if (texts == NULL) return ERR_MEMORY;
    for (size_t i = 0; i < count; i++) {
        const json_t *item = json_array_get(list, i);
        if (!json_is_string(item))
            return fail(r->scope, ERR_SCHEMA, "\"facts\" should be a list of references");
        texts[i] = scope_str(r->scope, (Str){json_string_value(item), json_string_length(item)});
        if (texts[i].ptr == NULL) return ERR_MEMORY;
    }
    *out = texts;
    *out_count = count;
    return OK;
}

static Status answer_view(struct request *r, struct view *v)
{
    Bytes body;
    TRY(view_close(v, &body));
    answer_bytes(r, "application/json", body);
    return OK;
}

Status release_post(struct request *r)
{
    static const char *const KEYS[] = {"facts",        "purpose", "regime", "basis",
                                       "restrictions", "to",      NULL};
    AUTO_JSON json_t *json = NULL;
    TRY(request_object(r, KEYS, &json));
    struct release_request release = {.to = STR("")};
    Str *texts[] = {&release.purpose, &release.regime, &release.basis, &release.restrictions,
                    &release.to};
    for (size_t i = 0; i < COUNT_OF(texts); i++)
        TRY(json_may_text(r->scope, json, KEYS[1 + i], "the body", texts[i]));
    TRY(texts_read(r, json_object_get(json, "facts"), &release.facts, &release.fact_count));
    struct fact_result result = {0};
    TRY(release_draft(r->scope, r->post, r->seat->session, &release, &result));
    struct view v = view_open(r->scope, PREVIEW_BYTES_MAX);
    put_result(&v, &result);
    TRY(answer_view(r, &v));
    r->answer.status = 201;
    return OK;
}

Status release_preview_get(struct request *r)
{
    struct fact_view draft; /* whoever may not see the draft may not see what it would open */
    TRY(fact_show(r->scope, r->post, r->parameters[0], request_roles(r), &draft));
    if (draft.sight != SIGHT_WHOLE)
        return fail(r->scope, ERR_ROLE, "what it would open is not for this role");
    Str text;
    TRY(release_preview(r->scope, r->post, r->parameters[0], &text));
    struct view v = view_open(r->scope, PREVIEW_BYTES_MAX);
    put_open(&v, NULL, '{');
    put_text(&v, "ref", r->parameters[0]);
    put_text(&v, "text", text);
    put_close(&v, '}');
    return answer_view(r, &v);
}

Status release_approve_post(struct request *r)
{
    static const char *const KEYS[] = {NULL};
    AUTO_JSON json_t *json = NULL;
    bool opened = false;
    TRY(request_object(r, KEYS, &json));
    TRY(release_approve(r->scope, r->post, r->seat->session, r->parameters[0], &opened));
    struct view v = view_open(r->scope, PREVIEW_BYTES_MAX);
    put_open(&v, NULL, '{');
    put_flag(&v, "opened", opened);
    put_close(&v, '}');
    return answer_view(r, &v);
}

Status release_refuse_post(struct request *r)
{
    static const char *const KEYS[] = {"reason", NULL};
    AUTO_JSON json_t *json = NULL;
    Str reason;
    TRY(request_object(r, KEYS, &json));
    TRY(json_need_text(r->scope, json, "reason", "the body", &reason));
    TRY(release_refuse(r->scope, r->post, r->seat->session, r->parameters[0], reason));
    answer_bytes(r, "application/json", str_bytes(STR("{}")));
    return OK;
}
