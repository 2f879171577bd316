/* Every key of a post gives way to a new one, while facts, heads and parcels go on crossing; what
 * was signed before still verifies, at both posts, in dossiers and after a restart. */
#include "app/exchange.h"
#include "app/keys.h"
#include "app/officer.h"
#include "os/file.h"
#include "peer/tls.h"
#include "refusal.h"
#include "rotation.h"
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static void each_key_gives_way(void **state)
{
    for (size_t i = 0; i < ROTATION_ROLES; i++) {
        struct pair *x = *state = pair_open();
        Str number = pair_case(x);
        rotation_letter(x, number, "lv");
        rotation_make(x, 0, rotation_roles[i]);
        rotation_letter(x, number, "lv");
        pair_sync(x);
        rotation_expect_sound(x, number);
        rotation_letter(x, number, "lv");
        rotation_letter(x, number, "by");
        pair_sync(x);
        pair_sync(x);
        rotation_expect_sound(x, number);
        rotation_make(x, 0, rotation_roles[i]); /* and once more */
        rotation_letter(x, number, "lv");
        pair_sync(x);
        rotation_letter(x, number, "by");
        pair_sync(x);
        rotation_expect_sound(x, number);
        pair_close(x);
        *state = NULL;
    }
}

static void all_keys_of_both_posts_at_once(void **state)
{
    struct pair *x = *state = pair_open();
    Str number = pair_case(x);
    pair_act(x, number);
    for (size_t i = 0; i < ROTATION_ROLES; i++)
        for (size_t k = 0; k < 2; k++)
            rotation_make(x, k, rotation_roles[i]);
    rotation_letter(x, number, "lv");
    rotation_letter(x, number, "by");
    pair_sync(x);
    pair_sync(x);
    rotation_expect_sound(x, number);
    Str photo = pair_evidence(x, number, pair_file(x, "photo", 1500000));
    pair_sync(x);
    Str copy = file_join(x->s, x->folder, "copy");
    OKAY_IN(x->s, evidence_get(x->s, x->post[1], photo, copy.ptr));
    rotation_expect_sound(x, number);
}

/* A parcel that was written before the rotation and arrives after it does no harm. */
static void what_was_under_way_is_still_read(void **state)
{
    struct pair *x = *state = pair_open();
    Str number = pair_case(x);
    struct exchange_result result;
    Bytes late;
    rotation_letter(x, number, "lv");
    OKAY_IN(x->s, exchange_write(x->s, x->post[0], STR(""), &late));
    for (size_t i = 0; i < ROTATION_ROLES; i++)
        rotation_make(x, 0, rotation_roles[i]);
    pair_sync(x);
    rotation_letter(x, number, "lv");
    pair_sync(x);
    OKAY_IN(x->s, exchange_read(x->s, x->post[1], late, &result));
    assert_int_equal(result.opened, 0);
    Bytes back; /* sealed for the recipient of before */
    OKAY_IN(x->s, exchange_write(x->s, x->post[1], STR(""), &back));
    rotation_make(x, 0, "recipient");
    OKAY_IN(x->s, exchange_read(x->s, x->post[0], back, &result));
    pair_sync(x); /* by's dossier has to know the key on lv's newest card */
    rotation_expect_sound(x, number);
}

/* Who has the old key alone signs nothing more that is believed. */
static void the_old_key_alone_is_not_believed(void **state)
{
    struct pair *x = *state = pair_open();
    Str number = pair_case(x);
    const struct secret_key parcel = x->post[0]->parcel_keys.keys[0];
    const struct secret_key journal = x->post[0]->journal_keys.keys[0];
    rotation_make(x, 0, "parcel");
    rotation_make(x, 0, "journal");
    pair_sync(x);
    rotation_letter(x, number, "lv");
    struct forged *f = forged_open(x, 0);
    refusal_expect(x, f, &parcel, ERR_SIGNATURE);
    f = forged_open(x, 0);
    struct checkpoint cp;
    Str note;
    size_t at = forged_find(f, RECORD_CHECKPOINT, 0);
    OKAY(checkpoint_parse(x->s, bytes_str(f->records[at].payload), &cp));
    assert_int_equal(cp.note.signature_count, 1); /* both only while by did not know */
    OKAY(checkpoint_sign(x->s, cp.note.text, cp.origin, &journal, &note));
    f->records[at].payload = str_bytes(note);
    refusal_expect(x, f, &x->post[0]->parcel_keys.keys[1], ERR_SIGNATURE);
}

static void an_officer_with_a_new_key(void **state)
{
    struct pair *x = *state = pair_open();
    Str number = pair_case(x);
    struct session *old = pair_session(x, "lv.duty"), *fresh;
    struct name_value fields[] = {{STR("subject"), STR("Rail")}, {STR("text.lv"), STR("Viens.")}};
    struct fact_request request = {
        .kind = STR("letter.sent"), .case_number = number, .fields = fields, .field_count = 2};
    struct fact_result result;
    rotation_make(x, 0, "lv.duty");
    assert_int_equal(fact_add(x->s, x->post[0], old, &request, &result), ERR_SIGNATURE);
    assert_int_equal(session_open(x->s, x->post[0], STR("lv.duty"), STR("lv.duty"), &fresh),
                     ERR_ROLE);
    OKAY_IN(x->s, session_open(x->s, x->post[0], STR("lv.duty"), STR("new words"), &fresh));
    OKAY_IN(x->s, fact_add(x->s, x->post[0], fresh, &request, &result));
    pair_sync(x);
    rotation_expect_sound(x, number);
    struct rotation nobody = {.role = STR("lv.nobody"), .root_file = STR("")};
    assert_int_equal(post_rotate(x->s, x->post[0], &nobody), ERR_NOT_FOUND);
    struct rotation other = {.role = STR("post"),
                             .root_file = file_join(x->s, x->dir[1], "root.key")};
    assert_int_equal(post_rotate(x->s, x->post[0], &other), ERR_SIGNATURE);
}

/* A rotation that the neighbour's root did not sign changes nothing there. */
static void a_rotation_without_the_root(void **state)
{
    Str number;
    struct pair *x = refusal_news(state, &number);
    struct peer_keys before, after;
    Str none = STR("");
    OKAY(peer_keys_read(x->s, x->post[1], &x->post[1]->neighbours[0], &before));
    forged_state(x, 0, &x->post[0]->post_keys.keys[0], "key.rotated", none, "lv.post",
                 "role=parcel", "key=Fbph0IqgfiwFfRhfmiBr+2/oKPahZYbz0tyTgoZOqWk=", NULL);
    refusal_receipt(x, number, "mandate");
    OKAY(peer_keys_read(x->s, x->post[1], &x->post[1]->neighbours[0], &after));
    assert_memory_equal(&before.parcel, &after.parcel, sizeof before.parcel);
    refusal_goes_on(x, number);
}

/* The TLS key that is shown changes once the neighbour knows of it. */
static void the_tls_key_changes_when_all_know(void **state)
{
    struct pair *x = *state = pair_open();
    Str number = pair_case(x);
    struct neighbour_view *views;
    size_t count;
    Bytes pem;
    Hash pin;
    Str first = post_tls_certificate(x->s, x->post[0]);
    rotation_make(x, 0, "tls");
    assert_true(str_eq(post_tls_certificate(x->s, x->post[0]), first));
    pair_sync(x);
    rotation_letter(x, number, "by");
    pair_sync(x);
    Str second = post_tls_certificate(x->s, x->post[0]);
    assert_false(str_eq(second, first));
    OKAY(file_read(x->s, second.ptr, 1 << 16, &pem));
    OKAY(tls_pin(x->s, pem, &pin));
    OKAY(post_neighbours(x->s, x->post[1], &views, &count));
    assert_true(hash_eq(&views[0].tls, &pin));
    OKAY(file_read(x->s, first.ptr, 1 << 16, &pem));
    OKAY(tls_pin(x->s, pem, &pin));
    assert_true(hash_eq(&views[0].tls_before, &pin));
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
        CASE(each_key_gives_way),
        CASE(all_keys_of_both_posts_at_once),
        CASE(what_was_under_way_is_still_read),
        CASE(the_old_key_alone_is_not_believed),
        CASE(an_officer_with_a_new_key),
        CASE(a_rotation_without_the_root),
        CASE(the_tls_key_changes_when_all_know),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
