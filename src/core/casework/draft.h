/* core/casework/draft.h - what an officer wants to state, brought into the order and shape of its
 * kind. Decides form (facts.md refusals `schema` and `role`); never whether the case allows it. */
#pragma once
#include "core/casework/pack.h"
#include "core/ledger/fact.h"

enum { DRAFT_FIELDS_MAX = 400 };

struct draft {
    Str kind;
    Str case_number; /* empty when the fact belongs to no case */
    Str by;
    Instant at;
    struct name_value *fields; /* as given, any order */
    size_t field_count;
};

/* Value given for a field; {NULL, 0} when it is not given. */
Str draft_get(const struct draft *d, const char *name);

/* Sets or replaces a field; the array must have room for one more. */
void draft_set(struct draft *d, const char *name, Str value);

/* Checks every field against the kind's table (ERR_SCHEMA with a sentence) and gives the fields in
 * the order of the table; a guarded kind gets every field, its lists padded to a multiple of 8.
 * With `filled` false, fields that the post fills in may still be missing. */
MUST_USE Status draft_order(struct scope *s, const struct pack *p, const struct draft *d,
                            struct name_value **out, size_t *out_count);

/* Roles that may state this, by kind, document or capacity (bits; decided before any reference is
 * resolved). */
Roles draft_roles(const struct kind *k, const struct draft *d);

/* The same for a fact that stands already. */
Roles fact_roles(const struct kind *k, const struct fact *f);

/* The field that names the act or the offer whose row decides too ("as the act", "as offered");
 * NULL for a kind that has roles of its own only. */
const char *kind_roles_field(const struct kind *k);

/* `roles` narrowed to what the row of the named act or offer allows. Unchanged for other kinds, and
 * when `named` is NULL or no act or offer: then `not_found` follows. */
Roles roles_as_named(const struct pack *p, const struct kind *k, const struct fact *named,
                     Roles roles);

/* ERR_SCHEMA or ERR_LIMIT unless the value of a field has the form that its kind's table asks for.
 */
MUST_USE Status field_value_check(struct scope *s, const struct pack *p, const struct kind_field *f,
                                  Str name, Str value);
