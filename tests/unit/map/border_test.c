/* What passes as a border, and what is refused with a sentence. */
#include "base/writer.h"
#include "map/border.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>
#undef fail

static struct border read_well(struct scope *s, const char *text)
{
    struct border b;
    Status status = border_read(s, str_bytes(str_of(text)), NULL, 0, &b);
    if (status != OK) printf("# %s\n", scope_reason(s));
    assert_int_equal(status, OK);
    return b;
}

static void lines_territories_and_markers_are_read(void **state)
{
    (void)state;
    AUTO_SCOPE struct scope *s = scope_open(1 << 20);
    struct border b = read_well(
        s,
        "{\"type\":\"FeatureCollection\",\"features\":["
        "{\"type\":\"Feature\",\"properties\":{\"left\":\"A\",\"right\":\"b\"},\"geometry\":"
        "{\"type\":\"MultiLineString\",\"coordinates\":[[[0,1],[2,3.5]],[[4,5,100],[6,7],[8,9]]]}},"
        "{\"type\":\"Feature\",\"properties\":{\"ISO_A2\":\"LV\"},\"geometry\":{\"type\":"
        "\"Polygon\","
        "\"coordinates\":[[[0,0],[4,0],[4,4],[0,0]],[[1,0.5],[2,0.5],[2,1],[1,0.5]]]}},"
        "{\"type\":\"Feature\",\"properties\":{\"number\":12},\"geometry\":"
        "{\"type\":\"Point\",\"coordinates\":[27.5,55.25]}}]}");
    assert_int_equal(b.path_count, 2);
    assert_true(str_is(b.paths[1].left, "a") && str_is(b.paths[0].right, "b"));
    assert_int_equal(b.paths[1].count, 3);
    assert_true(b.paths[0].points[1].lat == 3.5 && b.paths[0].points[1].lon == 2);
    assert_int_equal(b.area_count, 1);
    assert_true(str_is(b.areas[0].party, "lv") && b.areas[0].ring_count == 2);
    assert_true(b.areas[0].east == 4 && b.areas[0].north == 4 && b.areas[0].south == 0);
    const struct map_marker *m = border_marker(&b, STR("12"));
    assert_non_null(m);
    assert_true(m->at.lat == 55.25 && m->at.lon == 27.5);
    assert_null(border_marker(&b, STR("13")));
}

static void a_bare_geometry_is_a_border_too(void **state)
{
    (void)state;
    AUTO_SCOPE struct scope *s = scope_open(1 << 20);
    assert_int_equal(
        read_well(s, "{\"type\":\"LineString\",\"coordinates\":[[0,0],[1,1]]}").path_count, 1);
}

static void names_of_the_file_become_parties(void **state)
{
    (void)state;
    AUTO_SCOPE struct scope *s = scope_open(1 << 20);
    const struct border_name names[] = {{STR("LVA"), STR("lv")}};
    struct border b;
    Str text = STR("{\"type\":\"Feature\",\"properties\":{\"iso3\":\"LVA\"},\"geometry\":{\"type\":"
                   "\"Polygon\","
                   "\"coordinates\":[[[0,0],[4,0],[4,4],[0,0]]]}}");
    assert_int_equal(border_read(s, str_bytes(text), names, 1, &b), OK);
    assert_true(str_is(b.areas[0].party, "lv"));
}

static void what_is_no_border_is_refused(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "",
        "[]",
        "{}",
        "{\"type\":\"FeatureCollection\"}",
        "{\"type\":\"FeatureCollection\",\"features\":[]}",
        "{\"type\":\"LineString\",\"coordinates\":[[0,0]]}",
        "{\"type\":\"LineString\",\"coordinates\":[[0,0],[1]]}",
        "{\"type\":\"LineString\",\"coordinates\":[[0,0],[1,91]]}",
        "{\"type\":\"LineString\",\"coordinates\":[[0,0],[181,1]]}",
        "{\"type\":\"LineString\",\"coordinates\":[[0,0],[\"1\",1]]}",
        "{\"type\":\"LineString\",\"coordinates\":[[0,0],[1,1,1,1]]}",
        "{\"type\":\"LineString\",\"coordinates\":{\"0\":1}}",
        "{\"type\":\"MultiLineString\"}",
        "{\"type\":\"GeometryCollection\",\"geometries\":[]}",
        "{\"type\":\"Polygon\",\"coordinates\":[[[0,0],[4,0],[4,4],[0,0]]]}", /* nobody's */
        "{\"type\":\"Feature\",\"properties\":{\"party\":\"lv\"},\"geometry\":{\"type\":"
        "\"Polygon\",\"coordinates\":"
        "[[[0,0],[4,0],[4,4],[0,1]]]}}", /* not closed */
        "{\"type\":\"Feature\",\"properties\":{\"party\":\"lv\"},\"geometry\":{\"type\":"
        "\"Polygon\",\"coordinates\":[]}}",
        "{\"type\":\"Feature\",\"properties\":null,\"geometry\":{\"type\":\"Point\","
        "\"coordinates\":[1,1]}}",
        "{\"type\":\"Feature\",\"properties\":{},\"geometry\":null}",
        "{\"type\":\"LineString\",\"coordinates\":[[0,0],[1,1]],\"crs\":{\"type\":\"name\","
        "\"properties\":"
        "{\"name\":\"EPSG:3857\"}}}",
        "{\"type\":\"LineString\",\"type\":\"LineString\",\"coordinates\":[[0,0],[1,1]]}",
    };
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        AUTO_SCOPE struct scope *s = scope_open(1 << 20);
        struct border b = {.path_count = 77};
        Status status = border_read(s, str_bytes(str_of(bad[i])), NULL, 0, &b);
        if (status != ERR_SCHEMA) printf("# %s\n", bad[i]);
        assert_int_equal(status, ERR_SCHEMA);
        assert_true(scope_reason(s)[0] != '\0');
        assert_int_equal(b.path_count, 77); /* outputs stay untouched */
    }
}

static void a_marker_stands_once(void **state)
{
    (void)state;
    AUTO_SCOPE struct scope *s = scope_open(1 << 20);
    struct border b;
    const char *feature =
        "{\"type\":\"Feature\",\"properties\":{\"marker\":\"7\"},\"geometry\":{\"type\":\"Point\","
        "\"coordinates\":[1,1]}}";
    Str twice =
        scope_print(s, "{\"type\":\"FeatureCollection\",\"features\":[%s,%s]}", feature, feature);
    assert_int_equal(border_read(s, str_bytes(twice), NULL, 0, &b), ERR_SCHEMA);
    assert_non_null(strstr(scope_reason(s), "feature 2"));
}

static void size_has_a_limit(void **state)
{
    (void)state;
    AUTO_SCOPE struct scope *s = scope_open(64 << 20);
    struct border b;
    struct writer w = writer_open(s, 8 << 20);
    Bytes text;
    write_print(&w, "{\"type\":\"LineString\",\"coordinates\":[[0,0]");
    for (int i = 0; i < BORDER_POINTS_MAX; i++)
        write_print(&w, ",[1,%d]", i % 80);
    write_print(&w, "]}");
    assert_int_equal(writer_close(&w, &text), OK);
    assert_int_equal(border_read(s, text, NULL, 0, &b), ERR_LIMIT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_territories_and_markers_are_read),
        cmocka_unit_test(a_bare_geometry_is_a_border_too),
        cmocka_unit_test(names_of_the_file_become_parties),
        cmocka_unit_test(what_is_no_border_is_refused),
        cmocka_unit_test(a_marker_stands_once),
        cmocka_unit_test(size_has_a_limit),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
