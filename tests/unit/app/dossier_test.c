/* A dossier is whole when it says so, and every way of touching it is noticed for the right reason.
 * A forger here makes the manifests anew each time: what must not pass is what they do not protect.
 */
#include "app/verify.h"
#include "os/file.h"
#include "pair.h"
#include "paper/bag.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

enum { BYTES_MAX = 64 << 20 };

static const struct container_limits limits = {CONTAINER_MEMBERS_MAX, BYTES_MAX, BYTES_MAX,
                                               BYTES_MAX, NULL};

struct opened {
    struct container_member *members; /* without folder and tag files of the bag */
    size_t count;
    Str base;
};

static const char *write_dossier(struct pair *x, Str number)
{
    const char *path = file_join(x->s, x->folder, "case.zip").ptr;
    OKAY_IN(x->s, dossier_write(x->s, x->post[0], number, path));
    return path;
}

static struct opened unpack(struct pair *x, const char *path)
{
    struct opened o = {0};
    struct container_member *members;
    struct bag_verdict bag;
    Bytes zip;
    size_t count;
    OKAY(file_read(x->s, path, BYTES_MAX, &zip));
    OKAY_IN(x->s, container_read(x->s, zip, &limits, &members, &count));
    OKAY(bag_examine(x->s, members, count, &bag));
    assert_int_equal(bag.problem_count, 0);
    o.base = bag.base;
    o.members = scope_array(x->s, bag.count + 1, sizeof *o.members);
    for (size_t i = 0; i < bag.count; i++)
        if (bag_is_payload(bag.members[i].name) || str_has_prefix(bag.members[i].name, "VERIFY"))
            o.members[o.count++] = bag.members[i];
    return o;
}

static struct container_member *find(struct opened *o, const char *begin, const char *end)
{
    for (size_t i = 0; i < o->count; i++)
        if (str_has_prefix(o->members[i].name, begin) && str_has_suffix(o->members[i].name, end))
            return &o->members[i];
    fail_msg("no member %s...%s", begin, end);
    return NULL;
}

static const char *pack_again(struct pair *x, struct opened *o)
{
    static int number;
    struct container_member *all;
    size_t count;
    Bytes zip;
    struct bag bag = {.base = o->base, .made = {2026, 5, 14}};
    for (size_t i = 0; i < o->count; i++)
        o->members[i].is_hashed = false;
    OKAY_IN(x->s, bag_build(x->s, &bag, o->members, o->count, &all, &count));
    OKAY_IN(x->s, container_write(x->s, all, count, BYTES_MAX, &zip));
    const char *path = scope_print(x->s, "%s/forged-%d.zip", x->folder, number++).ptr;
    OKAY(file_write(x->s, path, zip));
    return path;
}

/* How many lines failed; prints them when asked for. */
static size_t failures(struct pair *x, const char *path, Str card, Status *out_first, Str *out_text)
{
    struct check_line *lines;
    size_t count, failed = 0;
    OKAY_IN(x->s, dossier_verify(x->s, path, card, &lines, &count));
    assert_true(count > 0);
    for (size_t i = 0; i < count; i++) {
        if (getenv("TWINPOST_SHOW"))
            fprintf(stderr, "# %s %.*s\n", lines[i].passed ? "yes" : status_name(lines[i].reason),
                    STR_ARG(lines[i].text));
        if (lines[i].passed) continue;
        if (failed++ == 0 && out_first) {
            *out_first = lines[i].reason;
            *out_text = lines[i].text;
        }
    }
    return failed;
}

static void expect_failure(struct pair *x, struct opened *o, Status reason, const char *says)
{
    Status first = OK;
    Str text = STR("");
    size_t failed = failures(x, pack_again(x, o), STR(""), &first, &text);
    if (failed == 0) fail_msg("not noticed: %s", says);
    if (first != reason || memmem(text.ptr, text.len, says, strlen(says)) == NULL)
        fail_msg("noticed as %s: %.*s", status_name(first), STR_ARG(text));
}

static void expect_whole(struct pair *x, const char *path, Str card)
{
    Status first;
    Str text;
    if (failures(x, path, card, &first, &text))
        fail_msg("%s: %.*s", status_name(first), STR_ARG(text));
}

static Str full_case(struct pair *x, const char **out_photo)
{
    Str number = pair_case(x);
    const char *photo = pair_file(x, "photo", 1500000);
    pair_act(x, number);
    pair_evidence(x, number, photo);
    pair_sync(x);
    if (out_photo) *out_photo = photo;
    return number;
}

static void both_posts_write_whole_dossiers(void **state)
{
    struct pair *x = *state = pair_open();
    Str number = full_case(x, NULL), card;
    for (size_t i = 0; i < 2; i++) {
        const char *path = scope_print(x->s, "%s/of-%zu.zip", x->folder, i).ptr;
        OKAY_IN(x->s, dossier_write(x->s, x->post[i], number, path));
        assert_true(file_is_private(path));
        expect_whole(x, path, STR(""));
        for (size_t k = 0; k < 2; k++) {
            OKAY(post_card(x->s, x->post[k], &card));
            expect_whole(x, path, card);
        }
        const char *keep = getenv("TWINPOST_KEEP");
        Bytes zip;
        OKAY(file_read(x->s, path, BYTES_MAX, &zip));
        if (keep) OKAY(file_write(x->s, scope_print(x->s, "%s/of-%zu.zip", keep, i).ptr, zip));
    }
}

static void entries_newer_than_the_last_countersignature_pass(void **state)
{
    struct pair *x = *state = pair_open();
    Str number = full_case(x, NULL);
    pair_say(x, "lv.duty", "letter.sent", &number, "subject=jauns", "text.lv=Vēl nav nosūtīts.",
             NULL);
    const char *path = write_dossier(x, number);
    struct check_line *lines;
    size_t count, said = 0;
    expect_whole(x, path, STR(""));
    OKAY(dossier_verify(x->s, path, STR(""), &lines, &count));
    for (size_t i = 0; i < count; i++)
        said += memmem(lines[i].text.ptr, lines[i].text.len, "not yet countersigned", 21) != NULL;
    assert_int_not_equal(said, 0);
}

static void flip(struct pair *x, struct container_member *m, size_t at)
{
    m->bytes = scope_bytes(x->s, m->bytes);
    ((uint8_t *)(uintptr_t)m->bytes.ptr)[at % m->bytes.len] ^= 1;
}

static void replace(struct pair *x, struct container_member *m, const char *what, const char *with)
{
    const char *text = (const char *)scope_str(x->s, bytes_str(m->bytes)).ptr,
               *at = strstr(text, what);
    assert_non_null(at);
    m->bytes =
        str_bytes(scope_print(x->s, "%.*s%s%s", (int)(at - text), text, with, at + strlen(what)));
    m->size = m->bytes.len;
}

static void drop(struct opened *o, struct container_member *m)
{
    memmove(m, m + 1, (size_t)(&o->members[o->count] - (m + 1)) * sizeof *m);
    o->count--;
}

static void tampered_files_are_noticed(void **state)
{
    struct pair *x = *state = pair_open();
    const char *path = write_dossier(x, full_case(x, NULL));
    struct {
        const char *begin, *end;
        Status reason;
        const char *says;
    } const cases[] = {
        {"data/proofs/lv-", ".tlog-proof", ERR_PROOF, "not proved"},
        {"data/journal/lv/", "vkeys", ERR_SIGNATURE, "keys listed for the journal of lv"},
        {"data/journal/by/", "vkeys", ERR_SIGNATURE, "keys listed for the journal of by"},
        {"data/common.txt", "", ERR_PROOF, "common view"},
        {"data/blobs/", "", ERR_PROOF, "not the one its entry commits to"},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct opened o = unpack(x, path);
        struct container_member *m = find(&o, cases[i].begin, cases[i].end);
        flip(x, m, m->bytes.len - 2);
        expect_failure(x, &o, cases[i].reason, cases[i].says);
    }
    struct opened o = unpack(x, path);
    flip(x, find(&o, "data/cards/by", ".card"), 400);
    Status first;
    Str text;
    assert_int_not_equal(failures(x, pack_again(x, &o), STR(""), &first, &text), 0);
    o = unpack(x, path);
    replace(x, find(&o, "data/journal/by/", "checkpoint"), "— lv", "— xx");
    expect_failure(x, &o, ERR_SIGNATURE, "does not stand");
    o = unpack(x, path);
    replace(x, find(&o, "data/pack/pack", ".json"), "\"verified\": false", "\"verified\": true");
    expect_failure(x, &o, ERR_PROOF, "The pack in the dossier");
}

static void every_byte_of_an_entry_counts(void **state)
{
    struct pair *x = *state = pair_open();
    const char *path = write_dossier(x, full_case(x, NULL));
    for (size_t at = 1; at < 400; at += 37) {
        struct opened o = unpack(x, path);
        flip(x, find(&o, "data/facts/by-", ".fact"), at);
        Status first;
        Str text;
        assert_int_not_equal(failures(x, pack_again(x, &o), STR(""), &first, &text), 0);
        assert_true(first == ERR_PROOF || first == ERR_SCHEMA);
    }
}

static void missing_and_added_files_are_noticed(void **state)
{
    struct pair *x = *state = pair_open();
    const char *path = write_dossier(x, full_case(x, NULL));
    struct {
        const char *begin, *end;
        Status reason;
        const char *says;
    } const gone[] = {
        {"data/facts/lv-", ".fact", ERR_SCHEMA, "is listed and not there"},
        {"data/proofs/by-", ".tlog-proof", ERR_PROOF, "not proved"},
        {"data/cards/lv", ".card", ERR_SCHEMA, "The card of lv is missing"},
        {"data/dossier.txt", "", ERR_SCHEMA, "data/dossier.txt"},
        {"data/common.txt", "", ERR_PROOF, "common view"},
        {"data/journal/lv/checkpoint", "", ERR_PROOF, "no good head"},
        {"data/pack/kinds", ".json", ERR_PROOF, "The pack"},
    };
    for (size_t i = 0; i < COUNT_OF(gone); i++) {
        struct opened o = unpack(x, path);
        drop(&o, find(&o, gone[i].begin, gone[i].end));
        expect_failure(x, &o, gone[i].reason, gone[i].says);
    }
    static const char *const added[] = {"data/note.txt", "data/blobs/0000", "data/acts/lv-999.pdf",
                                        "data/facts/lv-999.fact", "extra.txt"};
    for (size_t i = 0; i < COUNT_OF(added); i++) {
        struct opened o = unpack(x, path);
        o.members[o.count++] = (struct container_member){
            .name = str_of(added[i]), .bytes = str_bytes(STR("x")), .size = 1, .fd = -1};
        expect_failure(x, &o, ERR_SCHEMA, "Nothing refers to the file");
    }
}

static void other_orders_officers_and_cards_are_noticed(void **state)
{
    struct pair *x = *state = pair_open();
    Str number = full_case(x, NULL), card;
    const char *path = write_dossier(x, number);
    struct opened o = unpack(x, path);
    /* Another opening number would give the case another order. */
    struct container_member *list = find(&o, "data/dossier.txt", "");
    const char *line = strstr(scope_str(x->s, bytes_str(list->bytes)).ptr, "fact by:");
    assert_non_null(line);
    size_t len = strcspn(line, " ") + 1;
    len += strcspn(line + len, " ");
    replace(x, list, scope_print(x->s, "%.*s ", (int)len, line).ptr,
            scope_print(x->s, "%.*s 9", (int)len, line).ptr);
    expect_failure(x, &o, ERR_PROOF, "common view");
    o = unpack(x, path);
    size_t officers = 0;
    for (size_t i = 0; i < o.count; i++)
        officers += str_has_prefix(o.members[i].name, "data/officers/lv");
    assert_true(officers > 2);
    for (size_t i = o.count; i > 0; i--)
        if (str_has_prefix(o.members[i - 1].name, "data/officers/lv")) drop(&o, &o.members[i - 1]);
    expect_failure(x, &o, ERR_SIGNATURE, "did not sign this entry");
    struct pair *other = pair_open();
    OKAY(post_card(x->s, other->post[0], &card));
    Status first = OK;
    Str text;
    assert_int_not_equal(failures(x, path, card, &first, &text), 0);
    assert_int_equal(first, ERR_SIGNATURE);
    pair_close(other);
}

static void the_zip_itself_is_read_strictly(void **state)
{
    struct pair *x = *state = pair_open();
    const char *path = write_dossier(x, full_case(x, NULL));
    struct check_line *lines;
    size_t count;
    Bytes zip;
    assert_int_equal(dossier_verify(x->s, pair_file(x, "no.zip", 5000), STR(""), &lines, &count),
                     ERR_USAGE);
    OKAY(file_read(x->s, path, BYTES_MAX, &zip));
    for (size_t i = 1; i < 12; i++) {
        Bytes copy = scope_bytes(x->s, zip);
        ((uint8_t *)(uintptr_t)copy.ptr)[zip.len / 12 * i] ^= 2;
        const char *damaged = scope_print(x->s, "%s/damaged.zip", x->folder).ptr;
        OKAY(file_write(x->s, damaged, copy));
        Status status = dossier_verify(x->s, damaged, STR(""), &lines, &count);
        bool noticed = status != OK;
        for (size_t k = 0; !noticed && k < count; k++)
            noticed = !lines[k].passed;
        assert_true(noticed);
    }
}

static void a_failure_is_told_however_much_passed(void **state)
{
    struct scope *s = scope_open(1 << 20);
    struct check_line *lines = scope_array(s, LINES_MAX, sizeof *lines);
    struct verify v = {.s = s, .lines = lines};
    (void)state;
    for (size_t i = 0; i < LINES_MAX + 7; i++)
        verify_pass(&v, "The file of evidence %zu is the one its entry commits to.", i);
    verify_fail(&v, ERR_PROOF, "The file of evidence %d is not.", 7);
    verify_pass(&v, "Every file was referred to.");
    assert_int_equal(v.line_count, LINES_MAX);
    assert_false(lines[LINES_MAX - 1].passed);
    assert_int_equal(lines[LINES_MAX - 1].reason, ERR_PROOF);
    scope_close(s);
}

static int tear_down(void **state)
{
    if (*state) pair_close(*state);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(both_posts_write_whole_dossiers, tear_down),
        cmocka_unit_test_teardown(entries_newer_than_the_last_countersignature_pass, tear_down),
        cmocka_unit_test_teardown(tampered_files_are_noticed, tear_down),
        cmocka_unit_test_teardown(every_byte_of_an_entry_counts, tear_down),
        cmocka_unit_test_teardown(missing_and_added_files_are_noticed, tear_down),
        cmocka_unit_test_teardown(other_orders_officers_and_cards_are_noticed, tear_down),
        cmocka_unit_test_teardown(the_zip_itself_is_read_strictly, tear_down),
        cmocka_unit_test(a_failure_is_told_however_much_passed),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
