/* A post checks itself: sound when it is, and a byte changed behind its back is found. */
#include "app/inside.h"
#include "os/file.h"
#include "pair.h"
#include <setjmp.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static size_t failures(struct pair *x, size_t post, Status *out_first, Str *out_text)
{
    struct check_line *lines;
    size_t count, failed = 0;
    OKAY_IN(x->s, post_verify(x->s, x->dir[post], &lines, &count));
    assert_true(count > 5);
    for (size_t i = 0; i < count; i++) {
        if (getenv("TWINPOST_SHOW"))
            fprintf(stderr, "# %s %.*s\n", lines[i].passed ? "yes" : status_name(lines[i].reason),
                    STR_ARG(lines[i].text));
        if (lines[i].passed) continue;
        if (failed++ == 0) {
            *out_first = lines[i].reason;
            *out_text = lines[i].text;
        }
    }
    return failed;
}

static struct pair *played(void)
{
    struct pair *x = pair_open();
    Str number = pair_case(x);
    pair_act(x, number);
    pair_evidence(x, number, pair_file(x, "photo", 1100000));
    pair_sync(x);
    return x;
}

static void a_sound_post_is_found_sound(void **state)
{
    struct pair *x = *state = played();
    Status first;
    Str text = STR("");
    for (size_t i = 0; i < 2; i++)
        if (failures(x, i, &first, &text)) fail_msg("%.*s", STR_ARG(text));
}

static void alter(struct pair *x, size_t post, const char *sql)
{
    sqlite3 *db;
    assert_int_equal(sqlite3_open(file_join(x->s, x->dir[post], "twinpost.db").ptr, &db),
                     SQLITE_OK);
    char *why = NULL;
    if (sqlite3_exec(db, sql, NULL, NULL, &why) != SQLITE_OK) fail_msg("%s: %s", sql, why);
    sqlite3_close(db);
}

static void what_was_altered_behind_its_back_is_found(void **state)
{
    static const struct {
        const char *sql;
        Status reason;
        const char *says;
    } cases[] = {
        {"UPDATE fact SET record = (SELECT record FROM fact WHERE journal = 1 AND idx = 2)"
         " WHERE journal = 1 AND idx = 3",
         ERR_PROOF, "lv:3 is not what its leaf commits to"},
        {"DROP TRIGGER leaf_stays; UPDATE leaf SET commitment = randomblob(32)"
         " WHERE journal = 1 AND idx = 5",
         ERR_PROOF, "lv:5 is not what"},
        {"UPDATE opening SET record = (SELECT record FROM opening WHERE number = 1 AND journal = 2)"
         " WHERE journal = 2 AND number = 2",
         ERR_PROOF, "Opening 2"},
        {"UPDATE case_row SET facts_theirs = 77", ERR_PROOF, "What lists show does not follow"},
        {"UPDATE fact SET refused = 1 WHERE journal = 2 AND idx = 9", ERR_PROOF, "What lists show"},
        {"UPDATE head SET note = replace(note, 'lv.twinpost', 'xx.twinpost') WHERE journal = 1",
         ERR_SIGNATURE, "does not stand"},
        {"UPDATE blob SET sha256 = randomblob(32)", ERR_PROOF, "The evidence"},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct pair *x = *state = played();
        Status first = OK;
        Str text = STR("");
        post_close(x->post[0]);
        x->post[0] = NULL;
        alter(x, 0, cases[i].sql);
        assert_int_not_equal(failures(x, 0, &first, &text), 0);
        if (cases[i].says[0] &&
            memmem(text.ptr, text.len, cases[i].says, strlen(cases[i].says)) == NULL)
            fail_msg("%s: %.*s", cases[i].sql, STR_ARG(text));
        if (cases[i].says[0]) assert_int_equal(first, cases[i].reason);
        pair_close(x);
        *state = NULL;
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
        cmocka_unit_test_teardown(a_sound_post_is_found_sound, tear_down),
        cmocka_unit_test_teardown(what_was_altered_behind_its_back_is_found, tear_down),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
