/* Facts made ready before their turn: most of a fact's cost is its digests and its signature, and
 * whoever waits for the commit can spend it beside the others. Declared in app/statement.h. */
#include "app/fact.h"
#include "app/statement.h"
#include "core/casework/draft.h"

/* What the post fills in is not known before the turn comes. */
static bool is_whole(const struct kind *k)
{
    for (size_t i = 0; i < k->field_count; i++)
        if (k->fields[i].filled) return false;
    return true;
}

struct name_value *fact_fields(struct scope *s, const struct draft *d, const struct name_value *own,
                               size_t count)
{
    struct name_value *all = scope_array(s, count + FACT_COMMON_FIELDS, sizeof *all);
    if (all == NULL) return NULL;
    all[0] = (struct name_value){STR("kind"), d->kind};
    all[1] = (struct name_value){STR("case"), d->case_number};
    all[2] = (struct name_value){STR("by"), d->by};
    all[FACT_AT] = (struct name_value){STR("at"), instant_str(s, d->at)};
    all[FACT_SEEN].name = STR("seen");
    if (count) memcpy(all + FACT_COMMON_FIELDS, own, count * sizeof *all);
    return all[FACT_AT].value.ptr ? all : NULL;
}

static Str seen_expected(struct scope *s, struct post *p)
{
    pthread_mutex_lock(&p->queue.lock);
    Str seen = scope_str(s, p->seen_expected);
    pthread_mutex_unlock(&p->queue.lock);
    return seen;
}

struct ready *fact_ready(struct scope *s, struct post *p, const struct session *session,
                         const struct fact_request *r)
{
    const struct kind *k = pack_kind(&p->pack, r->kind);
    struct draft d = {.kind = r->kind,
                      .case_number = r->case_number,
                      .by = session->officer,
                      .at = post_now(p),
                      .fields = (struct name_value *)r->fields,
                      .field_count = r->field_count};
    struct random random = {0}; /* a seeded one is for one thread at a time */
    Hash secret;
    struct ready *ready = NEW(s, struct ready);
    if (p->random.seeded || k == NULL || !is_whole(k) || ready == NULL) return NULL;
    if (draft_order(s, &p->pack, &d, &ready->own, &ready->own_count) != OK)
        return NULL; /* refused in its turn */
    ready->given = d.fields;
    ready->given_count = d.field_count;
    if (random_hash(s, &random, &secret) != OK) return NULL;
    struct name_value *all = fact_fields(s, &d, ready->own, ready->own_count);
    if (all == NULL) return NULL;
    all[FACT_SEEN].value = seen_expected(s, p);
    if (fact_make(s, p->card.origin, all, ready->own_count + FACT_COMMON_FIELDS, &secret,
                  &ready->fact) != OK)
        return NULL;
    fact_sign(&ready->fact, &session->key);
    return ready;
}

bool fact_is_ready(const struct ready *r, struct name_value *fields, size_t count)
{
    if (r == NULL || r->fact.field_count != count) return false;
    const struct fact *f = &r->fact;
    /* Stated a moment ago, when its author asked for it. */
    fields[FACT_AT].value = f->fields[FACT_AT].value;
    for (size_t i = 0; i < count; i++)
        if (!str_eq(f->fields[i].name, fields[i].name) ||
            !str_eq(f->fields[i].value, fields[i].value))
            return false;
    return true;
}

bool ready_has_form_of(const struct ready *r, const struct draft *d)
{
    if (r == NULL || r->given_count != d->field_count) return false;
    for (size_t i = 0; i < d->field_count; i++)
        if (!str_eq(r->given[i].name, d->fields[i].name) ||
            !str_eq(r->given[i].value, d->fields[i].value))
            return false;
    return true;
}
