#include "core/casework/damage.h"

bool damage_is_above_ceiling(const struct casefile *c)
{
    const struct incident_type *t = c->type.len ? pack_type(c->pack, c->type) : NULL;
    const struct parameter *ceiling =
        t && t->ceiling.len ? pack_parameter(c->pack, t->ceiling) : NULL;
    if (ceiling == NULL) return false;
    double most, amount;
    Str currency = ceiling->value, number = str_cut(&currency, ' ');
    if (!str_decimal(number, &most)) return false;
    for (size_t i = 0; i < c->opened_count; i++) {
        const struct entry *e = c->entries[i];
        const struct fact *f = e->opened ? e->opened : e->fact;
        if (str_is(e->kind, "damage.claimed") && str_decimal(fact_get(f, "amount"), &amount) &&
            (currency.len == 0 || str_eq(fact_get(f, "currency"), currency)) && amount > most)
            return true;
    }
    return false;
}
