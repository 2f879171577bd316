#include "app/measure.h"
#include "cli/subcommands.h"

enum { GEOJSON_BYTES_MAX = 16 << 20 };

static Status run_load(struct call *c)
{
    AUTO_POST struct post *p = NULL;
    AUTO_SESSION struct session *session = NULL;
    struct border_summary summary;
    Bytes geojson;
    size_t count = 0;
    Str *names = scope_array(c->scope, c->arguments.word_count + 1, sizeof *names);
    if (names == NULL) return ERR_MEMORY;
    for (size_t i = 2; i < c->arguments.word_count; i++)
        names[count++] = str_of(call_word(c, i));
    TRY(call_read(c, 1, GEOJSON_BYTES_MAX, &geojson));
    TRY(call_post(c, 0, &p));
    TRY(call_session(c, p, &session));
    TRY(border_load(c->scope, p, session, geojson, names, count, &summary));
    answer_number(c, NULL, "lines", summary.lines);
    answer_number(c, NULL, "territories", summary.territories);
    answer_number(c, NULL, "markers", summary.markers);
    return OK;
}

static Status decimal_read(struct call *c, Str text, const char *what, double *out)
{
    if (str_decimal(text, out)) return OK;
    return fail(c->scope, ERR_USAGE, "%s is a decimal number such as 55.8423", what);
}

static void answer_decimal(struct call *c, json_t *row, const char *key, double value, int places)
{
    answer_text(c, row, key, scope_print(c->scope, "%.*f", places, value));
}

static void answer_advice(struct call *c, json_t *row, const struct measure_advice *a)
{
    answer_decimal(c, row, "distance_m", a->distance_m, 2);
    if (!a->side_known) answer_text(c, row, "side", STR("not known"));
    answer_text(c, row, "country", a->country);
    if (a->verdict) answer_text(c, row, "verdict", str_of(a->verdict));
    answer_decimal(c, row, "nearest_lat", a->nearest_lat, 7);
    answer_decimal(c, row, "nearest_lon", a->nearest_lon, 7);
    if (a->country_differs)
        answer_text(c, row, "warning", STR("the stated country is not the one on the map"));
    if (a->distance_differs)
        answer_text(c, row, a->country_differs ? "warning_too" : "warning",
                    STR("the stated distance is not the one to the line"));
}

static Status run_point(struct call *c)
{
    AUTO_POST struct post *p = NULL;
    struct measure_advice advice;
    struct measure_question q = {.has_error = call_has(c, "error"),
                                 .has_distance = call_has(c, "distance"),
                                 .party = call_option(c, "party"),
                                 .country_stated = call_option(c, "country")};
    TRY(decimal_read(c, str_of(call_word(c, 1)), "the latitude", &q.lat));
    TRY(decimal_read(c, str_of(call_word(c, 2)), "the longitude", &q.lon));
    if (q.has_error) TRY(decimal_read(c, call_option(c, "error"), "--error", &q.error_m));
    if (q.has_distance)
        TRY(decimal_read(c, call_option(c, "distance"), "--distance", &q.distance_m));
    TRY(call_post(c, 0, &p));
    TRY(measure_suggest(c->scope, p, &q, &advice));
    answer_advice(c, NULL, &advice);
    return OK;
}

static Status run_between(struct call *c)
{
    AUTO_POST struct post *p = NULL;
    double offset, lat, lon;
    TRY(decimal_read(c, str_of(call_word(c, 3)), "the offset", &offset));
    TRY(call_post(c, 0, &p));
    TRY(measure_between(c->scope, p, str_of(call_word(c, 1)), str_of(call_word(c, 2)), offset, &lat,
                        &lon));
    answer_decimal(c, NULL, "lat", lat, 7);
    answer_decimal(c, NULL, "lon", lon, 7);
    return OK;
}

static Status run_case(struct call *c)
{
    AUTO_POST struct post *p = NULL;
    struct measure_row *rows;
    size_t count;
    TRY(call_post(c, 0, &p));
    TRY(measure_case(c->scope, p, str_of(call_word(c, 1)), &rows, &count));
    json_t *list = answer_list(c, NULL, "places");
    for (size_t i = 0; i < count; i++) {
        json_t *row = answer_row(c, list);
        answer_text(c, row, "fact", rows[i].ref);
        answer_text(c, row, "point", rows[i].from_markers ? STR("by its markers") : rows[i].point);
        answer_advice(c, row, &rows[i].advice);
    }
    return OK;
}

static const struct option_rule point_options[] = {
    {"error", "METRES", "standard error of the point"},
    {"distance", "METRES", "the distance as stated, to compare"},
    {"country", "NAME", "the country as stated, to compare"},
    {"party", "PARTY", "inside whose territory a distance is positive; else the own"},
    {NULL, NULL, NULL},
};

const struct command cli_line[] = {
    {"load", "DIR FILE --as OFFICER [NAME=PARTY ...]",
     "Keeps a border (GeoJSON: lines, territories, markers) at the post.", 2, WORDS_MAX, ACTS, NULL,
     run_load},
    {"point", "DIR LATITUDE LONGITUDE [--error METRES]",
     "Distance of a point from the line, side and country.", 3, 3, ACTS_NOT, point_options,
     run_point},
    {"between", "DIR MARKER MARKER METRES", "Coordinates of a place between two markers.", 4, 4,
     ACTS_NOT, NULL, run_between},
    {"case", "DIR CASE", "The same for every place of a case, compared with what is stated.", 2, 2,
     ACTS_NOT, NULL, run_case},
    {.run = NULL},
};
