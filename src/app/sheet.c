#include "app/sheet.h"
#include "app/statement.h"
#include "app/words.h"
#include "base/json.h"

enum { TITLE_MAX = 4096 };

/* The party's language that acts are written in, else its first. */
static Str language_of(const struct pack *pack, size_t party)
{
    const json_t *parties = json_object_get(pack->json, "parties");
    const json_t *list = json_object_get(json_array_get(parties, party), "languages");
    const char *first = json_string_value(json_array_get(list, 0));
    for (size_t i = 0; i < json_array_size(list); i++)
        for (size_t k = 0; k < pack->act_language_count; k++) {
            const char *language = json_string_value(json_array_get(list, i));
            if (language && str_is(pack->act_languages[k], language)) return str_of(language);
        }
    return str_of(first);
}

/* The language that ends the name of a field, as in "statement.1.lv"; empty when none does. */
static Str language_in(const struct pack *pack, Str name)
{
    Str rest = name;
    while (rest.ptr && memchr(rest.ptr, '.', rest.len))
        (void)str_cut(&rest, '.');
    for (size_t i = 0; i < pack->language_count; i++)
        if (rest.len < name.len && str_eq(pack->languages[i], rest)) return rest;
    return STR("");
}

static void languages_of_fact(struct sheet *x, const struct fact *f, size_t *found)
{
    for (size_t i = FACT_COMMON_FIELDS; i < f->field_count && *found < 2; i++) {
        if (!f->fields[i].open || f->fields[i].value.len == 0) continue;
        Str language = language_in(&x->p->pack, f->fields[i].name);
        if (language.len && (*found == 0 || !str_eq(language, x->language[0])))
            x->language[(*found)++] = sheet_copy(x, language);
    }
}

/* A pack without parties leaves it to the facts: the languages in which their texts stand. */
static void languages_of_facts(struct sheet *x)
{
    size_t found = 0;
    if (x->fact) languages_of_fact(x, x->fact, &found);
    for (size_t i = 0; x->act == NULL && i < x->c->count; i++)
        languages_of_fact(x, x->c->entries[i]->fact, &found);
    if (found == 0) x->language[0] = STR("en");
    if (found < 2) x->language[1] = x->language[0];
}

static Status texts_load(struct sheet *x, size_t column)
{
    return words_json(x->s, x->p, x->language[column], &x->texts[column]);
}

static void swap_columns(struct sheet *x)
{
    Str first = x->language[0];
    x->language[0] = x->language[1];
    x->language[1] = first;
}

Status sheet_open(struct sheet *x, enum act_form form)
{
    const struct pack *pack = &x->p->pack;
    x->party[0] = x->c->parties[0];
    x->party[1] = x->c->parties[1];
    if (pack->party_count == 2) {
        for (size_t i = 0; i < 2; i++) {
            x->party[i] = pack->parties[i].id;
            x->language[i] = language_of(pack, i);
        }
    }
    if (x->language[0].len == 0 || x->language[1].len == 0) languages_of_facts(x);
    x->swapped = form == FORM_B;
    if (x->swapped) swap_columns(x);
    x->columns = form == FORM_BOTH && !str_eq(x->language[0], x->language[1]) ? 2 : 1;
    x->room = 128;
    x->blocks = scope_array(x->s, x->room, sizeof *x->blocks);
    if (x->blocks == NULL) return ERR_MEMORY;
    TRY(texts_load(x, 0));
    return texts_load(x, 1);
}

void sheet_close(struct sheet *x)
{
    for (size_t i = 0; i < 2; i++)
        json_auto_release(&x->texts[i]);
}

static void grow(struct sheet *x)
{
    if (x->room >= PAPER_BLOCKS_MAX) {
        x->status = fail(x->s, ERR_LIMIT, "the document is too long for paper");
        return;
    }
    struct paper_block *bigger = scope_array(x->s, x->room * 2, sizeof *bigger);
    if (bigger == NULL) {
        x->status = ERR_MEMORY;
        return;
    }
    memcpy(bigger, x->blocks, x->count * sizeof *bigger);
    x->blocks = bigger;
    x->room *= 2;
}

struct paper_block *sheet_add(struct sheet *x, enum paper_kind kind)
{
    if (x->count + 1 >= x->room && x->status == OK) grow(x);
    struct paper_block *block = &x->blocks[x->status == OK ? x->count++ : x->room - 1];
    *block = (struct paper_block){.kind = kind};
    return block;
}

Str sheet_copy(struct sheet *x, Str text)
{
    Str copy = scope_str(x->s, text);
    if (copy.ptr == NULL && text.len && x->status == OK) x->status = ERR_MEMORY;
    return copy.ptr ? copy : STR("");
}

Str sheet_printed(struct sheet *x, Str text)
{
    if (text.ptr == NULL && x->status == OK) x->status = ERR_MEMORY;
    return text.ptr ? text : STR("");
}

Str sheet_text(struct sheet *x, size_t column, const char *key)
{
    Str text = json_text(x->s, json_object_get(x->texts[column], "texts"), key);
    return text.len ? text : sheet_copy(x, str_of(key));
}

Str sheet_catalogue(struct sheet *x, size_t column, const char *prefix, Str id)
{
    Str key = sheet_printed(x, scope_print(x->s, "%s.%.*s", prefix, STR_ARG(id)));
    Str text = key.len ? sheet_text(x, column, key.ptr) : key;
    return str_eq(text, key) ? sheet_copy(x, id) : text;
}

void sheet_texts(struct sheet *x, const char *key, Str out[static 2])
{
    for (size_t i = 0; i < 2; i++)
        out[i] = sheet_text(x, i, key);
}

static void heading(struct sheet *x, const char *key, unsigned level)
{
    struct paper_block *b = sheet_add(x, PAPER_HEADING);
    b->level = level;
    for (size_t i = 0; i < 2; i++)
        b->text[i] = sheet_capital(x, sheet_text(x, i, key));
}

void sheet_heading(struct sheet *x, const char *key)
{
    heading(x, key, 1);
}

void sheet_subheading(struct sheet *x, const char *key)
{
    heading(x, key, 2);
}

void sheet_field(struct sheet *x, const char *label, Str first, Str second)
{
    if (first.len == 0 && second.len == 0) return;
    struct paper_block *b = sheet_add(x, PAPER_FIELD);
    sheet_texts(x, label, b->text);
    b->value[0] = first;
    b->value[1] = second;
}

struct paper_block *sheet_paragraph(struct sheet *x, const char *key)
{
    struct paper_block *b = sheet_add(x, PAPER_PARAGRAPH);
    sheet_texts(x, key, b->text);
    return b;
}

struct paper_cell *sheet_table(struct sheet *x, const struct paper_table *shape, size_t rows)
{
    struct paper_table *table = NEW(x->s, struct paper_table);
    struct paper_cell *cells = scope_array(x->s, shape->columns * (rows + 1), sizeof *cells);
    if (table == NULL || cells == NULL) {
        if (x->status == OK) x->status = ERR_MEMORY;
        return NULL;
    }
    *table = *shape;
    table->rows = rows;
    table->head = cells;
    table->cells = cells + shape->columns;
    sheet_add(x, PAPER_TABLE)->table = table;
    return cells;
}

Str sheet_fill(struct sheet *x, Str text, const char *name, Str value)
{
    const char *at =
        text.ptr ? strstr(text.ptr, name) : NULL; /* texts in the scope are NUL-ended */
    if (at == NULL) return text;
    Str filled = scope_print(x->s, "%.*s%.*s%s", (int)(at - text.ptr), text.ptr, STR_ARG(value),
                             at + strlen(name));
    if (filled.ptr == NULL && x->status == OK) x->status = ERR_MEMORY;
    return filled.ptr ? filled : STR("");
}

/* Small letters of Latin Extended-A stand beside their capitals, in two orders. */
static bool is_small_extended(unsigned code)
{
    bool odd_is_small = code <= 0x137 || (code >= 0x14A && code <= 0x177);
    return (code & 1) == odd_is_small && code >= 0x101 && code <= 0x17E && code != 0x138;
}

/* Titles begin with a capital letter on paper: ASCII, Latvian and Cyrillic, which begin ours. */
Str sheet_capital(struct sheet *x, Str text)
{
    Str copy = sheet_copy(x, text);
    uint8_t *c = (uint8_t *)(uintptr_t)copy.ptr;
    if (copy.len == 0) return copy;
    if (c[0] >= 'a' && c[0] <= 'z') c[0] = (uint8_t)(c[0] - 'a' + 'A');
    if (copy.len < 2) return copy;
    unsigned code = (c[0] & 0x1FU) << 6 | (c[1] & 0x3FU);
    bool is_two = c[0] >= 0xC4 && c[0] <= 0xD1;
    if (is_two && is_small_extended(code))
        code -= 1;
    else if (is_two && code >= 0x430 && code <= 0x44F)
        code -= 0x20;
    else if (is_two && code >= 0x450 && code <= 0x45F)
        code -= 0x50;
    else
        return copy;
    c[0] = (uint8_t)(0xC0 | code >> 6);
    c[1] = (uint8_t)(0x80 | (code & 0x3F));
    return copy;
}

Str sheet_title(struct sheet *x, size_t column, const char *list, Str id)
{
    return sheet_capital(x, sheet_title_inside(x, column, list, id));
}

Str sheet_title_inside(struct sheet *x, size_t column, const char *list, Str id)
{
    const json_t *entries = json_object_get(x->p->pack.json, list);
    Str language = scope_str(x->s, x->language[column]);
    for (size_t i = 0; language.ptr && i < json_array_size(entries); i++) {
        const json_t *entry = json_array_get(entries, i);
        const char *found = json_string_value(json_object_get(entry, "id"));
        if (found == NULL || !str_is(id, found)) continue;
        const json_t *titles = json_object_get(entry, "title");
        if (titles == NULL) titles = json_object_get(entry, "name");
        const char *title = json_string_value(json_object_get(titles, language.ptr));
        if (title == NULL) title = json_string_value(json_object_get(titles, "en"));
        if (title) return sheet_copy(x, str_of(title));
    }
    if (strcmp(list, "documents") == 0) return sheet_catalogue(x, column, "document", id);
    return sheet_copy(x, id);
}

Str sheet_party(struct sheet *x, size_t column, Str party)
{
    return sheet_title(x, column, "parties", party);
}

size_t sheet_side(const struct sheet *x, Str party)
{
    return str_eq(party, x->party[1]);
}
