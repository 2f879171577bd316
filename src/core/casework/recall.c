#include "core/casework/recall.h"

bool recall_is_allowed(Str kind)
{
    static const char *const groups[] = {
        "act.",      "handover.", "mandate.", "officer.", "post.",           "key.",
        "exchange.", "recall.",   "receipt",  "release.", "incident.linked", "incident.unlinked"};
    for (size_t i = 0; i < COUNT_OF(groups); i++)
        if (str_has_prefix(kind, groups[i])) return false;
    return true;
}

/* The fact without the field, or without all but the common five when none is named. */
static Status fact_mask(struct scope *s, const struct fact *f, Str field, const struct fact **out)
{
    struct fact *masked = NEW(s, struct fact);
    if (masked == NULL) return ERR_MEMORY;
    *masked = *f;
    masked->whole = false;
    masked->fields = scope_array(s, f->field_count, sizeof *masked->fields);
    if (masked->fields == NULL) return ERR_MEMORY;
    for (size_t k = 0; k < f->field_count; k++) {
        const struct fact_field *have = &f->fields[k];
        bool goes =
            k >= FACT_COMMON_FIELDS && have->open && (field.len == 0 || str_eq(have->name, field));
        masked->fields[k] = *have;
        if (goes) masked->fields[k] = (struct fact_field){.digest = have->digest};
    }
    *out = masked;
    return OK;
}

Status recall_mask(struct scope *s, struct entry *list, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct fact_ref ref;
        if (list[i].opening == 0 || list[i].refused || list[i].is_void ||
            !str_is(fact_get(list[i].fact, "kind"), "release.recalled") ||
            !fact_ref_parse(fact_get(list[i].fact, "of"), &ref) ||
            !str_eq(ref.party, list[i].party))
            continue;
        for (size_t n = 0; n < count; n++) {
            struct entry *e = &list[n];
            if (e->opening && e->fact->index == ref.index && str_eq(e->party, ref.party) &&
                recall_is_allowed(fact_get(e->fact, "kind")))
                TRY(fact_mask(s, e->opened ? e->opened : e->fact, ref.field, &e->opened));
        }
    }
    return OK;
}
