/* A post that is killed at any disk or file call, or at any time, has everything it acknowledged,
 * nothing by halves, and goes on. */
#include "fault.h"
#include "folder.h"
#include "os/file.h"
#include "store/fact.h"
#include "store/journal.h"
#include "store/neighbour.h"
#include "vault/vault.h"
#include <setjmp.h>
#include <stdarg.h>
#include <unistd.h>

#include <cmocka.h>

#define OKAY(call) assert_int_equal((call), OK)

enum { ROUNDS = 4, RUN = 3, VAULT_SIZE = VAULT_PIECE_BYTES + 70000 };

struct life {
    struct scope *s;
    const char *folder, *path;
    int64_t journal, neighbour;
    uint64_t before;
    struct age_identity identity;
    struct random random;
    struct vault_item item;
    Bytes bytes;
};

static Hash hash_number(uint64_t n)
{
    return hash_of(bytes_of(&n, sizeof n));
}

static int set_up(void **state)
{
    struct scope *s = scope_open(64 << 20);
    struct life *w = NEW(s, struct life);
    *w = (struct life){.s = s, .folder = folder_open(s)};
    w->path = file_join(s, w->folder, "post.db").ptr;
    struct store *st = NULL;
    OKAY(store_open(s, w->path, STORE_CREATE, &st));
    OKAY(store_journal_add(s, st, STR("a.example"), STR("a"), true, &w->journal));
    OKAY(store_neighbour_add(s, st, STR("b"), STR("card"), &w->neighbour));
    store_close(st);
    uint8_t secret[AGE_KEY_BYTES] = {9};
    age_identity_from_secret(secret, &w->identity);
    uint8_t *bytes = scope_alloc(s, VAULT_SIZE);
    for (size_t i = 0; i < VAULT_SIZE; i++)
        bytes[i] = (uint8_t)(i * 7 + i / 4093);
    w->bytes = bytes_of(bytes, VAULT_SIZE);
    Hash leaves[] = {tree_leaf_hash(bytes_of(bytes, VAULT_PIECE_BYTES)),
                     tree_leaf_hash(bytes_of(bytes + VAULT_PIECE_BYTES, 70000))};
    w->item = (struct vault_item){.handle = STR("00112233445566778899aabbccddeeff"),
                                  .sha256 = hash_of(w->bytes),
                                  .pieces_root = tree_node_hash(&leaves[0], &leaves[1]),
                                  .size = VAULT_SIZE};
    *state = w;
    return 0;
}

static int tear_down(void **state)
{
    struct life *w = *state;
    folder_close(w->folder);
    scope_close(w->s);
    return 0;
}

static void book_prepare(void *state)
{
    struct life *w = state;
    AUTO_SCOPE struct scope *s = scope_open(1 << 20);
    struct store *st = NULL;
    OKAY(store_open(s, w->path, STORE_WRITE, &st));
    OKAY(store_leaf_count(s, st, w->journal, &w->before));
    store_close(st);
}

static Status book(struct scope *s, const struct life *w, struct store *st, uint64_t first)
{
    TRY(store_begin(s, st));
    Hash hashes[RUN];
    for (uint64_t i = 0; i < RUN; i++)
        hashes[i] = hash_number(first + i);
    TRY(store_leaf_append(s, st, w->journal, first, hashes, RUN));
    struct fact_row fact = {.journal = w->journal,
                            .index = first,
                            .kind = STR("notice.sent"),
                            .body = hashes[0],
                            .record = str_bytes(STR("a record"))};
    TRY(store_fact_save(s, st, &fact));
    struct opening_row opening = {.journal = w->journal,
                                  .neighbour = w->neighbour,
                                  .number = first / RUN + 1,
                                  .index = first,
                                  .kind = fact.kind,
                                  .record = fact.record};
    TRY(store_opening_append(s, st, &opening));
    return store_commit(s, st);
}

static void book_body(void *state)
{
    const struct life *w = state;
    struct scope *s = scope_open(1 << 20);
    struct store *st = NULL;
    if (s == NULL || store_open(s, w->path, STORE_WRITE, &st) != OK) _exit(1);
    for (uint64_t i = 0; i < ROUNDS; i++) {
        if (book(s, w, st, w->before + i * RUN) != OK) _exit(2);
        crash_acknowledge();
    }
    store_close(st);
}

static void book_check(void *state, const struct crash_run *run)
{
    struct life *w = state;
    AUTO_SCOPE struct scope *s = scope_open(8 << 20);
    struct store *st = NULL;
    uint64_t count, openings;
    OKAY(store_open(s, w->path, STORE_WRITE, &st));
    OKAY(store_leaf_count(s, st, w->journal, &count));
    assert_true(count >= w->before + (uint64_t)run->acknowledged * RUN);
    assert_int_equal(count % RUN, 0);
    OKAY(store_opening_count(s, st, w->journal, w->neighbour, &openings));
    assert_int_equal(openings, count / RUN);
    struct fact_row fact;
    if (count > w->before) OKAY(store_fact_load(s, st, w->journal, count - RUN, &fact));
    OKAY(store_check(s, st));
    OKAY(book(s, w, st, count));
    store_close(st);
}

static void a_killed_post_keeps_what_it_acknowledged(void **state)
{
    struct crash_case c = {.name = "book",
                           .state = *state,
                           .prepare = book_prepare,
                           .body = book_body,
                           .check = book_check};
    long disk = crash_sweep(&c, FAULT_KILL), file = crash_sweep(&c, FAULT_KILL_FILE);
    long times = crash_at_times(&c, 30, 12000, 20180711);
    print_message("# killed at %ld disk calls, %ld file calls, %ld times\n", disk, file, times);
    assert_true(disk >= ROUNDS && file >= ROUNDS && times >= 0);
}

static Status vault_of(struct scope *s, struct life *w, struct vault **out)
{
    return vault_open(s, file_join(s, w->folder, "vault").ptr, &w->identity.recipient, 1,
                      &w->random, out);
}

static void arrive_prepare(void *state)
{
    struct life *w = state;
    AUTO_SCOPE struct scope *s = scope_open(8 << 20);
    struct vault *v;
    OKAY(vault_of(s, w, &v));
    OKAY(vault_remove(s, v, w->item.handle));
}

static Status arrive(struct scope *s, struct life *w)
{
    struct vault *v;
    TRY(vault_of(s, w, &v));
    Str handle = w->item.handle;
    Bytes first = bytes_of(w->bytes.ptr, VAULT_PIECE_BYTES);
    Bytes second = bytes_of(w->bytes.ptr + VAULT_PIECE_BYTES, VAULT_SIZE - VAULT_PIECE_BYTES);
    bool held;
    TRY(vault_has(s, v, handle, &held));
    if (!held) {
        TRY(vault_piece_write(s, v, handle, VAULT_SIZE, 0, first));
        TRY(vault_piece_write(s, v, handle, VAULT_SIZE, 1, second));
    }
    return vault_finish(s, v, &w->item, &w->identity);
}

static void arrive_body(void *state)
{
    struct scope *s = scope_open(32 << 20);
    if (s == NULL || arrive(s, state) != OK) _exit(1);
    crash_acknowledge();
}

static void arrive_check(void *state, const struct crash_run *run)
{
    struct life *w = state;
    AUTO_SCOPE struct scope *s = scope_open(64 << 20);
    struct vault *v;
    OKAY(vault_of(s, w, &v));
    bool held;
    OKAY(vault_has(s, v, w->item.handle, &held));
    assert_true(held || run->acknowledged == 0);
    if (held) OKAY(vault_check(s, v, &w->item, &w->identity));
    OKAY(arrive(s, w));
    OKAY(vault_check(s, v, &w->item, &w->identity));
    uint64_t *pieces;
    size_t count;
    OKAY(vault_piece_list(s, v, w->item.handle, &pieces, &count));
    assert_int_equal(count, 0);
}

static void a_killed_arrival_is_resumed(void **state)
{
    struct crash_case c = {.name = "arrive",
                           .state = *state,
                           .prepare = arrive_prepare,
                           .body = arrive_body,
                           .check = arrive_check};
    long kills = crash_sweep(&c, FAULT_KILL_FILE);
    print_message("# killed at %ld file calls\n", kills);
    assert_true(kills > 10);
}

int main(void)
{
    if (!fault_vfs_install()) return 1;
    fault_sync_skip();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_killed_post_keeps_what_it_acknowledged, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_killed_arrival_is_resumed, set_up, tear_down),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
