/* The record beside a post's folder, as docs/formats/second-place.md has it. */
#include "app/second_place.h"
#include "os/file.h"
#include "pair.h"
#include "vector.h"
#include <sys/stat.h>

static const char *place(struct pair *x, const char *name)
{
    return scope_print(x->s, "%s/%s", x->folder, name).ptr;
}

static Status read_text(struct pair *x, Str text, struct second_place *out)
{
    const char *path = place(x, "elsewhere");
    OKAY_IN(x->s, file_write(x->s, path, str_bytes(text)));
    return second_place_read(x->s, path, out);
}

static void the_record_of_the_page_is_read(void **state)
{
    struct pair *x = *state = pair_open();
    struct second_place second;
    struct checkpoint cp;
    Str text = vector_page(x->s, "second-place.md", "second-place");
    assert_status(x->s, read_text(x, text, &second), OK);
    const char *note = memmem(text.ptr, text.len, "\n\n", 2);
    assert_non_null(note);
    assert_status(
        x->s,
        checkpoint_parse(x->s, (Str){note + 2, text.len - (size_t)(note + 2 - text.ptr)}, &cp), OK);
    assert_true(second.present && second.size == 5 && hash_eq(&second.root, &cp.root));
    assert_int_equal(second.count, 2);
    assert_true(str_is(second.list[0].party, "by"));
    assert_int_equal(second.list[0].kept.openings, 3);
    assert_int_equal(second.list[0].kept.acknowledged, 2);
    assert_int_equal(second.list[0].kept.parcels, 7);
    assert_int_equal(second.list[0].kept.head_size, 4);
    Hash empty = tree_empty();
    assert_true(str_is(second.list[1].party, "lt") && second.list[1].kept.head_size == 0);
    assert_true(hash_eq(&second.list[1].kept.head_root, &empty));
    assert_status(x->s, second_place_read(x->s, place(x, "nowhere"), &second), OK);
    assert_false(second.present);
}

static void the_list_of_the_page_is_read(void **state)
{
    struct pair *x = *state = pair_open();
    static const char *const lines[] = {"erased lv:9.text.lv", "recalled lv:12",
                                        "recalled by:7.persons"};
    const char *path = place(x, "record");
    Str *list;
    size_t count;
    assert_status(x->s, second_place_erased(x->s, path, &list, &count), OK);
    assert_int_equal(count, 0);
    Str text = vector_page(x->s, "second-place.md", "erased");
    OKAY_IN(x->s, file_write(x->s, place(x, "record.erased"), str_bytes(text)));
    assert_status(x->s, second_place_erased(x->s, path, &list, &count), OK);
    assert_int_equal(count, COUNT_OF(lines));
    for (size_t i = 0; i < count; i++)
        assert_true(str_is(list[i], lines[i]));
    text.len -= 1; /* the last line has no end */
    OKAY_IN(x->s, file_write(x->s, place(x, "record.erased"), str_bytes(text)));
    assert_int_not_equal(second_place_erased(x->s, path, &list, &count), OK);
}

static void a_record_that_is_none_is_not_taken_for_an_empty_one(void **state)
{
    struct pair *x = *state = pair_open();
    struct second_place second;
    Str text = vector_page(x->s, "second-place.md", "second-place");
    assert_int_not_equal(read_text(x, STR(""), &second), OK);
    assert_int_not_equal(read_text(x, STR("twinpost/second/2\n5\n\n"), &second), OK);
    assert_int_not_equal(read_text(x, (Str){text.ptr + 1, text.len - 1}, &second), OK);
    for (size_t cut = 1; cut < text.len; cut += 7) {
        assert_int_not_equal(read_text(x, (Str){text.ptr, text.len - cut}, &second), OK);
        assert_false(second.present);
    }
}

static void expect_newest(struct pair *x, const char *path)
{
    struct second_place second;
    struct post_figures figures;
    struct neighbour_view *views;
    size_t count;
    struct stat st;
    OKAY_IN(x->s, post_figures(x->s, x->post[0], &figures));
    OKAY_IN(x->s, post_neighbours(x->s, x->post[0], &views, &count));
    assert_status(x->s, second_place_read(x->s, path, &second), OK);
    assert_true(second.present && second.size == figures.journal_size && second.size > 0);
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    assert_int_equal(second.count, 1);
    assert_int_equal(second.list[0].kept.openings, views[0].openings);
    assert_int_equal(second.list[0].kept.head_size, views[0].theirs_leaves);
    assert_true(second.list[0].kept.openings > 0 && second.list[0].kept.parcels > 0);
}

static void a_post_remembers_its_newest_head_there(void **state)
{
    struct pair *x = *state = pair_open();
    (void)pair_case(x);
    pair_sync(x);
    expect_newest(x, scope_print(x->s, "%s.head", x->dir[0]).ptr);
}

static int tear_down(void **state)
{
    if (*state) pair_close(*state);
    return 0;
}

int main(void)
{
#define CASE(name) cmocka_unit_test_teardown(name, tear_down)
    const struct CMUnitTest tests[] = {
        CASE(the_record_of_the_page_is_read),
        CASE(the_list_of_the_page_is_read),
        CASE(a_record_that_is_none_is_not_taken_for_an_empty_one),
        CASE(a_post_remembers_its_newest_head_there),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
