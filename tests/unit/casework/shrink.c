/* A failing schedule made smaller, and written as a scenario. Declared in schedule.h. */
#include "schedule.h"
#include <inttypes.h>

/* Does it still fail? The steps stay in their places, so that references hold. */
static bool fails(struct playing *y, struct schedule *schedule,
                  const struct founding founding[static SIDES])
{
    return !schedule_play(y, schedule, founding);
}

/* A step that does nothing but let time pass. */
static bool is_nothing(const struct step *step)
{
    return step->sort == STEP_RESTART && step->kind == NULL && step->side == 0 && step->of == -2;
}

static void nothing_put(struct step *step)
{
    *step = (struct step){
        .sort = STEP_RESTART, .side = 0, .wait_s = step->wait_s, .case_step = -1, .of = -2};
}

/* Takes runs of steps out, from halves to single ones. */
static bool runs_drop(struct playing *y, struct schedule *x,
                      const struct founding founding[static SIDES])
{
    struct step kept[STEPS_MAX];
    bool smaller = false;
    for (size_t run = x->count / 2 + 1; run > 0; run /= 2)
        for (size_t from = 0; from < x->count; from += run) {
            bool any = false;
            memcpy(kept, x->steps, sizeof kept);
            for (size_t i = from; i < from + run && i < x->count; i++) {
                any |= !is_nothing(&x->steps[i]);
                nothing_put(&x->steps[i]);
            }
            if (any && fails(y, x, founding))
                smaller = true;
            else
                memcpy(x->steps, kept, sizeof kept);
        }
    return smaller;
}

/* Fewer fields, one clock, short waits. */
static bool details_drop(struct playing *y, struct schedule *x,
                         const struct founding founding[static SIDES])
{
    bool smaller = false;
    for (int i = 0; i < SIDES; i++) {
        int64_t was = x->ahead_s[i];
        x->ahead_s[i] = 0;
        if (was && fails(y, x, founding))
            smaller = true;
        else
            x->ahead_s[i] = was;
    }
    for (size_t i = 0; i < x->count; i++) {
        struct step was = x->steps[i];
        if (is_nothing(&was)) continue;
        for (size_t f = was.field_count; f > 0; f--) {
            struct step *step = &x->steps[i];
            struct step full = *step;
            memmove(&step->fields[f - 1], &step->fields[f],
                    (step->field_count - f) * sizeof *step->fields);
            step->field_count--;
            if (fails(y, x, founding))
                smaller = true;
            else
                *step = full;
        }
    }
    for (size_t i = 0; i < x->count; i++) {
        int64_t was = x->steps[i].wait_s;
        x->steps[i].wait_s = 60;
        if (was == 60 || !fails(y, x, founding)) x->steps[i].wait_s = was;
    }
    return smaller;
}

void schedule_shrink(struct playing *y, struct schedule *x,
                     const struct founding founding[static SIDES])
{
    for (int i = 0; i < 6; i++) {
        bool dropped = runs_drop(y, x, founding), thinned = details_drop(y, x, founding);
        if (!dropped && !thinned) break;
    }
    (void)fails(y, x, founding); /* the problem of the small one, and which steps were done */
}

static void value_print(FILE *out, const struct step_field *f)
{
    if (f->ref < 0 && f->before.len && f->before.ptr[0] == '^') return; /* named by the officer */
    fprintf(out, "\"%s\": \"%.*s", f->name, STR_ARG(f->before));
    if (f->ref >= 0) fprintf(out, "@f%d", f->ref);
    fprintf(out, "%.*s\"", STR_ARG(f->after));
}

static void fields_print(FILE *out, const struct step *step, const char *party)
{
    fprintf(out, ", \"fields\": {");
    for (size_t i = 0; i < step->field_count; i++) {
        const struct step_field *f = &step->fields[i];
        if (i) fprintf(out, ", ");
        if (f->ref < 0 && f->before.len && f->before.ptr[0] == '^')
            fprintf(out, "\"%s\": \"%s.%.*s\"", f->name, party, (int)f->before.len - 1,
                    f->before.ptr + 1);
        else
            value_print(out, f);
    }
    fprintf(out, "}");
}

static void release_print(FILE *out, const struct step *step, const char *party)
{
    Str rest = str_of(step->opens);
    fprintf(out, "{\"by\": \"%s.rep\", \"approve\": [", party);
    const char *gap = "";
    if (step->approvals & 1u << 9) {
        fprintf(out, "\"%s.dpo\"", party);
        gap = ", ";
    }
    if (step->approvals & 1u << 10) fprintf(out, "%s\"%s.prot\"", gap, party);
    fprintf(out, "], \"fields\": [");
    for (gap = ""; rest.len; gap = ", ") {
        Str name = str_cut(&rest, ' ');
        fprintf(out, "%s\"%.*s\"", gap, STR_ARG(name));
    }
    fprintf(out, "], \"purpose\": \"investigation\", \"regime\": \"law\", \"basis\": \"treaty\"}");
}

static void say_print(FILE *out, const struct step *step, size_t i, const char *party)
{
    bool opens = strcmp(step->kind, "incident.registered") == 0 && step->case_step < 0;
    int in = opens ? (int)i : step->case_step;
    fprintf(out, "\"who\": \"%s.%s\", \"do\": \"%s\", \"id\": \"f%zu\"", party, step->officer,
            step->kind, i);
    if (in >= 0) fprintf(out, ", \"case\": \"c%d\"", in);
    fields_print(out, step, party);
    if (step->opens && step->opens[0]) {
        fprintf(out, ", \"release\": ");
        release_print(out, step, party);
    }
}

static void step_print(FILE *out, const struct step *step, size_t i)
{
    const char *party = step->side == LV ? "lv" : "by";
    switch (step->sort) {
    case STEP_SAY:
        say_print(out, step, i, party);
        break;
    case STEP_RELEASE:
        fprintf(out, "\"do\": \"release\", \"of\": \"@f%d\", \"release\": ", step->of);
        release_print(out, step, party);
        break;
    case STEP_RECALL:
        fprintf(out,
                "\"do\": \"recall\", \"of\": \"@f%d\", \"ground\": \"error\", \"by\": \"%s.rep\"",
                step->of, party);
        break;
    case STEP_ERASE:
        fprintf(out,
                "\"who\": \"%s.dpo\", \"do\": \"fact.erased\", \"fields\": {\"of\": \"@f%d\", "
                "\"ground\": \"error\"}",
                party, step->of);
        break;
    case STEP_WRITE:
        fprintf(out, "\"do\": \"courier\", \"from\": \"%s\", \"keep\": \"p%zu\"", party, i);
        break;
    case STEP_READ:
        fprintf(out, "\"do\": \"courier\", \"bring\": \"p%d\"", step->of);
        break;
    case STEP_SYNC:
        fprintf(out, "\"do\": \"sync\"");
        break;
    case STEP_RESTART:
        fprintf(out, "\"do\": \"restart\", \"party\": \"%s\"", party);
        break;
    }
}

static void officers_print(FILE *out)
{
    static const char *const roles[] = {"duty", "R7",  "rep", "R1",   "help",
                                        "R3",   "dpo", "R10", "prot", "R11"};
    fprintf(out, " \"officers\": {");
    for (int side = 0; side < SIDES; side++)
        for (size_t i = 0; i < COUNT_OF(roles); i += 2)
            fprintf(out, "%s\"%s.%s\": {\"role\": \"%s\"}", side > 0 || i > 0 ? ", " : "",
                    side == LV ? "lv" : "by", roles[i], roles[i + 1]);
    fprintf(out, "},\n");
}

void schedule_print(FILE *out, const struct schedule *x, const char *problem)
{
    char at[INSTANT_TEXT_MAX];
    int64_t us = instant_of(x->start).us;
    fprintf(out, "{\"title\": \"schedule %" PRIu32 ": ", x->seed);
    for (const char *c = problem; *c; c++) {
        if (*c == '"' || *c == '\\') fputc('\\', out);
        fputc(*c == '\n' ? ' ' : *c, out);
    }
    fprintf(out, "\", \"source\": [\"a random schedule, made smaller\"], \"pack\": \"lv-by\",\n");
    fprintf(out, " \"parties\": [\"lv\", \"by\"],\n");
    officers_print(out);
    fprintf(out, " \"steps\": [\n");
    for (int side = 0; side < SIDES; side++)
        if (x->ahead_s[side])
            fprintf(out,
                    "  {\"at\": \"%s\", \"do\": \"clock\", \"party\": \"%s\", \"ahead_s\": %" PRId64
                    "},\n",
                    x->start, side == LV ? "lv" : "by", x->ahead_s[side]);
    fprintf(out, "  {\"at\": \"%s\", \"do\": \"sync\"},\n", x->start);
    for (size_t i = 0; i < x->count; i++) {
        const struct step *step = &x->steps[i];
        us += step->wait_s * US_PER_SECOND;
        if (is_nothing(step) || !step->done) continue;
        instant_format((Instant){us}, at);
        fprintf(out, "  {\"at\": \"%s\", ", at);
        step_print(out, step, i);
        fprintf(out, "},\n");
    }
    fprintf(out, "  {\"do\": \"sync\"}, {\"do\": \"sync\"}");
    for (size_t i = 0; i < x->count; i++)
        if (x->steps[i].done && x->steps[i].kind &&
            strcmp(x->steps[i].kind, "incident.registered") == 0)
            fprintf(out,
                    ",\n  {\"expect\": {\"party\": \"lv\", \"case\": \"c%zu\", "
                    "\"common_view_equal\": true}}",
                    i);
    fprintf(out, "\n ]}\n");
}
