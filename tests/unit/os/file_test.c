/* Files: whole or not at all, private, bounded, in order. */
#include "folder.h"
#include "os/file.h"
#include <setjmp.h>
#include <stdarg.h>
#include <unistd.h>

#include <cmocka.h>

#define OKAY(call) assert_int_equal((call), OK)

struct fixture {
    struct scope *s;
    const char *folder;
};

static int set_up(void **state)
{
    struct scope *s = scope_open(8 << 20);
    struct fixture *f = NEW(s, struct fixture);
    *f = (struct fixture){s, folder_open(s)};
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;
    folder_close(f->folder);
    scope_close(f->s);
    return 0;
}

static void a_file_is_replaced_whole_and_is_private(void **state)
{
    struct fixture *f = *state;
    const char *path = file_join(f->s, f->folder, "note").ptr;
    Bytes back;
    assert_int_equal(file_read(f->s, path, 100, &back), ERR_NOT_FOUND);
    OKAY(file_write(f->s, path, str_bytes(STR("first"))));
    OKAY(file_write(f->s, path, str_bytes(STR("second"))));
    assert_true(file_is_private(path));
    OKAY(file_read(f->s, path, 6, &back));
    assert_true(bytes_eq(back, str_bytes(STR("second"))));
    assert_int_equal(file_read(f->s, path, 5, &back), ERR_LIMIT);
    OKAY(file_append(f->s, path, str_bytes(STR(" and third"))));
    OKAY(file_read(f->s, path, 100, &back));
    assert_true(bytes_eq(back, str_bytes(STR("second and third"))));
    Str *names;
    size_t count;
    OKAY(file_list(f->s, f->folder, 10, &names, &count));
    assert_int_equal(count, 1); /* nothing half-made stays */
}

static void a_failed_write_keeps_the_old_file(void **state)
{
    struct fixture *f = *state;
    const char *path = file_join(f->s, f->folder, "taken").ptr;
    OKAY(file_make_folder(f->s, path));
    assert_int_equal(file_write(f->s, path, str_bytes(STR("x"))), ERR_DISK);
    Str *names;
    size_t count;
    OKAY(file_list(f->s, f->folder, 10, &names, &count));
    assert_int_equal(count, 1);
    assert_int_equal(file_write(f->s, "no-such-folder/x", str_bytes(STR("x"))), ERR_NOT_FOUND);
}

static void folders_are_private_and_listed_in_order(void **state)
{
    struct fixture *f = *state;
    const char *inner = file_join(f->s, f->folder, "inner").ptr;
    OKAY(file_make_folder(f->s, inner));
    OKAY(file_make_folder(f->s, inner));
    assert_true(file_is_private(inner));
    static const char *const names[] = {"c", "a", "b"};
    for (size_t i = 0; i < 3; i++)
        OKAY(file_create(f->s, file_join(f->s, inner, names[i]).ptr));
    assert_int_equal(file_create(f->s, file_join(f->s, inner, "a").ptr), ERR_DUPLICATE);
    assert_int_equal(file_make_folder(f->s, file_join(f->s, inner, "a").ptr), ERR_DUPLICATE);
    Str *found;
    size_t count;
    OKAY(file_list(f->s, inner, 3, &found, &count));
    assert_true(count == 3 && str_is(found[0], "a") && str_is(found[2], "c"));
    assert_int_equal(file_list(f->s, inner, 2, &found, &count), ERR_LIMIT);
    assert_int_equal(file_list(f->s, "no-such-folder", 2, &found, &count), ERR_NOT_FOUND);
    OKAY(file_rename(f->s, file_join(f->s, inner, "a").ptr, file_join(f->s, f->folder, "z").ptr));
    OKAY(file_remove(f->s, file_join(f->s, f->folder, "z").ptr));
    OKAY(file_remove(f->s, file_join(f->s, f->folder, "z").ptr));
    assert_false(file_exists(file_join(f->s, inner, "a").ptr));
}

static void a_descriptor_is_read_up_to_a_maximum(void **state)
{
    struct fixture *f = *state;
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    AUTO_FILE int in = ends[0];
    AUTO_FILE int out = ends[1];
    OKAY(file_write_all(f->s, out, str_bytes(STR("0123456789"))));
    file_auto_close(&out);
    Bytes back;
    assert_int_equal(file_read_fd(f->s, in, "the pipe", 5, &back), ERR_LIMIT);
    OKAY(file_read_fd(f->s, in, "the pipe", 5, &back));
    assert_int_equal(back.len, 0);
}

static void one_holder_at_a_time_has_the_lock(void **state)
{
    struct fixture *f = *state;
    const char *path = file_join(f->s, f->folder, "lock").ptr;
    AUTO_FILE int first = -1;
    AUTO_FILE int second = -1;
    OKAY(file_lock(f->s, path, &first));
    assert_int_equal(file_lock(f->s, path, &second), ERR_BUSY);
    file_auto_close(&first);
    OKAY(file_lock(f->s, path, &second));
    uint64_t size = 9, space = 0;
    OKAY(file_size(f->s, path, &size));
    assert_int_equal(size, 0);
    OKAY(file_space(f->s, path, &space));
    assert_true(space > 0);
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        CASE(a_file_is_replaced_whole_and_is_private), CASE(a_failed_write_keeps_the_old_file),
        CASE(folders_are_private_and_listed_in_order), CASE(a_descriptor_is_read_up_to_a_maximum),
        CASE(one_holder_at_a_time_has_the_lock),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
