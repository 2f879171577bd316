#include "app/paper.h"
#include "http/port.h"
#include "os/file.h"
#include <gnutls/crypto.h>

static Status form_parse(struct request *r, enum act_form *out)
{
    static const char *const FORMS[] = {[FORM_BOTH] = "both", [FORM_A] = "a", [FORM_B] = "b"};
    Str text = request_query(r, "form");
    *out = FORM_BOTH;
    for (size_t i = 0; i < COUNT_OF(FORMS); i++) {
        if (text.ptr != NULL && !str_is(text, FORMS[i])) continue;
        *out = (enum act_form)i;
        return OK;
    }
    return fail(r->scope, ERR_USAGE, "\"form\" is both, a or b");
}

/* A name for saving: what is no letter, digit or dash becomes a dash. */
static Str file_name(struct request *r, const char *what, Str id, const char *ending)
{
    Str name = scope_print(r->scope, "%s-%.*s%s", what, STR_ARG(id), ending);
    if (name.ptr == NULL) return name;
    char *plain = scope_alloc(r->scope, name.len + 1);
    for (size_t i = 0; plain != NULL && i < name.len; i++) {
        char c = name.ptr[i];
        bool kept = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        plain[i] = kept || c == '.' ? c : '-';
    }
    return (Str){plain, plain ? name.len : 0};
}

Status act_pdf_get(struct request *r)
{
    enum act_form form;
    Bytes pdf;
    struct fact_view act;
    TRY(form_parse(r, &form));
    /* A document of a year is no fact; it shows what every officer may read. */
    if (!str_has_prefix(r->parameters[0], "DOC"))
        TRY(fact_show(r->scope, r->post, r->parameters[0], request_roles(r), &act));
    TRY(request_need_sight(r, SIGHT_OPEN));
    TRY(document_pdf(r->scope, r->post,
                     &(struct document_request){.ref = r->parameters[0], .form = form}, &pdf));
    answer_bytes(r, "application/pdf", pdf);
    r->answer.file_name = file_name(r, "act", r->parameters[0], ".pdf");
    return OK;
}

/* A dossier may be larger than memory: it is written to a file without a name that outlives this
 * request. */
Status dossier_get(struct request *r)
{
    uint8_t random[8];
    TRY(request_need_sight(r, SIGHT_WHOLE));
    if (gnutls_rnd(GNUTLS_RND_NONCE, random, sizeof random) != 0)
        return fail(r->scope, ERR_INTERNAL, "the machine gives no random numbers");
    uint64_t number = 0;
    for (size_t i = 0; i < sizeof random; i++)
        number = number << 8 | random[i];
    Str name = scope_print(r->scope, "answer-%016llx.zip", (unsigned long long)number);
    if (name.ptr == NULL) return ERR_MEMORY;
    Str path = file_join(r->scope, post_dir(r->post), name.ptr);
    if (path.ptr == NULL) return ERR_MEMORY;
    Status status = dossier_write(r->scope, r->post, r->parameters[0], path.ptr);
    if (status == OK) status = file_open_read(r->scope, path.ptr, &r->answer.fd);
    Status removed = file_remove(r->scope, path.ptr);
    TRY(status);
    TRY(removed);
    r->answer.status = 200;
    r->answer.type = "application/zip";
    r->answer.file_name = file_name(r, "dossier", r->parameters[0], ".zip");
    return OK;
}
