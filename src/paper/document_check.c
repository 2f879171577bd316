/* What cannot stand on paper, told before anything is drawn. Declared in paper/document.h. */
#include "paper/document.h"

enum { QR_BYTES_MAX = 300, LANGUAGE_MAX = 35, NUMBER_MAX = 120 };

static Status texts_check(struct scope *s, const Str *texts, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (texts[i].len > PAPER_TEXT_MAX)
            return fail(s, ERR_LIMIT, "a text has more than %d bytes", PAPER_TEXT_MAX);
        if (!str_is_text(texts[i]))
            return fail(s, ERR_SCHEMA, "a text of the document is no sound UTF-8");
    }
    return OK;
}

static Status table_check(struct scope *s, const struct paper_table *t)
{
    if (t == NULL || t->columns == 0 || t->columns > PAPER_TABLE_COLUMNS_MAX || t->widths == NULL)
        return fail(s, ERR_SCHEMA, "a table has 1 to %d columns, each with its width",
                    PAPER_TABLE_COLUMNS_MAX);
    if (t->rows > PAPER_BLOCKS_MAX)
        return fail(s, ERR_LIMIT, "a table has more than %d rows", PAPER_BLOCKS_MAX);
    for (size_t i = 0; i < t->columns; i++) {
        if (!(t->widths[i] > 0 && t->widths[i] < 1000))
            return fail(s, ERR_SCHEMA, "a column of a table has no width");
        if (t->head) TRY(texts_check(s, t->head[i].text, 2));
    }
    for (size_t i = 0; i < t->rows * t->columns; i++)
        TRY(texts_check(s, t->cells[i].text, 2));
    return OK;
}

static Status signatures_check(struct scope *s, const struct paper_block *b)
{
    if (b->signature_count > PAPER_SIGNATURES_MAX)
        return fail(s, ERR_LIMIT, "more than %d signatures", PAPER_SIGNATURES_MAX);
    for (size_t i = 0; i < b->signature_count; i++) {
        const struct paper_signature *g = &b->signatures[i];
        Str texts[] = {g->party[0], g->party[1],      g->role[0],       g->role[1], g->name,
                       g->time_utc, g->time_local[0], g->time_local[1], g->value,   g->ink[0],
                       g->ink[1],   g->seal[0],       g->seal[1]};
        TRY(texts_check(s, texts, COUNT_OF(texts)));
        if (g->side > 1) return fail(s, ERR_SCHEMA, "a signature belongs to neither side");
    }
    return OK;
}

static Status block_check(struct scope *s, const struct paper_block *b)
{
    if (b->kind >= PAPER_KIND_COUNT || b->mark > PAPER_MARK_ONE_SIDE)
        return fail(s, ERR_SCHEMA, "a block of the document is of no known kind");
    Str texts[] = {b->number,   b->label[0], b->label[1],     b->text[0],     b->text[1],
                   b->value[0], b->value[1], b->mark_text[0], b->mark_text[1]};
    TRY(texts_check(s, texts, COUNT_OF(texts)));
    if (b->kind == PAPER_TABLE) return table_check(s, b->table);
    if (b->kind == PAPER_SIGNATURES) return signatures_check(s, b);
    return OK;
}

/* BCP 47 in letters only; what the tag means is the reader's business. */
static bool language_is_valid(Str tag)
{
    if (tag.len < 2 || tag.len > LANGUAGE_MAX) return false;
    for (size_t i = 0; i < tag.len; i++) {
        char c = tag.ptr[i];
        bool is_letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        if (!is_letter && !(c == '-' && i > 1)) return false;
    }
    return true;
}

Status paper_check(struct scope *s, const struct paper_document *doc)
{
    if (doc->columns != 1 && doc->columns != 2)
        return fail(s, ERR_SCHEMA, "a document has one column or two");
    for (size_t i = 0; i < doc->columns; i++)
        if (!language_is_valid(doc->language[i]))
            return fail(s, ERR_SCHEMA, "a language of the document is no BCP 47 tag");
    Str texts[] = {doc->title[0],  doc->title[1],  doc->issuer[0],     doc->issuer[1],
                   doc->number,    doc->state[0],  doc->state[1],      doc->digest_hex,
                   doc->note[0],   doc->note[1],   doc->banner[0],     doc->banner[1],
                   doc->footer[0], doc->footer[1], doc->page_words[0], doc->page_words[1]};
    TRY(texts_check(s, texts, COUNT_OF(texts)));
    if (doc->title[0].len == 0) return fail(s, ERR_SCHEMA, "the document has no title");
    if (doc->number.len > NUMBER_MAX)
        return fail(s, ERR_LIMIT, "the number of the document is longer than %d bytes", NUMBER_MAX);
    if (doc->qr.len > QR_BYTES_MAX)
        return fail(s, ERR_LIMIT, "a QR code on paper holds at most %d bytes", QR_BYTES_MAX);
    if (doc->block_count > PAPER_BLOCKS_MAX)
        return fail(s, ERR_LIMIT, "the document has more than %d blocks", PAPER_BLOCKS_MAX);
    for (size_t i = 0; i < doc->block_count; i++)
        TRY(block_check(s, &doc->blocks[i]));
    return OK;
}
