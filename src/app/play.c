#include "app/play.h"
#include "app/case.h"
#include "app/expectation.h"
#include "app/paper.h"
#include <inttypes.h>

enum { PLAY_FIELDS_SPARE = 1 };

/* What may not change when a step is refused. */
struct still {
    uint64_t sizes[SCENARIO_PARTIES_MAX];
    Str *digests; /* by seat and case */
};

struct player {
    struct scope *scope; /* of the play; steps have their own */
    const struct scenario *scenario;
    const struct play_options *options;
    struct stage stage;
    struct play_result result;
};

static Status still_take(struct scope *s, struct stage *st, struct still *out)
{
    out->digests = scope_array(s, st->seat_count * st->case_count + 1, sizeof *out->digests);
    if (out->digests == NULL) return ERR_MEMORY;
    for (size_t i = 0; i < st->seat_count; i++) {
        struct post_figures figures;
        if (st->seats[i].post == NULL) continue;
        TRY(post_figures(s, st->seats[i].post, &figures));
        out->sizes[i] = figures.journal_size;
        for (size_t k = 0; k < st->case_count; k++) {
            Str text;
            Status status = case_common(s, st->seats[i].post, st->cases[k].value, &text,
                                        &out->digests[i * st->case_count + k]);
            if (status != OK && status != ERR_NOT_FOUND) return status;
        }
    }
    return OK;
}

/* A sentence when something changed although the step was refused. */
static Str still_problem(struct scope *s, const struct stage *st, const struct still *before,
                         const struct still *after)
{
    for (size_t i = 0; i < st->seat_count; i++) {
        if (before->sizes[i] != after->sizes[i])
            return scope_print(s,
                               "refused, but the journal of %.*s went from %" PRIu64 " to %" PRIu64,
                               STR_ARG(st->seats[i].party), before->sizes[i], after->sizes[i]);
        for (size_t k = 0; k < st->case_count; k++)
            if (!str_eq(before->digests[i * st->case_count + k],
                        after->digests[i * st->case_count + k]))
                return scope_print(s, "refused, but the common view of %.*s changed at %.*s",
                                   STR_ARG(st->cases[k].name), STR_ARG(st->seats[i].party));
    }
    return STR("");
}

/* Every officer's password is the officer's id. */
static Status sign_in(struct scope *s, struct stage *st, Str officer, struct session **out)
{
    struct seat *seat = stage_seat(st, officer);
    if (seat == NULL || seat->post == NULL)
        return fail(s, ERR_STATE, "the post of %.*s is not open", STR_ARG(officer));
    return session_open(s, seat->post, officer, officer, out);
}

static void session_auto_close(struct session **session)
{
    session_close(*session);
}
#define AUTO_SESSION __attribute__((cleanup(session_auto_close)))

static Status label_add(struct scope *memory, struct label *list, size_t *count, Str name,
                        Str value)
{
    struct label l = {scope_str(memory, name), scope_str(memory, value)};
    if (l.name.ptr == NULL || l.value.ptr == NULL) return ERR_MEMORY;
    list[(*count)++] = l;
    return OK;
}

/* The newest mandate of an officer, for a revocation that names the officer. */
static Status mandate_of(struct scope *s, struct seat *seat, Str officer, Str *out)
{
    struct officer_view *list;
    size_t count;
    TRY(post_officers(s, seat->post, &list, &count));
    for (size_t i = count; i > 0; i--)
        if (str_eq(list[i - 1].id, officer) && list[i - 1].mandate.len && !list[i - 1].revoked) {
            *out = list[i - 1].mandate;
            return OK;
        }
    return OK; /* stays as it is: the post will say that there is none */
}

static Status fields_resolve(struct scope *s, struct stage *st, const struct scenario_step *step,
                             struct name_value **out)
{
    struct name_value *list = scope_array(s, step->field_count + PLAY_FIELDS_SPARE, sizeof *list);
    if (list == NULL) return ERR_MEMORY;
    for (size_t i = 0; i < step->field_count; i++) {
        list[i].name = step->fields[i].name;
        TRY(stage_ref(s, st, step->fields[i].value, &list[i].value));
        if (str_is(step->word, "mandate.revoked") && str_is(list[i].name, "mandate") &&
            !memchr(list[i].value.ptr, ':', list[i].value.len))
            TRY(mandate_of(s, stage_seat(st, step->who), list[i].value, &list[i].value));
    }
    *out = list;
    return OK;
}

/* Who releases, who approves, and what; the sessions are closed together. */
struct signing {
    struct session *drafter, *approvers[SCENARIO_APPROVERS_MAX];
    size_t count;
    struct release_request request; /* facts are names of fields, or "*" */
};

static void signing_close(struct signing *x)
{
    session_close(x->drafter);
    for (size_t i = 0; i < x->count; i++)
        session_close(x->approvers[i]);
}
#define AUTO_SIGNING __attribute__((cleanup(signing_close)))

static Status signing_open(struct scope *s, struct stage *st,
                           const struct scenario_release *release, struct signing *out)
{
    static const Str all[] = {{"*", 1}};
    bool named = release->field_count > 0;
    out->request = (struct release_request){.facts = named ? release->fields : all,
                                            .fact_count = named ? release->field_count : 1,
                                            .purpose = release->purpose,
                                            .regime = release->regime,
                                            .basis = release->basis,
                                            .restrictions = release->restrictions,
                                            .to = release->to};
    TRY(sign_in(s, st, release->by.len ? release->by : release->approve[0], &out->drafter));
    /* The drafter approves too, when that role may; named only as one who approves, the first one
     * drafts. */
    for (size_t i = release->by.len ? 0 : 1; i < release->approve_count; i++) {
        TRY(sign_in(s, st, release->approve[i], &out->approvers[out->count]));
        out->count++;
    }
    return OK;
}

static Status release_do(struct scope *s, struct stage *st, const struct scenario_step *step)
{
    AUTO_SIGNING struct signing x = {.count = 0};
    Str ref;
    TRY(stage_ref(s, st, step->of, &ref));
    TRY(signing_open(s, st, &step->release, &x));
    struct release_request r = x.request;
    Str *facts = scope_array(s, r.fact_count, sizeof *facts);
    if (facts == NULL) return ERR_MEMORY;
    for (size_t i = 0; i < r.fact_count; i++)
        facts[i] = str_is(r.facts[i], "*")
                       ? ref
                       : scope_print(s, "%.*s.%.*s", STR_ARG(ref), STR_ARG(r.facts[i]));
    r.facts = facts;
    const struct scenario_release *release = &step->release;
    struct post *p = stage_seat(st, release->by.len ? release->by : release->approve[0])->post;
    return release_now(s, p, x.drafter, (const struct session *const *)x.approvers, x.count, &r);
}

/* States the fact, together with its release when it has one. */
static Status fact_state_as(struct scope *s, struct stage *st, const struct scenario_step *step,
                            const struct fact_request *request, struct fact_result *out)
{
    AUTO_SESSION struct session *session = NULL;
    AUTO_SIGNING struct signing x = {.count = 0};
    struct post *p = NULL;
    TRY(sign_in(s, st, step->who, &session));
    p = stage_seat(st, step->who)->post;
    if (!step->release.present) return fact_add(s, p, session, request, out);
    TRY(signing_open(s, st, &step->release, &x));
    return fact_add_released(s, p, session, request, x.drafter,
                             (const struct session *const *)x.approvers, x.count, &x.request, out);
}

/* States the fact of a step; `*out_ref` is what `id` refers to. */
static Status fact_do(struct scope *s, struct player *pl, const struct scenario_step *step,
                      Str *out_ref)
{
    struct stage *st = &pl->stage;
    struct fact_result result = {.ref = {NULL, 0}};
    Str number = stage_case(st, step->case_name);
    bool opens_case = str_is(step->word, "incident.registered") && number.len == 0;
    struct fact_request request = {.kind = step->word, .field_count = step->field_count};
    struct name_value *fields;
    TRY(fields_resolve(s, st, step, &fields));
    request.fields = fields;
    /* A case that nobody has opened keeps the scenario's name, so that the post says what it says
     * to any number it does not know. */
    request.case_number = number.len || opens_case ? number : step->case_name;
    if (str_is(step->word, "officer.enrolled"))
        for (size_t i = 0; i < step->field_count; i++)
            if (str_is(fields[i].name, "officer")) request.password = fields[i].value;
    TRY(fact_state_as(s, st, step, &request, &result));
    *out_ref = result.queued ? STR("queued") : result.ref;
    if (opens_case && step->case_name.len && result.case_number.len)
        TRY(label_add(pl->scope, st->cases, &st->case_count, step->case_name, result.case_number));
    if (step->id.len && result.ref.len)
        TRY(label_add(pl->scope, st->ids, &st->id_count, step->id, result.ref));
    return OK;
}

static Status recall_do(struct scope *s, struct stage *st, const struct scenario_step *step)
{
    AUTO_SESSION struct session *session = NULL;
    Str ref;
    TRY(stage_ref(s, st, step->of, &ref));
    TRY(sign_in(s, st, step->who, &session));
    return release_recall(s, stage_seat(st, step->who)->post, session, ref, step->ground);
}

static Status step_do(struct scope *s, struct player *pl, const struct scenario_step *step,
                      Str *out_ref)
{
    struct stage *st = &pl->stage;
    struct seat *seat = step->party.len ? stage_seat(st, step->party) : NULL;
    if (step->goes_back) return fail(s, ERR_USAGE, "the step goes back in time");
    switch (step->action) {
    case DO_EXPECT:
        return OK;
    case DO_FACT:
        return fact_do(s, pl, step, out_ref);
    case DO_SYNC:
        return stage_sync(s, st, step);
    case DO_COURIER:
        return stage_courier(s, st, step);
    case DO_LINK:
        st->link_is_down = !step->link_up;
        return OK;
    case DO_RESTART:
        return stage_restart(s, seat, &st->clock, false);
    case DO_KILL:
        return stage_restart(s, seat, &st->clock, true);
    case DO_RELEASE:
        return release_do(s, st, step);
    case DO_RECALL:
        return recall_do(s, st, step);
    case DO_BACKUP:
        return stage_backup(s, st, seat);
    case DO_RESTORE:
        return stage_restore(s, st, seat);
    case DO_FORK:
        return stage_fork(s, st, seat);
    case DO_TAMPER:
        stage_seat(st, step->from)->tamper = step->what;
        return OK;
    }
    return OK;
}

/* Does the step; says in `out_problem` what is not as it should be. */
static Status step_play(struct scope *s, struct player *pl, const struct scenario_step *step,
                        Str *out_ref, Str *out_problem)
{
    struct still before = {.digests = NULL}, after = {.digests = NULL};
    if (step->fails) TRY(still_take(s, &pl->stage, &before));
    Status status = step_do(s, pl, step, out_ref);
    if (!step->fails && status != OK)
        *out_problem = scope_print(s, "refused with %s: %s", status_name(status), scope_reason(s));
    else if (step->fails && status == OK)
        *out_problem =
            scope_print(s, "done, but should be refused with %s", status_name(step->reason));
    else if (step->fails && status != step->reason)
        *out_problem = scope_print(s, "refused with %s (%s), but should be with %s",
                                   status_name(status), scope_reason(s), status_name(step->reason));
    else if (step->fails) {
        TRY(still_take(s, &pl->stage, &after));
        *out_problem = still_problem(s, &pl->stage, &before, &after);
    }
    return out_problem->ptr ? OK : ERR_MEMORY;
}

/* Counts every key; the problems of all stand in one sentence. */
static Status expect_play(struct scope *s, struct player *pl, const struct scenario_step *step,
                          Str *out_problem)
{
    Str all = STR("");
    for (size_t i = 0; i < step->expect_count; i++) {
        Str problem = STR("");
        Status status = expectation_check(s, &pl->stage, step, &step->expect[i], &problem);
        if (status != OK)
            problem = scope_print(s, "%s: %s: %s", expect_key_name(step->expect[i].key),
                                  status_name(status), scope_reason(s));
        *(problem.len ? &pl->result.failed : &pl->result.passed) += 1;
        if (problem.len)
            all = scope_print(s, "%.*s%s%.*s", STR_ARG(all), all.len ? "; " : "", STR_ARG(problem));
        if (all.ptr == NULL) return ERR_MEMORY;
    }
    *out_problem = all;
    return OK;
}

/* "lv.duty notice.sent c1", "expect lv c1 state, facts_theirs", "courier from lv". */
static Str step_text(struct scope *s, const struct scenario_step *step, Str ref)
{
    struct writer w = writer_open(s, 4096);
    Str out = STR("");
    if (step->who.len) write_print(&w, "%.*s ", STR_ARG(step->who));
    write_str(&w, step->word);
    if (step->party.len) write_print(&w, " %.*s", STR_ARG(step->party));
    if (step->from.len) write_print(&w, " from %.*s", STR_ARG(step->from));
    if (step->of.len) write_print(&w, " of %.*s", STR_ARG(step->of));
    if (step->what.len) write_print(&w, " %.*s", STR_ARG(step->what));
    if (step->action == DO_LINK) write_print(&w, " %s", step->link_up ? "up" : "down");
    if (step->case_name.len) write_print(&w, " %.*s", STR_ARG(step->case_name));
    for (size_t i = 0; i < step->expect_count; i++)
        write_print(&w, "%s%s", i ? ", " : " ", expect_key_name(step->expect[i].key));
    if (ref.len) write_print(&w, " is %.*s", STR_ARG(ref));
    if (step->fails) write_print(&w, ", refused with %s", status_name(step->reason));
    return writer_close_str(&w, &out) == OK ? out : step->word;
}

static Status step_run(struct player *pl, const struct scenario_step *step)
{
    AUTO_SCOPE struct scope *s = scope_open(SCOPE_PARCEL_MAX);
    Str problem = STR(""), ref = STR("");
    if (s == NULL) return fail(pl->scope, ERR_MEMORY, "the machine has no memory left");
    pl->stage.clock.at = step->at;
    Status status = step->action == DO_EXPECT ? expect_play(s, pl, step, &problem)
                                              : step_play(s, pl, step, &ref, &problem);
    if (status == OK) status = stage_keep_copies(s, &pl->stage);
    if (status != OK) return fail(pl->scope, status, "step %zu: %s", step->number, scope_reason(s));
    if (step->action != DO_EXPECT) *(problem.len ? &pl->result.failed : &pl->result.passed) += 1;
    struct play_line line = {.number = step->number,
                             .at = step->at,
                             .passed = problem.len == 0,
                             .text = step_text(s, step, ref),
                             .problem = problem};
    if (pl->options->line) pl->options->line(pl->options->ctx, &line);
    return OK;
}

/* A dossier of each case from each post that knows it; none where nothing was opened to both sides.
 */
static Status dossiers_write(struct player *pl)
{
    struct stage *st = &pl->stage;
    for (size_t i = 0; i < st->seat_count; i++)
        for (size_t k = 0; k < st->case_count; k++) {
            AUTO_SCOPE struct scope *s = scope_open(SCOPE_PARCEL_MAX);
            struct case_view view;
            if (s == NULL) return fail(pl->scope, ERR_MEMORY, "the machine has no memory left");
            Str number = st->cases[k].value;
            Status status = case_view_load(s, st->seats[i].post, number, &view);
            if (status == ERR_NOT_FOUND || (status == OK && view.file.opened_count == 0)) continue;
            Str path = scope_print(s, "%s/%.*s-%.*s.zip", st->folder, STR_ARG(st->seats[i].party),
                                   STR_ARG(number));
            if (path.ptr == NULL) status = ERR_MEMORY;
            if (status == OK) status = dossier_write(s, st->seats[i].post, number, path.ptr);
            if (status != OK)
                return fail(pl->scope, status, "dossier of %.*s: %s", STR_ARG(number),
                            scope_reason(s));
        }
    return OK;
}

static Status cases_of(struct player *pl)
{
    struct stage *st = &pl->stage;
    pl->result.cases = scope_array(pl->scope, st->case_count + 1, sizeof *pl->result.cases);
    if (pl->result.cases == NULL) return ERR_MEMORY;
    for (size_t i = 0; i < st->case_count; i++)
        pl->result.cases[pl->result.case_count++] =
            (struct play_case){st->cases[i].name, st->cases[i].value};
    return OK;
}

Status play_run(struct scope *s, const struct scenario *sc, const struct play_options *o,
                struct play_result *out)
{
    struct player pl = {.scope = s, .scenario = sc, .options = o};
    Status status = stage_open(s, sc, o->folder, o->scratch, &pl.stage);
    if (status == OK) status = stage_keep_copies(s, &pl.stage);
    for (size_t i = 0; i < sc->step_count && status == OK; i++)
        status = step_run(&pl, &sc->steps[i]);
    if (status == OK && o->dossiers) status = dossiers_write(&pl);
    if (status == OK) status = cases_of(&pl);
    stage_close(&pl.stage);
    if (status == OK) *out = pl.result;
    return status;
}
