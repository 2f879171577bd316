/* Distances against known geodesics, against measuring every metre of a line, and against the
 * published border of Latvia and Belarus where it lies beside the repository. */
#include "left_out.h"
#include "map/line.h"
#include "os/file.h"
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <zlib.h>

#include <cmocka.h>
#undef fail

#define DATA          "../shared/data/geometry/"
#define BORDER_ABSENT "the published border is not here"

static double metres(struct map_point a, struct map_point b)
{
    struct scope *s = scope_open(4096);
    double found;
    assert_int_equal(map_distance(s, a, b, &found), OK);
    scope_close(s);
    return found;
}

static struct border border_of(struct scope *s, const char *text)
{
    struct border b;
    assert_int_equal(border_read(s, str_bytes(str_of(text)), NULL, 0, &b), OK);
    return b;
}

static void geodesics_are_the_published_ones(void **state)
{
    (void)state;
    static const struct {
        struct map_point a, b;
        double metres;
    } known[] = {
        {{-41.32, 174.81}, {40.96, -5.50}, 19959679.267}, /* GeographicLib's manual */
        {{0, 0}, {0, 1}, 111319.491},
        {{0, 0}, {1, 0}, 110574.389},
        {{0, 0}, {90, 0}, 10001965.729}, /* the quarter of a meridian */
    };
    for (size_t i = 0; i < COUNT_OF(known); i++)
        assert_true(fabs(metres(known[i].a, known[i].b) - known[i].metres) < 0.001);
}

/* A line along the equator, on which the nearest place of any point is due north or south of it. */
static void along_the_equator_the_distance_is_the_meridian_arc(void **state)
{
    (void)state;
    AUTO_SCOPE struct scope *s = scope_open(64 << 20);
    struct border b =
        border_of(s, "{\"type\":\"Feature\",\"properties\":{\"left\":\"n\",\"right\":\"s\"},"
                     "\"geometry\":{\"type\":\"LineString\",\"coordinates\":[[10,0],[14,0]]}}");
    static const struct {
        double lat, metres;
    } rows[] = {
        {1, 110574.389}, {-1, -110574.389}, {0.00001, 1.105743}, {-0.0001, -11.05743}, {0, 0}};
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        double m;
        struct map_point nearest;
        struct map_point at = {rows[i].lat, 12.3456789};
        assert_int_equal(line_distance(s, &b, STR("n"), at, &m, &nearest), OK);
        assert_true(fabs(m - rows[i].metres) < 0.001);
        assert_true(fabs(nearest.lon - at.lon) < 1e-5 && fabs(nearest.lat) < 1e-5);
        assert_int_equal(line_distance(s, &b, STR("s"), at, &m, NULL), OK);
        assert_true(fabs(m + rows[i].metres) < 0.001);
    }
}

static void beyond_its_ends_the_end_counts(void **state)
{
    (void)state;
    AUTO_SCOPE struct scope *s = scope_open(64 << 20);
    struct border b = border_of(s, "{\"type\":\"LineString\",\"coordinates\":[[10,0],[14,0]]}");
    struct line_place place;
    struct map_point at = {0, 15};
    assert_int_equal(line_place_of(s, &b, STR("n"), at, &place), OK);
    assert_true(fabs(place.distance_m - 111319.491) < 0.01);
    assert_int_equal(place.side, 0);
    double m;
    at.lat = 1;
    assert_int_equal(line_distance(s, &b, STR("n"), at, &m, NULL), ERR_STATE);
}

/* A step to the left and back: outer corners are nearest to points diagonally beyond them. */
static void at_a_corner_the_outer_side_counts(void **state)
{
    (void)state;
    AUTO_SCOPE struct scope *s = scope_open(64 << 20);
    struct border b = border_of(s, "{\"type\":\"Feature\",\"properties\":{\"left\":\"n\",\"right\":"
                                   "\"s\"},\"geometry\":{\"type\":"
                                   "\"LineString\",\"coordinates\":[[27,56],[27.1,56],[27.1,56.05],"
                                   "[27.2,56.05],[27.2,56],[27.3,56]]}}");
    static const struct {
        double lat, lon;
        int side;
    } rows[] = {{55.99, 27.11, -1}, {56.06, 27.09, 1}, {56.06, 27.21, 1},   {55.99, 27.19, -1},
                {56.02, 27.11, -1}, {56.02, 27.09, 1}, {56.049, 27.15, -1}, {56.051, 27.15, 1}};
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct line_place place;
        struct map_point at = {rows[i].lat, rows[i].lon};
        assert_int_equal(line_place_of(s, &b, STR("n"), at, &place), OK);
        assert_int_equal(place.side, rows[i].side);
    }
}

static void a_vertex_is_on_the_line(void **state)
{
    (void)state;
    AUTO_SCOPE struct scope *s = scope_open(64 << 20);
    struct border b =
        border_of(s, "{\"type\":\"LineString\",\"coordinates\":[[27,56],[27.1,56.02],[27.2,56]]}");
    for (size_t i = 0; i < 3; i++) {
        double m;
        assert_int_equal(line_distance(s, &b, STR("lv"), b.paths[0].points[i], &m, NULL), OK);
        assert_true(fabs(m) < 0.001);
    }
}

/* Two lands beside a line that names nobody: the side comes from the land between point and line.
 */
static void a_point_outside_every_land_takes_the_side_it_looks_from(void **state)
{
    (void)state;
    AUTO_SCOPE struct scope *s = scope_open(64 << 20);
    struct border b = border_of(
        s, "{\"type\":\"FeatureCollection\",\"features\":[{\"type\":\"Feature\",\"properties\":{},"
           "\"geometry\":"
           "{\"type\":\"LineString\",\"coordinates\":[[27,56],[28,56]]}},{\"type\":\"Feature\","
           "\"properties\":"
           "{\"party\":\"lv\"},\"geometry\":{\"type\":\"Polygon\",\"coordinates\":[[[27,56],[28,56]"
           ",[28,56.1],"
           "[27,56.1],[27,56]]]}},{\"type\":\"Feature\",\"properties\":{\"party\":\"by\"},"
           "\"geometry\":{\"type\":"
           "\"Polygon\",\"coordinates\":[[[27,56],[28,56],[28,55.9],[27,55.9],[27,56]]]}}]}");
    struct line_place place;
    assert_int_equal(line_place_of(s, &b, STR("lv"), (struct map_point){56.05, 27.5}, &place), OK);
    assert_true(place.side == 1 && str_is(place.country, "lv"));
    assert_int_equal(line_place_of(s, &b, STR("lv"), (struct map_point){56.5, 27.5}, &place), OK);
    assert_true(place.side == 1 && place.country.len == 0);
    assert_int_equal(line_place_of(s, &b, STR("lv"), (struct map_point){55.5, 27.5}, &place), OK);
    assert_true(place.side == -1 && place.country.len == 0);
    Str country;
    assert_int_equal(map_country_of(s, &b, (struct map_point){56, 27.5}, &country), OK);
    assert_int_equal(country.len, 0); /* on the edge of both */
}

static void an_enclave_is_not_its_surroundings(void **state)
{
    (void)state;
    AUTO_SCOPE struct scope *s = scope_open(64 << 20);
    struct border b = border_of(s, "{\"type\":\"FeatureCollection\",\"features\":[{\"type\":"
                                   "\"Feature\",\"properties\":{\"party\":\"a\"},"
                                   "\"geometry\":{\"type\":\"Polygon\",\"coordinates\":[[[0,0],[9,"
                                   "0],[9,9],[0,9],[0,0]],[[3,3],[6,3],[6,6],"
                                   "[3,6],[3,3]]]}},{\"type\":\"Feature\",\"properties\":{"
                                   "\"party\":\"b\"},\"geometry\":{\"type\":"
                                   "\"MultiPolygon\",\"coordinates\":[[[[3,3],[6,3],[6,6],[3,6],[3,"
                                   "3]]],[[[9,0],[12,0],[12,9],[9,9],[9,0]]]]"
                                   "}}]}");
    Str country;
    assert_int_equal(map_country_of(s, &b, (struct map_point){1, 1}, &country), OK);
    assert_true(str_is(country, "a"));
    assert_int_equal(map_country_of(s, &b, (struct map_point){4, 4}, &country), OK);
    assert_true(str_is(country, "b"));
    assert_int_equal(map_country_of(s, &b, (struct map_point){4, 20}, &country), OK);
    assert_int_equal(country.len, 0);
    assert_int_equal(map_country_of(s, &b, (struct map_point){NAN, 1}, &country), ERR_USAGE);
    struct line_place place;
    assert_int_equal(line_place_of(s, &b, STR("a"), (struct map_point){1, 1}, &place),
                     ERR_NOT_FOUND);
}

static void between_two_markers_lies_the_offset(void **state)
{
    (void)state;
    AUTO_SCOPE struct scope *s = scope_open(1 << 20);
    struct border b = border_of(
        s, "{\"type\":\"FeatureCollection\",\"features\":[{\"type\":\"Feature\",\"properties\":{"
           "\"marker\":\"1\"},"
           "\"geometry\":{\"type\":\"Point\",\"coordinates\":[27,56]}},{\"type\":\"Feature\","
           "\"properties\":"
           "{\"marker\":\"2\"},\"geometry\":{\"type\":\"Point\",\"coordinates\":[27.01,56]}}]}");
    struct map_point p, one = {56, 27}, two = {56, 27.01};
    assert_int_equal(map_between(s, &b, STR("1"), STR("2"), 120.5, &p), OK);
    assert_true(fabs(metres(one, p) - 120.5) < 0.001);
    assert_true(fabs(metres(p, two) + 120.5 - metres(one, two)) < 0.001);
    assert_int_equal(map_between(s, &b, STR("2"), STR(""), 0, &p), OK);
    assert_true(p.lon == 27.01);
    assert_int_equal(map_between(s, &b, STR("1"), STR("2"), 700, &p), ERR_USAGE);
    assert_int_equal(map_between(s, &b, STR("1"), STR("2"), -1, &p), ERR_USAGE);
    assert_int_equal(map_between(s, &b, STR("1"), STR("3"), 10, &p), ERR_NOT_FOUND);
    assert_int_equal(map_between(s, &b, STR("9"), STR("1"), 10, &p), ERR_NOT_FOUND);
}

/* The least geodesic distance over places so close on the line that more of them change nothing. */
static double measured_everywhere(const struct border *b, struct map_point at)
{
    double least = INFINITY;
    for (size_t i = 0; i + 1 < b->paths[0].count; i++) {
        struct map_point p = b->paths[0].points[i], q = b->paths[0].points[i + 1];
        double low = 0, high = 1;
        if (metres(at, p) - metres(p, q) > least) continue;
        for (int round = 0; round < 60; round++) {
            double a = low + (high - low) / 3, c = high - (high - low) / 3;
            struct map_point x = {p.lat + (q.lat - p.lat) * a, p.lon + (q.lon - p.lon) * a};
            struct map_point y = {p.lat + (q.lat - p.lat) * c, p.lon + (q.lon - p.lon) * c};
            if (metres(at, x) < metres(at, y))
                high = c;
            else
                low = a;
        }
        struct map_point x = {p.lat + (q.lat - p.lat) * low, p.lon + (q.lon - p.lon) * low};
        least = fmin(least, metres(at, x));
    }
    return least;
}

static void compare_with_measuring(struct scope *s, const struct border *b, int count)
{
    uint64_t seed = 20260514;
    for (int i = 0; i < count; i++) {
        struct map_point at;
        struct line_place place;
        seed = seed * 6364136223846793005u + 1442695040888963407u;
        at.lat = 55.3 + (double)(seed >> 40) / (1 << 24) * 1.3;
        seed = seed * 6364136223846793005u + 1442695040888963407u;
        at.lon = 25.5 + (double)(seed >> 40) / (1 << 24) * 4;
        scope_reset(s);
        assert_int_equal(line_place_of(s, b, STR("lv"), at, &place), OK);
        double expected = measured_everywhere(b, at);
        if (fabs(place.distance_m - expected) > 0.05 + expected * 1e-6)
            printf("# %.6f %.6f: %.3f, not %.3f\n", at.lat, at.lon, place.distance_m, expected);
        assert_true(fabs(place.distance_m - expected) <= 0.05 + expected * 1e-6);
    }
}

static void long_pieces_are_measured_as_they_stand_in_degrees(void **state)
{
    (void)state;
    AUTO_SCOPE struct scope *s = scope_open(64 << 20), *data = scope_open(1 << 20);
    struct border b = border_of(
        data, "{\"type\":\"LineString\",\"coordinates\":[[25.9,55.4],[26.8,55.7],[27.2,55.8],"
              "[28.2,56.2],[29.3,56.3]]}");
    compare_with_measuring(s, &b, 40);
}

/* A file of the shared data, or NULL with a printed word. */
static Bytes *data_file(struct scope *s, const char *name)
{
    Bytes *out = NEW(s, Bytes);
    Str path = scope_print(s, DATA "%s", name);
    if (!file_exists(path.ptr)) {
        printf("# %s is not here: left out\n", name);
        return NULL;
    }
    if (!str_has_suffix(path, ".gz")) {
        assert_int_equal(file_read(s, path.ptr, 16 << 20, out), OK);
        return out;
    }
    gzFile gz = gzopen(path.ptr, "rb");
    char *text = scope_alloc(s, 8 << 20);
    assert_true(gz && text);
    int len = gzread(gz, text, 8 << 20);
    gzclose(gz);
    assert_true(len > 0);
    *out = bytes_of(text, (size_t)len);
    return out;
}

static bool published(struct scope *s, struct border *out)
{
    const struct border_name names[] = {
        {STR("LVA"), STR("lv")}, {STR("BLR"), STR("by")}, {STR("LTU"), STR("lt")}};
    struct border lands;
    Bytes *line = data_file(s, "border_lv_by_osm.geojson");
    Bytes *land = line ? data_file(s, "countries_border_zone_osm.geojson.gz") : NULL;
    if (land == NULL) return false;
    assert_int_equal(border_read(s, *line, NULL, 0, out), OK);
    assert_int_equal(border_read(s, *land, names, COUNT_OF(names), &lands), OK);
    out->areas = lands.areas;
    out->area_count = lands.area_count;
    return true;
}

static void the_published_border_is_measured(void **state)
{
    (void)state;
    AUTO_SCOPE struct scope *s = scope_open(64 << 20), *data = scope_open(64 << 20);
    struct border b;
    if (!published(data, &b)) LEAVE_OUT(BORDER_ABSENT);
    compare_with_measuring(s, &b, 30);
    const struct map_path *line = &b.paths[0];
    double length = 0;
    for (size_t i = 0; i + 1 < line->count; i++)
        length += metres(line->points[i], line->points[i + 1]);
    assert_true(fabs(length - 171560) < 1);
    /* Vertices lie on the line, the points of three countries too. */
    for (size_t i = 0; i < line->count; i += 97) {
        struct line_place place;
        scope_reset(s);
        assert_int_equal(line_place_of(s, &b, STR("lv"), line->points[i], &place), OK);
        assert_true(place.distance_m < 0.001);
    }
}

/* Ten metres from the middle of a piece the side must be right for both. */
static void beside_the_published_border_the_sides_are_told(void **state)
{
    (void)state;
    AUTO_SCOPE struct scope *s = scope_open(64 << 20), *data = scope_open(64 << 20);
    struct border b;
    if (!published(data, &b)) LEAVE_OUT(BORDER_ABSENT);
    const struct map_path *line = &b.paths[0];
    int told = 0;
    for (size_t i = 0; i + 1 < line->count; i += 7) {
        struct map_point p = line->points[i], q = line->points[i + 1];
        double east = (q.lon - p.lon) * cos(p.lat * M_PI / 180), north = q.lat - p.lat;
        double length = sqrt(east * east + north * north), step = 10 / 111320.0;
        for (int hand = -1; hand <= 1; hand += 2) {
            struct map_point at = {(p.lat + q.lat) / 2 + hand * step * east / length,
                                   (p.lon + q.lon) / 2 -
                                       hand * step * north / length / cos(p.lat * M_PI / 180)};
            double lv, by;
            scope_reset(s);
            if (metres(p, q) < 60) continue; /* the next piece may be nearer */
            assert_int_equal(line_distance(s, &b, STR("lv"), at, &lv, NULL), OK);
            assert_int_equal(line_distance(s, &b, STR("by"), at, &by, NULL), OK);
            assert_true(fabs(lv) <= 10.1);
            assert_true(lv == -by);
            if (fabs(lv) < 9.9) continue;
            told++;
            assert_true((lv > 0) ==
                        (hand > 0)); /* from Lithuania to Russia, Latvia is on the left */
        }
    }
    assert_true(told > 100);
}

static void places_of_the_gazetteer_are_as_far_as_it_says(void **state)
{
    (void)state;
    AUTO_SCOPE struct scope *s = scope_open(64 << 20), *data = scope_open(64 << 20);
    struct border b;
    int rows = 0, other_side = 0;
    if (!published(data, &b)) LEAVE_OUT(BORDER_ABSENT);
    Bytes *file = data_file(data, "places_40km_lv_by.csv");
    if (file == NULL) LEAVE_OUT(BORDER_ABSENT);
    Str rest = bytes_str(*file);
    str_cut(&rest, '\n');
    while (rest.len) {
        Str line = str_trim(str_cut(&rest, '\n')), cells[3], country = line;
        str_cut(&country, ',');
        country = str_cut(&country, ',');
        for (size_t i = 3; i > 0; i--) { /* the last three hold no comma */
            size_t at = line.len;
            while (at > 0 && line.ptr[at - 1] != ',')
                at--;
            cells[i - 1] = (Str){line.ptr + at, line.len - at};
            line.len = at ? at - 1 : 0;
        }
        double lon, lat, km, m;
        if (!str_decimal(cells[0], &lon) || !str_decimal(cells[1], &lat) ||
            !str_decimal(cells[2], &km))
            continue;
        if (rows++ % 4) continue; /* every fourth is enough */
        scope_reset(s);
        assert_int_equal(line_distance(s, &b, STR("lv"), (struct map_point){lat, lon}, &m, NULL),
                         OK);
        assert_true(fabs(fabs(m) - km * 1000) <= 5.1 + 0.01 * fabs(m));
        if (fabs(m) > 100 && (m > 0) != str_is(country, "LV")) other_side++;
    }
    printf("# %d places, %d of those asked on the other side than the gazetteer says\n", rows,
           other_side);
    assert_true(rows > 1500 && other_side * 50 < rows);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(geodesics_are_the_published_ones),
        cmocka_unit_test(along_the_equator_the_distance_is_the_meridian_arc),
        cmocka_unit_test(beyond_its_ends_the_end_counts),
        cmocka_unit_test(at_a_corner_the_outer_side_counts),
        cmocka_unit_test(a_vertex_is_on_the_line),
        cmocka_unit_test(a_point_outside_every_land_takes_the_side_it_looks_from),
        cmocka_unit_test(an_enclave_is_not_its_surroundings),
        cmocka_unit_test(between_two_markers_lies_the_offset),
        cmocka_unit_test(long_pieces_are_measured_as_they_stand_in_degrees),
        cmocka_unit_test(the_published_border_is_measured),
        cmocka_unit_test(beside_the_published_border_the_sides_are_told),
        cmocka_unit_test(places_of_the_gazetteer_are_as_far_as_it_says),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
