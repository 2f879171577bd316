/* Random days of two posts: facts of every sort, parcels lost, doubled, late and by hand, restarts.
 * In between no item may be held by nobody; in the end both posts say the same. `long` as the third
 * word plays 10,000 schedules instead of 200, TWINPOST_SEED=n one. */
#include "app/case.h"
#include "app/exchange.h"
#include "sound.h"
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>
#undef fail /* ours, of base/scope.h */

enum {
    SCHEDULES = 200,
    SCHEDULES_LONG = 10000,
    STEPS = 80,
    TOLD_MAX = 400,
    CASES_MAX = 40,
    WAY_MAX = 12,
    FIELDS_MAX = 12
};

struct told {
    Str ref, number;
    const char *kind;
    size_t side;
};

struct play {
    struct pair *x;
    struct scope *work; /* of the step */
    uint32_t seed;
    struct told told[TOLD_MAX];
    size_t told_count;
    Str numbers[CASES_MAX];
    size_t number_count;
    struct session *sessions[2][4];
    Bytes way[2][WAY_MAX]; /* parcels that have left this side and have not been seen since */
    size_t way_count[2];
    bool suspended[2];
    unsigned done, refused;
};

/* Marsaglia's xorshift. */
static uint32_t dice(struct play *y, size_t sides)
{
    y->seed ^= y->seed << 13;
    y->seed ^= y->seed >> 17;
    y->seed ^= y->seed << 5;
    return (uint32_t)(y->seed % sides);
}

/* What can be stated: a value "@own:kind", "@other:kind" or "@any:kind" names such a fact of the
 * same case, "a|b" is one of both. */
struct move {
    const char *officer, *kind;
    bool released; /* opens after a release */
    const char *fields[FIELDS_MAX];
};

static const struct move moves[] = {
    {"duty",
     "incident.registered",
     false,
     {"type=I05|I01|I12", "happened_from=2026-05-14T05:10:00Z", "noticed_at=2026-05-14T06:00:00Z",
      "section=III", "summary.lv=Zīme nogāzta.", "summary.ru=Знак повален."}},
    {"duty",
     "notice.sent",
     false,
     {"of=@own:incident.registered", "text.lv=Lūdzam.", "text.ru=Просим."}},
    {"duty",
     "notice.sent",
     false,
     {"of=@own:incident.registered", "text.lv=Lūdzam.", "text.ru=Просим."}},
    {"duty", "notice.received", false, {"of=@other:notice.sent", "reference=17"}},
    {"duty", "letter.sent", false, {"subject=Zīme", "text.lv=Vēstule.", "text.ru=Письмо."}},
    {"duty",
     "incident.amended",
     true,
     {"of=@own:incident.registered", "field=type", "value=I01|I05|I07"}},
    {"duty",
     "incident.linked",
     false,
     {"own=@own:incident.registered", "theirs=@far:incident.registered"}},
    {"duty", "incident.unlinked", false, {"of=@any:incident.linked"}},
    {"duty", "incident.dropped", true, {"reason=kļūda"}},
    {"help", "finding.stated", true, {"text.lv=Pēdas.", "text.ru=Следы."}},
    {"help",
     "finding.answered",
     false,
     {"of=@other:finding.stated", "position=agree|reserve|deny"}},
    {"help",
     "measurement.made",
     true,
     {"point=P1", "lat=55.842310", "lon=27.630112", "error_m=3", "distance_m=14.2|1.1|-20"}},
    {"rep", "proposal.made", false, {"what=inspection|meeting", "time=2026-05-16T08:00:00Z"}},
    {"rep",
     "proposal.answered",
     false,
     {"of=@other:proposal.made", "answer=yes|no|other_time", "reason=laiks"}},
    {"rep",
     "act.drafted",
     false,
     {"doc=DOC05|DOC09|DOC08", "version=1", "place=123", "statement.1.lv=Viens.",
      "statement.1.ru=Один.", "statement.2.lv=Divi.", "statement.2.ru=Два.",
      "conclusion.lv=Beigas.", "conclusion.ru=Конец.", "outcome=O1|O3",
      "annex.1=@any:measurement.made"}},
    {"rep",
     "act.drafted",
     false,
     {"doc=DOC05|DOC09", "version=2", "place=123", "statement.1.lv=Viens.", "statement.1.ru=Один.",
      "conclusion.lv=Beigas.", "conclusion.ru=Конец.", "outcome=O2",
      "supersedes=@any:act.drafted"}},
    {"rep",
     "act.position",
     false,
     {"act=@any:act.drafted", "statement=1|2|conclusion", "position=agree|reserve", "text.lv=Cits.",
      "text.ru=Иное."}},
    {"rep", "act.signed", false, {"act=@any:act.drafted", "capacity=representative"}},
    {"rep", "act.signed", false, {"act=@any:act.drafted", "capacity=representative"}},
    {"help", "act.signed", false, {"act=@any:act.drafted", "capacity=assistant"}},
    {"rep", "act.approved", false, {"act=@any:act.drafted"}},
    {"rep", "act.objected", false, {"act=@any:act.drafted", "reason=nepilns"}},
    {"help",
     "handover.offered",
     false,
     {"what=property|animals", "item.1=boat|dog", "item.2=rope", "place=123",
      "time=2026-05-16T08:00:00Z"}},
    {"help", "handover.answered", false, {"of=@other:handover.offered", "answer=yes|no"}},
    {"help",
     "handover.counted",
     false,
     {"of=@any:handover.offered", "item=boat|dog|rope", "count=1"}},
    {"help", "handover.signed", false, {"of=@own:handover.offered"}},
    {"help", "handover.signed", false, {"of=@other:handover.offered"}},
    {"help", "handover.signed", false, {"of=@other:handover.offered", "item.1=boat|dog|rope"}},
    {"help", "handover.withdrawn", false, {"of=@own:handover.offered"}},
    {"rep", "decision.recorded", false, {"what=Zīme", "owner=lv|by", "due=2026-06-01T08:00:00Z"}},
    {"rep",
     "duty.extended",
     false,
     {"duty=D05|D06|D08", "until=2026-06-11T08:00:00Z", "reason=laiks"}},
    {"rep", "duty.done", false, {"duty=D02|D05|D06|D08"}},
    {"rep", "case.escalated", false, {"level=1|2", "matter=zīme", "reason=grūti"}},
    {"rep", "case.closed", false, {"outcome=O1|O2|O3|O5|O6", "note=Beigas."}},
    {"rep", "case.reopened", false, {"reason=jauns"}},
    {"rep", "opinion.given", false, {"act=@any:act.drafted", "statement.1=1", "text.lv=Cits."}},
};

static const char *const officers[] = {"duty", "rep", "help", "dpo"};

static struct session *session_of(struct play *y, size_t side, const char *officer)
{
    for (size_t i = 0; i < COUNT_OF(officers); i++) {
        if (strcmp(officers[i], officer) != 0) continue;
        const char *name = scope_print(y->x->s, "%s.%s", side ? "by" : "lv", officer).ptr;
        if (y->sessions[side][i] == NULL) y->sessions[side][i] = pair_session(y->x, name);
        return y->sessions[side][i];
    }
    return NULL;
}

/* A refusal that a person may meet; anything else is a fault of the program. */
static bool is_refusal(Status status)
{
    return status == ERR_NOT_FOUND || status == ERR_DUPLICATE || status == ERR_STATE ||
           status == ERR_REASON || status == ERR_RELEASE || status == ERR_SUSPENDED ||
           status == ERR_PROTECTION || status == ERR_SCHEMA || status == ERR_MANDATE ||
           status == ERR_ROLE;
}

static bool outcome(struct play *y, const char *what, Status status)
{
    if (status == OK)
        y->done++;
    else
        y->refused++;
    if (status != OK && !is_refusal(status))
        printf("# %s: %s: %s\n", what, status_name(status), scope_reason(y->work));
    return status == OK || is_refusal(status);
}

/* "@own:kind" and so on: some fact of that kind; empty when there is none. */
static Str reference(struct play *y, size_t side, Str number, Str wanted)
{
    Str kind = wanted, scope = str_cut(&kind, ':');
    size_t found[TOLD_MAX], count = 0;
    for (size_t i = 0; i < y->told_count; i++) {
        const struct told *t = &y->told[i];
        bool own = t->side == side, here = str_eq(t->number, number);
        bool fits = str_is(scope, "@own")     ? own && here
                    : str_is(scope, "@other") ? !own && here
                    : str_is(scope, "@far")   ? !own
                                              : here;
        /* Now and then a fact of another case, or of another kind. */
        if (dice(y, 40) == 0 || (str_is(kind, t->kind) && fits)) found[count++] = i;
    }
    return count ? y->told[found[dice(y, count)]].ref : STR("");
}

static Str choice(struct play *y, Str value)
{
    Str rest = value;
    size_t count = 1;
    for (size_t i = 0; i < value.len; i++)
        count += value.ptr[i] == '|';
    for (size_t n = dice(y, count); n > 0; n--)
        str_cut(&rest, '|');
    return str_cut(&rest, '|');
}

static bool release(struct play *y, size_t side, Str ref)
{
    struct release_request r = {.facts = &ref,
                                .fact_count = 1,
                                .purpose = STR("investigation"),
                                .regime = STR("law"),
                                .basis = STR("treaty"),
                                .restrictions = STR(""),
                                .to = STR("")};
    const struct session *approver = session_of(y, side, "dpo");
    return outcome(y, "release",
                   release_now(y->work, y->x->post[side], session_of(y, side, "rep"), &approver,
                               dice(y, 2), &r));
}

static void remember(struct play *y, size_t side, const char *kind,
                     const struct fact_result *result)
{
    if (y->told_count < TOLD_MAX)
        y->told[y->told_count++] = (struct told){
            scope_str(y->x->s, result->ref), scope_str(y->x->s, result->case_number), kind, side};
    if (strcmp(kind, "incident.registered") == 0 && y->number_count < CASES_MAX)
        y->numbers[y->number_count++] = scope_str(y->x->s, result->case_number);
}

/* The fields of a move in a case; false when a fact that it names does not exist. */
static bool fill(struct play *y, size_t side, const struct move *m, struct fact_request *out)
{
    struct name_value *fields = scope_array(y->work, FIELDS_MAX, sizeof *fields);
    *out = (struct fact_request){.kind = str_of(m->kind), .fields = fields, .case_number = STR("")};
    if (m != &moves[0]) {
        if (y->number_count == 0) return false;
        out->case_number = y->numbers[dice(y, y->number_count)];
    }
    for (size_t i = 0; i < FIELDS_MAX && m->fields[i]; i++) {
        Str value = str_of(m->fields[i]), name = str_cut(&value, '=');
        bool names = value.ptr[0] == '@', may_lack = str_has_prefix(name, "annex");
        value = names ? reference(y, side, out->case_number, value) : choice(y, value);
        if (value.len) fields[out->field_count++] = (struct name_value){name, value};
        if (value.len == 0 && !may_lack) return false;
    }
    return true;
}

static bool state_something(struct play *y)
{
    const struct move *m = &moves[0];
    struct fact_result result;
    struct fact_request request;
    size_t side = dice(y, 2);
    bool new_case = y->number_count < 2 || dice(y, 25) == 0; /* few cases, much in each */
    bool filled = new_case && fill(y, side, m, &request);
    for (int i = 0; i < 20 && !filled; i++) {
        m = &moves[1 + dice(y, COUNT_OF(moves) - 1)];
        filled = (strcmp(m->kind, "incident.dropped") != 0 || dice(y, 10) == 0) &&
                 fill(y, side, m, &request);
    }
    if (!filled) return true;
    pair_wait(y->x, 60 + dice(y, 20) * dice(y, 20) * 60);
    Status status =
        fact_add(y->work, y->x->post[side], session_of(y, side, m->officer), &request, &result);
    if (!outcome(y, m->kind, status)) return false;
    if (status != OK) return true;
    remember(y, side, m->kind, &result);
    return m->released && dice(y, 3) ? release(y, side, result.ref) : true;
}

/* A sealed parcel sets out. */
static bool send(struct play *y)
{
    size_t side = dice(y, 2);
    Bytes parcel;
    if (y->way_count[side] == WAY_MAX) return true;
    Status status = exchange_write(y->work, y->x->post[side], STR(""), &parcel);
    if (status != OK) return outcome(y, "exchange_write", status);
    y->way[side][y->way_count[side]++] = scope_bytes(y->x->s, parcel);
    return true;
}

/* One of the parcels on the way arrives, in any order; sometimes once more later; sometimes never.
 */
static bool arrive(struct play *y)
{
    size_t side = dice(y, 2);
    struct exchange_result result;
    Status status = OK;
    if (y->way_count[side] == 0) return true;
    size_t at = dice(y, y->way_count[side]);
    if (dice(y, 5))
        status = exchange_read(y->work, y->x->post[1 - side], y->way[side][at], &result);
    if (dice(y, 4)) y->way[side][at] = y->way[side][--y->way_count[side]];
    if (status != OK && status != ERR_STALE) { /* one of before may still be on its way */
        printf("# exchange_read: %s: %s\n", status_name(status), scope_reason(y->work));
        return false;
    }
    return true;
}

static bool sync_once(struct play *y)
{
    Status status = pair_sync_once(y->x, dice(y, 2));
    if (status != OK) printf("# sync: %s: %s\n", status_name(status), scope_reason(y->x->s));
    return status == OK;
}

static bool take_back(struct play *y)
{
    if (y->told_count == 0) return true;
    const struct told *t = &y->told[dice(y, y->told_count)];
    struct post *p = y->x->post[t->side];
    pair_wait(y->x, 60);
    if (dice(y, 4) == 0)
        return outcome(
            y, "erase",
            fact_erase_values(y->work, p, session_of(y, t->side, "dpo"), t->ref, STR("retention")));
    return outcome(y, "recall",
                   release_recall(y->work, p, session_of(y, t->side, "rep"), t->ref, STR("error")));
}

static bool suspend(struct play *y, size_t side, bool on)
{
    struct fact_result result;
    struct name_value reason = {STR("reason"), STR("pārbaude")};
    struct fact_request request = {.kind = on ? STR("exchange.suspended") : STR("exchange.resumed"),
                                   .case_number = STR(""),
                                   .fields = &reason,
                                   .field_count = 1};
    if (y->suspended[side] == on) return true;
    pair_wait(y->x, 60);
    Status status =
        fact_add(y->work, y->x->post[side], session_of(y, side, "rep"), &request, &result);
    if (status == OK) y->suspended[side] = on;
    return outcome(y, "exchange", status);
}

static bool step(struct play *y)
{
    switch (dice(y, 32)) {
    case 0:
        pair_restart(y->x, dice(y, 2));
        return true;
    case 1:
        return suspend(y, dice(y, 2), true);
    case 2:
    case 3:
        return suspend(y, dice(y, 2), false);
    case 4:
        return take_back(y);
    case 5:
    case 6:
        return sync_once(y);
    case 7:
    case 8:
    case 9:
        return send(y);
    case 10:
    case 11:
    case 12:
        return arrive(y);
    default:
        return state_something(y);
    }
}

static bool no_alarm(struct post *p)
{
    AUTO_SCOPE struct scope *s = scope_open(WORK_BYTES_MAX);
    struct post_figures figures;
    OKAY(post_figures(s, p, &figures));
    if (figures.alarm.len) printf("# alarm: %.*s\n", STR_ARG(figures.alarm));
    return figures.alarm.len == 0;
}

static bool ends_well(struct play *y)
{
    bool well = suspend(y, 0, false) && suspend(y, 1, false) && sound_converges(y->x) &&
                sound_agreement(y->x, y->numbers, y->number_count);
    for (size_t i = 0; well && i < 2; i++) {
        well = no_alarm(y->x->post[i]) && sound_journal(y->x->post[i]);
        well = well && sound_projections(y->x->post[i]);
    }
    return well && sound_agreement(y->x, y->numbers, y->number_count);
}

static bool schedule(uint32_t number, unsigned *done)
{
    struct pair *x = pair_open();
    struct play *y = NEW(x->s, struct play);
    bool well = true;
    *y = (struct play){.x = x, .seed = number * 2654435761u + 1};
    for (int i = 0; well && i < STEPS; i++) {
        AUTO_SCOPE struct scope *work = scope_open(SCOPE_PARCEL_MAX);
        y->work = work;
        well = step(y) && sound_holders(x, y->numbers, y->number_count);
    }
    AUTO_SCOPE struct scope *work = scope_open(SCOPE_PARCEL_MAX);
    y->work = work;
    well = well && ends_well(y);
    *done += y->done;
    pair_close(x);
    if (!well) printf("# schedule %u\n", number);
    return well;
}

/* Of so many schedules those whose number leaves this rest, "0 2" and "1 2" being all. */
static struct share {
    uint32_t rest, of, schedules;
} share = {0, 1, SCHEDULES};

static void whatever_happens_both_posts_end_alike(void **state)
{
    (void)state;
    unsigned done = 0, bad = 0;
    uint32_t played = 0;
    const char *one = getenv("TWINPOST_SEED");
    uint32_t last = one ? (uint32_t)strtoul(one, NULL, 10) : share.schedules;
    for (uint32_t number = one ? last : 1; number <= last; number++) {
        if (!one && number % share.of != share.rest) continue;
        played++;
        bad += !schedule(number, &done);
    }
    print_message("# %" PRIu32 " schedules, %u facts and releases\n", played, done);
    assert_int_equal(bad, 0);
    assert_true(one || (played && done > 20 * played));
}

int main(int count, char **words)
{
    if (count >= 3) {
        share.rest = (uint32_t)strtoul(words[1], NULL, 10);
        share.of = (uint32_t)strtoul(words[2], NULL, 10);
    }
    if (count == 4 && strcmp(words[3], "long") == 0) share.schedules = SCHEDULES_LONG;
    if (share.of == 0) return 2;
    /* Nothing here is about the disk: memory is faster. */
    if (access("/dev/shm", W_OK) == 0 && chdir("/dev/shm") != 0) return 1;
    const struct CMUnitTest tests[] = {cmocka_unit_test(whatever_happens_both_posts_end_alike)};
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
