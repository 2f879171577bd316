#include "pair.h"
#include "app/exchange.h"
#include "app/officer.h"
#include "folder.h"
#include "os/file.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>
#undef fail /* ours, of base/scope.h */

enum { PAIR_BYTES_MAX = 1 << 30, FIELDS_MAX = 40 };

static const char *const parties[] = {"lv", "by"};
static const struct {
    const char *name, *role;
} officers[] = {{"duty", "R7"}, {"rep", "R1"}, {"help", "R3"}, {"dpo", "R10"}};

void pair_okay(Status status, const char *file, int line, const char *what)
{
    if (status != OK) fprintf(stderr, "# %s: %s\n", what, status_name(status));
    _assert_int_equal(status, OK, file, line);
}

void pair_okay_in(struct scope *s, Status status, const char *file, int line)
{
    if (status != OK) fprintf(stderr, "# %s: %s\n", status_name(status), scope_reason(s));
    _assert_int_equal(status, OK, file, line);
}

static void enrol(struct pair *x, size_t i)
{
    for (size_t k = 0; k < COUNT_OF(officers); k++) {
        Str id = scope_print(x->s, "%s.%s", parties[i], officers[k].name);
        struct enrolment e = {.officer = id,
                              .name = scope_print(x->s, "Officer %s", id.ptr),
                              .post = STR(""),
                              .role = str_of(officers[k].role),
                              .section = STR(""),
                              .acts_for = STR(""),
                              .from = STR(""),
                              .to = STR(""),
                              .password = id};
        OKAY_IN(x->s, post_enrol(x->s, x->post[i], &e));
    }
}

struct pair *pair_open(void)
{
    struct scope *s = scope_open(PAIR_BYTES_MAX);
    struct pair *x = NEW(s, struct pair);
    Str card[2], words;
    x->s = s;
    x->folder = folder_open(s);
    x->clock.simulated = true;
    assert_true(instant_parse(STR("2026-05-14T07:00:00Z"), &x->clock.at));
    for (size_t i = 0; i < 2; i++) {
        struct post_setup setup = {
            .party = str_of(parties[i]), .pack = STR("lv-by"), .weak_passwords = true};
        x->dir[i] = file_join(s, x->folder, parties[i]).ptr;
        OKAY_IN(s, post_create(s, x->dir[i], &setup, &x->clock));
        OKAY_IN(s, post_open(s, x->dir[i], &x->clock, &x->post[i]));
        enrol(x, i);
        OKAY_IN(s, post_card(s, x->post[i], &card[i]));
    }
    for (size_t i = 0; i < 2; i++)
        OKAY_IN(s, post_pair(s, x->post[i], card[1 - i], &words));
    return x;
}

void pair_close(struct pair *x)
{
    for (size_t i = 0; i < 2; i++)
        post_close(x->post[i]);
    folder_close(x->folder);
    scope_close(x->s);
}

void pair_restart(struct pair *x, size_t post)
{
    post_close(x->post[post]);
    x->post[post] = NULL;
    OKAY_IN(x->s, post_open(x->s, x->dir[post], &x->clock, &x->post[post]));
}

struct post *pair_post(struct pair *x, const char *officer_or_party)
{
    return x->post[memcmp(officer_or_party, "by", 2) == 0];
}

struct session *pair_session(struct pair *x, const char *officer)
{
    struct session *session;
    OKAY_IN(x->s,
            session_open(x->s, pair_post(x, officer), str_of(officer), str_of(officer), &session));
    return session;
}

void pair_wait(struct pair *x, int64_t seconds)
{
    x->clock.at.us += seconds * US_PER_SECOND;
}

Str pair_say(struct pair *x, const char *officer, const char *kind, Str *number, ...)
{
    struct name_value fields[FIELDS_MAX];
    struct fact_result result;
    size_t count = 0;
    va_list args;
    va_start(args, number);
    for (const char *f = va_arg(args, const char *); f; f = va_arg(args, const char *)) {
        Str value = str_of(f);
        assert_true(count < FIELDS_MAX);
        fields[count].name = str_cut(&value, '=');
        fields[count++].value = value;
    }
    va_end(args);
    struct fact_request request = {.kind = str_of(kind),
                                   .fields = fields,
                                   .field_count = count,
                                   .case_number = number->ptr ? *number : STR("")};
    pair_wait(x, 60);
    OKAY_IN(x->s,
            fact_add(x->s, pair_post(x, officer), pair_session(x, officer), &request, &result));
    if (number->len == 0) *number = result.case_number;
    return result.ref;
}

void pair_release(struct pair *x, const char *party, Str ref)
{
    struct session *rep = pair_session(x, scope_print(x->s, "%s.rep", party).ptr);
    struct release_request r = {.facts = &ref,
                                .fact_count = 1,
                                .purpose = STR("investigation"),
                                .regime = STR("law"),
                                .basis = STR("treaty"),
                                .restrictions = STR(""),
                                .to = STR("")};
    OKAY_IN(x->s, release_now(x->s, pair_post(x, party), rep, NULL, 0, &r));
}

static Status swap(void *ctx, struct scope *s, Bytes out, Bytes *in)
{
    struct pair *x = ((void **)ctx)[0];
    struct post *from = ((void **)ctx)[1], *to = ((void **)ctx)[2];
    struct exchange_result result;
    x->bytes += out.len;
    TRY(exchange_read(s, to, out, &result));
    TRY(exchange_write(s, to, post_party(from), in));
    x->bytes += in->len;
    return x->cut ? fail(s, ERR_LINK, "the link is cut") : OK;
}

Status pair_exchange(struct pair *x, struct post *from, struct post *to)
{
    void *ctx[] = {x, from, to};
    struct transport t = {swap, ctx};
    pair_wait(x, 60);
    return exchange_sync(x->s, from, post_party(to), &t);
}

Status pair_sync_once(struct pair *x, size_t from)
{
    return pair_exchange(x, x->post[from], x->post[1 - from]);
}

void pair_sync(struct pair *x)
{
    OKAY_IN(x->s, pair_sync_once(x, 0));
    OKAY_IN(x->s, pair_sync_once(x, 1));
}

Str pair_case(struct pair *x)
{
    Str number = {NULL, 0};
    Str incident =
        pair_say(x, "lv.duty", "incident.registered", &number, "type=I05",
                 "happened_from=2026-05-14T05:10:00Z", "noticed_at=2026-05-14T06:00:00Z",
                 "section=III", "lat=55.8423", "lon=27.6301", "error_m=3",
                 "summary.lv=Bojāta robežzīme 123.", "summary.ru=Повреждён знак 123.", NULL);
    Str notice =
        pair_say(x, "lv.duty", "notice.sent", &number, scope_print(x->s, "of=%s", incident.ptr).ptr,
                 "form=written", "text.lv=Lūdzam kopīgu apskati.",
                 "text.ru=Просим совместный осмотр.", NULL);
    pair_sync(x);
    pair_say(x, "by.duty", "notice.received", &number, scope_print(x->s, "of=%s", notice.ptr).ptr,
             "reference=17", NULL);
    pair_sync(x);
    return number;
}

static void act_sign(struct pair *x, Str number, Str act)
{
    const char *of = scope_print(x->s, "act=%s", act.ptr).ptr;
    pair_say(x, "by.rep", "act.position", &number, of, "statement=2", "position=reserve",
             "text.ru=Возраст следов не установлен.", "text.lv=Pēdu vecums nav noteikts.", NULL);
    pair_sync(x);
    pair_say(x, "lv.rep", "act.signed", &number, of, "capacity=representative", NULL);
    pair_say(x, "by.rep", "act.signed", &number, of, "capacity=representative", NULL);
    pair_sync(x);
}

Str pair_act(struct pair *x, Str number)
{
    Str point = pair_say(x, "lv.help", "measurement.made", &number, "point=P1", "lat=55.842310",
                         "lon=27.630112", "error_m=3", "distance_m=14.2", "method=GNSS", NULL);
    pair_release(x, "lv", point);
    Str other = pair_say(x, "lv.help", "measurement.made", &number, "point=P2", "lat=55.842377",
                         "lon=27.630240", "error_m=3", "distance_m=-1.8", "method=GNSS", NULL);
    pair_release(x, "lv", other);
    pair_sync(x);
    Str act = pair_say(
        x, "lv.rep", "act.drafted", &number, "doc=DOC05", "version=1", "participants.1=lv.rep",
        "participants.2=by.rep", "place=123", "time_from=2026-05-14T08:00:00Z",
        "time_to=2026-05-14T09:35:00Z", "weather=apmācies, +11 °C", "light=diena",
        "statement.1.lv=Robežzīme 123 ir nogāzta.", "statement.1.ru=Пограничный знак 123 повален.",
        "statement.2.lv=Pēdas ved uz austrumiem, tās nav vecākas par vienu dienu.",
        "statement.2.ru=Следы ведут на восток, им не более суток.",
        scope_print(x->s, "annex.1=%s", point.ptr).ptr,
        scope_print(x->s, "annex.2=%s", other.ptr).ptr, "conclusion.lv=Robežzīme ir jāatjauno.",
        "conclusion.ru=Знак подлежит восстановлению.", NULL);
    pair_sync(x);
    act_sign(x, number, act);
    return act;
}

const char *pair_file(struct pair *x, const char *name, size_t bytes)
{
    uint8_t *content = scope_alloc(x->s, bytes + 1);
    Str path = file_join(x->s, x->folder, name);
    assert_non_null(content);
    for (size_t i = 0; i < bytes; i++)
        content[i] = (uint8_t)(i * 31 + i / 65521);
    OKAY_IN(x->s, file_write(x->s, path.ptr, bytes_of(content, bytes)));
    return path.ptr;
}

Str pair_evidence(struct pair *x, Str number, const char *path)
{
    struct name_value fields[] = {{STR("item"), STR("IMG-1")},
                                  {STR("media_type"), STR("image/jpeg")},
                                  {STR("description"), STR("robežzīme")}};
    struct fact_request request = {.kind = STR("evidence.collected"),
                                   .case_number = number,
                                   .fields = fields,
                                   .field_count = COUNT_OF(fields)};
    struct fact_result result;
    OKAY_IN(x->s,
            evidence_add(x->s, x->post[0], pair_session(x, "lv.help"), &request, path, &result));
    pair_release(x, "lv", result.ref);
    return result.ref;
}
