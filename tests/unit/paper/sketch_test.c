/* The sketch: to scale, north up, hostile labels harmless. */
#include "sample.h"
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define OKAY(call) assert_int_equal((call), OK)

static int set_up(void **state)
{
    *state = scope_open(32 << 20);
    return 0;
}

static int tear_down(void **state)
{
    scope_close(*state);
    return 0;
}

static const char *after(const char *text, const char *part)
{
    const char *found = strstr(text, part);
    if (found == NULL) fail_msg("the drawing has no %s", part);
    return found + strlen(part);
}

/* Two points a known way apart: their distance on paper agrees with the bar of the scale. */
static void distances_agree_with_the_scale(void **state)
{
    struct scope *s = *state;
    /* A thousandth of a degree of latitude at 56 degrees north is 111.34 m. */
    struct sketch_point points[] = {{{56.0, 27.0}, 0, STR("a"), false},
                                    {{56.001, 27.0}, 0, STR("b"), false}};
    struct sketch sketch = {.points = points, .point_count = 2, .title = STR("")};
    Str svg = {NULL, 0};
    OKAY(sketch_svg(s, &sketch, &svg));
    const char *at = after(svg.ptr, "<circle cx=\"");
    double y_a = strtod(after(at, "cy=\""), NULL);
    at = after(at, "<circle cx=\"");
    double y_b = strtod(after(at, "cy=\""), NULL);
    assert_true(y_b < y_a); /* north is up */
    double bar = strtod(after(svg.ptr, "v4 h"), NULL);
    const char *label = strstr(svg.ptr, " m</text>");
    assert_non_null(label);
    while (label[-1] != '>')
        label--;
    double metres = (y_a - y_b) / bar * strtod(label, NULL);
    assert_true(fabs(metres - 111.34) < 0.5);
}

static void the_sample_shows_markers_line_and_labels(void **state)
{
    struct scope *s = *state;
    struct sketch sketch = sample_sketch();
    Str svg = {NULL, 0}, again = {NULL, 0};
    OKAY(sketch_svg(s, &sketch, &svg));
    OKAY(sketch_svg(s, &sketch, &again));
    assert_true(str_eq(svg, again));
    assert_non_null(strstr(svg.ptr, "<title>Skice &lt;1> &amp; 2</title>"));
    assert_non_null(strstr(svg.ptr, ">P2 ± 3 m</text>"));
    assert_non_null(strstr(svg.ptr, "<polyline"));
    assert_non_null(strstr(svg.ptr, "<rect x=\""));
}

/* Points of one place: each label can be read. */
static void labels_of_close_points_do_not_overlap(void **state)
{
    struct scope *s = *state;
    static const struct sketch_point points[] = {
        {{55.742310, 26.830112}, 0.5, {"P1 ± 0.5 m", 11}, false},
        {{55.742361, 26.830240}, 2.5, {"P2 ± 2.5 m", 11}, false},
        {{55.742315, 26.830120}, 4, {"photo-1 ± 4 m", 14}, false},
        {{55.742300, 26.830100}, 0.05, {"214 ± 0.05 m", 13}, true},
        {{55.742900, 26.831900}, 0.05, {"215 ± 0.05 m", 13}, true}};
    struct sketch sketch = {.points = points, .point_count = COUNT_OF(points), .title = STR("")};
    Str svg = {NULL, 0};
    struct {
        double x, y, width;
    } boxes[COUNT_OF(points)];
    OKAY(sketch_svg(s, &sketch, &svg));
    for (size_t i = 0; i < COUNT_OF(points); i++) {
        const char *end = strstr(svg.ptr, scope_print(s, ">%s</text>", points[i].label.ptr).ptr);
        assert_non_null(end);
        while (memcmp(end, "<text", 5) != 0)
            end--;
        boxes[i].x = strtod(after(end, "x=\""), NULL);
        boxes[i].y = strtod(after(end, "y=\""), NULL);
        boxes[i].width = 7 * ((double)points[i].label.len - 1);
    }
    for (size_t i = 0; i < COUNT_OF(points); i++)
        assert_true(boxes[i].y < 400 - 32 || boxes[i].x > 280); /* nor on the scale */
    for (size_t i = 0; i < COUNT_OF(points); i++)
        for (size_t n = 0; n < i; n++)
            assert_true(fabs(boxes[i].y - boxes[n].y) >= 14 ||
                        boxes[i].x >= boxes[n].x + boxes[n].width ||
                        boxes[n].x >= boxes[i].x + boxes[i].width);
}

static void what_is_no_place_is_refused(void **state)
{
    struct scope *s = *state;
    struct sketch_point p = {{56, 27}, 1, STR("a"), false};
    struct sketch sketch = {.points = &p, .title = STR("")};
    Str svg = {NULL, 0};
    assert_int_equal(sketch_svg(s, &sketch, &svg), ERR_SCHEMA);
    sketch.point_count = 1;
    OKAY(sketch_svg(s, &sketch, &svg));
    p.at.lat = NAN;
    assert_int_equal(sketch_svg(s, &sketch, &svg), ERR_SCHEMA);
    p.at.lat = 91;
    assert_int_equal(sketch_svg(s, &sketch, &svg), ERR_SCHEMA);
    p.at.lat = 56;
    p.error_m = -1;
    assert_int_equal(sketch_svg(s, &sketch, &svg), ERR_SCHEMA);
    struct sketch_point far[] = {{{56, 27}, 1, STR("a"), false}, {{57, 27}, 1, STR("b"), false}};
    sketch = (struct sketch){.points = far, .point_count = 2, .title = STR("")};
    assert_int_equal(sketch_svg(s, &sketch, &svg), ERR_LIMIT);
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        CASE(distances_agree_with_the_scale),
        CASE(the_sample_shows_markers_line_and_labels),
        CASE(labels_of_close_points_do_not_overlap),
        CASE(what_is_no_place_is_refused),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
