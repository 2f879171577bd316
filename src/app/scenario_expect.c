/* What a scenario expects, as data: keys, and the shape of each value. Declared in
 * app/scenario_reading.h. */
#include "app/scenario_reading.h"

struct expect_row {
    const char *name;
    enum expect_shape shape;
};

static const struct expect_row expect_rows[EXPECT_COUNT] = {
#define X(id, name, shape) {name, shape},
    EXPECT_TABLE(X)
#undef X
};

const char *expect_key_name(enum expect_key key)
{
    return expect_rows[key].name;
}

static Status check_map(struct reading *r, const char *key, const json_t *map)
{
    const char *name;
    json_t *value;
    json_object_foreach((json_t *)(uintptr_t)map, name, value)
    {
        if (!json_is_string(value) && !json_is_null(value))
            return reading_wrong(r, key, "is a map of texts");
        TRY(reading_ref(r, key, str_of(name)));
    }
    return OK;
}

static Status check_texts(struct reading *r, const json_t *object, const char *key)
{
    Str *texts;
    size_t count;
    TRY(reading_texts(r, object, key, &texts, &count));
    for (size_t i = 0; i < count; i++)
        TRY(reading_ref(r, key, texts[i]));
    return OK;
}

static Status check_act(struct reading *r, const json_t *act)
{
    static const char *const keys[] = {"id", "signed_by", "effective", "statements", NULL};
    Str id;
    TRY(reading_object(r, act, "act", keys));
    TRY(reading_text(r, act, "id", &id));
    if (id.len == 0) return reading_wrong(r, "id", "is missing in \"act\"");
    TRY(reading_ref(r, "id", id));
    TRY(check_texts(r, act, "signed_by"));
    const json_t *statements = json_object_get(act, "statements");
    const json_t *effective = json_object_get(act, "effective");
    if (effective && !json_is_boolean(effective))
        return reading_wrong(r, "effective", "is true or false");
    if (statements && !json_is_object(statements))
        return reading_wrong(r, "statements", "is no object");
    return statements ? check_map(r, "statements", statements) : OK;
}

static Status check_shape(struct reading *r, const json_t *expect, const struct expect_row *row)
{
    const json_t *value = json_object_get(expect, row->name);
    switch (row->shape) {
    case SHAPE_TEXT:
        return json_is_string(value) || json_is_null(value) || json_is_false(value)
                   ? OK
                   : reading_wrong(r, row->name, "is no text");
    case SHAPE_LEVEL:
        return json_is_object(value) || json_is_array(value) || json_is_real(value)
                   ? reading_wrong(r, row->name, "is no level")
                   : OK;
    case SHAPE_COUNT:
        return json_is_integer(value) && json_integer_value(value) >= 0
                   ? OK
                   : reading_wrong(r, row->name, "is no count");
    case SHAPE_YESNO:
        return json_is_boolean(value) ? OK : reading_wrong(r, row->name, "is true or false");
    case SHAPE_TEXTS:
        return check_texts(r, expect, row->name);
    case SHAPE_MAP:
        return json_is_object(value) ? check_map(r, row->name, value)
                                     : reading_wrong(r, row->name, "is no object");
    case SHAPE_ACT:
        return json_is_object(value) ? check_act(r, value)
                                     : reading_wrong(r, row->name, "is no object");
    }
    return OK;
}

Status reading_expect(struct reading *r, const json_t *step, struct scenario_step *out)
{
    const json_t *expect = json_object_get(step, "expect");
    const char *keys[EXPECT_COUNT + 3] = {"party", "case"};
    for (size_t i = 0; i < EXPECT_COUNT; i++)
        keys[i + 2] = expect_rows[i].name;
    TRY(reading_object(r, expect, r->place, keys));
    TRY(reading_text(r, expect, "party", &out->party));
    TRY(reading_text(r, expect, "case", &out->case_name));
    if (!reading_has_party(r->out, out->party))
        return reading_wrong(r, "party", "is missing or does not play");
    out->expect = scope_array(r->scope, EXPECT_COUNT, sizeof *out->expect);
    if (out->expect == NULL) return ERR_MEMORY;
    for (size_t i = 0; i < EXPECT_COUNT; i++) {
        const json_t *value = json_object_get(expect, expect_rows[i].name);
        bool needs_case = i != EXPECT_JOURNAL && i != EXPECT_COSIGNED && i != EXPECT_ALARM &&
                          i != EXPECT_VISIBLE && i != EXPECT_HIDDEN;
        if (value == NULL) continue;
        if (needs_case && out->case_name.len == 0)
            return reading_wrong(r, expect_rows[i].name, "needs \"case\"");
        TRY(check_shape(r, expect, &expect_rows[i]));
        out->expect[out->expect_count++] =
            (struct expectation){.key = (enum expect_key)i, .value = value};
    }
    if (out->expect_count == 0) return reading_wrong(r, "expect", "expects nothing");
    return OK;
}
