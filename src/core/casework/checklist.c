#include "core/casework/checklist.h"

struct lines {
    struct checklist_line *list;
    size_t count;
};

static struct checklist_line *line_of(struct lines *l, Str list, Str item)
{
    for (size_t i = 0; i < l->count; i++)
        if (str_eq(l->list[i].list, list) && str_eq(l->list[i].item, item)) return &l->list[i];
    l->list[l->count] = (struct checklist_line){.list = list, .item = item};
    return &l->list[l->count++];
}

static Str id_of(const json_t *j)
{
    const json_t *id = json_object_get(j, "id");
    return (Str){json_string_value(id), json_string_length(id)};
}

static const json_t *items_of(const struct pack *p, Str list)
{
    size_t at;
    const json_t *one;
    json_array_foreach(json_object_get(p->json, "checklists"), at, one)
    {
        if (str_eq(id_of(one), list)) return json_object_get(one, "items");
    }
    return NULL;
}

/* How many lines there can be at the most. */
static size_t lines_max(const struct casefile *c, const struct incident_type *t)
{
    size_t most = c->count;
    for (size_t i = 0; t && i < t->checklist_count; i++)
        most += json_array_size(items_of(c->pack, t->checklists[i]));
    return most;
}

static void answers_sort_in(const struct casefile *c, struct lines *l)
{
    for (size_t i = 0; i < c->count; i++) {
        const struct entry *e = c->entries[i];
        Str list = fact_get(e->fact, "list"), item = fact_get(e->fact, "item");
        int side = case_side(c, e->party);
        bool told = list.len && item.len && fact_has(e->fact, "answer"); /* not all may be open */
        if (str_is(e->kind, "checklist.answered") && told && side >= 0)
            line_of(l, list, item)->answer[side] = e;
    }
}

Status checklist_lines(struct scope *s, const struct casefile *c, struct checklist_line **out,
                       size_t *out_count)
{
    const struct incident_type *t = c->type.len ? pack_type(c->pack, c->type) : NULL;
    struct lines l = {scope_array(s, lines_max(c, t) + 1, sizeof *l.list), 0};
    if (l.list == NULL) return ERR_MEMORY;
    for (size_t i = 0; t && i < t->checklist_count; i++) {
        size_t at;
        const json_t *item;
        json_array_foreach(items_of(c->pack, t->checklists[i]), at, item)
        {
            line_of(&l, t->checklists[i], id_of(item))->asked = true;
        }
    }
    answers_sort_in(c, &l);
    *out = l.list;
    *out_count = l.count;
    return OK;
}

Str checklist_line_answer(const struct checklist_line *line, int side)
{
    return line->answer[side] ? fact_get(line->answer[side]->fact, "answer") : STR("");
}

bool checklist_line_is_open(const struct checklist_line *line)
{
    int explained = 0;
    for (int side = 0; side < SIDES; side++) {
        Str answer = checklist_line_answer(line, side);
        if (str_is(answer, "done")) return false;
        explained += str_is(answer, "not_possible");
    }
    return line->asked && explained < SIDES;
}
