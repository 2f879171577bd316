/* Time zones: the TZif file of RFC 8536 and the rule in its footer. Declared in base/instant.h. */
#include "base/instant.h"
#include "base/reader.h"

enum {
    TRANSITIONS_MAX = 2000,
    TYPES_MAX = 256,
    OFFSET_MAX_S = 26 * 3600, /* RFC 8536 3.2 */
    RULE_HOURS_MAX = 167      /* RFC 8536 3.3.1 */
};

struct counts {
    uint32_t isutcnt, isstdcnt, leapcnt, timecnt, typecnt, charcnt;
};

static struct counts read_header(struct reader *r)
{
    Bytes magic = read_bytes(r, 4);
    if (magic.ptr == NULL || memcmp(magic.ptr, "TZif", 4) != 0) reader_refuse(r);
    read_bytes(r, 16); /* version and reserved */
    struct counts c;
    c.isutcnt = read_u32(r);
    c.isstdcnt = read_u32(r);
    c.leapcnt = read_u32(r);
    c.timecnt = read_u32(r);
    c.typecnt = read_u32(r);
    c.charcnt = read_u32(r);
    if (c.timecnt > TRANSITIONS_MAX || c.typecnt > TYPES_MAX || c.typecnt == 0 ||
        c.charcnt > 1000 || c.leapcnt > 1000 || c.isstdcnt > TYPES_MAX || c.isutcnt > TYPES_MAX)
        reader_refuse(r);
    return c;
}

static int32_t number(Str *t, bool *ok)
{
    int32_t value = 0;
    size_t n = 0;
    while (n < t->len && n < 6 && t->ptr[n] >= '0' && t->ptr[n] <= '9')
        value = value * 10 + (t->ptr[n++] - '0');
    if (n == 0) *ok = false;
    *t = (Str){t->ptr + n, t->len - n};
    return value;
}

static bool take(Str *t, char c)
{
    if (t->len == 0 || t->ptr[0] != c) return false;
    *t = (Str){t->ptr + 1, t->len - 1};
    return true;
}

static int32_t clock_time(Str *t, bool *ok)
{
    bool negative = take(t, '-');
    if (!negative) take(t, '+');
    int32_t hours = number(t, ok);
    int32_t minutes = take(t, ':') ? number(t, ok) : 0;
    int32_t seconds = take(t, ':') ? number(t, ok) : 0;
    if (hours > RULE_HOURS_MAX || minutes > 59 || seconds > 59) {
        *ok = false;
        return 0;
    }
    int32_t s = hours * 3600 + minutes * 60 + seconds;
    return negative ? -s : s;
}

static void zone_name(Str *t, bool *ok)
{
    size_t n = 0;
    if (take(t, '<')) {
        while (t->len && t->ptr[0] != '>')
            *t = (Str){t->ptr + 1, t->len - 1};
        if (!take(t, '>')) *ok = false;
        return;
    }
    while (n < t->len && ((t->ptr[n] | 32) >= 'a' && (t->ptr[n] | 32) <= 'z'))
        n++;
    if (n < 3) *ok = false;
    *t = (Str){t->ptr + n, t->len - n};
}

/* The POSIX TZ string of the footer: std offset [dst [offset] , Mm.w.d[/time] , Mm.w.d[/time]]. */
static bool footer_parse(Str t, struct zone *z)
{
    bool ok = true;
    zone_name(&t, &ok);
    z->standard_s = -clock_time(&t, &ok);
    if (!ok || t.len == 0) return ok;
    zone_name(&t, &ok);
    z->summer_s = z->standard_s + 3600;
    if (t.len && t.ptr[0] != ',') z->summer_s = -clock_time(&t, &ok);
    for (int i = 0; i < 2 && ok; i++) {
        if (!take(&t, ',') || !take(&t, 'M')) return false;
        int32_t month = number(&t, &ok);
        if (!take(&t, '.')) return false;
        int32_t week = number(&t, &ok);
        if (!take(&t, '.')) return false;
        int32_t weekday = number(&t, &ok);
        if (month < 1 || month > 12 || week < 1 || week > 5 || weekday > 6) return false;
        z->rule[i].month = (uint8_t)month;
        z->rule[i].week = (uint8_t)week;
        z->rule[i].weekday = (uint8_t)weekday;
        z->rule[i].time_s = take(&t, '/') ? clock_time(&t, &ok) : 7200;
    }
    z->has_rule = true;
    return ok && t.len == 0;
}

Status zone_parse(struct scope *s, Str name, Bytes tzif, struct zone *out)
{
    struct reader r = reader_open(s, tzif, "time zone file");
    struct counts v1 = read_header(&r);
    /* The first block has 32-bit times; the second one, after it, is the one to use. */
    read_bytes(&r, v1.timecnt * 5 + v1.typecnt * 6 + v1.charcnt + v1.leapcnt * 8 + v1.isstdcnt +
                       v1.isutcnt);
    struct counts c = read_header(&r);
    if (r.failed) return reader_close(&r);
    struct zone z = {.name = name, .count = c.timecnt};
    int64_t *starts = scope_array(s, c.timecnt + 1, sizeof *starts);
    int32_t *offsets = scope_array(s, c.timecnt + 1, sizeof *offsets);
    if (starts == NULL || offsets == NULL) return ERR_MEMORY;
    for (uint32_t i = 0; i < c.timecnt; i++) {
        starts[i] = (int64_t)read_u64(&r);
        if (i > 0 && starts[i] <= starts[i - 1]) reader_refuse(&r);
    }
    Bytes types = read_bytes(&r, c.timecnt);
    int32_t type_offset[TYPES_MAX] = {0};
    for (uint32_t i = 0; i < c.typecnt; i++) {
        type_offset[i] = (int32_t)read_u32(&r);
        read_bytes(&r, 2);
        if (type_offset[i] < -OFFSET_MAX_S || type_offset[i] > OFFSET_MAX_S) reader_refuse(&r);
    }
    for (uint32_t i = 0; i < c.timecnt && types.ptr; i++) {
        if (types.ptr[i] >= c.typecnt) reader_refuse(&r);
        offsets[i] = type_offset[types.ptr[i]];
    }
    read_bytes(&r, c.charcnt + c.leapcnt * 12 + c.isstdcnt + c.isutcnt);
    if (read_u8(&r) != '\n') reader_refuse(&r);
    size_t left = reader_left(&r);
    Bytes footer = read_bytes(&r, left ? left - 1 : 0);
    if (read_u8(&r) != '\n') reader_refuse(&r);
    TRY(reader_close(&r));
    z.starts_s = starts;
    z.offset_s = offsets;
    z.first_offset_s = type_offset[0];
    z.standard_s = c.timecnt ? offsets[c.timecnt - 1] : type_offset[0];
    if (footer.len && !footer_parse(bytes_str(footer), &z))
        return fail(s, ERR_SCHEMA, "time zone %.*s: rule %.*s is of a form not known here",
                    STR_ARG(name), STR_ARG(bytes_str(footer)));
    *out = z;
    return OK;
}

/* Seconds since 1970, as local clocks count, of the i-th change of the rule in `year`. */
static int64_t rule_local_s(const struct zone *z, int i, int32_t year)
{
    Day first = {year, z->rule[i].month, 1};
    int want = (z->rule[i].weekday + 6) % 7; /* Monday is 0 here */
    int day = 1 + (want - day_weekday(first) + 7) % 7 + (z->rule[i].week - 1) * 7;
    Day next = {first.month == 12 ? year + 1 : year, (uint8_t)(first.month % 12 + 1), 1};
    int length = (int)(day_number(next) - day_number(first));
    while (day > length)
        day -= 7;
    return (day_number(first) + day - 1) * 86400 + z->rule[i].time_s;
}

int32_t zone_offset_s(const struct zone *z, Instant at)
{
    int64_t s = at.us / US_PER_SECOND - (at.us % US_PER_SECOND < 0);
    if (z->count == 0 || s < z->starts_s[0]) return z->count ? z->first_offset_s : z->standard_s;
    bool past = s >= z->starts_s[z->count - 1];
    if (past && z->has_rule) {
        int64_t n = (s + z->standard_s) / 86400;
        Day d = day_from_number(n);
        int64_t begin = rule_local_s(z, 0, d.year) - z->standard_s;
        int64_t end = rule_local_s(z, 1, d.year) - z->summer_s;
        bool summer = begin < end ? s >= begin && s < end : s >= begin || s < end;
        return summer ? z->summer_s : z->standard_s;
    }
    size_t low = 0, high = z->count;
    while (high - low > 1) {
        size_t mid = (low + high) / 2;
        if (z->starts_s[mid] <= s)
            low = mid;
        else
            high = mid;
    }
    return z->offset_s[low];
}
