/* Copies of a post, and projections made again: nothing is lost, nothing is invented, and a post
 * that was put back does not sign until its journal is whole again. */
#include "app/exchange.h"
#include "app/inside.h"
#include "os/file.h"
#include "pair.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

static void digest(struct pair *x, size_t post, uint8_t out[static 32])
{
    POST_READING(x->post[post]);
    OKAY(store_projections_digest(x->s, x->post[post]->store, out));
}

static void expect_equal_after_rebuild(struct pair *x)
{
    uint8_t before[32], after[32];
    for (size_t i = 0; i < 2; i++) {
        digest(x, i, before);
        OKAY_IN(x->s, post_rebuild(x->s, x->post[i]));
        digest(x, i, after);
        assert_memory_equal(before, after, sizeof before);
        pair_restart(x, i);
    }
}

static void rebuilt_is_live(void **state)
{
    struct pair *x = *state = pair_open();
    Str number = pair_case(x);
    expect_equal_after_rebuild(x);
    pair_act(x, number);
    pair_evidence(x, number, pair_file(x, "photo", 2000));
    expect_equal_after_rebuild(x);
    pair_sync(x);
    expect_equal_after_rebuild(x);
}

/* Both sides register the same incident and link the two. */
static void rebuilt_is_live_after_linking_and_unlinking(void **state)
{
    struct pair *x = *state = pair_open();
    Str number = pair_case(x), theirs = {NULL, 0};
    Str incident = pair_say(x, "by.duty", "incident.registered", &theirs, "type=I05",
                            "happened_from=2026-05-14T05:00:00Z", "noticed_at=2026-05-14T05:30:00Z",
                            "section=III", "summary.ru=Знак повреждён.", NULL);
    Str notice =
        pair_say(x, "by.duty", "notice.sent", &theirs, scope_print(x->s, "of=%s", incident.ptr).ptr,
                 "form=written", "text.ru=Сообщаем.", NULL);
    pair_sync(x);
    struct fact_view *views;
    size_t count;
    OKAY_IN(x->s, case_facts(x->s, x->post[0], number, ROLES_ALL, &views, &count));
    Str link = {NULL, 0};
    for (size_t i = 0; i < count && link.len == 0; i++)
        if (str_is(views[i].kind, "incident.registered"))
            link = pair_say(x, "lv.duty", "incident.linked", &number,
                            scope_print(x->s, "own=%s", views[i].ref.ptr).ptr,
                            scope_print(x->s, "theirs=%s", incident.ptr).ptr, NULL);
    expect_equal_after_rebuild(x);
    pair_sync(x);
    pair_say(x, "lv.duty", "notice.received", &theirs, scope_print(x->s, "of=%s", notice.ptr).ptr,
             "reference=9", NULL);
    pair_sync(x);
    expect_equal_after_rebuild(x);
    pair_say(x, "lv.duty", "incident.unlinked", &number, scope_print(x->s, "of=%s", link.ptr).ptr,
             NULL);
    pair_sync(x);
    expect_equal_after_rebuild(x);
}

static void rebuilt_is_live_after_recall_and_erasure(void **state)
{
    struct pair *x = *state = pair_open();
    Str number = pair_case(x);
    Str finding =
        pair_say(x, "lv.help", "finding.stated", &number, "no=1", "text.lv=Pirmais.", NULL);
    pair_release(x, "lv", finding);
    pair_sync(x);
    OKAY_IN(x->s,
            release_recall(x->s, x->post[0], pair_session(x, "lv.rep"), finding, STR("kļūda")));
    pair_sync(x);
    expect_equal_after_rebuild(x);
    OKAY_IN(x->s, fact_erase_values(x->s, x->post[0], pair_session(x, "lv.dpo"), finding,
                                    STR("termiņš")));
    pair_sync(x);
    expect_equal_after_rebuild(x);
}

static void put_back(struct pair *x, const char *file)
{
    post_close(x->post[0]);
    x->post[0] = NULL;
    x->dir[0] = file_join(x->s, x->folder, "restored").ptr;
    OKAY_IN(x->s, backup_restore(x->s, file, x->dir[0]));
    OKAY_IN(x->s, post_open(x->s, x->dir[0], &x->clock, &x->post[0]));
}

static void a_restored_post_waits_for_its_head(void **state)
{
    struct pair *x = *state = pair_open();
    Str number = pair_case(x);
    const char *photo = pair_file(x, "photo", 3000000);
    Str evidence = pair_evidence(x, number, photo);
    const char *file = file_join(x->s, x->folder, "lv.backup").ptr;
    OKAY_IN(x->s, backup_write(x->s, x->post[0], file));
    assert_true(file_is_private(file));
    pair_act(x, number); /* after the backup */
    struct post_figures before, after;
    OKAY(post_figures(x->s, x->post[0], &before));
    put_back(x, file);
    assert_true(post_is_held(x->post[0]));
    struct fact_result queued;
    struct name_value fields[] = {{STR("no"), STR("7")}, {STR("text.lv"), STR("gaida")}};
    struct fact_request request = {
        .kind = STR("finding.stated"), .case_number = number, .fields = fields, .field_count = 2};
    OKAY_IN(x->s, fact_add(x->s, x->post[0], pair_session(x, "lv.help"), &request, &queued));
    assert_true(queued.queued);
    pair_sync(x);
    assert_false(post_is_held(x->post[0]));
    OKAY(post_figures(x->s, x->post[0], &after));
    assert_true(after.journal_size > before.journal_size);
    assert_true(str_is(after.alarm, "restore")); /* and no fork */
    OKAY(post_figures(x->s, x->post[1], &after));
    assert_int_equal(after.alarm.len, 0);
    Str common[2], hex[2];
    for (size_t i = 0; i < 2; i++)
        OKAY_IN(x->s, case_common(x->s, x->post[i], number, &common[i], &hex[i]));
    assert_true(str_eq(hex[0], hex[1]));
    Str copy = file_join(x->s, x->folder, "copy");
    OKAY_IN(x->s, evidence_get(x->s, x->post[0], evidence, copy.ptr));
    expect_equal_after_rebuild(x);
}

static void a_backup_holds_no_offline_key_and_only_restores_to_a_new_folder(void **state)
{
    struct pair *x = *state = pair_open();
    const char *file = file_join(x->s, x->folder, "lv.backup").ptr;
    OKAY_IN(x->s, backup_write(x->s, x->post[0], file));
    OKAY_IN(x->s, backup_write(x->s, x->post[0], file)); /* replaces it */
    assert_int_equal(backup_restore(x->s, file, x->dir[1]), ERR_DUPLICATE);
    put_back(x, file);
    static const char *const without[] = {"root.key", "recovery.key"};
    for (size_t i = 0; i < COUNT_OF(without); i++)
        assert_false(file_exists(file_join(x->s, x->dir[0], without[i]).ptr));
    Bytes bytes;
    OKAY(file_read(x->s, file, 64 << 20, &bytes));
    for (size_t at = 1000; at < bytes.len; at += bytes.len / 23) {
        uint8_t *copy = (uint8_t *)(uintptr_t)scope_bytes(x->s, bytes).ptr;
        copy[at] ^= 4;
        const char *damaged = scope_print(x->s, "%s/damaged-%zu", x->folder, at).ptr;
        OKAY(file_write(x->s, damaged, bytes_of(copy, bytes.len)));
        Status status = backup_restore(x->s, damaged, file_join(x->s, x->folder, "new").ptr);
        if (status == OK) fail_msg("byte %zu of %zu may be altered", at, bytes.len);
    }
}

static int tear_down(void **state)
{
    if (*state) pair_close(*state);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(rebuilt_is_live, tear_down),
        cmocka_unit_test_teardown(rebuilt_is_live_after_linking_and_unlinking, tear_down),
        cmocka_unit_test_teardown(rebuilt_is_live_after_recall_and_erasure, tear_down),
        cmocka_unit_test_teardown(a_restored_post_waits_for_its_head, tear_down),
        cmocka_unit_test_teardown(a_backup_holds_no_offline_key_and_only_restores_to_a_new_folder,
                                  tear_down),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
