/* What a random course is made of. Declared in schedule.h. */
#include "core/casework/recall.h"
#include "moves.h"

enum { R1 = 1 << 0, R10 = 1 << 9, R11 = 1 << 10, FOUND_MAX = 200 };

uint32_t dice_groups(uint32_t *state)
{
    uint32_t groups = 1u << dice(state, 4); /* the main one */
    for (int i = 0; i < GROUPS; i++)
        groups |= (uint32_t)(dice(state, 4) == 0) << i;
    return groups | (dice(state, 5) ? PROMPT : 0);
}

struct throwing {
    struct playing *y;
    uint32_t *dice;
    struct step *step;
    Str group[SIDE_NUMBERS_MAX + 1]; /* numbers of the case as the side knows it */
};

/* Is step `i` a registration of the case at hand? */
static bool is_here(const struct throwing *t, Str number)
{
    for (size_t i = 0; number.len && t->group[i].len; i++)
        if (str_eq(t->group[i], number)) return true;
    return number.len == 0 && t->group[0].len == 0;
}

/* A step whose fact the reference may name; -1 when there is none. */
static int reference(struct throwing *t, Str scope, Str kind)
{
    int found[STEPS_MAX];
    uint32_t count = 0;
    for (int i = 0; i < STEPS_MAX; i++) {
        const struct told *told = &t->y->told[i];
        if (told->ref.len == 0) continue;
        bool own = t->y->schedule->steps[i].side == t->step->side, here = is_here(t, told->number);
        bool fits = str_is(scope, "own")     ? own && here
                    : str_is(scope, "other") ? !own && here
                    : str_is(scope, "far")   ? !own
                                             : here;
        /* Now and then a fact of another case, or of another kind. */
        if ((fits && str_is(kind, told->kind)) || dice(t->dice, 60) == 0) found[count++] = i;
    }
    return count ? found[dice(t->dice, count)] : -1;
}

static Str choice(uint32_t *state, Str value)
{
    Str rest = value;
    uint32_t count = 1;
    for (size_t i = 0; i < value.len; i++)
        count += value.ptr[i] == '|';
    for (uint32_t n = dice(state, count); n > 0; n--)
        str_cut(&rest, '|');
    return str_cut(&rest, '|');
}

/* "$boat" is the boat of one registration of the case and of one side: things of their own, which
 * the other side speaks of only when it has heard of them. Now and then both use one sign. */
static Str item(struct throwing *t, Str name)
{
    int here[STEPS_MAX];
    uint32_t count = 0;
    bool records = strstr(t->step->kind, ".recorded") || strstr(t->step->kind, ".collected");
    for (int i = 0; i < STEPS_MAX; i++)
        if (t->y->told[i].ref.len && strcmp(t->y->told[i].kind, "incident.registered") == 0 &&
            is_here(t, t->y->told[i].number))
            here[count++] = i;
    int of = count ? here[dice(t->dice, count)] : 0;
    bool lv = t->step->side == LV;
    if (dice(t->dice, 6) == 0) return scope_print(t->y->kept, "%.*s%d", STR_ARG(name), of);
    Str theirs = scope_print(t->y->kept, "%.*s%d%s", STR_ARG(name), of, lv ? "by" : "lv");
    if (!records && watch_knows(t->y, t->step->side, theirs) && dice(t->dice, 2)) return theirs;
    return scope_print(t->y->kept, "%.*s%d%s", STR_ARG(name), of, lv ? "lv" : "by");
}

static bool field_throw(struct throwing *t, const char *text, struct step_field *out)
{
    Str value = str_of(text), name = str_cut(&value, '=');
    bool may_lack = str_has_prefix(value, "?");
    if (may_lack) value = (Str){value.ptr + 1, value.len - 1};
    value = choice(t->dice, value);
    *out =
        (struct step_field){.name = scope_str(t->y->kept, name).ptr, .ref = -1, .after = STR("")};
    out->before = scope_str(t->y->kept, value);
    if (str_has_prefix(value, "$")) out->before = item(t, (Str){value.ptr + 1, value.len - 1});
    Str rest = value, before = str_cut(&rest, '@');
    if (rest.ptr == NULL) return true;
    Str scope = str_cut(&rest, ':');
    out->before = scope_str(t->y->kept, before);
    out->ref = reference(t, scope, rest);
    if (out->ref < 0 && may_lack) out->name = NULL;
    return out->ref >= 0 || may_lack;
}

static bool move_throw(struct throwing *t, const struct move *m)
{
    struct step *step = t->step;
    step->sort = STEP_SAY;
    step->officer = m->officer;
    step->kind = m->kind;
    step->field_count = 0;
    for (size_t i = 0; i < STEP_FIELDS_MAX && m->fields[i]; i++) {
        struct step_field *f = &step->fields[step->field_count];
        if (!field_throw(t, m->fields[i], f)) return false;
        if (f->name) step->field_count++;
    }
    step->opens = scope_str(t->y->kept, choice(t->dice, str_of(m->opens))).ptr;
    if (dice(t->dice, 4) == 0) step->opens = "";
    step->approvals = dice(t->dice, 3) ? R1 | R10 | R11 : R1;
    return true;
}

/* Some registration, `known` at the post only; -1 for none. */
static int case_throw(struct throwing *t, bool known)
{
    int found[STEPS_MAX];
    uint32_t count = 0;
    Str group[SIDE_NUMBERS_MAX + 1];
    for (int i = 0; i < STEPS_MAX; i++) {
        if (t->y->told[i].ref.len == 0 || strcmp(t->y->told[i].kind, "incident.registered") != 0)
            continue;
        side_group(&t->y->sides[t->step->side], t->y->told[i].number, group);
        if (!known || group[0].len) found[count++] = i;
    }
    return count ? found[dice(t->dice, count)] : -1;
}

static const struct move *move_choose(uint32_t *state, uint32_t groups)
{
    uint32_t all = 0, n;
    for (size_t i = 0; i < move_count; i++)
        if ((moves[i].group & groups) == moves[i].group) all += moves[i].weight;
    n = dice(state, all);
    for (size_t i = 0;; i++) {
        if ((moves[i].group & groups) != moves[i].group) continue;
        if (n < moves[i].weight) return &moves[i];
        n -= moves[i].weight;
    }
}

/* Does the move belong into a case, out of one, or anywhere? */
static bool fits_place(const struct throwing *t, const struct move *m, bool outside)
{
    const struct kind *k = pack_kind(t->y->pack, str_of(m->kind));
    assert_non_null(k);
    return k->use == CASE_NONE || k->use == (outside ? CASE_OPTIONAL : k->use);
}

/* "name=value;name=value" as further fields of the step. */
static void more_throw(struct throwing *t, const char *text)
{
    Str rest = str_of(text ? text : "");
    while (rest.len) {
        Str one = scope_str(t->y->kept, str_cut(&rest, ';'));
        if (field_throw(t, one.ptr, &t->step->fields[t->step->field_count])) t->step->field_count++;
    }
}

/* Follows up one of the newest facts; false when nothing comes next to it. */
static bool follow_throw(struct throwing *t, uint32_t groups)
{
    enum { NEWEST = 10 };
    int of = (int)t->y->schedule->count - 2 - (int)dice(t->dice, NEWEST);
    if (of < 0 || t->y->told[of].ref.len == 0) return false;
    const struct step *told = &t->y->schedule->steps[of];
    size_t from = dice(t->dice, (uint32_t)follow_count);
    for (size_t i = 0; i < follow_count; i++) {
        const struct follow *f = &follows[(from + i) % follow_count];
        if (strcmp(f->kind, told->kind) != 0 || (f->group & groups) != f->group) continue;
        int about = f->chained ? told->fields[0].ref : of;
        struct step *step = t->step;
        if (about < 0) return false;
        step->side = f->other_side ? 1 - told->side : told->side;
        step->case_step = told->case_step;
        step->sort = STEP_SAY;
        step->officer = f->officer;
        step->kind = f->next;
        step->field_count = f->field ? 1 : 0;
        if (f->field) step->fields[0] = (struct step_field){f->field, STR(""), STR(""), about};
        more_throw(t, f->more);
        return true;
    }
    return false;
}

static void say_throw(struct throwing *t, uint32_t groups)
{
    bool links = groups & LINKS;
    int cases = 0;
    for (int i = 0; i < STEPS_MAX; i++)
        cases += t->y->told[i].ref.len && strcmp(t->y->told[i].kind, "incident.registered") == 0;
    t->step->case_step = -1;
    if (cases < 1 + links || dice(t->dice, 120) == 0) {
        if (links && cases == 1)
            t->step->side = 1 - t->y->schedule->steps[case_throw(t, false)].side;
        if (move_throw(t, &registration_move)) return;
    }
    if (dice(t->dice, 2) && follow_throw(t, groups)) return;
    for (int attempt = 0; attempt < 40; attempt++) {
        const struct move *m = move_choose(t->dice, groups);
        bool outside = groups & OUTSIDE && dice(t->dice, 6) == 0;
        int in = outside ? -1 : case_throw(t, dice(t->dice, 20));
        t->step->sort = STEP_RESTART;
        if ((!outside && in < 0) || !fits_place(t, m, outside)) continue;
        t->group[0] = STR("");
        if (!outside) side_group(&t->y->sides[t->step->side], t->y->told[in].number, t->group);
        t->step->case_step = in;
        bool drops = strcmp(m->kind, "incident.dropped") == 0;
        if ((!drops || dice(t->dice, 5) == 0) && move_throw(t, m)) break;
    }
    t->step->forced = groups & FORCES && dice(t->dice, 12) == 0;
    /* Who hands over without power is refused by the other side, and parts the posts till then. */
    bool may = t->step->sort == STEP_SAY && strncmp(t->step->kind, "handover.", 9) != 0;
    if (t->step->forced && may && dice(t->dice, 3) == 0) t->step->officer = "duty";
}

/* A parcel on the way to the other side; -1 when none is. */
static int parcel_throw(struct throwing *t)
{
    int found[STEPS_MAX];
    uint32_t count = 0;
    for (int i = 0; i < STEPS_MAX; i++)
        if (t->y->parcels[i] && t->y->parcels[i]->from != t->step->side) found[count++] = i;
    /* Newer ones more often; the last ones of all are lost now and then. */
    if (count == 0) return -1;
    uint32_t back = dice(t->dice, dice(t->dice, count) + 1);
    return found[count - 1 - back];
}

/* An own fact of which `wanted` (may it be recalled, does it wait for a release) is true; -1: none.
 */
static int told_throw(struct throwing *t, bool (*wanted)(const struct kind *k))
{
    int found[STEPS_MAX];
    uint32_t count = 0;
    for (int i = 0; i < STEPS_MAX; i++)
        if (t->y->told[i].ref.len && t->y->schedule->steps[i].side == t->step->side &&
            (wanted(pack_kind(t->y->pack, str_of(t->y->told[i].kind))) || dice(t->dice, 30) == 0))
            found[count++] = i;
    return count ? found[dice(t->dice, count)] : -1;
}

static bool is_recallable(const struct kind *k)
{
    return recall_is_allowed(k->name) && k->crosses != CROSSES_NEVER;
}

static bool is_releasable(const struct kind *k)
{
    return k->crosses == CROSSES_RELEASE;
}

/* A case that both know, at once: most have one. */
static void prompt_throw(struct throwing *t, size_t count)
{
    t->step->side = count == 1 ? t->step->side : t->y->schedule->steps[0].side;
    t->step->sort = STEP_SYNC;
    if (count == 1) move_throw(t, &registration_move);
    if (count == 2) {
        t->step->case_step = 0;
        side_group(&t->y->sides[t->step->side], t->y->told[0].number, t->group);
        move_throw(t, &notice_move);
    }
}

void dice_step(struct playing *y, uint32_t *state, uint32_t groups, struct step *out)
{
    struct throwing t = {.y = y, .dice = state, .step = out};
    *out =
        (struct step){.sort = STEP_RESTART, .side = (int)dice(state, 2), .case_step = -1, .of = -1};
    out->wait_s = 60 + (int64_t)dice(state, 12) * dice(state, 12) * 60;
    if (dice(state, 40) == 0) out->wait_s += 12 * 86400;
    uint32_t n = dice(state, 100);
    if (y->schedule->count <= 3 && groups & PROMPT) {
        prompt_throw(&t, y->schedule->count);
        return;
    }
    if (n < 1) return;
    if (n < 9) {
        out->sort = STEP_SYNC;
    } else if (n < 17) {
        out->sort = STEP_WRITE;
    } else if (n < 30) {
        out->of = parcel_throw(&t);
        out->sort = out->of < 0 ? STEP_WRITE : STEP_READ;
    } else if (n < 34 && groups & TAKES_BACK) {
        out->of = told_throw(&t, is_recallable);
        if (out->of < 0) return;
        out->sort = dice(state, 4) ? STEP_RECALL : STEP_ERASE;
    } else if (n < 37) {
        out->of = told_throw(&t, is_releasable);
        if (out->of < 0) return;
        out->sort = STEP_RELEASE;
        out->opens = "*";
        out->approvals = R1 | R10 | R11;
    } else {
        say_throw(&t, groups);
    }
}
