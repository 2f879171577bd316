#include "app/exchange.h"
#include "http/port.h"

/* C2SP tlog-tiles: the journal's public side. Full tiles never change; the checkpoint does. */
Status checkpoint_get(struct request *r)
{
    Bytes note;
    TRY(journal_file(r->scope, r->post, STR("checkpoint"), &note));
    answer_bytes(r, "text/plain; charset=utf-8", note);
    r->answer.keep = KEEP_CHECK;
    return OK;
}

Status journal_get(struct request *r)
{
    Str path = scope_print(r->scope, "tile/%.*s", STR_ARG(r->parameters[0]));
    if (path.ptr == NULL) return ERR_MEMORY;
    Bytes tile;
    TRY(journal_file(r->scope, r->post, path, &tile));
    answer_bytes(r, "application/octet-stream", tile);
    r->answer.keep = KEEP_FOR_EVER;
    return OK;
}

/* C2SP tlog-witness: the answer's meaning stands in the HTTP status. */
Status witness_post(struct request *r)
{
    int status = 0;
    Str text;
    Str body = bytes_str(request_body(r));
    TRY(witness_add_checkpoint(r->scope, r->post, body, &status, &text));
    answer_bytes(r, status == 409 ? "text/x.tlog.size" : "text/plain; charset=utf-8",
                 str_bytes(text));
    r->answer.status = (unsigned)status;
    return OK;
}
