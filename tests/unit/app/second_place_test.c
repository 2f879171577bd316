/* The record beside a post's folder, as docs/formats/second-place.md has it. */
#include "app/head.h"
#include "os/file.h"
#include "pair.h"
#include "vector.h"
#include <sys/stat.h>

static const char *post_folder(struct pair *x, const char *name)
{
    return scope_print(x->s, "%s/%s", x->folder, name).ptr;
}

static Status read_text(struct pair *x, Str text, struct second_place *out)
{
    const char *dir = post_folder(x, "elsewhere");
    OKAY_IN(x->s, file_write(x->s, scope_print(x->s, "%s.head", dir).ptr, str_bytes(text)));
    return second_place_read(x->s, dir, out);
}

static void the_record_of_the_page_is_read(void **state)
{
    (void)state;
    struct pair *x = pair_open();
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
    assert_status(x->s, second_place_read(x->s, post_folder(x, "nowhere"), &second), OK);
    assert_false(second.present);
    pair_close(x);
}

static void a_record_that_is_none_is_not_taken_for_an_empty_one(void **state)
{
    (void)state;
    struct pair *x = pair_open();
    struct second_place second;
    Str text = vector_page(x->s, "second-place.md", "second-place");
    assert_int_not_equal(read_text(x, STR(""), &second), OK);
    assert_int_not_equal(read_text(x, STR("twinpost/second/2\n5\n\n"), &second), OK);
    assert_int_not_equal(read_text(x, (Str){text.ptr + 1, text.len - 1}, &second), OK);
    for (size_t cut = 1; cut < text.len; cut += 7) {
        assert_int_not_equal(read_text(x, (Str){text.ptr, text.len - cut}, &second), OK);
        assert_false(second.present);
    }
    pair_close(x);
}

static void a_post_remembers_its_newest_head_there(void **state)
{
    (void)state;
    struct pair *x = pair_open();
    struct second_place second;
    struct post_figures figures;
    struct stat st;
    (void)pair_case(x);
    pair_sync(x);
    OKAY_IN(x->s, post_figures(x->s, x->post[0], &figures));
    assert_status(x->s, second_place_read(x->s, x->dir[0], &second), OK);
    assert_true(second.present && second.size == figures.journal_size && second.size > 0);
    const char *path = scope_print(x->s, "%s.head", x->dir[0]).ptr;
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    Str text = bytes_str(vector_file(x->s, path)), by;
    assert_true(str_is(str_cut(&text, '\n'), "twinpost/second/1"));
    assert_true(
        str_eq(str_cut(&text, '\n'), scope_print(x->s, "%llu", (unsigned long long)second.size)));
    by = str_cut(&text, '\n');
    assert_true(str_is(str_cut(&by, ' '), "by"));
    uint64_t openings, parcels;
    assert_true(str_u64(str_cut(&by, ' '), &openings) && str_u64(by, &parcels));
    assert_true(openings > 0 && parcels > 0);
    pair_close(x);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_record_of_the_page_is_read),
        cmocka_unit_test(a_record_that_is_none_is_not_taken_for_an_empty_one),
        cmocka_unit_test(a_post_remembers_its_newest_head_there),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
