/* Words between the two sides on paper: notice, receipt, proposal, answer, opinion, escalation,
 * closing, meeting, letters. Declared in app/document.h. */
#include "app/document.h"

static void sign_by(struct sheet *x, const struct entry *e)
{
    if (x->signer_count < SHEET_SIGNERS_MAX) x->signers[x->signer_count++] = e;
}

/* The case in the words of its registration, when the paper is about one. */
static void about_incident(struct sheet *x, bool whole)
{
    if (x->c->incident == NULL) return;
    sheet_heading(x, "document.section.incident");
    sheet_incident(x, whole);
}

/* When the fact was stated, by its author's clock. */
static void stated_at(struct sheet *x, const struct entry *e, const char *label)
{
    sheet_field(x, label, sheet_time(x, 0, e->at), sheet_time(x, 1, e->at));
}

static void reference_field(struct sheet *x, const char *label, const struct entry *e)
{
    Str ref = e ? entry_ref(x->s, e) : STR("");
    if (ref.len == 0) return;
    sheet_field(x, label, sheet_reference(x, 0, ref), sheet_reference(x, 1, ref));
    sheet_cite(x, e);
}

void document_plain(struct sheet *x, const struct entry *e)
{
    about_incident(x, false);
    for (size_t i = 0; i < 2; i++)
        x->state[i] = sheet_catalogue(x, i, "kind", e->kind);
    sheet_heading(x, "document.section.content");
    stated_at(x, e, "document.stated_at");
    sheet_fact_all(x, e->fact, NULL);
    if (fact_has(e->fact, "lat")) sheet_sketch(x, &e, 1);
    sign_by(x, e);
}

/* What one side told on the way to a document that both sign: named by what it is. */
void document_part(struct sheet *x, const struct entry *e)
{
    for (size_t i = 0; i < 2; i++)
        x->title[i] = sheet_capital(x, sheet_catalogue(x, i, "kind", e->kind));
    document_plain(x, e);
    x->state[0] = x->state[1] = STR("");
}

void document_notice(struct sheet *x, const struct entry *e)
{
    static const char *const skip[] = {"of", NULL};
    about_incident(x, true);
    sheet_heading(x, "document.section.notice");
    stated_at(x, e, "document.stated_at");
    sheet_fact_all(x, e->fact, skip);
    sign_by(x, e);
}

void document_receipt(struct sheet *x, const struct entry *e)
{
    static const char *const skip[] = {"of", NULL};
    const struct entry *notice = case_entry(x->c, fact_get(e->fact, "of"));
    about_incident(x, false);
    sheet_heading(x, "document.section.receipt");
    reference_field(x, "document.received_what", notice);
    if (notice) stated_at(x, notice, "field.sent_at");
    stated_at(x, e, "field.received_at");
    sheet_shown(x, STR("received_at"));
    sheet_field(x, "field.name", sheet_officer(x, e->party, e->by), STR(""));
    sheet_shown(x, STR("name"));
    sheet_fact_all(x, e->fact, skip);
    sign_by(x, e);
}

/* "proposed languages": those in which the pack has acts written. */
static void languages_field(struct sheet *x)
{
    Str names[2] = {STR(""), STR("")};
    for (size_t i = 0; i < 2; i++)
        for (size_t k = 0; k < x->p->pack.act_language_count; k++) {
            Str name = sheet_catalogue(x, i, "language", x->p->pack.act_languages[k]);
            names[i] = sheet_printed(x, scope_print(x->s, "%.*s%s%.*s", STR_ARG(names[i]),
                                                    names[i].len ? ", " : "", STR_ARG(name)));
        }
    sheet_field(x, "document.languages", names[0], names[1]);
    if (names[0].len) sheet_shown(x, STR("languages"));
}

static void answered_state(struct sheet *x, const struct entry *proposal)
{
    size_t count;
    const struct entry **list = document_answers(x, "proposal.answered", "of", proposal, &count);
    for (size_t i = 0; i < 2 && list; i++)
        x->state[i] =
            count
                ? sheet_printed(
                      x,
                      scope_print(x->s, "%.*s: %.*s", STR_ARG(sheet_text(x, i, "field.answer")),
                                  STR_ARG(sheet_value(x, i, list[count - 1]->fact, STR("answer")))))
                : sheet_text(x, i, "document.no_answer");
    if (list && count) sheet_cite(x, list[count - 1]);
}

void document_proposal(struct sheet *x, const struct entry *e)
{
    about_incident(x, false);
    answered_state(x, e);
    sheet_heading(x, "document.section.proposal");
    stated_at(x, e, "document.stated_at");
    languages_field(x);
    sheet_fact_all(x, e->fact, NULL);
    sheet_participants(x, e->fact, e->at);
    sign_by(x, e);
}

void document_answer(struct sheet *x, const struct entry *e)
{
    static const char *const skip[] = {"of", NULL};
    static const char *const proposed[] = {"what", "place", "time", "urgent"};
    const struct entry *proposal = case_entry(x->c, fact_get(e->fact, "of"));
    about_incident(x, false);
    if (proposal) {
        sheet_heading(x, "document.section.proposal");
        reference_field(x, "field.proposal", proposal);
        stated_at(x, proposal, "document.stated_at");
        for (size_t i = 0; i < COUNT_OF(proposed); i++)
            if (fact_has(proposal->fact, proposed[i]))
                sheet_fact_field(x, proposal->fact, proposed[i]);
    }
    sheet_heading(x, "document.section.answer");
    if (str_is(fact_get(e->fact, "answer"), "yes")) sheet_shown(x, STR("reason"));
    stated_at(x, e, "document.stated_at");
    sheet_fact_all(x, e->fact, skip);
    sign_by(x, e);
}

/* A statement that the opinion is about, as the act has it. */
static void quoted(struct sheet *x, const struct act *act, Str key)
{
    uint64_t number;
    bool is_number = str_u64(key, &number);
    Str name = is_number ? sheet_printed(x, scope_print(x->s, "statement.%.*s", STR_ARG(key)))
                         : sheet_copy(x, key);
    struct paper_block *b = sheet_add(x, PAPER_PARAGRAPH);
    if (is_number) b->number = sheet_printed(x, scope_print(x->s, "%.*s.", STR_ARG(key)));
    for (size_t i = 0; i < 2 && name.len; i++) {
        Str words = sheet_words(x, i, act->draft->fact, name.ptr);
        Str label = is_number ? STR("") : sheet_catalogue(x, i, "field", key);
        b->text[i] =
            sheet_printed(x, scope_print(x->s, "%.*s%s%.*s", STR_ARG(label),
                                         label.len && words.len ? ": " : "", STR_ARG(words)));
    }
}

void document_opinion(struct sheet *x, const struct entry *e)
{
    Str *keys = NULL;
    size_t count = 0;
    const struct act *act = act_find(x->c, fact_get(e->fact, "act"));
    about_incident(x, false);
    sheet_heading(x, "document.section.opinion");
    stated_at(x, e, "document.stated_at");
    sheet_fact_field(x, e->fact, "act");
    if (x->status == OK) x->status = fact_list(x->s, e->fact, "statement", &keys, &count);
    if (act && count) {
        sheet_cite(x, act->draft);
        sheet_subheading(x, "document.about_statements");
        for (size_t i = 0; i < count; i++)
            quoted(x, act, keys[i]);
        sheet_shown(x, STR("statement"));
    }
    sheet_fact_field(x, e->fact, "text");
    sign_by(x, e);
}

/* The acts that have effect go up with the matter. */
static void documents_attached(struct sheet *x)
{
    bool headed = false;
    for (size_t i = 0; i < x->c->act_count; i++) {
        const struct act *a = &x->c->acts[i];
        if (a->superseded || a->draft->is_void) continue;
        if (!headed) sheet_subheading(x, "document.attached");
        headed = true;
        struct paper_block *b = sheet_add(x, PAPER_PARAGRAPH);
        Str ref = entry_ref(x->s, a->draft);
        for (size_t c = 0; c < 2; c++)
            b->text[c] = sheet_printed(
                x, scope_print(x->s, "%.*s: %.*s", STR_ARG(sheet_reference(x, c, ref)),
                               STR_ARG(sheet_text(
                                   x, c, a->effective ? "act.effective" : "act.not_effective"))));
        sheet_cite(x, a->draft);
    }
    if (headed) sheet_shown(x, STR("documents"));
}

void document_escalation(struct sheet *x, const struct entry *e)
{
    about_incident(x, true);
    sheet_heading(x, "document.section.escalation");
    stated_at(x, e, "document.stated_at");
    sheet_fact_all(x, e->fact, NULL);
    documents_attached(x);
    sign_by(x, e);
}

static void open_item(struct sheet *x, size_t *count, const char *key, Str what[2],
                      const struct entry *e)
{
    if ((*count)++ == 0) sheet_subheading(x, "field.open_items");
    struct paper_block *b = sheet_add(x, PAPER_PARAGRAPH);
    b->number = sheet_printed(x, scope_print(x->s, "%zu.", *count));
    for (size_t i = 0; i < 2; i++)
        b->text[i] = sheet_fill(x, sheet_text(x, i, key), "{what}", what[i]);
    sheet_cite(x, e);
}

/* What the two sides left open: contested statements, hand-overs under way, requests not answered.
 */
static void open_items(struct sheet *x)
{
    size_t count = 0, answers;
    for (size_t i = 0; i < x->c->act_count; i++) {
        const struct act *a = &x->c->acts[i];
        for (size_t n = 0; n < a->statement_count && !a->superseded; n++) {
            if (a->statements[n].standing != STANDING_CONTESTED) continue;
            Str what[2], ref = entry_ref(x->s, a->draft);
            for (size_t c = 0; c < 2; c++)
                what[c] = sheet_printed(
                    x, scope_print(x->s, "%.*s, %.*s", STR_ARG(sheet_reference(x, c, ref)),
                                   STR_ARG(sheet_catalogue(x, c, "field", a->statements[n].key))));
            open_item(x, &count, "document.open_statement", what, a->draft);
        }
    }
    for (size_t i = 0; i < x->c->offer_count; i++) {
        const struct offer *o = &x->c->offers[i];
        if (o->withdrawn || (o->giver_signed && o->taker_signed)) continue;
        Str ref = entry_ref(x->s, o->entry);
        Str what[2] = {sheet_reference(x, 0, ref), sheet_reference(x, 1, ref)};
        open_item(x, &count, "document.open_handover", what, o->entry);
    }
    static const char *const requests[] = {"request.made", NULL};
    size_t made;
    const struct entry **list = document_entries(x, requests, &made);
    for (size_t i = 0; list && i < made; i++) {
        (void)document_answers(x, "request.answered", "of", list[i], &answers);
        if (answers) continue;
        Str ref = entry_ref(x->s, list[i]);
        Str what[2] = {sheet_reference(x, 0, ref), sheet_reference(x, 1, ref)};
        open_item(x, &count, "document.open_request", what, list[i]);
    }
    sheet_shown(x, STR("open_items"));
    if (count) return;
    struct paper_block *b = sheet_add(x, PAPER_FIELD);
    sheet_texts(x, "field.open_items", b->text);
    sheet_texts(x, "value.none", b->value);
}

void document_closing(struct sheet *x, const struct entry *e)
{
    bool reopened = str_is(e->kind, "case.reopened");
    about_incident(x, true);
    for (size_t i = 0; i < 2; i++)
        x->state[i] = sheet_catalogue(x, i, "kind", e->kind);
    sheet_heading(x, reopened ? "document.section.reopening" : "document.section.closing");
    stated_at(x, e, "document.stated_at");
    if (reopened) {
        sheet_shown(x, STR("outcome"));
        sheet_shown(x, STR("note"));
    }
    sheet_fact_all(x, e->fact, NULL);
    open_items(x);
    sign_by(x, e);
}

static void decisions(struct sheet *x, const struct entry *meeting)
{
    static const char *const kinds[] = {"meeting.opened", "decision.recorded", NULL};
    size_t count, kept = 0;
    bool begun = false;
    const struct entry **list = document_entries(x, kinds, &count);
    for (size_t i = 0; list && i < count; i++) {
        bool is_meeting = str_is(list[i]->kind, "meeting.opened");
        if (is_meeting) begun = list[i] == meeting;
        if (begun && !is_meeting) list[kept++] = list[i];
    }
    sheet_decisions(x, list, kept);
}

void document_meeting(struct sheet *x, const struct entry *e)
{
    const struct entry *proposal = case_entry(x->c, fact_get(e->fact, "proposal"));
    about_incident(x, false);
    sheet_texts(x, "document.working", x->state);
    for (size_t i = 0; i < 2; i++)
        x->title[i] = sheet_capital(x, sheet_catalogue(x, i, "kind", e->kind));
    sheet_heading(x, "document.section.meeting");
    stated_at(x, e, "field.time_from");
    sheet_shown(x, STR("time_from"));
    if (proposal) {
        reference_field(x, "field.proposal", proposal);
        sheet_fact_field(x, proposal->fact, "place");
        sheet_fact_field(x, proposal->fact, "agenda");
    }
    sheet_participants(x, e->fact, e->at);
    decisions(x, e);
    sign_by(x, e);
}

/* One letter of the register: its number there changes with what enters, so it names the fact. */
void document_letter(struct sheet *x, const struct entry *e)
{
    about_incident(x, false);
    sheet_texts(x, "document.letter", x->title);
    for (size_t i = 0; i < 2; i++)
        x->state[i] = sheet_catalogue(x, i, "kind", e->kind);
    sheet_heading(x, "document.section.content");
    stated_at(x, e, str_is(e->kind, "letter.received") ? "field.entered_at" : "field.sent_at");
    sheet_shown(x, STR("sent_at"));
    sheet_shown(x, STR("number"));
    sheet_shown(x, STR("answer_due"));
    if (!str_is(e->kind, "letter.received")) sheet_shown(x, STR("received_at"));
    sheet_fact_all(x, e->fact, NULL);
    sheet_shown(x, STR("subject"));
    sign_by(x, e);
}
