#include "app/expectation.h"
#include "app/case.h"
#include "core/casework/damage.h"
#include <inttypes.h>

/* What one expectation looks at. */
struct looking {
    struct scope *scope;
    struct stage *stage;
    struct seat *seat;
    Str number;
    bool known; /* does the post know the case? */
    struct case_view view;
    Str problem;
};

static Str text_of(const json_t *value)
{
    return json_is_string(value) ? (Str){json_string_value(value), json_string_length(value)}
                                 : (Str){NULL, 0};
}

/* Adds to what is wrong. */
static void differs(struct looking *l, Str what, Str expected, Str found)
{
    l->problem = scope_print(l->scope, "%.*s%s%.*s should be %.*s and is %.*s", STR_ARG(l->problem),
                             l->problem.len ? "; " : "", STR_ARG(what),
                             STR_ARG(expected.len ? expected : STR("nothing")),
                             STR_ARG(found.len ? found : STR("nothing")));
}

static void compare(struct looking *l, const char *what, const json_t *expected, Str found)
{
    if (!str_eq(text_of(expected), found)) differs(l, str_of(what), text_of(expected), found);
}

static Status compare_count(struct looking *l, const char *what, const json_t *expected,
                            uint64_t found)
{
    uint64_t want = (uint64_t)json_integer_value(expected);
    if (want == found) return OK;
    Str a = scope_print(l->scope, "%" PRIu64, want), b = scope_print(l->scope, "%" PRIu64, found);
    differs(l, str_of(what), a, b);
    return OK;
}

static Status check_state(struct looking *l, const json_t *value)
{
    compare(l, "state", value,
            l->known ? str_of(case_state_name(l->view.file.state)) : STR("unknown case"));
    return OK;
}

static Status check_escalated(struct looking *l, const json_t *value)
{
    Str found = l->known ? l->view.file.escalated : STR(""), expected = text_of(value);
    if (json_is_integer(value))
        expected = scope_print(l->scope, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
    if (json_is_true(value)) expected = found.len ? found : STR("some level");
    if (str_is(expected, "0")) expected = STR("");
    if (!str_eq(expected, found)) differs(l, STR("escalated"), expected, found);
    return OK;
}

/* Does a claim exceed what the pack lets be settled on the spot? */
static Status check_ceiling(struct looking *l, const json_t *value)
{
    bool found = l->known && damage_is_above_ceiling(&l->view.file);
    if (found != json_is_true(value))
        differs(l, STR("damage"), found ? STR("within the ceiling") : STR("above the ceiling"),
                found ? STR("above the ceiling") : STR("within the ceiling"));
    return OK;
}

static Status check_outcome(struct looking *l, const json_t *value)
{
    compare(l, "outcome", value, l->known ? case_outcome(&l->view.file) : STR(""));
    return OK;
}

/* A sign, or "lv:bag-1": the sign of the side that first spoke of the thing. */
static const struct holding *holding_named(const struct looking *l, Str name)
{
    const struct holding *list = l->view.holdings;
    const struct holding *h = holding_find(list, l->view.holding_count, name);
    Str sign = name, party = str_cut(&sign, ':');
    for (size_t i = 0; h == NULL && i < l->view.holding_count; i++)
        if (str_eq(list[i].origin, party) && str_eq(list[i].item, sign)) h = &list[i];
    return h;
}

static Status check_holder(struct looking *l, const json_t *map)
{
    const char *item;
    json_t *value;
    json_object_foreach((json_t *)(uintptr_t)map, item, value)
    {
        const struct holding *h = holding_named(l, str_of(item));
        compare(l, item, value, h ? h->holder : STR(""));
    }
    return OK;
}

static Status check_duties(struct looking *l, const json_t *map)
{
    const char *id;
    json_t *value;
    json_object_foreach((json_t *)(uintptr_t)map, id, value)
    {
        Instant found, expected = {0};
        Str duty;
        TRY(stage_ref(l->scope, l->stage, str_of(id), &duty));
        bool is_owed = duties_earliest(l->view.duties, l->view.duty_count, duty, &found);
        if (json_is_string(value) && !instant_parse(text_of(value), &expected))
            return fail(l->scope, ERR_USAGE, "duty %s: no RFC 3339 instant in UTC", id);
        if (is_owed == json_is_string(value) && (!is_owed || expected.us == found.us)) continue;
        differs(l, str_of(id), text_of(value), is_owed ? instant_str(l->scope, found) : STR(""));
    }
    return OK;
}

static Status check_facts_own(struct looking *l, const json_t *value)
{
    return compare_count(l, "facts_own", value, l->view.facts_own);
}

static Status check_facts_theirs(struct looking *l, const json_t *value)
{
    return compare_count(l, "facts_theirs", value, l->view.facts_theirs);
}

/* Is anything (or the one field) of the fact open at this post? */
static bool is_open(const struct fact_view *f, Str field)
{
    if (field.len == 0 && (f->own || f->field_count == 0)) return true;
    if (str_is(field, "kind") || str_is(field, "by") || str_is(field, "at")) return true;
    for (size_t i = 0; i < f->field_count; i++)
        if (f->fields[i].open && (field.len == 0 || str_eq(f->fields[i].name, field))) return true;
    return false;
}

static Status ref_is_visible(struct looking *l, Str ref, bool *out)
{
    struct fact_view f;
    Str fact = str_cut(&ref, '.');
    Status status = fact_show(l->scope, l->seat->post, fact, ROLES_ALL, &f);
    *out = status == OK && is_open(&f, ref);
    return status == ERR_NOT_FOUND ? OK : status;
}

/* Is any fact of this kind of another party open here, in the case when one is named or in none? */
static Status kind_is_visible(struct looking *l, Str kind, bool *out)
{
    struct fact_view *list, f;
    size_t count = 0;
    *out = false;
    if (l->known) TRY(case_facts(l->scope, l->seat->post, l->number, ROLES_ALL, &list, &count));
    for (size_t i = 0; i < count; i++)
        if (!list[i].own && str_eq(list[i].kind, kind) && is_open(&list[i], STR(""))) *out = true;
    for (size_t i = 0; i < l->stage->seat_count && !*out; i++) {
        struct seat *other = &l->stage->seats[i];
        struct post_figures figures;
        if (other == l->seat) continue;
        TRY(post_figures(l->scope, other->post, &figures));
        for (uint64_t n = 0; n < figures.journal_size && !*out; n++) {
            Str ref = scope_print(l->scope, "%.*s:%" PRIu64, STR_ARG(other->party), n);
            Status status = fact_show(l->scope, l->seat->post, ref, ROLES_ALL, &f);
            if (status == ERR_NOT_FOUND) continue;
            TRY(status);
            *out = str_eq(f.kind, kind) && (l->number.len == 0 || f.case_number.len == 0) &&
                   is_open(&f, STR(""));
        }
    }
    return OK;
}

static Status check_seen(struct looking *l, const json_t *value, bool wanted)
{
    size_t count = json_is_array(value) ? json_array_size(value) : 1;
    for (size_t i = 0; i < count; i++) {
        Str what = text_of(json_is_array(value) ? json_array_get(value, i) : value), ref;
        bool is_visible;
        TRY(stage_ref(l->scope, l->stage, what, &ref));
        if (str_has_prefix(what, "@"))
            TRY(ref_is_visible(l, ref, &is_visible));
        else
            TRY(kind_is_visible(l, what, &is_visible));
        if (is_visible != wanted)
            differs(l, what, wanted ? STR("visible") : STR("hidden"),
                    wanted ? STR("hidden") : STR("visible"));
    }
    return OK;
}

static Status check_visible(struct looking *l, const json_t *value)
{
    return check_seen(l, value, true);
}

static Status check_hidden(struct looking *l, const json_t *value)
{
    return check_seen(l, value, false);
}

/* As sets: each expected officer has signed, and nobody else. */
static void compare_signers(struct looking *l, const json_t *expected, const struct act *a)
{
    size_t count = json_is_array(expected) ? json_array_size(expected) : 1;
    for (size_t i = 0; i < count; i++) {
        Str who = text_of(json_is_array(expected) ? json_array_get(expected, i) : expected);
        bool has_signed = false;
        for (size_t k = 0; k < a->signature_count; k++)
            has_signed = has_signed || str_eq(a->signatures[k]->by, who);
        if (!has_signed) differs(l, STR("signature"), who, STR(""));
    }
    for (size_t k = 0; k < a->signature_count; k++) {
        bool is_expected = false;
        for (size_t i = 0; i < count; i++)
            is_expected =
                is_expected ||
                str_eq(a->signatures[k]->by,
                       text_of(json_is_array(expected) ? json_array_get(expected, i) : expected));
        if (!is_expected) differs(l, STR("signature"), STR(""), a->signatures[k]->by);
    }
}

static Status check_act(struct looking *l, const json_t *value)
{
    const json_t *signers = json_object_get(value, "signed_by");
    const json_t *effective = json_object_get(value, "effective");
    json_t *statements = json_object_get(value, "statements");
    Str ref;
    TRY(stage_ref(l->scope, l->stage, text_of(json_object_get(value, "id")), &ref));
    const struct act *a = l->known ? act_find(&l->view.file, ref) : NULL;
    if (a == NULL) {
        differs(l, STR("act"), ref, STR(""));
        return OK;
    }
    if (signers) compare_signers(l, signers, a);
    if (effective && json_is_true(effective) != a->effective)
        differs(l, STR("act"), a->effective ? STR("not effective") : STR("effective"),
                a->effective ? STR("effective") : STR("not effective"));
    const char *key;
    json_t *standing;
    json_object_foreach(statements, key, standing)
    {
        const struct statement *st = act_statement(a, str_of(key));
        compare(l, key, standing, st ? act_standing(l->scope, a, st) : STR(""));
    }
    return OK;
}

static Status check_measurements(struct looking *l, const json_t *map)
{
    const char *id;
    json_t *value;
    json_object_foreach((json_t *)(uintptr_t)map, id, value)
    {
        Str ref;
        TRY(stage_ref(l->scope, l->stage, str_of(id), &ref));
        const struct entry *e = l->known ? case_entry(&l->view.file, ref) : NULL;
        compare(l, id, value, e ? str_of(case_measurement(&l->view.file, e)) : STR(""));
    }
    return OK;
}

/* Digest of the common view; empty when there is nothing in it, because nothing is opened or the
 * case is not known. */
static Status common_digest(struct scope *s, struct seat *seat, Str number, Str *out)
{
    struct case_view view;
    *out = STR("");
    Status status = case_view_load(s, seat->post, number, &view);
    if (status == ERR_NOT_FOUND) return OK;
    TRY(status);
    if (view.file.opened_count) *out = view.common_digest;
    return OK;
}

static Status check_common(struct looking *l, const json_t *value)
{
    Str own, theirs;
    struct seat *other = l->known ? stage_seat(l->stage, l->view.counterpart) : NULL;
    if (other == NULL) other = &l->stage->seats[l->seat == &l->stage->seats[0] ? 1 : 0];
    TRY(common_digest(l->scope, l->seat, l->number, &own));
    TRY(common_digest(l->scope, other, l->number, &theirs));
    if (str_eq(own, theirs) != json_is_true(value))
        differs(l, STR("common view"), json_is_true(value) ? STR("equal") : STR("different"),
                json_is_true(value) ? STR("different") : STR("equal"));
    return OK;
}

static Status check_journal(struct looking *l, const json_t *value)
{
    struct post_figures figures;
    TRY(post_figures(l->scope, l->seat->post, &figures));
    return compare_count(l, "journal_size", value, figures.journal_size);
}

static Status check_cosigned(struct looking *l, const json_t *value)
{
    struct post_figures figures;
    TRY(post_figures(l->scope, l->seat->post, &figures));
    return compare_count(l, "cosigned_size", value, figures.cosigned_size);
}

/* An alarm is kept for ever: any of that name will do, and none means none at all. */
static Status check_alarm(struct looking *l, const json_t *value)
{
    struct alarm_view *list;
    size_t count;
    Str expected = str_is(text_of(value), "none") ? STR("") : text_of(value);
    TRY(post_alarms(l->scope, l->seat->post, &list, &count));
    for (size_t i = 0; i < count; i++)
        if (expected.len && str_eq(list[i].what, expected)) return OK;
    if (expected.len || count) differs(l, STR("alarm"), expected, count ? list[0].what : STR(""));
    return OK;
}

static Status (*const checks[EXPECT_COUNT])(struct looking *l, const json_t *value) = {
    [EXPECT_STATE] = check_state,
    [EXPECT_ESCALATED] = check_escalated,
    [EXPECT_CEILING] = check_ceiling,
    [EXPECT_OUTCOME] = check_outcome,
    [EXPECT_HOLDER] = check_holder,
    [EXPECT_DUTIES] = check_duties,
    [EXPECT_FACTS_OWN] = check_facts_own,
    [EXPECT_FACTS_THEIRS] = check_facts_theirs,
    [EXPECT_VISIBLE] = check_visible,
    [EXPECT_HIDDEN] = check_hidden,
    [EXPECT_ACT] = check_act,
    [EXPECT_MEASUREMENTS] = check_measurements,
    [EXPECT_COMMON] = check_common,
    [EXPECT_JOURNAL] = check_journal,
    [EXPECT_COSIGNED] = check_cosigned,
    [EXPECT_ALARM] = check_alarm,
};

Status expectation_check(struct scope *s, struct stage *st, const struct scenario_step *step,
                         const struct expectation *e, Str *out_problem)
{
    struct looking l = {.scope = s,
                        .stage = st,
                        .seat = stage_seat(st, step->party),
                        .number = stage_case(st, step->case_name),
                        .problem = STR("")};
    if (l.seat == NULL || l.seat->post == NULL)
        return fail(s, ERR_STATE, "the post of %.*s is not open", STR_ARG(step->party));
    if (step->case_name.len && l.number.len == 0)
        return fail(s, ERR_NOT_FOUND, "no step has opened case %.*s", STR_ARG(step->case_name));
    if (l.number.len) {
        Status status = case_view_load(s, l.seat->post, l.number, &l.view);
        if (status != OK && status != ERR_NOT_FOUND) return status;
        l.known = status == OK;
    }
    TRY(checks[e->key](&l, e->value));
    if (l.problem.ptr == NULL) return ERR_MEMORY;
    *out_problem = l.problem;
    return OK;
}
