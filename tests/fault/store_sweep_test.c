/* Every memory, disk and file call of the store and the vault fails once: afterwards there is the
 * old state or the new one, nothing is open, nothing half-made lies about, and work goes on. */
#include "fault.h"
#include "folder.h"
#include "os/file.h"
#include "store/fact.h"
#include "store/journal.h"
#include "store/neighbour.h"
#include "vault/vault.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#define OKAY(call) assert_int_equal((call), OK)

enum { STEP = 3, EDGE = 254 };

struct world {
    struct scope *s;
    struct scope *run;
    const char *folder, *path;
    struct store *st;
    int64_t journal, neighbour;
    uint64_t before;
    bool undo;
    struct vault *vault;
    struct age_identity identity;
    struct random random;
    struct vault_item item;
};

static Hash hash_number(uint64_t n)
{
    return hash_of(bytes_of(&n, sizeof n));
}

static int set_up(void **state)
{
    struct scope *s = scope_open(64 << 20);
    struct world *w = NEW(s, struct world);
    *w = (struct world){.s = s, .run = scope_open(16 << 20), .folder = folder_open(s)};
    w->path = file_join(s, w->folder, "post.db").ptr;
    OKAY(store_open(s, w->path, STORE_CREATE, &w->st));
    OKAY(store_journal_add(s, w->st, STR("a.example"), STR("a"), true, &w->journal));
    OKAY(store_neighbour_add(s, w->st, STR("b"), STR("card"), &w->neighbour));
    Hash start[EDGE];
    for (uint64_t i = 0; i < EDGE; i++)
        start[i] = hash_number(i);
    OKAY(store_begin(s, w->st));
    OKAY(store_leaf_append(s, w->st, w->journal, 0, start, EDGE));
    OKAY(store_commit(s, w->st));
    *state = w;
    return 0;
}

static int tear_down(void **state)
{
    struct world *w = *state;
    store_close(w->st);
    folder_close(w->folder);
    scope_close(w->run);
    scope_close(w->s);
    return 0;
}

static void transaction_prepare(void *state)
{
    struct world *w = state;
    scope_reset(w->run);
    OKAY(store_leaf_count(w->run, w->st, w->journal, &w->before));
}

static Status transaction_steps(struct world *w)
{
    struct scope *s = w->run;
    TRY(store_begin(s, w->st));
    Hash hashes[STEP];
    for (uint64_t i = 0; i < STEP; i++)
        hashes[i] = hash_number(w->before + i);
    TRY(store_leaf_append(s, w->st, w->journal, w->before, hashes, STEP));
    if (w->undo) {
        TRY(store_mark(s, w->st));
        Hash extra = hash_number(0);
        TRY(store_leaf_append(s, w->st, w->journal, w->before + STEP, &extra, 1));
        store_mark_undo(w->st);
    }
    struct fact_row fact = {.journal = w->journal,
                            .index = w->before,
                            .kind = STR("notice.sent"),
                            .case_number = STR("A-2026-AAAA"),
                            .body = hashes[0],
                            .record = str_bytes(STR("a record"))};
    TRY(store_fact_save(s, w->st, &fact));
    struct opening_row opening = {.journal = w->journal,
                                  .neighbour = w->neighbour,
                                  .index = w->before,
                                  .kind = fact.kind,
                                  .record = fact.record};
    TRY(store_opening_count(s, w->st, w->journal, w->neighbour, &opening.number));
    opening.number++;
    TRY(store_opening_append(s, w->st, &opening));
    return store_commit(s, w->st);
}

static Status transaction_body(void *state)
{
    struct world *w = state;
    Status status = transaction_steps(w);
    if (status != OK) store_rollback(w->st);
    return status;
}

/* All leaves, the fact and the opening are there, or none of them; the root is that of the leaves.
 */
static void state_check(struct world *w, struct store *st, const struct fault_run *run)
{
    struct scope *s = w->run;
    uint64_t count, openings;
    OKAY(store_leaf_count(s, st, w->journal, &count));
    assert_true(count == w->before || count == w->before + STEP);
    if (run->status == OK) assert_int_equal(count, w->before + STEP);
    OKAY(store_opening_count(s, st, w->journal, w->neighbour, &openings));
    assert_int_equal(openings, (count - EDGE) / STEP);
    struct fact_row fact;
    assert_int_equal(store_fact_load(s, st, w->journal, w->before, &fact),
                     count == w->before ? ERR_NOT_FOUND : OK);
    struct frontier tree = {0};
    struct frontier_row rows[TREE_LEVELS];
    for (uint64_t i = 0; i < count; i++) {
        uint8_t leaf[2 + HASH_BYTES] = {1, 0};
        Hash commitment = hash_number(i);
        memcpy(leaf + 2, commitment.bytes, HASH_BYTES);
        Hash hash = tree_leaf_hash(bytes_of(leaf, sizeof leaf));
        frontier_add(&tree, &hash, rows);
    }
    Hash meant = frontier_root(&tree), found;
    OKAY(store_tree_root(s, st, w->journal, count, &found));
    assert_true(hash_eq(&meant, &found));
}

static void transaction_check(void *state, const struct fault_run *run)
{
    struct world *w = state;
    if (run->status != OK) assert_string_not_equal(scope_reason(w->run), "");
    state_check(w, w->st, run);
    struct store *other = NULL;
    OKAY(store_open(w->run, w->path, STORE_WRITE, &other));
    state_check(w, other, run);
    OKAY(store_begin(w->run, other)); /* nobody holds a lock */
    store_close(other);
    OKAY(store_check(w->run, w->st));
}

static void sweep(const struct fault_case *c, enum fault_kind first)
{
    for (enum fault_kind kind = first; kind < FAULT_KILL; kind++) {
        for (int for_good = 0; for_good < 2; for_good++) {
            long points = fault_sweep(c, kind, for_good != 0);
            print_message("# %s, %s%s: %ld points\n", c->name, fault_name(kind),
                          for_good ? ", for good" : "", points);
            assert_true(points >= 0);
        }
    }
}

static void a_transaction_is_whole_or_not_there(void **state)
{
    struct fault_case c = {.name = "transaction",
                           .state = *state,
                           .prepare = transaction_prepare,
                           .body = transaction_body,
                           .check = transaction_check};
    sweep(&c, FAULT_MEMORY);
}

static void an_undone_mark_leaves_nothing(void **state)
{
    struct world *w = *state;
    w->undo = true;
    struct fault_case c = {.name = "mark",
                           .state = w,
                           .prepare = transaction_prepare,
                           .body = transaction_body,
                           .check = transaction_check};
    sweep(&c, FAULT_MEMORY);
}

static void create_prepare(void *state)
{
    struct world *w = state;
    scope_reset(w->run);
    static const char *const ends[] = {"", "-wal", "-shm"};
    for (size_t i = 0; i < COUNT_OF(ends); i++)
        OKAY(file_remove(w->run, scope_print(w->run, "%s/new.db%s", w->folder, ends[i]).ptr));
}

static Status create_body(void *state)
{
    struct world *w = state;
    struct store *made = NULL;
    Str path = file_join(w->run, w->folder, "new.db");
    if (path.ptr == NULL) return ERR_MEMORY;
    Status status = store_open(w->run, path.ptr, STORE_CREATE, &made);
    store_close(made);
    return status;
}

static void create_check(void *state, const struct fault_run *run)
{
    struct world *w = state;
    const char *path = file_join(w->run, w->folder, "new.db").ptr;
    /* With a disk that refuses everything the removal is refused, too. */
    if (run->status != OK) assert_true(run->for_good || !file_exists(path));
    if (run->status != OK) return;
    struct store *st = NULL;
    OKAY(store_open(w->run, path, STORE_WRITE, &st));
    OKAY(store_check(w->run, st));
    store_close(st);
}

static void a_database_is_made_whole_or_not_at_all(void **state)
{
    struct fault_case c = {.name = "create",
                           .state = *state,
                           .prepare = create_prepare,
                           .body = create_body,
                           .check = create_check};
    sweep(&c, FAULT_MEMORY + 1);
    /* Making a database allocates about ten thousand times: every 97th of them must do. */
    c.stride = 97;
    assert_true(fault_sweep(&c, FAULT_MEMORY, false) > 10);
}

static void vault_prepare(void *state)
{
    struct world *w = state;
    scope_reset(w->run);
    if (w->vault) return;
    uint8_t secret[AGE_KEY_BYTES] = {1, 2, 3};
    age_identity_from_secret(secret, &w->identity);
    OKAY(vault_open(w->s, file_join(w->s, w->folder, "vault").ptr, &w->identity.recipient, 1,
                    &w->random, &w->vault));
}

static Status vault_body(void *state)
{
    struct world *w = state;
    uint8_t *bytes = scope_alloc(w->run, 70000);
    if (bytes == NULL) return ERR_MEMORY;
    return vault_put_bytes(w->run, w->vault, bytes_of(bytes, 70000), &w->item);
}

static void vault_check_after(void *state, const struct fault_run *run)
{
    struct world *w = state;
    const char *folder = file_join(w->run, w->folder, "vault").ptr;
    const char *incoming = file_join(w->run, folder, "incoming").ptr;
    Str *names;
    size_t count;
    OKAY(file_list(w->run, incoming, 100, &names, &count));
    if (!run->for_good) assert_int_equal(count, 0);
    for (size_t i = 0; i < count; i++)
        OKAY(file_remove(w->run, file_join(w->run, incoming, names[i].ptr).ptr));
    if (run->status == OK) {
        OKAY(vault_check(w->run, w->vault, &w->item, &w->identity));
        OKAY(vault_remove(w->run, w->vault, w->item.handle));
    }
}

static void evidence_is_sealed_whole_or_refused(void **state)
{
    struct fault_case c = {.name = "vault",
                           .state = *state,
                           .prepare = vault_prepare,
                           .body = vault_body,
                           .check = vault_check_after};
    sweep(&c, FAULT_MEMORY);
}

int main(void)
{
    if (!fault_vfs_install()) return 1;
    fault_sync_skip();
#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        CASE(a_transaction_is_whole_or_not_there),
        CASE(an_undone_mark_leaves_nothing),
        CASE(a_database_is_made_whole_or_not_at_all),
        CASE(evidence_is_sealed_whole_or_refused),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
