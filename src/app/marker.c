#include "app/marker.h"
#include "app/gather.h"
#include <stdlib.h>

static const char *const kinds[] = {"marker.checked", "marker.damaged",        "marker.restored",
                                    "marker.works",   "marker.works_answered", NULL};

struct listing {
    struct scope *s;
    struct post *p;
    struct gathering facts;
    struct marker_row *list;
    size_t count, room;
};

/* The last run of digits of "214/2" is 2, of "A-107" 107; -1 when there is none. */
static int64_t number_in(Str marker)
{
    size_t end = marker.len, start;
    uint64_t n;
    while (end > 0 && (marker.ptr[end - 1] < '0' || marker.ptr[end - 1] > '9'))
        end--;
    for (start = end; start > 0 && marker.ptr[start - 1] >= '0' && marker.ptr[start - 1] <= '9';)
        start--;
    while (start + 1 < end && marker.ptr[start] == '0')
        start++;
    if (!str_u64((Str){marker.ptr + start, end - start}, &n) || n > INT64_MAX) return -1;
    return (int64_t)n;
}

Str marker_care(const struct pack *pack, Str marker)
{
    const struct parameter *rule = pack_parameter(pack, STR("X06"));
    int64_t n = number_in(marker);
    Str rest = rule ? rule->value : STR("");
    while (n >= 0 && rest.len) {
        Str side = str_cut(&rest, ' '), which = str_cut(&side, ':');
        if (!str_is(which, n % 2 ? "odd" : "even")) continue;
        for (size_t i = 0; i < pack->party_count; i++) {
            const char letter[] = {(char)('a' + i), '\0'};
            if (str_is(side, letter) || str_eq(side, pack->parties[i].id))
                return pack->parties[i].id;
        }
    }
    return STR("");
}

static Status row_of(struct listing *l, Str marker, struct marker_row **out)
{
    for (size_t i = 0; i < l->count; i++)
        if (str_eq(l->list[i].marker, marker)) {
            *out = &l->list[i];
            return OK;
        }
    if (l->count == l->room) {
        size_t room = l->room ? l->room * 2 : 64;
        struct marker_row *bigger = scope_array(l->s, room, sizeof *bigger);
        if (bigger == NULL) return ERR_MEMORY;
        if (l->count) memcpy(bigger, l->list, l->count * sizeof *bigger);
        l->list = bigger;
        l->room = room;
    }
    struct marker_row *row = &l->list[l->count++];
    *row = (struct marker_row){.marker = marker,
                               .care = marker_care(post_pack(l->p), marker),
                               .state = STR(""),
                               .newest = STR(""),
                               .checked_by = STR(""),
                               .damage_ref = STR(""),
                               .restored_ref = STR(""),
                               .works_ref = STR(""),
                               .works = STR(""),
                               .works_answer = STR("")};
    *out = row;
    return OK;
}

static void place_note(struct marker_row *row, const struct fact *f)
{
    double lat, lon;
    if (!str_decimal(fact_get(f, "lat"), &lat) || !str_decimal(fact_get(f, "lon"), &lon)) return;
    row->has_place = true;
    row->lat = lat;
    row->lon = lon;
    row->error_m = 0;
    (void)str_decimal(fact_get(f, "error_m"), &row->error_m);
}

/* What was found or done: facts come in order of their instants. */
static Status word_note(struct listing *l, const struct entry *e)
{
    struct marker_row *row;
    TRY(row_of(l, fact_get(e->fact, "marker"), &row));
    Str ref = entry_ref(l->s, e), state = fact_get(e->fact, "state");
    if (ref.ptr == NULL) return ERR_MEMORY;
    row->newest = ref;
    if (state.len) row->state = state;
    place_note(row, e->fact);
    if (str_is(e->kind, "marker.checked")) {
        row->has_checked = true;
        row->checked = e->at;
        row->checked_by = e->by;
    } else if (str_is(e->kind, "marker.damaged")) {
        row->has_damaged = row->is_damaged = true;
        row->damaged = e->at;
        row->damage_ref = ref;
    } else {
        row->has_restored = true;
        row->is_damaged = false;
        row->restored = e->at;
        row->restored_ref = ref;
    }
    return OK;
}

/* In time: the works begin no earlier than the limit of D16 after the notice, on the receiver's
 * clock. */
static bool is_in_time(struct listing *l, const struct entry *e, Instant begins)
{
    const struct pack *pack = post_pack(l->p);
    const struct parameter *rule = pack_parameter(pack, STR("D16"));
    Str receiver = e->party;
    for (size_t i = 0; i < pack->party_count; i++)
        if (!str_eq(pack->parties[i].id, e->party)) receiver = pack->parties[i].id;
    if (rule == NULL || !rule->has_limit) return true;
    return !instant_before(begins, instant_add(e->at, rule->limit, post_zone(l->p, receiver)));
}

static Status works_note(struct listing *l, const struct entry *e)
{
    Str *markers, ref = entry_ref(l->s, e);
    size_t count;
    Instant begins = {0};
    bool has_begins = instant_parse(fact_get(e->fact, "begins"), &begins);
    if (ref.ptr == NULL) return ERR_MEMORY;
    TRY(fact_list(l->s, e->fact, "marker", &markers, &count));
    for (size_t i = 0; i < count; i++) {
        struct marker_row *row;
        TRY(row_of(l, markers[i], &row));
        row->works_ref = ref;
        row->works = fact_get(e->fact, "works");
        row->works_answer = STR("");
        row->works_told = e->at;
        row->has_begins = has_begins;
        row->works_begin = begins;
        row->in_time = has_begins && is_in_time(l, e, begins);
    }
    return OK;
}

static void answer_note(struct listing *l, const struct entry *e)
{
    for (size_t i = 0; i < l->count; i++)
        if (str_eq(l->list[i].works_ref, fact_get(e->fact, "of")))
            l->list[i].works_answer = fact_get(e->fact, "answer");
}

static int by_instant(const void *a, const void *b)
{
    const struct entry *x = a, *y = b;
    if (x->at.us != y->at.us) return x->at.us < y->at.us ? -1 : 1;
    int order = str_compare(x->party, y->party);
    if (order) return order;
    return (x->fact->index > y->fact->index) - (x->fact->index < y->fact->index);
}

/* 2 before 10, and 214 before 214/1. */
static int by_number(const void *a, const void *b)
{
    const struct marker_row *x = a, *y = b;
    Str p = x->marker, q = y->marker;
    int64_t m = number_in(str_cut(&p, '/')), n = number_in(str_cut(&q, '/'));
    if (m != n) return m < n ? -1 : 1;
    return str_compare(x->marker, y->marker);
}

Status marker_list(struct scope *s, struct post *p, struct marker_row **out, size_t *out_count)
{
    struct listing l = {.s = s, .p = p, .facts = {.s = s, .p = p}};
    post_lock(p);
    Status status = gather_kinds(&l.facts, kinds);
    post_unlock(p);
    TRY(status);
    if (l.facts.count) qsort(l.facts.list, l.facts.count, sizeof *l.facts.list, by_instant);
    for (size_t i = 0; i < l.facts.count; i++) {
        const struct entry *e = &l.facts.list[i];
        if (e->refused || e->is_void) continue;
        if (str_is(e->kind, "marker.works"))
            TRY(works_note(&l, e));
        else if (str_is(e->kind, "marker.works_answered"))
            answer_note(&l, e);
        else
            TRY(word_note(&l, e));
    }
    if (l.count) qsort(l.list, l.count, sizeof *l.list, by_number);
    *out = l.list;
    *out_count = l.count;
    return OK;
}
