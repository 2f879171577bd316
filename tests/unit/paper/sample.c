#include "sample.h"
#include <assert.h>

static const struct sketch_place line[] = {{55.8419, 27.6288},
                                           {55.8422, 27.6297},
                                           {55.84236, 27.6302},
                                           {55.8424, 27.6311},
                                           {55.8429, 27.6320}};
static const struct sketch_point points[] = {
    {{55.842310, 27.630112}, 3, {"P1 ± 3 m", 9}, false},
    {{55.842377, 27.630240}, 3, {"P2 ± 3 m", 9}, false},
    {{55.8422, 27.6297}, 0.1, {"123", 3}, true},
    {{55.8424, 27.6311}, 0.1, {"124", 3}, true},
};

struct sketch sample_sketch(void)
{
    return (struct sketch){.points = points,
                           .point_count = COUNT_OF(points),
                           .line = line,
                           .line_count = COUNT_OF(line),
                           .title = STR("Skice <1> & 2")};
}

/* A text in a static table; STR makes values for expressions. */
#define T(literal)                                                                                 \
    {                                                                                              \
        "" literal, sizeof(literal) - 1                                                            \
    }
#define FIELD(lv, be, ...)                                                                         \
    {                                                                                              \
        .kind = PAPER_FIELD, .text = {T(lv), T(be)}, .value = { __VA_ARGS__ }                      \
    }

static const struct paper_cell head[] = {
    {{T("Nr."), T("№")}},
    {{T("Punkts"), T("Пункт")}},
    {{T("Platums, garums (WGS 84)"), T("Шырата, даўгата (WGS 84)")}},
    {{T("Kļūda, m"), T("Хібнасць, м")}},
    {{T("Attālums līdz līnijai, m"), T("Адлегласць да лініі, м")}},
};
static const struct paper_cell cells[] = {
    {{T("1"), T("")}},
    {{T("Pēdas sākums"), T("Пачатак следу")}},
    {{T("55,842310  27,630112"), T("")}},
    {{T("3,0"), T("")}},
    {{T("+14,2"), T("")}},
    {{T("2"), T("")}},
    {{T("Pārgrieztais dzeloņstieples posms"), T("Перарэзаны ўчастак дроту")}},
    {{T("55,842377  27,630240"), T("")}},
    {{T("3,0"), T("")}},
    {{T("−1,8"), T("")}},
};
static const double widths[] = {0.5, 2.6, 2.4, 1, 1.4};
static const bool to_right[] = {true, false, false, true, true};
static const struct paper_table measurements = {
    .columns = 5, .rows = 2, .widths = widths, .to_right = to_right, .head = head, .cells = cells};

static const struct paper_signature signatures[] = {
    {.side = 0,
     .party = {T("Latvijas puse"), T("Латвійскі бок")},
     .role = {T("pierobežas pārstāvja palīgs"), T("памочнік пагранічнага прадстаўніка")},
     .name = T("kapteinis Jānis Bērziņš"),
     .time_utc = T("2026-05-14 09:40:12 UTC"),
     .time_local = {T("12:40:12 Rīga"), T("12:40:12 Мінск")},
     .value = T("ed25519 9f2c 71aa 04be … 5d10 c3e8"),
     .ink = {T("paraksts"), T("подпіс")},
     .seal = {T("Z. v."), T("М. П.")}},
    {.side = 1,
     .party = {T("Baltkrievijas puse"), T("Беларускі бок")},
     .role = {T("pierobežas pārstāvja palīgs"), T("памочнік пагранічнага прадстаўніка")},
     .name = T("маёр Алесь Ўладыковіч"),
     .time_utc = T("2026-05-14 09:52:47 UTC"),
     .time_local = {T("12:52:47 Rīga"), T("12:52:47 Мінск")},
     .value = T("ed25519 03d1 e07b 9a44 … 77f0 21bc"),
     .ink = {T("paraksts"), T("подпіс")},
     .seal = {T("Z. v."), T("М. П.")}},
};

static const struct paper_block opening[] = {
    FIELD("Vieta", "Месца", T("robežzīmes 123 un 124, posms III"),
          T("памежныя знакі 123 і 124, участак III")),
    FIELD("Sākums un beigas", "Пачатак і канец", T("2026-05-14 07:10 – 09:35 UTC")),
    FIELD("Laikapstākļi, apgaismojums", "Надвор’е, асвятленне",
          T("apmācies, +11 °C, lietus iepriekšējā naktī; dienas gaisma"),
          T("воблачна, +11 °C, дождж мінулай ноччу; дзённае святло")),
    {.kind = PAPER_HEADING, .level = 1, .text = {T("Konstatēts"), T("Устаноўлена")}},
};

static const struct paper_block closing[] = {
    {.kind = PAPER_NOTE,
     .label = {T("Baltkrievijas puses iebilde"), T("Агаворка беларускага боку")},
     .text = {T("Pēdas vecumu nevar noteikt, jo naktī lija."),
              T("Узрост слядоў вызначыць немагчыма, бо ўначы ішоў дождж.")}},
    {.kind = PAPER_HEADING, .level = 1, .text = {T("Mērījumi"), T("Вымярэнні")}},
    {.kind = PAPER_TABLE, .table = &measurements},
    {.kind = PAPER_PICTURE,
     .text = {T("1. skice. Mērījumu punkti pie robežzīmes 123."),
              T("Эскіз 1. Пункты вымярэнняў каля памежнага знака 123.")},
     .height_mm = 80},
    {.kind = PAPER_RULE},
    {.kind = PAPER_HEADING, .level = 1, .text = {T("Slēdziens"), T("Вывад")}},
    {.kind = PAPER_PARAGRAPH,
     .text = {T("Puses vienojas, ka dzeloņstieples posms ir pārgriezts no Latvijas puses, un "
                "nosūta aktu pierobežas pārstāvjiem."),
              T("Бакі згаджаюцца, што ўчастак дроту перарэзаны з латвійскага боку, і накіроўваюць "
                "акт пагранічным прадстаўнікам.")}},
    {.kind = PAPER_HEADING, .level = 2, .text = {T("Paraksti"), T("Подпісы")}},
    {.kind = PAPER_SIGNATURES, .signatures = signatures, .signature_count = 2},
};

static struct paper_block statement(struct scope *s, size_t i)
{
    static const struct {
        const char *lv, *be;
        enum paper_mark mark;
        Str mark_text[2];
    } texts[] = {
        {"Smilšu joslā redzamas trīs cilvēku apavu pēdas virzienā no Baltkrievijas uz Latviju; "
         "attālums starp soļiem ir no 68 līdz 74 centimetriem, zoles raksts ir salasāms.",
         "На кантрольна-следавой паласе бачныя сляды абутку трох чалавек у кірунку з Беларусі ў "
         "Латвію; адлегласць паміж крокамі ад 68 да 74 сантыметраў, малюнак падэшвы чытэльны.",
         PAPER_MARK_AGREED,
         {T("Abas puses piekrīt"), T("Абодва бакі згодныя")}},
        {"Žoga apakšējā stieple ir pārgriezta vienā vietā; griezuma malas ir spīdīgas.",
         "Ніжні дрот плота перарэзаны ў адным месцы; краі разрэзу блішчаць, іржы няма.",
         PAPER_MARK_CONTESTED,
         {T("Apstrīdēts"), T("Аспрэчваецца")}},
        {"Pie žoga atrasts auduma gabals, kas nodots glabāšanā ar plombu LV 004512.",
         "Каля плота знойдзены кавалак тканіны, перададзены на захоўванне з пломбай LV 004512.",
         PAPER_MARK_ONE_SIDE,
         {T("Tikai Latvijas puse"), T("Толькі латвійскі бок")}},
    };
    size_t t = i % COUNT_OF(texts);
    return (struct paper_block){.kind = PAPER_PARAGRAPH,
                                .number = scope_print(s, "%zu.", i + 1),
                                .text = {str_of(texts[t].lv), str_of(texts[t].be)},
                                .mark = texts[t].mark,
                                .mark_text = {texts[t].mark_text[0], texts[t].mark_text[1]}};
}

struct paper_document sample_act(struct scope *s, size_t statements)
{
    size_t count = COUNT_OF(opening) + statements + COUNT_OF(closing);
    struct paper_block *blocks = scope_array(s, count, sizeof *blocks);
    assert(blocks);
    struct sketch sketch = sample_sketch();
    Str svg = {NULL, 0};
    Status drawn = sketch_svg(s, &sketch, &svg);
    assert(drawn == OK);
    struct paper_block *at = blocks;
    for (size_t i = 0; i < COUNT_OF(opening); i++)
        *at++ = opening[i];
    for (size_t i = 0; i < statements; i++)
        *at++ = statement(s, i);
    for (size_t i = 0; i < COUNT_OF(closing); i++) {
        *at = closing[i];
        if (at->kind == PAPER_PICTURE) at->picture = str_bytes(svg);
        at++;
    }
    struct paper_document doc = {
        .title = {STR("Kopīgās apskates akts"), STR("Акт сумеснага агляду")},
        .language = {STR("lv"), STR("be")},
        .columns = 2,
        .issuer = {STR("Latvijas Republikas pierobežas pārstāvis"),
                   STR("Пагранічны прадстаўнік Рэспублікі Беларусь")},
        .number = STR("LV-2026-K7QF · DOC05 / 2"),
        .state = {STR("Projekts, nav parakstīts"), STR("Праект, не падпісаны")},
        .digest_hex = STR("6b1f0e1c6a6d3f0f6d1c0e5a4b7a9d0c2e8f71b35d4460a9c7be12f3a8d05e91"),
        .footer =
            {STR("Parakstīta ir satura kontrolsumma; šī lapa ir tās attēlojums."),
             STR("Падпісана кантрольная сума зместу; гэты аркуш з’яўляецца яе адлюстраваннем.")},
        .page_words = {STR("{n}. lapa no {m}"), STR("Аркуш {n} з {m}")},
        .qr = STR("twinpost:1:lv:by:LV-2026-K7QF:"
                  "6b1f0e1c6a6d3f0f6d1c0e5a4b7a9d0c2e8f71b35d4460a9c7be12f3a8d05e91"),
        .blocks = blocks,
        .block_count = count};
    if (!instant_parse(STR("2026-05-14T09:55:00Z"), &doc.made)) assert(false);
    return doc;
}

struct paper_document sample_act_one(struct scope *s, size_t statements)
{
    struct paper_document doc = sample_act(s, statements);
    doc.columns = 1;
    return doc;
}

/* Fontconfig keeps its caches until the process ends, which is no leak of ours. */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
    return "leak:libfontconfig";
}
