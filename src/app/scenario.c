#include "app/scenario_reading.h"
#include <stdio.h>

/* The keys that stand in a step beside "do", "at" and "note". */
struct action_row {
    const char *word;
    enum scenario_action action;
    const char *keys[13];
    const char *required[3];
};

static const struct action_row actions[] = {
    {"sync", DO_SYNC, {"from", "to", "fails"}, {NULL}},
    {"courier", DO_COURIER, {"from", "to", "fails"}, {"from"}},
    {"link", DO_LINK, {"state"}, {"state"}},
    {"restart", DO_RESTART, {"party", "fails"}, {"party"}},
    {"kill", DO_KILL, {"party", "fails"}, {"party"}},
    {"backup", DO_BACKUP, {"party", "fails"}, {"party"}},
    {"restore", DO_RESTORE, {"party", "fails"}, {"party"}},
    {"fork", DO_FORK, {"party", "fails"}, {"party"}},
    {"tamper", DO_TAMPER, {"from", "what"}, {"from", "what"}},
    {"release",
     DO_RELEASE,
     {"of", "case", "who", "by", "approve", "fields", "to", "purpose", "regime", "basis",
      "restrictions", "fails"},
     {"of"}},
    {"recall", DO_RECALL, {"of", "case", "who", "by", "ground", "fails"}, {"of"}},
};

static const struct action_row a_fact = {
    NULL, DO_FACT, {"who", "case", "id", "fields", "release", "fails"}, {"who"}};
static const struct action_row an_expectation = {NULL, DO_EXPECT, {"expect"}, {"expect"}};

/* A word without a dot that is a kind nevertheless. */
static const char *const plain_kinds[] = {"receipt"};

static Str text_of(const json_t *value)
{
    return json_is_string(value) ? (Str){json_string_value(value), json_string_length(value)}
                                 : (Str){NULL, 0};
}

Status reading_wrong(struct reading *r, const char *key, const char *why)
{
    return fail(r->scope, ERR_USAGE, "scenario, %s: \"%s\" %s", r->place, key, why);
}

/* A text member: absent is {NULL, 0}, anything but a text is refused. */
Status reading_text(struct reading *r, const json_t *object, const char *key, Str *out)
{
    const json_t *value = json_object_get(object, key);
    *out = text_of(value);
    return value && !json_is_string(value) ? reading_wrong(r, key, "is no text") : OK;
}

/* A list of texts, or one text alone. */
Status reading_texts(struct reading *r, const json_t *object, const char *key, Str **out,
                     size_t *out_count)
{
    const json_t *value = json_object_get(object, key);
    size_t count = json_is_array(value) ? json_array_size(value) : value ? 1 : 0;
    if (count > SCENARIO_LIST_MAX) return reading_wrong(r, key, "is too long");
    Str *list = scope_array(r->scope, count ? count : 1, sizeof *list);
    if (list == NULL) return ERR_MEMORY;
    for (size_t i = 0; i < count; i++) {
        list[i] = text_of(json_is_array(value) ? json_array_get(value, i) : value);
        if (list[i].ptr == NULL) return reading_wrong(r, key, "is no list of texts");
    }
    *out = list;
    *out_count = count;
    return OK;
}

bool reading_has_party(const struct scenario *sc, Str party)
{
    for (size_t i = 0; i < sc->party_count; i++)
        if (str_eq(sc->parties[i], party)) return true;
    return false;
}

static Str party_of_officer(Str officer)
{
    return str_cut(&officer, '.');
}

static struct named_step *id_find(const struct reading *r, Str id)
{
    for (size_t i = 0; i < r->id_count; i++)
        if (str_eq(r->ids[i].id, id)) return &r->ids[i];
    return NULL;
}

/* A step that is refused names nothing, so that the next try may carry its id. */
static Status id_take(struct reading *r, const struct scenario_step *step)
{
    struct named_step *known = id_find(r, step->id);
    if (step->id.len == 0) return reading_wrong(r, "id", "is empty");
    if (known && !known->fails && !step->fails)
        return reading_wrong(r, "id", "is taken by an earlier step");
    if (known == NULL) known = &r->ids[r->id_count++];
    *known =
        (struct named_step){step->id, known->id.len ? known->fails && step->fails : step->fails};
    return OK;
}

/* "@id" or "@id.field" must name an earlier step; any other text is itself. */
Status reading_ref(struct reading *r, const char *key, Str text)
{
    if (!str_has_prefix(text, "@")) return OK;
    Str id = {text.ptr + 1, text.len - 1};
    while (id.len) {
        if (id_find(r, id)) return OK;
        do
            id.len--;
        while (id.len && id.ptr[id.len] != '.');
    }
    return fail(r->scope, ERR_USAGE, "scenario, %s: \"%s\" names %.*s, which no earlier step has",
                r->place, key, STR_ARG(text));
}

static Status check_keys(struct reading *r, const json_t *step, const struct action_row *row)
{
    const char *key;
    json_t *value;
    json_object_foreach((json_t *)(uintptr_t)step, key, value)
    {
        bool known = strcmp(key, "at") == 0 || strcmp(key, "note") == 0 ||
                     (strcmp(key, "do") == 0 && row->action != DO_EXPECT);
        for (size_t i = 0; i < COUNT_OF(row->keys) && row->keys[i] && !known; i++)
            known = strcmp(row->keys[i], key) == 0;
        if (!known) return reading_wrong(r, key, "is not a key of this step");
    }
    for (size_t i = 0; i < COUNT_OF(row->required) && row->required[i]; i++)
        if (json_object_get(step, row->required[i]) == NULL)
            return reading_wrong(r, row->required[i], "is missing");
    return OK;
}

Status reading_object(struct reading *r, const json_t *object, const char *what,
                      const char *const *allowed)
{
    Status status = json_keys_check(r->scope, object, what, allowed);
    return status == ERR_SCHEMA ? ERR_USAGE : status;
}

static Status read_fields(struct reading *r, const json_t *step, struct scenario_step *out)
{
    json_t *fields = json_object_get(step, "fields");
    if (fields == NULL) return OK;
    if (!json_is_object(fields)) return reading_wrong(r, "fields", "is no object");
    out->fields = scope_array(r->scope, json_object_size(fields) + 1, sizeof *out->fields);
    if (out->fields == NULL) return ERR_MEMORY;
    const char *name;
    json_t *value;
    json_object_foreach(fields, name, value)
    {
        Str text = text_of(value);
        if (text.ptr == NULL) return reading_wrong(r, name, "is no text");
        TRY(reading_ref(r, name, text));
        out->fields[out->field_count++] = (struct name_value){str_of(name), text};
    }
    return OK;
}

static Status read_release(struct reading *r, const json_t *object, struct scenario_release *out)
{
    *out = (struct scenario_release){.present = true};
    TRY(reading_text(r, object, "by", &out->by));
    TRY(reading_texts(r, object, "approve", &out->approve, &out->approve_count));
    TRY(reading_texts(r, object, "fields", &out->fields, &out->field_count));
    TRY(reading_text(r, object, "to", &out->to));
    TRY(reading_text(r, object, "purpose", &out->purpose));
    TRY(reading_text(r, object, "regime", &out->regime));
    TRY(reading_text(r, object, "basis", &out->basis));
    TRY(reading_text(r, object, "restrictions", &out->restrictions));
    if (out->by.len == 0) out->by = text_of(json_object_get(object, "who"));
    if (out->by.len == 0 && out->approve_count == 0)
        return reading_wrong(r, "release", "needs \"by\" or \"approve\"");
    if (out->by.len && !reading_has_party(r->out, party_of_officer(out->by)))
        return reading_wrong(r, "by", "is an officer of no party here");
    if (out->approve_count > SCENARIO_APPROVERS_MAX)
        return reading_wrong(r, "approve", "is too long");
    for (size_t i = 0; i < out->approve_count; i++)
        if (!reading_has_party(r->out, party_of_officer(out->approve[i])))
            return reading_wrong(r, "approve", "is an officer of no party here");
    return OK;
}

static const struct action_row *action_of(const json_t *step)
{
    Str word = text_of(json_object_get(step, "do"));
    if (json_object_get(step, "do") == NULL && json_object_get(step, "expect"))
        return &an_expectation;
    for (size_t i = 0; i < COUNT_OF(actions); i++)
        if (str_is(word, actions[i].word)) return &actions[i];
    for (size_t i = 0; i < COUNT_OF(plain_kinds); i++)
        if (str_is(word, plain_kinds[i])) return &a_fact;
    return word.len && memchr(word.ptr, '.', word.len) ? &a_fact : NULL;
}

/* Members that hold a party, a choice or a place in the course of the play. */
static Status check_members(struct reading *r, const json_t *step, struct scenario_step *out)
{
    static const char *const tampers[] = {"signature", "parcel", "checkpoint", "leaf"};
    Str state;
    bool known = out->action != DO_TAMPER;
    for (size_t i = 0; i < COUNT_OF(tampers); i++)
        known = known || str_is(out->what, tampers[i]);
    if (!known) return reading_wrong(r, "what", "is signature, parcel, checkpoint or leaf");
    if (out->party.len && !reading_has_party(r->out, out->party))
        return reading_wrong(r, "party", "does not play");
    if (out->from.len && !reading_has_party(r->out, out->from))
        return reading_wrong(r, "from", "does not play");
    if (out->to.len && !reading_has_party(r->out, out->to))
        return reading_wrong(r, "to", "does not play");
    if (out->who.len && !reading_has_party(r->out, party_of_officer(out->who)))
        return reading_wrong(r, "who", "is an officer of no party here");
    TRY(reading_text(r, step, "state", &state));
    out->link_up = str_is(state, "up");
    if (out->action == DO_LINK && !out->link_up && !str_is(state, "down"))
        return reading_wrong(r, "state", "is up or down");
    return reading_ref(r, "of", out->of);
}

static Status read_members(struct reading *r, const json_t *step, struct scenario_step *out)
{
    Str fails;
    if (out->action == DO_EXPECT) return reading_expect(r, step, out);
    TRY(reading_text(r, step, "who", &out->who));
    TRY(reading_text(r, step, "case", &out->case_name));
    TRY(reading_text(r, step, "party", &out->party));
    TRY(reading_text(r, step, "from", &out->from));
    TRY(reading_text(r, step, "to", &out->to));
    TRY(reading_text(r, step, "what", &out->what));
    TRY(reading_text(r, step, "of", &out->of));
    TRY(reading_text(r, step, "ground", &out->ground));
    TRY(reading_text(r, step, "fails", &fails));
    if (out->action == DO_RECALL && json_object_get(step, "by"))
        TRY(reading_text(r, step, "by", &out->who));
    if (out->action == DO_RECALL && out->who.len == 0) return reading_wrong(r, "by", "is missing");
    TRY(check_members(r, step, out));
    if (fails.ptr) {
        out->fails = true;
        out->reason = status_parse(fails.ptr);
        if (out->reason == STATUS_COUNT || out->reason == OK)
            return reading_wrong(r, "fails", "is no reason code");
    }
    const json_t *release = json_object_get(step, "release");
    if (out->action == DO_RELEASE) TRY(read_release(r, step, &out->release));
    if (release) {
        static const char *const keys[] = {"by",     "approve", "fields",       "to", "purpose",
                                           "regime", "basis",   "restrictions", NULL};
        TRY(reading_object(r, release, "release", keys));
        TRY(read_release(r, release, &out->release));
    }
    if (out->action == DO_FACT) TRY(read_fields(r, step, out));
    TRY(reading_text(r, step, "id", &out->id));
    return out->id.ptr ? id_take(r, out) : OK;
}

static Status read_step(struct reading *r, const json_t *step, Instant *now,
                        struct scenario_step *out)
{
    Str at, fails;
    if (!json_is_object(step))
        return reading_wrong(r, "steps", "holds something that is no object");
    const struct action_row *row = action_of(step);
    if (row == NULL) return reading_wrong(r, "do", "is missing or no action");
    TRY(check_keys(r, step, row));
    TRY(reading_text(r, step, "at", &at));
    if (at.ptr) {
        Instant then;
        if (!instant_parse(at, &then))
            return reading_wrong(r, "at", "is no RFC 3339 instant in UTC");
        TRY(reading_text(r, step, "fails", &fails));
        out->goes_back = instant_before(then, *now);
        if (out->goes_back && !str_is(fails, status_name(ERR_USAGE)))
            return reading_wrong(r, "at", "goes back in time");
        if (!out->goes_back) *now = then;
    }
    out->at = *now;
    out->action = row->action;
    out->word = row->action == DO_EXPECT ? STR("expect") : text_of(json_object_get(step, "do"));
    return read_members(r, step, out);
}

/* The file's first `at`, at which the posts are set up. */
static Status first_instant(struct reading *r, const json_t *steps, Instant *out)
{
    for (size_t i = 0; i < json_array_size(steps); i++) {
        const json_t *at = json_object_get(json_array_get(steps, i), "at");
        if (at == NULL) continue;
        return instant_parse(text_of(at), out)
                   ? OK
                   : reading_wrong(r, "at", "is no RFC 3339 instant in UTC");
    }
    return reading_wrong(r, "at", "stands in no step");
}

static Status read_steps(struct reading *r, const json_t *steps)
{
    struct scenario *sc = r->out;
    Instant now;
    size_t count = json_array_size(steps);
    if (!json_is_array(steps) || count == 0 || count > SCENARIO_STEPS_MAX)
        return reading_wrong(r, "steps", "is no list, empty or too long");
    sc->steps = scope_array(r->scope, count, sizeof *sc->steps);
    r->ids = scope_array(r->scope, count, sizeof *r->ids);
    if (sc->steps == NULL || r->ids == NULL) return ERR_MEMORY;
    TRY(first_instant(r, steps, &now));
    for (size_t i = 0; i < count; i++) {
        snprintf(r->place, sizeof r->place, "step %zu", i + 1);
        sc->steps[i].number = i + 1;
        TRY(read_step(r, json_array_get(steps, i), &now, &sc->steps[i]));
        sc->step_count++;
    }
    return OK;
}

static Status read_officers(struct reading *r, json_t *officers)
{
    static const char *const keys[] = {"role",     "section", "from", "to",
                                       "acts_for", "name",    "post", NULL};
    struct scenario *sc = r->out;
    const char *id;
    json_t *row;
    if (!json_is_object(officers)) return reading_wrong(r, "officers", "is no object");
    sc->officers = scope_array(r->scope, json_object_size(officers) + 1, sizeof *sc->officers);
    if (sc->officers == NULL) return ERR_MEMORY;
    json_object_foreach(officers, id, row)
    {
        struct scenario_officer *o = &sc->officers[sc->officer_count++];
        TRY(reading_object(r, row, id, keys));
        *o = (struct scenario_officer){.id = str_of(id), .party = party_of_officer(str_of(id))};
        TRY(reading_text(r, row, "role", &o->role));
        TRY(reading_text(r, row, "section", &o->section));
        TRY(reading_text(r, row, "from", &o->from));
        TRY(reading_text(r, row, "to", &o->to));
        TRY(reading_text(r, row, "acts_for", &o->acts_for));
        TRY(reading_text(r, row, "name", &o->name));
        TRY(reading_text(r, row, "post", &o->post));
        if (!reading_has_party(sc, o->party))
            return reading_wrong(r, id, "is an officer of no party here");
        if (o->role.len == 0) return reading_wrong(r, id, "has no role");
    }
    return OK;
}

static Status read_parties(struct reading *r, const json_t *parties)
{
    struct scenario *sc = r->out;
    size_t count = json_array_size(parties);
    if (count < 2 || count > SCENARIO_PARTIES_MAX)
        return reading_wrong(r, "parties", "is no list of two");
    for (size_t i = 0; i < count; i++) {
        Str party = text_of(json_array_get(parties, i));
        if (party.len == 0 || memchr(party.ptr, '.', party.len) ||
            memchr(party.ptr, '/', party.len))
            return reading_wrong(r, "parties", "holds something that is no party");
        if (reading_has_party(sc, party)) return reading_wrong(r, "parties", "names a party twice");
        sc->parties[sc->party_count++] = party;
    }
    return OK;
}

static Status read_whole(struct reading *r)
{
    static const char *const keys[] = {"title",   "source",   "note",  "pack",
                                       "parties", "officers", "steps", NULL};
    struct scenario *sc = r->out;
    Str *sources, note;
    size_t source_count;
    TRY(reading_object(r, sc->json, "scenario", keys));
    TRY(reading_text(r, sc->json, "title", &sc->title));
    TRY(reading_text(r, sc->json, "note", &note));
    TRY(reading_texts(r, sc->json, "source", &sources, &source_count));
    TRY(reading_text(r, sc->json, "pack", &sc->pack));
    if (sc->pack.len == 0) return reading_wrong(r, "pack", "is missing");
    TRY(read_parties(r, json_object_get(sc->json, "parties")));
    TRY(read_officers(r, json_object_get(sc->json, "officers")));
    return read_steps(r, json_object_get(sc->json, "steps"));
}

Status scenario_read(struct scope *s, Bytes text, struct scenario *out)
{
    struct reading r = {.scope = s, .out = out, .place = "head"};
    *out = (struct scenario){.json = NULL};
    Status status = json_read(s, text, SCENARIO_BYTES_MAX, "scenario", &out->json);
    if (status == OK) status = read_whole(&r);
    if (status != OK) scenario_close(out);
    return status == ERR_SCHEMA ? ERR_USAGE : status;
}

void scenario_close(struct scenario *sc)
{
    json_decref(sc->json);
    sc->json = NULL;
}
