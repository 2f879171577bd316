/* core/casework/kind.h - the kinds of facts as one table of data (packs/common/kinds.json): fields,
 * classes, roles and crossing. Decides what the table says; never who may state a fact in a case.
 */
#pragma once
#include "base/json.h"

enum { PACK_BYTES_MAX = 4 << 20, ROLE_COUNT = 15 };

/* Field classes in order of care (facts.md 1). */
enum field_class {
    CLASS_OPEN,
    CLASS_PERSONAL,
    CLASS_SENSITIVE,
    CLASS_PROTECTED,
    CLASS_INTERNAL,
    CLASS_COVERT,
    CLASS_AMENDED /* the class of the field it amends */
};

enum crosses { CROSSES_SELF, CROSSES_WITH, CROSSES_RELEASE, CROSSES_NEVER, CROSSES_ORIGINATOR };

enum field_type {
    TYPE_TEXT,
    TYPE_ID,
    TYPE_REF,
    TYPE_REFS,
    TYPE_INSTANT,
    TYPE_INTEGER,
    TYPE_DECIMAL,
    TYPE_YESNO,
    TYPE_ENUM,
    TYPE_HASH,
    TYPE_DURATION,
    TYPE_COUNT
};

enum case_use { CASE_NONE, CASE_OPTIONAL, CASE_REQUIRED };

/* R1 .. R15 as bits 0 .. 14; the post itself as bit 15. */
typedef uint32_t Roles;
enum { ROLE_POST_BIT = 15 };

struct kind_field {
    Str name;
    Str part; /* "finding" in statement.n.finding, or empty */
    enum field_class class;
    bool sensitive_for_persons;
    enum field_type type;
    bool required, list, languages, filled, one_language;
    Str *values;
    size_t value_count;
    Str values_from; /* name of a pack list, or empty */
    size_t bytes_max;
};

struct roles_case {
    Str value; /* "*" for any other */
    Roles roles;
};

struct kind {
    Str name;
    enum crosses crosses;
    enum case_use use;
    Roles roles;
    Str roles_field; /* with `roles_by`: the field that decides */
    struct roles_case *roles_by;
    size_t roles_by_count;
    Str roles_as;   /* "act", "offer" or empty */
    Str *documents; /* papers on which it shows */
    size_t document_count;
    struct kind_field *fields;
    size_t field_count;
    bool guarded; /* has a field that is not open: always carries every field of its table */
};

/* Reads kinds.json, closed at every level; ERR_SCHEMA names file, place and mend. */
MUST_USE Status kinds_read(struct scope *s, Bytes text, struct kind **out, size_t *out_count);

/* "R7" to bit 6, "post" to bit 15; -1 when it is no role. */
int role_bit(Str role);

/* A list of texts of `json`; absent is empty. `what` names the place in refusals. */
MUST_USE Status json_texts_read(struct scope *s, const json_t *list, const char *what, Str **out,
                                size_t *out_count);
