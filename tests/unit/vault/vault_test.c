/* The vault: what went in comes out, nothing plain lies on the disk, no flipped bit passes, stock
 * age opens it with the recovery key, and pieces that arrive make the same item. */
#include "base/reader.h"
#include "base/signature.h"
#include "folder.h"
#include "left_out.h"
#include "os/file.h"
#include "vault/vault.h"
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#define OKAY(call) assert_int_equal((call), OK)

enum { MIB = VAULT_PIECE_BYTES };

struct fixture {
    struct scope *s;
    const char *folder, *vault_folder;
    struct age_identity own, recovery;
    struct random random;
    struct vault *v;
};

static int set_up(void **state)
{
    struct scope *s = scope_open((size_t)256 << 20);
    struct fixture *f = NEW(s, struct fixture);
    f->s = s;
    f->folder = folder_open(s);
    f->vault_folder = file_join(s, f->folder, "vault").ptr;
    uint8_t secret[AGE_KEY_BYTES];
    OKAY(random_fill(s, &f->random, secret, sizeof secret));
    age_identity_from_secret(secret, &f->own);
    OKAY(random_fill(s, &f->random, secret, sizeof secret));
    age_identity_from_secret(secret, &f->recovery);
    AgeRecipient recipients[] = {f->own.recipient, f->recovery.recipient};
    OKAY(vault_open(s, f->vault_folder, recipients, 2, &f->random, &f->v));
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

/* Bytes that differ from piece to piece. */
static Bytes sample(struct fixture *f, size_t len)
{
    uint8_t *bytes = scope_alloc(f->s, len + 1);
    for (size_t i = 0; i < len; i++)
        bytes[i] = (uint8_t)(i * 31 + i / 65521);
    return bytes_of(bytes, len);
}

static const char *path_of(struct fixture *f, Str handle, const char *end)
{
    return scope_print(f->s, "%s/%.*s%s", f->vault_folder, STR_ARG(handle), end).ptr;
}

/* What vault_get writes; `*out` is empty when it fails. */
static Status get(struct fixture *f, const struct vault_item *item, Bytes *out)
{
    const char *path = file_join(f->s, f->folder, "out").ptr;
    OKAY(file_remove(f->s, path));
    AUTO_FILE int fd = -1;
    OKAY(file_open_new(f->s, path, &fd));
    Status status = vault_get(f->s, f->v, item, &f->own, fd);
    Bytes bytes;
    OKAY(file_read(f->s, path, 16 * MIB, &bytes));
    *out = bytes;
    return status;
}

static Hash root_of(Bytes bytes)
{
    struct frontier tree = {0};
    struct frontier_row rows[TREE_LEVELS];
    for (size_t at = 0; at < bytes.len; at += MIB) {
        Hash leaf =
            tree_leaf_hash(bytes_of(bytes.ptr + at, bytes.len - at < MIB ? bytes.len - at : MIB));
        frontier_add(&tree, &leaf, rows);
    }
    return frontier_root(&tree);
}

static bool is_held(struct fixture *f, Str handle)
{
    bool held;
    OKAY(vault_has(f->s, f->v, handle, &held));
    return held;
}

static void what_went_in_comes_out(void **state)
{
    struct fixture *f = *state;
    static const size_t sizes[] = {0, 1, 65536, 65537, MIB, MIB + 1, 5 * MIB};
    for (size_t i = 0; i < COUNT_OF(sizes); i++) {
        Bytes bytes = sample(f, sizes[i]), back;
        const char *path = file_join(f->s, f->folder, "in").ptr;
        OKAY(file_write(f->s, path, bytes));
        AUTO_FILE int fd = -1;
        OKAY(file_open_read(f->s, path, &fd));
        struct vault_item item;
        OKAY(vault_put_fd(f->s, f->v, fd, &item));
        Hash whole = hash_of(bytes), root = root_of(bytes);
        assert_int_equal(item.size, sizes[i]);
        assert_true(hash_eq(&item.sha256, &whole));
        assert_true(hash_eq(&item.pieces_root, &root));
        assert_true(file_is_private(path_of(f, item.handle, ".age")));
        assert_true(is_held(f, item.handle));
        OKAY(get(f, &item, &back));
        assert_true(bytes_eq(back, bytes));
        OKAY(vault_check(f->s, f->v, &item, &f->own));
        OKAY(vault_check(f->s, f->v, &item, &f->recovery));
        OKAY(vault_remove(f->s, f->v, item.handle));
        assert_int_equal(get(f, &item, &back), ERR_NOT_FOUND);
    }
    Str *names;
    size_t count;
    OKAY(file_list(f->s, f->vault_folder, 10, &names, &count));
    assert_int_equal(count, 1); /* only the folder for what arrives */
}

static void runs_of_any_length_make_the_same_item(void **state)
{
    struct fixture *f = *state;
    Bytes bytes = sample(f, 2 * MIB + 77);
    AUTO_PUT struct vault_put *put = NULL;
    OKAY(vault_put_begin(f->s, f->v, &put));
    for (size_t at = 0, run = 1; at < bytes.len; at += run, run = run * 3 + 1) {
        if (run > bytes.len - at) run = bytes.len - at;
        vault_put_add(put, bytes_of(bytes.ptr + at, run));
    }
    struct vault_item item, again;
    OKAY(vault_put_end(put, &item));
    assert_int_equal(vault_put_end(put, &again), ERR_INTERNAL);
    OKAY(vault_put_bytes(f->s, f->v, bytes, &again));
    assert_true(hash_eq(&item.sha256, &again.sha256));
    assert_true(hash_eq(&item.pieces_root, &again.pieces_root));
    assert_false(str_eq(item.handle, again.handle));
}

static void what_is_dropped_leaves_nothing(void **state)
{
    struct fixture *f = *state;
    struct vault_put *put = NULL;
    OKAY(vault_put_begin(f->s, f->v, &put));
    vault_put_add(put, sample(f, MIB));
    vault_put_drop(&put);
    assert_null(put);
    Str *names;
    size_t count;
    OKAY(file_list(f->s, file_join(f->s, f->vault_folder, "incoming").ptr, 10, &names, &count));
    assert_int_equal(count, 0);
}

static Status check(struct fixture *f, const struct vault_item *item)
{
    AUTO_SCOPE struct scope *inner = scope_open(8 * MIB);
    return vault_check(inner, f->v, item, &f->own);
}

/* Flips a bit at every `step`-th byte of the item's file, then cuts and lengthens it. */
static void damage(struct fixture *f, size_t size, size_t step)
{
    struct vault_item item;
    OKAY(vault_put_bytes(f->s, f->v, sample(f, size), &item));
    const char *path = path_of(f, item.handle, ".age");
    Bytes good;
    OKAY(file_read(f->s, path, 4 * MIB, &good));
    uint8_t *bad = scope_alloc(f->s, good.len + 1);
    for (size_t at = 0; at < good.len; at += step) {
        memcpy(bad, good.ptr, good.len);
        bad[at] ^= 4;
        OKAY(file_write(f->s, path, bytes_of(bad, good.len)));
        assert_int_equal(check(f, &item), ERR_PROOF);
    }
    static const size_t cuts[] = {1, 16, 17, 1016, 1017, 65552, 1048576};
    for (size_t i = 0; i < COUNT_OF(cuts) && cuts[i] < good.len; i++) {
        OKAY(file_write(f->s, path, bytes_of(good.ptr, good.len - cuts[i])));
        assert_int_equal(check(f, &item), ERR_PROOF);
    }
    memcpy(bad, good.ptr, good.len);
    OKAY(file_write(f->s, path, bytes_of(bad, good.len + 1)));
    assert_int_equal(check(f, &item), ERR_PROOF);
    OKAY(file_write(f->s, path, good));
    OKAY(check(f, &item));
}

static void any_flipped_bit_is_noticed(void **state)
{
    struct fixture *f = *state;
    damage(f, 0, 1);
    damage(f, 300, 1);
    damage(f, MIB + 1000, 65521);
}

static void a_well_sealed_substitute_is_noticed_before_a_byte_goes_out(void **state)
{
    struct fixture *f = *state;
    struct vault_item item, other;
    Bytes bytes = sample(f, 2 * MIB), back;
    OKAY(vault_put_bytes(f->s, f->v, bytes, &item));
    uint8_t *changed = scope_alloc(f->s, bytes.len);
    memcpy(changed, bytes.ptr, bytes.len);
    changed[5] ^= 1;
    OKAY(vault_put_bytes(f->s, f->v, bytes_of(changed, bytes.len), &other));
    /* First only the bytes, then the leaf hashes with them. */
    OKAY(file_rename(f->s, path_of(f, other.handle, ".age"), path_of(f, item.handle, ".age")));
    assert_int_equal(get(f, &item, &back), ERR_PROOF);
    assert_int_equal(back.len, 0);
    OKAY(file_rename(f->s, path_of(f, other.handle, ".leaves.age"),
                     path_of(f, item.handle, ".leaves.age")));
    assert_int_equal(get(f, &item, &back), ERR_PROOF);
    assert_int_equal(back.len, 0);
    assert_int_equal(vault_check(f->s, f->v, &other, &f->own), ERR_NOT_FOUND);
}

static void lost_leaf_hashes_are_made_again(void **state)
{
    struct fixture *f = *state;
    struct vault_item item;
    OKAY(vault_put_bytes(f->s, f->v, sample(f, 3 * MIB), &item));
    const char *leaves = path_of(f, item.handle, ".leaves.age");
    OKAY(file_remove(f->s, leaves));
    OKAY(vault_check(f->s, f->v, &item, &f->own));
    assert_true(file_exists(leaves));
    OKAY(file_write(f->s, leaves, str_bytes(STR("damaged"))));
    OKAY(vault_check(f->s, f->v, &item, &f->own));
}

static void each_piece_carries_its_proof(void **state)
{
    struct fixture *f = *state;
    struct vault_item item;
    Bytes bytes = sample(f, 4 * MIB + 5), piece;
    OKAY(vault_put_bytes(f->s, f->v, bytes, &item));
    for (uint64_t i = 0; i < 5; i++) {
        struct tree_proof proof;
        OKAY(vault_piece_read(f->s, f->v, &item, &f->own, i, &piece, &proof));
        assert_int_equal(piece.len, i < 4 ? MIB : 5);
        assert_memory_equal(piece.ptr, bytes.ptr + i * MIB, piece.len);
        Hash leaf = tree_leaf_hash(piece);
        OKAY(tree_check_inclusion(f->s, &leaf, i, 5, &proof, &item.pieces_root));
    }
    struct tree_proof none;
    assert_int_equal(vault_piece_read(f->s, f->v, &item, &f->own, 5, &piece, &none), ERR_NOT_FOUND);
}

static struct vault_item announced(Bytes bytes)
{
    return (struct vault_item){.handle = STR("00112233445566778899aabbccddeeff"),
                               .sha256 = hash_of(bytes),
                               .pieces_root = root_of(bytes),
                               .size = bytes.len};
}

static Status piece_in(struct fixture *f, const struct vault_item *item, Bytes bytes, uint64_t i)
{
    size_t left = bytes.len - i * MIB;
    return vault_piece_write(f->s, f->v, item->handle, item->size, i,
                             bytes_of(bytes.ptr + i * MIB, left < MIB ? left : MIB));
}

static void pieces_that_arrive_in_any_order_make_the_item(void **state)
{
    struct fixture *f = *state;
    Bytes bytes = sample(f, 3 * MIB + 9), back;
    struct vault_item item = announced(bytes);
    static const uint64_t order[] = {3, 1, 1, 0};
    for (size_t i = 0; i < COUNT_OF(order); i++)
        OKAY(piece_in(f, &item, bytes, order[i]));
    assert_int_equal(vault_finish(f->s, f->v, &item, &f->own), ERR_NOT_FOUND);
    uint64_t *held;
    size_t count;
    OKAY(vault_piece_list(f->s, f->v, item.handle, &held, &count));
    assert_true(count == 3 && held[0] == 0 && held[1] == 1 && held[2] == 3);
    OKAY(piece_in(f, &item, bytes, 2));
    OKAY(vault_finish(f->s, f->v, &item, &f->own));
    OKAY(get(f, &item, &back));
    assert_true(bytes_eq(back, bytes));
    OKAY(vault_finish(f->s, f->v, &item, &f->own)); /* as after a crash at the very end */
    OKAY(vault_piece_list(f->s, f->v, item.handle, &held, &count));
    assert_int_equal(count, 0);
}

static void a_piece_of_the_wrong_shape_or_place_is_refused(void **state)
{
    struct fixture *f = *state;
    Bytes bytes = sample(f, 2 * MIB);
    struct vault_item item = announced(bytes);
    assert_int_equal(vault_piece_write(f->s, f->v, item.handle, item.size, 2, bytes), ERR_SCHEMA);
    assert_int_equal(vault_piece_write(f->s, f->v, item.handle, item.size, 0, bytes), ERR_SCHEMA);
    assert_int_equal(vault_piece_write(f->s, f->v, STR("../../../../../../../../etc/pass"),
                                       item.size, 0, bytes_of(bytes.ptr, MIB)),
                     ERR_USAGE);
    assert_int_equal(vault_piece_write(f->s, f->v, item.handle, UINT64_MAX, 0, bytes), ERR_LIMIT);
}

static void a_damaged_piece_is_removed_to_be_fetched_again(void **state)
{
    struct fixture *f = *state;
    Bytes bytes = sample(f, 2 * MIB), sealed;
    struct vault_item item = announced(bytes);
    OKAY(piece_in(f, &item, bytes, 0));
    OKAY(piece_in(f, &item, bytes, 1));
    const char *path =
        scope_print(f->s, "%s/incoming/%.*s/00000001.age", f->vault_folder, STR_ARG(item.handle))
            .ptr;
    OKAY(file_read(f->s, path, 2 * MIB, &sealed));
    assert_null(memmem(sealed.ptr, sealed.len, bytes.ptr + MIB, 64)); /* nothing plain */
    uint8_t *bad = scope_alloc(f->s, sealed.len);
    memcpy(bad, sealed.ptr, sealed.len);
    bad[5000] ^= 1;
    OKAY(file_write(f->s, path, bytes_of(bad, sealed.len)));
    assert_int_equal(vault_finish(f->s, f->v, &item, &f->own), ERR_PROOF);
    uint64_t *held;
    size_t count;
    OKAY(vault_piece_list(f->s, f->v, item.handle, &held, &count));
    assert_int_equal(count, 1);
    assert_false(is_held(f, item.handle));
    OKAY(piece_in(f, &item, bytes, 1));
    item.sha256.bytes[0] ^= 1; /* announced falsely */
    assert_int_equal(vault_finish(f->s, f->v, &item, &f->own), ERR_PROOF);
    assert_false(is_held(f, item.handle));
    item.sha256.bytes[0] ^= 1;
    OKAY(vault_finish(f->s, f->v, &item, &f->own));
}

/* A disk that does not answer is not a vault without the item. */
static void what_cannot_be_looked_at_is_not_absent(void **state)
{
    struct fixture *f = *state;
    Bytes bytes = sample(f, 2 * MIB), back;
    struct vault_item item = announced(bytes);
    OKAY(piece_in(f, &item, bytes, 0));
    const char *whole = path_of(f, item.handle, ".age");
    const char *folder =
        scope_print(f->s, "%s/incoming/%.*s", f->vault_folder, STR_ARG(item.handle)).ptr;
    folder_block(whole);
    bool held;
    assert_int_equal(vault_has(f->s, f->v, item.handle, &held), ERR_DISK);
    assert_int_equal(get(f, &item, &back), ERR_DISK);
    assert_int_equal(vault_finish(f->s, f->v, &item, &f->own), ERR_DISK);
    OKAY(file_remove(f->s, whole));
    folder_block(file_join(f->s, folder, "00000001.age").ptr);
    assert_int_equal(vault_finish(f->s, f->v, &item, &f->own), ERR_DISK);
    assert_int_equal(rename(folder, file_join(f->s, f->folder, "aside").ptr), 0);
    folder_block(folder);
    uint64_t *pieces;
    size_t count;
    assert_int_equal(vault_piece_list(f->s, f->v, item.handle, &pieces, &count), ERR_DISK);
    assert_int_equal(vault_remove(f->s, f->v, item.handle), ERR_DISK);
}

static void a_full_disk_refuses_and_leaves_nothing(void **state)
{
    struct fixture *f = *state;
    struct rlimit before;
    struct sigaction old;
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    sigaction(SIGXFSZ, &(struct sigaction){.sa_handler = SIG_IGN}, &old);
    Bytes bytes = sample(f, 3 * MIB);
    struct vault_item item;
    static const rlim_t rooms[] = {0, 100, 70000, 3 * MIB};
    for (size_t i = 0; i < COUNT_OF(rooms); i++) {
        setrlimit(RLIMIT_FSIZE, &(struct rlimit){rooms[i], before.rlim_max});
        Status status = vault_put_bytes(f->s, f->v, bytes, &item);
        setrlimit(RLIMIT_FSIZE, &before);
        assert_int_equal(status, ERR_DISK);
        Str *names;
        size_t count;
        OKAY(file_list(f->s, file_join(f->s, f->vault_folder, "incoming").ptr, 9, &names, &count));
        assert_int_equal(count, 0);
        OKAY(file_list(f->s, f->vault_folder, 9, &names, &count));
        assert_int_equal(count, 1);
    }
    sigaction(SIGXFSZ, &old, NULL);
    OKAY(vault_put_bytes(f->s, f->v, bytes, &item));
}

static void what_a_crash_left_is_swept_but_not_what_is_in_use(void **state)
{
    struct fixture *f = *state;
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        struct vault_put *put = NULL;
        if (vault_put_begin(f->s, f->v, &put) != OK) _exit(1);
        vault_put_add(put, sample(f, MIB));
        kill(getpid(), SIGKILL);
    }
    int ended;
    assert_int_equal(waitpid(child, &ended, 0), child);
    assert_true(WIFSIGNALED(ended));
    AUTO_PUT struct vault_put *put = NULL;
    OKAY(vault_put_begin(f->s, f->v, &put));
    vault_put_add(put, sample(f, MIB));
    Str *names;
    size_t count;
    const char *incoming = file_join(f->s, f->vault_folder, "incoming").ptr;
    OKAY(file_list(f->s, incoming, 9, &names, &count));
    assert_int_equal(count, 2);
    struct vault *again;
    OKAY(vault_open(f->s, f->vault_folder, &f->own.recipient, 1, &f->random, &again));
    OKAY(file_list(f->s, incoming, 9, &names, &count));
    assert_int_equal(count, 1);
    struct vault_item item;
    OKAY(vault_put_end(put, &item));
}

static void stock_age_opens_it_with_the_recovery_key(void **state)
{
    struct fixture *f = *state;
    struct vault_item item;
    Bytes bytes = sample(f, MIB + 300), back;
    OKAY(vault_put_bytes(f->s, f->v, bytes, &item));
    Str text;
    OKAY(age_identity_format(f->s, &f->recovery, &text));
    const char *key = file_join(f->s, f->folder, "key.txt").ptr;
    const char *plain = file_join(f->s, f->folder, "plain").ptr;
    OKAY(file_write(f->s, key, str_bytes(text)));
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        execlp("age", "age", "-d", "-i", key, "-o", plain, path_of(f, item.handle, ".age"),
               (char *)NULL);
        _exit(127);
    }
    int ended;
    assert_int_equal(waitpid(child, &ended, 0), child);
    if (WIFEXITED(ended) && WEXITSTATUS(ended) == 127) LEAVE_OUT("age is not installed");
    assert_true(WIFEXITED(ended) && WEXITSTATUS(ended) == 0);
    OKAY(file_read(f->s, plain, 2 * MIB, &back));
    assert_true(bytes_eq(back, bytes));
}

/* The state is the path of the format's page, whose vectors are zero bytes. */
static void the_page_about_the_format_is_right(void **state)
{
    const char *page = *state;
    if (page == NULL) LEAVE_OUT("the page is not named on the command line");
    AUTO_SCOPE struct scope *s = scope_open(16 * MIB);
    Bytes bytes;
    OKAY(file_read(s, page, MIB, &bytes));
    static const char fence[] = "```vectors\n";
    const char *start = memmem(bytes.ptr, bytes.len, fence, sizeof fence - 1);
    assert_non_null(start);
    start += sizeof fence - 1;
    Str left = {start, bytes.len - (size_t)(start - (const char *)bytes.ptr)};
    size_t lines = 0;
    for (Str line = str_cut(&left, '\n'); !str_has_prefix(line, "```"); lines++) {
        line = str_trim(line);
        uint64_t size;
        Hash meant;
        assert_true(str_u64(str_cut(&line, ' '), &size));
        assert_true(size <= 4 * MIB && hex_parse(line, meant.bytes, HASH_BYTES));
        Hash found = root_of(bytes_of(scope_alloc(s, size + 1), size));
        assert_true(hash_eq(&meant, &found));
        line = str_cut(&left, '\n');
    }
    assert_int_equal(lines, 5);
}

int main(int count, char **arguments)
{
    char *page = count > 1 ? arguments[1] : NULL;
#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_prestate(the_page_about_the_format_is_right, page),
        CASE(what_went_in_comes_out),
        CASE(runs_of_any_length_make_the_same_item),
        CASE(what_is_dropped_leaves_nothing),
        CASE(any_flipped_bit_is_noticed),
        CASE(a_well_sealed_substitute_is_noticed_before_a_byte_goes_out),
        CASE(lost_leaf_hashes_are_made_again),
        CASE(each_piece_carries_its_proof),
        CASE(pieces_that_arrive_in_any_order_make_the_item),
        CASE(a_piece_of_the_wrong_shape_or_place_is_refused),
        CASE(a_damaged_piece_is_removed_to_be_fetched_again),
        CASE(what_cannot_be_looked_at_is_not_absent),
        CASE(a_full_disk_refuses_and_leaves_nothing),
        CASE(what_a_crash_left_is_swept_but_not_what_is_in_use),
        CASE(stock_age_opens_it_with_the_recovery_key),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
