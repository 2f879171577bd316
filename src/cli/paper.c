#include "app/paper.h"
#include "app/exchange.h"
#include "cli/subcommands.h"
#include "os/file.h"

static Status run_act_pdf(struct call *c)
{
    AUTO_POST struct post *p = NULL;
    Bytes pdf;
    Str form = call_option(c, "form");
    struct document_request request = {.ref = str_of(call_word(c, 1)), .own = call_has(c, "own")};
    enum act_form chosen = str_is(form, "a") ? FORM_A : str_is(form, "b") ? FORM_B : FORM_BOTH;
    if (form.len && chosen == FORM_BOTH && !str_is(form, "both"))
        return fail(c->scope, ERR_USAGE, "--form is both, a or b");
    TRY(call_post(c, 0, &p));
    call_progress(c, "drawing");
    request.form = chosen;
    TRY(document_pdf(c->scope, p, &request, &pdf));
    return call_write(c, 2, pdf);
}

static const struct option_rule pdf_options[] = {
    {"form", "both|a|b", "both languages side by side, or one side's; otherwise both"},
    {"own", NULL, "as the own side knows it, with what was not opened: an own-side sheet"},
    {NULL, NULL, NULL},
};

const struct command cli_act[] = {
    {"pdf", "DIR PARTY:INDEX|DOC:YEAR FILE [--form both|a|b] [--own]",
     "Draws the document that a fact gives, or a register or report of a year.", 3, 3, ACTS_NOT,
     pdf_options, run_act_pdf},
    {.run = NULL},
};

static Status run_dossier(struct call *c)
{
    AUTO_POST struct post *p = NULL;
    TRY(call_no_folder(c, 2));
    TRY(call_post(c, 0, &p));
    call_progress(c, "writing the dossier");
    TRY(dossier_write(c->scope, p, str_of(call_word(c, 1)), call_word(c, 2)));
    answer_text(c, NULL, "file", str_of(call_word(c, 2)));
    return OK;
}

const struct command cli_dossier[] = {
    {NULL, "DIR CASE FILE", "Writes what a court gets: one ZIP that proves itself.", 3, 3, ACTS_NOT,
     NULL, run_dossier},
    {.run = NULL},
};

static Status run_journal_export(struct call *c)
{
    AUTO_POST struct post *p = NULL;
    TRY(call_post(c, 0, &p));
    call_progress(c, "exporting");
    TRY(journal_export(c->scope, p, call_word(c, 1)));
    answer_text(c, NULL, "folder", str_of(call_word(c, 1)));
    return OK;
}

const struct command cli_journal[] = {
    {"export", "DIR OUT",
     "Writes the newest countersigned checkpoint of the journal as static C2SP files.", 2, 2,
     ACTS_NOT, NULL, run_journal_export},
    {.run = NULL},
};

/* A post's folder or a dossier. */
static Status check(struct call *c, struct check_line **out, size_t *out_count)
{
    const char *path = call_word(c, 0);
    Str database = file_join(c->scope, path, "twinpost.db");
    Bytes card = {NULL, 0};
    bool is_post = false;
    if (database.ptr == NULL) return ERR_MEMORY;
    Status status = file_look(c->scope, database.ptr, &is_post);
    if (is_post) status = file_writable_check(c->scope, database.ptr);
    if (status != OK) {
        Str why = scope_print(c->scope, "%s", scope_reason(c->scope));
        return fail(c->scope, ERR_USAGE, "%.*s; verify a copy", STR_ARG(why));
    }
    if (is_post) return post_verify(c->scope, path, out, out_count);
    if (file_is_folder(path))
        return fail(c->scope, ERR_USAGE, "%s is neither a dossier (a ZIP file) nor a post", path);
    /* An empty file would pin nothing and look as if it did. */
    if (call_has(c, "card") &&
        (file_read(c->scope, call_option(c, "card").ptr, CARD_BYTES_MAX, &card) != OK ||
         card.len == 0))
        return fail(c->scope, ERR_USAGE, "%s is no party card", call_option(c, "card").ptr);
    return dossier_verify(c->scope, path, bytes_str(card), out, out_count);
}

/* A court needs three answers: it holds (0), there is nothing to judge (2), it does not hold (3).
 */
static int verdict_of(Status status)
{
    bool unread = status == ERR_USAGE || status == ERR_NOT_FOUND || status == ERR_BUSY ||
                  status == ERR_MEMORY;
    return unread ? 2 : 3;
}

/* All checks are the answer; that it does not hold, and why, is a reason as of any refusal. */
static Status not_held(struct call *c, const struct check_line *first)
{
    bool told = first->reason == ERR_SIGNATURE || first->reason == ERR_FORK;
    TRY(call_print(c));
    c->is_over = true;
    return fail(c->scope, told ? first->reason : ERR_PROOF, "it does not hold: %.*s",
                STR_ARG(first->text));
}

static Status run_verify(struct call *c)
{
    struct check_line *lines = NULL;
    size_t count = 0;
    struct writer w = writer_open(c->scope, 16 << 20);
    call_progress(c, "checking");
    Status status = check(c, &lines, &count);
    if (status != OK) {
        c->exit_code = verdict_of(status);
        return status;
    }
    const struct check_line *first = NULL;
    for (size_t i = 0; i < count && first == NULL; i++)
        if (!lines[i].passed) first = &lines[i];
    bool holds = first == NULL;
    answer_flag(c, NULL, "holds", holds);
    json_t *rows = answer_list(c, NULL, "checks");
    for (size_t i = 0; i < count; i++) {
        const struct check_line *l = &lines[i];
        json_t *row = answer_row(c, rows);
        answer_flag(c, row, "passed", l->passed);
        if (!l->passed) answer_text(c, row, "reason", str_of(status_name(l->reason)));
        answer_text(c, row, "text", l->text);
        write_print(&w, "%s %.*s\n", l->passed ? "ok    " : "FAILED", STR_ARG(l->text));
    }
    write_print(&w, "%s\n", holds ? "everything holds" : "it does not hold");
    c->exit_code = holds ? 0 : 3;
    Str text;
    TRY(writer_close_str(&w, &text));
    if (!c->json) c->raw = text;
    return holds ? OK : not_held(c, first);
}

static const struct option_rule verify_options[] = {
    {"card", "CARD", "a party card that was handed over in person: pins who is who"},
    {NULL, NULL, NULL},
};

const struct command cli_verify[] = {
    {NULL, "FILE.zip|DIR [--card CARD]",
     "Checks a dossier or a post offline and tells every check in words.", 1, 1, ACTS_NOT,
     verify_options, run_verify},
    {.run = NULL},
};
