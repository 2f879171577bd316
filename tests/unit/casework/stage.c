#include "stage.h"
#include "core/casework/recall.h"
#include <inttypes.h>

static const char case_number[] = "LV-2023-K7QM";

void stage_assert_ok(Status status, const char *file, int line)
{
    if (status != OK) print_error("refused: %s\n", status_name(status));
    _assert_int_equal((uintmax_t)status, OK, file, line);
}

void stage_assert_str(Str got, const char *want, const char *file, int line)
{
    if (want && !str_is(got, want)) print_error("\"%.*s\" is not \"%s\"\n", STR_ARG(got), want);
    _assert_true(str_is(got, want), "equal texts", file, line);
}

uint32_t dice(uint32_t *state, uint32_t sides)
{
    *state = *state * 1664525u + 1013904223u;
    return (*state >> 8) % sides;
}

Bytes file_bytes(struct scope *s, const char *path)
{
    FILE *f = fopen(path, "rb");
    if (f == NULL) print_error("%s cannot be read\n", path);
    assert_non_null(f);
    assert_int_equal(fseek(f, 0, SEEK_END), 0);
    long size = ftell(f);
    assert_in_range(size, 1, 4 << 20);
    rewind(f);
    uint8_t *ptr = scope_alloc(s, (size_t)size);
    assert_non_null(ptr);
    size_t len = fread(ptr, 1, (size_t)size, f);
    assert_int_equal(fclose(f), 0);
    return (Bytes){ptr, len};
}

struct zone zone_of_system(struct scope *s, const char *name)
{
    char path[100];
    struct zone z;
    snprintf(path, sizeof path, "/usr/share/zoneinfo/%s", name);
    assert_ok(zone_parse(s, str_of(name), file_bytes(s, path), &z));
    return z;
}

Instant instant_of(const char *text)
{
    Instant at;
    bool is_instant = instant_parse(str_of(text), &at);
    if (text && !is_instant) print_error("%s is no instant\n", text);
    assert_true(is_instant);
    return at;
}

struct stage *stage_open(const char *pack)
{
    struct scope *s = scope_open(512u << 20);
    assert_non_null(s);
    struct stage *st = NEW(s, struct stage);
    assert_non_null(st);
    char path[100];
    snprintf(path, sizeof path, "packs/%s/pack.json", pack);
    st->s = s;
    st->parties[LV] = STR("lv");
    st->parties[BY] = STR("by");
    st->zones[LV] = zone_of_system(s, "Europe/Riga");
    st->zones[BY] = zone_of_system(s, "Europe/Minsk");
    Status status =
        pack_parse(s, file_bytes(s, "packs/common/kinds.json"), file_bytes(s, path), &st->pack);
    if (status != OK) print_error("%s\n", scope_reason(s));
    assert_ok(status);
    stage_clock(st, "2023-08-30T07:00:00Z");
    return st;
}

struct phrases stage_phrases(struct stage *st, const char *language)
{
    char path[100];
    snprintf(path, sizeof path, "packs/texts/%s.json", language);
    json_decref(st->texts);
    st->texts = NULL;
    assert_ok(json_read(st->s, file_bytes(st->s, path), 4 << 20, path, &st->texts));
    return (struct phrases){st->s, json_object_get(st->texts, "texts"),
                            scope_str(st->s, str_of(language))};
}

void stage_close(struct stage *st)
{
    json_decref(st->texts);
    pack_release(&st->pack);
    scope_close(st->s);
}

void stage_clock(struct stage *st, const char *at)
{
    st->clock = instant_of(at);
}

/* Splits "name=value;name=value" behind the five common fields. */
static size_t fields_of(struct stage *st, int side, const char *kind, const char *text,
                        struct name_value *out)
{
    struct seen seen = {.size = st->seen[side], .opening = st->seen[side]};
    static const char *const names[] = {"kind", "case", "by", "at", "seen"};
    out[0].value = str_of(kind);
    out[1].value = st->outside ? STR("") : str_of(case_number);
    out[2].value = scope_print(st->s, "%.*s.rep", STR_ARG(st->parties[side]));
    out[3].value = instant_str(st->s, st->clock);
    out[4].value = seen_format(st->s, &seen);
    size_t count = 5;
    for (size_t i = 0; i < count; i++)
        out[i].name = str_of(names[i]);
    Str rest = scope_str(st->s, str_of(text));
    while (rest.len) {
        Str pair = str_cut(&rest, ';');
        out[count].name = str_cut(&pair, '=');
        out[count++].value = pair.ptr ? pair : STR("");
    }
    return count;
}

const char *stage_add(struct stage *st, int side, const char *kind, const char *fields)
{
    struct name_value list[60];
    bool opens = kind[0] != '^';
    assert_true(st->count < STAGE_FACTS_MAX);
    struct played *p = &st->facts[st->count];
    size_t count = fields_of(st, side, kind + !opens, fields, list);
    Hash secret = hash_of((Bytes){(const uint8_t *)&st->count, sizeof st->count});
    Str origin = scope_print(st->s, "%.*s.example/journal", STR_ARG(st->parties[side]));
    Status status = fact_make(st->s, origin, list, count, &secret, &p->fact);
    if (status != OK) print_error("%s\n", scope_reason(st->s));
    assert_ok(status);
    st->count++;
    p->side = side;
    p->fact.index = ++st->index[side];
    if (opens) p->opening = ++st->opening[side];
    return scope_print(st->s, "%.*s:%" PRIu64, STR_ARG(st->parties[side]), p->fact.index).ptr;
}

void stage_reveal(struct stage *st, size_t at)
{
    if (st->facts[at].opening == 0) st->facts[at].opening = ++st->opening[st->facts[at].side];
}

void stage_deliver(struct stage *st, int from, bool receipts)
{
    stage_deliver_some(st, from, st->opening[from], receipts);
}

void stage_deliver_some(struct stage *st, int from, uint64_t opening, bool receipts)
{
    for (size_t i = 0; i < st->count; i++) {
        struct played *p = &st->facts[i];
        if (p->side != from || p->opening == 0 || p->opening > opening) continue;
        if (!p->taken) p->taken_at = st->clock;
        p->taken = true;
        if (receipts) p->receipt_known = true;
    }
    if (opening > st->seen[1 - from]) st->seen[1 - from] = opening;
}

void stage_void(struct stage *st, const char *ref, bool told)
{
    for (size_t i = 0; i < st->count; i++) {
        struct played *p = &st->facts[i];
        Str its = scope_print(st->s, "%.*s:%" PRIu64, STR_ARG(st->parties[p->side]), p->fact.index);
        if (!str_is(its, ref)) continue;
        p->is_void = true;
        p->void_told = told;
    }
}

void stage_sync(struct stage *st)
{
    stage_deliver(st, LV, true);
    stage_deliver(st, BY, true);
}

static size_t view(struct stage *st, int side, bool common, unsigned seed, struct entry **out)
{
    struct entry *list = scope_array(st->s, st->count + 1, sizeof *list);
    assert_non_null(list);
    size_t count = 0;
    for (size_t i = 0; i < st->count; i++) {
        struct played *p = &st->facts[i];
        bool own = p->side == side;
        if (own ? common && p->opening == 0 : !p->taken) continue;
        list[count++] = (struct entry){.fact = &p->fact,
                                       .party = st->parties[p->side],
                                       .own = own && !common,
                                       .opening = p->opening,
                                       .is_void = p->is_void && (own || p->void_told),
                                       .void_told = p->void_told,
                                       .has_receipt = p->taken && (!own || p->receipt_known),
                                       .receipt_at = p->taken_at};
    }
    assert_ok(recall_mask(st->s, list, count));
    for (size_t i = 0; common && i < count; i++)
        if (list[i].opened) list[i].fact = list[i].opened;
    uint32_t state = seed;
    for (size_t i = count; seed && i > 1; i--) {
        size_t n = dice(&state, (uint32_t)i);
        struct entry e = list[n];
        list[n] = list[i - 1];
        list[i - 1] = e;
    }
    *out = list;
    return count;
}

static struct casefile fold(struct stage *st, int side, bool common, unsigned seed)
{
    struct entry *list;
    struct casefile c;
    size_t count = view(st, side, common, seed, &list);
    assert_ok(case_fold(st->s, &st->pack, common ? STR("") : st->parties[side], list, count,
                        st->clock, &c));
    return c;
}

struct casefile stage_fold(struct stage *st, int side, unsigned seed)
{
    return fold(st, side, false, seed);
}

struct casefile stage_common(struct stage *st, int side, unsigned seed)
{
    return fold(st, side, true, seed);
}

Str stage_common_text(struct stage *st, int side, unsigned seed)
{
    struct casefile c = stage_common(st, side, seed);
    Str text;
    assert_ok(case_common_text(st->s, &c, &text));
    return text;
}

const char *holder_of(struct stage *st, int side, const char *item, bool *out_pledged)
{
    struct casefile c = stage_fold(st, side, 0);
    struct holding *list;
    size_t count;
    assert_ok(holdings_list(st->s, &c, &list, &count));
    const struct holding *h = holding_find(list, count, str_of(item));
    if (out_pledged) *out_pledged = h && h->pledged;
    if (h == NULL) return "";
    return str_is(h->holder, "lv") ? "lv" : str_is(h->holder, "by") ? "by" : "nobody";
}
