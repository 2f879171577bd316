#include "core/ledger/disclosure.h"

Status disclosure_make(struct scope *s, const struct fact *f, const bool *open,
                       struct disclosure *out)
{
    struct fact part = *f;
    part.fields = scope_array(s, f->field_count, sizeof *part.fields);
    if (part.fields == NULL) return ERR_MEMORY;
    bool all = f->whole;
    for (size_t i = 0; i < f->field_count; i++) {
        bool opens = i < FACT_COMMON_FIELDS || open[i];
        part.fields[i] = f->fields[i];
        if (opens && f->fields[i].open) continue;
        all = false;
        part.fields[i] = (struct fact_field){.digest = f->fields[i].digest};
    }
    part.whole = all;
    out->index = f->index;
    out->whole = all;
    return fact_record(s, &part, &out->record);
}
