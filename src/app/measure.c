#include "app/measure.h"
#include "app/case.h"
#include "app/statement.h"
#include "core/casework/measurement.h"
#include "map/line.h"
#include <math.h>

static const char setting[] = "border_line", names_setting[] = "border_names";

struct keeping {
    Bytes geojson;
    Str names;
};

/* Lines "NAME=party" as a list. */
static Status names_read(struct scope *s, Str text, struct border_name **out, size_t *out_count)
{
    struct border_name *list = scope_array(s, BORDER_NAMES_MAX, sizeof *list);
    size_t count = 0;
    if (list == NULL) return ERR_MEMORY;
    while (text.len) {
        Str party = str_cut(&text, '\n'), name = str_cut(&party, '=');
        if (name.len == 0 || party.len == 0 || party.len > PARTY_BYTES_MAX)
            return fail(s, ERR_USAGE, "a name of a country is given as NAME=party");
        if (count == BORDER_NAMES_MAX)
            return fail(s, ERR_LIMIT, "more than %d names", BORDER_NAMES_MAX);
        list[count++] = (struct border_name){name, party};
    }
    *out = list;
    *out_count = count;
    return OK;
}

static Status border_of(struct scope *s, Bytes geojson, Str names, struct border *out)
{
    struct border_name *list = NULL;
    size_t count = 0;
    TRY(names_read(s, names, &list, &count));
    return border_read(s, geojson, list, count, out);
}

static Status keep(struct scope *s, struct post *p, void *arg)
{
    const struct keeping *k = arg;
    TRY(store_setting_save(s, p->store, setting, k->geojson));
    return store_setting_save(s, p->store, names_setting, str_bytes(k->names));
}

Status border_load(struct scope *s, struct post *p, const struct session *session, Bytes geojson,
                   const Str *names, size_t name_count, struct border_summary *out)
{
    const Roles may = 1u << 0 | 1u << 5 | 1u << 13;
    struct keeping k = {.geojson = geojson};
    struct border border;
    struct writer w = writer_open(s, 64 * 1024);
    if (!(session_roles(p, session->officer) & may))
        return fail(s, ERR_ROLE, "the border is loaded by R1, R6 or R14");
    for (size_t i = 0; i < name_count; i++)
        write_print(&w, "%s%.*s", i ? "\n" : "", STR_ARG(names[i]));
    TRY(writer_close_str(&w, &k.names));
    TRY(border_of(s, geojson, k.names, &border));
    TRY(post_write(s, p, keep, &k));
    *out = (struct border_summary){border.path_count, border.area_count, border.marker_count};
    return OK;
}

Status border_kept(struct scope *s, struct post *p, struct border *out, Hash *out_digest)
{
    Bytes geojson, names;
    Status status = store_setting_load(s, p->store, setting, &geojson);
    if (status == ERR_NOT_FOUND)
        return fail(s, ERR_NOT_FOUND, "no border line is loaded at this post");
    TRY(status);
    TRY(store_setting_load(s, p->store, names_setting, &names));
    *out_digest = hash_of(geojson);
    return border_of(s, geojson, bytes_str(names), out);
}

static Status border_loaded(struct scope *s, struct post *p, struct border *out)
{
    Hash digest;
    POST_READING(p);
    return border_kept(s, p, out, &digest);
}

static bool is_same_word(Str a, Str b)
{
    return a.len == b.len && a.len && strncasecmp(a.ptr, b.ptr, a.len) == 0;
}

/* The party that a stated country means: its id, or its name in any language; empty when it is none
 * of the pack's. */
static Str party_stated(struct scope *s, const struct post *p, Str text)
{
    const struct pack *pack = post_pack(p);
    size_t i;
    json_t *row, *name;
    const char *language;
    json_array_foreach(json_object_get(pack->json, "parties"), i, row)
    {
        Str id = json_text(s, row, "id");
        if (is_same_word(id, text)) return id;
        json_object_foreach(json_object_get(row, "name"), language, name)
        {
            if (is_same_word(str_of(json_string_value(name)), text)) return id;
        }
    }
    return STR("");
}

static Status suggest(struct scope *s, struct post *p, const struct border *b,
                      const struct measure_question *q, struct measure_advice *out)
{
    struct line_place place;
    Str party = q->party.len ? q->party : post_party(p);
    TRY(line_place_of(s, b, party, (struct map_point){q->lat, q->lon}, &place));
    struct measure_advice a = {.distance_m = place.distance_m * (place.side < 0 ? -1 : 1),
                               .side_known = place.side != 0 || place.distance_m < 0.01,
                               .nearest_lat = place.nearest.lat,
                               .nearest_lon = place.nearest.lon,
                               .country = place.country};
    if (q->has_error && a.side_known)
        a.verdict = measurement_verdict(post_pack(p), a.distance_m, q->error_m);
    Str stated = party_stated(s, p, q->country_stated);
    a.country_differs = stated.len && a.country.len && !str_eq(stated, a.country);
    double allowed = measurement_limit_m(post_pack(p), q->has_error ? q->error_m : 0);
    a.distance_differs =
        q->has_distance && a.side_known && fabs(q->distance_m - a.distance_m) > allowed;
    *out = a;
    return OK;
}

Status measure_suggest(struct scope *s, struct post *p, const struct measure_question *q,
                       struct measure_advice *out)
{
    struct border border;
    TRY(border_loaded(s, p, &border));
    return suggest(s, p, &border, q, out);
}

Status measure_between(struct scope *s, struct post *p, Str a, Str b, double offset_m,
                       double *out_lat, double *out_lon)
{
    struct border border;
    struct map_point at;
    TRY(border_loaded(s, p, &border));
    TRY(map_between(s, &border, a, b, offset_m, &at));
    *out_lat = at.lat;
    *out_lon = at.lon;
    return OK;
}

/* The place of an incident by its coordinates, as amended, else by its markers; false when it has
 * none. */
static bool incident_place(struct scope *s, const struct casefile *c, const struct border *b,
                           struct measure_row *row)
{
    double offset = 0;
    struct map_point at;
    struct measure_question *q = &row->question;
    q->has_error = str_decimal(case_incident_value(c, STR("error_m")), &q->error_m);
    if (str_decimal(case_incident_value(c, STR("lat")), &q->lat) &&
        str_decimal(case_incident_value(c, STR("lon")), &q->lon))
        return true;
    (void)str_decimal(case_incident_value(c, STR("offset_m")), &offset);
    Str from = case_incident_value(c, STR("marker_a")),
        to = case_incident_value(c, STR("marker_b"));
    if (from.len == 0 || map_between(s, b, from, to, offset, &at) != OK) return false;
    q->lat = at.lat;
    q->lon = at.lon;
    return row->from_markers = true;
}

static bool measured_place(const struct fact *f, struct measure_row *row)
{
    struct measure_question *q = &row->question;
    q->has_error = str_decimal(fact_get(f, "error_m"), &q->error_m);
    q->has_distance = str_decimal(fact_get(f, "distance_m"), &q->distance_m);
    q->country_stated = fact_get(f, "country_stated");
    row->point = fact_get(f, "point");
    return str_decimal(fact_get(f, "lat"), &q->lat) && str_decimal(fact_get(f, "lon"), &q->lon);
}

Status measure_case(struct scope *s, struct post *p, Str number, struct measure_row **out,
                    size_t *out_count)
{
    struct case_view v;
    struct border border;
    size_t count = 0;
    TRY(case_view_load(s, p, number, &v));
    TRY(border_loaded(s, p, &border));
    struct measure_row *rows = scope_array(s, v.file.count + 1, sizeof *rows);
    if (rows == NULL) return ERR_MEMORY;
    Str party = v.file.incident ? v.file.incident->party : STR("");
    for (size_t i = 0; i < v.file.count; i++) {
        const struct entry *e = v.file.entries[i];
        struct measure_row row = {.ref = entry_ref(s, e), .point = STR("")};
        row.question.party = party;
        row.question.country_stated = STR("");
        bool has = e == v.file.incident                  ? incident_place(s, &v.file, &border, &row)
                   : str_is(e->kind, "measurement.made") ? measured_place(e->fact, &row)
                                                         : false;
        if (!has || fabs(row.question.lat) > 90 || fabs(row.question.lon) > 180) continue;
        TRY(suggest(s, p, &border, &row.question, &row.advice));
        rows[count++] = row;
    }
    *out = rows;
    *out_count = count;
    return OK;
}
