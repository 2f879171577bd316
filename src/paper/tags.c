#include "paper/tags.h"
#include "paper/document.h"
#include <qpdf/qpdf-c.h>

#define AUTO_QPDF __attribute__((cleanup(qpdf_cleanup)))

Status tags_add(struct scope *s, struct tag_list *list, const char *name, Str language, Str alt)
{
    struct tag *t = NEW(s, struct tag);
    if (t == NULL) return ERR_MEMORY;
    *t = (struct tag){.name = name, .language = language, .alt = alt};
    if (list->first == NULL) list->end = &list->first;
    *list->end = t;
    list->end = &t->next;
    return OK;
}

/* libqpdf prints every error that nobody asked for; asking empties the list. */
static Status refusal(struct scope *s, qpdf_data q, const char *what)
{
    if (!qpdf_has_error(q)) return fail(s, ERR_INTERNAL, "the PDF could not be %s", what);
    qpdf_error e = qpdf_get_error(q);
    return fail(s, ERR_INTERNAL, "the PDF could not be %s: %s", what,
                qpdf_get_error_full_text(q, e));
}

struct walk {
    struct scope *scope;
    qpdf_data q;
    const struct tag *next;
    size_t depth;
};

static void text_set(struct walk *w, qpdf_oh element, const char *key, Str text)
{
    Str ended = scope_str(w->scope, text);
    if (ended.len == 0) return;
    qpdf_oh value = qpdf_oh_new_unicode_string(w->q, ended.ptr);
    qpdf_oh_replace_key(w->q, element, key, value);
    qpdf_oh_release(w->q, value);
}

static Status element_walk(struct walk *w, qpdf_oh element);

static Status kids_walk(struct walk *w, qpdf_oh parent)
{
    Status status = OK;
    qpdf_oh kids = qpdf_oh_get_key(w->q, parent, "/K");
    if (qpdf_oh_is_array(w->q, kids)) {
        int count = qpdf_oh_get_array_n_items(w->q, kids);
        for (int i = 0; i < count && status == OK; i++) {
            qpdf_oh kid = qpdf_oh_get_array_item(w->q, kids, i);
            status = element_walk(w, kid);
            qpdf_oh_release(w->q, kid);
        }
    } else {
        status = element_walk(w, kids);
    }
    qpdf_oh_release(w->q, kids);
    return status;
}

/* Kids that are no elements (marked content of a page) have no /S and are passed over. */
static Status element_walk(struct walk *w, qpdf_oh element)
{
    if (!qpdf_oh_is_dictionary(w->q, element) || !qpdf_oh_has_key(w->q, element, "/S")) return OK;
    if (++w->depth > 2 * TAG_DEPTH_MAX)
        return fail(w->scope, ERR_INTERNAL, "the structure of the PDF is too deep");
    qpdf_oh name = qpdf_oh_get_key(w->q, element, "/S");
    const char *text = qpdf_oh_get_name(w->q, name);
    bool is_next = w->next && text[0] == '/' && strcmp(text + 1, w->next->name) == 0;
    qpdf_oh_release(w->q, name);
    if (!is_next) return fail(w->scope, ERR_INTERNAL, "the PDF has a tag that nobody opened");
    text_set(w, element, "/Lang", w->next->language);
    text_set(w, element, "/Alt", w->next->alt);
    w->next = w->next->next;
    TRY(kids_walk(w, element));
    w->depth--;
    return OK;
}

/* All elements under one /Document, which is what readers aloud look for. */
static void document_wrap(struct walk *w, qpdf_oh tree)
{
    qpdf_data q = w->q;
    qpdf_oh kids = qpdf_oh_get_key(q, tree, "/K");
    qpdf_oh whole =
        qpdf_make_indirect_object(q, qpdf_oh_parse(q, "<< /Type /StructElem /S /Document >>"));
    qpdf_oh_replace_key(q, whole, "/P", tree);
    qpdf_oh_replace_key(q, whole, "/K", kids);
    int count = qpdf_oh_is_array(q, kids) ? qpdf_oh_get_array_n_items(q, kids) : 0;
    for (int i = 0; i < count; i++) {
        qpdf_oh kid = qpdf_oh_get_array_item(q, kids, i);
        qpdf_oh_replace_key(q, kid, "/P", whole);
        qpdf_oh_release(q, kid);
    }
    qpdf_oh_replace_key(q, tree, "/K", whole);
}

static Status catalogue_set(struct walk *w, Str language)
{
    qpdf_data q = w->q;
    qpdf_oh root = qpdf_get_root(q);
    text_set(w, root, "/Lang", language);
    qpdf_oh viewer = qpdf_oh_parse(q, "<< /DisplayDocTitle true >>");
    qpdf_oh_replace_key(q, root, "/ViewerPreferences", viewer);
    qpdf_oh_replace_key(q, root, "/MarkInfo", qpdf_oh_parse(q, "<< /Marked true >>"));
    qpdf_oh tree = qpdf_oh_get_key(q, root, "/StructTreeRoot");
    if (!qpdf_oh_is_dictionary(q, tree))
        return fail(w->scope, ERR_INTERNAL, "the PDF came without structure");
    TRY(kids_walk(w, tree));
    document_wrap(w, tree);
    if (w->next) return fail(w->scope, ERR_INTERNAL, "the PDF lost a tag: %s", w->next->name);
    return OK;
}

Status tags_finish(struct scope *s, Bytes pdf, const struct tag_list *list, Str language,
                   Bytes *out)
{
    qpdf_data q AUTO_QPDF = qpdf_init();
    if (q == NULL) return fail(s, ERR_MEMORY, "the machine has no memory left");
    qpdf_set_suppress_warnings(q, QPDF_TRUE);
    if (qpdf_read_memory(q, "document", (const char *)pdf.ptr, pdf.len, NULL) & QPDF_ERRORS)
        return refusal(s, q, "read back");
    struct walk w = {s, q, list->first, 0};
    TRY(catalogue_set(&w, language));
    if (qpdf_has_error(q)) return refusal(s, q, "given its languages");
    if (qpdf_init_write_memory(q) & QPDF_ERRORS) return refusal(s, q, "written");
    qpdf_set_deterministic_ID(q, QPDF_TRUE);
    qpdf_set_object_stream_mode(q, qpdf_o_generate);
    if (qpdf_write(q) & QPDF_ERRORS) return refusal(s, q, "written");
    /* The library goes on without an object that it cannot read again, and only warns. */
    if (qpdf_more_warnings(q)) {
        qpdf_error e = qpdf_next_warning(q);
        return fail(s, ERR_INTERNAL, "the PDF lost a part: %s", qpdf_get_error_full_text(q, e));
    }
    size_t len = qpdf_get_buffer_length(q);
    if (len > PAPER_BYTES_MAX)
        return fail(s, ERR_LIMIT, "the PDF has more than %d bytes", PAPER_BYTES_MAX);
    Bytes copy = scope_bytes(s, (Bytes){qpdf_get_buffer(q), len});
    if (copy.ptr == NULL) return ERR_MEMORY;
    *out = copy;
    return OK;
}
