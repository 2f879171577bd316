/* What all documents have around their parts: titles, number, digest, QR code, footers. Declared in
 * app/sheet.h. */
#include "app/sheet.h"
#include "core/casework/act.h"
#include <inttypes.h>

enum { CITED_MAX = 20000, CITED_LINE_MAX = 128 };

void sheet_cite(struct sheet *x, const struct entry *e)
{
    if (e == NULL || x->status != OK) return;
    for (size_t i = 0; i < x->cited_count && !x->is_list; i++)
        if (x->cited[i] == e) return;
    if (x->cited_count == CITED_MAX) {
        x->status = fail(x->s, ERR_LIMIT, "more than %d facts on one document", CITED_MAX);
        return;
    }
    if (x->cited_count == x->cited_room) {
        size_t room = x->cited_room * 2 + 32;
        const struct entry **bigger = scope_array(x->s, room, sizeof *bigger);
        if (bigger == NULL) {
            x->status = ERR_MEMORY;
            return;
        }
        if (x->cited_count) memcpy(bigger, x->cited, x->cited_count * sizeof *bigger);
        x->cited = bigger;
        x->cited_room = room;
    }
    x->cited[x->cited_count++] = e;
    if (instant_before(x->made, e->at)) x->made = e->at;
}

const json_t *sheet_document(const struct sheet *x)
{
    const json_t *list = json_object_get(x->p->pack.json, "documents");
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *entry = json_array_get(list, i);
        const char *id = json_string_value(json_object_get(entry, "id"));
        if (id && str_is(x->doc, id)) return entry;
    }
    return NULL;
}

/* What is signed: of an act its draft, of a paper about one fact that fact; of more than one the
 * SHA-256 of their list, "party:index body" a line (docs/formats/document.md). */
static Status digest_of(struct sheet *x, Hash *out)
{
    if (x->act) {
        *out = x->fact->body;
        return OK;
    }
    if (x->cited_count == 1 && !x->is_list) {
        *out = x->cited[0]->fact->body;
        return OK;
    }
    struct writer w = writer_open(x->s, (x->cited_count + 1) * (size_t)CITED_LINE_MAX);
    for (size_t i = 0; i < x->cited_count; i++) {
        write_print(&w, "%.*s:%" PRIu64 " ", STR_ARG(x->cited[i]->party), x->cited[i]->fact->index);
        write_hex(&w, hash_bytes(&x->cited[i]->fact->body));
        write_print(&w, "\n");
    }
    Str list;
    TRY(writer_close_str(&w, &list));
    *out = hash_of(str_bytes(list));
    return OK;
}

static const char *footer_key(const struct sheet *x)
{
    if (x->act) return "act.copy";
    if (x->own_side) return "document.footer_own";
    return x->is_list ? "document.footer_list" : "document.footer_facts";
}

/* Words above the sheet for a side that must not have it, and under the title for a court. */
static void words_of(struct sheet *x, struct paper_document *out)
{
    for (size_t i = 0; i < 2; i++) {
        Str issuer = x->issuer.len ? x->issuer : x->party[x->swapped ? 1 - i : i];
        Str page = sheet_fill(x, sheet_text(x, i, "page.number"), "{page}", STR("{n}"));
        out->title[i] = x->title[i].len ? x->title[i] : sheet_title(x, i, "documents", x->doc);
        out->language[i] = x->language[i];
        out->issuer[i] = sheet_party(x, i, issuer);
        out->state[i] = x->state[i];
        out->footer[i] = sheet_text(x, i, footer_key(x));
        out->page_words[i] = sheet_fill(x, page, "{pages}", STR("{m}"));
        if (x->own_side)
            out->banner[i] = sheet_text(x, i, "document.own_side");
        else if (x->c->number.len)
            out->note[i] = sheet_text(x, i, "document.information");
        else
            out->note[i] = STR("");
    }
}

Status sheet_finish(struct sheet *x, struct paper_document *out)
{
    struct paper_document doc = {.columns = x->columns, .made = x->made};
    struct writer hex = writer_open(x->s, 2 * HASH_BYTES + 1);
    Hash digest;
    TRY(x->status);
    TRY(digest_of(x, &digest));
    write_hex(&hex, hash_bytes(&digest));
    TRY(writer_close_str(&hex, &doc.digest_hex));
    words_of(x, &doc);
    Str number = x->c->number;
    doc.number = scope_print(x->s, "%.*s%s%.*s%s%.*s", STR_ARG(number), number.len ? " · " : "",
                             STR_ARG(x->doc), x->act ? " / " : " · ", STR_ARG(x->number));
    doc.qr = scope_print(x->s, "twinpost:%.*s:%.*s:%.*s", STR_ARG(x->doc), STR_ARG(x->ref),
                         STR_ARG(doc.digest_hex));
    if (doc.number.ptr == NULL || doc.qr.ptr == NULL) return ERR_MEMORY;
    doc.blocks = x->blocks;
    doc.block_count = x->count;
    *out = doc;
    TRY(x->status);
    return scope_has_lacked(x->s) ? ERR_MEMORY : OK; /* not a paper with parts left out */
}
