/* What the loaded border says of measurements: advice, never a refusal. */
#include "app/measure.h"
#include "pair.h"
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>
#undef fail

/* A border along 55.8423 north: Latvia above, Belarus below, two markers on it. */
static const char geojson[] =
    "{\"type\":\"FeatureCollection\",\"features\":["
    "{\"type\":\"Feature\",\"properties\":{},\"geometry\":{\"type\":\"LineString\",\"coordinates\":"
    "[[27.6,55.8423],[27.63,55.8423],[27.7,55.8423]]}},"
    "{\"type\":\"Feature\",\"properties\":{\"iso3\":\"LVA\"},\"geometry\":{\"type\":\"Polygon\","
    "\"coordinates\":"
    "[[[27.6,55.8423],[27.63,55.8423],[27.7,55.8423],[27.7,55.9],[27.6,55.9],[27.6,55.8423]]]}},"
    "{\"type\":\"Feature\",\"properties\":{\"iso3\":\"BLR\"},\"geometry\":{\"type\":\"Polygon\","
    "\"coordinates\":"
    "[[[27.6,55.8423],[27.6,55.8],[27.7,55.8],[27.7,55.8423],[27.63,55.8423],[27.6,55.8423]]]}},"
    "{\"type\":\"Feature\",\"properties\":{\"marker\":\"123\"},\"geometry\":{\"type\":\"Point\","
    "\"coordinates\":"
    "[27.62,55.8423]}},"
    "{\"type\":\"Feature\",\"properties\":{\"marker\":\"124\"},\"geometry\":{\"type\":\"Point\","
    "\"coordinates\":"
    "[27.64,55.8423]}}]}";

static void load(struct pair *x, size_t post)
{
    const Str names[] = {STR("LVA=lv"), STR("BLR=by")};
    struct border_summary summary;
    struct session *rep = pair_session(x, post ? "by.rep" : "lv.rep");
    OKAY_IN(x->s,
            border_load(x->s, x->post[post], rep, str_bytes(str_of(geojson)), names, 2, &summary));
    assert_int_equal(summary.lines, 1);
    assert_int_equal(summary.territories, 2);
    assert_int_equal(summary.markers, 2);
}

static struct measure_advice ask(struct pair *x, size_t post, const struct measure_question *q)
{
    struct measure_advice a;
    OKAY_IN(x->s, measure_suggest(x->s, x->post[post], q, &a));
    return a;
}

static void without_a_line_nothing_is_said(void **state)
{
    struct pair *x = *state = pair_open();
    struct measure_question q = {.lat = 55.8424, .lon = 27.63};
    struct measure_advice a;
    assert_int_equal(measure_suggest(x->s, x->post[0], &q, &a), ERR_NOT_FOUND);
}

static void the_sign_is_that_of_the_party_and_the_error_decides(void **state)
{
    struct pair *x = *state = pair_open();
    load(x, 0);
    load(x, 1);
    pair_restart(x, 0);
    struct measure_question q = {.lat = 55.8424, .lon = 27.635, .has_error = true, .error_m = 3};
    struct measure_advice a = ask(x, 0, &q), b = ask(x, 1, &q);
    assert_true(fabs(a.distance_m - 11.13) < 0.03 && a.side_known);
    assert_true(a.distance_m == -b.distance_m);
    assert_string_equal(a.verdict, "established");
    assert_true(str_is(a.country, "lv") && str_is(b.country, "lv"));
    q.error_m = 6;
    assert_string_equal(ask(x, 0, &q).verdict, "not_distinguishable");
    q.party = STR("by");
    assert_true(ask(x, 0, &q).distance_m < 0);
    q.has_error = false;
    assert_null(ask(x, 0, &q).verdict);
}

static void a_stated_country_or_distance_that_the_map_contradicts_is_a_warning(void **state)
{
    struct pair *x = *state = pair_open();
    load(x, 0);
    static const struct {
        const char *country;
        bool differs;
    } rows[] = {{"lv", false},
                {"LV", false},
                {"Republic of Latvia", false},
                {"Latvijas Republika", false},
                {"by", true},
                {"Republic of Belarus", true},
                {"BY", true},
                {"", false},
                {"nowhere", false}};
    struct measure_question q = {.lat = 55.8424, .lon = 27.635, .has_error = true, .error_m = 3};
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        q.country_stated = str_of(rows[i].country);
        assert_true(ask(x, 0, &q).country_differs == rows[i].differs);
    }
    q.has_distance = true;
    q.distance_m = 14;
    assert_false(ask(x, 0, &q).distance_differs); /* within two errors of three metres */
    q.distance_m = -11.1;
    assert_true(ask(x, 0, &q).distance_differs);
    q.distance_m = 18;
    assert_true(ask(x, 0, &q).distance_differs);
}

static void a_case_shows_its_places_beside_what_is_stated(void **state)
{
    struct pair *x = *state = pair_open();
    struct measure_row *rows;
    size_t count;
    Str number = pair_case(x), by_markers = {NULL, 0};
    load(x, 0);
    pair_say(x, "lv.help", "measurement.made", &number, "point=P1", "lat=55.8422", "lon=27.63",
             "error_m=3", "distance_m=11", "country_stated=lv", NULL);
    OKAY_IN(x->s, measure_case(x->s, x->post[0], number, &rows, &count));
    assert_int_equal(count, 2); /* the incident itself, and the point */
    assert_true(str_is(rows[1].point, "P1") && rows[1].advice.distance_m < 0);
    assert_true(rows[1].advice.country_differs && rows[1].advice.distance_differs);
    pair_say(x, "lv.duty", "incident.registered", &by_markers, "type=I12",
             "happened_from=2026-05-14T05:10:00Z", "noticed_at=2026-05-14T06:00:00Z", "section=III",
             "marker_a=123", "marker_b=124", "offset_m=100", "summary.lv=Zīme.", NULL);
    OKAY_IN(x->s, measure_case(x->s, x->post[0], by_markers, &rows, &count));
    assert_int_equal(count, 1);
    assert_true(rows[0].from_markers && rows[0].advice.distance_m < 1);
    double lat, lon;
    OKAY_IN(x->s, measure_between(x->s, x->post[0], STR("123"), STR("124"), 100, &lat, &lon));
    assert_true(fabs(lat - 55.8423) < 1e-6 && fabs(lon - 27.6216) < 1e-4);
    assert_int_equal(measure_between(x->s, x->post[0], STR("123"), STR("999"), 100, &lat, &lon),
                     ERR_NOT_FOUND);
}

static void a_wrong_file_or_a_wrong_officer_leaves_the_old_line(void **state)
{
    struct pair *x = *state = pair_open();
    struct border_summary summary;
    struct measure_question q = {.lat = 55.8424, .lon = 27.635};
    load(x, 0);
    assert_int_equal(border_load(x->s, x->post[0], pair_session(x, "lv.rep"), str_bytes(STR("{}")),
                                 NULL, 0, &summary),
                     ERR_SCHEMA);
    assert_int_equal(border_load(x->s, x->post[0], pair_session(x, "lv.duty"),
                                 str_bytes(str_of(geojson)), NULL, 0, &summary),
                     ERR_ROLE);
    const Str bad[] = {STR("LVA")};
    assert_int_equal(border_load(x->s, x->post[0], pair_session(x, "lv.rep"),
                                 str_bytes(str_of(geojson)), bad, 1, &summary),
                     ERR_USAGE);
    assert_true(ask(x, 0, &q).side_known);
}

static int tear_down(void **state)
{
    if (*state) pair_close(*state);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(without_a_line_nothing_is_said, tear_down),
        cmocka_unit_test_teardown(the_sign_is_that_of_the_party_and_the_error_decides, tear_down),
        cmocka_unit_test_teardown(
            a_stated_country_or_distance_that_the_map_contradicts_is_a_warning, tear_down),
        cmocka_unit_test_teardown(a_case_shows_its_places_beside_what_is_stated, tear_down),
        cmocka_unit_test_teardown(a_wrong_file_or_a_wrong_officer_leaves_the_old_line, tear_down),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
