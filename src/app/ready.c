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
    pthread_mutex_lock(&p->queue_lock);
    Str seen = scope_str(s, p->seen_expected);
    pthread_mutex_unlock(&p->queue_lock);
    return seen;
}

struct fact *fact_ready(struct scope *s, struct post *p, const struct session *session,
                        const struct fact_request *r)
{
    const struct kind *k = pack_kind(&p->pack, r->kind);
    struct draft d = {.kind = r->kind,
                      .case_number = r->case_number,
                      .by = session->officer,
                      .at = post_now(p),
                      .fields = (struct name_value *)r->fields,
                      .field_count = r->field_count};
    struct name_value *fields, *all;
    size_t count;
    struct random random = {0}; /* a seeded one is for one thread at a time */
    Hash secret;
    struct fact *f = NEW(s, struct fact);
    if (p->random.seeded || k == NULL || !is_whole(k) || f == NULL) return NULL;
    if (draft_order(s, &p->pack, &d, &fields, &count) != OK) return NULL; /* refused in its turn */
    if (random_hash(s, &random, &secret) != OK) return NULL;
    all = fact_fields(s, &d, fields, count);
    if (all == NULL) return NULL;
    all[FACT_SEEN].value = seen_expected(s, p);
    count += FACT_COMMON_FIELDS;
    if (fact_make(s, p->card.origin, all, count, &secret, f) != OK) return NULL;
    fact_sign(f, &session->key);
    return f;
}

bool fact_is_ready(const struct fact *f, struct name_value *fields, size_t count)
{
    if (f == NULL || f->field_count != count) return false;
    /* Stated a moment ago, when its author asked for it. */
    fields[FACT_AT].value = f->fields[FACT_AT].value;
    for (size_t i = 0; i < count; i++)
        if (!str_eq(f->fields[i].name, fields[i].name) ||
            !str_eq(f->fields[i].value, fields[i].value))
            return false;
    return true;
}
