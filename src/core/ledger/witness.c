#include "core/ledger/witness.h"
#include "base/reader.h"
#include "base/writer.h"
#include <inttypes.h>

Status witness_request_parse(struct scope *s, Bytes body, struct witness_request *out)
{
    struct witness_request q = {0};
    Str rest = bytes_str(body);
    if (body.len > WITNESS_BODY_MAX)
        return fail(s, ERR_LIMIT, "add-checkpoint: more than %d bytes", WITNESS_BODY_MAX);
    Str line = str_cut(&rest, '\n');
    if (!str_has_prefix(line, "old ") || !str_u64((Str){line.ptr + 4, line.len - 4}, &q.old) ||
        q.old > TREE_SIZE_MAX)
        return fail(s, ERR_SCHEMA, "add-checkpoint: the first line is not `old` and a size");
    while ((line = str_cut(&rest, '\n')).len) {
        if (q.proof.count == WITNESS_PROOF_MAX)
            return fail(s, ERR_SCHEMA, "add-checkpoint: more than %d proof lines",
                        WITNESS_PROOF_MAX);
        if (!base64_parse(line, q.proof.hashes[q.proof.count++].bytes, HASH_BYTES))
            return fail(s, ERR_SCHEMA, "add-checkpoint: proof line %zu is no hash", q.proof.count);
    }
    q.note = rest;
    TRY(checkpoint_parse(s, q.note, &q.checkpoint));
    *out = q;
    return OK;
}

Status witness_request_format(struct scope *s, uint64_t old, const struct tree_proof *proof,
                              Str note, Str *out)
{
    struct writer w = writer_open(s, WITNESS_BODY_MAX);
    write_print(&w, "old %" PRIu64 "\n", old);
    for (size_t i = 0; i < proof->count; i++) {
        write_base64(&w, hash_bytes(&proof->hashes[i]));
        write_u8(&w, '\n');
    }
    write_u8(&w, '\n');
    write_str(&w, note);
    return writer_close_str(&w, out);
}

Status witness_check(struct scope *s, const struct witness_view *view,
                     const struct witness_request *q)
{
    const struct checkpoint *cp = &q->checkpoint;
    if (view == NULL)
        return fail(s, ERR_NOT_FOUND, "no journal %.*s is known here", STR_ARG(cp->origin));
    TRY(checkpoint_check(s, cp, view->origin, &view->key));
    if (q->old > cp->size)
        return fail(s, ERR_SCHEMA, "the old size %" PRIu64 " is above the new one, %" PRIu64,
                    q->old, cp->size);
    if (q->old != view->size)
        return fail(s, ERR_STALE, "the head countersigned last has size %" PRIu64, view->size);
    if (cp->size == view->size && !hash_eq(&cp->root, &view->root))
        return fail(s, ERR_FORK, "two signed heads of size %" PRIu64 " have different roots",
                    cp->size);
    return tree_check_consistency(s, view->size, &view->root, cp->size, &cp->root, &q->proof);
}

int witness_http(Status verdict)
{
    switch (verdict) {
    case OK:
        return 200;
    case ERR_SCHEMA:
    case ERR_LIMIT:
        return 400;
    case ERR_SIGNATURE:
        return 403;
    case ERR_NOT_FOUND:
        return 404;
    case ERR_STALE:
        return 409;
    case ERR_PROOF:
    case ERR_FORK:
        return 422;
    default:
        return 500;
    }
}
