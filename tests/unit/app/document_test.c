/* The documents of the pack on paper, from an example in which each of them occurs: both posts
 * print the same, what is not for both stands on own-side sheets alone, and gaps are said.
 * TWINPOST_KEEP names a folder in which the pages are left to be looked at. */
#include "app/paper.h"
#include "app/play.h"
#include "command.h"
#include "folder.h"
#include "os/clock.h"
#include "os/file.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include <cmocka.h>

#define EXAMPLE "packs/lv-by/examples/every-paper.json"
enum { FACTS_MAX = 120 };

static const char *const parties[2] = {"lv", "by"};

struct played {
    struct scope *s;
    const char *folder;
    struct post *post[2];
};

static void okay(struct scope *s, Status status, int line)
{
    if (status != OK) fail_msg("line %d: %s: %s", line, status_name(status), scope_reason(s));
}
#define OKAY(call) okay(x->s, (call), __LINE__)

static int set_up(void **state)
{
    struct scope *s = scope_open(1 << 30);
    struct played *x = NEW(s, struct played);
    struct scenario scenario;
    struct play_result result;
    Bytes text;
    x->s = s;
    x->folder = folder_open(s);
    Str keep = file_join(s, x->folder, "posts"), scratch = file_join(s, x->folder, "scratch");
    OKAY(file_make_folder(s, keep.ptr));
    OKAY(file_make_folder(s, scratch.ptr));
    OKAY(file_read(s, EXAMPLE, 1 << 20, &text));
    OKAY(scenario_read(s, text, &scenario));
    struct play_options options = {.folder = keep.ptr, .scratch = scratch.ptr};
    OKAY(play_run(s, &scenario, &options, &result));
    assert_int_equal(result.failed, 0);
    scenario_close(&scenario);
    static struct clock clock;
    for (size_t i = 0; i < 2; i++)
        OKAY(post_open(s, file_join(s, keep.ptr, parties[i]).ptr, &clock, &x->post[i]));
    *state = x;
    return 0;
}

static int tear_down(void **state)
{
    struct played *x = *state;
    for (size_t i = 0; i < 2; i++)
        post_close(x->post[i]);
    folder_close(x->folder);
    scope_close(x->s);
    return 0;
}

static Status draw(struct played *x, size_t post, Str ref, enum act_form form, bool own, Bytes *out)
{
    struct document_request r = {.ref = ref, .form = form, .own = own};
    return document_pdf(x->s, x->post[post], &r, out);
}

/* The fact of a kind, the `nth` from 0, in the journal of a party. */
static Str fact_of(struct played *x, size_t party, const char *kind, size_t nth)
{
    for (size_t i = 0; i < FACTS_MAX; i++) {
        struct fact_view f;
        Str ref = scope_print(x->s, "%s:%zu", parties[party], i);
        if (fact_show(x->s, x->post[party], ref, ROLES_ALL, &f) != OK) continue;
        if (str_is(f.kind, kind) && nth-- == 0) return ref;
    }
    fail_msg("no fact %s of %s", kind, parties[party]);
    return STR("");
}

/* What pdftotext reads, blanks and line ends as one blank. */
static Str text_of(struct played *x, Bytes pdf)
{
    Str path = file_join(x->s, x->folder, "paper.pdf"), raw = STR("");
    OKAY(file_write(x->s, path.ptr, pdf));
    const char *const argv[] = {"pdftotext", "-raw", path.ptr, "-", NULL};
    assert_int_equal(command_run(x->s, argv, &raw), 0);
    char *out = scope_alloc(x->s, raw.len + 1);
    size_t len = 0;
    for (size_t i = 0; i < raw.len; i++) {
        bool is_blank = raw.ptr[i] == ' ' || raw.ptr[i] == '\n' || raw.ptr[i] == '\f';
        if (!is_blank)
            out[len++] = raw.ptr[i];
        else if (len && out[len - 1] != ' ')
            out[len++] = ' ';
    }
    out[len] = '\0';
    return (Str){out, len};
}

static Str page(struct played *x, size_t post, Str ref, enum act_form form, bool own)
{
    Bytes pdf;
    OKAY(draw(x, post, ref, form, own, &pdf));
    const char *folder = getenv("TWINPOST_KEEP");
    if (folder) {
        Str name = scope_print(x->s, "%s-%.*s-%d%s.pdf", parties[post], STR_ARG(ref), (int)form,
                               own ? "-own" : "");
        for (char *c = (char *)(uintptr_t)name.ptr; *c; c++)
            if (*c == ':') *c = '-';
        OKAY(file_write(x->s, file_join(x->s, folder, name.ptr).ptr, pdf));
    }
    return text_of(x, pdf);
}

static void says(Str text, const char *part)
{
    if (strstr(text.ptr, part) == NULL) fail_msg("the page does not say: %s\n%s", part, text.ptr);
}

static void says_not(Str text, const char *part)
{
    if (strstr(text.ptr, part)) fail_msg("the page must not say: %s", part);
}

#define OWN_LV "SAVAS PUSES LAPA"
#define OWN_BY "ЛИСТ СВОЕЙ СТОРОНЫ"

/* Every fact that gives a document gives it at each post that holds it, with the same bytes. */
static void both_posts_print_the_same(void **state)
{
    struct played *x = *state;
    static const char *const follow[] = {"act.", "handover.", "release."};
    size_t given = 0, shared = 0;
    for (size_t n = 0; n < 2 * FACTS_MAX; n++) {
        struct fact_view f;
        Bytes here, there;
        size_t party = n % 2;
        Str ref = scope_print(x->s, "%s:%zu", parties[party], n / 2);
        if (fact_show(x->s, x->post[party], ref, ROLES_ALL, &f) != OK) continue;
        bool again = false; /* stands on the document of another fact */
        for (size_t k = 0; k < COUNT_OF(follow); k++)
            again =
                again || (str_has_prefix(f.kind, follow[k]) && !str_has_suffix(f.kind, "drafted") &&
                          !str_has_suffix(f.kind, "offered"));
        Status status = again ? ERR_NOT_FOUND : draw(x, party, ref, FORM_BOTH, false, &here);
        if (status == ERR_NOT_FOUND) continue;
        OKAY(status);
        given++;
        if (fact_show(x->s, x->post[1 - party], ref, ROLES_ALL, &f) != OK) continue;
        OKAY(draw(x, 1 - party, ref, FORM_BOTH, false, &there));
        if (!bytes_eq(here, there)) fail_msg("the posts print %s differently", ref.ptr);
        shared++;
    }
    assert_true(given > 45);
    assert_true(shared > 35);
}

/* Words that the paper of a fact must say, drawn at the other post. */
static const struct {
    size_t party;
    const char *kind;
    size_t nth;
    enum act_form form;
    const char *parts[9];
} sayings[] = {
    {0,
     "notice.sent",
     0,
     FORM_A,
     {"Pirmais paziņojums", "DOC01", "214 – 215, + 40 m", "55.742310 26.830112 (WGS 84) ± 3 m",
      "2024-05-06 02:00 UTC (05:00 Rīga / 05:00 Minska)", "Kravas automašīna nolauzusi",
      "Lūdzam saglabāt ierakstus", "lūdz saglabāt ierakstus jā", "A. Kalna"}},
    {1,
     "notice.received",
     0,
     FORM_B,
     {"Подтверждение получения", "сообщение отправлено", "А. Кавалёва", "BY 61/2024",
      "2024-05-06 06:45 UTC"}},
    {0,
     "proposal.made",
     0,
     FORM_B,
     {"Предложение", "ответ: в другое время", "латышский, русский", "1. robežzīme 214",
      "kapteinis J. Ozoliņš, помощник", "маёр Я. Ўладыкоў, помощник", "срочно да"}},
    {1,
     "proposal.answered",
     0,
     FORM_A,
     {"Atbilde uz priekšlikumu", "citā laikā", "2024-05-06 11:00 UTC", "дорога размыта"}},
    {0,
     "evidence.collected",
     0,
     FORM_A,
     {"photo-1", "photo: nolauzts stabs", "LV 004512", "tikai informācijai", "P1", "RTK; 213, 215",
      "pierādījums nodots glabāšanā", "lūzums 0,6 m virs pamatnes", "Skice mērogā"}},
    {1,
     "opinion.given",
     0,
     FORM_B,
     {"Особое мнение", "2. Следы шин ведут с латвийской стороны", "вины перевозчика нет"}},
    {0,
     "handover.offered",
     1,
     FORM_B,
     {"Акт передачи имущества", "lorry-1", "2; 2 ключа из 3", "3; 3 atslēgas",
      "Республика Беларусь", "photo-1 (lv:", "палкоўнік С. Якімовіч",
      "Составлено в 2 экземплярах"}},
    {1,
     "handover.offered",
     0,
     FORM_A,
     {"Dzīvnieku nodošanas", "suga cattle", "krāsa red-white", "izmaksas dienā 4.50",
      "veterinārārsta atzinums nav reģistrēts", "Nodod Baltkrievijas Republika"}},
    {0,
     "handover.offered",
     2,
     FORM_A,
     {"Cilvēka mirstīgo atlieku nodošanas", "DOC14", "karavīra mirstīgās atliekas",
      "2024-05-21 08:20 UTC", "LV 004520", "stājies spēkā", "pulkvedis M. Bērziņš", "Ārsts"}},
    {0,
     "act.drafted",
     3,
     FORM_A,
     {"Sēdes protokols", "DOC08", "Darba kārtība", "2. ugunsgrēks / пожар", "Izskatīja zaudējumu",
      "Lēmumi", "Samaksāt 840 EUR", "Baltkrievijas Republika", "2024-06-28 12:00 UTC"}},
    {1,
     "act.drafted",
     0,
     FORM_B,
     {"Акт совместной проверки пограничных знаков", "DOC16", "Пограничный знак 215 цел.",
      "Следующая проверка", "Утвердил(а) палкоўнік С. Якімовіч", "маёр Я. Ўладыкоў"}},
    {0,
     "mandate.granted",
     3,
     FORM_A,
     {"Pilnvara", "pulkvedis M. Bērziņš", "Pilnvarots robežas pārstāvis", "visi iecirkņi",
      "līdz atsaukšanai", "saknes apliecinājums jā", "izdevējiestādes vārdā"}},
    {1,
     "case.escalated",
     0,
     FORM_B,
     {"Уведомление о передаче", "главные уполномоченные", "сумма не согласована",
      "Приложенные документы"}},
    {0, "case.closed", 0, FORM_A, {"zīme atjaunota", "Neatrisinātie jautājumi", "strīdīgs: "}},
    {1, "crossing.recorded", 0, FORM_A, {"9 cilvēki", "meža ugunsgrēks", "2024-06-01 12:00 UTC"}},
    {1, "event.planned", 0, FORM_B, {"400", "один пункт пропуска", "Дзяды"}},
    {0, "assessment.stated", 0, FORM_B, {"Обстановка спокойная", "2024-05"}},
    {0, "damage.claimed", 0, FORM_A, {"840.00", "EUR", "stabs, pamatne", "tāme 2024-05-07"}},
};

static void a_paper_says_what_its_facts_say(void **state)
{
    struct played *x = *state;
    if (!command_is_there("pdftotext")) return;
    for (size_t i = 0; i < COUNT_OF(sayings); i++) {
        Str ref = fact_of(x, sayings[i].party, sayings[i].kind, sayings[i].nth);
        Str text = page(x, 1 - sayings[i].party, ref, sayings[i].form, false);
        for (size_t k = 0; k < COUNT_OF(sayings[i].parts) && sayings[i].parts[k]; k++)
            says(text, sayings[i].parts[k]);
        says_not(text, OWN_LV);
        says_not(text, OWN_BY);
    }
}

/* Signs are each side's own: the other side's "p1", recorded later, is somebody else. */
static void the_paper_of_a_person_shows_the_person_handed_over(void **state)
{
    struct played *x = *state;
    if (!command_is_there("pdftotext")) return;
    Str offer = fact_of(x, 0, "handover.offered", 0);
    for (size_t post = 0; post < 2; post++) {
        Str text = page(x, post, offer, FORM_A, false);
        says(text, "Personu nodošanas");
        says(text, "Ivan Prydumany");
        says(text, "AB 0000000");
        says_not(text, "Vydumany");
        says(text, "Baltkrievijas Republika Apraksts"); /* with whom that person is */
    }
}

static void an_act_shows_versions_pairs_reservations_and_gaps(void **state)
{
    struct played *x = *state;
    if (!command_is_there("pdftotext")) return;
    Str first = page(x, 0, fact_of(x, 0, "act.drafted", 0), FORM_A, false);
    says(first, "aizstāts ar jaunāku redakciju");
    says(first, "pielikums nav reģistrēts");
    Str act = page(x, 1, fact_of(x, 0, "act.drafted", 1), FORM_B, false);
    says(act, "вступил в силу");
    says(act, "1. Столб пограничного знака 214 сломан на высоте 0,6 м над основанием. ● "
              "согласовано · текст: сверен");
    says(act, "◐ оспаривается");
    says(act, "Следы торможения видны на последних двух метрах.");
    says(act, "Водитель пытался остановиться");
    says(act, "Утвердил(а) палкоўнік С. Якімовіч, пограничный уполномоченный");
    says(act, "в пределах погрешности");
    Str half = page(x, 0, fact_of(x, 0, "act.drafted", 2), FORM_A, false);
    says(half, "parakstījusi tikai viena puse");
    says(half, "teksts: projekts");
    Str end = page(x, 0, fact_of(x, 0, "act.drafted", 4), FORM_B, false);
    says(end, "Ответственность Республика Беларусь");
}

static void what_is_not_for_both_stands_on_own_side_sheets_alone(void **state)
{
    struct played *x = *state;
    if (!command_is_there("pdftotext")) return;
    Str offer = fact_of(x, 0, "handover.offered", 0);
    Str shared = page(x, 0, offer, FORM_A, false), own = page(x, 0, offer, FORM_A, true);
    says(shared, "persona 1");
    says(shared, "Ivan Prydumany");
    says_not(shared, "p1");
    says_not(shared, "pārsieta roka");
    says_not(shared, OWN_LV);
    says(own, "pārsieta roka");
    says(own, OWN_LV);

    Str said = page(x, 0, fact_of(x, 0, "statement.taken", 0), FORM_A, false);
    says(said, OWN_LV);
    says(said, "Bremzes neturēja");
    says(said, "tiesības izskaidrotas jā");
    says(said, "persona, kas sniedza paskaidrojumu");

    Str hold = page(x, 0, fact_of(x, 0, "hold.placed", 0), FORM_A, false);
    says(hold, OWN_LV);
    says(hold, "kameras 12 un 13");

    Str transfer = page(x, 1, fact_of(x, 1, "release.drafted", 0), FORM_B, false);
    says(transfer, OWN_BY);
    says(transfer, "Латвийская Республика");
    says(transfer, "LV 000 000 001");
    says(transfer, "Н. Шчарба, специалист по защите данных");
    says(transfer, "качество данных не зафиксировано");
}

static void protection_gives_no_paper(void **state)
{
    struct played *x = *state;
    Bytes pdf = {NULL, 0};
    Str check = fact_of(x, 0, "protection.checked", 0);
    assert_int_equal(draw(x, 0, check, FORM_BOTH, false, &pdf), ERR_NOT_FOUND);
    assert_int_equal(draw(x, 0, check, FORM_BOTH, true, &pdf), ERR_NOT_FOUND);
    assert_int_equal(draw(x, 0, STR("DOC99:2024"), FORM_BOTH, false, &pdf), ERR_NOT_FOUND);
    assert_int_equal(draw(x, 0, STR("DOC19:twenty"), FORM_BOTH, false, &pdf), ERR_USAGE);
    assert_int_equal(draw(x, 0, fact_of(x, 0, "act.drafted", 0), FORM_BOTH, true, &pdf), ERR_USAGE);
    assert_null(pdf.ptr);
}

static void a_year_gives_its_register_and_its_reports(void **state)
{
    struct played *x = *state;
    Bytes here, there;
    if (!command_is_there("pdftotext")) return;
    Str letters = page(x, 1, STR("DOC19:2024"), FORM_A, false);
    says(letters, OWN_LV);
    says(letters, "1/2024");
    says(letters, "vēstule nosūtīta: Par robežzīmes 214 atjaunošanu");
    says(letters, "BY вх. 118/2024");
    says(letters, "uz papīra");
    OKAY(draw(x, 0, STR("DOC26:2024"), FORM_BOTH, false, &here));
    OKAY(draw(x, 1, STR("DOC26:2024"), FORM_BOTH, false, &there));
    assert_true(bytes_eq(here, there));
    Str annual = page(x, 0, STR("DOC26:2024"), FORM_B, false);
    says(annual, "Годовой отчёт");
    says(annual, "зарегистрировано 1");
    says(annual, "совместные осмотры, из дел 1 / 1");
    says(annual, "0 h 10 min (n = 1)");
    says(annual, "лица 1–4");
    OKAY(draw(x, 0, STR("DOC25:2024"), FORM_BOTH, false, &here));
    OKAY(draw(x, 1, STR("DOC25:2024"), FORM_BOTH, false, &there));
    assert_true(bytes_eq(here, there));
    says(page(x, 0, STR("DOC25:2023"), FORM_A, false), "Ierakstu nav.");
}

static void another_zone_of_the_machine_changes_nothing(void **state)
{
    struct played *x = *state;
    Str act = fact_of(x, 0, "act.drafted", 1);
    Bytes here, there;
    OKAY(draw(x, 0, act, FORM_BOTH, false, &here));
    setenv("TZ", "Pacific/Auckland", 1);
    setenv("LC_ALL", "lv_LV.UTF-8", 1);
    tzset();
    OKAY(draw(x, 0, act, FORM_BOTH, false, &there));
    unsetenv("TZ");
    unsetenv("LC_ALL");
    tzset();
    assert_true(bytes_eq(here, there));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(both_posts_print_the_same),
        cmocka_unit_test(a_paper_says_what_its_facts_say),
        cmocka_unit_test(the_paper_of_a_person_shows_the_person_handed_over),
        cmocka_unit_test(an_act_shows_versions_pairs_reservations_and_gaps),
        cmocka_unit_test(what_is_not_for_both_stands_on_own_side_sheets_alone),
        cmocka_unit_test(protection_gives_no_paper),
        cmocka_unit_test(a_year_gives_its_register_and_its_reports),
        cmocka_unit_test(another_zone_of_the_machine_changes_nothing),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
