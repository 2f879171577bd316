/* Every memory, disk and file call fails, once and for good, while a fact is stated: of each shape
 * that facts have. */
#include "app/exchange.h"
#include "app/inside.h"
#include "world.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>
#undef fail /* ours, of base/scope.h */

#define STORY "text.lv=Ganāmpulks pāri robežai."

static void build_case(struct world *w)
{
    w->number = pair_case(w->x);
}

static Status state_finding(struct world *w)
{
    return world_say(w, "finding.stated", "no=7", STORY, NULL);
}

static enum outcome finding_stands(struct world *w)
{
    return world_has(w, w->number, "finding.stated", "no", STR("7"));
}

/* The case is in memory already, and facts were made ready before. */
static void warm_up(struct world *w)
{
    pair_say(w->x, "lv.help", "finding.stated", &w->number, "no=1", STORY, NULL);
    pair_say(w->x, "lv.help", "finding.stated", &w->number, "no=2", STORY, NULL);
}

static Status propose(struct world *w)
{
    return world_say(w, "proposal.made", "what=inspection", "place=123",
                     "time=2026-05-15T08:00:00Z", NULL);
}

static enum outcome proposal_stands(struct world *w)
{
    return world_has(w, w->number, "proposal.made", "place", STR("123"));
}

static void build_nothing(struct world *w)
{
    (void)w;
}

static Status register_incident(struct world *w)
{
    struct name_value fields[] = {{STR("type"), STR("I05")},
                                  {STR("happened_from"), STR("2026-05-14T05:10:00Z")},
                                  {STR("noticed_at"), STR("2026-05-14T06:00:00Z")},
                                  {STR("section"), STR("III")},
                                  {STR("summary.lv"), STR("Bojāta robežzīme 123.")}};
    struct fact_request request = {.kind = STR("incident.registered"),
                                   .fields = fields,
                                   .field_count = COUNT_OF(fields),
                                   .case_number = STR("")};
    struct fact_result result;
    return fact_add(w->run, world_post(w), w->session, &request, &result);
}

/* A case and its one fact, or nothing of either. */
static enum outcome incident_stands(struct world *w)
{
    struct fact_row *rows;
    struct case_row *cases;
    size_t count, case_count;
    struct post *p = world_post(w);
    POST_READING(p);
    if (store_fact_of_kind(w->x->s, p->store, p->journal, STR("incident.registered"), &rows,
                           &count) != OK ||
        store_case_list(w->x->s, p->store, 0, 10, &cases, &case_count) != OK ||
        count != case_count || count > 1)
        return STATE_BROKEN;
    return count ? STATE_NEW : STATE_OLD;
}

static void build_incident(struct world *w)
{
    w->number = (Str){NULL, 0};
    w->ref = pair_say(w->x, "lv.duty", "incident.registered", &w->number, "type=I05",
                      "happened_from=2026-05-14T05:10:00Z", "noticed_at=2026-05-14T06:00:00Z",
                      "section=III", "summary.lv=Bojāta robežzīme 123.",
                      "summary.ru=Повреждён знак 123.", NULL);
}

static Status notify(struct world *w)
{
    return world_say(w, "notice.sent", scope_print(w->x->s, "of=%s", w->ref.ptr).ptr,
                     "form=written", "text.lv=Lūdzam.", "text.ru=Просим.", NULL);
}

/* The notice never opens without its incident. */
static enum outcome notice_stands(struct world *w)
{
    struct fact_view incident;
    enum outcome notice = world_has(w, w->number, "notice.sent", "form", STR("written"));
    if (fact_show(w->x->s, world_post(w), w->ref, ROLES_ALL, &incident) != OK) return STATE_BROKEN;
    if (notice == STATE_NEW) return incident.opening ? STATE_NEW : STATE_BROKEN;
    return incident.opening ? STATE_BROKEN : notice;
}

static void build_measurement(struct world *w)
{
    build_case(w);
    w->ref = pair_say(w->x, "lv.help", "measurement.made", &w->number, "point=P1", "lat=55.842310",
                      "lon=27.630112", "error_m=3", "distance_m=14.2", "method=GNSS", NULL);
}

static Status release(struct world *w)
{
    struct release_request r = {.facts = &w->ref,
                                .fact_count = 1,
                                .purpose = STR("investigation"),
                                .regime = STR("law"),
                                .basis = STR("treaty"),
                                .restrictions = STR(""),
                                .to = STR("")};
    return release_now(w->run, world_post(w), w->session, NULL, 0, &r);
}

/* A draft, its approval and the opening, or none of them. */
static enum outcome is_released(struct world *w)
{
    struct fact_view f;
    enum outcome draft = world_has(w, w->number, "release.drafted", "basis", STR("treaty"));
    if (fact_show(w->x->s, world_post(w), w->ref, ROLES_ALL, &f) != OK) return STATE_BROKEN;
    return (f.opening != 0) == (draft == STATE_NEW) ? draft : STATE_BROKEN;
}

static void build_released(struct world *w)
{
    build_measurement(w);
    pair_release(w->x, "lv", w->ref);
    pair_sync(w->x);
}

static Status recall(struct world *w)
{
    return release_recall(w->run, world_post(w), w->session, w->ref, STR("kļūda"));
}

static enum outcome is_recalled(struct world *w)
{
    return world_has(w, w->number, "release.recalled", "ground", STR("kļūda"));
}

static Status erase(struct world *w)
{
    return fact_erase_values(w->run, world_post(w), w->session, w->ref, STR("termiņš"));
}

/* The fact that says so, and the values gone; or neither. */
static enum outcome is_erased(struct world *w)
{
    struct fact_view f;
    enum outcome said = world_has(w, w->number, "fact.erased", "ground", STR("termiņš"));
    bool open = false;
    if (fact_show(w->x->s, world_post(w), w->ref, ROLES_ALL, &f) != OK) return STATE_BROKEN;
    for (size_t i = 0; i < f.field_count; i++)
        open = open || f.fields[i].open;
    return open == (said == STATE_OLD) ? said : STATE_BROKEN;
}

static void build_act(struct world *w)
{
    build_case(w);
    w->ref = pair_say(w->x, "lv.rep", "act.drafted", &w->number, "doc=DOC05", "version=1",
                      "participants.1=lv.rep", "participants.2=by.rep", "place=123",
                      "time_from=2026-05-14T08:00:00Z", "time_to=2026-05-14T09:35:00Z",
                      "weather=apmācies", "light=diena", "statement.1.lv=Zīme 123 ir nogāzta.",
                      "statement.1.ru=Знак 123 повален.", "conclusion.lv=Jāatjauno.",
                      "conclusion.ru=Подлежит восстановлению.", NULL);
    pair_sync(w->x);
}

static Status sign_act(struct world *w)
{
    return world_say(w, "act.signed", scope_print(w->x->s, "act=%s", w->ref.ptr).ptr,
                     "capacity=representative", NULL);
}

static enum outcome act_is_signed(struct world *w)
{
    return world_has(w, w->number, "act.signed", "act", w->ref);
}

static void build_handover(struct world *w)
{
    build_case(w);
    pair_say(w->x, "lv.help", "object.recorded", &w->number, "item=boat", "description=zila", NULL);
    w->ref = pair_say(w->x, "lv.rep", "handover.offered", &w->number, "what=property",
                      "item.1=boat", "place=Paternieki", NULL);
    const char *of = scope_print(w->x->s, "of=%s", w->ref.ptr).ptr;
    pair_sync(w->x);
    pair_say(w->x, "by.rep", "handover.answered", &w->number, of, "answer=yes", NULL);
    pair_say(w->x, "by.rep", "handover.counted", &w->number, of, "item=boat", "count=1", NULL);
    pair_sync(w->x);
    pair_say(w->x, "lv.rep", "handover.signed", &w->number, of, NULL);
    pair_sync(w->x);
}

static Status sign_handover(struct world *w)
{
    return world_say(w, "handover.signed", scope_print(w->x->s, "of=%s", w->ref.ptr).ptr, NULL);
}

static enum outcome handover_is_signed(struct world *w)
{
    struct fact_row *rows;
    size_t count;
    struct post *p = world_post(w);
    POST_READING(p);
    if (store_fact_of_kind(w->x->s, p->store, p->journal, STR("handover.signed"), &rows, &count))
        return STATE_BROKEN;
    return count > 1 ? STATE_BROKEN : count ? STATE_NEW : STATE_OLD;
}

static Status turn_exchange(struct scope *s, struct post *p, const struct session *session,
                            Str kind)
{
    struct name_value fields[] = {{STR("scope"), STR("all")}, {STR("reason"), STR("pārbaude")}};
    struct fact_request request = {
        .kind = kind, .fields = fields, .field_count = COUNT_OF(fields), .case_number = STR("")};
    struct fact_result result;
    return fact_add(s, p, session, &request, &result);
}

static void build_suspended(struct world *w)
{
    struct scope *s = w->x->s;
    build_case(w);
    OKAY_IN(s, turn_exchange(s, w->x->post[LV], pair_session(w->x, "lv.rep"),
                             STR("exchange.suspended")));
    pair_say(w->x, "lv.rep", "proposal.made", &w->number, "what=inspection", "place=123", NULL);
}

static Status resume(struct world *w)
{
    return turn_exchange(w->run, world_post(w), w->session, STR("exchange.resumed"));
}

/* What was stated meanwhile opens with the resumption. */
static enum outcome is_resumed(struct world *w)
{
    struct post_figures figures;
    struct fact_view *views;
    size_t count;
    bool opened = false;
    if (post_figures(w->x->s, world_post(w), &figures) != OK ||
        case_facts(w->x->s, world_post(w), w->number, ROLES_ALL, &views, &count) != OK)
        return STATE_BROKEN;
    for (size_t i = 0; i < count; i++)
        if (str_is(views[i].kind, "proposal.made")) opened = views[i].opening != 0;
    if (figures.suspended == opened) return STATE_BROKEN;
    return opened ? STATE_NEW : STATE_OLD;
}

static Status link_cases(struct world *w)
{
    return world_say(w, "incident.linked", scope_print(w->x->s, "own=%s", w->ref.ptr).ptr,
                     scope_print(w->x->s, "theirs=%s", w->ref_too.ptr).ptr, NULL);
}

/* The fact, and both numbers naming one case; or two cases. */
static enum outcome are_linked(struct world *w)
{
    enum outcome said = world_has(w, w->number, "incident.linked", "theirs", w->ref_too);
    struct case_line *lines;
    size_t count;
    if (case_lines(w->x->s, world_post(w), 0, 10, &lines, &count) != OK) return STATE_BROKEN;
    return count == (said == STATE_NEW ? 1u : 2u) ? said : STATE_BROKEN;
}

static const struct intention intentions[] = {
    {.name = "plain fact",
     .build = build_case,
     .body = state_finding,
     .outcome = finding_stands,
     .officer = "lv.help"},
    {.name = "plain fact, warm",
     .build = build_case,
     .prepare = warm_up,
     .body = state_finding,
     .outcome = finding_stands,
     .officer = "lv.help"},
    {.name = "fact that opens",
     .build = build_case,
     .body = propose,
     .outcome = proposal_stands,
     .officer = "lv.rep"},
    {.name = "registration",
     .build = build_nothing,
     .body = register_incident,
     .outcome = incident_stands,
     .officer = "lv.duty"},
    {.name = "notice",
     .build = build_incident,
     .body = notify,
     .outcome = notice_stands,
     .officer = "lv.duty"},
    {.name = "release",
     .build = build_measurement,
     .body = release,
     .outcome = is_released,
     .officer = "lv.rep"},
    {.name = "recall",
     .build = build_released,
     .body = recall,
     .outcome = is_recalled,
     .officer = "lv.rep"},
    {.name = "erasure",
     .build = build_measurement,
     .body = erase,
     .outcome = is_erased,
     .officer = "lv.dpo"},
    {.name = "signature of an act",
     .build = build_act,
     .body = sign_act,
     .outcome = act_is_signed,
     .officer = "lv.rep"},
    {.name = "taker's signature",
     .build = build_handover,
     .body = sign_handover,
     .outcome = handover_is_signed,
     .officer = "by.rep",
     .post = BY},
    {.name = "resumption",
     .build = build_suspended,
     .body = resume,
     .outcome = is_resumed,
     .officer = "lv.rep"},
    {.name = "link",
     .build = world_two_registrations,
     .body = link_cases,
     .outcome = are_linked,
     .officer = "lv.duty"},
};

int main(int argc, char **argv)
{
    return world_main(argc, argv, intentions, COUNT_OF(intentions));
}
