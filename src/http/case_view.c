#include "http/case_view.h"
#include "core/casework/damage.h"
#include <stdio.h>

enum { LOCAL_TEXT_MAX = 40 };

static enum sight sight_in(struct scope *s, const struct shown *c, const struct entry *e)
{
    return case_sight(s, c->facts, c->fact_count, e);
}

static bool is_visible(struct scope *s, const struct shown *c, const struct entry *e)
{
    return e == NULL || sight_in(s, c, e) > SIGHT_NONE;
}

static void put_ref(struct scope *s, struct view *v, const char *key, const struct entry *e)
{
    if (e != NULL) put_text(v, key, entry_ref(s, e));
}

/* RFC 3339 with the offset of each side's clocks, by party. */
static void put_local(struct view *v, const char *key, const struct shown *c, Instant at)
{
    put_open(v, key, '{');
    for (int side = 0; side < SIDES; side++) {
        Str party = c->view.file.parties[side];
        const struct zone *zone = party.len ? post_zone(c->post, party) : NULL;
        if (zone == NULL) continue;
        int32_t second, offset_min = zone_offset_s(zone, at) / 60;
        Day day = zone_day(zone, at, &second);
        char text[LOCAL_TEXT_MAX];
        int minutes = offset_min < 0 ? -offset_min : offset_min;
        snprintf(text, sizeof text, "%04d-%02u-%02uT%02d:%02d:%02d%c%02d:%02d", (int)day.year,
                 (unsigned)day.month, (unsigned)day.day, second / 3600, second / 60 % 60,
                 second % 60, offset_min < 0 ? '-' : '+', minutes / 60, minutes % 60);
        put_text_named(v, party, str_of(text));
    }
    put_close(v, '}');
}

static void put_duties(struct scope *s, struct view *v, const struct shown *c)
{
    put_open(v, "duties", '[');
    for (size_t i = 0; i < c->view.duty_count; i++) {
        const struct duty *d = &c->view.duties[i];
        if (!is_visible(s, c, d->start)) continue;
        put_open(v, NULL, '{');
        put_text(v, "id", d->id);
        put_text(v, "owes", d->owes);
        put_text(v, "state", str_of(duty_state_name(d->state)));
        put_flag(v, "open", duty_is_open(d));
        put_flag(v, "own_only", d->own_only);
        put_flag(v, "started", d->started);
        put_ref(s, v, "start", d->start);
        if (d->started) put_instant(v, "start_at", d->start_at);
        if (d->has_due) {
            put_instant(v, "due", d->due);
            put_local(v, "due_local", c, d->due);
        }
        if (is_visible(s, c, d->done)) put_ref(s, v, "done", d->done);
        if (d->parameter != NULL) {
            put_text(v, "hardness", d->parameter->hardness);
            put_text(v, "source", d->parameter->source);
            put_flag(v, "verified", d->parameter->verified);
        }
        put_number(v, "reminders", (uint64_t)d->reminders);
        put_close(v, '}');
    }
    put_close(v, ']');
}

/* The texts of a statement by language: of statement.n.<lang> for a number, of conclusion.<lang>
 * ... otherwise. */
static void put_texts(struct scope *s, struct view *v, const struct act *a, Str key)
{
    bool number = key.len > 0 && key.ptr[0] >= '0' && key.ptr[0] <= '9';
    Str prefix = scope_print(s, "%s%.*s.", number ? "statement." : "", STR_ARG(key));
    const struct fact *f = a->draft->fact;
    put_open(v, "texts", '{');
    for (size_t i = 0; prefix.ptr != NULL && i < f->field_count; i++) {
        const struct fact_field *field = &f->fields[i];
        if (!field->open || field->value.len == 0 || !str_has_prefix(field->name, prefix.ptr))
            continue;
        Str language = {field->name.ptr + prefix.len, field->name.len - prefix.len};
        if (!str_is(language, "finding")) put_text_named(v, language, field->value);
    }
    put_close(v, '}');
    put_text(v, "value", fact_get_str(f, key)); /* outcome, responsibility */
}

static void put_reservation(struct scope *s, struct view *v, const struct shown *c, Str party,
                            const struct entry *e)
{
    bool shown = sight_in(s, c, e) >= SIGHT_OPEN;
    put_open_named(v, party, '{');
    put_ref(s, v, "ref", e);
    put_open(v, "texts", '{');
    for (size_t i = 0; shown && i < e->fact->field_count; i++) {
        const struct fact_field *f = &e->fact->fields[i];
        if (f->open && f->value.len > 0 && str_has_prefix(f->name, "text."))
            put_text_named(v, (Str){f->name.ptr + 5, f->name.len - 5}, f->value);
    }
    put_close(v, '}');
    put_close(v, '}');
}

/* None for those who see only that there is an act. */
static void put_statements(struct scope *s, struct view *v, const struct shown *c,
                           const struct act *a)
{
    bool shown = sight_in(s, c, a->draft) >= SIGHT_OPEN;
    put_open(v, "statements", '[');
    for (size_t i = 0; shown && i < a->statement_count; i++) {
        const struct statement *st = &a->statements[i];
        put_open(v, NULL, '{');
        put_text(v, "key", st->key);
        put_text(v, "standing", act_standing(s, a, st));
        put_texts(s, v, a, st->key);
        put_open(v, "reservations", '{');
        for (int side = 0; side < SIDES; side++)
            if (st->reservation[side] != NULL)
                put_reservation(s, v, c, c->view.file.parties[side], st->reservation[side]);
        put_close(v, '}');
        put_close(v, '}');
    }
    put_close(v, ']');
}

static void put_by_side(struct scope *s, struct view *v, const char *key, const struct shown *c,
                        const struct entry *const by_side[SIDES])
{
    put_open(v, key, '{');
    for (int side = 0; side < SIDES; side++)
        if (by_side[side] != NULL)
            put_text_named(v, c->view.file.parties[side], entry_ref(s, by_side[side]));
    put_close(v, '}');
}

static void put_signatures(struct scope *s, struct view *v, const struct shown *c,
                           const struct act *a)
{
    put_open(v, "signatures", '[');
    for (size_t i = 0; i < a->signature_count; i++) {
        const struct entry *e = a->signatures[i];
        put_open(v, NULL, '{');
        put_ref(s, v, "ref", e);
        put_text(v, "party", e->party);
        put_text(v, "by", e->by);
        put_instant(v, "at", e->at);
        bool shown = sight_in(s, c, e) >= SIGHT_OPEN;
        put_text(v, "capacity", shown ? fact_get(e->fact, "capacity") : STR(""));
        put_close(v, '}');
    }
    put_close(v, ']');
}

static void put_digest(struct view *v, const char *key, const Hash *digest)
{
    char hex[2 * HASH_BYTES + 1];
    for (size_t i = 0; i < HASH_BYTES; i++)
        snprintf(hex + 2 * i, 3, "%02x", (unsigned)digest->bytes[i]);
    put_text(v, key, str_of(hex));
}

static void put_acts(struct scope *s, struct view *v, const struct shown *c)
{
    const struct casefile *file = &c->view.file;
    put_open(v, "acts", '[');
    for (size_t i = 0; i < file->act_count; i++) {
        const struct act *a = &file->acts[i];
        if (!is_visible(s, c, a->draft)) continue;
        put_open(v, NULL, '{');
        put_ref(s, v, "ref", a->draft);
        put_text(v, "party", a->draft->party);
        put_text(v, "doc", a->doc);
        put_digest(v, "body", &a->draft->fact->body);
        bool shown = sight_in(s, c, a->draft) >= SIGHT_OPEN;
        put_text(v, "version", shown ? fact_get(a->draft->fact, "version") : STR(""));
        put_instant(v, "at", a->draft->at);
        put_flag(v, "opened", a->draft->opening > 0);
        put_flag(v, "effective", a->effective);
        put_flag(v, "superseded", a->superseded);
        put_by_side(s, v, "approvals", c, a->approval);
        put_by_side(s, v, "objections", c, a->objection);
        put_by_side(s, v, "closing_words", c, a->closing_word);
        put_signatures(s, v, c, a);
        put_statements(s, v, c, a);
        put_close(v, '}');
    }
    put_close(v, ']');
}

/* Who holds what follows from both sides' hand-overs: for nobody who sees neither. */
static void put_holdings(struct view *v, const struct shown *c)
{
    put_open(v, "holdings", '[');
    for (size_t i = 0; c->fact_count && i < c->view.holding_count; i++) {
        const struct holding *h = &c->view.holdings[i];
        put_open(v, NULL, '{');
        put_text(v, "item", h->item);
        put_text(v, "holder", h->holder);
        put_flag(v, "pledged", h->pledged);
        put_flag(v, "contested", h->contested);
        put_close(v, '}');
    }
    put_close(v, ']');
}

static void put_measurements(struct scope *s, struct view *v, const struct shown *c)
{
    put_open(v, "measurements", '[');
    for (size_t i = 0; i < c->view.file.count; i++) {
        const struct entry *e = c->view.file.entries[i];
        if (!str_is(e->kind, "measurement.made") || !is_visible(s, c, e)) continue;
        const char *verdict = case_measurement(&c->view.file, e);
        if (verdict == NULL) continue;
        put_open(v, NULL, '{');
        put_ref(s, v, "ref", e);
        put_text(v, "verdict", str_of(verdict));
        put_close(v, '}');
    }
    put_close(v, ']');
}

static void put_checklist_line(struct scope *s, struct view *v, const struct shown *c,
                               const struct checklist_line *line)
{
    put_open(v, NULL, '{');
    put_text(v, "list", line->list);
    put_text(v, "item", line->item);
    put_flag(v, "open", checklist_line_is_open(line));
    put_open(v, "answers", '{');
    for (int side = 0; side < SIDES; side++) {
        if (line->answer[side] == NULL) continue;
        put_open_named(v, c->view.file.parties[side], '{');
        put_ref(s, v, "ref", line->answer[side]);
        put_text(v, "answer", checklist_line_answer(line, side));
        put_text(v, "reason", fact_get(line->answer[side]->fact, "reason"));
        put_close(v, '}');
    }
    put_close(v, '}');
    put_close(v, '}');
}

static void put_checklist(struct scope *s, struct view *v, const struct shown *c)
{
    put_open(v, "checklist", '[');
    for (size_t i = 0; i < c->view.checklist_count; i++)
        put_checklist_line(s, v, c, &c->view.checklist[i]);
    put_close(v, ']');
}

/* The facts in the order of the fold, counted as this officer sees them: other numbers would tell
 * of facts that only some may know of. */
static void put_facts(struct view *v, const struct shown *c)
{
    uint64_t own = 0;
    put_open(v, "facts", '[');
    for (size_t i = 0; i < c->fact_count; i++) {
        put_fact(v, NULL, &c->facts[i]);
        own += c->facts[i].own;
    }
    put_close(v, ']');
    put_number(v, "facts_own", own);
    uint64_t theirs = c->fact_count - own;
    put_number(v, "facts_theirs", theirs < c->view.facts_theirs ? theirs : c->view.facts_theirs);
}

static void put_closings(struct scope *s, struct view *v, const struct casefile *file)
{
    put_open(v, "closed", '{');
    for (int side = 0; side < SIDES; side++) {
        if (file->closed[side].entry == NULL) continue;
        put_open_named(v, file->parties[side], '{');
        put_ref(s, v, "ref", file->closed[side].entry);
        put_text(v, "outcome", file->closed[side].outcome);
        put_close(v, '}');
    }
    put_close(v, '}');
}

Status put_case(struct scope *s, struct view *v, const struct shown *c)
{
    const struct casefile *file = &c->view.file;
    put_open(v, NULL, '{');
    put_text(v, "number", file->number);
    put_text(v, "party", post_party(c->post));
    put_text(v, "counterpart", c->view.counterpart);
    put_open(v, "parties", '[');
    for (int side = 0; side < SIDES; side++)
        if (file->parties[side].len > 0) put_text(v, NULL, file->parties[side]);
    put_close(v, ']');
    put_text(v, "state", str_of(case_state_name(file->state)));
    put_text(v, "state_reason", str_of(file->state_reason));
    put_text(v, "escalated", file->escalated);
    put_text(v, "outcome", case_outcome(file));
    put_text(v, "type", file->type);
    put_flag(v, "grave", file->grave);
    put_flag(v, "above_ceiling", damage_is_above_ceiling(file));
    put_flag(v, "dropped", file->dropped);
    put_ref(s, v, "incident", file->incident);
    put_ref(s, v, "notice", file->notice);
    put_text(v, "common_digest", c->view.common_digest);
    put_closings(s, v, file);
    put_facts(v, c);
    put_acts(s, v, c);
    put_duties(s, v, c);
    put_holdings(v, c);
    put_measurements(s, v, c);
    put_checklist(s, v, c);
    put_close(v, '}');
    return v->writer.status;
}
