/* Posts that are put back while keys give way: what the copy knows, what the neighbour knows, and
 * what is refused. */
#include "app/exchange.h"
#include "app/keys.h"
#include "app/officer.h"
#include "os/file.h"
#include "refusal.h"
#include "rotation.h"
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static const char *back_up(struct pair *x, size_t post)
{
    const char *file = scope_print(x->s, "%s/copy-%zu", x->folder, post).ptr;
    OKAY_IN(x->s, backup_write(x->s, x->post[post], file));
    return file;
}

static void put_back(struct pair *x, size_t post, const char *file)
{
    post_close(x->post[post]);
    x->post[post] = NULL;
    OKAY_IN(x->s, file_remove_tree(x->s, x->dir[post]));
    OKAY_IN(x->s, backup_restore(x->s, file, x->dir[post]));
    pair_wait(x, 60);
    OKAY_IN(x->s, post_open(x->s, x->dir[post], &x->clock, &x->post[post]));
    assert_true(post_is_held(x->post[post]));
}

static void expect_whole_again(struct pair *x, size_t post, Str number)
{
    pair_sync(x);
    pair_sync(x);
    assert_false(post_is_held(x->post[post]));
    rotation_letter(x, number, "lv");
    rotation_letter(x, number, "by");
    pair_sync(x);
    rotation_expect_sound(x, number);
}

/* A copy that has the new keys serves, whether it was made before the neighbour knew of them or
 * not. */
static void a_copy_of_after_the_rotation_serves(void **state)
{
    for (int known = 0; known < 2; known++) {
        struct pair *x = *state = pair_open();
        Str number = pair_case(x);
        for (size_t i = 0; i < ROTATION_ROLES; i++)
            rotation_make(x, 0, rotation_roles[i]);
        if (known) pair_sync(x);
        const char *file = back_up(x, 0);
        rotation_letter(x, number, "lv");
        pair_sync(x);
        put_back(x, 0, file);
        expect_whole_again(x, 0, number);
        pair_close(x);
        *state = NULL;
    }
}

/* Without the record beside the folder neither parcel numbers nor keys are remembered. */
static void a_copy_without_the_record_serves_too(void **state)
{
    struct pair *x = *state = pair_open();
    Str number = pair_case(x);
    for (size_t i = 0; i < ROTATION_ROLES; i++)
        rotation_make(x, 0, rotation_roles[i]);
    const char *file = back_up(x, 0);
    rotation_letter(x, number, "lv");
    pair_sync(x);
    OKAY(file_remove(x->s, scope_print(x->s, "%s.head", x->dir[0]).ptr));
    put_back(x, 0, file);
    expect_whole_again(x, 0, number);
}

/* The neighbour is put back to where it did not know of the new keys. */
static void a_neighbour_that_forgot_is_told_again(void **state)
{
    for (size_t i = 0; i <= ROTATION_ROLES; i++) {
        struct pair *x = *state = pair_open();
        Str number = pair_case(x);
        const char *file = back_up(x, 1);
        for (size_t k = 0; k < ROTATION_ROLES; k++)
            if (i == k || i == ROTATION_ROLES) rotation_make(x, 0, rotation_roles[k]);
        pair_sync(x);
        rotation_letter(x, number, "lv");
        rotation_letter(x, number, "by");
        pair_sync(x);
        put_back(x, 1, file);
        /* lv does not know it yet: its newest keys are strange to by, which accuses nobody. */
        bool strange = i == ROTATION_ROLES || i == 0 || i == 2;
        assert_int_equal(pair_sync_once(x, 0), strange ? ERR_SIGNATURE : OK);
        OKAY_IN(x->s, pair_sync_once(x, 1));
        expect_whole_again(x, 1, number);
        pair_close(x);
        *state = NULL;
    }
}

/* A copy that has not is refused by the neighbour, and the post made from it goes on waiting. */
static void a_copy_of_before_the_rotation_stays_held(void **state)
{
    struct pair *x = *state = pair_open();
    Str number = pair_case(x);
    const char *file = back_up(x, 0);
    rotation_make(x, 0, "parcel");
    pair_sync(x);
    rotation_letter(x, number, "lv");
    pair_sync(x);
    put_back(x, 0, file);
    assert_int_equal(pair_sync_once(x, 0), ERR_SIGNATURE);
    assert_true(post_is_held(x->post[0]));
    pair_restart(x, 0);
    assert_true(post_is_held(x->post[0]));
}

/* A key file that stands there already may be in use: it is taken, and a held post makes none. */
static void no_key_is_written_over(void **state)
{
    struct pair *x = *state = pair_open();
    Str number = pair_case(x);
    uint8_t seed[SEED_BYTES] = {7};
    struct secret_key key;
    struct rotation r = {.role = STR("journal"), .root_file = STR("")};
    const char *path = scope_print(x->s, "%s/keys/parcel.2", x->dir[0]).ptr;
    OKAY(file_write(x->s, path, bytes_of(seed, sizeof seed)));
    rotation_make(x, 0, "parcel");
    secret_key_from_seed(seed, &key);
    assert_memory_equal(&x->post[0]->card.parcel, &key.public, KEY_BYTES);
    rotation_letter(x, number, "lv");
    pair_sync(x);
    pair_sync(x);
    rotation_expect_sound(x, number);
    const char *file = back_up(x, 0);
    rotation_letter(x, number, "lv");
    pair_sync(x);
    Bytes root; /* kept away from the folder */
    r.root_file = file_join(x->s, x->folder, "root");
    OKAY(file_read(x->s, file_join(x->s, x->dir[0], "root.key").ptr, SEED_BYTES, &root));
    OKAY(file_write(x->s, r.root_file.ptr, root));
    put_back(x, 0, file);
    assert_int_equal(post_rotate(x->s, x->post[0], &r), ERR_STALE);
    assert_false(file_exists(scope_print(x->s, "%s/keys/journal.2", x->dir[0]).ptr));
}

/* Without the file of its newest key a post opens, shows what it has, and says what it lacks. */
static void a_missing_key_signs_nothing(void **state)
{
    static const char *const files[] = {"journal.2", "cosigner.2", "parcel.2", "post.2"};
    struct pair *x = *state = pair_open();
    Str number = pair_case(x);
    struct post_figures figures;
    Bytes key, parcel;
    for (size_t i = 0; i < COUNT_OF(files); i++)
        rotation_make(x, 0, rotation_roles[i]);
    pair_sync(x);
    pair_sync(x);
    for (size_t i = 0; i < COUNT_OF(files); i++) {
        const char *path = scope_print(x->s, "%s/keys/%s", x->dir[0], files[i]).ptr;
        OKAY(file_read(x->s, path, SEED_BYTES, &key));
        OKAY(file_remove(x->s, path));
        rotation_letter(x, number, "by");
        pair_restart(x, 0);
        OKAY(post_figures(x->s, x->post[0], &figures));
        assert_true(figures.lacks_key);
        if (i != 1) rotation_letter(x, number, "lv"); /* there is something to sign a head of */
        Status status =
            i == 1 ? pair_sync_once(x, 1) : exchange_write(x->s, x->post[0], STR(""), &parcel);
        if (i == 3) status = pair_sync_once(x, 1); /* a receipt is due */
        assert_int_equal(status, ERR_DISK);
        OKAY(file_write(x->s, path, key));
        pair_restart(x, 0);
        OKAY(post_figures(x->s, x->post[0], &figures));
        assert_false(figures.lacks_key);
        pair_sync(x);
    }
    rotation_expect_sound(x, number);
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
        CASE(a_copy_of_after_the_rotation_serves),
        CASE(a_copy_without_the_record_serves_too),
        CASE(a_neighbour_that_forgot_is_told_again),
        CASE(a_copy_of_before_the_rotation_stays_held),
        CASE(no_key_is_written_over),
        CASE(a_missing_key_signs_nothing),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
